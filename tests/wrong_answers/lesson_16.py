"""Wrong answers to lesson 16 in one respect only."""

import numpy as np


def padding_is_lowered(scores, lengths):
    """A fixed number is taken off, and high scores of padding still win."""
    inside = np.arange(len(scores))[:, None] < lengths
    kept = scores - 1e4 * ~inside
    e = np.exp(kept - kept.max(axis=0))
    return e / e.sum(axis=0)


def the_start_counts_as_written(step, state, start, end, longest):
    """The translator's start is its end token: nothing would be written."""
    tokens, ended, rows = start, start == end, []
    while len(rows) < longest:
        scores, state = step(tokens, state)
        tokens = np.where(ended, end, scores.argmax(axis=1))
        ended = ended | (tokens == end)
        rows.append(tokens)
        if ended.all():
            break
    return np.array(rows, dtype=int).reshape(len(rows), len(start))


def stops_if_all_end_together(step, state, start, end, longest):
    """Which sequences have ended is forgotten from step to step."""
    tokens, rows = start, []
    while len(rows) < longest:
        scores, state = step(tokens, state)
        tokens = scores.argmax(axis=1)
        rows.append(tokens)
        if (tokens == end).all():
            break
    return np.array(rows, dtype=int).reshape(len(rows), len(start))


WRONG_ANSWERS = {
    "masked_softmax": [padding_is_lowered],
    "greedy_decode": [the_start_counts_as_written, stops_if_all_end_together],
}
