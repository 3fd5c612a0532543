"""The linear recurrence of one number: h_t = w_hh h_{t−1} + w_xh x_t."""

import numpy as np

from rnn_utils.cells.recurrence import linear_rnn
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.checks.lesson_01.shared import fold


def _scalar_rnn(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    w_hh, w_xh, h0 = rng.uniform(0.3, 1.2, 3) * rng.choice([-1, 1], 3)
    return {
        "x": rng.standard_normal(sizes["T"]),
        "w_hh": float(w_hh),
        "w_xh": float(w_xh),
        "h0": float(h0),
    }


def _linear(x: np.ndarray, w_hh: float, w_xh: float, h0: float) -> np.ndarray:
    states = np.zeros(len(x))
    for t, x_t in enumerate(x):
        h0 = states[t] = w_hh * h0 + w_xh * x_t
    return states


def _shifted(x: np.ndarray) -> np.ndarray:
    return np.concatenate([[0.0], x[:-1]])


EXERCISE = Exercise(
    name="linear_rnn",
    lesson="01_state_equation",
    points=2,
    reference=linear_rnn,
    outputs={"h": "T"},
    draw=_scalar_rnn,
    contract=Contract(
        sizes="T",
        integers=("x", "w_hh", "w_xh", "h0"),
        zeros=("x", "w_hh", "w_xh", "h0"),
        tiny=("x", "h0"),
    ),
    mistakes=(
        Mistake(
            "zeros instead of h0",
            "the first step starts from zero and not from h0 (or from h[-1], the last row)",
            lambda x, w_hh, w_xh, h0: _linear(x, w_hh, w_xh, 0.0),
        ),
        Mistake(
            "state never updated",
            "every step uses h0; the equation wants the state of the step before",
            lambda x, w_hh, w_xh, h0: w_hh * h0 + w_xh * x,
        ),
        Mistake(
            "weights exchanged",
            "w_hh and w_xh are exchanged: w_hh weighs the state, w_xh the input",
            lambda x, w_hh, w_xh, h0: _linear(x, w_xh, w_hh, h0),
        ),
        Mistake(
            "input times w_hh too",
            "the input is multiplied by w_hh as well; it is added after the state was",
            lambda x, w_hh, w_xh, h0: _linear(x, w_hh, w_hh * w_xh, h0),
        ),
        Mistake(
            "first state left at zero",
            "the first state is left at zero, as the buffer was made: it is w_hh h0 + w_xh x_1",
            lambda x, w_hh, w_xh, h0: np.concatenate([[0.0], _linear(x[1:], w_hh, w_xh, 0.0)])[
                : len(x)
            ],
        ),
        Mistake(
            "size of w_hh",
            "the sign of w_hh is lost; a negative one turns the state round at every step",
            lambda x, w_hh, w_xh, h0: _linear(x, abs(w_hh), w_xh, h0),
        ),
        Mistake(
            "terms multiplied",
            "the two terms are multiplied; the equation adds them",
            lambda x, w_hh, w_xh, h0: h0 * np.cumprod(w_hh * w_xh * x),
        ),
        Mistake(
            "h0 among the states",
            "h0 itself is among the returned states; expected are the T states after each input",
            lambda x, w_hh, w_xh, h0: np.concatenate([[h0], _linear(x, w_hh, w_xh, h0)]),
        ),
        Mistake(
            "h0 first, last input missing",
            "the result starts with h0, so that every state stands one place too late",
            lambda x, w_hh, w_xh, h0: np.concatenate([[h0], _linear(x, w_hh, w_xh, h0)[:-1]]),
        ),
        Mistake(
            "first input never read",
            "h0 stands in the place of the first state, so that the first input is never read",
            lambda x, w_hh, w_xh, h0: np.concatenate([[h0], _linear(x[1:], w_hh, w_xh, h0)]),
        ),
        Mistake(
            "only the last state",
            "only the last state is returned; expected is the state after every input",
            lambda x, w_hh, w_xh, h0: _linear(x, w_hh, w_xh, h0)[-1],
        ),
        Mistake(
            "input without its weight",
            "the input enters without w_xh",
            lambda x, w_hh, w_xh, h0: _linear(x, w_hh, 1.0, h0),
        ),
        Mistake(
            "state without its weight",
            "the previous state enters without w_hh",
            lambda x, w_hh, w_xh, h0: _linear(x, 1.0, w_xh, h0),
        ),
        Mistake(
            "state missing",
            "the previous state is missing from the sum, so nothing is remembered",
            lambda x, w_hh, w_xh, h0: w_xh * x,
        ),
        Mistake(
            "off by one in time",
            "step t reads the input of step t − 1",
            lambda x, w_hh, w_xh, h0: _linear(_shifted(x), w_hh, w_xh, h0),
        ),
        Mistake(
            "squashed",
            "an activation is applied; this recurrence is linear, there is none yet",
            lambda x, w_hh, w_xh, h0: np.array(
                fold(lambda h, v: np.tanh(w_hh * h + w_xh * v), h0, x)
            ),
        ),
    ),
)
