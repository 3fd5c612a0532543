"""Grading a class: nbgrader's own grades, and none lost whatever happens on the way.

One file, since the class that is graded again and again is made once.
"""

import csv
import errno
import json
import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import sys
from contextlib import closing

import nbformat
import pytest
from grading_course import ANSWERS, NAME, hand_in, make_course, rows, run
from sqlalchemy.engine.default import DefaultDialect as Dialect
from traitlets import TraitError

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book import gradebook, lesson, report
from rnn_utils.grading.book.gradebook import Writer
from rnn_utils.grading.book.lateness import LatePenalty
from rnn_utils.grading.book.records import GRADED, NOT_GRADED, NOTED, STATUSES
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.run import grade_class
from rnn_utils.grading.run.settings import settings
from rnn_utils.grading.run.worker import grade
from rnn_utils.grading.sandbox import pipeline
from rnn_utils.grading.submission import Failed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader grades on POSIX only")

CLASS = {
    "ada": ANSWERS["right"],
    "bob": ANSWERS["wrong"],
    "cyd": ANSWERS["empty"],
    "dan": ANSWERS["right"] | {"why": "Because."},
    "eve": ANSWERS["right"] | {"square": "def square(x):\n    raise RuntimeError('no')"},
    "fay": ANSWERS["right"] | {"twice": "def twice(x) return x"},
}


class StandIn:
    """Executes in this process; the real one, in its jail, has tests of its own."""

    learned = None

    def learn(self, plain):
        if plain is not self.learned:
            self.learned = plain
            pipeline.learn(json.loads(json.dumps(plain)))

    def work(self, job, functions, limits, files, beside):
        return json.loads(json.dumps(pipeline.work(job, self.execute)._asdict()))

    def execute(self, job):
        names, ran = {}, []
        for cell in job["cells"]:
            outputs = []
            if cell["cell_type"] == "code":
                try:
                    exec(cell["source"], names)
                except Exception as error:
                    outputs = [
                        nbformat.v4.new_output("error", ename=type(error).__name__, evalue="")
                    ]
            ran.append({"outputs": outputs, "count": None})
        return {"cells": ran, "notes": [], "mistakes": {}}


def grade_here(folder, student=None, executor=None, before_each=lambda who: None):
    """Grade as `rnn-course class grade` does, one after the other in this process."""
    executor = executor or StandIn()
    directory, config = settings(folder)
    with closing(Writer(directory, config)) as writer:
        read = lesson.load(writer.gradebook, directory, NAME, Limits())

        def grade_all(submissions):
            for submission in submissions:
                before_each(submission.student)
                yield submission.student, grade(read, submission, executor)

        students = grade_class.find_students(directory, NAME, student)
        summary = grade_class.grade_handed_in(
            writer, read, students, grade_all, anew=student is not None
        )
        return summary, {record.student: record for record in writer.records(NAME)}


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory):
    """A course with what the class handed in, before any grading."""
    folder = make_course(tmp_path_factory.mktemp("grading"))
    for student, answers in CLASS.items():
        hand_in(folder, student, answers)
    return folder


@pytest.fixture
def course(handed_in, tmp_path):
    return shutil.copytree(handed_in, tmp_path / "course")


@pytest.fixture(scope="session")
def undisturbed(handed_in, tmp_path_factory):
    folder = shutil.copytree(handed_in, tmp_path_factory.mktemp("undisturbed") / "course")
    grade_here(folder)
    return folder


@pytest.fixture(scope="session")
def marks(undisturbed):
    """What the gradebook says after that, and the graded files."""
    return rows(undisturbed), autograded(undisturbed)


@pytest.fixture
def graded(undisturbed, tmp_path):
    return shutil.copytree(undisturbed, tmp_path / "course")


def autograded(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in (folder / "autograded").rglob("*")
        if path.is_file()
    }


# The grades are nbgrader's -----------------------------------------------------------------------


def test_every_grade_and_comment_is_the_one_that_nbgrader_gives(course, marks):
    run(course, "nbgrader", "autograde", NAME)
    assert rows(course) == marks[0]
    assert autograded(course).keys() == marks[1].keys()


def test_nbgraders_commands_work_on_the_result(graded):
    folder = graded
    run(folder, "nbgrader", "generate_feedback", NAME)
    page = (folder / "feedback" / "bob" / NAME / f"{NAME}.html").read_text("utf-8")
    assert "twice" in page
    assert "HIDDEN" not in page
    assert "twice(20)" not in page
    run(folder, "nbgrader", "export", "--to=grades.csv")
    with (folder / "grades.csv").open() as file:
        points = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert points["ada"] == 4
    assert points["bob"] == 2
    before = rows(folder)
    run(folder, "nbgrader", "autograde", NAME, "--force")
    assert rows(folder) == before


def test_what_nbgrader_changed_is_graded_again(graded, marks):
    with closing(sqlite3.connect(graded / "gradebook.db")) as db, db:
        db.execute("UPDATE grade SET auto_score = 0.5")
    grade_here(graded)
    assert rows(graded) == marks[0]


def test_a_mark_given_by_hand_is_kept_and_the_earlier_score_is_not(course):
    hand_in(course, "ada", ANSWERS["right"] | {"why": "So."})
    grade_here(course)
    with closing(sqlite3.connect(course / "gradebook.db")) as db, db:
        db.execute("UPDATE grade SET manual_score = 2.5 WHERE auto_score IS NULL")
    hand_in(course, "ada", ANSWERS["empty"] | {"why": "So!"})
    summary, _ = grade_here(course)
    assert summary.graded == 1
    grades = rows(course)["ada"]["grades"]
    assert grades["test_twice"] == (0, None, False)
    assert grades["why"] == (None, 2.5, True)


def test_deleted_tests_do_not_keep_an_earlier_score(graded):
    to = hand_in(graded, "ada", ANSWERS["empty"]) / f"{NAME}.ipynb"
    notebook = nbformat.read(to, as_version=4)
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")]
    nbformat.write(notebook, to)
    _, records = grade_here(graded)
    assert {g[0] for name, g in rows(graded)["ada"]["grades"].items() if name != "why"} == {0}
    assert records["ada"].status == NOTED


def test_late_work_is_penalised_by_nbgraders_plugin(course):
    with closing(sqlite3.connect(course / "gradebook.db")) as db, db:
        db.execute("UPDATE assignment SET duedate = '2026-01-01 00:00:00.000000'")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    hand_in(course, "bob", ANSWERS["right"], when="2025-12-31 12:00:00 UTC")
    grade_here(course)
    assert rows(course)["ada"]["late"] == [4]
    assert rows(course)["bob"]["late"] == [None]


def test_a_moved_date_an_extension_and_a_rule_are_felt_by_the_next_run(graded):
    database = graded / "gradebook.db"
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE assignment SET duedate = '2026-01-29 11:00:00.000000'")
    with (graded / "nbgrader_config.py").open("a") as file:
        file.write("\nc.LatePenalty.rule = '10% per day after 30 minutes'\n")
    summary, _ = grade_here(graded)
    assert summary.graded == 0
    assert summary.penalties["ada"] == (0, pytest.approx(1.2))  # two days and half an hour: three
    with closing(sqlite3.connect(database)) as db, db:
        seconds = "1970-01-03 00:00:00.000000"  # as SQLAlchemy keeps two days
        db.execute(
            "UPDATE submitted_assignment SET extension = ? WHERE student_id = 'ada'", [seconds]
        )
        db.execute("UPDATE grade SET manual_score = 3 WHERE needs_manual_grade")
    summary, _ = grade_here(graded)
    assert summary.penalties["ada"] == (pytest.approx(1.2), pytest.approx(0.4))
    assert summary.penalties["dan"] == (pytest.approx(1.2), pytest.approx(2.1))
    shown = report.table(summary, [])
    assert "ada: 1.2 points were taken off for lateness, now 0.4." in shown
    assert grade_here(graded)[0].penalties == {}
    run(graded, "nbgrader", "autograde", NAME, "--force", "--student=ada")
    assert rows(graded)["ada"]["late"] == [pytest.approx(0.4)]


@pytest.mark.parametrize(
    ("rule", "late", "taken"),
    [
        ("none", 1e6, None),
        ("zero", 1, 8),
        ("10% per day", 1, 0.8),
        ("10% per day", 86_401, 1.6),
        ("50 % per day", 1e9, 8),
        ("2% per hour", 7200, 0.32),
        ("2% per hour after 1 hour", 3600, None),
        ("2% per hour after 1 hour", 3601, 0.16),
        ("1 point per day after 10 minutes", 86_400, 1),
        ("zero after 2 days", 86_400, None),
    ],
)
def test_a_rule_of_lateness_in_words(rule, late, taken):
    assert LatePenalty(rule=rule).late_submission_penalty("ada", 8.0, late) == taken


@pytest.mark.parametrize("rule", ["10", "ten per cent", "10% per week", "-1 point per day", ""])
def test_a_rule_that_is_none_is_refused_with_examples(rule):
    with pytest.raises(TraitError, match="has to be like one of"):
        LatePenalty(rule=rule)


def test_marks_that_change_take_the_page_with_the_old_ones_away(graded):
    page = graded / "feedback" / "ada" / NAME / f"{NAME}.html"
    page.parent.mkdir(parents=True)
    page.write_text("old marks")
    grade_here(graded)
    assert page.exists()
    hand_in(graded, "ada", ANSWERS["wrong"])
    grade_here(graded)
    assert not page.exists()


def test_an_unreadable_timestamp_stops_nothing(course):
    hand_in(course, "ada", ANSWERS["right"], when="\x00 yesterday 99999999999999")
    _, records = grade_here(course)
    assert "timestamp" in records["ada"].notes[0]
    assert rows(course)["ada"]["timestamp"] is None


# What cannot be graded ---------------------------------------------------------------------------


def test_a_broken_submission_costs_its_author_alone(graded, marks):
    for student, content in {"bob": b"{", "eve": b""}.items():
        (graded / "submitted" / student / NAME / f"{NAME}.ipynb").write_bytes(content)
    shutil.rmtree(graded / "submitted" / "fay" / NAME)
    (graded / "submitted" / "fay" / NAME).symlink_to(graded / "solutions" / NAME)
    _, records = grade_here(graded)
    after, before = rows(graded), marks[0]
    for student in ("bob", "eve", "fay"):
        assert records[student].status == NOT_GRADED
        assert records[student].notes
        assert {score for score, *_ in after[student]["grades"].values()} == {0}
    for student in ("ada", "cyd", "dan"):
        assert after[student] == before[student]
    shown = (graded / "autograded" / "bob" / NAME / f"{NAME}.ipynb").read_text("utf-8")
    assert "could not be graded" in shown
    page = run(graded, "nbgrader", "generate_feedback", NAME)
    assert "ERROR" not in page


def test_a_failure_of_the_grader_is_not_the_students(course):
    directory, config = settings(course)
    with closing(Writer(directory, config)) as writer:
        read = lesson.load(writer.gradebook, directory, NAME, Limits())
        summary = grade_class.grade_handed_in(
            writer, read, ["ada"], lambda all_: ((one.student, Failed("it broke")) for one in all_)
        )
    assert summary.failed == {"ada": "it broke"}
    assert "ada" not in rows(course)
    assert grade_here(course)[0].graded == len(CLASS)


# Only what changed -------------------------------------------------------------------------------


def test_unchanged_submissions_are_not_graded_again(course):
    assert grade_here(course)[0][:2] == (len(CLASS), 0)
    assert grade_here(course)[0][:2] == (0, len(CLASS))
    hand_in(course, "ada", ANSWERS["wrong"])
    asked = []
    assert grade_here(course, before_each=asked.append)[0].unchanged == len(CLASS) - 1
    assert asked == ["ada"]


def test_with_other_data_beside_the_lesson_all_are_graded_again(graded):
    (graded / "notebooks" / NAME / "data.csv").write_text("1,2")
    assert grade_here(graded)[0][:2] == (len(CLASS), 0)
    assert grade_here(graded)[0][:2] == (0, len(CLASS))


def test_data_too_large_to_be_given_to_everybody_is_said(course):
    with (course / "notebooks" / NAME / "data.bin").open("wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(CourseError, match=r"have 30 MB.*may have 21 MB"):
        grade_here(course)


def test_a_named_student_is_graded_in_any_case(graded):
    assert grade_here(graded, student="bob")[0][:2] == (1, 0)


def test_a_graded_notebook_that_is_gone_is_made_again(graded):
    before = autograded(graded)
    shutil.rmtree(graded / "autograded" / "ada")
    assert grade_here(graded)[0].graded == 1
    assert autograded(graded) == before


def test_a_changed_lesson_is_graded_again(graded, monkeypatch):
    monkeypatch.setattr(lesson, "_graders_code", lambda: "other")
    assert grade_here(graded)[0].graded == len(CLASS)


# Never a grade lost ------------------------------------------------------------------------------


def _killed_at(folder, moment):
    """Grade in a process that is killed at the n-th write, rename or commit; return whether it was."""

    def run_until():
        steps = iter(range(1, 10_000))

        def step(function):
            def counted(*arguments, **options):
                if next(steps) == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **options)

            return counted

        os.fsync, os.rename, os.replace = map(step, (os.fsync, os.rename, os.replace))
        Writer._save = step(Writer._save)
        Dialect.do_commit = step(Dialect.do_commit)
        grade_here(folder)

    process = multiprocessing.get_context("fork").Process(target=run_until)
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def test_killed_again_and_again_a_step_later_each_time_nothing_is_left_half_done(course, marks):
    """The first run never comes back from its first write, the next one not from its second, and so on."""
    for moment in range(1, 1000):
        killed = _killed_at(course, moment)
        found = rows(course)
        assert found == {student: marks[0][student] for student in found}, moment
        if not killed:
            break
    assert (found, autograded(course)) == marks
    assert moment > 2 * len(CLASS)


@pytest.mark.parametrize("moment", range(1, 13))
def test_killed_at_any_step_the_next_run_gives_the_grades_of_an_undisturbed_one(
    course, marks, moment
):
    assert _killed_at(course, moment)
    grade_here(course)
    assert (rows(course), autograded(course)) == marks


def test_on_a_full_disk_the_run_stops_with_a_sentence_and_goes_on_later(course, marks, monkeypatch):
    written = []

    def full(path, content, write=gradebook.write_file):
        written.append(path)
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(gradebook, "write_file", full)
        with pytest.raises(CourseError, match="disk is full") as stopped:
            grade_here(course)
    assert "2 submissions were graded" in str(stopped.value)
    grade_here(course)
    assert rows(course) == marks[0]
    assert not list(course.rglob("*.part"))


def test_a_locked_gradebook_stops_the_run_with_a_sentence(course, marks, monkeypatch):
    monkeypatch.setattr(gradebook, "PATIENCE", 0.1)
    other = sqlite3.connect(course / "gradebook.db", isolation_level=None)

    def lock(who):
        if who == "cyd":
            other.execute("BEGIN IMMEDIATE")

    with closing(other), pytest.raises(CourseError, match="locked"):
        grade_here(course, before_each=lock)
    assert grade_here(course)[0].unchanged == 2
    assert rows(course) == marks[0]


def test_a_file_is_the_old_one_or_the_new_one(tmp_path, monkeypatch):
    path = tmp_path / "a" / "b.ipynb"
    gradebook.write_file(path, b"old")

    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(gradebook.os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        gradebook.write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


# What the instructor sees ------------------------------------------------------------------------


def test_the_table_names_who_is_not_simply_graded(course):
    hand_in(course, "ada", ANSWERS["right"], name=f"{NAME} (1).ipynb")
    (course / "submitted" / "ada" / NAME / f"{NAME}.ipynb").unlink()
    (course / "submitted" / "bob" / NAME / f"{NAME}.ipynb").write_bytes(b"{")
    summary, records = grade_here(course)
    shown = report.table(summary, records.values())
    assert "ada  graded, with a note  the file was named 'sums (1).ipynb'" in shown
    assert "bob  not graded           The file is not JSON" in shown
    assert f"{NOTED}: {STATUSES[NOTED]}" in shown
    assert "marked by a person, in the formgrader: 1, of students: 1." in shown
    assert shown.endswith("4 graded, 1 graded, with a note, 1 not graded, 0 look at this.")
    as_json = json.loads(report.as_json(NAME, summary, records.values()))
    assert [s["status"] for s in as_json["submissions"]][:3] == [NOTED, NOT_GRADED, GRADED]


def test_the_class_page_counts_and_names_nobody(course):
    summary, records = grade_here(course)
    page = report.write(course, NAME, summary, records.values()).read_text("utf-8")
    assert "<svg" in page
    assert not re.search(r"(src|href)=.?https?:", page)
    assert "<code>square</code></td><td>6</td><td>67%</td>" in page
    assert not any(f">{student}<" in page for student in CLASS)


def test_without_a_gradebook_or_a_lesson_it_is_said_what_to_do(course, tmp_path):
    with pytest.raises(CourseError, match="class release"):
        settings(tmp_path)
    directory, _ = settings(course)
    with pytest.raises(CourseError, match="no folder"):
        grade_class.find_students(directory, "nothing", None)
    with pytest.raises(CourseError, match="'zoe' handed in"):
        grade_class.find_students(directory, NAME, "zoe")
