"""Lesson 12, the LSTM."""

from rnn_utils.checks.lesson_12 import lstm_backward, lstm_forward, lstm_step, lstm_step_backward

EXERCISES = (
    lstm_step.EXERCISE,
    lstm_step_backward.EXERCISE,
    lstm_forward.EXERCISE,
    lstm_backward.EXERCISE,
)
