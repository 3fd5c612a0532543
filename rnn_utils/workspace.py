"""The training step of `models`, made fast: the same equations in arrays that are kept.

What is slow in the plain form is mostly memory: every large array that is made anew is first
handed out by the operating system, page by page. Here each is made once and written again at every
step; inside the loops over time nothing is made at all. (There np.dot stands in for @, because
it takes half the time to begin with; for small states that counts.) `rnn_utils.models` is the plain form
beside it, and the one that tests compare with.
"""

from itertools import pairwise

import numpy as np

from rnn_utils.models import RNNParameters, expect_model, zero_state


class Workspace:
    """A training step of an RNN that keeps its large arrays from one step to the next.

    Its functions return what those of the same name in `rnn_utils.models` return, up to rounding.
    They are not pure in one respect: gradients stay valid only until the next call, which writes
    the next ones in their place.

    Example:
        >>> from rnn_utils import initialise_rnn, loss_and_gradients, train
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> batch = np.ones((5, 6, 3)), np.array([0, 1, 0, 1, 0, 1])
        >>> loss, gradients = Workspace().loss_and_gradients(parameters, *batch)
        >>> bool(np.isclose(loss, loss_and_gradients(parameters, *batch)[0]))
        True
        >>> trained = train(Workspace().loss_and_gradients, parameters, [batch], 0.1, progress=False)
    """

    def __init__(self) -> None:
        self._arrays: dict[str, np.ndarray] = {}

    def loss_and_gradients(
        self, parameters: RNNParameters, x: np.ndarray, targets: np.ndarray
    ) -> tuple[float, RNNParameters]:
        """Return what `rnn_utils.loss_and_gradients` does."""
        targets = expect_model("loss_and_gradients", parameters, x, targets)
        h0 = np.asarray(zero_state(parameters, x.shape[1]))
        loss, gradients, _ = self._step(parameters, x, targets, h0)
        return loss, gradients

    def stateful_loss_and_gradients(
        self, parameters: RNNParameters, x: np.ndarray, targets: np.ndarray, h0: np.ndarray
    ) -> tuple[float, RNNParameters, np.ndarray]:
        """Return what `rnn_utils.stateful_loss_and_gradients` does."""
        targets = expect_model("stateful_loss_and_gradients", parameters, x, targets, h0)
        return self._step(parameters, x, targets, h0)

    def _array(self, name: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return the array of that name, with whatever was last written to it."""
        array = self._arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            array = self._arrays[name] = np.empty(shape, dtype)
        return array

    def _step(
        self, parameters: RNNParameters, x: np.ndarray, targets: np.ndarray, h0: np.ndarray
    ) -> tuple[float, RNNParameters, np.ndarray]:
        W_xh, W_hh, b_h, W_hy, b_y = parameters
        (T, N, D), (O, H), K = x.shape, W_hy.shape, len(targets)  # noqa: E741
        dtype = np.result_type(x, h0, *parameters)
        h = self._array("h", (T + 1, N, H), dtype)  # h[0] is h0, so that h[:-1] are the h_prev
        dh = self._array("dh", (T, N, H), dtype)
        slope = self._array("slope", (T, N, H), dtype)
        y = self._array("y", (K * N, O), dtype)
        recurrent = self._array("recurrent", (N, H), dtype)
        W_hh_T = self._array("W_hh_T", (H, H), dtype)  # turned once, read T times
        gradients = RNNParameters(
            *(self._array(f"d{name}", p.shape, dtype) for name, p in parameters._asdict().items())
        )

        # forward: the input product for all steps, then the loop that only the states need
        h[0] = h0
        W_hh_T[...] = W_hh.T
        np.matmul(x.reshape(T * N, D), W_xh.T, out=h[1:].reshape(T * N, H))
        h[1:] += b_h
        for h_prev, h_t in pairwise(h):
            np.dot(h_prev, W_hh_T, out=recurrent)
            h_t += recurrent
            np.tanh(h_t, out=h_t)

        # the output layer and the loss for all steps that are read; y becomes dy
        h_read = h[-K:].reshape(K * N, H)
        np.matmul(h_read, W_hy.T, out=y)
        y += b_y
        loss = _loss_backward_in_place(y, targets)
        dh[:-K] = 0
        np.matmul(y, W_hy, out=dh[-K:].reshape(K * N, H))

        # backward: the loop that only the carried gradient needs; dh becomes da
        np.multiply(h[1:], h[1:], out=slope)
        np.subtract(1, slope, out=slope)
        carried = recurrent
        carried[...] = 0
        for da_t, slope_t in zip(dh[::-1], slope[::-1], strict=True):
            da_t += carried
            da_t *= slope_t
            np.dot(da_t, W_hh, out=carried)

        # the gradients of the weights: sums over time, as one product each
        da = dh.reshape(T * N, H)
        np.matmul(da.T, x.reshape(T * N, D), out=gradients.W_xh)
        np.matmul(da.T, h[:-1].reshape(T * N, H), out=gradients.W_hh)
        np.sum(da, axis=0, out=gradients.b_h)
        np.matmul(y.T, h_read, out=gradients.W_hy)
        np.sum(y, axis=0, out=gradients.b_y)
        return loss, gradients, h[-1].copy()


def _loss_backward_in_place(y: np.ndarray, targets: np.ndarray) -> float:
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
