"""Drawing arguments: sizes by letter, arrays by shape, and copies of them with something changed."""

from collections.abc import Callable
from typing import Any

import numpy as np

Sizes = dict[str, int]
Arguments = dict[str, Any]
Draw = Callable[[np.random.Generator, Sizes], Arguments]
Change = Callable[[Arguments], Arguments]

#: The letters of the notation table that stand for sizes.
LETTERS = "TNDHO"


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


def fixed(draw: Draw, **values: Any) -> Draw:
    """Return a draw with some of the arguments of another given once and for all."""
    return lambda rng, sizes: draw(rng, sizes) | values


def formula(text: str) -> Callable[..., Any]:
    """Return a function from its text, which a failed check can then show.

    Example:
        >>> formula("lambda h, x: 10 * h + x")(1, 2)
        12
    """
    function: Callable[..., Any] = eval(text, {"np": np})
    function.__dict__["text"] = text
    return function


def map_arrays(change: Callable[[np.ndarray], np.ndarray], value: Any, kinds: str = "f") -> Any:
    """Return a copy of a nested value with every array in it changed whose dtype is of these kinds."""
    if isinstance(value, np.ndarray):
        return change(value) if value.dtype.kind in kinds else value.copy()
    if isinstance(value, dict):
        return {name: map_arrays(change, item, kinds) for name, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(map_arrays(change, item, kinds) for item in value))
    if isinstance(value, list | tuple):
        return type(value)(map_arrays(change, item, kinds) for item in value)
    return value


def map_numbers(change: Callable[[np.ndarray], np.ndarray], value: Any) -> Any:
    """Return the same with plain float numbers changed too."""
    if isinstance(value, float):
        return change(np.array(value)).item()
    return map_arrays(change, value)


def with_gaps(a: np.ndarray) -> np.ndarray:
    """Return the same values as every other column of a wider array that holds nan between them."""
    if a.ndim == 0:
        return a
    wide = np.full((*a.shape[:-1], 2 * a.shape[-1]), np.nan, dtype=a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def some_zeros(a: np.ndarray) -> np.ndarray:
    """Return a copy with zeros in its first, third, fifth … place."""
    changed = a.copy()
    changed[np.arange(a.size).reshape(a.shape) % 2 == 0] = 0
    return changed


def whole_numbers(a: np.ndarray) -> np.ndarray:
    """Return nearby whole numbers, none of them zero."""
    near = np.rint(3 * a)
    return np.where(near == 0, np.where(a < 0, -1.0, 1.0), near)


def as_integers(value: Any) -> Any:
    """Return whole numbers, in arrays or alone, as integers."""
    if isinstance(value, float):
        return int(value)
    return map_arrays(lambda a: a.astype(np.int64), value)
