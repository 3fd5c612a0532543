"""Lesson 17, linear recurrences."""

from rnn_utils.checks.lesson_17 import (
    compose,
    diagonal_recurrence,
    linear_scan,
    linear_scan_backward,
    min_gru_backward,
    min_gru_forward,
)

EXERCISES = (
    compose.EXERCISE,
    linear_scan.EXERCISE,
    linear_scan_backward.EXERCISE,
    diagonal_recurrence.EXERCISE,
    min_gru_forward.EXERCISE,
    min_gru_backward.EXERCISE,
)
