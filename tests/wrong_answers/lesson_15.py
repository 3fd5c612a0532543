"""Wrong answers of lesson 15 that are right almost everywhere: every one must fail."""

import numpy as np

from rnn_utils.cells.rnn import rnn_forward


def _convolved(x, W, b):
    (R, C, _, _), K = x.shape, W.shape[2]
    p = K // 2
    padded = np.pad(x, ((p, p), (p, p), (0, 0), (0, 0)))
    return b + sum(
        padded[i : i + R, j : j + C] @ W[:, :, i, j].T for i in range(K) for j in range(K)
    )


def convolution_of_a_kernel_turned_if_it_fits(x, W, b):
    """Which axis of the kernel counts the inputs is guessed: wrong where D = H."""
    W = W.swapaxes(0, 1) if W.shape[0] == x.shape[3] else W
    return _convolved(x, W, b)


def convolution_of_channels_first_if_they_fit(x, W, b):
    """Where the axes are as if the channels came first, they are taken to: wrong for C = D."""
    x = x.swapaxes(1, 3) if x.shape[1] == W.shape[1] else x
    return _convolved(x, W, b)


def convolution_of_kernels_up_to_five(x, W, b):
    """Larger kernels are cut down to 5."""
    over = max(W.shape[2] - 5, 0) // 2
    return _convolved(x, W[:, :, over : W.shape[2] - over, over : W.shape[3] - over], b)


def field_of_four_layers(layers):
    """Four layers are read, and no more."""
    field, step = 1, 1
    for kernel, stride, dilation in layers[:4]:
        field, step = field + (kernel - 1) * dilation * step, step * stride
    return field


def field_of_odd_kernels(layers):
    """Half a kernel to each side: an even one is taken for one less."""
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field, step = field + 2 * ((kernel - 1) // 2) * dilation * step, step * stride
    return field


def _both_ways(lines, weights):
    h0 = np.zeros((lines.shape[1], len(weights[0][2])))
    back = rnn_forward(lines[::-1], h0, *weights[1])[::-1]
    return np.concatenate([rnn_forward(lines, h0, *weights[0]), back], axis=-1)


def _swept(x, weights):
    return np.stack([_both_ways(x[:, m], weights) for m in range(x.shape[1])], axis=1)


def sweep_of_square_images(x, rows, columns):
    """Rows and columns are exchanged once too often where the image is square."""
    h = _swept(x.swapaxes(0, 1), rows)
    return _swept(h if h.shape[0] == h.shape[1] else h.swapaxes(0, 1), columns)


def sweep_of_a_weight_turned_if_it_fits(x, rows, columns):
    """A square weight at the input is turned: wrong where D = H."""
    rows = [(W.T if W.shape[0] == W.shape[1] else W, U, b) for W, U, b in rows]
    return _swept(_swept(x.swapaxes(0, 1), rows).swapaxes(0, 1), columns)


def _influence(backward, shape, r, c):
    total = 0.0
    for k in range(shape[3]):
        dh = np.zeros(shape)
        dh[r, c, :, k] = 1.0
        total = total + np.sum(backward(dh) ** 2, axis=(2, 3))
    return total


def shares_with_a_small_number_added(backward, shape, r, c):
    """1e-8 beside the sum: wrong for weak influences."""
    influence = _influence(backward, shape, r, c)
    return influence / (influence.sum() + 1e-8)


def shares_turned_if_they_fit(backward, shape, r, c):
    """Row and column are exchanged where the image is square."""
    r, c = (c, r) if shape[0] == shape[1] else (r, c)
    influence = _influence(backward, shape, r, c)
    return influence / influence.sum()


WRONG_ANSWERS = {
    "convolve2d": [
        convolution_of_a_kernel_turned_if_it_fits,
        convolution_of_channels_first_if_they_fit,
        convolution_of_kernels_up_to_five,
    ],
    "receptive_field": [field_of_four_layers, field_of_odd_kernels],
    "row_column_sweep": [sweep_of_square_images, sweep_of_a_weight_turned_if_it_fits],
    "effective_receptive_field": [shares_with_a_small_number_added, shares_turned_if_they_fit],
}
