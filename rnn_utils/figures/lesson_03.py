"""The figures of lesson 03, the tanh activation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils import plots


def growth(years: ArrayLike, linear: ArrayLike, squashed: ArrayLike) -> None:
    """Show the size of a linear state in powers of ten, and the state with tanh, both (T,)."""
    figure, axes = plots.subplots(
        "year", ["size $|h_t|$, powers of ten", "state $h_t$"], ["1.1 h + x", "tanh(1.1 h + x)"]
    )
    plots.lines(axes[0], {"linear": np.log10(np.abs(linear))}, x=years)
    plots.lines(axes[1], {"with tanh": squashed}, x=years)
    plots.show(
        figure,
        "Left: the size of the linear state in powers of ten rises along a straight line to 13. "
        "Right: the state with tanh follows the sunspot cycle between -1 and 1 for three hundred "
        "years.",
    )


def tanh_and_slope(a: ArrayLike) -> None:
    """Show tanh and its slope over the sums a (K,)."""
    figure, axes = plots.subplots("sum a", "")
    plots.lines(axes, {"h = tanh(a)": np.tanh(a), "its slope": 1 - np.tanh(a) ** 2}, x=a)
    plots.show(
        figure,
        "tanh rises from -1 to 1 in an S. Its slope is a bell: 1 at a = 0, and almost nothing "
        "beyond a = 3 on either side.",
    )


def bounded(scales: Sequence[float], counts: Mapping[str, Sequence[int]]) -> None:
    """Show how many of ten draws stay bounded, by activation, against the scale of W_hh."""
    figure, axes = plots.subplots("scale of $W_{hh}$", "bounded draws, of 10")
    plots.lines(axes, counts, x=scales, markers=True)
    axes.set_ylim(-0.6, 10.6)
    plots.show(
        figure,
        "Bounded draws, of ten, against the scale of W_hh, one curve for each activation. The curves of "
        "tanh and the sigmoid lie on each other, level at 10. The identity's falls from 10 to 0 in one "
        "step, between 0.95 and 1.05. ReLU's falls bit by bit, from 10 at 1.2 to 0 at 3.",
    )


def settling(runs: Mapping[str, ArrayLike], alternating: Mapping[str, ArrayLike]) -> None:
    """Show runs of one neuron left alone, each (T + 1,): those that settle, and those that alternate."""
    figure, axes = plots.subplots(
        "step $t$", "state $h_t$", ["w = 0.8 and w = 2", "w = −2"], share_y=True
    )
    for ax, named in zip(axes, (runs, alternating), strict=True):
        steps = np.arange(len(np.asarray(next(iter(named.values())))))
        plots.lines(ax, named, x=steps, markers=True)
        ax.set_xticks(steps[::4])
    axes[0].legend(frameon=False, labelcolor=plots.INK, fontsize=9, loc=(0.4, 0.16))
    plots.show(
        figure,
        "Left: w = 0.8 decays to 0; w = 2 rises from 0.001 to 0.96 within twelve steps and stays, "
        "and from -0.3 it goes to -0.96. Right: w = -2 swings more and more widely until it jumps "
        "between 0.96 and -0.96.",
    )


def crossings(weights: Sequence[float]) -> None:
    """Show for each weight the curve tanh(w h) and the diagonal, with a ring at every crossing."""
    h = np.linspace(-1.1, 1.1, 201)
    figure, axes = plots.subplots(
        "state h",
        "state one step later",
        [f"w = {w:g}".replace("-", "−") for w in weights],
        share_y=True,
    )
    for ax, w in zip(axes, weights, strict=True):
        ax.plot(h, np.tanh(w * h), color=plots.COLOURS[0], label="tanh(w h)")
        ax.plot(h, h, "--", color=plots.COLOURS[1], label="diagonal")
        apart = np.tanh(w * h) - h
        k = np.flatnonzero(np.diff(np.sign(np.where(apart == 0, 1e-12, apart))))
        crossings = h[k] - apart[k] * (h[k + 1] - h[k]) / (apart[k + 1] - apart[k])
        ax.plot(
            crossings, crossings, "o", color=plots.COLOURS[3], fillstyle="none", label="crossing"
        )
    axes[0].legend(frameon=False, labelcolor=plots.INK, fontsize=9)
    plots.show(
        figure,
        "Three panels: the curve tanh(w h), the dashed diagonal, and rings where they cross. For w = 0.8 "
        "the curve is flatter than the diagonal, with one ring, at 0. For w = 2 it is an S, steeper than "
        "the diagonal at 0, with three rings. For w = -2 it falls, with one ring, at 0.",
    )


def map_of_one_neuron(
    fixed_points: Callable[[float, float], ArrayLike], is_stable: Callable[[float, float], bool]
) -> None:
    """Show the fixed points against the weight, for b = 0 and b = 0.1, marked by stability."""
    figure, axes = plots.subplots(
        "weight $w$", "fixed points $h^*$", ["b = 0", "b = 0.1"], height=3.2, share_y=True
    )
    for ax, b in zip(axes, (0.0, 0.1), strict=True):
        points = [
            (w, h) for w in np.arange(-2.95, 3, 0.1) for h in np.asarray(fixed_points(w, b)).ravel()
        ]
        for kind, marker, colour in [(True, "o", plots.COLOURS[0]), (False, "x", plots.COLOURS[1])]:
            chosen = np.array([p for p in points if bool(is_stable(*p)) == kind])
            label = "stable" if kind else "unstable"
            ax.plot(*chosen.T, marker, color=colour, markersize=3 if kind else 5, label=label)
        ax.legend(frameon=False, labelcolor=plots.INK, fontsize=9)
    plots.show(
        figure,
        "Fixed points against the weight. For b = 0, the one at 0 is stable from -1 to 1 and "
        "unstable outside; at w = 1 two stable branches split off and run towards 1 and -1. For b = "
        "0.1 the upper branch is smooth, and the lower one appears with an unstable partner at a "
        "larger weight.",
    )


def held_bits(states: Mapping[str, np.ndarray], bits: np.ndarray) -> None:
    """Show one sequence with a positive and one with a negative bit, states (T, N) by neuron."""
    figure, axes = plots.subplots("step $t$", "state $h_t$", list(states))
    up, down = int(np.argmax(bits)), int(np.argmin(bits))
    for ax, h in zip(axes, states.values(), strict=True):
        ax.plot(h[:, up], color=plots.COLOURS[0], linewidth=1, label="pulse +2")
        ax.plot(h[:, down], "--", color=plots.COLOURS[1], linewidth=1, label="pulse −2")
        ax.set_xticks([0, 500, 1000])
    axes[2].legend(frameon=False, labelcolor=plots.INK, fontsize=9, loc="center")
    plots.show(
        figure,
        "Two sequences through three neurons. Linear with 0.9: both traces are noise around 0. "
        "Linear with 1: both wander off. tanh with 2: the trace with the pulse +2 stays above 0.8, "
        "the one with -2 below -0.8, for all 1000 steps.",
    )


def portraits(traces: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    """Show the paths (T + 1, 2) of two neurons, linear and with tanh, by the stretch r."""
    figure, axes = plots.subplots("neuron 1", "neuron 2", list(traces), height=3.4, share_y=True)
    for ax, paths in zip(axes, traces.values(), strict=True):
        for (name, h), colour, line in zip(
            paths.items(), (plots.COLOURS[1], plots.COLOURS[0]), ("--", "-"), strict=True
        ):
            ax.plot(*h.T, line, marker=".", color=colour, linewidth=1.2, label=name)
        ax.plot(*h[0], "D", color=plots.COLOURS[3], label="start")
        ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), aspect="equal")
        ax.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    figure.legend(
        *axes[0].get_legend_handles_labels(),
        loc="outside upper left",
        ncols=3,
        frameon=False,
        labelcolor=plots.INK,
        fontsize=11,
    )
    plots.show(
        figure,
        "Three portraits of two neurons that turn by 36 degrees a step, each with a linear and a tanh path "
        "from the same start. r = 0.9: both spiral into 0. r = 1: the linear path stays on a circle, the "
        "tanh path drifts inwards. r = 1.25: the linear path spirals out of the picture, the tanh path "
        "settles on a loop around 0.",
    )
