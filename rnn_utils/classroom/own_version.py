"""A lesson in versions in nbgrader's exchange: each student fetches their own, and can read no other.

The instructor's account cannot give folders away. But it can let one more account read a folder that is
otherwise its own, by an access list (POSIX ACL), which Linux's file systems keep.
"""

import errno
import os
import shutil
import struct
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.exchange.default import ExchangeFetchAssignment
from nbgrader.utils import get_username

#: The folder of the exchange, beside `outbound`, with a folder for each lesson and student.
VERSIONS = "versions"

_NOTICE = """\
# This is not the lesson

The lesson is given out in versions, and yours was not fetched: nbgrader is not set up for it here.
Please tell your instructor that `c.ExchangeFactory.fetch_assignment` has to be set in this account
(docs/jupyterhub.md of the course).
"""


class FetchAssignment(ExchangeFetchAssignment):
    """Fetch a student's own version of a lesson that is given out in versions; any other as nbgrader does."""

    def init_src(self) -> None:
        """Choose the folder to fetch."""
        super().init_src()
        lesson = self.coursedir.assignment_id
        place = Path(self.root) / self.coursedir.course_id / VERSIONS / lesson
        if not place.is_dir():
            return
        student = get_username()
        own = place / student
        if not os.access(own, os.R_OK | os.X_OK):
            self.fail(
                f"{lesson} is given out in versions, and there is none for {student}. Please tell your "
                "instructor, who releases it anew with you on the list."
            )
        self.src_path = str(own)


def publish(course: Path, lesson: str, handouts: Iterable[tuple[str, Path]]) -> list[str]:
    """Put students' own handouts into the exchange, in the place of those that are there.

    Args:
        course: the course's folder in the exchange.
        lesson: the lesson's name.
        handouts: each student's id, which is the account's name, with the handout.

    Returns:
        The ids that are no account of this machine; nothing was put there for them.

    Raises:
        OSError: the file system keeps no access lists, or the folder is not ours; nothing was changed then.
    """
    place = course / VERSIONS / lesson
    new, old = place.with_name(f".{lesson}.new"), place.with_name(f".{lesson}.old")
    for folder in (course, place.parent):
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(0o755 if folder == course else 0o711)
        if folder.lstat().st_uid != os.getuid():  # a link's owner is who made it
            raise PermissionError(errno.EPERM, f"{folder} belongs to another account")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    strangers = []
    try:
        for student, handout in handouts:
            account = _account(student)
            if account is None:
                strangers.append(student)
                continue
            own = new / student
            own.mkdir(mode=0o700)
            for path in sorted(handout.rglob("*")):
                to = own / path.relative_to(handout)
                if path.is_dir():
                    to.mkdir()
                else:
                    shutil.copyfile(path, to)
                to.chmod(0o755 if path.is_dir() else 0o644)
            _let_read(own, account)
        new.chmod(0o711)
    except OSError:
        shutil.rmtree(new, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
    return strangers


def withdraw(course: Path, lesson: str) -> None:
    """Take a lesson's versions out of the exchange."""
    shutil.rmtree(course / VERSIONS / lesson, ignore_errors=True)


def notice(handout: Path, into: Path) -> Path:
    """Make what a student gets of a lesson in versions whose account does not know where theirs is.

    Args:
        handout: the lesson as it is handed out.
        into: where to make it.

    Returns:
        The folder, with notebooks of the same names.
    """
    folder = into / handout.name
    folder.mkdir()
    for path in handout.glob("*.ipynb"):
        notebook = new_notebook(cells=[new_markdown_cell(_NOTICE, id="notice")])
        nbformat.write(notebook, folder / path.name)
    return folder


def _account(student: str) -> int | None:
    import pwd  # which Windows does not have

    try:
        return pwd.getpwnam(student).pw_uid
    except KeyError:
        return None


#: Of an access list of Linux's: its version, and whom an entry is for (`linux/posix_acl_xattr.h`).
_VERSION, _OWNER, _USER, _GROUP, _MASK, _OTHER = 2, 0x01, 0x02, 0x04, 0x10, 0x20
_NOBODY, _READ_AND_ENTER = 0xFFFFFFFF, 5


def _let_read(folder: Path, account: int) -> None:
    """Let an account read a folder, besides its owner, and nobody else."""
    entries = (
        (_OWNER, 7, _NOBODY),
        (_USER, _READ_AND_ENTER, account),
        (_GROUP, 0, _NOBODY),
        (_MASK, _READ_AND_ENTER, _NOBODY),
        (_OTHER, 0, _NOBODY),
    )
    packed = struct.pack("<I", _VERSION) + b"".join(struct.pack("<HHI", *e) for e in entries)
    os.setxattr(folder, "system.posix_acl_access", packed)
