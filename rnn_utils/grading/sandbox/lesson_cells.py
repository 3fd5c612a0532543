"""What the cells of a lesson are to the tests: whose they are, what they need, and the test cells."""

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rnn_utils.checks.framework.version import OF
from rnn_utils.grading.intake import side_effects
from rnn_utils.grading.intake.dependencies import Names, checks_of, names, needed
from rnn_utils.grading.intake.syntax import parse


def kind_of(cell: Any) -> str:
    """Say whose cell it is: `"student"`, `"test"` or `"lesson"`; empty for a text."""
    if cell["cell_type"] != "code":
        return ""
    mark = cell["metadata"].get("nbgrader", {})
    if mark.get("solution"):
        return "student"
    return "test" if mark.get("grade") else "lesson"


def names_of(cell: Any) -> Names:
    """Return the names of a cell, none if it is a text; those of a lesson's cell are known already."""
    if (known := cell.get("names")) is not None:
        sets, everything = known
        return Names._make((*map(frozenset, sets), everything))
    return names(cell["source"]) if kind_of(cell) else Names()


@dataclass
class Test:
    """A test cell and what came of it.

    Attributes:
        mark: its grade id.
        source: its text.
        file: the name of its file in tracebacks.
        points: what it gives at most.
        names: the names in it.
        exercises: the lesson's exercises that it is about.
        checks: by exercise, the name of the function that it has checked; none for another test.
        judged: what its names stood for when it was run last.
        tries: how often it was run.
        closed: whether it is not run again.
        outputs: those of the time that earned most.
        earned: the points for them.
        found: the mistakes that were recognised when it was run last.
    """

    mark: str
    source: str
    file: str
    points: float
    names: Names
    exercises: frozenset[str]
    checks: dict[str, str]
    judged: dict[str, Any] | None = None
    tries: int = 0
    closed: bool = False
    outputs: list[dict[str, Any]] | None = None
    earned: float = 0.0
    found: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, cell: dict[str, Any], place: int, own: Iterable[str]) -> "Test":
        """Read a test cell."""
        rules, source = cell["metadata"]["nbgrader"], cell["source"]
        return cls(
            mark=rules.get("grade_id", ""),
            source=source,
            file=f"<test {place + 1}>",
            points=float(rules.get("points", 0)),
            names=names_of(cell),
            exercises=frozenset(n for n in own if f'"{n}"' in source or f'"{n}{OF}' in source),
            checks={check.exercise: check.function for check in checks_of(source)},
        )


class Source:
    """The instructor's cells that the tests need, and the names that are the student's to bind."""

    def __init__(self, cells: list[dict[str, Any]], authors: bool, every_cell: bool) -> None:
        parts = every_cell and authors
        self._cells = cells = _by_statement(cells) if parts else cells
        self._authors = authors
        self._kinds = [kind_of(cell) for cell in cells]
        self._names = [cell["read"] if "read" in cell else names_of(cell) for cell in cells]
        wanted = [
            k
            for k, kind in enumerate(self._kinds)
            if kind == "test" or (kind == "lesson" and cells[k].get("acts", every_cell))
        ]
        others = [k for k, kind in enumerate(self._kinds) if kind in ("student", "")]
        self._every_cell = every_cell
        self._needed = needed(self._names, wanted, through=others)
        self._next = 0
        self.read = frozenset[str]().union(*(self._names[k].read for k in self._needed))
        self.theirs = self._students_names(authors)
        self.bound = frozenset[str]().union(
            *(n.bound for n, kind in zip(self._names, self._kinds, strict=True) if kind == "lesson")
        )

    def _students_names(self, authors: bool) -> frozenset[str]:
        """Return the names that solution cells may bind.

        Those are what the author's own solutions bind. Where only the student's are known, it is what
        no instructor's cell before has bound: nobody may put something else in place of a test's data.
        """
        names_by_lesson: set[str] = set() if authors else set(dir(builtins))
        found: set[str] = set()
        for kind, cell in zip(self._kinds, self._names, strict=True):
            if kind == "student":
                found |= cell.bound - names_by_lesson - (cell.imported if authors else set())
            elif kind == "lesson" and not authors:
                names_by_lesson |= cell.bound - found
        return frozenset(found)

    def before(self, mark: str) -> list[tuple[str | None, Names]]:
        """Return what comes before a test cell and was not asked for yet, in order.

        Instructor's cells come as their text; a student's cell as None, with the names it binds.
        """
        place = next(
            (
                k
                for k, cell in enumerate(self._cells)
                if self._kinds[k] == "test" and cell["metadata"]["nbgrader"].get("grade_id") == mark
            ),
            self._next,
        )
        steps: list[tuple[str | None, Names]] = []
        for k in range(self._next, place):
            if self._kinds[k] == "student":
                if self._authors:
                    steps.append((only_imports(self._cells[k]["source"]), self._names[k]))
                steps.append((None, self._names[k]))
            elif self._kinds[k] == "lesson" and k in self._needed:
                source = self._cells[k]["source"]
                step = source if self._every_cell else imports_of(source, self.read)
                steps.append((step, self._names[k]))
        self._next = max(self._next, place)
        return steps


def _by_statement(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a lesson's cells with each of its own parted into statements, and how these act."""
    lessons = [cell["source"] for cell in cells if kind_of(cell) == "lesson"]
    modules = side_effects.origins(lessons)
    parted = []
    for cell in cells:
        if kind_of(cell) != "lesson":
            parted.append(cell)
            continue
        for source in side_effects.statements(cell["source"]):
            found, alone = side_effects.read(source, modules)
            if not alone:  # nor do calls of what it makes
                modules |= dict.fromkeys(found.bound - modules.keys(), "")
            parted.append(cell | {"source": source, "read": found, "acts": not alone})
    return parted


def imports_of(source: str, read: frozenset[str]) -> str:
    """Return a cell that does nothing but import without the names that are not read.

    A lesson imports its figures and widgets in its first cell; no test needs them.
    """
    try:
        tree = parse(source)
    except SyntaxError:
        return source
    for statement in tree.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            return source
        statement.names = [
            alias
            for alias in statement.names
            if alias.name == "*" or (alias.asname or alias.name).partition(".")[0] in read
        ]
    tree.body = [s for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom) and s.names]
    return ast.unparse(tree)


def only_imports(source: str) -> str:
    """Return the imports of a cell."""
    try:
        tree = parse(source)
    except SyntaxError:
        return ""
    tree.body = [s for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom)]
    return ast.unparse(tree)
