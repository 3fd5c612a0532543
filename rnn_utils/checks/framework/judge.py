"""Judging a function: run every case, compare with the reference, and say which mistake it was."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np

from rnn_utils.checks.framework.exercise import (
    TOGETHER,
    Arguments,
    Case,
    Exercise,
    Mistake,
    Stage,
    UnusableError,
    text_as_numbers,
    text_or_shares,
)
from rnn_utils.checks.framework.run import Crash, Outcome, call

#: The part of the points that the general cases earn; the rest is for sizes of one, large values,
#: other memory layouts, and for leaving the arguments as they were.
GENERAL_SHARE = 0.75

IN_PLACE = "changes an argument in place"
UNFINISHED = "unfinished"
_NOT_YET = "this part is not done yet."

#: By how many roundings of its largest value an argument that was moved and put back may be off.
_ROUNDINGS = 4096

#: Whose errors may be told by name, wherever they are raised.
_LIBRARIES = ("builtins", "numpy.exceptions", "numpy.linalg")

Status = Literal["passed", "not done", "wrong", "crashed"]
Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Verdict:
    """What the judge says of a function.

    Attributes:
        exercise: the exercise's name.
        status: `"passed"`, `"not done"`, `"wrong"` or `"crashed"`.
        share: the part of the points earned, from 0 to 1.
        message: one short paragraph for the learner.
        mistakes: names of the mistakes that were recognised, most telling first.
        printed: what the function printed in its first call.
    """

    exercise: str
    status: Status
    share: float
    message: str
    mistakes: tuple[str, ...] = ()
    printed: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was right."""
        return self.status == "passed"


@dataclass(frozen=True)
class _Tried:
    """One case, tried: what was expected and what came."""

    case: Case
    arguments: Arguments
    expected: Arrays
    outcome: Outcome
    got: Arrays | None
    form: str | None  # what is wrong with the form of the returned value, in words
    right: tuple[bool, ...]  # by output
    changed: tuple[str, ...]  # arguments that were changed in place

    @property
    def ok(self) -> bool:
        return all(self.right) and not self.changed and self.form is None


def judge(exercise: Exercise, function: Callable[..., Any], stage: Stage = "visible") -> Verdict:
    """Judge a function against an exercise.

    Args:
        exercise: the exercise's record.
        function: the learner's function, or any callable with the exercise's signature.
        stage: `"visible"` for the check under the exercise; `"hidden"` draws other sizes and values
            and leaves all values out of the message.

    Returns:
        the verdict. Whatever the function does, nothing is raised.

    Example:
        >>> from rnn_utils.checks import exercise
        >>> judge(exercise("tanh_derivative"), lambda h: 1 - h * h).status
        'passed'
    """
    if not callable(function):
        return _not_done(exercise, f"`{exercise.name}` is not a function but {function!r:.40}.")
    watched = frozenset(f.__code__ for f in (exercise.reference, *exercise.forbids))
    tried: list[_Tried] = []
    for case in exercise.cases:
        one = _try(exercise, function, case, stage, watched)
        tried.append(one)
        if one.outcome.called:
            return Verdict(
                exercise.name,
                "wrong",
                0.0,
                f"Your {exercise.name} hands the work to rnn_utils, which holds the solution. "
                "Write the computation yourself; the hints below the exercise help.",
                ("calls the reference",),
            )
        crash = one.outcome.crash
        if crash and crash.kind is NotImplementedError:
            return _not_done(exercise, "Replace the line that raises NotImplementedError.")
        if crash and (crash.endless or crash.kind in (KeyboardInterrupt, SystemExit)):
            break
    return replace(_verdict(exercise, tried, function, stage), printed=tried[0].outcome.printed)


def _not_done(exercise: Exercise, what: str) -> Verdict:
    return Verdict(exercise.name, "not done", 0.0, what)


# Trying a case -----------------------------------------------------------------------------------


def _try(
    exercise: Exercise,
    function: Callable[..., Any],
    case: Case,
    stage: Stage,
    watched: frozenset[Any],
) -> _Tried:
    # The same seed gives the same arguments: each party gets a set of its own.
    before, given = (exercise.arguments(case, stage) for _ in range(2))
    expected = _expected(exercise, case, stage)
    outcome = call(exercise.judged(function), tuple(given.values()), watched)
    return _compare(exercise, case, before, expected, outcome, _changed(before, given))


# A learner checks an exercise again and again; the arguments are the same each time.
@lru_cache(maxsize=1 << 10)
def _expected(exercise: Exercise, case: Case, stage: Stage) -> Arrays:
    arguments = exercise.arguments(case, stage)
    return _as_arrays(exercise, exercise.expected(*arguments.values()))


@lru_cache(maxsize=1 << 12)
def _try_mistake(exercise: Exercise, mistake: Mistake, case: Case, stage: Stage) -> _Tried:
    """Make a known mistake on the arguments that the learner's function got."""
    arguments = exercise.arguments(case, stage)
    value, crash = None, None
    try:
        value = exercise.judged(mistake.wrong)(*arguments.values())
    except Exception as error:
        crash = Crash.of(error)
    expected = _expected(exercise, case, stage)
    return _compare(exercise, case, arguments, expected, Outcome(value, crash))


def _compare(
    exercise: Exercise,
    case: Case,
    arguments: Arguments,
    expected: Arrays,
    outcome: Outcome,
    changed: tuple[str, ...] = (),
) -> _Tried:
    got, form = None, None
    if outcome.crash is not None and outcome.crash.kind is UnusableError:
        form, outcome = outcome.crash.text, replace(outcome, crash=None)
    elif outcome.crash is None:
        got, form = _read(exercise, outcome.value, expected)
    right = (
        tuple(_close(exercise, case, g, e) for g, e in zip(got, expected, strict=True))
        if got is not None
        else (False,) * len(expected)
    )
    return _Tried(case, arguments, expected, outcome, got, form, right, changed)


def _as_arrays(exercise: Exercise, value: Any) -> Arrays:
    if exercise.convert is not None:
        value = exercise.convert(value)
    values = value if isinstance(value, tuple) else (value,)
    return tuple(np.asarray(v) for v in values)


def _read(exercise: Exercise, value: Any, expected: Arrays) -> tuple[Arrays | None, str | None]:
    """Turn a returned value into arrays, or say in words why it cannot be."""
    names = tuple(exercise.outputs)
    wanted = ", ".join(f"`{name}`" for name in names)
    if value is None:
        return None, f"It returned None where {wanted} is expected: is the `return` missing?"
    if exercise.convert is not None:
        try:
            value = exercise.convert(value)
        except (TypeError, ValueError) as error:
            return None, f"What it returned could not be read as {wanted}: {error}"
    if len(names) == 1:
        if isinstance(value, tuple) and len(value) != 1:
            return None, f"It returned a tuple of {len(value)}; expected is {wanted} alone."
        values: Sequence[Any] = value if isinstance(value, tuple) else (value,)
    else:
        if not isinstance(value, tuple | list) or len(value) != len(names):
            came = f"{len(value)} values" if isinstance(value, tuple | list) else "one value"
            return None, f"It returned {came}; expected are {len(names)}, in this order: {wanted}."
        values = value
    read = []
    for name, item, want in zip(names, values, expected, strict=True):
        if item is None:
            return None, f"`{name}` is None: {_NOT_YET}"
        try:
            array = np.array(item)
        except ValueError:
            array = np.array(None)
        if array.dtype.kind not in "biuf":
            return None, f"`{name}` should hold real numbers; what came is {type(item).__name__}."
        if isinstance(item, list) and want.ndim and array.shape == want.shape:
            return None, f"`{name}` is a Python list; the caller expects one array (see np.stack)."
        read.append(array if array.dtype.kind == "f" else array.astype(float))
    return tuple(read), None


def _accepted(exercise: Exercise, case: Case) -> float:
    return max(exercise.tolerance, 1e-4) if case.dtype is np.float32 else exercise.tolerance


def _close(exercise: Exercise, case: Case, got: np.ndarray, want: np.ndarray) -> bool:
    return got.shape == want.shape and _near(got, want, _accepted(exercise, case))


def _near(got: np.ndarray, want: np.ndarray, tolerance: float) -> bool:
    if got.shape != want.shape:
        return False
    a, b = got.astype(float), want.astype(float)
    finite = np.isfinite(b)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    scale = np.max(np.abs(b[finite]), initial=0.0)
    return bool(np.all(np.abs(a[finite] - b[finite]) <= tolerance * max(scale, 1e-6)))


def _changed(before: Any, after: Any, name: str = "") -> tuple[str, ...]:
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
    return tuple(dict.fromkeys(found for b, a, n in pairs for found in _changed(b, a, n)))


def _unchanged(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether an array is what it was; one that was moved and put back may be off by rounding."""
    if before.shape != after.shape or before.dtype.kind != "f":
        return np.array_equal(before, after)
    largest = np.max(np.abs(before[np.isfinite(before)]), initial=0.0)
    near = _ROUNDINGS * np.finfo(before.dtype).eps * largest
    return np.allclose(before, after, rtol=0, atol=near, equal_nan=True)


# From what was tried to a verdict ----------------------------------------------------------------


def _verdict(
    exercise: Exercise, tried: list[_Tried], function: Callable[..., Any], stage: Stage
) -> Verdict:
    general = [t for t in tried if t.case.general]
    edges = [t for t in tried if not t.case.general]
    outputs = len(exercise.outputs)
    complete = len(tried) == len(exercise.cases)
    right_outputs = sum(all(t.right[k] for t in general) for k in range(outputs))
    share = GENERAL_SHARE * right_outputs / outputs if complete else 0.0
    failing = [t for t in general if not all(t.right)] or [t for t in edges if not all(t.right)]
    if failing:
        return _say_what_is_wrong(exercise, tried, failing, share, stage)
    if changed := _all_changed(tried):
        which = _listed(changed)
        return Verdict(
            exercise.name,
            "wrong",
            share,
            f"The values are right, but your function changes its argument {which} in place, so "
            "the caller's array is no longer what it was. Work on a copy or make a new array: "
            "`a = a + b` does, `a += b` and `a[...] = b` do not.",
            (IN_PLACE,),
        )
    if exercise.also is not None and (miss := exercise.also(function)):
        return Verdict(exercise.name, "wrong", share, miss, ("misses the point",))
    return Verdict(exercise.name, "passed", 1.0, _praise(exercise, tried))


def _praise(exercise: Exercise, tried: list[_Tried]) -> str:
    """Say how much was tried, and how close it came."""
    edges = _listed(t.case.title for t in tried if not t.case.general)
    among = f"; among them {edges}" if edges else ""
    if exercise.trial is not None and exercise.trial.expect is not None:
        return (
            f"{len(tried)} trials went as they should. Shares of draws may be off by "
            f"{exercise.tolerance:.2f}; chance takes a right answer further in fewer than one of a "
            f"million checks{among}."
        )
    return (
        f"{len(tried)} calls gave what the reference gives, to {_part(exercise.tolerance)} of the "
        f"largest value{among}."
    )


def _say_what_is_wrong(
    exercise: Exercise, tried: list[_Tried], failing: list[_Tried], share: float, stage: Stage
) -> Verdict:
    scope = [t for t in tried if t.case.general == failing[0].case.general]
    first = failing[0]
    crash = first.outcome.crash
    named = _recognise(exercise, scope, failing, stage)
    edge = "" if first.case.general else _edge(first, failing)
    if crash is not None:
        status: Status = "crashed"
        says = _crash_in_words(first, stage)
        if not first.case.general and " = 1" in first.case.title and not named:
            named = (Mistake("crashes at a size of one", _SIZE_ONE, exercise.reference),)
    else:
        status = "wrong"
        says = _difference_in_words(exercise, first, stage)
        if not named and all(" = 1" in t.case.title for t in failing):
            named = (Mistake("loses an axis of length one", _SIZE_ONE, exercise.reference),)
    message = " ".join([f"{edge}{says}", *(_guess(mistake) for mistake in named)])
    if first.form is not None and first.form.endswith(_NOT_YET):
        named = (*named, Mistake(UNFINISHED, "", exercise.reference))
    names = tuple(name for mistake in named for name in mistake.name.split(TOGETHER))
    changed = _all_changed(tried)
    if changed:
        message += f" It also changes its argument {_listed(changed)} in place: work on a copy."
        names += (IN_PLACE,)
    return Verdict(exercise.name, status, share, message, names)


def _guess(mistake: Mistake) -> str:
    return f"It looks as if {mistake.says}" + ("" if mistake.says.endswith("?") else ".")


def _all_changed(tried: list[_Tried]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for t in tried for name in t.changed))


def _diagnose(exercise: Exercise, failing: list[_Tried]) -> tuple[Mistake, ...]:
    """Ask the exercise itself what it sees in the returned arrays; all cases must agree."""
    if exercise.diagnose is None or any(t.got is None for t in failing):
        return ()
    found = [exercise.diagnose(t.arguments, t.got) for t in failing if t.got is not None]
    same = found[0] is not None and all(m is not None and m.name == found[0].name for m in found)
    return (found[0],) if found[0] is not None and same else ()


_SIZE_ONE = (
    "an axis of length one is lost on the way (by `squeeze`, by an index, or by reading element 1): "
    "keep every axis, even one of length one"
)


def _edge(first: _Tried, failing: list[_Tried]) -> str:
    titles = _listed(t.case.title for t in failing[:4])
    return f"Right in general, but not for {titles}. "


def _crash_in_words(one: _Tried, stage: Stage) -> str:
    crash = one.outcome.crash
    assert crash is not None
    if crash.endless:
        return (
            f"Your function had not returned after a while and was stopped {crash.where}: "
            "probably a loop that never ends. What should make it stop?"
        )
    if crash.kind is KeyboardInterrupt:
        return f"You stopped it {crash.where}."
    kind, words = crash.kind, f": {crash.text or 'no reason'}".rstrip(".")
    if (
        stage == "hidden"
    ):  # an error's words, and its own name, may tell the values of a hidden case
        kind, words = next(k for k in kind.__mro__ if k.__module__ in _LIBRARIES), ""
    says = f"Your function raised {kind.__name__} {crash.where}{words}."
    return says + (_given(one.arguments) if crash.kind in (ValueError, IndexError) else "")


def _given(arguments: Arguments) -> str:
    """Tell the shapes of the arguments, where any is an array."""
    shapes = ", ".join(
        f"{name} {value.shape}"
        for name, value in arguments.items()
        if isinstance(value, np.ndarray) and value.ndim
    )
    return f" The arguments had the shapes {shapes}." if shapes else ""


def _tuple(letters: Sequence[str]) -> str:
    return f"({', '.join(letters)}{',' * (len(letters) == 1)})"


def _difference_in_words(exercise: Exercise, one: _Tried, stage: Stage) -> str:
    """Say what is wrong: the form, then the shape, then which output, where and by how much."""
    if one.form is not None:
        return one.form
    assert one.got is not None
    names = tuple(exercise.outputs)
    asks_text = exercise.convert in (text_as_numbers, text_or_shares)
    if asks_text and isinstance(one.outcome.value, str):
        return _text_in_words(names[0], one, stage)
    for name, got, want in zip(names, one.got, one.expected, strict=True):
        if got.shape != want.shape:
            letters = exercise.outputs[name]
            meant = f"{_tuple(letters.split())} = " if letters else ""
            expected = f"{meant}{want.shape}" if want.ndim else "a single number"
            says = f"`{name}` has the shape {got.shape}; expected is {expected}."
            return says + _given(one.arguments)
    wrong = [k for k, right in enumerate(one.right) if not right]
    fine = [names[k] for k, right in enumerate(one.right) if right]
    says = f"`{_listed(names[k] for k in wrong)}`".replace(" and ", "` and `").replace(", ", "`, `")
    says += " is wrong" if len(wrong) == 1 else " are wrong"
    says += f" ({_listed(fine)} {'is' if len(fine) == 1 else 'are'} right)" if fine else ""
    name = names[wrong[0]]
    got, want = (side[wrong[0]].astype(float) for side in (one.got, one.expected))
    where = _where(exercise, name, got, want, _accepted(exercise, one.case))
    if np.isnan(got).any() and not np.isnan(want).any():
        return f"{says}: {_count(np.isnan(got))} nan, not a number.{where}"
    if np.isinf(got).any() and not np.isinf(want).any():
        return f"{says}: {_count(np.isinf(got))} infinite: something overflowed.{where}"
    if stage == "hidden":
        return f"{says}.{where}"
    if want.ndim == 0:
        arguments = ", ".join(
            f"{n} = {v}" for n, v in one.arguments.items() if isinstance(v, (int, float))
        )
        called = f" for {arguments}" if arguments else ""
        came, wanted = (_number(one.expected[wrong[0]], side) for side in (got, want))
        return f"{says}{called}: {came} came, {wanted} was expected."
    with np.errstate(all="ignore"):
        gap = np.nanmax(np.abs(np.where(np.isfinite(want), got - want, 0.0)), initial=0.0)
        scale = np.max(np.abs(want[np.isfinite(want)]), initial=0.0)
    if exercise.trial is not None and exercise.trial.expect is not None:
        return (
            f"{says}: the share of draws up to some result is off by {gap:.2f}, where chance allows "
            f"{exercise.tolerance:.2f}."
        )
    return (
        f"{says}, by up to {gap:.2g} where the largest value is {scale:.2g} "
        f"(accepted is {_part(_accepted(exercise, one.case))} of it).{where}"
    )


def _number(expected: np.ndarray, value: np.ndarray) -> str:
    """Write a single number, or a truth value where one was asked for."""
    if expected.dtype.kind == "b" and value in (0, 1):
        return str(bool(value))
    return f"{float(value):.6g}"


def _text_in_words(name: str, one: _Tried, stage: Stage) -> str:
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
    if not exercise.outputs[name].startswith("T") or len(want) < 2:
        return ""
    scale = max(np.max(np.abs(want[np.isfinite(want)]), initial=0.0), 1e-12)
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


def _part(tolerance: float) -> str:
    return f"one part in {round(1 / tolerance):,}"


def _listed(names: Any) -> str:
    words = list(names)
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


# Recognising a mistake ---------------------------------------------------------------------------


@np.errstate(all="ignore")
def _recognise(
    exercise: Exercise, scope: list[_Tried], failing: list[_Tried], stage: Stage
) -> tuple[Mistake, ...]:
    """Find what explains the learner's outcome in every case of the scope.

    In this order: one known mistake that explains all wrong outputs; what the exercise itself sees; a
    form that any function can get wrong; several mistakes made together; a mistake or a form for each
    wrong output. Outputs that are not filled in are said apart from the mistakes in the others.
    """
    wrong = frozenset(k for t in scope for k, right in enumerate(t.right) if not right)
    single = [mistake for mistake in exercise.mistakes if TOGETHER not in mistake.name]
    # What has the wrong form, or none, is no sum of two mistakes in the numbers.
    readable = all(t.got is not None for t in failing)
    several = [m for m in exercise.mistakes if TOGETHER in m.name and readable]
    explained = [_Explained(m, *_explained_by(exercise, m, scope, wrong, stage)) for m in single]
    if whole := _best(explained, wrong):
        return (whole,)
    if seen := _diagnose(exercise, failing) or _recognise_form(exercise, failing, wrong):
        return seen
    blank = _not_filled_in(exercise, failing, wrong)
    if blank and (whole := _best(explained, wrong - blank)):
        return whole, *_recognise_form(exercise, failing, blank)
    for mistake in several:
        explained.append(
            _Explained(mistake, *_explained_by(exercise, mistake, scope, wrong, stage))
        )
        if explained[-1].alike >= wrong - blank:
            return mistake, *_recognise_form(exercise, failing, blank)
    chosen, rest = _cover(explained, wrong - blank)
    forms = [f for k in sorted(rest | blank) for f in _recognise_form(exercise, failing, {k})]
    return (*chosen, *{form.name: form for form in forms}.values())


class _Explained(NamedTuple):
    """Which wrong outputs are what a mistake gives in every case, and which it spoils at all."""

    mistake: Mistake
    alike: frozenset[int]
    spoilt: frozenset[int]


def _best(explained: list[_Explained], wrong: frozenset[int]) -> Mistake | None:
    """Return the mistake that explains all that is wrong, best one that spoils nothing else."""
    whole = [e for e in explained if e.alike >= wrong]
    return next(
        (e.mistake for e in whole if e.spoilt <= wrong), whole[0].mistake if whole else None
    )


def _not_filled_in(
    exercise: Exercise, failing: list[_Tried], wrong: frozenset[int]
) -> frozenset[int]:
    return frozenset(
        k
        for k in wrong
        if any(form.name == UNFINISHED for form in _recognise_form(exercise, failing, {k}))
    )


def _cover(
    explained: list[_Explained], wrong: frozenset[int]
) -> tuple[tuple[Mistake, ...], frozenset[int]]:
    """Choose mistakes, each time the one that explains most of the rest; return what is left."""
    chosen: list[Mistake] = []
    rest = wrong
    while rest:
        best = max(explained, key=lambda e: (len(e.alike & rest), e.spoilt <= wrong), default=None)
        if best is None or not best.alike & rest:
            break
        chosen.append(best.mistake)
        rest -= best.alike
    made = [set(mistake.name.split(TOGETHER)) for mistake in chosen]
    return tuple(
        m for m, slips in zip(chosen, made, strict=True) if not any(slips < other for other in made)
    ), rest


def _explained_by(
    exercise: Exercise, mistake: Mistake, scope: list[_Tried], wrong: frozenset[int], stage: Stage
) -> tuple[frozenset[int], frozenset[int]]:
    """Return which wrong outputs are what the mistake gives in every case, and which it spoils."""
    alike, spoilt = wrong, frozenset[int]()
    for learner in scope:
        theirs = _try_mistake(exercise, mistake, learner.case, stage)
        spoilt |= frozenset(k for k, right in enumerate(theirs.right) if not right)
        if learner.got is None or theirs.got is None:
            if not _same_failure(learner, theirs):
                return frozenset(), spoilt
        else:
            alike = frozenset(k for k in alike if _same(exercise, learner, theirs, k))
        if not alike:
            break
    return alike & spoilt, spoilt


def _same(exercise: Exercise, learner: _Tried, mistake: _Tried, k: int) -> bool:
    assert learner.got is not None
    assert mistake.got is not None
    return _near(learner.got[k], mistake.got[k], max(_accepted(exercise, learner.case), 1e-6))


def _same_failure(learner: _Tried, mistake: _Tried) -> bool:
    """Whether both crashed alike, or returned something of the same wrong form."""
    a, b = learner.outcome.crash, mistake.outcome.crash
    if a is not None and b is not None:
        texts = [re.sub(r"^index -?\d+", "index", crash.text) for crash in (a, b)]
        return a.kind is b.kind and texts[0] == texts[1]
    return a is b is None and learner.form is not None and learner.form == mistake.form


def _recognise_form(
    exercise: Exercise, failing: list[_Tried], wrong: Collection[int]
) -> tuple[Mistake, ...]:
    """Recognise what any function can get wrong: kept axes, exchanged axes, a constant factor."""

    def found(name: str, says: str) -> tuple[Mistake, ...]:
        return (Mistake(name, says, exercise.reference),)

    if not wrong or any(t.got is None for t in failing):
        return ()
    if all(_in_another_order(t) for t in failing):
        return found("order of the outputs", "the values are right and stand in another order")
    pairs = [(t, k) for t in failing for k in wrong if not t.right[k]]
    for name, says, test in _FORMS:
        if all(t.got and test(t.got[k], t.expected[k]) for t, k in pairs):
            return found(name, says)
    factors = [_factor(t, k) for t, k in pairs]
    if not factors or any(f is None for f in factors):
        return ()
    first = factors[0] or 0.0
    if np.allclose([f for f in factors if f], first, rtol=1e-6):
        if np.isclose(first, -1.0):
            return found("sign", "a sign is wrong: everything is minus what it should be")
        return found(
            "constant factor",
            f"a constant factor is wrong: everything is {first:.4g} times too large",
        )
    if all(_made_of_sizes(f or 0.0, t.arguments) for f, (t, _) in zip(factors, pairs, strict=True)):
        return found(
            "mean or sum",
            "a sum stands where a mean belongs, or a mean where a sum does: "
            "everything is off by a factor that depends on the shapes",
        )
    return ()


def _in_another_order(one: _Tried) -> bool:
    return (
        one.got is not None
        and len(one.expected) > 1
        and all(any(_near(got, want, 1e-6) for got in one.got) for want in one.expected)
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


def _factor(one: _Tried, k: int) -> float | None:
    assert one.got is not None
    got, want = one.got[k].astype(float), one.expected[k].astype(float)
    if got.shape != want.shape or not np.isfinite(got).all() or not np.isfinite(want).all():
        return None
    norm = float(np.sum(want * want))
    ratio = float(np.sum(got * want)) / norm if norm else 0.0
    return ratio if ratio and _near(got, ratio * want, 1e-6) else None


def _all_zeros(got: np.ndarray, want: np.ndarray) -> bool:
    return got.size > 1 and not got.any() and bool(want.any())


def _kept_axis(got: np.ndarray, want: np.ndarray) -> bool:
    return (
        got.shape != want.shape and got.size == want.size and _near(got.ravel(), want.ravel(), 1e-6)
    )


def _exchanged_axes(got: np.ndarray, want: np.ndarray) -> bool:
    return want.ndim > 1 and any(
        _near(np.swapaxes(got, i, j), want, 1e-6)
        for i in range(got.ndim)
        for j in range(i)
        if got.ndim == want.ndim
    )


def _reversed_time(got: np.ndarray, want: np.ndarray) -> bool:
    return got.ndim > 0 and _near(got[::-1], want, 1e-6)


_FORMS = (
    (UNFINISHED, "this part was never filled in: it is all zeros", _all_zeros),
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
    ("reversed time", "the steps are right and stand in reversed order", _reversed_time),
)
