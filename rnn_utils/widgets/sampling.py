"""Lesson 10: what the temperature does to a sentence whose chance is frozen."""

from __future__ import annotations

import ipywidgets
import numpy as np

from rnn_utils.training.models import RNNParameters
from rnn_utils.widgets.picture import LOOK, Play, slider

_UNITS = 12


def sampling_temperature(
    parameters: RNNParameters, vocabulary: str, start: str = "Alice ", length: int = 70
) -> Play:
    """Sliders for temperature and top-k over a sentence that a character model writes.

    Every letter is drawn by adding the same Gumbel noise to the scores over the temperature and taking
    the largest. The noise stays as it is, so that a small move of a slider changes single letters. Beside
    the sentence: the probabilities and the entropy at the chosen letter, and some states over the text.
    Bars under the letters say which of them moved the chosen one, the letter that the slider or a click
    chose or that is pointed at: the gradient of its log-probability with respect to their inputs.

    Args:
        parameters: a model whose inputs are one-hot characters and whose outputs are their scores.
        vocabulary: the characters by their numbers.
        start: what the model reads first; characters that it does not know are left out.
        length: how many letters it adds.

    Returns:
        the picture, with `temperature`, `top_k`, `letter` and `start` as its attributes.

    Raises:
        ValueError: the model is not of the vocabulary's size.

    Example:
        >>> from rnn_utils import initialise_rnn
        >>> rng = np.random.default_rng(0)
        >>> play = sampling_temperature(initialise_rnn(D=3, H=8, O=3, rng=rng), "abc", "ab")
        >>> play.temperature, play.top_k, play.start
        (0.7, 3.0, 'ab')
    """
    V = len(vocabulary)
    if not parameters.W_xh.shape[1] == len(parameters.b_y) == V:
        raise ValueError(
            f"The model should read and score {V} characters, as many as the vocabulary has, but it "
            f"reads {parameters.W_xh.shape[1]} and scores {len(parameters.b_y)}."
        )
    noise = np.random.default_rng(10).gumbel(size=(length, V))
    read_most = np.argsort(-np.linalg.norm(parameters.W_hy, axis=0))[:_UNITS]
    data: dict[str, object]
    data = {name: np.round(array, 4).tolist() for name, array in parameters._asdict().items()}
    data |= {
        "noise": noise.round(4).tolist(),
        "vocabulary": vocabulary,
        "units": read_most.tolist(),
    }
    text = ipywidgets.Text(
        value=start,
        description="beginning",
        **LOOK,
    )
    return Play(
        "sampling",
        [
            ("start", text),
            slider("temperature", 0, 2, 0.02, 0.7),
            slider("top_k", 1, V, 1, V, "top k"),
            slider("letter", 1, length, 1, 1, "letter"),
        ],
        question="What does the temperature change, when chance stays the same?",
        code="index = np.argmax(y / temperature + noise[k])   # the same noise at every temperature",
        data=data,
    )
