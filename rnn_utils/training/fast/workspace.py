"""The training step of `models`, made fast: the same equations in arrays that are kept.

What is slow in the plain form is mostly memory: every large array that is made anew is first
handed out by the operating system, page by page. Here each is made once and written again at every
step; inside the loops over time nothing is made at all. The way through each cell is in `fast_rnn`,
`fast_lstm` and `fast_gru`; what all have in common, the output layer and the loss, is here.
`rnn_utils.training.models` is the plain form beside it, and the one that tests compare with.
"""

from types import ModuleType
from typing import Any

import numpy as np

from rnn_utils.training.fast import gru as fast_gru
from rnn_utils.training.fast import lstm as fast_lstm
from rnn_utils.training.fast import rnn as fast_rnn
from rnn_utils.training.fast.buffers import Buffers
from rnn_utils.training.models import State, as_tuple, expect_model, like, zero_state
from rnn_utils.training.parameters import GRUParameters, LSTMParameters, Parameters, RNNParameters

#: Where the way through each cell is: a function forward and a function backward.
CELLS: dict[type, ModuleType] = {
    RNNParameters: fast_rnn,
    LSTMParameters: fast_lstm,
    GRUParameters: fast_gru,
}


class Workspace:
    """A training step of an RNN, an LSTM or a GRU that keeps its large arrays to the next step.

    Its functions return what those of the same name in `rnn_utils.training.models` return, up to rounding.
    They are not pure in one respect: gradients stay valid only until the next call, which writes
    the next ones in their place.

    Example:
        >>> from rnn_utils import initialise_lstm, loss_and_gradients, train
        >>> parameters = initialise_lstm(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> batch = np.ones((5, 6, 3)), np.array([0, 1, 0, 1, 0, 1])
        >>> loss, gradients = Workspace().loss_and_gradients(parameters, *batch)
        >>> bool(np.isclose(loss, loss_and_gradients(parameters, *batch)[0]))
        True
        >>> trained = train(Workspace().loss_and_gradients, parameters, [batch], 0.1, progress=False)
    """

    def __init__(self) -> None:
        self._buffers = Buffers(np.float64)

    def loss_and_gradients(
        self, parameters: Parameters, x: np.ndarray, targets: np.ndarray
    ) -> tuple[float, Parameters]:
        """Return what `rnn_utils.loss_and_gradients` does."""
        targets = expect_model("loss_and_gradients", parameters, x, targets)
        state = as_tuple(zero_state(parameters, x.shape[1]))
        loss, gradients, _ = self._step(parameters, x, targets, state)
        return loss, gradients

    def stateful_loss_and_gradients(
        self, parameters: Parameters, x: np.ndarray, targets: np.ndarray, h0: State
    ) -> tuple[float, Parameters, State]:
        """Return what `rnn_utils.stateful_loss_and_gradients` does."""
        targets = expect_model("stateful_loss_and_gradients", parameters, x, targets, h0)
        loss, gradients, states = self._step(parameters, x, targets, as_tuple(h0))
        state = tuple(s[-1].copy() for s in states)
        return loss, gradients, state if isinstance(parameters, LSTMParameters) else state[0]

    def _step(
        self, parameters: Parameters, x: np.ndarray, targets: np.ndarray, state: tuple[Any, ...]
    ) -> tuple[float, Parameters, tuple[np.ndarray, ...]]:
        """Return the loss, the gradients, and the states before and after every step."""
        cell, W_hy, b_y = CELLS[type(parameters)], parameters.W_hy, parameters.b_y
        (T, N, _), (O, H), K = x.shape, W_hy.shape, len(targets)  # noqa: E741
        dtype = np.result_type(x, *state, *parameters)
        if self._buffers.dtype != dtype:
            self._buffers = Buffers(dtype)
        buffers = self._buffers
        named = parameters._asdict().items()
        gradients = like(parameters, [buffers(f"d{name}", p.shape) for name, p in named])

        states = cell.forward(buffers, x, *state, parameters)

        # the output layer and the loss for all steps that are read; y becomes dy
        y = buffers("y", (K * N, O))
        h_read = states[0][-K:].reshape(K * N, H)
        np.matmul(h_read, W_hy.T, out=y)
        y += b_y
        loss = loss_backward_in_place(y, targets)
        np.matmul(y.T, h_read, out=gradients.W_hy)
        np.sum(y, axis=0, out=gradients.b_y)
        dh = buffers("dh", (T, N, H))
        dh[:-K] = 0
        np.matmul(y, W_hy, out=dh[-K:].reshape(K * N, H))

        cell.backward(buffers, dh, x, *states, parameters, gradients)
        return loss, gradients, states


def loss_backward_in_place(y: np.ndarray, targets: np.ndarray) -> float:
    """Return the loss of the outputs (K·N, O), and put its gradient in their place."""
    if targets.dtype.kind == "f":
        y -= targets.reshape(y.shape)
        loss = float(np.vdot(y, y)) / y.size
        y *= 2 / y.size
        return loss

    rows, classes = np.arange(len(y)), targets.ravel()
    y -= y.max(axis=1, keepdims=True)
    scores = y[rows, classes]
    np.exp(y, out=y)
    total = y.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) - scores))
    y /= total
    y[rows, classes] -= 1
    y /= len(y)
    return loss
