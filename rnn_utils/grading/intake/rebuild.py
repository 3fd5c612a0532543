"""The notebook that is executed: the student's, with the tests put back where they stood.

One file, since its steps are read in the order in which a notebook goes through them.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from nbformat import NotebookNode, from_dict

from rnn_utils.grading.intake.cells import Cell, Paper, read_notebook
from rnn_utils.grading.intake.folder import File, Refused, shown
from rnn_utils.grading.intake.syntax import parse

#: The most code cells of a student's own that are kept: each is run.
OWN_CELLS = 500

#: The longest cell that is searched for definitions, in characters.
LONGEST = 100_000

#: The tag of a cell that is shown and not run, as nbclient has it.
NOT_RUN = "skip-execution"


def rebuild(
    released: NotebookNode, locked: Mapping[str, str], cells: list[Cell]
) -> tuple[NotebookNode, list[str]]:
    """Put the tests back into a student's notebook; all else is as the student left it.

    Args:
        released: the notebook as it was handed out; not changed.
        locked: by grade id, the text of the cells that are not the student's to write, with the
            hidden tests.
        cells: what the student handed in.

    Returns:
        A notebook to be executed, and sentences on what was put back or chosen; those that begin with
        "" are no reason to look at it.
    """
    return _Rebuilding(released, locked, cells).done()


def choose(files: list[File], released: NotebookNode, name: str) -> tuple[Paper, list[str]]:
    """Choose the notebook that is graded, among those that a student handed in.

    Args:
        files: the notebooks, the one with the right name first.
        released: the notebook as it was handed out.
        name: the right name, without its ending.

    Returns:
        The one with work in it; of several, the one that was changed last. And sentences on the choice.

    Raises:
        Refused: none of them can be read.
    """
    read, refusals = [], []
    for file in files:
        try:
            read.append((file, read_notebook(file.content)))
        except Refused as refusal:
            refusals.append((file, refusal))
    if not read:
        raise refusals[0][1]
    # What all of them have tells nothing, such as the cells of an older edition.
    texts = [{_essence(cell.source) for cell in paper.cells} for _, paper in read]
    common = set.intersection(*texts) if len(texts) > 1 else set()
    papers = []
    for file, paper in read:
        right = re.match(re.escape(name), file.name.rpartition("/")[2], re.IGNORECASE)
        papers.append((file, paper, bool(right), has_work(released, paper.cells, common)))
    works = [one for one in papers if one[3]]
    works = [one for one in works if one[2]] or works
    others_work = any(one[1] != works[0][1] for one in works[1:])
    file, paper, *_ = max(works, key=lambda one: one[0].changed) if works else papers[0]
    notes = [f"{shown(f.name)} could not be read: {refusal}" for f, refusal in refusals]
    if others_work:
        names = ", ".join(shown(one[0].name) for one in works if one[0] is not file)
        notes.append(
            f"{shown(file.name)} was graded, since it was changed last; work is also in {names}"
        )
    elif len(papers) > 1:
        why = "it holds work" if works else "the others hold no other work"
        notes.append(f"of {len(papers)} notebooks {shown(file.name)} was graded, since {why}")
    if file.name != f"{name}.ipynb":
        notes.append(f"the file was named {shown(file.name)} instead of {name}.ipynb")
    return paper, notes


def has_work(released: NotebookNode, cells: Iterable[Cell], known: Iterable[str] = ()) -> bool:
    """Say whether a student wrote anything into the answers of a notebook.

    Args:
        released: the notebook as it was handed out.
        cells: what the student handed in.
        known: texts of other cells that are no work.
    """
    texts = {_essence(cell.source) for cell in released.cells} | set(known)
    theirs = {
        rules["grade_id"] for cell in released.cells if (rules := _rules(cell)).get("solution")
    }
    wanted = {
        name
        for cell in released.cells
        if _rules(cell).get("solution") and cell.cell_type == "code"
        for name in defined(cell.source)
    }
    stubs = {
        _end(_essence(cell.source))
        for cell in released.cells
        if _rules(cell).get("solution") and cell.cell_type == "code"
    }
    called = (
        re.compile(r"\b(" + "|".join(map(re.escape, sorted(wanted))) + r")\b") if wanted else None
    )
    return any(
        (text := _essence(cell.source)) not in texts
        and text
        and not (cell.kind == "code" and _end(text) in stubs)
        and (
            cell.grade_id in theirs
            or (cell.kind == "code" and called is not None and called.search(cell.source))
        )
        for cell in cells
    )


def defined(source: str) -> set[str]:
    """Return the functions and classes that a cell defines."""
    if len(source) > LONGEST:
        return set()
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}


def _rules(cell: NotebookNode) -> dict[str, Any]:
    rules = cell.metadata.get("nbgrader", {})
    return rules if "grade_id" in rules else {}


def _end(text: str) -> tuple[str, ...]:
    """Return the last lines of a cell, by which a stub of any edition is known."""
    return tuple(text.splitlines()[-2:])


def _essence(source: str) -> str:
    """Return a text without what editors change of themselves."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


class _Rebuilding:
    """The work on one notebook."""

    def __init__(
        self, released: NotebookNode, locked: Mapping[str, str], cells: list[Cell]
    ) -> None:
        self.released = released.cells
        self.metadata = released
        self.locked = locked
        self.cells = cells
        self.notes: list[str] = []
        self.marked = {r["grade_id"]: cell for cell in self.released if (r := _rules(cell))}
        #: For each cell of the lesson, the places of the student's cells that come from it.
        self.places: list[list[int]] = [[] for _ in self.released]
        #: For each of the student's cells, the place of the lesson's cell that it comes from.
        self.origin: list[int | None] = []
        self.verbatim: list[bool] = []
        self._match()
        #: By grade id, the place of the student's cell that has it.
        self.keeps: dict[str, int] = {}
        self._choose()

    # which cell is which

    def _match(self) -> None:
        """Find for each of the student's cells the lesson's: by grade id, by text, or by the cell's id."""
        essences = [_essence(cell.source) for cell in self.released]
        by_mark = {_rules(cell).get("grade_id"): k for k, cell in enumerate(self.released)}
        by_id = {cell.get("id"): k for k, cell in enumerate(self.released)}
        by_text = {text: k for k, text in enumerate(essences) if text}
        by_mark.pop(None, None)
        by_id.pop(None, None)
        for place, cell in enumerate(self.cells):
            text, same = _essence(cell.source), by_id.get(cell.id)
            found = by_mark.get(cell.grade_id)
            if found is None and (same is None or essences[same] != text):
                found = by_text.get(text)
            found = same if found is None else found
            self.origin.append(found)
            self.verbatim.append(found is not None and essences[found] == text)
            if found is not None:
                self.places[found].append(place)

    def _choose(self) -> None:
        """Decide which of the student's cells has each grade id."""
        for k, cell in enumerate(self.released):
            if not (rules := _rules(cell)):
                continue
            name, mine = rules["grade_id"], self.places[k]
            bears = [p for p in mine if self.cells[p].grade_id == name]
            candidates = bears or [p for p in mine if self.cells[p].kind == cell.cell_type]
            fitting = [p for p in candidates if self.cells[p].kind == cell.cell_type] or candidates
            if rules.get("solution") and _code(cell) and not fitting:
                fitting = self._defining(cell)
            if fitting:
                self.keeps[name] = fitting[-1]
            if len(bears) > 1:
                what = (
                    "all of them ran, in the notebook's order" if _code(cell) else "the last counts"
                )
                self.notes.append(f"cell `{name}` was there {len(bears)} times; {what}")

    def _defining(self, cell: NotebookNode) -> list[int]:
        """Return the places of the student's code cells that define what an answer is to define."""
        wanted = defined(cell.source)
        return [
            place
            for place, own in enumerate(self.cells)
            if wanted
            and own.kind == "code"
            and place not in self.keeps.values()
            and self._is_own(place)
            and wanted <= defined(own.source)
        ]

    # the notebook

    def done(self) -> tuple[NotebookNode, list[str]]:
        """Return the notebook and what is to be said of it."""
        missing = self._missing()
        rebuilt = missing.pop(-1, [])
        keeps = {place: name for name, place in self.keeps.items()}
        own = 0
        for place, cell in enumerate(self.cells):
            if place in keeps:
                rebuilt += self._marked(self.marked[keeps[place]], cell, place)
            elif cell.source.strip():
                made = self._own(place)
                own += self._is_own(place)
                if own == OWN_CELLS + 1:
                    self.notes.append(
                        f"of the cells of the student's own, the first {OWN_CELLS} were kept"
                    )
                if own <= OWN_CELLS or not self._is_own(place):
                    rebuilt.append(made)
            rebuilt += missing.pop(place, [])
        self._tell_of_the_lessons()
        notebook = deepcopy(NotebookNode({k: v for k, v in self.metadata.items() if k != "cells"}))
        notebook.cells = _with_ids(rebuilt)
        return notebook, self.notes

    def _missing(self) -> dict[int, list[NotebookNode]]:
        """Make what is gone and has a grade id, by the place of the student's cell that it comes after."""
        found: dict[int, list[NotebookNode]] = {}
        for k, cell in enumerate(self.released):
            name = _rules(cell).get("grade_id")
            if name is None or name in self.keeps:
                continue
            back = deepcopy(cell)
            rules = back.metadata.nbgrader
            if rules.get("solution"):
                if self._stands_elsewhere(cell):
                    self.notes.append(f"answer `{name}` stands in another cell than its own")
                else:
                    self.notes.append(f"answer `{name}` was missing")
                if _code(back) and not rules.get("grade"):
                    continue
                back.metadata["tags"] = [NOT_RUN]  # so that it does not undo what stands elsewhere
            else:
                back.source = self.locked.get(name, back.source)
                self.notes.append(f"cell `{name}` was missing and was put back")
            found.setdefault(self._after(k), []).append(back)
        return found

    def _stands_elsewhere(self, cell: NotebookNode) -> bool:
        names = "|".join(map(re.escape, sorted(defined(cell.source))))
        return bool(names) and any(
            own.kind == "code" and self._is_own(k) and re.search(rf"\b({names})\b", own.source)
            for k, own in enumerate(self.cells)
        )

    def _after(self, k: int) -> int:
        """Return the place of the student's cell after which a cell of the lesson has its own."""
        before = next((self.places[j][-1] for j in range(k - 1, -1, -1) if self.places[j]), -1)
        while before + 1 < len(self.cells) and self.origin[before + 1] is None:
            before += (
                1  # what the student added there was above the one that is gone, or may have been
            )
        return before

    def _marked(self, cell: NotebookNode, given: Cell, place: int) -> list[NotebookNode]:
        """Return what stands where the student has a cell with a grade id."""
        name, back = cell.metadata.nbgrader.grade_id, deepcopy(cell)
        self._compare_rules(cell, given)
        turned = _code(cell) and given.kind != "code" and not cell.metadata.nbgrader.get("grade")
        if turned and self._stands_elsewhere(cell):
            return [self._own(place)]  # a draft, put away
        if cell.metadata.nbgrader.get("solution"):
            if _code(cell):
                back.source = given.source
            elif given.source != cell.source:
                back.source = text_only(given)
                if given.images:
                    back["attachments"] = given.images
            if re.search(r"^<{7} ", given.source, re.MULTILINE):
                self.notes.append(f"answer `{name}` holds the markers of a merge conflict")
            return [back]
        back.source = self.locked.get(name, cell.source)
        if self.verbatim[place]:
            return [back]
        self.notes.append(f"cell `{name}` was changed and was put back as it was")
        # What a student wrote there may be an answer: it runs above.
        return [self._own(place), back] if given.source.strip() else [back]

    def _own(self, place: int) -> NotebookNode:
        """Return a cell as the student left it."""
        cell, origin = self.cells[place], self.origin[place]
        if origin is not None and self.verbatim[place]:
            released = self.released[origin]
            if not _rules(released) and released.cell_type == cell.kind:
                return deepcopy(released)
        made: dict[str, Any] = {"id": cell.id, "metadata": {}}
        if cell.kind == "code":
            code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "outputs": []}
            return from_dict(made | code | {"source": cell.source})
        made |= {"cell_type": "markdown", "source": text_only(cell)}
        return from_dict(made | ({"attachments": cell.images} if cell.images else {}))

    def _is_own(self, place: int) -> bool:
        return self.cells[place].kind == "code" and not self.verbatim[place]

    # what is said

    def _compare_rules(self, cell: NotebookNode, given: Cell) -> None:
        ours, theirs = cell.metadata.nbgrader, given.nbgrader
        name = ours.grade_id
        if given.kind != cell.cell_type:
            self.notes.append(
                f"cell `{name}` had been turned from {cell.cell_type} into {given.kind!r:.20}"
            )
        if "schema_version" not in theirs and theirs:
            self.notes.append(f"cell `{name}` had lost its schema version")
        for rule in ("points", "grade", "solution", "locked"):
            if rule in theirs and theirs[rule] != ours.get(rule):
                self.notes.append(
                    f"cell `{name}` had {rule} {theirs[rule]!r:.20} instead of {ours.get(rule)!r}"
                )

    def _tell_of_the_lessons(self) -> None:
        """Say which of the lesson's other cells the student changed, turned or deleted."""
        changed, gone = [], 0
        for k, cell in enumerate(self.released):
            if _rules(cell) or not cell.source.strip():
                continue
            same = [
                p
                for p in self.places[k]
                if self.verbatim[p] and self.cells[p].kind == cell.cell_type
            ]
            if not self.places[k]:
                gone += 1
            elif not same:
                changed.append(self.places[k][-1] + 1)
        if changed:
            some = ", ".join(map(str, changed[:10])) + (", …" if len(changed) > 10 else "")
            self.notes.append(f"cells of the lesson were changed, and count as they stand: {some}")
        if gone:
            self.notes.append(f"{gone} of the lesson's cells were deleted")


def _code(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code")


def _with_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Give every cell an id that no other has, its own where that can be."""
    taken = {cell.get("id") for cell in cells if _rules(cell)}
    seen: set[str] = set()
    for k, cell in enumerate(cells):
        name = cell.get("id")
        legal = isinstance(name, str) and re.fullmatch(r"(?!student-)[a-zA-Z0-9_-]{1,64}", name)
        if not legal or name in seen or (name in taken and not _rules(cell)):
            cell["id"] = f"student-{k}"
        seen.add(cell["id"])
    return cells


def text_only(given: Cell) -> str:
    """Return a text of Markdown without HTML of its own, and without pictures that are not there.

    Whoever marks it sees it with the rights of the instructor, and nbgrader takes HTML as it comes. A
    space keeps `<` from beginning a tag, and changes no formula.
    """
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", given.source)
    # Nor may a link hold a script, its colon or letters written as they are, escaped or by number.
    text = re.sub(r"&(?=#|(colon|Tab|NewLine);)", "& ", text)
    text = re.sub(r"(?i)script(?=\s*\\?:)", r"\g<0> ", text)
    return re.sub(
        r"attachment:([^\s)\"'>]*)",
        lambda found: found[0] if found[1] in given.images else f"missing:{found[1]}",
        text,
    )
