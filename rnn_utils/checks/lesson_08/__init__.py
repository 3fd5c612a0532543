"""Lesson 08, training."""

from rnn_utils.checks.lesson_08 import adam_update, clip_by_global_norm, sgd_update, train

EXERCISES = (
    sgd_update.EXERCISE,
    clip_by_global_norm.EXERCISE,
    adam_update.EXERCISE,
    train.EXERCISE,
)
