"""What the grader remembers of a submission."""

import json
from typing import NamedTuple


class Record(NamedTuple):
    """What the grader did with one submission.

    Attributes:
        student: the student's id.
        outcome: `"graded"`, `"mended"`, `"refused"` or `"suspicious"`.
        notes: sentences: why.
        scores: points by notebook and grade id; none where a person has to decide.
        mistakes: what the checks recognised, by notebook and grade id.
        penalty: points taken off for handing in late.
    """

    student: str
    outcome: str
    notes: tuple[str, ...]
    scores: dict[str, dict[str, float | None]]
    mistakes: dict[str, dict[str, tuple[str, ...]]]
    penalty: float = 0.0


def as_record(text: str) -> Record:
    """Read a record back from the gradebook, where it lies as JSON."""
    record = Record(**json.loads(text))
    return record._replace(notes=tuple(record.notes))
