"""What is done with one submission: read, rebuild, execute, each in a process that can be ended."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import cache, lru_cache
from typing import Any, NamedTuple

import nbformat.v4
from nbformat import NotebookNode

from rnn_utils.grading.intake.cells import Cell, Paper
from rnn_utils.grading.intake.folder import File, Refused
from rnn_utils.grading.intake.rebuild import choose, rebuild, text_only
from rnn_utils.grading.protocol.words import line
from rnn_utils.grading.sandbox.alarm import Alarm
from rnn_utils.grading.sandbox.execute import Executor, JailError
from rnn_utils.grading.sandbox.job import Limits, filled, job_of
from rnn_utils.grading.sandbox.withheld import withheld

#: How long reading a notebook, and finding the answers in it, may take.
READING_SECONDS = 30.0


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


# In the process that holds the gradebook, or in one of Dask's ------------------------------------


def grade(lesson: Lesson, submission: Submission, executor: Executor) -> Graded:
    """Have what a student handed in read, rebuilt and executed, in processes that can be ended.

    Args:
        lesson: what they were given.
        submission: what they handed in.
        executor: has the processes; it gets to know the lesson.

    Returns:
        Each of the lesson's notebooks, executed or, where it was refused, as it was handed out.

    Raises:
        JailError: the processes could not be had.
    """
    executor.learn(as_plain(lesson))
    beside = {file.name: file.content for file in submission.beside}
    return {
        name: _graded(lesson, name, submission.notebooks[name], beside, executor)
        for name in lesson.sheets
    }


def _graded(
    lesson: Lesson, name: str, handed: Handed, beside: dict[str, bytes], executor: Executor
) -> GradedNotebook:
    functions, _ = withheld(_parsed(lesson.sheets[name].source))
    for one in (handed, Handed((), (), _TOO_MUCH)):
        job = {
            "sheet": name,
            "files": [[file.name, b64encode(file.content).decode()] for file in one.files],
            "notes": one.notes,
            "refused": one.refused,
        }
        answer = executor.work(job, functions, lesson.limits, lesson.files, beside)
        if answer is not None:
            answer["notes"] = tuple(answer["notes"])
            answer["mistakes"] = {key: tuple(names) for key, names in answer["mistakes"].items()}
            return GradedNotebook(**answer)
    raise JailError("A notebook as it was handed out could not be written; is there memory left?")


#: Said where the process that reads, tests and writes for one submission ended on the way.
_TOO_MUCH = (
    "Reading it, or testing it, took more time or memory than one submission may take. Clear all "
    "outputs, look for what is very large or never ends, and hand it in again."
)


@lru_cache(maxsize=4)
def _plain_lesson(digest: str) -> dict[str, Any]:
    """Return what is filled once and kept for the last few lessons."""
    return {}


def as_plain(lesson: Lesson) -> dict[str, Any]:
    """Return a lesson as plain values, which is how it goes to another process."""
    plain = _plain_lesson(lesson.digest)
    if not plain:
        sheets = {name: sheet._asdict() for name, sheet in lesson.sheets.items()}
        files = {name: b64encode(content).decode() for name, content in lesson.files.items()}
        plain |= {**lesson._asdict(), "sheets": sheets, "files": files}
    return plain


# In the jail of the tests ------------------------------------------------------------------------

_known: dict[str, Any] = {}


def learn(plain: dict[str, Any]) -> None:
    """Know a lesson from now on.

    Args:
        plain: the lesson as `as_plain` gives it.
    """
    _known.update(plain, limits=Limits(*plain["limits"]))
    for sheet in plain["sheets"].values():  # what is the same for the whole class is made once
        job_of(_parsed(sheet["released"]), _known["limits"], _parsed(sheet["source"]))


def work(
    job: dict[str, Any], execute: Callable[[dict[str, Any]], dict[str, Any]]
) -> GradedNotebook:
    """Read, rebuild and execute one notebook.

    Args:
        job: which sheet of the lesson it is, the files that may be it, each with its bytes in base64,
            sentences on them, and why there is none to read.
        execute: executes the cells of a notebook, as `job_of` gives them.

    Returns:
        The notebook, executed or, where it was refused, as it was handed out.
    """
    sheet = Sheet(**_known["sheets"][job["sheet"]])
    released, source = _parsed(sheet.released), _parsed(sheet.source)
    files = [File(name, b64decode(content)) for name, content in job["files"]]
    refused, notes = job["refused"], list(job["notes"])
    mistakes: dict[str, list[str]] = {}
    with Alarm(READING_SECONDS) as alarm:
        try:
            paper, told = choose(files, released, job["sheet"]) if files else (Paper([]), [])
            notebook, mended = rebuild(released, sheet.locked, paper.cells)
            notes += [*told, *mended]
        except Refused as refusal:
            refused = str(refusal)
        except (RecursionError, MemoryError, KeyboardInterrupt):
            refused = _TOO_MUCH
    if alarm.rang:
        refused = _TOO_MUCH
    if refused:
        refused = line(refused, 1000)
        notebook = deepcopy(released)
        for cell in notebook.cells:
            if not _rules(cell).get("solution"):
                cell.source = sheet.locked.get(_rules(cell).get("grade_id", ""), cell.source)
        notebook.cells.insert(
            0, _said(f"**This submission could not be graded.** {_escaped(refused)}")
        )
    else:
        notebook.cells.insert(0, _said(""))
        job = job_of(notebook, _known["limits"], source, python=paper.python)
        executed = filled(notebook, execute(job))
        notebook, mistakes = executed.notebook, executed.mistakes
        notes = [line(note) for note in (*notes, *executed.notes)]
        notebook.cells[0] = _said(how_it_was_graded(notes))
    return GradedNotebook(
        nbformat.v4.writes(notebook) + "\n",
        [_deciding(cell) for cell in notebook.cells if "grade_id" in _rules(cell)],
        refused,
        tuple(line(note) for note in notes),
        {key: tuple(names) for key, names in mistakes.items()},
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
