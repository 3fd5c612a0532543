"""How far a learner is, read from the notebooks as they were saved."""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rnn_utils.course.open import MY_WORK, PROGRESS
from rnn_utils.course.progress import as_html, as_text, read_progress, write_page
from rnn_utils.questions.read import questions

LESSON = "07_backpropagation_through_time"


def save(root: Path, lesson: str, **results: str | None) -> None:
    """Save a lesson of two-point exercises with what their checks gave."""
    cells = [new_markdown_cell(f"# {lesson[:2]} · A title\n\nand more")]
    for name, result in results.items():
        mark = {"grade": True, "solution": False, "grade_id": f"test_{name}", "points": 2}
        outputs = [] if result is None else [new_output("execute_result", {"text/plain": result})]
        cells.append(new_code_cell(f"check({name})", metadata={"nbgrader": mark}, outputs=outputs))
    path = root / MY_WORK / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)


def test_points_predictions_and_quiz_are_counted(tmp_path):
    save(tmp_path, LESSON, first="2.0", second="0.5", third=None)
    asked = questions("07")
    prediction, quiz = (
        next(q for q in asked.values() if q.kind == k) for k in ("prediction", "quiz")
    )
    guesses = {q.key: q.choices[0].text for q in (prediction, quiz)}
    (tmp_path / MY_WORK / LESSON / "guesses.json").write_text(json.dumps(guesses), "utf-8")
    (lesson,) = read_progress(tmp_path / MY_WORK)
    assert (lesson.earned, lesson.possible, lesson.next_exercise) == (2.5, 6, "second")
    assert lesson.predictions[0] == lesson.quiz[0] == 1
    assert lesson.title == "07 · A title"
    assert "2.5 of  6 points" in as_text([lesson])
    assert "Go on with second in lesson 07" in as_text([lesson])


def test_one_goes_on_where_one_stopped(tmp_path):
    save(tmp_path, "00_start_here", first="2.0")
    save(tmp_path, "01_state_equation", first="2.0", second="0.0")
    save(tmp_path, "02_shared_weights", first="0.0")
    lessons = read_progress(tmp_path / MY_WORK)
    assert "second in lesson 01" in as_text(lessons)
    assert 'href="01_state_equation/01_state_equation.ipynb"' in as_html(lessons)


@pytest.mark.parametrize("result", ["nan", "lots", "1e9", "-3", "", "inf"])
def test_a_strange_result_is_no_more_than_the_points_there_are(tmp_path, result):
    save(tmp_path, LESSON, first=result)
    (lesson,) = read_progress(tmp_path / MY_WORK)
    assert 0 <= lesson.earned <= 2


def test_what_cannot_be_read_stops_nothing(tmp_path):
    save(tmp_path, "00_start_here", first="2.0")
    save(tmp_path, LESSON, first="2.0")
    (tmp_path / MY_WORK / LESSON / f"{LESSON}.ipynb").write_text('{"cells": [1, 2]}', "utf-8")
    (tmp_path / MY_WORK / "00_start_here" / "guesses.json").write_text("[", "utf-8")
    assert [lesson.lesson for lesson in read_progress(tmp_path / MY_WORK)] == ["00_start_here"]


def test_a_title_with_marks_is_shown_as_text(tmp_path):
    save(tmp_path, LESSON, first="2.0")
    path = tmp_path / MY_WORK / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text("utf-8").replace("A title", "<b>A</b>"), "utf-8")
    assert "<b>" not in as_html(read_progress(tmp_path / MY_WORK))


def test_the_page_is_there_once_something_was_done(tmp_path):
    save(tmp_path, LESSON, first="0.0")
    write_page(tmp_path)
    assert not (tmp_path / MY_WORK / PROGRESS).exists()
    save(tmp_path, LESSON, first="1.0")
    write_page(tmp_path)
    page = nbformat.read(tmp_path / MY_WORK / PROGRESS, as_version=4)
    nbformat.validate(page)
    assert "1 of 2" in page.cells[1].outputs[0].data["text/html"]


def test_nothing_at_all_is_no_error(tmp_path):
    assert read_progress(tmp_path) == []
    assert "solved" in as_text([]) or as_text([])
