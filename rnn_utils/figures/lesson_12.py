"""The figures of lesson 12, the LSTM."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_utils import plots
from rnn_utils.cells.lstm import lstm_gates
from rnn_utils.training.parameters import initialise_lstm

#: What always answering the mean costs.
BASELINES = {"adding": 1 / 6, "keeping": 1 / 12}


def _chosen(rows: np.ndarray, task: str, T: int, network: str) -> np.ndarray:
    mask = (rows["task"] == task) & (rows["T"] == T) & (rows["network"] == network)
    return np.sort(rows[mask], order="seed")


def chosen_rate(rows: np.ndarray, task: str, T: int, network: str) -> float:
    """Return the learning rate that was chosen for a network, from `data.adding_results()`."""
    return float(_chosen(rows, task, T, network)["learning_rate"][0])


def errors(rows: np.ndarray, tasks: Sequence[tuple[str, int]]) -> None:
    """Show every seed's error for each network, and print how many seeds solve the task.

    Args:
        rows: `data.adding_results()`.
        tasks: pairs of a task and a length, one picture for each.
    """
    names = list(dict.fromkeys(rows["network"].tolist()))
    titles = [f"{task}, T = {T}" for task, T in tasks]
    figure, axes = plots.subplots("mean squared error", "", titles, height=3.0, share_y=True)
    for ax, (task, T) in zip(np.atleast_1d(axes), tasks, strict=True):
        solved = BASELINES[task] / 10
        for place, name in enumerate(names):
            found = np.sort(_chosen(rows, task, T, name)["error"])
            aside = np.linspace(-0.3, 0.3, len(found))
            colour = plots.COLOURS[0 if "tanh" in name else 1 if "ReLU" in name else 2]
            marker = "o" if "tanh" in name else "s" if "ReLU" in name else "^"
            ax.scatter(found, place + aside, s=9, color=colour, marker=marker)
        ax.axvline(BASELINES[task], color=plots.INK, linestyle="--", linewidth=1)
        ax.axvline(solved, color=plots.INK, linestyle=":", linewidth=1)
        ax.set(xscale="log", ylim=(len(names) - 0.5, -0.5))
        ax.set_yticks(range(len(names)), names)
    counts = {
        (name, task, T): _chosen(rows, task, T, name)["error"] < BASELINES[task] / 10
        for name in names
        for task, T in tasks
    }
    told = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{counts[name, task, T].sum()} of {counts[name, task, T].size}" for task, T in tasks
        )
        for name in names
    )
    plots.show(
        figure,
        f"Error of every seed, one row of points for each network, on a logarithmic axis, for "
        f"{'; '.join(titles)}. Dashed: always answering the mean. Dotted: a tenth of it, which counts "
        f"as solved. Seeds that solve it: {told}.",
    )
    head = "".join(f"{title:>17}" for title in titles)
    print("seeds that solve it: an error below a tenth of the dashed line")
    print(f"{'':27}{head}")
    for name in names:
        cells = "".join(
            f"{f'{counts[name, t, T].sum()} of {counts[name, t, T].size}':>17}" for t, T in tasks
        )
        print(f"{name:27}{cells}")


def recall(r2: np.ndarray) -> None:
    """Show how well the number of each step can be read off the last state and cell, (T,)."""
    steps = np.arange(1, len(r2) + 1)
    figure, axes = plots.subplots(
        "step at which the number came", "recall $r^2$ at the end", height=2.4
    )
    axes.bar(steps, r2, color=[plots.COLOURS[1]] + [plots.COLOURS[0]] * (len(r2) - 1), width=0.7)
    axes.text(1, min(r2[0], 1) + 0.02, "marked", color=plots.COLOURS[1], ha="center", fontsize=9)
    axes.set(xticks=steps, ylim=(0, 1.12))
    plots.show(
        figure,
        f"Bars of r² for the number of each step. The marked first one stands at {r2[0]:.2f}, the newest "
        f"three above {r2[-3:].min():.1f}; those in between are lower, down to {r2.min():.2f}.",
    )


def gradient_reach(forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
    """Show how much of a gradient reaches the cell k steps back, along the cell and in all.

    Args:
        forward, backward: `lstm_forward` and `lstm_backward`, the learner's or ours.
    """
    T, H, along, total = 40, 16, {}, {}
    for bias in (0.0, 1.0, 3.0):
        runs = []
        for seed in range(5):
            rng = np.random.default_rng(seed)
            W_x, W_h, b, *_ = initialise_lstm(2, H, 1, rng, forget_bias=bias)
            x, zero, dh = rng.standard_normal((T, 1, 2)), np.zeros((1, H)), np.zeros((T, 1, H))
            h, c = forward(x, zero, zero, W_x, W_h, b)
            f = [lstm_gates(x[t], h[t - 1], W_x, W_h, b)[1] for t in range(T - 1, 0, -1)]
            dh[-1] = rng.standard_normal((1, H))
            arrives = []
            for t in range(T - 2, -1, -1):  # after step t the rest is a sequence of its own
                dc = backward(dh[t + 1 :], x[t + 1 :], h[t], c[t], W_x, W_h, b)[2]
                arrives.append(np.linalg.norm(dc) / np.linalg.norm(dh[-1]))
            runs.append((np.median(np.cumprod(f, axis=0), axis=(1, 2)), arrives))
        along[f"forget bias {bias:.0f}"], total[f"forget bias {bias:.0f}"] = np.median(runs, axis=0)
    titles = ["along the cell alone", "on all paths"]
    figure, axes = plots.subplots("steps back", "part of the gradient", titles, share_y=True)
    for ax, curves in zip(axes, (along, total), strict=True):
        plots.lines(ax, curves, x=np.arange(1, T))
        ax.set_yscale("log")
    plots.show(
        figure,
        "The part of a gradient that reaches the cell against steps back, logarithmic, for forget biases "
        "of 0, 1 and 3. Along the cell: three straight lines, steep for 0, flatter for 1 and for 3. On "
        "all paths each falls less steeply, and for 3 it hardly falls.",
    )
    for name in along:
        per_step = [
            (curves[name][-1] / curves[name][4]) ** (1 / (T - 6)) for curves in (along, total)
        ]
        print(
            f"{name}: per step × {per_step[0]:.2f} along the cell, × {per_step[1]:.2f} on all paths"
        )
