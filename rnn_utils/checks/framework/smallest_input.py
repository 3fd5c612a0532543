"""The smallest input for which a function is wrong, as lines to copy and run."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from rnn_utils.checks.framework.comparison import Tried, compared
from rnn_utils.checks.framework.contract import Case
from rnn_utils.checks.framework.draws import Arguments, map_numbers
from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.framework.run import Outcome

#: How long the lines may be, in characters: what is longer explains nothing.
_LONGEST = 1_500

Call = Callable[[Callable[..., Any], tuple[Any, ...]], Outcome]


def smallest_failing(
    exercise: Exercise, function: Callable[..., Any], told: Case, call: Call
) -> str:
    """Return lines that call a wrong function with a small input, with what came and what is expected.

    Args:
        exercise: the record.
        function: the learner's function.
        told: the case that is told, whose kind the input has.
        call: calls a function with arguments and returns its outcome.

    Returns:
        the lines; empty where there is no input that can be written down.
    """
    if exercise.trial is not None:
        return ""
    for case in _smaller(exercise, told):
        try:
            before = exercise.arguments(case, "smallest")
            outcome = call(function, tuple(exercise.arguments(case, "smallest").values()))
            one = compared(exercise, case, "smallest", before, outcome)
        except Exception:  # a reference may not take every small input
            continue
        if not all(one.right):
            lines = _lines(exercise, one)
            if lines is not None and len(lines) <= _LONGEST:
                return lines
    return ""


def _smaller(exercise: Exercise, told: Case) -> Iterator[Case]:
    """Yield the case with smaller sizes and rounder numbers, the simplest first."""
    letters = exercise.contract.sizes
    fewer: list[dict[str, int]] = [dict.fromkeys(letters, 1)] if letters else []
    fewer += [dict.fromkeys(letters, 1) | {letter: 2} for letter in letters]
    fewer += [dict.fromkeys(letters, 2), dict(zip(letters, (2, 3, 2, 3, 2), strict=False)), {}]
    for sizes in fewer:
        # Each with a title of its own, from which the numbers are drawn.
        title = f"{told.title} {sizes}"
        yield replace(
            told, title=title, sizes=sizes | dict(told.sizes), change=_rounded(told, exercise)
        )
    yield told


def _rounded(told: Case, exercise: Exercise) -> Callable[[Arguments], Arguments]:
    def change(arguments: Arguments) -> Arguments:
        arguments = {name: map_numbers(_round, value) for name, value in arguments.items()}
        return arguments if told.change is None else told.change(arguments)

    return change


def _round(a: np.ndarray) -> np.ndarray:
    """Return an array with one digit behind the point, a number with three; what is small keeps one."""
    small = 0.05 if a.ndim else 0.0005
    size = np.floor(np.log10(np.maximum(np.abs(a), 1e-300)))
    one_digit = np.round(a / 10**size) * 10**size
    return np.where(np.abs(a) >= small, np.round(a, 1 if a.ndim else 3), one_digit)


def _lines(exercise: Exercise, one: Tried) -> str | None:
    """Write a call as a learner would, and the outputs that are wrong as comments."""
    written = {name: _written(value) for name, value in one.arguments.items()}
    if any(text is None for text in written.values()):
        return None
    parts = {type(v) for v in one.arguments.values() if hasattr(v, "_fields")}
    lines = [f"from {kind.__module__} import {kind.__name__}" for kind in parts]
    lines += [f"{name} = {text}" for name, text in written.items()]
    call = f"{exercise.name}({', '.join(one.arguments)})"
    if one.outcome.crash is not None:
        came = f"{one.outcome.crash.kind.__name__}: {one.outcome.crash.text}"
        return "\n".join([*lines, call, f"# came:     {came}", *_wanted(exercise, one, [0])])
    if one.got is None:
        return "\n".join([*lines, call, f"# {one.form}"])
    wrong = [k for k, right in enumerate(one.right) if not right]
    return "\n".join([*lines, call, *_wanted(exercise, one, wrong[:1])])


def _wanted(exercise: Exercise, one: Tried, outputs: list[int]) -> list[str]:
    lines = []
    for k in outputs:
        name = list(exercise.outputs)[k]
        if len(exercise.outputs) > 1:
            lines.append(f"# {name}:")
        if one.got is not None:
            came = one.forms[k] or _shown(one.got[k], one.expected[k])
            lines.append(f"# came:     {came}")
        lines.append(f"# expected: {_shown(one.expected[k], one.expected[k])}")
    return lines


def _shown(value: np.ndarray, like: np.ndarray) -> str:
    """Write an array in one line for a comment; a text or a truth value as what it stands for."""
    if like.dtype.kind == "b" and value.ndim == 0 and value in (0, 1):
        return str(bool(value))
    if like.dtype.kind in "iu" and np.array_equal(value, np.rint(value)):
        value = value.astype(int)
    text = np.array2string(value, separator=", ", precision=6, threshold=60, max_line_width=10_000)
    return " ".join(text.split())


def _written(value: Any) -> str | None:
    """Write an argument as code; None where it cannot be."""
    if isinstance(value, np.ndarray):
        return _written_array(value)
    if isinstance(value, bool | int | float | str | type(None)):
        return repr(value)
    if isinstance(value, np.generic):
        return repr(value.item())
    if callable(value):
        text = getattr(value, "text", None)
        return text if isinstance(text, str) else None
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        parts = [_written(part) for part in value]
        if any(part is None for part in parts):
            return None
        named = [f"{name}={part}" for name, part in zip(value._fields, parts, strict=True)]
        return f"{type(value).__name__}({', '.join(named)})"
    if isinstance(value, list | tuple):
        items = [_written(item) for item in value]
        if any(item is None for item in items):
            return None
        inside = ", ".join(str(item) for item in items)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside}{',' * (len(items) == 1)})"
    return None


def _written_array(value: np.ndarray) -> str:
    dtype = "" if value.dtype in (np.float64, np.int64) else f", dtype=np.{value.dtype.name}"
    text = f"np.array({value.tolist()}{dtype})"
    if 0 in value.shape:
        return f"np.zeros({value.shape}{dtype})"
    if value.flags.c_contiguous:
        return text
    if value.flags.f_contiguous:
        return f"np.asfortranarray({text})"
    return f"np.repeat({text}, 2, axis=-1)[..., ::2]"
