"""Exercises that are answered in a page: an editor in place of each solution, a worker that checks.

What a page needs of the course's Python is one archive; Pyodide and NumPy come from where the owner says.
"""

import ast
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

#: What Sphinx puts into a page.
CSS = ["exercises/exercises.css"]
JS = [("exercises/exercises.js", {"type": "module"})]
PACKAGE = Path(__file__).parents[2]
#: Rooms and modules that no check needs, most of them for packages that a page does not load.
LEFT_OUT = {"classroom", "course", "drawings", "figures", "grading", "plots.py"}
#: Where a site has Pyodide, if its owner gave a folder.
OWN_PYODIDE = "lite/static/pyodide/"
#: What a check loads of Pyodide beside NumPy, and about how much all is on the content network, compressed.
PARTS = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
MEGABYTES_OF_NETWORK = 10
#: An interactive picture in what a cell showed.
PLAY = re.compile(r'class="rnn-play rnn-static" id="(rnn-\w+)"')
#: What a solved lesson says of its reader.
ABOUT_READER = re.compile(r"^From here on, your own \w+ runs\.\n?", re.M)


def write_archive(path: Path, solved: Mapping[str, NotebookNode]) -> None:
    """Write the part of the package that checks an answer, the same bytes for the same course.

    The solutions lie beside it as in the course's folder: a reader who has solved an exercise, or has
    given up, sees the lesson's own.

    Args:
        path: the archive.
        solved: the lessons with their solutions, by name.
    """
    content = {}
    for file in sorted(PACKAGE.rglob("*")):
        parts = file.relative_to(PACKAGE).parts
        unused = parts[0] in LEFT_OUT or {"__pycache__", "js"} & set(parts)
        if file.is_file() and not unused:
            content["/".join((PACKAGE.name, *parts))] = file.read_bytes()
    content["nbgrader_config.py"] = b""  # which is how the package knows the course's folder
    for lesson, notebook in solved.items():
        cells = [
            {"source": c.source, "metadata": {"nbgrader": c.metadata.nbgrader}}
            for c in notebook.cells
            if _is_answer(c)
        ]
        content[f"solutions/{lesson}/{lesson}.ipynb"] = json.dumps({"cells": cells}).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def python_of(pyodide: Path | None) -> dict[str, Any]:
    """Return where a page's Python comes from and about how large it is.

    Args:
        pyodide: the owner's folder with the Pyodide distribution; None for its content network.

    Returns:
        `address`, seen from a page, and `megabytes`.
    """
    if pyodide is None:
        from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL

        return {"address": f"{PYODIDE_CDN_URL}/", "megabytes": MEGABYTES_OF_NETWORK}
    parts = [pyodide / name for name in PARTS]
    parts += pyodide.glob("numpy-*.whl")
    size = sum(part.stat().st_size for part in parts if part.is_file())
    return {"address": OWN_PYODIDE, "megabytes": max(1, round(size / 1e6))}


def into_page(
    page: NotebookNode, lesson: str, released: NotebookNode, python: dict[str, Any]
) -> None:
    """Put editors in place of a page's solutions, and take away what was checked before its reader came.

    Args:
        page: the executed lesson; it is changed.
        lesson: its name.
        released: the learner's notebook, from which the stubs are taken.
        python: what `python_of` returned.
    """
    stubs = {_grade_id(c): c.source for c in released.cells if _is_answer(c)}
    if not stubs:
        return
    cells: list[NotebookNode] = []
    asked: list[dict[str, Any]] = []
    setup: list[str] = []
    plays: list[dict[str, Any]] = []
    for cell in page.cells:
        mark = cell.metadata.get("nbgrader", {})
        if _is_answer(cell):
            name = _grade_id(cell)
            asked.append({"name": name, "stub": stubs[name], "setup": len(setup)})
            editor = _editor(name, stubs[name], python["megabytes"])
            cells.append(_as_cell(editor, id=f"exercise-{name}"))
        elif mark.get("grade") and cell.cell_type == "code":
            asked[-1]["points"] = mark["points"]
        else:
            if cell.cell_type == "code":
                plays += _moved(cell, len(setup), [one["name"] for one in asked])
                setup += needed(cell.source)
                _forget_reader(cell)
            cells.append(cell)
    setup = setup[: max(one["setup"] for one in [*asked, *plays])]
    told = {"lesson": lesson, "python": python["address"], "setup": setup}
    told |= {"exercises": asked, "plays": plays}
    data = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    script = f'<script type="application/json" id="rnn-exercises">{data}</script>'
    total = sum(one["points"] for one in asked)
    cells[0].source = _with_bar(cells[0].source, _bar(total))
    cells.append(_as_cell(script, id="exercises"))
    page.cells = cells


def _editor(name: str, stub: str, megabytes: int) -> str:
    """Return an exercise as HTML: the stub, which the page's script makes an editor of, and its buttons."""
    return f"""<div class="rnn-exercise" role="group" aria-label="Exercise {name}" data-exercise="{name}">
<pre class="rnn-stub">{escape(stub)}</pre>
<div class="rnn-buttons">
<button type="button" class="rnn-check" disabled>Check</button>
<button type="button" class="rnn-stop" hidden>Stop</button>
<button type="button" class="rnn-again" disabled>Start again</button>
<span class="rnn-earned"></span>
</div>
<p class="rnn-hint" id="hint-{name}">Shift and Enter check, Tab indents; Escape, then Tab leaves the editor.
<span class="rnn-cost">The first check loads Python into this browser: about {megabytes} MB, once, and then
some seconds of waiting.</span></p>
<div class="rnn-verdict" aria-live="polite"></div>
</div>"""


def _bar(total: float) -> str:
    """Return, in one line of HTML, how far a reader is, and the ways to the notebook and back."""
    points = "point" if total == 1 else "points"
    return (
        '<div class="rnn-work"><p>Solve the exercises in this page: '
        f'<strong class="rnn-total">0 of {total:g} {points}</strong>. What you write stays in this browser, '
        "and moves to the notebook edition and back.</p>"
        '<button type="button" class="rnn-download" disabled>Download a notebook with my answers</button> '
        '<label class="rnn-upload">Take the answers out of a notebook'
        '<input type="file" accept=".ipynb,application/json"></label>'
        '<p class="rnn-said" role="status"></p>'
        "<noscript>Without JavaScript, take the notebook edition.</noscript></div>"
    )


def needed(source: str) -> Iterator[str]:
    """Yield the statements of a cell that a later answer may build on, and that cost nothing to run.

    These are imports, functions, classes, and names for plain values.

    Example:
        >>> list(needed("import numpy as np\\nH = 3\\nx = np.ones(H)\\nprint(x)"))
        ['import numpy as np', 'H = 3']
    """
    for statement in ast.parse(re.sub(r"^\s*[%!].*$", "", source, flags=re.M)).body:
        match statement:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                modules = [getattr(statement, "module", None) or name.name for name in names]
                if not any(_left_out(module) for module in modules):
                    yield ast.unparse(statement)
            case ast.FunctionDef() | ast.ClassDef():
                yield ast.unparse(statement)
            case ast.Assign(value=value) if _is_plain(value):
                yield ast.unparse(statement)


def _moved(cell: NotebookNode, setup: int, answered: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the picture of a cell that a reader's answers move, and the call that makes it."""
    shown = "".join(
        output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])
    )
    place = PLAY.search(shown)
    if place is None:
        return
    widgets = import_module("rnn_utils.widgets")
    for call in ast.walk(ast.parse(cell.source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            uses = [a.id for a in call.args if isinstance(a, ast.Name) and a.id in answered]
            if uses and call.func.id in widgets.__all__:
                yield {
                    "place": place[1],
                    "module": getattr(widgets, call.func.id).__module__.rpartition(".")[2],
                    "call": ast.unparse(call),
                    "uses": uses,
                    "setup": setup,
                    "after": len(answered),
                }


def _left_out(module: str) -> bool:
    first, *rest = module.split(".")
    if first == PACKAGE.name:
        room = (rest or [""])[0]
        return bool({room, f"{room}.py"} & {*LEFT_OUT, "widgets"})
    return first in {"matplotlib", "IPython", "ipywidgets", "anywidget", "torch"}


def _is_plain(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True


def _is_answer(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.nbgrader.grade_id)


def _forget_reader(cell: NotebookNode) -> None:
    """Take out of a cell's output what was true of the solved lesson only."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            output.text = ABOUT_READER.sub("", "".join(output.text))
    cell.outputs = [o for o in cell.outputs if o.output_type != "stream" or o.text.strip()]


def _as_cell(html: str, id: str) -> NotebookNode:
    """Return a cell of which a page shows the output alone; without a source it would show nothing."""
    output = new_output("display_data", {"text/html": html})
    hidden = {"tags": ["remove-input"]}
    return new_code_cell("...", outputs=[output], metadata=hidden, id=id)


def _with_bar(source: str, bar: str) -> str:
    """Put a line of HTML below the line that offers to run the lesson, else below the title."""
    lines = source.split("\n")
    run = [k for k, line in enumerate(lines) if line.startswith('<p class="run">')]
    place = (run or [0])[0] + 1
    return "\n".join([*lines[:place], "", bar, "", *lines[place:]])
