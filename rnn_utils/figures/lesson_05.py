"""The figures of lesson 05, the forward pass over a sequence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils import plots


def influence(matrices: Mapping[str, ArrayLike]) -> None:
    """Show how strongly state t depends on input s, two matrices (T, T) by name."""
    figure, axes = plots.subplots("nudged input s", "state t", list(matrices))
    for ax, matrix in zip(axes, matrices.values(), strict=True):
        plots.heat(figure, ax, matrix, "change of h_t per unit of x_s")
    plots.show(
        figure,
        "Two matrices of influence over 12 steps. Feed-forward: only the diagonal is filled. "
        "Recurrent: the diagonal and the triangle below it are filled, fading within about five "
        "steps; above it is nothing.",
    )


def padding(moved: ArrayLike, apart: ArrayLike) -> None:
    """Show how far a padded state has moved, and how far two of them are apart, both (K,)."""
    titles = ["'Ada' moves away from its true last state", "'Ada' and 'Bob' become the same"]
    figure, axes = plots.subplots("padded steps", ["part of its length", "distance"], titles)
    steps = np.arange(len(np.asarray(moved)))
    plots.lines(axes[0], {"'Ada' from its true end": moved}, x=steps, markers=True)
    plots.lines(axes[1], {"'Ada' from 'Bob'": apart}, x=steps, markers=True)
    plots.show(
        figure,
        "Left: with the first padded steps the state of Ada moves away by about seven tenths of its "
        "length and stays there. Right: the distance between the states of Ada and Bob falls from 1 "
        "to almost 0 in six.",
    )


def ladder(bits: Mapping[str, float]) -> None:
    """Show the bits per character of models of the book, by name."""
    label = "bits per character, on the last tenth of the book"
    figure, axes = plots.subplots(label, "", height=2.8)
    plots.bars(axes, list(bits), {"bits": list(bits.values())})
    plots.show(
        figure,
        "Bars of bits per character. The uniform model and the untrained RNN need 6.0, character "
        "frequencies 4.6, a table of one character 3.5, of two 2.9, and the trained network 2.4.",
    )
