"""The parameters of the three models as small named tuples, where they start, and their number."""

from __future__ import annotations  # naming np.random in a signature would already load it

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


class RNNParameters(NamedTuple):
    """The parameters of an RNN with an output layer, or the gradients with respect to them."""

    W_xh: np.ndarray  # (H, D), the weight at the input neuron
    W_hh: np.ndarray  # (H, H), the weight at the recurrent neuron
    b_h: np.ndarray  # (H,)
    W_hy: np.ndarray  # (O, H), the weight at the output layer
    b_y: np.ndarray  # (O,)


class LSTMParameters(NamedTuple):
    """The parameters of an LSTM with an output layer, or the gradients with respect to them.

    The blocks of H rows are stacked in the order i, f, g, o.
    """

    W_x: np.ndarray  # (4H, D), the weights at the input
    W_h: np.ndarray  # (4H, H), the weights at the state
    b: np.ndarray  # (4H,)
    W_hy: np.ndarray  # (O, H), the weight at the output layer
    b_y: np.ndarray  # (O,)


class GRUParameters(NamedTuple):
    """The parameters of a GRU with an output layer, or the gradients with respect to them.

    The blocks of H rows are stacked in the order r, z, n.
    """

    W_x: np.ndarray  # (3H, D), the weights at the input
    W_h: np.ndarray  # (3H, H), the weights at the state
    b_x: np.ndarray  # (3H,), beside W_x
    b_h: np.ndarray  # (3H,), beside W_h
    W_hy: np.ndarray  # (O, H), the weight at the output layer
    b_y: np.ndarray  # (O,)


#: The parameters of any model: their type says which cell it has.
Parameters = TypeVar("Parameters", bound=RNNParameters | LSTMParameters | GRUParameters)


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
    return RNNParameters(*_draw(rng, H, dtype, (H, D), (H, H), (H,), (O, H), (O,)))


def initialise_lstm(
    D: int,
    H: int,
    O: int,  # noqa: E741
    rng: np.random.Generator,
    dtype: DTypeLike = np.float64,
    forget_bias: float = 1.0,
) -> LSTMParameters:
    """Return parameters drawn as for `initialise_rnn`, but for the bias of the forget gate.

    Args:
        D: the size of an input.
        H: the size of the state.
        O: the size of an output.
        rng: where the random numbers come from.
        dtype: float64 for gradient checks, float32 for training.
        forget_bias: what all H biases of the forget gate start from. At first the cell keeps about
            σ(forget_bias) of itself from step to step: 0.5 for 0, 0.73 for 1, 0.95 for 3.

    Returns:
        The parameters, drawn in the order of their names.

    Source: Gers, Schmidhuber and Cummins (2000), Learning to forget: continual prediction with
    LSTM, start the forget gate with a positive bias; Jozefowicz, Zaremba and Sutskever (2015), An
    empirical exploration of recurrent network architectures, recommend 1.

    Example:
        >>> parameters = initialise_lstm(D=3, H=4, O=2, rng=np.random.default_rng(0), forget_bias=3)
        >>> parameters.W_x.shape, parameters.b[4:8].tolist()
        ((16, 3), [3.0, 3.0, 3.0, 3.0])
    """
    parameters = LSTMParameters(
        *_draw(rng, H, dtype, (4 * H, D), (4 * H, H), (4 * H,), (O, H), (O,))
    )
    parameters.b[H : 2 * H] = forget_bias
    return parameters


def initialise_gru(
    D: int,
    H: int,
    O: int,  # noqa: E741
    rng: np.random.Generator,
    dtype: DTypeLike = np.float64,
) -> GRUParameters:
    """Return parameters drawn uniformly between −1/√H and 1/√H, as for `initialise_rnn`.

    Args:
        D: the size of an input.
        H: the size of the state.
        O: the size of an output.
        rng: where the random numbers come from.
        dtype: float64 for gradient checks, float32 for training.

    Returns:
        The parameters, drawn in the order of their names.

    Source: the rule of PyTorch's torch.nn.GRU (Paszke et al., 2019, PyTorch: an imperative style,
    high-performance deep learning library).

    Example:
        >>> parameters = initialise_gru(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> parameters.W_x.shape, parameters.b_h.shape
        ((12, 3), (12,))
    """
    shapes = (3 * H, D), (3 * H, H), (3 * H,), (3 * H,), (O, H), (O,)
    return GRUParameters(*_draw(rng, H, dtype, *shapes))


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


def _draw(
    rng: np.random.Generator, H: int, dtype: DTypeLike, *shapes: tuple[int, ...]
) -> list[np.ndarray]:
    bound = 1 / np.sqrt(H)
    return [rng.uniform(-bound, bound, shape).astype(dtype) for shape in shapes]
