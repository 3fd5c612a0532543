"""Z = A B: dA = G Bᵀ and dB = Aᵀ G."""

import numpy as np

from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.tape import matmul_back


def _matrices(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    N, D, H = (sizes[letter] for letter in "NDH")
    return {
        "g": rng.standard_normal((N, H)),
        "a": rng.standard_normal((N, D)),
        "b": rng.standard_normal((D, H)),
    }


def _gradients(
    made: Made, g: np.ndarray, a: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    da, db = g @ b.T, a.T @ g
    if "left one turned" in made:
        da = da.T
    if "right one turned" in made:
        db = g.T @ a
    if "no upstream gradient" in made:
        da, db = np.ones_like(g) @ b.T, a.T @ np.ones_like(g)
    if "mean over the rows" in made:
        db = db / len(a)
    return da, db


EXERCISE = Exercise(
    name="matmul_back",
    lesson="18_pytorch",
    points=1,
    reference=matmul_back,
    outputs={"da": "N D", "db": "D H"},
    draw=_matrices,
    contract=Contract(sizes="NDH"),
    mistakes=mistakes_in(
        _gradients,
        {
            "left one turned": "da is turned: it has the shape of a, (I, J)",
            "right one turned": "db is turned: it has the shape of b, (J, K)",
            "no upstream gradient": "g is not used: what arrives is multiplied by the other matrix",
            "mean over the rows": (
                "db is divided by the number of rows; what arrives from all rows is summed"
            ),
        },
        together=1,
    ),
)
