"""The figures of lesson 17."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

import numpy as np

from rnn_utils import data, plots
from rnn_utils.cells.linear_recurrence import linear_loop
from rnn_utils.experiments.key_recall import VALUES
from rnn_utils.experiments.paired import paired_interval


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


def recall_over_numbers(pairs: int = 16) -> None:
    """Plot what each memory of the long experiment gives back against the numbers it keeps; compare two.

    Args:
        pairs: how many were shown; 16 are the most in training.
    """
    rows = data.key_recall()
    rows = rows[rows["pairs"] == pairs]
    figure, axes = plots.subplots("numbers kept", "share of values given back")
    memories = dict.fromkeys(rows["memory"].tolist())
    for name, colour, marker in zip(memories, plots.COLOURS, "osD^", strict=False):
        own = rows[rows["memory"] == name]
        kept = np.unique(own["kept"])
        means = [own["accuracy"][own["kept"] == number].mean() for number in kept]
        axes.plot(kept, means, color=colour, marker=marker, label=name)
    axes.axhline(1 / VALUES, color=plots.INK, linewidth=1)
    axes.set_xscale("log", base=2)
    axes.set_ylim(0, 1.05)
    axes.legend(frameon=False, labelcolor=plots.INK, fontsize=11)
    plots.show(
        figure,
        f"Share of the values of {pairs} pairs that are given back against the numbers kept, on a "
        "logarithmic axis: one curve for each of four memories, the mean of five seeds. A grey line marks "
        "chance, one in eight.",
    )
    for size, state in ((2, 64), (4, 128)):
        gap = paired_interval(
            given_back("attention", size, pairs), given_back("minimal GRU", state, pairs)
        )
        print(f"attention minus minimal GRU, {state} numbers each: {gap:.1%} of the values")


def given_back(memory: str, size: int, pairs: int) -> np.ndarray:
    """Return the shares given back in the long experiment, one for each seed.

    Args:
        memory: which.
        size: of a key or a state.
        pairs: how many were shown.
    """
    rows = data.key_recall()
    own = rows[(rows["memory"] == memory) & (rows["size"] == size) & (rows["pairs"] == pairs)]
    return np.sort(own, order="seed")["accuracy"]


def given_back_in_words() -> str:
    """Return the sentence of the long experiment for the table of claims."""
    small, large, longer, looked_up = (
        f"{given_back(*which).mean():.0%}"
        for which in (
            ("minimal GRU", 64, 16),
            ("minimal GRU", 256, 16),
            ("minimal GRU", 256, 32),
            ("attention", 4, 32),
        )
    )
    return (
        f"of the values of 16 pairs a trained minimal GRU with a state of 64 numbers gives back {small}, of "
        f"256 numbers {large}, and {longer} of 32 pairs (chance is 12.5 %; five seeds); attention, which "
        f"keeps 256 numbers for 32 pairs, gives back {looked_up}"
    )
