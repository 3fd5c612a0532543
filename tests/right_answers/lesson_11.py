"""Correct solutions of lesson 11 in different styles: every one must pass."""

import numpy as np


def jacobian_by_diag(h_t, W_hh):
    return np.diag(1 - h_t**2) @ W_hh


def jacobian_by_broadcast(h_t, W_hh):
    slopes = (1 - h_t) * (1 + h_t)
    return slopes.reshape(-1, 1) * W_hh


def jacobian_by_loop(h_t, W_hh):
    J = W_hh.copy()
    for i in range(len(h_t)):
        J[i] *= 1 - h_t[i] * h_t[i]
    return J


def jacobian_by_einsum(h_t, W_hh):
    return np.einsum("i,ij->ij", 1 / np.cosh(np.arctanh(h_t.astype(float))) ** 2, W_hh)


def norms_backwards(h, W_hh):
    T, H = h.shape
    norms = np.ones(T)
    P = np.eye(H)
    for t in range(T - 2, -1, -1):
        P = P @ ((1 - h[t + 1] ** 2)[:, None] * W_hh)
        norms[t] = np.linalg.norm(P, 2)
    return norms


def norms_from_the_definition(h, W_hh):
    norms = []
    for t in range(len(h)):
        P = np.eye(len(W_hh))
        for k in range(t + 1, len(h)):
            P = np.diag(1 - h[k] ** 2).dot(W_hh).dot(P)
        norms.append(np.linalg.svd(P, compute_uv=False).max())
    return np.array(norms)


def norms_by_transposes(h, W_hh):
    back = np.identity(W_hh.shape[0])
    norms = []
    for h_t in h[::-1]:
        norms.insert(0, np.sqrt(np.abs(np.linalg.eigvalsh(back @ back.T)).max()))
        back = W_hh.T @ (np.diag(1 - h_t * h_t) @ back)
    return np.array(norms)


def norms_all_at_once(h, W_hh):
    products = [np.eye(W_hh.shape[1])]
    for slopes in (1 - h * h)[:0:-1]:
        products.append((products[-1] * slopes) @ W_hh)
    return np.linalg.norm(np.stack(products[::-1]), ord=2, axis=(1, 2))


def radius_by_eigvals(W):
    return np.max(np.abs(np.linalg.eigvals(W)))


def radius_by_loop(W):
    values, _ = np.linalg.eig(W)
    largest = 0.0
    for value in values:
        size = (value.real**2 + value.imag**2) ** 0.5
        if size > largest:
            largest = size
    return largest


def radius_by_sorting(W):
    return float(sorted(abs(np.linalg.eigvals(W.T)))[-1])


def orthogonal_by_qr(H, rng):
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    return Q @ np.diag(np.sign(np.diag(R)))


def orthogonal_by_random_signs(H, rng):
    Q, _ = np.linalg.qr(rng.standard_normal((H, H)))
    return Q * rng.choice([-1.0, 1.0], size=H)


def orthogonal_by_svd(H, rng):
    U, _, Vt = np.linalg.svd(rng.standard_normal((H, H)))
    return U @ Vt


def orthogonal_by_gram_schmidt(H, rng):
    columns = []
    for _ in range(H):
        v = rng.standard_normal(H)
        for _ in range(2):  # once more, for rounding
            for u in columns:
                v = v - (u @ v) * u
        columns.append(v / np.sqrt(v @ v))
    return np.array(columns)


def orthogonal_by_loop_over_signs(H, rng):
    Q, R = np.linalg.qr(rng.standard_normal((H, H)))
    for j in range(H):
        if R[j, j] < 0:
            Q[:, j] = -Q[:, j]
    return Q


RIGHT_ANSWERS = {
    "step_jacobian": (
        jacobian_by_diag,
        jacobian_by_broadcast,
        jacobian_by_loop,
        jacobian_by_einsum,
    ),
    "gradient_norms": (
        norms_backwards,
        norms_from_the_definition,
        norms_by_transposes,
        norms_all_at_once,
    ),
    "spectral_radius": (radius_by_eigvals, radius_by_loop, radius_by_sorting),
    "orthogonal": (
        orthogonal_by_qr,
        orthogonal_by_random_signs,
        orthogonal_by_svd,
        orthogonal_by_gram_schmidt,
        orthogonal_by_loop_over_signs,
    ),
}
