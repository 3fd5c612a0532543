"""No program begins with an empty gradebook beside a full one, nbgrader's own among them."""

from contextlib import closing
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Base
from nbgrader.apps import NbGrader
from sqlalchemy import Connection, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from traitlets.config import Application, Config

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.protocol.safe_text import first_line

#: The settings that this process has read last, by the gradebook in the course's folder.
_READ: dict[Path, Config] = {}


def refuse_an_empty_gradebook(settings: Config, file: Path) -> None:
    """Have every program refuse an empty database that is set while a file of the course has marks.

    For `nbgrader_config.py`, so that nbgrader's commands and the formgrader do what `rnn-course class`
    does. Settings that are made below the call count, too.

    Args:
        settings: of nbgrader, as `get_config()` returns them.
        file: the gradebook that the course has without a setting, `gradebook.db` in its folder.
    """
    allow(*_READ)
    _READ[file] = settings
    if not event.contains(Base.metadata, "before_create", _look):
        event.listen(Base.metadata, "before_create", _look)


def allow(*files: Path) -> None:
    """Let gradebooks be filled: marks are on their way there."""
    for file in files:
        _READ.pop(file, None)


def see_that_marks_are_there(url: str, file: Path) -> None:
    """Look whether a gradebook is empty beside a file with marks.

    Args:
        url: of the gradebook.
        file: the one that the course has without a setting.

    Raises:
        CourseError: it is.
    """
    other = file.is_file() and url != f"sqlite:///{file}"
    if other and is_empty(url) and not is_empty(f"sqlite:///{file}"):
        raise CourseError(
            f"The gradebook at {url} is empty, and {file} is not: marks would start anew. To move "
            "them, run `rnn-course class move-gradebook`; to start anew, move the file elsewhere."
        )


def is_empty(url: str) -> bool:
    """Say whether a gradebook knows no lesson."""
    try:
        engine = create_engine(url)
        with closing(engine.connect()) as connection:
            if "assignment" not in inspect(engine).get_table_names():
                return True
            return connection.exec_driver_sql("SELECT 1 FROM assignment LIMIT 1").first() is None
    except (SQLAlchemyError, ImportError) as error:
        raise CourseError(f"The gradebook at {url} cannot be opened: {first_line(error)}") from None


def _look(_metadata: Any, connection: Connection, **_: Any) -> None:
    """Look before nbgrader makes its tables, which it does in whatever database it opens."""
    for settings in _READ.values():
        try:
            if make_url(settings.CourseDirectory.get("db_url")) == connection.engine.url:
                _refuse()
        except ArgumentError:  # none is set, or one that is no address
            return


def _refuse() -> None:
    for file, settings in _READ.items():
        if "db_url" not in settings.CourseDirectory:
            return
        try:
            see_that_marks_are_there(settings.CourseDirectory.db_url, file)
        except CourseError as error:
            if Application.initialized() and isinstance(Application.instance(), NbGrader):
                raise SystemExit(str(error)) from None  # a sentence, and no traceback
            raise


class Refusing:
    """An exporter is what nbgrader's converters make first, before they delete what they make anew."""

    def __init__(self, *given: Any, **named: Any) -> None:
        _refuse()
        super().__init__(*given, **named)


class NotebookFile(Refusing, NotebookExporter):
    """nbgrader's exporter of notebooks, which refuses where marks would start anew."""
