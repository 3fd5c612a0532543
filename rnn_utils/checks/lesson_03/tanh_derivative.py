"""The slope of tanh from its output: d tanh(a)/da = 1 − h², with h = tanh(a)."""

import numpy as np

from rnn_utils.cells.activations import tanh_derivative
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake


def _states(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"h": np.tanh(rng.standard_normal((sizes["N"], sizes["H"])))}


EXERCISE = Exercise(
    name="tanh_derivative",
    lesson="03_tanh",
    points=1,
    reference=tanh_derivative,
    outputs={"derivative": "N H"},
    draw=_states,
    contract=Contract(
        sizes="NH",
        zeros=("h",),
        any_shape=("h",),
    ),
    mistakes=(
        Mistake(
            "double derivative",
            "tanh is applied to h once more, 1 − tanh(h)²; but h is the output of tanh already",
            lambda h: 1 - np.tanh(h) ** 2,
        ),
        Mistake(
            "square missing",
            "the square is missing: the derivative is the same for h and −h",
            lambda h: 1 - h,
        ),
        Mistake(
            "derivative of the sigmoid",
            "this is the sigmoid's derivative, s (1 − s); tanh has another",
            lambda h: h * (1 - h),
        ),
        Mistake(
            "divided",
            "it is divided by 1 − h²; the slope is 1 − h² itself, at most 1",
            lambda h: 1 / (1 - h**2),
        ),
        Mistake(
            "derivative of the square",
            "1 − h² is differentiated once more, to −2h; it is the derivative already",
            lambda h: -2 * h,
        ),
        Mistake(
            "square only", "only h² is there; the slope is largest where h is 0", lambda h: h**2
        ),
        Mistake(
            "plus",
            "a sign is wrong: the slope falls as |h| grows, and is 0 where h is ±1",
            lambda h: 1 + h**2,
        ),
        Mistake("minus", "the sign is wrong: tanh grows everywhere", lambda h: h**2 - 1),
        Mistake("tanh itself", "this is tanh of h, not its slope", lambda h: np.tanh(h)),
        Mistake(
            "size for the square",
            "|h| stands where the square of h belongs",
            lambda h: 1 - np.abs(h),
        ),
        Mistake("root", "the root of 1 − h² is taken", lambda h: np.sqrt(1 - h**2)),
        Mistake(
            "square of the difference",
            "the difference is squared; only h is",
            lambda h: (1 - h) ** 2,
        ),
        Mistake("twice h", "h is doubled where it should be squared", lambda h: 1 - 2 * h),
        Mistake(
            "back to the sum",
            "h is turned back into the sum a, and the sum is squared; the derivation squares the output",
            lambda h: 1 - np.arctanh(h) ** 2,
        ),
        Mistake(
            "double derivative, square missing",
            "tanh is applied to h once more, and the square is missing; h is the output of tanh already",
            lambda h: 1 - np.tanh(h),
        ),
        Mistake(
            "matrix product",
            "h is multiplied with itself as a matrix; each slope comes from its own output alone",
            lambda h: 1 - h @ h.T,
        ),
    ),
)
