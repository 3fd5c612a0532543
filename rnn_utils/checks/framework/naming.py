"""Giving names to the parts of a plain tuple, where the reference's result has them."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from rnn_utils.checks.framework.exercise import Exercise


def with_names_of(exercise: Exercise, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a learner's function, made to name the parts of its result as the reference does.

    Args:
        exercise: the record.
        function: a function that passes its check.

    Returns:
        the function itself where the reference's result has no names.
    """
    pattern = _pattern(exercise)
    if not _has_names(pattern):
        return function

    @wraps(function, assigned=("__name__", "__doc__"), updated=())
    def naming(*arguments: Any, **keywords: Any) -> Any:
        return _named(function(*arguments, **keywords), pattern)

    return naming


@cache
def _pattern(exercise: Exercise) -> Any:
    return exercise.reference(*exercise.arguments(exercise.cases[0], "visible").values())


def _has_names(value: Any) -> bool:
    return isinstance(value, tuple) and (hasattr(value, "_fields") or any(map(_has_names, value)))


def _named(value: Any, pattern: Any) -> Any:
    """Return a value with the names that a pattern of the same parts has."""
    if not _has_names(pattern) or not isinstance(value, tuple | list):
        return value
    if len(value) != len(pattern):
        return value
    parts = [_named(part, like) for part, like in zip(value, pattern, strict=True)]
    return type(pattern)(*parts) if hasattr(pattern, "_fields") else tuple(parts)
