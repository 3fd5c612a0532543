"""The figures of lesson 02, one cell with shared weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils import plots


def strip(x: np.ndarray) -> None:
    """Show the first strip of x (40, N, 8), a dotted line after each digit."""
    figure, axes = plots.subplots("step t", "pixel", height=1.9)
    axes.imshow(x[:, 0].T, cmap=plots.SIZES, extent=(0.5, 40.5, 8.5, 0.5), aspect="equal")
    for end in (8, 16, 24, 32):
        axes.axvline(end + 0.5, color=plots.INK, linestyle=":")
    plots.show(
        figure,
        "A strip of the handwritten digits 7, 2, 0, 4, 7, each eight columns of pixels wide: 40 "
        "columns, one for each step.",
    )


def parameter_counts(lengths: ArrayLike, counts: Mapping[str, ArrayLike]) -> None:
    """Show how many numbers are learnt against the length, by name."""
    figure, axes = plots.subplots("length T (steps)", "numbers to learn")
    plots.lines(axes, counts, x=lengths)
    plots.show(
        figure,
        "Numbers to learn against the length, 1 to 40 steps. With separate weights a straight line rises "
        "from about 5 000 to almost 190 000; with shared weights a level line stays at about 5 000.",
    )


def columns_and_rows(W_hh: np.ndarray, h_rows: np.ndarray) -> None:
    """Show the product of W_hh with three states as columns on paper and as rows in code."""
    titles = ["on paper: one column per sequence", "in code: one row per sequence"]
    figure, axes = plots.subplots("", "", titles, height=2.5)
    h = h_rows.T
    paper: list[Any] = [
        ("W_hh", W_hh, ""),
        "",
        ("h", h, "columns"),
        "=",
        ("result", W_hh @ h, "columns"),
    ]
    code: list[Any] = [
        ("h_prev", h_rows, "rows"),
        "@",
        ("W_hh.T", W_hh.T, ""),
        "=",
        ("result", h_rows @ W_hh.T, "rows"),
    ]
    plots.matrices(axes[0], paper)
    plots.matrices(axes[1], code)
    plots.show(
        figure,
        "The same product twice. On paper W_hh (2, 2) times h (2, 3), one column for each of three "
        "sequences, with the columns (5, 1), (4, 2) and (−1, −1) as the result. In code h_prev (3, "
        "2), the same three as rows, times W_hh.T (2, 2), with the same results as rows.",
    )


def window(h: np.ndarray, steps: Sequence[int] = (4, 8, 12, 16)) -> None:
    """Show states of the first strip (T, N, 64) as pictures of eight columns, after some steps."""
    titles = [f"after step {t}" for t in steps]
    figure, axes = plots.subplots("column", "pixel", titles, height=2.0, share_y=True)
    for ax, t in zip(axes, steps, strict=True):
        ax.imshow(h[t - 1, 0].reshape(8, 8)[::-1].T, cmap=plots.SIZES, extent=(0.5, 8.5, 8.5, 0.5))
        ax.spines[["top", "right"]].set_visible(True)
        ax.set_xticks([1, 8])
        ax.set_yticks([1, 8])
    plots.show(
        figure,
        "The state drawn as an 8 by 8 picture after steps 4, 8, 12 and 16: the left half of the 7 at "
        "the right edge, the whole 7, half 7 and half 2, the whole 2. The window slides along the "
        "strip.",
    )


def sevens(shared: ArrayLike, own: ArrayLike) -> None:
    """Show the share of 7s recognised at each place, in %, mean over splits, (5,) each."""
    figure, axes = plots.subplots("new 7s recognised (%), mean of five splits", "", height=3.0)
    bars = {"shared weights": shared, "separate weights": own}
    plots.bars(axes, [f"place {p}" for p in range(1, 6)], bars)
    for drawn in axes.containers:
        axes.bar_label(drawn, fmt="%.0f", padding=3, color=plots.INK, fontsize=11)
    axes.set_xlim(0, 110)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, labelcolor=plots.INK
    )
    plots.show(
        figure,
        "Two bars for each of five places: how many of the new 7s were recognised. At places 1 to 3 "
        "both bars are about equally long, near 100 %. At places 4 and 5 the bar of the shared weights "
        "is as long as before, and that of the separate weights is missing: 0 %.",
    )
