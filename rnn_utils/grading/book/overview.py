"""Reading what the gradebook says of a lesson as a whole: for the end of a run, the report and the tables."""

from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Engine, select

from rnn_utils.grading.book.summary import Overview


def overview(engine: Engine, lesson: str, graded: Any) -> Overview:
    """Read what the gradebook says of a lesson.

    Args:
        engine: of the gradebook.
        lesson: the lesson's name.
        graded: the table of submissions that were graded, with their `submission_id`.

    Returns:
        The lesson at a glance; of submissions, only those in `graded` count.
    """
    of_lesson = Assignment.name == lesson
    points: dict[str, float] = {}
    by_hand: dict[str, list[float]] = {}
    waiting: dict[str, int] = {}
    with engine.connect() as connection:
        for kind in (GradeCell, TaskCell):
            for name, most in connection.execute(
                select(BaseCell.__table__.c.name, kind.__table__.c.max_score)
                .join(kind.__table__, kind.__table__.c.id == BaseCell.__table__.c.id)
                .join(Notebook, Notebook.id == BaseCell.__table__.c.notebook_id)
                .join(Assignment, Assignment.id == Notebook.assignment_id)
                .where(of_lesson)
            ):
                points[name] = float(most)
        for student, name, mark, needed in connection.execute(
            select(
                SubmittedAssignment.student_id,
                BaseCell.name,
                Grade.manual_score,
                Grade.needs_manual_grade,
            )
            .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(graded, graded.c.submission_id == SubmittedAssignment.id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .where(of_lesson, Grade.auto_score.is_(None))
        ):
            marks = by_hand.setdefault(name, [])
            if mark is not None:
                marks.append(float(mark))
            if needed:
                waiting[student] = waiting.get(student, 0) + 1
        undated = connection.execute(
            select(SubmittedAssignment.student_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(graded, graded.c.submission_id == SubmittedAssignment.id)
            .where(
                of_lesson, Assignment.duedate.is_not(None), SubmittedAssignment.timestamp.is_(None)
            )
            .order_by(SubmittedAssignment.student_id)
        ).scalars()
        return Overview(points, by_hand, waiting, tuple(undated))
