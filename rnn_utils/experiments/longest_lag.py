"""The experiment of lesson 11: over how long a lag can a network learn?

A symbol is shown, noise follows, and after the last step the network is to say which symbol it
was. What differs is the activation, and the matrix that W_hh starts from.
"""

from __future__ import annotations  # naming np.random in a signature would already load it

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_utils.analysis.jacobians import orthogonal, spectral_radius
from rnn_utils.cells.activations import relu, relu_derivative, tanh_derivative
from rnn_utils.data import first_symbol
from rnn_utils.layers.output import output_layer, output_layer_backward
from rnn_utils.training.losses import (
    cross_entropy,
    cross_entropy_backward,
    mean_squared_error,
    mean_squared_error_backward,
)
from rnn_utils.training.models import RNNParameters, initialise_rnn
from rnn_utils.training.optimizers import ADAM, Optimizer, clip_by_global_norm

SYMBOLS, UNITS, SEQUENCES = 4, 24, 16

#: A network has learnt when of its last so many batches so large a share was answered rightly.
BATCHES, SHARE = 20, 0.99

#: Each activation and its derivative, taken from the output.
ACTIVATIONS: dict[str, tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]] = {
    "tanh": (np.tanh, tanh_derivative),
    "ReLU": (relu, relu_derivative),
}

#: The matrix that W_hh starts from, for H units and a generator.
STARTS: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "uniform": lambda H, rng: rng.uniform(-1 / np.sqrt(H), 1 / np.sqrt(H), (H, H)),
    "orthogonal": orthogonal,
    "identity": lambda H, rng: np.eye(H),
}


def gaussian_start(radius: float) -> Callable[[int, np.random.Generator], np.ndarray]:
    """Return a function that draws a Gaussian matrix (H, H) scaled to a spectral radius.

    Example:
        >>> W = gaussian_start(0.5)(8, np.random.default_rng(0))
        >>> round(float(spectral_radius(W)), 6)
        0.5
    """

    def start(H: int, rng: np.random.Generator) -> np.ndarray:
        W = rng.standard_normal((H, H))
        return np.asarray(radius * W / spectral_radius(W))

    return start


class Learnt(NamedTuple):
    """What came of training a network over one lag."""

    updates: float  # after how many it had learnt; inf if it had not
    parameters: RNNParameters
    gradient_norms: np.ndarray  # of all parameters together, before clipping, by update


def loss_gradients_outputs(
    parameters: RNNParameters, x: np.ndarray, targets: np.ndarray, activation: str
) -> tuple[float, RNNParameters, np.ndarray]:
    """Return the loss of an RNN with either activation, all gradients, and the outputs.

    It is `loss_and_gradients` with the activation as one more argument: the loop of `rnn_forward`
    and `rnn_backward`, with another function and its derivative.

    Args:
        parameters: the parameters of the model.
        x: the inputs (T, N, D); the state before them is zero.
        targets: as for `rnn_utils.loss_and_gradients`: (N,) classes or (N, O) values for the last
            step, (K, N) classes or (K, N, O) values for the last K.
        activation: `"tanh"` or `"ReLU"`.

    Returns:
        The mean cross-entropy in nats or the mean squared error, its gradients, and the outputs,
        (N, O) or (K, N, O).

    Example:
        >>> x, targets = first_symbol(np.random.default_rng(0), T=5, N=3, symbols=4)
        >>> parameters = initialise_rnn(D=5, H=6, O=4, rng=np.random.default_rng(0))
        >>> loss, gradients, y = loss_gradients_outputs(parameters, x, targets, "ReLU")
        >>> gradients.W_hh.shape, y.shape
        ((6, 6), (3, 4))
    """
    activate, derivative = ACTIVATIONS[activation]
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    (T, N, D), H = x.shape, len(W_hh)
    from_input = (x.reshape(T * N, D) @ W_xh.T + b_h).reshape(T, N, H)
    h = np.zeros((T + 1, N, H), dtype=from_input.dtype)  # h[0] is the state before the first step
    for t in range(T):
        h[t + 1] = activate(h[t] @ W_hh.T + from_input[t])
    values = targets.dtype.kind == "f"
    last_only = targets.ndim == (2 if values else 1)
    read = h[-1] if last_only else h[T + 1 - len(targets) :]
    y = output_layer(read, W_hy, b_y)
    loss = (mean_squared_error if values else cross_entropy)(y, targets)
    dy = (mean_squared_error_backward if values else cross_entropy_backward)(y, targets)

    dh = np.zeros_like(h)
    d_read, dW_hy, db_y = output_layer_backward(dy, read, W_hy)
    dh[T if last_only else slice(T + 1 - len(targets), None)] = d_read
    da = derivative(h[1:])  # becomes the gradient of what the activation was applied to
    for t in reversed(range(T)):
        da[t] *= dh[t + 1]
        dh[t] += da[t] @ W_hh
    da = da.reshape(T * N, H)
    dW_xh, dW_hh = da.T @ x.reshape(T * N, D), da.T @ h[:-1].reshape(T * N, H)
    return loss, RNNParameters(dW_xh, dW_hh, da.sum(axis=0), dW_hy, db_y), y


def learn_lag(
    activation: str,
    start: Callable[[int, np.random.Generator], np.ndarray],
    lag: int,
    seed: int,
    *,
    learning_rate: float = 0.003,
    most: int = 400,
    max_norm: float = 1.0,
    optimizer: Optimizer = ADAM,
) -> Learnt:
    """Train a network to say a symbol `lag` steps after it was shown, until it can or time is up.

    Every update sees 16 new sequences. It has learnt when, of the last 20 batches, 99 % were
    answered rightly before the update.

    Args:
        activation: `"tanh"` or `"ReLU"`.
        start: makes the W_hh to start from, of the number of units and a generator. The biases
            start from zero, all other weights as `initialise_rnn` draws them.
        lag: how many steps lie between symbol and answer, at least 1.
        seed: for the start and the sequences.
        learning_rate: η.
        most: after how many updates it counts as not learnt.
        max_norm: gradients longer than this are clipped; infinity for no clipping.
        optimizer: `ADAM`, or another one.

    Returns:
        The number of updates, the parameters, and the length of the gradient at each update. A
        network that is no longer finite has not learnt.

    Example:
        >>> learn_lag("tanh", STARTS["orthogonal"], lag=5, seed=0).updates < 100
        True
    """
    rng = np.random.default_rng(seed)
    drawn = initialise_rnn(D=SYMBOLS + 1, H=UNITS, O=SYMBOLS, rng=rng)
    drawn = drawn._replace(W_hh=start(UNITS, rng), b_h=np.zeros(UNITS), b_y=np.zeros(SYMBOLS))
    parameters = RNNParameters(*(array.astype(np.float32) for array in drawn))
    state, right, lengths = optimizer.start(parameters), [], []
    for update in range(1, most + 1):
        x, targets = first_symbol(rng, lag + 1, SEQUENCES, SYMBOLS)
        with np.errstate(all="ignore"):  # one that explodes is told from its result
            _, gradients, y = loss_gradients_outputs(
                parameters, x.astype(np.float32), targets, activation
            )
            gradients, length = clip_by_global_norm(gradients, max_norm)
            parameters, state = optimizer.update(parameters, gradients, state, learning_rate)
        right.append(np.mean(y.argmax(axis=1) == targets))
        lengths.append(length)
        if not math.isfinite(length):
            break
        if update >= BATCHES and np.mean(right[-BATCHES:]) >= SHARE:
            return Learnt(update, parameters, np.array(lengths))
    return Learnt(math.inf, parameters, np.array(lengths))
