"""Lesson 15's experiment: networks that say at every pixel which digit the image shows.

A network is a stack of layers, convolutions with tanh or sweeps over rows and columns, and one output
layer that reads the state of each pixel by itself. So what a pixel answers rests on nothing but what
reached its own state. Parameters are a flat tuple of arrays, the layers' in their order, W_hy and b_y
last.

One file, since the networks, their training and what is measured on them are read together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from rnn_utils.cells.activations import tanh_derivative
from rnn_utils.data import digits
from rnn_utils.layers.convolution import (
    BothWays,
    convolve2d,
    convolve2d_backward,
    effective_receptive_field,
    row_column_sweep,
    row_column_sweep_backward,
)
from rnn_utils.layers.output import output_layer, output_layer_backward
from rnn_utils.training.loop import train
from rnn_utils.training.losses import cross_entropy, cross_entropy_backward
from rnn_utils.training.optimizers import ADAM, warm_up_cosine

Arrays = tuple[np.ndarray, ...]

CLASSES = 10
TRAINED_ON = 600  # images, the first of the file; the others are for the test
VALIDATED_ON = 150  # of them, the last; they choose the learning rates
BATCH, MAX_NORM = 50, 1.0
MEASURED_ON = 20  # test images for an influence


class Network(NamedTuple):
    """A stack of layers, each "convolution" (kernel 3) or "sweep", with its number of units H.

    The learning rate is the one of `RATES` that `benchmarks/pixel_answers.py search` found best for it, on
    images and with seeds that are not reported.
    """

    layers: tuple[tuple[str, int], ...]
    learning_rate: float


RATES = (0.003, 0.01, 0.03, 0.1)

#: About 1,900 weights each.
NETWORKS = {
    "2 convolutions": Network((("convolution", 13),) * 2, 0.03),
    "7 convolutions": Network((("convolution", 5),) * 3 + (("convolution", 6),) * 4, 0.01),
    "sweep": Network((("sweep", 14),), 0.03),
    "both": Network((("convolution", 13), ("sweep", 12)), 0.03),
}

_ARRAYS = {"convolution": 2, "sweep": 12}


def load_digits(
    part: str = "test",
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return images (8, 8, N, 1), pixels from −1 to 1 in float32, and labels (N,): to train on, to judge on.

    Args:
        part: `"test"` to be judged on all but the first 600 images, `"validation"` on the last 150 of these
            600; what comes before is to train on.

    Example:
        >>> (x, labels), (x_test, labels_test) = load_digits()
        >>> x.shape, x_test.shape
        ((8, 8, 600, 1), (8, 8, 1197, 1))
    """
    images, labels = digits()
    x = (images / 8 - 1).astype(np.float32).transpose(1, 2, 0)[..., None]
    end = {"test": len(labels), "validation": TRAINED_ON}[part]
    cut = {"test": TRAINED_ON, "validation": TRAINED_ON - VALIDATED_ON}[part]
    return (x[:, :, :cut], labels[:cut]), (x[:, :, cut:end], labels[cut:end])


def initialise(network: Network, rng: np.random.Generator) -> Arrays:
    """Return random parameters: weights over the root of their fan-in, W_hh orthogonal times 0.7.

    Args:
        network: the stack of layers.
        rng: the generator to draw from.

    Returns:
        The parameters, float32.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> [sum(a.size for a in initialise(n, rng)) for n in NETWORKS.values()]
        [1804, 1846, 1942, 1892]
    """

    def weight(*shape: int) -> np.ndarray:
        return rng.normal(size=shape) / np.sqrt(np.prod(shape[1:]))

    def rnn(D: int, H: int) -> list[np.ndarray]:
        return [weight(H, D), 0.7 * np.linalg.qr(rng.normal(size=(H, H)))[0], np.zeros(H)]

    parameters, D = [], 1
    for kind, H in network.layers:
        if kind == "convolution":
            parameters += [weight(H, D, 3, 3), np.zeros(H)]
            D = H
        else:
            parameters += rnn(D, H) + rnn(D, H) + rnn(2 * H, H) + rnn(2 * H, H)
            D = 2 * H
    parameters += [weight(CLASSES, D), np.zeros(CLASSES)]
    return tuple(a.astype(np.float32) for a in parameters)


def layers_of(network: Network, parameters: Arrays) -> list[Arrays]:
    """Return the parameters of each layer, and W_hy and b_y as the last.

    Example:
        >>> network = NETWORKS["both"]
        >>> parts = layers_of(network, initialise(network, np.random.default_rng(0)))
        >>> [len(part) for part in parts]
        [2, 12, 2]
    """
    cuts = np.cumsum([0, *(_ARRAYS[kind] for kind, _ in network.layers), 2])
    return [parameters[a:b] for a, b in pairwise(cuts)]


def readers(weights: Arrays) -> tuple[BothWays, BothWays]:
    """Return the twelve arrays of a sweep as `row_column_sweep` takes them: rows, columns."""
    rnns: list[Any] = [weights[k : k + 3] for k in range(0, 12, 3)]
    return rnns[:2], rnns[2:]


def states(network: Network, parameters: Arrays, x: np.ndarray) -> list[np.ndarray]:
    """Return the images and then the states of each layer, (R, C, N, units).

    Example:
        >>> network, rng = NETWORKS["both"], np.random.default_rng(0)
        >>> x = rng.normal(size=(5, 6, 2, 1))
        >>> [h.shape for h in states(network, initialise(network, rng), x)]
        [(5, 6, 2, 1), (5, 6, 2, 13), (5, 6, 2, 24)]
    """
    h = [x]
    for (kind, _), weights in zip(network.layers, layers_of(network, parameters), strict=False):
        if kind == "convolution":
            h.append(np.tanh(convolve2d(h[-1], *weights)))
        else:
            h.append(row_column_sweep(h[-1], *readers(weights)))
    return h


def backward(
    network: Network, parameters: Arrays, h: list[np.ndarray], dy: np.ndarray
) -> tuple[np.ndarray, Arrays]:
    """Return the gradients of the images and of all parameters.

    Args:
        network, parameters: the network.
        h: the images and the states, as `states` returned them.
        dy: the gradient of the loss with respect to the scores (R, C, N, classes).

    Returns:
        dx (R, C, N, 1), and the gradients in the order of the parameters.

    Example:
        >>> network, rng = NETWORKS["sweep"], np.random.default_rng(0)
        >>> parameters, x = initialise(network, rng), rng.normal(size=(5, 6, 2, 1))
        >>> dx, gradients = backward(
        ...     network, parameters, states(network, parameters, x), np.ones((5, 6, 2, 10))
        ... )
        >>> dx.shape, len(gradients) == len(parameters)
        ((5, 6, 2, 1), True)
    """
    *layers, (W_hy, _) = layers_of(network, parameters)
    dh, dW_hy, db_y = output_layer_backward(dy, h[-1], W_hy)
    gradients: list[Arrays] = [(dW_hy, db_y)]
    for (kind, _), weights, x, h_out in reversed(
        list(zip(network.layers, layers, h, h[1:], strict=False))
    ):
        if kind == "convolution":
            dh, dW, db = convolve2d_backward(dh * tanh_derivative(h_out), x, weights[0])
            gradients.append((dW, db))
        else:
            dh, drows, dcolumns = row_column_sweep_backward(dh, x, *readers(weights))
            gradients.append(tuple(g for rnn in (*drows, *dcolumns) for g in rnn))
    return dh, tuple(g for part in reversed(gradients) for g in part)


def scores(network: Network, parameters: Arrays, x: np.ndarray) -> np.ndarray:
    """Return what every pixel answers, as scores (R, C, N, classes)."""
    return output_layer(states(network, parameters, x)[-1], *parameters[-2:])


def train_network(network: Network, seed: int, epochs: int, part: str = "test") -> Arrays:
    """Return parameters trained on the digits: every pixel is to name the digit.

    Args:
        network: the stack of layers, with its learning rate.
        seed: of the start and of the order of the images.
        epochs: how often to go through the images.
        part: what it will be judged on, see `load_digits`.

    Returns:
        The parameters.

    Example:
        >>> parameters = train_network(NETWORKS["sweep"], seed=0, epochs=1)
        >>> {a.dtype for a in parameters}
        {dtype('float32')}
    """
    (x, labels), _ = load_digits(part)
    rng = np.random.default_rng(seed)

    def batches() -> list[tuple[np.ndarray, np.ndarray]]:
        order = rng.permutation(len(labels)).reshape(-1, BATCH)
        return [(x[:, :, some], labels[some]) for some in order]

    def loss_and_gradients(
        parameters: Arrays, x: np.ndarray, labels: np.ndarray
    ) -> tuple[float, Arrays]:
        h = states(network, parameters, x)
        y = output_layer(h[-1], *parameters[-2:])
        targets = np.broadcast_to(labels, y.shape[:-1])  # the same answer at every pixel
        dy = cross_entropy_backward(y, targets)
        return cross_entropy(y, targets), backward(network, parameters, h, dy)[1]

    steps = epochs * len(labels) // BATCH
    return train(
        loss_and_gradients,
        initialise(network, rng),
        batches,
        lambda step: warm_up_cosine(step, network.learning_rate, steps, warm_up=20),
        MAX_NORM,
        epochs=epochs,
        optimizer=ADAM,
        progress=False,
    ).parameters


def right_answers(
    network: Network, parameters: Arrays, part: str = "test"
) -> tuple[np.ndarray, float]:
    """Return how often the answers on images that were kept back are right.

    Args:
        network, parameters: the network.
        part: which images, see `load_digits`.

    Returns:
        The share of right answers of each pixel (R, C), and that of the image, whose scores are the
        mean over its pixels.

    Example:
        >>> network = NETWORKS["sweep"]
        >>> by_pixel, of_image = right_answers(network, initialise(network, np.random.default_rng(0)))
        >>> by_pixel.shape, bool(0 <= of_image <= 1)
        ((8, 8), True)
    """
    _, (x, labels) = load_digits(part)
    y = scores(network, parameters, x)
    by_pixel = np.mean(y.argmax(axis=-1) == labels, axis=-1)
    of_image = np.mean(y.mean(axis=(0, 1)).argmax(axis=-1) == labels)
    return by_pixel, float(of_image)


def ways_back(
    network: Network, parameters: Arrays, x: np.ndarray, places: Sequence[tuple[int, int]]
) -> list[Callable[[np.ndarray], np.ndarray]]:
    """Return, for each image by itself, the way back from its scores to its pixels.

    The way back is linear: what comes back from several scores is the sum of what comes back from each. So
    it is gone once, for all scores of the named places and all images together as one batch.

    Args:
        network, parameters: the network.
        x: the images (R, C, N, 1).
        places: rows and columns of the output pixels that will be asked for.

    Returns:
        Functions, one for each image, from a gradient of its scores (R, C, 1, classes) to that of its pixels
        (R, C, 1, 1).

    Raises:
        ValueError: one of the functions is asked for another output pixel.

    Example:
        >>> network, rng = NETWORKS["both"], np.random.default_rng(0)
        >>> parameters, x = initialise(network, rng), rng.normal(size=(5, 6, 1, 1))
        >>> dy = np.zeros((5, 6, 1, CLASSES))
        >>> dy[2, 3, 0, 7] = 1.0
        >>> (back,) = ways_back(network, parameters, x, [(2, 3)])
        >>> bool(np.allclose(back(dy), backward(network, parameters, states(network, parameters, x), dy)[0]))
        True
    """
    (R, C, N, _), count = x.shape, len(places) * CLASSES
    rows, columns = (np.repeat(axis, CLASSES) for axis in zip(*places, strict=True))
    classes = np.tile(np.arange(CLASSES), len(places))
    dy = np.zeros((R, C, N, count, CLASSES))
    dy[rows, columns, :, np.arange(count), classes] = 1.0
    h = [np.repeat(states_of, count, axis=2) for states_of in states(network, parameters, x)]
    dx = backward(network, parameters, h, dy.reshape(R, C, N * count, CLASSES))[0]

    def way_back(dx: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        def back(dy: np.ndarray) -> np.ndarray:
            asked = dy[rows, columns, 0, classes]
            if np.count_nonzero(asked) != np.count_nonzero(dy):
                raise ValueError(
                    f"The way back was prepared from the scores of the pixels {list(places)}, but "
                    f"dy is not 0 at another. Name it in `places`."
                )
            return (dx @ asked)[:, :, None, None]

        return back

    return [way_back(of_image) for of_image in np.moveaxis(dx.reshape(R, C, N, count), 2, 0)]


def influence(network: Network, parameters: Arrays, x: np.ndarray, r: int, c: int) -> np.ndarray:
    """Return the shares of influence (R, C) of the input pixels on the scores of one output pixel.

    They are shared out in each image by itself and then averaged over the images. Gradients differ by
    orders of magnitude between images, and the steepest one would drown the others.

    Args:
        network, parameters: the network.
        x: the images (R, C, N, 1).
        r, c: row and column of the output pixel.

    Returns:
        Shares (R, C), which add up to 1.

    Example:
        >>> network, x = NETWORKS["2 convolutions"], np.zeros((8, 8, 1, 1))
        >>> shares = influence(network, initialise(network, np.random.default_rng(0)), x, 4, 4)
        >>> int(np.count_nonzero(shares))
        25
    """

    shape = (*x.shape[:2], 1, CLASSES)
    ways = ways_back(network, parameters, x, [(r, c)])
    return np.mean([effective_receptive_field(back, shape, r, c) for back in ways], axis=0)


def pixels_that_hold(shares: np.ndarray, part: float) -> int:
    """Return how few pixels hold a part of the influence, the strongest first.

    Args:
        shares: shares of influence (R, C), which add up to 1.
        part: how much they are to hold together, from 0 to 1.

    Returns:
        The number of pixels.

    Example:
        >>> pixels_that_hold(np.array([[0.1, 0.6], [0.0, 0.3]]), part=0.95)
        3
    """
    held = np.cumsum(np.sort(shares, axis=None)[::-1])
    return min(int(np.searchsorted(held, part)) + 1, shares.size)


class Result(NamedTuple):
    """What one trained network came to."""

    network: str
    seed: int
    at_a_pixel: float  # share of right answers, the mean over pixels
    of_the_image: float  # share of right answers of the pixels' mean scores
    reach: int  # how many pixels have any influence on the answer in the middle
    held_at_start: int  # how few hold 95 % of it before training
    held: int  # and after


def run(name: str, seed: int, epochs: int) -> tuple[Result, Arrays]:
    """Train one of `NETWORKS` and measure it.

    Args:
        name: which network.
        seed: of the start and of the order of the images.
        epochs: how long to train.

    Returns:
        The result, and the parameters.

    Example:
        >>> result, parameters = run("2 convolutions", seed=0, epochs=1)
        >>> result.reach
        25
    """
    network = NETWORKS[name]
    start = initialise(network, np.random.default_rng(seed))
    parameters = train_network(network, seed, epochs)
    _, (x_test, _) = load_digits()
    x, r, c = x_test[:, :, :MEASURED_ON], x_test.shape[0] // 2, x_test.shape[1] // 2
    by_pixel, of_image = right_answers(network, parameters)
    before, after = (influence(network, p, x, r, c) for p in (start, parameters))
    result = Result(
        network=name,
        seed=seed,
        at_a_pixel=float(by_pixel.mean()),
        of_the_image=of_image,
        reach=int(np.count_nonzero(after)),
        held_at_start=pixels_that_hold(before, 0.95),
        held=pixels_that_hold(after, 0.95),
    )
    return result, parameters
