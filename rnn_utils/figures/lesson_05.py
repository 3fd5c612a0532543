"""The figures of lesson 05, the forward pass over a sequence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils import plots


def influence(matrices: Mapping[str, ArrayLike]) -> None:
    """Show how strongly state t depends on input s, two matrices (T, T) by name."""
    figure, axes = plots.subplots("nudged input $s$", "state $t$", list(matrices), height=3.2)
    plots.heats(figure, axes, list(matrices.values()), "change of $h_t$ per unit of $x_s$")
    plots.show(
        figure,
        "Two matrices of 12 by 12 cells, a row for each state and a column for each nudged input. "
        "Feed-forward: only the diagonal is filled. Recurrent: the diagonal and the cells below it are "
        "filled, paler from step to step; above the diagonal nothing is.",
    )


def padding(moved: ArrayLike, apart: ArrayLike) -> None:
    """Show how far a padded state has moved, and how far two of them are apart, both (K,)."""
    titles = ["'Ada' moves away from its true last state", "'Ada' and 'Bob' become the same"]
    figure, axes = plots.subplots(
        "padded steps", ["part of its length", "distance"], titles, height=3.0
    )
    steps = np.arange(len(np.asarray(moved)))
    plots.lines(axes[0], {"'Ada' from its true end": moved}, x=steps, markers=True)
    plots.lines(axes[1], {"'Ada' from 'Bob'": apart}, x=steps, markers=True)
    plots.show(
        figure,
        "Two curves over ten padded steps. Left, how far the state of Ada is from its true end: it jumps "
        "from 0 to about nine tenths of its length, then stays at seven tenths. Right, the distance "
        "between the states of Ada and Bob: it falls from 1 to almost 0 within six steps.",
    )


def ladder(bits: Mapping[str, float]) -> None:
    """Show the bits per character of models of the book, by name."""
    label = "bits per character, on the last tenth of the book"
    figure, axes = plots.subplots(label, "", height=2.8)
    ranked = dict(sorted(bits.items(), key=lambda item: -round(item[1], 2)))
    plots.bars(axes, list(ranked), {"bits": list(ranked.values())})
    axes.bar_label(axes.containers[0], fmt="%.2f", padding=3, color=plots.INK, fontsize=11)
    plots.show(
        figure,
        "Bars of bits per character, the longest on top: the uniform model and the untrained RNN, equally "
        "long; then the table of one character, about half as long, that of two, and the trained RNN.",
    )
