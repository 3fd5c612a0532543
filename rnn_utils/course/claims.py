"""Keeping what the solved lessons measured of the claims about RNNs."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from tqdm import tqdm

from rnn_utils.claims import KEPT, MIME_TYPE
from rnn_utils.course.build import lessons


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
    speaking = list(_lessons_with_claims(root))
    rows = []
    for lesson in tqdm(speaking, unit=" lessons"):
        with tempfile.TemporaryDirectory() as place:
            folder = shutil.copytree(root / "solutions" / lesson, Path(place) / lesson)
            notebook = nbformat.read(folder / f"{lesson}.ipynb", as_version=4)
            resources = {"metadata": {"path": str(folder)}}
            NotebookClient(notebook, timeout=300, resources=resources).execute()
        rows += of_notebook(lesson, notebook)
    text = json.dumps(rows, indent=1, ensure_ascii=False)
    Path(str(KEPT)).write_text(text + "\n", encoding="utf-8")


def _lessons_with_claims(root: Path) -> Iterator[str]:
    for lesson in lessons(root):
        if "claims.measured(" in (root / "solutions" / lesson / f"{lesson}.md").read_text("utf-8"):
            yield lesson
