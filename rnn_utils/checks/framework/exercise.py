"""What an exercise is: one record from which the check, the hidden tests and the messages follow."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import combinations
from typing import Any, Literal
from zlib import crc32

import numpy as np

from rnn_utils.checks.framework.behaviour import Trial
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import (
    Arguments,
    Change,
    Draw,
    as_integers,
    draw_sizes,
    map_arrays,
)

Stage = Literal["visible", "hidden"]

#: Stands between the names of mistakes that are made together.
TOGETHER = " + "


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
class Version:
    """What one student is asked in an exercise instead of what the lesson asks.

    Attributes:
        key: its name, of letters and hyphens.
        task: what is asked, in Markdown, in the place of the lesson's words and hints.
        stub: the first lines of the answer, with its docstring.
        record: returns the record, always the same one.
    """

    key: str
    task: str
    stub: str
    record: Callable[[], "Exercise"]


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
        contract: what the arguments may be, from which the edge cases follow.
        mistakes: what learners get wrong.
        draws: how many general cases are drawn.
        follows: makes anew, after a case has changed some arguments, those that are computed from
            others, such as the states that go with the inputs.
        tolerance: the largest accepted difference, relative to the largest value of that output.
        derives: whether a derivative on paper is asked for, so that differences of function values,
            which are off by more than rounding, do not count.
        hands_out: functions of `rnn_utils` that the lesson hands out for use in the answer; those of
            earlier exercises are allowed anyway.
        forbids: functions of `rnn_utils`, beside the reference, that would do the whole exercise.
        convert: turns a returned value into a tuple of arrays where it is no array itself.
        diagnose: looks at what came, when no mistake explains it: from the arguments and the returned
            arrays to a mistake, if it sees one.
        also: a last look at a function whose values are right; a sentence if it misses the point, for
            which there are no points.
        trial: how the function is judged where its value alone cannot be compared, as when it draws.
        seed: what a class adds to the seed of every draw; nothing unless it keeps a secret.
        versions: what a class may ask its students instead, each another one; see `version.py`.
        version: which of them this is; empty for what the lesson asks.
    """

    name: str
    lesson: str
    points: float
    reference: Callable[..., Any]
    outputs: Mapping[str, str]
    draw: Draw
    mistakes: tuple[Mistake, ...]
    contract: Contract = Contract()  # noqa: RUF009 -- a constant
    draws: int = 3
    follows: Change | None = None
    tolerance: float = 1e-5
    derives: bool = False
    hands_out: tuple[Callable[..., Any], ...] = ()
    forbids: tuple[Callable[..., Any], ...] = ()
    convert: Callable[[Any], tuple[Any, ...]] | None = None
    diagnose: Callable[[Arguments, tuple[np.ndarray, ...]], Mistake | None] | None = None
    also: Callable[[Callable[..., Any]], str | None] | None = None
    trial: Trial | None = None
    seed: str = ""
    versions: tuple[Version, ...] = ()
    version: str = ""

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Every case, the general ones first."""
        general = tuple(Case(f"draw {k + 1}", general=True) for k in range(self.draws))
        return (*general, *self.contract.cases())

    def judged(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return what is called and compared: the function, or the trial of it."""
        return function if self.trial is None else partial(self.trial.run, function)

    def expected(self, *arguments: Any) -> Any:
        """Return what a right function gives, called as it is judged."""
        if self.trial is None or self.trial.expect is None:
            return self.judged(self.reference)(*arguments)
        return self.trial.expect(*arguments)

    def expected_in(self, case: Case, stage: str) -> Any:
        """Return what a right function gives in a case; the reference may insist on floats."""
        return self.expected(*self._drawn(case, stage).values())

    def arguments(self, case: Case, stage: str) -> Arguments:
        """Draw the arguments of a case; the hidden stage draws other sizes and values."""
        arguments = self._drawn(case, stage)
        return arguments | {name: as_integers(arguments[name]) for name in case.whole}

    def _drawn(self, case: Case, stage: str) -> Arguments:
        if all(map(_is_data, (arguments := self._drawn_once(case, stage)).values())):
            arguments = deepcopy(arguments)
        else:  # a function or a generator may have changed since
            arguments = self._draw_anew(case, stage)
        if case.dtype is not None:
            arguments = map_arrays(lambda a: a.astype(case.dtype), arguments)
        if case.memory is not None:
            arguments = map_arrays(case.memory, arguments)
        return arguments

    # The same case is asked for again and again.
    @lru_cache(maxsize=1 << 11)  # noqa: B019 -- records live as long as the program
    def _drawn_once(self, case: Case, stage: str) -> Arguments:
        return self._draw_anew(case, stage)

    def _draw_anew(self, case: Case, stage: str) -> Arguments:
        rng = np.random.default_rng(crc32(f"{self.name}/{case.title}/{stage}{self.seed}".encode()))
        sizes = draw_sizes(rng) | dict(case.sizes)
        for group in case.same:
            sizes |= dict.fromkeys(group, sizes.get(group[0], 3))
        arguments = (case.draw or self.draw)(rng, sizes)
        if case.change is not None:
            arguments = case.change(arguments)
            arguments = arguments if self.follows is None else self.follows(arguments)
        return arguments


def _is_data(value: Any) -> bool:
    """Whether a copy of a value is as good as itself."""
    if isinstance(value, list | tuple):
        return all(map(_is_data, value))
    return isinstance(value, np.ndarray | np.generic | int | float | str | None)


def mistakes_in(
    wrong: Callable[..., Any], says: Mapping[str, str], together: int = 2
) -> tuple[Mistake, ...]:
    """Return each mistake by itself, then those that are made together.

    Args:
        wrong: called as `wrong(names, *arguments)` with a set of names; an implementation that makes
            exactly these mistakes.
        says: the sentence for each mistake, by its name.
        together: how many mistakes are tried in combination at most.
    """

    def mistake(names: Iterable[str]) -> Mistake:
        made = frozenset(names)
        return Mistake(
            TOGETHER.join(names),
            "; and that ".join(says[name] for name in names),
            lambda *arguments: wrong(made, *arguments),
        )

    return tuple(mistake(names) for k in range(1, together + 1) for names in combinations(says, k))
