"""The grader's end of a process that has everything imported and is forked for each submission.

The other end is in `prepared`.
"""

import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnn_utils.grading.sandbox import jail, prepared
from rnn_utils.grading.sandbox.jail import JailError

#: How long a process may take to import everything.
_START_SECONDS = 120.0

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "USER": "student",
    "LOGNAME": "student",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    **dict.fromkeys(_THREADS, "1"),
}


class ForkServer:
    """A process that forks on command."""

    def __init__(self, setup: dict[str, Any]) -> None:
        self.forked: set[int] = set()
        self._learnt = ""
        self._asking = threading.Lock()
        self._folder = Path(tempfile.mkdtemp(prefix="rnn-course-"))
        setup["root"] = str(self._folder)
        self._connection, far = socket.socketpair()
        self._connection.settimeout(_START_SECONDS)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", prepared.BOOT, str(far.fileno())],
            pass_fds=[far.fileno()],
            env=_ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        far.close()
        self._waits = True
        with contextlib.suppress(OSError):  # if it has ended, `wait` will say so
            prepared.send(self._connection, setup)

    def give(self, modules: Mapping[str, tuple[str, str, bool]]) -> None:
        """Send it the package, which it waits for once it has imported the libraries."""
        with contextlib.suppress(OSError):  # as above
            prepared.send(self._connection, dict(modules))

    def wait(self) -> None:
        """Wait until everything is imported."""
        if not self._waits:
            return
        try:
            answer, _ = prepared.receive(self._connection)
        except (OSError, EOFError, ValueError, struct.error) as error:
            answer = {"failed": f"it ended, {error!r}"}
        self._waits = False
        shutil.rmtree(self._folder, ignore_errors=True)
        if "failed" in answer:
            self.close()
            raise JailError(f"A prepared process could not be started: {answer['failed']}.")

    def learn(self, lesson: Mapping[str, Any] | None) -> None:
        """Have it know a lesson, unless it does."""
        if lesson is not None and lesson["digest"] != self._learnt:
            self._ask({"do": "learn", "lesson": lesson})
            self._learnt = lesson["digest"]

    def alive(self) -> bool:
        """Say whether it still runs."""
        return self._connection.fileno() >= 0 and self._process.poll() is None

    def fork(self, order: dict[str, Any], *descriptors: socket.socket) -> int:
        """Have it fork a process that gets these descriptors; return its number, for `end`."""
        numbers = tuple(descriptor.fileno() for descriptor in descriptors)
        answer = self._ask({"do": "fork", **order}, numbers)
        self.forked.add(answer["pid"])
        return int(answer["pid"])

    def end(self, pid: int) -> bool:
        """Have it end what it forked; say whether it could."""
        try:
            self._ask({"do": "end", "pid": pid})
        except (OSError, EOFError, ValueError):
            return False
        self.forked.discard(pid)
        return True

    def _ask(self, order: dict[str, Any], descriptors: tuple[int, ...] = ()) -> Any:
        """Send an order and return the answer; one that does not answer is ended."""
        try:
            with self._asking:
                prepared.send(self._connection, order, descriptors)
                answer, _ = prepared.receive(self._connection)
        except (OSError, EOFError, ValueError):
            self.close()
            raise
        return answer

    def close(self) -> None:
        """End it, and with it all that it started."""
        with self._asking:
            self._connection.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _setup() -> dict[str, Any]:
    text = Path(prepared.__file__).read_text(encoding="utf-8")
    return {
        "prepared": text,
        "paths": jail.library_paths(),
        "environment": _ENVIRONMENT,
        "fonts": _known_fonts(),
    }


def tester_setup(layers: tuple[str, ...]) -> dict[str, Any]:
    """Return what the process of the tests is to be, with these layers of the jail."""
    package = Path(__file__).resolve().parents[2]
    setup = _setup()
    return setup | {
        "tests": True,
        # Its user stays: what it imports of this package may be for the grader's user only.
        "layers": [layer for layer in layers if layer != jail.USER],
        "readable": [str(path) for path in (*jail.libraries(), package)],
        "paths": [*setup["paths"], str(package.parent)],
    }


def student_setup(layers: tuple[str, ...]) -> dict[str, Any]:
    """Return what the process of the student's code is to be, with these layers of the jail."""
    return _setup() | {
        "tests": False,
        "layers": layers,
        "readable": [str(path) for path in jail.libraries()],
    }


def _known_fonts() -> dict[str, str]:
    """Return matplotlib's list of fonts, which takes it a second to make."""
    home = os.environ.get("MPLCONFIGDIR") or (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matplotlib"
    )
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in Path(home).glob("fontlist-*.json")
        if path.is_file() and path.stat().st_size < 8 << 20
    }
