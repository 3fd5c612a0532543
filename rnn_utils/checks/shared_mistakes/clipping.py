"""Recognising gradients that were clipped, whatever the limit."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.checks.framework.draws import Arguments
from rnn_utils.checks.framework.exercise import Mistake

Arrays = tuple[np.ndarray, ...]


def clipped(reference: Callable[..., Any]) -> Callable[[Arguments, Arrays], Mistake | None]:
    """Return a look at returned gradients that recognises clipping, whatever its limit.

    A gradient clipped by value holds its limit wherever it would be beyond; one clipped by its length
    is right in direction and has a round length.
    """

    def look(arguments: Arguments, got: Arrays) -> Mistake | None:
        right = reference(*arguments.values())
        if any(g.shape != r.shape for g, r in zip(got, right, strict=True)):
            return None
        wrong = [
            (g, r) for g, r in zip(got, right, strict=True) if not np.allclose(g, r, rtol=1e-4)
        ]
        limit = min((np.abs(g).max() for g, _ in wrong), default=0.0)
        if limit > 0 and all(
            np.allclose(g, np.clip(r, -limit, limit), rtol=1e-4) for g, r in wrong
        ):
            return Mistake("clipped", _CLIPPING.format("cut off at a limit"), reference)
        return (
            Mistake("clipped", _CLIPPING.format("shortened"), reference)
            if _shortened(wrong)
            else None
        )

    return look


def _shortened(wrong: list[tuple[np.ndarray, np.ndarray]]) -> bool:
    """Whether gradients are right but for their length, which is round, alone or all together."""
    lengths = [float(np.linalg.norm(g)) for g, _ in wrong]
    right = [float(np.linalg.norm(r)) for _, r in wrong]
    if not wrong or not all(0 < a < 0.999 * b for a, b in zip(lengths, right, strict=True)):
        return False
    aligned = all(
        np.allclose(g / a, r / b, atol=1e-4)
        for (g, r), a, b in zip(wrong, lengths, right, strict=True)
    )
    together = float(np.linalg.norm(lengths))
    return aligned and (_is_round(together) or all(_is_round(length) for length in lengths))


def _is_round(length: float) -> bool:
    return any(abs(length / n - 1) < 1e-4 for n in (0.25, 0.5, 1, 2, 3, 5, 10, 15, 20, 25, 50, 100))


_CLIPPING = (
    "the gradient is {}; clipping belongs to the training, after the gradient is known to be right, for "
    "it hides mistakes from a gradient check"
)
