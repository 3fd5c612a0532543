"""All states in about log₂ T rounds: with strides 1, 2, 4 … pair t becomes pair t − s followed by pair t."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rnn_utils.cells.linear_recurrence import compose, linear_loop, linear_scan
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.counting import Counted
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_17.shared import equal_sizes, forgets, of_length, shrinks, steps
from rnn_utils.checks.shared_mistakes.step import Made


def scanned(made: Made, a: np.ndarray, b: np.ndarray, h0: np.ndarray) -> np.ndarray:
    """Return the states with some mistakes made."""
    A, h = a.copy(), b.copy()
    if "input times 1 − a" in made:
        h *= 1 - a
    if "factors of the step before" in made:
        A = np.roll(a, 1, axis=0)
    if "factors unused" in made:
        A = np.ones_like(a)
    if not {"start forgotten", "start added at the end"} & set(made):
        if "start at every step" in made:
            h += A * h0
        elif "start not multiplied" in made:
            h[0] += h0
        else:
            h[0] += A[0] * h0
    stride, rounds = 2 if "stride from two" in made else 1, 0
    while stride < len(h):
        if "last round left out" in made and 2 * stride > len(h):
            break
        earlier, later = slice(None, -stride), slice(stride, None)
        pairs = (A[earlier], h[earlier]), (A[later], h[later])
        if "steps exchanged" in made:
            pairs = pairs[::-1]
        if "reads what it has written" in made:
            for t in range(stride, len(h)):
                A[t], h[t] = A[t] * A[t - stride], A[t] * h[t - stride] + h[t]
        elif "factors written first" in made:
            A[later] = A[later] * A[earlier]
            h[later] = A[later] * h[earlier] + h[later]
        elif "rolled round" in made:
            h = A * np.roll(h, stride, axis=0) + h
            A = A * np.roll(A, stride, axis=0)
        else:
            new_A, new_h = compose(*pairs)
            if "factors stay" not in made:
                A[later] = new_A
            h[later] = new_h
        rounds += 1
        if "stride times three" in made:
            stride = 3 * stride
        else:
            stride = stride + 1 if "stride plus one" in made else 2 * stride
        if "one round" in made:
            break
    return h + h0 if "start added at the end" in made else h


def _logarithms(a: np.ndarray, b: np.ndarray, h0: np.ndarray, size: bool = False) -> np.ndarray:
    with np.errstate(all="ignore"):
        sums = np.cumsum(np.log(np.abs(a) if size else a), axis=0)
        return np.exp(sums) * (h0 + np.cumsum(b * np.exp(-sums), axis=0))


def _quotients(a: np.ndarray, b: np.ndarray, h0: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        products = np.cumprod(a, axis=0)
        return products * (h0 + np.cumsum(b / products, axis=0))


def _calculations(function: Callable[..., Any], T: int) -> int:
    """Count the calculations with a, or with what is put together from it, over T steps."""
    a = np.full((T, 1, 1), 0.5).view(Counted)
    a.products = []
    function(a, np.ones((T, 1, 1)), np.ones((1, 1)))
    return len(a.products)


def _step_by_step(function: Callable[..., Any]) -> str | None:
    T = 128
    count = _calculations(function, T)
    if count >= T:
        return (
            f"The values are right, but a takes part in {count} calculations for {T} steps, one after "
            "the other. A scan needs 7 rounds for them, each over all steps at once (the stride "
            "doubles: 1, 2, 4 …)."
        )
    return None


EXERCISE = Exercise(
    name="linear_scan",
    lesson="17_linear_recurrences",
    points=3,
    reference=linear_scan,
    outputs={"h": "T N H"},
    draw=steps,
    contract=Contract(
        sizes="TNH",
        edges=(
            Case("eight steps", draw=of_length(steps, 8)),
            Case("nine steps", draw=of_length(steps, 9)),
            Case("two steps", draw=of_length(steps, 2)),
            Case("steps that forget everything", draw=forgets),
            Case("300 small factors", draw=shrinks),
            Case("T = N = H", draw=equal_sizes),
        ),
    ),
    forbids=(linear_loop,),
    also=_step_by_step,
    mistakes=(
        Mistake(
            "quotients of products",
            "the sum is taken over b divided by the product of all factors so far: where one is 0, or "
            "all are "
            "small, that product is 0 and the quotient is none",
            _quotients,
        ),
        Mistake(
            "logarithms",
            "the products are made by sums of logarithms: a factor that is 0 or negative has none",
            _logarithms,
        ),
        Mistake(
            "logarithms of sizes",
            "the products are made by sums of logarithms of |a|: the signs of the factors are lost",
            partial(_logarithms, size=True),
        ),
        *mistakes_in(
            scanned,
            {
                "start added at the end": (
                    "h0 is added to all states at the end; it reaches each through the factors before it"
                ),
                "factors written first": (
                    "the factors of a round are written before its addends are made: these need the "
                    "factors as they were before the round"
                ),
                "rolled round": (
                    "`np.roll` brings the last steps to the front: a step that has nothing a stride before "
                    "it stays as it is"
                ),
                "last round left out": (
                    "the number of rounds is rounded down: if T is not a power of two, one round is missing"
                ),
                "stride from two": "the strides begin at 2; neighbours, one step apart, are joined first",
                "stride times three": (
                    "the stride is tripled; a pair holds twice as many steps after each round, so it doubles"
                ),
                "start forgotten": "h0 goes nowhere: the first state is a_1 h0 + b_1",
                "start at every step": (
                    "h0 is put into every step; it belongs to the first, and the scan carries it on"
                ),
                "start not multiplied": "h0 is added to the first step without its factor a_1",
                "input times 1 − a": (
                    "what a step adds is multiplied by 1 − a, as in a gated cell; here it is b as it is"
                ),
                "factors of the step before": (
                    "each step uses the factor of the step before; h_t = a_t h_{t−1} + b_t has the same t"
                ),
                "factors unused": "the factors a are not used: this is the running sum of b",
                "steps exchanged": (
                    "in each round the later step is taken for the earlier one: compose(pair at t − s, "
                    "pair at t)"
                ),
                "factors stay": (
                    "the factors are not composed with the rest: after each round the a of a pair is "
                    "the product of its "
                    "own and the earlier one"
                ),
                "reads what it has written": (
                    "a round reads pairs that the same round has already changed: all pairs of a round "
                    "are made from "
                    "those of the round before"
                ),
                "stride plus one": (
                    "the stride grows by one each round; a pair holds twice as many steps after each, "
                    "so it doubles"
                ),
                "one round": "only one round is done; it goes on until the stride is T",
            },
            together=1,
        ),
    ),
)
