"""Lesson 16's experiment: one GRU reads, another writes; does the writer see one state, or all of them?

A translator of letters. The reader's last state starts the writer. Without attention that is all the writer
gets; with it, every state of the writer is a query to all states of the reader, and what it reads goes into
the scores beside the state (Luong, Pham and Manning, 2015: global attention with a scaled inner product).
"""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rnn_utils.cells.gru import gru_forward, gru_step
from rnn_utils.layers.attention import (
    attend,
    attend_backward,
    greedy_decode,
)
from rnn_utils.training.fast.gru import Pass
from rnn_utils.training.losses import cross_entropy, cross_entropy_backward
from rnn_utils.training.optimizers import adam_start, adam_update, clip_by_global_norm

#: What ends a text, and fills it up where another text of the batch is longer.
END = "."

Pair = tuple[str, str]
Attend = Callable[..., np.ndarray]


class Translator(NamedTuple):
    """The parameters of a reader and a writer; letters are rows of one-hot codes.

    `W_cy` is None in a network without attention.
    """

    W_x_read: np.ndarray  # (3H, V), the reader's GRU
    W_h_read: np.ndarray
    b_x_read: np.ndarray
    b_h_read: np.ndarray
    W_x_write: np.ndarray  # (3H, V), the writer's
    W_h_write: np.ndarray
    b_x_write: np.ndarray
    b_h_write: np.ndarray
    W_hy: np.ndarray  # (V, H), from the writer's state to the scores
    b_y: np.ndarray
    W_cy: np.ndarray | None = None  # (V, H), from what was read to the scores


def reversal(rng: np.random.Generator, lengths: Sequence[int], count: int) -> list[Pair]:
    """Draw words of ten letters and the same words from the end to the beginning.

    Args:
        rng: a generator.
        lengths: how long the words may be.
        count: how many.

    Returns:
        Pairs of what is read and what is to be written.

    Example:
        >>> reversal(np.random.default_rng(0), [3], 2)
        [('igf', 'fgi'), ('cda', 'adc')]
    """
    drawn = rng.choice(lengths, size=count)
    words = ["".join("abcdefghij"[k] for k in rng.integers(10, size=length)) for length in drawn]
    return [(word, word[::-1]) for word in words]


def alphabet(pairs: Sequence[Pair]) -> str:
    """Return the letters of some pairs, `END` first.

    Example:
        >>> alphabet([("ab", "ba")])
        '.ab'
    """
    return END + "".join(sorted({letter for pair in pairs for text in pair for letter in text}))


def initialise(
    V: int, H: int, attention: bool, rng: np.random.Generator, forget: float = 1.0
) -> Translator:
    """Return where a translator starts: uniform ±1/√H, the update gates' bias raised by `forget`.

    Args:
        V: the size of the alphabet.
        H: the size of either state.
        attention: whether the writer looks back.
        rng: where the random numbers come from.
        forget: what is added to b_x of both update gates, so that states last from the start.

    Example:
        >>> initialise(5, 3, True, np.random.default_rng(0)).W_cy.shape
        (5, 3)
    """
    cell = [(3 * H, V), (3 * H, H), (3 * H,), (3 * H,)]
    shapes = [*cell, *cell, (V, H), (V,), *([(V, H)] if attention else [])]
    bound = 1 / np.sqrt(H)
    drawn = [rng.uniform(-bound, bound, shape).astype(np.float32) for shape in shapes]
    for k in (2, 6):
        drawn[k][H : 2 * H] += np.float32(forget)
    return Translator._make((*drawn, *([] if attention else [None])))


def encode_batch(
    texts: Sequence[str], letters: str, end: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return texts as indices, filled up with `END`, and their lengths.

    Args:
        texts: N of them.
        letters: the alphabet.
        end: whether each text's own end counts as its last letter.

    Returns:
        indices (T, N), lengths (N,).

    Example:
        >>> indices, lengths = encode_batch(["ab", "b"], ".ab")
        >>> indices.T.tolist(), lengths.tolist()
        ([[1, 2, 0], [2, 0, 0]], [3, 2])
    """
    lengths = np.array([len(text) + end for text in texts])
    places = {letter: k for k, letter in enumerate(letters)}
    indices = np.zeros((lengths.max(), len(texts)), dtype=int)
    for n, text in enumerate(texts):
        indices[: len(text), n] = [places[letter] for letter in text]
    return indices, lengths


def loss_and_gradients(
    parameters: Translator,
    pairs: Sequence[Pair],
    letters: str,
    look: Attend = attend,
    look_back: Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]] = attend_backward,
) -> tuple[float, Translator]:
    """Return the mean cross-entropy of the written letters in nats, and its gradients.

    The writer is fed the true letters before each (teacher forcing). What is filled up costs nothing.

    Args:
        parameters: of the translator.
        pairs: a batch.
        letters: the alphabet.
        look: `attend`, the learner's own or the package's.
        look_back: `attend_backward`.

    Returns:
        The loss, and gradients as another `Translator`.

    Example:
        >>> pairs = [("ab", "ba")]
        >>> start = initialise(3, 4, True, np.random.default_rng(0))
        >>> round(loss_and_gradients(start, pairs, ".ab")[0])  # near ln 3
        1
    """
    p, codes = parameters, np.eye(len(letters), dtype=parameters.W_hy.dtype)
    read, lengths = encode_batch([source for source, _ in pairs], letters)
    write, until = encode_batch([target for _, target in pairs], letters)
    x, inputs = codes[read], codes[np.concatenate([np.zeros_like(write[:1]), write[:-1]])]
    N, H = x.shape[1], p.W_hy.shape[1]
    reading, writing = Pass(*p[:4]), Pass(*p[4:8])
    h = reading.forward(x, np.zeros((N, H), p.W_hy.dtype))
    last = h[lengths - 1, np.arange(N)]
    s = writing.forward(inputs, last)
    y = s @ p.W_hy.T + p.b_y
    if p.W_cy is not None:
        found = np.stack([look(s_t, h, h, lengths) for s_t in s])
        y = y + found @ p.W_cy.T
    counts = np.arange(len(write))[:, None] < until
    loss = cross_entropy(y[counts], write[counts])
    dy = np.zeros_like(y)
    dy[counts] = cross_entropy_backward(y[counts], write[counts])
    rows = dy.reshape(-1, dy.shape[2])
    ds, dh = dy @ p.W_hy, np.zeros_like(h)
    dW_cy = None
    if p.W_cy is not None:
        dW_cy = rows.T @ found.reshape(-1, H)
        for t, d_found in enumerate(dy @ p.W_cy):
            d_query, d_keys, d_values = look_back(d_found, s[t], h, h, lengths)
            ds[t] += d_query
            dh += d_keys + d_values
    d_last, *d_write = writing.backward(ds)
    dh[lengths - 1, np.arange(N)] += d_last
    _, *d_read = reading.backward(dh)
    d_output = rows.T @ s.reshape(-1, H), rows.sum(axis=0)
    return float(loss), Translator._make((*d_read, *d_write, *d_output, dW_cy))


def learn(
    parameters: Translator,
    draw: Callable[[np.random.Generator], list[Pair]],
    letters: str,
    updates: int,
    seed: int,
    learning_rate: float = 0.005,
    look: Attend = attend,
    look_back: Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]] = attend_backward,
    watch: Callable[[int, float], None] = lambda update, loss: None,
) -> Translator:
    """Train a translator with Adam on new pairs at every update, gradients clipped to length 1.

    Args:
        parameters: where it starts.
        draw: makes the pairs of one update.
        letters: the alphabet.
        updates: how many; the learning rate falls linearly to a tenth over them.
        seed: for the pairs.
        learning_rate: η at the start.
        look, look_back: attention and its way back.
        watch: called with each update's number and loss.

    Returns:
        The trained parameters.

    Example:
        >>> draw = lambda rng: reversal(rng, [2], 4)
        >>> letters = END + "abcdefghij"
        >>> start = initialise(11, 4, True, np.random.default_rng(0))
        >>> learn(start, draw, letters, updates=1, seed=0).W_cy.shape
        (11, 4)
    """
    rng = np.random.default_rng(seed)
    names = [
        name
        for name, array in zip(parameters._fields, parameters, strict=True)
        if array is not None
    ]
    arrays = tuple(getattr(parameters, name) for name in names)
    state = adam_start(arrays)
    for update in range(updates):
        now = Translator(**dict(zip(names, arrays, strict=True)))
        loss, gradients = loss_and_gradients(now, draw(rng), letters, look, look_back)
        watch(update, loss)
        clipped, _ = clip_by_global_norm(tuple(getattr(gradients, name) for name in names), 1.0)
        rate = learning_rate * (1 - 0.9 * update / updates)
        arrays, state = adam_update(arrays, clipped, state, rate)
    return Translator(**dict(zip(names, arrays, strict=True)))


def translate(
    parameters: Translator,
    sources: Sequence[str],
    letters: str,
    longest: int,
    look: Attend = attend,
    decode: Callable[..., np.ndarray] = greedy_decode,
) -> list[str]:
    """Return what a translator writes for some texts, letter by letter, the likeliest each time.

    Args:
        parameters: trained ones.
        sources: the texts.
        letters: the alphabet.
        longest: how many letters it may write.
        look: `attend`.
        decode: `greedy_decode`.

    Returns:
        The written texts, without `END`.

    Example:
        >>> start = initialise(3, 4, False, np.random.default_rng(0))
        >>> len(translate(start, ["ab", "b"], ".ab", longest=3))
        2
    """
    step, last = writer(parameters, sources, letters, look)
    tokens = decode(step, last, np.zeros(len(sources), dtype=int), 0, longest)
    texts = ("".join(letters[k] for k in column) for column in tokens.T)
    return [text.partition(END)[0] for text in texts]


def writer(
    parameters: Translator, sources: Sequence[str], letters: str, look: Attend = attend
) -> tuple[Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """Read some texts, and return a step of the writer and the state that it starts from.

    Args:
        parameters: of the translator.
        sources: the texts.
        letters: the alphabet.
        look: `attend`.

    Returns:
        step(tokens (N,), state (N, H)) → scores (N, V), state; and the first state (N, H).

    Example:
        >>> start = initialise(3, 4, True, np.random.default_rng(0))
        >>> step, last = writer(start, ["ab"], ".ab")
        >>> step(np.array([0]), last)[0].shape
        (1, 3)
    """
    p, codes = parameters, np.eye(len(letters), dtype=parameters.W_hy.dtype)
    read, lengths = encode_batch(sources, letters)
    N = len(sources)
    h = gru_forward(codes[read], np.zeros((N, p.W_hy.shape[1]), p.W_hy.dtype), *p[:4])

    def step(tokens: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        state = gru_step(codes[tokens], state, *p[4:8])
        scores = state @ p.W_hy.T + p.b_y
        if p.W_cy is not None:
            scores = scores + look(state, h, h, lengths) @ p.W_cy.T
        return scores, state

    return step, h[lengths - 1, np.arange(N)]
