"""Each input pixel's share of Σ (∂h[r, c, k]/∂x)², over units, images and inputs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_15.shared import image_sizes
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.convolution import effective_receptive_field


def _network(
    rng: np.random.Generator, sizes: Sizes, pixel: Callable[[int, int], tuple[int, int]] | None
) -> Arguments:
    """Draw a linear network, as what its backward pass does, and an output pixel."""
    R, C, N, D, H = (image_sizes(sizes)[letter] for letter in "RCNDH")
    J = rng.standard_normal((N, R, C, H, R + 1, C + 2, D)) * (rng.random((R + 1, C + 2, 1)) < 0.7)

    def backward(dh: np.ndarray) -> np.ndarray:
        if np.shape(dh) != (R, C, N, H):
            raise ValueError(f"backward takes dh of shape {(R, C, N, H)}; it got {np.shape(dh)}")
        return np.einsum("rcnk,nrckijd->ijnd", dh, J)

    r, c = pixel(R, C) if pixel else (int(rng.integers(R)), int(rng.integers(C)))
    return {"backward": backward, "shape": (R, C, N, H), "r": r, "c": c}


def _at(pixel: Callable[[int, int], tuple[int, int]] | None) -> Draw:
    return lambda rng, sizes: _network(rng, sizes, pixel)


def _weak(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a network of influences so weak that a number added against dividing by zero shows."""
    drawn = _network(rng, sizes, None)
    return drawn | {"backward": lambda dh: 1e-5 * drawn["backward"](dh)}


_CONTRACT = Contract(
    sizes="RCNDH",
    float32=False,
    layouts=False,
    edges=(
        Case("weak influences", draw=_weak),
        Case("a pixel in the last corner", draw=_at(lambda R, C: (R - 1, C - 1))),
        Case("a pixel of the last column", general=True, draw=_at(lambda R, C: (0, C - 1))),
        Case("a pixel of the last row", general=True, draw=_at(lambda R, C: (R - 1, 1))),
    ),
)


_EFFECTIVE = {
    "all units at once": (
        "all units of the output pixel get their 1 at once, so that their gradients cancel one another; "
        "send each unit back by itself and add the squares"
    ),
    "absolute values of all units at once": (
        "all units of the output pixel get their 1 at once, and absolute values are added; send each unit "
        "back by itself and add the squares"
    ),
    "first unit only": "only the first unit of the output pixel is sent back; all H of them count",
    "last unit only": "only the last unit's gradient is left: are the squares added up over the units?",
    "units pile up": (
        "the 1 of each unit stays in dh for the next ones; start from zeros for every unit"
    ),
    "summed unit by unit before the square": (
        "each unit's gradient is added up over images and inputs before it is squared; square first, then add"
    ),
    "lengths added": (
        "the lengths (`np.linalg.norm`) of the units' gradients are added; the influence is the sum of "
        "squares"
    ),
    "shared out unit by unit": (
        "the influence of each unit is shared out by itself; add the squares of all units first, then divide "
        "once"
    ),
    "mean over images before the square": (
        "the gradients are averaged over the images before they are squared; square first, so that those of "
        "different sign do not cancel"
    ),
    "absolute values": "absolute values are added; the influence is the sum of squares",
    "no square": "the gradients are added as they are, and cancel; square them first",
    "square of the sum": "the gradients are added before they are squared; square first, then add",
    "root taken": "the root of the sum of squares is taken before it is shared out",
    "not shared out": "the influences do not add up to 1; divide them by their sum",
    "divided by the largest": "the influences are divided by the largest; divide by their sum",
    "divided by the length": (
        "the influences are divided by the root of the sum of their squares; divide by their sum"
    ),
    "mean over images and inputs": (
        "the mean is taken over images and inputs; the sum is, divided by its own sum over all pixels"
    ),
    "mean instead of shares": (
        "the influences are divided by how many numbers they were added from; divide by their sum"
    ),
    "every output pixel": "every output pixel gets a 1; only the one at row r, column c does",
    "whole row": "the whole row r gets a 1; only the one pixel at row r, column c does",
    "row and column exchanged": "r and c are exchanged: dh[r, c], row first",
    "first sequence only": "only the first image is looked at; the squares are added over all N",
    "first input only": "only the first number of each input pixel is looked at; all D count",
    "result transposed": "rows and columns of the result are exchanged",
    "first pixel": "the gradient is sent back from the first pixel; it is asked for row r, column c",
}


def _influence(made: Made, dx: np.ndarray) -> np.ndarray:
    """Return each pixel's influence (R, C) from gradients (H, R, C, N, D), with the mistakes made."""
    axes = (0, 3, 4)
    if "square of the sum" in made:
        influence = np.sum(dx, axis=axes) ** 2
    elif "summed unit by unit before the square" in made:
        influence = np.sum(np.sum(dx, axis=(3, 4)) ** 2, axis=0)
    elif "mean over images before the square" in made:
        influence = np.sum(dx.mean(axis=3) ** 2, axis=(0, 3))
    elif "lengths added" in made:
        influence = np.sum(np.sqrt(np.sum(dx**2, axis=(3, 4))), axis=0)
    elif "shared out unit by unit" in made:
        of_unit = np.sum(dx**2, axis=(3, 4))
        influence = np.sum(of_unit / of_unit.sum(axis=(1, 2), keepdims=True), axis=0)
    elif "no square" in made:
        influence = np.sum(dx, axis=axes)
    else:
        absolute = made & {"absolute values", "absolute values of all units at once"}
        parts = np.abs(dx) if absolute else dx**2
        influence = np.sum(parts, axis=axes)
    if "root taken" in made:
        influence = np.sqrt(influence)
    return influence


def _shares(
    made: Made,
    backward: Callable[[np.ndarray], np.ndarray],
    shape: tuple[int, int, int, int],
    r: int,
    c: int,
) -> np.ndarray:
    """Return the shares of influence, with the mistakes made."""
    H = shape[3]
    if "row and column exchanged" in made:
        r, c = c, r
    if "first pixel" in made:
        r, c = 0, 0
    where: Any = (r, c)
    if "every output pixel" in made:
        where = np.s_[:, :]
    if "whole row" in made:
        where = r
    gradients = []
    for k in range(1 if "first unit only" in made else H):
        dh = np.zeros(shape)
        chosen: Any = [k]
        if made & {"all units at once", "absolute values of all units at once"}:
            chosen = np.s_[:]
        if "units pile up" in made:
            chosen = np.s_[: k + 1]
        dh[where][..., chosen] = 1.0
        gradients.append(backward(dh))
    dx = np.array(gradients[-1:] if "last unit only" in made else gradients)  # (H, R, C, N, D)
    if "first sequence only" in made:
        dx = dx[:, :, :, :1]
    if "first input only" in made:
        dx = dx[..., :1]
    influence = _influence(made, dx)
    total = influence.sum()
    if "not shared out" in made:
        total = 1.0
    if "divided by the largest" in made:
        total = influence.max()
    if "divided by the length" in made:
        total = np.linalg.norm(influence)
    if "mean over images and inputs" in made:
        total = dx.shape[3] * dx.shape[4]
    if "mean instead of shares" in made:
        total = dx.size / influence.size
    shares = influence / total
    return shares.T if "result transposed" in made else shares


def _unit_for_image(
    backward: Callable[[np.ndarray], np.ndarray], shape: tuple[int, int, int, int], r: int, c: int
) -> np.ndarray:
    influence: Any = 0.0
    for k in range(shape[3]):
        dh = np.zeros(shape)
        dh[r, c, k] = 1.0
        influence = influence + np.sum(backward(dh) ** 2, axis=(2, 3))
    return influence / influence.sum()


def _size_of_the_output(in_place: bool) -> Callable[..., np.ndarray]:
    def wrong(backward: Any, shape: tuple[int, int, int, int], r: int, c: int) -> np.ndarray:
        influence = np.zeros(shape[:2])
        squares = np.sum(backward(np.zeros(shape)) ** 2, axis=(2, 3))
        if in_place:
            influence += squares
        return influence + squares

    return wrong


EXERCISE = Exercise(
    name="effective_receptive_field",
    lesson="15_convolution",
    points=2,
    reference=effective_receptive_field,
    outputs={"shares": "R C"},
    draw=_at(None),
    contract=_CONTRACT,
    mistakes=(
        *mistakes_in(_shares, _EFFECTIVE, together=1),
        Mistake(
            "unit for image",
            "the unit is chosen on the third axis, which counts images; units are the fourth: dh[r, c, :, k]",
            _unit_for_image,
        ),
        *(
            Mistake(
                f"size of the output{', in place' * in_place}",
                "the influence gets the output's rows and columns; it belongs to the input, whose size may "
                "be another",
                _size_of_the_output(in_place),
            )
            for in_place in (True, False)
        ),
    ),
)
