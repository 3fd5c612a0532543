"""With a = z and b = (1 − z) ⊙ n: dz = da − db ⊙ n, dn = db ⊙ (1 − z), then the sigmoid and the product."""

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.linear_recurrence import linear_scan_backward
from rnn_utils.cells.min_gru import min_gru_backward, min_gru_forward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_17.min_gru_forward import equal_sizes, sequence
from rnn_utils.checks.shared_mistakes.step import Made

Four = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _back(arguments: Arguments, rng: np.random.Generator) -> Arguments:
    h = min_gru_forward(**arguments)
    first = {"dh": rng.standard_normal(h.shape), "x": arguments["x"], "h0": arguments["h0"], "h": h}
    return first | {"W_x": arguments["W_x"], "b": arguments["b"]}


def _drawn(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _back(sequence(rng, sizes), rng)


def _equal(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _back(equal_sizes(rng, sizes), rng)


def _gradients(
    made: Made,
    dh: np.ndarray,
    x: np.ndarray,
    h0: np.ndarray,
    h: np.ndarray,
    W_x: np.ndarray,
    b: np.ndarray,
) -> Four:
    z, n = np.split(x @ W_x.T + b, 2, axis=2)
    z = sigmoid(z)
    da, db, dh0 = linear_scan_backward(dh, z, h0, h)
    if "immediate only" in made:
        db = dh
        da = dh * np.concatenate([h0[None], h[:-1]])
        dh0 = z[0] * dh[0]
    if "last state before the first" in made:
        da = db * np.roll(h, 1, axis=0)
    dz = da - db * n
    if "candidate taken for 1" in made:
        dz = da - db
    if "candidate forgotten" in made:
        dz = da
    if "sign of the candidate" in made:
        dz = da + db * n
    if "sigmoid twice" in made:
        dz = dz * sigmoid(z) * (1 - sigmoid(z))
    elif "no slope" not in made:
        dz = dz * z * (1 - z)
    dn = db * (1 - z)
    if "candidate not scaled" in made:
        dn = db
    if "candidate by the kept share" in made:
        dn = db * z
    if "slope of a tanh" in made:
        dn = dn * (1 - n**2)
    parts = [dn, dz] if "blocks exchanged" in made else [dz, dn]
    d_sums = np.concatenate(parts, axis=2)
    rows = d_sums.reshape(-1, len(b))
    dW_x, db_out = rows.T @ x.reshape(-1, x.shape[2]), rows.sum(axis=0)
    if "last step only" in made:
        dW_x, db_out = d_sums[-1].T @ x[-1], d_sums[-1].sum(axis=0)
    if "first step only" in made:
        dW_x, db_out = d_sums[0].T @ x[0], d_sums[0].sum(axis=0)
    if "mean over the batch" in made:
        dW_x, db_out = dW_x / x.shape[1], db_out / x.shape[1]
    return d_sums @ W_x, dh0, dW_x, db_out


EXERCISE = Exercise(
    name="min_gru_backward",
    lesson="17_linear_recurrences",
    points=4,
    reference=min_gru_backward,
    outputs={"dx": "T N D", "dh0": "N H", "dW_x": "2H D", "db": "2H"},
    draw=_drawn,
    contract=Contract(
        sizes="TNDH",
        edges=(Case("all sizes alike", draw=_equal),),
    ),
    mistakes=mistakes_in(
        _gradients,
        {
            "candidate forgotten": (
                "dz has only the way through what is kept; z stands in 1 − z before the candidate too"
            ),
            "sign of the candidate": (
                "a sign is wrong in dz: where the kept share grows, the candidate's shrinks"
            ),
            "no slope": "dz is not multiplied by the slope of the sigmoid, z (1 − z)",
            "candidate not scaled": "dn misses the factor 1 − z with which n enters the state",
            "slope of a tanh": "dn is multiplied by 1 − n²; the candidate of the minimal GRU has no tanh",
            "candidate taken for 1": (
                "dz subtracts db alone; 1 − z stands before the candidate, so it is db ⊙ n"
            ),
            "candidate by the kept share": "dn is multiplied by z; the candidate enters with 1 − z",
            "sigmoid twice": (
                "the slope is taken at sigmoid(z), and z has gone through the sigmoid already: z (1 − z)"
            ),
            "last state before the first": (
                "before the first step stands the last state (`h[-1]`, or a roll); h0 belongs there"
            ),
            "first step only": (
                "the weights keep the part of one step: each takes the place of the one before (`=`), where "
                "they are added (`+=`)"
            ),
            "immediate only": (
                "each state hears of its own output only; nothing is carried back from later states"
            ),
            "blocks exchanged": "the blocks are stacked n, z; the order is z, n",
            "last step only": "the weights hear of the last step only; their gradients are summed over time",
            "mean over the batch": (
                "the gradients of the weights are divided by the batch size; the loss has done its "
                "averaging already"
            ),
        },
        together=1,
    ),
)
