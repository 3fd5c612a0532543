"""What any function can get wrong: kept axes, exchanged axes, one step only, a constant factor."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from rnn_utils.checks.framework.comparison import Tried, near
from rnn_utils.checks.framework.contract import INTEGERS
from rnn_utils.checks.framework.draws import Arguments
from rnn_utils.checks.framework.exercise import Exercise, Mistake

UNFINISHED = "unfinished"


def recognise_form(
    exercise: Exercise, scope: list[Tried], failing: list[Tried], wrong: Collection[int]
) -> tuple[Mistake, ...]:
    """Recognise what any function can get wrong in some outputs: the same in every case of the scope."""

    def found(name: str, says: str) -> tuple[Mistake, ...]:
        return (Mistake(name, says, exercise.reference),)

    if not wrong or any(t.got is None or any(t.forms[k] for k in wrong) for t in failing):
        return ()
    if all(_in_another_order(t) for t in failing):
        return found("order of the outputs", "the values are right and stand in another order")
    pairs = [(t, k) for t in failing for k in wrong if not t.right[k]]
    for name, says, test in _FORMS:
        if all(t.got and test(t.got[k], t.expected[k]) for t, k in pairs):
            if name.startswith("only the") and any(
                not exercise.outputs[list(exercise.outputs)[k]].startswith("T") for _, k in pairs
            ):
                continue
            return found(name, says)
    # What is right in some cases is off by no factor, unless nothing can be told from these.
    if any(t.right[k] and t.expected[k].any() for t in scope for k in wrong):
        return ()
    return _recognise_factor(pairs, found)


def _recognise_factor(
    pairs: list[tuple[Tried, int]], found: Callable[[str, str], tuple[Mistake, ...]]
) -> tuple[Mistake, ...]:
    factors = [_factor(t, k) for t, k in pairs]
    if not factors or any(f is None for f in factors):
        return ()
    first = factors[0] or 0.0
    if np.allclose([f for f in factors if f], first, rtol=1e-6):
        if np.isclose(first, -1.0):
            return found("sign", "a sign is wrong: everything is minus what it should be")
        return found(
            "constant factor",
            f"a constant factor is wrong: everything is {first:.4g} times what it should be",
        )
    if all(_made_of_sizes(f or 0.0, t.arguments) for f, (t, _) in zip(factors, pairs, strict=True)):
        return found(
            "mean or sum",
            "a sum stands where a mean belongs, or a mean where a sum does: "
            "everything is off by a factor that depends on the shapes",
        )
    return ()


def _in_another_order(one: Tried) -> bool:
    return (
        one.got is not None
        and len(one.expected) > 1
        and all(any(near(got, want, 1e-6) for got in one.got) for want in one.expected)
    )


def _made_of_sizes(factor: float, arguments: Arguments) -> bool:
    """Whether a factor, or one over it, is a product of at most three sizes of the arguments."""
    sizes = {1, *_sizes(arguments)}
    larger = max(factor, 1 / factor) if factor > 0 else 0.0
    products = {a * b * c for a in sizes for b in sizes for c in sizes}
    return any(abs(larger / n - 1) < 1e-5 for n in products if n > 0)


def _sizes(value: Any) -> set[int]:
    if isinstance(value, np.ndarray):
        return set(value.shape)
    parts = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list | tuple):
        return {len(value)}.union(*(_sizes(part) for part in parts))
    return set()


def _factor(one: Tried, k: int) -> float | None:
    assert one.got is not None
    got, want = one.got[k].astype(float), one.expected[k].astype(float)
    if got.shape != want.shape or not np.isfinite(got).all() or not np.isfinite(want).all():
        return None
    norm = float(np.sum(want * want))
    ratio = float(np.sum(got * want)) / norm if norm else 0.0
    return ratio if ratio and near(got, ratio * want, 1e-6) else None


def _all_zeros(got: np.ndarray, want: np.ndarray) -> bool:
    return got.size > 1 and got.shape == want.shape and not got.any() and bool(want.any())


def _cut_off(got: np.ndarray, want: np.ndarray) -> bool:
    return got.shape == want.shape and bool(got.any()) and np.array_equal(got, np.trunc(want))


def _kept_axis(got: np.ndarray, want: np.ndarray) -> bool:
    return (
        got.shape != want.shape and got.size == want.size and near(got.ravel(), want.ravel(), 1e-6)
    )


def _exchanged_axes(got: np.ndarray, want: np.ndarray) -> bool:
    return want.ndim > 1 and any(
        near(np.swapaxes(got, i, j), want, 1e-6)
        for i in range(got.ndim)
        for j in range(i)
        if got.ndim == want.ndim
    )


def _reversed(axis: int) -> Callable[[np.ndarray, np.ndarray], bool]:
    return lambda got, want: got.ndim > axis and near(np.flip(got, axis), want, 1e-6)


def _one_step(step: int) -> Callable[[np.ndarray, np.ndarray], bool]:
    def only(got: np.ndarray, want: np.ndarray) -> bool:
        if not want.ndim or not len(want):
            return False
        one = want[step]
        return near(got, one, 1e-6) or (len(want) > 1 and near(got, one[None], 1e-6))

    return only


def _first_filled(got: np.ndarray, want: np.ndarray) -> bool:
    return (
        got.shape == want.shape
        and want.ndim > 0
        and len(want) > 1
        and near(got[:1], want[:1], 1e-6)
        and not got[1:].any()
    )


_FORMS: tuple[tuple[str, str, Callable[[np.ndarray, np.ndarray], bool]], ...] = (
    (
        "fractions cut off",
        INTEGERS,
        _cut_off,
    ),
    (
        UNFINISHED,
        "nothing was ever added to this part: it is all zeros. Was it filled in at all, is what is "
        "added to it the right thing (not the buffer itself, as in `dW += dW`), and is it made for "
        "fractions (`dtype=float`)?",
        _all_zeros,
    ),
    (
        "exchanged axes",
        "the values are right and two axes are exchanged: compare the order of the axes in the "
        "docstring with yours",
        _exchanged_axes,
    ),
    (
        "kept axis",
        "the values are right and only the shape is not: an axis of length one was kept or lost "
        "(`keepdims`, `reshape`, `squeeze`)",
        _kept_axis,
    ),
    ("reversed time", "the steps are right and stand in reversed order", _reversed(0)),
    (
        "reversed second axis",
        "the values are right and stand in reversed order along the second axis",
        _reversed(1),
    ),
    (
        "only the first step",
        "only the first step is returned, as a `return` inside the loop would do: is it indented too far?",
        _one_step(0),
    ),
    (
        "only the first step filled in",
        "only the first step is filled in: is the `return` inside the loop?",
        _first_filled,
    ),
    (
        "only the last step",
        "only the last step is returned; expected is one result for every step",
        _one_step(-1),
    ),
)
