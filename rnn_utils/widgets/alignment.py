"""Lesson 16: what a translator of dates reads while it writes, by the learner's own `attend`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_utils import data
from rnn_utils.experiments.translation import END, Translator, writer
from rnn_utils.layers.attention import attend as reference
from rnn_utils.layers.attention import greedy_decode
from rnn_utils.widgets.picture import Play, choice, slider

#: An ISO date has ten letters, and an end.
_LONGEST = 12
DATES = (
    "the third of may 2021",
    "3 may 2021",
    "may 3, 2021",
    "3/5/2021",
    "the twenty-first of december 1999",
    "dec 31 1999",
)


def alignment_map(attend: Callable[..., Any], texts: Sequence[str] = DATES) -> Play:
    """A choice of dates and a slider for the letter being written, against what is read for it.

    A trained translator writes each date as ISO 8601 does. Every row is a letter that it wrote, every
    column a letter that it can read, and the darkness of a cell is how much of the look-up falls there.
    Pointing at a row, clicking it, or the slider, chooses the letter.

    Args:
        attend: `attend(query, keys, values, lengths)`. What it reads of values that are all different, one
            for each step, are its weights.
        texts: dates to choose from.

    Returns:
        the picture, with `text` and `letter` as its attributes.

    Example:
        >>> from rnn_utils import attend
        >>> "".join(alignment_map(attend).data["written"])
        '2021-05-03.'
    """
    letters, weights = data.date_translator()
    network = Translator(**weights)

    def written(text: str, attend: Callable[..., Any]) -> dict[str, Any]:
        rows: list[list[float]] = []
        # Every step reads the one before it, so the letters are the package's; what is read, the learner's.

        def look(query: Any, keys: Any, values: Any, lengths: Any) -> np.ndarray:
            own = np.eye(len(keys), dtype=keys.dtype)[:, None]
            shares = np.asarray(attend(query, keys, own, lengths))
            if shares.shape != (1, len(keys)):
                raise ValueError(
                    f"expected (1, {len(keys)}) numbers from attend for one sequence and values of "
                    f"{len(keys)} numbers; got shape {shares.shape}"
                )
            rows.append(shares[0].tolist())
            return reference(query, keys, values, lengths)

        step, last = writer(network, [text], letters, look)
        tokens = greedy_decode(step, last, np.zeros(1, dtype=int), 0, _LONGEST)[:, 0]
        return {
            "read": [*text, END],
            "written": [letters[k] for k in tokens],
            "weights": rows,
        }

    def compute(text: str) -> dict[str, Any]:
        return written(text, attend)

    return Play(
        "alignment",
        [
            choice("text", texts, "the date"),
            slider("letter", 1, 11, 1, 6, "letter written"),
        ],
        question="What does it read while it writes this letter?",
        code="read = attend(state, keys, values, lengths)   # yours",
        compute=compute,
        given={"texts": {text: written(text, reference) for text in texts}},
    )
