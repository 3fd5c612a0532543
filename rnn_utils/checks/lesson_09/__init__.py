"""Lesson 09, forecasting a real series."""

from rnn_utils.checks.lesson_09 import make_windows, roll_out, seasonal_naive, standardise

EXERCISES = (
    make_windows.EXERCISE,
    standardise.EXERCISE,
    seasonal_naive.EXERCISE,
    roll_out.EXERCISE,
)
