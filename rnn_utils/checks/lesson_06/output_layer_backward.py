"""Back through y = h W_hyᵀ + b_y: dh = dy W_hy, dW_hy = dyᵀ h, db_y = Σ_n dy."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays, scaled
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.clipping import clipped
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.output import output_layer_backward

_OUTPUT_BACKWARD = arrays(dy="N O", h_t="N H", W_hy="O H")


def _output_gradients(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _OUTPUT_BACKWARD(rng, sizes)
    return arguments | {"h_t": np.tanh(arguments["h_t"])}


def _output_layer_backward(
    made: Made, dy: np.ndarray, h_t: np.ndarray, W_hy: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    N = len(dy)
    dh_t, dW_hy, db_y = dy @ W_hy, dy.T @ h_t, dy.sum(axis=0)
    if "dW_hy transposed" in made:
        dW_hy = dW_hy.T
    if "dh_t with the derivative of tanh" in made:
        dh_t = dh_t * (1 - h_t**2)
    if "tanh derivative everywhere" in made:
        dh_t = dh_t * (1 - h_t**2)
        dW_hy = dy.T @ (1 - h_t**2)
    if "dW_hy with tanh of the state" in made:
        dW_hy = dy.T @ np.tanh(h_t)
    if "mean over the batch" in made:
        dW_hy, db_y = dW_hy / N, db_y / N
    if "db_y mean over the batch" in made:
        db_y = db_y / N
    if "db_y with a kept axis" in made:
        db_y = db_y[None]
    if "db_y as a column" in made:
        db_y = db_y[:, None]
    if "db_y with the batch" in made:
        db_y = dy
    if "db_y summed over the classes" in made:
        db_y = dy.sum(axis=1)
    if "db_y summed over the classes, kept" in made:
        db_y = dy.sum(axis=1, keepdims=True)
    if "db_y is one number" in made:
        db_y = dy.sum()
    if "db_y is ones" in made:
        db_y = np.ones_like(db_y)
    if "dW_hy without dy" in made:
        dW_hy = np.broadcast_to(h_t.sum(axis=0), dW_hy.shape)
    if "dW_hy without the state" in made:
        dW_hy = np.broadcast_to(db_y[:, None], dW_hy.shape)
    if "dh_t without dy" in made:
        dh_t = np.broadcast_to(W_hy.sum(axis=0), dh_t.shape)
    if "dh_t summed over the batch" in made:
        dh_t = dh_t.sum(axis=0)
    if "dW_hy of each row" in made:
        dW_hy = dy[:, :, None] * h_t[:, None, :]
    if "first row only" in made:
        dW_hy, db_y = np.outer(dy[0], h_t[0]), dy[0]
    if "last row only" in made:
        dW_hy, db_y = np.outer(dy[-1], h_t[-1]), dy[-1]
    if "sign" in made:
        dh_t, dW_hy, db_y = -dh_t, -dW_hy, -db_y
    if "the first two exchanged" in made:
        return dW_hy, dh_t, db_y
    return dh_t, dW_hy, db_y


EXERCISE = Exercise(
    name="output_layer_backward",
    lesson="06_step_gradients",
    points=2,
    reference=output_layer_backward,
    outputs={"dh_t": "N H", "dW_hy": "O H", "db_y": "O"},
    draw=_output_gradients,
    derives=True,
    contract=Contract(
        sizes="NHO",
        zeros=("dy", "h_t", "W_hy"),
        tiny=("dy",),
        edges=(Case("a large upstream gradient", draw=scaled(_output_gradients, dy=1000.0)),),
    ),
    mistakes=mistakes_in(
        _output_layer_backward,
        {
            "dW_hy transposed": "dW_hy is transposed: it has the shape of W_hy, (O, H)",
            "dh_t with the derivative of tanh": (
                "dh_t is multiplied by 1 − h_t²: that tanh belongs to the step, not to the output layer"
            ),
            "tanh derivative everywhere": (
                "the derivative of tanh is multiplied in; the output layer has no tanh"
            ),
            "dW_hy with tanh of the state": (
                "dW_hy is made with tanh(h_t); W_hy was multiplied by h_t as it is"
            ),
            "mean over the batch": (
                "the gradients of the weight and the bias are averaged over the batch; they are sums "
                "(the 1/N of a mean loss is in dy already)"
            ),
            "db_y mean over the batch": (
                "db_y is averaged over the batch; it is a sum (the 1/N of a mean loss is in dy already)"
            ),
            "db_y with a kept axis": "db_y has the shape (1, O); b_y, and so its gradient, is (O,)",
            "db_y as a column": "db_y has the shape (O, 1); b_y, and so its gradient, is (O,)",
            "db_y with the batch": "db_y is not summed over the batch: every row had the same b_y",
            "db_y summed over the classes": (
                "db_y is summed over the classes instead of over the batch: it should keep the axis O"
            ),
            "db_y summed over the classes, kept": (
                "db_y is summed over the classes instead of over the batch: it should keep the axis O"
            ),
            "db_y is one number": "db_y is summed up to one number; there is one for each class",
            "db_y is ones": "db_y is ones: ∂y/∂b_y is 1, and dy is still to be multiplied in",
            "dW_hy without dy": "dW_hy lacks dy: the chain rule multiplies by what comes from above",
            "dW_hy without the state": "dW_hy lacks h_t, which W_hy was multiplied by",
            "dh_t without dy": "dh_t lacks dy: the chain rule multiplies by what comes from above",
            "dh_t summed over the batch": (
                "dh_t is summed over the batch; each row has its own state, and its own gradient"
            ),
            "dW_hy of each row": "dW_hy is not summed over the batch: every row had the same W_hy",
            "first row only": "only the first row of the batch enters the gradients of the weights",
            "last row only": (
                "only the last row of the batch enters the gradients of the weights: = for +=?"
            ),
            "sign": "the sign is wrong throughout",
            "the first two exchanged": (
                "dW_hy and dh_t stand in each other's place; the order is dh_t, dW_hy, db_y, that of the "
                "forward arguments"
            ),
        },
    ),
    diagnose=clipped(output_layer_backward),
)
