"""Lesson 17's experiment: can a linear recurrence keep track of odd and even?"""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.linear_recurrence import linear_loop, linear_scan_backward
from rnn_utils.training.optimizers import adam_start, adam_update

#: What each factor a_t may be: a share between 0 and 1, or a signed number between −1 and 1.
Factors = Literal["shares", "signed"]


class ParityNetwork(NamedTuple):
    """A linear recurrence whose factors see the current bit, and a linear read-out."""

    W: np.ndarray  # (2H, 2), the weights at the one-hot bit, stacked a, n
    b: np.ndarray  # (2H,)
    h0: np.ndarray  # (H,)
    v: np.ndarray  # (H,), from the state to the score of "odd"
    c: np.ndarray  # (1,)


def learn_parity(
    factors: Factors,
    seed: int,
    longest: int = 8,
    H: int = 16,
    updates: int = 600,
    learning_rate: float = 0.02,
) -> Callable[[np.ndarray], np.ndarray]:
    """Train a linear recurrence to tell at every step whether the number of ones so far is odd.

    h_t = a_t ⊙ h_{t−1} + (1 − |a_t|) ⊙ n_t, where a_t and n_t depend on the current bit only. Adam, 64 new
    sequences of one length, from 1 to `longest`, at every update.

    Args:
        factors: `"shares"` for a_t = σ(·), `"signed"` for a_t = tanh(·); nothing else differs.
        seed: for the start and the sequences.
        longest: the longest sequence in training.
        H: the size of the state.
        updates: how many.
        learning_rate: Adam's rate.

    Returns:
        A function from bits (T, N) to the scores of "odd" at every step (T, N).

    Source: Grazzi et al. (2025), Unlocking state-tracking in linear RNNs through negative eigenvalues.

    Example:
        >>> learn_parity("signed", seed=0, updates=1)(np.array([[0], [1]])).shape
        (2, 1)
    """
    rng = np.random.default_rng(seed)
    network = ParityNetwork(
        rng.standard_normal((2 * H, 2)),
        rng.standard_normal(2 * H),
        rng.standard_normal(H),
        rng.standard_normal(H) / np.sqrt(H),
        np.zeros(1),
    )
    state = adam_start(network)
    for _ in range(updates):
        bits = rng.integers(0, 2, (rng.integers(1, longest + 1), 64))
        network, state = adam_update(
            network, _gradients(network, bits, factors), state, learning_rate
        )
    trained = network
    return lambda bits: _forward(trained, bits, factors)[-1]


def accuracy_at(score: Callable[[np.ndarray], np.ndarray], T: int, seed: int = 99) -> float:
    """Return how often the last step of sequences of length T is told rightly.

    Example:
        >>> accuracy_at(lambda bits: np.cumsum(bits, axis=0) % 2 - 0.5, T=9)
        1.0
    """
    bits = np.random.default_rng(seed).integers(0, 2, (T, 500))
    return float(np.mean((score(bits)[-1] > 0) == bits.sum(axis=0) % 2))


def _forward(network: ParityNetwork, bits: np.ndarray, factors: Factors) -> tuple[np.ndarray, ...]:
    """Return a and n for either bit (2, H), the factors a_t (T, N, H), and the starts, states, scores."""
    W, b, h0, v, c = network
    H = len(h0)
    sums = W.T + b  # only two: one for the bit 0, one for 1
    a = sigmoid(sums[:, :H]) if factors == "shares" else np.tanh(sums[:, :H])
    n = sums[:, H:]
    start = np.broadcast_to(h0, (bits.shape[1], H)).copy()
    a_t = a[bits]
    h = linear_loop(a_t, ((1 - np.abs(a)) * n)[bits], start)
    return a, n, a_t, start, h, h @ v + c


def _gradients(network: ParityNetwork, bits: np.ndarray, factors: Factors) -> ParityNetwork:
    a, n, a_t, start, h, y = _forward(network, bits, factors)
    odd = np.cumsum(bits, axis=0) % 2
    dy = (sigmoid(y) - odd) / y.size
    dv, dc = dy.ravel() @ h.reshape(-1, h.shape[2]), np.array([dy.sum()])
    da_t, db_t, dh0 = linear_scan_backward(dy[..., None] * network.v, a_t, start, h)
    # what depends on the bit only gets the sum over all places that have it
    places = np.eye(2)[:, bits.ravel()]
    da, db = (places @ d.reshape(-1, d.shape[2]) for d in (da_t, db_t))
    slope = a * (1 - a) if factors == "shares" else 1 - a**2
    d_sums = np.concatenate([(da - db * n * np.sign(a)) * slope, db * (1 - np.abs(a))], axis=1)
    return ParityNetwork(d_sums.T, d_sums.sum(axis=0), dh0.sum(axis=0), dv, dc)
