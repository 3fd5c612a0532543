"""Lesson 17's experiment: how many values does a memory give back that was trained to do so?

Pairs of a key and a value are shown one after the other; then every key is asked for once (associative
recall, after Arora et al., 2023, Zoology, made easier: a pair comes in one step). Four memories differ in
what they keep. All are read in the same way: with numbers that are learnt for the key asked for, and a
linear output layer.
"""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from rnn_utils.cells.gru import gru_backward, gru_forward
from rnn_utils.cells.min_gru import min_gru_backward, min_gru_forward
from rnn_utils.layers.output import softmax
from rnn_utils.tasks.text import one_hot
from rnn_utils.training.losses import cross_entropy, cross_entropy_backward
from rnn_utils.training.optimizers import adam_start, adam_update, clip_by_global_norm

#: How many different keys and values there are.
KEYS, VALUES = 64, 8
#: The most pairs in training; a sequence has 1 to this many.
LONGEST = 16

Memory = Literal["attention", "matrix state", "minimal GRU", "GRU"]
MEMORIES: tuple[Memory, ...] = get_args(Memory)

Arrays = tuple[np.ndarray, ...]
#: What is read, and the way back from its gradient to those of the query and of the memory's weights.
Read = tuple[np.ndarray, Callable[[np.ndarray], Arrays]]


def numbers_kept(memory: Memory, size: int, pairs: int) -> int:
    """Return how many numbers a memory holds after some pairs.

    Args:
        memory: which.
        size: of a key or a state; a matrix state has size × size numbers.
        pairs: how many were shown. Only attention keeps more with each.

    Example:
        >>> [numbers_kept(memory, 8, pairs=16) for memory in MEMORIES]
        [256, 64, 8, 8]
    """
    return {"attention": 2 * size * pairs, "matrix state": size**2}.get(memory, size)


def draw(rng: np.random.Generator, pairs: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences of pairs; no key comes twice in one.

    Args:
        rng: a generator.
        pairs: how many, at most `KEYS`.
        count: how many sequences.

    Returns:
        keys and values, integers (pairs, count).

    Example:
        >>> keys, values = draw(np.random.default_rng(0), pairs=3, count=2)
        >>> keys.shape, bool(values.max() < VALUES)
        ((3, 2), True)
    """
    shuffled = rng.permuted(np.tile(np.arange(KEYS), (count, 1)), axis=1)
    return shuffled[:, :pairs].T, rng.integers(0, VALUES, (pairs, count))


def initialise(memory: Memory, size: int, rng: np.random.Generator) -> Arrays:
    """Return where a memory starts; the gates of both GRUs start at keeping (bias 3).

    Args:
        memory: which.
        size: of a key or a state.
        rng: where the random numbers come from.

    Returns:
        queries (KEYS, size), the output's weights (VALUES, size) and biases (VALUES,), the memory's own.

    Example:
        >>> [array.shape for array in initialise("minimal GRU", 4, np.random.default_rng(0))]
        [(64, 4), (8, 4), (8,), (8, 72), (8,)]
    """

    def normal(*shape: int, scale: float = 1.0) -> np.ndarray:
        return (scale * rng.standard_normal(shape)).astype(np.float32)

    root, H = size**-0.5, size
    read = normal(KEYS, H), normal(VALUES, H, scale=root), np.zeros(VALUES, np.float32)
    if memory in ("attention", "matrix state"):
        return *read, normal(KEYS, H), normal(VALUES, H)
    gates = 2 if memory == "minimal GRU" else 3
    bias = np.zeros(gates * H, np.float32)
    bias[slice(0, H) if gates == 2 else slice(H, 2 * H)] = 3  # z of each
    weights = normal(gates * H, KEYS + VALUES)
    if gates == 2:
        return *read, weights, bias
    return *read, weights, normal(3 * H, H, scale=root), bias, np.zeros_like(bias)


def loss_and_gradients(
    memory: Memory, parameters: Arrays, keys: np.ndarray, values: np.ndarray
) -> tuple[float, Arrays]:
    """Return the mean cross-entropy of all values in nats, every key asked for once, and its gradients.

    Args:
        memory: which.
        parameters: as `initialise` returns them.
        keys, values: integers (pairs, N).

    Example:
        >>> rng = np.random.default_rng(0)
        >>> start = initialise("attention", 4, rng)
        >>> loss, gradients = loss_and_gradients("attention", start, *draw(rng, 3, 2))
        >>> [gradient.shape for gradient in gradients] == [array.shape for array in start]
        True
    """
    queries, W, b, *own = parameters
    shown = _shown(keys, values)
    found, back = _read(memory, own, shown, queries[keys])
    rows, wanted = found.reshape(-1, W.shape[1]), values.reshape(-1)
    y = rows @ W.T + b
    dy = cross_entropy_backward(y, wanted).astype(np.float32)
    d_asked, *d_own = back((dy @ W).reshape(found.shape))
    d_queries = _gathered(shown[0], d_asked)
    gradients = d_queries, dy.T @ rows, dy.sum(axis=0), *d_own
    return float(cross_entropy(y, wanted)), gradients


def learn(
    memory: Memory, size: int, seed: int, learning_rate: float = 0.03, updates: int = 1000
) -> Arrays:
    """Train a memory with Adam on new sequences at every update, 32 of one length.

    Args:
        memory: which.
        size: of a key or a state.
        seed: for the start and, apart from it, for the sequences: the same for all memories.
        learning_rate: of Adam; it rises over 50 updates, then falls linearly to a tenth.
        updates: how many.

    Returns:
        The trained parameters.

    Example:
        >>> len(learn("GRU", 4, seed=0, updates=1))
        7
    """
    parameters = initialise(memory, size, np.random.default_rng(seed))
    rng, state = np.random.default_rng([seed, 1]), adam_start(parameters)
    for update in range(updates):
        pairs = int(rng.integers(1, LONGEST + 1))
        _, gradients = loss_and_gradients(memory, parameters, *draw(rng, pairs, 32))
        clipped, _ = clip_by_global_norm(gradients, 1.0)
        rate = learning_rate * min(1, (update + 1) / 50) * (1 - 0.9 * update / updates)
        parameters, state = adam_update(parameters, clipped, state, rate)
    return parameters


def recalled(
    memory: Memory, parameters: Arrays, pairs: int, seed: int = 1000, count: int = 500
) -> float:
    """Return the share of values that are given back, of new sequences.

    Args:
        memory: which.
        parameters: trained ones.
        pairs: how many in each sequence.
        seed: for the sequences.
        count: how many sequences.

    Returns:
        From 1/8, which is chance, to 1.

    Example:
        >>> recalled("attention", learn("attention", 4, seed=0, updates=300), pairs=8) > 0.9
        True
    """
    queries, W, b, *own = parameters
    keys, values = draw(np.random.default_rng(seed), pairs, count)
    found, _ = _read(memory, own, _shown(keys, values), queries[keys])
    return float(np.mean((found @ W.T + b).argmax(axis=2) == values))


def _shown(keys: np.ndarray, values: np.ndarray) -> Arrays:
    return one_hot(keys, KEYS, np.float32), one_hot(values, VALUES, np.float32)


def _read(memory: Memory, own: list[np.ndarray], shown: Arrays, q: np.ndarray) -> Read:
    if memory == "attention":
        return _looked_up(own, shown, q)
    if memory == "matrix state":
        return _added_up(own, shown, q)
    return _carried(memory, own, shown, q)


def _looked_up(own: list[np.ndarray], shown: Arrays, q: np.ndarray) -> Read:
    """Attention: all pairs are kept. The batch comes first here: (N, pairs, size)."""
    k, v, asked = (_batch_first(part) for part in (shown[0] @ own[0], shown[1] @ own[1], q))
    root = np.float32(np.sqrt(k.shape[2]))
    scores = asked @ k.swapaxes(1, 2) / root
    w = softmax(scores)

    def back(d_found: np.ndarray) -> Arrays:
        d_found = _batch_first(d_found)
        dw, dv = d_found @ v.swapaxes(1, 2), w.swapaxes(1, 2) @ d_found
        ds = w * (dw - (w * dw).sum(axis=2, keepdims=True)) / root
        parts = (_batch_first(part) for part in (ds @ k, ds.swapaxes(1, 2) @ asked, dv))
        return _of_tables(shown, *parts)

    return _batch_first(w @ v), back


def _added_up(own: list[np.ndarray], shown: Arrays, q: np.ndarray) -> Read:
    """Linear attention: the state is S = Σ v kᵀ, and S q is read (Katharopoulos et al., 2020)."""
    k, v, asked = (_batch_first(part) for part in (shown[0] @ own[0], shown[1] @ own[1], q))
    S = v.swapaxes(1, 2) @ k

    def back(d_found: np.ndarray) -> Arrays:
        d_found = _batch_first(d_found)
        dS = d_found.swapaxes(1, 2) @ asked
        parts = (_batch_first(part) for part in (d_found @ S, v @ dS, k @ dS.swapaxes(1, 2)))
        return _of_tables(shown, *parts)

    return _batch_first(asked @ S.swapaxes(1, 2)), back


def _carried(memory: Memory, own: list[np.ndarray], shown: Arrays, q: np.ndarray) -> Read:
    """A recurrence over the pairs: its last state, number by number times what is asked."""
    x = np.concatenate(shown, axis=2)
    h0 = np.zeros(q.shape[1:], np.float32)
    minimal = memory == "minimal GRU"
    h = (min_gru_forward if minimal else gru_forward)(x, h0, *own)

    def back(d_found: np.ndarray) -> Arrays:
        dh = np.zeros_like(h)
        dh[-1] = (d_found * q).sum(axis=0)
        through = min_gru_backward(dh, x, h0, h, *own) if minimal else gru_backward(dh, x, h0, *own)
        return d_found * h[-1], *through[2:]

    return h[-1] * q, back


def _of_tables(shown: Arrays, dq: np.ndarray, dk: np.ndarray, dv: np.ndarray) -> Arrays:
    return dq, _gathered(shown[0], dk), _gathered(shown[1], dv)


def _gathered(codes: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Return the gradient of a table whose rows were taken by one-hot codes."""
    return codes.reshape(-1, codes.shape[2]).T @ gradient.reshape(-1, gradient.shape[2])


def _batch_first(array: np.ndarray) -> np.ndarray:
    return array.swapaxes(0, 1)
