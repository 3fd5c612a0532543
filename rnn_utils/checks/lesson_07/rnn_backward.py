"""Back through time: total_t = dh_t + da_{t+1} W_hh, da_t = total_t (1 − h_t²), weights summed over t."""

from collections.abc import Mapping

import numpy as np

from rnn_utils.cells.rnn import rnn_backward, rnn_backward_plain
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays, scaled
from rnn_utils.checks.framework.exercise import TOGETHER, Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_07.shared import (
    BACKWARD_MISTAKES,
)
from rnn_utils.checks.shared_mistakes import backward as backward_steps
from rnn_utils.checks.shared_mistakes import backward_words as words
from rnn_utils.checks.shared_mistakes import step as steps
from rnn_utils.checks.shared_mistakes.clipping import clipped

_FORWARD = arrays(x="T N D", h0="N H", W_xh="H D", W_hh="H H", b_h="H", dh="T N H")


def _sequence(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a sequence, run it forward, and draw an immediate gradient for every state."""
    x, h0, W_xh, W_hh, b_h, dh = _FORWARD(rng, sizes).values()
    h = steps.rnn_forward(frozenset(), x, h0, W_xh, W_hh, b_h)
    return {"dh": dh, "x": x, "h0": h0, "h": h, "W_xh": W_xh, "W_hh": W_hh}


def _run_again(arguments: Arguments) -> Arguments:
    """Make the states that go with the other arguments, without a bias."""
    x, h0, W_xh, W_hh = (arguments[name] for name in ("x", "h0", "W_xh", "W_hh"))
    b_h = np.zeros(len(W_hh))
    return arguments | {"h": steps.rnn_forward(frozenset(), x, h0, W_xh, W_hh, b_h)}


def _many_to_one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _sequence(rng, sizes)
    arguments["dh"][:-1] = 0.0
    return arguments


def _made(says: Mapping[str, str], together: int) -> tuple[Mistake, ...]:
    """Return a mistake for every choice of exactly so many names."""
    mistakes = mistakes_in(backward_steps.rnn_backward, says, together)
    return tuple(m for m in mistakes if m.name.count(TOGETHER) == together - 1)


EXERCISE = Exercise(
    name="rnn_backward",
    lesson="07_backpropagation_through_time",
    points=4,
    reference=rnn_backward,
    outputs={
        "dx": "T N D",
        "dh0": "N H",
        "dW_xh": "H D",
        "dW_hh": "H H",
        "db_h": "H",
    },
    forbids=(rnn_backward_plain,),
    draw=_sequence,
    follows=_run_again,
    derives=True,
    contract=Contract(
        sizes="TNDH",
        zeros=("dh", "x", "h0", "W_xh", "W_hh"),
        tiny=("dh",),
        edges=(
            Case("a long sequence", {"T": 9}, general=True),
            Case("a loss that reads the last state only", draw=_many_to_one),
            Case("a large upstream gradient", draw=scaled(_sequence, dh=1000.0)),
        ),
    ),
    mistakes=(
        *_made(BACKWARD_MISTAKES | words.CUT | words.CLIPPED, together=1),
        *_made({name: BACKWARD_MISTAKES[name] for name in words.PAIRED}, together=2),
        *_made({name: BACKWARD_MISTAKES[name] for name in words.THREE}, together=3),
    ),
    diagnose=clipped(rnn_backward),
)
