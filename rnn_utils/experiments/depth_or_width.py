"""The experiments of lesson 14: depth against width, and letters to be guessed from both sides.

A network is a flat tuple of arrays, as the optimisers want it: W_xh, W_hh, b_h of each layer or
direction, then W_hy and b_y.
"""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rnn_utils import data
from rnn_utils.layers.deep import (
    bidirectional_backward,
    bidirectional_forward,
    stacked_backward,
    stacked_forward,
)
from rnn_utils.layers.output import output_layer, output_layer_backward
from rnn_utils.tasks.text import encode, one_hot, vocabulary
from rnn_utils.training.losses import cross_entropy, cross_entropy_backward
from rnn_utils.training.optimizers import adam_start, adam_update, clip_by_global_norm

T, SEQUENCES = 50, 16
MAX_NORM = 1.0

#: Every so many letters one is blanked out, the first after as many letters as stand before it.
EVERY, FIRST = 8, 4

Parameters = tuple[np.ndarray, ...]


class Network(NamedTuple):
    """What a network looks like, and when it answers."""

    layers: int = 1
    bidirectional: bool = False
    delay: int = 0  # how many steps after a letter it answers for it


class Letters(NamedTuple):
    """Excerpts of a text as a task: inputs, what is asked, and about which steps."""

    x: np.ndarray  # (T, N, D)
    targets: np.ndarray  # (K, N)
    steps: np.ndarray  # (K,)


class Text(NamedTuple):
    """The book as numbers: a part to learn from, and the tenth after it to be judged on."""

    V: int
    training: np.ndarray
    kept_back: np.ndarray

    @classmethod
    def of_the_book(cls, part: str = "test") -> Text:
        """Read *Alice's Adventures in Wonderland*.

        Args:
            part: `"test"` to be judged on the last tenth of it, `"validation"` on the ninth; what comes
                before that tenth is to learn from.
        """
        text = data.book()
        characters = vocabulary(text)
        codes = encode(text, characters)
        tenths = {"validation": 8, "test": 9}[part]
        cuts = [tenths * len(codes) // 10, (tenths + 1) * len(codes) // 10]
        training, kept_back, _ = np.split(codes, cuts)
        return cls(len(characters), training, kept_back)

    def excerpts(self, rng: np.random.Generator | None) -> np.ndarray:
        """Return codes (T + 1, N): drawn from the training part, or all of what is kept back."""
        if rng is not None:
            begins, codes = rng.integers(len(self.training) - T, size=SEQUENCES), self.training
        else:
            begins, codes = np.arange(0, len(self.kept_back) - T, T), self.kept_back
        return codes[begins + np.arange(T + 1)[:, None]]


def next_letters(text: Text, rng: np.random.Generator | None) -> Letters:
    """Return excerpts whose every next letter is asked for; when judged, from the eleventh on.

    Args:
        text: the book.
        rng: draws the excerpts to train on; None for those to be judged on.

    Example:
        >>> letters = next_letters(Text.of_the_book(), np.random.default_rng(0))
        >>> letters.x.shape[:2], letters.targets.shape
        ((50, 16), (50, 16))
    """
    codes = text.excerpts(rng)
    steps = np.arange(0 if rng is not None else 10, T)
    return Letters(one_hot(codes[:-1], text.V, np.float32), codes[1:][steps], steps)


def blanked_letters(text: Text, rng: np.random.Generator | None) -> Letters:
    """Return excerpts in which every eighth letter is blanked out, and asked for.

    A blank is a symbol of its own, the last one of the inputs.

    Args:
        text: the book.
        rng: draws the excerpts to train on; None for those to be judged on.

    Example:
        >>> letters = blanked_letters(Text.of_the_book(), np.random.default_rng(0))
        >>> letters.steps.tolist(), letters.targets.shape
        ([4, 12, 20, 28, 36, 44], (6, 16))
    """
    codes = text.excerpts(rng)[:-1]
    steps = np.arange(FIRST, T - EVERY // 2 + 1, EVERY)
    shown = codes.copy()
    shown[steps] = text.V
    return Letters(one_hot(shown, text.V + 1, np.float32), codes[steps], steps)


def parameter_shapes(network: Network, D: int, H: int, O: int) -> list[tuple[int, ...]]:  # noqa: E741
    """Return the shape of every array of a network, in their order.

    Example:
        >>> parameter_shapes(Network(layers=2), D=3, H=4, O=5)[3:]
        [(4, 4), (4, 4), (4,), (5, 4), (5,)]
        >>> parameter_shapes(Network(bidirectional=True), D=3, H=4, O=5)[3:]
        [(4, 3), (4, 4), (4,), (5, 8), (5,)]
    """
    below = [D, D] if network.bidirectional else [D] + [H] * (network.layers - 1)
    layers = [shape for width in below for shape in ((H, width), (H, H), (H,))]
    return [*layers, (O, H * (2 if network.bidirectional else 1)), (O,)]


def largest_width(network: Network, D: int, O: int, budget: int) -> int:  # noqa: E741
    """Return the largest H with which a network stays within a budget of parameters.

    Example:
        >>> [largest_width(Network(layers=L), D=3, O=2, budget=1000) for L in (1, 2, 3)]
        [28, 17, 13]
    """
    H = 0
    while sum(int(np.prod(s)) for s in parameter_shapes(network, D, H + 1, O)) <= budget:
        H += 1
    return H


def loss_and_gradients(
    network: Network, parameters: Parameters, letters: Letters
) -> tuple[float, Parameters]:
    """Return the mean cross-entropy in nats of the letters that are asked for, and its gradients.

    The states start from zeros.

    Args:
        network: which network it is.
        parameters: its arrays, see `parameter_shapes`.
        letters: the task.

    Returns:
        The loss, and the gradients in the order of the parameters.
    """
    *flat, W_hy, b_y = parameters
    layers = [(flat[k], flat[k + 1], flat[k + 2]) for k in range(0, len(flat), 3)]
    h0 = np.zeros((len(layers), letters.x.shape[1], W_hy.shape[1]), letters.x.dtype)
    read = letters.steps + network.delay
    if network.bidirectional:
        h0 = h0[..., : W_hy.shape[1] // 2]
        h = top = bidirectional_forward(letters.x, h0, layers)
    else:
        h = stacked_forward(letters.x, h0, layers)
        top = h[-1]
    y = output_layer(top[read], W_hy, b_y)

    dy = cross_entropy_backward(y, letters.targets)
    dh = np.zeros_like(top)
    dh[read], dW_hy, db_y = output_layer_backward(dy, top[read], W_hy)
    back = bidirectional_backward if network.bidirectional else stacked_backward
    _, _, dlayers = back(dh, letters.x, h0, h, layers)
    gradients = [gradient for of_layer in dlayers for gradient in of_layer]
    return cross_entropy(y, letters.targets), (*gradients, dW_hy, db_y)


def learn_letters(
    task: str,
    network: Network,
    seed: int,
    *,
    budget: int = 20_000,
    learning_rate: float = 0.01,
    updates: int = 600,
    every: int = 100,
    part: str = "test",
) -> Iterator[tuple[int, float]]:
    """Train a network on letters of the book, and yield its score as it falls.

    Adam, gradients clipped to length 1, float32, weights from −1/√H to 1/√H.

    Args:
        task: `"next"` or `"blanked"`.
        network: which network.
        seed: for the start and the excerpts.
        budget: how many parameters it may have.
        learning_rate: η.
        updates: how many updates.
        every: after so many updates each time the score is taken.
        part: `"validation"` or `"test"`: the tenth of the book that the score is taken on.

    Yields:
        The number of updates, and the bits per letter.

    Example:
        >>> scores = learn_letters("blanked", Network(bidirectional=True), 0, updates=2, every=1)
        >>> [updates for updates, bits in scores]
        [1, 2]
    """
    letters = {"next": next_letters, "blanked": blanked_letters}[task]
    text, rng = Text.of_the_book(part), np.random.default_rng(seed)
    judged = letters(text, None)
    D = judged.x.shape[2]
    H = largest_width(network, D, text.V, budget)
    parameters: Parameters = tuple(
        rng.uniform(-(H**-0.5), H**-0.5, shape).astype(np.float32)
        for shape in parameter_shapes(network, D, H, text.V)
    )
    state = adam_start(parameters)
    for update in range(1, updates + 1):
        _, gradients = loss_and_gradients(network, parameters, letters(text, rng))
        gradients, _ = clip_by_global_norm(gradients, MAX_NORM)
        parameters, state = adam_update(parameters, gradients, state, learning_rate)
        if update % every == 0:
            loss, _ = loss_and_gradients(network, parameters, judged)
            yield update, loss / float(np.log(2))
