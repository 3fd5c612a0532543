"""What a worker does with one submission: read, rebuild, execute. It never sees the gradebook."""

import re
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple

import nbformat.v4
from nbformat import NotebookNode

from rnn_utils.checks import Mistake, exercises
from rnn_utils.checks.framework.exercise import TOGETHER
from rnn_utils.grading.intake.cells import Cell, Paper
from rnn_utils.grading.intake.folder import File, Refused
from rnn_utils.grading.intake.rebuild import choose, rebuild, text_only
from rnn_utils.grading.sandbox.execute import Executor, Limits


class Sheet(NamedTuple):
    """One notebook of a lesson.

    Attributes:
        released: the notebook as handed out, with nbgrader's checksums (JSON).
        source: the notebook as its author wrote it, with solutions and hidden tests (JSON).
        locked: the text of each cell that is not the student's to write, with the hidden tests.
    """

    released: str
    source: str
    locked: dict[str, str]


class Lesson(NamedTuple):
    """A lesson as a worker needs it.

    Attributes:
        name: such as `"01_state_equation"`.
        sheets: its notebooks by name.
        files: what was handed out beside them, such as data, by path.
        limits: what one submission may use.
        digest: changes with all that can change a grade.
    """

    name: str
    sheets: dict[str, Sheet]
    files: dict[str, bytes]
    limits: Limits
    digest: str


class Handed(NamedTuple):
    """What may be a notebook as handed in, with sentences on it, or why there is none to read."""

    files: tuple[File, ...]
    notes: tuple[str, ...] = ()
    refused: str = ""


class Submission(NamedTuple):
    """What one student handed in for a lesson, by notebook, and the other files beside."""

    student: str
    notebooks: dict[str, Handed]
    beside: tuple[File, ...] = ()


class GradedNotebook(NamedTuple):
    """A notebook after its execution.

    Attributes:
        text: the notebook (JSON), for the folder of autograded ones.
        cells: its graded cells, those with outputs only where these decide on the points.
        refused: why it was not executed; empty if it was.
        notes: sentences on what was mended, on limits, and on what is suspicious.
        mistakes: by grade id, the names of the known mistakes that the check recognised.
    """

    text: str
    cells: list[dict[str, Any]]
    refused: str
    notes: tuple[str, ...]
    mistakes: dict[str, tuple[str, ...]]


Graded = dict[str, GradedNotebook]


class Failed(NamedTuple):
    """A submission that could not be graded this time, through no fault of its author."""

    why: str


def grade(lesson: Lesson, submission: Submission, executor: Executor) -> Graded:
    """Read, rebuild and execute what a student handed in.

    Args:
        lesson: what they were given.
        submission: what they handed in.
        executor: runs the notebooks.

    Returns:
        Each of the lesson's notebooks, executed or, where it was refused, as it was handed out.
    """
    beside = {file.name: file.content for file in submission.beside}
    return {
        name: _notebook(lesson, name, submission.notebooks[name], beside, executor)
        for name in lesson.sheets
    }


def _notebook(
    lesson: Lesson, name: str, handed: Handed, beside: dict[str, bytes], executor: Executor
) -> GradedNotebook:
    sheet = lesson.sheets[name]
    released = _parsed(sheet.released)
    paper, notes, refused = Paper([]), list(handed.notes), handed.refused
    if handed.files:
        try:
            paper, told = choose(list(handed.files), released, name)
            notes += told
        except Refused as refusal:
            refused = str(refusal)
    if refused:
        notebook = deepcopy(released)
        for cell in notebook.cells:
            if not _rules(cell).get("solution"):
                cell.source = sheet.locked.get(_rules(cell).get("grade_id", ""), cell.source)
        notebook.cells.insert(
            0, _said(f"**This submission could not be graded.** {_escaped(refused)}")
        )
    else:
        notebook, told = rebuild(released, sheet.locked, paper.cells)
        notebook.cells.insert(0, _said(""))
        executed = executor.execute(
            notebook,
            lesson.limits,
            source=_parsed(sheet.source),
            files=lesson.files,
            beside=beside,
            python=paper.python,
        )
        notebook = executed.notebook
        notes += [*told, *executed.notes]
        notebook.cells[0] = _said(how_it_was_graded(notes))
    return GradedNotebook(
        nbformat.v4.writes(notebook) + "\n",
        [_deciding(cell) for cell in notebook.cells if "grade_id" in _rules(cell)],
        refused,
        tuple(notes),
        {} if refused else recognised(notebook),
    )


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
def _parsed(text: str) -> NotebookNode:
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


# Which known mistakes were recognised ------------------------------------------------------------


def recognised(notebook: NotebookNode) -> dict[str, tuple[str, ...]]:
    """Read from an executed notebook what its checks said of each exercise.

    Args:
        notebook: with the outputs of its test cells.

    Returns:
        By grade id of the test cell, the names of the mistakes, or the sentence where one has no name.
    """
    found = {}
    for cell in notebook.cells:
        rules = _rules(cell)
        if rules.get("grade") and cell.cell_type == "code":
            # The last panel is the hidden check's.
            panels = [text for text in map(_text, cell.outputs) if re.match(r"[✓…✗] \w+: ", text)]
            names = _named(rules["grade_id"].removeprefix("test_"), panels[-1] if panels else "")
            if names:
                found[rules["grade_id"]] = names
    return found


def _named(exercise: str, message: str) -> tuple[str, ...]:
    if ": not done yet." in message:
        return ("not done yet",)
    names = [mistake.name for mistake in _mistakes(exercise) if mistake.says in message]
    if not names:
        names = re.findall(r"It looks as if (.+?)(?:[.?] |[.?]$)", message)[:2]
    names += [name for name, pattern in _OTHERS.items() if re.search(pattern, message)]
    if not names and (crash := re.search(r"Your function raised (\w+)", message)):
        names.append(f"stops with {crash[1]}")
    return tuple(dict.fromkeys(names))


_OTHERS = {
    "changes an argument in place": r"changes its argument .* in place",
    "calls the reference": r"hands the work to rnn_utils",
    "never ends": r"never ends",
}


def _text(output: NotebookNode) -> str:
    shown = output.get("data", {}).get("text/plain", output.get("text", ""))
    return "".join(shown) if isinstance(shown, list) else str(shown)


@cache
def _mistakes(name: str) -> tuple[Mistake, ...]:
    """Return the single mistakes of an exercise; none where a lesson has no record of it."""
    record = exercises().get(name)
    if record is None:
        return ()
    return tuple(m for m in record.mistakes if m.says and TOGETHER not in m.name)
