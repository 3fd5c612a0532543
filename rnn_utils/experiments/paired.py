"""How sure a comparison is: paired differences over seeds, with an interval.

Two networks are trained with the same seeds, so that both see the same data in the same order. Only
the differences count, seed by seed: what one seed makes harder for both drops out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

#: The 97.5 % quantile of Student's t with 1, 2, … 30 degrees of freedom (Student, 1908).
T_QUANTILES = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


class Interval(NamedTuple):
    """A mean difference and the range of true means that the seeds are compatible with."""

    mean: float
    low: float
    high: float

    @property
    def decided(self) -> bool:
        """Whether zero lies outside: the seeds agree on the sign."""
        return self.low > 0 or self.high < 0

    def __format__(self, spec: str) -> str:
        mean, low, high = (format(value, "+" + (spec or ".3f")).replace("-", "−") for value in self)
        return f"{mean} ({low} to {high})"


def paired_interval(first: ArrayLike, second: ArrayLike) -> Interval:
    """Return the mean of first − second over seeds, with its 95 % interval.

    It is the interval of Student's t for the mean of the differences. It assumes that the seeds are
    independent and the differences not too far from a bell curve.

    Args:
        first, second: a score for each seed (K,), the same seeds in the same order, at least 2.

    Returns:
        The mean difference, and both ends of the interval, in the unit of the scores.

    Raises:
        ValueError: the scores are not two rows of the same length, or there is only one seed.

    Source: Student (1908), The probable error of a mean.

    Example:
        >>> f"{paired_interval([3.0, 5.0, 4.0], [1.0, 4.0, 1.0]):.1f}"
        '+2.0 (−0.5 to +4.5)'
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or len(a) < 2:
        raise ValueError(
            f"paired_interval: first and second should hold one score for each of the same two or "
            f"more seeds, but have shapes {a.shape} and {b.shape}. Run both with the same seeds."
        )
    differences = a - b
    quantile = T_QUANTILES[min(len(a) - 1, len(T_QUANTILES)) - 1]  # beyond 31 seeds: a little wide
    half = quantile * differences.std(ddof=1) / np.sqrt(len(a))
    mean = differences.mean()
    return Interval(float(mean), float(mean - half), float(mean + half))
