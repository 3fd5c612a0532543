"""The same with x W_xhᵀ + b_h of all steps in one product before the loop."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.cells.rnn import rnn_forward, rnn_forward_hoisted
from rnn_utils.checks.framework.counting import Counted
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.checks.lesson_05.shared import (
    CONTRACT,
    FORWARD_MISTAKES,
    SEQUENCE,
    by_steps,
    wrong_start,
)


def _put_back_as_batch_first(
    x: np.ndarray, h0: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    T, N, _ = x.shape
    mixed = (x.reshape(T * N, -1) @ W_xh.T).reshape(N, T, -1).swapaxes(0, 1)
    return by_steps(lambda a_t, h: np.tanh(a_t + h @ W_hh.T + b_h))(mixed, h0)


_HOISTED_MISTAKES = (
    *FORWARD_MISTAKES,
    Mistake(
        "tanh before the loop too",
        "tanh is taken of the input's term before the loop, and of the sum again inside; it belongs "
        "around the sum alone",
        by_steps(lambda x_t, h, W_xh, W_hh, b_h: np.tanh(np.tanh(x_t @ W_xh.T + b_h) + h @ W_hh.T)),
    ),
    Mistake(
        "rows put back as batch first",
        "the T·N rows are put back as (N, T, H), which mixes steps and sequences: they stand step by "
        "step, so time comes first in the reshape",
        _put_back_as_batch_first,
    ),
)


def count_input_products(function: Callable[..., Any], T: int) -> int | None:
    """Count in how many products W_xh takes part when a function runs over T steps; None if it raises."""
    rng = np.random.default_rng(0)
    given = SEQUENCE(rng, {"T": T, "N": 2, "D": 3, "H": 4, "O": 5})
    watched = {name: given[name].view(Counted) for name in ("x", "W_xh")}
    products: list[str] = []
    watched["W_xh"].products = products
    try:
        function(*(given | watched).values())
    except Exception:
        return None
    return len(products)


def _still_in_the_loop(function: Callable[..., Any]) -> str | None:
    short, long = (count_input_products(function, T) for T in (3, 9))
    if short is None or long is None:
        return (
            "The values are right, but your function raises an error for arrays that count the products "
            "they take part in. They are arrays like others: do not ask for their type."
        )
    if long > short:
        return (
            f"The values are right, but W_xh takes part in {short} products for 3 steps and in "
            f"{long} for 9: there is still one at every step, inside the loop or in one beside it. The "
            "input's product needs no state, so all steps can be had at once: x has three axes, and "
            "`@` takes them."
        )
    return None


EXERCISE = Exercise(
    name="rnn_forward_hoisted",
    lesson="05_forward_pass",
    points=1,
    reference=rnn_forward_hoisted,
    outputs={"h": "T N H"},
    forbids=(rnn_forward,),
    draw=SEQUENCE,
    contract=CONTRACT,
    mistakes=_HOISTED_MISTAKES,
    diagnose=wrong_start,
    also=_still_in_the_loop,
)
