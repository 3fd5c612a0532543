"""The figures of lesson 01, the state equation."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.typing import ArrayLike

from rnn_utils import plots


def smoothing(dates: ArrayLike, celsius: ArrayLike, states: ArrayLike) -> None:
    """Show a temperature of each day and the state that smooths it, both (T,)."""
    figure, axes = plots.subplots("", "highest temperature of the day (°C)")
    axes.plot(dates, celsius, color=plots.COLOURS[1], linewidth=0.7, alpha=0.7, label="temperature")
    axes.plot(dates, states, color=plots.COLOURS[0], linewidth=2.2, label="state")
    axes.legend(frameon=False, labelcolor=plots.INK, ncols=2, loc="lower left")
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
        "Bars of next-word shares. After 'said the' come king, hatter, mock and caterpillar; after "
        "'in the' come distance, air, middle and other places; after 'the' alone both kinds come, "
        "and each of them rarely.",
    )


def impulse_responses(responses: Mapping[str, ArrayLike]) -> None:
    """Show impulse responses, each (T,), by name."""
    figure, axes = plots.subplots("step t", "state h_t")
    plots.lines(axes, responses, markers=True)
    plots.show(
        figure,
        "Four impulse responses over 30 steps. For w_hh = 0.5 the state is gone after about 8 steps; "
        "for 0.9 it halves about every 7 steps; for 1.0 it stays at 1; for -0.9 it alternates in "
        "sign inside the same envelope.",
    )


def recall(lags: ArrayLike, recalls: Mapping[str, ArrayLike]) -> None:
    """Show the recall r² against the lag, both (K,), by name."""
    figure, axes = plots.subplots("lag k (steps)", "recall r² of the input k steps ago")
    plots.lines(axes, recalls, x=lags)
    for colour, values in zip(plots.COLOURS, recalls.values(), strict=False):
        axes.fill_between(lags, values, color=colour, alpha=0.15, linewidth=0)
    plots.show(
        figure,
        "Recall against lag for three weights. The curve for 0.5 starts high and falls at once; the "
        "one for 0.95 starts low and stretches far. The shaded areas are equal.",
    )


def influence(without_state: ArrayLike, with_state: ArrayLike) -> None:
    """Show by how much each state moves when an input is nudged: two matrices (T, T)."""
    titles = ["without a state (w_hh = 0)", "with a state (w_hh = 0.8)"]
    figure, axes = plots.subplots("nudged input s", "state t", titles)
    for ax, matrix in zip(axes, (without_state, with_state), strict=True):
        plots.heat(figure, ax, matrix, "change of h_t per unit of x_s")
    plots.show(
        figure,
        "Two matrices of influence. Without a state only the diagonal is filled: each activation "
        "depends on its own input. With a state the lower triangle is filled and fades with "
        "distance; the upper triangle is empty.",
    )
