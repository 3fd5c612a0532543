"""The figures of lesson 13, the GRU."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from rnn_utils import plots
from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.gru import gru_forward
from rnn_utils.experiments.three_cells import READ_AT, chosen_rate

_STYLES = {
    "tanh RNN": (plots.COLOURS[0], "-"),
    "tanh RNN, orthogonal": (plots.COLOURS[0], "--"),
    "ReLU RNN, identity": (plots.COLOURS[3], "-."),
    "LSTM": (plots.COLOURS[1], "--"),
    "GRU": (plots.COLOURS[2], "-"),
}


def constant_or_gate(constants: ArrayLike, by_constant: Sequence[float], by_gate: float) -> None:
    """Show the recall of the marked number for each constant share, and for the gate."""
    figure, axes = plots.subplots("constant share $z$", "recall $r^2$ of the number")
    axes.plot(constants, by_constant, color=plots.COLOURS[0])
    axes.axhline(by_gate, color=plots.COLOURS[1], linestyle="--")
    axes.text(0.5, by_gate - 0.09, "a gate that reads the mark", color=plots.COLOURS[1])
    axes.text(0.5, max(by_constant) + 0.04, "constant z", color=plots.COLOURS[0])
    axes.set_ylim(0, 1.05)
    plots.show(
        figure,
        f"Recall of the marked number against a constant share z from 0.5 to 0.995: never above "
        f"{max(by_constant):.2f}. A dashed line at {by_gate:.2f} marks the gate.",
    )
    print(f"best constant: {max(by_constant):.3f};  a gate that reads the mark: {by_gate:.3f}")


def race(curves: Mapping[str, Any]) -> None:
    """Show learning curves against updates and against seconds, and print where they end."""
    labels = ["updates", "seconds on the processor"]
    figure, axes = plots.subplots(labels, "bits per character", ["", ""], share_y=True)
    for network, curve in curves.items():
        colour, dashes = _STYLES[network]
        axes[0].plot(curve.updates, curve.score, color=colour, linestyle=dashes, label=network)
        axes[1].plot(curve.seconds, curve.score, color=colour, linestyle=dashes)
    _logarithmic(axes[0], (25, 50, 100, 200, 400))
    _logarithmic(axes[1], (0.1, 0.3, 1))
    axes[0].legend(frameon=False, labelcolor=plots.INK)
    plots.show(
        figure,
        "Bits per character in a short race, against updates and against seconds. The tanh RNN makes "
        "more updates in the same time, so against seconds its curve moves to the left.",
    )
    for network, curve in curves.items():
        print(f"{network:9} {curve.updates[-1]:4.0f} updates, {curve.score[-1]:.2f} bits")


def learning(rows: np.ndarray, tasks: Mapping[str, Any]) -> None:
    """Show the mean score of each network's seeds against updates, from `data.three_cells()`."""
    figure, axes = plots.subplots(
        "updates",
        [task.score for task in tasks.values()],
        ["adding problem, T = 50", "next character"],
        height=3.4,
    )
    for ax, name in zip(axes, tasks, strict=True):
        for network, (colour, dashes) in _STYLES.items():
            here = rows[(rows["task"] == name) & (rows["network"] == network)]
            rate = chosen_rate(rows, name, network, READ_AT[name])
            here = here[(here["part"] == "test") & (here["learning_rate"] == rate)]
            at = np.unique(here["updates"])
            mean = [here["score"][here["updates"] == u].mean() for u in at]
            ax.plot(at, mean, color=colour, linestyle=dashes, label=network)
        _logarithmic(ax, (25, 100, 400, 1600))
    axes[0].axhline(1 / 6, color=plots.INK, linestyle=":", linewidth=1)
    axes[0].set_ylim(0, 0.3)
    axes[1].legend(frameon=False, labelcolor=plots.INK, fontsize=9, loc="upper right")
    plots.show(
        figure,
        "Mean score over the seeds against updates. Adding problem: the error of the ReLU RNN from the "
        "identity and of the GRU and the LSTM falls to near zero; both tanh RNNs stay at the dotted line "
        "of one sixth, but for one run from the orthogonal start that leaps up near 500 updates. Text: all "
        "curves fall together; the gated cells are lowest at equal updates.",
    )


def gradient_reach(step_backward: Callable[..., Any], T: int = 50, N: int = 20) -> None:
    """Show how much of a gradient is left k steps back, for three biases at the update gate.

    Args:
        step_backward: `gru_step_backward`, the learner's or ours.
        T: how many steps.
        N: how many sequences.
    """
    D, H, curves = 3, 4, {}
    rng = np.random.default_rng(1)
    W_x, W_h = 0.2 * rng.standard_normal((3 * H, D)), 0.2 * rng.standard_normal((3 * H, H))
    x, h0, none = rng.standard_normal((T, N, D)), np.zeros((N, H)), np.zeros(3 * H)
    for bias in (0.0, 2.0, 4.0):
        at_z = np.repeat([0.0, bias, 0.0], H)
        h = np.concatenate([h0[None], gru_forward(x, h0, W_x, W_h, at_z, none)])
        carried, left = np.ones((N, H)), [1.0]
        for t in reversed(range(T)):
            _, carried, *_ = step_backward(carried, x[t], h[t], W_x, W_h, at_z, none)
            left.append(float(np.linalg.norm(carried) / np.sqrt(N * H)))
        curves[f"bias {bias:.0f}, so z near {sigmoid(np.array(bias)):.2f}"] = left
    figure, axes = plots.subplots("steps back", "part of the gradient left")
    plots.lines(axes, curves, x=np.arange(T + 1))
    axes.set_yscale("log")
    plots.show(
        figure,
        "The part of the gradient that is left against steps back, logarithmic: three straight lines. "
        "With a bias of 0 it falls by many powers of ten within 50 steps; with 4 it stays within one.",
    )
    for name, left in curves.items():
        print(f"{name:24} after 50 steps {left[-1]:.1e}")


def _logarithmic(ax: Axes, ticks: Sequence[float]) -> None:
    ax.set_xscale("log")
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
