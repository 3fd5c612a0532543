"""Executing a handed-in notebook: the student's code and the tests, each in a process and a jail of its own.

For each submission two processes are forked, each from one that has everything imported: the student's and
the tests' (see `student` and `tester`). They are joined by a socket, stay on one core, and the tests' gets
the notebook. This process holds neither the student's functions nor the tests. Several
threads may execute at once.
"""

import contextlib
import os
import random
import secrets
import socket
import tempfile
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from nbformat import NotebookNode

from rnn_utils.grading.limits import Limits
from rnn_utils.grading.sandbox import jail, prepared, stripped_package
from rnn_utils.grading.sandbox.fork_server import ForkServer, student_setup, tester_setup
from rnn_utils.grading.sandbox.jail import JailError, available_layers
from rnn_utils.grading.sandbox.job import Executed, filled, job_of

__all__ = ["Executed", "Executor", "JailError", "Limits", "available_layers"]

#: How long the tester may take beyond a submission's own time.
_SLACK_SECONDS = 30.0

#: Stands for a core where processes cannot be kept on one.
_ANY = -1

#: Memory for the tests of one submission beyond what the prepared process has.
_TESTS_MEMORY = 2 << 30

#: For how many lessons' notebooks a prepared process is kept; more only while they are in use.
_KEPT = 4


class Executor:
    """Executes notebooks, in as many threads as call it; a context manager, one for each worker process.

    Args:
        trust_students: whether to execute where no jail can be built.
        source: the lesson that is graded first, if it is known already: its process is then prepared
            at the start.

    Raises:
        JailError: neither Landlock nor namespaces work here, and students are not trusted.
    """

    #: The layers of the jail that are on.
    layers: tuple[str, ...]

    def __init__(self, trust_students: bool = False, source: NotebookNode | None = None) -> None:
        if not hasattr(os, "fork"):
            raise JailError(
                "Grading forks a process for each submission, which Windows cannot do. Use the "
                "Windows Subsystem for Linux, where the jail works too."
            )
        self.layers = available_layers()
        if not jail.holds(self.layers) and not trust_students:
            raise JailError(
                "Nothing on this machine holds a student's code: that takes seccomp (libseccomp2 is "
                "installed) and, besides, Landlock or namespaces. It could read and change anything "
                "that you can. Grade on Linux (5.13 or newer), in a container or not; or, if you "
                "trust all of them, say --trust-students."
            )
        self._source = source
        self._tester: ForkServer | None = None
        self._students: dict[frozenset[tuple[str, str]], ForkServer] = {}
        self._choosing = threading.Lock()
        self._cores: Counter[int] = Counter()  # how many submissions are under way on each
        self._lesson: Mapping[str, Any] | None = None
        self._closed = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the prepared processes, which have NumPy and pyplot imported.

        Raises:
            JailError: they could not be started.
        """
        self._closed = False
        try:
            self._tester = ForkServer(tester_setup(self.layers))
            if self._source is not None:
                functions, _ = stripped_package.withheld(self._source)
                self._start_student(functions).wait()
            self._tester.wait()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the prepared processes and whatever they left."""
        self._closed = True
        for process in (*self._students.values(), self._tester):
            if process is not None:
                process.close()
        self._students, self._tester = {}, None

    def execute(
        self,
        notebook: NotebookNode,
        limits: Limits | None = None,
        source: NotebookNode | None = None,
        every_cell: bool = False,
        files: Mapping[str, bytes] | None = None,
        beside: Mapping[str, bytes] | None = None,
        python: tuple[int, ...] = (),
    ) -> Executed:
        """Execute a notebook.

        Args:
            notebook: the student's notebook, with the hidden tests.
            limits: what it may use; by default `Limits()`.
            source: the lesson as its author wrote it, with solutions and hidden tests. What the tests
                need besides the student's functions is taken from there; from `notebook` unless given,
                whose ungraded cells must then be the instructor's own.
            every_cell: whether to run the cells too that nothing of the student's needs, such as
                the lesson's own figures.
            files: what the instructor handed out beside the notebook, by path; the student's code and
                the tests find a copy in their current folder, and can import modules from there.
            beside: what the student handed in beside it, by path, for the student's code alone.
            python: the version of Python that the notebook was written with, if it is known.

        Returns:
            The notebook with outputs as nbgrader's SaveAutoGrades expects them, and the notes.

        Raises:
            JailError: the prepared processes could not be started, or were lost twice.
        """
        limits = limits or Limits()
        functions, _ = stripped_package.withheld(source or notebook)
        job = job_of(notebook, limits, source, every_cell, python)
        result = self.work(job, functions, limits, files or {}, beside or {})
        return filled(notebook, result or {"cells": None, "notes": [], "mistakes": {}})

    def learn(self, lesson: Mapping[str, Any]) -> None:
        """Have the processes that run the tests know a lesson from now on, for jobs that name it.

        Args:
            lesson: plain values, its digest among them.
        """
        self._lesson = lesson

    def work(
        self,
        job: Mapping[str, Any],
        functions: frozenset[tuple[str, str]],
        limits: Limits,
        files: Mapping[str, bytes],
        beside: Mapping[str, bytes],
    ) -> dict[str, Any] | None:
        """Have a job done by a process that runs tests, with one for the student's code beside it.

        Args:
            job: what the tester does: `tester.prepare` says what it may be.
            functions: what is withheld from the student's code, by module and name.
            limits: what the job may use.
            files: what lies in the current folder of both.
            beside: what else lies in that of the student's code.

        Returns:
            What the tester says; None if it ended without a word, by what it was given to do.

        Raises:
            JailError: the prepared processes could not be started, or were lost twice.
        """
        theirs = {**files, **beside}
        apart = jail.NAMESPACES not in self.layers
        with (
            _folder_of(files if apart else {}) as folder,
            _folder_of(theirs if apart else {}) as at,
        ):
            students = {"folder": at, "files": _texts(theirs), "limits": limits._asdict()}
            more = {**limits._asdict(), "memory": _TESTS_MEMORY}
            testers = {"folder": folder, "files": _texts(files), "limits": more}
            for _ in range(2):  # again where a prepared process, and all it had forked, was lost
                kept, result = self._run(job, functions, limits, students, testers)
                if kept:
                    return result
        raise JailError(
            "The processes that notebooks are executed in ended twice while this one was; the "
            "machine may have too little memory."
        )

    def _run(
        self,
        job: Mapping[str, Any],
        functions: frozenset[tuple[str, str]],
        limits: Limits,
        students_order: dict[str, Any],
        testers_order: dict[str, Any],
    ) -> tuple[bool, dict[str, Any] | None]:
        """Return whether the prepared processes are still there, and what the tester says."""
        pairs = [socket.socketpair() for _ in range(3)]
        (ours, theirs), (data, far_data), (control, far_control) = pairs
        forked: list[tuple[ForkServer, int]] = []
        result = None
        with self._choosing:
            core = _least_used(self._cores)
            self._cores[core] += 1
        try:
            with self._choosing:
                tester, student = self._ready(functions)
                here = {"core": core}
                forked.append((student, student.fork(students_order | here, far_data, far_control)))
                forked.append((tester, tester.fork(testers_order | here, theirs, data, control)))
            for end in (theirs, data, far_data, control, far_control):
                end.close()
            ours.settimeout(limits.seconds + _SLACK_SECONDS)
            prepared.send(ours, job)
            result, _ = prepared.receive(ours)
        except (OSError, EOFError, ValueError):
            pass
        finally:
            for pair in pairs:
                for end in pair:
                    end.close()
            ended = [process.end(pid) for process, pid in forked]
            with self._choosing:
                self._cores[core] -= 1
        return len(ended) == 2 and all(ended), result

    def _ready(self, functions: frozenset[tuple[str, str]]) -> tuple[ForkServer, ForkServer]:
        """Return the two prepared processes, started anew where one ended or there is none yet."""
        if self._closed:
            raise JailError("What executes notebooks has been closed.")
        if self._tester is None or not self._tester.alive():
            if self._tester is not None:
                self._tester.close()
            self._tester = ForkServer(tester_setup(self.layers))
        student = self._students.get(functions)
        if student is None or not student.alive():
            if student is not None:
                self._students.pop(functions).close()
            for other, process in list(self._students.items())[: 1 - _KEPT]:
                if not process.forked:
                    self._students.pop(other).close()
            student = self._start_student(functions)
        student.wait()
        self._tester.wait()
        self._tester.learn(self._lesson)
        return self._tester, student

    def _start_student(self, functions: frozenset[tuple[str, str]]) -> ForkServer:
        """Start a process and, while it imports the libraries, put together what else it gets."""
        student = self._students[functions] = ForkServer(student_setup(self.layers))
        student.give(stripped_package.package_without(functions))
        return student


def _least_used(cores: Mapping[int, int]) -> int:
    """Return the core on which both processes of a submission are to stay; one of many by chance.

    They take turns, a hundred times and more: to wake one on another core takes longer than what it does.
    """
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {_ANY}
    return min(allowed, key=lambda core: (cores.get(core, 0), random.random()))


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: b64encode(content).decode() for name, content in files.items()}


@contextlib.contextmanager
def _folder_of(files: Mapping[str, bytes]) -> Iterator[str | None]:
    """Write files to a folder for the jail to read, as long as it is needed; none for no files."""
    if not files:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="rnn-course-", ignore_cleanup_errors=True) as name:
        # The jail's user has to get there, and no other account: none can list the folder above.
        Path(name).chmod(0o711)
        folder = Path(name) / secrets.token_hex(16)
        folder.mkdir()
        folder.chmod(0o755)  # whatever the user's mask
        for path, content in files.items():
            with contextlib.suppress(OSError):  # a file where another has a folder
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
        yield str(folder)
