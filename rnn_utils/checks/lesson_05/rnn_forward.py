"""A sequence, step by step: h_t = tanh(x_t W_xhᵀ + h_{t−1} W_hhᵀ + b_h), for t = 1 … T."""

from rnn_utils.cells.rnn import rnn_forward, rnn_forward_hoisted
from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.lesson_05.shared import CONTRACT, FORWARD_MISTAKES, SEQUENCE, wrong_start

EXERCISE = Exercise(
    name="rnn_forward",
    lesson="05_forward_pass",
    points=3,
    reference=rnn_forward,
    outputs={"h": "T N H"},
    forbids=(rnn_forward_hoisted,),
    draw=SEQUENCE,
    contract=CONTRACT,
    mistakes=FORWARD_MISTAKES,
    diagnose=wrong_start,
)
