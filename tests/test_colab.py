"""The lessons in Colab: the same cells, after one that installs little."""

import subprocess
import sys
from pathlib import Path

import nbformat

from rnn_utils.course import build
from rnn_utils.course.site import colab

ROOT = Path(__file__).parents[1]
LESSONS = build.lessons(ROOT)
#: What a class and a course's author need, and a lesson does not.
HEAVY = ("jupyterlab", "nbgrader", "jupytext", "nbclient", "typer", "notebook")


def test_a_lesson_has_the_same_cells_after_one_that_installs(tmp_path):
    colab.write(ROOT / "notebooks", "owner/course", tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} >= set(LESSONS)
    released = nbformat.read(ROOT / "notebooks" / LESSONS[1] / f"{LESSONS[1]}.ipynb", as_version=4)
    first, *rest = nbformat.read(tmp_path / f"{LESSONS[1]}.ipynb", as_version=4).cells
    assert "--no-deps git+https://github.com/owner/course" in first.source
    assert rest == released.cells
    assert colab.address("owner/course", "03_tanh").endswith(
        "owner/course/blob/colab/03_tanh.ipynb"
    )


def test_lessons_need_nothing_of_what_colab_is_spared():
    script = (
        f"import sys\nfor name in {HEAVY}: sys.modules[name] = None\n"
        "import rnn_utils, rnn_utils.checks, rnn_utils.widgets, rnn_utils.plots, rnn_utils.claims\n"
        "from rnn_utils.widgets import memory_slider, quiz\n"
        "memory_slider([0.0, 1.0])._repr_mimebundle_(); quiz('07'); rnn_utils.checks.exercises()\n"
        "from rnn_utils.course.doctor import report; print('ready')"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.stdout.strip().endswith("ready"), run.stderr
