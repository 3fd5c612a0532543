"""Calling the learner's function once: watched, timed, with its prints and errors kept."""

import _thread
import contextlib
import io
import linecache
import sys
import sysconfig
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

#: How long one call may take, in seconds: scalar loops in Python are welcome, endless ones are not.
SECONDS = 10.0

#: How many values of a generator are read: far more than any exercise asks for.
LONGEST = 10_000

_PACKAGE = Path(__file__).resolve().parents[2]
_LIBRARIES = tuple(
    {str(_PACKAGE), *(sysconfig.get_paths()[key] for key in ("stdlib", "purelib", "platlib"))}
)


@dataclass(frozen=True)
class Crash:
    """An exception that left the learner's function, told by the learner's own line."""

    kind: type[BaseException]
    text: str
    line: int | None
    source: str
    endless: bool = False

    @classmethod
    def of(cls, error: BaseException, endless: bool = False) -> "Crash":
        """Read an exception: its kind, its first line of text, and the learner's last line."""
        frames = traceback.extract_tb(error.__traceback__)
        mine = [frame for frame in frames if is_learners(frame.filename)]
        line = mine[-1].lineno if mine else None
        source = linecache.getline(mine[-1].filename, line).strip() if mine and line else ""
        text = str(error).strip().splitlines()
        return cls(type(error), text[0] if text else "", line, source, endless)

    @property
    def where(self) -> str:
        """The learner's line in words: "at line 3, `h = x @ W`"."""
        if self.line is None:
            return "before it reached a line of yours"
        return f"at line {self.line}" + (f", `{self.source}`" if self.source else "")


@dataclass(frozen=True)
class Outcome:
    """What one call did: its value or its crash, what it printed, which references it called."""

    value: Any
    crash: Crash | None
    printed: str = ""
    called: frozenset[CodeType] = frozenset()


def call(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    watched: frozenset[CodeType] = frozenset(),
    seconds: float | None = SECONDS,
) -> Outcome:
    """Call a learner's function and return what happened, whatever happened.

    Args:
        function: the learner's function.
        arguments: its arguments, in order.
        watched: code of functions that it must not call; those that it did call are reported.
        seconds: after this long the call is interrupted, where threads exist; None if another keeps
            the time.
    """
    called: set[CodeType] = set()

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in watched:
            called.add(frame.f_code)

    value, crash = None, None
    printed = io.StringIO()
    late = threading.Event()
    before = sys.getprofile()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        try:
            with _time_limit(seconds, late):
                if watched:
                    sys.setprofile(watch)
                try:
                    value = function(*arguments)
                    if isinstance(value, Iterator):  # its body is the learner's code: run it here
                        value = list(islice(value, LONGEST))
                finally:
                    if watched:
                        sys.setprofile(before)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            crash = Crash.of(error, endless=late.is_set())
    return Outcome(value, crash, printed.getvalue(), frozenset(called))


def is_learners(filename: str) -> bool:
    """Say whether a file is the learner's: neither this package nor any installed library."""
    return not filename.startswith((*_LIBRARIES, "<__array", "<frozen"))


@contextlib.contextmanager
def _time_limit(seconds: float | None, late: threading.Event) -> Iterator[None]:
    """Interrupt the main thread after some seconds, as the stop button would; portably."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    turn = threading.Lock()
    over = False

    def interrupt() -> None:
        with turn:
            if not over:
                late.set()
                _thread.interrupt_main()

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    try:
        timer.start()
    except RuntimeError:  # a browser kernel has no threads, and so no limit
        yield
        return
    try:
        yield
    finally:
        timer.cancel()
        with turn:
            over = True
        if late.is_set() and sys.exc_info()[0] is not KeyboardInterrupt:
            threading.Event().wait(1.0)  # the interrupt is on its way: let it arrive here
