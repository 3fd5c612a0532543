"""A lesson as the grader needs it: what was handed out, its hidden tests, and what it was made from."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat.v4
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry, Notebook
from nbgrader.coursedir import CourseDirectory

import rnn_utils
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.seeds import without_seed
from rnn_utils.grading.book.versions import varied_in
from rnn_utils.grading.intake.folder import LARGEST
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.submission import Lesson, Sheet


def load(gradebook: Gradebook, directory: CourseDirectory, name: str, limits: Limits) -> Lesson:
    """Collect what is needed to grade a lesson anywhere, without the course's folder.

    Args:
        gradebook: nbgrader's, which holds the hidden tests since the lesson was released.
        directory: nbgrader's settings of the course.
        name: the lesson, such as `"01_state_equation"`.
        limits: what one submission may use.

    Returns:
        The lesson.

    Raises:
        CourseError: the lesson is not in the gradebook, or was not released.
    """
    make = f"Run `rnn-course class release {name}` first."
    try:
        assignment = gradebook.find_assignment(name)
    except MissingEntry:
        known = ", ".join(a.name for a in gradebook.assignments) or "none"
        raise CourseError(
            f"The gradebook has no lesson {name!r}; it has: {known}. {make}"
        ) from None
    sheets = {one.name: _sheet(one, directory, name, make) for one in assignment.notebooks}
    if not sheets:
        raise CourseError(f"The lesson {name!r} has no notebook in the gradebook. {make}")
    files = files_beside(Path(directory.format_path(directory.release_directory, ".", name)))
    contents = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    varied = varied_in(gradebook.engine, name)
    digest = hashlib.sha256(
        json.dumps(
            [sheets, contents, limits, varied, rnn_utils.__version__, _graders_code()]
        ).encode()
    )
    return Lesson(name, sheets, files, limits, digest.hexdigest(), varied)


def _sheet(notebook: Notebook, directory: CourseDirectory, name: str, make: str) -> Sheet:
    """Return one notebook of a lesson, which is to be as it was released; `make` says how it becomes so."""
    file = f"{notebook.name}.ipynb"
    out, own = (
        Path(directory.format_path(step, ".", name)) / file
        for step in (directory.release_directory, directory.source_directory)
    )
    cells = {cell.name: cell for cell in notebook.source_cells}
    points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
    solutions = {cell.name for cell in notebook.solution_cells}
    released = _read(out, make)
    marked = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in released.cells
        if "grade_id" in cell.metadata.get("nbgrader", {})
    }
    if marked.keys() != cells.keys():
        raise CourseError(f"{out} and the gradebook do not have the same exercises. {make}")
    source = _read(own, make)
    if differing := _differing(source, cells, points):
        raise CourseError(
            f"{own} was changed since it was released: {', '.join(differing)}. "
            f"`rnn-course class release {name}` says what changes for whom, and then grade again."
        )
    for key, cell in marked.items():
        cell.metadata.nbgrader["checksum"] = cells[key].checksum
        if key in points:
            cell.metadata.nbgrader["points"] = points[key]
    locked = {key: cell.source for key, cell in cells.items() if key not in solutions}
    return Sheet(nbformat.v4.writes(released), nbformat.v4.writes(source), locked)


def _differing(source: NotebookNode, cells: dict[str, Any], points: dict[str, float]) -> list[str]:
    """Say what a lesson asks for, or how it tests it, that is not in the gradebook."""
    theirs = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in source.cells
        if "grade_id" in cell.metadata.get("nbgrader", {})
    }
    said = [f"`{name}` is new" for name in theirs if name not in cells]
    said += [f"`{name}` is gone" for name in cells if name not in theirs]
    for name, cell in theirs.items():
        rules = cell.metadata.nbgrader
        if name in points and float(rules.get("points", 0)) != points[name]:
            said.append(
                f"`{name}` gives {rules.get('points', 0):g} points, before {points[name]:g}"
            )
        # nbgrader makes the text of such tests itself.
        made = re.search(r"(?i)### *(HASHED )?AUTOTEST", cell.source)
        test = rules.get("grade") and not rules.get("solution")
        if name in cells and test and not made and cell.source != without_seed(cells[name].source):
            said.append(f"the test `{name}` is another one")
    return said


def files_beside(folder: Path) -> dict[str, bytes]:
    """Read what was handed out beside a lesson's notebooks, such as data or a module.

    Args:
        folder: the lesson as it was released.

    Returns:
        Their contents by their paths in the folder.

    Raises:
        CourseError: they are larger than what every submission can be given.
    """
    paths = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith((".", "__pycache__")) for part in name.parts)
        if path.is_file() and path.suffix != ".ipynb" and not hidden:
            paths[name.as_posix()] = path
    size = sum(path.stat().st_size for path in paths.values())
    if size > LARGEST:
        raise CourseError(
            f"The files beside the notebooks in {folder} have {size / 1e6:.0f} MB. Every submission is "
            f"given a copy, so they may have {LARGEST / 1e6:.0f} MB together. Make them smaller."
        )
    return {name: path.read_bytes() for name, path in paths.items()}


def _read(path: Path, make: str) -> NotebookNode:
    try:
        return nbformat.v4.reads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{path} is missing. {make}") from None
    except ValueError as error:
        raise CourseError(f"{path} is not a notebook ({error}). {make}") from None


@cache
def _graders_code() -> str:
    """Return a digest of the code that decides on points: with other code, all is graded again."""
    folder = Path(rnn_utils.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        if path.relative_to(folder).parts[0] not in ("widgets", "course"):
            digest.update(path.read_bytes())
    return digest.hexdigest()
