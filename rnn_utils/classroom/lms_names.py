"""What an LMS calls each hand-in: kept in the gradebook, so that feedback finds its way back."""

from typing import NamedTuple

from sqlalchemy import Column, MetaData, String, Table, delete, insert, select
from sqlalchemy.engine import Engine

HANDED_IN = Table(
    "rnn_course_handed_in",
    MetaData(),
    Column("lesson", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("lms", String(16), nullable=False),
    Column("place", String(1024), nullable=False),
)


class Place(NamedTuple):
    """Where a hand-in came from, and what it was called there."""

    lms: str
    place: str


def remember(engine: Engine, lesson: str, places: dict[str, Place]) -> None:
    """Keep where hand-ins came from, by student."""
    with engine.begin() as connection:
        HANDED_IN.create(connection, checkfirst=True)
        for student, (lms, place) in places.items():
            here = (HANDED_IN.c.lesson == lesson) & (HANDED_IN.c.student == student)
            connection.execute(delete(HANDED_IN).where(here))
            row = {"lesson": lesson, "student": student, "lms": lms, "place": place}
            connection.execute(insert(HANDED_IN).values(row))


def places(engine: Engine, lesson: str) -> dict[str, Place]:
    """Return where hand-ins came from, by student."""
    with engine.begin() as connection:
        HANDED_IN.create(connection, checkfirst=True)
        rows = connection.execute(
            select(HANDED_IN.c.student, HANDED_IN.c.lms, HANDED_IN.c.place).where(
                HANDED_IN.c.lesson == lesson
            )
        )
        return {student: Place(lms, place) for student, lms, place in rows}
