"""The figures of the lessons: one style, readable on light and dark pages, each with alt text.

A lesson draws in three lines::

    figure, axes = plots.subplots("step t", "state h_t")
    plots.lines(axes, {"w = 0.5": h_half, "w = 0.9": h_slow})
    plots.show(figure, "Two decaying curves; the one for 0.9 takes six times as long to halve.")
"""

from __future__ import annotations

import base64
import io
import pickle
import textwrap
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

#: Colours that stay apart for colour-blind readers and are readable on white and on #111111.
COLOURS = ("#4477AA", "#EE6677", "#228833", "#AA3377")
#: Text and axes, readable on light and dark pages alike.
INK = "#777777"
#: How many pixels of a page narrower than this show a figure that is laid out for a phone.
PHONE = 600
#: The smallest letters there in points, which are about pixels where a figure is 350 pixels wide.
SMALLEST = 9.5

#: From transparent to blue, so that zero is the page itself, light or dark.
SIZES = LinearSegmentedColormap.from_list("sizes", ["#4477AA00", "#4477AA"])
_SIGNED = LinearSegmentedColormap.from_list(
    "signed", [(0.0, "#4477AA"), (0.5, "#4477AA00"), (0.5, "#EE667700"), (1.0, "#EE6677")]
)
_DASHES = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "^", "D")


def subplots(
    x_label: str | Sequence[str],
    y_label: str | Sequence[str],
    titles: Sequence[str] = ("",),
    height: float = 2.8,
    share_y: bool = False,
) -> tuple[Figure, Any]:
    """Return a figure with one axes for every title, side by side.

    Args:
        x_label: the label of the x axes with its unit, or one for each.
        y_label: the label of the y axes with its unit, or one for each.
        titles: the titles, one for each axes.
        height: the height in inches; the width is that of a notebook's column.
        share_y: whether the axes have the same y scale.

    Returns:
        the figure, and its axes: a single one for a single title, else an array.
    """
    columns = len(titles)
    figure = Figure(figsize=(8.0, height), layout="constrained")
    figure.patch.set_alpha(0.0)
    axes = figure.subplots(1, columns, squeeze=False, sharey=share_y)[0]
    x_labels, y_labels = (
        [label] * columns if isinstance(label, str) else list(label) for label in (x_label, y_label)
    )
    for ax, title, x_text, y_text in zip(axes, titles, x_labels, y_labels, strict=True):
        _style(ax)
        ax.set_title(title, fontsize=12)
        ax.set_xlabel(x_text)
        if not share_y or ax is axes[0]:
            ax.set_ylabel(y_text)
    return figure, axes[0] if columns == 1 else axes


def _style(ax: Axes) -> None:
    ax.patch.set_alpha(0.0)
    ax.tick_params(colors=INK, labelcolor=INK, labelsize=11)
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label):
        text.set_color(INK)
        text.set_fontsize(12)
    for side, spine in ax.spines.items():
        spine.set_color(INK)
        spine.set_visible(side in ("left", "bottom"))


def lines(
    ax: Axes,
    series: Mapping[str, ArrayLike],
    x: ArrayLike | None = None,
    markers: bool = False,
) -> None:
    """Draw named curves, apart by colour, by dashes and, if asked, by markers.

    Args:
        ax: the axes.
        series: the curves by name, each (T,).
        x: where their points stand; by default 1 to T, the steps.
        markers: whether each point gets a marker.
    """
    for k, (name, values) in enumerate(series.items()):
        places = np.arange(1, len(np.asarray(values)) + 1) if x is None else x
        ax.plot(
            places,
            values,
            label=name,
            color=COLOURS[k % len(COLOURS)],
            linestyle=_DASHES[k % len(_DASHES)],
            marker=_MARKERS[k % len(_MARKERS)] if markers else None,
            markersize=4,
        )
    if x is None:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    _legend(ax, len(series))


def bars(ax: Axes, labels: Sequence[str], series: Mapping[str, ArrayLike]) -> None:
    """Draw horizontal bars, the first label on top, one bar for each series at every label.

    Args:
        ax: the axes.
        labels: what the bars are, (K,).
        series: their lengths by name, each (K,).
    """
    thickness = 0.8 / len(series)
    hatches = ("", "//", "..", "xx")
    for k, (name, values) in enumerate(series.items()):
        ax.barh(
            np.arange(len(labels)) + (k - (len(series) - 1) / 2) * thickness,
            values,
            height=0.9 * thickness,
            label=name,
            color=COLOURS[k % len(COLOURS)],
            hatch=hatches[k % len(hatches)],
            edgecolor="#BBBBBB" if k else COLOURS[0],
        )
    ax.set_yticks(np.arange(len(labels)), labels)
    ax.invert_yaxis()
    _legend(ax, len(series))


def heats(figure: Figure, axes: Sequence[Axes], values: Sequence[ArrayLike], label: str) -> None:
    """Draw matrices as colours on one scale: from nothing at zero to blue for sizes, and from
    negative (blue) over zero to positive (red) where a value is negative.

    Args:
        figure: the figure that the scale is added to, at its right.
        axes: the axes, one for each matrix; rows run downwards.
        values: the matrices (rows, columns).
        label: what the colours mean, with the unit.
    """
    drawn = [np.asarray(matrix, dtype=float) for matrix in values]
    largest = max(float(np.abs(matrix).max(initial=0.0)) for matrix in drawn) or 1.0
    signed = any((matrix < 0).any() for matrix in drawn)
    for ax, matrix in zip(axes, drawn, strict=True):
        rows, columns = matrix.shape
        image = ax.imshow(
            matrix,
            cmap=_SIGNED if signed else SIZES,
            vmin=-largest if signed else 0.0,
            vmax=largest,
            aspect="equal",
            extent=(0.5, columns + 0.5, rows + 0.5, 0.5),
        )
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    scale = figure.colorbar(image, ax=list(axes))
    scale.ax.tick_params(colors=INK, labelcolor=INK)
    scale.ax.patch.set_alpha(0.0)
    scale.set_label(label, color=INK, fontsize=11)
    scale.outline.set_edgecolor(INK)


def matrices(ax: Axes, terms: Sequence[str | tuple[str, ArrayLike, str]]) -> None:
    """Draw an equation of matrices: grids of numbers, their names with shapes, signs between them.

    Args:
        ax: the axes; it loses its frame.
        terms: from left to right, a sign such as `"="`, or a name, a matrix (rows, columns) and what
            is coloured of it, one colour each: `"rows"`, `"columns"`, or `""` for nothing.
    """
    drawn = [term if isinstance(term, str) else np.atleast_2d(term[1]) for term in terms]
    tallest = max(len(grid) for grid in drawn if not isinstance(grid, str))
    left = 0.0
    for term, grid in zip(terms, drawn, strict=True):
        if isinstance(grid, str):
            ax.text(left + 0.5, tallest / 2, grid, ha="center", va="center", color=INK, fontsize=14)
            left += 1.0
            continue
        rows, columns = grid.shape
        top = (tallest - rows) / 2
        name = f"{term[0]}\n({rows}, {columns})"
        ax.text(left + columns / 2, top - 0.2, name, ha="center", va="bottom", color=INK)
        for (i, j), value in np.ndenumerate(grid):
            k = {"rows": i, "columns": j}.get(term[2])
            colour = INK if k is None else COLOURS[k % len(COLOURS)]
            corner, middle = (left + j, top + i), (left + j + 0.5, top + i + 0.5)
            ax.add_patch(Rectangle(corner, 1, 1, facecolor=(colour, 0.15), edgecolor=colour))
            number = f"{value:g}".replace("-", "−")
            ax.text(*middle, number, ha="center", va="center", color=colour, weight="bold")
        left += columns
    ax.set(xlim=(-0.1, left + 0.1), ylim=(tallest + 0.1, -1.7))
    ax.set_aspect("equal", anchor="N")  # titles of neighbours stay level
    ax.set_axis_off()


def _legend(ax: Axes, count: int) -> None:
    if count > 1:
        ax.legend(frameon=False, labelcolor=INK, fontsize=11)


def show(figure: Figure, alt: str) -> None:
    """Show a figure with the text that says in words what is to be seen.

    A narrow page shows the same figure laid out for a phone: with what stands side by side one below the
    other, so that its letters stay as large as the text around it.

    Args:
        figure: the figure.
        alt: what a reader who does not see it should know, in a sentence or two.

    Raises:
        ValueError: the text is empty.
    """
    if not alt.strip():
        raise ValueError(
            "A figure needs a text for readers who do not see it; alt is empty. "
            "Say in a sentence what is to be seen."
        )
    from IPython.display import HTML, display

    width = round(figure.get_figwidth() * 90)
    display(
        HTML(
            f'<picture><source media="(max-width: {PHONE}px)" srcset="{_png(for_a_phone(figure))}">'
            f'<img alt="{escape(alt, quote=True)}" src="{_png(figure)}" '
            f'style="width: {width}px; max-width: 100%"></picture>'
        )
    )


def for_a_phone(figure: Figure) -> Figure:
    """Return a copy of a figure for a narrow page: narrower, with its axes one below the other.

    Four axes or more come two beside each other, and no letter is smaller than `SMALLEST`.

    Args:
        figure: the figure, which stays as it is.

    Returns:
        the copy.
    """
    copy: Figure = pickle.loads(pickle.dumps(figure))
    height = copy.get_figheight()
    axes = [ax for ax in copy.axes if ax.get_subplotspec() is not None]
    columns = 1 if len(axes) < 4 else 2
    rows = -(-len(axes) // columns)
    copy.set_size_inches(4.8, height * rows)
    places = copy.add_gridspec(rows, columns)
    for k, ax in enumerate(axes):
        ax.set_subplotspec(places[k])
        if ax is not axes[0] and not ax.get_ylabel() and ax.get_shared_y_axes().joined(ax, axes[0]):
            ax.set_ylabel(axes[0].get_ylabel())
            ax.tick_params(labelleft=True)
        for text in (ax.title, ax.xaxis.label):
            text.set_text(textwrap.fill(text.get_text(), 34 // columns))
    for text in copy.findobj(Text):
        text.set_fontsize(max(text.get_fontsize(), SMALLEST))
    return copy


def _png(figure: Figure) -> str:
    """Return a figure as the address of a picture that holds its own data."""
    stream = io.BytesIO()
    figure.set_dpi(160)
    FigureCanvasAgg(figure).print_png(stream, metadata={"Software": None})  # savefig draws twice
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
