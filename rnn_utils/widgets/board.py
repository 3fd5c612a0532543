"""Lesson 08: a tiny RNN that is trained anew whenever a slider moves."""

from __future__ import annotations

import ipywidgets
import numpy as np

from rnn_utils.data import delayed_copy
from rnn_utils.training.models import initialise_rnn
from rnn_utils.widgets.picture import LOOK, Play, slider

_T, _N, _H, _DELAY, _STEPS, _STARTS = 10, 8, 8, 3, 120, 5


def training_board() -> Play:
    """Sliders for the learning rate, the clipping and the start of a whole training run.

    A network with 8 units learns one batch of 8 sequences by heart: 10 random bits each, to be repeated 3
    steps later. Shown are the loss and the gradient's length at each of 120 updates, and the states of
    one sequence after as many updates as `step` says. The run is computed in the browser.

    Returns:
        the picture, with `learning_rate`, `max_norm`, `start` and `step` as its attributes.

    Example:
        >>> board = training_board()
        >>> board.learning_rate = 10.0
        >>> board.learning_rate
        10.0
    """
    x, targets = delayed_copy(np.random.default_rng(8), T=_T, N=_N, delay=_DELAY, symbols=2)
    starts = [initialise_rnn(2, _H, 2, np.random.default_rng(seed)) for seed in range(_STARTS)]
    return Play(
        "board",
        [
            _power_slider("learning_rate", -2, 1.5, 0.0, "learning rate"),
            _power_slider("max_norm", -1.5, 2, 2.0, "clipped above"),
            slider("start", 1, _STARTS, 1, 1, "random start"),
            slider("step", 0, _STEPS, 1, _STEPS, "updates shown"),
        ],
        question="How long may the steps be, and what does clipping buy?",
        code="parameters, losses = train(loss_and_gradients, start, 120 * [batch], learning_rate, max_norm)",
        data={
            "starts": [
                {name: array.tolist() for name, array in start._asdict().items()}
                for start in starts
            ],
            "x": x.tolist(),
            "targets": targets.tolist(),
            "steps": _STEPS,
            "chance": float(np.log(2)),
            "delay": _DELAY,
        },
    )


def _power_slider(
    name: str, low: float, high: float, value: float, label: str
) -> tuple[str, ipywidgets.FloatLogSlider]:
    """Return a slider over powers of ten, whose value is the power itself, not its exponent."""
    return name, ipywidgets.FloatLogSlider(
        value=10.0**value,
        base=10,
        min=low,
        max=high,
        step=0.05,
        description=label,
        readout_format=".2r",
        **LOOK,
    )
