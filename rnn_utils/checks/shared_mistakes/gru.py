"""The mistakes that learners make in a step of the GRU.

`GRUStep` keeps what a step computed, with its mistakes, so that it can be gone back through.
"""

import numpy as np

from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.gated import LINE, LOGISTIC, RELU, TANH, Squash
from rnn_utils.checks.shared_mistakes.step import Made

Gradients = tuple[np.ndarray, ...]


#: The blocks in the order in which they are stacked, and whose they are.
BLOCKS = {"r": "the reset gate", "z": "the update gate", "n": "the candidate"}


#: Mistakes that change what the equations say, forward and, consistently, on the way back.
VARIANTS = {
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
    "reset gate around the input alone": (
        "r_t scales the input's part of the candidate; it scales the state's, W_hn h_{t−1} + b_hn"
    ),
    "reset gate missing": "r_t is missing in the candidate",
    "no tanh": "the candidate lacks its tanh",
    "sigmoid for the candidate": "the candidate has a sigmoid; it has a tanh, since it may be negative",
    "sigmoid of r missing": "the reset gate lacks its sigmoid",
    "sigmoid of z missing": "the update gate lacks its sigmoid",
    "tanh for the gates": "the gates have a tanh; a gate lies between 0 and 1, which is a sigmoid",
    "sigmoid and tanh exchanged": (
        "sigmoid and tanh have changed places: the two gates have a sigmoid, the candidate has a tanh"
    ),
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


FORWARD_ONLY = {
    "b_h of r added twice": "b_h is added twice in the reset gate; b_x and b_h are added once each",
    "b_h of r for b_x": "in the reset gate b_h stands where b_x belongs as well",
    "b_h added twice": "b_h is added twice",
    "1 − z missing": "the candidate is added as a whole; its share is 1 − z_t",
    "z missing": "the old state is added as a whole; its share is z_t",
    "1 − r for the share": "r_t shares out old and new; that is what z_t is for",
    "candidate alone": "the candidate is returned; the update gate has yet to mix it with h_prev",
    "tanh around the result": "there is a tanh around h_t; the mixture needs none",
    "mixed with the reset state": "r_t ⊙ h_prev is kept in place of h_prev; z_t alone says how much stays",
    "bracket of n kept": "the bracket W_hn h_prev + b_hn is kept; what is kept is the old state, h_prev",
    "b_hn missing": "b_h of the candidate is missing in the bracket, W_hn h_prev + b_hn",
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
_COPIED = gated.copied_lines(BLOCKS, ("W_x", "W_h", "b_x", "b_h"))


FORWARD_ONLY |= gated.said_of_copied(BLOCKS, _COPIED)


def _squashed(made: Made) -> tuple[Squash, Squash, Squash]:
    """Return what r, z and n are squashed by, each with its derivative from the output."""
    gate = TANH if made & {"tanh for the gates", "sigmoid and tanh exchanged"} else LOGISTIC
    candidates = {
        "no tanh": LINE,
        "sigmoid for the candidate": LOGISTIC,
        "sigmoid and tanh exchanged": LOGISTIC,
        "relu for the candidate": RELU,
    }
    return (
        LINE if "sigmoid of r missing" in made else gate,
        LINE if "sigmoid of z missing" in made else gate,
        next((candidates[name] for name in candidates if name in made), TANH),
    )


def _rows(made: Made, H: int) -> np.ndarray:
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


class GRUStep:
    """One step with the mistakes of `VARIANTS` made, kept so that it can be gone back through."""

    def __init__(
        self,
        made: Made,
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
        if "b_h of r added twice" in made:
            bias_h[0] = 2 * bias_h[0]
        if "b_h of r for b_x" in made:
            bias_x[0] = bias_h[0]
        if "b_h added twice" in made:
            bias_h = [2 * b for b in bias_h]
        of_block = {"W_x": self.U, "W_h": self.W, "b_x": bias_x, "b_h": bias_h}
        as_it_was = {name: list(parts) for name, parts in of_block.items()}
        for what, a, b in (_COPIED[name] for name in made & _COPIED.keys()):
            of_block[what]["rzn".index(b)] = as_it_was[what]["rzn".index(a)]
        self.bias_hn = bias_h[2]
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
        self.n = f_n(self._inside_tanh(made, h_prev))

    def _inside_tanh(self, made: Made, h_prev: np.ndarray) -> np.ndarray:
        """Return the candidate's sum."""
        inner = self.x_n + self.r * self.h_n
        if "reset before the product" in made:
            inner = self.x_n + (self.r * h_prev) @ self.W[2].T + self.bias_hn
        if "bias of n outside the bracket" in made:
            inner = self.x_n + self.r * (self.h_n - self.bias_hn) + self.bias_hn
        if "reset gate around the input too" in made:
            inner = self.r * (self.x_n + self.h_n)
        if "reset gate around the input alone" in made:
            inner = self.r * self.x_n + self.h_n
        if "reset gate missing" in made:
            inner = self.x_n + self.h_n
        if "Cho's candidate without b_hn" in made:
            inner = self.x_n + (self.r * h_prev) @ self.W[2].T
        if "b_hn missing" in made:
            inner = self.x_n + self.r * (self.h_n - self.bias_hn)
        if "z in the candidate" in made:
            inner = self.x_n + self.z * self.h_n
        if "1 − r in the candidate" in made:
            inner = self.x_n + (1 - self.r) * self.h_n
        if "r times the state" in made:
            inner = self.x_n + self.r * h_prev
        return inner


def step_with_mistakes(
    made: Made, x_t: np.ndarray, h_prev: np.ndarray, *weights: np.ndarray
) -> np.ndarray:
    """Return h_t, with the mistakes made."""
    step = GRUStep(made, x_t, h_prev, *weights)
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
    if "bracket of n kept" in made:
        kept = step.h_n
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


#: Mistakes that are tried two at a time.
IN_PAIRS = tuple(
    name
    for name in VARIANTS | FORWARD_ONLY
    if name not in _COPIED.keys() | {"order n, z, r", "relu for the candidate"}
)
