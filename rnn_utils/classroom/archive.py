"""`rnn-course class archive` and `new-year`: a term's work kept in one zip, and an empty course."""

import os
import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from rnn_utils.classroom.course import FOR_LMS, Course, Say
from rnn_utils.classroom.own_version import VERSIONS
from rnn_utils.classroom.roster import ROSTER
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.intake.folder import shown

ARCHIVES = "archives"


def archive(course: Course, say: Say = print) -> Path:
    """Keep the gradebook, all hand-ins, graded notebooks, feedback, reports and the exchange.

    Args:
        course: the course.
        say: called with each sentence for the instructor.

    Returns:
        The zip, read back and compared.

    Raises:
        CourseError: there is no room, or the gradebook is not a file.
    """
    if not course.directory.db_url.startswith("sqlite:///"):
        raise CourseError(
            f"The gradebook is at {course.directory.db_url}. Keep it with your database's own program "
            "(pg_dump), and set another database in nbgrader_config.py for the next class."
        )
    folder = course.root / ARCHIVES
    folder.mkdir(exist_ok=True)
    path = folder / f"{datetime.now():%Y-%m-%d_%H%M%S}.zip"
    part = path.with_suffix(".part")
    count = 0
    closed: list[str] = []
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as kept:
            for name, file in _all(course):
                try:
                    kept.write(file, name)
                    count += 1
                except PermissionError:
                    closed.append(name)
        with zipfile.ZipFile(part) as kept:
            broken = kept.testzip()
        if broken or count == 0:
            raise CourseError(f"Nothing was kept: {broken or 'there is nothing of a class yet'}.")
        part.replace(path)
    except OSError as error:
        raise CourseError(f"The archive could not be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)
    if closed:
        say(f"Not in it, since their owners keep them closed: {', '.join(map(shown, closed[:5]))}.")
    say(f"{count} files are kept in {path}. It holds names and marks: keep it as you keep exams.")
    return path


def new_year(course: Course, say: Say = print) -> None:
    """Archive everything of this class, then take it away; lessons, settings and the code stay.

    Args:
        course: the course.
        say: called with each sentence for the instructor.

    Raises:
        CourseError: it could not be archived; nothing was taken away then.
    """
    archive(course, say)
    left = []
    for path in [*_of_exchange(course), *_ours(course)]:
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except PermissionError:  # what a student has put into the exchange is the student's
            left.append(_set_aside(path))
    say("The course is empty: no student, no hand-in, no mark, and nothing to collect.")
    if left:
        say(
            f"{len(left)} folders of the exchange belong to students, and only they or the machine's "
            f"administrator can delete them; they are set aside: {left[0].parent}/{_ASIDE}…"
        )
    say("Begin with: rnn-course class release 01_state_equation --due DATE")


#: How the name of a hand-in begins that is no longer collected.
_ASIDE = ".before-"


def _set_aside(path: Path) -> Path:
    """Give a hand-in a name by which it is none; its content stays as it is."""
    new = path.with_name(f"{_ASIDE}{datetime.now():%Y-%m-%d_%H%M%S_%f}")
    path.rename(new)
    return new


def _ours(course: Course) -> list[Path]:
    steps = ("submitted", "autograded", "feedback")
    named = [str(getattr(course.directory, f"{step}_directory")) for step in steps]
    named += ["class_reports", FOR_LMS, "downloaded", ROSTER, "grades.csv", ".class_secret"]
    database = Path(course.directory.db_url.removeprefix("sqlite:///"))
    return [p for p in [*(course.root / n for n in named), database] if os.path.lexists(p)]


def _of_exchange(course: Course) -> list[Path]:
    root = course.exchange()
    if root is None:
        return []
    steps = ("inbound", "outbound", "feedback", VERSIONS)
    folders = [root / course.directory.course_id / step for step in steps]
    return [
        path
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if not path.name.startswith(_ASIDE)
    ]


def _all(course: Course) -> Iterator[tuple[str, Path]]:
    """Name every file to be kept; links are not followed."""
    for path in _ours(course):
        for file in _files(path):
            try:
                yield file.relative_to(course.root).as_posix(), file
            except ValueError:
                yield file.name, file
    exchange = course.exchange()
    for path in _of_exchange(course):
        for file in _files(path):
            assert exchange is not None
            yield f"exchange/{file.relative_to(exchange).as_posix()}", file


def _files(path: Path) -> list[Path]:
    if path.is_symlink():
        return []
    if path.is_file():
        return [path]
    return [f for f in sorted(path.rglob("*")) if f.is_file() and not f.is_symlink()]
