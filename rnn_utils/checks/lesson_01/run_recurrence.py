"""A recurrence, step by step: h_t = f(h_{t−1}, x_t)."""

from typing import Any

import numpy as np

from rnn_utils.cells.recurrence import run_recurrence
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, formula
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.checks.lesson_01.shared import fold


def _vector_recurrence(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    size = sizes["H"]
    A, B = rng.standard_normal((2, size, size))
    return {
        "f": lambda h, x: np.tanh(A @ h + B @ x),
        "h0": rng.standard_normal(size),
        "xs": rng.standard_normal((sizes["T"], size)),
    }


def _digits(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {
        "f": formula("lambda h, x: 10 * h + x"),
        "h0": int(rng.integers(1, 10)),
        "xs": rng.integers(0, 10, sizes["T"]).tolist(),
    }


def _last_two(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {
        "f": formula("lambda h, x: (h[1], x)"),
        "h0": (-1, -2),
        "xs": rng.integers(0, 10, sizes["T"]).tolist(),
    }


def _clock(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw hours on a clock of three, which comes back to 0 again and again."""
    return {"f": formula("lambda h, x: (h + x) % 3"), "h0": 2, "xs": [1, 1, 2, 1, 0, 2, 2]}


def _into_numbers(states: list[Any]) -> np.ndarray:
    """Return the states in an array that has room for one number each."""
    buffer = np.zeros(len(states))
    for t, state in enumerate(states):
        buffer[t] = state
    return buffer


def _states(value: Any) -> tuple[np.ndarray]:
    if not isinstance(value, np.ndarray):
        value = list(value)
    return (np.stack([np.asarray(state) for state in value]) if len(value) else np.zeros(0),)


EXERCISE = Exercise(
    name="run_recurrence",
    lesson="01_state_equation",
    points=2,
    reference=run_recurrence,
    outputs={"states": "T H"},
    convert=_states,
    draw=_vector_recurrence,
    contract=Contract(
        sizes="T",
        float32=False,
        layouts=False,
        empty="T",
        edges=(
            Case("states that are numbers", general=True, draw=_digits),
            Case("states that are pairs", draw=_last_two),
            Case("a state of zero", draw=_clock),
        ),
    ),
    mistakes=(
        Mistake(
            "h0 among the states",
            "h0 itself is in the list; expected are the states after each input, as many as inputs",
            lambda f, h0, xs: [h0, *fold(f, h0, xs)],
        ),
        Mistake(
            "only the last state",
            "only the last state is returned; expected is a list of every state",
            lambda f, h0, xs: fold(f, h0, xs)[-1],
        ),
        Mistake(
            "state never updated",
            "every step starts from h0 again; the equation wants the state of the step before",
            lambda f, h0, xs: [f(h0, x) for x in xs],
        ),
        Mistake(
            "zeros instead of h0",
            "the first step starts from zero and not from h0",
            lambda f, h0, xs: fold(f, np.zeros_like(h0), xs),
        ),
        Mistake(
            "arguments of f exchanged",
            "f is called with the input first; the equation says f(h_{t-1}, x_t), the state first",
            lambda f, h0, xs: fold(lambda h, x: f(x, h), h0, xs),
        ),
        Mistake(
            "an array of numbers",
            "the states are put into an array made for numbers; a state may be anything, so append each "
            "to a list",
            lambda f, h0, xs: _into_numbers(fold(f, h0, xs)),
        ),
        Mistake(
            "last input missing",
            "the state after the last input is missing, and h0 stands in front",
            lambda f, h0, xs: [h0, *fold(f, h0, xs)[:-1]],
        ),
        Mistake(
            "inputs in reverse",
            "the inputs are read from the last to the first",
            lambda f, h0, xs: fold(f, h0, xs[::-1]),
        ),
    ),
)
