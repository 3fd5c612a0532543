"""A cell finds the same values whether all other cells ran or only those that it needs."""

import pytest

from rnn_utils.grading.intake.dependencies import names, needed

#: Cells of a lesson, of which the last is a test.
NOTEBOOKS = {
    "a value": ["a = 1", "b = 2", "a"],
    "a value of a value": ["a = 1", "b = a + 1", "b"],
    "a function": ["k = 3", "def f(x): return k * x", "f(2)"],
    "a function that is called in a list": ["def f(): return 3", "[f() for _ in range(2)]"],
    "a function that is called in a dictionary": [
        "def f(): return 3",
        "def g(): return 4",
        "{f(): g() + k for k in range(2)}",
    ],
    "a list in a list": ["a = [1, 2]", "c = 5", "[[b * c for b in a] for _ in a if a]"],
    "a name bound in a list": ["b = 3", "squares = [(b := a * a) for a in range(4)]", "b"],
    "a name of its own in a list": ["a = 3", "squares = [a * a for a in range(4)]", "a, squares"],
    "a generator": ["data = [1, 2]", "sum(d for d in data)"],
    "patterns": [
        "match [1, 2, 3, {'a': 4, 'b': 5}]:\n    case [a, *b, {'a': c, **d}] as e: pass",
        "a, b, c, d, e",
    ],
    "annotations": [
        "from typing import List",
        "kind = int",
        "def f(a: kind, *b: kind, c: kind = 1, **d: kind) -> List[kind]: return [a]",
        "f(2)",
    ],
    "a keyword of a class": [
        "class Meta(type): pass",
        "class A(metaclass=Meta): pass",
        "type(A).__name__",
    ],
    "a class's body": ["k = 2", "class A:\n    values = [k for _ in range(3)]\n    z = k", "A.z"],
    "a lambda": ["k = 2", "f = lambda x, y=k: x * y * k", "f(2)"],
    "a value that a function finds later": ["def f(): return g", "g = 1", "f()"],
    "a default": ["k = 2", "def f(x=k): return x", "k = 3", "f()"],
    "a decorator": ["def twice(f): return lambda: 2 * f()", "@twice\ndef f(): return 3", "f()"],
    "a change in place": ["a = [1]", "a.append(2)", "a"],
    "a change in place whose value is used": ["a = [1, 2]", "b = a.pop()", "a"],
    "a change in place that is printed": ["a = [1, 2]", "print('last', a.pop())", "a"],
    "a change in place in a list": ["a = [1]", "[a.append(k) for k in range(3)]", "a"],
    "a change in place of what is within": ["a = {'b': [[1]]}", "a['b'][0].append(2)", "a"],
    "a change in place by a keyword": [
        "def add(to, item): to.append(item)",
        "a = []",
        "none = add(item=3, to=a)",
        "a",
    ],
    "an assignment to an element": ["a = [1, 2]", "a[0] = 5", "a"],
    "a deletion": ["a = [1, 2]", "del a[0]", "a"],
    "an addition": ["a = 1", "a += 2", "a"],
    "a generator of random numbers": [
        "import numpy as np",
        "rng = np.random.default_rng(3)",
        "noise = rng.normal(size=3)",
        "rng.normal()",
    ],
    "a generator that is given": [
        "import numpy as np",
        "def noise(rng): return rng.normal()",
        "rng = np.random.default_rng(3)",
        "plotted = noise(rng)",
        "noise(rng)",
    ],
    "an iterator": ["numbers = iter(range(9))", "first = next(numbers)", "next(numbers)"],
    "an attribute of a module": ["import math", "math.tau = 6", "math.tau"],
    "a built-in name of its own": ["len = lambda x: 3", "len([])"],
    "a call by name": ["a = 1", "exec('a = 2')", "a"],
}


def last(cells: list[str]) -> object:
    """Return what the last cell says after the others."""
    space: dict[str, object] = {}
    for cell in cells[:-1]:
        exec(cell, space)
    return eval(cells[-1], space)


@pytest.mark.parametrize("what", NOTEBOOKS)
def test_what_is_left_out_does_not_matter(what):
    cells = NOTEBOOKS[what]
    run = needed([names(cell) for cell in cells], [len(cells) - 1])
    assert last([cells[k] for k in sorted(run)]) == last(cells)


MAGICS = {
    "!pip install scipy": {1, 2},
    "files = !ls": {1, 2},
    "%matplotlib inline": {1, 2},
    "%pip install scipy": {1, 2},
    "%time f(a)": {0, 1, 2},
    "%%time\nf(a)": {0, 1, 2},
    "%%capture\n%matplotlib inline\nb = a": {0, 1, 2},
    "!echo {a}": {0, 1, 2},
    "%run helpers.py": {0, 1, 2},
}


@pytest.mark.parametrize("line", MAGICS)
def test_a_magic_needs_what_it_names(line):
    cells = ["a = 1", "def f(x): return x", f"{line}\nf(1)", "f(1)"]
    assert needed([names(cell) for cell in cells], [2]) == MAGICS[line]


def test_a_function_finds_what_is_bound_above_its_call():
    cells = ["k = 1", "def f(): return k", "k = 2", "print(k)", "f()"]
    assert needed([names(cell) for cell in cells], [4]) == {0, 1, 2, 4}


def test_figures_are_left_out():
    cells = [
        "import numpy as np\nimport matplotlib.pyplot as plt",
        "def f(x): return np.tanh(x)",
        "figure, axes = plt.subplots()\naxes.plot(np.linspace(0, 1))",
        "rng = np.random.default_rng(0)\nprint(rng.normal(size=3))",
        "f(0.0)",
    ]
    assert needed([names(cell) for cell in cells], [4]) == {0, 1, 4}
