"""Lesson 15, recurrence and convolution."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_utils.cells.rnn import rnn_forward
from rnn_utils.checks.framework.exercise import (
    Arguments,
    Case,
    Draw,
    Exercise,
    Mistake,
    Sizes,
    slips,
)
from rnn_utils.checks.slips.step import Slips
from rnn_utils.layers.convolution import (
    convolve2d,
    effective_receptive_field,
    receptive_field,
    row_column_sweep,
)

_LESSON = "15_convolution"


def _image_sizes(sizes: Sizes) -> Sizes:
    """Give rows and columns sizes of their own, unless the case says which."""
    return {"R": sizes["T"] + 1, "C": sizes["O"] + 1, "K": 3} | sizes


# convolve2d --------------------------------------------------------------------------------------


def _images_and_kernel(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    R, C, N, D, H, K = (_image_sizes(sizes)[letter] for letter in "RCNDHK")
    return {
        "x": rng.standard_normal((R, C, N, D)),
        "W": rng.standard_normal((H, D, K, K)) / np.sqrt(D * K * K),
        "b": rng.standard_normal(H),
    }


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
    "tanh applied": "tanh is applied to the sums; expected are the sums themselves",
    "result transposed": "rows and columns of the result are exchanged",
}

_BORDERS = {"border repeated": "edge", "border mirrored": "reflect", "border wraps around": "wrap"}


def _convolve(made: Slips, x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the sums of each pixel's neighbours, with the slips made."""
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
    if "tanh applied" in made:
        h = np.tanh(h)
    return h.swapaxes(0, 1) if "result transposed" in made else h


def _kernel(made: Slips, W: np.ndarray) -> np.ndarray:
    """Return the kernel as the slips read it."""
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


_CONVOLVE2D = Exercise(
    name="convolve2d",
    lesson=_LESSON,
    points=3,
    reference=convolve2d,
    outputs={"h": "R C N H"},
    draw=_images_and_kernel,
    letters="RCNDH",
    edges=(
        Case("a kernel of 5", {"R": 6, "C": 7, "K": 5}, general=True),
        Case("a kernel of 1", {"K": 1}),
        Case("a kernel larger than the image", {"R": 2, "C": 3, "K": 7}),
    ),
    mistakes=(
        *slips(_convolve, _CONVOLUTION),
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
            "all axes padded",
            "zeros are put around all four axes; only rows and columns have a border: one pair for each axis",
            lambda x, W, b: np.pad(x, W.shape[2] // 2) @ W[:, :, 0, 0].T,
        ),
    ),
)


# receptive_field ---------------------------------------------------------------------------------

Layer = tuple[int, int, int]


def _layers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw three or four layers, all three numbers of which are above 1 somewhere below the last."""
    while True:
        layers = [
            (int(rng.choice([2, 3, 4, 5])), int(rng.integers(1, 4)), int(rng.integers(1, 4)))
            for _ in range(rng.integers(3, 5))
        ]
        strides, dilations = ({layer[k] for layer in layers[:-1]} for k in (1, 2))
        if len(strides) > 1 and len(dilations) > 1 and layers[0][1] != layers[1][1] > 1:
            return {"layers": layers}


def _plain(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"layers": [(int(rng.choice([3, 5, 7])), 1, 1) for _ in range(rng.integers(2, 5))]}


def _given(*layers: Layer) -> Draw:
    return lambda rng, sizes: {"layers": list(layers)}


def _grown(
    span: Callable[[int, int], int] = lambda k, d: (k - 1) * d,
    step_before: Callable[[Sequence[Layer], int], int] = lambda layers, n: _product(layers[:n]),
    start: int = 1,
) -> Callable[[Sequence[Layer]], int]:
    """Return a receptive field that grows by a span of each layer's own, in steps of its own."""
    return lambda layers: (
        start + sum(span(k, d) * step_before(layers, n) for n, (k, _, d) in enumerate(layers))
    )


def _product(layers: Sequence[Layer]) -> int:
    return int(np.prod([stride for _, stride, _ in layers], dtype=int))


def _from_the_output(layers: Sequence[Layer]) -> int:
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = field * stride + (kernel - 1) * dilation
    return field


_RECEPTIVE_FIELD = Exercise(
    name="receptive_field",
    lesson=_LESSON,
    points=2,
    reference=receptive_field,
    outputs={"field": ""},
    draw=_layers,
    floats=False,
    draws=5,
    edges=(
        Case("plain kernels", general=True, draw=_plain),
        Case("no layer", draw=_given()),
        Case("one layer", draw=_given((5, 1, 1))),
        Case("one layer with stride and dilation", draw=_given((3, 2, 4))),
        Case("kernels of 1", draw=_given((1, 2, 1), (3, 1, 1), (1, 1, 3))),
    ),
    mistakes=tuple(
        Mistake(name, says, wrong)
        for name, says, wrong in (
            (
                "kernels added",
                "the kernels' lengths are added; each layer adds one step less than it is long, since its "
                "neighbours overlap",
                _grown(lambda k, d: k * d, start=0),
            ),
            (
                "kernels added, nothing else",
                "the kernels' lengths are added; each layer adds one step less than it is long, times its "
                "dilation and the strides below it",
                lambda layers: sum(k for k, _, _ in layers),
            ),
            (
                "strides and dilations ignored",
                "strides and dilations are ignored: this is right for plain layers only",
                _grown(lambda k, d: k - 1, lambda layers, n: 1),
            ),
            (
                "stride and dilation exchanged",
                "stride and dilation are exchanged: a layer is kernel, stride, dilation",
                lambda layers: _grown()([(k, d, s) for k, s, d in layers]),
            ),
            (
                "dilation handed on",
                "a layer's dilation stretches the layers above it as well; only strides do",
                lambda layers: _grown(lambda k, d: k - 1)(
                    [(k, s * d, d) for k, s, d in layers],
                ),
            ),
            (
                "dilation of its own and handed on",
                "a layer's dilation stretches the layers above it as well; only strides do",
                lambda layers: _grown()([(k, s * d, d) for k, s, d in layers]),
            ),
            (
                "one side only",
                "half a kernel is added for each layer; the field grows to both sides",
                _grown(lambda k, d: k // 2 * d),
            ),
            (
                "the pixel itself missing",
                "the field starts from 0; without any layer it is 1, the pixel itself",
                _grown(start=0),
            ),
            (
                "kernel for steps",
                "a layer of kernel k adds k steps; from its first to its last place there are k − 1",
                _grown(lambda k, d: k * d),
            ),
            (
                "strides ignored",
                "the strides are ignored: above a layer of stride 2, each step is two pixels of the input",
                _grown(step_before=lambda layers, n: 1),
            ),
            (
                "own stride counted",
                "a layer's own stride is counted in its step; it takes effect only above it: multiply after "
                "adding",
                _grown(step_before=lambda layers, n: _product(layers[: n + 1])),
            ),
            (
                "own stride only",
                "each layer is counted with its own stride; what counts are the strides of all layers below",
                _grown(step_before=lambda layers, n: layers[n][1]),
            ),
            (
                "stride of the layer below only",
                "only the stride of the layer right below is counted; those of all layers below multiply",
                _grown(step_before=lambda layers, n: layers[n - 1][1] if n else 1),
            ),
            (
                "strides added",
                "the strides of the layers below are added; they multiply",
                _grown(step_before=lambda layers, n: 1 + sum(s for _, s, _ in layers[:n])),
            ),
            (
                "extra steps of the strides added",
                "the strides of the layers below are added; they multiply",
                _grown(step_before=lambda layers, n: 1 + sum(s - 1 for _, s, _ in layers[:n])),
            ),
            (
                "all strides everywhere",
                "every layer is counted with the strides of all layers; only those below it count",
                _grown(step_before=lambda layers, n: _product(layers)),
            ),
            (
                "dilations ignored",
                "the dilations are ignored: with dilation d, the places of a kernel lie d steps apart",
                _grown(lambda k, d: k - 1),
            ),
            (
                "dilation added",
                "the dilation is added once; each of the k − 1 steps is d long",
                _grown(lambda k, d: k - 1 + d - 1),
            ),
            (
                "dilated kernel times dilation",
                "the kernel's length is multiplied by d before 1 is taken away; there are k − 1 steps of "
                "length d",
                _grown(lambda k, d: k * d - 1),
            ),
            (
                "zeros between missing",
                "d stands for the pixels skipped between two places of a kernel; dilation 1 means none, so "
                "the places lie d apart",
                _grown(lambda k, d: (k - 1) * (d + 1)),
            ),
            (
                "layers from the output",
                "the layers are gone through from the output, or the strides above a layer are counted; the "
                "list begins at the input, and the strides below matter",
                lambda layers: _grown()(layers[::-1]),
            ),
            (
                "field times stride",
                "from the output down, a field of f places below a stride s covers (f − 1) s + 1 of them, "
                "not f s: the first place is one pixel",
                _from_the_output,
            ),
            (
                "kernels multiplied",
                "the kernels' lengths are multiplied; neighbouring windows overlap, so each layer only adds",
                lambda layers: int(np.prod([k for k, _, _ in layers], dtype=int)),
            ),
            (
                "last layer only",
                "only the last layer counts: does each round of the loop start anew?",
                lambda layers: _grown()(layers[-1:]),
            ),
            (
                "first layer only",
                "only the first layer counts: is `return` inside the loop?",
                lambda layers: _grown()(layers[:1]),
            ),
            (
                "area",
                "this is the number of pixels in a square; expected is the length of one side",
                lambda layers: _grown()(layers) ** 2,
            ),
        )
    ),
)


# row_column_sweep --------------------------------------------------------------------------------

Weights = tuple[np.ndarray, np.ndarray, np.ndarray]


def _weights(rng: np.random.Generator, D: int, H: int) -> Weights:
    return (
        rng.standard_normal((H, D)) / np.sqrt(D),
        rng.standard_normal((H, H)) / np.sqrt(H),
        rng.standard_normal(H) / 2,
    )


def _images_and_readers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    R, C, N, D, H = (_image_sizes(sizes)[letter] for letter in "RCNDH")
    return {
        "x": rng.standard_normal((R, C, N, D)),
        "rows": [_weights(rng, D, H) for _ in range(2)],
        "columns": [_weights(rng, 2 * H, H) for _ in range(2)],
    }


_SWEEP = {
    "second reader from the same side": (
        "the second reader reads from the same side as the first; it reads from the end: turn what it reads, "
        "and turn its states back"
    ),
    "states not turned back": (
        "the second reader's states stand in the order in which it read, from the end; turn them back before "
        "they are put beside the others"
    ),
    "only the states turned": (
        "the second reader's states are turned, but what it reads is not; turn both"
    ),
    "first reader twice": "both directions use the weights of the first reader",
    "readers exchanged": "the two readers are exchanged: the first reads from the beginning",
    "halves exchanged": "the two halves are exchanged: the first reader's states come first",
    "halves of the result exchanged": (
        "the two halves of the result are exchanged: the reader from the top comes first"
    ),
    "state carried over in rows": (
        "the state goes on from the end of one row to the beginning of the next; each row starts from zeros"
    ),
    "state carried over in columns": (
        "the state goes on from the end of one column to the beginning of the next; each column starts from "
        "zeros"
    ),
    "state carried over": (
        "the state goes on from the end of one line to the beginning of the next; each row and each column "
        "starts from zeros"
    ),
    "first reader's state carried over": (
        "the first reader's state goes on from the end of one line to the beginning of the next; each line "
        "starts from zeros"
    ),
    "second reader goes on": (
        "the second reader starts from the last state of the first; it starts from zeros, too"
    ),
    "rows and columns exchanged": (
        "the RNNs for rows run down the columns, and those for columns along the rows"
    ),
    "rows twice": "both sweeps run along rows; the second runs down the columns",
    "columns twice": "both sweeps run down columns; the first runs along the rows",
    "rows only": "only the rows are read; the columns of their states come after",
    "reshape for transpose": (
        "`reshape` stands where two axes should be exchanged: it leaves the numbers in their order and only "
        "cuts them anew; use `swapaxes` or `transpose`, and `reshape` after it"
    ),
    "never turned back": (
        "after the sweep over rows, columns are still the first axis; exchange the two axes again before the "
        "columns are read"
    ),
    "not turned back to rows": (
        "after the sweep over rows, columns are the first axis; exchange the two axes again (`reshape` does "
        "not do that)"
    ),
    "tanh twice": "tanh is applied once more to the states; rnn_forward did so",
    "starts at ones": "the readers start from ones; they start from zeros",
    "last state everywhere": "every pixel gets the last state of its line; it should get its own",
}


def _sweep(made: Slips, x: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    """Return the states of readers of rows and then of columns, with the slips made."""
    R, C, N, _ = x.shape
    along_rows, along_columns = 1, 0
    if "rows and columns exchanged" in made:
        along_rows, along_columns = 0, 1
    if made & {"rows twice", "never turned back"}:
        along_columns = 1
    if "columns twice" in made:
        along_rows = 0
    in_rows = made | {"line after line"} if "state carried over in rows" in made else made
    first = _lines(in_rows, x, rows, along_rows, "reshape for transpose" in made)
    if "not turned back to rows" in made:
        first = first.swapaxes(0, 1).reshape(R, C, N, -1)
    if "rows only" in made:
        return first
    if "state carried over in columns" in made:
        made = made | {"line after line"}
    h = _lines(made, first, columns, along_columns, False)
    if "halves of the result exchanged" in made:
        h = np.roll(h, h.shape[3] // 2, axis=3)
    return h.swapaxes(0, 1) if "never turned back" in made else h


def _lines(
    made: Slips, x: np.ndarray, readers: Sequence[Weights], axis: int, reshaped: bool
) -> np.ndarray:
    """Return the states of both readers of all lines along an axis, side by side."""
    x = x.reshape(x.shape[1], x.shape[0], *x.shape[2:]) if reshaped else x.swapaxes(0, axis)
    T, M, N, D = x.shape
    lines = x.reshape(T, M * N, D)
    ways = [1, 1 if "second reader from the same side" in made else -1]
    if "readers exchanged" in made:
        ways = ways[::-1]
    if "only the states turned" in made:
        ways[1] = 1
    back = [1, 1 if made & {"states not turned back", "second reader from the same side"} else -1]
    if "readers exchanged" in made:
        back = back[::-1]
    if "first reader twice" in made:
        readers = [readers[0], readers[0]]
    h: list[np.ndarray] = []
    carried = {"state carried over"}, {"state carried over", "first reader's state carried over"}
    for way, turn, weights in zip(ways, back, readers, strict=True):
        if "line after line" in made:
            one = x[::way].swapaxes(0, 1).reshape(M * T, N, D)
            states = rnn_forward(one, np.zeros((N, len(weights[2]))), *weights)
            states = states.reshape(M, T, N, -1).swapaxes(0, 1)[::turn].reshape(T, M * N, -1)
        elif made & carried[not h]:
            one = x.swapaxes(0, 1).reshape(M * T, N, D)[::way]
            states = rnn_forward(one, np.zeros((N, len(weights[2]))), *weights)[::turn]
            states = states.reshape(M, T, N, -1).swapaxes(0, 1).reshape(T, M * N, -1)
        else:
            start = np.full((M * N, len(weights[2])), float("starts at ones" in made))
            if "second reader goes on" in made and h:
                start = h[0][-1]
            states = rnn_forward(lines[::way], start, *weights)
            if "last state everywhere" in made:
                states = np.broadcast_to(states[-1], states.shape)
            states = states[::turn]
        h.append(np.tanh(states) if "tanh twice" in made else states)
    if "halves exchanged" in made:
        h = h[::-1]
    together = np.concatenate(h, axis=-1).reshape(T, M, N, -1)
    if reshaped:
        return together.reshape(M, T, N, -1)
    return together.swapaxes(0, axis)


def _readers_added(x: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    H = len(rows[0][2])
    both = _lines(frozenset(), x, rows, 1, False)
    return _lines(frozenset(), both[..., :H] + both[..., H:], columns, 0, False)


def _image_as_sequence(x: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    return rnn_forward(x, np.zeros((x.shape[2], len(rows[0][2]))), *rows[0])


def _columns_first(x: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    return _lines(frozenset(), _lines(frozenset(), x, columns, 0, False), rows, 1, False)


_ROW_COLUMN_SWEEP = Exercise(
    name="row_column_sweep",
    lesson=_LESSON,
    points=3,
    reference=row_column_sweep,
    outputs={"h": "R C N 2H"},
    draw=_images_and_readers,
    letters="RCNDH",
    mistakes=(
        *slips(_sweep, _SWEEP),
        Mistake(
            "columns first",
            "the columns are read first; the readers of columns take the 2H numbers that the rows leave",
            _columns_first,
        ),
        Mistake(
            "readers added",
            "the states of the two readers are added; they stand side by side, 2H numbers for each pixel",
            _readers_added,
        ),
        Mistake(
            "image as sequence",
            "x (R, C, N, D) is given to rnn_forward as it is; that takes (T, N, D): let columns be its "
            "steps, and all rows of all images its batch",
            _image_as_sequence,
        ),
    ),
)


# effective_receptive_field -----------------------------------------------------------------------


def _network(
    rng: np.random.Generator, sizes: Sizes, pixel: Callable[[int, int], tuple[int, int]] | None
) -> Arguments:
    """Draw a linear network, as what its backward pass does, and an output pixel."""
    R, C, N, D, H = (_image_sizes(sizes)[letter] for letter in "RCNDH")
    J = rng.standard_normal((N, R, C, H, R + 1, C + 2, D)) * (rng.random((R + 1, C + 2, 1)) < 0.7)

    def backward(dh: np.ndarray) -> np.ndarray:
        if np.shape(dh) != (R, C, N, H):
            raise ValueError(f"backward takes dh of shape {(R, C, N, H)}; it got {np.shape(dh)}")
        return np.einsum("rcnk,nrckijd->ijnd", dh, J)

    r, c = pixel(R, C) if pixel else (int(rng.integers(R)), int(rng.integers(C)))
    return {"backward": backward, "shape": (R, C, N, H), "r": r, "c": c}


def _at(pixel: Callable[[int, int], tuple[int, int]] | None) -> Draw:
    return lambda rng, sizes: _network(rng, sizes, pixel)


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


def _shares(
    made: Slips,
    backward: Callable[[np.ndarray], np.ndarray],
    shape: tuple[int, int, int, int],
    r: int,
    c: int,
) -> np.ndarray:
    """Return the shares of influence, with the slips made."""
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
    axes = (0, 3, 4)
    if "square of the sum" in made:
        influence = np.sum(dx, axis=axes) ** 2
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


_EFFECTIVE_RECEPTIVE_FIELD = Exercise(
    name="effective_receptive_field",
    lesson=_LESSON,
    points=2,
    reference=effective_receptive_field,
    outputs={"shares": "R C"},
    draw=_at(None),
    letters="RCNDH",
    floats=False,
    edges=(
        Case("a pixel in the last corner", draw=_at(lambda R, C: (R - 1, C - 1))),
        Case("a pixel of the last column", general=True, draw=_at(lambda R, C: (0, C - 1))),
        Case("a pixel of the last row", general=True, draw=_at(lambda R, C: (R - 1, 1))),
    ),
    mistakes=(
        *slips(_shares, _EFFECTIVE, together=1),
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

EXERCISES = (
    _CONVOLVE2D,
    _RECEPTIVE_FIELD,
    _ROW_COLUMN_SWEEP,
    _EFFECTIVE_RECEPTIVE_FIELD,
)
