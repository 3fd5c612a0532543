"""Lesson 12, the LSTM."""

from collections.abc import Callable
from itertools import permutations

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.lstm import (
    lstm_backward,
    lstm_forward,
    lstm_gates,
    lstm_step,
    lstm_step_backward,
)
from rnn_utils.checks.framework.exercise import Arguments, Case, Exercise, Sizes, scaled
from rnn_utils.checks.slips import backward as backward_steps
from rnn_utils.checks.slips import gated
from rnn_utils.checks.slips.gated import LINE, LOGISTIC, RELU, TANH, Squash
from rnn_utils.checks.slips.step import Slips

_LESSON = "12_lstm"

Gradients = tuple[np.ndarray, ...]

#: The blocks in the order in which they are stacked, and whose they are.
_BLOCKS = {
    "i": "the input gate",
    "f": "the forget gate",
    "g": "the candidate g_t",
    "o": "the output gate",
}
_GATES = "ifo"

#: Orders in which other libraries, books and blogs stack them.
_ORDERS = {
    ", ".join(order): order
    for order in ["ifog", "figo", "fiog", "gifo", "iofg", "igfo", "ofig", "fgio", "ofgi", "fogi"]
}

#: Slips that change what the equations say, forward and, consistently, on the way back.
_VARIANTS = {
    f"order {order}": f"the blocks are read in the order {order}; here they are stacked i, f, g, o"
    for order in _ORDERS
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
    "1 − f for f": "1 − f_t of the old cell is kept; the forget gate says how much stays, f_t",
}

#: Those of them that are often made beside another slip.
_OFTEN = (
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

_FORWARD_ONLY = {
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
        _BLOCKS, ("weights", "bias", "weights and bias")
    ).items()
    if what != "weights and bias" or {a, b} != {"i", "f"}
}
_FORWARD_ONLY |= gated.said_of_copied(_BLOCKS, _COPIED)


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
}


def _chosen(made: Slips, choices: dict[str, Squash], right: Squash) -> Squash:
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


class _Step:
    """One step with the slips of `_VARIANTS` made, kept so that it can be gone back through."""

    def __init__(
        self,
        made: Slips,
        x_t: np.ndarray,
        h_prev: np.ndarray,
        c_prev: np.ndarray,
        W_x: np.ndarray,
        W_h: np.ndarray,
        b: np.ndarray,
    ) -> None:
        H = h_prev.shape[1]
        self.rows = np.arange(4 * H).reshape(4, H)
        for name, order in _ORDERS.items():
            if f"order {name}" in made:
                self.rows = self.rows[[order.index(letter) for letter in _BLOCKS]]
        if "gates interleaved" in made:
            self.rows = np.arange(4 * H).reshape(H, 4).T
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
            sums = np.split(mixed(x_t, h_prev, W_x, W_h) + b, 4, axis=1)
        if "forget bias added" in made:
            sums[1] = sums[1] + 1
        if "bias twice" in made:
            sums = [a + b[rows] for a, rows in zip(sums, self.rows, strict=True)]
        if "gates read the cell too" in made:
            sums = [
                a if letter == "g" else a + c_prev for letter, a in zip(_BLOCKS, sums, strict=True)
            ]
        if "forget gate reads the cell" in made:
            sums[1] = sums[1] + c_prev
        if "all four through the sigmoid" in made:
            sums[2] = sigmoid(sums[2])
        self.sums = sums
        gate = _chosen(made, _SQUASH_GATE, LOGISTIC)
        g = _chosen(made, _SQUASH_G, TANH)
        self.show, self.slope_show = _chosen(made, _SQUASH_CELL, TANH)
        squashes = (gate, gate, g, gate)
        self.i, self.f, self.g, self.o = (s[0](a) for s, a in zip(squashes, sums, strict=True))
        self.slopes = [
            s[1](v) for s, v in zip(squashes, (self.i, self.f, self.g, self.o), strict=True)
        ]
        one = np.ones_like(self.i)
        # what multiplies g, the old cell and what is shown, each with what it was made from
        self.writing = self.f if "f for i" in made else self.i
        self.keeping = self.i if "i for f" in made else self.f
        if "1 − f for i" in made:
            self.writing = 1 - self.f
        if "1 − f for f" in made:
            self.keeping = 1 - self.f
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


def _lstm_step(
    made: Slips, x_t: np.ndarray, h_prev: np.ndarray, c_prev: np.ndarray, *weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return h_t and c_t, with the slips made."""
    read = c_prev if "cell read for the state" in made else h_prev
    step = _Step(made, x_t, read, c_prev, *weights)
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


_draw = gated.draw_step(4, ("b",), cell=True)

_LSTM_STEP = Exercise(
    name="lstm_step",
    lesson=_LESSON,
    points=2,
    reference=lstm_step,
    outputs={"h_t": "N H", "c_t": "N H"},
    draw=_draw,
    letters="NDH",
    edges=(Case("large inputs", draw=scaled(_draw, x_t=2000.0)),),
    forbids=(lstm_gates, lstm_forward),
    diagnose=gated.overflowed(lstm_step),
    mistakes=gated.mistakes(
        _lstm_step,
        _VARIANTS | _FORWARD_ONLY,
        (*_OFTEN, "h and c exchanged", "tanh around the cell"),
    ),
)


# lstm_step_backward ------------------------------------------------------------------------------

_BACKWARD = {
    "cell's gradient overwritten": (
        "what reaches the cell from later steps, dc_t, is lost: c_t acts through h_t and through c_{t+1}, "
        "and the two ways are added (+= for =)"
    ),
    "way through h_t missing": (
        "what reaches the cell through h_t is missing: dc_t is what comes from later steps only"
    ),
    "cell without its tanh derivative": (
        "on the way from h_t to c_t the derivative of tanh, 1 − tanh(c_t)², is missing"
    ),
    "tanh derivative of the cell itself": (
        "1 − c_t² stands where 1 − tanh(c_t)² belongs: c_t did not come out of a tanh"
    ),
    "tanh derivative at h_t": "1 − h_t² stands where 1 − tanh(c_t)² belongs: h_t is gated",
    "double derivative of the cell": (
        "tanh is applied once more, 1 − tanh(tanh(c_t))²; tanh(c_t) is the output already"
    ),
    "tanh derivative on dc_t too": (
        "dc_t passes the tanh's derivative as well; it reaches the cell beside the tanh, not through it"
    ),
    "way through h_t without o": "what reaches the cell through h_t lacks its factor o_t",
    "do without the tanh": "do_t is made with c_t; o_t was multiplied by tanh(c_t)",
    "do with the state": "do_t is made with h_t; o_t was multiplied by tanh(c_t)",
    "df with the new cell": "df_t is made with c_t; f_t was multiplied by c_prev",
    "df with the state": "df_t is made with h_prev; f_t was multiplied by c_prev",
    "di with the old cell": "di_t is made with c_prev; i_t was multiplied by g_t",
    "dg with the forget gate": "dg_t is made with f_t; g_t was multiplied by i_t",
    "dg without the input gate": "dg_t lacks i_t, which g_t was multiplied by",
    "gates from dh_t": (
        "di_t, df_t and dg_t are made from dh_t itself; they act on the loss through the cell"
    ),
    "gates from dc_t alone": (
        "di_t, df_t and dg_t are made from dc_t as it came, without what reaches the cell through h_t"
    ),
    "deltas of i and g exchanged": (
        "di_t is made with i_t and dg_t with g_t; each was multiplied by the other"
    ),
    "di with i": "di_t is made with i_t itself; i_t was multiplied by g_t",
    "dg with g": "dg_t is made with g_t itself; g_t was multiplied by i_t",
    "df with the tanh of the old cell": "df_t is made with tanh(c_prev); f_t was multiplied by c_prev",
    "do from dc_t": "do_t is made from dc_t; o_t acts on the loss through h_t, so on dh_t",
    "do from the cell's gradient": (
        "do_t is made from what reaches the cell; o_t acts on the loss through h_t, so on dh_t"
    ),
    "square of the cell inside tanh": (
        "1 − tanh(c_t²) stands where 1 − tanh(c_t)² belongs: the square is of the tanh"
    ),
    "square missing for the cell": "the derivative of the cell's tanh lacks its square: 1 − tanh(c_t)²",
    "bracket squared for the cell": (
        "the bracket is squared, (1 − tanh(c_t))²; the square belongs to tanh(c_t) alone"
    ),
    "tanh derivative of the old cell": (
        "1 − tanh(c_prev)² stands where 1 − tanh(c_t)² belongs: the new cell was shown"
    ),
    "o's derivative on the cell's way": (
        "what reaches the cell through h_t passes o_t (1 − o_t); on this way o_t is a factor, no more"
    ),
    "tanh for o on the cell's way": (
        "what reaches the cell through h_t is multiplied by tanh(c_t) in place of o_t"
    ),
    "dc_t through the output gate": (
        "dc_t is multiplied by o_t and the tanh's derivative too; it reaches the cell beside them"
    ),
    "dh_t added to dc_t": (
        "dh_t is added to dc_t as it is; on its way to the cell it passes o_t and the tanh's derivative"
    ),
    "dc_prev without the forget gate": "dc_prev lacks f_t, which c_prev was multiplied by",
    "dc_prev from dc_t alone": (
        "dc_prev is made from dc_t as it came, without what reaches the cell through h_t"
    ),
    "dc_prev from the way through h_t alone": (
        "dc_prev is made from what came through h_t alone, and lacks dc_t"
    ),
    "dc_prev without dh_t": (
        "in dc_prev the way through h_t lacks dh_t itself: o_t and the tanh's derivative stand there alone"
    ),
    "dc_prev with the cell": "dc_prev is multiplied by c_prev; c_prev was multiplied by f_t",
    "dc_prev with dc_t added": "dc_t is added to dc_prev once more; f_t of it goes back, and no more",
    "dc_prev with the input gate": "dc_prev is multiplied by i_t; c_prev was multiplied by f_t",
    "dc_prev is zero": "dc_prev is zero; c_prev is kept in c_t, times f_t",
    "dh_prev is zero": "dh_prev is zero; h_prev stands inside all four blocks",
    "sigmoid derivative missing": "the gates' derivative, s (1 − s), is missing",
    "double derivative of the sigmoid": (
        "a sigmoid is applied once more in the derivative; the gates are its outputs already"
    ),
    "tanh derivative for the gates": "the gates pass the derivative of tanh, 1 − s²; they are sigmoids",
    "tanh derivative of g missing": "the derivative of g_t's tanh, 1 − g_t², is missing",
    "double derivative of g": (
        "tanh is applied once more, 1 − tanh(g_t)²; but g_t is the output of tanh already"
    ),
    "sigmoid derivative for g": "g_t passes the sigmoid's derivative, g_t (1 − g_t); it is a tanh",
    "dh_prev through blocks transposed": (
        "W_h's blocks are transposed in dh_prev (they are square, so no shape complains): forward the row "
        "h_prev meets W.T, so on the way back the gradient meets W"
    ),
    "dh_prev through g alone": "dh_prev goes through one block only; h_prev stands inside all four",
    "dx through g alone": "dx_t goes through one block only; x_t stands inside all four",
    "dh_prev through o alone": (
        "dh_prev goes through the last block only (= for +=); h_prev stands inside all four"
    ),
    "dx through o alone": (
        "dx_t goes through the last block only (= for +=); x_t stands inside all four"
    ),
    "dh_prev times the forget gate": "dh_prev is multiplied by f_t; that is dc_prev's factor",
    "dh_prev with dh_t added": (
        "dh_t is added to dh_prev; h_prev reaches the loss through the four blocks alone"
    ),
    "derivative at the sums": (
        "a (1 − a) of the sums stands where the sigmoid's derivative belongs; from its output it is s (1 − s)"
    ),
    "derivative of g at its sum": "1 − a² of the sum stands where 1 − g_t² belongs",
    "square of g's sum inside tanh": (
        "1 − tanh(a²) stands where g_t's 1 − tanh(a)² belongs: the square is of the tanh"
    ),
    "brackets missing": (
        "brackets are missing: only the way through h_t is multiplied by the gates' derivatives; dc_t goes "
        "through them too"
    ),
    "db is zero": "db is zero; b stands in all four sums",
    "dW_h uses the new state": "dW_h is made with h_t; W_h was multiplied by h_prev",
    "dW_h uses the cell": "dW_h is made with c_prev; W_h was multiplied by h_prev",
    "bias with a kept axis": "db has the shape (1, 4H); b, and so its gradient, is (4H,)",
    "bias with the batch": "db is not summed over the batch: every row had the same b",
    "mean over the batch": (
        "the gradients of the weights are averaged over the batch; they are sums (if the loss is a mean, "
        "its 1/N is in the upstream gradient already)"
    ),
    "upstream never read": "dh_t is never read: ones stand in its place",
    "first sequence only": "only the first sequence of the batch enters the gradients of the weights",
    "half the derivative of the sigmoid": "1 − s stands where the sigmoid's derivative, s (1 − s), belongs",
    "square missing for g": "the derivative of g_t's tanh lacks its square: 1 − g_t is not 1 − g_t²",
    "all derivatives missing": "the derivatives of the sigmoids and of g_t's tanh are missing",
}

_BACKWARD |= (
    {
        f"delta of {a} for {b}": f"the part of {_BLOCKS[a]} stands in the rows of {_BLOCKS[b]} too"
        for a, b in permutations(_BLOCKS, 2)
    }
    | {
        f"gradient of {a} missing": f"no gradient goes through {_BLOCKS[a]}: its rows are zero"
        for a in _BLOCKS
    }
    | {
        f"joined {order}": (
            f"the four parts of da are joined in the order {order}; the weights stand i, f, g, o"
        )
        for order in _ORDERS
    }
    | {
        f"stacked {order}": (
            f"dW_x, dW_h and db are stacked in the order {order}; the weights stand i, f, g, o"
        )
        for order in _ORDERS
    }
    | {
        f"derivative of {a} missing": f"the derivative of {a}_t's sigmoid, {a}_t (1 − {a}_t), is missing"
        for a in _GATES
    }
    | {
        f"derivative of {a} for {b}": (
            f"d{b}_t passes the derivative of {a}_t's sigmoid; its own is {b}_t (1 − {b}_t)"
        )
        for a, b in permutations(_GATES, 2)
    }
    | {
        f"d{a} from dc_t alone": (
            f"d{a}_t is made from dc_t as it came, without what reaches the cell through h_t"
        )
        for a in "ifg"
    }
    | {
        f"bracket missing at {a}": (
            f"a bracket is missing in {a}_t's line: only the way through h_t is multiplied by the "
            "derivative; dc_t goes through it too"
        )
        for a in "ifg"
    }
    | {
        f"dh_prev without {a}": f"dh_prev lacks the way through {_BLOCKS[a]}; h_prev stands inside all four"
        for a in _BLOCKS
    }
    | {
        f"dx without {a}": f"dx_t lacks the way through {_BLOCKS[a]}; x_t stands inside all four"
        for a in _BLOCKS
    }
    | {
        f"dh_prev through {a}'s block transposed": (
            f"in dh_prev the block of {_BLOCKS[a]} is transposed (it is square, so no shape complains)"
        )
        for a in _BLOCKS
    }
)


def _of_cell(
    made: Slips, step: _Step, dh_t: np.ndarray, dc_t: np.ndarray, c_prev: np.ndarray
) -> np.ndarray:
    """Return all that reaches c_t, with the slips made."""
    slope = step.slope_show(step.shown)
    if "cell without its tanh derivative" in made:
        slope = np.ones_like(slope)
    if "tanh derivative of the cell itself" in made:
        slope = 1 - step.c**2
    if "tanh derivative at h_t" in made:
        slope = 1 - step.h**2
    if "double derivative of the cell" in made:
        slope = 1 - np.tanh(step.shown) ** 2
    if "square of the cell inside tanh" in made:
        slope = 1 - np.tanh(step.c**2)
    if "square missing for the cell" in made:
        slope = 1 - step.shown
    if "bracket squared for the cell" in made:
        slope = (1 - step.shown) ** 2
    if "tanh derivative of the old cell" in made:
        slope = 1 - np.tanh(c_prev) ** 2
    through_h = dh_t * step.showing * slope
    if "way through h_t without o" in made:
        through_h = dh_t * slope
    if "o's derivative on the cell's way" in made:
        through_h = through_h * (1 - step.o)
    if "tanh for o on the cell's way" in made:
        through_h = dh_t * step.shown * slope
    if "dh_t added to dc_t" in made:
        through_h = dh_t
    if "way through h_t missing" in made:
        through_h = 0 * through_h
    if "tanh derivative on dc_t too" in made:
        dc_t = dc_t * slope
    if "dc_t through the output gate" in made:
        dc_t = dc_t * step.showing * slope
    return through_h if "cell's gradient overwritten" in made else dc_t + through_h


def _parts(
    made: Slips,
    step: _Step,
    dh_t: np.ndarray,
    dc_t: np.ndarray,
    h_prev: np.ndarray,
    c_prev: np.ndarray,
    dh_alone: np.ndarray | None,
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the gradients of the four sums i, f, g, o, and dc_prev, with the slips made."""
    to_o = dh_alone if dh_alone is not None and "do from dh[t] alone" in made else dh_t
    if dh_alone is not None and "cell's way from dh[t] alone" in made:
        dh_t = dh_alone
    total = _of_cell(made, step, dh_t, dc_t, c_prev)
    do = to_o * step.shown
    if "output gate missing" in made:
        do = 0 * do
    if "do without the tanh" in made:
        do = to_o * step.c
    if "do with the state" in made:
        do = to_o * step.h
    if "do from dc_t" in made:
        do = dc_t * step.shown
    if "do from the cell's gradient" in made:
        do = total * step.shown
    at_gates = total
    if "gates from dh_t" in made:
        at_gates = dh_t
    if "gates from dc_t alone" in made:
        at_gates = dc_t
    written, kept = at_gates * step.g, at_gates * c_prev
    di, df = written, kept
    if "f for i" in made:
        di, df = 0 * di, df + written
    if "i for f" in made:
        di, df = di + kept, df - kept
    if "1 − f for i" in made:
        di, df = 0 * di, df - written
    if "1 − f for f" in made:
        df = df - 2 * kept
    if "input gate missing" in made:
        di = 0 * di
    if "forget gate missing" in made:
        df = 0 * df
    if "df with the new cell" in made:
        df = at_gates * step.c
    if "df with the state" in made:
        df = at_gates * h_prev
    if "df with the tanh of the old cell" in made:
        df = at_gates * np.tanh(c_prev)
    if "di with the old cell" in made:
        di = at_gates * c_prev
    if made & {"di with i", "deltas of i and g exchanged"}:
        di = at_gates * step.i
    dg = at_gates * step.writing
    if "dg with the forget gate" in made:
        dg = at_gates * step.f
    if "dg without the input gate" in made:
        dg = at_gates
    if made & {"dg with g", "deltas of i and g exchanged"}:
        dg = at_gates * step.g
    if "di from dc_t alone" in made:
        di = dc_t * step.g
    if "df from dc_t alone" in made:
        df = dc_t * c_prev
    if "dg from dc_t alone" in made:
        dg = dc_t * step.writing

    slopes = list(step.slopes)
    gates = (step.i, step.f, None, step.o)
    for k, s in enumerate(gates):
        if s is None:
            continue
        if "sigmoid derivative missing" in made:
            slopes[k] = np.ones_like(s)
        if "half the derivative of the sigmoid" in made:
            slopes[k] = 1 - s
        if "all derivatives missing" in made:
            slopes[k] = np.ones_like(s)
        if "double derivative of the sigmoid" in made:
            slopes[k] = sigmoid(s) * (1 - sigmoid(s))
        if "tanh derivative for the gates" in made:
            slopes[k] = 1 - s**2
        if "derivative at the sums" in made:
            slopes[k] = step.sums[k] * (1 - step.sums[k])
    for k, letter in enumerate(_BLOCKS):
        if f"derivative of {letter} missing" in made:
            slopes[k] = np.ones_like(slopes[k])
        for j, other in enumerate(_BLOCKS):
            if f"derivative of {letter} for {other}" in made:
                slopes[j] = step.slopes[k]
    if "derivative of g at its sum" in made:
        slopes[2] = 1 - step.sums[2] ** 2
    if "square of g's sum inside tanh" in made:
        slopes[2] = 1 - np.tanh(step.sums[2] ** 2)
    if "square missing for g" in made:
        slopes[2] = 1 - step.g
    if made & {"tanh derivative of g missing", "all derivatives missing"}:
        slopes[2] = np.ones_like(step.g)
    if "double derivative of g" in made:
        slopes[2] = 1 - np.tanh(step.g) ** 2
    if "sigmoid derivative for g" in made:
        slopes[2] = step.g * (1 - step.g)
    a = [d * slope for d, slope in zip((di, df, dg, do), slopes, strict=True)]
    beside = [
        dc_t * step.g,
        dc_t * c_prev,
        dc_t * step.writing,
    ]  # of each, what came along the cell
    for k, (letter, part) in enumerate(zip("ifg", beside, strict=True)):
        if made & {"brackets missing", f"bracket missing at {letter}"}:
            a[k] = a[k] + part * (1 - slopes[k])
    for k, name in enumerate(_BLOCKS):
        if f"gradient of {name} missing" in made:
            a[k] = 0 * a[k]
        for j, other in enumerate(_BLOCKS):
            if f"delta of {name} for {other}" in made:
                a[j] = a[k]
    for name, order in _ORDERS.items():
        if f"joined {name}" in made:
            a = [a["ifgo".index(letter)] for letter in order]

    dc_prev = (dc_t if "dc_prev from dc_t alone" in made else total) * step.keeping
    if "dc_prev from the way through h_t alone" in made:
        dc_prev = (total - dc_t) * step.keeping
    if "dc_prev without dh_t" in made:
        dc_prev = (dc_t + step.showing * step.slope_show(step.shown)) * step.keeping
    if "dc_prev with the cell" in made:
        dc_prev = total * c_prev
    if "dc_prev with dc_t added" in made:
        dc_prev = dc_prev + total
    if "dc_prev without the forget gate" in made:
        dc_prev = total
    if "dc_prev with the input gate" in made:
        dc_prev = total * step.i
    if "dc_prev is zero" in made:
        dc_prev = 0 * total
    return a, dc_prev


def _lstm_step_backward(
    made: Slips,
    dh_t: np.ndarray,
    dc_t: np.ndarray,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    c_prev: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
    dh_alone: np.ndarray | None = None,
) -> Gradients:
    """Return the gradients of one step, with the slips made.

    `dh_alone` is dh_t without what was carried to it, for slips that leave that out.
    """
    step = _Step(made, x_t, h_prev, c_prev, W_x, W_h, b)
    if "upstream never read" in made:
        dh_t = np.ones_like(dh_t)
    a, dc_prev = _parts(made, step, dh_t, dc_t, h_prev, c_prev, dh_alone)

    to_x = [d @ U * reads for d, U, reads in zip(a, step.U, step.reads_x, strict=True)]
    turned = [
        "dh_prev through blocks transposed" in made
        or f"dh_prev through {letter}'s block transposed" in made
        for letter in _BLOCKS
    ]
    to_h = [
        d @ (W.T if turn else W) * reads
        for d, W, turn, reads in zip(a, step.W, turned, step.reads_h, strict=True)
    ]
    dx_t, dh_prev = _through(made, "dx", to_x), _through(made, "dh_prev", to_h)
    if "dh_prev is zero" in made:
        dh_prev = 0 * dh_prev
    if "dh_prev times the forget gate" in made:
        dh_prev = dh_prev * step.f
    if "dh_prev with dh_t added" in made:
        dh_prev = dh_prev + dh_t

    rows = slice(1 if "first sequence only" in made else None)
    seen = h_prev
    if "dW_h uses the new state" in made:
        seen = step.h
    if "dW_h uses the cell" in made:
        seen = c_prev
    dU = [d[rows].T @ x_t[rows] * reads for d, reads in zip(a, step.reads_x, strict=True)]
    dW = [d[rows].T @ seen[rows] * reads for d, reads in zip(a, step.reads_h, strict=True)]
    if "blocks of W_h transposed" in made:
        dW = [W.T for W in dW]
    if "bias with the batch" in made:
        stacked = [_stacked(made, step.rows, blocks) for blocks in (dU, dW)]
        return dx_t, dh_prev, dc_prev, *stacked, np.concatenate(a, axis=1)
    db = [d[rows].sum(axis=0) * step.has_bias for d in a]
    dW_x, dW_h, db_all = (_stacked(made, step.rows, blocks) for blocks in (dU, dW, db))
    if "mean over the batch" in made:
        dW_x, dW_h, db_all = (d / len(x_t) for d in (dW_x, dW_h, db_all))
    if "db is zero" in made:
        db_all = 0 * db_all
    if "bias with a kept axis" in made:
        db_all = db_all[None]
    return dx_t, dh_prev, dc_prev, dW_x, dW_h, db_all


def _through(made: Slips, name: str, parts: list[np.ndarray]) -> np.ndarray:
    """Return the sum of what comes back through the four blocks, with the slips made."""
    for part, letter in zip(parts, _BLOCKS, strict=True):
        if f"{name} through {letter} alone" in made:
            return part
    kept = zip(parts, _BLOCKS, strict=True)
    return np.sum([p for p, letter in kept if f"{name} without {letter}" not in made], axis=0)


def _stacked(made: Slips, rows: np.ndarray, blocks: list[np.ndarray]) -> np.ndarray:
    """Put the blocks of i, f, g, o back where they were read, or where the slips say."""
    for name, order in _ORDERS.items():
        if f"stacked {name}" in made:
            blocks = [blocks["ifgo".index(letter)] for letter in order]
    return gated.put_back(rows, blocks)


def _draw_backward(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = _draw(rng, sizes)
    shape = forward["h_prev"].shape
    return {"dh_t": rng.standard_normal(shape), "dc_t": rng.standard_normal(shape)} | forward


#: Slips of the way back that are often made beside another.
_OFTEN_BACK = (
    "cell's gradient overwritten",
    "way through h_t missing",
    "way through h_t without o",
    "cell without its tanh derivative",
    "tanh derivative of the cell itself",
    "double derivative of the cell",
    "tanh derivative on dc_t too",
    "do without the tanh",
    "df with the new cell",
    "dg without the input gate",
    "gates from dc_t alone",
    "dc_prev from dc_t alone",
    "dc_prev without the forget gate",
    "dc_prev is zero",
    "dh_prev is zero",
    "sigmoid derivative missing",
    "double derivative of the sigmoid",
    "tanh derivative for the gates",
    "tanh derivative of g missing",
    "double derivative of g",
    "sigmoid derivative for g",
    "square missing for g",
    "dh_prev through blocks transposed",
    "dW_h uses the new state",
    "bias with a kept axis",
    "mean over the batch",
    "upstream never read",
    "joined i, f, o, g",
    "joined f, i, g, o",
    "joined f, i, o, g",
    "stacked i, f, o, g",
    "stacked f, i, g, o",
)

#: What it tells if the rows of these blocks are wrong and all others right.
_WRONG_ROWS = {
    a: (
        f"the slip is in the lines of {_BLOCKS[a]}: its rows are wrong in what is stacked, and those of "
        "the three others are right"
    )
    for a in _BLOCKS
} | {
    "ifo": (
        "the slip is in what the three sigmoids have in common, their derivative: the rows of i, f and o "
        "are wrong, and those of g are right"
    ),
    "ifg and dc_prev": (
        "the slip is in what reaches the cell: the rows of i, f and g and dc_prev are wrong, which are made "
        "from it, and those of o are right"
    ),
}

_WEIGHTS = {"dW_x": "4H D", "dW_h": "4H H", "db": "4H"}
_GRADIENTS = {"dx_t": "N D", "dh_prev": "N H", "dc_prev": "N H"} | _WEIGHTS

_LSTM_STEP_BACKWARD = Exercise(
    name="lstm_step_backward",
    lesson=_LESSON,
    points=4,
    reference=lstm_step_backward,
    outputs=_GRADIENTS,
    draw=_draw_backward,
    letters="NDH",
    edges=(Case("a large upstream gradient", draw=scaled(_draw_backward, dh_t=1000.0)),),
    forbids=(lstm_backward, lstm_gates),
    diagnose=gated.first_of(
        backward_steps.clipped(lstm_step_backward),
        gated.wrong_rows(lstm_step_backward, tuple(_GRADIENTS), "".join(_BLOCKS), _WRONG_ROWS),
    ),
    mistakes=gated.mistakes(_lstm_step_backward, _BACKWARD | _VARIANTS, (*_OFTEN_BACK, *_OFTEN)),
)


# lstm_forward ------------------------------------------------------------------------------------

_SEQUENCE = {
    "h not carried over": "every step starts from h0; it starts from the state of the step before",
    "c not carried over": "every step starts from c0; it starts from the cell of the step before",
    "tanh of the cell carried": "tanh(c_t) is passed on to the next step; c_t itself is the memory",
    "state carried as the cell": "h_t is passed on as the cell, too; what is passed on is c_t",
    "zeros instead of both": "the first step starts from zeros and reads neither h0 nor c0",
    "zeros instead of h0": "the first step starts from zeros; before the first input the state is h0",
    "zeros instead of c0": "the first step starts from zeros; before the first input the cell is c0",
    "h0 and c0 exchanged": "h0 and c0 have changed places at the first step",
    "h and c exchanged in the loop": "h and c change places from step to step",
    "nothing carried": "every step starts from zeros; it starts from where the step before ended",
    "neither carried": "every step starts from h0 and c0; it starts from where the step before ended",
    "loop from the end": "the loop runs from the last step to the first; h_t needs h_{t−1} first",
    "first step missing": "the first step is never computed: range(T) begins at 0",
    "last step missing": "the last step is never computed: range(T) ends with T − 1",
    "initial state in the first place": (
        "h0 and c0 stand in the first place of h and c, and x[0] is never read: h[0] comes after x[0]"
    ),
    "last inputs first": "the inputs are read from the last to the first",
    "first input at every step": "every step reads the first input; each has its own, x[t]",
    "cells for states": "the states are returned twice; the second is the cells, c",
    "c, h": "the cells and the states are returned in the order c, h; asked for is h, c",
    "initial state included": (
        "h0 and c0 are returned in place of the last state and cell: h[t] comes after x[t]"
    ),
}


def _lstm_forward(
    made: Slips, x: np.ndarray, h0: np.ndarray, c0: np.ndarray, *weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return all states and cells, with the slips made."""
    h_prev, c_prev = h0, c0
    if made & {"zeros instead of h0", "zeros instead of both", "nothing carried"}:
        h_prev = 0 * h0
    if made & {"zeros instead of c0", "zeros instead of both", "nothing carried", "cell forgotten"}:
        c_prev = 0 * c0
    if "h0 and c0 exchanged" in made:
        h_prev, c_prev = c_prev, h_prev
    h, c = np.zeros((len(x), *h0.shape), x.dtype), np.zeros((len(x), *h0.shape), x.dtype)
    begin = h_prev, c_prev
    steps = list(range(len(x)))
    if "first step missing" in made:
        del steps[0]
    if "last step missing" in made:
        del steps[-1]
    if "initial state in the first place" in made:
        h[0], c[0] = h0, c0
        del steps[0]
    if "loop from the end" in made:
        steps.reverse()
    inputs = x[::-1] if "last inputs first" in made else x
    for t in steps:
        x_t = inputs[0] if "first input at every step" in made else inputs[t]
        h[t], c[t] = h_prev, c_prev = _lstm_step(made, x_t, h_prev, c_prev, *weights)
        if made & {"h not carried over", "nothing carried", "neither carried"}:
            h_prev = begin[0]
        if made & {"c not carried over", "nothing carried", "neither carried", "cell forgotten"}:
            c_prev = begin[1]
        if "tanh of the cell carried" in made:
            c_prev = np.tanh(c_prev)
        if "state carried as the cell" in made:
            c_prev = h_prev
        if "h and c exchanged in the loop" in made:
            h_prev, c_prev = c_prev, h_prev
    if "initial state included" in made:
        h, c = np.stack([h0, *h[:-1]]), np.stack([c0, *c[:-1]])
    if "cells for states" in made:
        return h, h
    return (c, h) if "c, h" in made else (h, c)


def _draw_sequence(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    step = _draw(rng, sizes)
    T, N, D = (sizes[letter] for letter in "TND")
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": step["h_prev"],
        "c0": step["c_prev"],
    } | {name: step[name] for name in ("W_x", "W_h", "b")}


_LSTM_FORWARD = Exercise(
    name="lstm_forward",
    lesson=_LESSON,
    points=1,
    reference=lstm_forward,
    outputs={"h": "T N H", "c": "T N H"},
    draw=_draw_sequence,
    letters="TNDH",
    edges=(Case("a long sequence", {"T": 9}, general=True),),
    mistakes=gated.mistakes(
        _lstm_forward, _SEQUENCE | _VARIANTS | _FORWARD_ONLY, (*_SEQUENCE, *_OFTEN)
    ),
)


# lstm_backward -----------------------------------------------------------------------------------

_TIME = {
    "state's gradient dropped": (
        "no dh is carried from step t + 1 to step t: h_t acts through its own output and through all "
        "four blocks of the next step"
    ),
    "cell's gradient dropped": (
        "no dc is carried from step t + 1 to step t: the cell goes on to c_{t+1} directly, times f_{t+1}"
    ),
    "both gradients dropped": "nothing is carried from step t + 1 to step t, neither dh nor dc",
    "dh of the last step at every step": "every step adds the last step's dh; each has its own, dh[t]",
    "dh read at the last step only": (
        "dh is read at the last step only; every state may have an output of its own, so dh[t] is added "
        "at every step"
    ),
    "carries start at ones": (
        "the carried gradients start at ones; nothing comes after the last step, so they start at zeros"
    ),
    "dc starts at ones": "the carried dc starts at ones; nothing comes after the last cell: zeros",
    "dh never read": "dh is never read: ones stand in its place",
    "last dh counted twice": (
        "the carried dh starts as dh[−1], which is added at the last step once more; it starts at zeros"
    ),
    "dh read from the other end": "step t adds dh[T − 1 − t]; its own is dh[t]",
    "dh of the step before": "step t adds dh[t − 1]; its own is dh[t]",
    "dh summed over the later steps": (
        "step t adds the sum of dh[t] and all later ones; what later steps say comes with what is carried"
    ),
    "sum of dh at every step": "every step adds the sum of all dh; each has its own, dh[t]",
    "do from dh[t] alone": (
        "do_t is made from dh[t] alone; what is carried to h_t acts through the output gate, too"
    ),
    "cell's way from dh[t] alone": (
        "what reaches the cell through h_t is made from dh[t] alone; what is carried to h_t goes there, too"
    ),
    "both carries accumulate": (
        "the carried gradients grow by += from step to step; each step replaces them"
    ),
    "state and cell of their own step": "h[t] and c[t] stand where those of the step before belong",
    "forward from zeros": "h0 and c0 are not read: the forward pass starts from zeros",
    "forward with a zero state": "h0 is not read: the forward pass starts from a state of zeros",
    "forward with a zero cell": "c0 is not read: the forward pass starts from a cell of zeros",
    "cell dropped forward, kept on the way back": (
        "the forward pass starts every step from a cell of zeros, and the way back from c[t − 1]: c_t has "
        "to be handed on in both"
    ),
    "old cell missing forward": (
        "the forward pass leaves the old cell out of c_t: it is f_t ⊙ c_prev + i_t ⊙ g_t"
    ),
    "forward with nothing carried": "the forward pass starts every step from zeros",
    "forward without the cell": "the forward pass does not pass c_t on: every step starts from zeros",
    "forward with c0": "the forward pass does not pass c_t on: every step starts from c0",
    "forward with h0": "the forward pass does not pass h_t on: every step starts from h0",
    "loop not reversed": (
        "the loop runs forwards in time; the gradient of a step needs that of the next one first"
    ),
    "zeros instead of h0": (
        "the first step's h_prev is zeros; before the first input the state is h0"
    ),
    "zeros instead of c0": "the first step's c_prev is zeros; before the first input the cell is c0",
    "last state before the first": (
        "at t = 0, h[t − 1] is h[−1], the last state; before the first input the state is h0"
    ),
    "last cell before the first": (
        "at t = 0, c[t − 1] is c[−1], the last cell; before the first input the cell is c0"
    ),
    "last of both before the first": (
        "at t = 0, [t − 1] is [−1], the last step; before the first input there are h0 and c0"
    ),
    "state of its own step": "h_prev is h[t], the state after the step; it is the one before",
    "cell of its own step": "c_prev is c[t], the cell after the step; it is the one before",
    "weights overwritten": (
        "the gradients of the weights are overwritten at each step (= for +=): the same weights act at "
        "every step, so their gradient is the sum over time"
    ),
    "weights of the last step only": (
        "the gradients of the weights hold the last step only; they are sums over time"
    ),
    "mean over time": "the gradients of the weights are averaged over time; they are sums",
    "carried state accumulates": "the carried dh grows by += from step to step; each step replaces it",
    "carried cell accumulates": "the carried dc grows by += from step to step; each step replaces it",
    "dx in reverse": "the steps of dx stand in the order in which the loop found them, last step first",
    "dh0 is zero": "dh0 is zero; the first step read h0",
    "dc0 is zero": "dc0 is zero; the first step kept f_1 of c0",
    "dh0 and dc0 exchanged": "dh0 and dc0 have changed places",
    "dh[0] added to dh0": "dh[0] is added to dh0; it belongs to the first state, h[0]",
    "dh added to the cell": "dh[t] is added to the cell's gradient as well; it belongs to h_t",
    "first step missing": (
        "the loop stops before step 0: the first step's gradients are missing (a range from T − 1 down to "
        "0 ends with range(…, −1, −1))"
    ),
    "last step missing": "the loop begins with step T − 2: the last step's gradients are missing",
    "dc never handed on": (
        "nothing is handed back along the cell: what is carried begins at zeros and stays there, since it "
        "is never set, or lacks what reaches the cell through h_t"
    ),
    "carried cell through its own forget gate": (
        "what comes to c_t from c_{t+1} is multiplied by f_t, and dc0 by none; the factor is that of the "
        "later step, f_{t+1}"
    ),
    "carried cell through the forget gate before": (
        "what is carried to c_{t−1} is multiplied by f_{t−1}; it was multiplied by f_t"
    ),
    "dc0 without the forget gate": "dc0 lacks f_1, which c0 was multiplied by",
    "carried cell through f twice": (
        "what is carried to the cell is multiplied by f twice: dc_prev holds it already"
    ),
}

#: Slips of a step that come to the same as a slip of the loop, or are rare in one.
_NOT_IN_TIME = {
    "cell's gradient overwritten",
    "dc_prev is zero",
    "dc_prev from dc_t alone",
    "upstream never read",
    "dc_prev without dh_t",
} | {f"{what} {order}" for what in ("joined", "stacked") for order in list(_ORDERS)[3:]}

#: Slips of the loop and of its steps that are often made beside another.
_OFTEN_IN_TIME = (
    "state's gradient dropped",
    "cell's gradient dropped",
    "both gradients dropped",
    "dh of the last step at every step",
    "dh read at the last step only",
    "carries start at ones",
    "loop not reversed",
    "forward from zeros",
    "zeros instead of h0",
    "zeros instead of c0",
    "last of both before the first",
    "state of its own step",
    "cell of its own step",
    "weights overwritten",
    "mean over time",
    "dx in reverse",
    "dh0 is zero",
    "dc0 is zero",
    "tanh derivative of the cell itself",
    "double derivative of the cell",
    "dc_prev without the forget gate",
    "sigmoid derivative missing",
    "tanh derivative of g missing",
    "double derivative of g",
    "dh_prev through blocks transposed",
    "dW_h uses the new state",
    "bias with a kept axis",
    "mean over the batch",
    "joined i, f, o, g",
    "joined f, i, g, o",
    "order i, f, o, g",
    "order f, i, g, o",
    "no tanh on the cell",
)

#: Slips of the forward pass that the way back starts with, and what they are called there.
_IN_FORWARD = {
    "forward with nothing carried": "nothing carried",
    "cell dropped forward, kept on the way back": "cell forgotten",
    "old cell missing forward": "old cell missing",
    "forward from zeros": "zeros instead of both",
    "forward with a zero state": "zeros instead of h0",
    "forward with a zero cell": "zeros instead of c0",
    "forward without the cell": "cell forgotten",
    "forward with c0": "c not carried over",
    "forward with h0": "h not carried over",
}


#: Slips of the loop that are made inside its steps.
_IN_STEP = {"do from dh[t] alone", "cell's way from dh[t] alone", "old cell missing forward"}

#: Slips that multiply the carried cell by a forget gate of another step than its own.
_OTHER_FORGET_GATE = {
    "carried cell through its own forget gate",
    "carried cell through the forget gate before",
}


def _forget_gates(
    made: Slips,
    t: int,
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
    weights: tuple[np.ndarray, ...],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the forget gate of step t and of the step before, where a slip needs them."""
    if not made & (_OTHER_FORGET_GATE | {"carried cell through f twice"}):
        return c0, c0
    own, before = (
        _Step(frozenset(), x[s], *((h[s - 1], c[s - 1]) if s > 0 else (h0, c0)), *weights).f
        for s in (t, max(t - 1, 0))
    )
    return own, before


def _lstm_backward(
    made: Slips, dh: np.ndarray, x: np.ndarray, h0: np.ndarray, c0: np.ndarray, *weights: np.ndarray
) -> Gradients:
    """Return the gradients of a sequence, with the slips made."""
    T = len(x)
    W_x, W_h, b = weights
    h, c = _lstm_forward(
        (made & _VARIANTS.keys()) | {_IN_FORWARD[name] for name in made & _IN_FORWARD.keys()},
        *(x, h0, c0, *weights),
    )
    if made & {"forward from zeros", "forward with a zero state"}:
        h0 = 0 * h0
    if made & {"forward from zeros", "forward with a zero cell"}:
        c0 = 0 * c0
    dx = np.zeros_like(x)
    totals: list[np.ndarray] = []
    dh_carried, dc_carried = np.zeros_like(h0), np.zeros_like(c0)
    if "carries start at ones" in made:
        dh_carried, dc_carried = dh_carried + 1, dc_carried + 1
    if "dc starts at ones" in made:
        dc_carried = dc_carried + 1
    if "last dh counted twice" in made:
        dh_carried = dh[-1]
    immediate = _immediate(made, dh)
    steps = list(range(T)) if "loop not reversed" in made else list(range(T - 1, -1, -1))
    if "first step missing" in made:
        steps.remove(0)
    if "last step missing" in made:
        steps.remove(T - 1)
    for t in steps:
        h_prev, c_prev = (h[t - 1], c[t - 1]) if t > 0 else _before(made, h, c, h0, c0)
        if made & {"forward without the cell", "forward with nothing carried"}:
            c_prev = 0 * c0
        if "forward with nothing carried" in made:
            h_prev = 0 * h0
        if "forward with c0" in made:
            c_prev = c0
        if "forward with h0" in made:
            h_prev = h0
        if made & {"state of its own step", "state and cell of their own step"}:
            h_prev = h[t]
        if made & {"cell of its own step", "state and cell of their own step"}:
            c_prev = c[t]
        if made & {"state's gradient dropped", "both gradients dropped"}:
            dh_carried = 0 * dh_carried
        if made & {"cell's gradient dropped", "both gradients dropped"}:
            dc_carried = 0 * dc_carried
        in_step = made & (_BACKWARD.keys() | _VARIANTS.keys() | _IN_STEP)
        own, before = _forget_gates(made, t, x, h, c, h0, c0, weights)
        to_c = dc_carried
        if "carried cell through its own forget gate" in made:
            to_c = to_c * own
        if "dh added to the cell" in made:
            to_c = to_c + dh[t]
        if made & _OTHER_FORGET_GATE or ("dc0 without the forget gate" in made and t == 0):
            in_step |= {"dc_prev without the forget gate"}
        dx[t], dh_prev, dc_prev, *of_step = _lstm_step_backward(
            in_step,
            immediate[t] + dh_carried,
            to_c,
            x[t],
            h_prev,
            c_prev,
            W_x,
            W_h,
            b,
            immediate[t],
        )
        if "carried cell through f twice" in made:
            dc_prev = dc_prev * own
        if "carried cell through the forget gate before" in made:
            dc_prev = dc_prev * before
        if "dc never handed on" in made:
            dc_prev = 0 * dc_prev
        grow = "both carries accumulate" in made
        grow_h, grow_c = "carried state accumulates" in made, "carried cell accumulates" in made
        dh_carried = dh_carried + dh_prev if grow or grow_h else dh_prev
        dc_carried = dc_carried + dc_prev if grow or grow_c else dc_prev
        first = not totals
        if first or "weights overwritten" in made:
            totals = of_step
        elif "weights of the last step only" not in made:
            totals = [total + part for total, part in zip(totals, of_step, strict=True)]
    totals = totals or [np.zeros_like(w) for w in weights]
    if "mean over time" in made:
        totals = [total / T for total in totals]
    if "dx in reverse" in made:
        dx = dx[::-1]
    dh0, dc0 = dh_carried, dc_carried
    if "dh0 is zero" in made:
        dh0 = 0 * dh0
    if "dc0 is zero" in made:
        dc0 = 0 * dc0
    if "dh[0] added to dh0" in made:
        dh0 = dh0 + dh[0]
    if "dh0 and dc0 exchanged" in made:
        dh0, dc0 = dc0, dh0
    return dx, dh0, dc0, *totals


def _immediate(made: Slips, dh: np.ndarray) -> np.ndarray:
    """Return what every step adds to the carried gradient of its state, with the slips made."""
    if "dh never read" in made:
        return np.ones_like(dh)
    if "dh of the last step at every step" in made:
        return np.broadcast_to(dh[-1], dh.shape)
    if "dh read at the last step only" in made:
        return np.concatenate([0 * dh[:-1], dh[-1:]])
    if "dh read from the other end" in made:
        return dh[::-1]
    if "dh of the step before" in made:
        return np.roll(dh, 1, axis=0)
    if "dh summed over the later steps" in made:
        return np.cumsum(dh[::-1], axis=0)[::-1]
    if "sum of dh at every step" in made:
        return np.broadcast_to(dh.sum(axis=0), dh.shape)
    return dh


def _before(
    made: Slips, h: np.ndarray, c: np.ndarray, h0: np.ndarray, c0: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what is taken for the state and the cell before the first step."""
    h_before, c_before = h0, c0
    if "zeros instead of h0" in made:
        h_before = 0 * h0
    if "zeros instead of c0" in made:
        c_before = 0 * c0
    if made & {"last state before the first", "last of both before the first"}:
        h_before = h[-1]
    if made & {"last cell before the first", "last of both before the first"}:
        c_before = c[-1]
    return h_before, c_before


def _draw_sequence_backward(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = _draw_sequence(rng, sizes)
    T, N, H = (sizes[letter] for letter in "TNH")
    return {"dh": rng.standard_normal((T, N, H))} | forward


def _many_to_one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _draw_sequence_backward(rng, sizes)
    arguments["dh"][:-1] = 0.0
    return arguments


_LSTM_BACKWARD = Exercise(
    name="lstm_backward",
    lesson=_LESSON,
    points=3,
    reference=lstm_backward,
    outputs={"dx": "T N D", "dh0": "N H", "dc0": "N H"} | _WEIGHTS,
    draw=_draw_sequence_backward,
    letters="TNDH",
    edges=(
        Case("a long sequence", {"T": 9}, general=True),
        Case("a loss that reads the last state only", draw=_many_to_one),
    ),
    diagnose=backward_steps.clipped(lstm_backward),
    mistakes=gated.mistakes(
        _lstm_backward,
        _TIME
        | {name: _BACKWARD[name] for name in _BACKWARD if name not in _NOT_IN_TIME}
        | _VARIANTS,
        _OFTEN_IN_TIME,
    ),
)

EXERCISES = (_LSTM_STEP, _LSTM_STEP_BACKWARD, _LSTM_FORWARD, _LSTM_BACKWARD)
