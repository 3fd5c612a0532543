"""Feedback pages that show the learner's message and not the hidden tests."""

import re
from collections.abc import Iterable
from html import escape
from textwrap import dedent
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution
from traitlets import List

from rnn_utils.grading.book.content_security_policy import POLICY, as_meta, with_policy
from rnn_utils.grading.book.empty_gradebook import Refusing
from rnn_utils.grading.book.page_formulas import PageWithFormulas
from rnn_utils.grading.intake.dependencies import names

#: Errors whose text is the check's or the grader's own; they come without frames.
_SAID_BY_THE_GRADER = {"CheckFailed", "CellTimeoutError", "SubmissionTimeout", "NotRun"}

#: A place in a test cell, as the grader's tracebacks name it, and as IPython's do.
_FRAME = re.compile(r'File "<test (\d+)>", line (\d+)|Cell (In\[\d+\]), line (\d+)')

#: What `check` and `grade` show: their panel, and the points.
_PANEL = re.compile(r'<div role="status" style="border-left: 4px solid|<small>[\d.e-]+ of [\d.]+ p')

#: Lines of which the first that is not empty or a comment is indented.
_INDENTED = re.compile(r"(?:[ \t]*(?:#.*)?\n)*[ \t]+[^\s#]")

_HIDDEN_FAILED = "A hidden test of this exercise failed."


#: An entry of the list of exercises, with the grade id it leads to.
_ENTRY = re.compile(
    r'(<a href="#(?:test_|comment-)?([\w-]+)">)'
    r"(Test cell|Coding free-response|Written response|Task|Comment)(?=</a>)"
)


class _Compiled(BytecodeCache):
    """Keeps the templates of a page, which nbconvert would compile for each student anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template that was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class FeedbackPage(Refusing, PageWithFormulas):
    """A feedback page in which nothing runs, whatever came to be in it.

    Who opens it may be the instructor, on the server of the gradebook. So the page says itself that no
    script of it may run and nothing be fetched, and the scripts of nbconvert's own template are left out.
    """

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.bytecode_cache = _COMPILED
        return environment

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the page.

        Args:
            nb: the graded notebook.
            resources: nbconvert's, passed on.
            **kwargs: nbconvert's, passed on.

        Returns:
            The page and the resources.
        """
        page, resources = super().from_notebook_node(nb, resources, **kwargs)
        head, end, body = page.partition("</head>")
        head = re.sub(r"(?is)<script\b.*?</script\s*>", "", head)
        return with_policy(head + end + with_names(body), POLICY), resources


def marks_alone(notebook: str, marks: Iterable[tuple[str, float, float]], penalty: float) -> str:
    """Return a page that tells the marks of a notebook which could not be shown.

    Args:
        notebook: its name.
        marks: of each exercise its grade id, the points, and how many there are.
        penalty: the points that are lost by handing in late.

    Example:
        >>> "<td>1.5 of 2</td>" in marks_alone("sums", [("test_twice", 1.5, 2)], 0)
        True
    """
    rows = [(name.removeprefix("test_"), f"{got:g} of {most:g}") for name, got, most in marks]
    rows += [("handed in late", f"−{penalty:g}")] if penalty else []
    told = "".join(f"<tr><td>{escape(name)}</td><td>{escape(got)}</td></tr>" for name, got in rows)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">{as_meta()}<title>{escape(notebook)}</title></head>
<body><h1>{escape(notebook)}</h1>
<p>Your notebook is graded. To show it here took too long or too much memory, or did not work: these are its
marks. Your instructor knows, and can tell you more.</p>
<table>{told}</table></body></html>
"""


def with_names(body: str) -> str:
    """Name the exercises in the list at the top of a page, where nbgrader says "Test cell" of each.

    Example:
        >>> with_names('<li><a href="#test_rnn_step">Test cell</a></li>')
        '<li><a href="#test_rnn_step"><code>rnn_step</code></a></li>'
    """
    contents, end, rest = body.partition("</ol>")
    said = _ENTRY.sub(
        lambda found: (
            f"{found[1]}{'' if found[3] == 'Test cell' else found[3] + ' '}<code>{found[2]}</code>"
        ),
        contents,
    )
    return said + end + rest


class HideHiddenTests(ClearHiddenTests):
    """Remove the hidden tests, and all that may hold a value of theirs, from a graded notebook.

    Only test cells are looked at: nbgrader has restored their text from the gradebook, whereas a
    learner may have written anything, unbalanced delimiters included, into the other cells.

    A cell with hidden tests keeps the panels of its checks, and errors. Nobody can tell which of its
    lines printed or displayed the rest, so that it goes. An error that passed through a hidden line
    becomes one sentence: a comparison of arrays shows both of them, and a student's function may raise
    its own arguments. An error of a visible line is told as it is, unless a hidden line may have
    changed what it speaks of; then the line itself is told.
    """

    # HTML pages set this for each of their preprocessors, and complain where it is unknown.
    display_data_priority: List[str] = List().tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clear a notebook.

        Args:
            nb: the notebook, changed in place.
            resources: nbconvert's, passed on.

        Returns:
            The notebook and the resources.
        """
        self._hidden: set[tuple[str, int]] = set()  # lines, by their cell's names in tracebacks
        self._changed: set[str] = set()  # names that hidden lines may have changed
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clear one cell.

        Args:
            cell: the cell, changed in place.
            resources: nbconvert's, passed on.
            cell_index: its place in the notebook.

        Returns:
            The cell and the resources.
        """
        if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
            return cell, resources
        lines = cell.source.split("\n")
        hides = self._remove_hidden_test_region(cell)
        doubtful = not self._changed.isdisjoint(re.findall(r"\w+", cell.source))
        since = 1 if doubtful else len(lines) + 1
        if hides:
            hidden = self._hidden_lines(lines)
            own = (str(cell_index + 1), f"In[{cell.get('execution_count')}]")
            self._hidden |= {(name, number) for name in own for number in hidden}
            region = "\n".join(lines[number - 1] for number in sorted(hidden))
            self._changed |= _changed_by(region)
            # What is indented may stand in a loop, and run before the lines above it.
            since = 1 if _INDENTED.match(region) else min(since, *hidden)
        if hides or doubtful:
            cell.outputs = [one for one in cell.outputs if _may_stay(one, cell.source)]
        for output in cell.outputs:
            if output.output_type == "error":
                self._clear_error(output, lines, since)
        return cell, resources

    def _hidden_lines(self, lines: list[str]) -> set[int]:
        """Return the numbers of a cell's hidden lines, the delimiters included."""
        found, inside = set(), False
        for number, line in enumerate(lines, 1):
            begins, ends = self.begin_test_delimeter in line, self.end_test_delimeter in line
            if inside or begins or ends:
                found.add(number)
            inside = begins or (inside and not ends)
        return found

    def _clear_error(self, error: NotebookNode, lines: list[str], since: int) -> None:
        """Leave of an error what cannot hold a hidden value.

        Visible lines from the number `since` on may speak of what hidden lines changed.
        """
        if not self._hidden:
            return
        text = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback))
        frames = [
            (cell or count, int(line or place)) for cell, line, count, place in _FRAME.findall(text)
        ]
        if not self._hidden.isdisjoint(frames):
            _say(error, _HIDDEN_FAILED)
        elif not frames:
            if error.ename not in _SAID_BY_THE_GRADER or "Traceback" in text:
                _say(error, "A test of this exercise failed.")
        elif frames[0][1] >= since:
            line = lines[frames[0][1] - 1].strip() if frames[0][1] <= len(lines) else ""
            _say(error, f"This test of the exercise failed: {line}")
        elif frames[0][0].startswith("In["):
            # IPython quotes the lines around as well.
            error.traceback = [f"{error.ename}: {error.evalue}"]


def _changed_by(region: str) -> set[str]:
    """Return the names that hidden lines bind, or whose values they may change."""
    try:
        compile(dedent(region), "<hidden>", "exec")
    except (SyntaxError, ValueError):
        return set(re.findall(r"[^\W\d]\w*", region))  # a part of a statement, or a magic
    found = names(dedent(region))
    return set(found.bound - found.imported)


def _may_stay(output: NotebookNode, visible: str) -> bool:
    """Say whether an output of a cell with hidden tests is an error, or what a check says."""
    if output.output_type == "error":
        return True
    shown = output.get("data", {}).get("text/html", "")
    return bool(_PANEL.match("".join(shown)) and re.search(r"\b(check|grade)\(", visible))


def _say(error: NotebookNode, sentence: str) -> None:
    error.ename, error.evalue, error.traceback = "TestFailed", sentence, [sentence]
