"""A class goes through unmodified nbgrader: release, submit, autograde, feedback, export."""

import csv
import getpass
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import nbformat
import pytest
import warm
from right_answers.lesson_01 import RIGHT_ANSWERS

from rnn_utils.checks import exercises, judge, lesson_01

ROOT = Path(__file__).parents[1]
LESSON = "01_state_equation"
RECORDS = {name: r for name, r in exercises().items() if r.lesson == LESSON}
POINTS = sum(record.points for record in RECORDS.values())
IMPORTS = "import itertools\nimport math\nfrom functools import reduce\nimport numpy as np\n"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's exchange needs POSIX")


def mistakes(name):
    return [m for m in RECORDS[name].mistakes if " + " not in m.name]


# What the class hands in ---------------------------------------------------------------------------


def right(style):
    """The solution cells' sources, in one of three styles."""

    def source(name):
        answer = RIGHT_ANSWERS[name][style]
        return f"{IMPORTS}\n{inspect.getsource(answer)}\n{name} = {answer.__name__}"

    return source


#: Enough of the records' words for the text of a lesson's mistakes to run where there are no records.
RECORDS_ELSEWHERE = """
from types import SimpleNamespace
Exercise = SimpleNamespace
Arguments = Draw = Sizes = lambda *arguments, **keywords: None
Case = Contract = arrays = fixed = formula = scaled = lambda *arguments, **keywords: None
def Mistake(name, says, wrong):
    return SimpleNamespace(name=name, wrong=wrong)
"""


def wrong(k):
    """Each exercise with its k-th known mistake, or the last where there are fewer."""

    def source(name):
        found = mistakes(name)
        index = min(k, len(found) - 1)
        folder = Path(lesson_01.__file__).parent
        text = "\n".join(
            (folder / f"{part}.py").read_text(encoding="utf-8") for part in ("shared", name)
        )
        text = re.sub(r"from rnn_utils\.checks\.[\w.]+ import (\([^)]*\)|.*)", "", text)
        return (
            f"{RECORDS_ELSEWHERE}\n{text}\n"
            "_known = [m for m in EXERCISE.mistakes if ' + ' not in m.name]\n"
            f"{name} = _known[{index}].wrong"
        )

    return source


def only(special, instead):
    """Right answers everywhere but in one exercise."""
    return lambda name: instead if name == special else right(0)(name)


SUBMISSIONS = {
    "right-0": right(0),
    "right-1": right(1),
    "right-2": right(2),
    "empty": None,
    # test_graders judges every mistake; here some of them go the whole way.
    **{f"wrong-{k}": wrong(k) for k in range(4)},
    "crashing": only("half_life", "def half_life(w_hh):\n    return {}[w_hh]"),
    "syntax": only("linear_rnn", "def linear_rnn(x, w_hh, w_xh, h0)\n    return x"),
    # It waits rather than computes, which others do meanwhile; test_graders has one that computes.
    "endless": only(
        "parity_state",
        "def parity_state(h, x):\n    import time\n    while True:\n        time.sleep(1)",
    ),
    "warning": only(
        "parity_state",
        "def parity_state(h, x):\n    np.log(np.array(-1.0))\n    print('parity')\n    return h ^ x",
    ),
    "deleted": right(0),
}


def expected(student):
    """The score of each exercise that a submission should get."""
    full = {name: record.points for name, record in RECORDS.items()}
    if student == "empty":
        return dict.fromkeys(full, 0.0)
    if student.startswith("wrong-"):
        k = int(student.removeprefix("wrong-"))
        return {
            name: record.points
            * judge(record, mistakes(name)[min(k, len(mistakes(name)) - 1)].wrong, "hidden").share
            for name, record in RECORDS.items()
        }
    zero = {"crashing": "half_life", "syntax": "linear_rnn", "endless": "parity_state"}
    if student in zero:
        return full | {zero[student]: 0.0}
    if student == "deleted":
        return full | {"half_life": 0.0}
    return full


def hand_in(released, folder, sources, delete=(), whole=False):
    """Fill in a released notebook and save it where a submission lies: the answers, or all of the lesson."""
    notebook = nbformat.read(released, as_version=4)
    kept = []
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in RECORDS and sources is not None:
            cell.source = sources(grade_id)
        needed = whole or grade_id or "import check" in cell.source
        if needed and grade_id not in delete:
            kept.append(cell)
    notebook.cells = kept
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{LESSON}.ipynb")
    # What `nbgrader submit` writes beside the notebook.
    (folder / "timestamp.txt").write_text("2026-01-31 12:00:00.000000 UTC")
    (folder / "submission_secret.txt").write_text(folder.parent.name)


# The course ----------------------------------------------------------------------------------------


class Course:
    """A course folder of its own, and `nbgrader` as an instructor or a learner types it."""

    def __init__(self, root):
        self.root = root / "course"
        self.learner = root / "learner"
        self.exchange = root / "exchange"
        for folder in (self.root / "solutions", self.learner, self.exchange):
            folder.mkdir(parents=True)
        self.exchange.chmod(0o777)
        config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        limits = f"c.SafeExecute.trust_students = {sys.platform != 'linux'}\nc.SafeExecute.timeout = 30\n"
        (self.root / "nbgrader_config.py").write_text(config + limits, encoding="utf-8")
        copytree(ROOT / "solutions" / LESSON, self.root / "solutions" / LESSON)

    def nbgrader(self, *arguments, cwd=None, succeeds=True):
        home = self.root.parent
        environment = os.environ | {
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "IPYTHONDIR": str(home / "ipython"),
            "PYTHONWARNINGS": "ignore",
        }
        ran = subprocess.run(
            [*warm.command("nbgrader"), *arguments, f"--Exchange.root={self.exchange}"],
            cwd=cwd or self.root,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        if succeeds:
            assert ran.returncode == 0, ran.stdout
        return ran.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Run the whole workflow once; the tests look at what it left."""
    course = Course(tmp_path_factory.mktemp("nbgrader"))
    course.nbgrader("generate_assignment", LESSON)
    released = course.root / "notebooks" / LESSON / f"{LESSON}.ipynb"

    course.nbgrader("release_assignment", LESSON)
    at_home = ("--course=rnn-course",)
    course.nbgrader("fetch_assignment", LESSON, *at_home, cwd=course.learner)
    fetched = course.learner / LESSON / f"{LESSON}.ipynb"
    course.fetched = fetched.read_bytes()
    course.released = released.read_bytes()
    course.validated_empty = course.nbgrader(
        "validate", f"{LESSON}.ipynb", cwd=fetched.parent, succeeds=False
    )
    hand_in(fetched, fetched.parent, right(0), whole=True)
    course.validated_right = course.nbgrader("validate", f"{LESSON}.ipynb", cwd=fetched.parent)
    course.nbgrader("submit", LESSON, *at_home, cwd=course.learner)
    course.nbgrader("collect", LESSON)

    for student, sources in SUBMISSIONS.items():
        folder = course.root / "submitted" / student / LESSON
        delete = ("test_half_life",) if student == "deleted" else ()
        hand_in(released, folder, sources, delete, whole=student == "empty")
    course.autograded = course.nbgrader("autograde", LESSON, "--create", succeeds=False)
    course.nbgrader("generate_feedback", LESSON)
    course.nbgrader("release_feedback", LESSON)
    course.nbgrader("export", "--to=grades.csv")
    with (course.root / "grades.csv").open() as file:
        course.grades = {row["student_id"]: row for row in csv.DictReader(file)}
    return course


def scores(course, student):
    """Read a student's scores by exercise from the gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "rnn-course") as gradebook:
        submission = gradebook.find_submission_notebook(LESSON, LESSON, student)
        return {grade.name.removeprefix("test_"): grade.score for grade in submission.grades}


def test_the_learner_gets_the_released_notebook_and_no_solution(course):
    assert course.fetched == course.released
    for secret in (b"BEGIN SOLUTION", b"HIDDEN TESTS", b"import grade"):
        assert secret not in course.fetched
    left = sorted(p.name for p in (course.root / "notebooks" / LESSON).iterdir())
    assert left == [f"{LESSON}.ipynb"]


def test_validate_says_what_is_not_done_and_then_that_it_is(course):
    assert f"VALIDATION FAILED ON {len(RECORDS)} CELL(S)" in course.validated_empty
    assert course.validated_empty.lower().count("not done yet. replace") == len(RECORDS)
    assert "Traceback" not in course.validated_empty
    assert "Success" in course.validated_right


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_scores_are_exactly_what_they_should_be(course, student):
    assert scores(course, student) == pytest.approx(expected(student), abs=1e-12)


def test_what_was_fetched_and_submitted_is_collected_and_graded(course):
    assert scores(course, getpass.getuser()) == expected("right-0")


def test_the_export_holds_every_student_with_the_sum(course):
    assert set(SUBMISSIONS) <= set(course.grades)
    for student in SUBMISSIONS:
        row = course.grades[student]
        assert float(row["score"]) == pytest.approx(sum(expected(student).values()))
        assert float(row["max_score"]) == POINTS


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_a_feedback_page_shows_the_message_and_no_hidden_test(course, student):
    page = (course.root / "feedback" / student / LESSON / f"{LESSON}.html").read_text("utf-8")
    assert "hidden checks passed" in page or "yet" in page
    assert "HIDDEN TESTS" not in page
    assert "import grade" not in page
    assert "grade(&quot;" not in page
    assert 'grade("' not in page


def test_a_feedback_page_names_the_mistake_and_the_learners_line(course):
    folder = course.root / "feedback"
    crashing = (folder / "crashing" / LESSON / f"{LESSON}.html").read_text("utf-8")
    assert "KeyError at line 2" in crashing
    endless = (folder / "endless" / LESSON / f"{LESSON}.html").read_text("utf-8")
    assert "never ends" in endless
    mistaken = (folder / "wrong-0" / LESSON / f"{LESSON}.html").read_text("utf-8")
    for name in RECORDS:
        assert mistakes(name)[0].says.split(";")[0].split("`")[0][:40] in mistaken
