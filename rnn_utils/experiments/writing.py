"""Lesson 05: the shipped network writes, through a forward pass that is given."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn_utils import data
from rnn_utils.layers.output import softmax

#: A function of x (T, N, D), h0 (N, H), W_xh, W_hh, b_h that returns the states (T, N, H).
Forward = Callable[..., np.ndarray]


def write(
    forward: Forward, start: str, letters: int = 300, temperature: float = 0.6, seed: int = 0
) -> str:
    """Let the shipped network continue a text.

    The state is carried over from call to call. Each new character is drawn from the probabilities of
    the output layer, and is the next input.

    Args:
        forward: runs the network.
        start: what it reads first, of characters that are in the book.
        letters: how many characters it writes.
        temperature: what the scores are divided by before the softmax; below 1 the frequent
            characters come more often still.
        seed: of the draws.

    Returns:
        the start and what was written.
    """
    characters, weights = data.writing_network()
    one_hot = np.eye(len(characters))
    recurrent = weights["W_xh"], weights["W_hh"], weights["b_h"]
    rng = np.random.default_rng(seed)
    text, new = start, start
    h = np.zeros((1, 1, len(weights["b_h"])))
    for _ in range(letters):
        x = one_hot[[characters.index(character) for character in new]][:, None]
        h = forward(x, h[-1], *recurrent)
        y = h[-1] @ weights["W_hy"].T + weights["b_y"]
        new = characters[rng.choice(len(characters), p=softmax(y / temperature)[0])]
        text += new
    return text
