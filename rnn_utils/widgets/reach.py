"""Lesson 15: which pixels can reach an output pixel, and how much each of them does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils.widgets.picture import Play, choice, slider

_MOST = 4  # as many as there are colours and marks


def pixel_reach(image: ArrayLike, shares: Mapping[str, ArrayLike]) -> Play:
    """Sliders, or a click, for an output pixel, against the influence of every input pixel on it.

    Left: the image, with a frame around each pixel that can reach the output pixel, and its share of
    the influence as the area of a square. Right: how few pixels hold how much, for every network.

    Args:
        image: the image behind the shares (R, C), from 0 to 1.
        shares: for up to four networks by name, an array (R, C, R, C): the shares of influence
            (R, C) for the output pixel of each row and column, as `effective_receptive_field` returns
            them.

    Returns:
        the picture, with `row`, `column` and, of several networks, `network` (its name) as its
        attributes.

    Raises:
        ValueError: the arrays do not fit together, or there are no or too many networks.

    Example:
        >>> own = np.eye(4).reshape(2, 2, 2, 2)  # every output pixel sees its own input only
        >>> play = pixel_reach([[0.0, 1.0], [1.0, 0.0]], {"the pixel alone": own})
        >>> play.row, play.column
        (1.0, 1.0)
    """
    pixels = np.asarray(image, dtype=float)
    maps = {name: np.asarray(array, dtype=float) for name, array in shares.items()}
    if pixels.ndim != 2 or not 0 < len(maps) <= _MOST:
        raise ValueError(
            f"expected an image (R, C) and the shares of one to {_MOST} networks; got shape "
            f"{pixels.shape} and {len(maps)} networks. Show fewer at once."
        )
    for name, array in maps.items():
        if array.shape != 2 * pixels.shape or not np.all(array >= 0):
            raise ValueError(
                f"the shares of {name!r} should be an array {2 * pixels.shape} of numbers from 0 on, "
                f"for an image {pixels.shape}; got shape {array.shape}. Give a map of shares for "
                f"every output pixel."
            )
    R, C = pixels.shape
    controls: list[Any] = [
        slider("row", 0, R - 1, 1, R // 2, "row r"),
        slider("column", 0, C - 1, 1, C // 2, "column c"),
    ]
    if len(maps) > 1:
        controls.append(choice("network", list(maps), "network"))
    return Play(
        "reach",
        controls,
        question="Which pixels can reach this one, and how much does each do?",
        code="effective_receptive_field(backward, shape, r, c)",
        data={
            "image": pixels.tolist(),
            "names": list(maps),
            "shares": [array.tolist() for array in maps.values()],
        },
    )
