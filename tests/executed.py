"""The lessons, each run once for all tests that look at what came out."""

import sys
from pathlib import Path

from filelock import FileLock
from nbformat import NotebookNode

from rnn_utils.course.build import read_lesson
from rnn_utils.course.execute import execute
from rnn_utils.course.site.cells import runnable

ROOT = Path(__file__).parents[1]
#: Where `rnn-course site` keeps them too, until anything that they depend on changes.
KEPT = ROOT / "build" / "executed"


def solved(lesson: str) -> NotebookNode:
    """Return a solved lesson as the site shows it, run from top to bottom.

    Its hidden tests are left out, which test_graded_apart runs in the jail that a class is graded in; where
    there is no jail, they stay.
    """
    source = read_lesson(ROOT, lesson)
    notebook = runnable(source) if sys.platform == "linux" else source
    KEPT.mkdir(parents=True, exist_ok=True)
    with FileLock(KEPT / f"{lesson}.lock"):
        execute({lesson: notebook}, KEPT)
    return notebook


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell is one of nbgrader's tests."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade")) and cell.cell_type == "code"


def assert_unsolved_ran(notebook: NotebookNode, lesson: str) -> None:
    """Hold a learner's notebook, run before anything is solved, to its end and to what its checks say."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    assert all(cell.execution_count for cell in code), f"{lesson} does not run to its end"
    for cell in code:
        assert not [out for out in cell.outputs if out.output_type == "error"], cell.source
    for cell in filter(is_test, code):
        said = "".join(str(out.get("data", out.get("text"))) for out in cell.outputs)
        assert "not done yet" in said.lower(), f"{lesson}, cell `{cell.metadata.nbgrader.grade_id}`"
