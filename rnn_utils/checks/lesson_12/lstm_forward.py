"""The LSTM over a sequence: (h_t, c_t) = step(x_t, h_{t−1}, c_{t−1}) for t = 1 … T."""

import numpy as np

from rnn_utils.cells.lstm import lstm_forward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.lesson_12.lstm_step import draw_step
from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.lstm import FORWARD_ONLY, OFTEN, VARIANTS, step_with_mistakes
from rnn_utils.checks.shared_mistakes.step import Made


def draw_sequence(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    step = draw_step(rng, sizes)
    T, N, D = (sizes[letter] for letter in "TND")
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": step["h_prev"],
        "c0": step["c_prev"],
    } | {name: step[name] for name in ("W_x", "W_h", "b")}


_CONTRACT = Contract(sizes="TNDH", edges=(Case("a long sequence", {"T": 9}, general=True),))


_SEQUENCE = {
    "batch in reverse": "the batch is turned round; time is the first axis of x, the batch the second",
    "h not carried over": "every step starts from h0; it starts from the state of the step before",
    "c not carried over": "every step starts from c0; it starts from the cell of the step before",
    "tanh of the cell carried": "tanh(c_t) is passed on to the next step; c_t itself is the memory",
    "state carried as the cell": "h_t is passed on as the cell, too; what is passed on is c_t",
    "zeros instead of both": "the first step starts from zeros and reads neither h0 nor c0",
    "zeros instead of h0": "the first step starts from zeros; before the first input the state is h0",
    "zeros instead of c0": "the first step starts from zeros; before the first input the cell is c0",
    "h0 and c0 exchanged": "h0 and c0 have changed places at the first step",
    "h and c exchanged in the loop": "h and c change places from step to step",
    "nothing carried": "every step starts from zeros; it starts from where the step before ended",
    "neither carried": "every step starts from h0 and c0; it starts from where the step before ended",
    "loop from the end": "the loop runs from the last step to the first; h_t needs h_{t−1} first",
    "first step missing": "the first step is never computed: range(T) begins at 0",
    "last step missing": "the last step is never computed: range(T) ends with T − 1",
    "initial state in the first place": (
        "h0 and c0 stand in the first place of h and c, and x[0] is never read: h[0] comes after x[0]"
    ),
    "last inputs first": "the inputs are read from the last to the first",
    "first input at every step": "every step reads the first input; each has its own, x[t]",
    "cells for states": "the states are returned twice; the second is the cells, c",
    "c, h": "the cells and the states are returned in the order c, h; asked for is h, c",
    "initial state included": (
        "h0 and c0 are returned in place of the last state and cell: h[t] comes after x[t]"
    ),
}


def forward_with_mistakes(
    made: Made, x: np.ndarray, h0: np.ndarray, c0: np.ndarray, *weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return all states and cells, with the mistakes made."""
    h_prev, c_prev = h0, c0
    if made & {"zeros instead of h0", "zeros instead of both", "nothing carried"}:
        h_prev = 0 * h0
    if made & {"zeros instead of c0", "zeros instead of both", "nothing carried", "cell forgotten"}:
        c_prev = 0 * c0
    if "h0 and c0 exchanged" in made:
        h_prev, c_prev = c_prev, h_prev
    h, c = np.zeros((len(x), *h0.shape), x.dtype), np.zeros((len(x), *h0.shape), x.dtype)
    begin = h_prev, c_prev
    steps = list(range(len(x)))
    if "first step missing" in made:
        del steps[0]
    if "last step missing" in made:
        del steps[-1]
    if "initial state in the first place" in made:
        h[0], c[0] = h0, c0
        del steps[0]
    if "loop from the end" in made:
        steps.reverse()
    inputs = x[::-1] if "last inputs first" in made else x
    for t in steps:
        x_t = inputs[0] if "first input at every step" in made else inputs[t]
        if "batch in reverse" in made:
            x_t = x_t[::-1]
        h[t], c[t] = h_prev, c_prev = step_with_mistakes(made, x_t, h_prev, c_prev, *weights)
        if made & {"h not carried over", "nothing carried", "neither carried"}:
            h_prev = begin[0]
        if made & {"c not carried over", "nothing carried", "neither carried", "cell forgotten"}:
            c_prev = begin[1]
        if "tanh of the cell carried" in made:
            c_prev = np.tanh(c_prev)
        if "state carried as the cell" in made:
            c_prev = h_prev
        if "h and c exchanged in the loop" in made:
            h_prev, c_prev = c_prev, h_prev
    if "initial state included" in made:
        h, c = np.stack([h0, *h[:-1]]), np.stack([c0, *c[:-1]])
    if "cells for states" in made:
        return h, h
    return (c, h) if "c, h" in made else (h, c)


EXERCISE = Exercise(
    name="lstm_forward",
    lesson="12_lstm",
    points=1,
    reference=lstm_forward,
    outputs={"h": "T N H", "c": "T N H"},
    draw=draw_sequence,
    contract=_CONTRACT,
    mistakes=gated.mistakes_and_pairs(
        forward_with_mistakes, _SEQUENCE | VARIANTS | FORWARD_ONLY, (*_SEQUENCE, *OFTEN)
    ),
)
