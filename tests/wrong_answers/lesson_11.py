"""Wrong answers of lesson 11 that are right almost everywhere: every one must fail."""

import numpy as np


def jacobian_from_the_sum(h_t, W_hh):
    """The sum inside tanh is recomputed by artanh, which is infinite at ±1."""
    return W_hh / np.cosh(np.arctanh(h_t))[:, None] ** 2 + 0 * np.arctanh(h_t)[:, None]


def jacobian_never_saturated(h_t, W_hh):
    """A slope is at least 0.001."""
    return np.maximum(1 - h_t**2, 1e-3)[:, None] * W_hh


def _jacobian(h_t, W_hh):
    return (1 - h_t**2)[:, None] * W_hh


def norms_by_dividing(h, W_hh):
    """The whole product is divided by one Jacobian after another: impossible where one is singular."""
    norms = np.zeros(len(h))
    product = np.eye(len(W_hh))
    for h_t in h[:0:-1]:
        product = product @ _jacobian(h_t, W_hh)
    for t in range(len(h)):
        norms[t] = np.linalg.norm(product, 2)
        if t + 1 < len(h):
            product = product @ np.linalg.inv(_jacobian(h[t + 1], W_hh))
    return norms


def norms_never_below_a_limit(h, W_hh):
    """Norms below 1e-9 become 0."""
    norms, product = np.ones(len(h)), np.eye(len(W_hh))
    for t in range(len(h) - 1, 0, -1):
        product = product @ _jacobian(h[t], W_hh)
        norms[t - 1] = np.linalg.norm(product, 2)
    return np.maximum(norms, 1e-3)


def norms_by_the_largest_column(h, W_hh):
    """The length of the image of the first unit vectors: the same for W a multiple of an orthogonal one."""
    norms, product = np.ones(len(h)), np.eye(len(W_hh))
    for t in range(len(h) - 1, 0, -1):
        product = product @ _jacobian(h[t], W_hh)
        norms[t - 1] = np.max(np.linalg.norm(product, axis=0))
    return norms


def radius_by_iteration(W):
    """A vector is multiplied again and again, and shortened: nothing is left to divide by for zeros."""
    v = np.ones(len(W))
    logs = 0.0
    for _ in range(4000):
        v = W @ v
        logs += np.log(np.linalg.norm(v))
        v = v / np.linalg.norm(v)
    return np.exp(logs / 4000)


def radius_at_least_a_little(W):
    """1e-3 is the smallest radius."""
    return max(np.max(np.abs(np.linalg.eigvals(W))), 1e-3)


def orthogonal_with_a_small_number(H, rng):
    """Gram–Schmidt with 1e-3 beside each length: nearly orthogonal."""
    Q = np.zeros((H, H))
    for j in range(H):
        v = rng.standard_normal(H)
        v = v - Q[:, :j] @ (Q[:, :j].T @ v)
        Q[:, j] = v / (np.linalg.norm(v) + 1e-3)
    return Q


def orthogonal_first_sign(H, rng):
    """The sign of the first entry is always positive."""
    Q, R = np.linalg.qr(rng.standard_normal((H, H)))
    Q = Q * np.sign(np.diag(R))
    return Q * np.sign(Q[0, 0])


WRONG_ANSWERS = {
    "step_jacobian": [
        jacobian_from_the_sum,
        jacobian_never_saturated,
    ],
    "gradient_norms": [
        norms_by_dividing,
        norms_never_below_a_limit,
        norms_by_the_largest_column,
    ],
    "spectral_radius": [
        radius_by_iteration,
        radius_at_least_a_little,
    ],
    "orthogonal": [orthogonal_with_a_small_number, orthogonal_first_sign],
}
