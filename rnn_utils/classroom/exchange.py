"""nbgrader's exchange where students can write: nothing is followed that they put there."""

import os
import re
import tempfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback
from nbgrader.utils import parse_utc

from rnn_utils.grading.intake.folder import Refused, open_folder, read_file, regular_files, shown
from rnn_utils.grading.intake.student_id import unfit

#: How nbgrader names a hand-in: whose, of which lesson, when, and what nobody guesses.
_NAMED = re.compile(
    r"(?P<student>.+)\+(?P<lesson>[^+]+)\+(?P<when>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[^+]{0,40})"
    r"(?:\+(?P<secret>[^+]*))?",
    re.ASCII | re.DOTALL,
)


class _HandIn(NamedTuple):
    student: str
    name: str
    when: datetime
    owner: str


class Collect(ExchangeCollect):
    """Collect what was handed in, of each student the newest, and nothing that only looks like it.

    The folder is open to every account: links are not followed, since they may lead to what only the
    instructor can read; a hand-in in the name of somebody else does not count where accounts tell whose
    it is; and what one has put there stops nobody else's.
    """

    def init_src(self) -> None:
        """Choose the hand-ins."""
        lesson = self.coursedir.assignment_id
        self.inbound_path = str(Path(self.root) / self.coursedir.course_id / "inbound")
        if not self.coursedir.course_id or not os.path.isdir(self.inbound_path):
            self.fail(f"Course not found: {self.inbound_path}")
        found = [one for name in sorted(os.listdir(self.inbound_path)) if (one := self._read(name))]
        # Where users are in containers, all files have one owner, who is none of them.
        checks = self.trait_values()["check_owner"]
        accounts = checks and any(one.owner == one.student for one in found)
        self.set_trait("check_owner", False)  # or it would be asked again of each
        by_student: dict[str, list[_HandIn]] = defaultdict(list)
        wanted = self.coursedir.student_id
        for one in found:
            if accounts and one.owner != one.student:
                self.log.warning(
                    "%s is in the name of %s and belongs to %s; a cheating attempt? It was left out.",
                    shown(one.name),
                    one.student,
                    one.owner,
                )
            elif wanted in ("*", "", one.student):
                by_student[one.student].append(one)
        due = self._due(lesson) if self.before_duedate else None
        self.src_records = []
        for hand_ins in by_student.values():
            in_time = [one for one in hand_ins if due is not None and one.when <= due]
            newest = max(in_time or hand_ins, key=lambda one: one.when)
            self.src_records.append(
                {"username": newest.student, "filename": newest.name, "timestamp": newest.when}
            )

    def _read(self, name: str) -> _HandIn | None:
        """Read whose hand-in a name in the folder is; none of this lesson's if it is not one."""
        if f"+{self.coursedir.assignment_id}+" not in name:
            return None
        found = _NAMED.fullmatch(name)
        try:
            if found is None or found["lesson"] != self.coursedir.assignment_id:
                raise Refused("is not named as a hand-in is")
            if why := unfit(found["student"]):
                raise Refused(f"names a student whose id {why}")
            when = parse_utc(found["when"])
            folder = open_folder(self.inbound_path, name)
            try:
                owner = os.fstat(folder).st_uid
            finally:
                os.close(folder)
        except (Refused, OSError, ValueError, OverflowError) as error:
            self.log.warning("Left out in the exchange: %s: %s", shown(name), shown(str(error)))
            return None
        return _HandIn(found["student"], name, when, _account(owner))

    def _due(self, lesson: str) -> datetime | None:
        from nbgrader.api import Gradebook, MissingEntry

        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                due: datetime | None = gradebook.find_assignment(lesson).duedate
                return due
            except MissingEntry:
                return None

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the regular files of a hand-in; what is a link, or too much, is left out and named."""
        room = min(_LARGEST, 1000 * self.coursedir.max_dir_size)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            clean = Path(temporary) / "clean"
            clean.mkdir()
            folder = open_folder(*os.path.split(src))
            try:
                for path in regular_files(folder):
                    try:
                        content = read_file(folder, path, room)
                    except Refused as refusal:
                        self.log.warning(
                            "Left out of %s: %s", shown(os.path.basename(src)), refusal
                        )
                        continue
                    room -= len(content)
                    to = clean / path
                    to.parent.mkdir(parents=True, exist_ok=True)
                    to.write_bytes(content)
            finally:
                os.close(folder)
            super().do_copy(str(clean), dest, log)


#: The most that is taken of one hand-in, in bytes.
_LARGEST = 100_000_000


def _account(number: int) -> str:
    import pwd  # which Windows does not have

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"account {number}"


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
    names = ("timestamp.txt", "submission_secret.txt")
    try:
        # nbgrader reads both as text, and what is none would keep all others' feedback back.
        return all((folder / n).stat().st_size < 1000 and (folder / n).read_text() for n in names)
    except (OSError, ValueError):
        return False
