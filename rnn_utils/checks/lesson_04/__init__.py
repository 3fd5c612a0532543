"""Lesson 04, the output layer."""

from rnn_utils.checks.lesson_04 import (
    accuracy,
    cross_entropy,
    mean_squared_error,
    output_layer,
    softmax,
)

EXERCISES = (
    output_layer.EXERCISE,
    softmax.EXERCISE,
    cross_entropy.EXERCISE,
    mean_squared_error.EXERCISE,
    accuracy.EXERCISE,
)
