"""What the exercises of lesson 05, the forward pass over a sequence, share."""

from collections.abc import Callable

import numpy as np

from rnn_utils.cells.rnn import rnn_step
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, arrays, scaled
from rnn_utils.checks.framework.exercise import Mistake, mistakes_in
from rnn_utils.checks.shared_mistakes import step as steps

SEQUENCE = arrays(x="T N D", h0="N H", W_xh="H D", W_hh="H H", b_h="H")


CONTRACT = Contract(
    sizes="TNDH",
    zeros=("x", "h0", "W_xh", "W_hh", "b_h"),
    edges=(Case("large inputs", draw=scaled(SEQUENCE, x=2000.0)),),
)


Step = Callable[..., np.ndarray]


def by_steps(step: Step) -> Callable[..., np.ndarray]:
    """Return a forward pass from one step, in place of the right one."""

    def forward(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        h, states = h0, []
        for x_t in x:
            h = step(x_t, h, *weights)
            states.append(h)
        return np.stack(states)

    return forward


def input_first(
    x_t: np.ndarray, h: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    return np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)


def state_first(
    x_t: np.ndarray, h: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    return np.tanh(h @ W_hh.T + x_t @ W_xh.T + b_h)


def _first_step_only(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    h = np.zeros((len(x), *h0.shape))
    h[0] = rnn_step(x[0], h0, *weights)
    return h


def _from_reader_to_reader(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    h, state = np.zeros((len(x), *h0.shape)), h0[:1]
    for n in range(x.shape[1]):
        for t in range(len(x)):
            state = rnn_step(x[t, n : n + 1], state, *weights)
            h[t, n] = state[0]
    return h


def _first_h0_for_all(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    return by_steps(input_first)(x, np.broadcast_to(h0[:1], h0.shape), *weights)


_COLUMN_WITH_ROWS = (
    "the step is written as on paper, W h with columns; a row of the batch has the matrix on its right, "
    "h_prev @ W_hh.T"
)


_W_XH_NOT_TRANSPOSED = (
    "W_xh is not transposed: x_t (N, D) needs a matrix (D, H) on its right, and W_xh is (H, D)"
)


FORWARD_MISTAKES = (
    *mistakes_in(steps.rnn_forward, steps.SEQUENCE | steps.RETURNS | steps.TANH | steps.AFFINE),
    Mistake(
        "returns after one step",
        "only the first step is taken, as a `return` inside the loop would do; the other rows are as the "
        "buffer was made",
        _first_step_only,
    ),
    Mistake(
        "carried from sequence to sequence",
        "the state goes on from one sequence to the next; each starts from its own row of h0",
        _from_reader_to_reader,
    ),
    Mistake(
        "first h0 for all",
        "every sequence starts from h0[0]; each has its own row",
        _first_h0_for_all,
    ),
    Mistake(
        "joined along the batch",
        "the states are joined end to end; they belong on an axis of their own, time (np.stack, not "
        "np.concatenate)",
        lambda x, *others: np.concatenate(list(by_steps(input_first)(x, *others))),
    ),
    Mistake(
        "the column's order with rows, input first",
        _COLUMN_WITH_ROWS,
        by_steps(lambda x_t, h, W_xh, W_hh, b_h: np.tanh(W_xh @ x_t + W_hh @ h + b_h)),
    ),
    Mistake(
        "the column's order with rows, state first",
        _COLUMN_WITH_ROWS,
        by_steps(lambda x_t, h, W_xh, W_hh, b_h: np.tanh(W_hh @ h + W_xh @ x_t + b_h)),
    ),
    Mistake(
        "W_xh not transposed",
        _W_XH_NOT_TRANSPOSED,
        by_steps(lambda x_t, h, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + h @ W_hh + b_h)),
    ),
    Mistake(
        "W_xh not transposed, by dot",
        _W_XH_NOT_TRANSPOSED,
        by_steps(lambda x_t, h, W_xh, W_hh, b_h: np.tanh(x_t.dot(W_xh) + h.dot(W_hh) + b_h)),
    ),
)


def wrong_start(arguments: Arguments, got: tuple[np.ndarray, ...]) -> Mistake | None:
    x, h0, *weights = arguments.values()
    if got[0].shape != (len(x), *h0.shape):
        return None
    return steps.follows(got[0], lambda t, h_prev: rnn_step(x[t], h_prev, *weights))
