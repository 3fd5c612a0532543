"""One step of the LSTM.

i, f, o = σ(W_x x_t + W_h h_{t−1} + b) and g = tanh(…), each with rows of its own, stacked i, f, g, o;
c_t = f ⊙ c_{t−1} + i ⊙ g and h_t = o ⊙ tanh(c_t). Versions stack the blocks in another order, as other
libraries do.
"""

from dataclasses import replace
from functools import cache, partial

import numpy as np

from rnn_utils.cells.lstm import lstm_forward, lstm_gates, lstm_step
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import scaled
from rnn_utils.checks.framework.exercise import Exercise, Mistake, Version
from rnn_utils.checks.framework.version import in_version
from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.lstm import (
    FORWARD_ONLY,
    OFTEN,
    ORDERS,
    VARIANTS,
    step_with_mistakes,
)
from rnn_utils.checks.shared_mistakes.step import Made

draw_step = gated.draw_step(4, ("b",), cell=True)


_CONTRACT = Contract(
    sizes="NDH",
    edges=(
        Case("large inputs", draw=scaled(draw_step, x_t=2000.0)),
        Case("a large cell", draw=scaled(draw_step, c_prev=30.0)),
        gated.as_many_inputs_as_rows(4),
    ),
)


def _mistakes(order: str) -> tuple[Mistake, ...]:
    """Return the mistakes where the blocks are stacked in an order, the lesson's own if it is empty."""
    says, often = VARIANTS | FORWARD_ONLY, (*OFTEN, "h and c exchanged", "tanh around the cell")
    if not order:
        return gated.mistakes_and_pairs(step_with_mistakes, says, often)
    read = f"order {order}"
    turns = f"the rows are read in turns, {order}, …; each gate has H rows in one block"
    says = {
        name: turns if name == "gates interleaved" else said
        for name, said in says.items()
        if not name.startswith("order ")
    }

    def wrong(made: Made, *arguments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return step_with_mistakes(made | {read}, *arguments)

    return gated.mistakes_and_pairs(wrong, says, [name for name in often if name in says])


@cache
def _record(order: str = "") -> Exercise:
    def step(
        x_t: np.ndarray,
        h_prev: np.ndarray,
        c_prev: np.ndarray,
        W_x: np.ndarray,
        W_h: np.ndarray,
        b: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        return step_with_mistakes(frozenset({f"order {order}"}), x_t, h_prev, c_prev, W_x, W_h, b)

    record = Exercise(
        name="lstm_step",
        lesson="12_lstm",
        points=2,
        reference=lstm_step,
        outputs={"h_t": "N H", "c_t": "N H"},
        draw=draw_step,
        contract=_CONTRACT,
        forbids=(lstm_gates, lstm_forward),
        diagnose=gated.overflowed(step if order else lstm_step),
        mistakes=_mistakes(order),
    )
    if not order:
        return replace(record, versions=tuple(map(_version, ORDERS)))
    return in_version(record, ORDERS[order], step)


def _version(order: str) -> Version:
    letters = order.split(", ")
    biases = {"i": "0.0", "f": "np.log(3)", "g": "np.log(3)", "o": "0.0"}
    b = ", ".join(biases[letter] for letter in letters)
    names = ", ".join(f"a_{letter}" for letter in letters)
    task = rf"""
Return the state and the cell after one step of an LSTM, for a batch of rows. Use `sigmoid` from the
import cell; it does not overflow. Write the gates out yourself: an answer that calls `lstm_gates` of
`rnn_utils` does not count.

In your version the four blocks of `W_x`, `W_h` and `b` are **stacked in the order {order}**, not in that
of the equations above. Which gate does what is as there. Later exercises of this lesson keep the lesson's
order, i, f, g, o.

<details><summary>First hint: where to look</summary>

The sum inside all four blocks has the form of lesson 03. With stacked weights it is computed once.

</details>

<details><summary>Second hint: the next line</summary>

`{names}` start as `np.split(a, 4, axis=1)`, which cuts the columns of an array (N, 4H) into four blocks
(N, H).

</details>

<details><summary>Third hint: the plan</summary>

Three blocks go through the sigmoid, one through tanh: which one? Then mix the old cell and the candidate.
Compute the state last, from the *new* cell.

</details>
"""
    stub = f'''
def lstm_step(x_t, h_prev, c_prev, W_x, W_h, b):
    """Return the state and the cell after one step of an LSTM.

    x_t: inputs, shape (N, D)
    h_prev, c_prev: states and cells before the step, shape (N, H)
    W_x, W_h, b: weights of shapes (4H, D), (4H, H), (4H,), stacked {order}
    returns: h_t and c_t, both of shape (N, H)

    >>> zero, b = np.zeros((4, 1)), np.array([{b}])
    >>> h_t, c_t = lstm_step(np.ones((1, 1)), np.ones((1, 1)), np.full((1, 1), 4.0), zero, zero, b)
    >>> c_t.round(6), h_t.round(3)
    (array([[3.4]]), array([[0.499]]))
    """
'''
    return Version(ORDERS[order], task.strip(), stub.strip(), partial(_record, order))


EXERCISE = _record()
