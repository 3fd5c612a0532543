"""Which statements of a lesson an instructor's own tests do without, where they need none of its names."""

import pytest

from rnn_utils.grading.intake import side_effects

IMPORTS = (
    "import os\nimport random\nimport numpy as np\nimport matplotlib.pyplot as plt\n"
    "from rnn_utils.figures import lesson_03 as figures\nfrom rnn_utils.widgets import predict\n"
)

ACTS = [
    "np.random.seed(0)",
    "random.seed(0)",
    "x = np.random.rand(3)",
    "np.seterr(all='raise')",
    "np.set_printoptions(precision=2)",
    "np.save('a.npy', a)",
    "np.copyto(a, b)",
    "open('rows.csv', 'w').write('1')",
    "os.environ['A'] = '1'",
    "os.mkdir('a')",
    "np.sum = len",
    "plt.plot(a)",
    "with open('a') as f: text = f.read()",
    "import sys",
    "exec('a = 1')",
    "setattr(a, 'b', 1)",
    "globals()['a'] = 1",
    "def save(x): open('a', 'w').write(x)",
    "next(rows)",
    "%matplotlib inline",
    "input()",
    "while f(): pass",
    "class A: pass",
    "[np.random.rand() for _ in range(3)]",
]

QUIET = [
    "a = np.arange(3) @ W",
    "predict('03/size')",
    "figures.crossings((0.8, 2.0))",
    "print(f'{a.mean():.2f}', rnn_step(a))",
    "for t in range(9):\n    h = rnn_step(x[t], h)\n    apart = max(apart, np.abs(h).max())",
    "h = np.stack([left_alone(scale, seed) for seed in range(10)])",
    "def left_alone(w):\n    if w > 1:\n        return w\n    return [rnn_step(w) for _ in range(3)]",
    "steps = {'relu': lambda x: np.maximum(x, 0)}",
    "assert rnn_step(1) == 2",
    "h = steps['relu'](x_t)",
]


@pytest.mark.parametrize("source", ACTS)
def test_what_may_act_other_than_by_names_is_run(source):
    assert side_effects.read(source, side_effects.origins([IMPORTS]))[1] is False


@pytest.mark.parametrize("source", QUIET)
def test_what_computes_and_shows_is_left_out(source):
    found, alone = side_effects.read(source, side_effects.origins([IMPORTS]))
    assert alone
    assert not found.passed


def test_a_cell_is_parted_into_its_statements():
    source = "a = 1\n\n# two\nfor k in range(3):\n    a += k\nprint(a); b = 2"
    parts = ["a = 1", "for k in range(3):\n    a += k", "print(a)", "b = 2"]
    assert side_effects.statements(source) == parts
    assert side_effects.statements("%pip list\na = 1") == ["%pip list\na = 1"]
