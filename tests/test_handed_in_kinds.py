"""What honest students do to a notebook, kind by kind: right answers keep all of their points."""

import os
import re
import sys

import nbformat
import nbformat.v4 as v4
import pytest
from handed_in import grade_folder, lost, released_of, solved

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="classes are graded on Linux")

LESSONS = ["01_state_equation", "05_forward_pass", "07_backpropagation_through_time", "12_lstm"]


@pytest.fixture
def hand_in(executor, tmp_path):
    def hand_in(lesson, notebooks, **files):
        folder = tmp_path / "ada"
        for name, content in files.items():
            path = folder / name.replace("__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        for age, (name, notebook) in enumerate(notebooks.items()):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(nbformat.v4.writes(notebook))
            os.utime(path, (1e9 + age, 1e9 + age))
        return grade_folder(executor, folder, lesson)

    return hand_in


def answers(notebook):
    return [
        c
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("solution") and c.cell_type == "code"
    ]


def name_of(cell):
    return cell.metadata.nbgrader.grade_id


# Lines above an answer -----------------------------------------------------------------------------------

#: What works where students work; where it needs what is not here, the rest of the cell counts.
ABOVE = [
    "!pip install numpy",
    "%pip install -q numpy",
    "files = !ls",
    "!nvidia-smi",
    "%matplotlib inline",
    "%load_ext autoreload\n%autoreload 2",
    "%%time",
    "import os\nos.chmod('.', 0o777)",
    "import shutil\nopen('a', 'w').write('1')\nshutil.copy('a', 'b')",
    "import subprocess\nsubprocess.run(['ls'], check=True)",
    "import subprocess\ntry:\n    subprocess.run(['nvidia-smi'])\nexcept FileNotFoundError:\n    pass",
    "import socket\nsocket.gethostname()",
    "import asyncio\nawait asyncio.sleep(0.01)\nassert await asyncio.to_thread(len, [1]) == 1",
    "import getpass\ngetpass.getuser()",
    "import sys\nsys.stdout.encoding.upper()",
    "import faulthandler\nfaulthandler.enable()",
    "import os\npath = os.path.join(os.sep, 'tmp', 'kept')\nopen(path, 'w').write('1')",
    "import tempfile\ntempfile.NamedTemporaryFile()",
    "try:\n    import distributed\nexcept ImportError:\n    pass",
    "import urllib.request\nurllib.request.urlopen('http://example.org')",
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "import multiprocessing\nwith multiprocessing.Pool(2) as pool:\n    assert pool.map(abs, [-1]) == [1]",
    "import concurrent.futures as f\nassert list(f.ProcessPoolExecutor(2).map(abs, [-1])) == [1]",
    "import numpy as np\nnp.seterr(all='raise')",
    "import warnings\nwarnings.simplefilter('error')",
    "input('your name')",
    "import numpy as np\nlarge = np.zeros(150_000_000)\ndel large",
    "import locale\nlocale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')",
]


#: Each line in one of the lessons; those of a lesson one after the other, which is then prepared once.
LINES = sorted(enumerate(ABOVE), key=lambda line: line[0] % len(LESSONS))


@pytest.mark.parametrize("number", [number for number, _ in LINES])
def test_a_line_above_an_answer(hand_in, number):
    lesson = LESSONS[number % len(LESSONS)]
    notebook = solved(lesson)
    first, *_, last = answers(notebook)
    for cell in (first, last):
        cell.source = f"{ABOVE[number]}\n{cell.source}"
    done = hand_in(lesson, {f"{lesson}.ipynb": notebook})
    assert not lost(done), done.notes


def test_a_package_that_is_not_there_is_said_to_be_the_machines(hand_in):
    lesson = LESSONS[0]
    notebook = solved(lesson)
    answers(notebook)[0].source += "\n\nimport no_such_package"
    done = hand_in(lesson, {f"{lesson}.ipynb": notebook})
    assert not lost(done)
    assert done.notes == ("machine: the grading machine lacks no_such_package",)
    assert "lacks no&#95;such&#95;package" in nbformat.reads(done.text, 4).cells[0].source


def test_syntax_of_a_newer_python_is_said_to_be_the_machines(hand_in):
    lesson = LESSONS[0]
    notebook = solved(lesson)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.99.0"}
    answers(notebook)[0].source = "a new kind of statement"
    done = hand_in(lesson, {f"{lesson}.ipynb": notebook})
    assert any("written with Python 3.99" in note for note in done.notes)


# Where an answer stands -----------------------------------------------------------------------------------


def helper_in_a_lessons_cell(notebook):
    answer = answers(notebook)[0]
    lessons = next(c for c in notebook.cells if c.cell_type == "code")
    lessons.source += "\n\n\n" + answer.source.replace(name_of(answer), "helper")
    answer.source = f"def {name_of(answer)}(*arguments):\n    return helper(*arguments)"


def split(notebook):
    answer = answers(notebook)[-1]
    place = notebook.cells.index(answer)
    above = v4.new_code_cell(
        answer.source.replace(name_of(answer), "helper"), metadata=answer.metadata
    )
    answer.source = f"def {name_of(answer)}(*arguments):\n    return helper(*arguments)"
    notebook.cells.insert(place, above)


def stubs_pasted_at_the_end(notebook):
    notebook.cells += [
        v4.new_code_cell(
            f"def {name_of(cell)}(*arguments):\n    raise NotImplementedError",
            metadata=cell.metadata,
        )
        for cell in answers(notebook)
    ]


def exercises_pasted_at_the_end(notebook):
    stubs_pasted_at_the_end(notebook)
    tests = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    notebook.cells += [v4.new_code_cell(c.source, metadata=c.metadata) for c in tests]


def all_in_one_cell_at_the_top(notebook):
    cells = answers(notebook)
    first = next(k for k, c in enumerate(notebook.cells) if c.cell_type == "code")
    text = "\n\n".join(cell.source for cell in cells)
    notebook.cells = [c for c in notebook.cells if c not in cells]
    notebook.cells.insert(first + 1, v4.new_code_cell(text))


def under_other_names(notebook):
    for k, cell in enumerate(answers(notebook)):
        name = name_of(cell)
        text = re.sub(rf"\b{name}\b", f"my_{name}", cell.source)
        way = [
            f"{name} = my_{name}",
            f"globals()['{name}'] = my_{name}",
            f"from functools import partial\n{name} = partial(my_{name})",
            f"if True:\n    exec('{name} = my_{name}')",
        ]
        place = notebook.cells.index(cell)
        notebook.cells[place] = v4.new_code_cell(f"{text}\n\n{way[k % 4]}")


def below_their_tests(notebook):
    for cell in answers(notebook):
        place = notebook.cells.index(cell)
        notebook.cells[place : place + 2] = notebook.cells[place : place + 2][::-1]


def without_any_marks(notebook):
    for k, cell in enumerate(notebook.cells):
        cell.metadata.clear()
        cell["id"] = f"new-{k}"


def without_tests(notebook):
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")]


def with_large_outputs(notebook):
    for cell in answers(notebook):
        cell.outputs = [v4.new_output("stream", text="x" * (6 << 20))]


def numbers_of_another_kind(notebook):
    cell = answers(notebook)[-1]
    name = name_of(cell)
    cell.source += f"""

_own = {name}
from fractions import Fraction

class Held:
    def __init__(self, values): self.values = values
    def __array__(self, dtype=None, copy=None): return np.asarray(self.values, dtype=dtype)

def held(value):
    if hasattr(value, "_fields"): return type(value)(*map(held, value))
    if isinstance(value, tuple): return tuple(map(held, value))
    if isinstance(value, np.ndarray): return Held(value) if value.ndim else value
    return Fraction(value) if type(value) is int else value

def {name}(*arguments): return held(_own(*arguments))"""


EDITS = [
    helper_in_a_lessons_cell,
    split,
    stubs_pasted_at_the_end,
    exercises_pasted_at_the_end,
    all_in_one_cell_at_the_top,
    under_other_names,
    below_their_tests,
    without_any_marks,
    without_tests,
    with_large_outputs,
    numbers_of_another_kind,
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("lesson", LESSONS)
def test_an_answer_earns_its_points_wherever_it_stands(hand_in, lesson, edit):
    notebook = solved(lesson)
    edit(notebook)
    done = hand_in(lesson, {f"{lesson}.ipynb": notebook})
    assert not lost(done), done.notes


# What lies beside -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["from helpers import {0}", "%run helpers.py"])
def test_a_module_that_is_handed_in_beside_the_notebook_is_read(hand_in, way):
    lesson = LESSONS[0]
    notebook = solved(lesson)
    cell = answers(notebook)[-1]
    text = f"import numpy as np\nsize = np.loadtxt('data/size.txt')\n{cell.source}"
    cell.source = way.format(name_of(cell))
    files = {"helpers__py": text, "data/size__txt": "3"}
    done = hand_in(lesson, {f"{lesson}.ipynb": notebook}, **files)
    assert not lost(done), done.notes


@pytest.mark.parametrize("name", ["{}-Copy1.ipynb", "work/{}.ipynb", "{}.ipynb.txt"])
def test_a_solved_copy_counts_beside_the_untouched_notebook(hand_in, name):
    lesson = LESSONS[0]
    both = {name.format(lesson): solved(lesson), f"{lesson}.ipynb": released_of(lesson)}
    done = hand_in(lesson, both)
    assert not lost(done), done.notes
    assert "since it holds work" in " ".join(done.notes)
