"""Networks of more than one layer: stacked, in two directions, over images, from sequence to sequence."""

from __future__ import annotations

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


def stack_and_directions(T: int = 4) -> Drawing:
    """Draw a stack of two layers that read forwards, and two layers of which one reads backwards.

    Args:
        T: steps, 3 to 5.

    Returns:
        the drawing.

    Example:
        >>> "backwards" in stack_and_directions().alt
        True
    """
    sheet = Sketch(392)
    xs = spread(112, 372, T)
    radius = 16.0

    def layer(y: float, name: str, colour: str, reverse: bool = False) -> None:
        sheet.text((4, y), name, size=13, anchor="start", colour=colour, bold=True)
        for t, x in enumerate(xs):
            sheet.circle((x, y), radius, colour=colour)
            if t:
                left, right = (xs[t - 1] + radius, y), (x - radius, y)
                sheet.arrow(*((right, left) if reverse else (left, right)), colour=colour, width=2)

    def inputs(y: float) -> None:
        for t, x in enumerate(xs, start=1):
            sheet.text((x, y), f"x_{t}", colour=BLUE)

    sheet.text((4, 14), "stacked: upper layers read the states below", size=13, anchor="start")
    layer(52, "layer 2", PURPLE)
    layer(112, "layer 1", GREEN)
    inputs(164)
    for x in xs:
        sheet.arrow((x, 152), (x, 112 + radius), colour=BLUE)
        sheet.arrow((x, 112 - radius), (x, 52 + radius), colour=GREEN)
    sheet.text((4, 210), "bidirectional: both layers read the inputs", size=13, anchor="start")
    layer(254, "backward", RED, reverse=True)
    layer(314, "forward", GREEN)
    inputs(372)
    for x in xs:
        sheet.arrow((x - 5, 360), (x - 5, 314 + radius), colour=BLUE)
        # past the forward layer, up to the other one
        sheet.arrow(
            (x + 5, 360), (x + 24, 336), (x + 24, 290), (x + 9, 254 + radius - 1), colour=BLUE
        )
        sheet.text((x, 231), "concat", size=12)
    return sheet.finish(
        "Above, a stack: layer 1 reads the inputs from left to right, layer 2 those of layer 1 from "
        "left to right; no state has seen a later input. Below, two directions: the forward layer reads the "
        "inputs from left to right, the backward layer reads them backwards, and the output "
        "at a step has the states of both, so it has seen every input."
    )


def receptive_fields(layers: int = 3, kernel: int = 3) -> Drawing:
    """Draw how the inputs that an output sees grow with each layer of convolutions.

    Args:
        layers: layers of convolutions, 1 to 3.
        kernel: inputs that one convolution reads, an odd number.

    Returns:
        the drawing.

    Example:
        >>> "7 of the inputs" in receptive_fields(3, 3).alt
        True
    """
    reach = kernel // 2
    seen = 1 + 2 * reach * layers
    count = seen + 2
    sheet = Sketch(60 + 54 * layers)
    xs = spread(80, 386, count)
    cell = min(26.0, 306 / count * 0.8)
    middle = count // 2
    bottom = sheet.height - 22
    for level in range(layers + 1):
        y = bottom - 54 * level
        half = reach * (layers - level)
        for k, x in enumerate(xs):
            inside = abs(k - middle) <= half
            colour = RED if inside and level == layers else (PURPLE if level else BLUE)
            if level == layers and not inside:
                continue
            sheet.box((x, y), cell, cell, colour=colour, filled=0.45 if inside else 0.05, round=2)
            if level and inside:
                for j in range(k - reach, k + reach + 1):
                    sheet.arrow((xs[j], y + 54 - cell / 2), (x, y + cell / 2), head=False, width=1)
        name = "inputs" if level == 0 else f"layer {level}"
        sheet.text((4, y), name, size=13, anchor="start")
    return sheet.finish(
        f"A stack of {layers} convolutions, each reading {kernel} neighbours. The single output on top is "
        f"connected through the layers to {seen} of the inputs at the bottom: each layer adds {2 * reach}."
    )


def sweeps(size: int = 5) -> Drawing:
    """Draw how an RNN sweeps over the rows of an image and then over its columns, until each pixel sees all.

    Args:
        size: rows and columns of the image, 3 to 6.

    Returns:
        the drawing.

    Example:
        >>> "whole image" in sweeps().alt
        True
    """
    cell = 150.0 / size
    sheet = Sketch(212)
    for left, name, vertical in (
        (20.0, "1. along each row", False),
        (230.0, "2. along each column", True),
    ):
        sheet.grid((left, 34), size, size, cell, BLUE if not vertical else PURPLE)
        sheet.text((left + 75, 16), name, size=13)
        for k in range(size):
            at = (k + 0.5) * cell
            near, far = cell * 0.25, 150 - cell * 0.25
            for shift, start, end in ((-4, near, far), (4, far, near)):
                colour = GREEN if shift < 0 else RED
                line: tuple[Point, Point] = (
                    ((left + at + shift, 34 + start), (left + at + shift, 34 + end))
                    if vertical
                    else ((left + start, 34 + at + shift), (left + end, 34 + at + shift))
                )
                sheet.arrow(*line, colour=colour)
    sheet.arrow((178, 109), (222, 109), width=2.5)
    sheet.text((200, 200), "After both, every pixel has seen the whole image.", size=12)
    return sheet.finish(
        "Two sweeps over an image. First an RNN reads each row both ways, so that a pixel has seen its "
        "row. Then another reads each column of those states both ways: a pixel has now seen every row "
        "through its column, which is the whole image."
    )


def encoder_decoder(weights: tuple[float, ...] = (0.05, 0.15, 0.7, 0.1)) -> Drawing:
    """Draw an encoder and a decoder with attention: the decoder reads a weighted sum of all states.

    Args:
        weights: the attention over the encoder's states at the step that is drawn, 3 to 5 numbers that
            sum to one.

    Returns:
        the drawing.

    Source: Sutskever, Vinyals and Le (2014); Bahdanau, Cho and Bengio (2015).

    Example:
        >>> "0.7" in encoder_decoder().alt
        True
    """
    sheet = Sketch(318)
    count = len(weights)
    xs = spread(40, 196, count)
    bottom = 250.0
    for t, (x, weight) in enumerate(zip(xs, weights, strict=True), start=1):
        sheet.circle((x, bottom), 17, f"h_{t}", colour=GREEN, size=13)
        sheet.arrow((x, 292), (x, bottom + 17), colour=BLUE)
        sheet.text((x, 304), f"x_{t}", colour=BLUE)
        if t > 1:
            sheet.arrow((xs[t - 2] + 17, bottom), (x - 17, bottom), colour=GREEN)
        sheet.arrow((x, bottom - 17), (128, 148), colour=PURPLE, width=0.8 + 6 * weight, head=False)
        place = x + (20 if x > 118 else -20), bottom - 26
        sheet.text(place, number(weight), size=12, bold=True)
    sheet.circle((118, 134), 17, "Σ", colour=PURPLE, size=16)
    sheet.text((96, 120), "context", size=13, anchor="end", colour=PURPLE, bold=True)
    ys = spread(262, 372, 3)
    decoder = 134.0
    sheet.arrow(
        (xs[-1] + 17, bottom),
        (232, bottom),
        (232, decoder + 40),
        (ys[0] - 13, decoder + 12),
        colour=GREEN,
    )
    sheet.text((240, bottom), "the last state starts it", size=12, anchor="start")
    for k, x in enumerate(ys, start=1):
        sheet.circle((x, decoder), 17, f"s_{k}", colour=RED, size=13)
        if k > 1:
            sheet.arrow((ys[k - 2] + 17, decoder), (x - 17, decoder), colour=RED)
        sheet.arrow((x, decoder - 17), (x, 82))
        sheet.text((x, 70), f"y_{k}")
    sheet.arrow(
        (118, 117),
        (118, 98),
        (ys[1] - 30, 98),
        (ys[1] - 11, decoder - 14),
        colour=PURPLE,
        width=2.5,
    )
    sheet.text((4, 18), "At the second step the decoder looks back at all", size=12, anchor="start")
    sheet.text(
        (4, 34),
        "states of the encoder, as strongly as the lines are wide.",
        size=12,
        anchor="start",
    )
    told = ", ".join(number(weight) for weight in weights)
    return sheet.finish(
        f"An encoder reads {count} inputs; its last state starts a decoder that writes one output a step. At "
        f"its second step the decoder also gets a context: all encoder states, weighted by attention "
        f"with {told}."
    )
