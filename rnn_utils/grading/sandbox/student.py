"""The process in the jail: it runs the student's cells and functions, and answers the tester."""

import os
import random
import signal
import socket
import sys
import warnings
from array import array
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from rnn_utils.grading.protocol.calls import Peer
from rnn_utils.grading.protocol.frames import Channel
from rnn_utils.grading.sandbox import jail, subprocesses
from rnn_utils.grading.sandbox.shell import Shell, captured

_peer: Peer | None = None


def prepare(layers: list[str], readable: list[Path]) -> Callable[[dict[str, Any], list[int]], None]:
    """Prepare all that is the same for every submission; return what is run for each."""
    shell = Shell.prepared()
    try:
        from matplotlib_inline.backend_inline import configure_inline_support

        configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
    except ImportError:
        pass
    subprocesses.put_in_place()
    shell.loop_runner = lambda cell: subprocesses.EventLoop().run_until_complete(cell)
    for source in ("1", "(", "1 / 0"):  # what an error's text takes is imported with the first
        shell.run(source, "<warm up>")

    def run(order: dict[str, Any], descriptors: list[int]) -> None:
        data, control = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        jail.go_in(layers, readable, order, descriptors, order["limits"]["threads"])
        sys.path.insert(0, os.getcwd())  # where Jupyter looks for modules, too
        np.random.seed(None)  # noqa: NPY002  (a fork has the same numbers as its parent)
        random.seed()
        shell.limit, shell.goes_on = order["limits"]["printed_bytes"], subprocesses.Machines()
        serve(shell, data, control)

    return run


def serve(shell: Shell, data: socket.socket, control: socket.socket) -> None:
    """Answer the tester until it closes.

    Args:
        shell: where the cells are run.
        data: the connection for requests and answers.
        control: a connection on which anything that comes means to stop what is being done.
    """
    global _peer
    import fcntl  # which Windows does not have

    busy: list[bool] = []

    def during(run: Callable[[], Any]) -> tuple[Any, str]:
        busy.append(True)
        try:
            return captured(run)
        finally:
            busy.pop()

    def stop(number: int, frame: Any) -> None:
        control.recv(64)
        if busy:
            raise KeyboardInterrupt

    control.setblocking(False)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGIO, stop)
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(control, fcntl.F_SETFL, fcntl.fcntl(control, fcntl.F_GETFL) | os.O_ASYNC)
    handlers: dict[str, Callable[..., Any]] = {
        "run": shell.run,
        "names": lambda names: [[n in shell.user_ns, shell.user_ns.get(n)] for n in names],
        "rests": shell.run_rests,
        "back": shell.take_back,
        "judge": lambda: setattr(_peer, "judged", True),
    }
    _peer = _Student(
        Channel(data),
        handlers,
        objects=True,
        during=during,
        own_file=lambda f: f.startswith("<cell"),
    )
    _peer.serve()


class _Student(Peer):
    """The student's end of the wire.

    Where functions are called by the course's checks, `judged`, they are called as `check` does it in
    a notebook: numbers that overflow and warnings stop nothing, whatever a cell has set; and what holds
    numbers comes back as numbers.
    """

    judged = False

    def _do(self, what: str, values: list[Any], named: dict[str, Any]) -> Any:
        if not self.judged or what in self.handlers:
            return super()._do(what, values, named)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return as_numbers(super()._do(what, values, named))


def as_numbers(value: Any, depth: int = 0) -> Any:
    """Return numbers of a kind that only this process knows as plain ones; all else as it is."""
    if depth > 8 or isinstance(value, np.generic | str | bytes | int | float | complex | type):
        return value
    if isinstance(value, np.ndarray):
        counted = value.dtype == object and all(isinstance(x, _NUMBERS) for x in value.flat)
        return value.astype(float) if counted else value
    if type(value) in (list, tuple) or hasattr(type(value), "_fields"):
        items = [as_numbers(item, depth + 1) for item in value]
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, _NUMBERS):
        return float(value)
    if isinstance(value, deque):
        return as_numbers(list(value), depth + 1)
    if isinstance(value, array | memoryview) or hasattr(type(value), "__array__"):
        return as_numbers(np.asarray(value), depth + 1)
    return value


_NUMBERS = (Fraction, Decimal, int, float, np.number, np.bool_)


def ask(what: str, *values: Any) -> Any:
    """Ask the tester for something."""
    assert _peer is not None
    return _peer.ask(what, *values)


def served(module: str, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return what a withheld function of the package gives, if the tester says so."""
    return ask("served", module, name, list(arguments), keywords)


def reference(name: str) -> Callable[..., Any]:
    """Return what stands for an exercise's reference here."""

    def ours(*arguments: Any, **keywords: Any) -> Any:
        return ask("served", "", name, list(arguments), keywords)

    ours.__name__ = name
    return ours
