"""Lesson 01, the state equation."""

from rnn_utils.checks.lesson_01 import (
    half_life,
    impulse_response,
    linear_rnn,
    parity_state,
    run_recurrence,
)

EXERCISES = (
    run_recurrence.EXERCISE,
    linear_rnn.EXERCISE,
    impulse_response.EXERCISE,
    half_life.EXERCISE,
    parity_state.EXERCISE,
)
