"""z = a ⊙ b: da = g ⊙ b and db = g ⊙ a, each summed to its own shape where it was broadcast."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.tape import multiply_back, unbroadcast


def _operands(left: str, right: str) -> Draw:
    """Return a draw of two operands by their shapes; a dot is an axis of length one."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        a, b = (
            rng.standard_normal([1 if letter == "." else sizes[letter] for letter in letters])
            for letters in (left, right)
        )
        return {"g": rng.standard_normal(np.broadcast_shapes(a.shape, b.shape)), "a": a, "b": b}

    return draw


def _gradients(
    made: Made, g: np.ndarray, a: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    da, db = g * b, g * a
    if "exchanged" in made:
        da, db = g * a, g * b
    if "no upstream gradient" in made:
        da, db = np.broadcast_to(b, g.shape), np.broadcast_to(a, g.shape)
    if "as for a sum" in made:
        da, db = g, g
    if "not summed" in made:
        return da, db
    return unbroadcast(da, a.shape), unbroadcast(db, b.shape)


EXERCISE = Exercise(
    name="multiply_back",
    lesson="18_pytorch",
    points=1,
    reference=multiply_back,
    outputs={"da": "a", "db": "b"},
    draw=_operands("NH", "H"),
    contract=Contract(
        sizes="NH",
        zeros=("a", "b"),
        edges=(
            Case("equal shapes", general=True, draw=_operands("NH", "NH")),
            Case("both broadcast", draw=_operands("N.", ".H")),
            Case("a number times a matrix", draw=_operands("", "NH")),
        ),
    ),
    mistakes=mistakes_in(
        _gradients,
        {
            "exchanged": "the two are exchanged: what stands beside a in the product is b",
            "no upstream gradient": "g is not used: the slope of the product is multiplied by what arrives",
            "as for a sum": "g is handed on as it is; that is the way back through a sum",
            "not summed": (
                "the gradient of what was broadcast is not summed to its own shape; you have a "
                "function for that"
            ),
        },
        together=1,
    ),
)
