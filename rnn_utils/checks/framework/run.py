"""Calling the learner's function once: watched, timed, with its prints and errors kept."""

import _thread
import contextlib
import io
import linecache
import signal
import sys
import sysconfig
import threading
import time
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
_INSTALLED = {sysconfig.get_paths()[key] for key in ("stdlib", "purelib", "platlib")}
_LIBRARIES = tuple(
    {str(_PACKAGE), str(Path(np.__file__).parent)}
    | _INSTALLED
    | {str(Path(path).resolve()) for path in _INSTALLED}
)
_INSTALLED_PARTS = ("site-packages", "dist-packages")


@dataclass(frozen=True)
class Crash:
    """An exception that left the learner's function, told by the learner's own line.

    Attributes:
        kind: the exception's class.
        text: the first line of what it says.
        place: the learner's last line in words, "at line 3" of a cell or of a function in a file.
        source: the text of that line.
        endless: whether it was stopped since it took too long.
    """

    kind: type[BaseException]
    text: str
    place: str
    source: str
    endless: bool = False

    @classmethod
    def of(cls, error: BaseException, endless: bool = False) -> "Crash":
        """Read an exception: its kind, its first line of text, and the learner's last line."""
        place, source = "", ""
        for frame, line in traceback.walk_tb(error.__traceback__):
            code = frame.f_code
            if is_learners(code.co_filename):
                # Where an interrupt finds an instruction of no line, the function's first stands for it.
                line = line or code.co_firstlineno
                source = linecache.getline(code.co_filename, line).strip()
                # A cell is no file; in a file, nobody counts the lines from its top.
                in_file = Path(code.co_filename).is_file()
                place = f"at line {line}"
                if in_file:
                    place = f"at line {line - code.co_firstlineno + 1} of `{code.co_name}`"
        text = str(error).strip().splitlines()
        return cls(type(error), text[0] if text else "", place, source, endless)

    @property
    def where(self) -> str:
        """The learner's line in words: "at line 3, `h = x @ W`"."""
        if not self.place:
            return "before it reached a line of yours"
        return self.place + (f", `{self.source}`" if self.source else "")


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
        # What the package itself calls to do its work is no affair of the learner's.
        if event == "call" and frame.f_code in watched and not _is_ours(frame.f_back):
            called.add(frame.f_code)

    value, crash = None, None
    printed = io.StringIO()
    late = _never
    before = sys.getprofile()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        try:
            with _time_limit(seconds) as late:
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
            crash = Crash.of(error, endless=late())
    return Outcome(value, crash, printed.getvalue(), frozenset(called))


def is_learners(filename: str) -> bool:
    """Say whether a file is the learner's: neither this package nor any installed library."""
    return not (
        filename.startswith((*_LIBRARIES, "<__array", "<frozen"))
        or filename.endswith(".pyx")  # compiled, as numpy.random
        or any(part in _INSTALLED_PARTS for part in Path(filename).parts)
    )


def _is_ours(frame: FrameType | None) -> bool:
    return frame is not None and frame.f_code.co_filename.startswith(str(_PACKAGE))


class _Watchdog:
    """One thread that interrupts the main thread, as the stop button would, when its time is over.

    A thread for each call would cost more than most calls. Its wait is left to run out when a call
    ends in time, and looks then for the next deadline.
    """

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._until: float | None = None
        self._wakes = float("inf")
        self._late = threading.Event()

    def start(self, seconds: float) -> threading.Event:
        """Begin to watch; return what is set when the time was over."""
        with self._turn:
            self._until, self._late = time.monotonic() + seconds, threading.Event()
            if (
                self._thread is None or not self._thread.is_alive()
            ):  # never begun, or left by a fork
                self._thread = threading.Thread(target=self._watch, daemon=True)
                self._thread.start()
            elif self._until < self._wakes:
                self._turn.notify()
            return self._late

    def stop(self) -> None:
        """Watch no longer."""
        with self._turn:
            self._until = None

    def _watch(self) -> None:
        with self._turn:
            while True:
                left = None if self._until is None else self._until - time.monotonic()
                if left is not None and left <= 0:
                    self._until = None
                    self._late.set()
                    _thread.interrupt_main()
                    continue
                self._wakes = float("inf") if self._until is None else self._until
                self._turn.wait(left)


_WATCHDOG = _Watchdog()


def _never() -> bool:
    return False


@contextlib.contextmanager
def _time_limit(seconds: float | None) -> Iterator[Callable[[], bool]]:
    """Interrupt the main thread after some seconds; give a question whether that has happened."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield _never
        return
    try:
        late = _WATCHDOG.start(seconds)
    except RuntimeError:  # a browser kernel has no threads, and so no limit
        yield _never
        return
    # A program that a script began with `&` ignores interrupts, and another may take them for its own.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield late.is_set
    finally:
        _WATCHDOG.stop()
        if late.is_set() and sys.exc_info()[0] is not KeyboardInterrupt:
            threading.Event().wait(1.0)  # the interrupt is on its way: let it arrive here
        if before is not None:  # None stands for a handler that is not Python's
            signal.signal(signal.SIGINT, before)
