"""Where each student stands in a lesson: read once, for the tables and files made from it."""

from contextlib import closing
from datetime import datetime
from typing import NamedTuple

from nbgrader.api import Student, SubmittedAssignment
from sqlalchemy import select

from rnn_utils.classroom import roster
from rnn_utils.classroom.course import Course, Say, released
from rnn_utils.grading.book.gradebook import Writer
from rnn_utils.grading.book.lateness import seconds_late
from rnn_utils.grading.run.grade_class import handed_in


class Standing(NamedTuple):
    """Where one student stands.

    Attributes:
        person: who it is.
        handed_in: whether there is a hand-in.
        when: when it was handed in, if that is known.
        late: seconds after the due date, extension included.
        status: what the grader said; empty where it was not graded.
        score: points, what lateness costs taken off; none where it was not graded.
        most: the most points there are.
        waiting: answers that wait to be marked by a person.
        page: whether there is a feedback page.
    """

    person: roster.Person
    handed_in: bool
    when: datetime | None
    late: float
    status: str
    score: float | None
    most: float
    waiting: int
    page: bool


def settle(course: Course, lesson: str, say: Say) -> None:
    """Bring penalties in line with due dates, extensions and marks by hand, and say whose changed."""
    with closing(Writer(course.directory, course.config)) as writer:
        for student, (before, after) in sorted(writer.penalise(lesson).items()):
            say(f"{student}: {before:g} points were taken off for lateness, now {after:g}.")


def standings(course: Course, lesson: str) -> list[Standing]:
    """Read where everybody in the gradebook and the roster stands.

    Args:
        course: the course.
        lesson: the lesson's name.

    Returns:
        One for each student, by id.

    Raises:
        CourseError: the lesson is not in the gradebook.
    """
    folders = set(handed_in(course.directory, lesson))
    path = course.root / roster.ROSTER
    people = {p.id: p for p in (roster.read(path) if path.is_file() else [])}
    with closing(Writer(course.directory, course.config)) as writer:
        records = {record.student: record for record in writer.records(lesson)}
        waiting = writer.overview(lesson).waiting
        db = writer.gradebook.db
        assignment = released(writer.gradebook, lesson)
        for student in db.scalars(select(Student)):
            known = people.get(student.id, roster.Person(student.id))
            people[student.id] = roster.Person(
                student.id,
                known.first or student.first_name or "",
                known.last or student.last_name or "",
                known.email or student.email or "",
                known.lms or student.lms_user_id or "",
                known.group,
            )
        submissions = {
            submission.student_id: submission
            for submission in db.scalars(
                select(SubmittedAssignment).where(
                    SubmittedAssignment.assignment_id == assignment.id
                )
            )
        }
        found = []
        for student in sorted(people.keys() | folders):
            submission = submissions.get(student)
            graded = bool(list(course.folder("autograded", student, lesson).glob("*.ipynb")))
            score = None
            if submission is not None and graded:
                penalty = float(submission.late_submission_penalty or 0)
                score = max(0.0, float(submission.score) - penalty)
            found.append(
                Standing(
                    people.get(student, roster.Person(student)),
                    student in folders,
                    submission.timestamp if submission else None,
                    seconds_late(submission) if submission else 0.0,
                    records[student].status if student in records else "graded" if graded else "",
                    score,
                    float(assignment.max_score),
                    waiting.get(student, 0),
                    bool(list(course.folder("feedback", student, lesson).glob("*.html"))),
                )
            )
        db.remove()
    return found
