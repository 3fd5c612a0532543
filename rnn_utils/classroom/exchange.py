"""nbgrader's exchange where some hand-ins did not come by it."""

import os
from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Return feedback to those who handed in by the exchange, and name those who did not.

    Only a hand-in of the exchange has a `submission_secret.txt`, by which its author finds the feedback.
    nbgrader's own stops at the first without one, and returns nothing to all behind it.
    """

    def copy_files(self) -> None:
        """Copy the feedback of all who can fetch it."""
        excluded = set(filter(None, self.coursedir.student_id_exclude.split(",")))
        others = {who for who, folder in self._folders().items() if not can_be_fetched(folder)}
        if others := others - excluded:
            self.log.warning(
                "Handed in another way, so that nothing is put into the exchange: %s. "
                "`rnn-course class feedback %s --zip` makes what an LMS takes back.",
                ", ".join(sorted(others)),
                self.coursedir.assignment_id,
            )
        before = self.coursedir.student_id_exclude
        self.coursedir.student_id_exclude = ",".join(sorted(excluded | others))
        try:
            super().copy_files()
        finally:
            self.coursedir.student_id_exclude = before

    def _folders(self) -> dict[str, Path]:
        step, lesson = self.coursedir.feedback_directory, self.coursedir.assignment_id
        root = Path(self.coursedir.root) / step
        students = sorted(os.listdir(root)) if root.is_dir() else []
        return {who: Path(self.coursedir.format_path(step, who, lesson)) for who in students}


def can_be_fetched(folder: Path) -> bool:
    """Say whether feedback is of a hand-in of the exchange, so that its author finds it there."""
    return all((folder / name).is_file() for name in ("timestamp.txt", "submission_secret.txt"))
