"""Lesson 03: two neurons as a dynamical system."""

from __future__ import annotations

from rnn_utils.widgets.picture import Play, slider


def two_neurons() -> Play:
    """Sliders for the eigenvalues of W_hh against the portrait of the two neurons h ← tanh(W_hh h).

    The pair `radius` (cos `angle` ± i sin `angle`) is a matrix that turns by the angle, in degrees, and
    stretches by the radius. At 0° and 180° the eigenvalues are real: ± `radius` and `other`. They can
    be dragged in the left panel too.

    Returns:
        the picture, with `radius`, `angle` and `other` as its attributes.

    Example:
        >>> play = two_neurons()
        >>> play.radius, play.angle
        (0.9, 30.0)
    """
    return Play(
        "phase",
        [
            slider("radius", 0, 2, 0.02, 0.9, "size of the pair"),
            slider("angle", 0, 180, 1, 30, "angle (degrees)"),
            slider("other", -2, 2, 0.02, 0.5, "second, if real"),
        ],
        question="What turns decay into holding into endless motion?",
        code="h = np.tanh(W_hh @ h)",
    )
