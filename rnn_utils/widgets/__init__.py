"""Interactive pictures: sliders joined in the browser to a canvas, and guesses before the reveal."""

from rnn_utils.widgets.memory import memory_slider
from rnn_utils.widgets.picture import Play
from rnn_utils.widgets.predict import predict, predict_number, reveal

__all__ = ["Play", "memory_slider", "predict", "predict_number", "reveal"]
