"""A sheet to draw boxes, arrows and words on, which becomes an SVG that a page shows in its own colours.

Everything is measured in units that are pixels on a phone: a sheet is at most 400 wide, and grows with
the page. Words and lines are in the page's own ink; colours are those of the course's figures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

BLUE, RED, GREEN, PURPLE = "#4477AA", "#EE6677", "#228833", "#AA3377"
INK = "currentColor"
WIDTH = 400.0
#: How much a drawing grows on a wide page, at most.
GROWTH = 1.5

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

_MATH = re.compile(r"([_^])(?:\{([^}]*)\}|(\S))")


@dataclass(frozen=True)
class Drawing:
    """A finished drawing; a notebook shows it, and `alt` says in words what is to be seen."""

    svg: str
    alt: str

    def _repr_html_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return self.alt


@dataclass
class Sketch:
    """A sheet of a height, at most 400 wide; every method draws one thing."""

    height: float
    width: float = WIDTH
    parts: list[str] = field(default_factory=list)

    def text(
        self,
        place: Point,
        words: str,
        *,
        size: float = 14,
        anchor: Anchor = "middle",
        colour: str = INK,
        bold: bool = False,
    ) -> None:
        """Write words, centred on a place in height; `h_{t-1}` and `x^2` are set as in a formula."""
        x, y = place
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" dy="0.35em" font-size="{_n(size)}" text-anchor="{anchor}" '
            f'fill="{colour}"{weight}>{_set(words, size)}</text>'
        )

    def box(
        self,
        centre: Point,
        width: float,
        height: float,
        words: str = "",
        *,
        colour: str = INK,
        size: float = 14,
        filled: float = 0.12,
        round: float = 5,
        dashed: bool = False,
    ) -> None:
        """Draw a box around a centre, with words in it; `filled` is how strong its colour is inside."""
        x, y = centre[0] - width / 2, centre[1] - height / 2
        dashes = ' stroke-dasharray="4 3"' if dashed else ""
        self.parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{_n(round)}" '
            f'fill="{colour}" fill-opacity="{filled:.2f}" stroke="{colour}" stroke-width="1.5"{dashes}/>'
        )
        if words:
            self.text(centre, words, size=size)

    def circle(
        self,
        centre: Point,
        radius: float,
        words: str = "",
        *,
        colour: str = INK,
        size: float = 14,
        filled: float = 0.12,
    ) -> None:
        """Draw a circle around a centre, with words in it."""
        self.parts.append(
            f'<circle cx="{_n(centre[0])}" cy="{_n(centre[1])}" r="{_n(radius)}" fill="{colour}" '
            f'fill-opacity="{filled:.2f}" stroke="{colour}" stroke-width="1.5"/>'
        )
        if words:
            self.text(centre, words, size=size)

    def valve(self, centre: Point, radius: float, open: float) -> None:
        """Draw a gate as a round valve, filled from below to the share that it lets through."""
        x, y = centre
        self.circle(centre, radius, colour=PURPLE, filled=0)
        level = y + radius - 2 * radius * min(max(open, 0.0), 1.0)
        half = math.sqrt(max(radius**2 - (level - y) ** 2, 0.0))
        if open >= 0.995:
            self.circle(centre, radius, colour=PURPLE, filled=0.45)
        elif half > 0.1:
            large = int(level < y)
            self.parts.append(
                f'<path d="M{_n(x - half)} {_n(level)}A{_n(radius)} {_n(radius)} 0 {large} 0 '
                f'{_n(x + half)} {_n(level)}Z" fill="{PURPLE}" fill-opacity="0.45"/>'
            )
        self.text(centre, "×", size=15, bold=True)

    def arrow(
        self,
        *places: Point,
        colour: str = INK,
        width: float = 1.5,
        dashed: bool = False,
        head: bool = True,
    ) -> None:
        """Draw a line through places, with an arrow's head at the last one."""
        path = list(places)
        if head:
            (x0, y0), (x1, y1) = path[-2:]
            length = math.hypot(x1 - x0, y1 - y0) or 1.0
            dx, dy = (x1 - x0) / length, (y1 - y0) / length
            size = 5 + width
            foot = (x1 - size * dx, y1 - size * dy)
            left = (foot[0] - size * 0.5 * dy, foot[1] + size * 0.5 * dx)
            right = (foot[0] + size * 0.5 * dy, foot[1] - size * 0.5 * dx)
            corners = " ".join(f"{_n(x)},{_n(y)}" for x, y in (path[-1], left, right))
            self.parts.append(f'<polygon points="{corners}" fill="{colour}"/>')
            path[-1] = foot
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in path)
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{_n(width)}" '
            f'stroke-linejoin="round"{dashes}/>'
        )

    def grid(self, corner: Point, rows: int, columns: int, cell: float, colour: str = INK) -> None:
        """Draw a matrix as a grid of cells, from its upper left corner."""
        x, y = corner
        for row in range(rows):
            for column in range(columns):
                middle = (x + (column + 0.5) * cell, y + (row + 0.5) * cell)
                self.box(middle, cell, cell, colour=colour, round=0)

    def finish(self, alt: str) -> Drawing:
        """Return the drawing.

        Args:
            alt: what a reader who does not see it should know.

        Returns:
            The drawing, with the text beside it.

        Raises:
            ValueError: the text is empty.
        """
        if not alt.strip():
            raise ValueError("A drawing needs a text for readers who do not see it; alt is empty.")
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(self.width)} {_n(self.height)}" '
            f'role="img" aria-label="{escape(alt, quote=True)}" '
            f'font-family="system-ui, sans-serif" style="display: block; width: 100%; '
            f"max-width: {_n(self.width * GROWTH)}px; height: auto; margin: 0.5em 0; "
            'color: var(--jp-content-font-color1, inherit)">'
            f"<title>{escape(alt)}</title>{''.join(self.parts)}</svg>"
        )
        return Drawing(svg, alt)


def number(value: float) -> str:
    """Return a number as a drawing shows it: few digits, a true minus, no sign before nought."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def spread(start: float, end: float, count: int) -> Sequence[float]:
    """Return places from start to end at equal distances; a single one stands in the middle."""
    if count == 1:
        return [(start + end) / 2]
    return [start + k * (end - start) / (count - 1) for k in range(count)]


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _set(words: str, size: float) -> str:
    """Return words as SVG, what follows `_` lower and what follows `^` higher, both smaller."""
    out, last = [], 0
    for found in _MATH.finditer(words):
        out.append(escape(words[last : found.start()]))
        shift = (0.28 if found[1] == "_" else -0.35) * size
        inner = escape(found[2] if found[2] is not None else found[3]).replace("-", "−")
        out.append(
            f'<tspan dy="{_n(shift)}" font-size="{_n(0.72 * size)}">{inner}</tspan>'
            f'<tspan dy="{_n(-shift)}" font-size="{_n(size)}">\u200b</tspan>'
        )
        last = found.end()
    out.append(escape(words[last:]))
    return "".join(out)
