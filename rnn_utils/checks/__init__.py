"""The exercises: their records, the check that a learner sees, the hidden tests, the messages.

In a notebook::

    from rnn_utils.checks import check, yours_or_ours

    check("rnn_step", rnn_step)                     # under the exercise
    rnn_step = yours_or_ours("rnn_step", rnn_step)  # in later cells
"""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from rnn_utils.checks.framework import our_solution
from rnn_utils.checks.framework.contract import Case
from rnn_utils.checks.framework.exercise import Exercise, Mistake, Stage
from rnn_utils.checks.framework.judge import Verdict, judge
from rnn_utils.checks.framework.named_results import with_names_of
from rnn_utils.checks.framework.panel import as_html, as_text
from rnn_utils.checks.framework.registry import exercise, exercises

__all__ = [
    "Case",
    "CheckFailed",
    "Exercise",
    "Mistake",
    "Score",
    "Verdict",
    "check",
    "exercise",
    "exercises",
    "grade",
    "judge",
    "seeded",
    "yours_or_ours",
]


class Score(float):
    """Points, as nbgrader reads them from the last line of a test cell.

    Its text is a plain number, since that is what nbgrader takes for the score; a notebook shows it
    as "1.5 of 2 points".
    """

    of: float

    def __new__(cls, points: float, of: float) -> "Score":
        score = super().__new__(cls, round(min(max(points, 0.0), of), 2))
        score.of = of
        return score

    def __repr__(self) -> str:
        return repr(float(self))

    def _repr_html_(self) -> str:
        return f"<small>{float(self):g} of {self.of:g} point{'s' * (self.of != 1)}</small>"


class CheckFailed(AssertionError):
    """A check that did not pass; shown as its message alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check(name: str, function: Callable[..., Any]) -> Score:
    """Check a learner's function on the visible cases and show what came out.

    Args:
        name: the exercise's name.
        function: the learner's function.

    Returns:
        the points that the visible cases would give.

    Raises:
        CheckFailed: only while `nbgrader validate` runs, which lists cells by their errors.
        KeyError: no exercise has this name.

    Example:
        >>> check("rnn_step", lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev)  # doctest: +ELLIPSIS
        ✗ rnn_step: not right yet. ...
        0.0
    """
    return _examine(name, function, "visible")


def grade(name: str, function: Callable[..., Any], seed: str = "") -> Score:
    """Grade a function on the hidden cases: other sizes and values than `check` draws.

    Args:
        name: the exercise's name.
        function: the learner's function.
        seed: what a class keeps secret, so that nobody can compute what is drawn.

    Returns:
        the points earned, which nbgrader reads from the cell's last line.

    Raises:
        KeyError: no exercise has this name.

    Example:
        >>> from rnn_utils import rnn_step
        >>> points = grade("rnn_step", rnn_step)  # doctest: +ELLIPSIS
        ✓ rnn_step: hidden checks passed. ...
    """
    return _examine(name, function, "hidden", seed)


@cache
def seeded(name: str, seed: str) -> Exercise:
    """Return the record of an exercise whose draws depend on a seed of the class."""
    return replace(exercise(name), seed=seed)


def yours_or_ours(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the learner's function if its visible checks pass, else the reference, and say which.

    A learner who is stuck can so go on with the lesson. Where parts of the result have names and the
    learner's are a plain tuple, which the check accepts, they get the names that later cells use. An
    answer to a version does not fit into these cells: they get the lesson's own in any case.

    Args:
        name: the exercise's name.
        function: the learner's function.

    Returns:
        The one or the other.

    Raises:
        KeyError: no exercise has this name.

    Example:
        >>> rnn_step = yours_or_ours("rnn_step", lambda *arguments: None)
        From here on, rnn_utils' rnn_step runs: yours does not pass its check yet.
    """
    record = exercise(name)
    if record.version:
        print(
            f"From here on, rnn_utils' {record.name} runs, as the lesson has it: yours is a version."
        )
        return exercises()[record.name].reference
    if judge(record, function).passed:
        print(f"From here on, your own {name} runs.")
        return with_names_of(record, function)
    print(f"From here on, rnn_utils' {name} runs: yours does not pass its check yet.")
    return record.reference


def _examine(name: str, function: Callable[..., Any], stage: Stage, seed: str = "") -> Score:
    record = seeded(name, seed) if seed else exercise(name)
    verdict = judge(record, function, stage)
    if not verdict.passed and os.environ.get("NBGRADER_EXECUTION") == "validate":
        raise CheckFailed(as_text(verdict, stage, width=88))
    folds = stage == "visible" and not record.version  # a version's solution is nobody's to read
    folded = our_solution.as_html(record, function, verdict.passed) if folds else ""
    _show(verdict, stage, folded)
    return Score(record.points * verdict.share, record.points)


def _show(verdict: Verdict, stage: Stage, folded: str) -> None:
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = lambda: None  # noqa: E731
    if get_ipython() is None:
        print(as_text(verdict, stage))
    else:
        panel = {
            "text/plain": as_text(verdict, stage),
            "text/html": as_html(verdict, stage) + folded,
        }
        display(panel, raw=True)
