"""The mistakes that learners make in a step of the LSTM.

`LSTMStep` keeps what a step computed, with its mistakes, so that it can be gone back through.
"""

from collections.abc import Callable

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.gated import LINE, LOGISTIC, RELU, TANH, Squash
from rnn_utils.checks.shared_mistakes.step import Made

Gradients = tuple[np.ndarray, ...]


#: The blocks in the order in which they are stacked, and whose they are.
BLOCKS = {
    "i": "the input gate",
    "f": "the forget gate",
    "g": "the candidate g_t",
    "o": "the output gate",
}


GATES = "ifo"


#: Orders in which other libraries, books and blogs stack them.
ORDERS = {
    ", ".join(order): order
    for order in ["ifog", "figo", "fiog", "gifo", "iofg", "igfo", "ofig", "fgio", "ofgi", "fogi"]
}


#: Mistakes that change what the equations say, forward and, consistently, on the way back.
VARIANTS = {
    f"order {order}": f"the blocks are read in the order {order}; here they are stacked i, f, g, o"
    for order in ORDERS
} | {
    "forget bias added": (
        "one is added to the forget gate's sum; a forget bias of one stands in b, where it can be learnt"
    ),
    "gates interleaved": (
        "the rows are read in turns, i, f, g, o, i, f, …; each gate has H rows in one block"
    ),
    "relu for g": "g_t has a ReLU; it has a tanh, since what is written may be negative",
    "relu on the cell": "the cell is shown through a ReLU; h_t is o_t ⊙ tanh(c_t)",
    "gates upside down": "the sigmoids have a wrong sign inside: σ(a) is 1 / (1 + exp(−a))",
    "tanh twice": "tanh is applied twice to what might be written, g_t; once is enough",
    "no tanh on g": "g_t lacks its tanh",
    "sigmoid for g": "g_t has a sigmoid; it has a tanh, since what is written may be negative",
    "no tanh on the cell": "h_t is o_t ⊙ c_t without the tanh around the cell",
    "sigmoid on the cell": "the cell is shown through a sigmoid; h_t is o_t ⊙ tanh(c_t)",
    "tanh for the gates": "the gates have a tanh; a gate lies between 0 and 1, which is a sigmoid",
    "gates without sigmoid": "the gates lack their sigmoid",
    "sigmoid and tanh exchanged": (
        "sigmoid and tanh have changed places: the three gates have a sigmoid, g_t has a tanh"
    ),
    "bias missing": "the bias b is missing",
    "blocks of W_h transposed": (
        "each gate's block of W_h is transposed (it is square, so no shape complains): on paper W h with "
        "a column, in code h_prev @ W.T with rows"
    ),
    "input missing": "x_t is not read: W_x x_t is missing in all four sums",
    "state missing": "h_prev is not read: W_h h_prev is missing in all four sums",
    "input missing in the gates": "i, f and o do not read the input: W_x x_t is missing in them",
    "state missing in the gates": "i, f and o do not read the state: W_h h_prev is missing in them",
    "input missing in g": "g_t does not read the input: W_x x_t is missing in it",
    "state missing in g": "g_t does not read the state: W_h h_prev is missing in it",
    "f for i": "the input is gated by f_t; what is written is i_t ⊙ g_t",
    "i for f": "the old cell is gated by i_t; what is kept is f_t ⊙ c_prev",
    "forget gate missing": "the old cell is kept as a whole; its share is f_t",
    "input gate missing": "g_t is written as a whole; its share is i_t",
    "output gate missing": "the cell is shown as a whole; h_t is o_t ⊙ tanh(c_t)",
    "1 − f for i": (
        "what is written is gated by 1 − f_t; here the input gate i_t has weights of its own"
    ),
    "1 − i for f": (
        "1 − i_t of the old cell is kept; here the forget gate f_t has weights of its own"
    ),
    "1 − f for f": "1 − f_t of the old cell is kept; the forget gate says how much stays, f_t",
}


#: Those of them that are often made beside another mistake.
OFTEN = (
    "order i, f, o, g",
    "order f, i, g, o",
    "gates interleaved",
    "tanh twice",
    "no tanh on g",
    "sigmoid for g",
    "no tanh on the cell",
    "gates without sigmoid",
    "bias missing",
    "blocks of W_h transposed",
    "forget gate missing",
    "input gate missing",
    "output gate missing",
    "1 − f for i",
)


FORWARD_ONLY = {
    "bias twice": "b is added twice; PyTorch's two biases are one here, b",
    "[x, h] against [W_h, W_x]": (
        "x_t and h_prev stand side by side in one order and their weights in the other: [x_t, h_prev] "
        "belongs to [W_x, W_h]"
    ),
    "[h, x] against [W_x, W_h]": (
        "h_prev and x_t stand side by side in one order and their weights in the other: [h_prev, x_t] "
        "belongs to [W_h, W_x]"
    ),
    "W_x reshaped": "W_x went through `reshape` where `.T` belongs: the shape is right, the rows are mixed",
    "cell cut off": "c_t is cut off at ±1; the cell has no bounds",
    "reshape for transpose": (
        "the weights went through `reshape` where `.T` belongs: that gives the right shape, and mixes "
        "the rows"
    ),
    "W_h reshaped": "W_h went through `reshape` where `.T` belongs: the shape is right, the rows are mixed",
    "weights element by element": (
        "the state meets the diagonals of W_h's blocks alone; W_h h_prev is a matrix product"
    ),
    "all four through the sigmoid": (
        "the sum of g_t went through the sigmoid before its tanh; only the gates have a sigmoid"
    ),
    "gates read the cell too": (
        "the old cell is added to the sums of the gates (“peepholes”); here they read x_t and h_prev"
    ),
    "forget gate reads the cell": (
        "the old cell is added to the forget gate's sum (a “peephole”); here it reads x_t and h_prev"
    ),
    "output gate reads the cell": (
        "the new cell is added to the output gate's sum (a “peephole”); here it reads x_t and h_prev"
    ),
    "written subtracted": "what is written is subtracted; it is added to what is kept",
    "i added to g": "i_t and g_t are added; what is written is i_t ⊙ g_t",
    "old cell missing": "the old cell is missing: c_t is f_t ⊙ c_prev + i_t ⊙ g_t",
    "nothing written": "nothing is written: i_t ⊙ g_t is missing in c_t",
    "state kept for the cell": "h_prev stands where the old cell belongs: what is kept is f_t ⊙ c_prev",
    "cell read for the state": "the gates read c_prev; they read the state before, h_prev",
    "old cell shown": "the old cell is shown: h_t is made from the new one, c_t",
    "g shown": "g_t is shown in place of the cell: h_t is o_t ⊙ tanh(c_t)",
    "h and c exchanged": "h_t and c_t are returned in the order c, h; asked for is h_t, c_t",
    "tanh around the cell": "c_t itself went through a tanh; only what is shown does",
    "tanh outside": "tanh stands around o_t ⊙ c_t; the gate comes after it: o_t ⊙ tanh(c_t)",
    "kept and written multiplied": "what is kept and what is written are multiplied; they are added",
    "i without g": "i_t is written without g_t",
}


#: A line copied for another gate.
#: (Where i reads all that is f's, or f all that is i's, it is named above.)
_COPIED = {
    name: (what, a, b)
    for name, (what, a, b) in gated.copied_lines(
        BLOCKS, ("weights", "bias", "weights and bias")
    ).items()
    if what != "weights and bias" or {a, b} != {"i", "f"}
}


FORWARD_ONLY |= gated.said_of_copied(BLOCKS, _COPIED)


_TANH_TWICE: Squash = (
    lambda a: np.tanh(np.tanh(a)),
    lambda s: (1 - s**2) * (1 - np.arctanh(np.clip(s, -0.999999, 0.999999)) ** 2),
)


_UPSIDE_DOWN: Squash = (lambda a: sigmoid(-a), lambda s: -s * (1 - s))


_SQUASH_G = {
    "tanh twice": _TANH_TWICE,
    "no tanh on g": LINE,
    "sigmoid for g": LOGISTIC,
    "relu for g": RELU,
    "sigmoid and tanh exchanged": LOGISTIC,
}


_SQUASH_CELL = {
    "no tanh on the cell": LINE,
    "sigmoid on the cell": LOGISTIC,
    "relu on the cell": RELU,
}


_SQUASH_GATE = {
    "tanh for the gates": TANH,
    "gates without sigmoid": LINE,
    "gates upside down": _UPSIDE_DOWN,
    "sigmoid and tanh exchanged": TANH,
}


def _chosen(made: Made, choices: dict[str, Squash], right: Squash) -> Squash:
    return next((choices[name] for name in choices if name in made), right)


_MIXED: dict[str, Callable[..., np.ndarray]] = {
    "[x, h] against [W_h, W_x]": lambda x, h, U, W: np.hstack([x, h]) @ np.hstack([W, U]).T,
    "[h, x] against [W_x, W_h]": lambda x, h, U, W: np.hstack([h, x]) @ np.hstack([U, W]).T,
    "reshape for transpose": lambda x, h, U, W: (
        x @ U.reshape(U.shape[::-1]) + h @ W.reshape(W.shape[::-1])
    ),
    "W_x reshaped": lambda x, h, U, W: x @ U.reshape(U.shape[::-1]) + h @ W.T,
    "W_h reshaped": lambda x, h, U, W: x @ U.T + h @ W.reshape(W.shape[::-1]),
    "weights element by element": lambda x, h, U, W: (
        x @ U.T + np.hstack([h * np.diag(block) for block in np.split(W, 4)])
    ),
}


class LSTMStep:
    """One step with the mistakes of `VARIANTS` made, kept so that it can be gone back through."""

    def __init__(
        self,
        made: Made,
        x_t: np.ndarray,
        h_prev: np.ndarray,
        c_prev: np.ndarray,
        W_x: np.ndarray,
        W_h: np.ndarray,
        b: np.ndarray,
    ) -> None:
        H = h_prev.shape[1]
        self.rows = np.arange(4 * H).reshape(4, H)
        if "gates interleaved" in made:
            self.rows = np.arange(4 * H).reshape(H, 4).T
        for name, order in ORDERS.items():
            if f"order {name}" in made:
                self.rows = self.rows[[order.index(letter) for letter in BLOCKS]]
        self.U, self.W = [W_x[rows] for rows in self.rows], [W_h[rows] for rows in self.rows]
        if "blocks of W_h transposed" in made:
            self.W = [W.T for W in self.W]
        gates_x = bool(made & {"input missing", "input missing in the gates"})
        gates_h = bool(made & {"state missing", "state missing in the gates"})
        g_x = bool(made & {"input missing", "input missing in g"})
        g_h = bool(made & {"state missing", "state missing in g"})
        self.reads_x = [not gates_x, not gates_x, not g_x, not gates_x]
        self.reads_h = [not gates_h, not gates_h, not g_h, not gates_h]
        self.has_bias = "bias missing" not in made
        self.sums = self._sums(made, x_t, h_prev, c_prev, W_x, W_h, b)
        gate = _chosen(made, _SQUASH_GATE, LOGISTIC)
        g = _chosen(made, _SQUASH_G, TANH)
        self.show, self.slope_show = _chosen(made, _SQUASH_CELL, TANH)
        squashes = (gate, gate, g, gate)
        self.i, self.f, self.g, self.o = (s[0](a) for s, a in zip(squashes, self.sums, strict=True))
        self.slopes = [
            s[1](v) for s, v in zip(squashes, (self.i, self.f, self.g, self.o), strict=True)
        ]
        self._read_and_write(made, c_prev)

    def _sums(
        self,
        made: Made,
        x_t: np.ndarray,
        h_prev: np.ndarray,
        c_prev: np.ndarray,
        W_x: np.ndarray,
        W_h: np.ndarray,
        b: np.ndarray,
    ) -> list[np.ndarray]:
        """Return what goes into the three sigmoids and the tanh of g."""
        U, W, biases = list(self.U), list(self.W), [b[rows] for rows in self.rows]
        for what, *letters in (_COPIED[name] for name in made & _COPIED.keys()):
            of, to = ("ifgo".index(letter) for letter in letters)
            if "weights" in what:
                U[to], W[to] = self.U[of], self.W[of]
            if "bias" in what:
                biases[to] = b[self.rows[of]]
        sums = [
            (x_t @ U_k.T) * reads_x + (h_prev @ W_k.T) * reads_h + bias * self.has_bias
            for U_k, W_k, bias, reads_x, reads_h in zip(
                U, W, biases, self.reads_x, self.reads_h, strict=True
            )
        ]
        if made & _MIXED.keys():
            mixed = next(_MIXED[name] for name in _MIXED if name in made)
            sums = [(mixed(x_t, h_prev, W_x, W_h) + b)[:, rows] for rows in self.rows]
        if "forget bias added" in made:
            sums[1] = sums[1] + 1
        if "bias twice" in made:
            sums = [a + b[rows] for a, rows in zip(sums, self.rows, strict=True)]
        if "gates read the cell too" in made:
            sums = [
                a if letter == "g" else a + c_prev for letter, a in zip(BLOCKS, sums, strict=True)
            ]
        if "forget gate reads the cell" in made:
            sums[1] = sums[1] + c_prev
        if "all four through the sigmoid" in made:
            sums[2] = sigmoid(sums[2])
        return sums

    def _read_and_write(self, made: Made, c_prev: np.ndarray) -> None:
        """Take the gates to the cell and to the state."""
        one = np.ones_like(self.i)
        # what multiplies g, the old cell and what is shown, each with what it was made from
        self.writing = self.f if "f for i" in made else self.i
        self.keeping = self.i if "i for f" in made else self.f
        if "1 − f for i" in made:
            self.writing = 1 - self.f
        if "1 − f for f" in made:
            self.keeping = 1 - self.f
        if "1 − i for f" in made:
            self.keeping = 1 - self.i
        if "input gate missing" in made:
            self.writing = one
        if "forget gate missing" in made:
            self.keeping = one
        self.showing = one if "output gate missing" in made else self.o
        self.c = self.keeping * c_prev + self.writing * self.g
        if "old cell missing forward" in made:
            self.c = self.writing * self.g
        self.shown = self.show(self.c)
        self.h = self.showing * self.shown


def step_with_mistakes(
    made: Made, x_t: np.ndarray, h_prev: np.ndarray, c_prev: np.ndarray, *weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return h_t and c_t, with the mistakes made."""
    read = c_prev if "cell read for the state" in made else h_prev
    step = LSTMStep(made, x_t, read, c_prev, *weights)
    old = h_prev if "state kept for the cell" in made else c_prev
    kept, written = step.keeping * old, step.writing * step.g
    if "old cell missing" in made:
        kept = 0 * kept
    if "nothing written" in made:
        written = 0 * written
    if "i without g" in made:
        written = step.writing
    if "written subtracted" in made:
        written = -written
    if "i added to g" in made:
        written = step.writing + step.g
    c_t = kept * written if "kept and written multiplied" in made else kept + written
    if "tanh around the cell" in made:
        c_t = np.tanh(c_t)
    if "cell cut off" in made:
        c_t = np.clip(c_t, -1, 1)
    shown = step.show(c_t)
    if "old cell shown" in made:
        shown = step.show(c_prev)
    if "g shown" in made:
        shown = step.g
    showing = step.showing
    if "output gate reads the cell" in made:
        showing = sigmoid(step.sums[3] + c_t)
    h_t = showing * shown
    if "tanh outside" in made:
        h_t = np.tanh(step.showing * c_t)
    return (c_t, h_t) if "h and c exchanged" in made else (h_t, c_t)
