"""A process that has everything imported and is forked for each submission.

There are two of them for each worker: one for the students' code, and one for the tests, each in a jail
of its own. Neither ever receives a submission, a test or a grade: only the command to fork, and with it the
descriptors that the new process is to have. When its one socket closes it ends, and with it whatever
it has started.
"""

import contextlib
import gc
import importlib.abc
import importlib.util
import json
import linecache
import os
import signal
import socket
import struct
import sys
from importlib.readers import FileReader
from pathlib import Path
from types import SimpleNamespace
from typing import Any

#: What the other side runs first; it receives where Python's libraries are, and this package's text.
BOOT = """
import json, os, socket, struct, sys
connection = socket.socket(fileno=int(sys.argv[1]))
def exactly(n):
    parts = b""
    while len(parts) < n:
        more = connection.recv(n - len(parts))
        if not more:
            os._exit(0)
        parts += more
    return parts
setup = json.loads(exactly(*struct.unpack(">I", exactly(4))))
names = {}
exec(compile(setup["prepared"], "prepared.py", "exec"), names)
names["main"](connection, setup)
"""

#: What a student's code may import without its file being read again.
_MODULES = """
    abc bisect cmath collections copy csv dataclasses datetime decimal enum fractions functools heapq
    itertools json math numbers operator pprint random re statistics string textwrap time timeit typing
    unittest warnings
    numpy numpy.testing numpy.random numpy.linalg numpy.fft
    IPython.display
"""

#: The longest message, in bytes: a submission in base64, or what came of it.
_LARGEST = 512 << 20


def send(connection: socket.socket, message: Any, descriptors: tuple[int, ...] = ()) -> None:
    """Send a message, with copies of some descriptors."""
    content = json.dumps(message).encode()
    content = struct.pack(">I", len(content)) + content
    if descriptors:
        sent = socket.send_fds(connection, [content], list(descriptors))
        content = content[sent:]
    connection.sendall(content)


def receive(connection: socket.socket) -> tuple[Any, list[int]]:
    """Receive a message and the descriptors that came with it.

    Raises:
        EOFError: the other side has closed.
    """
    content, descriptors, size = bytearray(), [], 4
    while len(content) < size:
        most = min(size - len(content), 1 << 20)
        more, fds, _, _ = socket.recv_fds(connection, most, 8)
        descriptors += fds
        if not more:
            raise EOFError
        content += more
        if len(content) == 4 and size == 4:
            size = 4 + struct.unpack(">I", content)[0]
            if size > _LARGEST:
                raise ValueError("a message of this size is none of ours")
    return json.loads(content[4:]), descriptors


class _FromText(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports this package from the text that was sent, and not from its files."""

    def __init__(self, modules: dict[str, Any]) -> None:
        self.modules = modules

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in self.modules:
            if name.partition(".")[0] == "rnn_utils":
                raise ModuleNotFoundError(f"{name} is not at hand while grading", name=name)
            return None
        file, _, package = self.modules[name]
        return importlib.util.spec_from_file_location(
            name, file, loader=self, submodule_search_locations=[] if package else None
        )

    def exec_module(self, module: Any) -> None:
        file, text, _ = self.modules[module.__name__]
        exec(compile(text, file, "exec"), module.__dict__)

    def get_resource_reader(self, name: str) -> Any:
        """Return what reads the data files beside a module."""
        return FileReader(SimpleNamespace(path=self.modules[name][0]))  # type: ignore[arg-type]


def main(connection: socket.socket, setup: dict[str, Any]) -> None:
    """Prepare, and fork on command until the connection closes."""
    sys.path[:] = setup["paths"]
    os.umask(0o022)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    silence = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    os.close(silence)
    gc.disable()  # what is imported stays: looking through it for garbage takes time and finds none
    try:
        _import_all(_MODULES.split())
        _import_pyplot(setup)
        role = _tester(setup) if setup["tests"] else _student(setup, receive(connection)[0])
        send(connection, {"ready": True})
    except Exception as error:
        send(connection, {"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)
    gc.collect()
    gc.freeze()
    gc.enable()
    _fork_on_command(connection, role, "namespaces" in setup["layers"])


def _fork_on_command(connection: socket.socket, role: Any, alone: bool) -> None:
    children: set[int] = set()
    ending: set[int] = set()
    try:
        while True:
            order, descriptors = receive(connection)
            ending -= {child for child in ending if os.waitpid(child, os.WNOHANG)[0]}
            if order["do"] == "fork":
                if alone:
                    from rnn_utils.grading.sandbox import namespaces

                    namespaces.hide_neighbours()
                child = os.fork()
                if child == 0:
                    connection.close()
                    _run(role, order, descriptors)
                children.add(child)
                for descriptor in descriptors:
                    os.close(descriptor)
                send(connection, {"pid": child})
            elif order["do"] == "learn":
                _learn(order["lesson"])
                send(connection, {})
            else:
                children.remove(order["pid"])
                os.kill(order["pid"], signal.SIGKILL)
                ending.add(
                    order["pid"]
                )  # to wait until it has ended would keep the next one waiting
                send(connection, {})
    except (EOFError, OSError, KeyError):
        for child in children | ending:
            _end(child)
        if alone:
            os.kill(-1, signal.SIGKILL)
        os._exit(0)


def _learn(lesson: dict[str, Any]) -> None:
    _module("tester").learn(lesson)
    gc.freeze()


def _run(role: Any, order: dict[str, Any], descriptors: list[int]) -> None:
    status = 1
    try:
        if order["core"] >= 0:
            os.sched_setaffinity(0, {order["core"]})
        role(order, descriptors)
        status = 0
    finally:
        os._exit(status)


def _end(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _module(role: str) -> Any:
    """Import what this process is to be. The roles are above: they use what stands here."""
    return importlib.import_module(f"rnn_utils.grading.sandbox.{role}")


def _import_all(names: list[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue


def _student(setup: dict[str, Any], modules: dict[str, Any]) -> Any:
    """Go where the students' code is run, and prepare for it."""
    sys.meta_path.insert(0, _FromText(modules))
    student = _module("student")
    readable = _enter(setup)
    _import_all([name for name in modules if not name.startswith("rnn_utils.grading")])
    return student.prepare(setup["layers"], readable)


def _tester(setup: dict[str, Any]) -> Any:
    """Go where the tests are run, and prepare for it."""
    from rnn_utils import checks

    tester = _module("tester")
    checks.exercises()
    _import_all(["bleach"])
    readable = _enter(setup)
    role = tester.prepare(setup["layers"], readable)
    _open_no_source()
    return role


def _enter(setup: dict[str, Any]) -> list[Path]:
    """Leave all of the machine but some files, which are returned."""
    from rnn_utils.grading.sandbox import jail, namespaces

    readable = [Path(path) for path in setup["readable"]]
    if jail.NAMESPACES in setup["layers"]:
        namespaces.enter_namespaces()
        _leave_to_the_first_inside()
    jail.prepare(setup["layers"])
    if jail.NAMESPACES in setup["layers"]:
        namespaces.change_root(Path(setup["root"]), readable)
    home = str(jail.FOLDER)
    os.environ.update(HOME=home, TMPDIR=home, MPLCONFIGDIR=home)
    return readable


def _import_pyplot(setup: dict[str, Any]) -> None:
    """Import it with the fonts that it would look for otherwise; no other setting of this machine's user."""
    folder = Path(setup["root"])
    for name, text in setup["fonts"].items():
        (folder / name).write_text(text)
    os.environ.clear()
    os.environ.update(setup["environment"], MPLCONFIGDIR=str(folder))
    _import_all(["matplotlib.pyplot", "matplotlib.backends.backend_agg"])


def _leave_to_the_first_inside() -> None:
    """Go on as the first process of the new namespace; this one waits, and ends with it."""
    inside = os.fork()
    if inside:
        try:
            os.close(int(sys.argv[1]))
            os.waitpid(inside, 0)
        finally:
            os._exit(0)


def _open_no_source() -> None:
    """Keep a traceback from opening the files that it names: a student's process may name any.

    The lines of cells are in the cache before they run; no other line is shown.
    """
    linecache.updatecache = lambda filename, module_globals=None: []
    linecache.lazycache = lambda filename, module_globals: False
    linecache.checkcache = lambda filename=None: None
