"""A feedback page shows the learner's message and not the hidden tests."""

import sys

import grading_course
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from test_grade import grade_here

from rnn_utils.course.consistency import TEST_CELL
from rnn_utils.grading.book.feedback import POLICY, HideHiddenTests
from rnn_utils.grading.sandbox.two_processes import Executor, available_layers

ERROR = new_output(
    "error",
    ename="CheckFailed",
    evalue="dW_hh is too small",
    traceback=["dW_hh is too small"],
)
RULES = {"grade_id": "x", "grade": True, "solution": False}


def cleared(*cells: NotebookNode) -> list[NotebookNode]:
    notebook, _ = HideHiddenTests().preprocess(new_notebook(cells=list(cells)), {})
    return notebook.cells


def shown(source: str, *outputs: NotebookNode, **mark: bool) -> NotebookNode:
    metadata = {"nbgrader": {"grade_id": "x", **mark}} if mark else {}
    (cell,) = cleared(
        new_code_cell(source, metadata=metadata, outputs=[*(outputs or [ERROR.copy()])])
    )
    return cell


def test_hidden_lines_and_the_frames_that_quote_them_are_removed() -> None:
    cell = shown(TEST_CELL.format(name="rnn_step"), grade=True, solution=False, locked=True)
    assert cell.source == 'check("rnn_step", rnn_step)'
    assert cell.outputs[0].traceback == ["dW_hh is too small"]


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


def error(ename: str, evalue: str, *frames: str) -> NotebookNode:
    lines = [*frames, f"{ename}: {evalue}"]
    return new_output("error", ename=ename, evalue=evalue, traceback=lines)


@pytest.mark.parametrize(
    ("raised", "kept"),
    [
        (error("AssertionError", "1 is not 2", '  File "<test 1>", line 1, in <module>'), True),
        (error("AssertionError", "9 is not 27", '  File "<test 1>", line 3, in <module>'), False),
        (error("KeyError", "1", '  File "<test 1>", line 3, in <module>'), False),
        (error("AssertionError", "1 is not 2", "\x1b[0mCell \x1b[32mIn[4], line 1\x1b[0m"), True),
        (error("AssertionError", "9 is not 27", "Cell \x1b[32mIn[4], line 3\x1b[0m"), False),
        (error("CellTimeoutError", "It ran longer than 60 s."), True),
        (error("CellTimeoutError", "9", '  File "<test 1>", line 3, in <module>'), False),
        (error("CheckFailed", "9", '  File "<test 1>", line 3, in <module>'), False),
        (error("KeyError", "9"), False),
    ],
)
def test_an_error_is_told_only_if_it_came_from_a_visible_line(
    raised: NotebookNode, kept: bool
) -> None:
    said = raised.evalue
    cell = new_code_cell(TEST, metadata={"nbgrader": RULES}, outputs=[raised], execution_count=4)
    output = cleared(cell)[0].outputs[0]
    assert (output.evalue == said) is kept
    assert (said in "\n".join(output.traceback)) is kept


def test_lines_around_an_error_that_ipython_quotes_are_left_out() -> None:
    frame = "Cell In[4], line 1\n----> 1 assert f(1) == 1\n      3 assert f(3) == 9"
    raised = error("AssertionError", "wrong at 1", frame)
    cell = new_code_cell(TEST, metadata={"nbgrader": RULES}, outputs=[raised], execution_count=4)
    assert cleared(cell)[0].outputs[0].traceback == ["AssertionError: wrong at 1"]


def test_an_error_above_hidden_lines_in_a_loop_is_told_by_its_line() -> None:
    test = (
        "for k in range(3):\n    assert f(k) == y, f'{y}'\n"
        "    ### BEGIN HIDDEN TESTS\n    y = 9\n    ### END HIDDEN TESTS"
    )
    raised = error("AssertionError", "9", '  File "<test 1>", line 2, in <module>')
    (output,) = shown(test, raised, grade=True, solution=False).outputs
    assert output.evalue == "This test of the exercise failed: assert f(k) == y, f'{y}'"


# The page itself ---------------------------------------------------------------------------------

#: What the hidden lines below ask for, and expect, and are told by.
ASKED, EXPECTED, WORD = "7340093", "14680186", "unseen"
HIDES = f"""
### BEGIN HIDDEN TESTS
{WORD} = {ASKED}
%s
### END HIDDEN TESTS
"""
LEAKS = [
    f"assert twice({WORD}) == {EXPECTED}, f'{{twice({WORD})}} is not {EXPECTED}'",
    f"import numpy as np; np.testing.assert_array_equal(twice({WORD}), {EXPECTED})",
    f"raise KeyError({EXPECTED})",
    f"raise type('E{EXPECTED}', (Exception,), {{}})",
    f"print({EXPECTED}); import sys; print({EXPECTED}, file=sys.stderr)",
    f"import warnings; warnings.warn('{EXPECTED}')",
    f"display({EXPECTED}); from IPython.display import HTML; display(HTML('<b>{EXPECTED}</b>'))",
    f"[{EXPECTED}]",
    f"cases = [{ASKED}]",
    f"def agrees(f): assert f({ASKED}) == {EXPECTED}, '{EXPECTED}'",
    f"cases = [{ASKED}]",
]
AFTER = {
    8: "for case in cases: assert twice(case) == 2 * case, f'{case}: {2 * case}'",
    9: "agrees(twice)",
}
ANSWERS = {
    "right": "def twice(x):\n    return x + x",
    "wrong": "def twice(x):\n    return 2",
    "echo": "def twice(x):\n    if x > 5: raise ValueError(f'{x}')\n    return 2 * x",
    "prints": "def twice(x):\n    print(x)\n    return 2",
    "named": "def twice(x):\n    if x > 5: raise type('CheckFailed', (Exception,), {})(x)\n    return 2",
    "visible": "def twice(x):\n    return 1 / 0",
    "empty": None,
}


def lesson() -> NotebookNode:
    """Make a lesson whose hidden tests tell their values in every way that there is."""
    made, marks = grading_course._cell, {"grade": True, "locked": True, "points": 1}
    solution = "def twice(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    cells = [
        made("code", "cases = [1]\nagrees = print\nfrom rnn_utils.checks import check"),
        made("code", solution, "twice", solution=True),
    ]
    for number, leak in enumerate(LEAKS):
        test = "assert twice(1) == 2, 'wrong at 1'" + HIDES % leak + AFTER.get(number, "")
        cells.append(made("code", test, f"test_{number}", **marks))
    undone = "def rnn_step(*given):\n    ### BEGIN SOLUTION\n    return 0\n    ### END SOLUTION"
    cells += [
        made("code", undone, "rnn_step", solution=True),
        made("code", "for case in cases: assert twice(case) == 2, f'{case}'", "plain", **marks),
        made("code", "agrees(twice)", "helped", **marks),
        made("code", TEST_CELL.format(name="rnn_step") + HIDES % "pass", "check", **marks),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    if sys.platform != "linux" or not available_layers():
        pytest.skip("no jail can be built here")
    name = grading_course.NAME
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading_course, "lesson", lesson)
        folder = grading_course.make_course(tmp_path_factory.mktemp("feedback"))
    for student, answer in ANSWERS.items():
        answers = {"twice": answer} if answer else {}
        grading_course.hand_in(folder, student, answers)
    with Executor() as executor:
        grade_here(folder, executor=executor)
    told = "".join(path.read_text("utf-8") for path in (folder / "autograded").rglob("*.ipynb"))
    assert told.count(EXPECTED) > 10 * len(ANSWERS)
    grading_course.run(folder, "nbgrader", "generate_feedback", name)
    return {
        student: (folder / "feedback" / student / name / f"{name}.html").read_text("utf-8")
        for student in ANSWERS
    }


@pytest.mark.parametrize("student", ANSWERS)
def test_the_page_shows_neither_hidden_code_nor_its_values(
    pages: dict[str, str], student: str
) -> None:
    for told in (ASKED, EXPECTED, WORD, "HIDDEN TESTS"):
        assert told not in pages[student]


def test_the_page_shows_what_failed_in_the_open_and_that_a_hidden_test_did(
    pages: dict[str, str],
) -> None:
    assert "ZeroDivisionError" in pages["visible"]
    assert "return 1 / 0" in pages["visible"]
    assert "A hidden test of this exercise failed." not in pages["visible"]
    assert "NotImplementedError" in pages["empty"]
    for student in ("wrong", "echo", "named"):
        assert "A hidden test of this exercise failed." in pages[student]


def test_the_page_shows_what_the_check_said(pages: dict[str, str]) -> None:
    for page in pages.values():
        assert "rnn_step: not done yet" in page


def test_no_script_of_a_page_runs_and_nothing_is_fetched(pages: dict[str, str]) -> None:
    for page in pages.values():
        head = page[: page.index("</head>")]
        assert head.index(POLICY) < head.index("<style")
        assert "default-src 'none'" in POLICY
        assert "script-src" not in POLICY
        assert "<script" not in head
