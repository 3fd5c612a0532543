"""Lesson 14, deep and bidirectional networks."""

from rnn_utils.checks.lesson_14 import (
    bidirectional_backward,
    bidirectional_forward,
    stacked_backward,
    stacked_forward,
)

EXERCISES = (
    stacked_forward.EXERCISE,
    stacked_backward.EXERCISE,
    bidirectional_forward.EXERCISE,
    bidirectional_backward.EXERCISE,
)
