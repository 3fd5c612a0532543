"""A solution beside the learner's own, folded away until it is asked for."""

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Callable
from html import escape
from typing import Any

from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.course_folder import course_root

MARKS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.M)


def as_html(record: Exercise, function: Callable[..., Any], passed: bool) -> str:
    """Return a folded part of a panel with the course's solution, and the learner's once it is right.

    Args:
        record: the exercise.
        function: the learner's function.
        passed: whether its check has passed.
    """
    ours, theirs = solution_of(record), _source(function) if passed else None
    if ours is None:
        return ""
    summary = "Compare yours with ours" if passed else "I give up: show me a solution"
    both = [("Yours", theirs), ("Ours", ours)] if theirs else [("Ours", ours)]
    columns = "".join(
        f'<div style="flex: 1 1 20em; min-width: 0"><strong>{name}</strong>'
        f'<pre style="overflow-x: auto">{escape(source)}</pre></div>'
        for name, source in both
    )
    return (
        f"<details><summary>{summary}</summary>"
        f'<div style="display: flex; flex-wrap: wrap; gap: 0 2em">{columns}</div></details>'
    )


def solution_of(record: Exercise) -> str | None:
    """Return how the lesson itself solves an exercise; without the lessons at hand, how the package does.

    Args:
        record: the exercise.
    """
    lesson = course_root() / "solutions" / record.lesson / f"{record.lesson}.ipynb"
    try:
        cells = json.loads(lesson.read_text("utf-8"))["cells"]
        sources = [
            "".join(cell["source"])
            for cell in cells
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == record.name
        ]
        return _without_docstring(MARKS.sub("", sources[0]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return _source(record.reference)


def _source(function: Callable[..., Any]) -> str | None:
    try:
        return _without_docstring(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError):
        return None  # typed in a place that keeps no source


def _without_docstring(source: str) -> str:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return source.strip()
    lines: list[str | None] = [*source.splitlines()]
    for node in body:
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) and len(node.body) > 1:
            first = node.body[0]
            lines[first.lineno - 1 : first.end_lineno] = [None] * (
                (first.end_lineno or first.lineno) - first.lineno + 1
            )
    return "\n".join(line for line in lines if line is not None).strip()
