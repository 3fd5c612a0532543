"""A sequence, step by step: h_t = tanh(x_t W_xhᵀ + h_{t−1} W_hhᵀ + b_h), for t = 1 … T."""

from rnn_utils.cells.rnn import rnn_forward, rnn_forward_hoisted
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.lesson_05.shared import FORWARD_MISTAKES, LARGE, SEQUENCE, wrong_start

EXERCISE = Exercise(
    name="rnn_forward",
    lesson="05_forward_pass",
    points=3,
    reference=rnn_forward,
    outputs={"h": "T N H"},
    forbids=(rnn_forward_hoisted,),
    draw=SEQUENCE,
    contract=Contract(
        sizes="TNDH",
        zeros=("x", "h0", "W_xh", "W_hh", "b_h"),
        edges=(LARGE,),
    ),
    mistakes=FORWARD_MISTAKES,
    diagnose=wrong_start,
)
