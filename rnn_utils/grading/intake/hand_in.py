"""Taking in what a student handed in: read, or refused with a sentence, whatever it is."""

import ast
import json
import os
import re
import stat
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from nbformat import NotebookNode, from_dict

from rnn_utils.grading.intake.syntax import parse

#: The largest notebook that is read, in bytes; the lessons with all of their figures stay below 2 MB.
LARGEST = 20 << 20

#: How many other files beside the notebooks are kept, and how many bytes of them.
ATTACHMENTS, ATTACHED = 50, 20 << 20

#: The most cells that a notebook may have, and the most of a student's own that are kept: each is run.
CELLS, OWN_CELLS = 10_000, 500

#: The kinds of pictures that a text may hold; others can hold scripts.
_IMAGES = ("image/png", "image/jpeg", "image/gif")

#: The longest cell that is searched for definitions, in characters.
LONGEST = 100_000


class Refused(Exception):
    """A submission that cannot be read; its text says why, and what the student can do."""


class File(NamedTuple):
    """A file as it was handed in."""

    name: str
    content: bytes


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


# Files -------------------------------------------------------------------------------------------


def open_folder(base: str | os.PathLike[str], *parts: str) -> int:
    """Open a folder below another, following no link on the way.

    Args:
        base: the instructor's folder, which may be a link.
        parts: the names of the folders below it, which students may have made.

    Returns:
        A file descriptor, for the caller to close.

    Raises:
        Refused: one of them is not a folder, but a link, say.
    """
    folder = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts:
        try:
            below = os.open(
                part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder
            )
        except OSError as error:
            raise Refused(
                f"`{part}` is not a folder that can be opened ({error.strerror})."
            ) from None
        finally:
            os.close(folder)
        folder = below
    return folder


def read_file(folder: int, name: str, largest: int = LARGEST) -> bytes:
    """Read one regular file, and nothing that only looks like one.

    Args:
        folder: descriptor of the folder that it is in.
        name: its name there.
        largest: how many bytes it may have.

    Returns:
        Its bytes.

    Raises:
        Refused: it is a link, a pipe, a device, a second name of another file, or too large.
    """
    try:
        # Without O_NONBLOCK, opening a pipe would wait for its other end for ever.
        file = os.open(
            name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder
        )
    except OSError as error:
        try:
            linked = stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except OSError:
            linked = False
        why = "is a link to another file" if linked else f"cannot be opened: {error.strerror}"
        raise Refused(f"{_shown(name)} {why}. Hand in the file itself.") from None
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise Refused(f"{_shown(name)} is not a regular file. Hand in the file itself.")
        if status.st_nlink > 1:
            raise Refused(
                f"{_shown(name)} is a second name (a hard link) of a file that lies elsewhere. "
                "Hand in a copy."
            )
        with os.fdopen(os.dup(file), "rb") as stream:
            content = stream.read(largest + 1)
    finally:
        os.close(file)
    if len(content) > largest:
        raise Refused(
            f"{_shown(name)} is larger than {largest >> 20} MB. Clear all outputs, save, and hand "
            "it in again."
        )
    return content


def choose(folder: int, wanted: str, only: bool) -> tuple[str, list[str]]:
    """Choose the file that is the notebook, among what lies in a submission's folder.

    Args:
        folder: descriptor of the folder.
        wanted: the notebook's name, without its ending.
        only: whether the lesson has one notebook only, so that any notebook must be it.

    Returns:
        The file's name, and sentences on what was unusual.

    Raises:
        Refused: there is none.
    """
    names = [n for n in sorted(os.listdir(folder)) if n.lower().endswith(".ipynb")]
    exact = f"{wanted}.ipynb"
    like = [n for n in names if _plain(n) == _plain(exact)] or (names if only else [])
    if not like:
        there = ", ".join(_shown(n) for n in sorted(os.listdir(folder))[:5]) or "no file at all"
        raise Refused(f"There is no notebook {exact}; the folder holds {there}.")
    if exact in like:
        others = [n for n in like if n != exact]
        chosen = exact
        notes = []
    else:
        chosen = max(like, key=lambda n: (_modified(folder, n), n))
        others = [n for n in like if n != chosen]
        notes = [f"the file was named {_shown(chosen)} instead of {exact}"]
    if others:
        which = "it has the right name" if chosen == exact else "it was changed last"
        more = ", ".join(_shown(n) for n in others[:5])
        notes.append(f"{_shown(chosen)} was graded, since {which}; there were also {more}")
    return chosen, notes


def attachments(folder: int) -> list[File]:
    """Read the other files of a submission, such as its timestamp; leave out what cannot be read."""
    found: list[File] = []
    room = ATTACHED
    for name in sorted(os.listdir(folder))[:1000]:
        if name.lower().endswith(".ipynb") or name.startswith(".") or len(found) == ATTACHMENTS:
            continue
        try:
            content = read_file(folder, name, room)
        except Refused:
            continue
        room -= len(content)
        found.append(File(name, content))
    return found


def _plain(name: str) -> str:
    """Take from a file's name what browsers, Jupyter and file managers add to a copy."""
    stem = name[: -len(".ipynb")].strip()
    while True:
        shorter = re.sub(r"(?i)(\s*\(\d+\)|[\s_-]*copy[\s_-]*\d*|\.ipynb)$", "", stem).strip()
        if shorter == stem:
            return re.sub(r"[\s_-]+", "_", stem).casefold()
        stem = shorter


def _modified(folder: int, name: str) -> int:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime_ns
    except OSError:
        return 0


def _shown(name: str) -> str:
    """A file's name as it can be printed: students choose it."""
    return repr(name if len(name) <= 80 else name[:77] + "...")


# Notebooks ---------------------------------------------------------------------------------------


def read_cells(content: bytes) -> list[Cell]:
    """Read the cells of a notebook, of any version of the format and however damaged.

    Args:
        content: the bytes of the file.

    Returns:
        Its cells, in order.

    Raises:
        Refused: it is no notebook; the text says what it is instead.

    Example:
        >>> read_cells(b'{"cells": [{"cell_type": "code", "source": ["x = 1"]}]}')[0].source
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
    try:
        notebook = json.loads(text)
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
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


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


def rebuild(
    released: NotebookNode, locked: Mapping[str, str], cells: list[Cell]
) -> tuple[NotebookNode, list[str]]:
    """Put a student's answers into the instructor's notebook; nothing else is the student's.

    Args:
        released: the notebook as it was handed out; not changed.
        locked: by grade id, the text of the cells that are not the student's to write, with the
            hidden tests.
        cells: what the student handed in.

    Returns:
        A notebook to be executed, and sentences on what was mended.
    """
    notebook = deepcopy(released)
    notes: list[str] = []
    handed_in: dict[str, Cell] = {}
    twice: set[str] = set()
    for cell in cells:
        if cell.grade_id is not None:
            twice |= {cell.grade_id} & handed_in.keys()
            handed_in[cell.grade_id] = cell  # the last one counts, as nbgrader has it
    own = _own_cells(notebook, cells, notes)
    for cell in notebook.cells:
        rules = cell.metadata.get("nbgrader", {})
        if rules.get("solution") and rules.get("grade_id") not in handed_in:
            handed_in |= _by_definition(cell, own, notes)
    rebuilt = list(own.pop(None, []))
    for cell in notebook.cells:
        rules = cell.metadata.get("nbgrader", {})
        name = rules.get("grade_id")
        if name is not None:
            given = handed_in.get(name)
            if name in twice:
                notes.append(f"cell `{name}` was there more than once; the last one counts")
            if rules.get("solution"):
                _answer(cell, given, notes)
            else:
                _compare(cell, given, notes)
                cell.source = locked.get(name, cell.source)
        rebuilt.append(cell)
        rebuilt += own.pop(name or cell.get("id"), [])
    notebook.cells = rebuilt
    return notebook, notes


def _answer(cell: NotebookNode, given: Cell | None, notes: list[str]) -> None:
    """Take the student's text for a cell that is theirs to write."""
    name = cell.metadata.nbgrader.grade_id
    if given is None:
        notes.append(f"answer `{name}` was missing; the empty one of the lesson stands there")
        return
    if cell.cell_type == "markdown" and given.source != cell.source:
        cell.source = _text_only(given)
        if given.images:
            cell["attachments"] = given.images
    else:
        cell.source = given.source
    if re.search(r"^<{7} ", given.source, re.MULTILINE):
        notes.append(f"answer `{name}` holds the markers of a merge conflict")
    _compare_rules(cell, given, notes)


def _text_only(given: Cell) -> str:
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


def _compare(cell: NotebookNode, given: Cell | None, notes: list[str]) -> None:
    """Say how a cell that is not the student's to write was changed; its text stays as it is."""
    name = cell.metadata.nbgrader.grade_id
    if given is None:
        notes.append(f"cell `{name}` was missing and was put back")
        return
    if given.source.strip() != cell.source.strip():
        notes.append(f"cell `{name}` was changed and was put back as it was")
    _compare_rules(cell, given, notes)


def _compare_rules(cell: NotebookNode, given: Cell, notes: list[str]) -> None:
    ours, theirs = cell.metadata.nbgrader, given.nbgrader
    name = ours.grade_id
    if given.kind != cell.cell_type:
        notes.append(f"cell `{name}` had been turned from {cell.cell_type} into {given.kind!r:.20}")
    if "schema_version" not in theirs and theirs:
        notes.append(f"cell `{name}` had lost its schema version")
    for rule in ("points", "grade", "solution", "locked"):
        if rule in theirs and theirs[rule] != ours.get(rule):
            notes.append(
                f"cell `{name}` had {rule} {theirs[rule]!r:.20} instead of {ours.get(rule)!r}"
            )


def _own_cells(
    notebook: NotebookNode, cells: list[Cell], notes: list[str]
) -> dict[str | None, list[NotebookNode]]:
    """Find the code cells that a student added, by the lesson's cell that each comes after.

    An answer may call a function that its author defined in a cell of their own.
    """
    ids = {c.get("id") for c in notebook.cells if c.get("id")}
    graded = {c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells} - {None}
    by_source = {c.source.strip(): c.get("id") for c in notebook.cells if not _is_graded(c)}
    own: dict[str | None, list[NotebookNode]] = {}
    after: str | None = None
    for cell in cells:
        if cell.grade_id in graded:
            after = cell.grade_id
        elif cell.id in ids:
            after = cell.id
        elif cell.source.strip() in by_source:
            after = by_source[cell.source.strip()] or after
        elif cell.kind == "code" and cell.source.strip():
            k = sum(map(len, own.values()))
            if k == OWN_CELLS:
                notes.append(f"of the cells of the student's own, the first {OWN_CELLS} were kept")
                break
            new: dict[str, Any] = {
                "cell_type": "code",
                "execution_count": None,
                "id": f"student-{k}",
                "metadata": {},
                "outputs": [],
                "source": cell.source,
            }
            own.setdefault(after, []).append(from_dict(new))
    return own


def _is_graded(cell: NotebookNode) -> bool:
    return "grade_id" in cell.metadata.get("nbgrader", {})


def _by_definition(
    cell: NotebookNode, own: dict[str | None, list[NotebookNode]], notes: list[str]
) -> dict[str, Cell]:
    """Find the answer in a cell that has lost its grade id: it defines the same functions."""
    wanted = _defined(cell.source)
    if cell.cell_type == "code" and wanted:
        name = cell.metadata.nbgrader.grade_id
        for cells in own.values():
            for candidate in reversed(cells):
                if wanted <= _defined(candidate.source):
                    cells.remove(candidate)
                    notes.append(
                        f"answer `{name}` had lost its grade id; a cell that defines it counts"
                    )
                    return {name: Cell(candidate.source, "code", None, {})}
    return {}


def _defined(source: str) -> set[str]:
    if len(source) > LONGEST:
        return set()
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
