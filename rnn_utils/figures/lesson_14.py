"""The figures of lesson 14, deep and bidirectional networks."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rnn_utils import plots
from rnn_utils.tasks.text import encode, vocabulary

DELAYS = (0, 1, 3, 5)


def count_pairs(text: str) -> dict[str, float]:
    """Print how many bits of a letter are left, given its neighbours, by counted pairs.

    Args:
        text: the book; pairs are counted in nine tenths of it, and judged on the last.

    Returns:
        The bits left, by what is given.
    """
    characters = vocabulary(text)
    codes, V = encode(text, characters), len(characters)
    training, kept_back = np.split(codes, [9 * len(codes) // 10])
    pairs = np.full((V, V), 0.1)  # a little of each, so that no pair is impossible
    np.add.at(pairs, (training[:-1], training[1:]), 1)
    next_given = pairs / pairs.sum(axis=1, keepdims=True)  # row: a letter, column: the one after it
    often = np.bincount(training, minlength=V) + 0.1
    left, gap, right = kept_back[:-2], kept_back[1:-1], kept_back[2:]
    tables = {
        "nothing": np.broadcast_to(often, (len(gap), V)),
        "the letter before": next_given[left],
        "the letter after": next_given[:, right].T * often,
        "the letters before and after": next_given[left] * next_given[:, right].T,
    }
    bits = {}
    for name, table in tables.items():
        p = table / table.sum(axis=1, keepdims=True)
        bits[name] = float(-np.mean(np.log2(p[np.arange(len(gap)), gap])))
        print(f"given {name:28} {bits[name]:.2f} bits left")
    return bits


def seen_by(
    stacked_forward: Callable[..., np.ndarray], layers: Sequence[tuple[np.ndarray, ...]], step: int
) -> list[int]:
    """Return which of twelve inputs, counted from 1, move the top layer's state after a step."""
    rng = np.random.default_rng(1)
    H, D = layers[0][0].shape
    x, h0 = rng.standard_normal((12, 1, D)), np.zeros((len(layers), 1, H))
    top = stacked_forward(x, h0, layers)[-1, step - 1]
    seen = []
    for s in range(12):
        nudged = x.copy()
        nudged[s] += 1e-3
        if np.any(stacked_forward(nudged, h0, layers)[-1, step - 1] != top):
            seen.append(s + 1)
    return seen


def _bits(rows: np.ndarray, task: str, updates: int, **asked: Any) -> np.ndarray:
    """Return the bits of every seed after so many updates, in the order of the seeds."""
    mask = (rows["task"] == task) & (rows["updates"] == updates) & (rows["part"] == "test")
    for field, value in asked.items():
        mask &= rows[field] == value
    return np.asarray(np.sort(rows[mask], order="seed")["bits"])


def blanked(rows: np.ndarray, baselines: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Show the bits per blotted letter of each way to read, and return them by seed.

    Args:
        rows: `data.deep_learning()`.
        baselines: what `count_pairs` returned.
    """
    names = ["forward" + (f", {d} step{'s' * (d > 1)} later" if d else "") for d in DELAYS]
    found = {
        name: _bits(rows, "blanked", 800, bidirectional=0, delay=delay)
        for name, delay in zip(names, DELAYS, strict=True)
    }
    found["both directions"] = _bits(rows, "blanked", 800, bidirectional=1)
    figure, axes = plots.subplots("bits per blotted letter", "", height=2.8)
    for place, bits in enumerate(found.values()):
        aside = place + np.linspace(-0.25, 0.25, len(bits))
        axes.scatter(np.sort(bits), aside, s=12, color=plots.COLOURS[0 if place < 4 else 1])
    axes.set_yticks(range(len(found)), list(found))
    axes.set_ylim(len(found) - 0.4, -0.9)
    for name, counted in baselines.items():
        if "before" in name:
            axes.axvline(counted, color=plots.INK, linestyle=":", linewidth=1)
            both = (
                "after" in name
            )  # the lower line, with room on its right beside the lowest points
            axes.text(
                counted,
                4.0 if both else -0.6,
                f" counted: {name} ".replace(" and ", "\n and "),
                color=plots.INK,
                ha="left" if both else "right",
                va="center",
            )
    plots.show(
        figure,
        "Bits per blotted letter, one point for each seed. The forward reader without delay needs most; one "
        "step of delay brings it most of the way to both directions, which need least; longer delays need "
        "more again. Dotted lines mark two tables of counted pairs.",
    )
    for name, bits in found.items():
        print(f"{name:25} mean {bits.mean():.3f} bits ({bits.min():.3f} to {bits.max():.3f})")
    return found


def depths(rows: np.ndarray) -> dict[int, np.ndarray]:
    """Print the bits per character of each depth, at the rate that validation chose; return them by seed.

    Args:
        rows: `data.deep_learning()`.
    """
    found = {}
    searched = rows[(rows["task"] == "next") & (rows["part"] == "validation")]
    searched = searched[searched["updates"] == 1500]
    for layers in (1, 2, 3):
        here = searched[searched["layers"] == layers]
        rates = np.unique(here["learning_rate"])
        means = [here["bits"][here["learning_rate"] == rate].mean() for rate in rates]
        rate = rates[int(np.argmin(means))]
        found[layers] = _bits(rows, "next", 1500, layers=layers, learning_rate=rate)
        bits = found[layers]
        print(
            f"{layers}: {bits.mean():.3f} bits ({bits.min():.3f} to {bits.max():.3f}), η = {rate}"
        )
    return found
