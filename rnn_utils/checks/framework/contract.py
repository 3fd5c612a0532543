"""What an exercise's arguments may be, and the cases that follow from it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from rnn_utils.checks.framework.draws import (
    Arguments,
    Change,
    Draw,
    map_numbers,
    some_zeros,
    whole_numbers,
    with_gaps,
)

#: What is said of a function that fails in cases of one kind only, completing "It looks as if …".
ONE = (
    "an axis of length one is lost on the way (by `squeeze`, by an index, or by reading element 1): "
    "keep every axis, even one of length one"
)
EQUAL = (
    "an axis, or whether to transpose, is chosen by looking at sizes; where two of them are equal that "
    "goes wrong, so rely on the order of the axes that the docstring states"
)
EMPTY = "there is no answer for an empty input, which has an empty result or stays as it is"
INTEGERS = (
    "results are kept in an array of integers, which cuts their fractions off: `zeros_like`, `copy` and "
    "`astype` keep the type of what they are made from; make the buffer with `dtype=float`"
)
LAYOUT = (
    "the values are read or written in the order in which they lie in memory (as by `reshape(-1)`, "
    "`ravel`, or a view): an array may be a part or a transpose of another, so use its indices"
)
ZEROS = "zeros in the input are not provided for: something is divided by a value, or scaled by it"
SHAPE = "the number of axes is taken for granted; the docstring says any shape"
TINY = (
    "a small constant, as 1e-8, is added or compared with; where the values themselves are as small, "
    "it changes the result"
)


#: What a passed check says it has tried, for each kind of case.
KINDS = {
    ONE: "sizes of one",
    EQUAL: "equal sizes",
    EMPTY: "no values",
    INTEGERS: "integers",
    LAYOUT: "other layouts in memory",
    ZEROS: "zeros",
    SHAPE: "other shapes",
    TINY: "tiny values",
}


@dataclass(frozen=True, eq=False)
class Case:
    """One call of the learner's function: where its arguments come from, and what it is about.

    A case that is not general is an edge: a size of one, large values, another memory layout.

    Args:
        title: what it is about, in a few words.
        sizes: sizes by letter, in place of drawn ones.
        general: whether it shows the equation itself and no edge of it.
        dtype: the type that all float arrays get.
        memory: gives the same array in another layout, for all float arrays.
        draw: in place of the exercise's own.
        change: applied to what was drawn; the exercise then makes what follows from it anew.
        same: groups of letters that get one size.
        whole: names of the arguments that the learner's function gets as integers.
        says: completes "It looks as if …" where a function fails in cases of this kind only.
        tiny: whether differences count however small the expected values are.
    """

    title: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    general: bool = False
    dtype: type | None = None
    memory: Callable[[np.ndarray], np.ndarray] | None = None
    draw: Draw | None = None
    change: Change | None = None
    same: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    says: str = ""
    tiny: bool = False


@dataclass(frozen=True, eq=False)
class Contract:
    """What the arguments of an exercise may be; for each respect there are cases.

    What is not named here is not judged, and so is not to be promised in the exercise's docstring.

    Args:
        sizes: the letters of all sizes; each size may be one.
        equal: the letters of sizes of which any two may be equal; by default all.
        empty: the letters of sizes that may be zero.
        float32: whether arrays may be float32.
        layouts: whether arrays may be parts or transposes of others.
        integers: names of the arguments that may be integers where floats are usual.
        zeros: names of the arguments that may hold zeros, or be zero.
        any_shape: names of the arguments that may have any shape, the same for all of them.
        tiny: names of the arguments whose values may be very small, down to 1e-9.
        edges: what only this exercise's arguments can be: values on a threshold, ties, large scores.
    """

    sizes: str = ""
    equal: str | None = None
    empty: str = ""
    float32: bool = True
    layouts: bool = True
    integers: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()
    any_shape: tuple[str, ...] = ()
    tiny: tuple[str, ...] = ()
    edges: tuple[Case, ...] = ()

    def cases(self) -> Iterator[Case]:
        """Yield the cases that follow, beside the general ones."""
        for letter in self.sizes:
            yield Case(f"{letter} = 1", {letter: 1}, says=ONE)
        yield from _equal(self.sizes if self.equal is None else self.equal)
        for letter in self.empty:
            yield Case(f"{letter} = 0", {letter: 0}, says=EMPTY)
        if self.float32:
            yield Case("float32 arrays", dtype=np.float32)
        if self.layouts:
            yield Case("arrays that are views with gaps", memory=with_gaps, says=LAYOUT)
            yield Case("transposed arrays", memory=np.asfortranarray, says=LAYOUT)
        yield from _each(self.integers, whole_numbers, "integers in {}", INTEGERS)
        if self.zeros:
            yield from _each(self.zeros, some_zeros, "zeros in {}", ZEROS)
        yield from _each(self.tiny, lambda a: 1e-9 * a, "tiny values in {}", TINY)
        if self.any_shape:
            for title, change in _SHAPES.items():
                yield Case(title, change=_named(self.any_shape, change), says=SHAPE)
        yield from self.edges


def _named(names: tuple[str, ...], change: Callable[[np.ndarray], np.ndarray]) -> Change:
    def changed(arguments: Arguments) -> Arguments:
        return arguments | {name: map_numbers(change, arguments[name]) for name in names}

    return changed


def _each(
    names: tuple[str, ...], change: Callable[[np.ndarray], np.ndarray], title: str, says: str
) -> Iterator[Case]:
    """Yield a case for each argument by itself, and one for all of them together."""

    def case(what: str, changed: tuple[str, ...]) -> Case:
        whole = changed if says == INTEGERS else ()
        return Case(
            title.format(what),
            change=_named(changed, change),
            whole=whole,
            says=says,
            tiny=says == TINY,
        )

    for name in names:
        yield case(name, (name,))
    if len(names) > 1:
        yield case("all arguments", names)
    if says == ZEROS:
        for name in names:
            yield Case(f"{name} = 0", change=_named((name,), np.zeros_like), says=says)
        yield Case("nothing but zeros", change=_named(names, np.zeros_like), says=says)


#: Other shapes of an array of two axes or more.
_SHAPES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "a single number": lambda a: a.reshape(-1)[0].reshape(()),
    "one axis": lambda a: a.reshape(-1),
    "two axes": lambda a: a.reshape(len(a), -1),
    "three axes": lambda a: np.stack([a.reshape(len(a), -1), -a.reshape(len(a), -1)]),
    "four axes": lambda a: np.stack([a.reshape(len(a), 1, -1)] * 3),
}


def _equal(letters: str) -> Iterator[Case]:
    """Yield cases in which each two sizes are equal once, several pairs at a time; then all of them."""
    circle = [*letters, *("" for _ in range(len(letters) % 2))]
    for _ in range(len(circle) - 1):
        half = len(circle) // 2
        pairs = [
            a + b for a, b in zip(circle[:half], reversed(circle[half:]), strict=True) if a and b
        ]
        yield Case(" and ".join(" = ".join(p) for p in pairs), same=tuple(pairs), says=EQUAL)
        circle = [circle[0], circle[-1], *circle[1:-1]]
    if len(letters) > 2:
        yield Case("every size equal", same=(letters,), says=EQUAL)
