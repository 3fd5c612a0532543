"""From the cells of a solved lesson to those of its page."""

import base64
import hashlib
import re
import struct
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode

from rnn_utils.course.site.folding import cut, only_asks, showing
from rnn_utils.course.site.references import with_dois
from rnn_utils.widgets.javascript import data_only

LINK = re.compile(r"\]\(\.\./(\d\d_\w+)/\1\.ipynb")
#: A link to a file of the package, which the site does not hold.
SOURCE_LINK = re.compile(r"\[([^\]]+)\]\(\.\./\.\./((?:rnn_utils|docs|benchmarks)/[\w./]+)\)")
HIDDEN_TESTS = re.compile(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", re.S)
SOLUTION_MARK = re.compile(r"^ *### (BEGIN|END) SOLUTION\n", re.M)
REVEALED = re.compile(r"""\breveal\(["'](\d\d/\w+)["']\)""")
PICTURE = re.compile(r'\b(src|srcset)="data:image/(png|svg\+xml|jpeg);base64,([^"]+)"')
#: The tag of a cell that speaks of the notebook: what to click there, what is installed, how it is handed in.
NOTEBOOK_ONLY = "notebook-only"
#: What each lesson says of its first cell, which has run when a page is read.
RUN_FIRST = "Run the next cell first. It loads what the lesson needs."
QUESTIONS = re.compile(
    r'(data-widget="questions">.*?)<script type="application/json">(.*?)</script>', re.S
)


def runnable(notebook: NotebookNode) -> NotebookNode:
    """Return what is run for a page: the lesson without its hidden tests and the marks of solutions."""
    page = deepcopy(notebook)
    for cell in page.cells:
        if cell.cell_type == "code":
            cell.source = SOLUTION_MARK.sub("", HIDDEN_TESTS.sub("", cell.source).rstrip())
    return page


def as_page(done: NotebookNode, repository: str | None, pictures: Path) -> NotebookNode:
    """Return the cells of a lesson's page: boilerplate folded, results veiled that a guess is asked for.

    Args:
        done: what `runnable` returned, executed.
        repository: owner/name on GitHub, where links to the package's files lead.
        pictures: the folder for pictures, which pages refer to as `_images`.
    """
    page = deepcopy(done)
    shown = showing(cell.source for cell in page.cells if cell.cell_type == "code")
    cells: list[NotebookNode] = []
    for cell in page.cells:
        if NOTEBOOK_ONLY in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            text = cell.source.replace(RUN_FIRST, "")
            cell.source = with_dois(_with_links(text, repository))
            cells.append(cell)
            continue
        for output in cell.get("outputs", []):
            _share(output, pictures)
        _veil(cell, cells)
        mark = cell.metadata.get("nbgrader", {})
        if mark:  # an editor takes the place of both: see exercises.py
            cells.append(cell)
        else:
            cells += _pieces(cell, shown)
    page.cells = cells
    return page


def _pieces(cell: NotebookNode, shown: set[str]) -> list[NotebookNode]:
    """Return a cell as pieces that are folded or open; what it showed stands under the last."""
    pieces = []
    parts = cut(cell.source, shown)
    for k, (source, folded) in enumerate(parts):
        piece = deepcopy(cell)
        piece.source = source.strip("\n")
        if len(parts) > 1:
            piece.id = hashlib.sha256(f"{cell.id} {k}".encode()).hexdigest()[:12]
        if k < len(parts) - 1:
            piece.outputs = []
        if only_asks(source):
            _tag(piece, "remove-input")
        elif folded:
            _fold(piece, "Show code", "Hide code")
        pieces.append(piece)
    return pieces


def _tag(cell: NotebookNode, *tags: str) -> None:
    cell.metadata.tags = [*cell.metadata.get("tags", []), *tags]


def _fold(cell: NotebookNode, show: str, hide: str) -> None:
    _tag(cell, "hide-input")
    cell.metadata.mystnb = {"code_prompt_show": show, "code_prompt_hide": hide}


def _veil(cell: NotebookNode, before: list[NotebookNode]) -> None:
    """Mark the result that answers a prediction; the page shows it once there is a guess.

    It is what the cell of `reveal` shows besides, or, if it shows nothing else, what the code above showed.
    """
    found = REVEALED.search(cell.source)
    if not found:
        return
    if len(cell.get("outputs", [])) > 1:
        result = cell
    else:
        code = [c for c in before if c.cell_type == "code" and not c.metadata.get("nbgrader")]
        if not code or "predict(" in code[-1].source:
            return
        result = code[-1]
    _tag(result, "veil", f"veil-{found[1].replace('/', '-')}")


def _with_links(text: str, repository: str | None) -> str:
    """Let links lead to pages, and those to the package's files to where these can be read."""
    text = LINK.sub(r"](\1.ipynb", text)
    code = rf"[\1](https://github.com/{repository}/blob/HEAD/\2)" if repository else r"\1 (`\2`)"
    return SOURCE_LINK.sub(code, text)


def _share(output: NotebookNode, pictures: Path) -> None:
    """Take out of an output what the page can load apart, and lead its links to pages."""
    data = output.get("data", {})
    if "text/markdown" in data:  # such as the table of claims
        data["text/markdown"] = LINK.sub(r"](\1.html", "".join(data["text/markdown"]))
    if "text/html" in data:
        html = data_only("".join(data["text/html"]))
        html = PICTURE.sub(lambda found: _picture(found, pictures), html)
        data["text/html"] = QUESTIONS.sub(_sealed, html)


def _picture(found: re.Match[str], pictures: Path) -> str:
    place, kind, data = found.groups()
    content = base64.b64decode(data)
    suffix = {"svg+xml": "svg", "jpeg": "jpg"}.get(kind, kind)
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
    (pictures / name).write_bytes(content)
    size = ""
    if suffix == "png":  # its header: with its size known, nothing moves when it comes
        width, height = struct.unpack(">II", content[16:24])
        size = f'width="{width}" height="{height}" '
    waits = 'loading="lazy" ' if place == "src" else ""
    return f'{waits}{size}{place}="_images/{name}"'


def _sealed(found: re.Match[str]) -> str:
    """Write a question's data so that no answer can be read, or found in the page, before a guess."""
    sealed = base64.b64encode(found[2].encode()).decode("ascii")
    return f'{found[1]}<script type="text/plain">{sealed}</script>'
