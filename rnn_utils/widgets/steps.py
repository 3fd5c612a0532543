"""Lesson 05: a sequence on its way through the learner's own forward pass, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.training.models import RNNParameters, initialise_rnn
from rnn_utils.widgets.picture import Play, slider, whose

TEXT = "down the hole"


def step_through(
    forward: Callable[..., np.ndarray], text: str = TEXT, parameters: RNNParameters | None = None
) -> Play:
    """A slider over the steps of a short text; each step shows inputs, states and outputs so far.

    At every step `forward` is called on the text up to there, so what is shown is what the learner's own
    function returned; if it raises, its error stands in the picture's place.

    Args:
        forward: `forward(x, h0, W_xh, W_hh, b_h)` that returns the states (T, N, H).
        text: what is read, one character a step; its own characters are the vocabulary.
        parameters: the weights; by default random ones with 6 units, the same at every call.

    Returns:
        the picture, with `t` as its attribute.

    Raises:
        ValueError: the text has fewer than two characters.

    Example:
        >>> from rnn_utils import rnn_forward
        >>> step_through(rnn_forward, "alice").t
        1.0
    """
    if len(text) < 2:
        raise ValueError(f"The text should have at least two characters; got {text!r}.")
    letters = "".join(sorted(set(text)))
    size = len(letters)
    weights = parameters or _lively_weights(size)
    x = np.eye(size)[[letters.index(letter) for letter in text]][:, None, :]

    def compute(t: float) -> dict[str, Any]:
        seen = x[: int(t)]
        h0 = np.zeros((1, len(weights.W_hh)))
        h = np.asarray(forward(seen, h0, weights.W_xh, weights.W_hh, weights.b_h), dtype=float)
        if h.shape != (int(t), *h0.shape):
            raise ValueError(
                f"expected states of shape (T, N, H) = {(int(t), *h0.shape)}; got {h.shape}"
            )
        y = h @ weights.W_hy.T + weights.b_y
        return {
            "x": seen[:, 0].tolist(),
            "h": h[:, 0].tolist(),
            "y": y[:, 0].tolist(),
            "letters": letters,
            "text": text,
            "T": len(text),
        }

    return Play(
        "steps",
        [slider("t", 1, len(text), 1, 1, "step t")],
        question="What has the state become after each input?",
        code=f"h = rnn_forward(x[:t], h0, W_xh, W_hh, b_h)   # {whose(forward)}",
        compute=compute,
        given={"text": text, "letters": letters}
        | {name: array.tolist() for name, array in weights._asdict().items()},
    )


def _lively_weights(size: int) -> RNNParameters:
    """Random weights, larger than one would start training from, so that the states can be told apart."""
    start = initialise_rnn(size, 6, size, np.random.default_rng(2))
    return RNNParameters(*(2.5 * array for array in start))
