"""A secret of the class in its hidden tests: what they draw cannot be found out from the package's source.

The secret lies in `.class_secret` in the course's folder. From it follows a seed for each exercise, and only
that stands in the test, which nbgrader keeps from students as it keeps every hidden line.
"""

import hashlib
import hmac
import re
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from rnn_utils.checks import exercises, seeded
from rnn_utils.checks.framework.exercise import TOGETHER
from rnn_utils.checks.framework.judge import passes
from rnn_utils.checks.framework.version import OF
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.secret import of_class

#: The hidden test of an exercise, with or without a seed.
_GRADE = re.compile(r'(?m)^grade\("(\w+)", (\w+)(?:, "\w*")?\)$')

#: How many seeds are tried until every known mistake fails. A right record needs one or two; what fails under
#: none of these is no mistake, and the tests of the graders find it.
_TRIES = 100


class SeedHiddenTests(NbGraderPreprocessor):
    """Give the hidden tests of a lesson seeds that follow from the secret of the class.

    In `nbgrader_config.py` it stands first in `c.GenerateAssignment.preprocessors`.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Write the seeds into a lesson that goes into the gradebook.

        Args:
            nb: the lesson as its author wrote it, changed in place.
            resources: nbconvert's, passed on.

        Returns:
            The lesson and the resources.
        """
        converter = self.parent
        while converter is not None and not hasattr(converter, "coursedir"):
            converter = converter.parent
        if converter is None or getattr(converter, "no_database", False):
            return nb, resources
        secret = of_class(Path(converter.coursedir.root))
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade"):
                cell.source = _GRADE.sub(
                    lambda found: f'grade("{found[1]}", {found[2]}, "{seed(secret, found[1])}")',
                    cell.source,
                )
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Leave a cell as it is."""
        return cell, resources


@cache
def seed(secret: bytes, exercise: str) -> str:
    """Return the seed of an exercise: the first under which each of its known mistakes fails.

    Args:
        secret: of the class.
        exercise: the exercise's name.

    Returns:
        Hexadecimal digits; none for an exercise that the course does not know.

    Raises:
        CourseError: some mistake passes under every seed that was tried: it is none.
    """
    if exercise not in exercises():
        return ""
    versions = exercises()[exercise].versions
    names = [exercise, *(f"{exercise}{OF}{version.key}" for version in versions)]
    passing: set[str] = set()
    for number in range(_TRIES):
        message = f"{exercise}/{number}".encode()
        found = hmac.new(secret, message, hashlib.sha256).hexdigest()[:16]
        passing = {
            mistake.name
            for record in (seeded(name, found) for name in names)
            for mistake in record.mistakes
            if TOGETHER not in mistake.name  # two may undo each other
            and passes(record, mistake.wrong, "hidden")
        }
        if not passing:
            return found
    raise CourseError(
        f"{exercise}: under {_TRIES} seeds its hidden test passes what it should not: "
        f"{', '.join(sorted(passing))}. Such a mistake is none; correct its record in rnn_utils/checks."
    )


def without_seed(source: str) -> str:
    """Return a test as its author wrote it.

    Example:
        >>> without_seed('grade("rnn_step", rnn_step, "00ff")')
        'grade("rnn_step", rnn_step)'
    """
    return _GRADE.sub(r'grade("\1", \2)', source)
