"""Lesson 13, the GRU."""

from itertools import permutations

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.gru import gru_backward, gru_forward, gru_gates, gru_step, gru_step_backward
from rnn_utils.checks.framework.exercise import (
    Arguments,
    Case,
    Draw,
    Exercise,
    Mistake,
    Sizes,
    scaled,
    slips,
)
from rnn_utils.checks.slips import backward as backward_steps
from rnn_utils.checks.slips import gated
from rnn_utils.checks.slips.gated import LINE, LOGISTIC, RELU, TANH, Squash
from rnn_utils.checks.slips.step import Slips
from rnn_utils.training.budget import count_cell_parameters, largest_state

_LESSON = "13_gru"

Gradients = tuple[np.ndarray, ...]

#: The blocks in the order in which they are stacked, and whose they are.
_BLOCKS = {"r": "the reset gate", "z": "the update gate", "n": "the candidate"}

#: Slips that change what the equations say, forward and, consistently, on the way back.
_VARIANTS = {
    "order z, r, n": (
        "the blocks are read in the order z, r, n; here they are stacked r, z, n, so the two gates have "
        "changed places"
    ),
    "order n first": "the blocks are read in the order n, r, z; here they are stacked r, z, n",
    "order n, z, r": "the blocks are read in the order n, z, r; here they are stacked r, z, n",
    "relu for the candidate": "the candidate has a ReLU; it has a tanh",
    "gates interleaved": (
        "the rows are read in turns, r, z, n, r, z, n, …; each gate has H rows in one block"
    ),
    "z and 1 − z exchanged": (
        "z_t and 1 − z_t have changed places: here z_t says how much of the old state is kept (there "
        "are papers that write it the other way round)"
    ),
    "reset before the product": (
        "r_t scales h_{t−1} before W_hn: that is another variant, the one of Cho et al. (2014); here r_t "
        "scales the product together with its bias"
    ),
    "bias of n outside the bracket": (
        "b_h of the candidate stands outside the bracket; r_t scales W_hn h_{t−1} + b_hn as a whole"
    ),
    "reset gate around the input too": (
        "r_t scales the input's part of the candidate too; it scales W_hn h_{t−1} + b_hn alone"
    ),
    "reset gate missing": "r_t is missing in the candidate",
    "no tanh": "the candidate lacks its tanh",
    "sigmoid for the candidate": "the candidate has a sigmoid; it has a tanh, since it may be negative",
    "sigmoid of r missing": "the reset gate lacks its sigmoid",
    "sigmoid of z missing": "the update gate lacks its sigmoid",
    "tanh for the gates": "the gates have a tanh; a gate lies between 0 and 1, which is a sigmoid",
    "b_x missing": "b_x is missing",
    "b_h missing": "b_h is missing",
    "input missing in the gates": "the gates do not read the input: W_x x_t is missing in r_t and z_t",
    "state missing in the gates": "the gates do not read the state: W_h h_prev is missing in r_t and z_t",
    "input missing in the candidate": "the candidate does not read the input",
    "blocks of W_h transposed": (
        "each gate's block of W_h is transposed (it is square, so no shape complains): on paper W h with "
        "a column, in code h_prev @ W.T with rows"
    ),
    "gates use b_x twice": "b_x is added twice, and b_h not at all",
}

_FORWARD_ONLY = {
    "1 − z missing": "the candidate is added as a whole; its share is 1 − z_t",
    "z missing": "the old state is added as a whole; its share is z_t",
    "1 − r for the share": "r_t shares out old and new; that is what z_t is for",
    "candidate alone": "the candidate is returned; the update gate has yet to mix it with h_prev",
    "tanh around the result": "there is a tanh around h_t; the mixture needs none",
    "mixed with the reset state": "r_t ⊙ h_prev is kept in place of h_prev; z_t alone says how much stays",
    "old state missing": "h_prev is missing in the mixture; its share is z_t",
    "candidate gated by r and z": "the candidate is scaled by r_t as well",
    "Cho's candidate without b_hn": (
        "r_t scales h_{t−1} before W_hn, and b_h of the candidate is missing; here r_t scales the bracket "
        "W_hn h_{t−1} + b_hn"
    ),
    "z in the candidate": "z_t stands in the candidate where r_t belongs",
    "1 − r in the candidate": "the bracket of the candidate is scaled by 1 − r_t; it is r_t",
    "r times the state": "r_t ⊙ h_{t−1} stands in the candidate without W_hn and its bias",
    "brackets missing around 1 − z": "brackets are missing: 1 − z_t ⊙ n_t is not (1 − z_t) ⊙ n_t",
}

#: A line copied for another gate.
#: (Where all was copied, r_t stands for z_t or z_t for r_t, it is named above.)
_COPIED = gated.copied_lines(_BLOCKS, ("W_x", "W_h", "b_x", "b_h"))
_FORWARD_ONLY |= gated.said_of_copied(_BLOCKS, _COPIED)


def _squashed(made: Slips) -> tuple[Squash, Squash, Squash]:
    """Return what r, z and n are squashed by, each with its derivative from the output."""
    gate = TANH if "tanh for the gates" in made else LOGISTIC
    candidates = {
        "no tanh": LINE,
        "sigmoid for the candidate": LOGISTIC,
        "relu for the candidate": RELU,
    }
    return (
        LINE if "sigmoid of r missing" in made else gate,
        LINE if "sigmoid of z missing" in made else gate,
        next((candidates[name] for name in candidates if name in made), TANH),
    )


def _rows(made: Slips, H: int) -> np.ndarray:
    """Return which rows are taken for r, for z and for n, (3, H)."""
    rows = np.arange(3 * H).reshape(3, H)
    if "order z, r, n" in made:
        rows = rows[[1, 0, 2]]
    if "order n first" in made:
        rows = rows[[1, 2, 0]]
    if "order n, z, r" in made:
        rows = rows[[2, 1, 0]]
    if "gates interleaved" in made:
        rows = np.arange(3 * H).reshape(H, 3).T
    return rows


class _Step:
    """One step with the slips of `_VARIANTS` made, kept so that it can be gone back through."""

    def __init__(
        self,
        made: Slips,
        x_t: np.ndarray,
        h_prev: np.ndarray,
        W_x: np.ndarray,
        W_h: np.ndarray,
        b_x: np.ndarray,
        b_h: np.ndarray,
    ) -> None:
        self.rows = _rows(made, h_prev.shape[1])
        self.U = [W_x[rows] for rows in self.rows]
        self.W = [W_h[rows] for rows in self.rows]
        if "blocks of W_h transposed" in made:
            self.W = [W.T for W in self.W]
        bias_x, bias_h = [b_x[rows] for rows in self.rows], [b_h[rows] for rows in self.rows]
        if "b_x missing" in made:
            bias_x = [0 * b for b in bias_x]
        if "b_h missing" in made:
            bias_h = [0 * b for b in bias_h]
        if "gates use b_x twice" in made:
            bias_h = bias_x
        self.bias_hn = bias_h[2]
        of_block = {"W_x": self.U, "W_h": self.W, "b_x": bias_x, "b_h": bias_h}
        as_it_was = {name: list(parts) for name, parts in of_block.items()}
        for what, a, b in (_COPIED[name] for name in made & _COPIED.keys()):
            of_block[what]["rzn".index(b)] = as_it_was[what]["rzn".index(a)]
        no_x = "input missing in the gates" in made, "input missing in the candidate" in made
        self.reads_x = [not no_x[0], not no_x[0], not no_x[1]]
        self.reads_h = ["state missing in the gates" not in made] * 2 + [True]
        x_r, x_z, x_n = (
            (x_t @ U.T) * reads + b
            for U, b, reads in zip(self.U, bias_x, self.reads_x, strict=True)
        )
        h_r, h_z, self.h_n = (
            (h_prev @ W.T) * reads + b
            for W, b, reads in zip(self.W, bias_h, self.reads_h, strict=True)
        )
        (f_r, self.slope_r), (f_z, self.slope_z), (f_n, self.slope_n) = _squashed(made)
        self.r, self.z = f_r(x_r + h_r), f_z(x_z + h_z)
        self.x_n = x_n
        inner = x_n + self.r * self.h_n
        if "reset before the product" in made:
            inner = x_n + (self.r * h_prev) @ self.W[2].T + bias_h[2]
        if "bias of n outside the bracket" in made:
            inner = x_n + self.r * (self.h_n - bias_h[2]) + bias_h[2]
        if "reset gate around the input too" in made:
            inner = self.r * (x_n + self.h_n)
        if "reset gate missing" in made:
            inner = x_n + self.h_n
        if "Cho's candidate without b_hn" in made:
            inner = x_n + (self.r * h_prev) @ self.W[2].T
        if "z in the candidate" in made:
            inner = x_n + self.z * self.h_n
        if "1 − r in the candidate" in made:
            inner = x_n + (1 - self.r) * self.h_n
        if "r times the state" in made:
            inner = x_n + self.r * h_prev
        self.n = f_n(inner)


def _gru_step(made: Slips, x_t: np.ndarray, h_prev: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    """Return h_t, with the slips made."""
    step = _Step(made, x_t, h_prev, *weights)
    r, z, n = step.r, step.z, step.n
    new, old = 1 - z, z
    if "z and 1 − z exchanged" in made:
        new, old = z, 1 - z
    if "1 − r for the share" in made:
        new, old = 1 - r, r
    if "1 − z missing" in made:
        new = np.ones_like(z)
    if "z missing" in made:
        old = np.ones_like(z)
    kept = r * h_prev if "mixed with the reset state" in made else h_prev
    if "old state missing" in made:
        kept = 0 * kept
    if "candidate gated by r and z" in made:
        new = new * r
    h_t = new * n + old * kept
    if "brackets missing around 1 − z" in made:
        h_t = 1 - z * n + old * kept
    if "candidate alone" in made:
        h_t = n
    return np.tanh(h_t) if "tanh around the result" in made else h_t


_draw = gated.draw_step(3, ("b_x", "b_h"))

#: Slips that are tried two at a time.
_IN_PAIRS = tuple(
    name
    for name in _VARIANTS | _FORWARD_ONLY
    if name not in _COPIED.keys() | {"order n, z, r", "relu for the candidate"}
)

_GRU_STEP = Exercise(
    name="gru_step",
    lesson=_LESSON,
    points=2,
    reference=gru_step,
    outputs={"h_t": "N H"},
    draw=_draw,
    letters="NDH",
    edges=(Case("large inputs", draw=scaled(_draw, x_t=2000.0)),),
    forbids=(gru_gates, gru_forward),
    diagnose=gated.overflowed(gru_step),
    mistakes=gated.mistakes(_gru_step, _VARIANTS | _FORWARD_ONLY, _IN_PAIRS),
)


# gru_step_backward -------------------------------------------------------------------------------

_BACKWARD = {
    "direct way missing": (
        "one way from h_t to h_prev is missing: h_prev stands in the mixture itself, times z_t, and not "
        "only inside the gates and the candidate"
    ),
    "direct way without z": "what goes straight to h_prev lacks its factor: h_prev is multiplied by z_t",
    "direct way with 1 − z": (
        "what goes straight to h_prev is multiplied by 1 − z_t; that is the candidate's share"
    ),
    "direct way alone": (
        "dh_prev has the way through the mixture only; h_prev stands inside r_t, z_t and n_t too"
    ),
    "dz with the wrong sign": (
        "dz_t has the wrong sign: how does h_t change when z_t grows, towards h_prev or towards n_t?"
    ),
    "dz without n": "dz_t lacks what z_t does to the candidate's share, 1 − z_t",
    "dz without h_prev": "dz_t lacks what z_t does to the old state's share",
    "dz as a sum": "in dz_t the old state and the candidate are added; 1 − z_t falls when z_t grows",
    "dn with z": "dn_t is made with z_t; the candidate's share is 1 − z_t",
    "dn without its share": "dn_t lacks the candidate's share, 1 − z_t",
    "tanh derivative missing": "the derivative of tanh, 1 − n_t², is missing on the way through it",
    "double derivative of tanh": (
        "tanh is applied once more, 1 − tanh(n_t)²; but n_t is the output of tanh already"
    ),
    "sigmoid derivative for n": "n_t passes the sigmoid's derivative, n_t (1 − n_t); it is a tanh",
    "tanh derivative at the state": "the derivative of tanh is taken at h_t; the tanh gave n_t",
    "gradient of r missing": (
        "no gradient goes through the reset gate: its rows are zero, and r_t does act on n_t"
    ),
    "gradient of z missing": "no gradient goes through the update gate: its rows are zero",
    "dr with the state": (
        "dr_t is made with h_prev; r_t was multiplied by the whole bracket, W_hn h_{t−1} + b_hn"
    ),
    "dr without the bias": "dr_t lacks b_hn, which stands in the bracket that r_t is multiplied by",
    "dr without the tanh derivative": (
        "dr_t is made from the gradient of n_t itself; r_t stands inside the tanh"
    ),
    "dr with the candidate": "dr_t is made with n_t; r_t was multiplied by the bracket inside the tanh",
    "dr without the bracket": "dr_t lacks the bracket, which r_t was multiplied by",
    "sigmoid derivative missing": "the gates' derivative, s (1 − s), is missing",
    "sigmoid derivative of r missing": "the derivative of r_t's sigmoid, r_t (1 − r_t), is missing",
    "sigmoid derivative of z missing": "the derivative of z_t's sigmoid, z_t (1 − z_t), is missing",
    "double derivative of the sigmoid": (
        "a sigmoid is applied once more in the derivative; r_t and z_t are its outputs already"
    ),
    "tanh derivative for the gates": "the gates pass the derivative of tanh, 1 − s²; they are sigmoids",
    "r missing on the way to h": (
        "what goes back through the bracket of n_t, to h_prev, W_h and b_h, lacks r_t, which the bracket "
        "was multiplied by"
    ),
    "r on the way to x": (
        "what goes back to x_t, W_x and b_x through n_t is multiplied by r_t; their part stands outside "
        "its bracket"
    ),
    "r missing in dh_prev": "dh_prev lacks r_t on the way through the bracket of n_t",
    "r missing in dW_h": "dW_h lacks r_t in the rows of n_t: the bracket was multiplied by it",
    "db_h like db_x": (
        "db_h is the same as db_x; in the rows of n_t they differ, since b_h stands inside the bracket"
    ),
    "dh_prev through blocks transposed": (
        "W_h's blocks are transposed in dh_prev (they are square, so no shape complains): forward the row "
        "h_prev meets W.T, so on the way back the gradient meets W"
    ),
    "dh_prev without the candidate": "dh_prev lacks the way through the candidate",
    "dh_prev without the gates": "dh_prev lacks the ways through the two gates",
    "dh_prev without r": "dh_prev lacks the way through the reset gate",
    "dh_prev without z's gate": "dh_prev lacks the way through the update gate's own sum",
    "dx without the gates": "dx_t lacks the ways through the two gates",
    "dx without the candidate": "dx_t lacks the way through the candidate",
    "dW_h uses the new state": "dW_h is made with h_t; W_h was multiplied by h_prev",
    "dW_h uses the reset state": (
        "the rows of n_t in dW_h are made with r_t ⊙ h_prev and lack r_t on the gradient's side: r_t "
        "scales each row of the product, not each entry of the state"
    ),
    "stacked z, r, n": "the gradients are stacked in the order z, r, n; the weights stand r, z, n",
    "stacked n first": "the gradients are stacked in the order n, r, z; the weights stand r, z, n",
    "biases with a kept axis": "the gradients of the biases have the shape (1, 3H); they are (3H,)",
    "biases with the batch": (
        "the gradients of the biases are not summed over the batch: every row had the same"
    ),
    "mean over the batch": (
        "the gradients of the weights are averaged over the batch; they are sums (if the loss is a mean, "
        "its 1/N is in the upstream gradient already)"
    ),
    "upstream never read": "dh_t is never read: ones stand in its place",
    "first sequence only": "only the first sequence of the batch enters the gradients of the weights",
}


_BACK_IN_PAIRS = (*_BACKWARD, *(name for name in _VARIANTS if name in _IN_PAIRS))

_BACKWARD |= (
    {
        "square missing for n": "the derivative of tanh lacks its square: 1 − n_t is not 1 − n_t²",
        "1 − r on the way to h": "what goes back through the bracket is multiplied by 1 − r_t; it is r_t",
        "dr as in Cho et al.": (
            "dr_t is made for the variant in which r_t scales the state, (W_hn^T da_n) ⊙ h_prev; here r_t "
            "scaled the bracket"
        ),
        "dr added to dh_prev": "dr_t is added to dh_prev as it is; it goes back through the gate's own sum",
        "joined z, r, n": (
            "the parts of da are joined in the order z, r, n; the weights stand r, z, n"
        ),
        "b_x's gradient is zero": "db_x is zero; b_x stands in all three sums",
        "b_h's gradient is zero": "db_h is zero; b_h stands in all three sums",
    }
    | {
        f"half the derivative of {a}": (
            f"1 − {a}_t stands where the sigmoid's derivative, {a}_t (1 − {a}_t), belongs"
        )
        for a in "rz"
    }
    | {
        f"derivative of {a} for {b}": (
            f"d{b}_t passes the derivative of {a}_t's sigmoid; its own is {b}_t (1 − {b}_t)"
        )
        for a, b in permutations("rz")
    }
    | {
        f"delta of {a} for {b}": f"the part of {_BLOCKS[a]} stands in the rows of {_BLOCKS[b]} too"
        for a, b in permutations("rz")
    }
    | {
        f"dx without {a}": f"dx_t lacks the way through {_BLOCKS[a]}; x_t stands in all three sums"
        for a in "rz"
    }
    | {
        f"dh_prev through {a}'s block transposed": (
            f"in dh_prev the block of {_BLOCKS[a]} is transposed (it is square, so no shape complains)"
        )
        for a in _BLOCKS
    }
)

#: What it tells if the rows of these blocks are wrong and all others right.
_WRONG_ROWS = {
    a: (
        f"the slip is in the lines of {_BLOCKS[a]}: its rows are wrong in what is stacked, and those of "
        "the others are right"
    )
    for a in _BLOCKS
} | {
    "rn": (
        "the slip is in the gradient of the candidate's sum, da_n: the rows of n and those of r, which are "
        "made from it, are wrong, and those of z are right"
    )
}


def _squash_slopes(made: Slips, step: _Step, h_t: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the derivatives of r's and z's sigmoid and of n's tanh, with the slips made."""
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
    made: Slips, dh_t: np.ndarray, step: _Step, h_prev: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dz, dn and what goes straight to h_prev, with the slips made."""
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


def _gru_step_backward(
    made: Slips,
    dh_t: np.ndarray,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b_x: np.ndarray,
    b_h: np.ndarray,
) -> Gradients:
    """Return the gradients of one step, with the slips made."""
    step = _Step(made, x_t, h_prev, W_x, W_h, b_x, b_h)
    h_t = _gru_step(made, x_t, h_prev, W_x, W_h, b_x, b_h)
    r, n, h_n = step.r, step.n, step.h_n
    if "upstream never read" in made:
        dh_t = np.ones_like(dh_t)
    slope_r, slope_z, slope_n = _squash_slopes(made, step, h_t)
    dz, dn, direct = _mixture_back(made, dh_t, step, h_prev)
    da_n = dn * slope_n

    through_reset = (da_n @ step.W[2]) * h_prev  # of the variant with r before the product
    dr = {
        "reset before the product": through_reset,
        "bias of n outside the bracket": da_n * (h_n - step.bias_hn),
        "reset gate around the input too": da_n * (step.x_n + h_n),
        "reset gate missing": 0 * da_n,
        "dr as in Cho et al.": through_reset,
        "dr with the state": da_n * h_prev,
        "dr without the bias": da_n * (h_n - step.bias_hn),
        "dr without the tanh derivative": dn * h_n,
        "dr with the candidate": da_n * n,
        "dr without the bracket": da_n,
        "gradient of r missing": 0 * da_n,
    }
    chosen = [dr[name] for name in dr if name in made]
    da_r = (chosen[-1] if chosen else da_n * h_n) * slope_r
    da_z = dz * slope_z
    if "dr added to dh_prev" in made:
        direct = direct + da_n * h_n
    if "joined z, r, n" in made:
        da_r, da_z = da_z, da_r
    if "delta of r for z" in made:
        da_z = da_r
    if "delta of z for r" in made:
        da_r = da_z

    x_side, h_side = [da_r, da_z, da_n], [da_r, da_z, da_n * r]
    if made & {"reset gate missing", "r missing on the way to h", "reset before the product"}:
        h_side[2] = da_n
    if "1 − r on the way to h" in made:
        h_side[2] = da_n * (1 - r)
    if made & {"r on the way to x", "reset gate around the input too"}:
        x_side[2] = da_n * r
    return _to_arguments(made, step, x_side, h_side, direct, (x_t, h_prev, h_t))


def _to_arguments(
    made: Slips,
    step: _Step,
    x_side: list[np.ndarray],
    h_side: list[np.ndarray],
    direct: np.ndarray,
    vectors: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Gradients:
    """Return the six gradients from those of the three sums, on the input's and the state's side."""
    x_t, h_prev, h_t = vectors
    r = step.r
    to_x = [a @ U * reads for a, U, reads in zip(x_side, step.U, step.reads_x, strict=True)]
    for k, letter in enumerate("rz"):
        if f"dx without {letter}" in made:
            to_x[k] = 0 * to_x[k]
    if "dx without the gates" in made:
        to_x = to_x[2:]
    if "dx without the candidate" in made:
        to_x = to_x[:2]

    back = [*h_side[:2], x_side[2] if "r missing in dh_prev" in made else h_side[2]]
    turned = [
        "dh_prev through blocks transposed" in made
        or f"dh_prev through {letter}'s block transposed" in made
        for letter in _BLOCKS
    ]
    to_h = [
        a @ (W.T if turn else W) * reads
        for a, W, turn, reads in zip(back, step.W, turned, step.reads_h, strict=True)
    ]
    if "reset before the product" in made:
        to_h[2] = to_h[2] * r
    dropped = {
        "dh_prev without the candidate": {2},
        "dh_prev without the gates": {0, 1},
        "dh_prev without r": {0},
        "dh_prev without z's gate": {1},
        "direct way alone": {0, 1, 2},
    }
    gone = set().union(*(dropped[name] for name in made & dropped.keys()))
    dh_prev = direct + sum(part for k, part in enumerate(to_h) if k not in gone)

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
        return sum(to_x), dh_prev, np.concatenate(dU), np.concatenate(dW), *dbs
    keep = "biases with a kept axis" in made
    parts[2:] = [[a.sum(axis=0) for a in sides] for sides in parts[2:]]
    stacked = [_stacked(made, step.rows, sides) for sides in parts]
    if "mean over the batch" in made:
        stacked = [a / len(x_t) for a in stacked]
    dW_x, dW_h, db_x, db_h = stacked
    if keep:
        db_x, db_h = db_x[None], db_h[None]
    return sum(to_x), dh_prev, dW_x, dW_h, db_x, db_h


def _stacked(made: Slips, rows: np.ndarray, blocks: list[np.ndarray]) -> np.ndarray:
    """Put the blocks of r, z and n back where they were read, or where the slips say."""
    if "stacked z, r, n" in made:
        blocks = [blocks[1], blocks[0], blocks[2]]
    if "stacked n first" in made:
        blocks = [blocks[2], blocks[0], blocks[1]]
    return gated.put_back(rows, blocks)


def _draw_backward(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = _draw(rng, sizes)
    return {"dh_t": rng.standard_normal(forward["h_prev"].shape)} | forward


_GRADIENTS = {
    "dx_t": "N D",
    "dh_prev": "N H",
    "dW_x": "3H D",
    "dW_h": "3H H",
    "db_x": "3H",
    "db_h": "3H",
}

_GRU_STEP_BACKWARD = Exercise(
    name="gru_step_backward",
    lesson=_LESSON,
    points=4,
    reference=gru_step_backward,
    outputs=_GRADIENTS,
    draw=_draw_backward,
    letters="NDH",
    edges=(Case("a large upstream gradient", draw=scaled(_draw_backward, dh_t=1000.0)),),
    forbids=(gru_backward, gru_gates),
    diagnose=gated.first_of(
        backward_steps.clipped(gru_step_backward),
        gated.wrong_rows(gru_step_backward, tuple(_GRADIENTS), "".join(_BLOCKS), _WRONG_ROWS),
    ),
    mistakes=gated.mistakes(_gru_step_backward, _BACKWARD | _VARIANTS, _BACK_IN_PAIRS),
)


# count_cell_parameters ---------------------------------------------------------------------------


def _cell(cell: str) -> Draw:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        return {"cell": cell, "D": sizes["D"], "H": sizes["H"]}

    return draw


_COUNTING = {
    "one bias in the GRU": (
        "the GRU is counted with one bias per row; it has two, b_x and b_h, since r_t scales only one of "
        "them in the candidate"
    ),
    "two biases everywhere": (
        "every cell is counted with two biases per row; here the tanh RNN and the LSTM have one, the sum "
        "of what PyTorch keeps apart"
    ),
    "two biases in the LSTM": "the LSTM is counted with two biases per row; here it has one",
    "GRU without its candidate": "the GRU is counted with two blocks of rows; the candidate is the third",
    "LSTM without its candidate": (
        "the LSTM is counted with three blocks of rows; what might be written, g, is the fourth"
    ),
    "GRU like the LSTM": "the GRU is counted with four blocks of rows; it has three, r, z and n",
    "biases forgotten": "the biases are not counted",
    "W_h forgotten": "the weights at the state, W_h, are not counted",
    "W_x forgotten": "the weights at the input, W_x, are not counted",
    "W_h counted once": "the weights at the state are counted for one block of rows only",
    "W_x counted once": "the weights at the input are counted for one block of rows only",
    "biases counted once": "the biases are counted for one block of rows only",
    "W_h square": "W_h is counted as a square of all rows; it has as many columns as the state, H",
    "D and H exchanged": "D and H have changed places: weights are (out, in), so W_x is (…H, D)",
    "one cell for all": "the three cells are counted alike",
    "one number per bias": "a bias is counted as one number; it has one for every row",
}


def _count(made: Slips, cell: str, D: int, H: int) -> int:
    if "D and H exchanged" in made:
        D, H = H, D
    blocks, biases = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 2)}[cell]
    if "one bias in the GRU" in made and cell == "gru":
        biases = 1
    if "two biases everywhere" in made or ("two biases in the LSTM" in made and cell == "lstm"):
        biases = 2
    if "GRU without its candidate" in made and cell == "gru":
        blocks = 2
    if "LSTM without its candidate" in made and cell == "lstm":
        blocks = 3
    if "GRU like the LSTM" in made and cell == "gru":
        blocks = 4
    if "one cell for all" in made:
        blocks = biases = 1
    W_x, W_h, b = blocks * H * D, blocks * H * H, blocks * biases * H
    if "biases forgotten" in made:
        b = 0
    if "W_h forgotten" in made:
        W_h = 0
    if "W_x forgotten" in made:
        W_x = 0
    if "W_h counted once" in made:
        W_h = H * H
    if "W_x counted once" in made:
        W_x = H * D
    if "biases counted once" in made:
        b = biases * H
    if "W_h square" in made:
        W_h = (blocks * H) ** 2
    if "one number per bias" in made:
        b = blocks * biases
    return W_x + W_h + b


_COUNT = Exercise(
    name="count_cell_parameters",
    lesson=_LESSON,
    points=1,
    reference=count_cell_parameters,
    outputs={"parameters": ""},
    draw=_cell("gru"),
    letters="DH",
    edges=tuple(
        Case(f"{cell}, sizes {k}", general=True, draw=_cell(cell))
        for cell in ("rnn", "lstm")
        for k in (1, 2)
    ),
    floats=False,
    mistakes=slips(_count, _COUNTING),
)


# largest_state -----------------------------------------------------------------------------------


def _budget(cell: str, spare: int | None) -> Draw:
    """Draw a budget; with `spare`, so many numbers above what some size costs exactly."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        D, O = sizes["D"], sizes["O"]  # noqa: E741
        budget = int(rng.integers(500, 3000))
        if spare is not None:
            H = int(rng.integers(5, 15))
            budget = count_cell_parameters(cell, D, H) + O * H + O + spare
        return {"cell": cell, "D": D, "O": O, "budget": budget}

    return draw


_FITTING = {
    "one too large": "the size is one too large: it is the first that goes beyond the budget",
    "one too small": "the size is one too small: one number more would still be within the budget",
    "exact fit refused": "a size that costs exactly the budget is refused; it is within it",
    "output layer forgotten": "the output layer, W_hy and b_y, is not counted",
    "output bias forgotten": "the bias of the output layer, b_y, is not counted",
    "output layer reads the input": "W_hy is counted as (O, D); it reads the state, so it is (O, H)",
    "square forgotten": (
        "the cost is taken to grow in proportion to H; W_h has H columns too, so there is a square in it"
    ),
    "rounded to the nearest": "the size is rounded to the nearest; what is beyond the budget does not fit",
    "cell ignored": "the size is the same for every cell; which one it is matters",
    "cost returned": "what is returned is the number of parameters; asked is the size of the state, H",
    "what is left returned": "what is returned is what is left of the budget; asked is the size, H",
}


def _fit(made: Slips, cell: str, D: int, O: int, budget: int) -> int:  # noqa: E741
    def cost(H: int) -> int:
        total = count_cell_parameters("rnn" if "cell ignored" in made else cell, D, H)
        if "output layer reads the input" in made:
            total += O * D + O
        elif "output layer forgotten" not in made:
            total += O * H + (0 if "output bias forgotten" in made else O)
        return total

    if "square forgotten" in made:
        return budget // cost(1)
    H = 0
    while cost(H + 1) < budget or (cost(H + 1) == budget and "exact fit refused" not in made):
        H += 1
    if "rounded to the nearest" in made and cost(H + 1) - budget < budget - cost(H):
        H += 1
    if "one too large" in made:
        H += 1
    if "one too small" in made:
        H -= 1
    if "cost returned" in made:
        return cost(H)
    return budget - cost(H) if "what is left returned" in made else H


def _too_large_by_rounding(arguments: Arguments, got: tuple[np.ndarray, ...]) -> Mistake | None:
    """Say that a size is a whole number where a fraction came."""
    if got[0].ndim == 0 and not float(got[0]).is_integer():
        return Mistake(
            "not a whole number",
            "the size is not rounded down to a whole number; a state has no half of a unit",
            largest_state,
        )
    return None


_LARGEST_STATE = Exercise(
    name="largest_state",
    lesson=_LESSON,
    points=1,
    reference=largest_state,
    outputs={"H": ""},
    draw=_budget("gru", None),
    letters="DO",
    edges=(
        Case("a budget that fits exactly", general=True, draw=_budget("lstm", 0)),
        Case("one number more than fits", general=True, draw=_budget("gru", 1)),
        Case("one number less than would fit", general=True, draw=_budget("lstm", -1)),
        Case("a little short of one unit more", general=True, draw=_budget("gru", -10)),
        Case("the tanh RNN, nearly one unit more", general=True, draw=_budget("rnn", -1)),
        Case("the tanh RNN, exactly", general=True, draw=_budget("rnn", 0)),
    ),
    floats=False,
    diagnose=_too_large_by_rounding,
    mistakes=slips(_fit, _FITTING),
)

EXERCISES = (_GRU_STEP, _GRU_STEP_BACKWARD, _COUNT, _LARGEST_STATE)
