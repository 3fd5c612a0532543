"""What came of a run: what was done, and the lesson at a glance."""

from typing import NamedTuple


class Overview(NamedTuple):
    """A lesson at a glance.

    Attributes:
        points: by grade id, the most that a cell can give.
        by_hand: by grade id of the cells that a person marks, the marks given.
        waiting: by student, how many answers wait to be marked by a person.
        undated: who handed in at a time that is not known, although there is a due date.
    """

    points: dict[str, float]
    by_hand: dict[str, list[float]]
    waiting: dict[str, int]
    undated: tuple[str, ...]


class Summary(NamedTuple):
    """What a run did.

    Attributes:
        graded: how many submissions were graded in this run.
        unchanged: how many had been graded before and are as they were.
        failed: by student, why a submission could not be graded this time.
        penalties: by student whose penalty for handing in late is another now: before, and after.
        lesson: what the gradebook says of the lesson as a whole.
    """

    graded: int
    unchanged: int
    failed: dict[str, str]
    penalties: dict[str, tuple[float, float]]
    lesson: Overview
