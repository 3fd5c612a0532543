"""The LSTM's and the GRU's cell, their gates open as far as they are."""

from __future__ import annotations

import math

from rnn_utils.drawings.sketch import BLUE, GREEN, PURPLE, RED, Drawing, Point, Sketch, number


def lstm_cell(
    i: float = 0.8, f: float = 0.95, g: float = 0.6, o: float = 0.4, c_prev: float = 1.2
) -> Drawing:
    """Draw one step of an LSTM's cell with its values, each gate filled as far as it is open.

    Args:
        i: the input gate, from 0 to 1.
        f: the forget gate, from 0 to 1.
        g: the candidate, from −1 to 1.
        o: the output gate, from 0 to 1.
        c_prev: the cell before the step.

    Returns:
        the drawing.

    Source: Hochreiter and Schmidhuber (1997); forget gate: Gers, Schmidhuber and Cummins (2000).

    Example:
        >>> "the cell goes from 2 to 1" in lstm_cell(i=0, f=0.5, c_prev=2).alt
        True
    """
    c = f * c_prev + i * g
    h = o * math.tanh(c)
    sheet = Sketch(330)
    top, gates = 62.0, 222.0
    xs = {"f": 88.0, "i": 148.0, "g": 208.0, "o": 276.0}
    sheet.arrow((44, top), (xs["f"] - 14, top), colour=GREEN, width=3)
    sheet.arrow((xs["f"] + 14, top), (186, top), colour=GREEN, width=1 + 3 * f)
    sheet.arrow((214, top), (352, top), colour=GREEN, width=3)
    sheet.text((4, top - 26), "c_{t-1}", colour=GREEN, bold=True, anchor="start")
    sheet.text((4, top), number(c_prev), anchor="start")
    sheet.text((396, top - 26), "c_t", colour=GREEN, bold=True, anchor="end")
    sheet.text((396, top), number(c), anchor="end")
    sheet.text((200, 18), "the cell: kept by f, added to by i × g", size=12)
    sheet.valve((xs["f"], top), 14, f)
    sheet.circle((200, top), 14, "+", size=18)
    sheet.text((137, top - 13), number(f * c_prev), size=12)

    product = 138.0
    middle = (xs["i"] + xs["g"]) / 2
    for name in ("i", "g"):
        sheet.arrow(
            (xs[name], gates - 17),
            (xs[name], product),
            (middle + (-14 if name == "i" else 14), product),
        )
    sheet.valve((middle, product), 14, i)
    sheet.arrow(
        (middle, product - 14), (middle, 100), (200, 100), (200, top + 14), width=1 + 3 * abs(i * g)
    )
    sheet.text((210, 102), number(i * g), size=12, anchor="start")
    sheet.arrow((xs["f"], gates - 17), (xs["f"], top + 14))

    out = (xs["o"] + 38, product)
    sheet.arrow((out[0], top), (out[0], 88))
    sheet.box((out[0], 100), 44, 24, "tanh", size=12)
    sheet.arrow((out[0], 112), (out[0], product - 14))
    sheet.arrow((xs["o"], gates - 17), (xs["o"], product), (out[0] - 14, product))
    sheet.valve(out, 14, o)
    sheet.arrow((out[0], product + 14), (out[0], 180), (352, 180), width=2.5)
    sheet.text((396, 166), "h_t", bold=True, anchor="end")
    sheet.text((396, 186), number(h), anchor="end")

    boxes = {
        "f": ("σ", f, PURPLE),
        "i": ("σ", i, PURPLE),
        "g": ("tanh", g, RED),
        "o": ("σ", o, PURPLE),
    }
    words = {"f": "forget", "i": "input", "g": "candidate", "o": "output"}
    _draw_gates(sheet, boxes, words, xs, gates, below=(70, 268))
    sheet.text(
        (4, 316), "A round valve is filled as far as its gate is open.", size=12, anchor="start"
    )
    return sheet.finish(
        f"One step of an LSTM: the cell goes from {number(c_prev)} to {number(c)}. The forget gate, "
        f"{number(f)} open, lets {number(f * c_prev)} through; the input gate, {number(i)} open, adds "
        f"{number(i * g)} of the candidate {number(g)}. The output gate, {number(o)} open, shows "
        f"{number(h)} of the cell as the state. All four are computed from x_t and h_t−1."
    )


def gru_cell(r: float = 0.5, z: float = 0.75, n: float = -0.4, h_prev: float = 0.8) -> Drawing:
    """Draw one step of a GRU with its values: the update gate mixes the old state and the candidate.

    Args:
        r: the reset gate, from 0 to 1.
        z: the update gate, from 0 to 1; the share of the old state that is kept.
        n: the candidate, from −1 to 1.
        h_prev: the state before the step.

    Returns:
        the drawing.

    Source: Cho et al. (2014), in the form and order of PyTorch.

    Example:
        >>> "from 1 to 1" in gru_cell(z=1, h_prev=1).alt
        True
    """
    h = z * h_prev + (1 - z) * n
    sheet = Sketch(300)
    top, gates = 58.0, 190.0
    xs = {"r": 88.0, "n": 200.0, "z": 268.0}
    sheet.arrow((44, top), (154, top), colour=GREEN, width=3)
    sheet.valve((168, top), 14, z)
    sheet.arrow((182, top), (296, top), colour=GREEN, width=1 + 3 * z)
    sheet.circle((310, top), 14, "+", size=18)
    sheet.arrow((324, top), (352, top), colour=GREEN, width=3)
    sheet.text((4, top - 26), "h_{t-1}", colour=GREEN, bold=True, anchor="start")
    sheet.text((4, top), number(h_prev), anchor="start")
    sheet.text((396, top - 26), "h_t", colour=GREEN, bold=True, anchor="end")
    sheet.text((396, top), number(h), anchor="end")
    sheet.text((168, 22), f"z = {number(z)} kept", size=12)
    sheet.text((250, top - 12), number(z * h_prev), size=12)

    sheet.valve((310, 120), 14, 1 - z)
    sheet.text((398, 152), f"1 − z = {number(1 - z)}", size=12, anchor="end")
    x_z = xs["z"]
    sheet.arrow((x_z, gates - 17), (x_z, 150), (310, 150), (310, 134), colour=PURPLE, dashed=True)
    sheet.arrow((x_z - 12, gates - 17), (x_z - 12, 92), (182, 66), colour=PURPLE, dashed=True)
    sheet.arrow((310, 106), (310, top + 14), width=1 + 3 * (1 - z))
    sheet.text((318, 90), number((1 - z) * n), size=12, anchor="start")
    sheet.arrow((xs["n"], gates - 17), (xs["n"], 120), (296, 120))

    sheet.arrow((62, top), (62, 120), (130, 120), colour=GREEN)
    sheet.valve((144, 120), 14, r)
    sheet.arrow((144, 134), (144, gates), (xs["n"] - 23, gates))
    sheet.arrow((xs["r"], gates - 17), (xs["r"], 140), (133, 129))
    sheet.text((144, 96), f"r = {number(r)}", size=12)
    boxes = {"r": ("σ", r, PURPLE), "n": ("tanh", n, RED), "z": ("σ", z, PURPLE)}
    words = {"r": "reset", "n": "candidate", "z": "update"}
    _draw_gates(sheet, boxes, words, xs, gates, below=(62, 236))
    sheet.text((4, 284), "A round valve is filled as far as it is open.", size=12, anchor="start")
    return sheet.finish(
        f"One step of a GRU: the state goes from {number(h_prev)} to {number(h)}. The update gate keeps "
        f"{number(z)} of the old state, {number(z * h_prev)}, and takes {number(1 - z)} of the candidate "
        f"{number(n)}. The reset gate, {number(r)} open, says how much of the old state the candidate sees."
    )


def _draw_gates(
    sheet: Sketch,
    boxes: dict[str, tuple[str, float, str]],
    words: dict[str, str],
    xs: dict[str, float],
    height: float,
    below: Point,
) -> None:
    """Draw a box for each gate (its function, value and colour), and the line below that feeds them."""
    left, line = below
    for name, (function, value, colour) in boxes.items():
        x = xs[name]
        sheet.box((x, height), 46, 34, colour=colour)
        sheet.text((x, height - 7), function, size=12)
        sheet.text((x, height + 8), f"{name} {number(value)}", size=12, bold=True)
        sheet.arrow((x, line), (x, height + 17))
        sheet.text((x, line + 18), words[name], size=12)
    sheet.arrow(below, (max(xs[name] for name in boxes), line), head=False)
    sheet.text((left - 10, line - 10), "x_t", colour=BLUE, bold=True, anchor="end")
    sheet.text((left - 10, line + 10), "h_{t-1}", bold=True, anchor="end")
