"""Lesson 00: a network that goes on writing what the learner began, with its state lit."""

from __future__ import annotations

import base64
from typing import Any

import anywidget
import numpy as np
import traitlets

from rnn_utils import data
from rnn_utils.widgets.javascript import CSS, bundle, page_fragment

MODULES = ("maths", "canvas", "writer")


class WritingNetwork(anywidget.AnyWidget):
    """A text, a network that continues it in the browser letter by letter, and its state as a grid of lights.

    `text` is what stands there now, what was typed and what was written.
    """

    _esm = bundle(*MODULES)
    _css = CSS

    network = traitlets.Dict().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and beside it what a page without a kernel shows."""
        traits = {"network": self.network, "text": self.text}
        words = ["A network that was trained to write continues this text: " + self.text]
        html = page_fragment(MODULES, self.model_id, words, {"traits": traits})
        shown: Any = super()._repr_mimebundle_(**kwargs)
        return shown[0] | {"text/html": html, "text/plain": words[0]}, shown[1]


def writing_network(start: str = "Alice was beginning to ") -> WritingNetwork:
    """Show the network that `data.writing_network` loads, ready to continue a text.

    It reads what stands in the text field, one letter at a time, and draws the next letter from the
    probabilities that its output layer gives; the letter is then read like any other. All of it is computed
    in the page, from the weights of the file.

    Args:
        start: what stands in the field at first; the learner can type anything else.

    Returns:
        the network as a widget, to be the last line of a cell.

    Example:
        >>> writing_network("The Queen ").text
        'The Queen '
    """
    characters, weights = data.writing_network()
    packed = {name: _packed(array) for name, array in weights.items()}
    return WritingNetwork(network={"characters": characters, **packed}, text=start)


def _packed(array: np.ndarray) -> dict[str, Any]:
    """Return a matrix of half precision as text, and how many rows it has; a vector is one row."""
    rows = array.astype("<f2").reshape(-1, array.shape[-1])
    return {"rows": len(rows), "halves": base64.b64encode(rows.tobytes()).decode("ascii")}
