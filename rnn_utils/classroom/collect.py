"""`rnn-course class collect`: take in hand-ins, from nbgrader's exchange or from what an LMS gives."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from nbgrader.api import Gradebook
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect
from tqdm import tqdm

from rnn_utils.classroom import lms
from rnn_utils.classroom.attribution import attribute
from rnn_utils.classroom.course import Course, Say, exchanged, released
from rnn_utils.classroom.exchange import Collect
from rnn_utils.classroom.hand_ins import HandIn, came, hand_ins, time_of, unwrapped
from rnn_utils.classroom.lms_names import Place, remember
from rnn_utils.classroom.people import people_of
from rnn_utils.classroom.roster import Person
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.versions import varied_in
from rnn_utils.grading.intake.folder import File


def collect(
    course: Course,
    lesson: str,
    archives: list[Path],
    roster_file: Path | None = None,
    groups: bool = False,
    say: Say = print,
) -> None:
    """Take in what was handed in for a lesson; what was taken in before and is not newer stays.

    Args:
        course: the course.
        lesson: the lesson's name.
        archives: zips or folders of an LMS, a mailbox or git; none for nbgrader's exchange.
        roster_file: a CSV with the class, merged into what is known of it.
        groups: whether a member's hand-in counts for all of the group in the roster.
        say: called with each sentence for the instructor.

    Raises:
        CourseError: something that the instructor can mend.
    """
    with course.gradebook() as gradebook:
        assignment = released(gradebook, lesson)
        people = people_of(course, gradebook, roster_file, say)
        if groups and varied_in(gradebook.engine, lesson):
            raise CourseError(
                f"{lesson} is given out in versions, each student's own, so that one hand-in cannot count "
                "for a group: collect without --groups."
            )
        if not archives:
            _from_exchange(course, lesson, say)
        else:
            notebooks = [notebook.name for notebook in assignment.notebooks]
            handed_in = [
                one
                for archive in archives
                for one in hand_ins(
                    unwrapped(lms.read(archive, course.zone), people, lesson, notebooks), notebooks
                )
            ]
            _take_in(course, gradebook, lesson, handed_in, people, groups, say)
    say(f"Now: rnn-course class grade {lesson}")


# From archives -----------------------------------------------------------------------------------


class _Taken(NamedTuple):
    """Which students' hand-ins were written, and which were not, since what is there is as good."""

    new: list[str]
    again: list[str]
    same: list[str]
    older: list[str]


def _take_in(
    course: Course,
    gradebook: Gradebook,
    lesson: str,
    handed_in: list[HandIn],
    people: list[Person],
    groups: bool,
    say: Say,
) -> None:
    """Write each student's newest hand-in where nbgrader collects, and say what was done."""
    due = gradebook.find_assignment(lesson).duedate
    attributed, said = attribute(handed_in, people, lesson, groups)
    newest, earlier = _newest(attributed)
    taken = _write_newer(course, gradebook, lesson, newest, due, said.append)
    for sentence in said:
        say(sentence)
    if taken.older:
        say(f"Kept what was handed in later elsewhere: {', '.join(taken.older)}.")
    if taken.again:
        say(f"Handed in again: {', '.join(taken.again)}.")
    undated = [s for s, one in newest.items() if one.when is None]
    if undated and due is not None:
        say(f"Without a time, so that they count as in time: {len(undated)}.")
    say(
        f"{len(taken.new)} new, {len(taken.again)} again, {len(taken.same)} as before, "
        f"{len(taken.older)} older than what is here"
        + (f", {earlier} earlier attempts passed over" if earlier else "")
        + f", {len(handed_in) - len(newest) - earlier if not groups else 0} not taken in."
    )


def _newest(attributed: Iterable[tuple[HandIn, list[Person]]]) -> tuple[dict[str, HandIn], int]:
    """Return each student's newest hand-in, and how many earlier ones there are."""
    newest: dict[str, HandIn] = {}
    earlier = 0
    for one, whose in attributed:
        for student in whose:
            before = newest.get(student.id)
            earlier += before is not None
            if before is None or (one.when or datetime.max) >= (before.when or datetime.max):
                newest[student.id] = one
    return newest, earlier


def _write_newer(
    course: Course,
    gradebook: Gradebook,
    lesson: str,
    newest: dict[str, HandIn],
    due: datetime | None,
    say: Say,
) -> _Taken:
    """Write what is newer than what was taken in before, and remember what the LMS calls it."""
    taken = _Taken([], [], [], [])
    places = {}
    for student, one in tqdm(sorted(newest.items()), unit=" students", leave=False, disable=None):
        when, note = _time(one, due)
        if note:
            say(f"{student}: {note}")
        folder = course.folder("submitted", student, lesson)
        files, before = _there(folder)
        before_came = came(folder) if files is not None else None
        if files == _contents(one.files) and before == when:
            taken.same.append(student)
        elif before_came is not None and when is not None and before_came > when:
            taken.older.append(student)
            continue
        else:
            _write(folder, one.files, when)
            gradebook.update_or_create_student(student)
            (taken.new if files is None else taken.again).append(student)
        places[student] = Place(one.lms, one.place)
    remember(gradebook.engine, lesson, places)
    return taken


def _time(one: HandIn, due: datetime | None) -> tuple[datetime | None, str]:
    """Decide when something was handed in, where the LMS says more than the archive's clock."""
    if one.late is False and one.when is not None and due is not None and one.when > due:
        # Canvas's archives may have the time of download, and know of its own extensions.
        return due, ""
    if one.late and due is not None and (one.when is None or one.when <= due):
        return one.when, (
            "the LMS calls it late, but its time is before the due date here. If the dates should be "
            "the same, set it with `rnn-course class release … --due`."
        )
    return one.when, ""


def _contents(files: Iterable[File]) -> dict[str, bytes]:
    return {file.name: file.content for file in files}


def _there(folder: Path) -> tuple[dict[str, bytes] | None, datetime | None]:
    """Read what was taken in before; nothing but files counts."""
    if not folder.is_dir() or folder.is_symlink():
        return None, None
    files = {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.is_symlink()
    }
    files.pop("timestamp.txt", None)
    return files, time_of(folder)


def _write(folder: Path, files: tuple[File, ...], when: datetime | None) -> None:
    """Put a hand-in in its place as a whole."""
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for file in files:
        (new / PurePosixPath(file.name).name).write_bytes(file.content)
    if when is not None:
        (new / "timestamp.txt").write_text(f"{when.isoformat(' ')} UTC", "utf-8")
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


# From the exchange -------------------------------------------------------------------------------


def _from_exchange(course: Course, lesson: str, say: Say) -> None:
    """Let nbgrader collect what is newer than what is here."""
    factory = ExchangeFactory(config=course.config)
    if factory.collect is ExchangeCollect:  # as a course's older settings have it
        factory.collect = Collect
    if factory.collect is Collect and course.exchange() is None:
        raise CourseError(
            "There is no exchange folder on this machine. Give what your LMS lets you download: "
            f"rnn-course class collect {lesson} submissions.zip"
        )
    course.directory.assignment_id = lesson
    app = factory.Collect(coursedir=course.directory, config=course.config)
    app.update = True
    heard = exchanged(app)
    counts = {
        words: sum(message.startswith(kind) for message in heard.messages)
        for kind, words in {
            "Collecting": "new",
            "Updating": "again",
            "No newer": "as before",
        }.items()
    }
    say(", ".join(f"{count} {words}" for words, count in counts.items()) + ".")
    told = [m for m in heard.messages if m.startswith("Left out") or "cheating attempt" in m]
    for message in told[:_TOLD]:
        say(message)
    if len(told) > _TOLD:
        say(f"{len(told) - _TOLD} more were left out.")


#: How many sentences on what was left out are told: whoever can write there could have made thousands.
_TOLD = 50
