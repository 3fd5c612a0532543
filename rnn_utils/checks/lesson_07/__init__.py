"""Lesson 07, backpropagation through time."""

from rnn_utils.checks.lesson_07 import loss_and_gradients, rnn_backward, truncated_bptt

EXERCISES = (
    rnn_backward.EXERCISE,
    loss_and_gradients.EXERCISE,
    truncated_bptt.EXERCISE,
)
