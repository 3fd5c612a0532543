"""Lesson 13, the GRU."""

from rnn_utils.checks.lesson_13 import (
    count_cell_parameters,
    gru_step,
    gru_step_backward,
    largest_state,
)

EXERCISES = (
    gru_step.EXERCISE,
    gru_step_backward.EXERCISE,
    count_cell_parameters.EXERCISE,
    largest_state.EXERCISE,
)
