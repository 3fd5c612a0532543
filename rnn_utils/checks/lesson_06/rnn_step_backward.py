"""Back through one step: da = dh_t (1 − h_t²), then to all that stands in the sum."""

import numpy as np

from rnn_utils.cells.rnn import rnn_step_backward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays, scaled
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes import backward as backward_steps
from rnn_utils.checks.shared_mistakes import backward_words as words
from rnn_utils.checks.shared_mistakes.clipping import clipped

_FORWARD = arrays(x_t="N D", h_prev="N H", W_xh="H D", W_hh="H H", b_h="H", dh_t="N H")


def _step_gradients(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a step, run it forward, and draw what comes back to its state."""
    x_t, h_prev, W_xh, W_hh, b_h, dh_t = _FORWARD(rng, sizes).values()
    h_prev = np.tanh(h_prev)
    h_t = np.tanh(h_prev @ W_hh.T + x_t @ W_xh.T + b_h)
    return {"dh_t": dh_t, "x_t": x_t, "h_prev": h_prev, "h_t": h_t, "W_xh": W_xh, "W_hh": W_hh}


def _run_again(arguments: Arguments) -> Arguments:
    """Make the state that goes with the other arguments, without a bias."""
    h_prev, W_hh, W_xh = arguments["h_prev"], arguments["W_hh"], arguments["W_xh"]
    return arguments | {"h_t": np.tanh(h_prev @ W_hh.T + arguments["x_t"] @ W_xh.T)}


EXERCISE = Exercise(
    name="rnn_step_backward",
    lesson="06_step_gradients",
    points=3,
    reference=rnn_step_backward,
    outputs={"dx_t": "N D", "dh_prev": "N H", "dW_xh": "H D", "dW_hh": "H H", "db_h": "H"},
    draw=_step_gradients,
    follows=_run_again,
    derives=True,
    contract=Contract(
        sizes="NDH",
        zeros=("dh_t", "x_t", "h_prev", "W_xh", "W_hh"),
        tiny=("dh_t",),
        edges=(Case("a large upstream gradient", draw=scaled(_step_gradients, dh_t=1000.0)),),
    ),
    mistakes=mistakes_in(
        backward_steps.rnn_step_backward,
        words.SLOPE | words.STEP | words.PARTS,
    ),
    diagnose=clipped(rnn_step_backward),
)
