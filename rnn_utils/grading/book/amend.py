"""Changing a lesson after it was graded: all at once, and no mark or comment given by hand is lost."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from nbformat import NotebookNode
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
    SubmittedAssignment,
    TaskCell,
)
from nbgrader.preprocessors import SaveCells
from sqlalchemy import Column, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.engine import Connection

_OURS = MetaData()

#: Marks and comments by hand on cells that were dropped: they come back with the cell.
PUT_ASIDE = Table(
    "rnn_course_put_aside",
    _OURS,
    Column("notebook_id", String(32), primary_key=True),
    Column("cell", String(128), primary_key=True),
    Column("given", Text, nullable=False),
)

#: Cells that were added or changed after the lesson had been handed out once.
AMENDED = Table(
    "rnn_course_amended",
    _OURS,
    Column("notebook_id", String(32), primary_key=True),
    Column("cell", String(128), primary_key=True),
)


def create(connection: Connection) -> None:
    """Make the tables, if they are not there."""
    _OURS.create_all(connection)


def amended_cells(db: Any, submission: SubmittedAssignment) -> frozenset[str]:
    """Name the cells that were added or changed after a submission's lesson was handed out once."""
    notebooks = [notebook.notebook_id for notebook in submission.notebooks]
    return frozenset(db.scalars(select(AMENDED.c.cell).where(AMENDED.c.notebook_id.in_(notebooks))))


class Cells(NamedTuple):
    """What a lesson's notebook asks for now: nbgrader's attributes of its cells, by grade id."""

    grade: dict[str, dict[str, Any]]
    solution: dict[str, dict[str, Any]]
    task: dict[str, dict[str, Any]]
    source: dict[str, dict[str, Any]]


class KeepMarks(SaveCells):
    """nbgrader's SaveCells, which changes a lesson that was graded, where nbgrader's own refuses.

    In `nbgrader_config.py` it stands in the place of SaveCells in
    `c.GenerateAssignment.preprocessors`, so that `nbgrader generate_assignment`, the formgrader and
    `rnn-course class release` do the same. What changes for whom is logged.
    """

    def _create_notebook(self, nb: NotebookNode) -> None:
        db = self.gradebook.db
        create(db.connection())
        try:
            notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        except MissingEntry:
            super()._create_notebook(nb)
            return
        cells = Cells(
            self.new_grade_cells,
            self.new_solution_cells,
            self.new_task_cells,
            self.new_source_cells,
        )
        amended = _amended(notebook, cells)
        if notebook.submissions:
            try:
                said = amend(db, notebook, cells)
                db.commit()
            except BaseException:
                db.rollback()
                raise
            for sentence in said:
                self.log.warning(sentence, extra={"for_instructor": True})
        else:
            super()._create_notebook(nb)
            notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        for name in amended:
            here = (AMENDED.c.notebook_id == notebook.id) & (AMENDED.c.cell == name)
            if not db.execute(select(AMENDED).where(here)).first():
                db.execute(insert(AMENDED).values(notebook_id=notebook.id, cell=name))
        db.commit()


def amend(db: Any, notebook: Notebook, cells: Cells) -> list[str]:
    """Change what a notebook of the gradebook asks for; nothing is committed.

    Args:
        db: a session on the gradebook.
        notebook: the notebook.
        cells: what it asks for now.

    Returns:
        Sentences: what changes for whom.
    """
    before = sum(cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells])
    said = _told(notebook, cells)
    kinds = (
        (GradeCell, {c.name: c for c in notebook.grade_cells}, cells.grade),
        (SolutionCell, {c.name: c for c in notebook.solution_cells}, cells.solution),
        (TaskCell, {c.name: c for c in notebook.task_cells}, cells.task),
    )
    for _, old, new in kinds:
        for name in old.keys() - new.keys():
            _drop(db, old[name])
    for kind, old, new in kinds:
        for name, values in new.items():
            if name in old:
                for key, value in values.items():
                    setattr(old[name], key, value)
            else:
                _add(db, notebook, kind(name=name, notebook=notebook, **values))
    given = PUT_ASIDE.c.notebook_id.in_([submitted.id for submitted in notebook.submissions])
    names = {name for _, _, new in kinds for name in new}
    db.execute(delete(PUT_ASIDE).where(given, PUT_ASIDE.c.cell.in_(names)))
    there = {cell.name: cell for cell in notebook.source_cells}
    for name in there.keys() - cells.source.keys():
        db.delete(there[name])
    for name, values in cells.source.items():
        if name in there:
            for key, value in values.items():
                setattr(there[name], key, value)
        else:
            db.add(SourceCell(name=name, notebook=notebook, **values))
    db.flush()
    after = sum(new["max_score"] for new in [*cells.grade.values(), *cells.task.values()])
    if before != after:
        said.append(f"{notebook.name} gives at most {after:g} points now, before {before:g}.")
    return said


def _amended(notebook: Notebook, cells: Cells) -> list[str]:
    """Name the cells whose text or points are not what was handed out before."""
    texts = {cell.name: cell.source for cell in notebook.source_cells}
    points = {c.name: c.max_score for c in [*notebook.grade_cells, *notebook.task_cells]}
    new_points = {name: v["max_score"] for name, v in [*cells.grade.items(), *cells.task.items()]}
    return [
        name
        for name, values in cells.source.items()
        if texts.get(name) != values["source"] or points.get(name) != new_points.get(name)
    ]


def _drop(db: Any, cell: BaseCell) -> None:
    for grade in db.scalars(select(Grade).where(Grade.cell_id == cell.id)).all():
        _put_aside(db, grade.notebook_id, cell.name, _by_hand(grade))
        db.delete(grade)
    for comment in db.scalars(select(Comment).where(Comment.cell_id == cell.id)).all():
        _put_aside(db, comment.notebook_id, cell.name, _by_hand(comment))
        db.delete(comment)
    db.flush()
    db.delete(cell)
    db.flush()


def _add(db: Any, notebook: Notebook, cell: BaseCell) -> None:
    db.add(cell)
    db.flush()
    for submitted in notebook.submissions:
        given = _taken_back(db, submitted.id, cell.name)
        if not isinstance(cell, SolutionCell):
            marks = {key: given.get(key) for key in ("manual_score", "extra_credit")}
            db.add(
                Grade(cell_id=cell.id, notebook_id=submitted.id, needs_manual_grade=False, **marks)
            )
        if not isinstance(cell, GradeCell):
            said = given.get("manual_comment")
            db.add(Comment(cell_id=cell.id, notebook_id=submitted.id, manual_comment=said))
    db.flush()


def _by_hand(row: Grade | Comment) -> dict[str, Any]:
    names = ("manual_score", "extra_credit", "manual_comment")
    found = {name: getattr(row, name, None) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _put_aside(db: Any, notebook: str, cell: str, given: dict[str, Any]) -> None:
    if given:
        # A cell that is graded and written in is put aside in two parts.
        given = _taken_back(db, notebook, cell) | given
        here = (PUT_ASIDE.c.notebook_id == notebook) & (PUT_ASIDE.c.cell == cell)
        db.execute(delete(PUT_ASIDE).where(here))
        row = {"notebook_id": notebook, "cell": cell, "given": json.dumps(given)}
        db.execute(insert(PUT_ASIDE).values(row))


def _taken_back(db: Any, notebook: str, cell: str) -> dict[str, Any]:
    here = (PUT_ASIDE.c.notebook_id == notebook) & (PUT_ASIDE.c.cell == cell)
    given = db.execute(select(PUT_ASIDE.c.given).where(here)).scalar()
    return json.loads(given) if given else {}


# In words ----------------------------------------------------------------------------------------


def _told(notebook: Notebook, cells: Cells) -> list[str]:
    handed_in = len(notebook.submissions)
    old = {cell.name: cell for cell in [*notebook.grade_cells, *notebook.task_cells]}
    new = cells.grade | cells.task
    by_person = cells.solution.keys() | cells.task.keys()
    said = []
    for name, values in new.items():
        points = _points(values["max_score"])
        if name not in old:
            until = (
                "they have 0 of them until they hand it in"
                if name in by_person
                else "the next run grades what they handed in"
            )
            said.append(f"`{name}` is new, {points}: of the {handed_in} in the gradebook, {until}.")
        elif old[name].max_score != values["max_score"]:
            hand = _marked(old[name])
            kept = f" Marks by hand stay as they are: {_list(hand)}." if hand else ""
            said.append(f"`{name}` gives {points}, before {old[name].max_score:g}.{kept}")
    for name, cell in old.items():
        if name not in new:
            hand = _marked(cell)
            kept = (
                f" Marks by hand are put aside, and come back with it: {_list(hand)}."
                if hand
                else ""
            )
            said.append(f"`{name}` is dropped, and its {_points(cell.max_score)}.{kept}")
    texts = {cell.name: cell.source for cell in notebook.source_cells}
    changed = [
        name
        for name in new
        if name in old and name in texts and texts[name] != cells.source[name]["source"]
    ]
    if changed:
        named = ", ".join(f"`{name}`" for name in changed)
        said.append(f"Changed: {named}. The next run grades all {handed_in} again.")
    return said


def _points(number: float) -> str:
    return f"{number:g} point{'s' * (number != 1)}"


def _marked(cell: BaseCell) -> list[str]:
    return sorted(
        f"{grade.notebook.student.id} {grade.manual_score:g}"
        for grade in cell.grades
        if grade.manual_score is not None
    )


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
