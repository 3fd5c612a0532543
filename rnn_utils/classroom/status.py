"""`rnn-course class status`: who handed in, was late, was graded, and has feedback."""

from rnn_utils.classroom.course import Course, Say, in_words
from rnn_utils.classroom.standing import Standing, settle, standings
from rnn_utils.grading.book.records import STATUSES
from rnn_utils.grading.protocol.safe_text import line


def status(course: Course, lesson: str, say: Say = print) -> None:
    """Say where everybody stands in a lesson.

    Args:
        course: the course.
        lesson: the lesson's name.
        say: called with each line.

    Raises:
        CourseError: the lesson was not released.
    """
    all_ = standings(course, lesson, settle(course, lesson, say))
    head = ("student", "handed in", "late", "status", "points", "to mark", "feedback")
    rows: list[tuple[str, ...]] = [head, *(_row(course, one) for one in all_)]
    wide = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        say("  ".join(text.ljust(width) for text, width in zip(row, wide, strict=True)).rstrip())
    for word in dict.fromkeys(one.status for one in all_):
        if word in STATUSES:
            say(f"{word}: {STATUSES[word]}")
    there = [one for one in all_ if one.handed_in]
    say(
        f"{len(there)} of {len(all_)} handed in, {sum(o.late > 0 for o in there)} late, "
        f"{sum(o.score is not None for o in there)} graded, "
        f"{sum(o.page for o in there)} with feedback."
    )
    say(f"Next: rnn-course class {_next(all_)} {lesson}")


_AGAIN = "to be graded again"


def _row(course: Course, one: Standing) -> tuple[str, ...]:
    when = "no" if not one.handed_in else "at a time not known"
    if one.handed_in and one.when is not None:
        when = in_words(one.when, course.zone).partition(" (")[0]
    elif one.handed_in and one.score is None:
        when = "yes"
    points = "" if one.score is None else f"{round(one.score, 3):g} of {one.most:g}"
    late = _span(one.late) if one.late > 0 else ""
    waiting = str(one.waiting or "")
    return (
        line(one.person.id, 40),
        when,
        late,
        _AGAIN if one.again else one.status or ("not graded yet" if one.handed_in else ""),
        points,
        waiting,
        "yes" if one.page else "",
    )


def _span(seconds: float) -> str:
    """Tell a time in the unit that fits.

    Example:
        >>> _span(90), _span(7300), _span(200_000)
        ('2 min', '2.0 h', '2.3 days')
    """
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86400:.1f} days"


def _next(all_: list[Standing]) -> str:
    if not any(one.handed_in for one in all_):
        return "collect"
    if any(one.again or (one.handed_in and one.score is None) for one in all_):
        return "grade"
    return "marks" if all(one.page for one in all_ if one.handed_in) else "feedback"
