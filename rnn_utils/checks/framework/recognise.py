"""Recognising which mistake it was: a known one, several at once, or a form that any function can get."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rnn_utils.checks.framework.common_mistakes import UNFINISHED, recognise_form
from rnn_utils.checks.framework.comparison import (
    NOT_YET,
    Tried,
    accepted,
    least_of,
    near,
    try_mistake,
)
from rnn_utils.checks.framework.contract import KINDS
from rnn_utils.checks.framework.exercise import TOGETHER, Exercise, Mistake
from rnn_utils.checks.framework.messages import listed


@np.errstate(all="ignore")
def recognise(
    exercise: Exercise,
    tried: list[Tried],
    scope: list[Tried],
    failing: list[Tried],
    stage: str,
) -> tuple[Mistake, ...]:
    """Find what explains the learner's outcome in every case of the scope.

    In this order: one known mistake that explains all wrong outputs; what the exercise itself sees; a
    form that any function can get wrong; several mistakes made together; a mistake or a form for each
    wrong output; what the failing cases have in common. Outputs that are not filled in are said apart
    from the mistakes in the others.

    Args:
        exercise: the record.
        tried: all cases.
        scope: the general ones, or if all of these are right the edges.
        failing: those of the scope that are wrong.
        stage: the stage.
    """
    wrong = frozenset(k for t in scope for k, right in enumerate(t.right) if not right)
    if edges := not scope[0].case.general:
        # A mistake that would show in the general cases, which are right, was not made.
        scope = failing + [t for t in tried if all(t.right)]
    single = [mistake for mistake in exercise.mistakes if TOGETHER not in mistake.name]
    # What has the wrong form, or none, is no sum of two mistakes in the numbers.
    readable = all(t.readable for t in failing) and not edges
    several = [m for m in exercise.mistakes if TOGETHER in m.name and readable]
    explained: list[_Explained] = []
    for mistake in single:
        one = _Explained(mistake, *_explained_by(exercise, mistake, scope, wrong, stage))
        if wrong <= one.alike and one.spoilt <= wrong:
            return (mistake,)
        explained.append(one)
    if edges and (common := _in_common(exercise, failing)):
        return common
    blank = _not_filled_in(exercise, scope, failing, wrong)
    if blank == wrong:
        return recognise_form(exercise, scope, failing, blank)
    if whole := _best(explained, wrong):
        return (_only_in(exercise, whole, wrong),)
    if seen := _diagnose(exercise, failing) or recognise_form(exercise, scope, failing, wrong):
        return seen
    if blank and (whole := _best(explained, wrong - blank)):
        return whole, *recognise_form(exercise, scope, failing, blank)
    for mistake in several:
        explained.append(
            _Explained(mistake, *_explained_by(exercise, mistake, scope, wrong, stage))
        )
        if explained[-1].alike >= wrong - blank:
            return mistake, *recognise_form(exercise, scope, failing, blank)
    chosen, rest = _cover(explained, wrong - blank)
    forms = [f for k in sorted(rest | blank) for f in recognise_form(exercise, scope, failing, {k})]
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


def _only_in(exercise: Exercise, mistake: Mistake, wrong: frozenset[int]) -> Mistake:
    """Say that a mistake which would show in more outputs was made in these alone."""
    names = [f"`{name}`" for k, name in enumerate(exercise.outputs) if k in wrong]
    return replace(mistake, says=f"in {listed(names)} alone, {mistake.says}")


def _not_filled_in(
    exercise: Exercise, scope: list[Tried], failing: list[Tried], wrong: frozenset[int]
) -> frozenset[int]:
    return frozenset(
        k
        for k in wrong
        if any((t.forms[k] or "").endswith(NOT_YET) for t in failing)
        or any(f.name == UNFINISHED for f in recognise_form(exercise, scope, failing, {k}))
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
        m for m, names in zip(chosen, made, strict=True) if not any(names < other for other in made)
    ), rest


def _explained_by(
    exercise: Exercise, mistake: Mistake, scope: list[Tried], wrong: frozenset[int], stage: str
) -> tuple[frozenset[int], frozenset[int]]:
    """Return which wrong outputs are what the mistake gives in every case, and which it spoils."""
    alike, spoilt = wrong, frozenset[int]()
    for learner in scope:
        theirs = try_mistake(exercise, mistake, learner.case, stage)
        spoilt |= frozenset(k for k, right in enumerate(theirs.right) if not right)
        if learner.got is None or theirs.got is None:
            if not _same_failure(learner, theirs):
                return frozenset(), spoilt
        else:
            alike = frozenset(k for k in alike if _same(exercise, learner, theirs, k))
        if not alike:
            break
    return alike & spoilt, spoilt


def _same(exercise: Exercise, learner: Tried, mistake: Tried, k: int) -> bool:
    assert learner.got is not None
    assert mistake.got is not None
    if learner.forms[k] or mistake.forms[k]:
        return learner.forms[k] == mistake.forms[k]
    tolerance = max(accepted(exercise, learner.case), 1e-6)
    least = least_of(learner.case)
    came, theirs = learner.got[k], mistake.got[k]
    # Nearly every mistake gives another number in the first place already, which is soon seen.
    if came.size and theirs.size:
        off = abs(came.item(0) - theirs.item(0))
        if off > tolerance * max(mistake.largest[k], least):
            return False
    return near(came, theirs, tolerance, least)


def _same_failure(learner: Tried, mistake: Tried) -> bool:
    """Whether both crashed alike, or returned something of the same wrong form."""
    a, b = learner.outcome.crash, mistake.outcome.crash
    if a is not None and b is not None:
        texts = [re.sub(r"^index -?\d+", "index", crash.text) for crash in (a, b)]
        return a.kind is b.kind and texts[0] == texts[1]
    return a is b is None and learner.form is not None and learner.form == mistake.form


def _diagnose(exercise: Exercise, failing: list[Tried]) -> tuple[Mistake, ...]:
    """Ask the exercise itself what it sees in the returned arrays; all cases must agree."""
    if exercise.diagnose is None or not all(t.readable and not t.case.whole for t in failing):
        return ()
    found = [exercise.diagnose(t.arguments, t.got) for t in failing if t.got is not None]
    same = found[0] is not None and all(m is not None and m.name == found[0].name for m in found)
    return (found[0],) if found[0] is not None and same else ()


def _in_common(exercise: Exercise, failing: Collection[Tried]) -> tuple[Mistake, ...]:
    """Say what the contract says of the failing cases, where they are all of one kind."""
    says = {t.case.says for t in failing}
    if len(says) != 1 or not (what := says.pop()):
        return ()
    return (Mistake(KINDS[what], what, exercise.reference),)
