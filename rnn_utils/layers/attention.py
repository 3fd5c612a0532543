"""Attention: a soft look-up over all states of a sequence, forward and backward, and decoding with it.

A query is one row per sequence (N, H); keys and values are time-major, (T, N, H) and (T, N, V), like
the states that they usually are. A sequence is as long as `lengths` says; what lies behind its end is
padding and gets no weight.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils._shapes import expect_integers, expect_shapes

#: One step of a decoder: the tokens before (N,) and any state give scores (N, O) and the next state.
Step = Callable[[np.ndarray, Any], tuple[np.ndarray, Any]]


def attention_scores(query: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Return how well each key fits its sequence's query: their inner product over √H.

    An inner product of H independent numbers of variance 1 has variance H; the root keeps the scores
    at a size where the softmax still has slopes.

    Args:
        query: what each sequence looks for (N, H).
        keys: what each step offers (T, N, H).

    Returns:
        The scores (T, N).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Vaswani et al. (2017), Attention is all you need; without the root Luong, Pham and Manning
    (2015), Effective approaches to attention-based neural machine translation.

    Example:
        >>> keys = np.array([[[2.0, 0.0, 0.0, 0.0]], [[0.0, 6.0, 0.0, 0.0]]])
        >>> attention_scores(np.ones((1, 4)), keys).tolist()
        [[1.0], [3.0]]
    """
    expect_shapes("attention_scores", query=(query, "N H"), keys=(keys, "T N H"))
    return np.einsum("nh,tnh->tn", query, keys) / np.sqrt(query.shape[1])


def masked_softmax(scores: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return weights that sum to 1 over each sequence's own steps, and are 0 behind its end.

    Args:
        scores: one per step and sequence (T, N).
        lengths: how many steps each sequence has (N,), from 1 to T.

    Returns:
        The weights (T, N).

    Raises:
        TypeError, ValueError: scores hold no floats, or a length is none.

    Example:
        >>> masked_softmax(np.zeros((3, 2)), np.array([3, 2])).round(2).tolist()
        [[0.33, 0.5], [0.33, 0.5], [0.33, 0.0]]
    """
    expect_shapes("masked_softmax", scores=(scores, "T N"))
    inside = _inside("masked_softmax", scores.shape[0], scores.shape[1], lengths)
    shifted = np.where(inside, scores, -np.inf)
    weights = np.exp(shifted - shifted.max(axis=0))
    return weights / weights.sum(axis=0)


def attend(
    query: np.ndarray, keys: np.ndarray, values: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
    """Return the mean of each sequence's values, weighted by how well their keys fit the query.

    Args:
        query: what each sequence looks for (N, H).
        keys: what each step offers (T, N, H).
        values: what is read there (T, N, V).
        lengths: how many steps each sequence has (N,), from 1 to T.

    Returns:
        What was read (N, V).

    Raises:
        TypeError, ValueError: an argument holds no floats, the shapes do not fit together, or a length
        is none.

    Source: Bahdanau, Cho and Bengio (2015), Neural machine translation by jointly learning to align and
    translate.

    Example:
        >>> keys, values = np.zeros((2, 1, 3)), np.array([[[1.0]], [[3.0]]])
        >>> attend(np.ones((1, 3)), keys, values, np.array([2])).item()  # all keys fit alike
        2.0
    """
    weights = _weights("attend", query, keys, values, lengths)
    return np.einsum("tn,tnv->nv", weights, values)


def attend_backward(
    dy: np.ndarray, query: np.ndarray, keys: np.ndarray, values: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of `attend` with respect to the query, the keys and the values.

    The weights are computed again, so nothing has to be handed over.

    Args:
        dy: the gradient of the loss with respect to what was read (N, V).
        query: what each sequence looked for (N, H).
        keys: what each step offered (T, N, H).
        values: what was read there (T, N, V).
        lengths: how many steps each sequence has (N,), from 1 to T.

    Returns:
        d_query (N, H), d_keys (T, N, H), d_values (T, N, V); zero behind each sequence's end.

    Raises:
        TypeError, ValueError: as `attend`.

    Example:
        >>> one, keys, values = np.ones((1, 1)), np.zeros((2, 1, 1)), np.array([[[1.0]], [[3.0]]])
        >>> [g.ravel().tolist() for g in attend_backward(one, one, keys, values, np.array([2]))]
        [[0.0], [-0.5, 0.5], [0.5, 0.5]]
    """
    weights = _weights("attend_backward", query, keys, values, lengths)
    expect_shapes("attend_backward", dy=(dy, "N V"), values=(values, "T N V"))
    d_values = np.einsum("tn,nv->tnv", weights, dy)
    d_weights = np.einsum("nv,tnv->tn", dy, values)
    # A softmax passes on what differs from the weighted mean.
    d_scores = weights * (d_weights - (weights * d_weights).sum(axis=0))
    d_scores = d_scores / np.sqrt(query.shape[1])
    return np.einsum("tn,tnh->nh", d_scores, keys), d_scores[:, :, None] * query, d_values


def greedy_decode(step: Step, state: Any, start: np.ndarray, end: int, longest: int) -> np.ndarray:
    """Write with a decoder, each time the token with the highest score, until every sequence has ended.

    Args:
        step: takes the tokens before (N,) and the state, returns scores (N, O) and the next state.
        state: the state before the first step, of any kind.
        start: the token that each sequence begins with (N,).
        end: the token that ends a sequence.
        longest: how many steps there are at the most.

    Returns:
        The tokens (T, N), T ≤ longest, without `start`; `end` at a sequence's end and behind it.

    Source: Sutskever, Vinyals and Le (2014), Sequence to sequence learning with neural networks.

    Example:
        >>> count_down = lambda tokens, state: (np.eye(4)[np.maximum(tokens - 1, 0)], state)
        >>> greedy_decode(count_down, None, np.array([3, 1]), end=0, longest=9).tolist()
        [[2, 0], [1, 0], [0, 0]]
    """
    tokens = np.asarray(start)
    ended = np.zeros(len(tokens), dtype=bool)
    written: list[np.ndarray] = []
    while len(written) < longest and not ended.all():
        scores, state = step(tokens, state)
        tokens = np.where(ended, end, scores.argmax(axis=-1))
        ended = ended | (tokens == end)
        written.append(tokens)
    return np.array(written, dtype=int).reshape(len(written), len(ended))


def beam_search(
    step: Step, state: Any, start: int, end: int, longest: int, width: int
) -> tuple[list[int], float]:
    """Write one sequence with a decoder, keeping the `width` likeliest beginnings at every step.

    Args:
        step: as for `greedy_decode`; it is called with one token and the state that belongs to it.
        state: the state before the first step.
        start: the token to begin with.
        end: the token that ends the sequence.
        longest: how many steps there are at the most.
        width: how many beginnings are kept.

    Returns:
        The likeliest sequence found, without `start` and with its `end` if it got there, and the
        logarithm of its probability.

    Source: Graves (2012), Sequence transduction with recurrent neural networks.

    Example:
        >>> two_ways = lambda token, state: (np.log([[0.4, 0.6]]), state)
        >>> beam_search(two_ways, None, start=1, end=0, longest=2, width=2)[0]
        [0]
    """
    open_ones: list[tuple[float, list[int], Any]] = [(0.0, [], state)]
    finished: list[tuple[float, list[int]]] = []
    for _ in range(longest):
        grown = []
        for total, tokens, before in open_ones:
            scores, after = step(np.array([tokens[-1] if tokens else start]), before)
            largest = scores[0].max()
            logs = scores[0] - largest - np.log(np.exp(scores[0] - largest).sum())
            for token in np.argsort(-logs, kind="stable")[:width]:
                grown.append((total + float(logs[token]), [*tokens, int(token)], after))
        grown.sort(key=lambda kept: -kept[0])
        finished += [(total, tokens) for total, tokens, _ in grown[:width] if tokens[-1] == end]
        open_ones = [kept for kept in grown[:width] if kept[1][-1] != end]
        if not open_ones:
            break
    finished += [(total, tokens) for total, tokens, _ in open_ones]
    total, tokens = max(finished, key=lambda kept: kept[0])
    return tokens, total


def _weights(
    function: str, query: np.ndarray, keys: np.ndarray, values: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
    expect_shapes(function, query=(query, "N H"), keys=(keys, "T N H"), values=(values, "T N V"))
    return masked_softmax(attention_scores(query, keys), lengths)


def _inside(function: str, T: int, N: int, lengths: np.ndarray) -> np.ndarray:
    """Return which steps belong to their sequence (T, N)."""
    source = f"there are {N} sequences"
    lengths = expect_integers(function, "lengths", lengths, (N,), source, low=1, high=T)
    return np.arange(T)[:, None] < lengths
