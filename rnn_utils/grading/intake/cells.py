"""Reading a notebook as it was handed in, of any version of the format and however damaged."""

import json
import re
from typing import Any, NamedTuple

from rnn_utils.grading.intake.folder import LARGEST, Refused
from rnn_utils.grading.protocol.safe_text import whole

#: The most cells that a notebook may have.
CELLS = 10_000

#: How many lists and objects, and how many values, a notebook may hold: it takes memory to read each.
_NESTED, _VALUES = 2_000_000, 10_000_000

#: The kinds of pictures that a text may hold; others can hold scripts.
_IMAGES = ("image/png", "image/jpeg", "image/gif")


class Cell(NamedTuple):
    """What is read of a handed-in cell: nothing else of it can reach the grades.

    Attributes:
        source: its text.
        kind: `"code"`, `"markdown"` or whatever the student made of it.
        id: its id in the notebook, or none.
        nbgrader: nbgrader's metadata as the student left it.
        images: the pictures in it, by name and kind, as base64.
    """

    source: str
    kind: str
    id: str | None
    nbgrader: dict[str, Any]
    images: dict[str, dict[str, str]] = {}  # noqa: RUF012  (never changed)

    @property
    def grade_id(self) -> str | None:
        """The cell's grade id, if it has one that can be."""
        name = self.nbgrader.get("grade_id")
        return name if isinstance(name, str) and name else None


class Paper(NamedTuple):
    """A notebook as it was handed in.

    Attributes:
        cells: its cells, in order.
        python: the version of Python that it was last run with, if it says so.
    """

    cells: list[Cell]
    python: tuple[int, ...] = ()


def read_notebook(content: bytes) -> Paper:
    """Read a notebook, of any version of the format and however damaged; its outputs are left behind.

    Args:
        content: the bytes of the file.

    Returns:
        What it holds.

    Raises:
        Refused: it is no notebook; the text says what it is instead.

    Example:
        >>> paper = read_notebook(b'{"cells": [{"cell_type": "code", "source": ["x = 1"]}]}')
        >>> paper.cells[0].source
        'x = 1'
    """
    if not content.strip():
        raise Refused("The file is empty. Save the notebook and hand it in again.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "The file is not UTF-8 text, so it is not a notebook as Jupyter saves it."
        ) from None
    if text.count("{") + text.count("[") > _NESTED or text.count(",") > _VALUES:
        raise Refused(
            "The file holds more values than any notebook. Clear all outputs, save, and hand it in again."
        )
    try:
        notebook = whole(json.loads(text))
    except RecursionError:
        raise Refused("The file is nested too deeply to be a notebook.") from None
    except ValueError as error:
        if re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE):
            raise Refused(
                "The file holds the markers of a merge conflict (<<<<<<<). Resolve the conflict, "
                "open the notebook in Jupyter, and hand it in again."
            ) from None
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Refused(
            f"The file is not JSON{where}, so it is not a notebook, or only a part of one."
        ) from None
    cells = _listed_cells(notebook)
    if cells is None:
        raise Refused("The file is JSON, but not a notebook: it has no list of cells.")
    if len(cells) > CELLS:
        raise Refused(
            f"The notebook has {len(cells)} cells, more than {CELLS}. Delete those that are no part "
            "of the lesson or of your answers, and hand it in again."
        )
    read = [_cell(cell) for cell in cells if isinstance(cell, dict)]
    pictures = sum(
        len(data) for c in read for kinds in c.images.values() for data in kinds.values()
    )
    for what, size in (("text", sum(len(c.source) for c in read)), ("pasted pictures", pictures)):
        if size > LARGEST:
            raise Refused(
                f"The cells hold {size / 1e6:.0f} MB of {what}, more than {LARGEST >> 20} MB. Take out what "
                "is no answer, and hand the notebook in again."
            )
    return Paper(read, _python(notebook))


def _python(notebook: dict[str, Any]) -> tuple[int, ...]:
    """Return the version of Python that a notebook says it was run with; nothing if it says none."""
    try:
        version = notebook["metadata"]["language_info"]["version"]
        return tuple(int(part) for part in re.findall(r"\d{1,3}", version)[:2])
    except (KeyError, TypeError):
        return ()


def _listed_cells(notebook: Any) -> list[Any] | None:
    if not isinstance(notebook, dict):
        return None
    if isinstance(notebook.get("cells"), list):
        return notebook["cells"]
    sheets = notebook.get("worksheets")  # versions 2 and 3
    if not isinstance(sheets, list):
        return None
    found = [s["cells"] for s in sheets if isinstance(s, dict) and isinstance(s.get("cells"), list)]
    return [cell for cells in found for cell in cells]


def _cell(cell: dict[str, Any]) -> Cell:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = cell.get("metadata")
    ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    kind, name = cell.get("cell_type"), cell.get("id")
    return Cell(
        # Half of a surrogate pair is legal in JSON and cannot be written to any file.
        str(source if isinstance(source, str) else "").encode("utf-8", "replace").decode("utf-8"),
        kind if isinstance(kind, str) else "",
        name if isinstance(name, str) else None,
        ours if isinstance(ours, dict) else {},
        _images(cell.get("attachments")),
    )


def _images(attachments: Any) -> dict[str, dict[str, str]]:
    """Return the pictures among what a student has pasted into a text, as nothing but pictures."""
    if not isinstance(attachments, dict):
        return {}
    found = {}
    for name, kinds in attachments.items():
        for kind in _IMAGES if isinstance(kinds, dict) else ():
            if isinstance(kinds.get(kind), str):
                found[name] = {kind: re.sub(r"[^A-Za-z0-9+/=]", "", kinds[kind])}
                break
    return found
