"""Scores from a state: y_t = h_t W_hyᵀ + b_y."""

import numpy as np

from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_04.shared import (
    softmax_with,
)
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.output import output_layer


def _output(made: Made, h_t: np.ndarray, W_hy: np.ndarray, b_y: np.ndarray) -> np.ndarray:
    y = h_t @ W_hy.T
    if "bias missing" not in made:
        y = y - b_y if "bias subtracted" in made else y + b_y
    if "bias twice" in made:
        y = y + b_y
    if "tanh of the scores" in made:
        return np.tanh(y)
    if "sigmoid of the scores" in made:
        return 0.5 * (1 + np.tanh(0.5 * y))
    if "relu of the scores" in made:
        return np.maximum(y, 0.0)
    if "softmax of the scores" in made:
        return softmax_with(frozenset(), y)
    if "classes instead of scores" in made:
        return y.argmax(axis=-1)
    if "tanh of the state" in made:
        return _output(made - {"tanh of the state"}, np.tanh(h_t), W_hy, b_y)
    return y


EXERCISE = Exercise(
    name="output_layer",
    lesson="04_output_layer",
    points=1,
    reference=output_layer,
    outputs={"y_t": "N O"},
    draw=arrays(h_t="N H", W_hy="O H", b_y="O"),
    contract=Contract(
        sizes="NHO",
        integers=("h_t",),
        zeros=("h_t", "W_hy", "b_y"),
    ),
    mistakes=(
        *mistakes_in(
            _output,
            {
                "bias missing": "the bias b_y is missing",
                "bias subtracted": "the bias b_y is subtracted",
                "bias twice": "the bias b_y is added twice",
                "softmax of the scores": "a softmax is applied; y_t are the scores before any softmax",
                "tanh of the scores": (
                    "tanh is applied to the scores; the output layer has no activation"
                ),
                "sigmoid of the scores": "a sigmoid is applied; the output layer has no activation",
                "relu of the scores": "a ReLU is applied; the output layer has no activation",
                "tanh of the state": (
                    "tanh is applied to h_t once more; the state is its output already"
                ),
                "classes instead of scores": (
                    "the class with the largest score is returned; expected are the scores themselves"
                ),
            },
        ),
        Mistake(
            "W_hy not transposed",
            "the rows of h_t meet W_hy the wrong way round: in a product the inner sizes agree, and "
            "those of (N, H) and (O, H) do not",
            lambda h_t, W_hy, b_y: h_t @ W_hy + b_y,
        ),
        Mistake(
            "product as on paper",
            "the product stands as on paper, where h_t is a column; here each row of h_t is a state",
            lambda h_t, W_hy, b_y: W_hy @ h_t + b_y,
        ),
        Mistake(
            "bias as a column",
            "b_y was made a column; as it is, (O,), it is added to every row",
            lambda h_t, W_hy, b_y: h_t @ W_hy.T + b_y[:, None],
        ),
        Mistake(
            "W_hy reshaped",
            "W_hy is reshaped to (H, O), which mixes its rows; a transpose keeps them together",
            lambda h_t, W_hy, b_y: h_t @ W_hy.reshape(W_hy.shape[::-1]) + b_y,
        ),
        Mistake(
            "first row only",
            "only the first state of the batch is read; every row has an output",
            lambda h_t, W_hy, b_y: W_hy @ h_t[0] + b_y,
        ),
    ),
)
