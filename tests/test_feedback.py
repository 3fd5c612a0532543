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


TEST = (
    "assert f(1) == 1, 'wrong at 1'\n### BEGIN HIDDEN TESTS\nassert f(3) == 9\n### END HIDDEN TESTS"
)


@pytest.mark.parametrize(
    ("ename", "evalue", "kept"),
    [
        ("AssertionError", "wrong at 1", True),
        ("AssertionError", "9 is not 27", False),
        ("AssertionError", "", True),
        ("KeyError", "3", False),
        ("NameError", "name 'f' is not defined", True),
        ("NameError", "name 'three' is not defined", False),
        ("CellTimeoutError", "It ran longer than 60 s.", True),
    ],
)
def test_an_errors_text_is_shown_only_if_it_cannot_hold_a_hidden_value(
    ename: str, evalue: str, kept: bool
) -> None:
    rules = {"nbgrader": {"grade_id": "x", "grade": True, "solution": False}}
    error = new_output("error", ename=ename, evalue=evalue, traceback=["frames"])
    cell = new_code_cell(TEST, metadata=rules, outputs=[error])
    notebook, _ = HideHiddenTests().preprocess(new_notebook(cells=[cell]), {})
    shown = notebook.cells[0].outputs[0]
    assert (shown.evalue == evalue) is kept
    assert shown.traceback == [f"{ename}: {shown.evalue}"]
    if not kept:
        assert evalue not in shown.evalue
