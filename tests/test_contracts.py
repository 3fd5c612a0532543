"""What an exercise's contract covers, a check reaches: spoil a right answer there, and it fails.

For each respect of a contract a right answer is spoilt exactly where that respect shows in its
arguments, by what a learner would get wrong there. It has to fail, and to be told what for.
"""

from functools import partial

import numpy as np
import pytest
from test_graders import RECORDS, RIGHT

from rnn_utils.checks import judge
from rnn_utils.checks.framework.comparison import as_arrays
from rnn_utils.checks.framework.draws import map_arrays
from rnn_utils.checks.framework.judge import passes
from rnn_utils.checks.framework.named_results import with_names_of


def arrays_in(value):
    """Yield every array in a nested value."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from arrays_in(part)


def spoilt(value):
    """Return a value with every number in it off by one."""
    if isinstance(value, bool | np.bool_):
        return not value
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, float) and not np.isfinite(value):
        return 0.0
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(spoilt, value))
    if isinstance(value, list | tuple):
        return type(value)(map(spoilt, value)) if len(value) else None
    if isinstance(value, dict):
        return {key: spoilt(part) for key, part in value.items()}
    if isinstance(value, np.ndarray) and not value.size:
        return None
    return value + 1


def where(condition, answer, record):
    """Return an answer that is off wherever its arguments meet a condition."""

    def partly_wrong(*arguments):
        named = dict(zip(record.arguments(record.cases[0], "hidden"), arguments, strict=True))
        met = condition(named)
        value = answer(*arguments)
        return spoilt(value) if met or condition({"returned": value}) else value

    return partly_wrong


def numbers_of(value):
    found = list(arrays_in(value))
    return found if found or not isinstance(value, int | float) else [np.asarray(value)]


def has_one(named):
    return any(1 in a.shape for value in named.values() for a in arrays_in(value))


def is_float32(named):
    return any(
        a.dtype == np.float32
        for name, v in named.items()
        for a in arrays_in(v)
        if name != "returned"
    )


def has_gaps(named):
    return any(
        not a.flags.c_contiguous and not a.flags.f_contiguous
        for name, v in named.items()
        for a in arrays_in(v)
        if name != "returned"
    )


def is_transposed(named):
    return any(
        a.flags.f_contiguous and not a.flags.c_contiguous
        for name, v in named.items()
        for a in arrays_in(v)
        if name != "returned"
    )


def is_empty(named):
    return any(0 in a.shape for v in named.values() for a in arrays_in(v)) or any(
        isinstance(v, list | tuple | str) and not len(v) for v in named.values()
    )


def holds_integers(name, named):
    return name in named and all(a.dtype.kind in "iu" for a in numbers_of(named[name]))


def holds_a_zero(name, named):
    return name in named and any(a.size and (a == 0).any() for a in numbers_of(named[name]))


def holds_only_zeros(name, named):
    return name in named and all(not a.any() for a in numbers_of(named[name]))


def is_tiny(name, named):
    if name not in named:
        return False
    sizes = [np.abs(a).max(initial=0.0) for a in numbers_of(named[name])]
    return 0 < max(sizes) < 1e-6


def has_axes(name, axes, named):
    return name in named and all(a.ndim == axes for a in numbers_of(named[name]))


def turned_where_square(record, *arguments, answer):
    """Exchange two axes of an argument where they have one size, as a guess from the shape does."""
    square_by_itself = {
        (i, a, b)
        for i, value in enumerate(record.arguments(record.cases[0], "hidden").values())
        if isinstance(value, np.ndarray) and value.ndim > 1
        for a in range(value.ndim)
        for b in range(a)
        if value.shape[a] == value.shape[b]
    }
    turned = list(arguments)
    for i, value in enumerate(arguments):
        if not isinstance(value, np.ndarray):
            continue
        for a in range(value.ndim):
            for b in range(a):
                if value.shape[a] == value.shape[b] != 1 and (i, a, b) not in square_by_itself:
                    turned[i] = np.swapaxes(turned[i], a, b)
    return answer(*turned)


def respects(record):
    """Yield (a respect of the contract, a condition on the arguments by name)."""
    contract = record.contract
    values = record.arguments(record.cases[0], "hidden")
    has_arrays = any(True for v in values.values() for _ in arrays_in(v))
    if contract.sizes and has_arrays:
        yield "a size of one", has_one
    if contract.float32 and has_arrays:
        yield "float32", is_float32
    if contract.layouts and has_arrays:
        yield "gaps", has_gaps
        if any(a.ndim > 1 for v in values.values() for a in arrays_in(v)):
            yield "transposed", is_transposed
    if contract.empty:
        yield "empty", is_empty
    for name in contract.integers:
        yield f"integers in {name}", partial(holds_integers, name)
    for name in contract.zeros:
        if not holds_a_zero(name, values):
            yield f"zeros in {name}", partial(holds_a_zero, name)
        yield f"{name} = 0", partial(holds_only_zeros, name)
    for name in contract.tiny:
        yield f"tiny {name}", partial(is_tiny, name)
    for name in contract.any_shape:
        usual = next(arrays_in(values[name])).ndim
        for axes in {0, 1, 2, 3, 4} - {usual}:
            yield f"{axes} axes of {name}", partial(has_axes, name, axes)


@pytest.mark.parametrize("name", list(RECORDS))
def test_a_right_answer_spoilt_in_one_respect_fails_there_and_is_told(name, monkeypatch):
    record = RECORDS[name]
    monkeypatch.setattr("rnn_utils.checks.framework.judge.smallest_failing", lambda *_: "")
    for respect, condition in respects(record):
        verdict = judge(record, where(condition, RIGHT[name][0], record), "hidden")
        assert not verdict.passed, respect
        assert verdict.message, respect


@pytest.mark.parametrize("name", [n for n, r in RECORDS.items() if len(r.contract.sizes) > 1])
def test_an_axis_guessed_from_equal_sizes_fails(name):
    record = RECORDS[name]
    right = RIGHT[name][0]
    guessing = partial(turned_where_square, record, answer=right)
    if passes(record, guessing, "hidden"):
        # Only where the order of the axes makes no difference, or there are none.
        for case in record.cases:
            a, b = (tuple(record.arguments(case, "hidden").values()) for _ in range(2))
            got = as_arrays(record, record.judged(guessing)(*a))
            want = as_arrays(record, record.judged(right)(*b))
            for one, other in zip(got, want, strict=True):
                np.testing.assert_allclose(one, other)


@pytest.mark.parametrize("name", list(RECORDS))
def test_numbers_of_any_kind_are_read_as_numbers(name):
    """What holds the right numbers is right: in arrays of objects, by `__array__`, in plain tuples."""
    record = RECORDS[name]
    if record.trial is not None or isinstance(record.expected_in(record.cases[0], "hidden"), str):
        return
    right = RIGHT[name][0]

    def as_objects(*arguments):
        return map_arrays(lambda a: a.astype(object), right(*arguments))

    def as_plain_tuples(*arguments):
        return plain(with_names_of(record, right)(*arguments))

    for answer in (as_objects, as_plain_tuples):
        verdict = judge(record, answer, "hidden")
        assert verdict.passed, (answer.__name__, verdict.message)


def plain(value):
    return tuple(map(plain, value)) if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", list(RECORDS))
def test_what_a_check_accepts_has_the_form_that_later_cells_rely_on(name):
    """A list of numbers that earns full points becomes the array whose methods later cells call."""
    record = RECORDS[name]
    case = record.cases[0]
    pattern = record.reference(*record.arguments(case, "visible").values())
    right = RIGHT[name][0]

    def as_lists(*arguments):
        return map_arrays(np.ndarray.tolist, right(*arguments))

    def as_objects(*arguments):
        return map_arrays(lambda a: a.astype(object), right(*arguments))

    def kinds(value):
        if isinstance(value, tuple):
            return type(value), *map(kinds, value)
        return isinstance(value, np.ndarray) and value.dtype != object

    for answer in (as_lists, as_objects):
        if passes(record, answer, "visible"):
            made = with_names_of(record, answer)(*record.arguments(case, "visible").values())
            assert kinds(made) == kinds(pattern), answer.__name__
