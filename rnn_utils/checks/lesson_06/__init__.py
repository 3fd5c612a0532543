"""Lesson 06, gradients of one step."""

from rnn_utils.checks.lesson_06 import (
    cross_entropy_backward,
    numerical_gradient,
    output_layer_backward,
    relative_error,
    rnn_step_backward,
)

EXERCISES = (
    numerical_gradient.EXERCISE,
    relative_error.EXERCISE,
    cross_entropy_backward.EXERCISE,
    output_layer_backward.EXERCISE,
    rnn_step_backward.EXERCISE,
)
