"""Lesson 02, one cell, shared weights, unrolled."""

from rnn_utils.checks.lesson_02 import (
    count_parameters,
    forward_layers,
    state_step,
    state_step_column,
)

EXERCISES = (
    count_parameters.EXERCISE,
    state_step_column.EXERCISE,
    state_step.EXERCISE,
    forward_layers.EXERCISE,
)
