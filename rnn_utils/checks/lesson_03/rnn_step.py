"""One step of an RNN: h_t = tanh(x_t W_xhᵀ + h_{t−1} W_hhᵀ + b_h)."""

import numpy as np

from rnn_utils.cells.rnn import rnn_step
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import arrays, scaled
from rnn_utils.checks.framework.exercise import Exercise, Mistake, slips
from rnn_utils.checks.slips import step as steps

_STEP = arrays(x_t="N D", h_prev="N H", W_xh="H D", W_hh="H H", b_h="H")


def _right_step(*arguments: np.ndarray) -> np.ndarray:
    return steps.rnn_step(frozenset(), *arguments)


EXERCISE = Exercise(
    name="rnn_step",
    lesson="03_tanh",
    points=2,
    reference=rnn_step,
    outputs={"h_t": "N H"},
    draw=_STEP,
    contract=Contract(
        sizes="NDH",
        zeros=("x_t", "h_prev", "W_xh", "W_hh", "b_h"),
        edges=(Case("large inputs", draw=scaled(_STEP, x_t=30.0, b_h=20.0)),),
    ),
    mistakes=(
        *slips(steps.rnn_step, steps.TANH | steps.AFFINE),
        Mistake(
            "tanh of the previous state",
            "tanh is applied to h_prev as well; it is a state, so it has been through tanh already",
            lambda x_t, h_prev, *weights: _right_step(x_t, np.tanh(h_prev), *weights),
        ),
        Mistake(
            "tanh over each product",
            "tanh is applied to each product and the bias added after; it belongs around the whole sum",
            lambda x_t, h_prev, W_xh, W_hh, b_h: (
                np.tanh(h_prev @ W_hh.T) + np.tanh(x_t @ W_xh.T) + b_h
            ),
        ),
        Mistake(
            "slope instead of state",
            "the slope 1 − h_t² is returned; a step returns the state itself",
            lambda *arguments: 1 - _right_step(*arguments) ** 2,
        ),
        Mistake(
            "previous state added",
            "h_prev is added to the new state; it enters through W_hh only",
            lambda x_t, h_prev, *weights: h_prev + _right_step(x_t, h_prev, *weights),
        ),
        *(
            Mistake(
                f"{name} for tanh",
                f"the activation is {name}; the equation says tanh, the hyperbolic tangent",
                lambda *arguments, f=f: f(np.arctanh(_right_step(*arguments))),
            )
            for name, f in (
                ("tan", np.tan),
                ("arctan", np.arctan),
                ("sin", np.sin),
                ("sinh", np.sinh),
            )
        ),
        Mistake(
            "clipped",
            "the sum is cut off at −1 and 1; tanh bends before it gets there",
            lambda *arguments: np.clip(np.arctanh(_right_step(*arguments)), -1, 1),
        ),
        Mistake(
            "bias summed",
            "all biases are added to every neuron; each neuron has its own",
            lambda x_t, h_prev, W_xh, W_hh, b_h: _right_step(
                x_t, h_prev, W_xh, W_hh, np.full_like(b_h, b_h.sum())
            ),
        ),
        Mistake(
            "only the first row",
            "only the first row is returned; the batch has N of them",
            lambda *arguments: _right_step(*arguments)[0],
        ),
        *steps.COLUMN_ORDER,
        Mistake(
            "x_t does not fit",
            "x_t (N, D) stands before a matrix that has not D rows; W_xh is (H, D), so turn it first",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_hh + x_t @ W_xh + b_h,
        ),
        Mistake(
            "h_prev does not fit",
            "h_prev (N, H) is multiplied with the input's weight; the state's own is W_hh (H, H)",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_xh.T + x_t @ W_hh.T + b_h,
        ),
        Mistake(
            "state multiplied number by number",
            "`*` stands where a matrix product belongs: `*` multiplies number by number, `@` is the product",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev * W_hh + x_t @ W_xh.T + b_h,
        ),
        Mistake(
            "bias added to columns",
            "the sum stands in columns, (H, N), when the bias is added; b_h (H,) is added to rows, so turn "
            "the sum first",
            lambda x_t, h_prev, W_xh, W_hh, b_h: W_hh @ h_prev.T + W_xh @ x_t.T + b_h,
        ),
    ),
)
