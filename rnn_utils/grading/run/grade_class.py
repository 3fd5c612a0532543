"""Grading all that a class handed in for a lesson, and going on where a run was interrupted."""

import errno
import gc
import glob
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat.v4
from nbformat import NotebookNode
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.summary import Summary
from rnn_utils.grading.book.versions import versions_of
from rnn_utils.grading.intake.folder import File, Refused, attachments, notebooks, open_folder
from rnn_utils.grading.intake.student_id import unfit
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.protocol.safe_text import first_line, line
from rnn_utils.grading.run.settings import settings
from rnn_utils.grading.run.start import starting
from rnn_utils.grading.submission import Failed, Graded, Handed, Lesson, Submission

if TYPE_CHECKING:
    from rnn_utils.grading.book.gradebook import Writer

#: How many students' grades are looked up at a time.
_AT_A_TIME = 200


def grade_class(
    root: Path,
    name: str,
    student: str | None = None,
    scheduler: str | None = None,
    trust_students: bool = False,
    trust_the_network: bool = False,
    say: Callable[[str], None] = print,
    show: bool = True,
) -> tuple[Summary, list[Any]]:
    """Grade a lesson.

    Args:
        root: the course's folder, with `nbgrader_config.py`.
        name: the lesson, such as `"01_state_equation"`.
        student: grade this student only, even if nothing changed.
        scheduler: address of a Dask scheduler; without one, this machine's cores are used.
        trust_students: whether to grade where no jail can be built.
        trust_the_network: whether to go to a scheduler without TLS.
        say: called with each sentence for the instructor.
        show: whether to show a progress bar.

    Returns:
        What was done, and the record of every submission of the lesson.

    Raises:
        CourseError: something that the instructor can mend. What was graded is safe; the same
            command goes on from there.
    """
    source = _known_source(root, name)
    with starting(scheduler, source, trust_students, trust_the_network) as pool:
        # While the workers start: these imports take as long.
        from tqdm import tqdm

        from rnn_utils.grading.book.gradebook import Writer
        from rnn_utils.grading.book.lesson import load

        directory, config = settings(root)
        with closing(Writer(directory, config)) as writer:
            lesson = load(writer.gradebook, directory, name, Limits())
            students = find_students(directory, name, student)
            graders = pool.result()
            layers = graders.learn(lesson)
            gc.freeze()
            gc.enable()
            say(f"The jail's layers: {', '.join(layers) or 'none; you trust the students'}.")
            with tqdm(total=len(students), unit=" submissions", disable=not show) as bar:
                summary = grade_handed_in(
                    writer,
                    lesson,
                    students,
                    graders.grade_all,
                    anew=student is not None,
                    progress=bar.update,
                )
            return summary, list(writer.records(name))


def _known_source(root: Path, name: str) -> NotebookNode | None:
    """Return the lesson if it lies where this course keeps it; nbgrader's settings come later."""
    path = root / "solutions" / name / f"{name}.ipynb"
    try:
        return nbformat.v4.reads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def grade_handed_in(
    writer: "Writer",
    lesson: Lesson,
    students: list[str],
    grade_all: Callable[[Iterator[Submission]], Iterable[tuple[str, Graded | Failed]]],
    anew: bool = False,
    progress: Callable[[int], object] = lambda done: None,
) -> Summary:
    """Grade what some students handed in, and write each result before the next is looked at.

    Args:
        writer: holds the gradebook.
        lesson: the lesson.
        students: their ids.
        grade_all: executes submissions, in any order; reads only a few ahead.
        anew: whether to grade also what was graded before and is as it was.
        progress: called with how many more are done.

    Returns:
        What was done.

    Raises:
        CourseError: the gradebook or the disk refuses. What was graded is safe.
    """
    graded, unchanged = 0, 0
    failed: dict[str, str] = {}
    pending: dict[str, tuple[str, list[File]]] = {}

    def changed() -> Iterator[Submission]:
        nonlocal unchanged
        for start in range(0, len(students), _AT_A_TIME):
            some = students[start : start + _AT_A_TIME]
            known = writer.known(lesson.name, [who for who in some if not unfit(who)])
            for who in some:
                try:
                    if why := unfit(who):
                        raise Refused(f"the folder's name {why}; rename it")
                    submission, files = read_submission(writer.directory, lesson, who)
                    fingerprint = _fingerprint(lesson, submission, files)
                except Exception as error:  # nothing but this student's files was touched
                    failed[who] = _of_this_one(error)
                    progress(1)
                    continue
                if not anew and known.get(who) == fingerprint:
                    unchanged += 1
                    progress(1)
                else:
                    pending[who] = (fingerprint, files)
                    yield submission

    for who, result in grade_all(changed()):
        fingerprint, files = pending.pop(who)
        try:
            if isinstance(result, Failed):
                failed[who] = result.why
            else:
                writer.write(lesson, who, result, files, fingerprint)
                graded += 1
        except Exception as error:
            _stop_if_it_concerns_all(error, graded)
            failed[who] = _of_this_one(error)
        progress(1)
    try:
        penalties = writer.penalise(lesson.name)
    except (SQLAlchemyError, OSError) as error:
        _stop_if_it_concerns_all(error, graded)
        raise
    return Summary(graded, unchanged, failed, penalties, writer.overview(lesson.name))


def to_be_graded_again(writer: "Writer", lesson: Lesson, students: Iterable[str]) -> list[str]:
    """Return those who were graded on something else than stands now: another hand-in, or another lesson.

    Args:
        writer: holds the gradebook.
        lesson: the lesson.
        students: their ids.
    """
    graded = sorted({record.student for record in writer.records(lesson.name)} & set(students))
    found = []
    for start in range(0, len(graded), _AT_A_TIME):
        some = graded[start : start + _AT_A_TIME]
        known = writer.known(lesson.name, some)
        for who in some:
            submission, files = read_submission(writer.directory, lesson, who)
            if known.get(who) != _fingerprint(lesson, submission, files):
                found.append(who)
    return found


def find_students(directory: Any, lesson: str, student: str | None) -> list[str]:
    """List those who handed in a lesson.

    Args:
        directory: nbgrader's CourseDirectory.
        lesson: the lesson's name.
        student: only this one, if given.

    Returns:
        Their ids, in order.

    Raises:
        CourseError: nobody handed it in, or not this student.
    """
    found = handed_in(directory, lesson)
    step = directory.submitted_directory
    if student is not None:
        found &= {student}
    if not found:
        who = "Nobody" if student is None else repr(student)
        where = directory.format_path(step, student or "STUDENT", lesson)
        raise CourseError(f"{who} handed in {lesson}: there is no folder {where}.")
    return sorted(found)


def handed_in(directory: Any, lesson: str) -> set[str]:
    """Return the ids of those who handed in a lesson."""
    step = directory.submitted_directory
    pattern = directory.format_path(step, "(?P<student>[^.].*)", lesson, escape=True)
    return {
        match["student"]
        for path in glob.glob(directory.format_path(step, "*", glob.escape(lesson)))
        if (match := re.fullmatch(pattern, path, re.DOTALL))
    }


def read_submission(directory: Any, lesson: Lesson, student: str) -> tuple[Submission, list[File]]:
    """Read all that a student handed in for a lesson, trusting none of it.

    Args:
        directory: nbgrader's CourseDirectory.
        lesson: the lesson.
        student: the student's id.

    Returns:
        The submission, and the files that lay beside its notebooks.
    """
    versions = versions_of(Path(directory.root), lesson.varied, student)
    path = Path(directory.format_path(directory.submitted_directory, student, lesson.name))
    base = Path(directory.root) / directory.submitted_directory
    try:
        below = path.relative_to(base).parts
    except ValueError:  # another directory structure: the students' parts may be anywhere below
        below = path.relative_to(directory.root).parts
        base = Path(directory.root)
    try:
        folder = open_folder(base, *below)
    except Refused as refusal:
        handed = dict.fromkeys(lesson.sheets, Handed((), (), str(refusal)))
        return Submission(student, handed, (), versions), []
    try:
        files, left_out = attachments(folder)
        handed = {n: _hand_in(folder, n, len(lesson.sheets) == 1, left_out) for n in lesson.sheets}
        beside = tuple(file for file in files if file.name != "timestamp.txt")
        return Submission(student, handed, beside, versions), files
    finally:
        os.close(folder)


def _hand_in(folder: int, name: str, only: bool, notes: list[str]) -> Handed:
    try:
        files, unread = notebooks(folder, name, only)
        return Handed(tuple(files), (*notes, *unread))
    except Refused as refusal:
        return Handed((), tuple(notes), str(refusal))


def _fingerprint(lesson: Lesson, submission: Submission, files: list[File]) -> str:
    """Digest all that leads to a submission's grades; penalties are looked up anew in any case."""
    digest = hashlib.sha256(lesson.digest.encode())
    for name, handed in submission.notebooks.items():
        digest.update(repr((name, handed.notes, handed.refused)).encode())
        digest.update(_digest_of(handed.files))
    digest.update(_digest_of(submission.beside))
    digest.update(_digest_of(file for file in files if file.name == "timestamp.txt"))
    return digest.hexdigest()


def _digest_of(files: Iterable[File]) -> bytes:
    told = [(f.name, f.changed, hashlib.sha256(f.content).hexdigest()) for f in files]
    return hashlib.sha256(repr(told).encode()).digest()


#: What a student's own file names can make of a path in the folder of graded work.
_OF_ONE = {
    errno.ENAMETOOLONG,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.EINVAL,
    errno.EILSEQ,
}


def _stop_if_it_concerns_all(error: Exception, graded: int) -> None:
    """Raise what the instructor has to mend before anybody can be graded; all else is one student's."""
    of_the_gradebook = (OperationalError, InterfaceError, InternalError)
    if (
        isinstance(error, of_the_gradebook)
        or type(error) is SQLAlchemyError  # as the writer passes on what nbgrader says
        or (isinstance(error, OSError) and error.errno not in _OF_ONE)
    ):
        raise CourseError(
            _in_words(error),
            f"{graded} submissions were graded, and their grades are safe. When this is mended, run "
            "the same command again: it goes on from here.",
        ) from None


def _of_this_one(error: Exception) -> str:
    return line(str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}")


def _in_words(error: Exception) -> str:
    text = first_line(error)
    if "database is locked" in text:
        return (
            "Another program has kept the gradebook locked for a minute. Close what has it open "
            "(an SQLite browser, another grading run)."
        )
    if "disk is full" in text or getattr(error, "errno", None) == 28:
        return "The disk is full. Make room."
    return f"The gradebook or the disk refuses: {text}"
