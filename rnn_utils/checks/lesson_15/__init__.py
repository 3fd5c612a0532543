"""Lesson 15, recurrence and convolution."""

from rnn_utils.checks.lesson_15 import (
    convolve2d,
    effective_receptive_field,
    receptive_field,
    row_column_sweep,
)

EXERCISES = (
    convolve2d.EXERCISE,
    receptive_field.EXERCISE,
    row_column_sweep.EXERCISE,
    effective_receptive_field.EXERCISE,
)
