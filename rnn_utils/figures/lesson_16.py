"""The figures of lesson 16."""

from __future__ import annotations

import numpy as np

from rnn_utils import data, plots
from rnn_utils.experiments import translation
from rnn_utils.experiments.paired import Interval, paired_interval
from rnn_utils.experiments.written_dates import date_by_rules, dates


def accuracy_over_length() -> None:
    """Plot the accuracy of both networks of the long experiment against the length of a word."""
    rows = data.translation()
    lengths = np.unique(rows["length"])
    figure, axes = plots.subplots("letters in the word", "share without a mistake")
    curves = {}
    for attention, name in (("no", "one state"), ("yes", "attention")):
        kept = rows[rows["attention"] == attention]
        curves[name] = [kept["accuracy"][kept["length"] == n].mean() for n in lengths]
    plots.lines(axes, curves, x=lengths, markers=True)
    axes.axvline(8.5, color=plots.INK, linewidth=1)
    axes.set_ylim(-0.03, 1.05)
    plots.show(
        figure,
        "Share of words reversed without a mistake, against their length, the mean of five seeds. A "
        "line after eight letters marks the longest word in training.",
    )


def differences() -> dict[int, Interval]:
    """Return, for each length, by how much attention is ahead: the mean and a 95 % interval over seeds."""
    rows = data.translation()
    found = {}
    for length in np.unique(rows["length"]):
        at = rows[rows["length"] == length]
        with_it, without = (
            at["accuracy"][at["attention"] == kind][np.argsort(at["seed"][at["attention"] == kind])]
            for kind in ("yes", "no")
        )
        found[int(length)] = paired_interval(with_it, without)
    return found


def dates_right(count: int = 500) -> None:
    """Print how many new dates the shipped translator and a few rules write without a mistake."""
    letters, weights = data.date_translator()
    network = translation.Translator(**weights)
    pairs = dates(np.random.default_rng(7), count)
    sources = [source for source, _ in pairs]
    written = {
        "translator": translation.translate(network, sources, letters, 12),
        "rules": [date_by_rules(source) for source in sources],
    }
    for name, texts in written.items():
        right = np.mean([text == wanted for text, (_, wanted) in zip(texts, pairs, strict=True)])
        print(f"{name:11} {right:.1%} of {count} dates without a mistake")


def size_of_scores(sizes: tuple[int, ...] = (4, 16, 64, 256)) -> None:
    """Print how large the weight of the best of ten random keys is, with and without the root."""
    rng = np.random.default_rng(2)
    for H in sizes:
        query, keys = rng.standard_normal((1000, H)), rng.standard_normal((10, 1000, H))
        products = np.einsum("nh,tnh->tn", query, keys)
        best = []
        for scores in (products, products / np.sqrt(H)):
            e = np.exp(scores - scores.max(axis=0))
            best.append((e / e.sum(axis=0)).max(axis=0).mean())
        print(
            f"H = {H:3}: the best of ten keys gets {best[0]:.0%} without the root, {best[1]:.0%} with it"
        )
