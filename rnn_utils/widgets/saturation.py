"""Lesson 03: how far the states are driven to ±1, and what that does to a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.widgets.picture import Play, slider, whose

_T, _N, _H, _D = 40, 8, 24, 4
_BINS = 20
_LAGS = 25
_SETTLED = 10  # steps after which the start is forgotten


def saturation_meter(step: Callable[..., np.ndarray]) -> Play:
    """Sliders for the scale of W_hh and of the input; what the learner's own step makes of noise.

    Left: a histogram of |h| over all steps after the tenth, all sequences and units. Right: the norm of
    ∂h_T/∂h_{T−k}, the product of the Jacobians diag(1 − h²) W_hh, as a mean of logarithms over the
    sequences.

    Args:
        step: `step(x_t, h_prev, W_xh, W_hh, b_h)` that returns the next states (N, H).

    Returns:
        the picture, with `scale` and `input` as its attributes.

    Example:
        >>> from rnn_utils import rnn_step
        >>> saturation_meter(rnn_step).scale
        1.0
    """
    rng = np.random.default_rng(0)
    x = rng.standard_normal((_T, _N, _D))
    W_xh = rng.standard_normal((_H, _D)) / np.sqrt(_D)
    W_hh = rng.standard_normal((_H, _H)) / np.sqrt(_H)  # its spectral radius is about one

    def compute(scale: float, input: float) -> dict[str, Any]:
        h_t = np.zeros((_N, _H))
        states = []
        for x_t in x:
            h_t = np.asarray(step(input * x_t, h_t, W_xh, scale * W_hh, np.zeros(_H)), dtype=float)
            if h_t.shape != (_N, _H):
                raise ValueError(f"expected states of shape (N, H) = {(_N, _H)}; got {h_t.shape}")
            states.append(h_t)
        h = np.stack(states)
        settled = np.minimum(np.abs(h[_SETTLED:]), 1.0)
        counts, edges = np.histogram(settled, bins=_BINS, range=(0.0, 1.0))
        return {
            "edges": edges.tolist(),
            "shares": (counts / settled.size).tolist(),
            "slope": float(np.mean(1 - h[_SETTLED:] ** 2)),
            "saturated": float(np.mean(settled > 0.95)),
            "gradient": _log_norms(h, scale * W_hh),
        }

    return Play(
        "saturation",
        [
            slider("scale", 0.1, 5.0, 0.1, 1.0, "scale of W_hh"),
            slider("input", 0.0, 5.0, 0.1, 1.0, "scale of inputs"),
        ],
        question="What does a saturated neuron let through, and what gets back?",
        code=f"h_t = rnn_step(x_t, h_prev, W_xh, scale * W_hh, b_h)   # {whose(step)}",
        compute=compute,
        given={
            "x": x.tolist(),
            "W_xh": W_xh.tolist(),
            "W_hh": W_hh.tolist(),
            "bins": _BINS,
            "lags": _LAGS,
            "settled": _SETTLED,
        },
    )


def _log_norms(h: np.ndarray, W_hh: np.ndarray) -> list[float]:
    """Return log10 of ‖∂h_T/∂h_{T−k}‖ (the spectral norm) for k = 0 … _LAGS, as a mean over sequences."""
    product = np.broadcast_to(np.eye(len(W_hh)), (h.shape[1], *W_hh.shape))
    norms = [0.0]
    for h_t in h[: -_LAGS - 1 : -1]:
        product = product @ ((1 - h_t**2)[:, :, None] * W_hh)
        sizes = np.linalg.norm(product, ord=2, axis=(1, 2))
        norms.append(float(np.mean(np.log10(np.maximum(sizes, 1e-300)))))
    return norms
