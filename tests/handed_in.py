"""Grading one folder of a student's as a class's is graded, without a gradebook."""

import os
from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat
from nbgrader.utils import determine_grade

from rnn_utils.course.build import read_lesson
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.run.grade_class import read_submission
from rnn_utils.grading.run.worker import grade
from rnn_utils.grading.submission import Lesson, Sheet

ROOT = Path(__file__).parents[1]


def authored(name):
    """Return a lesson as its author wrote it."""
    return deepcopy(_authored(name))


@cache
def _authored(name):
    return read_lesson(ROOT, name)


@cache
def lesson_of(name):
    """Return a lesson of the course as a worker gets it."""
    source, released = authored(name), released_of(name)
    locked = {}
    for cell in source.cells:
        rules = cell.metadata.get("nbgrader", {})
        if "grade_id" in rules and not rules["solution"]:
            locked[rules["grade_id"]] = cell.source
    sheet = Sheet(nbformat.v4.writes(released), nbformat.v4.writes(source), locked)
    return Lesson(name, {name: sheet}, {}, Limits(), name)


def released_of(name):
    """Return a lesson as it is handed out."""
    return nbformat.read(ROOT / "notebooks" / name / f"{name}.ipynb", as_version=4)


def solved(name):
    """Return a lesson as it is handed out, with the answers of its author in it."""
    notebook = released_of(name)
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in authored(name).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("solution"):
            lines = answers[mark["grade_id"]].split("\n")
            cell.source = "\n".join(line for line in lines if "### " not in line)
    return notebook


class _Directory:
    """What the grader asks of nbgrader's settings of a course."""

    submitted_directory = "."

    def __init__(self, folder):
        self.root = str(folder)

    def format_path(self, step, student, assignment):
        return os.path.join(self.root, student, assignment)


def grade_folder(executor, folder, name):
    """Grade what lies in a folder as a hand-in of a lesson; return what came of its notebook."""
    lesson = lesson_of(name)
    place = Path(folder)
    submission, _ = read_submission(_Here(place), lesson, place.name)
    return grade(lesson, submission, executor)[name]


class _Here(_Directory):
    def __init__(self, place):
        super().__init__(place.parent)

    def format_path(self, step, student, assignment):
        return os.path.join(self.root, student)


def points(graded):
    """Return the points by test, and those that there are."""
    cells = [nbformat.from_dict(cell) for cell in graded.cells]
    tests = [cell for cell in cells if cell.metadata.nbgrader.get("grade")]
    return {cell.metadata.nbgrader.grade_id: determine_grade(cell, None) for cell in tests}


def lost(graded):
    """Return the tests whose points are not all there."""
    return {name: both for name, both in points(graded).items() if both[0] != both[1]}
