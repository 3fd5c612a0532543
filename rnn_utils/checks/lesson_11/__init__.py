"""Lesson 11, vanishing and exploding gradients."""

from rnn_utils.checks.lesson_11 import gradient_norms, orthogonal, spectral_radius, step_jacobian

EXERCISES = (
    step_jacobian.EXERCISE,
    gradient_norms.EXERCISE,
    spectral_radius.EXERCISE,
    orthogonal.EXERCISE,
)
