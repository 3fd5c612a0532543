"""What is said of a function that is not right: which output, where, by how much."""

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from rnn_utils.checks.framework.behaviour import text_as_numbers, text_or_shares
from rnn_utils.checks.framework.comparison import Tried, accepted, scale_of
from rnn_utils.checks.framework.draws import Arguments
from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.framework.run import Crash

#: Whose errors may be told by name, wherever they are raised.
_LIBRARIES = ("builtins", "numpy.exceptions", "numpy.linalg")


#: What a part of an error's text and a sign in the learner's line that raised it suggest together.
_HINTS = (
    (
        "operands could not be broadcast",
        " * ",
        "`*` multiplies element by element; the product of matrices is `@`.",
    ),
    (
        "inhomogeneous shape",
        "",
        "Parts of different shapes make no array: is one shorter than the others, or does a function return "
        "several things?",
    ),
    (
        "setting an array element with a sequence",
        "",
        "An array stands where one number belongs: an index, as in `k[0]`, takes one out of it.",
    ),
    (
        "multiply sequence by non-int",
        "",
        "A tuple cannot be multiplied as a whole: go through its arrays one by one, as with `zip`.",
    ),
    (
        "Parameters'",
        "",
        "A tuple of arrays takes no arithmetic as a whole: go through its arrays one by one.",
    ),
    (
        "Parameters.__new__() missing",
        "",
        "A named tuple got fewer arrays than it has names: is `return` inside the loop, or was one left out?",
    ),
    (
        "array split does not result",
        "",
        "`np.split` cuts the rows unless told otherwise; axis=1 cuts the columns.",
    ),
    (
        "non-broadcastable output operand",
        "",
        "`+=` adds to an array of a fixed shape, and what is added has another: sum over the axis first "
        "that the left side does not have.",
    ),
    (
        "except for the concatenation axis",
        "",
        "`np.concatenate` joins along the first axis, one array below the other, unless `axis` says "
        "otherwise.",
    ),
    (
        "could not broadcast input array",
        "",
        "What is stored does not have the shape of its place: print both. Is the array made with the "
        "right sizes, and is an index missing?",
    ),
    (
        "indices must be integers or slices, not str",
        "",
        "The parts of a named tuple are read with a dot, as in `parameters.W_xh`.",
    ),
    ("bitwise_xor", "", "`^` is no power in Python: the square of h is `h**2`."),
    ("operand type(s) for ^", "", "`^` is no power in Python: the square of h is `h**2`."),
    (
        "truth value of an array",
        "",
        "A question is asked of a whole array at once, where it should be asked of one number, or of "
        "`np.all` or `np.any` of them.",
    ),
)


def edge_in_words(failing: Sequence[Tried]) -> str:
    """Say for which edges a function fails that is right in general."""
    titles = [t.case.title for t in failing]
    more = f" (and in {len(titles) - 4} more cases)" if len(titles) > 4 else ""
    return f"Right in general, but not for {listed(titles[:4])}{more}. "


def crash_in_words(crash: Crash, arguments: Arguments, stage: str) -> str:
    """Say what was raised and at which of the learner's lines; in hidden tests only the kind."""
    if crash.endless:
        return (
            f"Your function had not returned after a while and was stopped {crash.where}: "
            "probably a loop that never ends. What should make it stop?"
        )
    if crash.kind is KeyboardInterrupt:
        return f"You stopped it {crash.where}."
    kind, words = crash.kind, f": {crash.text or 'no message'}".rstrip(".")
    if (
        stage == "hidden"
    ):  # an error's words, and its own name, may tell the values of a hidden case
        kind, words = next(k for k in kind.__mro__ if k.__module__ in _LIBRARIES), ""
    says = f"Your function raised {kind.__name__} {crash.where}{words}."
    hints = (h for text, sign, h in _HINTS if text in crash.text and sign in crash.source)
    says += "".join(f" {hint}" for hint in islice(hints, 1))
    return says + (given(arguments) if crash.kind in (ValueError, IndexError) else "")


def given(arguments: Arguments) -> str:
    """Tell the shapes of the arguments, where any is an array."""
    shapes = ", ".join(
        f"{name} {value.shape}"
        for name, value in arguments.items()
        if isinstance(value, np.ndarray) and value.ndim
    )
    return f" The arguments had the shapes {shapes}." if shapes else ""


def difference_in_words(exercise: Exercise, one: Tried, stage: str) -> str:
    """Say what is wrong: the form, then the shape, then which output, where and by how much."""
    if one.form is not None or one.got is None:
        return one.form or ""
    forms = [form for form in one.forms if form]
    names = tuple(exercise.outputs)
    wrong = [k for k, right in enumerate(one.right) if not right and not one.forms[k]]
    if forms:
        return " ".join(
            [*forms, *([_values_in_words(exercise, one, wrong, stage)] if wrong else [])]
        )
    asks_text = exercise.convert in (text_as_numbers, text_or_shares)
    if asks_text and isinstance(one.outcome.value, str):
        return _text_in_words(names[0], one, stage)
    return _values_in_words(exercise, one, wrong, stage)


def _values_in_words(exercise: Exercise, one: Tried, wrong: list[int], stage: str) -> str:
    assert one.got is not None
    names = tuple(exercise.outputs)
    for k in wrong:
        name, got, want = names[k], one.got[k], one.expected[k]
        if got.shape != want.shape:
            letters = exercise.outputs[name].split()
            meant = f"{_tuple(letters)} = " if len(letters) == want.ndim > 0 else ""
            expected = f"{meant}{want.shape}" if want.ndim else "a single number"
            came = f"has the shape {got.shape}" if got.ndim else "is a single number"
            return f"`{name}` {came}; expected is {expected}.{given(one.arguments)}"
    fine = [names[k] for k, right in enumerate(one.right) if right]
    says = f"`{listed(names[k] for k in wrong)}`".replace(" and ", "` and `").replace(", ", "`, `")
    says += " is wrong" if len(wrong) == 1 else " are wrong"
    says += f" ({listed(fine)} {'is' if len(fine) == 1 else 'are'} right)" if fine else ""
    k = wrong[0]
    got, want = one.got[k].astype(float), one.expected[k].astype(float)
    where = _where(exercise, names[k], got, want, accepted(exercise, one.case))
    if np.isnan(got).any() and not np.isnan(want).any():
        return f"{says}: {_count(np.isnan(got))} nan, not a number.{where}"
    if np.isinf(got).any() and not np.isinf(want).any():
        return (
            f"{says}: {_count(np.isinf(got))} infinite: a number was divided by zero, or grew too large "
            f"to be held.{where}"
        )
    if stage == "hidden":
        return f"{says}.{where}"
    if want.ndim == 0:
        plain = (int, float)
        shown = ", ".join(f"{n} = {v}" for n, v in one.arguments.items() if isinstance(v, plain))
        called = f" for {shown}" if shown else ""
        came, wanted = (_number(one.expected[k], side) for side in (got, want))
        return f"{says}{called}: {came} came, {wanted} was expected."
    with np.errstate(all="ignore"):
        gap = np.nanmax(np.abs(np.where(np.isfinite(want), got - want, 0.0)), initial=0.0)
    if exercise.trial is not None and exercise.trial.expect is not None:
        return (
            f"{says}: the share of draws up to some result is off by {gap:.2f}, where chance allows "
            f"{exercise.tolerance:.2f}."
        )
    return (
        f"{says}, by up to {gap:.2g} where the largest value is {scale_of(want):.2g} "
        f"(accepted is {part(accepted(exercise, one.case))} of it){_largest_gap(names[k], got, want)}."
        f"{where}"
    )


def _largest_gap(name: str, got: np.ndarray, want: np.ndarray) -> str:
    """Tell the place where two arrays differ most, with what came there and what was expected."""
    off = np.abs(np.where(np.isfinite(want), got - want, 0.0))
    if not off.size:
        return ""
    place = np.unravel_index(int(np.nanargmax(off)), off.shape)
    at = ", ".join(str(int(i)) for i in place)
    return f"; at `{name}[{at}]` {got[place]:.4g} came and {want[place]:.4g} was expected"


def _number(expected: np.ndarray, value: np.ndarray) -> str:
    """Write a single number, or a truth value where one was asked for."""
    if expected.dtype.kind == "b" and value in (0, 1):
        return str(bool(value))
    return f"{float(value):.6g}"


def _text_in_words(name: str, one: Tried, stage: str) -> str:
    got, want = one.outcome.value, "".join(map(chr, one.expected[0]))
    if stage == "hidden":
        return f"`{name}` is wrong."
    return f"`{name}` is wrong: {_short(got)} came, {_short(want)} was expected."


def _short(text: str) -> str:
    return f"“{text}”" if len(text) <= 60 else f"“{text[:60]}…” ({len(text)} characters)"


def _count(bad: np.ndarray) -> str:
    return "it is" if bad.ndim == 0 else f"{int(bad.sum())} of {bad.size} values are"


def _where(
    exercise: Exercise, name: str, got: np.ndarray, want: np.ndarray, tolerance: float
) -> str:
    """For an output that begins with time, name the first and the last step that is wrong."""
    if not exercise.outputs[name].startswith("T") or want.ndim == 0 or len(want) < 2:
        return ""
    scale = max(scale_of(want), 1e-12)
    with np.errstate(invalid="ignore"):
        off = ~(np.abs(got - want) <= tolerance * scale) & ~(got == want)
    steps = np.flatnonzero(off.reshape(len(want), -1).any(axis=1))
    if len(steps) == 0 or len(steps) == len(want):
        return ""
    first, last = int(steps[0]), int(steps[-1])
    if last == len(want) - 1 and first > 0:
        return f" It is right before step {first + 1} of {len(want)} and wrong from there on."
    if first == 0 and last < len(want) - 1:
        return f" It is wrong up to step {last + 1} of {len(want)} and right after it."
    return f" The first wrong step is {first + 1} of {len(want)}."


def part(tolerance: float) -> str:
    """Write a small share in words."""
    return f"one part in {round(1 / tolerance):,}"


def listed(names: Iterable[str]) -> str:
    """List words with an "and" before the last."""
    words = list(names)
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _tuple(letters: Sequence[str]) -> str:
    return f"({', '.join(letters)}{',' * (len(letters) == 1)})"
