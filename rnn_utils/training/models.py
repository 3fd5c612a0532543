"""A whole model, whichever cell it has: its prediction, its loss with all gradients.

The type of the parameters says which cell is meant, so that every function here takes those of an
RNN, an LSTM or a GRU. What differs between them stands in three places: the states before the
first step, the way forward and the way back.

One file, since a learner reads it as one: each way through a model is a few lines that the others share.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from rnn_utils._shapes import expect_integers, expect_shapes
from rnn_utils.cells.gru import expect_gru, gru_backward, gru_forward
from rnn_utils.cells.lstm import expect_lstm, lstm_backward, lstm_forward
from rnn_utils.cells.rnn import rnn_backward, rnn_forward_hoisted
from rnn_utils.layers.output import output_layer, output_layer_backward
from rnn_utils.training.losses import (
    cross_entropy,
    cross_entropy_backward,
    mean_squared_error,
    mean_squared_error_backward,
)
from rnn_utils.training.parameters import (
    GRUParameters,
    LSTMParameters,
    Parameters,
    RNNParameters,
    count_parameters,
    initialise_gru,
    initialise_lstm,
    initialise_rnn,
)

__all__ = [  # the parameters belong to the models and can be taken from here as well
    "GRUParameters",
    "LSTMParameters",
    "RNNParameters",
    "checkpointed_loss_and_gradients",
    "count_parameters",
    "initialise_gru",
    "initialise_lstm",
    "initialise_rnn",
    "loss_and_gradients",
    "rnn_predict",
    "stateful_loss_and_gradients",
    "truncated_bptt",
    "zero_state",
]

#: What is carried from step to step: h (N, H), and in an LSTM the pair of h and c.
State = np.ndarray | tuple[np.ndarray, ...]


def zero_state(parameters: Parameters, N: int) -> State:
    """Return the state that a model starts from where none is given.

    Args:
        parameters: the parameters of the model.
        N: the number of sequences.

    Returns:
        Zeros (N, H), or for an LSTM a pair of them, the state and the cell.

    Example:
        >>> zero_state(initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0)), N=6).shape
        (6, 4)
        >>> h, c = zero_state(initialise_lstm(D=3, H=4, O=2, rng=np.random.default_rng(0)), N=6)
        >>> h.shape, c.shape
        ((6, 4), (6, 4))
    """
    shape, dtype = (N, parameters.W_hy.shape[1]), parameters.W_hy.dtype
    if isinstance(parameters, LSTMParameters):
        return np.zeros(shape, dtype), np.zeros(shape, dtype)
    return np.zeros(shape, dtype)


def rnn_predict(x: np.ndarray, parameters: Parameters, many_to_one: bool) -> np.ndarray:
    """Return the outputs of a recurrent network that starts from a state of zeros.

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
        >>> lstm = initialise_lstm(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> rnn_predict(x, lstm, many_to_one=False).shape
        (5, 6, 2)
    """
    _expect_input("rnn_predict", x, parameters)
    h, *_ = _forward(parameters, x, as_tuple(zero_state(parameters, x.shape[1])))
    return output_layer(h[-1] if many_to_one else h, parameters.W_hy, parameters.b_y)


def loss_and_gradients(
    parameters: Parameters, x: np.ndarray, targets: np.ndarray
) -> tuple[float, Parameters]:
    """Return the loss of a recurrent network and its gradient with respect to every parameter.

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
    state = as_tuple(zero_state(parameters, x.shape[1]))
    loss, gradients, _, _ = _part(parameters, x, targets, state)
    return loss, gradients


def stateful_loss_and_gradients(
    parameters: Parameters, x: np.ndarray, targets: np.ndarray, h0: State
) -> tuple[float, Parameters, State]:
    """Return what `loss_and_gradients` does, from a state of your own, and the state it ends in.

    A long text is read in windows: the state that one window ends in starts the next. The gradient
    ends at the beginning of the window, for h0 counts as given.

    Args:
        parameters: the parameters of the model.
        x: the inputs (T, N, D).
        targets: as for `loss_and_gradients`.
        h0: the states before the first step (N, H); for an LSTM the pair h0, c0, both (N, H).

    Returns:
        The loss, the gradients, and the states after the last step, in the form of h0.

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
    loss, gradients, state, _ = _part(parameters, x, targets, as_tuple(h0))
    return loss, gradients, state if isinstance(parameters, LSTMParameters) else state[0]


def truncated_bptt(
    parameters: Parameters, x: np.ndarray, targets: np.ndarray, window: int
) -> tuple[float, Parameters]:
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
    loss, gradients = 0.0, _zeros_like(parameters)
    state = as_tuple(zero_state(parameters, x.shape[1]))
    for x_part, targets_part in _cut(x, targets, window):
        share = len(targets_part) / len(targets)
        loss_part, gradients_part, state, _ = _part(parameters, x_part, targets_part, state, share)
        loss += loss_part
        gradients = _add(gradients, gradients_part)
    return loss, gradients


def checkpointed_loss_and_gradients(
    parameters: RNNParameters, x: np.ndarray, targets: np.ndarray
) -> tuple[float, RNNParameters]:
    """Return the same as `loss_and_gradients` of an RNN, with memory for √T steps in place of T.

    On the way forward only every √T-th state is kept. On the way back the states between two of
    them are computed again when they are needed, one part at a time.

    Args:
        parameters: the parameters of an RNN.
        x: the inputs (T, N, D).
        targets: integers or floats, as for `loss_and_gradients`.

    Returns:
        The loss, and the gradients, named as the parameters are.

    Raises:
        TypeError, ValueError: the model is no RNN, an argument holds the wrong kind of numbers, the shapes
            do not fit together, or there is no step to read.

    Source: Chen, Xu, Zhang and Guestrin (2016), Training deep nets with sublinear memory cost.

    Example:
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> x, targets = np.ones((5, 6, 3)), np.zeros((5, 6), dtype=int)
        >>> loss, gradients = checkpointed_loss_and_gradients(parameters, x, targets)
        >>> bool(np.isclose(loss, loss_and_gradients(parameters, x, targets)[0]))
        True
    """
    if not isinstance(parameters, RNNParameters):
        raise TypeError(
            f"checkpointed_loss_and_gradients: parameters should be RNNParameters, but are "
            f"{type(parameters).__name__}. Use loss_and_gradients, which takes all of them."
        )
    targets = expect_model("checkpointed_loss_and_gradients", parameters, x, targets)
    parts = list(_cut(x, targets, math.ceil(math.sqrt(len(x)))))
    starts = [np.zeros((x.shape[1], len(parameters.W_hh)), parameters.W_hh.dtype)]
    for x_part, _ in parts[:-1]:
        h = rnn_forward_hoisted(x_part, starts[-1], *parameters[:3])
        starts.append(h[-1].copy())  # a view would keep all of h alive

    loss, gradients, dh = 0.0, _zeros_like(parameters), None
    for (x_part, targets_part), h0 in zip(reversed(parts), reversed(starts), strict=True):
        share = len(targets_part) / len(targets)
        loss_part, gradients_part, _, dh = _part(parameters, x_part, targets_part, (h0,), share, dh)
        loss += loss_part
        gradients = _add(gradients, gradients_part)
    return loss, gradients


def _part(
    parameters: Parameters,
    x: np.ndarray,
    targets: np.ndarray,
    state: tuple[np.ndarray, ...],
    share: float = 1.0,
    dh_T: np.ndarray | None = None,
) -> tuple[float, Parameters, tuple[np.ndarray, ...], np.ndarray]:
    """Return the loss, the gradients, the last state and dh0 of a part of a sequence.

    The targets are for the last len(targets) steps of the part, which may be none. The share is
    what the part's mean counts for in the mean of the whole, and dh_T the gradient that arrives at
    the last h from the parts after it.
    """
    W_hy, b_y = parameters.W_hy, parameters.b_y
    # for every time step: (1) feed it, (2) compute the state, (3) carry the state over
    states = _forward(parameters, x, state)
    h = states[0]

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
    dh0, of_cell = _backward(parameters, dh, x, state, states)
    of_cell += [dW_hy, db_y]
    gradients = like(parameters, of_cell)
    return loss, gradients, tuple(s[-1].copy() for s in states), dh0


def _forward(
    parameters: Parameters, x: np.ndarray, state: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, ...]:
    """Return what the cell carries, after every step: h, and in an LSTM c, (T, N, H)."""
    h0, *c0 = state
    match parameters:
        case LSTMParameters(W_x, W_h, b):
            return lstm_forward(x, h0, c0[0], W_x, W_h, b)
        case GRUParameters(W_x, W_h, b_x, b_h):
            return (gru_forward(x, h0, W_x, W_h, b_x, b_h),)
        case _:
            W_xh, W_hh, b_h, *_ = parameters
            return (rnn_forward_hoisted(x, h0, W_xh, W_hh, b_h),)


def _backward(
    parameters: Parameters,
    dh: np.ndarray,
    x: np.ndarray,
    state: tuple[np.ndarray, ...],
    states: tuple[np.ndarray, ...],
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return dh0, and the gradients of the cell's parameters in their order."""
    h0, *c0 = state
    match parameters:
        case LSTMParameters(W_x, W_h, b):
            _, dh0, _, dW_x, dW_h, db = lstm_backward(dh, x, h0, c0[0], W_x, W_h, b)
            return dh0, [dW_x, dW_h, db]
        case GRUParameters(W_x, W_h, b_x, b_h):
            _, dh0, dW_x, dW_h, db_x, db_h = gru_backward(dh, x, h0, W_x, W_h, b_x, b_h)
            return dh0, [dW_x, dW_h, db_x, db_h]
        case _:
            W_xh, W_hh, *_ = parameters
            _, dh0, dW_xh, dW_hh, db_h = rnn_backward(dh, x, h0, states[0], W_xh, W_hh)
            return dh0, [dW_xh, dW_hh, db_h]


def _cut(
    x: np.ndarray, targets: np.ndarray, length: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield parts of so many steps, each with the targets of its own steps."""
    unread = len(x) - len(targets)  # the steps at the beginning that no target belongs to
    for begin in range(0, len(x), length):
        end = begin + length
        yield x[begin:end], targets[max(begin - unread, 0) : max(end - unread, 0)]


def _add(a: Parameters, b: Parameters) -> Parameters:
    return like(a, map(np.add, a, b))


def _zeros_like(parameters: Parameters) -> Parameters:
    return like(parameters, map(np.zeros_like, parameters))


def like(parameters: Parameters, arrays: Iterable[np.ndarray]) -> Parameters:
    """Return arrays, such as the gradients, under the names that the parameters have."""
    return type(parameters)(*arrays)


def as_tuple(state: State) -> tuple[np.ndarray, ...]:
    """Return what is carried as a tuple, also where it is one array."""
    return state if isinstance(state, tuple) else (state,)


def expect_model(
    function: str,
    parameters: Parameters,
    x: np.ndarray,
    targets: np.ndarray,
    state: State | None = None,
) -> np.ndarray:
    """Check all arguments of a model at once; return the targets as (K, N) or (K, N, O)."""
    _expect_input(function, x, parameters, **_named_state(function, parameters, state))
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


def _named_state(
    function: str, parameters: Parameters, state: State | None
) -> dict[str, tuple[np.ndarray, str]]:
    """Return the given states by name, with the shape that they should have."""
    if state is None:
        return {}
    names = ("h0", "c0") if isinstance(parameters, LSTMParameters) else ("h0",)
    given = as_tuple(state)
    if len(given) != len(names):
        wanted = "the pair (h0, c0)" if len(names) == 2 else "one array h0"
        raise ValueError(
            f"{function}: the state of {type(parameters).__name__} should be {wanted}, but "
            f"{len(given)} came. `zero_state` makes one to start from."
        )
    return {name: (s, "N H") for name, s in zip(names, given, strict=True)}


def _expect_input(function: str, x: np.ndarray, parameters: Parameters, **others: Any) -> None:
    expect_parameters(function, parameters, x=(x, "T N D"), **others)
    if len(x) == 0:
        raise ValueError(
            f"{function}: x should have at least one step, but its shape is {x.shape}."
        )


def expect_parameters(function: str, parameters: Parameters, **others: Any) -> None:
    """Raise an error unless the parameters fit together and to the other arguments."""
    output = {"W_hy": (parameters.W_hy, "O H"), "b_y": (parameters.b_y, "O")}
    match parameters:
        case LSTMParameters(W_x, W_h, b):
            expect_lstm(function, W_x, W_h, b, **others)
            expect_shapes(function, W_h=(W_h, "G H"), **output)
        case GRUParameters(W_x, W_h, b_x, b_h):
            expect_gru(function, W_x, W_h, b_x, b_h, **others)
            expect_shapes(function, W_h=(W_h, "G H"), **output)
        case _:
            W_xh, W_hh, b_h, *_ = parameters
            expect_shapes(
                function,
                **others,
                W_hh=(W_hh, "H H"),
                W_xh=(W_xh, "H D"),
                b_h=(b_h, "H"),
                **output,
            )
