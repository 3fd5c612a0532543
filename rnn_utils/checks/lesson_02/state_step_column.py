"""One step without an activation, for a column: h_t = W_xh x_t + W_hh h_{t−1} + b_h."""

from rnn_utils.cells.rnn import state_step, state_step_column
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_02.shared import STEP, step

_W_HH_TRANSPOSED = (
    "W_hh is transposed (it is square, so no shape complains): number i of the result belongs to row i "
    "of W_hh"
)


EXERCISE = Exercise(
    name="state_step_column",
    lesson="02_shared_weights",
    points=1,
    reference=state_step_column,
    outputs={"h_t": "H"},
    forbids=(state_step,),
    draw=arrays(x="D", h="H", W_xh="H D", W_hh="H H", b="H"),
    contract=Contract(
        sizes="DH",
        integers=("x", "h"),
        zeros=("x", "h", "W_xh", "W_hh", "b"),
    ),
    mistakes=(
        *mistakes_in(step, STEP | {"W_hh transposed": _W_HH_TRANSPOSED}),
        Mistake(
            "multiplied number by number",
            "`*` stands where a matrix product belongs: `*` multiplies number by number, `@` is the product",
            lambda x, h, W_xh, W_hh, b: W_hh * h + W_xh * x + b,
        ),
        Mistake(
            "column with two axes",
            "the products have two axes, (H, 1), and the bias one, so that their sum spreads out to (H, H)",
            lambda x, h, W_xh, W_hh, b: W_hh @ h[:, None] + W_xh @ x[:, None] + b,
        ),
        Mistake(
            "W_xh on the wrong side or vector",
            "W_xh meets the wrong side or the wrong vector: it is (H, D) and takes x (D,) on its right",
            lambda x, h, W_xh, W_hh, b: x @ W_xh + W_hh @ h + b,
        ),
        Mistake(
            "W_xh transposed",
            "W_xh is transposed; as it is, (H, D), it turns x (D,) into (H,)",
            lambda x, h, W_xh, W_hh, b: W_xh.T @ x + W_hh @ h + b,
        ),
    ),
)
