"""Lesson 10's model of words: an embedding in front of an RNN."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rnn_utils import data
from rnn_utils.cells.rnn import rnn_backward, rnn_forward_hoisted
from rnn_utils.experiments.tables import probabilities_by_order
from rnn_utils.layers.output import output_layer, softmax
from rnn_utils.tasks.text import decode, embedding, encode, sample_next, word_vocabulary
from rnn_utils.training.fast.buffers import Buffers
from rnn_utils.training.fast.workspace import loss_backward_in_place
from rnn_utils.training.loop import train
from rnn_utils.training.optimizers import ADAM, warm_up_cosine
from rnn_utils.training.parameters import initialise_rnn

WORDS, D, H, EPOCHS, STREAMS, WINDOW = 1000, 32, 96, 6, 16, 20

#: The largest learning rate: the best of four on the ninth tenth of the book (`benchmarks/word_model.py`).
PEAK = 0.016


class WordModel(NamedTuple):
    """The parameters of an RNN over words, or their gradients."""

    E: np.ndarray  # (V, D)
    W_xh: np.ndarray
    W_hh: np.ndarray
    b_h: np.ndarray
    W_hy: np.ndarray
    b_y: np.ndarray


class Trained(NamedTuple):
    """A trained model of words, and its score beside those of tables."""

    model: WordModel
    lexicon: list[str]
    bits: dict[str, float]  # per word, on the tenth that was kept back

    def neighbours(self, word: str, count: int = 5) -> str:
        """Return the words whose rows of E point most nearly in the direction of a word's."""
        directions = self.model.E / np.linalg.norm(self.model.E, axis=1, keepdims=True)
        closeness = directions @ directions[self.lexicon.index(word)]
        nearest = np.argsort(-closeness)[1 : count + 1]
        return ", ".join(f"{self.lexicon[k]} {closeness[k]:.2f}" for k in nearest)

    def write(
        self, start: Sequence[str], length: int, temperature: float, rng: np.random.Generator
    ) -> str:
        """Go on with some words; the entry for unknown words is never drawn."""
        written = encode(start, self.lexicon).tolist()
        h = np.zeros((1, H))
        for place in range(len(start) + length - 1):
            _, after, y = scores(self.model, np.array([[written[place]]]), h)
            h = after[-1]
            if place >= len(start) - 1:
                y[..., 0] = -1e9
                written.append(int(sample_next(y[0], temperature, rng)[0]))
        return decode(np.array(written), self.lexicon)


def states(model: WordModel, indices: np.ndarray, h0: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the inputs and the states for words (T, N), from the state h0 (N, H)."""
    x = embedding(indices, model.E)
    return x, rnn_forward_hoisted(x, h0, model.W_xh, model.W_hh, model.b_h)


def scores(
    model: WordModel, indices: np.ndarray, h0: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the inputs, the states and the scores for words (T, N), from the state h0 (N, H)."""
    x, h = states(model, indices, h0)
    return x, h, output_layer(h, model.W_hy, model.b_y)


def trained(
    text: str,
    embedding_backward: Callable[..., np.ndarray],
    *,
    seed: int = 0,
    peak: float = PEAK,
    part: str = "test",
    progress: bool = False,
) -> Trained:
    """Train a model of words on a book, up to the tenth that is kept back.

    Args:
        text: the book.
        embedding_backward: the learner's or ours.
        seed: of the start; the batches are the same for all.
        peak: the largest learning rate, after the warm-up.
        part: `"test"` for the last tenth of the book, `"validation"` for the ninth; the words before it
            are to learn from, and the lexicon is made of them.
        progress: whether to show a bar.

    Returns:
        The model, its words, and its score beside those of tables.
    """

    def loss_and_gradients(
        model: WordModel, indices: np.ndarray, targets: np.ndarray, h0: np.ndarray
    ) -> tuple[float, WordModel, np.ndarray]:
        x, h = states(model, indices, h0)
        rows = h.reshape(-1, H)
        y = np.matmul(rows, model.W_hy.T, out=buffers("y", (len(rows), V)))
        y += model.b_y
        loss = loss_backward_in_place(y, targets)  # y is its gradient from here on
        dW_hy, db_y, dh = y.T @ rows, y.sum(axis=0), (y @ model.W_hy).reshape(h.shape)
        dx, _, dW_xh, dW_hh, db_h = rnn_backward(dh, x, h0, h, model.W_xh, model.W_hh)
        dE = embedding_backward(dx, indices, len(model.E)).astype(dx.dtype)
        gradients = WordModel(dE, dW_xh, dW_hh, db_h, dW_hy, db_y)
        return loss, gradients, h[-1].copy()

    words = data.words(text)
    cut = {"validation": 8, "test": 9}[part] * len(words) // 10
    lexicon = word_vocabulary(words[:cut], WORDS)
    training, kept_back = np.split(encode(words, lexicon)[: cut + len(words) // 10 + 1], [cut])
    rng, V = np.random.default_rng(seed), len(lexicon)
    rest = initialise_rnn(D, H, V, rng, np.float32)
    start = WordModel((0.3 * rng.standard_normal((V, D))).astype(np.float32), *rest)
    buffers = Buffers(np.float32)
    batches = data.streams(training, N=STREAMS, window=WINDOW)
    found = train(
        loss_and_gradients,
        start,
        batches,
        lambda step: warm_up_cosine(step, peak=peak, steps=EPOCHS * len(batches)),
        max_norm=5.0,
        epochs=EPOCHS,
        optimizer=ADAM,
        progress=progress,
        h0=np.zeros((STREAMS, H), dtype=np.float32),
    )
    model = WordModel(*(array.astype(np.float64) for array in found.parameters))
    _, _, y = scores(model, kept_back[:, None], np.zeros((1, H)))
    p = np.take_along_axis(softmax(y[:-1, 0]), kept_back[1:, None], axis=1)[:, 0]
    tables = probabilities_by_order(training.tolist(), kept_back.tolist(), V, 2)
    bits = {"uniform": float(np.log2(V))}
    for name, by_table in zip(("unigram", "bigram", "trigram"), tables, strict=True):
        bits[name] = float(-np.mean(np.log2(by_table[1:])))
    bits["trained RNN"] = float(-np.mean(np.log2(p)))
    bits["RNN and trigram"] = float(-np.mean(np.log2((p + tables[-1][1:]) / 2)))
    return Trained(model, lexicon, bits)
