"""What an exercise is: one record from which the check, the hidden tests and the messages follow."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import combinations
from typing import Any, Literal
from zlib import crc32

import numpy as np

Sizes = dict[str, int]
Arguments = dict[str, Any]
Draw = Callable[[np.random.Generator, Sizes], Arguments]
Stage = Literal["visible", "hidden"]

#: Stands between the names of slips that are made together.
TOGETHER = " + "

#: The letters of the notation table that stand for sizes.
LETTERS = "TNDHO"


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong implementation that learners really write, and the sentence that names it.

    `wrong` takes the exercise's arguments. `says` completes "It looks as if …": it names the mistake
    and points to the line of the derivation that it breaks, without giving the answer away.
    """

    name: str
    says: str
    wrong: Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Case:
    """One call of the learner's function: where its arguments come from, and what it is about.

    A case that is not general is an edge: a size of one, large values, another memory layout. Where
    `draw` is given it takes the place of the exercise's own.
    """

    title: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    general: bool = False
    dtype: type | None = None
    strided: bool = False
    draw: Draw | None = None


class UnusableError(Exception):
    """Raised by a trial: why what a function returned cannot be judged, a sentence for the learner."""


@dataclass(frozen=True)
class Trial:
    """How a function is judged that need not return the same as the reference: by what it does.

    A right answer may draw its random numbers in any way, so no stream of draws is right or wrong;
    how often each result comes is. A trial calls the function as often as it needs and returns what
    is compared in place of the function's value, such as `shares` of many draws. Every known mistake
    is put to the same trial. The exercise's tolerance is then the bound of chance, see `chance_bound`.

    Args:
        run: called as `run(function, *arguments)`; returns the exercise's outputs. What it has to say
            about the form of a returned value it raises as `UnusableError`.
        expect: called as `expect(*arguments)`; returns what is to be expected of `run`, without
            chance. By default it is what `run` gives with the reference.
    """

    run: Callable[..., Any]
    expect: Callable[..., Any] | None = None


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


def chance_bound(draws: int, compared: int, false_alarms: float = 1e-7) -> float:
    """Return how far shares of draws may be from what is expected, anywhere, by chance.

    Args:
        draws: how many draws each distribution function is made of.
        compared: how many of them are compared in an exercise, in all its cases.
        false_alarms: how often a right answer may fail, over all of them.

    Returns:
        The largest accepted difference.

    Source: Massart (1990), The tight constant in the Dvoretzky–Kiefer–Wolfowitz inequality; the
    chances of the comparisons add up at most (Bonferroni).

    Example:
        >>> round(chance_bound(3000, 40), 3)
        0.058
    """
    return float(np.sqrt(np.log(2 * compared / false_alarms) / (2 * draws)))


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


@dataclass(frozen=True, eq=False)
class Exercise:
    """An exercise of a lesson, as data.

    Args:
        name: the function's name, which is also its grade id.
        lesson: the lesson's folder, such as `"03_tanh"`.
        points: what a complete solution earns.
        reference: the implementation in `rnn_utils`.
        outputs: the name of each returned value and its shape in letters, `{"h_t": "N H"}`.
        draw: makes the arguments, in order, from a generator and the sizes by letter.
        mistakes: what learners get wrong.
        letters: the sizes that the arguments have, such as `"NDH"`.
        edges: further cases beside those that every exercise has.
        draws: how many general cases are drawn.
        tolerance: the largest accepted difference, relative to the largest value of that output.
        floats: whether the arguments may be float32 or views with gaps; if so, those edges are tried.
        forbids: functions of `rnn_utils`, beside the reference, that would do the whole exercise.
        convert: turns a returned value into a tuple of arrays where it is no array itself.
        diagnose: looks at what came, when no mistake explains it: from the arguments and the returned
            arrays to a mistake, if it sees one.
        also: a last look at a function whose values are right; a sentence if it misses the point.
        trial: how the function is judged where its value alone cannot be compared, as when it draws.
    """

    name: str
    lesson: str
    points: float
    reference: Callable[..., Any]
    outputs: Mapping[str, str]
    draw: Draw
    mistakes: tuple[Mistake, ...]
    letters: str = ""
    edges: tuple[Case, ...] = ()
    draws: int = 3
    tolerance: float = 1e-5
    floats: bool = True
    forbids: tuple[Callable[..., Any], ...] = ()
    convert: Callable[[Any], tuple[Any, ...]] | None = None
    diagnose: Callable[[Arguments, tuple[np.ndarray, ...]], Mistake | None] | None = None
    also: Callable[[Callable[..., Any]], str | None] | None = None
    trial: Trial | None = None

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Every case, the general ones first."""
        general = tuple(Case(f"draw {k + 1}", general=True) for k in range(self.draws))
        ones = tuple(Case(f"{letter} = 1", {letter: 1}) for letter in self.letters)
        memory = (
            Case("float32 arrays", dtype=np.float32),
            Case("arrays that are views with gaps", strided=True),
        )
        return general + ones + (memory if self.floats else ()) + self.edges

    def judged(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return what is called and compared: the function, or the trial of it."""
        return function if self.trial is None else partial(self.trial.run, function)

    def expected(self, *arguments: Any) -> Any:
        """Return what a right function gives, called as it is judged."""
        if self.trial is None or self.trial.expect is None:
            return self.judged(self.reference)(*arguments)
        return self.trial.expect(*arguments)

    def arguments(self, case: Case, stage: Stage) -> Arguments:
        """Draw the arguments of a case; the hidden stage draws other sizes and values."""
        rng = np.random.default_rng(crc32(f"{self.name}/{case.title}/{stage}".encode()))
        arguments = (case.draw or self.draw)(rng, draw_sizes(rng) | dict(case.sizes))
        if case.dtype is not None:
            arguments = map_arrays(lambda a: a.astype(case.dtype), arguments)
        if case.strided:
            arguments = map_arrays(_with_gaps, arguments)
        return arguments


def draw_sizes(rng: np.random.Generator) -> Sizes:
    """Draw a size for every letter, all different and at least two.

    A mistake that exchanges two axes, or drops one, then cannot hide behind equal sizes.
    """
    return dict(zip(LETTERS, (rng.permutation(6)[: len(LETTERS)] + 2).tolist(), strict=True))


def arrays(**shapes: str) -> Draw:
    """Return a draw of arrays by their shapes in letters: `arrays(x_t="N D", W_xh="H D")`.

    Values are standard normal; a weight is divided by the root of its fan-in, so that states neither
    vanish nor saturate and every term of an equation shows in its result.
    """

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        drawn = {}
        for name, letters in shapes.items():
            shape = tuple(sizes[letter] for letter in letters.split())
            values = rng.standard_normal(shape)
            drawn[name] = values / np.sqrt(shape[-1]) if name.startswith("W") else values
        return drawn

    return draw


def scaled(draw: Draw, **factors: float) -> Draw:
    """Return a draw that multiplies some of the arguments of another."""

    def multiplied(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        arguments = draw(rng, sizes)
        return arguments | {name: arguments[name] * factor for name, factor in factors.items()}

    return multiplied


def slips(
    wrong: Callable[..., Any], says: Mapping[str, str], together: int = 2
) -> tuple[Mistake, ...]:
    """Return a mistake for every slip, then for slips made together.

    Args:
        wrong: called as `wrong(slips, *arguments)` with a set of names; an implementation that makes
            exactly these slips.
        says: the sentence for each slip, by its name.
        together: how many slips are tried in combination at most.
    """

    def mistake(names: Iterable[str]) -> Mistake:
        made = frozenset(names)
        return Mistake(
            TOGETHER.join(names),
            "; and that ".join(says[name] for name in names),
            lambda *arguments: wrong(made, *arguments),
        )

    return tuple(mistake(names) for k in range(1, together + 1) for names in combinations(says, k))


def map_arrays(change: Callable[[np.ndarray], np.ndarray], value: Any) -> Any:
    """Return a copy of a nested value with every float array in it changed."""
    if isinstance(value, np.ndarray):
        return change(value) if value.dtype.kind == "f" else value.copy()
    if isinstance(value, dict):
        return {name: map_arrays(change, item) for name, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(map_arrays(change, item) for item in value))
    if isinstance(value, list | tuple):
        return type(value)(map_arrays(change, item) for item in value)
    return value


def _with_gaps(a: np.ndarray) -> np.ndarray:
    if a.ndim == 0:
        return a
    wide = np.full((*a.shape[:-1], 2 * a.shape[-1]), np.nan, dtype=a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]
