"""One step of the LSTM.

i, f, o = σ(W_x x_t + W_h h_{t−1} + b) and g = tanh(…), each with rows of its own, stacked i, f, g, o;
c_t = f ⊙ c_{t−1} + i ⊙ g and h_t = o ⊙ tanh(c_t).
"""

from rnn_utils.cells.lstm import lstm_forward, lstm_gates, lstm_step
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import scaled
from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.slips import gated
from rnn_utils.checks.slips.lstm import FORWARD_ONLY, OFTEN, VARIANTS, step_with_slips

draw_step = gated.draw_step(4, ("b",), cell=True)


_CONTRACT = Contract(
    sizes="NDH",
    edges=(
        Case("large inputs", draw=scaled(draw_step, x_t=2000.0)),
        Case("a large cell", draw=scaled(draw_step, c_prev=30.0)),
        gated.as_many_inputs_as_rows(4),
    ),
)


EXERCISE = Exercise(
    name="lstm_step",
    lesson="12_lstm",
    points=2,
    reference=lstm_step,
    outputs={"h_t": "N H", "c_t": "N H"},
    draw=draw_step,
    contract=_CONTRACT,
    forbids=(lstm_gates, lstm_forward),
    diagnose=gated.overflowed(lstm_step),
    mistakes=gated.mistakes(
        step_with_slips,
        VARIANTS | FORWARD_ONLY,
        (*OFTEN, "h and c exchanged", "tanh around the cell"),
    ),
)
