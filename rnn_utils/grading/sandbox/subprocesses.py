"""Where a notebook starts other programs or processes, which the jail has not: plain words, or threads.

A notebook is to run here as where it was written. What needs another program is told that there is none; what
only wants to use several cores uses threads.
"""

import asyncio
import concurrent.futures
import errno
import multiprocessing
import multiprocessing.dummy
import multiprocessing.pool
import os
import selectors
import subprocess
import traceback
from typing import Any

from IPython.core.error import UsageError

#: How many threads stand for a pool of processes at most.
_THREADS = 4

#: How long what awaits may sleep, in seconds, until it looks whether a thread has something for it.
_MOMENT = 0.05

#: What the machine, and not the student, may be the cause of: no such file, package, program or network.
_MACHINES = (OSError, ImportError, EOFError, UsageError, subprocess.SubprocessError)

#: What needs nothing of a machine: an error in there is made by its arguments.
_COMPUTING = """
    numpy abc bisect cmath collections copy dataclasses datetime decimal enum fractions functools heapq
    itertools json math numbers operator random re statistics string textwrap typing
"""


class Machines:
    """Says of a cell's errors which may be the machine's, so that the rest of the cell is worth running.

    What a library raises may be, unless it only computes. What such an error keeps from being bound is
    missed later on. Any other error is the student's, and ends its cell as it does in
    every notebook.
    """

    def __init__(self) -> None:
        self._was_one = False

    def __call__(self, error: BaseException | None) -> bool:
        """Say whether the rest of a cell is run after an error."""
        if isinstance(error, _MACHINES) or (
            isinstance(error, Exception) and _within_a_library(error)
        ):
            self._was_one = True
            return True
        return self._was_one and type(error) is NameError


def _within_a_library(error: Exception) -> bool:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if isinstance(error, AssertionError) or not frames:
        return False
    module = str(frames[-1].f_globals.get("__name__", "")).partition(".")[0]
    own = frames[-1].f_code.co_filename.startswith(("<", os.getcwd()))
    return not own and module not in _COMPUTING.split()


class _Looking(selectors.SelectSelector):
    """Looks up now and then, since nothing wakes it."""

    def select(self, timeout: float | None = None) -> Any:
        return super().select(_MOMENT if timeout is None else min(timeout, _MOMENT))


class EventLoop(asyncio.SelectorEventLoop):
    """For cells that await: a loop without the pair of sockets that others are woken by."""

    def __init__(self) -> None:
        super().__init__(_Looking())

    def _make_self_pipe(self) -> None:
        self._ssock = self._csock = None


def put_in_place() -> None:
    """Let the standard library say that there are no other programs, and use threads for processes."""
    subprocess.Popen._execute_child = _no_program  # type: ignore[attr-defined]
    for name in ("Process", "Lock", "RLock", "Event", "Queue", "Manager", "Pipe", "Value", "Array"):
        setattr(multiprocessing, name, getattr(multiprocessing.dummy, name))
    vars(multiprocessing).update(Pool=_pool, get_context=lambda method=None: multiprocessing)
    concurrent.futures.ProcessPoolExecutor = _executor  # type: ignore[assignment,misc]


def _no_program(process: Any, arguments: Any, *others: Any, **named: Any) -> None:
    one = isinstance(arguments, str | bytes | os.PathLike)
    program = arguments if one else next(iter(arguments), "")
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fsdecode(program))


def _pool(processes: int | None = None, *others: Any, **named: Any) -> Any:
    named.pop("maxtasksperchild", None)
    return multiprocessing.pool.ThreadPool(
        min(processes or _THREADS, _THREADS), *others[:2], **named
    )


def _executor(max_workers: int | None = None, mp_context: Any = None, **named: Any) -> Any:
    named.pop("max_tasks_per_child", None)
    return concurrent.futures.ThreadPoolExecutor(min(max_workers or _THREADS, _THREADS), **named)
