"""The figures of lesson 11, vanishing and exploding gradients."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable, Mapping

import numpy as np

from rnn_utils import plots
from rnn_utils.analysis.jacobians import step_jacobian
from rnn_utils.cells.rnn import rnn_forward
from rnn_utils.data import first_symbol
from rnn_utils.experiments.longest_lag import (
    SEQUENCES,
    SYMBOLS,
    UNITS,
    gaussian_start,
    loss_gradients_outputs,
)
from rnn_utils.training.parameters import initialise_rnn

#: The longest lag that each reported seed learnt, by activation and start.
Lags = dict[tuple[str, str], np.ndarray]

#: The first seeds of the table choose the learning rate; the others are reported.
SEARCH = 8


def lengths(curves: Mapping[str, np.ndarray]) -> None:
    """Show how long a gradient is k steps back, for each size of W_hh, and print it at 50."""
    figure, axes = plots.subplots("steps back, $k$", "length of the gradient")
    plots.lines(axes, curves, x=np.arange(len(next(iter(curves.values())))))
    axes.set_yscale("log")
    plots.show(
        figure,
        "Length of a gradient against the number of steps back, logarithmic. With half the weights it "
        "falls as a steep straight line, with the weights as drawn as a gentler one; with twice the "
        "weights it grows.",
    )
    for name, values in curves.items():
        print(f"{name:10} 50 steps back: {values[50]:.0e}")


def shear(W: np.ndarray) -> None:
    """Show what a matrix (2, 2) makes of a circle, and the norms of its powers."""
    angles = np.linspace(0, 2 * np.pi, 200)
    circle = np.array([np.cos(angles), np.sin(angles)])
    powers = [np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(121)]
    figure, axes = plots.subplots(
        ["first number", "steps $k$"],
        ["second number", "norm"],
        ["one step of a circle", "many steps"],
    )
    for points, colour, style in ((circle, plots.INK, ":"), (W @ circle, plots.COLOURS[0], "-")):
        axes[0].plot(*points, color=colour, linestyle=style)
    axes[0].set_aspect("equal")
    plots.lines(axes[1], {"of $W^k$": powers, "$0.9^k$": 0.9 ** np.arange(121)}, x=np.arange(121))
    axes[1].set_yscale("log")
    plots.show(
        figure,
        "Left: W turns a circle of radius 1 into a long thin ellipse, about 5 from its middle to its "
        "end. Right: the norm of the powers of W climbs above ten, turns, and then falls; far out it "
        "runs almost parallel to 0.9 to the k.",
    )
    for k in (1, 10, 50, 120):
        print(f"k = {k:3}: {powers[k]:8.4f}   its k-th root: {powers[k] ** (1 / k):.3f}")


def middle_value(h: np.ndarray, W: np.ndarray, steps: int = 50) -> float:
    """Return the middle singular value of the Jacobian over the last steps of states h (T, H)."""
    product = np.eye(len(W))
    for h_t in h[-steps:]:
        product = step_jacobian(h_t, W) @ product
    return float(np.linalg.svd(product, compute_uv=False)[len(W) // 2])


def longest_lags(rows: np.ndarray) -> Lags:
    """Show and print the longest lag that each seed learnt, and return it by activation and start.

    Args:
        rows: `data.longest_lag()`.
    """
    kinds = list(
        dict.fromkeys(zip(rows["activation"].tolist(), rows["start"].tolist(), strict=True))
    )
    best: Lags = {}
    head = f"{'3 in 4 learn':>12}{'half learn':>12}{'all seeds':>14}{'η':>9}"
    print(f"{'lag that':16}{head}")
    for activation, start in kinds:
        mine = rows[(rows["activation"] == activation) & (rows["start"] == start)]

        def longest(rate: float, mine: np.ndarray = mine) -> np.ndarray:
            here = mine[mine["learning_rate"] == rate]
            learnt = np.isfinite(here["updates"]) * here["lag"]
            return np.array([learnt[here["seed"] == s].max() for s in np.unique(here["seed"])])

        rates = np.unique(mine["learning_rate"])
        rate = max(rates, key=lambda rate: np.log(longest(rate)[:SEARCH] + 1).mean())
        best[activation, start] = found = longest(rate)[SEARCH:]
        print(
            f"{f'{activation}, {start}':17}{_three_in_four(found):>11}{np.median(found):>12.0f}"
            f"{f'{found.min()} to {found.max()}':>14}{rate:>9}"
        )
    figure, axes = plots.subplots("", "longest lag learnt (steps)", height=3.2)
    for place, ((activation, _), lags) in enumerate(best.items()):
        colour, marker = (
            (plots.COLOURS[0], "o") if activation == "tanh" else (plots.COLOURS[1], "s")
        )
        axes.plot([place - 0.42, place + 0.42], [np.median(lags)] * 2, color=plots.INK, linewidth=1)
        aside = place + np.linspace(-0.38, 0.38, len(lags))
        axes.scatter(aside, np.sort(lags), color=colour, marker=marker, s=9)
    axes.set_yscale("log", base=2)
    ticks = (5, 10, 20, 40, 80, 160, 320)
    axes.set_yticks(ticks, [str(tick) for tick in ticks])
    names = [f"{activation}\n{start}".replace("gonal", "-\ngonal") for activation, start in best]
    axes.set_xticks(range(len(best)), names)
    plots.show(
        figure,
        "Longest lag learnt by each of 20 seeds, for six kinds of networks, logarithmic, a line at "
        "each median. ReLU from the uniform and the orthogonal start lies lowest. Tanh from the uniform "
        "start is scattered widely. Tanh from the orthogonal start and ReLU from the identity reach "
        "furthest.",
    )
    return best


def lags_in_words(best: Lags) -> str:
    """Return what `longest_lags` found as a line of text."""
    return "; ".join(
        f"{activation}, {start} start {_three_in_four(found)} ({found.min()}–{found.max()})"
        for (activation, start), found in best.items()
    )


def _three_in_four(lags: np.ndarray) -> int:
    return int(np.quantile(lags, 0.25, method="lower"))


def clipping(rows: np.ndarray) -> dict[tuple[str, float, float, float], int]:
    """Print how many seeds learn, by optimiser, rate, bound and radius, and return the counts.

    Args:
        rows: `data.clipping()`.

    Returns:
        The number of seeds that learnt, by optimiser, rate, bound and radius.
    """
    radii, bounds = np.unique(rows["radius"]), np.unique(rows["max_norm"])[::-1]
    counts: dict[tuple[str, float, float, float], int] = {}
    seeds = len(np.unique(rows["seed"]))
    print(
        f"seeds of {seeds} that learn a lag of 20, at spectral radii " + ", ".join(map(str, radii))
    )
    print(f"{'':16}{'without clipping':>20}{'clipped at 0.1':>20}")
    for optimizer in ("SGD", "Adam"):
        for rate in np.unique(rows["learning_rate"][rows["optimizer"] == optimizer]):
            cells = []
            for bound in bounds:
                here = rows[(rows["optimizer"] == optimizer) & (rows["learning_rate"] == rate)]
                here = here[here["max_norm"] == bound]
                for radius in radii:
                    learnt = np.isfinite(here["updates"][here["radius"] == radius]).sum()
                    counts[optimizer, float(rate), float(bound), float(radius)] = int(learnt)
                cells.append("  ".join(f"{counts[optimizer, rate, bound, r]:2}" for r in radii))
            print(f"{optimizer:5} η = {rate:<7}{cells[0]:>20}{cells[1]:>20}")
    return counts


def parts_of_the_gradient(lag: int = 20, seeds: int = 10) -> None:
    """Print how long the first gradient is, and how much of it comes from the first step.

    Only the first step shows a symbol, so the columns of W_xh that belong to the symbols hear of that step
    and of no other.

    Args:
        lag: of the task of `learn_lag`.
        seeds: the median is over so many starts.
    """
    print("the very first gradient, median of ten starts: its length, and the first step's part")
    for radius in (0.5, 1.0, 2.0):
        found = []
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            drawn = initialise_rnn(SYMBOLS + 1, UNITS, SYMBOLS, rng)
            W_hh = gaussian_start(radius)(UNITS, rng)
            start = drawn._replace(W_hh=W_hh, b_h=np.zeros(UNITS), b_y=np.zeros(SYMBOLS))
            x, targets = first_symbol(rng, lag + 1, SEQUENCES, SYMBOLS)
            _, gradients, _ = loss_gradients_outputs(start, x, targets, "tanh")
            whole = np.sqrt(sum(np.sum(np.square(g)) for g in gradients))
            found.append((whole, np.linalg.norm(gradients.W_xh[:, :SYMBOLS])))
        length, part = np.median(found, axis=0)
        print(f"radius {radius}: {length:7.2f} and {part:.1g}")


def successes_in_words(counts: Mapping[tuple[str, float, float, float], int]) -> str:
    """Return the counts of `clipping` at the lowest and the highest rate of SGD, as a line of text."""
    rates = sorted({rate for optimizer, rate, *_ in counts if optimizer == "SGD"})
    radii = sorted({key[3] for key in counts})
    return "; ".join(
        f"SGD at η = {rate}, {'without clipping' if np.isinf(bound) else 'clipped'}, at radii "
        f"{', '.join(map(str, radii))}: {', '.join(str(counts['SGD', rate, bound, r]) for r in radii)}"
        for rate in (rates[0], rates[-1])
        for bound in sorted({key[2] for key in counts}, reverse=True)
    )


def recalls(
    orthogonal: Callable[[int, np.random.Generator], np.ndarray],
) -> dict[int, list[float]]:
    """Show how well a weighted sum of the states recalls earlier inputs, and return the sums.

    Args:
        orthogonal: draws W_hh, which is multiplied by 0.95.

    Returns:
        By number of units, r² summed over all lags for each of five random networks.
    """
    found = {
        size: [_recall(size, seed, orthogonal) for seed in range(5)] for size in (8, 16, 32, 64)
    }
    figure, axes = plots.subplots("lag $k$ (steps)", "recall $r^2$, $k$ steps back")
    curves = {f"H = {size}": np.median(curve, axis=0) for size, curve in found.items()}
    plots.lines(axes, curves, x=np.arange(100))
    plots.show(
        figure,
        "Recall by a weighted sum against lag for networks of 8, 16, 32 and 64 units, median of five. Each "
        "curve starts high and falls to a half after about as many steps as there are units, with 64 units "
        "somewhat earlier; then to 0.",
    )
    sums = {size: [float(r2.sum()) for r2 in curve] for size, curve in found.items()}
    for size, of_seeds in sums.items():
        print(f"H = {size:2}: summed over all lags {min(of_seeds):.1f} to {max(of_seeds):.1f}")
    return sums


def _recall(
    size: int, seed: int, orthogonal: Callable[[int, np.random.Generator], np.ndarray]
) -> np.ndarray:
    steps, sequences, lags = 600, 40, 100
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (steps, sequences, 1))
    W_xh, W_hh = 0.1 * rng.standard_normal((size, 1)), 0.95 * orthogonal(size, rng)
    h = rnn_forward(x, np.zeros((sequences, size)), W_xh, W_hh, np.zeros(size))[lags:]
    past = np.stack([x[lags - k : steps - k, :, 0] for k in range(lags)], axis=2)
    fit, judge = slice(sequences // 2), slice(sequences // 2, sequences)
    weights, *_ = np.linalg.lstsq(
        h[:, fit].reshape(-1, size), past[:, fit].reshape(-1, lags), rcond=None
    )
    error = np.mean((h[:, judge] @ weights - past[:, judge]) ** 2, axis=(0, 1))
    return np.asarray(1 - error / np.mean(past[:, judge] ** 2, axis=(0, 1)))
