"""Taking in the files that a student handed in: read, or refused with a sentence, whatever they are."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

#: How much of one submission is kept, in bytes: the sources of its notebook, its pictures, its other files.
LARGEST = 20 << 20

#: The largest notebook that is read, in bytes, with the outputs, which are taken off first; of several in
#: a folder, all of them.
LARGEST_READ = 100 << 20

#: How many other files beside the notebooks are kept, how deep their folders may be, and how many names
#: are looked at.
ATTACHMENTS, DEPTH, LOOKED_AT = 50, 4, 2000

#: How many notebooks of a submission are looked at.
CANDIDATES = 6

#: What a notebook's name ends in; browsers and mail programs append to it.
_NOTEBOOK = re.compile(r"(?i)\.ipynb(\.(txt|json|html?|ipynb))*$")

#: What programs leave in a folder for themselves.
_PASSED_OVER = (".", "__pycache__", "__MACOSX")

#: What would act where a file's name is shown, on a page or in a terminal, or could not be written.
_ACTS = re.compile('[<>"\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069]')

#: Where nbgrader writes when something was handed in, and the most that is read of it.
TIMESTAMP, TIMESTAMP_BYTES = "timestamp.txt", 1000


class Refused(Exception):
    """A submission that cannot be read; its text says why, and what the student can do."""


class File(NamedTuple):
    """A file as it was handed in, by its path in the folder; `changed` is when, in nanoseconds."""

    name: str
    content: bytes
    changed: int = 0


def open_folder(base: str | os.PathLike[str], *parts: str) -> int:
    """Open a folder below another, following no link on the way.

    Args:
        base: the instructor's folder, which may be a link.
        parts: the names of the folders below it, which students may have made.

    Returns:
        A file descriptor, for the caller to close.

    Raises:
        Refused: one of them is not a folder, but a link, say.
    """
    folder = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts:
        try:
            below = os.open(
                part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder
            )
        except OSError as error:
            raise Refused(
                f"`{part}` is not a folder that can be opened ({error.strerror})."
            ) from None
        finally:
            os.close(folder)
        folder = below
    return folder


def read_file(folder: int, name: str, largest: int = LARGEST_READ) -> bytes:
    """Read one regular file, and nothing that only looks like one.

    Args:
        folder: descriptor of the folder that it is in.
        name: its name there, or its path.
        largest: how many bytes it may have.

    Returns:
        Its bytes.

    Raises:
        Refused: it is a link, a pipe, a device, a second name of another file, or too large.
    """
    above, _, last = name.rpartition("/")
    inside = None
    try:
        inside = _below(folder, above)
        # Without O_NONBLOCK, opening a pipe would wait for its other end for ever.
        file = os.open(
            last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=inside
        )
    except OSError as error:
        try:
            linked = stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except OSError:
            linked = False
        why = "is a link to another file" if linked else f"cannot be opened: {error.strerror}"
        raise Refused(f"{shown(name)} {why}. Hand in the file itself.") from None
    finally:
        if inside is not None:
            os.close(inside)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise Refused(f"{shown(name)} is not a regular file. Hand in the file itself.")
        if status.st_nlink > 1:
            raise Refused(
                f"{shown(name)} is a second name (a hard link) of a file that lies elsewhere. "
                "Hand in a copy."
            )
        with os.fdopen(os.dup(file), "rb") as stream:
            content = stream.read(largest + 1)
    finally:
        os.close(file)
    if len(content) > largest:
        raise Refused(
            f"{shown(name)} is larger than {largest >> 20} MB. Clear all outputs, save, and hand "
            "it in again."
        )
    return content


def notebooks(folder: int, wanted: str, only: bool) -> tuple[list[File], list[str]]:
    """Read what may be a student's notebook, among all that lies in a submission's folder.

    Args:
        folder: descriptor of the folder.
        wanted: the notebook's name, without its ending.
        only: whether the lesson has one notebook only, so that any notebook may be it.

    Returns:
        The files, those with the right name first, and sentences on what could not be read.

    Raises:
        Refused: there is none, or none that can be read.
    """
    exact = f"{wanted}.ipynb"
    found: list[tuple[tuple[bool, bool, int, int, str], str]] = []
    seen: list[str] = []
    for path in regular_files(folder):
        seen.append(path)
        if not _NOTEBOOK.search(path):
            continue
        name = PurePosixPath(path).name
        like = plain_name(name) == plain_name(exact)
        if like or only:
            order = (not like, name != exact, path.count("/"), -_changed(folder, path), path)
            found.append((order, path))
    if not found:
        there = ", ".join(shown(name) for name in seen[:5]) or "no file at all"
        raise Refused(f"There is no notebook {exact}; the folder holds {there}.")
    files, notes, room = [], [], LARGEST_READ
    for _, path in sorted(found)[:CANDIDATES]:
        try:
            content = read_file(folder, path, room)
        except Refused as refusal:
            if len(found) == 1:
                raise
            notes.append(str(refusal))
            continue
        room -= len(content)
        files.append(File(path, content, _changed(folder, path)))
    if not files:
        raise Refused(notes[0])
    return files, notes


def attachments(folder: int) -> tuple[list[File], list[str]]:
    """Read the other files of a submission: its timestamp, modules and data that the notebook reads.

    Args:
        folder: descriptor of the folder.

    Returns:
        The files, and sentences on what was left out.
    """
    found, notes = _timestamp(folder)
    out: list[str] = []
    room = LARGEST
    for path in sorted(regular_files(folder), key=lambda path: (path.count("/"), path)):
        if _NOTEBOOK.search(path) or path == TIMESTAMP:
            continue
        try:
            if _ACTS.search(path):
                raise Refused(f"{shown(path)} is a name that acts where it is shown.")
            if len(found) == ATTACHMENTS:
                raise Refused(f"{shown(path)} is one file too many.")
            content = read_file(folder, path, room)
        except Refused:
            out.append(path)
            continue
        room -= len(content)
        found.append(File(path, content))
    if not out:
        return found, notes
    told = ", ".join(shown(path) for path in out[:3]) + (", …" if len(out) > 3 else "")
    return found, [
        *notes,
        f"of the files beside the notebook {told} could not be taken: there may be {ATTACHMENTS}, "
        f"of {LARGEST >> 20} MB together, no links, and no names with <, > or what is not seen",
    ]


def _timestamp(folder: int) -> tuple[list[File], list[str]]:
    """Read, by its name and before all else, when a submission was handed in.

    Nothing that lies beside it, however much that is, keeps it from being read.
    """
    try:
        content = read_file(folder, TIMESTAMP, TIMESTAMP_BYTES)
    except Refused as refusal:
        there = TIMESTAMP in os.listdir(folder)
        return [], [f"no time known: {refusal}"] if there else []
    if not content.strip():
        return [], [f"no time known: {TIMESTAMP} is empty"]
    return [File(TIMESTAMP, content)], []


def regular_files(folder: int) -> Iterator[str]:
    """Yield the paths of what lies in a folder and below; nothing hidden, and no links to folders."""
    left = LOOKED_AT
    waiting = [""]
    while waiting:
        below = waiting.pop(0)
        try:
            opened = _below(folder, below)
        except OSError:
            continue
        try:
            names = sorted(n for n in os.listdir(opened) if not n.startswith(_PASSED_OVER))[:left]
            left -= len(names)
            for name in names:
                mode = os.stat(name, dir_fd=opened, follow_symlinks=False).st_mode
                if not stat.S_ISDIR(mode):
                    yield below + name
                elif below.count("/") < DEPTH:
                    waiting.append(f"{below}{name}/")
        except OSError:
            continue
        finally:
            os.close(opened)


def _below(folder: int, path: str) -> int:
    """Open a folder below another, by its path, following no link on the way."""
    opened = os.dup(folder)
    for part in filter(None, path.split("/")):
        try:
            further = os.open(
                part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=opened
            )
        finally:
            os.close(opened)
        opened = further
    return opened


def _changed(folder: int, path: str) -> int:
    try:
        return os.stat(path, dir_fd=folder, follow_symlinks=False).st_mtime_ns
    except OSError:
        return 0


def plain_name(name: str) -> str:
    """Take from a file's name what browsers, Jupyter and file managers add to a copy."""
    stem = _NOTEBOOK.sub("", name).strip()
    while True:
        shorter = re.sub(r"(?i)(\s*\(\d+\)|[\s_-]*copy[\s_-]*\d*|\.ipynb)$", "", stem).strip()
        if shorter == stem:
            return re.sub(r"[\s_-]+", "_", stem).casefold()
        stem = shorter


def shown(name: str) -> str:
    """A file's name as it can be printed: students choose it."""
    return repr(name if len(name) <= 80 else name[:77] + "...")
