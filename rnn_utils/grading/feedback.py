"""Feedback pages that show the learner's message and not the hidden tests."""

import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution
from traitlets import List

#: Errors whose text is the check's or the grader's own.
_SAID_BY_THE_GRADER = {"CheckFailed", "CellTimeoutError", "SubmissionTimeout", "NotRun"}


class HideHiddenTests(ClearHiddenTests):
    """Remove the hidden tests from a graded notebook's sources and tracebacks.

    Only test cells are looked at: nbgrader has restored their text from the gradebook, whereas a
    learner may have written anything, unbalanced delimiters included, into the other cells.
    """

    # HTML pages set this for each of their preprocessors, and complain where it is unknown.
    display_data_priority: List[str] = List().tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clear one cell.

        Args:
            cell: the cell, changed in place.
            resources: nbconvert's, passed on.
            cell_index: its place in the notebook.

        Returns:
            The cell and the resources.
        """
        if is_grade(cell) and not is_solution(cell) and self._remove_hidden_test_region(cell):
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    output.evalue = _without_values(output, cell.source)
                    # The frames quote the hidden lines.
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


def _without_values(error: NotebookNode, visible: str) -> str:
    """Return an error's text if it cannot hold a value of a hidden test, else a sentence in its place.

    What the check says holds none, nor what the grader says, nor a text or a name that stands in the
    visible part of the cell. Of other texts nobody can know: a comparison of arrays shows both of them,
    and a student's function may raise its own arguments.
    """
    text = str(error.evalue)
    name = re.fullmatch(r"name '(\w+)' is not defined", text)
    known = text in visible or (name is not None and re.search(rf"\b{name[1]}\b", visible))
    if error.ename in _SAID_BY_THE_GRADER or known:
        return text
    return "raised in a test that is not shown."
