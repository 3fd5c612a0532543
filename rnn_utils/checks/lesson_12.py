"""Lesson 12, the LSTM."""

from collections.abc import Callable, Mapping
from itertools import permutations

import numpy as np

from rnn_utils.activations import sigmoid
from rnn_utils.checks import backward_steps
from rnn_utils.checks.exercise import (
    TOGETHER,
    Arguments,
    Case,
    Exercise,
    Mistake,
    Sizes,
    scaled,
    slips,
)
from rnn_utils.checks.steps import Slips
from rnn_utils.lstm import (
    lstm_backward,
    lstm_forward,
    lstm_gates,
    lstm_step,
    lstm_step_backward,
)

_LESSON = "12_lstm"

Gradients = tuple[np.ndarray, ...]

#: Slips that change what the equations say, forward and, consistently, on the way back.
_VARIANTS = {
    "order i, f, o, g": (
        "the blocks are read in the order i, f, o, g; here they are stacked i, f, g, o, so the output "
        "gate and what might be written have changed places"
    ),
    "order f, i, g, o": (
        "the blocks are read in the order f, i, g, o; here they are stacked i, f, g, o, so the input and "
        "the forget gate have changed places"
    ),
    "order f, i, o, g": "the blocks are read in the order f, i, o, g; here they are stacked i, f, g, o",
    "order g, i, f, o": "the blocks are read in the order g, i, f, o; here they are stacked i, f, g, o",
    "order i, o, f, g": "the blocks are read in the order i, o, f, g; here they are stacked i, f, g, o",
    "order i, g, f, o": "the blocks are read in the order i, g, f, o; here they are stacked i, f, g, o",
    "order o, f, i, g": "the blocks are read in the order o, f, i, g; here they are stacked i, f, g, o",
    "order f, g, i, o": "the blocks are read in the order f, g, i, o; here they are stacked i, f, g, o",
    "forget bias added": (
        "one is added to the forget gate's sum; a forget bias of one stands in b, where it can be learnt"
    ),
    "gates interleaved": (
        "the rows are read in turns, i, f, g, o, i, f, …; each gate has H rows in one block"
    ),
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

_FORWARD_ONLY = {
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


def _identity(a: np.ndarray) -> np.ndarray:
    return a


#: A squashing function, with its derivative from its output.
_Squash = tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]
_LINE: _Squash = (_identity, np.ones_like)
_TANH: _Squash = (np.tanh, lambda s: 1 - s**2)
_LOGISTIC: _Squash = (sigmoid, lambda s: s * (1 - s))
_TANH_TWICE: _Squash = (
    lambda a: np.tanh(np.tanh(a)),
    lambda s: (1 - s**2) * (1 - np.arctanh(np.clip(s, -0.999999, 0.999999)) ** 2),
)

_ORDERS = {  # where i, f, g, o are looked for, counted in blocks
    "order i, f, o, g": (0, 1, 3, 2),
    "order f, i, g, o": (1, 0, 2, 3),
    "order f, i, o, g": (1, 0, 3, 2),
    "order g, i, f, o": (1, 2, 0, 3),
    "order i, o, f, g": (0, 2, 3, 1),
    "order i, g, f, o": (0, 2, 1, 3),
    "order o, f, i, g": (2, 1, 3, 0),
    "order f, g, i, o": (2, 0, 1, 3),
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
        for name in made & _ORDERS.keys():
            self.rows = self.rows[list(_ORDERS[name])]
        if "gates interleaved" in made:
            self.rows = np.arange(4 * H).reshape(H, 4).T
        self.U, self.W = [W_x[rows] for rows in self.rows], [W_h[rows] for rows in self.rows]
        if "blocks of W_h transposed" in made:
            self.W = [W.T for W in self.W]
        gates_x, g_x = "input missing in the gates" in made, "input missing in g" in made
        gates_h, g_h = "state missing in the gates" in made, "state missing in g" in made
        self.reads_x = [not gates_x, not gates_x, not g_x, not gates_x]
        self.reads_h = [not gates_h, not gates_h, not g_h, not gates_h]
        self.has_bias = "bias missing" not in made
        sums = [
            (x_t @ U.T) * reads_x + (h_prev @ W.T) * reads_h + b[rows] * self.has_bias
            for U, W, rows, reads_x, reads_h in zip(
                self.U, self.W, self.rows, self.reads_x, self.reads_h, strict=True
            )
        ]
        if "forget bias added" in made:
            sums[1] = sums[1] + 1
        gate = _LOGISTIC
        if "tanh for the gates" in made:
            gate = _TANH
        if "gates without sigmoid" in made:
            gate = _LINE
        of_g = {"tanh twice": _TANH_TWICE, "no tanh on g": _LINE, "sigmoid for g": _LOGISTIC}
        of_c = {"no tanh on the cell": _LINE, "sigmoid on the cell": _LOGISTIC}
        g = next((of_g[name] for name in sorted(made & of_g.keys())), _TANH)
        self.show, self.slope_show = next(
            (of_c[name] for name in sorted(made & of_c.keys())), _TANH
        )
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
    c_t = kept * written if "kept and written multiplied" in made else kept + written
    if "tanh around the cell" in made:
        c_t = np.tanh(c_t)
    shown = step.show(c_t)
    if "old cell shown" in made:
        shown = step.show(c_prev)
    if "g shown" in made:
        shown = step.g
    h_t = step.showing * shown
    if "tanh outside" in made:
        h_t = np.tanh(step.showing * c_t)
    return (c_t, h_t) if "h and c exchanged" in made else (h_t, c_t)


def _draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a step whose gates are neither open nor shut, and whose biases show."""
    N, D, H = (sizes[letter] for letter in "NDH")
    return {
        "x_t": rng.standard_normal((N, D)),
        "h_prev": np.tanh(rng.standard_normal((N, H))),
        "c_prev": rng.standard_normal((N, H)),
        "W_x": rng.standard_normal((4 * H, D)) / np.sqrt(D),
        "W_h": rng.standard_normal((4 * H, H)) / np.sqrt(H),
        "b": rng.standard_normal(4 * H) / 2,
    }


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
    mistakes=slips(_lstm_step, _VARIANTS | _FORWARD_ONLY),
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
    "deltas of i and f exchanged": "the parts of i_t and f_t have changed places",
    "deltas of g and o exchanged": "the parts of g_t and o_t have changed places",
    "dc_prev without the forget gate": "dc_prev lacks f_t, which c_prev was multiplied by",
    "dc_prev from dc_t alone": (
        "dc_prev is made from dc_t as it came, without what reaches the cell through h_t"
    ),
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
    "dh_prev through one gate": "dh_prev goes through one block only; h_prev stands inside all four",
    "dx through one gate": "dx_t goes through one block only; x_t stands inside all four",
    "dW_h uses the new state": "dW_h is made with h_t; W_h was multiplied by h_prev",
    "dW_h uses the cell": "dW_h is made with c_prev; W_h was multiplied by h_prev",
    "stacked i, f, o, g": "the gradients are stacked in the order i, f, o, g; the weights i, f, g, o",
    "stacked f, i, g, o": "the gradients are stacked in the order f, i, g, o; the weights i, f, g, o",
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
    "stacked f, i, o, g": "the gradients are stacked in the order f, i, o, g; the weights i, f, g, o",
}

_BLOCKS = {
    "i": "the input gate",
    "f": "the forget gate",
    "g": "the candidate",
    "o": "the output gate",
}

_BACKWARD |= {
    f"delta of {a} for {b}": f"the part of {_BLOCKS[a]} stands in the rows of {_BLOCKS[b]} too"
    for a, b in permutations(_BLOCKS, 2)
} | {
    f"gradient of {a} missing": f"no gradient goes through {_BLOCKS[a]}: its rows are zero"
    for a in _BLOCKS
}


def _of_cell(made: Slips, step: _Step, dh_t: np.ndarray, dc_t: np.ndarray) -> np.ndarray:
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
    through_h = dh_t * step.showing * slope
    if "way through h_t without o" in made:
        through_h = dh_t * slope
    if "way through h_t missing" in made:
        through_h = 0 * through_h
    if "tanh derivative on dc_t too" in made:
        dc_t = dc_t * slope
    return through_h if "cell's gradient overwritten" in made else dc_t + through_h


def _parts(
    made: Slips,
    step: _Step,
    dh_t: np.ndarray,
    dc_t: np.ndarray,
    h_prev: np.ndarray,
    c_prev: np.ndarray,
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the gradients of the four sums i, f, g, o, and dc_prev, with the slips made."""
    total = _of_cell(made, step, dh_t, dc_t)
    do = dh_t * step.shown
    if "output gate missing" in made:
        do = 0 * do
    if "do without the tanh" in made:
        do = dh_t * step.c
    if "do with the state" in made:
        do = dh_t * step.h
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
    if "di with the old cell" in made:
        di = at_gates * c_prev
    dg = at_gates * step.writing
    if "dg with the forget gate" in made:
        dg = at_gates * step.f
    if "dg without the input gate" in made:
        dg = at_gates

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
    if "square missing for g" in made:
        slopes[2] = 1 - step.g
    if made & {"tanh derivative of g missing", "all derivatives missing"}:
        slopes[2] = np.ones_like(step.g)
    if "double derivative of g" in made:
        slopes[2] = 1 - np.tanh(step.g) ** 2
    if "sigmoid derivative for g" in made:
        slopes[2] = step.g * (1 - step.g)
    a = [d * slope for d, slope in zip((di, df, dg, do), slopes, strict=True)]
    for k, name in enumerate(_BLOCKS):
        if f"gradient of {name} missing" in made:
            a[k] = 0 * a[k]
        for j, other in enumerate(_BLOCKS):
            if f"delta of {name} for {other}" in made:
                a[j] = a[k]
    if "deltas of i and f exchanged" in made:
        a[0], a[1] = a[1], a[0]
    if "deltas of g and o exchanged" in made:
        a[2], a[3] = a[3], a[2]

    dc_prev = (dc_t if "dc_prev from dc_t alone" in made else total) * step.keeping
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
) -> Gradients:
    """Return the gradients of one step, with the slips made."""
    step = _Step(made, x_t, h_prev, c_prev, W_x, W_h, b)
    if "upstream never read" in made:
        dh_t = np.ones_like(dh_t)
    a, dc_prev = _parts(made, step, dh_t, dc_t, h_prev, c_prev)

    to_x = [d @ U * reads for d, U, reads in zip(a, step.U, step.reads_x, strict=True)]
    turned = "dh_prev through blocks transposed" in made
    to_h = [
        d @ (W.T if turned else W) * reads
        for d, W, reads in zip(a, step.W, step.reads_h, strict=True)
    ]
    dx_t = to_x[2] if "dx through one gate" in made else sum(to_x)
    dh_prev = to_h[2] if "dh_prev through one gate" in made else sum(to_h)
    if "dh_prev is zero" in made:
        dh_prev = 0 * dh_prev

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
    if "bias with a kept axis" in made:
        db_all = db_all[None]
    return dx_t, dh_prev, dc_prev, dW_x, dW_h, db_all


def _stacked(made: Slips, rows: np.ndarray, blocks: list[np.ndarray]) -> np.ndarray:
    """Put the blocks of i, f, g, o back where they were read, or where the slips say."""
    if "stacked i, f, o, g" in made:
        blocks = [blocks[0], blocks[1], blocks[3], blocks[2]]
    if "stacked f, i, o, g" in made:
        blocks = [blocks[1], blocks[0], blocks[3], blocks[2]]
    if "stacked f, i, g, o" in made:
        blocks = [blocks[1], blocks[0], blocks[2], blocks[3]]
    result = np.empty((rows.size, *blocks[0].shape[1:]), blocks[0].dtype)
    for places, block in zip(rows, blocks, strict=True):
        result[places] = block
    return result


def _draw_backward(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = _draw(rng, sizes)
    shape = forward["h_prev"].shape
    return {"dh_t": rng.standard_normal(shape), "dc_t": rng.standard_normal(shape)} | forward


_STEP_GRADIENTS = {"dW_x": "4H D", "dW_h": "4H H", "db": "4H"}

_LSTM_STEP_BACKWARD = Exercise(
    name="lstm_step_backward",
    lesson=_LESSON,
    points=4,
    reference=lstm_step_backward,
    outputs={"dx_t": "N D", "dh_prev": "N H", "dc_prev": "N H"} | _STEP_GRADIENTS,
    draw=_draw_backward,
    letters="NDH",
    edges=(Case("a large upstream gradient", draw=scaled(_draw_backward, dh_t=1000.0)),),
    forbids=(lstm_backward, lstm_gates),
    diagnose=backward_steps.clipped(lstm_step_backward),
    mistakes=slips(_lstm_step_backward, _BACKWARD | _VARIANTS),
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
    if made & {"zeros instead of h0", "zeros instead of both"}:
        h_prev = 0 * h0
    if made & {"zeros instead of c0", "zeros instead of both", "cell forgotten"}:
        c_prev = 0 * c0
    if "h0 and c0 exchanged" in made:
        h_prev, c_prev = c_prev, h_prev
    hs, cs = [h_prev], [c_prev]
    inputs = x[::-1] if "last inputs first" in made else x
    for x_t in inputs:
        if "first input at every step" in made:
            x_t = inputs[0]
        h_t, c_t = _lstm_step(made, x_t, h_prev, c_prev, *weights)
        hs.append(h_t)
        cs.append(c_t)
        h_prev = hs[0] if "h not carried over" in made else h_t
        c_prev = cs[0] if made & {"c not carried over", "cell forgotten"} else c_t
        if "tanh of the cell carried" in made:
            c_prev = np.tanh(c_t)
        if "state carried as the cell" in made:
            c_prev = h_t
        if "h and c exchanged in the loop" in made:
            h_prev, c_prev = c_prev, h_prev
    part = slice(None, -1) if "initial state included" in made else slice(1, None)
    h, c = np.stack(hs)[part], np.stack(cs)[part]
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


def _singles(
    wrong: Callable[..., Gradients], says: Mapping[str, str], pairs: tuple[str, ...] = ()
) -> tuple[Mistake, ...]:
    """Return a mistake for every slip, and for every pair of some."""
    both = slips(wrong, {name: says[name] for name in pairs})
    return slips(wrong, says, together=1) + tuple(m for m in both if TOGETHER in m.name)


_LSTM_FORWARD = Exercise(
    name="lstm_forward",
    lesson=_LESSON,
    points=1,
    reference=lstm_forward,
    outputs={"h": "T N H", "c": "T N H"},
    draw=_draw_sequence,
    letters="TNDH",
    edges=(Case("a long sequence", {"T": 9}, general=True),),
    mistakes=_singles(
        _lstm_forward,
        _SEQUENCE | _VARIANTS | _FORWARD_ONLY,
        (*_SEQUENCE, "order i, f, o, g", "order f, i, g, o", "no tanh on the cell"),
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
    "both carries accumulate": (
        "the carried gradients grow by += from step to step; each step replaces them"
    ),
    "state and cell of their own step": "h[t] and c[t] stand where those of the step before belong",
    "forward from zeros": "h0 and c0 are not read: the forward pass starts from zeros",
    "forward with a zero state": "h0 is not read: the forward pass starts from a state of zeros",
    "forward with a zero cell": "c0 is not read: the forward pass starts from a cell of zeros",
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
    "carried cell through f twice": (
        "what is carried to the cell is multiplied by f twice: dc_prev holds it already"
    ),
}

#: Slips of a step that come to the same as a slip of the loop.
_SAME_IN_TIME = {"cell's gradient overwritten", "dc_prev is zero", "upstream never read"}

_TIME_PAIRS = (
    "state's gradient dropped",
    "cell's gradient dropped",
    "loop not reversed",
    "zeros instead of h0",
    "zeros instead of c0",
    "weights overwritten",
    "dh0 is zero",
    "dc0 is zero",
    "bias with a kept axis",
    "order i, f, o, g",
    "order f, i, g, o",
    "no tanh on the cell",
)


#: Slips of the forward pass that the way back starts with, and what they are called there.
_IN_FORWARD = {
    "forward from zeros": "zeros instead of both",
    "forward with a zero state": "zeros instead of h0",
    "forward with a zero cell": "zeros instead of c0",
    "forward without the cell": "cell forgotten",
    "forward with c0": "c not carried over",
    "forward with h0": "h not carried over",
}


def _lstm_backward(
    made: Slips, dh: np.ndarray, x: np.ndarray, h0: np.ndarray, c0: np.ndarray, *weights: np.ndarray
) -> Gradients:
    """Return the gradients of a sequence, with the slips made."""
    T = len(x)
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
    steps = range(T) if "loop not reversed" in made else range(T - 1, -1, -1)
    for t in steps:
        h_prev, c_prev = (h[t - 1], c[t - 1]) if t > 0 else _before(made, h, c, h0, c0)
        if "forward without the cell" in made:
            c_prev = 0 * c0
        if "forward with c0" in made:
            c_prev = c0
        if "forward with h0" in made:
            h_prev = h0
        if made & {"state of its own step", "state and cell of their own step"}:
            h_prev = h[t]
        if made & {"cell of its own step", "state and cell of their own step"}:
            c_prev = c[t]
        immediate = np.ones_like(dh[t]) if "dh never read" in made else dh[t]
        if "dh of the last step at every step" in made:
            immediate = dh[-1]
        if "dh read at the last step only" in made and t < T - 1:
            immediate = 0 * dh[t]
        if made & {"state's gradient dropped", "both gradients dropped"}:
            dh_carried = 0 * dh_carried
        if made & {"cell's gradient dropped", "both gradients dropped"}:
            dc_carried = 0 * dc_carried
        extra = dh[t] if "dh added to the cell" in made else 0
        dx[t], dh_prev, dc_prev, *of_step = _lstm_step_backward(
            made & (_BACKWARD.keys() | _VARIANTS.keys()),
            immediate + dh_carried,
            dc_carried + extra,
            x[t],
            h_prev,
            c_prev,
            *weights,
        )
        if "carried cell through f twice" in made:
            dc_prev = dc_prev * _Step(frozenset(), x[t], h_prev, c_prev, *weights).f
        grow = "both carries accumulate" in made
        grow_h, grow_c = "carried state accumulates" in made, "carried cell accumulates" in made
        dh_carried = dh_carried + dh_prev if grow or grow_h else dh_prev
        dc_carried = dc_carried + dc_prev if grow or grow_c else dc_prev
        first = not totals
        if first or "weights overwritten" in made:
            totals = of_step
        elif "weights of the last step only" not in made:
            totals = [total + part for total, part in zip(totals, of_step, strict=True)]
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
    outputs={"dx": "T N D", "dh0": "N H", "dc0": "N H"} | _STEP_GRADIENTS,
    draw=_draw_sequence_backward,
    letters="TNDH",
    edges=(
        Case("a long sequence", {"T": 9}, general=True),
        Case("a loss that reads the last state only", draw=_many_to_one),
    ),
    diagnose=backward_steps.clipped(lstm_backward),
    mistakes=_singles(
        _lstm_backward,
        _TIME
        | {name: _BACKWARD[name] for name in _BACKWARD if name not in _SAME_IN_TIME}
        | _VARIANTS,
        _TIME_PAIRS,
    ),
)

EXERCISES = (_LSTM_STEP, _LSTM_STEP_BACKWARD, _LSTM_FORWARD, _LSTM_BACKWARD)
