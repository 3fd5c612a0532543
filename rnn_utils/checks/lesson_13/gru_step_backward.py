"""The way back through one step of the GRU.

dn = dh_t ⊙ (1 − z), dz = dh_t ⊙ (h_{t−1} − n), dr = da_n ⊙ (W_hn h_{t−1} + b_hn), each through
its squashing to da; on the state's side da_n is multiplied by r; dh_{t−1} has dh_t ⊙ z beside what
comes through the three sums.
"""

import numpy as np

from rnn_utils.cells.gru import gru_backward, gru_gates, gru_step_backward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, scaled
from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.lesson_13.gru_step import draw_step
from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.clipping import clipped
from rnn_utils.checks.shared_mistakes.gru import BLOCKS, VARIANTS
from rnn_utils.checks.shared_mistakes.gru_backward import step_backward_with_mistakes
from rnn_utils.checks.shared_mistakes.gru_backward_words import BACK_IN_PAIRS, BACKWARD, WRONG_ROWS


def _draw_backward(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = draw_step(rng, sizes)
    return {"dh_t": rng.standard_normal(forward["h_prev"].shape)} | forward


_CONTRACT = Contract(
    sizes="NDH",
    edges=(
        Case("a large upstream gradient", general=True, draw=scaled(_draw_backward, dh_t=1000.0)),
        Case("large inputs", draw=gated.two_sequences_far_out(_draw_backward)),
        gated.as_many_inputs_as_rows(3),
    ),
)


_GRADIENTS = {
    "dx_t": "N D",
    "dh_prev": "N H",
    "dW_x": "3H D",
    "dW_h": "3H H",
    "db_x": "3H",
    "db_h": "3H",
}


EXERCISE = Exercise(
    name="gru_step_backward",
    lesson="13_gru",
    points=4,
    reference=gru_step_backward,
    outputs=_GRADIENTS,
    draw=_draw_backward,
    derives=True,
    contract=_CONTRACT,
    forbids=(gru_backward, gru_gates),
    diagnose=gated.first_of(
        clipped(gru_step_backward),
        gated.wrong_rows(gru_step_backward, tuple(_GRADIENTS), "".join(BLOCKS), WRONG_ROWS),
    ),
    mistakes=gated.mistakes_and_pairs(
        step_backward_with_mistakes, BACKWARD | VARIANTS, BACK_IN_PAIRS
    ),
)
