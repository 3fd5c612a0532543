"""Lesson 10, the next word."""

from rnn_utils.checks.lesson_10 import (
    decode,
    embedding_backward,
    encode,
    generate,
    perplexity,
    sample_next,
)

EXERCISES = (
    encode.EXERCISE,
    decode.EXERCISE,
    embedding_backward.EXERCISE,
    perplexity.EXERCISE,
    sample_next.EXERCISE,
    generate.EXERCISE,
)
