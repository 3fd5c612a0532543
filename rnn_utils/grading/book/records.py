"""What the grader remembers of a submission, and the words in which it is told."""

import json
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rnn_utils.grading.submission import Graded

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


#: What intake says of a cell that is not as it was handed out; the lesson itself may have changed.
_OF_A_CELL = re.compile(
    r"(?:cell|answer) `([^`]+)` (?:was missing|was changed|had (?:points|grade|solution|locked) )"
)


def record_of(
    student: str,
    graded: "Graded",
    scores: dict[str, dict[str, float | None]],
    notes: list[str],
    amended: frozenset[str],
) -> Record:
    """Put together what is remembered of a submission.

    Args:
        student: the student's id.
        graded: what came of each notebook.
        scores: points by notebook and grade id.
        notes: sentences besides those of the notebooks.
        amended: cells that were added or changed after the lesson had been handed out: that they are
            missing or different is not the student's doing.

    Returns:
        The record, with its status.
    """
    said = [note for one in graded.values() for note in one.notes] + notes
    said = [note for note in said if not ((of := _OF_A_CELL.match(note)) and of[1] in amended)]
    refusals = [one.refused for one in graded.values() if one.refused]
    if any(note.startswith(("suspicious: ", "machine: ")) for note in said):
        status = LOOK
    elif refusals:
        status = NOT_GRADED
    else:
        status = NOTED if said else GRADED
    mistakes = {name: dict(one.mistakes) for name, one in graded.items()}
    texts = tuple(re.sub(r"\s+", " ", note) for note in [*refusals, *said])
    return Record(student, status, texts, scores, mistakes)
