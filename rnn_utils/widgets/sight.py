"""Lesson 14: which inputs a state has seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.widgets.picture import Play, choice, slider, whose

_T, _D, _H, _L = 12, 3, 16, 3
_NUDGE = 1e-5
_NETWORKS = ("one layer", "three layers", "both directions")


def who_has_seen_what(
    stacked: Callable[..., np.ndarray], bidirectional: Callable[..., np.ndarray]
) -> Play:
    """A choice of the network, and sliders for the step that is asked and for the size of W_hh.

    Each of twelve inputs is nudged, and the learner's own functions say which states move, and how far.
    Left: all pairs of a state and an input. Right: one row of it, the state that is asked.

    Args:
        stacked: `stacked(x, h0, layers)` that returns the states of all layers (L, T, N, H).
        bidirectional: `bidirectional(x, h0, layers)` that returns the states (T, N, 2H).

    Returns:
        the picture, with `network` (`"one layer"`, `"three layers"` or `"both directions"`), `t` and
        `size` as its attributes.

    Example:
        >>> from rnn_utils import bidirectional_forward, stacked_forward
        >>> who_has_seen_what(stacked_forward, bidirectional_forward).t
        6.0
    """
    rng = np.random.default_rng(0)
    x = rng.standard_normal((_T, 1, _D))
    turned = [np.linalg.qr(rng.standard_normal((_H, _H)))[0] for _ in range(_L)]
    inputs = [rng.standard_normal((_H, _D)) / _H for _ in range(2)]
    between = [rng.standard_normal((_H, _H)) / _H**0.5 for _ in range(_L - 1)]
    zero = np.zeros(_H)

    # All nudged sequences are one batch: sequence s has its input at step s moved.
    batch = np.repeat(x, _T + 1, axis=1)
    for s in range(_T):
        batch[s, s] += _NUDGE

    def compute(network: str, size: float) -> dict[str, Any]:
        W_hh = [size * W for W in turned]
        if network == "both directions":
            both = [(inputs[k], W_hh[k], zero) for k in range(2)]
            h = np.asarray(bidirectional(batch, np.zeros((2, _T + 1, _H)), both), dtype=float)
            width = 2 * _H
        else:
            L = 1 if network == "one layer" else _L
            layers = [(W, W_hh[k], zero) for k, W in enumerate([inputs[0], *between][:L])]
            h = np.asarray(stacked(batch, np.zeros((L, _T + 1, _H)), layers), dtype=float)[-1]
            width = _H
        if h.shape != (_T, _T + 1, width):
            raise ValueError(f"expected states of shape {(_T, _T + 1, width)}; got {h.shape}")
        moved = np.linalg.norm(h[:, :_T] - h[:, _T:], axis=2) / _NUDGE
        return {"moved": moved.tolist(), "name": network}

    return Play(
        "sight",
        [
            choice("network", _NETWORKS, "network"),
            slider("t", 1, _T, 1, 6, "step t"),
            slider("size", 0.1, 1.2, 0.05, 0.8, "size of W_hh"),
        ],
        question="Which inputs has the state at step t seen?",
        code=f"h = stacked_forward(x, h0, layers)   # or bidirectional_forward; {whose(stacked)}",
        compute=compute,
        given={
            "x": x[:, 0].tolist(),
            "turned": [W.tolist() for W in turned],
            "inputs": [W.tolist() for W in inputs],
            "between": [W.tolist() for W in between],
            "nudge": _NUDGE,
        },
    )
