"""A feedback page shows the learner's message and not the hidden tests."""

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from rnn_utils.course.consistency import TEST_CELL
from rnn_utils.grading.feedback import HideHiddenTests

ERROR = new_output(
    "error", ename="CheckFailed", evalue="dW_hh is too small", traceback=["grade(...)", "frames"]
)


def shown(source: str, **mark: bool) -> NotebookNode:
    metadata = {"nbgrader": {"grade_id": "x", **mark}} if mark else {}
    cell = new_code_cell(source, metadata=metadata, outputs=[ERROR.copy()])
    notebook, _ = HideHiddenTests().preprocess(new_notebook(cells=[cell]), {})
    return notebook.cells[0]


def test_hidden_lines_and_the_frames_that_quote_them_are_removed() -> None:
    cell = shown(TEST_CELL.format(name="rnn_step"), grade=True, solution=False, locked=True)
    assert cell.source == 'check("rnn_step", rnn_step)'
    assert cell.outputs[0].traceback == ["CheckFailed: dW_hh is too small"]


def test_an_error_without_hidden_lines_keeps_its_frames() -> None:
    cell = shown('check("rnn_step", rnn_step)', grade=True, solution=False)
    assert cell.outputs[0].traceback == ERROR.traceback


@pytest.mark.parametrize("mark", [{}, {"grade": False, "solution": True}])
def test_delimiters_that_a_learner_wrote_stop_nothing(mark: dict[str, bool]) -> None:
    cell = shown("### BEGIN HIDDEN TESTS", **mark)
    assert cell.source == "### BEGIN HIDDEN TESTS"
    assert cell.outputs[0].traceback == ERROR.traceback
