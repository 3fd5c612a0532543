"""Argument checks that every function of the mathematics shares.

A shape is written as its letters, "N D" for (N, D). A letter stands for one size throughout a
call, so that two arguments which disagree about it are named together. "..." at the beginning
stands for any number of leading axes, again the same ones throughout the call.
"""

from functools import lru_cache
from typing import Any, NoReturn

import numpy as np

Shape = tuple[int, ...]


def expect_shapes(function: str, /, **arguments: tuple[Any, str]) -> None:
    """Raise an error unless all arguments are float arrays whose shapes agree.

    Args:
        function: the name of the function that was called, to begin the message with.
        arguments: for each name the array and its shape in letters. A plain Python number counts
            as an array without axes, shape "".

    Raises:
        TypeError: an argument is no array, or holds no floats.
        ValueError: an argument has the wrong number of axes, or two sizes disagree.

    Example:
        >>> expect_shapes("f", x_t=(np.ones((4, 3)), "N D"), W_xh=(np.ones((3, 5)), "H D"))
        Traceback (most recent call last):
        ValueError: f: W_xh should have shape (H, D), but has shape (3, 5). In x_t, whose shape is
        (4, 3), D is 3, but here 5. Weights are (out, in): W_xh.T would fit.
    """
    if _fit(tuple([_outline(array, spec) for array, spec in arguments.values()])):
        return
    sizes: dict[str, int | Shape] = {}
    for name, (array, spec) in arguments.items():
        expect_floats(function, name, array)
        named = _named(np.shape(array), spec)
        if named is None:
            _wrong_axes(function, name, spec, np.shape(array))
        for letter, size in named:
            if sizes.setdefault(letter, size) != size:
                _clash(function, name, letter, arguments)


def expect_stacked(
    function: str,
    order: str,
    stacked: dict[str, Any],
    W_h: Any,
    others: dict[str, tuple[Any, str]],
) -> None:
    """Raise an error unless the weights of a gated cell fit together and to the other arguments.

    Args:
        function: the name of the function that was called, to begin the message with.
        order: the blocks of H rows, in their order, for example "r, z, n".
        stacked: the weights at the input, W_x, and the biases, by name.
        W_h: the weights at the state.
        others: the arguments that are not stacked, as for `expect_shapes`.

    Raises:
        TypeError: an argument is no array, or holds no floats.
        ValueError: the shapes do not fit together.

    Example:
        >>> weights = {"W_x": np.ones((9, 2)), "b_x": np.ones(9)}
        >>> expect_stacked("f", "r, z, n", weights, np.ones((9, 4)), {"x_t": (np.ones((5, 2)), "N D")})
        Traceback (most recent call last):
        ValueError: f: W_h should have shape (3H, H), blocks of rows stacked in the order r, z, n, but
        has shape (9, 4). For H = 4 there should be 12 rows.
    """
    specs = {name: "G D" if name == "W_x" else "G" for name in stacked}
    weights = {name: (array, specs[name]) for name, array in stacked.items()}
    expect_shapes(function, **others, W_h=(W_h, "G H"), **weights)
    (rows, H), blocks = W_h.shape, len(order.split(","))
    if rows != blocks * H:
        raise ValueError(
            f"{function}: W_h should have shape ({blocks}H, H), blocks of rows stacked in the order "
            f"{order}, but has shape {W_h.shape}. For H = {H} there should be {blocks * H} rows."
        )


def expect_floats(function: str, name: str, array: Any) -> None:
    """Raise a TypeError unless the array (or plain Python number) holds floats."""
    if isinstance(array, (np.ndarray, np.generic)):
        if array.dtype.kind != "f":
            raise TypeError(
                f"{function}: {name} should hold floating-point numbers, but its dtype is "
                f"{array.dtype}. Convert it first, for example with {name}.astype(float)."
            )
    elif not isinstance(array, (float, int)):
        raise TypeError(
            f"{function}: {name} should be a NumPy array of floats, but is a "
            f"{type(array).__name__}. Convert it first, for example with "
            f"np.asarray({name}, dtype=float)."
        )


def expect_integers(
    function: str, name: str, array: Any, shape: Shape, source: str, low: int, high: int
) -> np.ndarray:
    """Return the argument as an array of integers of that shape, all from low to high (included).

    The source is what the shape follows from, for the message.

    Raises:
        TypeError: it does not hold integers.
        ValueError: its shape differs, or a value lies outside the range.
    """
    array = np.asarray(array)
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"{function}: {name} should hold integers, but its dtype is {array.dtype}. "
            f"Convert it first, for example with {name}.astype(int)."
        )
    if array.shape != shape:
        raise ValueError(
            f"{function}: {name} should have shape {shape}, because {source}, but has shape "
            f"{array.shape}. Change the one that is wrong."
        )
    if array.size and not (low <= array.min() and array.max() <= high):
        raise ValueError(
            f"{function}: {name} should lie between {low} and {high}, but runs from "
            f"{array.min()} to {array.max()}. Check where these numbers come from."
        )
    return array


def _outline(array: Any, spec: str) -> tuple[Shape, str, str] | None:
    """Return all that counts of an argument where it is an array, otherwise None."""
    return (array.shape, array.dtype.kind, spec) if isinstance(array, np.ndarray) else None


@lru_cache(maxsize=1024)  # the same few shapes come again at every step of a loop
def _fit(arguments: tuple[tuple[Shape, str, str] | None, ...]) -> bool:
    """Return whether all are arrays of floats whose shapes agree, for the way without a message."""
    sizes: dict[str, int | Shape] = {}
    for outline in arguments:
        if outline is None:
            return False
        shape, kind, spec = outline
        named = _named(shape, spec)
        if kind != "f" or named is None:
            return False
        if any(sizes.setdefault(letter, size) != size for letter, size in named):
            return False
    return True


def _named(shape: Shape, spec: str) -> tuple[tuple[str, Any], ...] | None:
    """Return pairs of a letter and its size, or None if the number of axes is wrong.

    "..." gets all leading sizes together.
    """
    letters = spec.split()
    sizes: tuple[Any, ...] = shape
    if letters[:1] == ["..."]:
        cut = len(shape) - len(letters) + 1
        if cut < 0:
            return None
        sizes = (shape[:cut], *shape[cut:])
    return tuple(zip(letters, sizes, strict=True)) if len(letters) == len(sizes) else None


def _show(spec: str) -> str:
    letters = spec.split()
    return f"({letters[0]},)" if len(letters) == 1 else f"({', '.join(letters)})"


def _wrong_axes(function: str, name: str, spec: str, shape: Shape) -> NoReturn:
    letters = spec.replace("...", "").split()
    if letters:
        at_least = "at least " if "..." in spec else ""
        axes = "axis" if len(letters) == 1 else "axes"
        what = f"have {at_least}{len(letters)} {axes}, shape {_show(spec)}"
    else:
        what = "be a single number"
    if len(shape) < len(letters):
        do = f"If that is what you mean, {name}[None] adds an axis of length 1 in front."
    else:
        do = f"If an axis has length 1 and is not meant, {name}[0] or {name}[:, 0] takes it away."
    raise ValueError(f"{function}: {name} should {what}, but has shape {shape}. {do}")


def _clash(
    function: str, culprit: str, letter: str, arguments: dict[str, tuple[Any, str]]
) -> NoReturn:
    """Explain which size of the culprit disagrees with the arguments before it."""
    known: dict[str, tuple[Any, str]] = {}  # letter -> its size, and the argument that said so
    for name, (array, spec) in arguments.items():
        shape = np.shape(array)
        named = _named(shape, spec) or ()
        for le, size in named:
            known.setdefault(le, (size, name))
        if name == culprit:
            break

    size, source = known[letter]
    here = next(s for le, s in named if le == letter and s != size)
    symbol = "the leading shape" if letter == "..." else letter
    turned = zip([le for le, _ in named], reversed(shape), strict=False)
    if source == culprit:
        reason = f"It has to be square, but {symbol} is both {size} and {here}."
    else:
        source_shape = np.shape(arguments[source][0])
        reason = f"In {source}, whose shape is {source_shape}, {symbol} is {size}, but here {here}."
        fits = all(known[le][1] == culprit or known[le][0] == s for le, s in turned)
        if culprit.startswith("W_") and fits:
            reason += f" Weights are (out, in): {culprit}.T would fit."
        else:
            reason += " Change the one that is wrong."
    raise ValueError(
        f"{function}: {culprit} should have shape {_show(spec)}, but has shape {shape}. {reason}"
    )
