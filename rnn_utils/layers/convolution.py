"""Images: a convolution looks at neighbours, a recurrent sweep carries states over rows and columns.

An image is a sequence with two axes in place of time: x is (R, C, N, D) for R rows, C columns, N
images and D numbers per pixel. A layer returns one state per pixel, (R, C, N, H). A kernel is
(H, D, K, K), out before in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from rnn_utils._shapes import expect_shapes
from rnn_utils.cells.rnn import rnn_backward, rnn_forward

#: The weights of one RNN: W_xh (H, D), W_hh (H, H), b_h (H,).
Weights = tuple[np.ndarray, np.ndarray, np.ndarray]
#: Two RNNs that read the same line, the first from its beginning, the second from its end.
BothWays = Sequence[Weights]


def convolve2d(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return one weighted sum per pixel, of the pixel and its neighbours: the same weights everywhere.

    With p = (K − 1) / 2, the sum at row r and column c is Σ_ij W[:, :, i, j] x[r + i − p, c + j − p] + b.
    Beyond the border x counts as zero. Mathematics calls this a cross-correlation: a convolution
    would turn the kernel by 180°. Deep learning calls it a convolution, since a learnt kernel may as
    well be learnt turned.

    Args:
        x: the images (R, C, N, D).
        W: the kernel (H, D, K, K), K odd.
        b: the bias (H,).

    Returns:
        The sums (R, C, N, H), without an activation.

    Raises:
        TypeError, ValueError: an argument holds no floats, the shapes do not fit together, or K is
            even.

    Source: Fukushima (1980), Neocognitron; LeCun et al. (1989), Backpropagation applied to handwritten
    zip code recognition.

    Example:
        >>> x = np.arange(6.0).reshape(2, 3, 1, 1)
        >>> left = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
        >>> convolve2d(x, left[None, None], np.zeros(1))[..., 0, 0].tolist()
        [[0.0, 0.0, 1.0], [0.0, 3.0, 4.0]]
    """
    _expect_convolution("convolve2d", x, W, b=(b, "H"))
    return _sums(x, W) + b


def convolve2d_backward(
    dh: np.ndarray, x: np.ndarray, W: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of `convolve2d`: what each pixel gave to its neighbours comes back to it.

    So the gradient of the images is a convolution too, of dh with the kernel turned by 180°.

    Args:
        dh: the gradient of the loss with respect to the sums (R, C, N, H).
        x: the images (R, C, N, D).
        W: the kernel (H, D, K, K), K odd.

    Returns:
        dx (R, C, N, D), dW (H, D, K, K), db (H,).

    Raises:
        TypeError, ValueError: an argument holds no floats, the shapes do not fit together, or K is
            even.

    Example:
        >>> dh = np.zeros((3, 3, 1, 1))
        >>> dh[1, 1] = 1.0
        >>> dx, dW, db = convolve2d_backward(dh, np.ones((3, 3, 1, 1)), np.full((1, 1, 3, 3), 2.0))
        >>> dx[..., 0, 0].tolist(), db.tolist()
        ([[2.0, 2.0, 2.0], [2.0, 2.0, 2.0], [2.0, 2.0, 2.0]], [1.0])
    """
    _expect_convolution("convolve2d_backward", x, W, dh=(dh, "R C N H"))
    turned = W[:, :, ::-1, ::-1].swapaxes(
        0, 1
    )  # what a pixel gives to its left comes from its left
    dW = np.empty(W.shape, dtype=np.result_type(dh, x))
    rows = dh.reshape(-1, dh.shape[3])
    for i, j, seen in _neighbours(x, W):
        dW[:, :, i, j] = rows.T @ seen.reshape(-1, seen.shape[3])
    return _sums(dh, turned), dW, dh.sum(axis=(0, 1, 2))


def receptive_field(layers: Iterable[tuple[int, int, int]]) -> int:
    """Return how many input pixels one output pixel of stacked convolutions spans, along one axis.

    A layer with kernel k and dilation d spans (k − 1) d steps of the grid that it reads. One step of
    that grid is as many input pixels as the strides of all layers below multiply to.

    Args:
        layers: kernel, stride and dilation of each layer, the one at the input first.

    Returns:
        The length of the field in pixels, from the first that can reach the output to the last, where
        no border cuts it.

    Raises:
        ValueError: a kernel, stride or dilation is not a whole number of at least 1.

    Source: Araujo, Norris and Sim (2019), Computing receptive fields of convolutional neural networks.

    Example:
        >>> receptive_field([(3, 1, 1)] * 2)
        5
        >>> receptive_field([(3, 2, 1), (3, 1, 2)])
        11
    """
    field, step = 1, 1
    for layer in layers:
        if len(layer) != 3 or any(n != int(n) or n < 1 for n in layer):
            raise ValueError(
                f"receptive_field: a layer should be three whole numbers of at least 1 (kernel, "
                f"stride, dilation), but is {layer!r}. Write (3, 1, 1) for a plain kernel of 3."
            )
        kernel, stride, dilation = layer
        field += (kernel - 1) * dilation * step
        step *= stride
    return field


def row_column_sweep(x: np.ndarray, rows: BothWays, columns: BothWays) -> np.ndarray:
    """Return the states of RNNs that read each row both ways, and then each column of those states.

    After the rows, the state of a pixel depends on its whole row; after the columns, on all rows.
    (Read one way only, a pixel would know nothing of what lies to its right or below.)

    Args:
        x: the images (R, C, N, D).
        rows: W_xh (H, D), W_hh (H, H), b_h (H,) of the RNN that reads rows from the left, and of the
            one that reads them from the right.
        columns: the same for columns, from the top and from the bottom; they read the two states
            of each pixel side by side, so W_xh is (H, 2H).

    Returns:
        The states (R, C, N, 2H), of the reader from the top and then of that from the bottom.

    Raises:
        TypeError, ValueError: an argument holds no floats, the shapes do not fit together, or there
            are not two RNNs.

    Source: Visin et al. (2015), ReNet: a recurrent neural network based alternative to convolutional
    networks; there over patches, columns first, and with gated cells.

    Example:
        >>> one, none = (np.ones((1, 1)), np.ones((1, 1)), np.zeros(1)), np.zeros((1, 1))
        >>> first = np.array([[1.0, 0.0]]), none, np.zeros(1)  # reads the left reader's state only
        >>> x = np.zeros((1, 3, 1, 1))
        >>> x[0, 1] = 1.0
        >>> h = row_column_sweep(x, [one, one], [first, first])
        >>> h.shape, [abs(float(v)) > 0 for v in h[0, :, 0, 0]]
        ((1, 3, 1, 2), [False, True, True])
    """
    _expect_sweep("row_column_sweep", x, rows, columns)
    along_rows = _turned(_both_ways(_turned(x), rows))
    return _both_ways(along_rows, columns)


def row_column_sweep_backward(
    dh: np.ndarray, x: np.ndarray, rows: BothWays, columns: BothWays
) -> tuple[np.ndarray, tuple[Weights, ...], tuple[Weights, ...]]:
    """Return the gradients of `row_column_sweep`; its states are computed again.

    Args:
        dh: the gradient of the loss with respect to the states (R, C, N, 2H).
        x, rows, columns: as `row_column_sweep` takes them.

    Returns:
        dx (R, C, N, D), and the gradients of `rows` and of `columns`, shaped as those are.

    Raises:
        TypeError, ValueError: an argument holds no floats, the shapes do not fit together, or there
            are not two RNNs.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> def weights(D, H):
        ...     return rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
        >>> rows, columns = [weights(1, 2) for _ in range(2)], [weights(4, 2) for _ in range(2)]
        >>> x = rng.normal(size=(3, 5, 1, 1))
        >>> dh = np.zeros((3, 5, 1, 4))
        >>> dh[0, 0] = 1.0
        >>> dx, drows, dcolumns = row_column_sweep_backward(dh, x, rows, columns)
        >>> int(np.count_nonzero(dx))  # every pixel of the image reaches the first state
        15
    """
    _expect_sweep("row_column_sweep_backward", x, rows, columns, dh=(dh, "R C N 2H"))
    H2 = sum(len(b_h) for _, _, b_h in columns)
    if dh.shape[-1] != H2:
        raise ValueError(
            f"row_column_sweep_backward: dh should have shape (R, C, N, 2H), the last axis {H2}, but "
            f"has shape {dh.shape}. Give a gradient of the shape that row_column_sweep returns."
        )
    along_rows = _turned(_both_ways(_turned(x), rows))
    drows_in, dcolumns = _both_ways_backward(dh, along_rows, columns)
    dx, drows = _both_ways_backward(_turned(drows_in), _turned(x), rows)
    return _turned(dx), drows, dcolumns


def effective_receptive_field(
    backward: Callable[[np.ndarray], np.ndarray], shape: tuple[int, int, int, int], r: int, c: int
) -> np.ndarray:
    """Return how the influence on one output pixel is shared out among the pixels of the input.

    Each unit k of the output pixel gets a gradient of 1 in turn, all else 0, and it is sent back to
    the input. The influence of a pixel is the sum of the squares of what arrives there. If small
    noise, unrelated and of equal size, is added to all pixels, then this is each pixel's part in the
    variance of the output.

    Args:
        backward: takes a gradient with respect to the output (R, C, N, H), of that shape, and returns
            the one with respect to the input (R, C, N, D), another size if the network changes it.
        shape: the shape of the output (R, C, N, H).
        r, c: row and column of the output pixel.

    Returns:
        Shares (R, C) of the input's rows and columns, which add up to 1; all 0 if no pixel has any
        influence.

    Raises:
        ValueError: there is no such output pixel, or `backward` does not return four axes.

    Source: Luo, Li, Urtasun and Zemel (2016), Understanding the effective receptive field in deep
    convolutional neural networks; there the gradients themselves, averaged.

    Example:
        >>> x, W = np.ones((3, 3, 1, 1)), np.zeros((1, 1, 3, 3))
        >>> W[0, 0, 1] = [1.0, 2.0, 0.0]  # reads the pixel and its left neighbour
        >>> shares = effective_receptive_field(
        ...     lambda dh: convolve2d_backward(dh, x, W)[0], (3, 3, 1, 1), r=1, c=1
        ... )
        >>> shares.tolist()
        [[0.0, 0.0, 0.0], [0.2, 0.8, 0.0], [0.0, 0.0, 0.0]]
    """
    if len(shape) != 4 or not (0 <= r < shape[0] and 0 <= c < shape[1]):
        raise ValueError(
            f"effective_receptive_field: expected shape (R, C, N, H) and a pixel in it, but got "
            f"{tuple(shape)} and row {r}, column {c}. Rows and columns count from 0."
        )
    influences = []
    for k in range(shape[3]):
        dh = np.zeros(shape)
        dh[r, c, :, k] = 1.0
        dx = backward(dh)
        if np.ndim(dx) != 4:
            raise ValueError(
                f"effective_receptive_field: backward should return a gradient (R, C, N, D), but "
                f"returned the shape {np.shape(dx)}. Return the gradient of the input alone."
            )
        influences.append(np.sum(np.square(dx), axis=(2, 3)))
    influence = np.sum(influences, axis=0)
    return influence / (influence.sum() or 1.0)


def _sums(x: np.ndarray, W: np.ndarray) -> np.ndarray:
    h = np.zeros((*x.shape[:3], len(W)), dtype=np.result_type(x, W))
    for i, j, seen in _neighbours(x, W):
        h += seen @ W[:, :, i, j].T
    return h


def _neighbours(x: np.ndarray, W: np.ndarray) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield for each place of the kernel what it sees of x: x shifted, with zeros beyond the border."""
    (R, C), K = x.shape[:2], W.shape[2]
    p = K // 2
    padded = np.zeros((R + 2 * p, C + 2 * p, *x.shape[2:]), x.dtype)
    padded[p : p + R, p : p + C] = x
    for i, j in np.ndindex(K, K):
        yield i, j, padded[i : i + R, j : j + C]


def _turned(x: np.ndarray) -> np.ndarray:
    """Exchange rows and columns, so that what runs down the columns runs along the rows."""
    return np.ascontiguousarray(x.swapaxes(0, 1))


def _both_ways(x: np.ndarray, weights: BothWays) -> np.ndarray:
    """Read the columns, all at once as one batch, from the top and from the bottom."""
    R, C, N, D = x.shape
    lines = x.reshape(R, C * N, D)
    down = rnn_forward(lines, _start(lines, weights[0]), *weights[0])
    up = rnn_forward(lines[::-1], _start(lines, weights[1]), *weights[1])[::-1]
    return np.concatenate([down, up], axis=-1).reshape(R, C, N, -1)


def _both_ways_backward(
    dh: np.ndarray, x: np.ndarray, weights: BothWays
) -> tuple[np.ndarray, tuple[Weights, ...]]:
    R, C, N, D = x.shape
    lines = x.reshape(R, C * N, D)
    H = len(weights[0][2])
    dlines, gradients = np.zeros_like(lines, dtype=np.result_type(dh, x, *weights[0])), []
    halves = np.split(dh.reshape(R, C * N, -1), [H], axis=-1)
    for way, half, (W_xh, W_hh, b_h) in zip((1, -1), halves, weights, strict=True):
        read, h0 = lines[::way], _start(lines, (W_xh, W_hh, b_h))
        h = rnn_forward(read, h0, W_xh, W_hh, b_h)
        dread, _, dW_xh, dW_hh, db_h = rnn_backward(half[::way], read, h0, h, W_xh, W_hh)
        dlines += dread[::way]
        gradients.append((dW_xh, dW_hh, db_h))
    return dlines.reshape(R, C, N, D), tuple(gradients)


def _start(lines: np.ndarray, weights: Weights) -> np.ndarray:
    return np.zeros((lines.shape[1], len(weights[2])), dtype=lines.dtype)


def _expect_convolution(
    function: str, x: np.ndarray, W: np.ndarray, **other: tuple[np.ndarray, str]
) -> None:
    expect_shapes(function, x=(x, "R C N D"), W=(W, "H D K K"), **other)
    if W.shape[2] % 2 == 0:
        raise ValueError(
            f"{function}: W should be a kernel with a middle, K odd, but has shape {W.shape}. Add a "
            f"row and a column of zeros, or take K = {W.shape[2] + 1}."
        )


def _expect_sweep(
    function: str,
    x: np.ndarray,
    rows: BothWays,
    columns: BothWays,
    **other: tuple[np.ndarray, str],
) -> None:
    expect_shapes(function, x=(x, "R C N D"), **other)
    for name, weights in (("rows", rows), ("columns", columns)):
        if len(weights) != 2 or any(len(rnn) != 3 for rnn in weights):
            raise ValueError(
                f"{function}: {name} should be two RNNs, each W_xh, W_hh and b_h, one for either "
                f"direction, but are {len(weights)} with {[len(rnn) for rnn in weights]} arrays."
            )
    E = sum(len(b_h) for _, _, b_h in rows)
    inputs = {"rows": (x.shape[-1], "D"), "columns": (E, "2H, the states of both readers of rows")}
    for name, weights in (("rows", rows), ("columns", columns)):
        size, meaning = inputs[name]
        for k, (W_xh, W_hh, b_h) in enumerate(weights):
            expect_shapes(function, W_xh=(W_xh, "H D"), W_hh=(W_hh, "H H"), b_h=(b_h, "H"))
            if W_xh.shape[1] != size:
                raise ValueError(
                    f"{function}: W_xh of {name}[{k}] should have {size} columns ({meaning}), but has "
                    f"shape {W_xh.shape}. Change the one that is wrong."
                )
