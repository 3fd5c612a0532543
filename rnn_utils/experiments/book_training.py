"""The experiment of lesson 08: SGD and Adam on a book, each at five learning rates."""

from __future__ import annotations  # naming np.random in a signature would already load it

from typing import NamedTuple

import numpy as np

from rnn_utils import data
from rnn_utils.tasks.text import encode, one_hot, vocabulary
from rnn_utils.training.fast.workspace import Workspace
from rnn_utils.training.loop import Batch, train
from rnn_utils.training.models import loss_and_gradients
from rnn_utils.training.optimizers import ADAM, SGD
from rnn_utils.training.parameters import RNNParameters, initialise_rnn

UNITS, SEQUENCES, WINDOW, EPOCHS, MAX_NORM = 64, 32, 25, 5, 1.0

#: Each optimiser and the rates that it is tried at, a factor of about three apart.
OPTIMIZERS = {
    "SGD": (SGD, (0.1, 0.3, 1.0, 3.0, 10.0)),
    "Adam": (ADAM, (0.001, 0.003, 0.01, 0.03, 0.1)),
}


class Book(NamedTuple):
    """The book as numbers: eight tenths to learn from, one to choose by, one to be judged on."""

    characters: str
    training: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    @classmethod
    def read(cls) -> Book:
        """Read *Alice's Adventures in Wonderland*; its characters are those of the training part.

        Example:
            >>> [len(part) // 1000 for part in Book.read()[1:]]
            [114, 14, 14]
        """
        text = data.book()
        cuts = [8 * len(text) // 10, 9 * len(text) // 10]
        characters = vocabulary(text[: cuts[0]])  # the other parts hold no further ones
        return cls(characters, *np.split(encode(text, characters), cuts))

    def batches(self, codes: np.ndarray, N: int, window: int) -> list[Batch]:
        """Return windows of N streams of a part as pairs of one-hot inputs and targets, float32."""
        V = len(self.characters)
        return [(one_hot(x, V, np.float32), y) for x, y in data.streams(codes, N, window)]

    def bits(self, parameters: RNNParameters, codes: np.ndarray) -> float:
        """Return the bits per character of a network on a part, in eight streams."""
        losses = [loss_and_gradients(parameters, *b)[0] for b in self.batches(codes, 8, 500)]
        return float(np.mean(losses) / np.log(2))


def bits_after_training(book: Book, optimizer: str, rate: float, seed: int) -> tuple[float, float]:
    """Train a network of 64 units on the book, five times through, and return what it scores.

    Args:
        book: what `Book.read` returned.
        optimizer: `"SGD"` or `"Adam"`.
        rate: the learning rate.
        seed: for the start.

    Returns:
        Bits per character on the validation part, and on the test part.
    """
    V, rng = len(book.characters), np.random.default_rng(seed)
    start = initialise_rnn(D=V, H=UNITS, O=V, rng=rng, dtype=np.float32)
    trained = train(
        Workspace().loss_and_gradients,
        start,
        book.batches(book.training, SEQUENCES, WINDOW),
        rate,
        max_norm=MAX_NORM,
        epochs=EPOCHS,
        optimizer=OPTIMIZERS[optimizer][0],
        progress=False,
    ).parameters
    return book.bits(trained, book.validation), book.bits(trained, book.test)
