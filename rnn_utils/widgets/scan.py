"""Lesson 17: how steps of a linear recurrence fold together in rounds, by the learner's own `compose`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.widgets.picture import Play, slider

_LONGEST = 16


def scan_rounds(compose: Callable[..., Any]) -> Play:
    """Sliders for the number of steps, the round and the step that is looked at.

    A row of nodes for every round, a node for every step. A node of a round is made of two of the round
    below, which are as far apart as that round's stride. Clicking a node shows the one step that it
    stands for, h → a h + b, and which steps went into it.

    Args:
        compose: `compose(first, second)` that returns the pair (a, b) of both.

    Returns:
        the picture, with `T`, `round` and `step` as its attributes.

    Example:
        >>> from rnn_utils import compose
        >>> scan_rounds(compose).T
        8.0
    """
    rng = np.random.default_rng(17)
    a, b = rng.uniform(0.5, 0.95, _LONGEST).round(2), rng.uniform(-1, 1, _LONGEST).round(2)

    def compute(T: float) -> dict[str, Any]:
        steps = int(T)
        pairs = [(float(a[t]), float(b[t])) for t in range(steps)]
        rounds, stride = [pairs], 1
        while stride < steps:
            below = rounds[-1]
            joined = [compose(below[t - stride], below[t]) for t in range(stride, steps)]
            pairs = below[:stride] + [_pair(both) for both in joined]
            rounds.append(pairs)
            stride *= 2
        return {"rounds": [[list(pair) for pair in row] for row in rounds]}

    return Play(
        "scan",
        [
            slider("T", 2, _LONGEST, 1, 8, "T, steps"),
            slider("round", 0, 4, 1, 2, "round"),
            slider("step", 1, _LONGEST, 1, 7, "step looked at"),
        ],
        question="How many rounds fold T steps into one, if a round may work on all of them at once?",
        code="a, b = compose(first, second)   # yours",
        compute=compute,
        given={"a": a.tolist(), "b": b.tolist()},
    )


def _pair(both: Any) -> tuple[float, float]:
    """Return a pair of plain numbers, or say what came instead."""
    if not isinstance(both, (tuple, list)) or len(both) != 2:
        raise ValueError(f"expected a pair (a, b); got {both!r}. Return both, a first.")
    return float(both[0]), float(both[1])
