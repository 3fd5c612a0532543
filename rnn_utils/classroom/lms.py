"""What Moodle, Canvas, Brightspace, a mailbox or git give: whose each file is, and when it came.

Names come from students and from the LMS. They are matched and shown, and never followed as a path. A
zip that somebody handed in is theirs: whatever is in it, or wrong with it, costs nobody else anything.
"""

import io
import re
import stat
import struct
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from dateutil.parser import ParserError
from dateutil.parser import parse as parse_date

from rnn_utils.classroom.course import time_zone
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.intake.folder import LARGEST, LARGEST_READ, LOOKED_AT

MOODLE, CANVAS, BRIGHTSPACE, PLAIN = "moodle", "canvas", "brightspace", "plain"

#: How many files, and how many bytes of them, one archive may hold.
MOST_FILES, MOST_BYTES = 100_000, 4 << 30

#: How long a path in an archive may be, in characters; each of its parts as long as a file's name, in bytes.
_LONGEST, _LONGEST_PART = 1000, 255

# Ada Lovelace_123_assignsubmission_file_/x.ipynb, since Moodle 4.1 without the last "_"; or flat.
_MOODLE = re.compile(
    r"(?P<place>(?P<name>[^/]+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?)"
    r"(?:/(?P<file>.+)|(?<=_)(?P<flat>[^/]+))"
)
# lovelaceada_LATE_4711_815_x-1.ipynb
_CANVAS = re.compile(
    r"(?P<place>(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<number>\d+)_\d+_(?P<file>[^/]+))"
)
# 4711-815 - Ada Lovelace - Dec 7, 2026 1159 PM/x.ipynb
_BRIGHTSPACE = re.compile(
    r"(?P<place>(?P<number>\d+)-\d+ ?- (?P<name>[^/]+?) ?- (?P<when>[^/]*\d{4}[^/]*))/(?P<file>.+)"
)


class Item(NamedTuple):
    """One file of somebody's.

    Attributes:
        lms: where it comes from.
        name: the person or group, as the LMS, a folder or a file's name has it.
        number: the LMS's number of the person; empty where there is none.
        place: what the LMS calls the hand-in, and wants to see again with the feedback.
        path: the file within the hand-in.
        content: its bytes.
        when: when it was handed in, in UTC; None where nothing tells.
        late: whether the LMS calls it late; None where it does not say.
    """

    lms: str
    name: str
    number: str
    place: str
    path: PurePosixPath
    content: bytes
    when: datetime | None
    late: bool | None = None


class _Entry(NamedTuple):
    path: PurePosixPath
    content: bytes
    when: datetime | None


def read(archive: Path, zone: str) -> list[Item]:
    """Read all that a zip, a folder or a notebook holds.

    Args:
        archive: what was downloaded.
        zone: the time zone of times without one.

    Returns:
        Its files, each with whose it is.

    Raises:
        CourseError: there is nothing, or nothing that can be read.
    """
    if not archive.exists():
        raise CourseError(f"There is no {archive}.")
    entries = list(_entries(archive, zone))
    rooms: _Rooms = defaultdict(lambda: LARGEST_READ)
    found = [item for entry in entries for item in _known(entry, zone, rooms)]
    if not found:
        found = list(_plain(archive, entries, rooms))
    if not found:
        raise CourseError(f"{archive} holds no notebook.")
    return found


def _entries(archive: Path, zone: str) -> Iterator[_Entry]:
    if archive.is_dir():
        for path in sorted(archive.rglob("*")):
            name = PurePosixPath(path.relative_to(archive).as_posix())
            status = path.lstat()
            if (
                _shown(name)
                and len(str(name)) <= _LONGEST
                and stat.S_ISREG(status.st_mode)
                and status.st_size <= LARGEST
            ):
                when = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
                yield _Entry(name, path.read_bytes(), when)
    elif archive.suffix.lower() == ".ipynb":
        yield _Entry(PurePosixPath(archive.name), archive.read_bytes(), None)
    else:
        yield from _unzipped(archive.name, archive.read_bytes(), zone)


def _unzipped(
    name: str, content: bytes, zone: str, files: int = MOST_FILES, size: int = MOST_BYTES
) -> Iterator[_Entry]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [e for e in archive.infolist() if not e.filename.endswith(("/", "\\"))]
            # What they say of their sizes is as much as is unpacked of each.
            if len(entries) > files or sum(e.file_size for e in entries) > size:
                raise CourseError(f"{name} holds more than {files} files or {size >> 20} MB.")
            for entry in entries:
                path = _downwards(_name(entry))
                if not _shown(path) or entry.file_size > LARGEST:
                    continue
                with archive.open(entry) as file:
                    read = file.read(LARGEST + 1)
                if len(read) <= LARGEST:
                    yield _Entry(path, read, _zip_time(entry, zone))
    except CourseError:
        raise
    except Exception as error:  # there is no end to what can be wrong with a zip
        raise CourseError(f"{name} is not a zip that can be read: {error}") from None


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name: some programs write UTF-8 and do not say so, which is read as DOS's letters."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _downwards(name: str) -> PurePosixPath:
    """Return a path in an archive without what would lead out of the folder."""
    if len(name) > _LONGEST:
        return PurePosixPath()
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return PurePosixPath(*(part for part in parts if part.strip("/") not in ("", "..")))


def _shown(path: PurePosixPath) -> bool:
    return bool(path.parts) and not any(
        p.startswith((".", "__MACOSX")) or len(p.encode("utf-8", "replace")) > _LONGEST_PART
        for p in path.parts
    )


def _zip_time(entry: zipfile.ZipInfo, zone: str) -> datetime | None:
    """Read an entry's time: that of Unix, in UTC, if it is there; else the clock of whoever zipped."""
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            seconds = struct.unpack("<i", extra[5:9])[0]
            return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        extra = extra[4 + size :]
    try:
        local = datetime(*entry.date_time, tzinfo=time_zone(zone))
    except ValueError:
        return None
    if local.year == 1980:  # no time was written
        return None
    return local.astimezone(UTC).replace(tzinfo=None)


def _known(entry: _Entry, zone: str, rooms: "_Rooms") -> Iterator[Item]:
    """Recognise a file of an LMS, wherever in the archive its folder lies."""
    parts = entry.path.parts
    for start in range(len(parts)):
        path = "/".join(parts[start:])
        if found := _MOODLE.fullmatch(path):
            file = found["file"] or found["flat"]
            yield from _items(entry, MOODLE, found, file, entry.when, None, rooms)
            return
        if found := _BRIGHTSPACE.fullmatch(path):
            when = _brightspace_time(found["when"], zone) or entry.when
            yield from _items(entry, BRIGHTSPACE, found, found["file"], when, None, rooms)
            return
        if start == len(parts) - 1 and (found := _CANVAS.fullmatch(path)):
            late = found["late"] is not None
            yield from _items(entry, CANVAS, found, found["file"], entry.when, late, rooms)
            return


def _items(
    entry: _Entry,
    lms: str,
    found: re.Match[str],
    file: str,
    when: datetime | None,
    late: bool | None,
    rooms: "_Rooms",
) -> Iterator[Item]:
    whose = (lms, found["name"].strip(), found["number"], found["place"])
    for path, content in _inside(PurePosixPath(file), entry.content, rooms, found["number"]):
        yield Item(*whose, path, content, when, late)


#: How many bytes more may be unpacked of what one person has handed in, by number or place.
_Rooms = defaultdict[str, int]


def _inside(
    path: PurePosixPath, content: bytes, rooms: _Rooms, whose: str
) -> list[tuple[PurePosixPath, bytes]]:
    """Look into a zip that somebody handed in; one that cannot be read, or is too much, stays a file."""
    if path.suffix.lower() != ".zip":
        return [(path, content)]
    try:
        entries = list(_unzipped(path.name, content, "UTC", LOOKED_AT, rooms[whose]))
    except CourseError:
        return [(path, content)]
    rooms[whose] -= sum(len(entry.content) for entry in entries)
    return [(entry.path, entry.content) for entry in entries]


def _brightspace_time(text: str, zone: str) -> datetime | None:
    text = re.sub(r"(\d{1,2})(\d{2})( ?[AP]M)?$", r"\1:\2\3", text.strip())
    try:
        local = parse_date(text)
        if local.tzinfo is None:
            local = local.replace(tzinfo=time_zone(zone))
        return local.astimezone(UTC).replace(tzinfo=None)
    except (ParserError, ValueError, OverflowError):
        return None


def _plain(archive: Path, entries: list[_Entry], rooms: _Rooms) -> Iterator[Item]:
    """Read folders or files that are named for students, with no LMS's marks on them."""
    # What was cloned or saved by hand has the time of that, not of its author.
    zipped = archive.is_file() and archive.suffix.lower() != ".ipynb"
    for entry in entries:
        for path, content in _inside(entry.path, entry.content, rooms, entry.path.parts[0]):
            nested = entry.path.suffix.lower() == ".zip"
            whole = entry.path.with_suffix("") / path if nested else path
            when = entry.when if zipped else None
            name = whole.parts[0] if len(whole.parts) > 1 else whole.stem
            file = PurePosixPath(*whole.parts[1:]) if len(whole.parts) > 1 else whole
            yield Item(PLAIN, name, "", whole.parts[0], file, content, when)
