"""What the grader remembers of a submission, and the words in which it is told."""

import json
from typing import NamedTuple

GRADED, NOTED, NOT_GRADED, LOOK = (
    "graded",
    "graded, with a note",
    "not graded",
    "look at this",
)

#: What an instructor does about each status.
STATUSES = {
    GRADED: "Nothing to do.",
    NOTED: "The marks stand. Something was put right first; read the note if a student asks.",
    NOT_GRADED: "No marks were given. The reason is beside it: the student can hand in again.",
    LOOK: "The marks stand, but a person should look: open the notebook in the formgrader, and decide.",
}


class Record(NamedTuple):
    """What the grader did with one submission.

    Attributes:
        student: the student's id.
        status: one of `STATUSES`.
        notes: sentences: why.
        scores: points by notebook and grade id; none where a person has to decide.
        mistakes: what the checks recognised, by notebook and grade id.
    """

    student: str
    status: str
    notes: tuple[str, ...]
    scores: dict[str, dict[str, float | None]]
    mistakes: dict[str, dict[str, tuple[str, ...]]]


#: What earlier editions of the course wrote into gradebooks that are still in use.
_EARLIER = {"mended": NOTED, "refused": NOT_GRADED, "suspicious": LOOK}


def as_record(text: str) -> Record:
    """Read a record back from the gradebook, where it lies as JSON."""
    kept = json.loads(text)
    if "outcome" in kept:
        outcome = kept.pop("outcome")
        kept["status"] = _EARLIER.get(outcome, outcome)
    record = Record(**{name: kept[name] for name in Record._fields})
    return record._replace(notes=tuple(record.notes))
