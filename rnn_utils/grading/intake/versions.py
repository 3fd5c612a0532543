"""A lesson in one student's versions of its exercises: the words, the stub and the tests that change."""

import re
from collections.abc import Mapping
from copy import copy, deepcopy

from nbformat import NotebookNode

from rnn_utils.checks import exercise, exercises
from rnn_utils.checks.framework.exercise import Version
from rnn_utils.checks.framework.version import OF

#: A call of the course's checks, up to the exercise's name.
_CALL = re.compile(r'\b((?:check|grade|yours_or_ours)\()"(\w+)"')

#: The heading of an exercise, with the line on its difficulty, and all that the cell says below.
_HEADING = re.compile(r"(?ms)(^### Exercise [\d.]+ · `(\w+)`$\n+^\*\*Difficulty\*\*[^\n]*\n+)(.*)")

#: Where a stub ends, and an answer begins.
_ANSWER = re.compile(r"(?m)^[ \t]*(?:### BEGIN SOLUTION|# YOUR CODE HERE)")


def asked(notebook: NotebookNode) -> list[str]:
    """Return the exercises of a lesson that have versions.

    Args:
        notebook: the lesson as its author wrote it, or as it was released.
    """
    names = {name for cell in notebook.cells for _, name in _CALL.findall(cell.source)}
    return [name for name in sorted(names) if _versions(name)]


def in_versions(notebook: NotebookNode, versions: Mapping[str, str]) -> NotebookNode:
    """Return a lesson as one student has it.

    Args:
        notebook: the lesson, as its author wrote it or as it was released; not changed.
        versions: the keys of the student's versions, by exercise.

    Returns:
        The notebook itself where there are none, else a copy.
    """
    if not versions:
        return notebook
    made = copy(notebook)
    made.cells = [_cell(cell, versions) for cell in notebook.cells]
    return made


def test_of(source: str, versions: Mapping[str, str]) -> str:
    """Return a cell that calls the course's checks as one student has it.

    Example:
        >>> test_of('check("lstm_step", lstm_step)', {"lstm_step": "ofig"})
        'check("lstm_step/ofig", lstm_step)'
    """
    return _CALL.sub(
        lambda found: (
            f'{found[1]}"{found[2]}{OF}{versions[found[2]]}"' if found[2] in versions else found[0]
        ),
        source,
    )


def is_stub(name: str, source: str) -> bool:
    """Say whether an answer is the unchanged stub of one of an exercise's versions."""
    if name not in exercises():
        return False
    left = {source.removeprefix(version.stub) for version in exercise(name).versions} - {source}
    return any(
        re.fullmatch(r"\s*# YOUR CODE HERE\s+raise NotImplementedError\(.*\)\s*", s) for s in left
    )


def _cell(cell: NotebookNode, versions: Mapping[str, str]) -> NotebookNode:
    source = _source(cell, versions)
    if source == cell.source:
        return cell
    changed = deepcopy(cell)
    changed.source = source
    return changed


def _source(cell: NotebookNode, versions: Mapping[str, str]) -> str:
    if cell.cell_type == "markdown":
        return _HEADING.sub(
            lambda found: (
                found[1] + _versions(found[2])[versions[found[2]]].task
                if found[2] in versions
                else found[0]
            ),
            cell.source,
        )
    rules = cell.metadata.get("nbgrader", {})
    name = rules.get("grade_id")
    if rules.get("solution") and name in versions:
        answer = _ANSWER.search(cell.source)
        return (
            _versions(name)[versions[name]].stub
            + "\n"
            + (cell.source[answer.start() :] if answer else "")
        )
    return test_of(cell.source, versions)


def _versions(name: str) -> dict[str, Version]:
    return (
        {version.key: version for version in exercise(name).versions} if name in exercises() else {}
    )
