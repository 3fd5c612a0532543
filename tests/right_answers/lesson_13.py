"""Correct solutions of lesson 13 in different styles: every one must pass."""

import math

import numpy as np


def _sigma(a):
    return 1.0 / (1.0 + np.exp(-a))


def step_by_split(x_t, h_prev, W_x, W_h, b_x, b_h):
    x_r, x_z, x_n = np.split(x_t @ W_x.T + b_x, 3, axis=1)
    h_r, h_z, h_n = np.split(h_prev @ W_h.T + b_h, 3, axis=1)
    r = _sigma(x_r + h_r)
    z = _sigma(x_z + h_z)
    n = np.tanh(x_n + r * h_n)
    return (1 - z) * n + z * h_prev


def step_by_slices(x_t, h_prev, W_x, W_h, b_x, b_h):
    H = h_prev.shape[1]
    gates = _sigma(x_t @ W_x[: 2 * H].T + h_prev @ W_h[: 2 * H].T + b_x[: 2 * H] + b_h[: 2 * H])
    r, z = gates[:, :H], gates[:, H:]
    recurrent = r * (h_prev @ W_h[2 * H :].T + b_h[2 * H :])
    candidate = np.tanh(x_t @ W_x[2 * H :].T + b_x[2 * H :] + recurrent)
    return candidate + z * (h_prev - candidate)


def step_by_einsum(x_t, h_prev, W_x, W_h, b_x, b_h):
    H = h_prev.shape[1]
    a = np.einsum("nd,ghd->gnh", x_t, W_x.reshape(3, H, -1)) + b_x.reshape(3, 1, H)
    c = np.einsum("nk,ghk->gnh", h_prev, W_h.reshape(3, H, H)) + b_h.reshape(3, 1, H)
    r, z = 0.5 * (1 + np.tanh((a[:2] + c[:2]) / 2))
    n = np.tanh(a[2] + r * c[2])
    return n - z * n + z * h_prev


def step_in_columns(x_t, h_prev, W_x, W_h, b_x, b_h):
    rows = []
    for x, h in zip(x_t, h_prev, strict=True):
        W_xr, W_xz, W_xn = np.vsplit(W_x, 3)
        W_hr, W_hz, W_hn = np.vsplit(W_h, 3)
        b_xr, b_xz, b_xn = np.split(b_x, 3)
        b_hr, b_hz, b_hn = np.split(b_h, 3)
        r = _sigma(W_xr.dot(x) + b_xr + W_hr.dot(h) + b_hr)
        z = _sigma(W_xz.dot(x) + b_xz + W_hz.dot(h) + b_hz)
        n = np.tanh(W_xn.dot(x) + b_xn + r * (W_hn.dot(h) + b_hn))
        rows.append((1 - z) * n + z * h)
    return np.array(rows)


def step_by_numbers(x_t, h_prev, W_x, W_h, b_x, b_h):
    N, H = h_prev.shape
    h_t = np.zeros((N, H))
    for i in range(N):

        def total(W, v, b, k):
            return sum(W[k, j] * v[j] for j in range(len(v))) + b[k]

        for k in range(H):
            from_x = [total(W_x, x_t[i], b_x, k + g * H) for g in range(3)]
            from_h = [total(W_h, h_prev[i], b_h, k + g * H) for g in range(3)]
            r, z = (_sigma(from_x[g] + from_h[g]) for g in range(2))
            n = np.tanh(from_x[2] + r * from_h[2])
            h_t[i, k] = (1 - z) * n + z * h_prev[i, k]
    return h_t


def backward_by_stacks(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h):
    x_r, x_z, x_n = np.split(x_t @ W_x.T + b_x, 3, axis=1)
    h_r, h_z, h_n = np.split(h_prev @ W_h.T + b_h, 3, axis=1)
    r, z = _sigma(x_r + h_r), _sigma(x_z + h_z)
    n = np.tanh(x_n + r * h_n)

    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (h_prev - n) * z * (1 - z)
    da_r = da_n * h_n * r * (1 - r)
    on_x = np.hstack([da_r, da_z, da_n])
    on_h = np.hstack([da_r, da_z, r * da_n])
    return (
        on_x @ W_x,
        dh_t * z + on_h @ W_h,
        on_x.T @ x_t,
        on_h.T @ h_prev,
        on_x.sum(axis=0),
        on_h.sum(axis=0),
    )


def backward_gate_by_gate(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h):
    H = h_prev.shape[1]
    U = [W_x[k * H : (k + 1) * H] for k in range(3)]
    W = [W_h[k * H : (k + 1) * H] for k in range(3)]
    s = [x_t.dot(U[k].T) + b_x[k * H : (k + 1) * H] for k in range(3)]
    q = [h_prev.dot(W[k].T) + b_h[k * H : (k + 1) * H] for k in range(3)]
    r, z = _sigma(s[0] + q[0]), _sigma(s[1] + q[1])
    n = np.tanh(s[2] + r * q[2])

    dx, dh = np.zeros_like(x_t), z * dh_t
    dW_x, dW_h = np.zeros_like(W_x), np.zeros_like(W_h)
    db_x, db_h = np.zeros_like(b_x), np.zeros_like(b_h)

    dn = (1 - z) * dh_t
    ds_n = dn / np.cosh(np.clip(s[2] + r * q[2], -40, 40)) ** 2
    dq_n = ds_n * r
    ds_r = ds_n * q[2] * (r - r**2)
    ds_z = (h_prev * dh_t - n * dh_t) * (z - z**2)
    for k, (on_x, on_h) in enumerate([(ds_r, ds_r), (ds_z, ds_z), (ds_n, dq_n)]):
        part = slice(k * H, (k + 1) * H)
        dx = dx + on_x @ U[k]
        dh = dh + on_h @ W[k]
        dW_x[part] = np.einsum("nh,nd->hd", on_x, x_t)
        dW_h[part] = np.einsum("nh,nk->hk", on_h, h_prev)
        db_x[part] = np.ones(len(x_t)) @ on_x
        db_h[part] = np.ones(len(x_t)) @ on_h
    return dx, dh, dW_x, dW_h, db_x, db_h


def backward_row_by_row(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h):
    totals = [np.zeros(W.shape) for W in (W_x, W_h, b_x, b_h)]
    dx, dh = [], []
    H = h_prev.shape[1]
    for g, x, h in zip(dh_t, x_t, h_prev, strict=True):
        on_x, on_h = W_x @ x + b_x, W_h @ h + b_h
        r, z = _sigma((on_x + on_h)[:H]), _sigma((on_x + on_h)[H : 2 * H])
        n = np.tanh(on_x[2 * H :] + r * on_h[2 * H :])
        d_n = g * (1 - z) * (1 - n) * (1 + n)
        d_r = d_n * on_h[2 * H :] * r * (1 - r)
        d_z = g * (h - n) * z * (1 - z)
        a, c = np.concatenate([d_r, d_z, d_n]), np.concatenate([d_r, d_z, d_n * r])
        dx.append(W_x.T @ a)
        dh.append(g * z + W_h.T @ c)
        for total, part in zip(totals, (np.outer(a, x), np.outer(c, h), a, c), strict=True):
            total += part
    return [np.array(dx), np.array(dh), *totals]


def backward_by_jacobians(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h):
    """Follow each unit of the state on its own, by the slopes of h_t in the six sums."""
    N, H = h_prev.shape
    a = (x_t @ W_x.T + b_x).reshape(N, 3, H)
    c = (h_prev @ W_h.T + b_h).reshape(N, 3, H)
    r, z = _sigma(a[:, 0] + c[:, 0]), _sigma(a[:, 1] + c[:, 1])
    n = np.tanh(a[:, 2] + r * c[:, 2])
    slope_n = (1 - z) * (1 - n * n)
    slopes_a = np.stack([slope_n * c[:, 2] * r * (1 - r), (h_prev - n) * z * (1 - z), slope_n], 1)
    slopes_c = slopes_a.copy()
    slopes_c[:, 2] *= r
    da = (slopes_a * dh_t[:, None]).reshape(N, 3 * H)
    dc = (slopes_c * dh_t[:, None]).reshape(N, 3 * H)
    dh = dc.dot(W_h)
    dh += z * dh_t
    return da.dot(W_x), dh, np.dot(da.T, x_t), np.dot(dc.T, h_prev), np.sum(da, 0), np.sum(dc, 0)


def backward_by_small_steps(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h):
    """One product or sum a line, as in blogs that draw the graph, d0 … d13."""
    (Wr, Wz, Wn), (Ur, Uz, Un) = np.split(W_x, 3), np.split(W_h, 3)
    (br, bz, bn), (cr, cz, cn) = np.split(b_x, 3), np.split(b_h, 3)
    r = _sigma(x_t @ Wr.T + br + h_prev @ Ur.T + cr)
    z = _sigma(x_t @ Wz.T + bz + h_prev @ Uz.T + cz)
    s = h_prev @ Un.T + cn
    n = np.tanh(x_t @ Wn.T + bn + r * s)
    d1 = dh_t * z
    d2 = dh_t * h_prev
    d3 = -dh_t * n
    d4 = dh_t - d1
    d5 = (d2 + d3) * (z - z * z)
    d6 = d4 - d4 * n * n
    d7 = d6 * r
    d8 = (d6 * s) * (r - r * r)
    dx = d6 @ Wn + d8 @ Wr + d5 @ Wz
    dh = d1 + d7 @ Un + d8 @ Ur + d5 @ Uz
    dW_x = np.vstack([d.T @ x_t for d in (d8, d5, d6)])
    dW_h = np.vstack([d.T @ h_prev for d in (d8, d5, d7)])
    return (
        dx,
        dh,
        dW_x,
        dW_h,
        np.hstack([d8.sum(0), d5.sum(0), d6.sum(0)]),
        (np.hstack([d8.sum(0), d5.sum(0), d7.sum(0)])),
    )


def count_by_table(cell, D, H):
    blocks = {"rnn": 1, "lstm": 4, "gru": 3}[cell]
    biases = {"rnn": 1, "lstm": 1, "gru": 2}[cell]
    return blocks * H * (D + H + biases)


def count_by_cases(cell, D, H):
    if cell == "rnn":
        return H * D + H * H + H
    if cell == "lstm":
        return 4 * H * D + 4 * H * H + 4 * H
    return 3 * H * D + 3 * H * H + 3 * H + 3 * H


def count_by_arrays(cell, D, H):
    rows = {"rnn": H, "lstm": 4 * H, "gru": 3 * H}[cell]
    arrays = [np.zeros((rows, D)), np.zeros((rows, H)), np.zeros(rows)]
    if cell == "gru":
        arrays.append(np.zeros(rows))
    return sum(array.size for array in arrays)


def largest_by_trying(cell, D, O, budget):  # noqa: E741
    H = 1
    while count_by_cases(cell, D, H) + O * H + O <= budget:
        H += 1
    return H - 1


def largest_by_formula(cell, D, O, budget):  # noqa: E741
    g, b = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 2)}[cell]
    linear = g * (D + b) + O
    root = math.isqrt(linear**2 + 4 * g * (budget - O))
    return (root - linear) // (2 * g)


def largest_by_array(cell, D, O, budget):  # noqa: E741
    H = np.arange(1, 2000)
    cost = count_by_table(cell, D, H) + O * H + O
    return int(np.sum(cost <= budget))


def largest_by_halving(cell, D, O, budget):  # noqa: E741
    low, high = 0, budget
    while low < high:
        middle = (low + high + 1) // 2
        if count_by_table(cell, D, middle) + O * (middle + 1) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


RIGHT_ANSWERS = {
    "gru_step": (step_by_split, step_by_slices, step_by_einsum, step_in_columns, step_by_numbers),
    "gru_step_backward": (
        backward_by_stacks,
        backward_gate_by_gate,
        backward_row_by_row,
        backward_by_jacobians,
        backward_by_small_steps,
    ),
    "count_cell_parameters": (count_by_table, count_by_cases, count_by_arrays),
    "largest_state": (
        largest_by_trying,
        largest_by_formula,
        largest_by_array,
        largest_by_halving,
    ),
}
