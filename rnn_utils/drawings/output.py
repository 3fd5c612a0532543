"""From a state to scores, and from scores to probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rnn_utils.drawings.sketch import BLUE, GREEN, PURPLE, RED, Drawing, Sketch, number, spread


def scores_and_probabilities(
    h: Sequence[float] = (0.5, -1.0),
    W_hy: Sequence[Sequence[float]] = ((2.0, 0.0), (0.0, 1.0), (1.0, 1.0)),
    b_y: Sequence[float] = (0.0, 1.0, -0.5),
) -> Drawing:
    """Draw how an output layer makes scores from a state, and the softmax probabilities from them.

    Args:
        h: the state, two or three numbers.
        W_hy: the weights, a row for each of two or three scores.
        b_y: the biases, one for each score.

    Returns:
        the drawing.

    Example:
        >>> "0.67" in scores_and_probabilities().alt
        True
    """
    scores = [
        sum(w * v for w, v in zip(row, h, strict=True)) + b
        for row, b in zip(W_hy, b_y, strict=True)
    ]
    powers = [math.exp(score) for score in scores]
    total = sum(powers)
    probabilities = [power / total for power in powers]

    sheet = Sketch(238)
    columns = (34.0, 142.0, 232.0, 304.0)
    heads = (("state", "h_t"), ("scores", "y_t"), ("powers", "e^y"), ("softmax", "p"))
    for x, (name, symbol) in zip(columns, heads, strict=True):
        sheet.text((x, 14), name, size=12)
        sheet.text((x, 32), symbol, bold=True)
    state_rows, rows = spread(88, 148, len(h)), spread(68, 168, len(scores))
    for y, value in zip(state_rows, h, strict=True):
        sheet.circle((columns[0], y), 21, number(value), colour=GREEN, size=13)
        for row in rows:
            sheet.arrow((columns[0] + 21, y), (columns[1] - 23, row), colour=PURPLE, width=1)
    sheet.text((86, 196), "W_{hy}, b_y", size=13, colour=PURPLE, bold=True)
    for y, score, power, p in zip(rows, scores, powers, probabilities, strict=True):
        sheet.box((columns[1], y), 44, 28, number(score), colour=BLUE, size=13)
        sheet.arrow((columns[1] + 22, y), (columns[2] - 26, y))
        sheet.box((columns[2], y), 50, 28, number(power), size=13)
        sheet.arrow((columns[2] + 25, y), (columns[3] - 22, y))
        sheet.text((columns[3], y), number(p), size=13, colour=RED, bold=True)
        sheet.box((330 + 33 * p, y), 66 * p, 20, colour=RED, filled=0.5, round=0)
    sheet.text((columns[2], 196), f"sum {number(total)}", size=13)
    sheet.text((columns[3] + 18, 196), "sum 1", size=13)
    sheet.text((columns[2], 222), "each power divided by their sum", size=12)

    def listed(values: Sequence[float]) -> str:
        return ", ".join(number(value) for value in values)

    return sheet.finish(
        f"From left to right: a state of {len(h)} numbers, {listed(h)}; arrows from each of them to each of "
        f"{len(scores)} scores, {listed(scores)}; from each score to its power of e, {listed(powers)}, with "
        f"the sum {number(total)}; and from each power, divided by this sum, to a probability with a bar as "
        f"long: {listed(probabilities)}, with the sum 1."
    )
