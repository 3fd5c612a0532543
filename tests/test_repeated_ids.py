"""Plain `nbgrader autograde`, with this course's settings, grades a notebook in which ids are there twice."""

import sys

import nbformat
import pytest
from grading_course import ANSWERS, NAME, hand_in, make_course, run
from nbgrader.api import Gradebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="classes are graded on Linux")


def test_an_answer_in_two_parts_and_a_test_pasted_again(tmp_path):
    course = make_course(tmp_path)
    path = hand_in(course, "ada", ANSWERS["right"]) / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    answer = next(
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "twice"
    )
    place = notebook.cells.index(answer)
    helper = answer.copy() | {"source": "def add(a, b):\n    return a + b", "id": "helper"}
    answer.source = "def twice(x):\n    return add(x, x)"
    test = notebook.cells[place + 1].copy() | {"id": "again"}
    notebook.cells[place:place] = [nbformat.from_dict(helper)]
    notebook.cells.append(nbformat.from_dict(test))
    path.write_text(nbformat.v4.writes(notebook))
    run(course, "nbgrader", "autograde", NAME)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        graded = gradebook.find_submission_notebook(NAME, NAME, "ada")
        assert {grade.name: grade.auto_score for grade in graded.grades} == {
            "test_twice": 2,
            "test_square": 2,
            "why": 0,
        }
