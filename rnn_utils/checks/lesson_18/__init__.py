"""Lesson 18, the same in PyTorch."""

from rnn_utils.checks.lesson_18 import matmul_back, multiply_back, unbroadcast, walk_back

EXERCISES = (
    unbroadcast.EXERCISE,
    multiply_back.EXERCISE,
    matmul_back.EXERCISE,
    walk_back.EXERCISE,
)
