"""`rnn-course class init`: a folder for a class, with some of the lessons, apart from the course's own."""

import re
import shutil
from pathlib import Path

from rnn_utils.classroom.course import Say
from rnn_utils.course_folder import CourseError

_IGNORED = """\
# Names, hand-ins and marks: not for a repository.
gradebook.db
submitted/
autograded/
feedback/
class_reports/
for_lms/
downloaded/
archives/
roster.csv
grades.csv
.class_secret
"""


def init(origin: Path, folder: Path, lessons: str, say: Say = print) -> None:
    """Make a folder for a class, or bring its lessons up to date with the course.

    A lesson that was changed there, translated say, stays as it is.

    Args:
        origin: the course, with all lessons.
        folder: what to make.
        lessons: which, such as `"01-05,11"`.
        say: called with each sentence for the instructor.

    Raises:
        CourseError: there is no such lesson.
    """
    there = sorted(p.name for p in (origin / "solutions").glob("[0-9][0-9]_*"))
    wanted = [name for name in there if int(name[:2]) in numbers(lessons)]
    if missing := numbers(lessons) - {int(name[:2]) for name in there}:
        raise CourseError(f"There is no lesson {', '.join(f'{n:02d}' for n in sorted(missing))}.")
    (folder / "solutions").mkdir(parents=True, exist_ok=True)
    if not (folder / "nbgrader_config.py").exists():
        shutil.copy(origin / "nbgrader_config.py", folder)
        (folder / ".gitignore").write_text(_IGNORED, "utf-8")
    from rnn_utils.classroom.editions import take_newer

    for name in wanted:
        say(f"{name}: {take_newer(origin, folder, name)}")
    say(f"Next, in {folder}: rnn-course class release {wanted[0]} --due DATE")


def numbers(text: str) -> set[int]:
    """Read a choice of lessons.

    Example:
        >>> sorted(numbers("01-03,11"))
        [1, 2, 3, 11]

    Raises:
        CourseError: it is none.
    """
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        match = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", part)
        if not match:
            raise CourseError(f"--lessons is like 01-05,11; {part!r} is not.")
        found |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    return found
