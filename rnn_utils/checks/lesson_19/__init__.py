"""Lesson 19, a project of your own."""

from rnn_utils.checks.lesson_19 import audit, f1_scores

EXERCISES = (audit.EXERCISE, f1_scores.EXERCISE)
