"""Lesson 10's experiment: a network of letters and a table of counted letters, apart and together."""

from __future__ import annotations  # naming np.random in a signature would already load it

from typing import NamedTuple

import numpy as np

from rnn_utils import data
from rnn_utils.experiments.tables import probabilities_by_order
from rnn_utils.layers.output import softmax
from rnn_utils.tasks.text import encode, one_hot, vocabulary
from rnn_utils.training.loop import train
from rnn_utils.training.models import rnn_predict, stateful_loss_and_gradients
from rnn_utils.training.optimizers import ADAM, warm_up_cosine
from rnn_utils.training.parameters import RNNParameters, initialise_rnn

H, STREAMS, WINDOW, EPOCHS, LONGEST = 128, 32, 25, 12, 5


class Bits(NamedTuple):
    """Bits per character on what was kept back."""

    network: float
    table: float  # of `LONGEST` characters
    mixture: float  # of the mean of both probabilities


def bits_of_letters(seed: int, peak: float, part: str = "test", epochs: int = EPOCHS) -> Bits:
    """Train lesson 10's network on the book, and score it alone and together with a table.

    Args:
        seed: of the start; the batches are the same for all.
        peak: the largest learning rate, after the warm-up.
        part: `"test"` for the last tenth of the book, `"validation"` for the ninth; what comes before
            that tenth is to learn from, for the network and for the table.
        epochs: how often to go through it.

    Returns:
        The bits of the network, of the table, and of their mean.

    Example:
        >>> bits_of_letters(seed=0, peak=0.005, epochs=1).network < 4
        True
    """
    text = data.book()
    characters = vocabulary(text)
    begin = {"validation": 8, "test": 9}[part] * len(text) // 10
    codes, V = encode(text, characters), len(characters)
    training, kept_back = codes[:begin], codes[begin : begin + len(text) // 10]
    batches = data.streams(training, N=STREAMS, window=WINDOW)
    trained = train(
        stateful_loss_and_gradients,
        initialise_rnn(D=V, H=H, O=V, rng=np.random.default_rng(seed), dtype=np.float32),
        [(one_hot(x, V, np.float32), targets) for x, targets in batches],
        lambda step: warm_up_cosine(step, peak=peak, steps=epochs * len(batches)),
        max_norm=5.0,
        epochs=epochs,
        optimizer=ADAM,
        progress=False,
        h0=np.zeros((STREAMS, H), dtype=np.float32),
    )
    reader = RNNParameters(*(array.astype(np.float64) for array in trained.parameters))
    y = rnn_predict(one_hot(kept_back[:, None], V), reader, many_to_one=False)
    p = np.take_along_axis(softmax(y[:-1, 0]), kept_back[1:, None], axis=1)[:, 0]
    tables = probabilities_by_order(training.tolist(), kept_back.tolist(), V, LONGEST)
    by_table = tables[-1][1:]
    return Bits(*(float(-np.mean(np.log2(q))) for q in (p, by_table, (p + by_table) / 2)))
