"""The figures' functions, by what they leave on the axes."""

import numpy as np

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
