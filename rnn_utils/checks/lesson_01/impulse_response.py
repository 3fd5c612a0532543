"""What an input of 1 at the first step leaves: h_t = w_xh w_hh^(t−1)."""

from typing import Any

import numpy as np

from rnn_utils.cells.recurrence import impulse_response
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake


def _response_arguments(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    w_hh, w_xh = rng.uniform(0.3, 1.2, 2) * rng.choice([-1, 1], 2)
    return {"w_hh": float(w_hh), "w_xh": float(w_xh), "T": sizes["T"]}


def _with(**fixed: Any) -> Draw:
    """Return the draw of the impulse response with some arguments fixed."""
    return lambda rng, sizes: _response_arguments(rng, sizes) | fixed


EXERCISE = Exercise(
    name="impulse_response",
    lesson="01_state_equation",
    points=1,
    reference=impulse_response,
    outputs={"response": "T"},
    draw=_response_arguments,
    contract=Contract(
        sizes="T",
        float32=False,
        layouts=False,
        integers=("w_hh", "w_xh"),
        zeros=("w_xh",),
        tiny=("w_xh",),
        edges=(
            Case("w_hh = 0", draw=_with(w_hh=0.0)),
            Case("a negative w_hh", general=True, draw=_with(w_hh=-0.7)),
            Case("w_hh = 1", draw=_with(w_hh=1.0)),
            Case("w_hh = −1", draw=_with(w_hh=-1.0)),
            Case("w_hh = 0 and one step", draw=_with(w_hh=0.0, T=1)),
        ),
    ),
    mistakes=(
        Mistake(
            "exponent one too large",
            "the exponent is one too large: at the step of the impulse itself nothing has been "
            "multiplied by w_hh yet",
            lambda w_hh, w_xh, T: w_xh * w_hh ** np.arange(1, T + 1),
        ),
        Mistake(
            "first step left out",
            "the step of the impulse itself is missing: the exponents run from 0 to T − 1",
            lambda w_hh, w_xh, T: w_xh * w_hh ** np.arange(1, T),
        ),
        Mistake(
            "input weight missing",
            "w_xh is missing: the impulse enters through it",
            lambda w_hh, w_xh, T: w_hh ** np.arange(T),
        ),
        Mistake(
            "weights exchanged",
            "w_hh and w_xh are exchanged: the one that acts again at every step carries the exponent",
            lambda w_hh, w_xh, T: w_hh * w_xh ** np.arange(T),
        ),
        Mistake(
            "response to a step",
            "this is the response to an input that stays on; an impulse is 1 at the first step and "
            "0 after it",
            lambda w_hh, w_xh, T: np.cumsum(w_xh * w_hh ** np.arange(T)),
        ),
        Mistake(
            "multiplied instead of raised",
            "w_hh is multiplied by the step number; acting again and again is a power",
            lambda w_hh, w_xh, T: w_xh * w_hh * np.arange(T),
        ),
        Mistake(
            "sign lost",
            "the sign of w_hh is lost; a negative weight makes the response alternate",
            lambda w_hh, w_xh, T: w_xh * abs(w_hh) ** np.arange(T),
        ),
        Mistake(
            "both weights raised",
            "both weights are raised to the power; the impulse passes w_xh only once",
            lambda w_hh, w_xh, T: (w_xh * w_hh) ** np.arange(T),
        ),
        Mistake(
            "only the last step",
            "only the last step is returned; expected is the response at every step",
            lambda w_hh, w_xh, T: w_xh * w_hh ** (T - 1),
        ),
        Mistake(
            "one step too many",
            "there is one step too many: steps 0 to T − 1 are T values",
            lambda w_hh, w_xh, T: w_xh * w_hh ** np.arange(T + 1),
        ),
    ),
)
