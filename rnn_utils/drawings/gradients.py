"""Values forward and gradients backward: one step, the two ways out of a state, truncation."""

from __future__ import annotations

import math

from rnn_utils.drawings.sketch import (
    BLUE,
    GREEN,
    PURPLE,
    RED,
    Drawing,
    Point,
    Sketch,
    number,
    spread,
)


def step_graph(
    x: float = 2.0,
    h_prev: float = 0.5,
    w_xh: float = 0.5,
    w_hh: float = -1.0,
    b: float = 0.05,
    dh: float = 1.0,
) -> Drawing:
    """Draw one step as a graph: every value forward in blue, every gradient backward in red.

    Args:
        x: the input.
        h_prev: the state before.
        w_xh: the input weight.
        w_hh: the recurrent weight.
        b: the bias.
        dh: the gradient of the loss with respect to the new state.

    Returns:
        the drawing.

    Example:
        >>> "0.5" in step_graph(h_prev=0.5).alt
        True
    """
    from_x, from_h = w_xh * x, w_hh * h_prev
    a = from_x + from_h + b
    h = math.tanh(a)
    da = dh * (1 - h**2)
    sheet = Sketch(392)

    def edge(start: Point, end: Point, value: float, gradient: float) -> None:
        # The value stands above the line near its start, the gradient below it.
        sheet.arrow(start, end)
        x0 = (start[0] + end[0]) / 2
        y0 = (start[1] + end[1]) / 2
        slope = (end[1] - start[1]) / (end[0] - start[0])
        lift = 11 + 5 * abs(slope)
        aside = 0.0 if slope == 0 else math.copysign(13, slope)  # away from a slanting line
        sheet.text((x0 + aside, y0 - lift), number(value), size=13, colour=BLUE, bold=True)
        sheet.text((x0 - aside, y0 + lift), number(gradient), size=13, colour=RED, bold=True)

    rows = {
        "w_{xh}": (36.0, w_xh, da * x),
        "x_t": (124.0, x, da * w_xh),
        "w_{hh}": (206.0, w_hh, da * h_prev),
        "h_{t-1}": (294.0, h_prev, da * w_hh),
        "b_h": (362.0, b, da),
    }
    for name, (y, value, gradient) in rows.items():
        colour = {"x_t": BLUE, "h_{t-1}": GREEN}.get(name, PURPLE)
        sheet.box((28, y), 46, 28, name, colour=colour)
        end: Point = (107, 80.0) if y < 140 else (107, 250.0)
        if name != "b_h":
            edge((51, y), (end[0], end[1] + (-8 if y in (36.0, 206.0) else 8)), value, gradient)
    sheet.circle((122, 80), 15, "×", size=18)
    sheet.circle((122, 250), 15, "×", size=18)
    sheet.circle((222, 165), 15, "+", size=18)
    edge((137, 84), (209, 156), from_x, da)
    edge((137, 246), (209, 174), from_h, da)
    sheet.arrow((51, 362), (222, 362), (222, 180))
    sheet.text((140, 351), number(b), size=13, colour=BLUE, bold=True)
    sheet.text((140, 374), number(da), size=13, colour=RED, bold=True)
    edge((237, 165), (287, 165), a, da)
    sheet.box((308, 165), 42, 28, "tanh", size=13)
    edge((329, 165), (372, 165), h, dh)
    sheet.text((385, 165), "h_t", colour=GREEN, bold=True)
    sheet.text((398, 20), "value, forward →", size=12, anchor="end", colour=BLUE)
    sheet.text((398, 38), "← gradient, backward", size=12, anchor="end", colour=RED)
    sheet.text((398, 262), f"slope of tanh: 1 − h^2 = {number(1 - h**2)}", size=12, anchor="end")
    return sheet.finish(
        f"One step as a graph. Forward: w_xh times x is {number(from_x)}, w_hh times h_t−1 is "
        f"{number(from_h)}; with the bias they sum to a = {number(a)}, and tanh gives h = {number(h)}. "
        f"Backward: the gradient {number(dh)} of h times the slope {number(1 - h**2)} is {number(da)}, which "
        f"goes unchanged through the sum to b_h; through each product it is multiplied by the other factor: "
        f"{number(da * x)} for w_xh, {number(da * w_xh)} for x, {number(da * h_prev)} for w_hh, "
        f"{number(da * w_hh)} for h_t−1."
    )


def two_paths() -> Drawing:
    """Draw the two ways from a state to the loss: through its own output, and through the later states.

    Returns:
        the drawing.

    Example:
        >>> "own output" in two_paths().alt
        True
    """
    sheet = Sketch(232)
    xs = (60.0, 190.0, 320.0)
    names = ("t", "t+1", "t+2")
    for k, (x, name) in enumerate(zip(xs, names, strict=True)):
        sheet.circle((x, 172), 22, f"h_{{{name}}}", colour=GREEN, filled=0.35 if k == 0 else 0.12)
        sheet.box((x, 96), 46, 28, f"y_{{{name}}}", colour=BLUE)
        colour = RED if k == 0 else PURPLE
        sheet.arrow((x, 150), (x, 110), colour=colour, width=2.5)
        sheet.arrow((x, 82), (x, 40), colour=colour, width=2.5)
        end = xs[k + 1] - 22 if k < 2 else 392
        sheet.arrow((x + 22, 172), (end, 172), colour=PURPLE, width=2.5)
    sheet.box((190, 26), 320, 28, "loss L")
    sheet.text((70, 127), "immediate", size=13, anchor="start", colour=RED, bold=True)
    sheet.text(
        (132, 207), "through the later states", size=13, colour=PURPLE, anchor="start", bold=True
    )
    sheet.text((4, 224), "total = immediate + through the later states", size=12, anchor="start")
    return sheet.finish(
        "Two ways lead from the state h_t to the loss. One goes up through its own output y_t: the immediate "
        "gradient. The other goes on to h_t+1, and from there through y_t+1 and all later steps. "
        "The total gradient is the sum of both."
    )


def truncation(T: int = 8, window: int = 4) -> Drawing:
    """Draw what truncation cuts: the state goes on through every step, the gradient stops at a window.

    Args:
        T: steps, at most 10.
        window: steps of a window.

    Returns:
        the drawing.

    Example:
        >>> "2 windows" in truncation(8, 4).alt
        True
    """
    sheet = Sketch(190)
    xs = spread(28, 372, T)
    y, radius = 84.0, min(15.0, 344 / T / 3)
    for t, x in enumerate(xs):
        sheet.circle((x, y), radius, str(t + 1), colour=GREEN, size=12)
        if t:
            sheet.arrow((xs[t - 1] + radius, y - 6), (x - radius, y - 6), colour=GREEN)
            if t % window:
                sheet.arrow((x - radius, y + 7), (xs[t - 1] + radius, y + 7), colour=RED)
    for k, start in enumerate(range(0, T, window)):
        end = min(start + window, T) - 1
        middle = (xs[start] + xs[end]) / 2
        sheet.box((middle, y), xs[end] - xs[start] + 2 * radius + 8, 74, dashed=True, filled=0.03)
        sheet.text((middle, 140), f"window {k + 1}", size=12)
        if start:
            cut = (xs[start - 1] + xs[start]) / 2
            sheet.text((cut, y + 8), "✕", colour=RED, size=16, bold=True)
    sheet.text(
        (4, 16), "state, forward: through every border →", size=12, anchor="start", colour=GREEN
    )
    sheet.text(
        (4, 174), "← gradient, backward: stops at the border", size=12, anchor="start", colour=RED
    )
    windows = -(-T // window)
    return sheet.finish(
        f"{T} states in a row, in {windows} windows of {window} steps. The state's arrows go on to the "
        f"next, across the borders of the windows too. The gradient's arrows go back within a window; at "
        f"each border they are cut."
    )
