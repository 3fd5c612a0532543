"""A lesson of an instructor, with ordinary nbgrader test cells, is graded as nbgrader grades it.

One file, since every test here is of the one lesson that it makes.
"""

import sys
import tempfile
import textwrap

import pytest
from grading_course import NAME, hand_in, make_course, rows, run
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from rnn_utils.grading.limits import Limits
from rnn_utils.grading.sandbox import two_processes
from rnn_utils.grading.sandbox.two_processes import Executor, available_layers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="classes are graded on Linux")


def cell(source, **mark):
    return new_code_cell(
        textwrap.dedent(source).strip(), metadata={"nbgrader": mark} if mark else {}
    )


def lesson(*sources):
    """Cells in turn: the instructor's, a solution, a test, and again."""
    cells = []
    for k, source in enumerate(sources):
        mark = [
            {},
            {"grade_id": f"s{k}", "solution": True, "grade": False},
            {"grade_id": f"t{k}", "solution": False, "grade": True, "points": 2},
        ][k % 3]
        cells.append(cell(source, **mark))
    return new_notebook(cells=cells)


def grade(executor, set_up, solution, test, source=None, **more):
    notebook = lesson(set_up, solution, test)
    if source is not None:
        more["source"] = lesson(set_up, source, test)
    done = executor.execute(notebook, Limits(cell_seconds=20), **more)
    return determine_grade(done.notebook.cells[-1], None)[0], done.notebook


RIGHT = {
    "values": (
        "",
        "import math\nx = 5\nname = 'Ada'\nitems = [1, (2, 3)]\ntable = {'a': [1.5]}",
        "assert x == 5\nassert name == 'Ada' and items[1] == (2, 3)\nassert table['a'][0] > 1",
    ),
    "arrays": (
        "import numpy as np",
        "a = np.arange(6).reshape(2, 3)\ndef total(a): return a.sum(axis=0)",
        "np.testing.assert_array_equal(a[1], [3, 4, 5])\nassert total(a).shape == (3,)\n"
        "assert a.dtype.kind == 'i'",
    ),
    "a class": (
        "",
        """
        class Stack:
            def __init__(self, *items): self.items = list(items)
            def push(self, item):
                self.items.append(item)
                return self
            def pop(self): return self.items.pop()
            def __len__(self): return len(self.items)
            def __eq__(self, other): return self.items == other.items
            def __add__(self, other): return Stack(*self.items, *other.items)
        """,
        """
        s = Stack(1)
        s.push(2).push(3)
        assert isinstance(s, Stack) and len(s) == 3 and s.items == [1, 2, 3]
        assert s.pop() == 3
        assert Stack(1) + Stack(2) == s
        assert Stack(9) != s
        """,
    ),
    "generators and closures": (
        "from itertools import islice",
        """
        def fibonacci():
            a, b = 0, 1
            while True:
                yield a
                a, b = b, a + b
        def compose(f, g): return lambda x: f(g(x))
        """,
        """
        assert list(islice(fibonacci(), 6)) == [0, 1, 1, 2, 3, 5]
        assert compose(lambda x: x + 1, lambda x: 2 * x)(5) == 11
        """,
    ),
    "errors": (
        "",
        """
        class TooSmall(ValueError): pass
        def root(x):
            if x < 0: raise TooSmall("below zero")
            return x ** 0.5
        """,
        """
        import unittest
        test = unittest.TestCase()
        with test.assertRaises(ValueError): root(-1)
        with test.assertRaisesRegex(TooSmall, "below"): root(-1)
        try: root(-4)
        except TooSmall as error: assert str(error) == "below zero"
        else: assert False
        """,
    ),
    "seeds": (
        "import numpy as np\nimport random",
        "def dice(): return np.random.randint(6), random.random()",
        """
        np.random.seed(3); random.seed(4)
        rolled = [dice() for _ in range(3)]
        np.random.seed(3); random.seed(4)
        assert rolled == [(np.random.randint(6), random.random()) for _ in range(3)]
        """,
    ),
    "the instructor's data": (
        "import numpy as np\ndata = np.linspace(0, 1, 5)\ndef near(a, b): return abs(a - b) < 1e-9",
        "def mean(): return data.mean()\nbest = data.max()",
        "assert near(mean(), data.mean())\nassert best == data[-1]",
    ),
    "magics and figures": (
        "%matplotlib inline\nimport matplotlib.pyplot as plt",
        """
        def draw():
            figure, axes = plt.subplots()
            axes.plot([1, 2, 3])
            axes.set_title("steps")
            return axes
        draw();
        """,
        "axes = draw()\nassert axes.get_title() == 'steps'\nassert len(axes.lines) == 1",
    ),
    "a change in place that is asked for": (
        "import numpy as np",
        "def clear(a): a[:] = 0\ndef extend(items): items.append(1)",
        "a, items = np.ones(3), []\nclear(a); extend(items)\nassert a.sum() == 0 and items == [1]",
    ),
    "a text about the function": (
        "",
        'def f(x):\n    """Say hello."""\n    return x',
        "assert f.__doc__ == 'Say hello.' and f.__name__ == 'f' and callable(f)",
    ),
    "a name that is given a value first": ("x = None", "x = 4", "assert x == 4"),
    "a default and a keyword": (
        "",
        "def f(a, b=2, *c, d=4, **e): return [a, b, c, d, e]",
        "assert f(1) == [1, 2, (), 4, {}]\nassert f(1, 3, 5, d=6, z=7) == [1, 3, (5,), 6, {'z': 7}]",
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_get_all_points(executor, name):
    set_up, solution, test = RIGHT[name]
    got, notebook = grade(executor, set_up, solution, test, source=solution)
    assert got == 2, notebook.cells[-1].outputs


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_handed_in_gets_none(executor, name):
    set_up, solution, test = RIGHT[name]
    assert grade(executor, set_up, "pass", test, source=solution)[0] == 0


@pytest.mark.parametrize(
    ("last", "score"),
    [
        ("1.5", 1.5),
        ("np.float64(1.5)", 1.5),
        ("1", 1),
        ("f(0.5)", 0.5),
        ("-1", 0),
        ("float('nan')", 0),
        ("float('inf')", 2),
        ("7", 2),
        ("None", 2),
        ("'done'", 2),
        ("True", 2),
        ("assert False", 0),
        ("raise SystemExit", 0),
        ("undefined", 0),
        ("print('1.5')", 2),
        ("import warnings; warnings.warn('careful')", 2),
    ],
)
def test_the_last_line_is_the_score_within_its_points(executor, last, score):
    got, notebook = grade(executor, "import numpy as np", "def f(x): return x", f"f\n{last}")
    assert got == score, notebook.cells[-1].outputs


def test_an_objects_own_words_are_no_score(executor):
    boast = "class Boast:\n    def __repr__(self): return '2.0'\ndef f(): return Boast()"
    _, notebook = grade(executor, "", boast, "f()")
    assert notebook.cells[-1].outputs[0].data["text/plain"] != "2.0"


LIAR = """
class Liar:
    def __sub__(self, other): return 0.0
    __rsub__ = __truediv__ = __rtruediv__ = __mod__ = __sub__
    def __abs__(self): return 0.0
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __round__(self, n=0): return 42.0
    def __float__(self): return 42.0
    __int__ = __index__ = lambda self: 42
    def __hash__(self): return hash(42.0)
def f(): return Liar()
"""


@pytest.mark.parametrize(
    "test",
    [
        "f() == 42.0",
        "42.0 == f()",
        "abs(f() - 42.0) < 1e-9",
        "abs(42.0 - f()) < 1e-9",
        "abs(f()) - 42 <= 0 and f() > 41",
        "f() / 42.0 == 1 or f() % 42 == 0",
        "round(f(), 2) == 42.0",
        "math.isclose(f(), 42)",
        "f() in (42.0,)",
        "np.allclose(f(), 42.0)",
        "np.abs(f() - np.array([42.0])).max() < 1e-9",
        "(np.array([42.0]) == f()).all()",
        "{42.0: True}[f()]",
    ],
)
def test_an_object_is_no_number_whatever_it_says(executor, test):
    assert grade(executor, "import numpy as np, math", LIAR, f"assert {test}")[0] == 0


FILES = {"data/rows.csv": b"1,2\n", "helper.py": b"def triple(x): return 3 * x\n"}
READING = """
from helper import triple

def rows(): return open("data/rows.csv").read()
"""


def test_what_was_handed_out_beside_the_notebook_is_there_for_both(executor):
    test = "from helper import triple\nassert rows() == open('data/rows.csv').read() == '1,2\\n'"
    assert grade(executor, "", READING, test, files=FILES)[0] == 2
    assert grade(executor, "", READING, test + "\nassert triple(2) == 6", files=FILES)[0] == 2


def test_without_namespaces_it_is_there_too(monkeypatch):
    layers = tuple(layer for layer in available_layers() if layer != "namespaces")
    monkeypatch.setattr(two_processes, "available_layers", lambda: layers)
    with Executor(trust_students=True) as executor:
        test = "assert rows() == '1,2\\n' and triple(2) == 6"
        assert grade(executor, "", READING, test, files=FILES)[0] == 2


def test_a_student_who_changes_it_changes_a_copy_of_their_own(executor):
    changing = "open('data/rows.csv', 'w').write('x')\nopen('helper.py', 'w').write('triple = 0')\n"
    test = "from helper import triple\nassert open('data/rows.csv').read() == '1,2\\n'\n"
    test += "assert triple(2) == 6\nassert rows() == 'x'"
    assert grade(executor, "", changing + READING, test, files=FILES)[0] == 2
    assert grade(executor, "", READING, "assert rows() == '1,2\\n'", files=FILES)[0] == 2


def test_nothing_of_it_is_left(executor, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert grade(executor, "", READING, "assert rows()", files=FILES)[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_it_reaches_them_by_either_command(tmp_path):
    course = make_course(tmp_path)
    (course / "notebooks" / NAME / "rows.csv").write_text("2")
    reads = "def twice(x):\n    return int(open('rows.csv').read()) * x"
    hand_in(course, "ada", {"twice": reads})
    run(course, "rnn-course", "class", "grade", NAME)
    found = rows(course)
    run(course, "nbgrader", "autograde", NAME, "--force")
    assert found == rows(course)
    assert "2.0" in str(found["ada"])


def test_modules_are_never_taken_from_the_student(executor):
    set_up, test = "", "np.testing.assert_allclose(f(), 42.0)\nsame(f(), 42.0)"
    author = (
        "import numpy as np\nfrom numpy.testing import assert_equal as same\ndef f(): return 42.0"
    )
    assert grade(executor, set_up, author, test, source=author)[0] == 2
    attack = (
        "class np:\n    class testing: assert_allclose = print\nsame = print\ndef f(): return 0"
    )
    assert grade(executor, set_up, attack, test, source=author)[0] == 0


OVERWRITTEN = {
    "a helper": ("def near(a, b): return abs(a - b) < 1e-9", "def near(a, b): return True"),
    "data": ("expected = 42.0\nnear = lambda a, b: a == b", "expected = 0.0"),
    "an import": ("from math import isclose as near", "import operator\nnear = operator.truth"),
}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", OVERWRITTEN)
def test_a_solution_cannot_put_its_own_in_place_of_what_tests_use(executor, name, known):
    set_up, attack = OVERWRITTEN[name]
    test = f"{'expected = 42.0' if 'expected' not in set_up else ''}\nassert near(f(), expected)"
    solution = f"{attack}\ndef f(): return 0.0"
    right = "def f(): return 42.0" if known else None
    assert grade(executor, set_up, solution, test, source=right)[0] == 0


#: Cells of a lesson, and what a test finds after them; no names tell that all of them matter.
EFFECTS = {
    "a change in place of what a call gives": [
        "a = [1]",
        "def get(): return a",
        "get().append(2)",
        "a",
    ],
    "a change in place under another name": ["a = [1]", "b = a", "b.append(2)", "a"],
    "a change in place in a loop": ["a = [[1], [2]]", "for b in a:\n    b.append(3)", "a"],
    "an addition to an element": ["a = [1, 2]", "b = a", "b[0] += 5", "a"],
    "a random number": [
        "import random",
        "random.seed(3)",
        "noise = random.random()",
        "random.random()",
    ],
    "a random number of NumPy's": [
        "import numpy as np",
        "np.random.seed(3)",
        "noise = np.random.rand(3) + 1",
        "np.random.rand()",
    ],
    "a global": ["n = 0", "def count():\n    global n\n    n += 1", "count()", "n"],
    "a global that is bound by a call": ["def go():\n    global n\n    n = 1", "go()", "n"],
    "what a function changes": ["a = []", "def add(x): a.append(x)", "add(1)", "a"],
    "what a function's function changes": [
        "a = []",
        "def inner(x): a.append(x)",
        "def outer(x): return inner(x)",
        "value = outer(1)",
        "a",
    ],
    "what an object changes": [
        "a = []",
        "class Log:\n    def add(self, x): a.append(x)",
        "log = Log()",
        "log.add(1)",
        "a",
    ],
    "what a property changes": [
        "a = []",
        "class Log:\n    @property\n    def next(self): a.append(1)",
        "log = Log()",
        "log.next",
        "a",
    ],
    "what entering changes": [
        "a = []",
        "class Log:\n    def __enter__(self): a.append(1)\n    def __exit__(self, *_): a.append(2)",
        "log = Log()",
        "with log: pass",
        "a",
    ],
    "what an operator changes": [
        "a = []",
        "class Log:\n    def __add__(self, x):\n        a.append(x)\n        return self",
        "log = Log()",
        "other = log + 3",
        "a",
    ],
    "a random number under a name of its own": [
        "from random import random, seed",
        "seed(3)",
        "noise = random()",
        "random()",
    ],
}


@pytest.mark.parametrize("what", EFFECTS)
def test_a_test_finds_what_all_cells_before_it_left(executor, what):
    *cells, last = EFFECTS[what]
    space = {}
    for source in cells:
        exec(source, space)
    expected = eval(last, space)
    notebook = lesson(
        cells[0], "def f(): return 1", f"assert f() == 1 and ({last}) == {expected!r}"
    )
    notebook.cells[1:1] = [cell(source) for source in cells[1:]]
    assert determine_grade(executor.execute(notebook).notebook.cells[-1], None)[0] == 2


def test_a_cell_of_the_lesson_that_never_ends_costs_only_whose_function_it_calls(executor):
    endless = "import time\ndef f():\n    while True: time.sleep(1)"
    notebook = lesson(
        "", endless, "assert f() == 1", "f()\nlate = 1", "def g(): return 2", "assert g() == 2"
    )
    done = executor.execute(notebook, Limits(cell_seconds=2)).notebook
    assert [determine_grade(done.cells[k], None)[0] for k in (2, 5)] == [0, 2]


def test_cells_that_nobody_needs_are_run_only_if_asked_for(executor):
    notebook = lesson("print('figure')", "x = 1", 'check("half_life", half_life)')
    assert executor.execute(notebook).notebook.cells[0].outputs == []
    shown = executor.execute(notebook, every_cell=True).notebook.cells[0].outputs
    assert shown[0].text == "figure\n"


COUNTING = "calls = [0]\ndef f(x):\n    calls[0] += 1\n    return x"


@pytest.mark.parametrize(
    ("play", "again"),
    [
        ("shown = [f(k) for k in range(300)]\nprint(shown)", False),
        ("kept = [f(k) for k in range(300)]", True),  # the test reads it
        (
            "def save():\n    open('a', 'w').write(str(f(1)))\nfor _ in range(300):\n    save()",
            True,
        ),
    ],
)
def test_a_play_of_the_lesson_that_no_test_needs_is_not_played_again(executor, play, again):
    test = "assert f(3) == 3\n" + ("assert len(kept) == 300\n" if "kept" in play else "")
    notebook, source = new_notebook(), new_notebook()
    for made in (notebook, source):
        made.cells = (
            lesson("", COUNTING).cells + lesson(play, "", test + "min(calls[0] / 400, 2)").cells
        )
        made.cells[3].metadata.nbgrader.grade_id = "other"
    done = executor.execute(notebook, Limits(cell_seconds=20), source=source)
    score = determine_grade(done.notebook.cells[-1], None)[0]
    assert score == pytest.approx(601 / 400 if again else 301 / 400, abs=0.01)
