"""Judging by what a function does, where its value alone cannot be compared: shares, texts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np


class UnusableError(Exception):
    """Raised by a trial: why what a function returned cannot be judged, a sentence for the learner."""


@dataclass(frozen=True)
class Trial:
    """How a function is judged that need not return the same as the reference: by what it does.

    A right answer may draw its random numbers in any way, so no stream of draws is right or wrong;
    how often each result comes is. A trial calls the function as often as it needs, by `repeated`, and
    returns what is compared in place of the function's value, such as `shares` of many draws. Every known
    mistake is put to the same trial. The exercise's tolerance is then the bound of chance, see
    `chance_bound`.

    Args:
        run: called as `run(function, *arguments)`; returns the exercise's outputs. What it has to say
            about the form of a returned value it raises as `UnusableError`.
        expect: called as `expect(*arguments)`; returns what is to be expected of `run`, without
            chance. By default it is what `run` gives with the reference.
    """

    run: Callable[..., Any]
    expect: Callable[..., Any] | None = None


@singledispatch
def repeated(function: Callable[..., Any], *arguments: Any, times: int) -> Iterator[Any]:
    """Call a function again and again, as long as the values are asked for.

    Where a function lives in another process, its kind says how to do that there.

    Args:
        function: the function that is judged.
        arguments: what it gets each time; a generator among them goes on from call to call.
        times: how many calls.

    Returns:
        What the calls return, in order.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> len(set(repeated(lambda rng: rng.random(), rng, times=5)))
        5
    """
    return (function(*arguments) for _ in range(times))


def shares(draws: np.ndarray, size: int) -> np.ndarray:
    """Return the share of draws that are at most k, for each k from 0 to size − 1.

    Args:
        draws: integers (draws, …); each of the other places is counted by itself.
        size: how many results there are.

    Returns:
        Shares (…, size), a distribution function: 1 in the last place if all draws are in range.

    Example:
        >>> shares(np.array([0, 2, 2, 1]), size=3)
        array([0.25, 0.5 , 1.  ])
    """
    return np.mean((draws[..., None] <= np.arange(size)) & (draws[..., None] >= 0), axis=0)


#: How often a right answer may fail by chance, over all draws of an exercise.
_FALSE_ALARMS = 1e-7


def chance_bound(draws: int, compared: int) -> float:
    """Return how far shares of draws may be from what is expected, anywhere, by chance.

    Args:
        draws: how many draws each distribution function is made of.
        compared: how many of them are compared in an exercise, in all its cases.

    Returns:
        The largest accepted difference.

    Source: Massart (1990), The tight constant in the Dvoretzky–Kiefer–Wolfowitz inequality; the
    chances of the comparisons add up at most (Bonferroni).

    Example:
        >>> round(chance_bound(3000, 40), 3)
        0.058
    """
    return float(np.sqrt(np.log(2 * compared / _FALSE_ALARMS) / (2 * draws)))


def text_as_numbers(value: Any) -> tuple[np.ndarray]:
    """Return a text as the numbers of its characters, for an exercise that returns one."""
    if not isinstance(value, str):
        raise TypeError(f"expected is a string, and what came is {_kind(value)}.")
    return (np.array([ord(character) for character in value]),)


def text_or_shares(value: Any) -> tuple[np.ndarray]:
    """Return the same for a text, and for an array what it is: for a trial that returns either."""
    return (value,) if isinstance(value, np.ndarray) else text_as_numbers(value)


def _kind(value: Any) -> str:
    return f"a {type(value).__name__}"
