"""Lesson 07: the two ways from a state to the loss, measured by nudging; a gradient without one of them."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from rnn_utils.analysis.gradient_check import numerical_gradient
from rnn_utils.cells.rnn import rnn_forward
from rnn_utils.layers.output import output_layer, output_layer_backward
from rnn_utils.training.losses import cross_entropy, cross_entropy_backward
from rnn_utils.training.models import RNNParameters, initialise_rnn

T, N, D, H, CLASSES = 8, 2, 3, 5, 4
#: How W_hh is drawn: by `initialise_rnn`, or as a rotation times a number.
STARTS = {"small random weights": None, "a rotation": 1.0, "a rotation × 1.3": 1.3}


class Example(NamedTuple):
    """A small network with its inputs (T, N, D), targets (T, N), first state (N, H) and states (T, N, H)."""

    parameters: RNNParameters
    x: np.ndarray
    targets: np.ndarray
    h0: np.ndarray
    h: np.ndarray


def example(gain: float | None = 1.0, seed: int = 0) -> Example:
    """Draw a small network; with a gain, W_hh is a rotation (an orthogonal matrix) times it."""
    rng = np.random.default_rng(seed)
    parameters = initialise_rnn(D, H, CLASSES, rng)
    if gain is not None:
        rotation = np.linalg.qr(rng.standard_normal((H, H)))[0]
        parameters = parameters._replace(W_hh=gain * rotation)
    x, targets = 0.5 * rng.standard_normal((T, N, D)), rng.integers(0, CLASSES, (T, N))
    h0 = np.zeros((N, H))
    W_xh, W_hh, b_h, _, _ = parameters
    return Example(parameters, x, targets, h0, rnn_forward(x, h0, W_xh, W_hh, b_h))


def nudged(net: Example, follow: bool) -> np.ndarray:
    """Return the gradient of every state by nudging (T, N, H); the later states follow, or are held fixed."""
    W_xh, W_hh, b_h, W_hy, b_y = net.parameters

    def loss(h_t: np.ndarray, t: int) -> float:
        later = net.h[t + 1 :]
        if follow and t < T - 1:
            later = rnn_forward(net.x[t + 1 :], h_t, W_xh, W_hh, b_h)
        states = np.concatenate([net.h[:t], h_t[None], later])
        return float(cross_entropy(output_layer(states, W_hy, b_y), net.targets))

    return np.stack([numerical_gradient(partial(loss, t=t), net.h[t]) for t in range(T)])


def sizes_of_both(gain: float | None, networks: int = 100) -> tuple[float, float]:
    """Return the median sizes of the first state's immediate gradient, and of what later steps add."""
    sizes = []
    for seed in range(networks):
        net = example(gain, seed)
        _, W_hh, _, W_hy, b_y = net.parameters
        dy = cross_entropy_backward(output_layer(net.h, W_hy, b_y), net.targets)
        dh, _, _ = output_layer_backward(dy, net.h, W_hy)
        carried = np.zeros_like(net.h0)
        for t in range(T - 1, 0, -1):
            carried = ((dh[t] + carried) * (1 - net.h[t] ** 2)) @ W_hh
        sizes.append((np.linalg.norm(dh[0]), np.linalg.norm(carried)))
    immediate, later = np.median(sizes, axis=0)
    return float(immediate), float(later)


def without_a_term(parameters: RNNParameters, x: np.ndarray, targets: np.ndarray) -> RNNParameters:
    """Return gradients in which something is left out: lesson 07 asks what."""
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h0 = np.zeros((x.shape[1], len(b_h)))
    h = rnn_forward(x, h0, W_xh, W_hh, b_h)
    dy = cross_entropy_backward(output_layer(h, W_hy, b_y), targets)
    dh, dW_hy, db_y = output_layer_backward(dy, h, W_hy)
    da = dh * (1 - h**2)
    h_prev = np.concatenate([h0[None], h[:-1]])
    flat = da.reshape(-1, len(b_h))
    dW_xh = flat.T @ x.reshape(-1, x.shape[2])
    dW_hh = flat.T @ h_prev.reshape(-1, len(b_h))
    return RNNParameters(dW_xh, dW_hh, flat.sum(axis=0), dW_hy, db_y)
