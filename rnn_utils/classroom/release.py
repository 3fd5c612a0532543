"""`rnn-course class release`: make a lesson's handout, set its due date, hand it out."""

import difflib
import filecmp
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config

from rnn_utils.checks import exercises
from rnn_utils.classroom import own_version, versions
from rnn_utils.classroom.course import (
    FOR_LMS,
    Course,
    Say,
    as_utc,
    exchanged,
    in_words,
    listening,
    released,
    time_zone,
)
from rnn_utils.classroom.people import people_of
from rnn_utils.classroom.roster import Person
from rnn_utils.course.build import read_lesson
from rnn_utils.course_folder import CourseError

_HEADER_ID = "due-date"


def release(
    course: Course,
    lesson: str,
    due: str | None = None,
    as_zip: bool = False,
    say: Say = print,
    variants: bool | None = None,
    people: Path | None = None,
) -> None:
    """Hand a lesson out, or hand it out anew after a change.

    Args:
        course: the course.
        lesson: its name, such as `"03_tanh"`.
        due: the date until which it is handed in, to be set or moved; `"none"` takes it away.
        as_zip: whether to make a zip that can be put into an LMS or sent by mail.
        say: called with each sentence for the instructor.
        variants: whether each student gets versions of the exercises that have some; as before if None.
        people: a CSV of the students, to be kept as the class's.

    Raises:
        CourseError: something that the instructor can mend; nothing was changed then.
    """
    source = course.folder("source", ".", lesson)
    if not [*source.glob("*.ipynb"), *source.glob("*.md")]:
        raise CourseError(_no_such(course, lesson))
    moment = None if due is None or due == "none" else as_utc(due, course.zone)
    students = _students(course, lesson, variants, people, say)
    if sentence := _text_and_notebook_agree(course.root, lesson):
        say(sentence)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        # Once without the gradebook: what cannot be made must not change it.
        _generate(course, lesson, Path(temporary) / "tried", database=False)
        sentences = _generate(course, lesson, Path(temporary) / "made", database=True)
        made = Path(temporary) / "made" / lesson
        released = course.folder("release", ".", lesson)
        changed = not _same(made, released)
        if changed:
            _replace(released, made)
        with course.gradebook() as gradebook:
            assignment = gradebook.find_assignment(lesson)
            if due is not None:
                assignment.duedate = moment
                gradebook.db.commit()
            until = assignment.duedate
            graded = bool(sentences) and bool(assignment.submissions)
        for sentence in sentences:
            say(sentence)
        say(f"{released} is {'made' if changed else 'as it was'}.")
        say(f"Due: {in_words(until, course.zone)}." if until else "It has no due date.")
        varied = versions.of_lesson(course, lesson, variants)
        with _handout(course, lesson, until) as handout:
            if varied:
                _hand_out_versions(course, lesson, handout, varied, students, as_zip, say)
            else:
                shutil.rmtree(course.root / FOR_LMS / f"{lesson}_versions", ignore_errors=True)
                if (exchange := course.exchange()) is not None:
                    own_version.withdraw(exchange / course.directory.course_id, lesson)
                if as_zip:
                    say(f"To hand out: {_zip(handout, course.for_lms(f'{lesson}.zip'))}")
                _to_exchange(course, lesson, handout, say)
    if graded:
        say(f"What was handed in before is graded anew by: rnn-course class grade {lesson}")
    else:
        say(f"When students have handed in: rnn-course class collect {lesson}")


def extend(course: Course, lesson: str, student: str, days: float, hours: float, say: Say) -> None:
    """Give one student more time for a lesson; the last word counts, and 0 takes it back.

    Args:
        course: the course.
        lesson: the lesson's name.
        student: the student's id.
        days: days after the due date of the class.
        hours: hours, added to the days.
        say: called with each sentence for the instructor.

    Raises:
        CourseError: the lesson was not released, or has no due date.
    """
    if days < 0 or hours < 0:
        raise CourseError("An extension is days and hours after the due date, and not before it.")
    with course.gradebook() as gradebook:
        assignment = released(gradebook, lesson)
        _see_that_there_is(student, people_of(course, gradebook, None, say), say)
        if assignment.duedate is None:
            raise CourseError(
                f"{lesson} has no due date: rnn-course class release {lesson} --due DATE"
            )
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(lesson, student)
        more = extended(assignment.duedate, days, hours, course.zone)
        gradebook.grant_extension(lesson, student, minutes=more.total_seconds() / 60)
        until = gradebook.find_submission(lesson, student).duedate
    say(f"{student} has time until {in_words(until, course.zone)}.")
    say(f"If it was graded already: rnn-course class grade {lesson}")


def _see_that_there_is(student: str, people: list[Person], say: Say) -> None:
    """See that an id is no slip of the pen, where the class is known."""
    known = [person.id for person in people]
    if student in known:
        return
    like = difflib.get_close_matches(student.casefold(), known, 3, 0.6)
    if any(person.last or person.email for person in people):
        meant = f" Is it {' or '.join(like)}?" if like else ""
        raise CourseError(f"Nobody in the class has the id {student!r}.{meant}")
    say(f"{student} is new in the gradebook{f', where {like[0]} is known' if like else ''}.")


def extended(due: datetime, days: float, hours: float, zone: str) -> timedelta:
    """Return how much more time some days and hours are, by the clock on the wall for whole days.

    Example:
        >>> extended(datetime(2026, 10, 24, 21, 59), 1, 0, "Europe/Berlin")  # a night of 25 hours
        datetime.timedelta(days=1, seconds=3600)
    """
    local = due.replace(tzinfo=UTC).astimezone(time_zone(zone))
    until = (local + timedelta(days=days)).astimezone(UTC) + timedelta(hours=hours)
    return until.replace(tzinfo=None) - due


def _hand_out_versions(
    course: Course,
    lesson: str,
    handout: Path,
    varied: tuple[str, ...],
    students: list[str],
    as_zip: bool,
    say: Say,
) -> None:
    """Make every student's own handout: a folder, or a zip."""
    place = course.for_lms(f"{lesson}_versions")
    made = list(versions.handouts(course, handout, varied, students, place))
    say(
        f"{', '.join(varied)}: every student has a version, which the grader knows by the student's id."
    )
    _own_to_exchange(course, lesson, handout, made, say)
    if as_zip:
        for student, folder in made:
            _zip(folder, place / f"{student}.zip")
            shutil.rmtree(folder.parent)
    kind = "zips" if as_zip else "folders"
    say(f"To hand out, to each student their own: {len(students)} {kind} in {place}.")


def _own_to_exchange(
    course: Course, lesson: str, handout: Path, made: list[tuple[str, Path]], say: Say
) -> None:
    """Hand each student's own out by nbgrader's exchange, if this machine has one."""
    factory = ExchangeFactory(config=course.config)
    if not factory.release_assignment.__module__.startswith("nbgrader."):
        say("Nothing was put into the exchange, where everybody would fetch the same.")
        return
    root = course.exchange()
    if root is None:
        return
    try:
        strangers = own_version.publish(root / course.directory.course_id, lesson, made)
    except (OSError, AttributeError) as error:
        say(
            "Nothing was put into the exchange, since its folder cannot be set up so that one student "
            f"alone reads a file: {getattr(error, 'strerror', None) or error}."
        )
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        _to_exchange(course, lesson, own_version.notice(handout, Path(temporary)), say)
    if strangers:
        say(f"No accounts of this machine, so that theirs are not there: {', '.join(strangers)}.")


def _students(
    course: Course, lesson: str, variants: bool | None, people: Path | None, say: Say
) -> list[str]:
    """Return the class's ids, and see that there is somebody, and something, to make versions for."""
    if variants and not versions.can_vary(course, lesson):
        there = ", ".join(f"{e.name} ({e.lesson})" for e in exercises().values() if e.versions)
        raise CourseError(f"No exercise of {lesson} has versions; these have: {there}.")
    with course.gradebook() as gradebook:
        students = [person.id for person in people_of(course, gradebook, people, say)]
    if variants and not students:
        raise CourseError(
            "Versions are made for students, and none is known yet: give the list of your class, as your "
            "LMS exports it, with --roster FILE."
        )
    return students


def _no_such(course: Course, lesson: str) -> str:
    folder = course.root / str(course.directory.source_directory)
    there = sorted(p.name for p in folder.glob("*") if list(p.glob("*.ipynb")))
    return f"There is no lesson {lesson!r} in {folder}; there are: {', '.join(there) or 'none'}."


def _text_and_notebook_agree(root: Path, lesson: str) -> str:
    """Bring a lesson's text and the notebook beside it in line; the one that was edited last counts."""
    folder = root / "solutions" / lesson
    text, notebook = folder / f"{lesson}.md", folder / f"{lesson}.ipynb"
    if not text.is_file():
        return ""
    from_text = read_lesson(root, lesson)
    if notebook.is_file():
        from_notebook = nbformat.read(notebook, as_version=4)
        if _cells(from_text) == _cells(from_notebook):
            return ""
    newer, older = text, notebook
    if notebook.is_file() and notebook.stat().st_mtime > text.stat().st_mtime:
        newer, older = notebook, text
    kept = older.with_name(f".{older.name}.before")
    if older.is_file():
        shutil.copy(older, kept)
    if newer is text:
        notebook.write_text(nbformat.writes(from_text) + "\n", "utf-8")
    else:
        import jupytext

        from_notebook.metadata["jupytext"] = dict(jupytext.read(text).metadata.get("jupytext", {}))
        jupytext.write(from_notebook, text, fmt="md:myst")
    return f"{newer.name} was edited last, so that {older.name} follows it; before: {kept}."


def _cells(notebook: NotebookNode) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (cell.cell_type, cell.source, dict(cell.metadata.get("nbgrader", {})))
        for cell in notebook.cells
    ]


def _generate(course: Course, lesson: str, into: Path, database: bool) -> list[str]:
    """Let nbgrader make the handout in a folder of its own, and return what changes for whom."""
    config = Config(course.config)
    config.SaveCells.enabled = database
    config.CourseDirectory.release_directory = str(into)
    directory = type(course.directory)(config=config)
    directory.root, directory.db_url = course.directory.root, course.directory.db_url
    directory.assignment_id = lesson
    converter = GenerateAssignment(coursedir=directory, config=config)
    converter.no_database = not database
    with listening(converter.log) as heard:
        try:
            converter.start()
        except Exception as error:
            raise CourseError(
                f"nbgrader cannot make the handout of {lesson}; nothing was changed.",
                *(_last_line(text) for text in heard.errors or [str(error)]),
            ) from None
    made = into / lesson
    if not made.is_dir():  # as nbgrader lays it out, with a folder for `.`
        shutil.move(into / "." / lesson, made)
    return heard.sentences


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    }


def _same(one: Path, other: Path) -> bool:
    left, right = _files(one), _files(other)
    return left.keys() == right.keys() and all(
        filecmp.cmp(left[name], right[name], shallow=False) for name in left
    )


def _replace(old: Path, new: Path) -> None:
    """Put a folder in another's place; there is no moment without one of them but a rename's."""
    beside = old.with_name(f".{old.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(new, beside)
    if old.exists():
        away = old.with_name(f".{old.name}.old")
        shutil.rmtree(away, ignore_errors=True)
        old.rename(away)
        beside.rename(old)
        shutil.rmtree(away)
    else:
        beside.rename(old)


@contextmanager
def _handout(course: Course, lesson: str, due: datetime | None) -> Iterator[Path]:
    """Make what students get: the released lesson, with the due date and its rule on top."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        handout = Path(temporary) / lesson
        shutil.copytree(
            course.folder("release", ".", lesson), handout, ignore=shutil.ignore_patterns(".*")
        )
        if due is not None:
            for path in handout.glob("*.ipynb"):
                notebook = nbformat.read(path, as_version=4)
                text = f"**Hand in until {in_words(due, course.zone)}.**{_rule(course.config)}"
                cell = nbformat.v4.new_markdown_cell(text, id=_HEADER_ID)
                cell.metadata["editable"] = False
                notebook.cells.insert(0, cell)
                nbformat.write(notebook, path)
        yield handout


def _rule(config: Any) -> str:
    rule = " ".join(str(config.LatePenalty.get("rule", "none")).split())
    if rule == "none":
        return ""
    rule, _, grace = rule.partition(" after ")
    costs = "everything" if rule == "zero" else rule
    return f" Handing in late costs {costs}" + (f", {grace} after that." if grace else ".")


def _zip(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in _files(folder).items():
            # The same bytes each time: no clock in it.
            entry = zipfile.ZipInfo(f"{folder.name}/{name}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return path


def _to_exchange(course: Course, lesson: str, handout: Path, say: Say) -> None:
    """Hand out by nbgrader's exchange, if this machine has one."""
    factory = ExchangeFactory(config=course.config)
    if factory.release_assignment.__module__.startswith("nbgrader."):
        root = course.exchange()
        if root is None:
            say(
                "There is no exchange folder on this machine, so that nothing was put there; hand "
                "out the zip that --zip makes, or see docs/jupyterhub.md."
            )
            return
        if _same(handout, root / course.directory.course_id / "outbound" / lesson):
            say("The exchange has it already.")
            return
    directory = type(course.directory)(config=course.config)
    directory.root = course.directory.root
    directory.release_directory = str(handout.parent)
    directory.assignment_id = lesson
    app = factory.ReleaseAssignment(coursedir=directory, config=course.config)
    app.force = True
    exchanged(app)
    say("Students can fetch it: nbgrader fetch_assignment, or the Assignments tab.")
