"""The figures' functions, by what they leave on the axes."""

import base64
import re
import struct
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from IPython.display import HTML
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from rnn_utils import plots


def test_an_equation_of_matrices_shows_every_number_name_shape_and_sign() -> None:
    _, axes = plots.subplots("", "")
    left, right = np.array([[1.0, -2.0]]), np.array([[3.0], [4.5]])
    plots.matrices(
        axes, [("h", left, "rows"), "@", ("W", right, ""), "=", ("sum", left @ right, "")]
    )

    shown = [text.get_text() for text in axes.texts]
    assert {"h\n(1, 2)", "W\n(2, 1)", "sum\n(1, 1)", "@", "="} <= set(shown)
    assert [text for text in shown if text[-1].isdigit()] == ["1", "−2", "3", "4.5", "−6"]


def test_colours_of_an_equation_follow_the_rows_or_the_columns() -> None:
    _, axes = plots.subplots("", "")
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    plots.matrices(axes, [("rows", values, "rows"), "", ("columns", values, "columns")])

    colours = {"rows": [], "columns": []}
    for text in axes.texts:
        if text.get_text().isdigit():
            colours["rows" if text.get_position()[0] < 2 else "columns"].append(text.get_color())
    a, b = plots.COLOURS[:2]
    assert colours == {"rows": [a, a, b, b], "columns": [a, b, a, b]}


def _side_by_side(count: int, share_y: bool) -> Figure:
    titles = [f"the course of neuron {k} of them all" for k in range(count)]
    figure, axes = plots.subplots(
        "steps since the first input was read", "state", titles, 2.8, share_y
    )
    for ax in np.atleast_1d(axes):
        plots.lines(ax, {"a trained network": np.arange(5.0), "an untrained one": np.ones(5)})
    return figure


def _heats() -> Figure:
    figure, axes = plots.subplots("column", "row", ["forward", "backward", "both"])
    plots.heats(figure, axes, [np.eye(4)] * 3, "share of the influence")
    return figure


def _bars() -> Figure:
    figure, axes = plots.subplots("mean of twenty random starts, in bits per character", "")
    plots.bars(axes, ["a table of one", "a trained network"], {"here": [1, 2], "there": [2, 1]})
    axes.text(1, 0.5, "counted", fontsize=6)
    return figure


@pytest.mark.parametrize(
    "make",
    [
        *(partial(_side_by_side, count, share) for count in range(1, 5) for share in (False, True)),
        _heats,
        _bars,
    ],
)
def test_on_a_phone_every_letter_of_a_figure_is_large_enough_and_none_is_cut_off(
    make: Callable[[], Figure],
) -> None:
    figure = make()
    wide = figure.get_size_inches().tolist()
    narrow = plots.for_a_phone(figure)
    assert figure.get_size_inches().tolist() == wide, "the figure itself stays as it is"

    narrow.set_dpi(350 / narrow.get_figwidth())  # as on a page of 390 pixels
    canvas = FigureCanvasAgg(narrow)
    canvas.draw()
    renderer, (width, height) = canvas.get_renderer(), canvas.get_width_height()
    for ax in narrow.axes:
        box = ax.get_tightbbox(renderer)
        assert box is not None
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= -1, ax.get_title()
        assert ax.get_ylabel() or not figure.axes[0].get_ylabel()
    letters = [text for text in narrow.findobj(Text) if text.get_text().strip()]
    assert min(text.get_fontsize() for text in letters) * narrow.dpi / 72 >= 9
    boxes = [ax.get_window_extent(renderer) for ax in narrow.axes]
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


def test_a_narrow_page_gets_the_figure_that_is_laid_out_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[HTML] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    plots.show(_side_by_side(2, share_y=True), "Two neurons.")
    html = shown[0].data
    pictures = re.findall(r'(src|srcset)="data:image/png;base64,([^"]+)"', html)
    shapes = {kind: struct.unpack(">II", base64.b64decode(data)[16:24]) for kind, data in pictures}
    assert shapes["src"][0] > shapes["src"][1]  # side by side
    assert shapes["srcset"][0] < shapes["srcset"][1]  # one below the other
    assert html.count('alt="Two neurons."') == 1
