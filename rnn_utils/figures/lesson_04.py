"""The figures of lesson 04, the output layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils import plots


def next_characters(names: list[str], shares: ArrayLike) -> None:
    """Show the shares (K,) of the most frequent next characters, in %."""
    figure, axes = plots.subplots("share of the next characters (%)", "", height=2.2)
    plots.bars(axes, names, {"share": 100 * np.asarray(shares)})
    plots.show(
        figure,
        "Bars of what follows a t in the book. An h comes most often, in three of ten "
        "cases; then a space, o, e and i.",
    )


def changed_scores(probabilities: Mapping[str, ArrayLike]) -> None:
    """Show the probabilities of three classes, (3,) each, by what was done to the scores."""
    figure, axes = plots.subplots("probability", "")
    plots.bars(axes, ["class 1", "class 2", "class 3"], probabilities)
    plots.show(
        figure,
        "Three bars of probability for each of three classes. With the scores 0, 1, 2 as they are: about "
        "0.09, 0.24, 0.67. With 100 added: bars of the same lengths. Doubled: 0.02, 0.12, 0.87.",
    )


def ladder(bits: Mapping[str, float]) -> None:
    """Show the bits per character by what a model knows."""
    figure, axes = plots.subplots("bits per character, on the last tenth of the book", "")
    plots.bars(axes, list(bits), {"bits": list(bits.values())})
    axes.bar_label(axes.containers[0], fmt="%.2f", padding=3, color=plots.INK, fontsize=11)
    plots.show(
        figure,
        "Four bars of cross-entropy: about 6.0 bits per character knowing nothing, 4.6 knowing the "
        "frequencies, 3.5 with the last character as the state, 2.9 with the last two.",
    )


def staircase_and_bowl(added: ArrayLike, accuracies: ArrayLike, entropies: ArrayLike) -> None:
    """Show the accuracy and the cross-entropy, (K,) each, against what is added to one score."""
    figure, axes = plots.subplots(
        "added to the score of the space", ["fraction right", "nats"], ["accuracy", "cross-entropy"]
    )
    plots.lines(axes[0], {"accuracy": accuracies}, x=added)
    plots.lines(axes[1], {"cross-entropy": entropies}, x=added)
    plots.show(
        figure,
        "Left: accuracy on forty places against the number added to one score, a staircase of level "
        "steps and sudden jumps. Right: the cross-entropy of the same model, a smooth bowl with its "
        "lowest point a little above zero.",
    )


def states_read(per_step: ArrayLike, at_the_end: ArrayLike) -> None:
    """Show which states the outputs depend on: matrices (outputs, T) of sizes."""
    titles = ["one output per step", "one output at the end"]
    figure, axes = plots.subplots(
        "nudged state $t$", ["output $y$ of step", ""], titles, height=3.2
    )
    plots.heats(figure, axes, [per_step, at_the_end], "change of $y$ per unit of $h_t$")
    axes[1].set_yticks([1], ["$y$"])
    plots.show(
        figure,
        "Two matrices, a row for each output and a column for each nudged state. One output per step: "
        "8 by 8 cells with only the diagonal filled. One output at the end: a single row of 8 cells with "
        "only the last one filled.",
    )


def random_neurons(years: ArrayLike, sunspots: ArrayLike, h: np.ndarray) -> None:
    """Show the sunspots (K,) and three of the states (K, H) of a random RNN that reads them."""
    figure, axes = plots.subplots(
        "year", ["sunspots", "state $h_t$"], ["what goes in", "what three of ten neurons do"]
    )
    plots.lines(axes[0], {"sunspots": sunspots}, x=years)
    plots.lines(axes[1], {f"neuron {k + 1}": h[:, k] for k in range(3)}, x=years)
    axes[1].set_ylim(-1, 2)  # room for the names
    plots.show(
        figure,
        "Left: the yearly sunspots of 1941 to 2008, a wave of about eleven years. Right: three states "
        "of a random RNN that reads them. They wave with the same period, each with its own shift, "
        "height and sign.",
    )
