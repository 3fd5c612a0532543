"""`rnn-course class marks`: a CSV with everybody's points, as an LMS reads it."""

import csv
from collections.abc import Callable

from rnn_utils.classroom.course import Course, Say
from rnn_utils.classroom.standing import Standing, settle, standings
from rnn_utils.course_folder import CourseError

_Rows = list[list[str]]


def marks(
    course: Course,
    lesson: str,
    lms: str = "moodle",
    by: str = "id",
    column: str | None = None,
    say: Say = print,
) -> None:
    """Write the marks of a lesson for an LMS.

    Args:
        course: the course.
        lesson: the lesson's name.
        lms: `"moodle"`, `"canvas"` or `"brightspace"`.
        by: `"id"` or `"email"`: how students are named.
        column: what the LMS calls the column; the lesson's name unless given.
        say: called with each sentence for the instructor.

    Raises:
        CourseError: there are no marks, or another LMS or way is asked for.
    """
    if lms not in _FORMS or by not in ("id", "email"):
        raise CourseError(
            f"--lms is one of {', '.join(_FORMS)}, and --by is id or email; not {lms}, {by}."
        )
    all_ = standings(course, lesson, settle(course, lesson, say))
    graded = [one for one in all_ if one.score is not None]
    if not graded:
        raise CourseError(f"Nobody was graded yet: rnn-course class grade {lesson}")
    if by == "email" and (nameless := [o.person.id for o in graded if not o.person.email]):
        raise CourseError(
            f"No e-mail address is known of: {', '.join(nameless)}. Give a roster: "
            f"rnn-course class collect {lesson} … --roster FILE"
        )
    path = course.for_lms(f"{lesson}_marks_{lms}.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = _FORMS[lms](graded, by, column or lesson)
        csv.writer(file).writerows([_inert(text) for text in row] for row in rows)
    say(f"{len(graded)} marks, of at most {graded[0].most:g} points: {path}")
    if ungraded := [one.person.id for one in all_ if one.handed_in and one.score is None]:
        say(f"Handed in, and not graded yet, so not in it: {', '.join(ungraded)}.")
    if absent := sum(not one.handed_in for one in all_):
        say(f"Did not hand in, and are not in it: {absent}.")
    if again := sum(one.again for one in graded):
        say(f"Not final: {again} have to be graded again.")
    if waiting := sum(one.waiting for one in graded):
        say(f"Not final: {waiting} answers wait to be marked in the formgrader.")
    say(f"Who stands where: rnn-course class status {lesson}")


def _inert(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: people choose their names themselves.

    Example:
        >>> _inert("=1+1"), _inert("Ada")
        ("'=1+1", 'Ada')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _points(one: Standing) -> str:
    return f"{round(one.score or 0.0, 5):g}"


def _moodle(graded: list[Standing], by: str, column: str) -> _Rows:
    """Moodle's import of grades maps any columns; the user is found by ID number or e-mail."""
    if by == "email":
        return [["Email address", column], *([o.person.email, _points(o)] for o in graded)]
    return [
        ["ID number", "Email address", column],
        *([o.person.id, o.person.email, _points(o)] for o in graded),
    ]


def _canvas(graded: list[Standing], by: str, column: str) -> _Rows:
    """Canvas's gradebook: its five first columns by name, and a line with the points there are."""
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column],
        ["Points Possible", "", "", "", "", f"{graded[0].most:g}"],
    ]
    for one in graded:
        name = ", ".join(part for part in (one.person.last, one.person.first) if part)
        login = one.person.email if by == "email" else one.person.id
        rows.append([name or one.person.id, one.person.lms, "", login, "", _points(one)])
    return rows


def _brightspace(graded: list[Standing], by: str, column: str) -> _Rows:
    """Brightspace's import: a key, `<item> Points Grade`, and the sign that ends a line."""
    key = "Email" if by == "email" else "Username"
    return [
        [key, f"{column} Points Grade", "End-of-Line Indicator"],
        *(
            [o.person.email if by == "email" else f"#{o.person.id}", _points(o), "#"]
            for o in graded
        ),
    ]


_FORMS: dict[str, Callable[[list[Standing], str, str], _Rows]] = {
    "moodle": _moodle,
    "canvas": _canvas,
    "brightspace": _brightspace,
}
