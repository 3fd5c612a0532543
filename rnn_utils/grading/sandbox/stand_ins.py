"""What stands in the jail for what a machine may have and this one has not: other programs and processes.

A notebook is to run here as where it was written. What needs another program is told that there is none; what
only wants to use several cores uses threads.
"""

import concurrent.futures
import errno
import multiprocessing
import multiprocessing.dummy
import multiprocessing.pool
import os
import subprocess
from typing import Any

from IPython.core.error import UsageError

#: How many threads stand for a pool of processes at most.
_THREADS = 4

#: What the machine, and not the student, may be the cause of: no such file, package, program or network.
_MACHINES = (OSError, ImportError, UsageError, subprocess.SubprocessError)


def of_the_machine(error: BaseException | None) -> bool:
    """Say whether an error may be the machine's, so that the rest of a cell is worth running."""
    return isinstance(error, _MACHINES)


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
