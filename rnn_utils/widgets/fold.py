"""Lesson 02: one cell with a loop, opened into a chain."""

from __future__ import annotations

from rnn_utils.widgets.picture import Play, choice, slider


def fold_and_unfold() -> Play:
    """Sliders for the length `T` and the sizes `D` and `H`, a choice of sharing, and the RNN's graph.

    Above, the folded cell and the chain it opens into; below, how many numbers there are to learn,
    with one set of weights for all steps and with a set for each.

    Returns:
        the picture, with `T`, `D`, `H` and `weights` (`"shared"` or `"a set for each step"`) as its
        attributes.

    Example:
        >>> play = fold_and_unfold()
        >>> play.T, play.weights
        (4.0, 'shared')
    """
    return Play(
        "fold",
        [
            slider("T", 1, 12, 1, 4, "length T"),
            choice("weights", ["shared", "a set for each step"], "weights"),
            slider("D", 1, 8, 1, 3, "input size D"),
            slider("H", 1, 8, 1, 4, "state size H"),
        ],
        question="What stands still when the chain grows?",
        code="numbers = (1 if weights == 'shared' else T) * (H * D + H * H + H) + O * H + O",
        data={"O": 2},
    )
