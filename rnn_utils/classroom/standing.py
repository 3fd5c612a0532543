"""Where each student stands in a lesson: read once, for the tables and files made from it."""

from collections.abc import Collection
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

from nbgrader.api import Student, SubmittedAssignment
from sqlalchemy import select

from rnn_utils.classroom import roster
from rnn_utils.classroom.course import Course, Say, released
from rnn_utils.classroom.hand_ins import time_of
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.gradebook import Writer
from rnn_utils.grading.book.lateness import seconds_late
from rnn_utils.grading.book.lesson import load
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.run.grade_class import handed_in, to_be_graded_again


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
        again: whether another hand-in, or another lesson, was graded than stands now.
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
    again: bool


def settle(course: Course, lesson: str, say: Say) -> list[str]:
    """Bring penalties in line with due dates, extensions and marks by hand, and say whose changed.

    Returns:
        Who has to be graded again, which is said, too.

    Raises:
        CourseError: the lesson is not in the gradebook.
    """
    with closing(Writer(course.directory, course.config)) as writer:
        for student, (before, after) in sorted(writer.penalise(lesson).items()):
            say(f"{student}: {before:g} points were taken off for lateness, now {after:g}.")
        released(writer.gradebook, lesson)
        there = handed_in(course.directory, lesson)
        try:
            loaded = load(writer.gradebook, course.directory, lesson, Limits())
        except CourseError as error:  # edited since: to be released first
            for problem in error.problems:
                say(problem)
            return sorted(there)
        again = to_be_graded_again(writer, loaded, there)
    if again:
        some = f"{', '.join(again[:5])}{f' and {len(again) - 5} more' if len(again) > 5 else ''}"
        say(
            f"Changed since they were graded, the hand-in or the lesson: {some}. Their marks are those of "
            f"before until you run: rnn-course class grade {lesson}"
        )
    return again


def _everybody(course: Course, db: Any) -> dict[str, roster.Person]:
    """Return who is in the roster or the gradebook, by id, with what both know of them."""
    path = course.root / roster.ROSTER
    people = {p.id: p for p in (roster.read(path) if path.is_file() else [])}
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
    return people


def standings(course: Course, lesson: str, again: Collection[str] = ()) -> list[Standing]:
    """Read where everybody in the gradebook and the roster stands.

    Args:
        course: the course.
        lesson: the lesson's name.
        again: who has to be graded again, as `settle` found.

    Returns:
        One for each student, by id.

    Raises:
        CourseError: the lesson is not in the gradebook.
    """
    folders = set(handed_in(course.directory, lesson))
    with closing(Writer(course.directory, course.config)) as writer:
        records = {record.student: record for record in writer.records(lesson)}
        waiting = writer.overview(lesson).waiting
        db = writer.gradebook.db
        assignment = released(writer.gradebook, lesson)
        people = _everybody(course, db)
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
            when = submission.timestamp if submission else None
            late = seconds_late(submission) if submission else 0.0
            if not graded or student in again:  # the hand-in is not in the gradebook yet
                when = time_of(course.folder("submitted", student, lesson))
                due = (submission or assignment).duedate
                late = max(0.0, (when - due).total_seconds()) if when and due else 0.0
            if submission is not None and graded:
                penalty = float(submission.late_submission_penalty or 0)
                score = max(0.0, float(submission.score) - penalty)
            found.append(
                Standing(
                    people.get(student, roster.Person(student)),
                    student in folders,
                    when,
                    late,
                    records[student].status if student in records else "graded" if graded else "",
                    score,
                    float(assignment.max_score),
                    waiting.get(student, 0),
                    bool(list(course.folder("feedback", student, lesson).glob("*.html"))),
                    graded and student in again,
                )
            )
        db.remove()
    return found
