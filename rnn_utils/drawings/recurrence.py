"""The loop and its unrolling, the shapes of a step and of a batch, the scan."""

from __future__ import annotations

import math

from rnn_utils.drawings.sketch import BLUE, GREEN, INK, PURPLE, RED, Drawing, Sketch, spread


def loop_and_unrolling(T: int = 4) -> Drawing:
    """Draw one recurrent step as a loop, and the same step once for every step of time.

    Args:
        T: how many steps are unrolled, 2 to 4.

    Returns:
        the drawing.

    Example:
        >>> loop_and_unrolling(3).alt[:21]
        'On the left, one step'
    """
    sheet = Sketch(212)
    y = 95
    sheet.box((52, y), 54, 44, "step", colour=GREEN)
    sheet.arrow((52, 160), (52, y + 22), colour=BLUE)
    sheet.text((52, 172), "x_t", colour=BLUE)
    sheet.arrow((52, y - 22), (52, 38))
    sheet.text((52, 26), "h_t")
    sheet.arrow((52, 55), (92, 55), (92, y), (79, y), colour=GREEN, width=2)
    sheet.text((74, 42), "h_{t-1}", size=12, anchor="start")
    sheet.text((124, y), "=", size=20)
    xs = spread(186, 366 if T == 4 else 350, T)
    wide = min(44, (xs[1] - xs[0]) - 18)
    sheet.text((146, y), "h_0")
    for t, x in enumerate(xs, start=1):
        start = 157 if t == 1 else xs[t - 2] + wide / 2
        sheet.arrow((start, y), (x - wide / 2, y), colour=GREEN, width=2)
        sheet.box((x, y), wide, 44, "step", colour=GREEN, size=13)
        sheet.arrow((x, 160), (x, y + 22), colour=BLUE)
        sheet.text((x, 172), f"x_{t}", colour=BLUE)
        sheet.arrow((x, y - 22), (x, 38))
        sheet.text((x, 26), f"h_{t}")
    middle = (xs[0] + xs[-1]) / 2
    sheet.text((middle, 198), "the same weights in every step", size=12)
    return sheet.finish(
        f"On the left, one step takes the input x_t and the state h_t−1 and returns the state h_t, which "
        f"goes back into it. On the right the same loop is unrolled: {T} copies of the step in a row, each "
        f"with its own input, each handing its state to the next, all with the same weights."
    )


def shapes_of_a_step(D: int = 3, H: int = 4) -> Drawing:
    """Draw the arrays of one step for one sequence, with their shapes, as they are multiplied and added.

    Args:
        D: numbers in an input, 1 to 5.
        H: numbers in a state, 2 to 5.

    Returns:
        the drawing.

    Example:
        >>> "4 rows" in shapes_of_a_step(3, 4).alt
        True
    """
    cell = min(18.0, 180 / (D + H + 4))
    tall = cell * max(D, H)
    top = 42.0
    sheet = Sketch(top + tall + 46)
    x = 14.0
    parts = (
        ("h_t", H, 1, GREEN, "="),
        ("W_{hh}", H, H, PURPLE, ""),
        ("h_{t-1}", H, 1, GREEN, "+"),
        ("W_{xh}", H, D, PURPLE, ""),
        ("x_t", D, 1, BLUE, "+"),
        ("b_h", H, 1, PURPLE, ""),
    )
    for name, rows, columns, colour, sign in parts:
        y = top + (tall - rows * cell) / 2
        middle = x + columns * cell / 2
        sheet.grid((x, y), rows, columns, cell, colour)
        if name not in ("h_{t-1}", "x_t"):  # what the first number of the new state is made from
            sheet.box(
                (middle, y + cell / 2), columns * cell, cell, colour=colour, filled=0.4, round=0
            )
        sheet.text((middle, 22), name, colour=colour, bold=True)
        shape = f"({rows}, {columns})" if name.startswith("W") else f"({rows},)"
        sheet.text((middle, top + tall + 14), shape, size=12)
        x += columns * cell + (24 if name.startswith("W") else 44)
        if sign:
            sheet.text((x - 22, top + tall / 2), sign, size=16)
    sheet.text(
        (14, top + tall + 36),
        "dark: one row of the weights makes one number",
        size=12,
        anchor="start",
    )
    return sheet.finish(
        f"The arrays of one step as grids, from left to right: h_t, a column of {H}, equals W_hh, {H} rows "
        f"and {H} columns, times h_t−1, a column of {H}, plus W_xh, {H} rows and {D} columns, times x_t, a "
        f"column of {D}, plus b_h, a column of {H}. The first row of each weight, the first number of b_h "
        f"and the first of h_t are darker: one row of the weights makes one number of the state."
    )


def time_first(T: int = 4, N: int = 3, D: int = 3) -> Drawing:
    """Draw a batch of sequences as an array (T, N, D): time downwards, one column for each sequence.

    Args:
        T: steps, 3 to 5.
        N: sequences, 2 or 3.
        D: numbers in an input, 2 or 3.

    Returns:
        the drawing.

    Example:
        >>> "one row is x[t]" in time_first().alt
        True
    """
    cell, left, top, row = 16.0, 92.0, 62.0, 36.0
    sheet = Sketch(top + T * row + 38)
    wide = D * cell + 22
    for n in range(N):
        sheet.text((left + n * wide + D * cell / 2, top - 18), f"n = {n}", size=12)
        for t in range(T):
            marked = t == 1 or n == N - 1
            colour = GREEN if t == 1 else BLUE if marked else INK
            sheet.grid((left + n * wide, top + t * row), 1, D, cell, colour)
    middle = left + N * wide / 2 - 11
    for t in range(T):
        sheet.text((58, top + t * row + cell / 2), f"t = {t}", size=12)
    sheet.arrow((18, top), (18, top + T * row - 10), width=2)
    sheet.text((18, top - 18), "time", size=12)
    right = left + N * wide - 22
    sheet.text(
        (right + 10, top + row + cell / 2), "x[t]: (N, D)", size=13, anchor="start", colour=GREEN
    )
    sheet.text(
        (left + (N - 1) * wide + D * cell / 2, top + T * row + 2),
        "x[:, n]: (T, D)",
        size=13,
        colour=BLUE,
    )
    sheet.text((middle, 16), "x has the shape (T, N, D)", size=14, bold=True)
    sheet.text((left, top + T * row + 24), "one cell is one number", size=12, anchor="start")
    return sheet.finish(
        f"An array of {N} sequences of {T} steps with {D} numbers in each input. Time runs downwards; "
        f"one row is x[t], the inputs of all sequences at one step, and one column is x[:, n], one "
        f"whole sequence."
    )


def scan_tree(T: int = 8) -> Drawing:
    """Draw how steps that compose fold in log₂ T rounds: pairs, pairs of pairs, and so on.

    Args:
        T: the number of steps, a power of two from 2 to 16.

    Returns:
        the drawing.

    Raises:
        ValueError: T is not a power of two from 2 to 16.

    Example:
        >>> "3 rounds" in scan_tree(8).alt
        True
    """
    rounds = int(math.log2(T)) if T > 0 else 0
    if 2**rounds != T or not 2 <= T <= 16:
        raise ValueError(f"T should be 2, 4, 8 or 16, so that all steps pair up; got {T}.")
    gap = 58.0
    sheet = Sketch(70 + gap * rounds)
    bottom = sheet.height - 34
    places = list(spread(66, 384, T))
    radius = min(14.0, 318 / T / 2.6)
    for t, x in enumerate(places, start=1):
        sheet.text((x, bottom + 22), str(t), size=12)
        sheet.circle((x, bottom), radius, colour=BLUE)
    sheet.text((6, bottom + 22), "step", size=12, anchor="start")
    first = [(t, t) for t in range(1, T + 1)]
    for k in range(1, rounds + 1):
        y, below = bottom - gap * k, bottom - gap * (k - 1)
        above = [(a + b) / 2 for a, b in zip(places[::2], places[1::2], strict=True)]
        first = [(a[0], b[1]) for a, b in zip(first[::2], first[1::2], strict=True)]
        for x, old_left, old_right in zip(above, places[::2], places[1::2], strict=True):
            for old in (old_left, old_right):
                sheet.arrow((old, below - radius), (x, y + 12))
        wide = min(46.0, 300 / len(above))
        for x, (start, end) in zip(above, first, strict=True):
            words = f"{start}–{end}" if T <= 8 or k > 1 else ""
            sheet.box((x, y), wide, 24, words, colour=GREEN if k < rounds else RED, size=12)
        sheet.text((6, y), f"round {k}", size=12, anchor="start")
        places, radius = above, 12.0
    return sheet.finish(
        f"{T} steps in a row at the bottom. In each round neighbours are composed into one, all pairs at the "
        f"same time: after {rounds} rounds a single step from 1 to {T} is left, where a loop would need {T}."
    )
