"""The figures of lesson 07, backpropagation through time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rnn_utils import plots


def two_gradients(immediate: np.ndarray, total: np.ndarray) -> None:
    """Show the sizes of both gradients (T, N, H) of every state."""
    sizes = {
        name: np.linalg.norm(values.reshape(len(values), -1), axis=1)
        for name, values in [
            ("later states held fixed", immediate),
            ("later states follow", total),
        ]
    }
    figure, axes = plots.subplots("step $t$", "size of the gradient of $h_t$")
    plots.lines(axes, sizes, markers=True)
    axes.set_ylim(bottom=0)
    plots.show(
        figure,
        "Two curves over eight steps. With the later states held fixed the gradient is of about the "
        "same size at every step. With the later states following it is larger at early steps; at "
        "the last step the two curves meet.",
    )


def recalled(windows: Sequence[int], results: Mapping[int, np.ndarray], chance: float) -> None:
    """Show the shares recalled (windows, seeds) by delay: a line through the means, a dot for each seed."""
    figure, axes = plots.subplots("window $k$ (steps)", "share recalled")
    means = {f"delay {delay}": found.mean(axis=1) for delay, found in results.items()}
    plots.lines(axes, means, x=windows)
    for colour, found in zip(plots.COLOURS, results.values(), strict=False):
        for seed in found.T:
            axes.plot(windows, seed, "o", color=colour, markersize=4)
    axes.axhline(chance, color=plots.INK, linestyle=":", linewidth=1)
    axes.set_ylim(0, 1.05)
    axes.set_xscale("log", base=2)
    axes.set_xticks(windows, [str(window) for window in windows])
    plots.show(
        figure,
        "Share of symbols recalled against the window, for delays of 1 and 3 steps; a dotted line marks "
        "guessing, one quarter. Each curve rises to nearly all where the window becomes longer than "
        "the delay: delay 1 from 2 on, delay 3 from 4 on.",
    )
