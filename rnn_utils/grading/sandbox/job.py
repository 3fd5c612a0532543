"""What there is to execute: a notebook with its lesson, what it may use, and what came of it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from nbformat import NotebookNode, from_dict

from rnn_utils.grading.intake.dependencies import names
from rnn_utils.grading.intake.rebuild import NOT_RUN
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.sandbox import stripped_package


class Executed(NamedTuple):
    """An executed notebook and what is to be said of it.

    Attributes:
        notebook: a copy of the notebook with outputs.
        notes: sentences for the instructor, each beginning with "limit: " or "suspicious: ".
        mistakes: by grade id of a test cell, what the course's checks recognised there.
    """

    notebook: NotebookNode
    notes: list[str]
    mistakes: dict[str, list[str]]


def job_of(
    notebook: NotebookNode,
    limits: Limits,
    source: NotebookNode | None,
    every_cell: bool = False,
    python: Sequence[int] = (),
) -> dict[str, Any]:
    """Return what the process that runs the tests needs of a notebook.

    Args:
        notebook: the student's notebook, with the hidden tests.
        limits: what it may use.
        source: the lesson as its author wrote it.
        every_cell: whether to run the cells too that nothing of the student's needs.
        python: the version of Python that the notebook was written with, if it is known.

    Returns:
        Plain values.
    """
    functions, own = stripped_package.withheld(source or notebook)
    known = frozenset(cell.source for cell in source.cells) if source is not None else frozenset()
    return {
        "cells": _plain(notebook, known),
        "source": _plain(source) if source is not None else None,
        "limits": limits._asdict(),
        "own": sorted(own),
        "withheld": sorted(functions),
        "every_cell": every_cell,
        "python": list(python),
    }


def _plain(notebook: NotebookNode, known: frozenset[str] | None = None) -> list[dict[str, Any]]:
    """Return what of a notebook's cells the tester needs.

    Args:
        notebook: the notebook.
        known: the sources that are the instructor's; all of them if None. Their names are looked up
            here, once for the whole class; a student's cell is parsed only where that may fail.
    """
    return [
        {
            "cell_type": "raw" if NOT_RUN in cell.metadata.get("tags", ()) else cell.cell_type,
            "source": cell.source,
            "metadata": {"nbgrader": dict(cell.metadata.get("nbgrader", {}))},
            "names": _names(cell.source)
            if cell.cell_type == "code" and (known is None or cell.source in known)
            else None,
        }
        for cell in notebook.cells
    ]


@lru_cache(maxsize=2048)
def _names(source: str) -> tuple[list[list[str]], bool]:
    *sets, everything = names(source)
    return [sorted(found) for found in sets], everything


def filled(notebook: NotebookNode, result: dict[str, Any]) -> Executed:
    """Return a copy of a notebook with its outputs.

    Args:
        notebook: the notebook.
        result: what the tester says of it; its `"cells"` are None where it has ended.

    Returns:
        The copy, with what is to be said of it.
    """
    notebook = from_dict(notebook)
    cells, notes = result["cells"], result["notes"]
    if cells is None:
        notes = [*notes, "limit: the process that runs the tests ended or ran out of time"]
    for k, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        ran: dict[str, Any] | None = cells[k] if cells is not None else _NOT_RUN
        cell.outputs = [from_dict(output) for output in ran["outputs"]] if ran else []
        cell.execution_count = ran["count"] if ran else None
    return Executed(notebook, notes, result["mistakes"])


_WHY = "The tests could not be run to their end."
_NOT_RUN: dict[str, Any] = {
    "count": None,
    "outputs": [
        {
            "output_type": "error",
            "ename": "NotRun",
            "evalue": _WHY,
            "traceback": [f"NotRun: {_WHY}"],
        }
    ],
}
