"""An RNN over each row, then one over each column of what came out."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_utils.cells.rnn import rnn_forward
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_15.shared import image_sizes
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.convolution import row_column_sweep

Weights = tuple[np.ndarray, np.ndarray, np.ndarray]


def _weights(rng: np.random.Generator, D: int, H: int) -> Weights:
    return (
        rng.standard_normal((H, D)) / np.sqrt(D),
        rng.standard_normal((H, H)) / np.sqrt(H),
        rng.standard_normal(H) / 2,
    )


def _images_and_readers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    R, C, N, D, H = (image_sizes(sizes)[letter] for letter in "RCNDH")
    return {
        "x": rng.standard_normal((R, C, N, D)),
        "rows": [_weights(rng, D, H) for _ in range(2)],
        "columns": [_weights(rng, 2 * H, H) for _ in range(2)],
    }


_CONTRACT = Contract(
    sizes="RCNDH",
)


_SWEEP = {
    "second reader from the same side": (
        "the second reader reads from the same side as the first; it reads from the end: turn what it reads, "
        "and turn its states back"
    ),
    "states not turned back": (
        "the second reader's states stand in the order in which it read, from the end; turn them back before "
        "they are put beside the others"
    ),
    "only the states turned": (
        "the second reader's states are turned, but what it reads is not; turn both"
    ),
    "first reader twice": "both directions use the weights of the first reader",
    "readers exchanged": "the two readers are exchanged: the first reads from the beginning",
    "halves exchanged": "the two halves are exchanged: the first reader's states come first",
    "halves of the result exchanged": (
        "the two halves of the result are exchanged: the reader from the top comes first"
    ),
    "state carried over in rows": (
        "the state goes on from the end of one row to the beginning of the next; each row starts from zeros"
    ),
    "state carried over in columns": (
        "the state goes on from the end of one column to the beginning of the next; each column starts from "
        "zeros"
    ),
    "state carried over": (
        "the state goes on from the end of one line to the beginning of the next; each row and each column "
        "starts from zeros"
    ),
    "first reader's state carried over": (
        "the first reader's state goes on from the end of one line to the beginning of the next; each line "
        "starts from zeros"
    ),
    "second reader goes on": (
        "the second reader starts from the last state of the first; it starts from zeros, too"
    ),
    "rows and columns exchanged": (
        "the RNNs for rows run down the columns, and those for columns along the rows"
    ),
    "rows twice": "both sweeps run along rows; the second runs down the columns",
    "columns twice": "both sweeps run down columns; the first runs along the rows",
    "rows only": "only the rows are read; the columns of their states come after",
    "reshape for transpose": (
        "`reshape` stands where two axes should be exchanged: it leaves the numbers in their order and only "
        "cuts them anew; use `swapaxes` or `transpose`, and `reshape` after it"
    ),
    "never turned back": (
        "after the sweep over rows, columns are still the first axis; exchange the two axes again before the "
        "columns are read"
    ),
    "not turned back to rows": (
        "after the sweep over rows, columns are the first axis; exchange the two axes again (`reshape` does "
        "not do that)"
    ),
    "tanh twice": "tanh is applied once more to the states; rnn_forward did so",
    "starts at ones": "the readers start from ones; they start from zeros",
    "last state everywhere": "every pixel gets the last state of its line; it should get its own",
}


def _sweep(made: Made, x: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    """Return the states of readers of rows and then of columns, with the mistakes made."""
    R, C, N, _ = x.shape
    along_rows, along_columns = 1, 0
    if "rows and columns exchanged" in made:
        along_rows, along_columns = 0, 1
    if made & {"rows twice", "never turned back"}:
        along_columns = 1
    if "columns twice" in made:
        along_rows = 0
    in_rows = made | {"line after line"} if "state carried over in rows" in made else made
    first = _lines(in_rows, x, rows, along_rows, "reshape for transpose" in made)
    if "not turned back to rows" in made:
        first = first.swapaxes(0, 1).reshape(R, C, N, -1)
    if "rows only" in made:
        return first
    if "state carried over in columns" in made:
        made = made | {"line after line"}
    h = _lines(made, first, columns, along_columns, False)
    if "halves of the result exchanged" in made:
        h = np.roll(h, h.shape[3] // 2, axis=3)
    return h.swapaxes(0, 1) if "never turned back" in made else h


def _lines(
    made: Made, x: np.ndarray, readers: Sequence[Weights], axis: int, reshaped: bool
) -> np.ndarray:
    """Return the states of both readers of all lines along an axis, side by side."""
    x = x.reshape(x.shape[1], x.shape[0], *x.shape[2:]) if reshaped else x.swapaxes(0, axis)
    T, M, N, D = x.shape
    lines = x.reshape(T, M * N, D)
    ways = [1, 1 if "second reader from the same side" in made else -1]
    if "readers exchanged" in made:
        ways = ways[::-1]
    if "only the states turned" in made:
        ways[1] = 1
    back = [1, 1 if made & {"states not turned back", "second reader from the same side"} else -1]
    if "readers exchanged" in made:
        back = back[::-1]
    if "first reader twice" in made:
        readers = [readers[0], readers[0]]
    h: list[np.ndarray] = []
    carried = {"state carried over"}, {"state carried over", "first reader's state carried over"}
    for way, turn, weights in zip(ways, back, readers, strict=True):
        if "line after line" in made:
            one = x[::way].swapaxes(0, 1).reshape(M * T, N, D)
            states = rnn_forward(one, np.zeros((N, len(weights[2]))), *weights)
            states = states.reshape(M, T, N, -1).swapaxes(0, 1)[::turn].reshape(T, M * N, -1)
        elif made & carried[not h]:
            one = x.swapaxes(0, 1).reshape(M * T, N, D)[::way]
            states = rnn_forward(one, np.zeros((N, len(weights[2]))), *weights)[::turn]
            states = states.reshape(M, T, N, -1).swapaxes(0, 1).reshape(T, M * N, -1)
        else:
            start = np.full((M * N, len(weights[2])), float("starts at ones" in made))
            if "second reader goes on" in made and h:
                start = h[0][-1]
            states = rnn_forward(lines[::way], start, *weights)
            if "last state everywhere" in made:
                states = np.broadcast_to(states[-1], states.shape)
            states = states[::turn]
        h.append(np.tanh(states) if "tanh twice" in made else states)
    if "halves exchanged" in made:
        h = h[::-1]
    together = np.concatenate(h, axis=-1).reshape(T, M, N, -1)
    if reshaped:
        return together.reshape(M, T, N, -1)
    return together.swapaxes(0, axis)


def _readers_added(x: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    H = len(rows[0][2])
    both = _lines(frozenset(), x, rows, 1, False)
    return _lines(frozenset(), both[..., :H] + both[..., H:], columns, 0, False)


def _image_as_sequence(x: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    return rnn_forward(x, np.zeros((x.shape[2], len(rows[0][2]))), *rows[0])


def _columns_first(x: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    return _lines(frozenset(), _lines(frozenset(), x, columns, 0, False), rows, 1, False)


EXERCISE = Exercise(
    name="row_column_sweep",
    lesson="15_convolution",
    points=3,
    reference=row_column_sweep,
    outputs={"h": "R C N 2H"},
    draw=_images_and_readers,
    contract=_CONTRACT,
    mistakes=(
        *mistakes_in(_sweep, _SWEEP),
        Mistake(
            "columns first",
            "the columns are read first; the readers of columns take the 2H numbers that the rows leave",
            _columns_first,
        ),
        Mistake(
            "readers added",
            "the states of the two readers are added; they stand side by side, 2H numbers for each pixel",
            _readers_added,
        ),
        Mistake(
            "image as sequence",
            "x (R, C, N, D) is given to rnn_forward as it is; that takes (T, N, D): let columns be its "
            "steps, and all rows of all images its batch",
            _image_as_sequence,
        ),
    ),
)
