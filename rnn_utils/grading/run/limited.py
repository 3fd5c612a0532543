"""Doing something for each student in a process of its own, which is ended where it takes too much."""

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import NamedTuple

from rnn_utils.grading.protocol.safe_text import line

#: The longest answer that is read, in bytes.
_LARGEST = 10_000


class Budget(NamedTuple):
    """What may be used for one student.

    Attributes:
        processor_seconds: time of the processor.
        seconds: time by the clock.
        memory: bytes of memory beyond what this process has.
        file_bytes: bytes of the largest file that is written.
    """

    processor_seconds: int = 60
    seconds: float = 600.0
    memory: int = 1 << 30
    file_bytes: int = 100 << 20


def for_each(
    function: Callable[[str], str], students: Iterable[str], budget: Budget
) -> Iterator[tuple[str, str | None]]:
    """Call a function for each student, for as many at a time as there are cores.

    Args:
        function: called with a student's id, in a copy of this process; returns a sentence or nothing.
        students: their ids.
        budget: what each call may use.

    Yields:
        Each student, as they are done, with what the function returned, or what it raised in words; None
        where its process ended on the way, or was ended.
    """
    context = multiprocessing.get_context("fork")  # all that is imported and known is there at once
    coming = iter(students)
    running: dict[Connection, tuple[str, BaseProcess, float]] = {}
    try:
        while True:
            for student in islice(coming, cores() - len(running)):
                ours, theirs = context.Pipe(duplex=False)
                process: BaseProcess = context.Process(
                    target=_call, args=(function, student, theirs, budget), daemon=True
                )
                process.start()
                theirs.close()
                running[ours] = student, process, time.monotonic() + budget.seconds
            if not running:
                return
            first = min(until for _, _, until in running.values())
            heard = wait(list(running), max(first - time.monotonic(), 0))
            for end, (student, process, until) in list(running.items()):
                if end in heard or time.monotonic() >= until:
                    told = _told(end) if end in heard else None
                    _end(end, process)
                    del running[end]
                    yield student, told
    finally:
        for end, (_, process, _) in running.items():
            _end(end, process)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _told(end: Connection) -> str | None:
    """Return what came: text, never a pickle, since the process has read what a student wrote."""
    try:
        return end.recv_bytes(_LARGEST).decode("utf-8", "replace")
    except (EOFError, OSError):
        return None


def _end(end: Connection, process: BaseProcess) -> None:
    process.kill()
    process.join()
    end.close()


def _call(function: Callable[[str], str], student: str, end: Connection, budget: Budget) -> None:
    _limit(budget)
    try:
        told = function(student)
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
    end.send_bytes(line(told, 1000).encode())


def _limit(budget: Budget) -> None:
    import resource  # which Windows does not have

    limits = {
        resource.RLIMIT_CPU: budget.processor_seconds,
        resource.RLIMIT_FSIZE: budget.file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    with contextlib.suppress(OSError), open("/proc/self/statm") as file:  # on Linux alone
        size = int(file.read().split()[0]) * resource.getpagesize()
        limits[resource.RLIMIT_AS] = size + budget.memory
    for what, most in limits.items():
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
