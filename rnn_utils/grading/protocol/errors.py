"""Errors that one process tells the other of: never more than kinds, texts and lines that are known."""

import builtins
import re
from collections.abc import Callable
from functools import lru_cache
from types import TracebackType
from typing import Any

import numpy as np

from rnn_utils.grading.protocol.frames import WireError

#: How much of an error's text and of what a call printed is handed over.
TEXT = 10_000

#: The longest name of a function or a kind that is handed over, and how many kinds of an error.
NAME, KINDS = 100, 50

_ERRORS = {
    name: kind
    for module in (builtins, np.exceptions, np.linalg)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}


def told(error: BaseException, own_file: Callable[[str], bool]) -> dict[str, Any]:
    """Describe an error: its kinds, its text, and the lines of the files that are told."""
    frames = []
    place: TracebackType | None = error.__traceback__
    while place is not None:
        code = place.tb_frame.f_code
        if own_file(code.co_filename):
            frames.append([code.co_filename, place.tb_lineno, code.co_name])
        place = place.tb_next
    kinds = [kind.__name__ for kind in type(error).__mro__]
    try:
        words = str(error)[:TEXT]
    except Exception:
        words = ""
    plain = all(type(part) in (str, int, float, bool) for part in error.args)
    arguments = [part[:TEXT] if isinstance(part, str) else part for part in error.args if plain]
    return {"kinds": kinds, "text": words, "args": arguments, "frames": frames[-20:]}


def rebuilt(told: Any, lines: Callable[[str], int]) -> BaseException:
    """Make the error again that the other side tells of, with its lines as a traceback.

    Of the frames, those stay that name a line of a file whose lines are known here: a traceback that
    names another would have that file opened as soon as somebody prints it.
    """
    try:
        name, *others = (str(kind)[:NAME] for kind in list(told["kinds"])[:KINDS])
        words, frames = str(told["text"])[:TEXT], list(told["frames"])[-20:]
        given = [part for part in told["args"][:KINDS] if type(part) in (str, int, float, bool)]
        known = [
            (file, number, re.sub(r"\W", "_", str(function))[:NAME])
            for file, number, function in frames
            if type(file) is str and type(number) is int and 0 < number <= lines(file)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise WireError(f"no error: {error}") from None
    made = _made(error_kind(name, *others), given, words)
    return made.with_traceback(_traceback(known)) if known else made


#: Errors by which Python ends a loop: an answer that raises one must not end the test's.
_ENDS = (StopIteration, StopAsyncIteration, GeneratorExit)


def _made(kind: type[BaseException], given: list[Any], words: str) -> BaseException:
    if issubclass(kind, _ENDS):
        return RuntimeError(f"{kind.__name__} was raised where no iteration ends: {words}")
    try:
        made = kind(*given)
        return made if str(made) == words else kind(words)
    except Exception:
        return Exception(words)


@lru_cache(maxsize=256)
def _new_kind(name: str, base: type[BaseException]) -> type[BaseException]:
    return type(name or "Error", (base,), {})


def error_kind(name: str, *others: str) -> type[BaseException]:
    """Return the kind of error of that name, or a new one of the first of the others that is known."""
    base = next((_ERRORS[kind] for kind in (name, *others) if kind in _ERRORS), Exception)
    name = re.sub(r"\W", "_", name)[:NAME]
    return base if base.__name__ == name else _new_kind(name, base)  # type: ignore[arg-type]


def _traceback(lines: list[tuple[str, int, str]]) -> TracebackType | None:
    """Return a traceback through these lines, for the messages that quote the learner's line."""
    chain: TracebackType | None = None
    for file, line, name in reversed(lines):
        code = compile("\n" * (line - 1) + "raise _error", file, "exec").replace(co_name=name)
        try:
            exec(code, {"_error": RuntimeError()})
        except RuntimeError as error:
            here = error.__traceback__
            assert here is not None
            assert here.tb_next is not None
            there = here.tb_next
        chain = TracebackType(chain, there.tb_frame, there.tb_lasti, there.tb_lineno)
    return chain
