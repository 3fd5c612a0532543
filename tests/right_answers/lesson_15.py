"""Correct solutions of lesson 15 in different styles: every one must pass."""

import numpy as np

from rnn_utils import rnn_forward


def convolve_shifts(x, W, b):
    R, C, N, D = x.shape
    H, D, K, K = W.shape
    p = (K - 1) // 2
    padded = np.zeros((R + 2 * p, C + 2 * p, N, D))
    padded[p : p + R, p : p + C] = x
    h = np.zeros((R, C, N, H)) + b
    for i in range(K):
        for j in range(K):
            h += padded[i : i + R, j : j + C] @ W[:, :, i, j].T
    return h


def convolve_pixel_by_pixel(x, W, b):
    R, C, N, _ = x.shape
    H, _, K, _ = W.shape
    p = K // 2
    h = np.empty((R, C, N, H))
    for r in range(R):
        for c in range(C):
            total = np.tile(b, (N, 1)).astype(float)
            for i in range(K):
                for j in range(K):
                    s, d = r + i - p, c + j - p
                    if 0 <= s < R and 0 <= d < C:
                        total = total + np.dot(x[s, d], W[:, :, i, j].T)
            h[r, c] = total
    return h


def convolve_windows(x, W, b):
    p = W.shape[-1] // 2
    padded = np.pad(x, [(p, p), (p, p), (0, 0), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, W.shape[2:], axis=(0, 1))
    return np.einsum("rcndij,kdij->rcnk", windows, W) + b


def convolve_patches_as_rows(x, W, b):
    R, C, N, D = x.shape
    H, K = W.shape[0], W.shape[2]
    p = K // 2
    padded = np.pad(x, ((p, p), (p, p), (0, 0), (0, 0)))
    matrix = W.transpose(2, 3, 1, 0).reshape(K * K * D, H)
    out = np.zeros((R, C, N, H))
    for r in range(R):
        for c in range(C):
            patch = padded[r : r + K, c : c + K]
            out[r, c] = patch.transpose(2, 0, 1, 3).reshape(N, K * K * D) @ matrix + b
    return out


def convolve_numbers(x, W, b):
    R, C, N, D = x.shape
    H, _, K, _ = W.shape
    p = K // 2
    out = np.zeros((R, C, N, H))
    for r in range(R):
        for c in range(C):
            for k in range(H):
                out[r, c, :, k] = b[k]
                for i in range(max(0, p - r), min(K, R + p - r)):
                    for j in range(max(0, p - c), min(K, C + p - c)):
                        for d in range(D):
                            out[r, c, :, k] += W[k, d, i, j] * x[r + i - p, c + j - p, :, d]
    return out


def convolve_by_scattering(x, W, b):
    R, C, N, _ = x.shape
    H, _, K, _ = W.shape
    p = K // 2
    wide = np.zeros((R + 2 * p, C + 2 * p, N, H))
    for i in range(K):
        for j in range(K):
            top, left = 2 * p - i, 2 * p - j
            wide[top : top + R, left : left + C] += np.tensordot(x, W[:, :, i, j], axes=(3, 1))
    return wide[p : p + R, p : p + C] + b


def field_from_the_input(layers):
    field = 1
    step = 1
    for kernel, stride, dilation in layers:
        field = field + (kernel - 1) * dilation * step
        step = step * stride
    return field


def field_from_the_output(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return field


def field_in_one_sum(layers):
    strides = [s for _, s, _ in layers]
    return 1 + sum(
        (k - 1) * d * int(np.prod(strides[:n], dtype=int)) for n, (k, _, d) in enumerate(layers)
    )


def field_by_recursion(layers):
    if not layers:
        return 1
    kernel, stride, dilation = layers[0]
    return dilation * (kernel - 1) + 1 + stride * (field_by_recursion(layers[1:]) - 1)


def sweep_with_a_helper(x, rows, columns):
    def read(x, readers):
        T, M, N, D = x.shape
        lines = x.reshape(T, M * N, D)
        states = []
        for k in range(2):
            W_xh, W_hh, b_h = readers[k]
            h0 = np.zeros((M * N, len(b_h)))
            if k == 0:
                states.append(rnn_forward(lines, h0, W_xh, W_hh, b_h))
            else:
                states.append(rnn_forward(lines[::-1], h0, W_xh, W_hh, b_h)[::-1])
        return np.concatenate(states, axis=2).reshape(T, M, N, -1)

    h = read(x.swapaxes(0, 1), rows).swapaxes(0, 1)
    return read(h, columns)


def sweep_line_by_line(x, rows, columns):
    R, C, N, _ = x.shape
    H = len(rows[0][2])
    h0 = np.zeros((N, H))
    first = np.zeros((R, C, N, 2 * H))
    for r in range(R):
        first[r, :, :, :H] = rnn_forward(x[r], h0, *rows[0])
        first[r, :, :, H:] = np.flip(rnn_forward(np.flip(x[r], 0), h0, *rows[1]), 0)
    second = np.zeros((R, C, N, 2 * H))
    for c in range(C):
        column = first[:, c]
        second[:, c, :, :H] = rnn_forward(column, h0, *columns[0])
        second[:, c, :, H:] = np.flip(rnn_forward(np.flip(column, 0), h0, *columns[1]), 0)
    return second


def sweep_step_by_step(x, rows, columns):
    def step(x_t, h, weights):
        W_xh, W_hh, b_h = weights
        return np.tanh(np.einsum("...d,hd->...h", x_t, W_xh) + h @ W_hh.T + b_h)

    R, C, N, _ = x.shape
    H = rows[0][1].shape[0]
    right, left = np.zeros((R, C, N, H)), np.zeros((R, C, N, H))
    h = np.zeros((R, N, H))
    for c in range(C):
        h = right[:, c] = step(x[:, c], h, rows[0])
    h = np.zeros((R, N, H))
    for c in range(C - 1, -1, -1):
        h = left[:, c] = step(x[:, c], h, rows[1])
    both = np.concatenate((right, left), axis=-1)
    down, up = np.zeros((R, C, N, H)), np.zeros((R, C, N, H))
    h = np.zeros((C, N, H))
    for r in range(R):
        h = down[r] = step(both[r], h, columns[0])
    h = np.zeros((C, N, H))
    for r in reversed(range(R)):
        h = up[r] = step(both[r], h, columns[1])
    return np.concatenate((down, up), axis=-1)


def sweep_transposed_batches(x, rows, columns):
    R, C, N, D = x.shape
    H = rows[0][0].shape[0]
    sideways = np.transpose(x, (1, 0, 2, 3)).reshape((C, R * N, D))
    zeros = np.zeros((R * N, H))
    a = rnn_forward(sideways, zeros, *rows[0])
    z = rnn_forward(sideways[::-1], zeros, *rows[1])[::-1]
    az = np.dstack([a, z]).reshape((C, R, N, 2 * H)).transpose((1, 0, 2, 3))
    az = az.reshape((R, C * N, 2 * H))
    zeros = np.zeros((C * N, H))
    a = rnn_forward(az, zeros, *columns[0])
    z = rnn_forward(az[::-1], zeros, *columns[1])[::-1]
    return np.dstack([a, z]).reshape((R, C, N, 2 * H))


def shares_unit_by_unit(backward, shape, r, c):
    influence = 0
    for k in range(shape[-1]):
        dh = np.zeros(shape)
        dh[r, c, :, k] = 1
        dx = backward(dh)
        influence = influence + (dx**2).sum(axis=(2, 3))
    return influence / influence.sum()


def shares_one_image_at_a_time(backward, shape, r, c):
    R, C, N, H = shape
    squares = []
    for n in range(N):
        for k in range(H):
            dh = np.zeros((R, C, N, H))
            dh[r, c, n, k] = 1.0
            squares.append(np.einsum("ijnd,ijnd->ij", *[backward(dh)] * 2))
    total = np.sum(squares, axis=0)
    return total / np.sum(total)


def shares_with_one_buffer(backward, shape, r, c):
    dh = np.zeros(shape)
    gradients = []
    for k in range(shape[3]):
        dh[r, c, :, k] = 1.0
        gradients.append(backward(dh).copy())
        dh[r, c, :, k] = 0.0
    rms = np.sqrt(np.mean(np.square(gradients), axis=(0, 3, 4)))
    return rms**2 / np.sum(rms**2)


def shares_pixel_by_pixel(backward, shape, r, c):
    dxs = []
    for unit in np.eye(shape[3]):
        dh = np.zeros(shape)
        dh[r, c] = unit
        dxs.append(backward(dh))
    rows, columns = dxs[0].shape[:2]
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = sum(np.linalg.norm(dx[i, j]) ** 2 for dx in dxs)
    out /= out.sum()
    return out


RIGHT_ANSWERS = {
    "convolve2d": (
        convolve_shifts,
        convolve_pixel_by_pixel,
        convolve_windows,
        convolve_patches_as_rows,
        convolve_numbers,
        convolve_by_scattering,
    ),
    "receptive_field": (
        field_from_the_input,
        field_from_the_output,
        field_in_one_sum,
        field_by_recursion,
    ),
    "row_column_sweep": (
        sweep_with_a_helper,
        sweep_line_by_line,
        sweep_step_by_step,
        sweep_transposed_batches,
    ),
    "effective_receptive_field": (
        shares_unit_by_unit,
        shares_one_image_at_a_time,
        shares_with_one_buffer,
        shares_pixel_by_pixel,
    ),
}
