"""How far a learner has come: exercises, points, predictions and quizzes of every lesson, on one page."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from rnn_utils.course.open import MY_WORK, PROGRESS
from rnn_utils.questions.read import Question, questions


@dataclass(frozen=True)
class LessonProgress:
    """A lesson of a learner: points by exercise, and how many questions were answered."""

    lesson: str
    title: str
    points: Mapping[str, tuple[float, float]]
    predictions: tuple[int, int]
    quiz: tuple[int, int]

    @property
    def earned(self) -> float:
        """The points that the checks gave, by the outputs saved with the notebook."""
        return sum(earned for earned, _ in self.points.values())

    @property
    def possible(self) -> float:
        """All points of the lesson."""
        return sum(possible for _, possible in self.points.values())

    @property
    def next_exercise(self) -> str | None:
        """The first exercise without full points."""
        return next((name for name, (has, of) in self.points.items() if has < of), None)

    @property
    def begun(self) -> bool:
        """Whether anything was done in the lesson."""
        return bool(self.earned or self.predictions[0] or self.quiz[0])


def read_progress(my_work: Path) -> list[LessonProgress]:
    """Read every lesson's progress from the learner's notebooks, as they were saved last.

    Args:
        my_work: the learner's folder.

    Returns:
        One entry for each lesson that can be read, in order.
    """
    found = []
    for path in sorted(my_work.glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb")):
        if path.stem != path.parent.name:
            continue
        try:
            cells = json.loads(path.read_text("utf-8"))["cells"]
            found.append(_lesson(path, cells))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # a notebook that cannot be read says nothing of what was done in it
    return found


def as_text(lessons: list[LessonProgress]) -> str:
    """Return the progress as lines for a terminal."""
    lines = [
        f"{lesson.title:44.44} {lesson.earned:4g} of {lesson.possible:2g} points"
        f"   predictions {lesson.predictions[0]}/{lesson.predictions[1]}"
        f"   quiz {lesson.quiz[0]}/{lesson.quiz[1]}"
        for lesson in lessons
    ]
    return "\n".join([*lines, "", _resume(lessons)[0]])


def as_html(lessons: list[LessonProgress]) -> str:
    """Return the progress as a page of a notebook, with links to the lessons."""
    rows = []
    for lesson in lessons:
        width = round(100 * lesson.earned / lesson.possible) if lesson.possible else 0
        rows.append(
            f'<tr><th scope="row" style="text-align: left; font-weight: normal">{_link(lesson)}</th>'
            f'<td style="text-align: left; min-width: 9em"><progress max="100" value="{width}" '
            f'aria-label="points of lesson {lesson.lesson[:2]}"></progress> '
            f"{lesson.earned:g} of {lesson.possible:g}</td>"
            f"<td>{lesson.predictions[0]} of {lesson.predictions[1]}</td>"
            f"<td>{lesson.quiz[0]} of {lesson.quiz[1]}</td></tr>"
        )
    words, lesson_to_resume = _resume(lessons)
    resume = (
        f"<p><strong>{escape(words)}</strong> {_link(lesson_to_resume)}</p>"
        if lesson_to_resume
        else ""
    )
    heads = ("Lesson", "Points", "Predictions made", "Quiz answered")
    head = "".join(f'<th scope="col" style="text-align: left">{name}</th>' for name in heads)
    return (
        f"{resume}<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        "<p>Points are those of the checks when a notebook was saved last.</p>"
    )


def write_page(root: Path) -> None:
    """Write the page of progress into the learner's folder, once anything was done.

    Args:
        root: the course's folder.
    """
    my_work = root / MY_WORK
    lessons = read_progress(my_work)
    if not any(lesson.begun for lesson in lessons):
        return
    source = "from rnn_utils.course.progress import progress\n\nprogress()"
    output = {
        "output_type": "display_data",
        "data": {"text/html": as_html(lessons), "text/plain": as_text(lessons)},
        "metadata": {},
    }
    cells = [
        _cell("markdown", "# Your progress\n\nRun the cell below to see it as it is now."),
        _cell("code", source) | {"execution_count": None, "outputs": [output]},
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (my_work / PROGRESS).write_text(json.dumps(notebook, indent=1, ensure_ascii=False), "utf-8")


def progress() -> None:
    """Show the progress of the learner whose folder this notebook is in."""
    from IPython.display import display

    lessons = read_progress(Path.cwd())
    display({"text/html": as_html(lessons), "text/plain": as_text(lessons)}, raw=True)


def _cell(kind: str, source: str) -> dict[str, Any]:
    return {"cell_type": kind, "id": f"progress-{kind}", "metadata": {}, "source": source}


def _lesson(path: Path, cells: list[dict[str, Any]]) -> LessonProgress:
    points = {}
    for cell in cells:
        mark = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and mark.get("grade") and not mark.get("solution"):
            name = str(mark["grade_id"]).removeprefix("test_")
            of = float(mark["points"])
            points[name] = (min(max(_result(cell), 0.0), of), of)
    title = "".join(cells[0]["source"]).splitlines()[0].removeprefix("# ")
    lesson = path.stem
    asked = _asked(lesson[:2])
    guesses = _guesses(path.parent)
    answered = [q.kind for q in asked if guesses.get(q.key) is not None]
    counts = {
        kind: (answered.count(kind), sum(q.kind == kind for q in asked))
        for kind in ("prediction", "quiz")
    }
    return LessonProgress(lesson, title, points, counts["prediction"], counts["quiz"])


def _asked(lesson: str) -> list[Question]:
    try:
        return list(questions(lesson).values())
    except ValueError:
        return []  # a lesson of an instructor's own


def _guesses(folder: Path) -> dict[str, Any]:
    try:
        kept = json.loads((folder / "guesses.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _result(cell: dict[str, Any]) -> float:
    """Return the points that a check gave when its cell ran last."""
    for output in cell["outputs"]:
        if output.get("output_type") == "execute_result":
            try:
                points = float("".join(output["data"]["text/plain"]))
            except (KeyError, ValueError):
                return 0.0
            return points if math.isfinite(points) else 0.0
    return 0.0


def _resume(lessons: list[LessonProgress]) -> tuple[str, LessonProgress | None]:
    """Say where to go on: the last lesson that was begun and is not finished, else the first not begun."""
    open_ones = [lesson for lesson in lessons if lesson.next_exercise]
    if not open_ones:
        return "Every exercise of every lesson is solved.", None
    begun = [lesson for lesson in open_ones if lesson.begun]
    lesson = begun[-1] if begun else open_ones[0]
    return f"Go on with {lesson.next_exercise} in lesson {lesson.lesson[:2]}:", lesson


def _link(lesson: LessonProgress) -> str:
    return f'<a href="{lesson.lesson}/{lesson.lesson}.ipynb">{escape(lesson.title)}</a>'
