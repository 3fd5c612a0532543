"""nbgrader's settings of a course, read as its own commands read them."""

import logging
import os
import sysconfig
from pathlib import Path
from typing import Any

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.protocol.safe_text import first_line


def settings(root: Path, new: bool = False) -> tuple[Any, Any]:
    """Read nbgrader's settings of a course, from the files that each of its commands reads.

    Args:
        root: the course's folder.
        new: whether it may have no gradebook yet.

    Returns:
        nbgrader's CourseDirectory, and all settings.

    Raises:
        CourseError: there is no gradebook, or it is empty beside another one that is not.
    """
    from rnn_utils.grading.book.empty_gradebook import see_that_marks_are_there

    directory, config = raw_settings(root)
    url = directory.db_url
    file = url.removeprefix("sqlite:///")
    before = Path(directory.root) / "gradebook.db"
    if file != url and not Path(file).is_file() and not before.is_file() and not new:
        raise CourseError(
            f"There is no gradebook yet, at {file}. `rnn-course class release LESSON` makes it."
        )
    see_that_marks_are_there(url, before)
    return directory, config


def raw_settings(root: Path) -> tuple[Any, Any]:
    """Read nbgrader's settings of a course, whether or not there is a gradebook.

    Args:
        root: the course's folder.

    Returns:
        nbgrader's CourseDirectory, and all settings.
    """
    from nbgrader.apps import NbGrader

    # nbgrader starts alembic, which lies in this environment, on the path or not.
    scripts = sysconfig.get_path("scripts")
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", "")])
    here = os.getcwd()
    os.chdir(root)
    try:
        app = NbGrader()
        app.log_level = logging.ERROR
        app.raise_config_file_errors = True
        app.initialize([])
    except Exception as error:  # the file is a program of the instructor's
        raise CourseError(
            f"nbgrader_config.py cannot be read: {type(error).__name__}: {first_line(error)}"
        ) from None
    finally:
        os.chdir(here)
    return app.coursedir, app.config
