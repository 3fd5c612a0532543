"""The way back through one step of the LSTM.

dc = dc_t + dh_t ⊙ o ⊙ (1 − tanh²(c_t)); di = dc ⊙ g, df = dc ⊙ c_{t−1}, dg = dc ⊙ i, do = dh_t ⊙ tanh(c_t);
each through its squashing to da, then dx_t = da W_x, dh_{t−1} = da W_h, dW_x = daᵀ x_t, dW_h = daᵀ h_{t−1},
db the sum of da over the batch, and dc_{t−1} = dc ⊙ f.
"""

import numpy as np

from rnn_utils.cells.lstm import lstm_backward, lstm_gates, lstm_step_backward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, scaled
from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.lesson_12.lstm_step import draw_step
from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.clipping import clipped
from rnn_utils.checks.shared_mistakes.lstm import BLOCKS, OFTEN, VARIANTS
from rnn_utils.checks.shared_mistakes.lstm_backward import step_backward_with_mistakes
from rnn_utils.checks.shared_mistakes.lstm_backward_words import BACKWARD, OFTEN_BACK, WRONG_ROWS


def _draw_backward(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = draw_step(rng, sizes)
    shape = forward["h_prev"].shape
    return {"dh_t": rng.standard_normal(shape), "dc_t": rng.standard_normal(shape)} | forward


_CONTRACT = Contract(
    sizes="NDH",
    edges=(
        Case("a large upstream gradient", general=True, draw=scaled(_draw_backward, dh_t=1000.0)),
        Case("a large gradient from later steps", draw=scaled(_draw_backward, dc_t=1000.0)),
        Case("large inputs", draw=gated.two_sequences_far_out(_draw_backward)),
        gated.as_many_inputs_as_rows(4),
    ),
)


WEIGHTS = {"dW_x": "4H D", "dW_h": "4H H", "db": "4H"}


_GRADIENTS = {"dx_t": "N D", "dh_prev": "N H", "dc_prev": "N H"} | WEIGHTS


EXERCISE = Exercise(
    name="lstm_step_backward",
    lesson="12_lstm",
    points=4,
    reference=lstm_step_backward,
    outputs=_GRADIENTS,
    draw=_draw_backward,
    derives=True,
    contract=_CONTRACT,
    forbids=(lstm_backward, lstm_gates),
    diagnose=gated.first_of(
        clipped(lstm_step_backward),
        gated.wrong_rows(lstm_step_backward, tuple(_GRADIENTS), "".join(BLOCKS), WRONG_ROWS),
    ),
    mistakes=gated.mistakes_and_pairs(
        step_backward_with_mistakes, BACKWARD | VARIANTS, (*OFTEN_BACK, *OFTEN)
    ),
)
