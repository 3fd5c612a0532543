"""The figures of lesson 17."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

import numpy as np

from rnn_utils import plots
from rnn_utils.cells.linear_recurrence import linear_loop


def seconds(function: Callable[..., np.ndarray], T: int, N: int = 4, H: int = 8) -> float:
    """Return how long a recurrence over T steps takes, the shortest of five tries.

    Args:
        function: `linear_scan`, the learner's own, or `linear_loop`.
        T, N, H: the sizes.
    """
    rng = np.random.default_rng(T)
    a, b, h0 = rng.uniform(0.5, 1, (T, N, H)), rng.standard_normal((T, N, H)), np.zeros((N, H))
    best = np.inf
    for _ in range(5):
        start = perf_counter()
        function(a, b, h0)
        best = min(best, perf_counter() - start)
    return best


def loop_against_scan(scan: Callable[..., np.ndarray], lengths: Sequence[int]) -> dict[int, float]:
    """Plot the time of the loop and of a scan against the length; return their ratio by length."""
    loop, ours = ([seconds(f, T) * 1e3 for T in lengths] for f in (linear_loop, scan))
    figure, axes = plots.subplots("steps $T$", "time (ms)")
    plots.lines(axes, {"loop": loop, "scan": ours}, x=lengths, markers=True)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    plots.show(
        figure,
        "Time of a loop and of a scan over sequences of growing length, both axes logarithmic. The loop's "
        "time is in proportion to the length; the scan's grows slowly first and then as fast.",
    )
    return {T: a / b for T, a, b in zip(lengths, loop, ours, strict=True)}


def accuracies(lengths: Sequence[int], runs: Mapping[str, Sequence[Sequence[float]]]) -> None:
    """Plot accuracy against length: for each kind of factor the median, and thin lines for the seeds."""
    figure, axes = plots.subplots("length $T$ of the test sequences", "accuracy at the last step")
    medians = {name: np.median(seeds, axis=0) for name, seeds in runs.items()}
    plots.lines(axes, medians, x=lengths, markers=True)
    for colour, seeds in zip(plots.COLOURS, runs.values(), strict=False):
        for accuracy in seeds:
            axes.plot(lengths, accuracy, color=colour, linewidth=0.7, alpha=0.6)
    axes.axhline(0.5, color=plots.INK, linewidth=1)
    axes.set_xscale("log", base=2)
    plots.show(
        figure,
        "Accuracy of parity against the length of test sequences: the median and, thin, each of the "
        "seeds, for factors that are shares and factors with a sign. A grey line marks chance, one half.",
    )


def recall_of_pairs(pairs: Sequence[int], recall: Mapping[str, Sequence[float]]) -> None:
    """Plot the share of recalled signs against the number of pairs, for each memory."""
    figure, axes = plots.subplots("pairs written", "share of signs recalled")
    plots.lines(axes, dict(recall), x=pairs, markers=True)
    axes.set_xscale("log", base=2)
    axes.set_ylim(0.45, 1.05)
    plots.show(
        figure,
        "Share of recalled signs against the number of pairs, on a logarithmic axis: one curve for "
        "attention, and one for each size of a state. Chance is one half.",
    )
