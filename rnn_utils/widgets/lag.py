"""Lesson 11: the gradient over lag, for every spectral radius at once."""

from __future__ import annotations

import numpy as np

from rnn_utils.analysis.jacobians import orthogonal, spectral_radius
from rnn_utils.widgets.picture import Play, choice, slider

_UNITS = 12
_BEFORE = 20  # steps before the oldest lag, so that the states have settled
_LAGS = 40
_STARTS = ("Gaussian", "orthogonal", "identity")


def gradient_over_lag() -> Play:
    """Sliders for the spectral radius and the inputs of a random network, of a chosen start and activation.

    Left: log10 of ‖∂h_T/∂h_{T−k}‖ over the lag k, a row for each spectral radius. Beside it: the row
    that the slider picks, between what the largest eigenvalue and what the largest singular value would
    make of it; and a histogram of the slopes that the gradient passes. A row can be clicked, too.

    Returns:
        the picture, with `radius`, `input`, `start` (`"Gaussian"`, `"orthogonal"` or `"identity"`) and
        `activation` (`"tanh"`, `"ReLU"` or `"linear"`) as its attributes.

    Example:
        >>> play = gradient_over_lag()
        >>> play.radius, play.start, play.activation
        (1.0, 'Gaussian', 'tanh')
    """
    rng = np.random.default_rng(5)
    gaussian = rng.standard_normal((_UNITS, _UNITS))
    matrices = gaussian / spectral_radius(gaussian), orthogonal(_UNITS, rng), np.eye(_UNITS)
    starts = dict(zip(_STARTS, matrices, strict=True))
    return Play(
        "lag",
        [
            slider("radius", 0.2, 2.0, 0.05, 1.0, "spectral radius"),
            slider("input", 0.0, 2.0, 0.1, 0.3, "scale of inputs"),
            choice("start", _STARTS, "start of W_hh"),
            choice("activation", ["tanh", "ReLU", "linear"], "activation f"),
        ],
        question="How narrow is the band in which a gradient neither vanishes nor explodes?",
        code="h_t = f(W_hh @ h_prev + x_t)",
        data={
            "matrices": {name: W.tolist() for name, W in starts.items()},
            "largest": {name: float(np.linalg.norm(W, 2)) for name, W in starts.items()},
            "noise": rng.standard_normal((_BEFORE + _LAGS, _UNITS)).tolist(),
            "lags": _LAGS,
        },
    )
