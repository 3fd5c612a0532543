"""Which lessons of a class are given out in versions, and which student has which.

That a lesson is, and which of its exercises are, stands in the gradebook. Which version a student has
follows from the secret of the class and the student's id, and stands nowhere.
"""

import hmac
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Column, MetaData, String, Table, delete, insert, inspect, select
from sqlalchemy.engine import Engine

from rnn_utils.checks import exercise
from rnn_utils.grading.book.secret import of_class

VARIED = Table(
    "rnn_course_varied",
    MetaData(),
    Column("lesson", String(128), primary_key=True),
    Column("exercise", String(128), primary_key=True),
)


def vary(engine: Engine, lesson: str, names: Iterable[str]) -> None:
    """Keep of which exercises of a lesson each student is given a version; of none, if there are no names."""
    with engine.begin() as connection:
        VARIED.create(connection, checkfirst=True)
        connection.execute(delete(VARIED).where(VARIED.c.lesson == lesson))
        for name in names:
            connection.execute(insert(VARIED).values(lesson=lesson, exercise=name))


def varied_in(engine: Engine, lesson: str) -> tuple[str, ...]:
    """Return the exercises of a lesson of which each student has a version; nothing is written."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(VARIED.name):
            return ()
        rows = connection.execute(
            select(VARIED.c.exercise).where(VARIED.c.lesson == lesson).order_by(VARIED.c.exercise)
        )
        return tuple(name for (name,) in rows)


def versions_of(root: Path, names: Iterable[str], student: str) -> tuple[tuple[str, str], ...]:
    """Return which versions a student has.

    Args:
        root: the course's folder, which holds the secret of the class.
        names: the exercises of which there are versions.
        student: the student's id.

    Returns:
        The exercise and the version's key, for each.
    """
    names = list(names)
    secret = of_class(root) if names else b""
    return tuple((name, version_of(secret, name, student)) for name in names)


def version_of(secret: bytes, name: str, student: str) -> str:
    """Return which version of an exercise a student has.

    Of all versions the one whose digest is largest: where a new edition of the course brings another
    version, the others' owners keep theirs.
    """
    keys = [version.key for version in exercise(name).versions]
    return max(
        keys, key=lambda key: hmac.digest(secret, f"{name}/{key}/{student}".encode(), "sha256")
    )
