"""Interactive pictures: sliders joined in the browser to a canvas, and guesses before the reveal."""

from rnn_utils.widgets.alignment import alignment_map
from rnn_utils.widgets.board import training_board
from rnn_utils.widgets.cell import lstm_cell_live
from rnn_utils.widgets.fold import fold_and_unfold
from rnn_utils.widgets.forecast import forecast_origin
from rnn_utils.widgets.gate import gradient_gate
from rnn_utils.widgets.gates import lstm_gates_by_hand
from rnn_utils.widgets.gru_cell import gru_cell_live
from rnn_utils.widgets.impulse import impulse_memory
from rnn_utils.widgets.keep import keep_by_hand
from rnn_utils.widgets.lag import gradient_over_lag
from rnn_utils.widgets.memory import memory_slider
from rnn_utils.widgets.neuron import one_neuron
from rnn_utils.widgets.phase import two_neurons
from rnn_utils.widgets.picture import Play
from rnn_utils.widgets.pipe import gradient_pipe
from rnn_utils.widgets.puzzle import weight_puzzle
from rnn_utils.widgets.questions import predict, quiz, reveal, sum_up
from rnn_utils.widgets.reach import pixel_reach
from rnn_utils.widgets.sampling import sampling_temperature
from rnn_utils.widgets.saturation import saturation_meter
from rnn_utils.widgets.scan import scan_rounds
from rnn_utils.widgets.sight import who_has_seen_what
from rnn_utils.widgets.steps import step_through
from rnn_utils.widgets.writer import writing_network

__all__ = [
    "Play",
    "alignment_map",
    "fold_and_unfold",
    "forecast_origin",
    "gradient_gate",
    "gradient_over_lag",
    "gradient_pipe",
    "gru_cell_live",
    "impulse_memory",
    "keep_by_hand",
    "lstm_cell_live",
    "lstm_gates_by_hand",
    "memory_slider",
    "one_neuron",
    "pixel_reach",
    "predict",
    "quiz",
    "reveal",
    "sampling_temperature",
    "saturation_meter",
    "scan_rounds",
    "step_through",
    "sum_up",
    "training_board",
    "two_neurons",
    "weight_puzzle",
    "who_has_seen_what",
    "writing_network",
]
