"""Feedback pages that show the learner's message and not the hidden tests."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution
from traitlets import List


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
                    # The frames quote the hidden lines.
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources
