"""Of padded sequences the state after each one's own last input: h[length − 1]."""

import numpy as np

from rnn_utils.cells.rnn import last_state
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake


def _states_and_lengths(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, H = (sizes[letter] for letter in "TNH")
    lengths = rng.integers(1, T + 1, N)
    lengths[0] = T
    lengths[-1] = 1 if N > 1 else lengths[-1]
    return {"h": rng.standard_normal((T, N, H)), "lengths": rng.permutation(lengths)}


def _real_steps(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return h * (np.arange(len(h))[:, None] < lengths)[..., None]


EXERCISE = Exercise(
    name="last_state",
    lesson="05_forward_pass",
    points=1,
    reference=last_state,
    outputs={"h_last": "N H"},
    draw=_states_and_lengths,
    contract=Contract(
        sizes="TNH",
        zeros=("h",),
    ),
    mistakes=(
        Mistake(
            "lengths ignored",
            "h[-1] is taken for every sequence; for a shorter one that is a state after its end",
            lambda h, lengths: h[-1],
        ),
        Mistake(
            "off by one",
            "the index is one too large: a sequence of length n ends at index n − 1",
            lambda h, lengths: h[lengths, np.arange(len(lengths))],
        ),
        Mistake(
            "off by one, kept inside",
            "the index is one too large (except at the end): length n ends at index n − 1",
            lambda h, lengths: h[np.minimum(lengths, len(h) - 1), np.arange(len(lengths))],
        ),
        Mistake(
            "one step too early",
            "the index is one too small: a sequence of length n ends at index n − 1",
            lambda h, lengths: h[lengths - 2, np.arange(len(lengths))],
        ),
        Mistake(
            "all sequences at all lengths",
            "h[lengths - 1] picks whole time steps; each sequence n should be read at its own step",
            lambda h, lengths: h[lengths - 1],
        ),
        Mistake(
            "first state",
            "the first state is taken; asked is the last one of each sequence",
            lambda h, lengths: h[0],
        ),
        Mistake(
            "length of the first for all",
            "every sequence is read where the first one ends; each has its own length",
            lambda h, lengths: h[lengths[0] - 1],
        ),
        Mistake(
            "axes exchanged",
            "the two indices are exchanged: time is the first axis of h, the batch is the second",
            lambda h, lengths: h[np.arange(len(lengths)), lengths - 1],
        ),
        Mistake(
            "batch index over the steps",
            "there is a batch index for every step; there should be one for every sequence, N of them",
            lambda h, lengths: h[lengths - 1, np.arange(len(h))],
        ),
        Mistake(
            "slice by an array",
            "an array of lengths is used as the end of a slice; a slice takes one number for everybody",
            lambda h, lengths: h[:lengths][-1],
        ),
        Mistake(
            "always the first sequence",
            "the first sequence is read at everybody's lengths; row n is about sequence n",
            lambda h, lengths: h[lengths - 1, 0],
        ),
        Mistake(
            "last sequence",
            "h[:, -1] is the last sequence of the batch; time is the first axis",
            lambda h, lengths: h[:, -1],
        ),
        Mistake(
            "masked, then the last step",
            "the padded states are set to zero, and then the last step is read: for a shorter sequence "
            "that is the zero",
            lambda h, lengths: _real_steps(h, lengths)[-1],
        ),
        Mistake(
            "sum of the states",
            "the states are added up over the real steps; asked is the last one of each sequence",
            lambda h, lengths: _real_steps(h, lengths).sum(axis=0),
        ),
        Mistake(
            "largest state",
            "the largest value over time is taken; asked is the last state of each sequence",
            lambda h, lengths: h.max(axis=0),
        ),
        Mistake(
            "joined end to end",
            "the states are joined end to end; each belongs in a row of its own (np.stack)",
            lambda h, lengths: np.concatenate([h[n - 1, k] for k, n in enumerate(lengths)]),
        ),
        Mistake(
            "mean of the states",
            "the states are averaged; asked is the last one of each sequence",
            lambda h, lengths: np.stack([h[:n, k].mean(axis=0) for k, n in enumerate(lengths)]),
        ),
        Mistake(
            "counted from the end",
            "the length is counted from the end: h[-n] is n steps before the end",
            lambda h, lengths: h[-lengths, np.arange(len(lengths))],
        ),
    ),
)
