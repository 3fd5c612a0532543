"""Correct solutions of lesson 17 in different styles: every one must pass."""

import numpy as np


def compose_plainly(first, second):
    a = first[0] * second[0]
    return a, second[0] * first[1] + second[1]


def compose_as_matrices(first, second):
    def matrix(step):
        a, b = (np.asarray(part, dtype=float) for part in step)
        return np.stack([np.stack([a, b], -1), np.stack([0 * a, 1 + 0 * b], -1)], -2)

    both = matrix(second) @ matrix(first)
    return both[..., 0, 0], both[..., 0, 1]


def compose_by_trying(first, second):
    both = lambda h: second[0] * (first[0] * h + first[1]) + second[1]  # noqa: E731
    at_zero = both(0.0)
    return [both(1.0) - at_zero, at_zero]


def scan_by_doubling(a, b, h0):
    a, h = a.copy(), b.copy()
    h[0] = h[0] + a[0] * h0
    stride = 1
    while stride < len(a):
        new_h = a[stride:] * h[:-stride] + h[stride:]
        new_a = a[stride:] * a[:-stride]
        h[stride:], a[stride:] = new_h, new_a
        stride *= 2
    return h


def scan_with_the_start_as_a_step(a, b, h0):
    a = np.concatenate([np.zeros_like(a[:1]), a])
    b = np.concatenate([h0[None], b])
    stride = 1
    while stride < len(a):
        b = np.concatenate([b[:stride], a[stride:] * b[:-stride] + b[stride:]])
        a = np.concatenate([a[:stride], a[stride:] * a[:-stride]])
        stride = 2 * stride
    return b[1:]


def scan_up_and_down_a_tree(a, b, h0):
    n = 1
    while n < len(a):
        n *= 2
    A, h = np.ones((n, *a.shape[1:])), np.zeros((n, *a.shape[1:]))
    A[: len(a)], h[: len(a)] = a, b
    h[0] += A[0] * h0
    s = 1
    while s < n:
        k = np.arange(2 * s - 1, n, 2 * s)
        h[k] = A[k] * h[k - s] + h[k]
        A[k] = A[k] * A[k - s]
        s *= 2
    while s >= 1:
        k = np.arange(3 * s - 1, n, 2 * s)
        h[k] = A[k] * h[k - s] + h[k]
        A[k] = A[k] * A[k - s]
        s //= 2
    return h[: len(a)]


def scan_by_halves(a, b, h0):
    if len(a) == 1:
        return a * h0 + b
    if len(a) % 2:
        head = scan_by_halves(a[:-1], b[:-1], h0)
        return np.concatenate([head, a[-1:] * head[-1:] + b[-1:]])
    odd = scan_by_halves(a[1::2] * a[0::2], a[1::2] * b[0::2] + b[1::2], h0)
    before = np.concatenate([h0[None], odd[:-1]])
    h = np.empty_like(b, dtype=np.result_type(a, b, h0))
    h[1::2], h[0::2] = odd, a[0::2] * before + b[0::2]
    return h


def back_by_loop(dh, a, h0, h):
    da, db, carried = np.zeros_like(a), np.zeros_like(a), np.zeros_like(h0)
    for t in range(len(a) - 1, -1, -1):
        total = dh[t] + carried
        db[t] = total
        da[t] = total * (h[t - 1] if t > 0 else h0)
        carried = total * a[t]
    return da, db, carried


def back_by_scan(dh, a, h0, h):
    shifted = np.concatenate([a[1:], 0 * a[:1]])
    total = scan_by_doubling(shifted[::-1], dh[::-1], 0 * h0)[::-1]
    return total * np.concatenate([h0[None], h[:-1]]), total, a[0] * total[0]


def back_by_a_matrix(dh, a, h0, h):
    T = len(a)
    total = np.zeros_like(dh)
    for t in range(T):
        factor = np.ones_like(h0)
        for u in range(t, T):
            total[t] += factor * dh[u]
            factor = factor * a[u + 1] if u + 1 < T else factor
    before = np.roll(h, 1, axis=0)
    before[0] = h0
    return [before * total, total, total[0] * a[0]]


def diagonal_by_loop(x, h0, eigenvalues, B, C):
    h, y = h0, []
    for x_t in x:
        h = eigenvalues * h + x_t @ B.T
        y.append((h @ C.T).real)
    return np.array(y)


def diagonal_by_matrix(x, h0, eigenvalues, B, C):
    W = np.diag(eigenvalues)
    outputs = np.zeros((len(x), x.shape[1], len(C)))
    for n in range(x.shape[1]):
        h = h0[n].astype(complex)
        for t in range(len(x)):
            h = W @ h + B @ x[t, n]
            outputs[t, n] = np.real(C @ h)
    return outputs


def diagonal_by_pairs_of_reals(x, h0, eigenvalues, B, C):
    re, im = np.real(h0).astype(float), np.imag(h0).astype(float)
    p, q = np.real(eigenvalues), np.imag(eigenvalues)
    out = []
    for x_t in x:
        re, im = p * re - q * im + x_t @ np.real(B).T, p * im + q * re + x_t @ np.imag(B).T
        out.append(re @ np.real(C).T - im @ np.imag(C).T)
    return np.stack(out)


def _sigmoid(a):
    return 0.5 * (1 + np.tanh(a / 2))


def minimal_by_loop(x, h0, W_x, b):
    H, h, states = h0.shape[1], h0, []
    for x_t in x:
        z = _sigmoid(x_t @ W_x[:H].T + b[:H])
        h = z * h + (1 - z) * (x_t @ W_x[H:].T + b[H:])
        states.append(h)
    return np.stack(states)


def minimal_by_scan(x, h0, W_x, b):
    sums = x @ W_x.T + b
    H = h0.shape[1]
    z = _sigmoid(sums[..., :H])
    return scan_by_doubling(z, (1 - z) * sums[..., H:], h0)


def minimal_by_mixing(x, h0, W_x, b):
    z_part, n = np.split(np.einsum("tnd,gd->tng", x, W_x) + b, 2, axis=-1)
    keep = _sigmoid(z_part)
    h = np.empty_like(n)
    for t in range(len(x)):
        before = h[t - 1] if t else h0
        h[t] = n[t] + keep[t] * (before - n[t])
    return h


def minimal_back_by_loop(dh, x, h0, h, W_x, b):
    T, _N, _D = x.shape
    H = h0.shape[1]
    dx, dW, db, carried = np.zeros_like(x), np.zeros_like(W_x), np.zeros_like(b), np.zeros_like(h0)
    for t in reversed(range(T)):
        s = x[t] @ W_x.T + b
        z, n = _sigmoid(s[:, :H]), s[:, H:]
        before = h[t - 1] if t else h0
        total = dh[t] + carried
        ds = np.hstack([total * (before - n) * z * (1 - z), total * (1 - z)])
        dx[t] = ds @ W_x
        dW += ds.T @ x[t]
        db += ds.sum(axis=0)
        carried = total * z
    return dx, carried, dW, db


def minimal_back_by_scan(dh, x, h0, h, W_x, b):
    H = h0.shape[1]
    s = x @ W_x.T + b
    z, n = _sigmoid(s[..., :H]), s[..., H:]
    da, total, dh0 = back_by_scan(dh, z, h0, h)
    ds = np.concatenate([(da - total * n) * z * (1 - z), total * (1 - z)], axis=2)
    return ds @ W_x, dh0, np.einsum("tng,tnd->gd", ds, x), ds.sum(axis=(0, 1))


def minimal_back_by_lists(dh, x, h0, h, W_x, b):
    return list(minimal_back_by_loop(dh, x, h0, h, W_x, b))


RIGHT_ANSWERS = {
    "compose": [compose_plainly, compose_as_matrices, compose_by_trying],
    "linear_scan": [
        scan_by_doubling,
        scan_with_the_start_as_a_step,
        scan_by_halves,
        scan_up_and_down_a_tree,
    ],
    "linear_scan_backward": [back_by_loop, back_by_scan, back_by_a_matrix],
    "diagonal_recurrence": [diagonal_by_loop, diagonal_by_matrix, diagonal_by_pairs_of_reals],
    "min_gru_forward": [minimal_by_loop, minimal_by_scan, minimal_by_mixing],
    "min_gru_backward": [minimal_back_by_loop, minimal_back_by_scan, minimal_back_by_lists],
}
