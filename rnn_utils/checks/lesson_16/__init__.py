"""Lesson 16, from sequence to sequence, and attention."""

from rnn_utils.checks.lesson_16 import (
    attend,
    attend_backward,
    attention_scores,
    beam_search,
    greedy_decode,
    masked_softmax,
)

EXERCISES = (
    attention_scores.EXERCISE,
    masked_softmax.EXERCISE,
    attend.EXERCISE,
    attend_backward.EXERCISE,
    greedy_decode.EXERCISE,
    beam_search.EXERCISE,
)
