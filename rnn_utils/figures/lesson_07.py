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
        "same size at every step. With the later states following it is larger at every step but "
        "the last, where the two curves meet.",
    )


def recalled(windows: Sequence[int], results: Mapping[int, np.ndarray], chance: float) -> None:
    """Show the shares recalled (windows, seeds) by delay: a line through the means, a dot for each seed."""
    figure, axes = plots.subplots("window $k$ (steps)", "share recalled")
    means = {f"delay {delay}: mean": found.mean(axis=1) for delay, found in results.items()}
    plots.lines(axes, means, x=windows)
    places = np.array(windows)
    for colour, mark, found in zip(plots.COLOURS, "os", results.values(), strict=False):
        for k, seed in enumerate(found.T):  # side by side, so that equal ones are seen
            axes.plot(places * 1.04 ** (k - 1), seed, mark, color=colour, markersize=4)
    axes.axhline(chance, color=plots.INK, linestyle=":", linewidth=1)
    axes.text(windows[-1], chance - 0.03, "guessing", color=plots.INK, ha="right", va="top")
    axes.set_ylim(0, 1.05)
    axes.set_xscale("log", base=2)
    axes.set_xticks(windows, [str(window) for window in windows])
    plots.show(
        figure,
        "Share of symbols recalled against the window, 1 to 16 steps: for delays of 1 and 3 a line through "
        "the means and a mark for each seed; a dotted line marks guessing, one quarter. The line of delay "
        "1 reaches the top at a window of 2. That of delay 3 stays near 0.4 at 1 and 2, and is at the top "
        "from 4 on.",
    )
