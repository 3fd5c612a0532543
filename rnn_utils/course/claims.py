"""Keeping what the solved lessons measured of the claims about RNNs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from rnn_utils.claims import KEPT, MIME_TYPE
from rnn_utils.course.build import lessons, read_lesson
from rnn_utils.course.execute import execute


def of_notebook(lesson: str, notebook: NotebookNode) -> list[dict[str, Any]]:
    """Return what an executed lesson showed about claims, in its order."""
    return [
        {"lesson": lesson, **output.data[MIME_TYPE]}
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if MIME_TYPE in output.get("data", {})
    ]


def measure(root: Path) -> None:
    """Run every solved lesson that speaks of a claim, and keep what it measured in the package."""
    notebooks = {lesson: read_lesson(root, lesson) for lesson in _lessons_with_claims(root)}
    execute(notebooks)
    rows = [row for lesson, done in notebooks.items() for row in of_notebook(lesson, done)]
    text = json.dumps(rows, indent=1, ensure_ascii=False)
    Path(str(KEPT)).write_text(text + "\n", encoding="utf-8")


def _lessons_with_claims(root: Path) -> Iterator[str]:
    for lesson in lessons(root):
        if "claims.measured(" in (root / "solutions" / lesson / f"{lesson}.md").read_text("utf-8"):
            yield lesson
