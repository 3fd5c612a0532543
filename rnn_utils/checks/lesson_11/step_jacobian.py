"""How h_t changes with h_{t−1}: ∂h_t/∂h_{t−1} = diag(1 − h_t²) W_hh."""

import numpy as np

from rnn_utils.analysis.jacobians import step_jacobian
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake

_WEIGHT = arrays(W_hh="H H")


def _state(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    W_hh = 1.5 * _WEIGHT(rng, sizes)["W_hh"]
    return {"h_t": np.tanh(rng.standard_normal(sizes["H"])), "W_hh": W_hh}


def _saturated_state(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _state(rng, sizes)
    arguments["h_t"][::2] = np.sign(arguments["h_t"][::2])
    return arguments


_CONTRACT = Contract(
    sizes="H", zeros=("h_t", "W_hh"), edges=(Case("states at −1 and 1", draw=_saturated_state),)
)


EXERCISE = Exercise(
    name="step_jacobian",
    lesson="11_vanishing_gradients",
    points=1,
    reference=step_jacobian,
    outputs={"J": "H H"},
    draw=_state,
    contract=_CONTRACT,
    mistakes=(
        Mistake(
            "columns scaled",
            "the slopes multiply the columns of W_hh: that is W_hh diag(1 − h_t²). Row i of the Jacobian "
            "is about h_t[i], so the slope of unit i belongs to row i",
            lambda h_t, W_hh: W_hh * (1 - h_t**2),
        ),
        Mistake(
            "no slope",
            "the slope is missing: this is W_hh itself, the Jacobian of the step without tanh",
            lambda h_t, W_hh: W_hh.copy(),
        ),
        Mistake(
            "W_hh transposed",
            "W_hh is transposed: it is W_hh[i, j] that carries h_{t-1}[j] to unit i. (Gradients go back "
            "through the transpose of the Jacobian, but this is the Jacobian itself)",
            lambda h_t, W_hh: np.diag(1 - h_t**2) @ W_hh.T,
        ),
        Mistake(
            "the whole transposed",
            "this is the transpose of the Jacobian: rows and columns are exchanged. Row i is about h_t[i]",
            lambda h_t, W_hh: W_hh.T * (1 - h_t**2),
        ),
        Mistake(
            "square inside tanh",
            "1 − tanh(h_t²) stands where the slope, 1 − h_t², belongs; h_t is the output of tanh already",
            lambda h_t, W_hh: (1 - np.tanh(h_t**2))[:, None] * W_hh,
        ),
        Mistake(
            "double derivative",
            "tanh is applied to h_t once more, 1 − tanh(h_t)²; but h_t is the output of tanh already",
            lambda h_t, W_hh: (1 - np.tanh(h_t) ** 2)[:, None] * W_hh,
        ),
        Mistake(
            "square missing",
            "the square is missing: the slope is the same for h and −h",
            lambda h_t, W_hh: (1 - h_t)[:, None] * W_hh,
        ),
        Mistake(
            "square of the bracket",
            "(1 − h_t)² stands where 1 − h_t² belongs: the state alone is squared",
            lambda h_t, W_hh: (1 - h_t)[:, None] ** 2 * W_hh,
        ),
        Mistake(
            "state instead of slope",
            "W_hh is multiplied by h_t and not by the slope 1 − h_t²",
            lambda h_t, W_hh: h_t[:, None] * W_hh,
        ),
        Mistake(
            "square instead of slope",
            "W_hh is multiplied by h_t²; the slope is largest where h_t is 0",
            lambda h_t, W_hh: (h_t**2)[:, None] * W_hh,
        ),
        Mistake(
            "diagonal kept only",
            "only the diagonal of W_hh is left: `*` multiplies two matrices number by number, `@` is "
            "their product",
            lambda h_t, W_hh: np.diag(1 - h_t**2) * W_hh,
        ),
        Mistake(
            "matrix times vector",
            "the slopes are multiplied into W_hh as a vector, which sums over its columns; they belong on "
            "the diagonal of a matrix",
            lambda h_t, W_hh: W_hh @ (1 - h_t**2),
        ),
        Mistake(
            "vector times matrix",
            "the slopes are multiplied into W_hh as a vector, which sums over its rows; they belong on the "
            "diagonal of a matrix",
            lambda h_t, W_hh: (1 - h_t**2) @ W_hh,
        ),
        Mistake(
            "one slope for all",
            "all units get one and the same slope, made of h_t · h_t; each unit has its own, 1 − h_t[i]²",
            lambda h_t, W_hh: (1 - h_t @ h_t) * W_hh,
        ),
        Mistake(
            "mean slope",
            "all units get their mean slope; each unit has its own",
            lambda h_t, W_hh: np.mean(1 - h_t**2) * W_hh,
        ),
        Mistake(
            "divided",
            "W_hh is divided by the slope; the chain rule multiplies",
            lambda h_t, W_hh: W_hh / (1 - h_t**2)[:, None],
        ),
        Mistake(
            "slopes on both sides",
            "the slopes stand on both sides of W_hh; each step has one tanh, after W_hh",
            lambda h_t, W_hh: np.outer(1 - h_t**2, 1 - h_t**2) * W_hh,
        ),
        Mistake(
            "slopes of the product",
            "the slopes are those of W_hh h_t, one step later; h_t is what this step's tanh returned",
            lambda h_t, W_hh: (1 - np.tanh(W_hh @ h_t) ** 2)[:, None] * W_hh,
        ),
    ),
)
