"""The one writer: a submission's files and all of its grades, or nothing of it."""

import hashlib
import json
import os
import re
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from nbformat import from_dict
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    InvalidEntry,
    Notebook,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import (
    compute_checksum,
    determine_grade,
    is_grade,
    is_solution,
    is_task,
    parse_utc,
)
from sqlalchemy import Column, MetaData, String, Table, Text, event, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from sqlalchemy.orm import scoped_session, sessionmaker
from traitlets import TraitError

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.amend import amended_cells
from rnn_utils.grading.book.amend import create as create_amendments
from rnn_utils.grading.book.lateness import penalise
from rnn_utils.grading.book.overview import overview
from rnn_utils.grading.book.records import Record, as_record, record_of
from rnn_utils.grading.book.summary import Overview
from rnn_utils.grading.intake.folder import TIMESTAMP, File
from rnn_utils.grading.intake.versions import is_stub
from rnn_utils.grading.submission import Graded, Lesson

#: How long to wait for a gradebook that another program is writing to, in seconds.
PATIENCE = 60

#: What was graded, in the gradebook's own database: so it is there exactly if the grades are.
RECORDS = Table(
    "rnn_course_record",
    MetaData(),
    Column("submission_id", String(32), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("record", Text, nullable=False),
)


class Writer:
    """Holds the gradebook. There is one, in the process that was started first.

    Args:
        directory: nbgrader's settings of the course.
        config: all of nbgrader's settings, for the plugin of late penalties.
    """

    def __init__(self, directory: CourseDirectory, config: Any) -> None:
        self.directory = directory
        self.gradebook = Gradebook(directory.db_url, directory.course_id)
        self.engine = self.gradebook.engine
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _begin_by_hand)
            event.listen(self.engine, "begin", _begin)
            self.gradebook.db.remove()
            self.engine.dispose()
        with self.engine.begin() as connection:
            RECORDS.create(connection, checkfirst=True)
            create_amendments(connection)
        try:
            self._penalties = AssignLatePenalties(config=config)
            self._penalties.init_plugin()
        except TraitError as error:
            raise CourseError(str(error)) from None

    def close(self) -> None:
        """Let go of the gradebook."""
        self.gradebook.close()

    def known(self, lesson: str, students: list[str]) -> dict[str, str]:
        """Return the fingerprints of some students' submissions, as they were graded.

        Args:
            lesson: the lesson's name.
            students: their ids; a few hundred at a time.

        Returns:
            By student; empty where there are no grades of this grader, where the graded notebook is
            gone, or where another program has changed the points since.
        """
        theirs = (Assignment.name == lesson, SubmittedAssignment.student_id.in_(students))
        db = self.gradebook.db
        stand: dict[str, dict[str, dict[str, float | None]]] = {}
        for student, notebook, cell, score in db.execute(
            select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade.auto_score)
            .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .where(*theirs)
        ):
            stand.setdefault(student, {}).setdefault(notebook, {})[cell] = score
        found = {}
        for student, fingerprint, record in db.execute(
            select(SubmittedAssignment.student_id, RECORDS.c.fingerprint, RECORDS.c.record)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(RECORDS, RECORDS.c.submission_id == SubmittedAssignment.id)
            .where(*theirs)
        ):
            folder = self._folder(student, lesson)
            scores = as_record(record).scores
            there = all((folder / f"{notebook}.ipynb").is_file() for notebook in scores)
            found[student] = fingerprint if there and stand.get(student) == scores else ""
        db.remove()
        return found

    def records(self, lesson: str) -> Iterator[Record]:
        """Yield the record of every submission of a lesson, by student."""
        with self.engine.connect() as connection:
            rows = connection.execution_options(yield_per=500).execute(
                select(RECORDS.c.record)
                .join(SubmittedAssignment, SubmittedAssignment.id == RECORDS.c.submission_id)
                .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
                .where(Assignment.name == lesson)
                .order_by(SubmittedAssignment.student_id)
            )
            for (record,) in rows:
                yield as_record(record)

    def write(
        self,
        lesson: Lesson,
        student: str,
        graded: Graded,
        files: list[File],
        fingerprint: str,
    ) -> Record:
        """Write what came of one submission: its files, then, in one transaction, all of its grades.

        Args:
            lesson: what was graded.
            student: whose it is.
            graded: what came of each notebook.
            files: what else lay beside the notebooks, the timestamp among it.
            fingerprint: of all that led to these grades.

        Returns:
            The record of it, which is written too.

        Raises:
            SQLAlchemyError: the gradebook refuses; nothing of this submission is in it then.
            OSError: the disk refuses.
        """
        try:
            return self._write(lesson, student, graded, files, fingerprint)
        except InvalidEntry as error:  # how nbgrader passes on what the database said
            raise SQLAlchemyError(str(error)) from error

    def _write(
        self, lesson: Lesson, student: str, graded: Graded, files: list[File], fingerprint: str
    ) -> Record:
        folder = self._folder(student, lesson.name)
        self._drop_pages(student, lesson.name)
        notebooks = [File(f"{name}.ipynb", g.text.encode()) for name, g in graded.items()]
        _make_way(folder, [file.name for file in (*files, *notebooks)])
        for file in [*files, *notebooks]:
            write_file(folder / file.name, file.content)
        with self._transaction() as gradebook:
            timestamp, notes = timestamp_in(files)
            # nbgrader's methods commit; within the transaction that only sets savepoints.
            gradebook.update_or_create_student(student)
            submission = gradebook.update_or_create_submission(lesson.name, student)
            submission.timestamp = timestamp
            scores = {}
            for notebook in submission.notebooks:
                if notebook.name in graded:
                    scores[notebook.name] = self._save(gradebook, notebook, graded, notes)
                    gradebook.db.refresh(notebook)
            penalise(gradebook.db, self._penalties, lesson.name, student)
            amended = amended_cells(gradebook.db, submission)
            record = record_of(student, graded, scores, notes, amended)
            row = {"fingerprint": fingerprint, "record": json.dumps(record._asdict())}
            here = RECORDS.c.submission_id == submission.id
            if not gradebook.db.execute(RECORDS.update().where(here).values(row)).rowcount:
                gradebook.db.execute(RECORDS.insert().values(submission_id=submission.id, **row))
        return record

    @contextmanager
    def _transaction(self) -> Iterator[Gradebook]:
        self.gradebook.db.remove()  # an open reader of our own would keep SQLite from committing
        with self.engine.execution_options(to_write=True).begin() as connection:
            session = sessionmaker(
                bind=connection, join_transaction_mode="create_savepoint", future=True
            )
            outer, self.gradebook.db = self.gradebook.db, scoped_session(session)
            try:
                with warnings.catch_warnings():
                    # nbgrader's own objects warn of the order in which they are put together.
                    warnings.simplefilter("ignore", SAWarning)
                    yield self.gradebook
                self.gradebook.db.commit()  # the savepoint; the transaction itself ends below
            finally:
                self.gradebook.db.remove()
                self.gradebook.db = outer

    def _save(
        self, gradebook: Gradebook, notebook: SubmittedNotebook, graded: Graded, notes: list[str]
    ) -> dict[str, float | None]:
        """Give every grade cell its points, as nbgrader's SaveAutoGrades does; keep what a person gave."""
        db = gradebook.db
        grades = _by_name(db, Grade, notebook)
        comments = _by_name(db, Comment, notebook)
        result = graded[notebook.name]
        cells = {c["metadata"]["nbgrader"]["grade_id"]: from_dict(c) for c in result.cells}
        for name, cell in cells.items():
            if is_grade(cell) or is_task(cell):
                grade = grades.get(name)
                if grade is None:  # the lesson has got a cell more since the first hand-in
                    cell_id = _cell_id(db, notebook, name, GradeCell, TaskCell)
                    grade = Grade(cell_id=cell_id, notebook=notebook)
                    grades[name] = grade
                if is_grade(cell):
                    grade.auto_score = 0.0 if result.refused else _points(cell, notes)
                    grade.needs_manual_grade = (
                        grade.manual_score is not None or grade.auto_score is None
                    )
            if is_solution(cell) or is_task(cell):
                comment = comments.get(name)
                if comment is None:
                    cell_id = _cell_id(db, notebook, name, SolutionCell, TaskCell)
                    comment = Comment(cell_id=cell_id, notebook=notebook)
                empty = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
                empty = empty or is_stub(name, cell.source)
                comment.auto_comment = "No response." if empty and not is_task(cell) else None
        db.flush()
        return {name: grade.auto_score for name, grade in grades.items()}

    def penalise(self, lesson: str) -> dict[str, tuple[float, float]]:
        """Bring all penalties for handing in late in line with what holds now.

        Args:
            lesson: the lesson's name.

        Returns:
            By student whose penalty is another now: what it was, and what it is.

        Raises:
            SQLAlchemyError: the gradebook refuses; all penalties are as they were.
        """
        with self._transaction() as gradebook:
            changed = penalise(gradebook.db, self._penalties, lesson)
        for student in changed:
            self._drop_pages(student, lesson)
        return changed

    def overview(self, lesson: str) -> Overview:
        """Return what the gradebook says of a lesson as a whole."""
        return overview(self.engine, lesson, RECORDS)

    def _drop_pages(self, student: str, lesson: str) -> None:
        """Remove feedback that tells earlier marks: nbgrader keeps a page as long as it is there."""
        folder = self.directory.format_path(self.directory.feedback_directory, student, lesson)
        for page in Path(folder).glob("*.html"):
            page.unlink(missing_ok=True)

    def _folder(self, student: str, lesson: str) -> Path:
        return Path(
            self.directory.format_path(self.directory.autograded_directory, student, lesson)
        )


def _make_way(folder: Path, names: list[str]) -> None:
    """Remove what an earlier run left where a folder is to be a file now, or a file a folder."""
    for name in names:
        path = folder / name
        in_the_way = [p for p in path.parents if p.is_relative_to(folder) and p.is_symlink()]
        in_the_way += [p for p in path.parents if p.is_relative_to(folder) and p.is_file()]
        for one in in_the_way:
            one.unlink(missing_ok=True)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)


def write_file(path: Path, content: bytes) -> None:
    """Write a file so that at any moment either the old one is there or the new one.

    Args:
        path: where; folders on the way are made.
        content: its bytes.

    Raises:
        OSError: there is no room, say; the old file is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}.part")
    try:
        with part.open("wb") as file:
            os.fchmod(file.fileno(), 0o444)  # as nbgrader leaves them
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _begin_by_hand(connection: Any, _: Any) -> None:
    # Python's sqlite3 would begin too late, after the first savepoint.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")


def _begin(connection: Connection) -> None:
    # Whoever is to write waits for the lock at the start: an upgrade on the way would not wait.
    to_write = connection.get_execution_options().get("to_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if to_write else "BEGIN")


#: A time as nbgrader, and whoever writes it by hand, puts it: nothing else is given to a parser of dates.
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)? ?(?:[A-Z]{1,5}|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


def timestamp_in(files: list[File]) -> tuple[datetime | None, list[str]]:
    """Read when a submission was handed in, from the file that nbgrader puts beside it.

    Args:
        files: what lay in its folder.

    Returns:
        The time in UTC, or none; and sentences on why there is none.
    """
    content = next((file.content for file in files if file.name == TIMESTAMP), None)
    if content is None:
        return None, []
    try:
        text = content.strip().decode("ascii")
        if len(text) < 50 and _TIME.fullmatch(text):
            return parse_utc(text), []
    except (ValueError, OverflowError):
        pass
    return None, ["timestamp.txt holds no time: no time known, and lateness was not looked at"]


def _points(cell: Any, notes: list[str]) -> float | None:
    try:
        score, _ = determine_grade(cell)
    except (ValueError, KeyError) as error:
        notes.append(f"test `{cell.metadata.nbgrader.grade_id}` gave no usable points: {error}")
        return 0.0
    return None if score is None else float(score)


def _by_name(db: Any, kind: Any, notebook: SubmittedNotebook) -> dict[str, Any]:
    rows = db.execute(
        select(kind, BaseCell.name)
        .join(BaseCell, BaseCell.id == kind.cell_id)
        .where(kind.notebook_id == notebook.id)
    )
    return {name: row for row, name in rows}


def _cell_id(db: Any, notebook: SubmittedNotebook, name: str, *kinds: Any) -> str:
    found = select(BaseCell.id).where(
        BaseCell.notebook_id == notebook.notebook_id,
        BaseCell.name == name,
        BaseCell.type.in_([kind.__name__ for kind in kinds]),
    )
    return str(db.execute(found).scalar_one())
