"""Safe execution for plain `nbgrader autograde`: a line in nbgrader_config.py takes Execute's place.

::

    c.Autograde.exporter_class = "rnn_utils.grading.OwnFilesOnly"
    c.Autograde.autograde_preprocessors = [
        "rnn_utils.grading.SafeExecute",
        "nbgrader.preprocessors.IgnorePattern",
        ...
    ]
"""

import atexit
import stat
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float

from rnn_utils.grading.book.empty_gradebook import Refusing
from rnn_utils.grading.book.lesson import files_beside
from rnn_utils.grading.book.versions import varied_in, versions_of
from rnn_utils.grading.intake.folder import TIMESTAMP, TIMESTAMP_BYTES, shown
from rnn_utils.grading.intake.versions import in_versions, test_of
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.sandbox.two_processes import Executor

_executors: dict[bool, Executor] = {}


class SafeExecute(NbGraderPreprocessor):
    """Execute a submission as `Executor` does: the student's code in a jail, the tests outside of it.

    All cells of the submission are run, the student's own among them. What the tests need besides the
    student's functions is taken from the lesson's source, which has to be in the course's folder.
    """

    trust_students = Bool(
        False, help="Execute even where neither Landlock nor namespaces hold a student's code."
    ).tag(config=True)

    timeout = Float(Limits().cell_seconds, help="Seconds for one cell.").tag(config=True)

    total_timeout = Float(Limits().seconds, help="Seconds for a whole notebook.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Execute a notebook.

        Args:
            nb: the submission, whose test cells nbgrader has restored.
            resources: nbconvert's, passed on.

        Returns:
            The executed notebook and the resources.

        Raises:
            FileNotFoundError: the lesson's source is not there.
            JailError: nothing on this machine can hold a student's code.
        """
        names = resources["nbgrader"]
        course = self._course()
        source = _source(course, names["assignment"], names["notebook"])
        released = course.format_path(course.release_directory, ".", names["assignment"])
        files = files_beside(Path(released))
        with Gradebook(course.db_url, course.course_id) as gradebook:
            varied = varied_in(gradebook.engine, names["assignment"])
        versions = dict(versions_of(Path(course.root), varied, names["student"]))
        source = in_versions(source, versions)
        for cell in nb.cells:
            if (rules := cell.metadata.get("nbgrader", {})).get("grade") and not rules["solution"]:
                cell.source = test_of(cell.source, versions)
        limits = Limits(cell_seconds=self.timeout, seconds=self.total_timeout)
        executor = _executor(self.trust_students)
        executed = executor.execute(nb, limits, source=source, every_cell=True, files=files)
        for note in executed.notes:
            self.log.warning("%s, %s: %s", names["student"], names["notebook"], note)
        return executed.notebook, resources

    def _course(self) -> CourseDirectory:
        place: Any = self.parent
        while place is not None and not hasattr(place, "coursedir"):
            place = place.parent
        return place.coursedir if place is not None else CourseDirectory(config=self.config)


class OwnFilesOnly(Refusing, NotebookExporter):
    """Leaves out, by name, each submission with a link in it, before nbgrader copies what it leads to.

    nbgrader makes an exporter when it knows what it is going to grade, and before it copies any file. It
    stands in `c.Autograde.exporter_class`.
    """

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        submissions = getattr(self.parent, "assignments", {})
        for path in list(submissions):
            try:
                found = _not_its_own(Path(path))
            except OSError as error:
                found = f"what cannot be read: {error.strerror}"
            if found:
                del submissions[path]
                self.parent.log.error("Not graded: %s holds %s", shown(path), found)


def _not_its_own(folder: Path) -> str:
    """Say what in a submission's folder is no file of its own, or is what nobody reads; nothing if all is."""
    waiting = [folder.parent, folder]
    while waiting:
        path = waiting.pop()
        status = path.lstat()
        if stat.S_ISDIR(status.st_mode):
            waiting += [] if path == folder.parent else path.iterdir()
        elif not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            return f"{shown(path.name)}, which is a link or no regular file"
        elif path == folder / TIMESTAMP and status.st_size > TIMESTAMP_BYTES:
            return f"{TIMESTAMP} of {status.st_size} bytes"
    return ""


class LastOfEachId(NbGraderPreprocessor):
    """Leave each grade id to the last cell that has it; the others stay as ordinary cells.

    It takes the place of nbgrader's `DeduplicateIds`, which leaves them a record with nothing in it, on
    which nbgrader's next step stops the whole class.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Take the ids away.

        Args:
            nb: the submission, changed in place.
            resources: nbconvert's, passed on.

        Returns:
            The notebook and the resources.
        """
        seen: set[str] = set()
        for cell in reversed(nb.cells):
            if "nbgrader" not in cell.metadata:
                continue
            rules = cell.metadata.nbgrader
            name = rules.get("grade_id")
            complete = {"grade", "solution", "locked"} <= rules.keys()
            marked = rules.get("grade") or rules.get("solution") or rules.get("locked")
            if not complete or (marked and (not name or name in seen)):
                del cell.metadata["nbgrader"]
                self.log.warning("Of the cells with the id %r the last one has it", name)
            elif marked:
                seen.add(name)
        return nb, resources


def _source(course: CourseDirectory, assignment: str, notebook: str) -> NotebookNode:
    folders = (course.source_directory, course.release_directory)
    paths = [
        Path(course.format_path(folder, ".", assignment)) / f"{notebook}.ipynb"
        for folder in folders
    ]
    for path in paths:
        if path.is_file():
            return nbformat.read(path, as_version=nbformat.current_nbformat)
    raise FileNotFoundError(
        f"The lesson {notebook} is neither at {paths[0]} nor at {paths[1]}. What its tests need "
        "is taken from there, since a submission's own cells could hold anything."
    )


def _executor(trust_students: bool) -> Executor:
    """Return this process's executor, started when it is first asked for."""
    if trust_students not in _executors:
        executor = Executor(trust_students)
        executor.start()
        atexit.register(executor.close)
        _executors[trust_students] = executor
    return _executors[trust_students]
