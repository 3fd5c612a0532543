"""One case, tried: reading what a function returned, and comparing it with what was expected."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import isfinite
from typing import Any

import numpy as np

from rnn_utils.checks.framework.behaviour import UnusableError
from rnn_utils.checks.framework.contract import Case
from rnn_utils.checks.framework.draws import Arguments
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.checks.framework.run import Crash, Outcome

Arrays = tuple[np.ndarray, ...]

NOT_YET = "this part is not done yet."

#: By how many roundings of its largest value an argument that was moved and put back may be off.
_ROUNDINGS = 4096

#: Below this size of the expected values, differences do not count, but in a case of tiny values.
_LEAST = 1e-6


@dataclass(frozen=True)
class Tried:
    """What was expected in a case and what came.

    Attributes:
        got: the outputs as arrays; None if it crashed, or if nothing in what came can be told apart.
        form: what is wrong with the form of the whole, in words.
        forms: the same for each output by itself; such an output is a nan in `got`.
        right: whether each output is right.
        changed: the arguments that were changed in place.
    """

    case: Case
    arguments: Arguments
    expected: Arrays
    outcome: Outcome
    got: Arrays | None
    form: str | None
    forms: tuple[str | None, ...]
    right: tuple[bool, ...]
    changed: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is to be said of it."""
        return all(self.right) and not self.changed

    @property
    def readable(self) -> bool:
        """Whether every output came and could be read."""
        return self.got is not None and not any(self.forms)

    @cached_property
    def largest(self) -> tuple[float, ...]:
        """The largest size among the numbers of each output; nan or infinite where one of them is."""
        return tuple(float(np.abs(array).max(initial=0.0)) for array in self.got or ())


# The same case is asked for again and again; its arguments are the same each time.
@lru_cache(maxsize=1 << 11)
def expected_of(exercise: Exercise, case: Case, stage: str) -> Arrays:
    """Return what is expected in a case, as arrays."""
    return as_arrays(exercise, exercise.expected_in(case, stage))


@lru_cache(maxsize=1 << 12)
def try_mistake(exercise: Exercise, mistake: Mistake, case: Case, stage: str) -> Tried:
    """Make a known mistake on the arguments that the learner's function got."""
    arguments = exercise.arguments(case, stage)
    value, crash = None, None
    try:
        value = exercise.judged(mistake.wrong)(*arguments.values())
    except Exception as error:
        crash = Crash.of(error)
    return compared(exercise, case, stage, arguments, Outcome(value, crash))


def compared(
    exercise: Exercise,
    case: Case,
    stage: str,
    arguments: Arguments,
    outcome: Outcome,
    changed: tuple[str, ...] = (),
) -> Tried:
    """Compare what came in a case with what is expected."""
    expected = expected_of(exercise, case, stage)
    got: Arrays | None = None
    form: str | None = None
    forms: tuple[str | None, ...] = (None,) * len(expected)
    if outcome.crash is not None and outcome.crash.kind is UnusableError:
        form, outcome = outcome.crash.text, replace(outcome, crash=None)
    elif outcome.crash is None:
        got, form, forms = _read(exercise, outcome.value, expected)
    if got is None:
        right = (False,) * len(expected)
    else:
        right = tuple(
            not wrong and near(g, e, accepted(exercise, case), least_of(case))
            for g, e, wrong in zip(got, expected, forms, strict=True)
        )
    return Tried(case, arguments, expected, outcome, got, form, forms, right, changed)


def as_arrays(exercise: Exercise, value: Any) -> Arrays:
    """Return a returned value as a tuple of arrays, which is expected to be possible."""
    if exercise.convert is not None:
        value = exercise.convert(value)
    values = value if isinstance(value, tuple) else (value,)
    return tuple(np.asarray(v) for v in values)


def _read(
    exercise: Exercise, value: Any, expected: Arrays
) -> tuple[Arrays | None, str | None, tuple[str | None, ...]]:
    """Turn a returned value into arrays, or say in words why it cannot be, or why an output cannot."""
    names = tuple(exercise.outputs)
    wanted = ", ".join(f"`{name}`" for name in names)
    none = (None,) * len(names)
    if value is None:
        says = f"It returned None where {wanted} is expected: is the `return` missing?"
        return None, says, none
    if exercise.convert is not None:
        try:
            value = exercise.convert(value)
        except (TypeError, ValueError) as error:
            return None, f"What it returned could not be read as {wanted}: {error}", none
    if len(names) == 1:
        if isinstance(value, tuple) and len(value) != 1:
            says = f"It returned a tuple of {len(value)}; expected is {wanted} alone."
            return None, says, none
        values: Sequence[Any] = value if isinstance(value, tuple) else (value,)
    else:
        whole = value.shape if isinstance(value, np.ndarray) else ()
        if isinstance(value, np.ndarray | deque):
            value = list(value)
        if not isinstance(value, tuple | list) or len(value) != len(names):
            came = f"{len(value)} values" if isinstance(value, tuple | list) else "one value"
            came = f"one array of the shape {whole}" if whole else came
            says = f"It returned {came}; expected are {len(names)}, in this order: {wanted}."
            return None, says, none
        values = value
    read = [_read_output(*three) for three in zip(names, values, expected, strict=True)]
    return tuple(array for array, _ in read), None, tuple(says for _, says in read)


def _read_output(name: str, item: Any, want: np.ndarray) -> tuple[np.ndarray, str | None]:
    """Turn one output into an array of floats, or say in words why it cannot be."""
    unread = np.array(np.nan)
    if item is None:
        return unread, f"`{name}` is None: {NOT_YET}"
    array = numbers(item)
    if array is None:
        return unread, f"`{name}` should hold real numbers; what came is {_kind(item)}."
    if isinstance(item, list | deque) and want.ndim and array.shape == want.shape:
        made_by = "np.stack" if want.ndim > 1 else "np.array"
        says = (
            f"`{name}` is a Python {type(item).__name__}; the caller expects one array ({made_by})."
        )
        return unread, says
    return array, None


def numbers(item: Any) -> np.ndarray | None:
    """Return any kind of real numbers, in lists of lists too, as an array of floats; None if it is not.

    Example:
        >>> from fractions import Fraction
        >>> numbers([Fraction(1, 2), 3])
        array([0.5, 3. ])
    """
    if isinstance(item, deque):
        item = list(item)
    try:
        array = np.array(item)
        if array.dtype.kind == "O" and all(map(_is_number, array.flat)):
            array = array.astype(float)
    except (ValueError, TypeError, OverflowError):
        return None
    if array.dtype.kind not in "biuf":
        return None
    return array if array.dtype.kind == "f" else array.astype(float)


def _is_number(part: Any) -> bool:
    return isinstance(part, int | float | Fraction | np.number) or (
        isinstance(part, np.ndarray) and part.ndim == 0 and part.dtype.kind in "biuf"
    )


def _kind(item: Any) -> str:
    if isinstance(item, np.ndarray):
        return f"an array of {item.dtype.name}"
    if isinstance(item, list | tuple | deque) and len(item) and not _alike(item):
        return f"a {type(item).__name__} of parts that have different shapes"
    return type(item).__name__


def _alike(parts: Sequence[Any]) -> bool:
    """Whether parts have the same shape, so that they can be stacked."""
    try:
        return len({np.shape(part) for part in parts}) == 1
    except Exception:  # a part that has none, as it is made of unlike parts itself
        return False


def accepted(exercise: Exercise, case: Case) -> float:
    """Return the largest accepted difference in a case, relative to the largest expected value."""
    return max(exercise.tolerance, 1e-4) if case.dtype is np.float32 else exercise.tolerance


def least_of(case: Case) -> float:
    """Return the size of the expected values below which differences do not count."""
    return 1e-40 if case.tiny else _LEAST


def near(got: np.ndarray, want: np.ndarray, tolerance: float, least: float = _LEAST) -> bool:
    """Whether two arrays are the same to a part of the largest expected value."""
    if got.shape != want.shape:
        return False
    a, b = got.astype(float, copy=False), want.astype(float, copy=False)
    with np.errstate(all="ignore"):
        off = float(np.abs(a - b).max(initial=0.0))
        if isfinite(off):
            return off <= tolerance * max(float(np.abs(b).max(initial=0.0)), least)
        finite = np.isfinite(b)
        if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
            return False
        return bool(np.all(np.abs(a[finite] - b[finite]) <= tolerance * max(scale_of(b), least)))


def scale_of(want: np.ndarray) -> float:
    """Return the largest finite size among some values."""
    return float(np.max(np.abs(want[np.isfinite(want)]), initial=0.0))


def gap_of(got: np.ndarray, want: np.ndarray) -> float:
    """Return by how much two arrays differ at most, relative to the largest expected value."""
    if got.shape != want.shape or not np.array_equal(np.isfinite(got), np.isfinite(want)):
        return np.inf
    off = np.abs(got - want)[np.isfinite(want)]
    return float(np.max(off, initial=0.0)) / max(scale_of(want), 1e-300)


def changed_arguments(before: Any, after: Any, name: str = "") -> tuple[str, ...]:
    """Name the arguments that a call changed in place."""
    if isinstance(before, dict):
        pairs = [(before[key], after[key], f"{name}.{key}" if name else key) for key in before]
    elif isinstance(before, tuple) and hasattr(before, "_fields"):
        pairs = [
            (b, a, f"{name}.{f}") for b, a, f in zip(before, after, before._fields, strict=True)
        ]
    elif isinstance(before, list | tuple):
        if len(before) != len(after):
            return (name,)
        pairs = [(b, a, name) for b, a in zip(before, after, strict=True)]
    elif isinstance(before, np.ndarray):
        return () if isinstance(after, np.ndarray) and _unchanged(before, after) else (name,)
    else:
        return ()
    return tuple(dict.fromkeys(f for b, a, n in pairs for f in changed_arguments(b, a, n)))


def _unchanged(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether an array is what it was; one that was moved and put back may be off by rounding."""
    if before.shape != after.shape or before.dtype.kind != "f":
        return np.array_equal(before, after)
    if (before == after).all():
        return True
    largest = np.max(np.abs(before[np.isfinite(before)]), initial=0.0)
    close = _ROUNDINGS * np.finfo(before.dtype).eps * largest
    return np.allclose(before, after, rtol=0, atol=close, equal_nan=True)
