"""One submission in the jail of the tests: read, rebuilt, executed and written, within limits."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import cache
from typing import Any

import nbformat.v4
from nbformat import NotebookNode

from rnn_utils.grading.intake.cells import Cell, Paper
from rnn_utils.grading.intake.folder import File, Refused
from rnn_utils.grading.intake.rebuild import choose, rebuild, text_only
from rnn_utils.grading.intake.versions import in_versions, test_of
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.protocol.safe_text import line
from rnn_utils.grading.sandbox.alarm import Alarm
from rnn_utils.grading.sandbox.job import filled, job_of
from rnn_utils.grading.submission import GradedNotebook, Sheet

#: How long reading a notebook, and finding the answers in it, may take.
READING_SECONDS = 30.0

#: Said where the process that reads, tests and writes for one submission ended on the way.
TOO_MUCH = (
    "Reading it, or testing it, took more time or memory than one submission may take. Clear all "
    "outputs, look for what is very large or never ends, and hand it in again."
)

#: How many characters of a student's cell are shown, in code and in writing, and of all of them. What
#: makes a page of a notebook takes, for some texts, a time that grows with the square of their length.
CODE_SHOWN, TEXT_SHOWN, ALL_SHOWN = 10_000, 30_000, 200_000

_known: dict[str, Any] = {}


def learn(plain: dict[str, Any]) -> None:
    """Know a lesson from now on.

    Args:
        plain: the lesson as `as_plain` gives it.
    """
    _known.update(plain, limits=Limits(*plain["limits"]))
    for name, sheet in plain["sheets"].items():  # what is the same for the whole class is made once
        as_handed_out = [[f"{name}.ipynb", b64encode(sheet["released"].encode()).decode()]]
        work(
            {"sheet": name, "files": as_handed_out, "notes": [], "refused": "", "versions": {}},
            lambda job: {"cells": None, "notes": [], "mistakes": {}},
        )


def work(
    job: dict[str, Any], execute: Callable[[dict[str, Any]], dict[str, Any]]
) -> GradedNotebook:
    """Read, rebuild and execute one notebook.

    Args:
        job: which sheet of the lesson it is, the files that may be it, each with its bytes in base64,
            sentences on them, why there is none to read, and the student's versions of its exercises.
        execute: executes the cells of a notebook, as `job_of` gives them.

    Returns:
        The notebook, executed or, where it was refused, as it was handed out.
    """
    sheet = Sheet(**_known["sheets"][job["sheet"]])
    versions = job["versions"]
    released, source = (in_versions(parsed(t), versions) for t in (sheet.released, sheet.source))
    locked = {name: test_of(text, versions) for name, text in sheet.locked.items()}
    files = [File(name, b64decode(content)) for name, content in job["files"]]
    refused, notes = job["refused"], list(job["notes"])
    mistakes: dict[str, list[str]] = {}
    with Alarm(READING_SECONDS) as alarm:
        try:
            paper, told = choose(files, released, job["sheet"]) if files else (Paper([]), [])
            notebook, mended = rebuild(released, locked, paper.cells)
            notes += [*told, *mended]
        except Refused as refusal:
            refused = str(refusal)
        except (RecursionError, MemoryError, KeyboardInterrupt):
            refused = TOO_MUCH
    if alarm.rang:
        refused = TOO_MUCH
    if refused:
        refused = line(refused, 1000)
        notebook = deepcopy(released)
        for cell in notebook.cells:
            if not _rules(cell).get("solution"):
                cell.source = locked.get(_rules(cell).get("grade_id", ""), cell.source)
        notebook.cells.insert(
            0, _said(f"**This submission could not be graded.** {_escaped(refused)}")
        )
    else:
        notebook.cells.insert(0, _said(""))
        job = job_of(notebook, _known["limits"], source, python=paper.python)
        executed = filled(notebook, execute(job))
        notebook, mistakes = executed.notebook, executed.mistakes
        notes = [line(note) for note in (*notes, *executed.notes)]
    deciding = [_deciding(cell) for cell in notebook.cells if "grade_id" in _rules(cell)]
    if not refused:
        known = {cell.source for cell in released.cells} | set(sheet.locked.values())
        notes += _shorten(notebook, known)
        notebook.cells[0] = _said(how_it_was_graded(notes))
    return GradedNotebook(
        nbformat.v4.writes(notebook) + "\n",
        deciding,
        refused,
        tuple(line(note) for note in notes),
        {key: tuple(names) for key, names in mistakes.items()},
    )


def _shorten(notebook: NotebookNode, known: set[str]) -> list[str]:
    """Cut off what is too long to be shown, of cells that ran whole; return what is to be said of it."""
    room, cut = ALL_SHOWN, []
    for number, cell in enumerate(notebook.cells[1:], 1):
        if cell.source in known:
            continue
        most = min(CODE_SHOWN if cell.cell_type == "code" else TEXT_SHOWN, room)
        if len(cell.source) > most:
            cut.append(str(number))
            cell.source = f"{cell.source[:most]}\n\n… the rest is not shown: it is too long."
        room -= min(len(cell.source), most)
    if not cut:
        return []
    told = ", ".join(cut[:10]) + (", …" if len(cut) > 10 else "")
    return [f"cells that are too long to be shown ran whole, and are shown in part: {told}"]


#: What of Markdown could be markup, in what a student may have written.
_MARKUP = re.compile(r"[\\\[\]()!*_#|$~<>&]")


def how_it_was_graded(notes: Iterable[str]) -> str:
    """Return what a student reads above the feedback.

    Args:
        notes: what is to be said of the submission; what is for the instructor alone is left out.
    """
    told = [re.sub(r"^[a-z]+: ", "", n) for n in notes if not n.startswith("suspicious: ")]
    head = "**How this was graded.** Your notebook ran from top to bottom as you left it."
    return "\n".join([head, *(["", *(f"- {_escaped(note)}" for note in told)] if told else [])])


def _escaped(note: str) -> str:
    """Return a sentence that shows as it is, with the names in it that a student chose."""
    text = text_only(Cell(" ".join(note.split()), "markdown", None, {}))
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)


@cache
def parsed(text: str) -> NotebookNode:
    return nbformat.v4.reads(text)


def _rules(cell: NotebookNode) -> dict[str, Any]:
    return cell.metadata.get("nbgrader", {})


def _said(text: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text, id="how-it-was-graded")


def _deciding(cell: NotebookNode) -> dict[str, Any]:
    """Keep of a cell what nbgrader looks at to find its points."""
    kept = {name: cell[name] for name in ("cell_type", "metadata", "source")}
    if cell.cell_type == "code":
        outputs = [] if _rules(cell).get("solution") else cell.outputs
        kept["outputs"] = [_small(output) for output in outputs]
    return kept


def _small(output: NotebookNode) -> dict[str, Any]:
    small = {name: output[name] for name in ("output_type", "name") if name in output}
    if "data" in output:
        small["data"] = {"text/plain": output.data.get("text/plain", "")}
    return small
