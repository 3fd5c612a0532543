"""Lesson 03, the tanh activation."""

from rnn_utils.checks.lesson_03 import (
    fixed_points,
    is_stable,
    rnn_step,
    saturated_fraction,
    tanh_derivative,
)

EXERCISES = (
    tanh_derivative.EXERCISE,
    rnn_step.EXERCISE,
    fixed_points.EXERCISE,
    saturated_fraction.EXERCISE,
    is_stable.EXERCISE,
)
