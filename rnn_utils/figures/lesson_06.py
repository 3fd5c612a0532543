"""The figures of lesson 06, gradients of one step."""

from __future__ import annotations

import numpy as np

from rnn_utils import plots


def errors_of_differences() -> None:
    """Show the largest error of one-sided and central differences of tanh against the step."""
    a = np.random.default_rng(0).standard_normal(20)
    exact = 1 - np.tanh(a) ** 2
    steps = 10.0 ** np.arange(-15, 0)
    one_sided, central = [], []
    for step in steps:
        up, down = np.tanh(a + step), np.tanh(a - step)
        one_sided.append(np.abs((up - np.tanh(a)) / step - exact).max())
        central.append(np.abs((up - down) / (2 * step) - exact).max())
    figure, axes = plots.subplots(r"step $\varepsilon$", "largest error of a slope", height=3.2)
    plots.lines(axes, {"one-sided": one_sided, "central": central}, x=steps, markers=True)
    axes.set(xscale="log", yscale="log")
    plots.show(
        figure,
        "Error against step, both axes logarithmic. Both curves have the shape of a U: to the right "
        "the error falls with the step, twice as steeply for the central difference; to the left it "
        "rises again by rounding. The lowest point of the central curve lies near a step of 1e-5.",
    )
