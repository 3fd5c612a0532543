"""Lesson 03: one neuron as a dynamical system."""

from __future__ import annotations

from rnn_utils.widgets.picture import Play, slider


def one_neuron() -> Play:
    """Sliders `w`, `b` and the start `h0` against the life of the neuron h ← tanh(w h + b).

    Left: the curve, the diagonal and the path of the state between them. Right: the fixed points for
    every weight, with a cursor at `w`. Dragging in the left panel moves the start, in the right one
    the weight.

    Returns:
        the picture, with `w`, `b` and `h0` as its attributes.

    Example:
        >>> play = one_neuron()
        >>> play.w, play.b, play.h0
        (2.0, 0.0, 0.2)
    """
    return Play(
        "neuron",
        [
            slider("w", -3, 4, 0.05, 2.0, "weight w"),
            slider("b", -2, 2, 0.05, 0.0, "bias b"),
            slider("h0", -1, 1, 0.05, 0.2, "start h0"),
        ],
        question="When does one neuron hold one bit?",
        code="h = np.tanh(w * h + b)",
    )
