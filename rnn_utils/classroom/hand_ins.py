"""What one person, or one group, handed in at one time, put together from an archive's files."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from nbgrader.utils import parse_utc

from rnn_utils.classroom import lms, roster
from rnn_utils.classroom.roster import Person
from rnn_utils.grading.intake.folder import File, plain_name, shown


class HandIn(NamedTuple):
    """What one person, or one group, handed in at one time.

    Attributes:
        lms, name, number, place, when, late: as of its files, see `lms.Item`.
        files: its notebooks, named as the lesson names them, and what lies beside.
        problem: why it cannot be taken in; empty if it can.
    """

    lms: str
    name: str
    number: str
    place: str
    when: datetime | None
    late: bool | None
    files: tuple[File, ...]
    problem: str = ""


def hand_ins(items: Iterable[lms.Item], notebooks: list[str]) -> list[HandIn]:
    """Put files together that were handed in at once.

    Args:
        items: the files.
        notebooks: the names of the lesson's notebooks.

    Returns:
        The hand-ins, in order.
    """
    together: dict[tuple[str, str, str, datetime | None], list[lms.Item]] = {}
    for item in items:
        when = item.when if item.lms == lms.BRIGHTSPACE else None
        place = item.name if item.lms == lms.CANVAS else item.place
        together.setdefault((item.lms, place, item.number, when), []).append(item)
    return [_hand_in(parts, notebooks) for parts in together.values()]


#: Folders of a clone of the course, in which one person's notebooks lie.
_OF_A_CLONE = {"my_work", "notebooks", "solutions", "autograded"}


def unwrapped(
    items: list[lms.Item], people: list[Person], lesson: str, notebooks: list[str]
) -> list[lms.Item]:
    """Take away a folder in which all hand-ins lie, as zipping a folder makes it.

    Args:
        items: an archive's files.
        people: the class, as far as it is known.
        lesson: the lesson's name.
        notebooks: the names of its notebooks.

    Returns:
        The files, each named for whom it can be.
    """

    def known(name: str) -> bool:
        return bool(roster.matching(people, without(name, lesson), ""))

    written = [item for item in items if item.path.suffix.lower() == ".ipynb"]
    if not written or any(item.lms != lms.PLAIN for item in written):
        return items
    paths = [_whole(item) for item in written]
    for level in range(min(len(path.parts) for path in paths)):
        names = {path.parts[level] for path in paths}
        of_one = names & _OF_A_CLONE or any(
            len(path.parts) == level + 1 and _named(path, name)
            for path in paths
            for name in notebooks
        )
        if of_one and level > 0:
            return items
        if any(map(known, names)) or (not people and len(names) > 1):
            return [_from_level(item, level, paths[0].parts[:level]) for item in items]
        if len(names) > 1:
            return items
    return items


def _whole(item: lms.Item) -> PurePosixPath:
    """Return a file's path in the archive."""
    return item.path if str(item.path) == item.place else PurePosixPath(item.place) / item.path


def _from_level(item: lms.Item, level: int, around: tuple[str, ...]) -> lms.Item:
    """Name a file for what lies so many folders down, if it lies in the folders around all hand-ins."""
    path = _whole(item)
    if path.parts[:level] != around or len(path.parts) == level:
        return item
    first, *rest = path.parts[level:]
    file = PurePosixPath(*rest) if rest else PurePosixPath(first)
    name = first if rest else PurePosixPath(first).stem
    return item._replace(name=name, place=first, path=file)


def _hand_in(items: list[lms.Item], notebooks: list[str]) -> HandIn:
    first = items[0]
    chosen, problem = _choose(items, notebooks)
    dates = [item.when for item in items if item.when is not None]
    place = next((i.place for i in items if i.path.suffix.lower() == ".ipynb"), first.place)
    marked_late = [item.late for item in items if item.late is not None]
    return HandIn(
        first.lms,
        first.name,
        first.number,
        place,
        max(dates, default=None),
        any(marked_late) if marked_late else None,
        chosen,
        problem,
    )


def _choose(items: list[lms.Item], notebooks: list[str]) -> tuple[tuple[File, ...], str]:
    """Choose the lesson's notebooks, wherever they lie, and what lies beside them."""
    found: dict[str, lms.Item] = {}
    written = [item for item in items if item.path.suffix.lower() == ".ipynb"]
    for name in notebooks:
        like = [item for item in written if _named(item.path, name)]
        if not like and len(notebooks) == 1 and len(written) == 1:
            like = written
        if like:
            found[name] = max(
                like[::-1], key=lambda item: (_rank(item.path), item.when or datetime.min)
            )
    if not found:
        names = ", ".join(shown(str(item.path)) for item in items[:3])
        return (), f"holds no notebook {' or '.join(notebooks)}, but {names}"
    folders = {item.path.parent for item in found.values()}
    beside = [
        item
        for item in items
        if item.path.suffix.lower() != ".ipynb" and item.path.parent in folders
    ]
    files = [File(f"{name}.ipynb", item.content) for name, item in found.items()]
    files += [
        File(item.path.name, item.content)
        for item in beside
        if item.path.name not in ("timestamp.txt", "submission_secret.txt")
    ]
    return tuple(files), ""


def _named(path: PurePosixPath, name: str) -> bool:
    return plain_name(path.name) == plain_name(f"{name}.ipynb")


def _rank(path: PurePosixPath) -> int:
    """In a whole clone of the course, a learner works in `my_work`, or in place."""
    parts = set(path.parts[:-1])
    return 2 if "my_work" in parts else 0 if parts & {"solutions", "autograded"} else 1


def without(name: str, lesson: str) -> str:
    """Take the lesson's name from a folder's or a file's, as GitHub Classroom writes `03-tanh-ada`."""
    name = name.removesuffix(".ipynb").removesuffix(".zip")
    plain, of_lesson = (text.replace("-", "_").replace(" ", "_").lower() for text in (name, lesson))
    for start, end in ((len(lesson) + 1, None), (None, -len(lesson) - 1)):
        if plain.startswith(f"{of_lesson}_") if end is None else plain.endswith(f"_{of_lesson}"):
            return name[start:end]
    return name


def time_of(folder: Path) -> datetime | None:
    """Return when a hand-in in the course's folder was handed in, in UTC; None where nothing tells."""
    try:
        return parse_utc((folder / "timestamp.txt").read_text("utf-8").strip())
    except (OSError, ValueError, OverflowError):
        return None


def came(folder: Path) -> datetime | None:
    """Return when a hand-in came, to know which is the latest: one without a time, when it was taken in."""
    if (when := time_of(folder)) is not None:
        return when
    taken = [path.lstat().st_mtime for path in folder.glob("*.ipynb")]
    return datetime.fromtimestamp(max(taken), UTC).replace(tzinfo=None) if taken else None
