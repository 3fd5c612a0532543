"""What passes `check` when an edited notebook runs from top to bottom earns its points, whatever was done.

The same cells run in IPython, in this process, as they would in an ordinary kernel, and are graded.
"""

import contextlib
import io
import json
import sys

import nbformat.v4 as v4
import pytest
from handed_in import points
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from rnn_utils import checks
from rnn_utils.grading.intake.folder import File
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.run.worker import grade
from rnn_utils.grading.submission import Handed, Lesson, Sheet, Submission

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="classes are graded on Linux")

NAME = "small"
ANSWERS = {
    "half_life": """def half_life(w_hh):
    w = abs(w_hh)
    if w >= 1:
        return np.inf
    return np.log(0.5) / np.log(w) if w > 0 else 0.0""",
    "parity_state": "def parity_state(h_prev, x_t):\n    return int(h_prev != x_t)",
    "linear_rnn": """def linear_rnn(x, w_hh, w_xh, h0):
    states, h = empty(x), h0
    for t in range(len(x)):
        h = w_hh * h + w_xh * x[t]
        states[t] = h
    return states""",
}
#: The lesson's other cells, by what comes after them.
BETWEEN = {
    "half_life": "import numpy as np\n\nfrom rnn_utils.checks import check, yours_or_ours\n\nsize = 3",
    "parity_state": 'half_life = yours_or_ours("half_life", half_life)\nlives = [half_life(0.5)] * size',
    "linear_rnn": "def empty(x):\n    return np.zeros(len(x))",
}
STUB = 'raise NotImplementedError("not done yet")'


def marked(source, grade_id, **rules):
    mark = {"grade_id": grade_id, "schema_version": 3, "task": False, "locked": False}
    mark |= {"grade": False, "solution": False, **rules}
    return v4.new_code_cell(source, id=grade_id, metadata={"nbgrader": mark})


def notebook(answers, hidden=False):
    cells = [v4.new_markdown_cell("# Small", id="title")]
    for name in ANSWERS:
        test = f'check("{name}", {name})'
        if hidden:
            test += (
                "\n### BEGIN HIDDEN TESTS\nfrom rnn_utils.checks import grade\n"
                f'grade("{name}", {name})\n### END HIDDEN TESTS'
            )
        most = checks.exercise(name).points
        cells += [
            v4.new_code_cell(BETWEEN[name], id=f"before_{name}"),
            marked(answers[name], name, solution=True),
            marked(test, f"test_{name}", grade=True, locked=True, points=most),
            v4.new_markdown_cell(f"So much for {name}.", id=f"after_{name}"),
        ]
    return v4.new_notebook(cells=cells)


STUBS = {name: f"{answer.splitlines()[0]}\n    {STUB}" for name, answer in ANSWERS.items()}
SOURCE = notebook(ANSWERS, hidden=True)
LESSON = Lesson(
    NAME,
    {
        NAME: Sheet(
            v4.writes(notebook(STUBS)),
            v4.writes(SOURCE),
            {c.id: c.source for c in SOURCE.cells if c.id.startswith("test_")},
        )
    },
    {},
    Limits(),
    NAME,
)


@pytest.fixture(scope="module")
def shell():
    config = Config()
    config.HistoryManager.enabled = False
    return InteractiveShell(config=config)


# What is done to it ------------------------------------------------------------------------------------


def split(cells, k, j, n):
    lines = cells[k]["source"].split("\n")
    at = 1 + j % max(len(lines) - 1, 1)
    below = {**cells[k]} | {"source": "\n".join(lines[at:])}
    cells[k] = {**cells[k]} | {"source": "\n".join(lines[:at])}
    cells.insert(k + 1, below)


def merge(cells, k, j, n):
    if k + 1 < len(cells):
        kept = cells[k + j % 2]
        text = "\n".join(cell["source"] for cell in cells[k : k + 2])
        cells[k : k + 2] = [{**kept} | {"source": text}]


def move(cells, k, j, n):
    cells.insert(j, cells.pop(k))


def copy(cells, k, j, n):
    cells.insert(j, {**cells[k]})


def delete(cells, k, j, n):
    del cells[k]


def retype(cells, k, j, n):
    kinds = ("code", "markdown", "raw")
    cells[k] = {**cells[k]} | {"cell_type": kinds[n % 3]}


def rename(cells, k, j, n):
    metadata = {**cells[k]["metadata"]}
    if "nbgrader" in metadata:
        metadata["nbgrader"] = {**metadata["nbgrader"], "grade_id": ["mine", *ANSWERS][n % 4]}
    cells[k] = {**cells[k]} | {"metadata": metadata}


def lose_marks(cells, k, j, n):
    cells[k] = {**cells[k]} | {"metadata": {}, "id": f"lost-{n}"}


def reverse(cells, k, j, n):
    low, high = sorted((k, j))
    cells[low : high + 1] = cells[low : high + 1][::-1]


def write(cells, k, j, n):
    cells.insert(k, v4.new_code_cell(WRITTEN[n % len(WRITTEN)]))


WRITTEN = [
    STUBS["half_life"],
    "def half_life(w_hh):\n    return 1.0",
    f"{ANSWERS['half_life']}\n\n{ANSWERS['parity_state']}",
    "lasting = half_life",
    "half_life = lasting",
    'check("half_life", half_life)',
    'check("linear_rnn", linear_rnn)',
    "!ls\n" + ANSWERS["parity_state"],
    "from functools import partial\nparity_state = partial(lambda a, b: int(a != b))",
    "del linear_rnn",
    "1 / 0",
    "globals()['parity_state'] = lambda a, b: a ^ b",
]
EDITS = [split, merge, move, copy, delete, retype, rename, lose_marks, reverse, write]
NUMBERS = st.integers(0, 30)
EDITED = st.lists(st.tuples(st.sampled_from(EDITS), NUMBERS, NUMBERS, NUMBERS), max_size=8)


def edited(edits):
    cells = list(notebook(ANSWERS).cells)
    for edit, k, j, n in edits:
        if cells:
            edit(cells, k % len(cells), j % len(cells), n)
    made = notebook(ANSWERS)
    made.cells = cells
    return made


# Running and grading it --------------------------------------------------------------------------------


def passes(shell, handed):
    """Return the exercises that a call of `check` finds right when the cells run from top to bottom."""
    found = set()

    def check(name, function):
        if checks.judge(checks.exercise(name), function).passed:
            found.add(name)

    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setattr(checks, "check", check)
        patch.setattr(shell, "system", lambda line: None)
        shell.reset(new_session=False)
        for cell in handed.cells:
            if cell["cell_type"] == "code":
                shell.run_cell(cell["source"], store_history=False)
    return found


def graded(executor, handed):
    content = json.dumps(handed).encode()
    submission = Submission("ada", {NAME: Handed((File(f"{NAME}.ipynb", content),))})
    return grade(LESSON, submission, executor)[NAME]


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(EDITED)
@example([])
@example([(retype, 2, 0, 1), (write, 2, 0, 2)])
@example([(copy, 3, 13, 0), (write, 13, 0, 0)])
def test_what_passes_a_check_from_top_to_bottom_earns_its_points(executor, shell, edits):
    handed = edited(edits)
    right = passes(shell, handed)
    done = graded(executor, handed)
    lost = {name: points(done)[f"test_{name}"] for name in right}
    lost = {name: both for name, both in lost.items() if both[0] != both[1]}
    assert not lost, (done.notes, [(c["cell_type"], c["source"]) for c in handed.cells])


@given(EDITED)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_edit_of_an_empty_notebook_earns_a_point(executor, edits):
    handed = notebook(STUBS)
    cells = list(handed.cells)
    for edit, k, j, n in edits:
        if cells and edit is not write:
            edit(cells, k % len(cells), j % len(cells), n)
    handed.cells = cells
    assert {got for got, _ in points(graded(executor, handed)).values()} == {0}
