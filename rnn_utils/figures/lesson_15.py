"""The figures of lesson 15, recurrence and convolution.

Where a function takes the module `rnn_utils.experiments.pixel_answers`, it is that of the experiment.
"""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from rnn_utils import plots
from rnn_utils.analysis.gradient_check import numerical_gradient, relative_error
from rnn_utils.training.losses import accuracy, cross_entropy_backward
from rnn_utils.training.optimizers import adam_start, adam_update

KEPT = 600
WINDOWS = {"1 × 1": (4, 4), "3 × 3": (3, 5), "5 × 5": (2, 6), "7 × 7": (1, 7), "all": (0, 7)}


def windows(image: np.ndarray) -> None:
    """Show a digit (8, 8) through three windows around its middle."""
    titles = ["K = 3", "K = 5", "the whole image"]
    figure, axes = plots.subplots("column", "row", titles, height=2.6)
    for ax, cut in zip(axes, (slice(3, 6), slice(2, 7), slice(0, 8)), strict=True):
        seen = np.zeros((8, 8))
        seen[cut, cut] = image[cut, cut] + 1
        ax.imshow(seen, cmap="Blues", vmin=0, vmax=17, extent=(-0.5, 7.5, 7.5, -0.5))
    plots.show(
        figure,
        "The same handwritten 3 through windows around pixel (4, 4). Of 3 by 3 pixels only a stroke is "
        "seen, of 5 by 5 two strokes that meet, and the whole image shows the digit.",
    )


def nearest_neighbours(images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Print and return how often the nearest of 600 kept images has the right label, by window."""
    found = {}
    for name, (first, last) in WINDOWS.items():
        cut = slice(first, last + 1)
        kept, asked = (
            part[:, cut, cut].reshape(len(part), -1) for part in (images[:KEPT], images[KEPT:])
        )
        distances = np.sum(asked**2, axis=1)[:, None] + np.sum(kept**2, axis=1) - 2 * asked @ kept.T
        nearest = labels[:KEPT][distances.argmin(axis=1)]
        found[name] = float(np.mean(nearest == labels[KEPT:]))
        print(f"{name:5} pixels: {found[name]:.0%} right")
    return found


def edges(h: np.ndarray) -> None:
    """Show the two differences of a digit, (8, 8, 1, 2)."""
    titles = ["left minus right", "above minus below"]
    figure, axes = plots.subplots("column", "row", titles, height=3.0)
    for k, ax in enumerate(axes):
        ax.imshow(h[:, :, 0, k], cmap="RdBu_r", vmin=-16, vmax=16)
    plots.show(
        figure,
        "The two differences of the three as heat maps. The first changes its sign across vertical "
        "strokes, the second across horizontal ones.",
    )


def check_backward(
    convolve: Callable[..., np.ndarray],
    sweep: Callable[..., np.ndarray],
    convolve_backward: Callable[..., Any],
    sweep_backward: Callable[..., Any],
) -> None:
    """Print the relative errors of the backward passes of both layers against nudging."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, 5, 2, 3))
    W, b = rng.standard_normal((2, 3, 3, 3)), rng.standard_normal(2)

    def reader(D: int, H: int) -> tuple[np.ndarray, ...]:
        return rng.standard_normal((H, D)), rng.standard_normal((H, H)) / 2, rng.standard_normal(H)

    rows, columns = [reader(3, 2) for _ in range(2)], [reader(4, 2) for _ in range(2)]
    both: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
        "convolution": (lambda x: convolve(x, W, b), lambda dh: convolve_backward(dh, x, W)[0]),
        "sweep": (
            lambda x: sweep(x, rows, columns),
            lambda dh: sweep_backward(dh, x, rows, columns)[0],
        ),
    }
    for name, (forward, back) in both.items():
        dh = rng.standard_normal(forward(x).shape)

        def total(a: np.ndarray, forward: Any = forward, dh: np.ndarray = dh) -> float:
            return float(np.sum(dh * forward(a)))

        print(
            f"{name:12} error of dx: {relative_error(back(dh), numerical_gradient(total, x)):.0e}"
        )


def shares_of_all(
    answers: ModuleType, effective: Callable[..., np.ndarray], image: np.ndarray
) -> dict[str, list[list[np.ndarray]]]:
    """Return, for each network before training and each output pixel, every input pixel's share.

    Args:
        answers: the experiment's module.
        effective: `effective_receptive_field`, the learner's or ours.
        image: one image (8, 8).
    """
    x, found = image[:, :, None, None], {}
    for name, network in answers.NETWORKS.items():
        start = answers.initialise(network, np.random.default_rng(0))
        (back,) = answers.ways_back(network, start, x, list(np.ndindex(8, 8)))
        found[name] = [
            [effective(back, (8, 8, 1, answers.CLASSES), r, c) for c in range(8)] for r in range(8)
        ]
    return found


def right_by_pixel(answers: ModuleType, short: Mapping[str, Any]) -> None:
    """Show and print how often each pixel is right, for each trained network."""
    figure, axes = plots.subplots("column", "row", list(short), height=2.5)
    found = {
        name: answers.right_answers(answers.NETWORKS[name], parameters)[0]
        for name, parameters in short.items()
    }
    for ax, by_pixel in zip(axes, found.values(), strict=True):
        ax.imshow(by_pixel, cmap="Blues", vmin=0, vmax=1)
        for (r, c), share in np.ndenumerate(by_pixel):
            ink = "white" if share > 0.5 else "black"
            ax.text(c, r, f"{100 * share:.0f}", ha="center", va="center", fontsize=6, color=ink)
    plots.show(
        figure,
        "Four maps of right answers in per cent, one number at each of the 8 by 8 pixels. With 2 "
        "convolutions no pixel is right much more often than one time in three; with the other three "
        "networks every pixel does better, least of all near the border.",
    )
    for name, by_pixel in found.items():
        print(f"{name:14} right at a pixel: {by_pixel.mean():.0%}, the mean over all pixels")


def linear_classifier(images: np.ndarray, labels: np.ndarray) -> float:
    """Return how often a linear classifier of the raw pixels is right, trained on 600 images."""
    x, x_test = (part.reshape(len(part), 64) / 8 - 1 for part in (images[:KEPT], images[KEPT:]))
    parameters: Any = (np.zeros((10, 64)), np.zeros(10))
    state = adam_start(parameters)
    for _ in range(300):
        dy = cross_entropy_backward(x @ parameters[0].T + parameters[1], labels[:KEPT])
        parameters, state = adam_update(parameters, (dy.T @ x, dy.sum(axis=0)), state, 0.02)
    return accuracy(x_test @ parameters[0].T + parameters[1], labels[KEPT:])


def accuracy_against_reach(
    rows: np.ndarray, names: Sequence[str], by_line: float
) -> dict[str, np.ndarray]:
    """Show right answers against the pixels that hold the influence, and print the means.

    Args:
        rows: `data.pixel_answers()`.
        names: the networks, in their order.
        by_line: how often a linear classifier is right.

    Returns:
        The rows of each network, in the order of the seeds.
    """
    found = {name: np.sort(rows[rows["network"] == name], order="seed") for name in names}
    figure, axes = plots.subplots(
        "pixels that hold 95 % of the influence",
        "share of right answers",
        ["at a pixel", "by the vote of all pixels"],
        height=3.4,
        share_y=True,
    )
    for ax, key in zip(axes, ("at_a_pixel", "of_the_image"), strict=True):
        for k, (name, runs) in enumerate(found.items()):
            colour, marker = plots.COLOURS[k], "os^D"[k]
            ax.scatter(runs["held"], runs[key], s=18, label=name, color=colour, marker=marker)
        ax.set(xlim=(0, 64), ylim=(0, 1))
        ax.axhline(0.1, color=plots.INK, linestyle=":", linewidth=1)
        ax.text(1, 0.11, "chance", color=plots.INK, fontsize=8)
    axes[1].axhline(by_line, color=plots.INK, linestyle="--", linewidth=1)
    axes[1].text(1, by_line + 0.01, "linear classifier", color=plots.INK, fontsize=8)
    axes[0].legend(frameon=False, labelcolor=plots.INK, fontsize=8, loc="center right")
    plots.show(
        figure,
        "Right answers against the number of pixels that hold 95 % of the influence, one point for each of "
        "25 seeds of each network. At a pixel, 2 convolutions lie low on the left and the other three high "
        "on the right. By the vote of all pixels, all four lie at about the same height, below the line of "
        "the linear classifier.",
    )
    print("mean over 25 seeds (lowest to highest)")
    print(f"{'':14} {'right at a pixel':>19}{'right by the vote':>22}")
    for name, runs in found.items():
        print(f"{name:14} {_spread(runs['at_a_pixel']):>19}{_spread(runs['of_the_image']):>22}")
    print("\npixels that can reach the middle one, and that hold 95 % of the influence")
    for name, runs in found.items():
        print(
            f"{name:14} {runs['reach'].max():2} can; {runs['held_at_start'].mean():.0f} hold it before "
            f"training, {runs['held'].mean():.0f} after"
        )
    print()
    return found


def _spread(values: np.ndarray) -> str:
    return f"{values.mean():.2f} ({values.min():.2f} to {values.max():.2f})"


def reach_in_words(found: Mapping[str, np.ndarray], names: Sequence[str]) -> str:
    """Return for some networks what can reach the middle pixel, what does, and how often it is right."""
    told = [
        f"{name}: {found[name]['reach'].max()} pixels can reach the middle one, "
        f"{found[name]['held'].mean():.0f} hold 95 % of the influence, right at a pixel "
        f"{_spread(found[name]['at_a_pixel'])}"
        for name in names
    ]
    return "; ".join(told) + " (mean and range of 25 seeds)"


def lit_pixels(convolve: Callable[..., np.ndarray]) -> None:
    """Print how many rows of an image the middle of two layers with stride and dilation notices."""
    rng = np.random.default_rng(0)
    lit = np.eye(23 * 23).reshape(23, 23, 23 * 23, 1)
    kernel = rng.uniform(0.5, 1.0, (1, 1, 3, 3))
    dilated = np.zeros((1, 1, 5, 5))
    dilated[:, :, ::2, ::2] = kernel
    first = convolve(lit, kernel, np.zeros(1))[::2, ::2]  # a stride of 2 keeps every second pixel
    second = convolve(first, dilated, np.zeros(1))
    rows = np.flatnonzero((second[6, 6].reshape(23, 23) > 0).any(axis=1))
    print(f"noticed from row {rows[0]} to row {rows[-1]}: {np.ptp(rows) + 1} rows")


def reach_after_training(
    answers: ModuleType, short: Mapping[str, Any], effective: Callable[..., np.ndarray]
) -> None:
    """Show and print which pixels move the answer of pixel (4, 4) of each trained network."""
    _, (x_test, _) = answers.load_digits()
    figure, axes = plots.subplots("column", "row", list(short), height=2.5)
    for ax, (name, parameters) in zip(axes, short.items(), strict=True):
        network = answers.NETWORKS[name]
        ways = answers.ways_back(network, parameters, x_test[:, :, : answers.MEASURED_ON], [(4, 4)])
        shape = (8, 8, 1, answers.CLASSES)
        after = np.mean([effective(back, shape, 4, 4) for back in ways], axis=0)
        ax.imshow(np.sqrt(after), cmap="Blues", vmin=0)
        ax.plot(4, 4, "s", markerfacecolor="none", markeredgecolor=plots.COLOURS[1], markersize=12)
        print(
            f"{name:14} {np.count_nonzero(after)} pixels can reach it, "
            f"{answers.pixels_that_hold(after, 0.95)} hold 95 % of the influence"
        )
    plots.show(
        figure,
        "The influence on the answer of the pixel in row 4, column 4, after training. With 2 convolutions "
        "it fills a square of 5 by 5; with 7 it is a wide blob; the sweeps spread it unevenly over the "
        "whole image.",
    )
