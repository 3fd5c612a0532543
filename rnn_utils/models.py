"""A whole model: its parameters, its prediction, its loss with all gradients."""

from __future__ import annotations  # naming np.random in a signature would already load it

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnn_utils._shapes import expect_integers, expect_shapes
from rnn_utils.losses import cross_entropy, cross_entropy_backward
from rnn_utils.output import output_layer, output_layer_backward
from rnn_utils.sequences import rnn_backward, rnn_forward_hoisted

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


class RNNParameters(NamedTuple):
    """The parameters of an RNN with an output layer, or the gradients with respect to them."""

    W_xh: np.ndarray  # (H, D), the weight at the input neuron
    W_hh: np.ndarray  # (H, H), the weight at the recurrent neuron
    b_h: np.ndarray  # (H,)
    W_hy: np.ndarray  # (O, H), the weight at the output layer
    b_y: np.ndarray  # (O,)


def initialise_rnn(
    D: int,
    H: int,
    O: int,  # noqa: E741
    rng: np.random.Generator,
    dtype: DTypeLike = np.float64,
) -> RNNParameters:
    """Return parameters drawn uniformly between −1/√H and 1/√H.

    Args:
        D: the size of an input.
        H: the size of the state.
        O: the size of an output.
        rng: where the random numbers come from.
        dtype: float64 for gradient checks, float32 for training.

    Returns:
        The parameters, drawn in the order of their names.

    Source: the rule of PyTorch's torch.nn.RNN and torch.nn.Linear (Paszke et al., 2019, PyTorch: an
    imperative style, high-performance deep learning library). torch.nn.RNN has two biases, which
    are added; here there is their one sum.

    Example:
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> parameters.W_xh.shape, bool(np.abs(parameters.W_hh).max() < 0.5)
        ((4, 3), True)
    """
    bound = 1 / np.sqrt(H)
    shapes = [(H, D), (H, H), (H,), (O, H), (O,)]
    return RNNParameters(*(rng.uniform(-bound, bound, shape).astype(dtype) for shape in shapes))


def count_parameters(D: int, H: int, O: int, T: int, shared: bool) -> int:  # noqa: E741
    """Return how many numbers there are to learn in a network that reads T steps.

    Args:
        D: the size of an input.
        H: the size of the state.
        O: the size of an output.
        T: the number of steps.
        shared: True for one W_xh, W_hh and b_h for all steps, False for a set of its own for each.
            The output layer is there once in both, read at the end.

    Returns:
        The number of weights and biases.

    Example:
        >>> count_parameters(D=3, H=4, O=2, T=10, shared=True)
        42
        >>> count_parameters(D=3, H=4, O=2, T=10, shared=False)
        330
    """
    step = H * D + H * H + H
    output = O * H + O
    return (step if shared else T * step) + output


def rnn_predict(x: np.ndarray, parameters: RNNParameters, many_to_one: bool) -> np.ndarray:
    """Return the outputs of an RNN that starts from a state of zeros.

    Args:
        x: the inputs (T, N, D).
        parameters: the parameters of the model.
        many_to_one: True to read only the last state, False to read every state.

    Returns:
        The outputs: (N, O) if many_to_one, otherwise (T, N, O).

    Raises:
        TypeError, ValueError: an argument holds no floats, the shapes do not fit together, or there
            is no step to read.

    Example:
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> x = np.zeros((5, 6, 3))
        >>> rnn_predict(x, parameters, many_to_one=True).shape
        (6, 2)
        >>> rnn_predict(x, parameters, many_to_one=False).shape
        (5, 6, 2)
    """
    _expect_model("rnn_predict", x, parameters)
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = rnn_forward_hoisted(x, _zero_state(x, W_hh), W_xh, W_hh, b_h)
    return output_layer(h[-1] if many_to_one else h, W_hy, b_y)


def loss_and_gradients(
    parameters: RNNParameters, x: np.ndarray, targets: np.ndarray
) -> tuple[float, RNNParameters]:
    """Return the mean cross-entropy of an RNN and its gradient with respect to every parameter.

    The model starts from a state of zeros. The shape of the targets says what is asked of it: one
    class for each sequence, read from the last state, or one class for each step.

    Args:
        parameters: the parameters of the model.
        x: the inputs (T, N, D).
        targets: integers from 0 to O − 1, (N,) for many-to-one or (T, N) for many-to-many.

    Returns:
        The loss in nats, and the gradients, named as the parameters are.

    Raises:
        TypeError, ValueError: an argument holds the wrong kind of numbers, the shapes do not fit
            together, or there is no step to read.

    Source: Werbos (1990), Backpropagation through time: what it does and how to do it.

    Example:
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> x, targets = np.ones((5, 6, 3)), np.array([0, 1, 0, 1, 0, 1])
        >>> loss, gradients = loss_and_gradients(parameters, x, targets)
        >>> gradients.W_hh.shape
        (4, 4)
    """
    _expect_model("loss_and_gradients", x, parameters)
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    (T, N, _), O = x.shape, len(b_y)  # noqa: E741
    many_to_one = np.ndim(targets) == 1
    shape = (N,) if many_to_one else (T, N)
    source = f"x has shape {x.shape}"
    targets = expect_integers(
        "loss_and_gradients", "targets", targets, shape, source, low=0, high=O - 1
    )

    h0 = _zero_state(x, W_hh)
    h = rnn_forward_hoisted(x, h0, W_xh, W_hh, b_h)
    h_read = h[-1] if many_to_one else h
    y = output_layer(h_read, W_hy, b_y)
    loss = cross_entropy(y, targets)

    dy = cross_entropy_backward(y, targets)
    dh_read, dW_hy, db_y = output_layer_backward(dy, h_read, W_hy)
    if many_to_one:
        dh = np.zeros_like(h)
        dh[-1] = dh_read
    else:
        dh = dh_read
    _, _, dW_xh, dW_hh, db_h = rnn_backward(dh, x, h0, h, W_xh, W_hh)
    return loss, RNNParameters(dW_xh, dW_hh, db_h, dW_hy, db_y)


def _zero_state(x: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    return np.zeros((x.shape[1], len(W_hh)), dtype=x.dtype)


def _expect_model(function: str, x: np.ndarray, parameters: RNNParameters) -> None:
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    expect_shapes(
        function,
        x=(x, "T N D"),
        W_hh=(W_hh, "H H"),
        W_xh=(W_xh, "H D"),
        b_h=(b_h, "H"),
        W_hy=(W_hy, "O H"),
        b_y=(b_y, "O"),
    )
    if len(x) == 0:
        raise ValueError(
            f"{function}: x should have at least one step, but its shape is {x.shape}."
        )
