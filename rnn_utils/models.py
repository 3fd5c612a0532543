"""A whole model: its parameters, its prediction, its loss with all gradients."""

from __future__ import annotations  # naming np.random in a signature would already load it

import math
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from zipfile import BadZipFile

import numpy as np

from rnn_utils._shapes import expect_floats, expect_integers, expect_shapes
from rnn_utils.losses import (
    cross_entropy,
    cross_entropy_backward,
    mean_squared_error,
    mean_squared_error_backward,
)
from rnn_utils.output import output_layer, output_layer_backward
from rnn_utils.sequences import rnn_backward, rnn_forward_hoisted

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

Named = TypeVar("Named")


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
    _expect_input("rnn_predict", x, parameters)
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = rnn_forward_hoisted(x, zero_state(parameters, x), W_xh, W_hh, b_h)
    return output_layer(h[-1] if many_to_one else h, W_hy, b_y)


def loss_and_gradients(
    parameters: RNNParameters, x: np.ndarray, targets: np.ndarray
) -> tuple[float, RNNParameters]:
    """Return the loss of an RNN and its gradient with respect to every parameter.

    The model starts from a state of zeros. The targets say what is asked of it. Integers are
    classes, and the loss is the mean cross-entropy; floats are values, and the loss is the mean
    squared error. One row of targets for each sequence is read from the last state, one for each
    step from every state; targets for the last K steps only leave the steps before out of the loss.

    Args:
        parameters: the parameters of the model.
        x: the inputs (T, N, D).
        targets: integers from 0 to O − 1, (N,) for many-to-one or (T, N) for many-to-many, or for
            the last K steps (K, N); or floats (N, O), (T, N, O) or (K, N, O).

    Returns:
        The loss (in nats for classes), and the gradients, named as the parameters are.

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
    targets = expect_model("loss_and_gradients", parameters, x, targets)
    loss, gradients, _, _ = _part(parameters, x, targets, zero_state(parameters, x))
    return loss, gradients


def stateful_loss_and_gradients(
    parameters: RNNParameters, x: np.ndarray, targets: np.ndarray, h0: np.ndarray
) -> tuple[float, RNNParameters, np.ndarray]:
    """Return what `loss_and_gradients` does, from a state of your own, and the state it ends in.

    A long text is read in windows: the state that one window ends in starts the next. The gradient
    ends at the beginning of the window, for h0 counts as given.

    Args:
        parameters: the parameters of the model.
        x: the inputs (T, N, D).
        targets: as for `loss_and_gradients`.
        h0: the states before the first step (N, H).

    Returns:
        The loss, the gradients, and the states after the last step (N, H).

    Raises:
        TypeError, ValueError: as for `loss_and_gradients`.

    Example:
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> x, targets, h = np.ones((5, 6, 3)), np.zeros((5, 6), dtype=int), np.zeros((6, 4))
        >>> loss, gradients, h = stateful_loss_and_gradients(parameters, x, targets, h)
        >>> next_loss, _, h = stateful_loss_and_gradients(parameters, x, targets, h)
        >>> h.shape, loss != next_loss
        ((6, 4), True)
    """
    targets = expect_model("stateful_loss_and_gradients", parameters, x, targets, h0)
    loss, gradients, h_T, _ = _part(parameters, x, targets, h0)
    return loss, gradients, h_T


def truncated_bptt(
    parameters: RNNParameters, x: np.ndarray, targets: np.ndarray, window: int
) -> tuple[float, RNNParameters]:
    """Return the loss, and a gradient that flows back over no more than `window` steps.

    The sequence is cut into windows of that many steps from its beginning (the last one may be
    shorter). The state is carried from each window to the next, so the loss is the same as ever.
    The gradient is cut at the borders: in each window, the state that it starts from counts as
    given. With a window as long as the sequence this is `loss_and_gradients`.

    Args:
        parameters: the parameters of the model.
        x: the inputs (T, N, D).
        targets: as for `loss_and_gradients`.
        window: the number of steps in a window, at least 1.

    Returns:
        The loss of the whole sequence, and the gradients summed over the windows.

    Raises:
        TypeError, ValueError: as for `loss_and_gradients`, or the window is shorter than 1.

    Source: Williams and Peng (1990), An efficient gradient-based algorithm for on-line training of
    recurrent network trajectories: their BPTT(h; h′), with h and h′ both the window.

    Example:
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> x, targets = np.ones((5, 6, 3)), np.zeros((5, 6), dtype=int)
        >>> loss, gradients = truncated_bptt(parameters, x, targets, window=2)
        >>> loss == loss_and_gradients(parameters, x, targets)[0]
        True
    """
    targets = expect_model("truncated_bptt", parameters, x, targets)
    if window < 1:
        raise ValueError(
            f"truncated_bptt: window should be at least 1, but is {window}. Give the number of "
            f"steps that the gradient may flow back."
        )
    loss, gradients, h = 0.0, _zeros_like(parameters), zero_state(parameters, x)
    for x_part, targets_part in _cut(x, targets, window):
        share = len(targets_part) / len(targets)
        loss_part, gradients_part, h, _ = _part(parameters, x_part, targets_part, h, share)
        loss += loss_part
        gradients = _add(gradients, gradients_part)
    return loss, gradients


def checkpointed_loss_and_gradients(
    parameters: RNNParameters, x: np.ndarray, targets: np.ndarray
) -> tuple[float, RNNParameters]:
    """Return the same as `loss_and_gradients`, with memory for √T steps in place of T.

    On the way forward only every √T-th state is kept. On the way back the states between two of
    them are computed again when they are needed, one part at a time.

    Arguments, returns and errors are those of `loss_and_gradients`.

    Source: Chen, Xu, Zhang and Guestrin (2016), Training deep nets with sublinear memory cost.

    Example:
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> x, targets = np.ones((5, 6, 3)), np.zeros((5, 6), dtype=int)
        >>> loss, gradients = checkpointed_loss_and_gradients(parameters, x, targets)
        >>> bool(np.isclose(loss, loss_and_gradients(parameters, x, targets)[0]))
        True
    """
    targets = expect_model("checkpointed_loss_and_gradients", parameters, x, targets)
    parts = list(_cut(x, targets, math.ceil(math.sqrt(len(x)))))
    starts = [zero_state(parameters, x)]
    for x_part, _ in parts[:-1]:
        h = rnn_forward_hoisted(x_part, starts[-1], *parameters[:3])
        starts.append(h[-1].copy())  # a view would keep all of h alive

    loss, gradients, dh = 0.0, _zeros_like(parameters), None
    for (x_part, targets_part), h0 in zip(reversed(parts), reversed(starts), strict=True):
        share = len(targets_part) / len(targets)
        loss_part, gradients_part, _, dh = _part(parameters, x_part, targets_part, h0, share, dh)
        loss += loss_part
        gradients = _add(gradients, gradients_part)
    return loss, gradients


def save(path: str | PathLike[str], parameters: Any) -> None:
    """Write parameters to an .npz file, under their names.

    Args:
        path: where to; a file of that name is replaced.
        parameters: a named tuple of arrays, such as `RNNParameters`.

    Raises:
        TypeError: the parameters have no names.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> with TemporaryDirectory() as folder:
        ...     save(f"{folder}/model.npz", parameters)
        ...     again = load(f"{folder}/model.npz")
        >>> bool(np.all(again.W_hh == parameters.W_hh))
        True
    """
    if not hasattr(parameters, "_asdict"):
        raise TypeError(
            f"save: parameters should be a named tuple of arrays, such as RNNParameters, but is a "
            f"{type(parameters).__name__}. Make one first: RNNParameters(*parameters)."
        )
    with open(path, "wb") as file:  # given a name, NumPy would write to another one without .npz
        np.savez(file, **parameters._asdict())


def load(path: str | PathLike[str], kind: type[Named] = RNNParameters) -> Named:  # type: ignore[assignment]
    """Return the parameters that `save` wrote to a file. Nothing in the file is run as code.

    Args:
        path: the file.
        kind: the named tuple that they were.

    Returns:
        The parameters, with the values and the dtypes that they had.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a file of parameters of that kind.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     np.savez(f"{folder}/model.npz", W_xh=np.ones((4, 3)))
        ...     load(f"{folder}/model.npz")
        Traceback (most recent call last):
        ValueError: load: model.npz should hold W_xh, W_hh, b_h, W_hy, b_y, the parameters of
        RNNParameters, but holds W_xh. Give the kind that was saved, or another file.
    """
    name, fields = Path(path).name, kind._fields  # type: ignore[attr-defined]
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)  # a file of one array, not of several, has no names and fails here
    except (ValueError, TypeError, EOFError, BadZipFile) as error:
        raise ValueError(
            f"load: {name} should be an .npz file of parameters, as `save` writes it, but it cannot "
            f"be read as one ({error}). Give another file."
        ) from None
    if arrays.keys() != set(fields):
        raise ValueError(
            f"load: {name} should hold {', '.join(fields)}, the parameters of {kind.__name__}, but "
            f"holds {', '.join(arrays) or 'nothing'}. Give the kind that was saved, or another file."
        )
    for field, array in arrays.items():
        expect_floats("load", f"{field} in {name}", array)
    return kind(**arrays)


def to_torch(parameters: RNNParameters) -> tuple[Any, Any]:
    """Return the model as modules of PyTorch, which has to be installed.

    The weights go in as they are: PyTorch has the same shapes and the same order. It has a second
    bias, which becomes zero.

    Args:
        parameters: the parameters of the model.

    Returns:
        A torch.nn.RNN that makes h from x, and a torch.nn.Linear that makes y from h, both with
        copies of the parameters in their dtype.

    Raises:
        ModuleNotFoundError: PyTorch is not installed.
        TypeError, ValueError: the parameters do not fit together.

    Example:
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> rnn, linear = to_torch(parameters)  # doctest: +SKIP
        >>> h, h_T = rnn(torch.zeros(5, 6, 3, dtype=torch.float64))  # doctest: +SKIP
        >>> linear(h).shape  # doctest: +SKIP
        torch.Size([5, 6, 2])
    """
    _expect_parameters("to_torch", parameters)
    try:
        import torch
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "to_torch: PyTorch should be installed, but is not. Install it beside the course, "
            "for example with `uv pip install torch`."
        ) from None
    H, D = parameters.W_xh.shape
    tensors = {name: torch.tensor(array) for name, array in parameters._asdict().items()}
    rnn = torch.nn.RNN(D, H, dtype=tensors["W_hh"].dtype)
    linear = torch.nn.Linear(H, len(parameters.b_y), dtype=tensors["W_hy"].dtype)
    rnn.load_state_dict(
        {
            "weight_ih_l0": tensors["W_xh"],
            "weight_hh_l0": tensors["W_hh"],
            "bias_ih_l0": tensors["b_h"],
            "bias_hh_l0": torch.zeros_like(tensors["b_h"]),
        }
    )
    linear.load_state_dict({"weight": tensors["W_hy"], "bias": tensors["b_y"]})
    return rnn, linear


def _part(
    parameters: RNNParameters,
    x: np.ndarray,
    targets: np.ndarray,
    h0: np.ndarray,
    share: float = 1.0,
    dh_T: np.ndarray | None = None,
) -> tuple[float, RNNParameters, np.ndarray, np.ndarray]:
    """Return the loss, the gradients, the last state and dh0 of a part of a sequence.

    The targets are for the last len(targets) steps of the part, which may be none. The share is
    what the part's mean counts for in the mean of the whole, and dh_T the gradient that arrives at
    the last state from the parts after it.
    """
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    # for every time step: (1) feed it, (2) compute the state, (3) carry the state over
    h = rnn_forward_hoisted(x, h0, W_xh, W_hh, b_h)

    dh = np.zeros_like(h)
    if dh_T is not None:
        dh[-1] = dh_T
    loss, dW_hy, db_y = 0.0, np.zeros_like(W_hy), np.zeros_like(b_y)
    if len(targets) > 0:
        # (4) compute the output from the state
        h_read = h[len(h) - len(targets) :]
        y = output_layer(h_read, W_hy, b_y)
        # (5) compare it with the target
        values = targets.dtype.kind == "f"
        loss = share * (mean_squared_error if values else cross_entropy)(y, targets)
        # (6) send the error back: through the loss, the output layer, and all time steps
        backward = mean_squared_error_backward if values else cross_entropy_backward
        dy = share * backward(y, targets)
        dh_read, dW_hy, db_y = output_layer_backward(dy, h_read, W_hy)
        dh[len(h) - len(targets) :] += dh_read
    _, dh0, dW_xh, dW_hh, db_h = rnn_backward(dh, x, h0, h, W_xh, W_hh)
    return loss, RNNParameters(dW_xh, dW_hh, db_h, dW_hy, db_y), h[-1].copy(), dh0


def _cut(
    x: np.ndarray, targets: np.ndarray, length: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield parts of so many steps, each with the targets of its own steps."""
    unread = len(x) - len(targets)  # the steps at the beginning that no target belongs to
    for begin in range(0, len(x), length):
        end = begin + length
        yield x[begin:end], targets[max(begin - unread, 0) : max(end - unread, 0)]


def _add(a: RNNParameters, b: RNNParameters) -> RNNParameters:
    return RNNParameters(*map(np.add, a, b))


def _zeros_like(parameters: RNNParameters) -> RNNParameters:
    return RNNParameters(*map(np.zeros_like, parameters))


def zero_state(parameters: RNNParameters, x: np.ndarray) -> np.ndarray:
    """Return the state that a model starts from where none is given: zeros (N, H)."""
    return np.zeros((x.shape[1], len(parameters.W_hh)), dtype=x.dtype)


def expect_model(
    function: str,
    parameters: RNNParameters,
    x: np.ndarray,
    targets: np.ndarray,
    h0: np.ndarray | None = None,
) -> np.ndarray:
    """Check all arguments of a model at once; return the targets as (K, N) or (K, N, O)."""
    _expect_input(function, x, parameters, **({} if h0 is None else {"h0": (h0, "N H")}))
    (T, N, _), O = x.shape, len(parameters.b_y)  # noqa: E741

    targets = np.asarray(targets)
    values = targets.dtype.kind == "f"
    if targets.ndim - values == 2:  # one row for each step
        K = len(targets)
        shape: tuple[int, ...] = (K if 0 < K <= T and targets.shape[1] == N else T, N)
    else:
        shape = (N,)
    source = f"x has shape {x.shape}"
    if not values:
        targets = expect_integers(function, "targets", targets, shape, source, low=0, high=O - 1)
    elif targets.shape != (*shape, O):
        raise ValueError(
            f"{function}: targets, being floats, are values and should have shape {(*shape, O)}, "
            f"because {source} and b_y {parameters.b_y.shape}, but have shape {targets.shape}. "
            f"Change the one that is wrong; classes are integers."
        )
    return targets if len(shape) == 2 else targets[None]


def _expect_input(function: str, x: np.ndarray, parameters: RNNParameters, **others: Any) -> None:
    _expect_parameters(function, parameters, x=(x, "T N D"), **others)
    if len(x) == 0:
        raise ValueError(
            f"{function}: x should have at least one step, but its shape is {x.shape}."
        )


def _expect_parameters(function: str, parameters: RNNParameters, **others: Any) -> None:
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    expect_shapes(
        function,
        **others,
        W_hh=(W_hh, "H H"),
        W_xh=(W_xh, "H D"),
        b_h=(b_h, "H"),
        W_hy=(W_hy, "O H"),
        b_y=(b_y, "O"),
    )
