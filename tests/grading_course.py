"""A course folder for the tests of the grader, made once a session, and copied where it is needed."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import nbformat
import nbgrader.tests
import warm
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[1]
NAME = "sums"
#: Notebooks that nbgrader is tested with.
ODD_NOTEBOOKS = sorted(Path(nbgrader.tests.__file__).parent.rglob("*.ipynb"))
QUIET = {"PYTHONWARNINGS": "ignore", "OPENBLAS_NUM_THREADS": "1"}

_RULES = {"schema_version": 3, "task": False}


def _cell(kind, source, grade_id=None, **rules):
    made = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    cell = made(source, id=grade_id or f"plain-{len(source)}")
    if grade_id:
        cell.metadata["nbgrader"] = {
            "grade_id": grade_id,
            "grade": False,
            "solution": False,
            "locked": False,
            **_RULES,
            **rules,
        }
    return cell


def lesson():
    """A lesson as an instructor writes it: two functions, and a question that a person marks."""
    solved = "def {0}(x):\n    ### BEGIN SOLUTION\n    return {1}\n    ### END SOLUTION"
    test = (
        "assert {0}(1) == {1}, 'wrong at 1'\n### BEGIN HIDDEN TESTS\n"
        "assert {0}(20) == {2}\n### END HIDDEN TESTS"
    )
    graded = {"grade": True, "locked": True, "points": 2}
    return nbformat.v4.new_notebook(
        cells=[
            _cell("markdown", "# Sums"),
            _cell("code", "import math"),
            _cell("code", solved.format("twice", "2 * x"), "twice", solution=True),
            _cell("code", test.format("twice", 2, 40), "test_twice", **graded),
            _cell("code", solved.format("square", "x * x"), "square", solution=True),
            _cell("code", test.format("square", 1, 400), "test_square", **graded),
            _cell("markdown", "Why?", "why", solution=True, grade=True, points=3),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )


def make_course(root, db_url=None):
    """Make a course with the lesson released; return its folder."""
    folder = root / "course"
    if db_url is None:
        return shutil.copytree(_released(nbformat.writes(lesson())), folder)
    return _release(folder, lesson(), f"\nc.CourseDirectory.db_url = {db_url!r}\n")


@cache
def _released(written):
    """Release a lesson once for all tests of this process."""
    kept = tempfile.TemporaryDirectory(prefix="course-")
    atexit.register(kept.cleanup)
    return _release(Path(kept.name) / "course", nbformat.reads(written, as_version=4))


def _release(folder, notebook, settings=""):
    (folder / "solutions" / NAME).mkdir(parents=True)
    config = (ROOT / "nbgrader_config.py").read_text("utf-8")
    (folder / "nbgrader_config.py").write_text(config + settings, "utf-8")
    nbformat.write(notebook, folder / "solutions" / NAME / f"{NAME}.ipynb")
    run(folder, "nbgrader", "generate_assignment", NAME)
    return folder


def environment(folder):
    home = folder.parent
    return (
        os.environ
        | QUIET
        | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "IPYTHONDIR": str(home / "ipython"),
        }
    )


def command(*arguments):
    module = {"nbgrader": "nbgrader", "rnn-course": "rnn_utils.course"}[arguments[0]]
    if module == "rnn_utils.course":
        start = "from rnn_utils.cli import app; app()"
        return [sys.executable, "-c", start, *arguments[1:]]
    return [sys.executable, "-m", module, *arguments[1:]]


def run(folder, *arguments, succeeds=True, **options):
    """Run `nbgrader` or `rnn-course` in a course's folder and return what it says."""
    ran = subprocess.run(
        [*warm.command(arguments[0]), *arguments[1:]],
        cwd=folder,
        env=environment(folder),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=options.pop("timeout", 1800),
        **options,
    )
    if succeeds:
        assert ran.returncode == 0, ran.stdout
    return ran.stdout


ANSWERS = {
    "right": {
        "twice": "def twice(x):\n    return x + x",
        "square": "def square(x):\n    return x**2",
    },
    "wrong": {"twice": "def twice(x):\n    return 2", "square": "def square(x):\n    return x * x"},
    "empty": {},
}


def hand_in(folder, student, answers, name=f"{NAME}.ipynb", when="2026-01-31 12:00:00 UTC"):
    """Save a filled-in notebook where a submission lies."""
    notebook = nbformat.read(folder / "notebooks" / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
    to = folder / "submitted" / student / NAME
    to.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, to / name)
    (to / "timestamp.txt").write_text(when)
    return to


def rows(folder, db_url=None):
    """Return all that the gradebook says of each student: points, marks by hand, comments."""
    from nbgrader.api import Assignment

    with Gradebook(db_url or f"sqlite:///{folder / 'gradebook.db'}", "rnn-course") as gradebook:
        assignment = gradebook.db.query(Assignment).filter(Assignment.name == NAME).one()
        return {
            submission.student_id: {
                "timestamp": submission.timestamp,
                "late": [n.late_submission_penalty for n in submission.notebooks],
                "grades": {
                    g.name: (g.auto_score, g.manual_score, g.needs_manual_grade)
                    for n in submission.notebooks
                    for g in n.grades
                },
                "comments": {
                    c.name: (c.auto_comment, c.manual_comment)
                    for n in submission.notebooks
                    for c in n.comments
                },
            }
            for submission in assignment.submissions
        }
