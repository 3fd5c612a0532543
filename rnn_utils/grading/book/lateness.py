"""What handing in late costs: one line of nbgrader_config.py, looked up anew at every run."""

import math
import re
from typing import Any

from nbgrader.api import Assignment, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import select
from traitlets import TraitError, Unicode, validate

_SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}
_RULE = re.compile(
    r"(?:none|zero|(?P<much>\d+(?:\.\d+)?) ?(?P<kind>%|points?) (?:per|a) (?P<each>day|hour))"
    r"(?: after (?P<grace>\d+) (?P<unit>minute|hour|day)s?)?"
)


class LatePenalty(LateSubmissionPlugin):
    """nbgrader's plugin of late penalties, with a rule in words.

    ::

        c.LatePenalty.rule = "10% per day after 30 minutes"

    A day or an hour that has begun counts as a whole one. Per cent are of what the student has earned in
    the notebook. "after 30 minutes" is a grace: time is counted from its end.
    """

    rule = Unicode(
        "none",
        help='"none", "zero", "10% per day", "2% per hour", "1 point per day"; each may end in '
        '"after 30 minutes", a grace.',
    ).tag(config=True)

    @validate("rule")
    def _known_rule(self, proposal: Any) -> str:
        rule = " ".join(str(proposal["value"]).lower().split())
        if not _RULE.fullmatch(rule):
            raise TraitError(
                f"c.LatePenalty.rule is {proposal['value']!r}, and has to be like one of: "
                '"none", "zero", "10% per day", "2% per hour after 30 minutes", "1 point per day".'
            )
        return rule

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points that a notebook loses.

        Args:
            student_id: not looked at.
            score: what was earned.
            total_seconds_late: since the due date, extension included.

        Returns:
            The points; none where nothing is taken off.

        Example:
            >>> LatePenalty(rule="10% per day").late_submission_penalty("ada", 5.0, 90_000.0)
            1.0
        """
        if self.rule == "none":
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        found = _RULE.fullmatch(self.rule)
        assert found is not None
        late = total_seconds_late
        if found["grace"]:
            late -= float(found["grace"]) * _SECONDS[found["unit"]]
        if late <= 0:
            return None
        if not found["much"]:
            return score
        begun = math.ceil(late / _SECONDS[found["each"]])
        taken = float(found["much"]) * begun * (score / 100 if found["kind"] == "%" else 1)
        return round(min(taken, score), 10)


def seconds_late(submission: SubmittedAssignment) -> float:
    """Return how late a submission is, in seconds; 0 without a due date or a known time."""
    if submission.assignment.duedate is None:
        return 0.0
    return float(submission.total_seconds_late)


def penalise(
    db: Any, penalties: AssignLatePenalties, lesson: str, student: str | None = None
) -> dict[str, tuple[float, float]]:
    """Bring the penalties of a lesson in line with the due date, extensions, the rule and the scores.

    Args:
        db: a session on the gradebook; nothing is committed.
        penalties: nbgrader's preprocessor, whose plugin decides.
        lesson: the lesson's name.
        student: only this one's, if given.

    Returns:
        By student whose penalty is another now: what it was, and what it is.
    """
    theirs = [Assignment.name == lesson]
    if student is not None:
        theirs.append(SubmittedAssignment.student_id == student)
    changed = {}
    for submission in db.scalars(
        select(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(*theirs)
    ):
        late = seconds_late(submission)
        before = [n.late_submission_penalty or 0.0 for n in submission.notebooks]
        if late > 0 or any(before):
            after = [
                _penalty(penalties, submission.student_id, notebook, late)
                for notebook in submission.notebooks
            ]
            if before != after:
                changed[submission.student_id] = (sum(before), sum(after))
    return changed


def _penalty(
    penalties: AssignLatePenalties, student: str, notebook: SubmittedNotebook, late: float
) -> float:
    """Let the plugin decide on one notebook, as nbgrader's own preprocessor does, and note it there."""
    taken = None
    if late > 0:
        score = float(notebook.score)
        taken = penalties.plugin_inst.late_submission_penalty(student, score, late)
        if taken is not None:
            taken = min(max(taken, 0.0), score)
    notebook.late_submission_penalty = taken
    return taken or 0.0
