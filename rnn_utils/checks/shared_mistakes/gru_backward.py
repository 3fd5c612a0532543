"""The way back through a step of the GRU, with the mistakes of `gru_backward_words` made."""

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.gru import BLOCKS, Gradients, GRUStep, step_with_mistakes
from rnn_utils.checks.shared_mistakes.step import Made


def _squash_slopes(made: Made, step: GRUStep, h_t: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the derivatives of r's and z's sigmoid and of n's tanh, with the mistakes made."""
    r, z, n = step.r, step.z, step.n
    slope_r, slope_z, slope_n = step.slope_r(r), step.slope_z(z), step.slope_n(n)
    if "double derivative of the sigmoid" in made:
        slope_r, slope_z = (sigmoid(s) * (1 - sigmoid(s)) for s in (r, z))
    if "tanh derivative for the gates" in made:
        slope_r, slope_z = 1 - r**2, 1 - z**2
    if made & {"sigmoid derivative missing", "sigmoid derivative of r missing"}:
        slope_r = np.ones_like(r)
    if made & {"sigmoid derivative missing", "sigmoid derivative of z missing"}:
        slope_z = np.ones_like(z)
    wrong = {
        "tanh derivative missing": lambda: np.ones_like(n),
        "double derivative of tanh": lambda: 1 - np.tanh(n) ** 2,
        "sigmoid derivative for n": lambda: n * (1 - n),
        "tanh derivative at the state": lambda: 1 - h_t**2,
    }
    for name in made & wrong.keys():
        slope_n = wrong[name]()
    if "square of n inside tanh" in made:
        slope_n = 1 - np.tanh(n**2)
    if "bracket squared for n" in made:
        slope_n = (1 - n) ** 2
    if "square missing for n" in made:
        slope_n = 1 - n
    if "half the derivative of r" in made:
        slope_r = 1 - r
    if "half the derivative of z" in made:
        slope_z = 1 - z
    if "derivative of r for z" in made:
        slope_z = step.slope_r(r)
    if "derivative of z for r" in made:
        slope_r = step.slope_z(z)
    return slope_r, slope_z, slope_n


def _mixture_back(
    made: Made, dh_t: np.ndarray, step: GRUStep, h_prev: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dz, dn and what goes straight to h_prev, with the mistakes made."""
    z, n = step.z, step.n
    dz, dn, direct = dh_t * (h_prev - n), dh_t * (1 - z), dh_t * z
    if "z and 1 − z exchanged" in made:
        dz, dn, direct = -dz, direct, dn
    wrong_dz = {
        "dz with the wrong sign": lambda: -dz,
        "dz without n": lambda: dh_t * h_prev,
        "dz without h_prev": lambda: -dh_t * n,
        "dz as a sum": lambda: dh_t * (h_prev + n),
        "gradient of z missing": lambda: 0 * dz,
    }
    for name in made & wrong_dz.keys():
        dz = wrong_dz[name]()
    if "dn with z" in made:
        dn = dh_t * z
    if "dn without its share" in made:
        dn = dh_t
    if "direct way missing" in made:
        direct = 0 * dh_t
    if "direct way without z" in made:
        direct = dh_t
    if "direct way with 1 − z" in made:
        direct = dh_t * (1 - z)
    return dz, dn, direct


def _of_reset_gate(
    made: Made, step: GRUStep, dn: np.ndarray, da_n: np.ndarray, h_prev: np.ndarray
) -> np.ndarray:
    """Return the gradient of r from those of the candidate and of its sum, with the mistakes made."""
    through_reset = (da_n @ step.W[2]) * h_prev  # of the variant with r before the product
    dr = {
        "reset before the product": through_reset,
        "bias of n outside the bracket": da_n * (step.h_n - step.bias_hn),
        "reset gate around the input too": da_n * (step.x_n + step.h_n),
        "reset gate around the input alone": da_n * step.x_n,
        "reset gate missing": 0 * da_n,
        "dr as in Cho et al.": through_reset,
        "dr with the state": da_n * h_prev,
        "dr without the bias": da_n * (step.h_n - step.bias_hn),
        "dr without the tanh derivative": dn * step.h_n,
        "dr with the candidate": da_n * step.n,
        "dr without the bracket": da_n,
        "gradient of r missing": 0 * da_n,
    }
    chosen = [dr[name] for name in dr if name in made]
    return chosen[-1] if chosen else da_n * step.h_n


def step_backward_with_mistakes(
    made: Made,
    dh_t: np.ndarray,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b_x: np.ndarray,
    b_h: np.ndarray,
) -> Gradients:
    """Return the gradients of one step, with the mistakes made."""
    step = GRUStep(made, x_t, h_prev, W_x, W_h, b_x, b_h)
    h_t = step_with_mistakes(made, x_t, h_prev, W_x, W_h, b_x, b_h)
    r, h_n = step.r, step.h_n
    if "upstream never read" in made:
        dh_t = np.ones_like(dh_t)
    slope_r, slope_z, slope_n = _squash_slopes(made, step, h_t)
    dz, dn, direct = _mixture_back(made, dh_t, step, h_prev)
    da_n = dn * slope_n
    if "slope of n from its gradient" in made:
        da_n = dn * (1 - dn**2)
    dr_t = _of_reset_gate(made, step, dn, da_n, h_prev)
    da_r, da_z = dr_t * slope_r, dz * slope_z
    if "slopes of the gates from their gradients" in made:
        da_r, da_z = (d * d * (1 - d) for d in (dr_t, dz))
    for limit in (1, 5):
        if f"da clipped to {limit}" in made:
            da_r, da_z, da_n = (np.clip(a, -limit, limit) for a in (da_r, da_z, da_n))
    if "dr added to dh_prev" in made:
        direct = direct + da_n * h_n
    if "joined z, r, n" in made:
        da_r, da_z = da_z, da_r
    if "delta of r for z" in made:
        da_z = da_r
    if "delta of z for r" in made:
        da_r = da_z

    x_side, h_side = [da_r, da_z, da_n], [da_r, da_z, da_n * r]
    if made & {
        "reset gate missing",
        "reset gate around the input alone",
        "r missing on the way to h",
        "reset before the product",
    }:
        h_side[2] = da_n
    if "1 − r on the way to h" in made:
        h_side[2] = da_n * (1 - r)
    if made & {
        "r on the way to x",
        "reset gate around the input alone",
        "reset gate around the input too",
    }:
        x_side[2] = da_n * r
    return _to_arguments(made, step, x_side, h_side, direct, (x_t, h_prev, h_t))


def _to_arguments(
    made: Made,
    step: GRUStep,
    x_side: list[np.ndarray],
    h_side: list[np.ndarray],
    direct: np.ndarray,
    vectors: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Gradients:
    """Return the six gradients from those of the three sums, on the input's and the state's side."""
    dx_t = _of_input(made, step, x_side)
    dh_prev = _of_state(made, step, x_side, h_side, direct)
    dW_x, dW_h, db_x, db_h = _of_weights(made, step, x_side, h_side, vectors)
    if "dx through dW_x" in made:
        dx_t = np.hstack(x_side) @ dW_x
    if "dh_prev through dW_h" in made:
        dh_prev = direct + np.hstack(h_side) @ dW_h
    return dx_t, dh_prev, dW_x, dW_h, db_x, db_h


def _of_input(made: Made, step: GRUStep, x_side: list[np.ndarray]) -> np.ndarray:
    """Return dx_t, with the mistakes made."""
    to_x = [a @ U * reads for a, U, reads in zip(x_side, step.U, step.reads_x, strict=True)]
    for k, letter in enumerate("rz"):
        if f"dx without {letter}" in made:
            to_x[k] = 0 * to_x[k]
    if "dx without the gates" in made:
        to_x = to_x[2:]
    if "dx without the candidate" in made:
        to_x = to_x[:2]
    return np.sum(to_x, axis=0)


def _of_state(
    made: Made,
    step: GRUStep,
    x_side: list[np.ndarray],
    h_side: list[np.ndarray],
    direct: np.ndarray,
) -> np.ndarray:
    """Return dh_prev, with the mistakes made; `direct` is what passes z alone."""
    back = [*h_side[:2], x_side[2] if "r missing in dh_prev" in made else h_side[2]]
    to_h = gated.through_W_h(made, BLOCKS, back, step.W, step.reads_h)
    if "reset before the product" in made:
        to_h[2] = to_h[2] * step.r
    dropped = {
        "dh_prev without the candidate": {2},
        "dh_prev without the gates": {0, 1},
        "dh_prev without r": {0},
        "dh_prev without z's gate": {1},
        "direct way alone": {0, 1, 2},
    }
    gone = set().union(*(dropped[name] for name in made & dropped.keys()))
    return direct + sum(part for k, part in enumerate(to_h) if k not in gone)


def _of_weights(
    made: Made,
    step: GRUStep,
    x_side: list[np.ndarray],
    h_side: list[np.ndarray],
    vectors: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> tuple[np.ndarray, ...]:
    """Return dW_x, dW_h, db_x and db_h, with the mistakes made."""
    x_t, h_prev, h_t = vectors
    r = step.r
    rows = slice(1 if "first sequence only" in made else None)
    seen = h_t if "dW_h uses the new state" in made else h_prev
    seen_n = r * h_prev if "reset before the product" in made else seen
    h_weights, h_biases = list(h_side), list(h_side)
    if "r missing in dW_h" in made:
        h_weights[2] = x_side[2]
    if "dW_h uses the reset state" in made:
        h_weights[2], seen_n = x_side[2], r * h_prev
    if made & {"db_h like db_x", "bias of n outside the bracket"}:
        h_biases[2] = x_side[2]

    dU = [a[rows].T @ x_t[rows] * reads for a, reads in zip(x_side, step.reads_x, strict=True)]
    dW = [
        a[rows].T @ s[rows] * reads
        for a, s, reads in zip(h_weights, (seen, seen, seen_n), step.reads_h, strict=True)
    ]
    if "blocks of W_h transposed" in made:
        dW = [W.T for W in dW]
    parts = [dU, dW, [a[rows] for a in x_side], [a[rows] for a in h_biases]]
    if made & {"b_x missing", "b_x's gradient is zero"}:
        parts[2] = [0 * a for a in parts[2]]
    if made & {"b_h missing", "b_h's gradient is zero"}:
        parts[3] = [0 * a for a in parts[3]]
    if "gates use b_x twice" in made:
        parts[2] = [a + b for a, b in zip(parts[2], parts[3], strict=True)]
        parts[3] = [0 * a for a in parts[3]]
    if "biases with the batch" in made:
        dbs = [np.concatenate(sides, axis=1) for sides in parts[2:]]
        return np.concatenate(dU), np.concatenate(dW), *dbs
    keep = "biases with a kept axis" in made
    parts[2:] = [[a.sum(axis=0) for a in sides] for sides in parts[2:]]
    stacked = [_stacked(made, step.rows, sides) for sides in parts]
    if "mean over the batch" in made:
        stacked = [a / len(x_t) for a in stacked]
    dW_x, dW_h, db_x, db_h = stacked
    if keep:
        db_x, db_h = db_x[None], db_h[None]
    if "db_x from dW_x" in made:
        db_x = dW_x.sum(axis=1)
    if "db_h from dW_h" in made:
        db_h = dW_h.sum(axis=1)
    return dW_x, dW_h, db_x, db_h


def _stacked(made: Made, rows: np.ndarray, blocks: list[np.ndarray]) -> np.ndarray:
    """Put the blocks of r, z and n back where they were read, or where the mistakes say."""
    if "stacked z, r, n" in made:
        blocks = [blocks[1], blocks[0], blocks[2]]
    if "stacked n first" in made:
        blocks = [blocks[2], blocks[0], blocks[1]]
    return gated.put_back(rows, blocks)
