"""`rnn-course class collect`: take in hand-ins, from nbgrader's exchange or from what an LMS gives."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath

from nbgrader.api import Gradebook
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect
from tqdm import tqdm

from rnn_utils.classroom import lms, roster
from rnn_utils.classroom.course import Course, Say, exchanged, released
from rnn_utils.classroom.exchange import Collect
from rnn_utils.classroom.hand_ins import HandIn, came, hand_ins, time_of, unwrapped, without
from rnn_utils.classroom.lms_names import Place, remember
from rnn_utils.classroom.people import people_of
from rnn_utils.classroom.roster import Person
from rnn_utils.grading.book.versions import varied_in
from rnn_utils.grading.intake.folder import File
from rnn_utils.project import CourseError


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
    newest: dict[str, HandIn] = {}
    earlier, strange = 0, []
    found = []
    for one in handed_in:
        if one.problem:
            strange.append(f"{one.name}: not taken in: it {one.problem}.")
            continue
        whose = _whose(one, handed_in, people, lesson, groups)
        if isinstance(whose, str):
            strange.append(f"{one.name}: not taken in: {whose}")
            continue
        found.append((one, whose))
    for one, whose in found:
        taken = [student for student in whose if groups or _is_theirs(one, student, found)]
        if not taken:
            strange.append(
                f"{one.name} ({one.number}): not taken in: somebody else in the archive goes by a name "
                f"of {', '.join(person.id for person in whose)}, too. Give a roster with the numbers "
                "of your LMS (--roster)."
            )
        for student in taken:
            before = newest.get(student.id)
            earlier += before is not None
            if before is None or (one.when or datetime.max) >= (before.when or datetime.max):
                newest[student.id] = one
    new: list[str] = []
    again: list[str] = []
    older: list[str] = []
    same = 0
    places = {}
    for student, one in tqdm(sorted(newest.items()), unit=" students", leave=False, disable=None):
        when, note = _time(one, due)
        if note:
            strange.append(f"{student}: {note}")
        folder = course.folder("submitted", student, lesson)
        before_files, before_when = _there(folder)
        if before_files is not None:
            if before_files == _contents(one.files) and before_when == when:
                same += 1
                places[student] = Place(one.lms, one.place)
                continue
            before_came = came(folder)
            if before_came is not None and when is not None and before_came > when:
                older.append(student)
                continue
        _write(folder, one.files, when)
        gradebook.update_or_create_student(student)
        places[student] = Place(one.lms, one.place)
        (new if before_files is None else again).append(student)
    remember(gradebook.engine, lesson, places)
    for sentence in strange:
        say(sentence)
    if older:
        say(f"Kept what was handed in later elsewhere: {', '.join(older)}.")
    if again:
        say(f"Handed in again: {', '.join(again)}.")
    undated = [s for s, one in newest.items() if one.when is None]
    if undated and due is not None:
        say(f"Without a time, so that they count as in time: {len(undated)}.")
    say(
        f"{len(new)} new, {len(again)} again, {same} as before, {len(older)} older than what is here"
        + (f", {earlier} earlier attempts passed over" if earlier else "")
        + f", {len(handed_in) - len(newest) - earlier if not groups else 0} not taken in."
    )


def _whose(
    one: HandIn, all_: list[HandIn], people: list[Person], lesson: str, groups: bool
) -> list[Person] | str:
    """Say whose a hand-in is, or why nobody can tell."""
    number = f"Participant {one.number}" if one.lms == lms.MOODLE else one.number
    name = without(one.name, lesson) if one.lms == lms.PLAIN else one.name
    found = roster.matching(people, name, number)
    if not found and (members := [p for p in people if p.group and _same(p.group, name)]):
        return members
    if len(found) > 1:
        could = ", ".join(sorted(person.id for person in found))
        return f"it may be {could}. Give a roster with the numbers of your LMS (--roster)."
    if found:
        if groups and found[0].group:
            return [person for person in people if person.group == found[0].group]
        return found
    if any(person.last or person.email for person in people):
        return "nobody of this name is in the roster. Add them to it (--roster), and collect again."
    alike = {
        (other.number or without(other.name, lesson))
        for other in all_
        if other.lms == one.lms and _id(other, lesson) == _id(one, lesson)
    }
    if len(alike) > 1 and not one.number:
        return f"others are called {_id(one, lesson)}, too. Rename it, or give a roster (--roster)."
    unique = name if len(alike) == 1 else f"{name[:90]} {one.number}"
    return [Person(roster.safe(unique), lms="" if one.lms == lms.MOODLE else one.number)]


def _id(one: HandIn, lesson: str) -> str:
    """Return the id that is made of a name where there is no roster."""
    return roster.safe(without(one.name, lesson) if one.lms == lms.PLAIN else one.name)


def _is_theirs(one: HandIn, student: Person, found: list[tuple[HandIn, list[Person]]]) -> bool:
    """Say whether a hand-in is a student's, where several may be: people choose their names themselves.

    The LMS's number tells them apart, if the roster has it; else nobody can say whose is whose.
    """
    numbers = {
        other.number
        for other, whose in found
        if other.lms == one.lms and any(person.id == student.id for person in whose)
    }
    own = student.lms.removeprefix("Participant ")
    return len(numbers) < 2 or one.number == own


def _same(one: str, other: str) -> bool:
    return roster.plain(one).strip() == roster.plain(other).strip()


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
