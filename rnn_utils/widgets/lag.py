"""Lesson 11: the gradient over lag, for every spectral radius at once."""

from __future__ import annotations

import numpy as np

from rnn_utils.jacobians import orthogonal, spectral_radius
from rnn_utils.widgets.picture import Play, slider

_UNITS = 12
_BEFORE = 20  # steps before the oldest lag, so that the states have settled
_LAGS = 40


def gradient_over_lag() -> Play:
    """Sliders for the spectral radius, the start, the activation and the inputs of a random network.

    Left: log10 of ‖∂h_T/∂h_{T−k}‖ over the lag k, a row for each spectral radius. Beside it: the row
    that the slider picks, between what the largest eigenvalue and what the largest singular value would
    make of it; and a histogram of the slopes that the gradient passes. A row can be clicked, too.

    Returns:
        the picture, with `radius`, `input`, `start` (1 Gaussian, 2 orthogonal, 3 identity) and `activation`
        (1 tanh, 2 ReLU, 3 linear) as its attributes.

    Example:
        >>> play = gradient_over_lag()
        >>> play.radius, play.start, play.activation
        (1.0, 1.0, 1.0)
    """
    rng = np.random.default_rng(5)
    gaussian = rng.standard_normal((_UNITS, _UNITS))
    starts = [gaussian / spectral_radius(gaussian), orthogonal(_UNITS, rng), np.eye(_UNITS)]
    return Play(
        "lag",
        [
            slider("radius", 0.2, 2.0, 0.05, 1.0, "spectral radius"),
            slider("input", 0.0, 2.0, 0.1, 0.3, "scale of inputs"),
            slider("start", 1, 3, 1, 1, "start, 1 to 3"),
            slider("activation", 1, 3, 1, 1, "activation, 1 to 3"),
        ],
        question="How narrow is the band in which a gradient neither vanishes nor explodes?",
        code="h_t = f(W_hh @ h_prev + x_t)\n"
        "# start: 1 Gaussian, 2 orthogonal, 3 identity;  activation f: 1 tanh, 2 ReLU, 3 linear",
        data={
            "matrices": [W.tolist() for W in starts],
            "largest": [float(np.linalg.norm(W, 2)) for W in starts],
            "noise": rng.standard_normal((_BEFORE + _LAGS, _UNITS)).tolist(),
            "lags": _LAGS,
        },
    )
