"""`rnn-course class move-gradebook`: from SQLite to another database in mid-term, with all marks."""

from pathlib import Path

from nbgrader.api import Gradebook
from sqlalchemy import MetaData, create_engine, insert, select

from rnn_utils.classroom.course import Say
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.empty_gradebook import allow, is_empty
from rnn_utils.grading.run.settings import raw_settings


def move_gradebook(root: Path, say: Say = print) -> None:
    """Copy gradebook.db into the database that nbgrader_config.py names, in one transaction.

    Args:
        root: the course's folder.
        say: called with each sentence for the instructor.

    Raises:
        CourseError: there is nothing to copy, or the database is not empty.
    """
    directory, _ = raw_settings(root)
    file = Path(directory.root) / "gradebook.db"
    if directory.db_url == f"sqlite:///{file}" or not file.is_file():
        raise CourseError(
            "Name the new database in nbgrader_config.py (c.CourseDirectory.db_url), and leave "
            "gradebook.db in the course's folder."
        )
    if not is_empty(directory.db_url):
        raise CourseError(f"{directory.db_url} has lessons already; nothing was copied.")
    allow(file)
    old, new = create_engine(f"sqlite:///{file}"), create_engine(directory.db_url)
    Gradebook(directory.db_url, directory.course_id).close()  # makes nbgrader's tables
    tables = MetaData()
    tables.reflect(old)
    there = MetaData()
    there.reflect(new)
    count = 0
    with old.connect() as reading, new.begin() as writing:
        for table in tables.sorted_tables:
            if table.name not in there.tables:
                table.to_metadata(there).create(writing)
            target = there.tables[table.name]
            writing.execute(target.delete())
            rows = [dict(row._mapping) for row in reading.execute(select(table))]
            count += len(rows)
            if rows:
                writing.execute(insert(target), rows)
    file.rename(file.with_suffix(".db.moved"))
    say(f"{count} rows were copied; gradebook.db is called gradebook.db.moved now.")
