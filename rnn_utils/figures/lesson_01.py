"""The figures of lesson 01, the state equation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.dates import DateFormatter, YearLocator
from numpy.typing import ArrayLike

from rnn_utils import plots


def smoothing(dates: ArrayLike, celsius: ArrayLike, states: ArrayLike) -> None:
    """Show a temperature of each day and the state that smooths it, both (T,)."""
    figure, axes = plots.subplots("", "highest of the day (°C)")
    axes.plot(dates, celsius, color=plots.COLOURS[1], linewidth=0.7, alpha=0.7, label="temperature")
    axes.plot(dates, states, color=plots.COLOURS[0], linewidth=2.2, label="state")
    axes.legend(frameon=False, labelcolor=plots.INK, ncols=2, loc="lower left")
    axes.xaxis.set_major_locator(YearLocator())
    axes.xaxis.set_major_formatter(DateFormatter("%Y"))
    plots.show(
        figure,
        "Seattle's daily temperature over four years is a jagged line. The state is a smooth wave "
        "through it, one for each year, that runs a few weeks late.",
    )


def next_words(shares: Mapping[str, Mapping[str, float]]) -> None:
    """Show how often each word comes next, by what the predictor saw.

    Args:
        shares: the share of each next word, by the name of what was seen; the four most frequent
            words of each but the first are shown.
    """
    seen = list(shares.values())
    shown = list(dict.fromkeys(word for counts in seen[1:] for word in list(counts)[:4]))
    figure, axes = plots.subplots("share of the next words (%)", "", height=3.6)
    bars = {
        name: [100 * counts.get(word, 0.0) for word in shown] for name, counts in shares.items()
    }
    plots.bars(axes, shown, bars)
    plots.show(
        figure,
        "Bars of next-word shares, up to three for each of eight words. The upper four words, king to "
        "caterpillar, have a long bar for 'said the' and a short one for 'the' alone; the lower four, "
        "distance to pool, have a long bar for 'in the' and a very short one for 'the' alone.",
    )


def impulse_responses(responses: Mapping[str, ArrayLike]) -> None:
    """Show impulse responses, each (T,), by name."""
    figure, axes = plots.subplots("step $t$", "state $h_t$", height=3.2)
    plots.lines(axes, responses, markers=True)
    axes.axhline(0.5, color=plots.INK, linestyle=":", linewidth=1)
    axes.legend(frameon=False, labelcolor=plots.INK, loc="lower right", ncols=2)
    axes.set_ylim(-1.35, 1.1)
    plots.show(
        figure,
        "Four impulse responses over 30 steps, which all start at 1; a dotted line marks one half. The "
        "curve for w_hh = 0.5 falls fastest, the one for 0.9 slowly, the one for 1.0 is level, and the "
        "one for -0.9 jumps between above and below zero, in size the same as that for 0.9.",
    )


def recall(lags: ArrayLike, recalls: Mapping[str, ArrayLike]) -> None:
    """Show the recall r² against the lag, both (K,), by name: bars of width 1, whose area is the sum."""
    figure, axes = plots.subplots(
        "lag $k$ (steps)", "recall $r^2$", list(recalls), height=2.6, share_y=True
    )
    for ax, colour, values in zip(axes, plots.COLOURS, recalls.values(), strict=False):
        ax.bar(lags, values, width=1, color=colour)
        ax.set_xlim(-1, 40)
        words = f"area {np.sum(values):.2f}"
        ax.text(0.95, 0.9, words, transform=ax.transAxes, ha="right", color=plots.INK, fontsize=12)
    plots.show(
        figure,
        "Three panels of bars, recall against lag, one for each weight. For 0.5 there are a few high "
        "bars at the smallest lags; for 0.95 many low ones that reach beyond lag 30. The area of the "
        "bars, written into each panel, is the sum of the recall.",
    )


def influence(without_state: ArrayLike, with_state: ArrayLike) -> None:
    """Show by how much each state moves when an input is nudged: two matrices (T, T)."""
    titles = ["without a state ($w_{hh}$ = 0)", "with a state ($w_{hh}$ = 0.8)"]
    figure, axes = plots.subplots("nudged input $s$", "state $t$", titles, height=3.2)
    plots.heats(figure, axes, [without_state, with_state], "change of $h_t$ per unit of $x_s$")
    plots.show(
        figure,
        "Two matrices, a row for each state and a column for each nudged input; the stronger its colour, the "
        "more the state moves. Without a state only the diagonal is filled. With a state the triangle "
        "below it is filled too, and fades with distance; above the diagonal nothing is.",
    )
