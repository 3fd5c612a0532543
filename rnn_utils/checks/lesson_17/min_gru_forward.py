"""z_t = σ(W_z x_t + b_z), n_t = W_n x_t + b_n, h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ n_t, stacked z, n."""

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.linear_recurrence import linear_loop
from rnn_utils.cells.min_gru import min_gru_forward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, scaled
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made


def sequence(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Return the arguments of `min_gru_forward`."""
    T, N, D, H = (sizes[letter] for letter in "TNDH")
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": rng.standard_normal((N, H)),
        "W_x": 1.5 * rng.standard_normal((2 * H, D)) / np.sqrt(D),
        "b": rng.standard_normal(2 * H),
    }


def equal_sizes(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Return arguments in which T, N, D and H are alike."""
    return sequence(rng, sizes | dict.fromkeys("TNDH", 4))


def _states(
    made: Made, x: np.ndarray, h0: np.ndarray, W_x: np.ndarray, b: np.ndarray
) -> np.ndarray:
    H = h0.shape[1]
    z, n = np.split(x @ W_x.T + (0 if "no bias" in made else b), 2, axis=2)
    if "every other row" in made:
        sums = x @ W_x.T + b
        z, n = sums[..., ::2], sums[..., 1::2]
    if {"blocks exchanged", "as in the paper, n first"} & set(made):
        z, n = n, z
    if "no sigmoid" not in made:
        z = sigmoid(z)
    if "tanh on the candidate" in made:
        n = np.tanh(n)
    if "sigmoid on both" in made:
        n = sigmoid(n)
    if "never negative" in made:
        n = np.where(n >= 0, n + 0.5, sigmoid(n))
    new_share = {"z is the new share", "as in the paper, n first"} & set(made)
    keep, take = (1 - z, z) if new_share else (z, 1 - z)
    if "candidate not scaled" in made:
        take = np.ones_like(z)
    start = np.zeros((len(h0), H)) if "starts from zero" in made else h0
    return linear_loop(keep, take * n, start)


EXERCISE = Exercise(
    name="min_gru_forward",
    lesson="17_linear_recurrences",
    points=2,
    reference=min_gru_forward,
    outputs={"h": "T N H"},
    draw=sequence,
    contract=Contract(
        sizes="TNDH",
        edges=(
            Case("all sizes alike", draw=equal_sizes),
            Case("large inputs", draw=scaled(sequence, x=1000.0)),
        ),
    ),
    mistakes=mistakes_in(
        _states,
        {
            "z is the new share": (
                "z is taken for the share that is new, as Feng et al. (2024) write it; here, as in "
                "lesson 13, z is "
                "the share that is kept"
            ),
            "as in the paper, n first": (
                "the blocks are exchanged, and z is the share that is new; here the first H rows belong to "
                "z, the share that is kept"
            ),
            "never negative": (
                "the candidate has gone through the g of Feng et al. (2024), which their logarithms need; "
                "here it is linear"
            ),
            "every other row": (
                "z and n take every other row; the first H rows belong to z, the others to n"
            ),
            "blocks exchanged": "the blocks are exchanged: the first H rows belong to z, the others to n",
            "tanh on the candidate": (
                "the candidate has gone through a tanh, as in the GRU; the minimal one leaves it linear"
            ),
            "sigmoid on both": "both blocks have gone through a sigmoid; only z does",
            "no sigmoid": "z has not gone through the sigmoid: a share lies between 0 and 1",
            "candidate not scaled": "n_t is added whole; it enters with the share 1 − z_t",
            "no bias": "the biases are missing",
            "starts from zero": "h0 goes nowhere: the first step keeps its share of h0",
        },
        together=1,
    ),
)
