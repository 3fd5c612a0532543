"""Marks that are not those of what lies there now are never given out without a word."""

import shutil
from datetime import datetime

import nbformat
import pytest
from grading_course import NAME
from test_classroom import (
    answered,
    course,
    graded,
    graded_folder,
    released,
    zipped,
)
from test_grade import grade_here

from rnn_utils.classroom.collect import collect
from rnn_utils.classroom.feedback import feedback
from rnn_utils.classroom.marks import marks
from rnn_utils.classroom.release import extend, release
from rnn_utils.classroom.status import status
from rnn_utils.course_folder import CourseError

__all__ = ["graded", "graded_folder", "released"]


def said_by(command, folder, *given):
    said = []
    command(course(folder), NAME, *given, say=said.append)
    return "\n".join(said)


def another_hand_in(folder):
    when = datetime(2026, 12, 9, 20, 0)
    path = folder.parent / "again.zip"
    zipped(
        path, {"Ada Lovelace_9_assignsubmission_file_/sums.ipynb": answered(folder, "wrong")}, when
    )
    collect(course(folder), NAME, [path], say=lambda sentence: None)


def edited(folder, change, released=True):
    path = folder / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    tests = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    change(notebook, tests)
    nbformat.write(notebook, path)
    if released:
        release(course(folder), NAME, say=lambda sentence: None)


def other_points(notebook, tests):
    tests[0].metadata.nbgrader.points += 3


def dropped(notebook, tests):
    notebook.cells.remove(tests[0])


def another_test(notebook, tests):
    tests[0].source += "\nassert 1 + 1 == 2"


CHANGES = {
    "another hand-in": another_hand_in,
    "points": lambda folder: edited(folder, other_points),
    "dropped": lambda folder: edited(folder, dropped),
    "another test": lambda folder: edited(folder, another_test),
    "not released": lambda folder: edited(folder, other_points, released=False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_marks_of_before_are_said_to_be_those_of_before(graded_folder, name):
    folder = graded_folder
    feedback(course(folder), NAME, say=lambda sentence: None)
    assert f"Next: rnn-course class marks {NAME}" in said_by(status, folder)
    assert "again" not in said_by(marks, folder)
    CHANGES[name](folder)
    tells = said_by(status, folder)
    assert "to be graded again" in tells
    assert f"Next: rnn-course class grade {NAME}" in tells
    assert "have to be graded again" in said_by(marks, folder)
    assert "class grade" in said_by(feedback, folder) or name == "not released"
    if name == "another hand-in":
        assert "ada      9 December 2026, 20:00  44.0 h  to be graded again" in tells
    if name == "not released":
        assert f"class release {NAME}" in tells
        with pytest.raises(CourseError, match="class release"):
            grade_here(folder)
        release(course(folder), NAME, say=lambda sentence: None)
    grade_here(folder)
    for command in (status, feedback, marks):
        assert "again" not in said_by(command, folder)


def test_who_was_late_is_known_before_anything_is_graded(released, tmp_path):
    folder = shutil.copytree(released, tmp_path / "course")
    late = datetime(2026, 12, 9, 23, 59)
    archive = zipped(
        tmp_path / "m.zip",
        {
            "ada_1_assignsubmission_file_/sums.ipynb": answered(folder),
            "emmy_2_assignsubmission_file_/sums.ipynb": (answered(folder), late),
            "pal_3_assignsubmission_file_/sums.ipynb": (answered(folder), late),
        },
    )
    collect(course(folder), NAME, [archive], say=lambda sentence: None)
    extend(course(folder), NAME, "pal", 2, 0, lambda sentence: None)
    tells = said_by(status, folder)
    assert "emmy     9 December 2026, 23:59  2.0 days" in tells
    assert "3 of 3 handed in, 1 late, 0 graded" in tells
