"""One step of the GRU.

r, z = σ(W_x x_t + b_x + W_h h_{t−1} + b_h), stacked r, z, n;
n = tanh(W_xn x_t + b_xn + r ⊙ (W_hn h_{t−1} + b_hn)), h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}.
"""

from rnn_utils.cells.gru import gru_forward, gru_gates, gru_step
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import scaled
from rnn_utils.checks.framework.exercise import TOGETHER, Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.gru import (
    FORWARD_ONLY,
    IN_PAIRS,
    VARIANTS,
    step_with_mistakes,
)

draw_step = gated.draw_step(3, ("b_x", "b_h"))


_CONTRACT = Contract(
    sizes="NDH",
    edges=(
        Case("large inputs", draw=scaled(draw_step, x_t=2000.0)),
        Case("states beyond ±1", draw=scaled(draw_step, h_prev=4.0)),
        gated.as_many_inputs_as_rows(3),
    ),
)


#: The GRU as it was first written, which has one bias: all that is different in it, at once.
_OLDER = tuple(
    m
    for one_bias in ("b_x missing", "b_h missing")
    for m in mistakes_in(
        step_with_mistakes,
        {
            name: VARIANTS[name]
            for name in ("z and 1 − z exchanged", "reset before the product", one_bias)
        },
        together=3,
    )
    if m.name.count(TOGETHER) == 2
)


EXERCISE = Exercise(
    name="gru_step",
    lesson="13_gru",
    points=2,
    reference=gru_step,
    outputs={"h_t": "N H"},
    draw=draw_step,
    contract=_CONTRACT,
    forbids=(gru_gates, gru_forward),
    diagnose=gated.overflowed(gru_step),
    mistakes=gated.mistakes_and_pairs(step_with_mistakes, VARIANTS | FORWARD_ONLY, IN_PAIRS)
    + _OLDER,
)
