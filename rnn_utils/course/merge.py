"""A newer edition of a lesson and the learner's own copy become one; answers are found by grade id."""

import copy
from typing import Any

Notebook = dict[str, Any]
Cell = dict[str, Any]


def merge(base: Notebook | None, mine: Notebook, newest: Notebook) -> Notebook:
    """Bring a learner's copy to the newest edition and keep what the learner wrote.

    Answers are kept by their grade id. So are cells that the learner added or changed; one that the
    newest edition no longer has stands after the cell that it followed.

    Args:
        base: the edition that the copy was made from; without it only answers are the learner's for
            certain, and nothing else is kept.
        mine: the learner's copy.
        newest: the newest edition.

    Returns:
        The newest edition with the learner's answers and cells.
    """
    merged = copy.deepcopy(newest)
    answers = {_answer_of(cell): cell for cell in mine["cells"] if _answer_of(cell)}
    for cell in merged["cells"]:
        if (answer := _answer_of(cell)) in answers:
            cell["source"] = answers[answer]["source"]
    if base is None:
        return merged
    old = {cell.get("id"): _source(cell) for cell in base["cells"]}
    places = {_key(cell): cell for cell in merged["cells"]}
    after: Cell | None = None
    for cell in mine["cells"]:
        place = places.get(_key(cell))
        changed = _source(cell) != old.get(cell.get("id"))
        graded = "nbgrader" in cell.get("metadata", {})
        if place is not None:
            if changed and not graded:
                place["source"] = cell["source"]
            after = place
        elif changed and not graded:
            kept = copy.deepcopy(cell)
            where = merged["cells"].index(after) + 1 if after in merged["cells"] else 0
            merged["cells"].insert(where, kept)
            after = kept
    return merged


def made_from(mine: Notebook, edition: Notebook) -> bool:
    """Say whether a copy has every cell of an edition, whatever was written into them since."""
    return {_key(cell) for cell in edition["cells"]} <= {_key(cell) for cell in mine["cells"]}


def _key(cell: Cell) -> str:
    mark = cell.get("metadata", {}).get("nbgrader", {})
    return str(mark.get("grade_id") or cell.get("id"))


def _answer_of(cell: Cell) -> str | None:
    """Return the grade id of a cell in which the learner writes, None for every other."""
    mark = cell.get("metadata", {}).get("nbgrader", {})
    return mark.get("grade_id") if mark.get("solution") else None


def _source(cell: Cell) -> str:
    return "".join(cell["source"])
