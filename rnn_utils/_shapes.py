"""Argument checks that every function of the mathematics shares.

A shape is written as its letters, "N D" for (N, D). A letter stands for one size throughout a
call, so that two arguments which disagree about it are named together. "..." at the beginning
stands for any number of leading axes, again the same ones throughout the call.
"""

from functools import cache
from typing import Any, NoReturn

import numpy as np

Shape = tuple[int, ...]


def expect_shapes(function: str, /, **arguments: tuple[Any, str]) -> None:
    """Raise an error unless all arguments are float arrays whose shapes agree.

    Arguments:
        function: the name of the function that was called, to begin the message with.
        arguments: for each name the array and its shape in letters. A plain Python number counts
            as an array without axes, shape "".

    Raises:
        TypeError: an argument is no array, or holds no floats.
        ValueError: an argument has the wrong number of axes, or two sizes disagree.

    Example:
        >>> expect_shapes("f", x_t=(np.ones((4, 3)), "N D"), W_xh=(np.ones((3, 5)), "H D"))
        Traceback (most recent call last):
        ValueError: f: W_xh should have shape (H, D), but has shape (3, 5). D is 3 in x_t, whose
        shape is (4, 3), but 5 here. Weights are (out, in): W_xh.T would fit.
    """
    sizes: dict[str, int | Shape] = {}
    for name, (array, spec) in arguments.items():
        expect_floats(function, name, array)
        letters = _letters(spec)
        shape = np.shape(array)
        if not _has_axes(shape, letters):
            _wrong_axes(function, name, letters, shape)
        for letter, size in _named(shape, letters):
            if sizes.setdefault(letter, size) != size:
                _clash(function, name, letter, arguments)


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
    function: str, name: str, array: Any, shape: Shape, low: int, high: int
) -> np.ndarray:
    """Return the argument as an array of integers of that shape, all from low to high (included).

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
            f"{function}: {name} should have shape {shape}, but has shape {array.shape}. "
            f"Give one integer for each entry."
        )
    if array.size and not (low <= array.min() and array.max() <= high):
        raise ValueError(
            f"{function}: {name} should lie between {low} and {high}, but runs from "
            f"{array.min()} to {array.max()}. Check where these numbers come from."
        )
    return array


@cache
def _letters(spec: str) -> tuple[str, ...]:
    return tuple(spec.split())


def _has_axes(shape: Shape, letters: tuple[str, ...]) -> bool:
    if letters[:1] == ("...",):
        return len(shape) >= len(letters) - 1
    return len(shape) == len(letters)


def _named(shape: Shape, letters: tuple[str, ...]) -> Any:
    """Return pairs of a letter and its size; "..." gets all leading sizes together."""
    if letters[:1] == ("...",):
        cut = len(shape) - len(letters) + 1
        return zip(letters, (shape[:cut], *shape[cut:]), strict=True)
    return zip(letters, shape, strict=True)


def _show(letters: tuple[str, ...]) -> str:
    return f"({letters[0]},)" if len(letters) == 1 else f"({', '.join(letters)})"


def _wrong_axes(function: str, name: str, letters: tuple[str, ...], shape: Shape) -> NoReturn:
    if letters[:1] == ("...",):
        count, wanted = len(letters) - 1, f"at least {len(letters) - 1}"
    else:
        count, wanted = len(letters), str(len(letters))
    what = (
        f"be a number, shape {_show(letters)}"
        if count == 0
        else (f"have {wanted} {'axis' if count == 1 else 'axes'}, shape {_show(letters)}")
    )
    do = (
        f"If that is what you mean, {name}[None] adds an axis of length 1 in front."
        if len(shape) < count
        else f"If one axis has length 1 and is not meant, {name}[0] or {name}[:, 0] takes it away."
    )
    raise ValueError(f"{function}: {name} should {what}, but has shape {shape}. {do}")


def _clash(
    function: str, culprit: str, letter: str, arguments: dict[str, tuple[Any, str]]
) -> NoReturn:
    """Explain which size of the culprit disagrees with the arguments before it."""
    known: dict[str, tuple[Any, str]] = {}  # letter -> its size, and the argument that said so
    for name, (array, spec) in arguments.items():
        shape, letters = np.shape(array), _letters(spec)
        for le, size in _named(shape, letters):
            known.setdefault(le, (size, name))
        if name == culprit:
            break

    size, source = known[letter]
    symbol = "the leading shape" if letter == "..." else letter
    here = next(s for le, s in _named(shape, letters) if le == letter and s != size)
    if source == culprit:
        reason = f"{symbol} is both {size} and {here}: it has to be square."
    else:
        source_shape = np.shape(arguments[source][0])
        reason = f"{symbol} is {size} in {source}, whose shape is {source_shape}, but {here} here."
    fits_turned = len(letters) == 2 and all(
        known[le][1] == culprit or known[le][0] == s
        for le, s in zip(letters, reversed(shape), strict=True)
    )
    if fits_turned and culprit.startswith("W_"):
        reason += f" Weights are (out, in): {culprit}.T would fit."
    else:
        reason += " Change the one that is wrong."
    raise ValueError(
        f"{function}: {culprit} should have shape {_show(letters)}, but has shape {shape}. {reason}"
    )
