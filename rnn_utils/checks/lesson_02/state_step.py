"""One step without an activation, for rows: h_t = x_t W_xhᵀ + h_{t−1} W_hhᵀ + b_h."""

import numpy as np

from rnn_utils.cells.rnn import state_step
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_02.shared import STEP, step
from rnn_utils.checks.shared_mistakes import step as steps


def _carried_along_the_batch(
    x_t: np.ndarray, h_prev: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    rows, h = [], h_prev[0]
    for x in x_t:
        h = W_hh @ h + W_xh @ x + b_h
        rows.append(h)
    return np.stack(rows)


EXERCISE = Exercise(
    name="state_step",
    lesson="02_shared_weights",
    points=2,
    reference=state_step,
    outputs={"h_t": "N H"},
    draw=arrays(x_t="N D", h_prev="N H", W_xh="H D", W_hh="H H", b_h="H"),
    contract=Contract(
        sizes="NDH",
        zeros=("x_t", "h_prev", "W_xh", "W_hh", "b_h"),
    ),
    mistakes=(
        *mistakes_in(step, STEP),
        Mistake(
            "carried from row to row",
            "each row starts from the row before; rows are different sequences at the same step, and row n "
            "has its own h_prev[n]",
            _carried_along_the_batch,
        ),
        Mistake(
            "one state for all rows",
            "every row starts from h_prev[0]; row n has its own h_prev[n]",
            lambda x_t, h_prev, W_xh, W_hh, b_h: step(
                frozenset(), x_t, np.broadcast_to(h_prev[:1], h_prev.shape), W_xh, W_hh, b_h
            ),
        ),
        Mistake(
            "only the first row",
            "only the first row is returned, as a `return` inside the loop would do",
            lambda *arguments: step(frozenset(), *arguments)[0],
        ),
        Mistake(
            "averaged over the batch",
            "the rows are averaged; every sequence keeps a row of its own",
            lambda *arguments: step(frozenset(), *arguments).mean(axis=0),
        ),
        Mistake(
            "concatenated in two orders",
            "inputs and states are put side by side in one order and the weights in the other",
            lambda x_t, h_prev, W_xh, W_hh, b_h: (
                np.hstack([x_t, h_prev]) @ np.hstack([W_hh, W_xh]).T + b_h
            ),
        ),
        *steps.COLUMN_ORDER,
        Mistake(
            "W_xh not transposed",
            "W_xh is not transposed: x_t (N, D) needs a matrix (D, H) on its right, and W_xh is (H, D)",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_hh + x_t @ W_xh + b_h,
        ),
        Mistake(
            "bias added to columns",
            "the sum stands in columns, (H, N), when the bias is added; b_h (H,) is added to rows, so turn "
            "the sum first",
            lambda x_t, h_prev, W_xh, W_hh, b_h: W_hh @ h_prev.T + W_xh @ x_t.T + b_h,
        ),
        Mistake(
            "bias as a column",
            "the bias was made a column, (H, 1); as it is, (H,), it is added to every row",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_hh.T + x_t @ W_xh.T + b_h[:, None],
        ),
    ),
)
