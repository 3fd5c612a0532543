"""Two steps in one: h → a₁h + b₁ → a₂(a₁h + b₁) + b₂ = (a₂a₁)h + (a₂b₁ + b₂)."""

import numpy as np

from rnn_utils.cells.linear_recurrence import compose
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made

Pair = tuple[np.ndarray, np.ndarray]


def _two(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    shape = sizes["N"], sizes["H"]
    first, second = ((rng.standard_normal(shape), rng.standard_normal(shape)) for _ in range(2))
    return {"first": first, "second": second}


def _two_numbers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    a_1, b_1, a_2, b_2 = rng.standard_normal(4).tolist()
    return {"first": (a_1, b_1), "second": (a_2, b_2)}


def _forgets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _two(rng, sizes)
    return arguments | {"second": (np.zeros_like(arguments["second"][0]), arguments["second"][1])}


def _composed(made: Made, first: Pair, second: Pair) -> Pair:
    if "second first" in made:
        first, second = second, first
    (a_1, b_1), (a_2, b_2) = first, second
    if "unpacked the other way" in made:
        (b_1, a_1), (b_2, a_2) = first, second
    a = a_1 + a_2 if "factors added" in made else a_2 * a_1
    if "first addend as it is" in made:
        return a, b_1 + b_2
    if "by its own factor" in made:
        return a, a_1 * b_1 + b_2
    if "by both factors" in made:
        return a, a_2 * a_1 * b_1 + b_2
    if "both addends times the second factor" in made:
        return a, a_2 * (b_1 + b_2)
    if "second addend left out" in made:
        return a, a_2 * b_1
    return a, a_2 * b_1 + b_2


EXERCISE = Exercise(
    name="compose",
    lesson="17_linear_recurrences",
    points=1,
    reference=compose,
    outputs={"a": "N H", "b": "N H"},
    draw=_two,
    contract=Contract(
        sizes="NH",
        edges=(
            Case("plain numbers", draw=_two_numbers),
            Case("a second step that forgets", draw=_forgets),
        ),
    ),
    mistakes=mistakes_in(
        _composed,
        {
            "second first": (
                "the two steps are taken in the wrong order: `first` comes first in time, and what it "
                "adds is "
                "multiplied by the second step's a"
            ),
            "first addend as it is": (
                "b of the first step is added as it is; the second step multiplies it, with all of the "
                "state"
            ),
            "by its own factor": (
                "b of the first step is multiplied by the a of the same step; it is added after that a, "
                "and before "
                "the next one"
            ),
            "by both factors": (
                "b of the first step is multiplied by both factors; it was added after the first"
            ),
            "both addends times the second factor": (
                "the second b is multiplied by the second a as well; it is added after it"
            ),
            "second addend left out": "the b of the second step is missing",
            "unpacked the other way": (
                "the pairs are unpacked as (b, a); they are (a, b), the factor first"
            ),
            "factors added": "the factors are added; one after the other they multiply",
        },
        together=1,
    ),
)
