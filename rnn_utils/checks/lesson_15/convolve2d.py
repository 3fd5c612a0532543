"""Each pixel from its neighbours: h[r, c] = b + Σ_ij W[:, :, i, j] x[r + i − p, c + j − p], p = (K − 1)/2."""

from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_15.shared import image_sizes
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.convolution import convolve2d


def _images_and_kernel(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    R, C, N, D, H, K = (image_sizes(sizes)[letter] for letter in "RCNDHK")
    return {
        "x": rng.standard_normal((R, C, N, D)),
        "W": rng.standard_normal((H, D, K, K)) / np.sqrt(D * K * K),
        "b": rng.standard_normal(H),
    }


_CONTRACT = Contract(
    sizes="RCNDH",
    edges=(
        Case("a kernel of 5", {"R": 6, "C": 7, "K": 5}, general=True),
        Case("a kernel of 1", {"K": 1}),
        Case("a kernel larger than the image", {"R": 2, "C": 3, "K": 7}),
        Case("a kernel of 7", {"R": 5, "C": 8, "K": 7}),
    ),
)


_CONVOLUTION = {
    "kernel turned": (
        "the kernel is turned by 180°, as mathematics turns it; in the equation W[:, :, 0, 0] meets the "
        "neighbour above on the left"
    ),
    "kernel transposed": (
        "rows and columns of the kernel are exchanged: its third axis i counts rows, its fourth j columns"
    ),
    "kernel upside down": "the kernel's rows are read from the bottom: i = 0 is the row above",
    "kernel mirrored": "the kernel's columns are read from the right: j = 0 is the column on the left",
    "window begins at the pixel": (
        "the window begins at the pixel; it should lie around it, p = (K − 1) / 2 to each side"
    ),
    "window ends at the pixel": (
        "the window ends at the pixel; it should lie around it, p = (K − 1) / 2 to each side"
    ),
    "border repeated": "beyond the border the last pixels are repeated; there x counts as zero",
    "border mirrored": "beyond the border the image is mirrored; there x counts as zero",
    "border wraps around": (
        "what leaves on one side comes in on the other (as `np.roll` and negative indices have it); beyond "
        "the border x counts as zero"
    ),
    "wraps around above and on the left": (
        "above the image and to its left, x is read from the other side, as negative indices do; beyond the "
        "border x counts as zero"
    ),
    "border left out": (
        "pixels whose window leaves the image get the bias alone; the part of the window that lies inside "
        "counts"
    ),
    "no border": (
        "only windows that lie inside the image are used, so that the result is smaller; put zeros around "
        "first, p on each side"
    ),
    "bias missing": "the bias is missing from the sum",
    "bias for every weight": "the bias is added K² times: is it inside the loop over the kernel?",
    "bias subtracted": "the bias is subtracted",
    "pixel only": "only the middle of the kernel is used; the neighbours are missing",
    "middle missing": "the middle of the kernel is left out; the pixel itself counts, too",
    "averaged": "the sum is divided by K²; it is a sum",
    "first input only": "only x[..., 0] is read; the sum goes over all D numbers of a pixel",
    "last input only": "only x[..., D − 1] is read; the sum goes over all D numbers of a pixel",
    "kernel of the first unit": "every unit has the kernel of the first one; unit k has W[k]",
    "overwritten": (
        "each place of the kernel overwrites the one before (`=` for `+=`), so that only the last is left"
    ),
    "first row of the kernel only": "only the first row of the kernel is used",
    "first column of the kernel only": "only the first column of the kernel is used",
    "last row and column left out": (
        "the last row and the last column of the kernel are left out: does the loop stop one early?"
    ),
    "kernel of 3 taken for granted": (
        "the kernel is taken to be 3 wide; its width is W.shape[2], and p follows from it"
    ),
    "ReLU applied": "a ReLU is applied to the sums; expected are the sums themselves",
    "tanh applied": "tanh is applied to the sums; expected are the sums themselves",
    "result transposed": "rows and columns of the result are exchanged",
}


_BORDERS = {"border repeated": "edge", "border mirrored": "reflect", "border wraps around": "wrap"}


def _convolve(made: Made, x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the sums of each pixel's neighbours, with the mistakes made."""
    (R, C, N, D), (H, _, K, _) = x.shape, W.shape
    p = K // 2
    if "kernel of 3 taken for granted" in made:
        W, K, p = W[:, :, :3, :3], 3, 1
    W = _kernel(made, W)
    if "first input only" in made:
        x = np.where(np.arange(D) == 0, x, 0.0)
    if "last input only" in made:
        x = np.where(np.arange(D) == D - 1, x, 0.0)
    if "kernel of the first unit" in made:
        W = np.broadcast_to(W[:1], W.shape)
    sides = (p, p)
    if "window begins at the pixel" in made:
        sides = (0, 2 * p)
    if "window ends at the pixel" in made:
        sides = (2 * p, 0)
    mode: Any = next((_BORDERS[name] for name in made if name in _BORDERS), "constant")
    padded = np.pad(x, (sides, sides, (0, 0), (0, 0)), mode=mode)
    if "wraps around above and on the left" in made:
        padded = np.pad(x, ((p, 0), (p, 0), (0, 0), (0, 0)), mode="wrap")
        padded = np.pad(padded, ((0, p), (0, p), (0, 0), (0, 0)))
    sums = np.zeros((R, C, N, H), dtype=np.result_type(x, W, b))
    for i, j in np.ndindex(K, K):
        term = padded[i : i + R, j : j + C] @ W[:, :, i, j].T
        sums = term if "overwritten" in made else sums + term
    if "averaged" in made:
        sums = sums / K**2
    inside = np.s_[p : max(R - p, p), p : max(C - p, p)]
    if "border left out" in made:
        sums[inside], whole = 0.0, sums.copy()
        sums = whole - sums
    factor = 1 - ("bias missing" in made) - 2 * ("bias subtracted" in made)
    if "bias for every weight" in made:
        factor = K**2
    h = sums + factor * b
    if "no border" in made:
        h = h[inside]
    if "ReLU applied" in made:
        h = np.maximum(h, 0.0)
    if "tanh applied" in made:
        h = np.tanh(h)
    return h.swapaxes(0, 1) if "result transposed" in made else h


def _kernel(made: Made, W: np.ndarray) -> np.ndarray:
    """Return the kernel as the mistakes read it."""
    K = W.shape[2]
    i, j = np.indices((K, K))
    if "kernel turned" in made:
        W = W[:, :, ::-1, ::-1]
    if "kernel transposed" in made:
        W = W.swapaxes(2, 3)
    if "kernel upside down" in made:
        W = W[:, :, ::-1]
    if "kernel mirrored" in made:
        W = W[:, :, :, ::-1]
    kept = {
        "pixel only": (i == K // 2) & (j == K // 2),
        "middle missing": (i != K // 2) | (j != K // 2),
        "first row of the kernel only": i == 0,
        "first column of the kernel only": j == 0,
        "last row and column left out": (i < max(K - 1, 1)) & (j < max(K - 1, 1)),
    }
    for name in made:
        if name in kept:
            W = np.where(kept[name], W, 0.0)
    return W


def _blank(x: np.ndarray, place: int) -> np.ndarray:
    """Return images with one row and the column of the same number empty."""
    x = x.copy()
    x[place], x[:, place] = 0.0, 0.0
    return x


def _flattened(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the sums of patches (i, j, D) that meet rows (D, i, j) of the kernel."""
    H, D, K, _ = W.shape
    return _convolve(frozenset(), x, W.reshape(H, K, K, D).transpose(0, 3, 1, 2), b)


def _padded_by_one(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    (R, C, N, _), (H, _, K, _) = x.shape, W.shape
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0), (0, 0)))
    h = np.zeros((R, C, N, H))
    for i, j in np.ndindex(K, K):
        h += padded[i : i + R, j : j + C] @ W[:, :, i, j].T
    return h + b


EXERCISE = Exercise(
    name="convolve2d",
    lesson="15_convolution",
    points=3,
    reference=convolve2d,
    outputs={"h": "R C N H"},
    draw=_images_and_kernel,
    contract=_CONTRACT,
    mistakes=(
        *mistakes_in(_convolve, _CONVOLUTION),
        Mistake(
            "kernel flattened in another order",
            "the patches and the kernel are flattened in different orders: where a patch is laid out as "
            "(i, j, D), lay out W as (i, j, D, H) with `W.transpose(2, 3, 1, 0)` before `reshape`",
            _flattened,
        ),
        Mistake(
            "first row and column never read",
            "row 0 and column 0 of the image are never read: is it `0 < r` where `0 <= r` is meant?",
            lambda x, W, b: _convolve(frozenset(), _blank(x, 0), W, b),
        ),
        Mistake(
            "last row and column never read",
            "the last row and the last column of the image are never read: they are R − 1 and C − 1",
            lambda x, W, b: _convolve(frozenset(), _blank(x, -1), W, b),
        ),
        Mistake(
            "kernel not turned to (in, out)",
            "rows (…, D) stand before a matrix that has not D rows; W[:, :, i, j] is (H, D), turn it first",
            lambda x, W, b: x @ W[:, :, 0, 0],
        ),
        Mistake(
            "leaves the image",
            "the window leaves the image; put zeros around it first, or pass over what lies beyond the "
            "border (above and on the left, negative indices read the other side without complaint)",
            lambda x, W, b: x[:, x.shape[1]],
        ),
        Mistake(
            "one pixel of border for every kernel",
            "one row and column of zeros is put on each side whatever the kernel; it takes p = (K − 1) / 2",
            _padded_by_one,
        ),
        Mistake(
            "all axes padded",
            "zeros are put around all four axes; only rows and columns have a border: one pair for each axis",
            lambda x, W, b: np.pad(x, W.shape[2] // 2) @ W[:, :, 0, 0].T,
        ),
    ),
)
