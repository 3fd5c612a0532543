"""`rnn-course class release --variants`: every student's own versions of a lesson's exercises."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbgrader.utils import compute_checksum

from rnn_utils.classroom.course import Course
from rnn_utils.grading.book.versions import varied_in, vary, versions_of
from rnn_utils.grading.intake.versions import asked, in_versions


def of_lesson(course: Course, lesson: str, variants: bool | None) -> tuple[str, ...]:
    """Return the exercises of a lesson that are given out in versions, and keep them in the gradebook.

    Args:
        course: the course.
        lesson: the lesson's name, released by nbgrader.
        variants: whether they are; as they were if None.

    Returns:
        Their names; none without versions.
    """
    with course.gradebook() as gradebook:
        varied = varied_in(gradebook.engine, lesson)
        if variants is None:
            return varied
        wanted = tuple(can_vary(course, lesson)) if variants else ()
        if wanted != varied:
            vary(gradebook.engine, lesson, wanted)
        return wanted


def can_vary(course: Course, lesson: str) -> list[str]:
    """Return the exercises of a lesson that have versions, looked up in what its author wrote."""
    paths = course.folder("source", ".", lesson).glob("*.ipynb")
    return sorted({name for p in paths for name in asked(nbformat.read(p, as_version=4))})


def handouts(
    course: Course, handout: Path, varied: tuple[str, ...], students: list[str], into: Path
) -> Iterator[tuple[str, Path]]:
    """Make every student's handout, in folders named for them, in a folder that is new each time.

    Args:
        course: the course.
        handout: what all of them would get without versions.
        varied: the exercises that vary.
        students: their ids.
        into: the folder.

    Yields:
        Each student with the handout.
    """
    shutil.rmtree(into, ignore_errors=True)
    for who in students:
        yield who, _personal(course, handout, varied, who, into)


def _personal(
    course: Course, handout: Path, varied: tuple[str, ...], student: str, into: Path
) -> Path:
    folder = into / student / handout.name
    shutil.copytree(handout, folder)
    versions = dict(versions_of(course.root, varied, student))
    for path in folder.glob("*.ipynb"):
        before = nbformat.read(path, as_version=4)
        notebook = in_versions(before, versions)
        for cell, was in zip(notebook.cells, before.cells, strict=True):
            rules = cell.metadata.get("nbgrader", {})
            if cell.source != was.source and "checksum" in rules:
                rules["checksum"] = compute_checksum(cell)
        nbformat.write(notebook, path)
    return folder
