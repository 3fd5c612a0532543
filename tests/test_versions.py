"""Versions of exercises: each student's own, which text, stub, check, messages and feedback follow."""

import ast
import doctest
import re
import shutil
import sys
from importlib import import_module
from types import FunctionType

import nbformat
import numpy as np
import pytest
from grading_course import run
from nbgrader.api import Gradebook
from nbgrader.utils import compute_checksum
from test_graders import only_general
from test_teaching import ROOT, roster

from rnn_utils.cells.activations import sigmoid
from rnn_utils.checks import check, exercise, exercises, grade, judge, yours_or_ours
from rnn_utils.checks.framework.version import ANOTHER
from rnn_utils.classroom import feedback
from rnn_utils.classroom.collect import collect
from rnn_utils.classroom.course import open_course
from rnn_utils.classroom.release import release
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.versions import version_of
from rnn_utils.grading.intake.versions import in_versions, is_stub
from rnn_utils.grading.run.grade_class import grade_class
from rnn_utils.grading.sandbox.two_processes import available_layers

VARY = [name for name, record in exercises().items() if record.versions]
NAMES = [f"{name}/{version.key}" for name in VARY for version in exercise(name).versions]
JUDGING = import_module("rnn_utils.checks.framework.judge")


def copied(record):
    """Return the reference under another code object, which the judge does not watch."""
    made = record.reference
    code = made.__code__.replace(co_name="copied")
    return FunctionType(code, made.__globals__, "copied", made.__defaults__, made.__closure__)


# The records ---------------------------------------------------------------------------------------


def test_two_exercises_of_part_one_and_one_of_part_three_have_versions():
    parts = [exercise(name).lesson[:2] for name in VARY]
    assert sum(lesson <= "05" for lesson in parts) >= 2
    assert any("11" <= lesson <= "15" for lesson in parts)


@pytest.mark.parametrize("name", VARY)
def test_an_answer_to_another_version_gets_no_points_and_is_named(name):
    """The lesson's own solution is such an answer, too, as everybody finds it in the package."""
    records = [exercise(name), *(version.record() for version in exercise(name).versions)]
    for record in records[1:]:
        for theirs in records:
            verdict = judge(record, copied(theirs), "hidden")
            if theirs is record:
                assert verdict.share == 1
            else:
                assert (verdict.share, verdict.mistakes) == (0, (ANOTHER,)), theirs.version
                assert "version" in verdict.message


@pytest.mark.parametrize("name", NAMES)
def test_a_versions_known_mistakes_fail_and_are_named(name, monkeypatch):
    monkeypatch.setattr(JUDGING, "smallest_failing", lambda *_: "")
    record, wrongly_judged = exercise(name), {}
    first = only_general(record)
    for mistake in record.mistakes:
        if " + " in mistake.name:
            continue
        verdict = judge(first, mistake.wrong, "hidden")
        if verdict.passed:
            verdict = judge(record, mistake.wrong, "hidden")
        if verdict.passed or mistake.name not in verdict.mistakes:
            wrongly_judged[mistake.name] = verdict
    assert not wrongly_judged


@pytest.mark.parametrize("name", NAMES)
def test_the_stubs_example_is_what_a_right_answer_gives(name):
    base, key = name.split("/")
    version = {one.key: one for one in exercise(base).versions}[key]
    example = doctest.DocTestParser().get_doctest(
        ast.get_docstring(ast.parse(f"{version.stub}\n    ...").body[0]),
        {"np": np, base: version.record().reference},
        name,
        None,
        0,
    )
    assert example.examples
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


def rnn_step_in_columns(x_t, h_prev, W_xh, W_hh, b_h):
    a = W_xh @ x_t + W_hh @ h_prev + b_h[:, None]
    return a / (1 + np.abs(a))


def rnn_step_in_out(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def half_sum(y, targets):
    return sum((a - b) ** 2 / 2 for a, b in zip(y.ravel(), targets.ravel(), strict=True))


def mean_of_sums(y, targets):
    return np.mean([np.dot(e, e) for e in y - targets])


def lstm_step_ofig(x_t, h_prev, c_prev, W_x, W_h, b):
    o, f, i, g = np.split(x_t @ W_x.T + h_prev @ W_h.T + b, 4, axis=1)
    c_t = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_t), c_t


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("rnn_step/columns-softsign", rnn_step_in_columns),
        ("rnn_step/in-out", rnn_step_in_out),
        ("mean_squared_error/half-sum", half_sum),
        ("mean_squared_error/mean-of-sums", mean_of_sums),
        ("lstm_step/ofig", lstm_step_ofig),
    ],
)
def test_an_answer_written_apart_from_the_records_passes_its_version_alone(name, answer):
    assert check(name, answer) == exercise(name).points
    assert grade(name, answer, "seed of a class") == exercise(name).points
    assert not judge(exercise(name.split("/")[0]), answer).passed


def test_later_cells_run_with_the_lessons_own_function(capsys):
    given = yours_or_ours("lstm_step/ofig", lstm_step_ofig)
    assert given is exercise("lstm_step").reference
    assert "version" in capsys.readouterr().out


def test_a_version_that_is_not_there_is_said_with_those_that_are():
    with pytest.raises(KeyError, match="half-sum"):
        exercise("mean_squared_error/median")
    with pytest.raises(KeyError, match="none"):
        exercise("half_life/other")


def test_a_versions_check_shows_nobody_a_solution(monkeypatch):
    shown = []
    monkeypatch.setattr("rnn_utils.checks._show", lambda *panel: shown.append(panel))
    check("rnn_step/in-out", rnn_step_in_columns)
    check("rnn_step", rnn_step_in_columns)
    assert [bool(folded) for *_, folded in shown] == [False, True]


# The lesson ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_text_stub_and_tests_of_a_lesson_follow_a_version(name):
    base, key = name.split("/")
    lesson = exercise(base).lesson
    public = nbformat.read(ROOT / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    before = nbformat.writes(public)
    made = in_versions(public, {base: key})
    changed = [
        (was.source, now.source)
        for was, now in zip(public.cells, made.cells, strict=True)
        if was.source != now.source
    ]
    version = next(one for one in exercise(base).versions if one.key == key)
    (was, text), (_, stub), *calls = changed
    assert was.split("**Difficulty**")[0] == text.split("**Difficulty**")[0]
    assert text.endswith(version.task)
    assert stub.startswith(version.stub)
    assert is_stub(base, stub)
    assert not is_stub(base, stub + "\n# mine")
    assert calls
    assert all(f'"{name}"' in source for _, source in calls)
    assert nbformat.writes(public) == before


def test_versions_follow_from_the_secret_and_the_student_and_are_spread():
    students = [f"s{k}" for k in range(300)]
    one = [version_of(b"secret", "lstm_step", who) for who in students]
    assert one == [version_of(b"secret", "lstm_step", who) for who in students]
    assert one != [version_of(b"another", "lstm_step", who) for who in students]
    counts = [one.count(version.key) for version in exercise("lstm_step").versions]
    assert min(counts) > 10


# A class -------------------------------------------------------------------------------------------

LESSON = "04_output_layer"
NAME = "mean_squared_error"
ANSWERS = {
    "sum": "return ((y - targets) ** 2).sum()",
    "half-sum": "return ((y - targets) ** 2).sum() / 2",
    "half-mean": "return ((y - targets) ** 2).mean() / 2",
    "mean-of-sums": "return ((y - targets) ** 2).sum(axis=1).mean()",
    "sum-of-means": "return ((y - targets) ** 2).mean(axis=1).sum()",
}


def fill(folder, student, answer, to):
    """Let a student write an answer into the notebook they were given."""
    path = folder / "for_lms" / f"{LESSON}_versions" / student / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == NAME:
            cell.source = re.sub(r"(?s)# YOUR CODE HERE.*", answer, cell.source)
    (to / student).mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, to / student / f"{LESSON}.ipynb")


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform != "linux" or not available_layers(), reason="no jail can be built here"
)
def test_a_class_in_versions_with_an_answer_that_was_passed_on(tmp_path):
    folder, said = tmp_path / "course", []
    shutil.copytree(ROOT / "solutions" / LESSON, folder / "solutions" / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    course = open_course(folder, new=True)
    with pytest.raises(CourseError, match="--roster"):
        release(course, LESSON, say=said.append, variants=True)
    roster(tmp_path / "students.csv")
    release(course, LESSON, say=said.append, variants=True, people=tmp_path / "students.csv")
    assert f"{NAME}: every student has a version" in "\n".join(said)
    secret = (folder / ".class_secret").read_bytes()
    students = ["ada", "alan", "charles", "emmy", "pal", "sofia"]
    has = {who: version_of(secret, NAME, who) for who in students}
    given = folder / "for_lms" / f"{LESSON}_versions"
    assert sorted(path.name for path in given.iterdir()) == students
    for who in students:
        mine = nbformat.read(given / who / LESSON / f"{LESSON}.ipynb", as_version=4)
        assert f'check("{NAME}/{has[who]}"' in nbformat.writes(mine).replace('\\"', '"')
        for cell in mine.cells:
            if "checksum" in (rules := cell.metadata.get("nbgrader", {})):
                assert rules["checksum"] == compute_checksum(cell)

    ada = "ada"
    other = next(who for who in students if has[who] != has[ada])
    third, fourth = [who for who in students if who not in (ada, other)][:2]
    mail = tmp_path / "mail"
    fill(folder, ada, ANSWERS[has[ada]], mail)
    fill(folder, other, ANSWERS[has[ada]], mail)  # passed on: another version than theirs
    fill(folder, third, "return ((y - targets) ** 2).mean()", mail)  # as the package has it
    fill(folder, fourth, 'raise NotImplementedError("not done yet")', mail)
    collect(course, LESSON, [mail], say=said.append)
    with pytest.raises(CourseError, match="--groups"):
        collect(course, LESSON, [mail], groups=True, say=said.append)
    _, records = grade_class(folder, LESSON, say=said.append, show=False)
    test = f"test_{NAME}"
    points = {record.student: record.scores[LESSON][test] for record in records}
    assert points == {ada: 1.0, other: 0.0, third: 0.0, fourth: 0.0}
    notes = {record.student: (record.status, "; ".join(record.notes)) for record in records}
    assert notes[ada] == ("graded", "")
    for who in (other, third):
        assert notes[who][0] == "look at this"
        assert f"{test} answers another student's version" in notes[who][1]
    assert "version" not in notes[fourth][1]

    feedback.feedback(course, LESSON, say=said.append)
    pages = {
        who: (folder / "feedback" / who / LESSON / f"{LESSON}.html").read_text("utf-8")
        for who in (ada, other)
    }
    assert "answers another version" in pages[other]
    assert "answers another version" not in pages[ada]
    assert f"<code>{NAME}</code></a> (Score: 1.0 / 1.0)" in pages[ada]
    assert "Test cell" not in pages[ada]
    task = next(v.task for v in exercise(NAME).versions if v.key == has[other])
    assert "mean_squared_error/" in pages[other]
    words = re.search(r"\*\*(\w+)", task)[1]
    assert f"<strong>{words}" in pages[other]

    # A neighbour's whole notebook, with the neighbour's text and check in it, is no way around.
    shutil.copy(mail / ada / f"{LESSON}.ipynb", mail / other / f"{LESSON}.ipynb")
    collect(course, LESSON, [mail], say=said.append)
    _, records = grade_class(folder, LESSON, other, say=said.append, show=False)
    assert {r.student: r.scores[LESSON][test] for r in records}[other] == 0

    # nbgrader's own command knows the versions, too.
    run(folder, "nbgrader", "autograde", LESSON, "--force")
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "rnn-course") as book:
        for who, score in ((ada, 1.0), (other, 0.0)):
            assert book.find_grade(test, LESSON, LESSON, who).auto_score == score

    # The lesson's own version for all again.
    release(course, LESSON, say=said.append, variants=False)
    assert not given.exists()
    _, records = grade_class(folder, LESSON, say=said.append, show=False)
    points = {record.student: record.scores[LESSON][test] for record in records}
    assert points == {ada: 0.0, other: 0.0, third: 1.0, fourth: 0.0}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "rnn-course") as book:
        assert len(book.find_assignment(LESSON).submissions) == 4


def test_a_lesson_without_versions_refuses_and_names_those_that_have_some(tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(ROOT / "solutions/01_state_equation", folder / "solutions/01_state_equation")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with pytest.raises(CourseError, match=r"lstm_step \(12_lstm\)"):
        release(open_course(folder, new=True), "01_state_equation", variants=True)
