"""Judging a function: run every case, compare with the reference, and say which mistake it was."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any, Literal

import numpy as np

from rnn_utils.checks.framework.answer_holders import holding
from rnn_utils.checks.framework.common_mistakes import UNFINISHED
from rnn_utils.checks.framework.comparison import (
    NOT_YET,
    Tried,
    changed_arguments,
    compared,
    gap_of,
)
from rnn_utils.checks.framework.contract import KINDS, Case
from rnn_utils.checks.framework.conventions import recognise_convention
from rnn_utils.checks.framework.draws import Arguments
from rnn_utils.checks.framework.exercise import TOGETHER, Exercise, Mistake, Stage
from rnn_utils.checks.framework.messages import (
    crash_in_words,
    difference_in_words,
    edge_in_words,
    listed,
    part,
)
from rnn_utils.checks.framework.recognise import recognise
from rnn_utils.checks.framework.registry import other_versions
from rnn_utils.checks.framework.run import Outcome, call
from rnn_utils.checks.framework.smallest_input import smallest_failing
from rnn_utils.checks.framework.version import ANOTHER

#: The part of an output's points that the general cases earn; the rest is for the edges of the
#: contract, and for leaving the arguments as they were.
GENERAL_SHARE = 0.75

IN_PLACE = "changes an argument in place"

#: A derivative on paper is right to rounding; one from differences of function values is off by a
#: part between these, and one that was computed in float32 by more.
_BY_DIFFERENCES = (5e-12, 1e-8)

Status = Literal["passed", "not done", "wrong", "crashed"]


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
        example: lines that show a visible failure on the smallest input found, to copy and run.
    """

    exercise: str
    status: Status
    share: float
    message: str
    mistakes: tuple[str, ...] = ()
    printed: str = ""
    example: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was right."""
        return self.status == "passed"


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
    tried: list[Tried] = []
    for one in _try_all(exercise, function, stage, exercise.cases, holding(exercise)):
        tried.append(one)
        if one.outcome.called:
            return hands_over(exercise)
        crash = one.outcome.crash
        if crash and crash.kind is NotImplementedError:
            return _not_done(exercise, "Replace the line that raises NotImplementedError.")
        if _stopped(one):
            break
    verdict = _verdict(exercise, tried, function, stage)
    if not verdict.passed and not _stopped(tried[-1]) and _fits_another(exercise, function, stage):
        verdict = _answers_another(exercise)
    return replace(verdict, printed=tried[0].outcome.printed)


def passes(exercise: Exercise, function: Callable[..., Any], stage: Stage) -> bool:
    """Say whether a function passes, as `judge` does, and sooner where it does not."""
    general: list[Tried] = []
    for one in _try_all(exercise, function, stage, exercise.cases, holding(exercise)):
        if not one.ok or one.outcome.called:
            return False
        if one.case.general:
            general.append(one)
    return _misses_the_point(exercise, general, function) is None


def _not_done(exercise: Exercise, what: str) -> Verdict:
    return Verdict(exercise.name, "not done", 0.0, what)


def hands_over(exercise: Exercise) -> Verdict:
    """Say that a function has the package do the exercise."""
    says = (
        f"Your {exercise.name} hands the work to rnn_utils, which holds the solution. "
        "Write the computation yourself; the hints below the exercise help."
    )
    return Verdict(exercise.name, "wrong", 0.0, says, ("calls the reference",))


def _fits_another(exercise: Exercise, function: Callable[..., Any], stage: Stage) -> bool:
    """Whether a function that is wrong here is right in another version of the exercise."""
    return any(_right_in_general(other, function, stage) for other in other_versions(exercise))


def _right_in_general(exercise: Exercise, function: Callable[..., Any], stage: Stage) -> bool:
    """Whether every general case comes out right."""
    cases = [case for case in exercise.cases if case.general]
    return all(all(one.right) for one in _try_all(exercise, function, stage, cases, frozenset()))


def _answers_another(exercise: Exercise) -> Verdict:
    says = (
        f"Your {exercise.name} answers another version of this exercise than yours. Read again what your "
        "own text and docstring ask for: the shapes, the order, the function or the factor differ."
    )
    return Verdict(exercise.name, "wrong", 0.0, says, (ANOTHER,))


def _stopped(one: Tried) -> bool:
    crash = one.outcome.crash
    return crash is not None and (crash.endless or crash.kind in (KeyboardInterrupt, SystemExit))


def calls(
    function: Callable[..., Any], many: Iterable[tuple[Any, ...]], watched: frozenset[CodeType]
) -> Iterator[Outcome]:
    """Call a function with several sets of arguments, as long as the outcomes are asked for.

    Args:
        function: the learner's function.
        many: the sets of arguments.
        watched: code of functions that it must not call.
    """
    return (call(function, arguments, watched) for arguments in many)


def _try_all(
    exercise: Exercise,
    function: Callable[..., Any],
    stage: Stage,
    cases: Sequence[Case],
    watched: frozenset[CodeType],
) -> Iterator[Tried]:
    """Try a function in one case after the other, as long as the next is asked for."""
    # The same seed gives the same arguments: each party gets a set of its own.
    given: list[Arguments] = []

    def drawn() -> Iterator[tuple[Any, ...]]:
        for case in cases:
            given.append(exercise.arguments(case, stage))
            yield tuple(given[-1].values())

    outcomes = calls(exercise.judged(function), drawn(), watched)
    for k, (case, outcome) in enumerate(zip(cases, outcomes, strict=True)):
        before = exercise.arguments(case, stage)
        changed = changed_arguments(before, given[k])
        yield compared(exercise, case, stage, before, outcome, changed)


# From what was tried to a verdict ----------------------------------------------------------------


def _verdict(
    exercise: Exercise, tried: list[Tried], function: Callable[..., Any], stage: Stage
) -> Verdict:
    general = [t for t in tried if t.case.general]
    edges = [t for t in tried if not t.case.general]
    share = _share(exercise, tried) if len(tried) == len(exercise.cases) else 0.0
    failing = [t for t in general if not all(t.right)] or [t for t in edges if not all(t.right)]
    if failing:
        return _say_what_is_wrong(exercise, tried, failing, share, function, stage)
    if changed := _all_changed(tried):
        which = listed(changed)
        return Verdict(
            exercise.name,
            "wrong",
            GENERAL_SHARE,
            f"The values are right, but your function changes its argument {which} in place, so "
            "the caller's array is no longer what it was. Work on a copy or make a new array: "
            "`a = a + b` does, `a += b` and `a[...] = b` do not.",
            (IN_PLACE,),
        )
    if miss := _misses_the_point(exercise, general, function):
        return Verdict(exercise.name, "wrong", 0.0, miss, ("misses the point",))
    return Verdict(exercise.name, "passed", 1.0, _praise(exercise, tried))


def _share(exercise: Exercise, tried: list[Tried]) -> float:
    """Return the part of the points for outputs that are right: each counts by itself."""
    shares = []
    for k in range(len(exercise.outputs)):
        if not all(t.right[k] for t in tried if t.case.general):
            shares.append(0.0)
        else:
            shares.append(1.0 if all(t.right[k] for t in tried) else GENERAL_SHARE)
    return sum(shares) / len(shares)


def _misses_the_point(
    exercise: Exercise, general: list[Tried], function: Callable[..., Any]
) -> str | None:
    if exercise.derives and _by_differences(exercise, general):
        return (
            "The values are right to a few digits only, as differences of function values are. This "
            "exercise asks for the derivative on paper, which is right to rounding and costs one pass; "
            "differences, which cost two for each number, are for checking it."
        )
    return exercise.also(function) if exercise.also is not None else None


def _by_differences(exercise: Exercise, general: list[Tried]) -> bool:
    """Whether some output is off in every case as by differences of function values."""
    low, high = _BY_DIFFERENCES

    def off(got: np.ndarray, want: np.ndarray) -> bool:
        single = got.dtype != np.float64 or np.array_equal(got, got.astype(np.float32))
        return not single and low < gap_of(got, want) < high

    return any(
        all(t.got is not None and off(t.got[k], t.expected[k]) for t in general)
        for k in range(len(exercise.outputs))
    )


def _praise(exercise: Exercise, tried: list[Tried]) -> str:
    """Say how much was tried, and how close it came."""
    titles = [KINDS.get(t.case.says, t.case.title) for t in tried if not t.case.general]
    edges = listed(dict.fromkeys(titles))
    among = f"; among them {edges}" if edges else ""
    if exercise.trial is not None and exercise.trial.expect is not None:
        return (
            f"{len(tried)} trials went as they should. Shares of draws may be off by "
            f"{exercise.tolerance:.2f}; chance takes a right answer further in fewer than one of a "
            f"million checks{among}."
        )
    return (
        f"{len(tried)} calls gave what the reference gives, to {part(exercise.tolerance)} of the "
        f"largest value{among}."
    )


def _say_what_is_wrong(
    exercise: Exercise,
    tried: list[Tried],
    failing: list[Tried],
    share: float,
    function: Callable[..., Any],
    stage: Stage,
) -> Verdict:
    scope = [t for t in tried if t.case.general == failing[0].case.general]
    told = max(failing, key=_telling)
    crash = told.outcome.crash
    named = recognise(exercise, tried, scope, failing, stage)
    if not named and not _stopped(told):
        named = recognise_convention(exercise, function, failing, stage, call)
    status: Status = "wrong" if crash is None else "crashed"
    if crash is not None:
        says = crash_in_words(crash, told.arguments, stage)
    else:
        says = difference_in_words(exercise, told, stage)
    edge = "" if told.case.general else edge_in_words(failing)
    message = " ".join([f"{edge}{says}", *(_guess(mistake) for mistake in named)])
    if any((form or "").endswith(NOT_YET) for form in told.forms):
        named = (*named, Mistake(UNFINISHED, "", exercise.reference))
    names = tuple(name for mistake in named for name in mistake.name.split(TOGETHER))
    changed = _all_changed(tried)
    if changed:
        message += f" It also changes its argument {listed(changed)} in place: work on a copy."
        names += (IN_PLACE,)
    example = ""
    if stage == "visible" and not _stopped(told):
        example = smallest_failing(exercise, function, told.case, call)
    names = tuple(dict.fromkeys(names))
    return Verdict(exercise.name, status, share, message, names, example=example)


def _telling(one: Tried) -> tuple[bool, int, float]:
    """Say how much a failing case shows: a crash first, then the most outputs, the largest gap."""
    if one.got is None:
        return True, 0, 0.0
    gaps = [
        gap_of(got, want) for got, want, fine in zip(one.got, one.expected, one.right, strict=True)
        if not fine
    ]  # fmt: skip
    finite = [gap for gap in gaps if np.isfinite(gap)]
    return False, len(gaps), max(finite, default=0.0)


def _guess(mistake: Mistake) -> str:
    return f"It looks as if {mistake.says}" + ("" if mistake.says.endswith("?") else ".")


def _all_changed(tried: list[Tried]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for t in tried for name in t.changed))
