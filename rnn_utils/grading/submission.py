"""A lesson, a submission and what came of it: what goes from one part of the grader to the next."""

from typing import Any, NamedTuple

from rnn_utils.grading.intake.folder import File
from rnn_utils.grading.limits import Limits


class Sheet(NamedTuple):
    """One notebook of a lesson.

    Attributes:
        released: the notebook as handed out, with nbgrader's checksums (JSON).
        source: the notebook as its author wrote it, with solutions and hidden tests (JSON).
        locked: the text of each cell that is not the student's to write, with the hidden tests.
    """

    released: str
    source: str
    locked: dict[str, str]


class Lesson(NamedTuple):
    """A lesson as a worker needs it.

    Attributes:
        name: such as `"01_state_equation"`.
        sheets: its notebooks by name.
        files: what was handed out beside them, such as data, by path.
        limits: what one submission may use.
        digest: changes with all that can change a grade.
        varied: the exercises of which each student was given a version, if the class has any.
    """

    name: str
    sheets: dict[str, Sheet]
    files: dict[str, bytes]
    limits: Limits
    digest: str
    varied: tuple[str, ...] = ()


class Handed(NamedTuple):
    """What may be a notebook as handed in, with sentences on it, or why there is none to read."""

    files: tuple[File, ...]
    notes: tuple[str, ...] = ()
    refused: str = ""


class Submission(NamedTuple):
    """What one student handed in for a lesson.

    Attributes:
        student: the student's id.
        notebooks: what may be each of the lesson's notebooks.
        beside: the other files.
        versions: which versions of the lesson's exercises the student was given, by exercise.
    """

    student: str
    notebooks: dict[str, Handed]
    beside: tuple[File, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


class GradedNotebook(NamedTuple):
    """A notebook after its execution.

    Attributes:
        text: the notebook (JSON), for the folder of autograded ones.
        cells: its graded cells, those with outputs only where these decide on the points.
        refused: why it was not executed; empty if it was.
        notes: sentences on what was mended, on limits, and on what is suspicious.
        mistakes: by grade id, the names of the known mistakes that the check recognised.
    """

    text: str
    cells: list[dict[str, Any]]
    refused: str
    notes: tuple[str, ...]
    mistakes: dict[str, tuple[str, ...]]


Graded = dict[str, GradedNotebook]


class Failed(NamedTuple):
    """A submission that could not be graded this time, through no fault of its author."""

    why: str
