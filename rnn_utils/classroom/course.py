"""A course's folder as every command of a class sees it."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.parser import ParserError
from dateutil.parser import parse as parse_date
from nbgrader.api import Assignment, Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.run.settings import settings

#: Where files for an LMS are written, in the course's folder.
FOR_LMS = "for_lms"

Say = Callable[[str], None]


class Course(NamedTuple):
    """A course's folder with nbgrader's settings of it.

    Attributes:
        root: the folder.
        directory: nbgrader's CourseDirectory.
        config: all of nbgrader's settings.
    """

    root: Path
    directory: CourseDirectory
    config: Config

    @property
    def zone(self) -> str:
        """The time zone in which times without one are meant: nbgrader's `c.Exchange.timezone`."""
        return str(self.config.Exchange.get("timezone", "UTC"))

    def folder(self, step: str, student: str, lesson: str) -> Path:
        """Return where nbgrader keeps something, such as `("submitted", "ada", "03_tanh")`."""
        return Path(
            self.directory.format_path(
                getattr(self.directory, f"{step}_directory"), student, lesson
            )
        )

    def for_lms(self, name: str) -> Path:
        """Return a path in the folder of files for an LMS, which is made."""
        (self.root / FOR_LMS).mkdir(exist_ok=True)
        return self.root / FOR_LMS / name

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook."""
        with warnings.catch_warnings():
            # nbgrader's own objects warn of the order in which they are put together.
            warnings.simplefilter("ignore", SAWarning)
            with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
                yield gradebook

    def exchange(self) -> Path | None:
        """Return nbgrader's folder of exchange, if there is one on this machine."""
        from nbgrader.exchange.default import Exchange

        root = Path(Exchange(config=self.config).root)
        return root if root.is_dir() else None


def open_course(root: Path, new: bool = False) -> Course:
    """Read the settings of a course.

    Args:
        root: its folder.
        new: whether it may have no gradebook yet.

    Returns:
        The course.

    Raises:
        CourseError: there is no gradebook, or an empty one beside a full one.
    """
    return Course(root, *settings(root, new))


def released(gradebook: Gradebook, lesson: str) -> Assignment:
    """Return the gradebook's row of a lesson that was handed out.

    Raises:
        CourseError: it was not.
    """
    try:
        return gradebook.find_assignment(lesson)
    except MissingEntry:
        raise CourseError(
            f"{lesson} was not released yet: rnn-course class release {lesson}"
        ) from None


def as_utc(text: str, zone: str) -> datetime:
    """Read a date as an instructor writes it.

    Args:
        text: such as `"2026-12-07 23:59"` or `"7 Dec 2026 23:59 +0100"`.
        zone: the time zone that is meant where none is given.

    Returns:
        The moment, in UTC and without saying so, as nbgrader keeps it.

    Raises:
        CourseError: it is no date, or the zone is none.

    Example:
        >>> as_utc("2026-12-07 23:59", "Europe/Berlin")
        datetime.datetime(2026, 12, 7, 22, 59)
    """
    try:
        moment = parse_date(text)
    except (ParserError, OverflowError):
        raise CourseError(
            f"{text!r} is not a date. Write it like 2026-12-07 23:59; it is read in {zone}, which "
            "c.Exchange.timezone in nbgrader_config.py sets."
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=time_zone(zone))
    return moment.astimezone(UTC).replace(tzinfo=None)


def time_zone(zone: str) -> ZoneInfo:
    """Return a time zone by its name.

    Raises:
        CourseError: there is none of this name.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise CourseError(
            f"c.Exchange.timezone is {zone!r}, which is no time zone; write one like Europe/Berlin."
        ) from None


def in_words(moment: datetime, zone: str) -> str:
    """Tell a moment of the gradebook in the course's time zone.

    Example:
        >>> in_words(datetime(2026, 12, 7, 22, 59), "Europe/Berlin")
        '7 December 2026, 23:59 (Europe/Berlin)'
    """
    local = moment.replace(tzinfo=UTC).astimezone(time_zone(zone))
    return f"{local.day} {local:%B %Y, %H:%M} ({zone})"


class Listening(logging.Handler):
    """Keeps what nbgrader's log says: sentences meant for the instructor, and errors."""

    def __init__(self) -> None:
        super().__init__()
        self.sentences: list[str] = []
        self.errors: list[str] = []
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one entry."""
        self.messages.append(record.getMessage())
        if getattr(record, "for_instructor", False):
            self.sentences.append(record.getMessage())
        elif record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())


@contextmanager
def listening(log: Any) -> Iterator[Listening]:
    """Listen to the log of one of nbgrader's programs, and keep it off the screen."""
    handler = Listening()
    handlers, level, propagate = log.handlers, log.level, log.propagate
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
    try:
        yield handler
    finally:
        log.handlers, log.propagate = handlers, propagate
        log.setLevel(level)


def exchanged(app: Any) -> Listening:
    """Run one of the exchange's programs, and return what it says.

    Raises:
        CourseError: it did not do its work, which an exchange that is not nbgrader's own may say in its
            log alone.
    """
    with listening(app.log) as heard:
        try:
            app.start()
        except ExchangeError as error:
            raise CourseError(*(heard.errors or [str(error)])) from None
    if heard.errors and not type(app).__module__.startswith(("nbgrader.", "rnn_utils.")):
        raise CourseError(*(error.strip().splitlines()[0] for error in heard.errors))
    return heard
