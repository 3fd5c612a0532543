"""The commands of nbgrader and of the course, run where all that they import is imported already.

Each of them spends three seconds of processor time on imports, and the tests run some two hundred. So a
process imports these once and forks for every command; the fork runs the command's own entry, with the
arguments, folder, environment and descriptors of whoever asked:

    subprocess.run([*warm.command("nbgrader"), "autograde", "sums"], cwd=folder)

This file is all three: what the tests import, the process that forks, and the little program that asks it
(`python warm.py SOCKET nbgrader autograde sums`), which ends as the command ends.
"""

import array
import json
import os
import socket
import subprocess
import sys
import threading

IMPORTED = (
    *("nbgrader.apps.nbgraderapp", "nbgrader.server_extensions.formgrader", "nbconvert.exporters"),
    *("rnn_utils.cli", "rnn_utils.classroom.cli", "rnn_utils.grading.run.grade_class"),
)
#: Longer than any environment.
LONGEST = 1 << 18
NUMBER = 4


# What the tests import -------------------------------------------------------------------------------


def command(name: str) -> list[str]:
    """Return how a command is started: a program and its first arguments."""
    if sys.platform != "linux":  # elsewhere it is not safe to fork, or impossible
        start = {"nbgrader": ["-m", "nbgrader"], "rnn-course": ["-c", _COURSE]}
        return [sys.executable, *start[name]]
    return [sys.executable, "-I", "-S", __file__, _address(), name]


_COURSE = "from rnn_utils.cli import app; app()"
_SERVERS: list[tuple[int, str]] = []


def _address() -> str:
    """Start this process's server, unless it has one; return where it listens."""
    import atexit
    import shutil
    import tempfile

    if not _SERVERS or _SERVERS[0][0] != os.getpid():
        folder = tempfile.mkdtemp(prefix="warm-")
        server = subprocess.Popen(
            [sys.executable, __file__, f"{folder}/socket"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        _SERVERS[:] = [(os.getpid(), f"{folder}/socket")]
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        atexit.register(server.wait)
        atexit.register(server.stdin.close)
    return _SERVERS[0][1]


# The program that asks -------------------------------------------------------------------------------


def ask(address: str, arguments: list[str]) -> int:
    """Have a command run with this process's folder, environment and descriptors; return how it ended."""
    order = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
        connection.connect(address)
        with_these = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))
        connection.sendmsg([json.dumps(order).encode()], [with_these])
        ended = connection.recv(NUMBER)
        return int.from_bytes(ended, "big") if ended else 1


# The process that forks ------------------------------------------------------------------------------


def serve(address: str) -> None:
    """Import, then fork for every command until the standard input closes; only forks return from here."""
    import gc
    import importlib

    sys.path.pop(0)  # this folder, which is in no command's path
    for module in IMPORTED:
        importlib.import_module(module)
    gc.freeze()
    own = sys.stdin.fileno()
    threading.Thread(target=lambda: (os.read(own, 1), os._exit(0)), daemon=True).start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.bind(address)
        server.listen()
        print("ready", flush=True)
        while True:
            connection, _ = server.accept()
            order, descriptors, *_ = socket.recv_fds(connection, LONGEST, 3)
            child = os.fork()
            if child == 0:
                connection.close()
                break
            for descriptor in descriptors:
                os.close(descriptor)
            threading.Thread(target=tell, args=(connection, child), daemon=True).start()
    become(json.loads(order), descriptors)


def tell(connection: socket.socket, child: int) -> None:
    """Wait for a command's end, and say how it ended."""
    with connection:
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        code = ended if ended >= 0 else 128 - ended  # as a shell says that a signal ended it
        connection.sendall(code.to_bytes(NUMBER, "big"))


def become(order: dict, descriptors: list[int]) -> None:
    """Take over the folder, environment, descriptors and arguments of the one who asked."""
    import warnings

    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    if order["environment"].get("PYTHONWARNINGS") == "ignore":
        warnings.simplefilter("ignore")
    sys.argv[:] = order["arguments"]


def run() -> None:
    """Run the command whose arguments this process now has."""
    import runpy

    name = sys.argv[0]
    if name == "nbgrader":
        runpy.run_module("nbgrader", run_name="__main__")
    else:
        from rnn_utils.cli import app

        app()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(ask(sys.argv[1], sys.argv[2:]))
    serve(sys.argv[1])
    run()
