"""Recognising a right function that expects its arguments in another convention.

No mistake in the numbers gives these away, since most of them crash: so the learner's own function is
called once more, with the arguments as it seems to expect them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from rnn_utils.checks.framework.comparison import Tried, compared
from rnn_utils.checks.framework.draws import Arguments, map_arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.checks.framework.run import Outcome

Call = Callable[[Callable[..., Any], tuple[Any, ...]], Outcome]


@dataclass(frozen=True)
class _Convention:
    """What is done to the arguments before the call, and to the result after it.

    `shows` says whether a function that crashed without it, and gives every output its shape with it,
    shows that it was meant, whatever its values.
    """

    name: str
    says: str
    given: Callable[[Arguments], Arguments]
    back: Callable[[Any], Any] = lambda value: value
    shows: bool = False


def recognise_convention(
    exercise: Exercise,
    function: Callable[..., Any],
    failing: list[Tried],
    stage: str,
    call: Call,
) -> tuple[Mistake, ...]:
    """Find the convention in which a function is right in every failing general case.

    Args:
        exercise: the record.
        function: the learner's function.
        failing: the cases that are wrong.
        stage: the stage.
        call: calls a function with arguments and returns its outcome.

    Returns:
        the convention as a mistake: the one in which every case comes out right, or which a function that
        only crashes without it shows by not crashing; nothing if there is none.
    """
    general = [one for one in failing if one.case.general]
    if exercise.trial is not None or exercise.version or not general:
        return ()
    ways = [{way.says: way for way in _conventions(exercise, one)} for one in general]
    crashed = not any(one.readable for one in general)
    for says, way in ways[0].items():
        right = True
        for one, others in zip(general, ways, strict=True):
            this = others.get(says)
            again = _again(exercise, function, one, stage, call, this) if this else None
            right = right and again is not None and all(again.right)
            if not right and not (crashed and way.shows and again and _in_form(again)):
                break  # the learner's function is called no more than it takes
        else:
            still = (
                "" if right else ". With the axes as it expects them, its values are still wrong"
            )
            return (Mistake(way.name, says + still, exercise.reference),)
    return ()


def _again(
    exercise: Exercise,
    function: Callable[..., Any],
    one: Tried,
    stage: str,
    call: Call,
    convention: _Convention,
) -> Tried | None:
    """Return what comes of a case in a convention; None if it crashes."""
    given = convention.given(exercise.arguments(one.case, stage))
    outcome = call(function, tuple(given.values()))
    if outcome.crash is not None:
        return None
    value = Outcome(convention.back(outcome.value), None)
    return compared(exercise, one.case, stage, one.arguments, value)


def _in_form(one: Tried) -> bool:
    """Whether every output came, and in the expected shape."""
    return one.got is not None and all(
        got.shape == want.shape for got, want in zip(one.got, one.expected, strict=True)
    )


def _conventions(exercise: Exercise, one: Tried) -> Iterator[_Convention]:
    """Yield the conventions in which the arguments of a case look different; the same for each case."""
    if front := _time_and_batch(exercise, one):
        yield _Convention(
            "batch first",
            "the first axis is taken for the batch and the second for time; in this course time comes "
            "first, (T, N, …), so that x[t] is the input of all sequences at step t",
            partial(_arguments_batch_first, front),
            partial(_outputs_time_first, tuple(exercise.outputs.values())),
            shows=True,
        )
    weights = [
        name for name in one.arguments if name.startswith("W") and np.ndim(one.arguments[name]) == 2
    ]
    if weights:
        yield _Convention(
            "weights the other way round",
            "a weight matrix is taken to have a column for each of its outputs; in this course it has a "
            "row for each, and `x @ W.T` reads it",
            lambda arguments: arguments | {name: arguments[name].T for name in weights},
        )
    for a, b in combinations(one.arguments, 2):
        yield _Convention(
            "arguments exchanged",
            f"`{a}` and `{b}` have changed places: the arguments come in the order "
            f"({', '.join(one.arguments)})",
            partial(_exchange, a, b),
        )


def _exchange(a: str, b: str, arguments: Arguments) -> Arguments:
    return arguments | {a: arguments[b], b: arguments[a]}


def _time_and_batch(exercise: Exercise, one: Tried) -> tuple[int, ...] | None:
    """Return T and N of a case, with which its sequences begin; None if it has no sequences."""
    outputs = zip(exercise.outputs.values(), one.expected, strict=True)
    arrays = [array for array in one.arguments.values() if isinstance(array, np.ndarray)]
    sequences = [array for letters, array in outputs if letters.startswith("T N")]
    sequences += [array for array in arrays if array.ndim == 3]
    return sequences[0].shape[:2] if sequences else None


def _arguments_batch_first(front: tuple[int, ...], arguments: Arguments) -> Arguments:
    # A first state has no axis for time, even where it has one of the same length.
    return {
        name: value if name in ("h0", "c0") else _exchange_axes(front, value)
        for name, value in arguments.items()
    }


def _outputs_time_first(outputs: tuple[str, ...], value: Any) -> Any:
    parts = value if isinstance(value, tuple) else (value,)
    # What is nested, as the gradients of several layers, comes last and has no axis for time.
    turned = [
        np.swapaxes(part, at, at + 1)
        if at is not None and isinstance(part, np.ndarray) and part.ndim > at + 1
        else part
        for part, at in zip(parts, map(_time, outputs), strict=False)
    ]
    return (*turned, *parts[len(turned) :]) if isinstance(value, tuple) else turned[0]


def _time(letters: str) -> int | None:
    """Return the axis of time of an output, which has the batch's behind it; None if it has none."""
    return letters.split().index("T") if "T N" in letters else None


def _exchange_axes(front: tuple[int, ...], value: Any) -> Any:
    """Exchange two neighbouring axes of these sizes where an array has them."""

    def exchanged(array: np.ndarray) -> np.ndarray:
        for k in range(array.ndim - 1):
            if array.shape[k : k + 2] == front:
                return np.ascontiguousarray(np.swapaxes(array, k, k + 1))
        return array

    return map_arrays(exchanged, value, kinds="biuf")
