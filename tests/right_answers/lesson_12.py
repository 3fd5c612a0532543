"""Correct solutions of lesson 12 in different styles: every one must pass."""

import numpy as np


def _sigma(a):
    return 0.5 * (1 + np.tanh(a / 2))


def step_by_split(x_t, h_prev, c_prev, W_x, W_h, b):
    a_i, a_f, a_g, a_o = np.split(x_t @ W_x.T + h_prev @ W_h.T + b, 4, axis=1)
    c_t = _sigma(a_f) * c_prev + _sigma(a_i) * np.tanh(a_g)
    return _sigma(a_o) * np.tanh(c_t), c_t


def step_with_one_matrix(x_t, h_prev, c_prev, W_x, W_h, b):
    H = h_prev.shape[1]
    a = np.hstack([x_t, h_prev]).dot(np.hstack([W_x, W_h]).T) + b[None, :]
    with np.errstate(over="ignore"):
        i = 1 / (1 + np.exp(-a[:, 0:H]))
        f = 1 / (1 + np.exp(-a[:, H : 2 * H]))
        o = 1 / (1 + np.exp(-a[:, 3 * H :]))
    g = np.tanh(a[:, 2 * H : 3 * H])
    next_c = np.multiply(f, c_prev) + np.multiply(i, g)
    next_h = np.multiply(o, np.tanh(next_c))
    return [next_h, next_c]


def step_in_columns(x_t, h_prev, c_prev, W_x, W_h, b):
    hs, cs = [], []
    for x, h, c in zip(x_t, h_prev, c_prev, strict=True):
        i, f, g, o = (W_x @ x + W_h @ h + b).reshape(4, -1)
        new = _sigma(f) * c + _sigma(i) * np.tanh(g)
        cs.append(new)
        hs.append(_sigma(o) * np.tanh(new))
    return np.stack(hs), np.stack(cs)


def step_by_einsum(x_t, h_prev, c_prev, W_x, W_h, b):
    H = h_prev.shape[1]
    a = np.einsum("nd,khd->knh", x_t, W_x.reshape(4, H, -1))
    a = a + np.einsum("nj,khj->knh", h_prev, W_h.reshape(4, H, H)) + b.reshape(4, 1, H)
    c_t = _sigma(a[1]) * c_prev + _sigma(a[0]) * np.tanh(a[2])
    return np.tanh(c_t) * _sigma(a[3]), c_t


def step_backward_by_split(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b):
    a_i, a_f, a_g, a_o = np.split(x_t @ W_x.T + h_prev @ W_h.T + b, 4, axis=1)
    i, f, g, o = _sigma(a_i), _sigma(a_f), np.tanh(a_g), _sigma(a_o)
    tanh_c = np.tanh(f * c_prev + i * g)
    dc = dc_t + dh_t * o * (1 - tanh_c**2)
    da = np.hstack(
        [
            dc * g * i * (1 - i),
            dc * c_prev * f * (1 - f),
            dc * i * (1 - g**2),
            dh_t * tanh_c * o * (1 - o),
        ]
    )
    return da @ W_x, da @ W_h, dc * f, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


def step_backward_gate_by_gate(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b):
    N = len(h_prev)
    W_xs, W_hs, bs = np.split(W_x, 4), np.split(W_h, 4), np.split(b, 4)
    sums = [x_t.dot(W_xs[k].T) + h_prev.dot(W_hs[k].T) + bs[k] for k in range(4)]
    i, f, o = _sigma(sums[0]), _sigma(sums[1]), _sigma(sums[3])
    g = np.tanh(sums[2])
    c = f * c_prev + i * g
    dc = dc_t.copy()
    dc += dh_t * o / np.cosh(np.clip(c, -300, 300)) ** 2
    deltas = [
        (dc * g) * (i - i * i),
        (dc * c_prev) * (f - f * f),
        (dc * i) * (1 + g) * (1 - g),
        (dh_t * np.tanh(c)) * (o - o * o),
    ]
    dx = np.zeros(x_t.shape)
    dh = np.zeros(h_prev.shape)
    dW_x, dW_h, db = [], [], []
    for k in range(4):
        dx += deltas[k] @ W_xs[k]
        dh += deltas[k] @ W_hs[k]
        dW_x.append(deltas[k].T @ x_t)
        dW_h.append(deltas[k].T @ h_prev)
        db.append(np.ones(N) @ deltas[k])
    return dx, dh, dc * f, np.vstack(dW_x), np.vstack(dW_h), np.concatenate(db)


def step_backward_by_einsum(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b):
    N, H = h_prev.shape
    a = (x_t @ W_x.T + h_prev @ W_h.T + b).reshape(N, 4, H)
    s = _sigma(a)
    i, f, o, g = s[:, 0], s[:, 1], s[:, 3], np.tanh(a[:, 2])
    t = np.tanh(f * c_prev + i * g)
    dc = dh_t * o * (1 - t * t) + dc_t
    da = np.zeros_like(a)
    da[:, 0] = dc * g * i * (1 - i)
    da[:, 1] = dc * c_prev * f * (1 - f)
    da[:, 2] = dc * i * (1 - g * g)
    da[:, 3] = dh_t * t * o * (1 - o)
    W_x3, W_h3 = W_x.reshape(4, H, -1), W_h.reshape(4, H, H)
    return (
        np.einsum("nkh,khd->nd", da, W_x3),
        np.einsum("nkh,khj->nj", da, W_h3),
        dc * f,
        np.einsum("nkh,nd->khd", da, x_t).reshape(4 * H, -1),
        np.einsum("nkh,nj->khj", da, h_prev).reshape(4 * H, H),
        da.sum(axis=0).reshape(-1),
    )


def forward_with_lists(x, h0, c0, W_x, W_h, b):
    h, c = [], []
    h_prev, c_prev = h0, c0
    for x_t in x:
        h_prev, c_prev = step_by_split(x_t, h_prev, c_prev, W_x, W_h, b)
        h.append(h_prev)
        c.append(c_prev)
    return np.stack(h), np.stack(c)


def forward_with_an_extra_row(x, h0, c0, W_x, W_h, b):
    T, N, H = len(x), *h0.shape
    h, c = np.zeros((T + 1, N, H)), np.zeros((T + 1, N, H))
    h[0], c[0] = h0, c0
    for t in range(T):
        h[t + 1], c[t + 1] = step_with_one_matrix(x[t], h[t], c[t], W_x, W_h, b)
    return h[1:], c[1:]


def forward_hoisted(x, h0, c0, W_x, W_h, b):
    H = h0.shape[1]
    a_x = x @ W_x.T + b
    h, c = np.empty((len(x), *h0.shape)), np.empty((len(x), *h0.shape))
    for t in range(len(x)):
        a = a_x[t] + (h[t - 1] if t else h0) @ W_h.T
        s = _sigma(a)
        c[t] = s[:, H : 2 * H] * (c[t - 1] if t else c0) + s[:, :H] * np.tanh(a[:, 2 * H : 3 * H])
        h[t] = s[:, 3 * H :] * np.tanh(c[t])
    return h, c


def backward_by_steps(dh, x, h0, c0, W_x, W_h, b):
    h, c = forward_with_lists(x, h0, c0, W_x, W_h, b)
    dx = np.zeros(x.shape)
    dW_x, dW_h, db = np.zeros(W_x.shape), np.zeros(W_h.shape), np.zeros(b.shape)
    dh_next, dc_next = np.zeros(h0.shape), np.zeros(c0.shape)
    for t in range(len(x) - 1, -1, -1):
        h_prev = h[t - 1] if t > 0 else h0
        c_prev = c[t - 1] if t > 0 else c0
        dx[t], dh_next, dc_next, a, u, v = step_backward_by_split(
            dh[t] + dh_next, dc_next, x[t], h_prev, c_prev, W_x, W_h, b
        )
        dW_x += a
        dW_h += u
        db += v
    return dx, dh_next, dc_next, dW_x, dW_h, db


def backward_with_lists(dh, x, h0, c0, W_x, W_h, b):
    h, c = forward_with_an_extra_row(x, h0, c0, W_x, W_h, b)
    before = [h0, *h[:-1]], [c0, *c[:-1]]
    dxs, parts = [], []
    dh_next = dc_next = np.zeros_like(h0)
    for dh_t, x_t, h_prev, c_prev in reversed(list(zip(dh, x, *before, strict=True))):
        dx_t, dh_next, dc_next, *weights = step_backward_by_einsum(
            dh_t + dh_next, dc_next, x_t, h_prev, c_prev, W_x, W_h, b
        )
        dxs.insert(0, dx_t)
        parts.append(weights)
    sums = [sum(of_one) for of_one in zip(*parts, strict=True)]
    return (np.array(dxs), dh_next, dc_next, *sums)


def backward_with_products_after_the_loop(dh, x, h0, c0, W_x, W_h, b):
    (T, N, D), H = x.shape, h0.shape[1]
    h, c = forward_hoisted(x, h0, c0, W_x, W_h, b)
    h_prev, c_prev = np.concatenate([h0[None], h])[:-1], np.concatenate([c0[None], c])[:-1]
    a = x @ W_x.T + h_prev @ W_h.T + b
    i, f, o = _sigma(a[..., :H]), _sigma(a[..., H : 2 * H]), _sigma(a[..., 3 * H :])
    g, t_c = np.tanh(a[..., 2 * H : 3 * H]), np.tanh(c)
    da = np.empty((T, N, 4 * H))
    dh_next, dc = np.zeros((N, H)), np.zeros((N, H))
    for t in range(T)[::-1]:
        total = dh[t] + dh_next
        dc = dc + total * o[t] * (1 - t_c[t] ** 2)
        da[t, :, :H] = dc * g[t] * i[t] * (1 - i[t])
        da[t, :, H : 2 * H] = dc * c_prev[t] * f[t] * (1 - f[t])
        da[t, :, 2 * H : 3 * H] = dc * i[t] * (1 - g[t] ** 2)
        da[t, :, 3 * H :] = total * t_c[t] * o[t] * (1 - o[t])
        dh_next = da[t] @ W_h
        dc = dc * f[t]
    flat = da.reshape(T * N, 4 * H)
    dW_x, dW_h = flat.T @ x.reshape(T * N, D), flat.T @ h_prev.reshape(T * N, H)
    return da @ W_x, dh_next, dc, dW_x, dW_h, flat.sum(axis=0)


def step_by_numbers(x_t, h_prev, c_prev, W_x, W_h, b):
    (N, D), H = x_t.shape, h_prev.shape[1]
    h_t, c_t = np.zeros((N, H)), np.zeros((N, H))
    for n in range(N):
        sums = []
        for k in range(4 * H):
            total = b[k]
            for d in range(D):
                total += W_x[k, d] * x_t[n, d]
            for j in range(H):
                total += W_h[k, j] * h_prev[n, j]
            sums.append(total)
        for j in range(H):
            i, f, g, o = sums[j::H]
            c_t[n, j] = _sigma(f) * c_prev[n, j] + _sigma(i) * np.tanh(g)
            h_t[n, j] = _sigma(o) * np.tanh(c_t[n, j])
    return h_t, c_t


def step_backward_with_columns(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b):
    """As in the courses that write columns, [a_prev; xt] and every product out."""
    xt, a_prev, c_p, da_next, dc_next = x_t.T, h_prev.T, c_prev.T, dh_t.T, dc_t.T
    H = len(a_prev)
    concat = np.vstack([a_prev, xt])
    Wi, Wf, Wc, Wo = np.split(np.hstack([W_h, W_x]), 4)
    bi, bf, bc, bo = np.split(b[:, None], 4)
    ig, fg, og = (_sigma(W @ concat + v) for W, v in ((Wi, bi), (Wf, bf), (Wo, bo)))
    cct = np.tanh(Wc @ concat + bc)
    through = og * (1 - np.square(np.tanh(fg * c_p + ig * cct)))
    dot = da_next * np.tanh(fg * c_p + ig * cct) * og * (1 - og)
    dcct = (dc_next * ig + through * ig * da_next) * (1 - np.square(cct))
    dit = (dc_next * cct + through * cct * da_next) * ig * (1 - ig)
    dft = (dc_next * c_p + through * c_p * da_next) * fg * (1 - fg)
    d_concat = Wf.T @ dft + Wi.T @ dit + Wc.T @ dcct + Wo.T @ dot
    dW = np.vstack([d @ concat.T for d in (dit, dft, dcct, dot)])
    db = np.vstack([d.sum(axis=1, keepdims=True) for d in (dit, dft, dcct, dot)]).ravel()
    dc_prev = dc_next * fg + through * fg * da_next
    return d_concat[H:].T, d_concat[:H].T, dc_prev.T, dW[:, H:], dW[:, :H], db


def backward_with_dictionaries(dh, x, h0, c0, W_x, W_h, b):
    """States and gates kept in dictionaries by step, the first step's predecessor under −1."""
    T, H = len(x), h0.shape[1]
    hs, cs, gates = {-1: h0}, {-1: c0}, {}
    for t in range(T):
        z = np.dot(x[t], W_x.T) + np.dot(hs[t - 1], W_h.T) + b
        i, f, o = (_sigma(z[:, k * H : (k + 1) * H]) for k in (0, 1, 3))
        g = np.tanh(z[:, 2 * H : 3 * H])
        gates[t] = i, f, g, o
        cs[t] = f * cs[t - 1] + i * g
        hs[t] = o * np.tanh(cs[t])
    grads = {name: np.zeros_like(v) for name, v in (("x", x), ("U", W_x), ("W", W_h), ("b", b))}
    dh_next, dc_next = np.zeros_like(h0), np.zeros_like(c0)
    for t in range(T)[::-1]:
        i, f, g, o = gates[t]
        dht = dh[t] + dh_next
        dct = dht * o / np.cosh(np.clip(cs[t], -300, 300)) ** 2
        dct += dc_next
        dz = np.zeros((len(dht), 4 * H))
        dz[:, :H] = dct * g * i * (1 - i)
        dz[:, H : 2 * H] = dct * cs[t - 1] * f * (1 - f)
        dz[:, 2 * H : 3 * H] = dct * i * (1 - g**2)
        dz[:, 3 * H :] = dht * np.tanh(cs[t]) * o * (1 - o)
        grads["U"] += dz.T @ x[t]
        grads["W"] += dz.T @ hs[t - 1]
        grads["b"] += dz.sum(0)
        grads["x"][t] = dz @ W_x
        dh_next, dc_next = dz @ W_h, dct * f
    return grads["x"], dh_next, dc_next, grads["U"], grads["W"], grads["b"]


RIGHT_ANSWERS = {
    "lstm_step": (
        step_by_split,
        step_with_one_matrix,
        step_in_columns,
        step_by_einsum,
        step_by_numbers,
    ),
    "lstm_step_backward": (
        step_backward_by_split,
        step_backward_gate_by_gate,
        step_backward_by_einsum,
        step_backward_with_columns,
    ),
    "lstm_forward": (forward_with_lists, forward_with_an_extra_row, forward_hoisted),
    "lstm_backward": (
        backward_by_steps,
        backward_with_lists,
        backward_with_products_after_the_loop,
        backward_with_dictionaries,
    ),
}
