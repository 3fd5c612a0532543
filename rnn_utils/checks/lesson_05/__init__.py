"""Lesson 05, the forward pass over a sequence."""

from rnn_utils.checks.lesson_05 import last_state, rnn_forward, rnn_forward_hoisted, rnn_predict

EXERCISES = (
    rnn_forward.EXERCISE,
    rnn_forward_hoisted.EXERCISE,
    last_state.EXERCISE,
    rnn_predict.EXERCISE,
)
