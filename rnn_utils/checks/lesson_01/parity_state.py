"""Whether the number of ones so far is odd: h_t = 1 where h_{t−1} and x_t differ, else 0."""

from rnn_utils.analysis.dynamics import parity_state
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.exercise import Exercise, Mistake


def _bits(h_prev: int, x_t: int) -> Case:
    return Case(
        f"state {h_prev}, input {x_t}",
        general=True,
        draw=lambda rng, sizes: {"h_prev": h_prev, "x_t": x_t},
    )


EXERCISE = Exercise(
    name="parity_state",
    lesson="01_state_equation",
    points=1,
    reference=parity_state,
    outputs={"h_t": ""},
    draw=lambda rng, sizes: {"h_prev": 0, "x_t": 0},
    draws=0,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(_bits(0, 0), _bits(0, 1), _bits(1, 0), _bits(1, 1)),
    ),
    mistakes=(
        Mistake(
            "counts",
            "the ones are counted; parity only asks whether their number is odd (1) or even (0)",
            lambda h_prev, x_t: h_prev + x_t,
        ),
        Mistake(
            "or",
            "a second 1 does not switch the state back to 0",
            lambda h_prev, x_t: h_prev | x_t,
        ),
        Mistake(
            "and",
            "the state becomes 1 only where state and input both are; a single 1 already is odd",
            lambda h_prev, x_t: h_prev & x_t,
        ),
        Mistake(
            "input only",
            "the state is a copy of the input: the previous state plays no part",
            lambda h_prev, x_t: x_t,
        ),
        Mistake(
            "input ignored",
            "the input plays no part",
            lambda h_prev, x_t: h_prev,
        ),
        Mistake(
            "upside down",
            "the answer is upside down: 1 stands for an odd number of ones, and no ones is even",
            lambda h_prev, x_t: 1 - (h_prev ^ x_t),
        ),
        Mistake(
            "always switches",
            "the state switches at every step; an input of 0 should leave it as it is",
            lambda h_prev, x_t: 1 - h_prev,
        ),
    ),
)
