"""The slips that learners make on the way back: through one step, and through a sequence.

Every function here takes the set of slips to make as its first argument, so that slips can also be
tried in combination. Names are those of lesson 07: dh is the immediate gradient of the states, what
the steps after add to it is carried, total is their sum, and da is the gradient before the tanh.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.checks.framework.draws import Arguments
from rnn_utils.checks.framework.exercise import Mistake
from rnn_utils.checks.slips.step import Slips

Arrays = tuple[np.ndarray, ...]
Gradients = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]

#: Slips of the derivative of tanh, common to a step and a sequence.
SLOPE = {
    "tanh derivative missing": "the derivative of tanh, 1 − h_t², is missing on the way through it",
    "double derivative": (
        "tanh is applied once more, 1 − tanh(h_t)²; but h_t is the output of tanh already"
    ),
    "derivative of the state before": (
        "the derivative of tanh is taken at h_{t−1}; the tanh of step t gave h_t"
    ),
    "square missing": "the derivative of tanh lacks its square: 1 − h_t is not 1 − h_t²",
    "bracket squared": "the bracket is squared, (1 − h_t)²; the square belongs to h_t alone",
    "plus for minus": "the derivative of tanh has a wrong sign in it, 1 + h_t²",
    "minus one": "the derivative of tanh has the wrong sign, h_t² − 1",
    "square only": "only h_t² stands where the derivative of tanh belongs",
    "derivative of the sigmoid": "this is the sigmoid's derivative, h_t (1 − h_t); tanh has another",
    "derivative of a relu": "this is the derivative of a ReLU; the step has a tanh",
    "divided by the derivative": "it is divided by 1 − h_t²; the chain rule multiplies",
    "derivative twice": "the gradient passes the derivative of tanh twice in one step",
    "tanh for its derivative": "tanh of h_t stands where the derivative of tanh belongs",
    "state for the derivative": "h_t itself stands where the derivative of tanh belongs",
    "one minus tanh": "1 − tanh(h_t) stands where the derivative of tanh belongs",
    "derivative of the square": "−2 h_t stands where the derivative of tanh, 1 − h_t², belongs",
    "square inside tanh": "1 − tanh(h_t²) stands where 1 − h_t² belongs; h_t is the output of tanh already",
    "slope of the gradient": (
        "the derivative of tanh is taken at the gradient; it is taken at the value, 1 − h_t²"
    ),
    "matrix product for the square": (
        "h_t @ h_t.T stands where h_t² belongs: each number is multiplied by itself, `h_t * h_t`"
    ),
    "root of the derivative": "the root of 1 − h_t² stands where 1 − h_t² belongs",
}

#: Slips of single gradients, common to a step and a sequence.
PARTS = {
    "dW_hh uses the new state": (
        "dW_hh is made with h_t; W_hh was multiplied by the state before, h_{t−1}"
    ),
    "dW_hh transposed": (
        "dW_hh is transposed (it is square, so no shape complains): row i belongs to unit i of the "
        "gradient, column j to unit j of the state that W_hh was multiplied by"
    ),
    "dW_xh without the tanh derivative": (
        "dW_xh is made from the gradient after the tanh; W_xh stands inside it"
    ),
    "dW_hh without the tanh derivative": (
        "dW_hh is made from the gradient after the tanh; W_hh stands inside it"
    ),
    "db_h without the tanh derivative": (
        "db_h is made from the gradient after the tanh; b_h stands inside it"
    ),
    "dx without the tanh derivative": (
        "the gradient of the input is made from the gradient after the tanh; the input stands inside it"
    ),
    "dx without W_xh": ("the gradient of the input lacks W_xh, which the input was multiplied by"),
    "tanh derivative on the way back only": (
        "only what goes back to the state before has passed the tanh; x_t, the weights and the bias "
        "stand inside it as well"
    ),
    "db_h with a kept axis": "db_h has the shape (1, H); b_h, and so its gradient, is (H,)",
    "db_h with the batch": "db_h is not summed over the batch: every row had the same b_h",
    "db_h summed over the units": (
        "db_h is summed over the units instead of over the batch: it should keep the axis H"
    ),
    "dW_hh is one number": (
        "dW_hh is a sum over everything, one number; entry (i, j) is the sum over the batch of da[:, i] "
        "times the state before [:, j]"
    ),
    "db_h from dW_xh": (
        "db_h is the sum of dW_xh; b_h was added as it is, so db_h is the sum of da over the batch"
    ),
    "db_h from dW_hh": (
        "db_h is the sum of dW_hh; b_h was added as it is, so db_h is the sum of da over the batch"
    ),
    "db_h is one number": "db_h is summed up to one number; there is one for each unit",
    "mean over the batch": (
        "the gradients of the weights are averaged over the batch; they are sums (if the loss is a "
        "mean, its 1/N is in the upstream gradient already)"
    ),
    "db_h mean over the batch": "db_h is averaged over the batch; it is a sum",
}

#: Slips of one step.
STEP = {
    "W_hh transposed": (
        "W_hh is transposed in dh_prev (it is square, so no shape complains): forward the row h_prev "
        "meets W_hh.T, so on the way back da_t meets W_hh"
    ),
    "dh_prev through dW_hh": (
        "dh_prev is made with dW_hh, a gradient; h_prev was multiplied by the weight W_hh itself"
    ),
    "dx through dW_xh": "dx_t is made with dW_xh, a gradient; x_t was multiplied by the weight W_xh itself",
    "dh_prev without W_hh": "dh_prev lacks W_hh, which h_prev was multiplied by",
    "dh_prev without the tanh derivative": (
        "dh_prev is made from the gradient after the tanh; h_prev stands inside it"
    ),
    "dh_prev through one tanh too many": (
        "dh_prev is multiplied by 1 − h_prev²: that tanh belongs to the step before"
    ),
    "upstream added to dh_prev": (
        "dh_t is added to dh_prev; there is one way only from h_t to h_prev, through the tanh"
    ),
    "state added to dh_prev": "a state is added to dh_prev as if it were a gradient",
    "state added to the upstream": "the state h_t is added to dh_t as if it were a gradient",
    "state before added to the upstream": "h_prev is added to dh_t as if it were a gradient",
    "upstream never read": "dh_t is never read: ones stand in its place",
    "first sequence only": "only the first sequence of the batch enters the gradients of the weights",
}

#: Slips of the way back through time: what arrives at a state, and what is handed on.
TIME = {
    "recurrent gradient dropped": (
        "nothing is carried from step t + 1 to step t: h_t acts on the loss through its own output "
        "and through h_{t+1}, and only the first way is there"
    ),
    "carry from ones, upstream never read": (
        "the carried gradient starts at ones and dh is never read; it starts at zeros, for nothing "
        "comes after the last step, and dh[t] is added at every step"
    ),
    "carry starts at ones": (
        "the carried gradient starts at ones; nothing comes after the last step, so it starts at zeros"
    ),
    "carry starts at the last upstream": (
        "the last step's dh is counted twice, once at the start and once in the loop"
    ),
    "upstream is ones": "dh is never read: ones stand in its place",
    "last upstream at every step": "every step adds the last step's dh; each has its own, dh[t]",
    "first upstream at every step": "every step adds the first step's dh; each has its own, dh[t]",
    "upstream at the last step only": (
        "dh is read at the last step only; every state may have an output of its own, so dh[t] is "
        "added at every step"
    ),
    "summed upstream at every step": "every step adds the sum of dh over time; each has its own, dh[t]",
    "upstream of the step before": "step t adds dh[t − 1]; it is off by one in time",
    "upstream of the next step": "step t adds dh[t + 1]; it is off by one in time",
    "upstream in reverse": "dh is read from the first step on while the loop goes back from the last",
    "states in reverse": "h is read from the first step on while the loop goes back from the last",
    "loop not reversed": (
        "the loop runs forwards in time; the gradient of a state needs that of the next one first"
    ),
    "W_hh transposed in the carry": (
        "W_hh is transposed on the way back (it is square, so no shape complains): forward the row "
        "h_{t−1} meets W_hh.T, so on the way back da meets W_hh"
    ),
    "W_hh missing in the carry": "what is carried back lacks W_hh, which h_{t−1} was multiplied by",
    "W_hh by element in the carry": (
        "what is carried back meets W_hh's diagonal only; every unit acts on every unit"
    ),
    "carry without the tanh derivative": (
        "what is carried back has not passed the tanh: h_{t−1} stands inside it, so the factor "
        "1 − h_t² comes before W_hh"
    ),
    "carry added after the tanh derivative": (
        "what is carried back is added after the factor 1 − h_t²; both ways end at h_t, so their sum "
        "passes its tanh"
    ),
    "upstream added after the tanh derivative": (
        "dh[t] is added after the factor 1 − h_t²; both ways end at h_t, so their sum passes its tanh"
    ),
    "carry accumulates": (
        "the carried gradient grows by += from step to step; each step replaces it, since the sum is "
        "handed on already"
    ),
    "carry counted twice": "what is carried back is added twice",
    "carry through two derivatives": (
        "what is carried back passes the derivative of tanh twice on its way into a step"
    ),
    "carry through its own derivative twice": (
        "what is carried back from step t + 1 passes 1 − h_{t+1}² once more, where 1 − h_t² belongs"
    ),
    "carry through the upstream only": (
        "what is handed on is made from dh[t] alone, without what came from step t + 1, so the "
        "gradient reaches back by one step only"
    ),
    "carry is multiplied by the upstream": (
        "dh[t] and what is carried back are multiplied; two ways to the loss are added"
    ),
    "mean of the two ways": "dh[t] and what is carried back are averaged; two ways are added",
    "state added to the total": "the state h_t is added to its gradient as if it were one",
    "state before added to the total": "h_{t−1} is added to a gradient as if it were one",
    "state in place of the carry": (
        "the state is handed back where the carried gradient belongs: a state is no gradient"
    ),
    "state before in place of the carry": (
        "h_{t−1} is handed back where the carried gradient belongs: a state is no gradient"
    ),
    "last derivative at every step": (
        "every step uses the last state's 1 − h², probably of a variable that the forward loop left; "
        "each step has its own"
    ),
    "first derivative at every step": "every step uses the first state's 1 − h²; each has its own",
    "derivative of the next state": "step t uses 1 − h² of step t + 1; it is off by one in time",
    "first step missing": "the loop ends one step early: step 0 is never reached",
    "last step missing": "the loop begins one step early: the last step is left out",
    "only the last step": "only the last step is gone through; the loop runs over all of them",
    "only the first step": "only the first step is gone through; the loop runs over all of them",
    "loop over the batch": (
        "the loop runs over the batch; time is the first axis of dh, the batch is the second"
    ),
}

#: Slips of single gradients of a sequence.
TIME_PARTS = {
    "zeros instead of h0": (
        "the first step's h_{t−1} is zeros, or is left out of dW_hh; before the first input the state "
        "is h0"
    ),
    "last state before the first": (
        "at t = 0, h[t − 1] is h[−1], the last state; before the first input the state is h0"
    ),
    "first state before the first": "at t = 0, h[0] itself is taken as the state before; that is h0",
    "h0 at every step": "dW_hh uses h0 at every step; W_hh was multiplied by h_{t−1}",
    "last state at every step": "dW_hh uses the last state at every step; it belongs to h_{t−1}",
    "state two steps before": "dW_hh uses h_{t−2}; it is off by one in time",
    "state after the next": "dW_hh uses h_{t+1}; W_hh was multiplied by h_{t−1}",
    "weights overwritten": (
        "the gradients of the weights are overwritten at each step (= for +=): the same weights act "
        "at every step, so their gradient is the sum over time"
    ),
    "weights from the last step only": (
        "the gradients of the weights hold the last step only: the same weights act at every step, so "
        "their gradient is the sum over time"
    ),
    "mean over time": (
        "the gradients of the weights are averaged over time; the same weights act at every step, and "
        "their gradient is the sum"
    ),
    "mean over batch and time": (
        "the gradients of the weights are averaged over batch and time; they are sums"
    ),
    "weights running sums": (
        "the running sums of the weights' gradients are summed once more, so that some steps count "
        "several times"
    ),
    "weights without the carry": (
        "the gradients of the weights are made from dh[t] alone, without what is carried back"
    ),
    "dx without the carry": "dx is made from dh[t] alone, without what is carried back",
    "dx in reverse": "the steps of dx stand in the order in which the loop found them, last step first",
    "dx of the last step only": "dx is filled in at one step only",
    "input of the step before": "dW_xh uses the input of step t − 1; it is off by one in time",
    "input of the next step": "dW_xh uses the input of step t + 1; it is off by one in time",
    "first input at every step": "dW_xh uses the first input at every step; each has its own",
    "last input at every step": "dW_xh uses the last input at every step; each has its own",
    "inputs in reverse": "x is read from the first step on while the loop goes back from the last",
    "dh0 without W_hh": "dh0 lacks W_hh, which h0 was multiplied by in the first step",
    "dh0 without the tanh derivative": (
        "dh0 is made from the gradient after the first step's tanh; h0 stands inside it"
    ),
    "dh0 of the second step": (
        "dh0 is what is carried into the first step; h0 lies one step further back"
    ),
    "dh0 is the total of the first state": (
        "dh0 is the gradient of the first state h[0]; h0 lies one step further back"
    ),
    "dh0 is the first upstream": "dh0 is dh[0], which belongs to the first state; h0 lies before it",
    "dh0 from the last step": "dh0 is what the last step hands back; h0 lies before the first step",
    "dh0 summed over time": "dh0 is summed over all steps; only the first step used h0",
    "dh0 with the first upstream": "dh[0] is added to dh0; it belongs to the first state, h[0]",
    "dh0 through one tanh too many": "dh0 is multiplied by 1 − h0², but h0 did not come out of a tanh",
    "dh0 transposed": "W_hh is transposed in dh0 (it is square, so no shape complains)",
    "db_h per step": "db_h is not summed over time: b_h is the same at every step",
}

#: Clipping has no place in a gradient: it hides mistakes from a gradient check.
CLIPPED = {
    "carry clipped to 1": "what is carried back is clipped to ±1; clipping comes after the gradient",
    "carry clipped to 5": "what is carried back is clipped to ±5; clipping comes after the gradient",
    "carry clipped to 10": "what is carried back is clipped to ±10; clipping comes after the gradient",
    "da clipped to 1": "da is clipped to ±1 at each step; clipping comes after the whole gradient",
    "da clipped to 5": "da is clipped to ±5 at each step; clipping comes after the whole gradient",
    "da clipped to 10": "da is clipped to ±10 at each step; clipping comes after the whole gradient",
}

#: Of all slips in a sequence, those common enough to come in pairs.
PAIRED = (
    "recurrent gradient dropped",
    "carry from ones, upstream never read",
    "carry starts at ones",
    "carry starts at the last upstream",
    "upstream is ones",
    "last upstream at every step",
    "upstream at the last step only",
    "upstream of the step before",
    "upstream of the next step",
    "loop not reversed",
    "W_hh transposed in the carry",
    "W_hh missing in the carry",
    "carry without the tanh derivative",
    "carry added after the tanh derivative",
    "upstream added after the tanh derivative",
    "carry accumulates",
    "carry through the upstream only",
    "state added to the total",
    "state before added to the total",
    "state in place of the carry",
    "state before in place of the carry",
    "last derivative at every step",
    "first step missing",
    "last step missing",
    "tanh derivative missing",
    "double derivative",
    "derivative of the state before",
    "square missing",
    "divided by the derivative",
    "tanh derivative on the way back only",
    "dW_hh uses the new state",
    "dW_hh transposed",
    "zeros instead of h0",
    "last state before the first",
    "weights overwritten",
    "weights from the last step only",
    "mean over the batch",
    "mean over time",
    "mean over batch and time",
    "db_h with a kept axis",
    "db_h with the batch",
    "db_h per step",
    "dx in reverse",
    "dx without the tanh derivative",
    "dx without W_xh",
    "input of the step before",
    "input of the next step",
    "dh0 without W_hh",
    "dh0 is the total of the first state",
    "dh0 summed over time",
)

#: ... and those that come even three at a time.
THREE = (
    "recurrent gradient dropped",
    "loop not reversed",
    "W_hh transposed in the carry",
    "last upstream at every step",
    "tanh derivative missing",
    "double derivative",
    "last derivative at every step",
    "dW_hh uses the new state",
    "zeros instead of h0",
    "last state before the first",
    "weights overwritten",
    "db_h with a kept axis",
)

#: The gradient reaches back by so many steps and no further.
CUT = {
    f"cut after {k} steps": (
        f"the gradient of each step's loss is followed back over {k} steps only; here it goes back to "
        "the very beginning"
    )
    for k in (2, 3, 4, 5)
}

_PLAIN_DX = {"dx without the tanh derivative", "tanh derivative on the way back only"}

#: What a gradient is clipped to by each slip that clips.
_LIMITS = {name: float(name.rsplit(" ", 1)[1]) for name in CLIPPED}


def slope(
    made: Slips, h: np.ndarray, before: np.ndarray, total: np.ndarray | None = None
) -> np.ndarray:
    """Return the derivative of tanh from its output h, with the slips made.

    `before` is the state before h, or all of them if h holds a sequence; `total` is the gradient that
    arrives at h, where there is one already.
    """
    s = 1 - h**2
    wrong = {
        "tanh derivative missing": lambda: np.ones_like(h),
        "double derivative": lambda: 1 - np.tanh(h) ** 2,
        "derivative of the state before": lambda: 1 - before**2,
        "square missing": lambda: 1 - h,
        "bracket squared": lambda: (1 - h) ** 2,
        "plus for minus": lambda: 1 + h**2,
        "minus one": lambda: h**2 - 1,
        "square only": lambda: h**2,
        "derivative of the sigmoid": lambda: h * (1 - h),
        "derivative of a relu": lambda: (h > 0).astype(h.dtype),
        "divided by the derivative": lambda: 1 / s,
        "derivative twice": lambda: s**2,
        "tanh for its derivative": lambda: np.tanh(h),
        "state for the derivative": lambda: h,
        "one minus tanh": lambda: 1 - np.tanh(h),
        "derivative of the square": lambda: -2 * h,
        "root of the derivative": lambda: np.sqrt(s),
        "square inside tanh": lambda: 1 - np.tanh(h**2),
        "slope of the gradient": lambda: s if total is None else 1 - total**2,
        "matrix product for the square": lambda: 1 - h @ h.swapaxes(-1, -2),
        "last derivative at every step": lambda: np.broadcast_to(s[-1:], s.shape),
        "first derivative at every step": lambda: np.broadcast_to(s[:1], s.shape),
        "derivative of the next state": lambda: np.concatenate([s[1:], s[:1]]),
    }
    for name in made:
        if name in wrong:
            return wrong[name]()
    return s


def rnn_step_backward(
    made: Slips,
    dh_t: np.ndarray,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    h_t: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
) -> Gradients:
    """Return the gradients of one step, with the slips made."""
    total = np.ones_like(dh_t) if "upstream never read" in made else dh_t
    if "state added to the upstream" in made:
        total = total + h_t
    if "state before added to the upstream" in made:
        total = total + h_prev
    da = total * slope(made, h_t, h_prev, total)

    back = total if "dh_prev without the tanh derivative" in made else da
    dh_prev = back @ (W_hh.T if "W_hh transposed" in made else W_hh)
    if "dh_prev without W_hh" in made:
        dh_prev = back
    if "dh_prev through one tanh too many" in made:
        dh_prev = dh_prev * (1 - h_prev**2)
    if "upstream added to dh_prev" in made:
        dh_prev = dh_prev + dh_t
    if "state added to dh_prev" in made:
        dh_prev = dh_prev + h_prev

    for_x = total if made & _PLAIN_DX else da
    dx_t = for_x if "dx without W_xh" in made else for_x @ W_xh
    rows = slice(1 if "first sequence only" in made else None)
    weights = _weights(made, da[None, rows], total[None, rows], x_t[None, rows])
    dW_xh, dW_hh, db_h = weights(
        (h_t if "dW_hh uses the new state" in made else h_prev)[None, rows]
    )
    if "dx through dW_xh" in made:
        dx_t = for_x @ dW_xh[0]
    if "dh_prev through dW_hh" in made:
        dh_prev = back @ dW_hh[0]
    return dx_t, dh_prev, dW_xh[0], dW_hh[0], db_h[0]


def rnn_backward(
    made: Slips,
    dh: np.ndarray,
    x: np.ndarray,
    h0: np.ndarray,
    h: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
) -> Gradients:
    """Return the gradients of a whole sequence, with the slips made on the way or in a part."""
    before = np.concatenate([h0[None], h[:-1]])
    slopes = slope(made, h[::-1] if "states in reverse" in made else h, before)
    upstream = _upstream(made, dh)
    if any(name in made for name in CUT):
        total, da, carries = _cut_back(made, upstream, slopes, W_hh)
        order = list(reversed(range(len(x))))
    else:
        order = _order(made, *dh.shape[:2])
        total, da, carries = _back(made, order, upstream, slopes, h, before, W_hh)

    dx, parts = _dx(made, order, upstream, slopes, da, total, W_xh), da
    if "weights without the carry" in made:
        parts = upstream * slopes
    weights = _weights(made, parts, total, _inputs(made, x))
    dW_xh, dW_hh, db_h = (
        _over_time(made, order, steps) for steps in weights(_states_before(made, h, before))
    )
    if "mean over time" in made or "mean over batch and time" in made:
        dW_xh, dW_hh, db_h = dW_xh / len(x), dW_hh / len(x), db_h / len(x)
    if "db_h per step" in made:
        db_h = parts.sum(axis=1)
    return dx, _dh0(made, h0, dh, da, total, carries, W_hh), dW_xh, dW_hh, db_h


def _upstream(made: Slips, dh: np.ndarray) -> np.ndarray:
    last = np.arange(len(dh)) == len(dh) - 1
    wrong = {
        "carry from ones, upstream never read": lambda: np.zeros_like(dh),
        "upstream is ones": lambda: np.ones_like(dh),
        "last upstream at every step": lambda: np.broadcast_to(dh[-1:], dh.shape),
        "first upstream at every step": lambda: np.broadcast_to(dh[:1], dh.shape),
        "upstream at the last step only": lambda: dh * last[:, None, None],
        "summed upstream at every step": lambda: np.broadcast_to(dh.sum(axis=0), dh.shape),
        "upstream of the step before": lambda: np.concatenate([dh[-1:], dh[:-1]]),
        "upstream of the next step": lambda: np.concatenate([dh[1:], dh[:1]]),
        "upstream in reverse": lambda: dh[::-1],
    }
    for name in made:
        if name in wrong:
            return wrong[name]()
    return dh


def _order(made: Slips, T: int, N: int) -> list[int]:
    """Return the steps in the order in which the loop visits them."""
    steps = list(reversed(range(N if "loop over the batch" in made else T)))
    if "loop not reversed" in made:
        steps = steps[::-1]
    if "first step missing" in made:
        steps = [t for t in steps if t > 0]
    if "last step missing" in made:
        steps = [t for t in steps if t < T - 1]
    if "only the last step" in made:
        steps = [t for t in steps if t == T - 1]
    if "only the first step" in made:
        steps = [t for t in steps if t == 0]
    return steps


def _back(
    made: Slips,
    order: list[int],
    upstream: np.ndarray,
    slopes: np.ndarray,
    h: np.ndarray,
    before: np.ndarray,
    W_hh: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Return total and da of every step (T, N, H), and what was carried, from the start on."""
    total, da = np.zeros_like(upstream), np.zeros_like(upstream)
    limit = next((_LIMITS[name] for name in made if name in _LIMITS), np.inf)
    carried = np.zeros_like(upstream[0])
    if "carry starts at ones" in made or "carry from ones, upstream never read" in made:
        carried = np.ones_like(carried)
    if "carry starts at the last upstream" in made:
        carried = upstream[-1]
    carries = [carried]
    for t in order:
        total[t] = _arrives(made, upstream[t], carried, h[t], before[t], first=len(carries) == 1)
        da[t] = total[t] * slopes[t]
        if "slope of the gradient" in made:
            da[t] = total[t] * (1 - total[t] ** 2)
        if "carry added after the tanh derivative" in made:
            da[t] = upstream[t] * slopes[t] + carried
        if "upstream added after the tanh derivative" in made:
            da[t] = carried * slopes[t] + upstream[t]
        if any(name.startswith("da clipped") for name in made):
            da[t] = np.clip(da[t], -limit, limit)
        handed = _handed_on(made, t, total[t], da[t], upstream[t], slopes, h, before, W_hh)
        if any(name.startswith("carry clipped") for name in made):
            handed = np.clip(handed, -limit, limit)
        carried = carried + handed if "carry accumulates" in made else handed
        carries.append(carried)
    return total, da, carries


def _arrives(
    made: Slips,
    upstream: np.ndarray,
    carried: np.ndarray,
    h_t: np.ndarray,
    h_prev: np.ndarray,
    first: bool,
) -> np.ndarray:
    """Return the total gradient that arrives at a state."""
    total = upstream + carried
    if "recurrent gradient dropped" in made:
        total = upstream
    if "carry counted twice" in made:
        total = total + carried
    if "carry is multiplied by the upstream" in made and not first:
        total = upstream * carried
    if "mean of the two ways" in made:
        total = total / 2
    if "state added to the total" in made:
        total = total + h_t
    return total + h_prev if "state before added to the total" in made else total


def _handed_on(
    made: Slips,
    t: int,
    total: np.ndarray,
    da: np.ndarray,
    upstream: np.ndarray,
    slopes: np.ndarray,
    h: np.ndarray,
    before: np.ndarray,
    W_hh: np.ndarray,
) -> np.ndarray:
    """Return what a step hands back to the one before."""
    back = total if "carry without the tanh derivative" in made else da
    if "carry through the upstream only" in made:
        back = upstream * slopes[t]
    handed = back @ (W_hh.T if "W_hh transposed in the carry" in made else W_hh)
    if "W_hh missing in the carry" in made:
        handed = back
    if "W_hh by element in the carry" in made:
        handed = back * np.diagonal(W_hh)
    if "carry through two derivatives" in made and t > 0:
        handed = handed * slopes[t - 1]
    if "carry through its own derivative twice" in made and t > 0:
        handed = handed * slopes[t] / slopes[t - 1]
    if "state in place of the carry" in made:
        handed = h[t]
    return before[t] if "state before in place of the carry" in made else handed


def _cut_back(
    made: Slips, upstream: np.ndarray, slopes: np.ndarray, W_hh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Follow each step's own gradient back by a few steps only."""
    T = len(slopes)
    reach = next(k for k, name in enumerate(CUT, start=2) if name in made)
    total, dh0 = np.zeros_like(upstream), np.zeros_like(upstream[0])
    for t in range(T):
        carried = upstream[t]
        for s in range(t, max(t - reach, -1) - 1, -1):
            if s < 0:
                dh0 = dh0 + carried
                break
            total[s] = total[s] + carried
            carried = (carried * slopes[s]) @ W_hh
    return total, total * slopes, [np.zeros_like(dh0)] * T + [dh0]


def _states_before(made: Slips, h: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return the states that dW_hh is made with (T, N, H)."""
    h0 = before[:1]
    wrong = {
        "dW_hh uses the new state": lambda: h,
        "zeros instead of h0": lambda: np.concatenate([0 * h0, h[:-1]]),
        "last state before the first": lambda: np.concatenate([h[-1:], h[:-1]]),
        "first state before the first": lambda: np.concatenate([h[:1], h[:-1]]),
        "h0 at every step": lambda: np.broadcast_to(h0, h.shape),
        "last state at every step": lambda: np.broadcast_to(h[-1:], h.shape),
        "state two steps before": lambda: np.concatenate([h0, before[:-1]]),
        "state after the next": lambda: np.concatenate([h[1:], h[:1]]),
    }
    for name in made:
        if name in wrong:
            return wrong[name]()
    return before[::-1] if "states in reverse" in made else before


def _inputs(made: Slips, x: np.ndarray) -> np.ndarray:
    """Return the inputs that dW_xh is made with (T, N, D)."""
    wrong = {
        "input of the step before": lambda: np.concatenate([x[-1:], x[:-1]]),
        "input of the next step": lambda: np.concatenate([x[1:], x[:1]]),
        "first input at every step": lambda: np.broadcast_to(x[:1], x.shape),
        "last input at every step": lambda: np.broadcast_to(x[-1:], x.shape),
        "inputs in reverse": lambda: x[::-1],
    }
    for name in made:
        if name in wrong:
            return wrong[name]()
    return x


def _dx(
    made: Slips,
    order: list[int],
    upstream: np.ndarray,
    slopes: np.ndarray,
    da: np.ndarray,
    total: np.ndarray,
    W_xh: np.ndarray,
) -> np.ndarray:
    """Return the gradient of the inputs (T, N, D)."""
    for_x = total if made & _PLAIN_DX else da
    if "dx without the carry" in made:
        for_x = upstream * slopes
    dx = for_x if "dx without W_xh" in made else for_x @ W_xh
    if "dx of the last step only" in made:
        dx = dx * (np.arange(len(dx)) == len(dx) - 1)[:, None, None]
    return dx[::-1] if "dx in reverse" in made else dx


def _dh0(
    made: Slips,
    h0: np.ndarray,
    dh: np.ndarray,
    da: np.ndarray,
    total: np.ndarray,
    carries: list[np.ndarray],
    W_hh: np.ndarray,
) -> np.ndarray:
    wrong = {
        "dh0 without W_hh": lambda: da[0],
        "dh0 without the tanh derivative": lambda: total[0] @ W_hh,
        "dh0 of the second step": lambda: carries[-2] if len(carries) > 1 else carries[-1],
        "dh0 is the total of the first state": lambda: total[0],
        "dh0 is the first upstream": lambda: dh[0],
        "dh0 from the last step": lambda: da[-1] @ W_hh,
        "dh0 summed over time": lambda: sum(carries, start=0 * carries[0]),
        "dh0 with the first upstream": lambda: carries[-1] + dh[0],
        "dh0 through one tanh too many": lambda: carries[-1] * (1 - h0**2),
        "dh0 transposed": lambda: da[0] @ W_hh.T,
    }
    for name in made:
        if name in wrong:
            return wrong[name]()
    return carries[-1]


def _weights(
    made: Slips, da: np.ndarray, total: np.ndarray, x: np.ndarray
) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return a function from the states before to each step's gradients of W_xh, W_hh and b_h."""

    def of(part: str) -> np.ndarray:
        plain = {f"{part} without the tanh derivative", "tanh derivative on the way back only"}
        return total if made & plain else da

    def gradients(before: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        dW_xh = of("dW_xh").swapaxes(1, 2) @ x
        dW_hh = of("dW_hh").swapaxes(1, 2) @ before
        if "dW_hh transposed" in made:
            dW_hh = dW_hh.swapaxes(1, 2)
        db_h = of("db_h").sum(axis=1)
        N = da.shape[1]
        if "mean over the batch" in made or "mean over batch and time" in made:
            dW_xh, dW_hh, db_h = dW_xh / N, dW_hh / N, db_h / N
        if "db_h mean over the batch" in made:
            db_h = db_h / N
        if "db_h with a kept axis" in made:
            db_h = db_h[:, None]
        if "db_h with the batch" in made:
            db_h = of("db_h")
        if "db_h summed over the units" in made:
            db_h = of("db_h").sum(axis=2)
        if "db_h is one number" in made:
            db_h = of("db_h").sum(axis=(1, 2))
        if "db_h from dW_xh" in made:
            db_h = dW_xh.sum(axis=2)
        if "db_h from dW_hh" in made:
            db_h = dW_hh.sum(axis=2)
        if "dW_hh is one number" in made:
            dW_hh = np.einsum("tnh,tnh->t", of("dW_hh"), before)
        return dW_xh, dW_hh, db_h

    return gradients


def _over_time(made: Slips, order: list[int], steps: np.ndarray) -> np.ndarray:
    """Sum each step's gradient of a weight over time, as the slips have it."""
    kept = order
    if "weights overwritten" in made:
        kept = order[-1:]
    if "weights from the last step only" in made:
        kept = [len(steps) - 1]
    if "weights running sums" in made:
        return np.cumsum(steps[order], axis=0).sum(axis=0)
    return steps[kept].sum(axis=0)


def clipped(reference: Callable[..., Any]) -> Callable[[Arguments, Arrays], Mistake | None]:
    """Return a look at returned gradients that recognises clipping, whatever its limit.

    A gradient clipped by value holds its limit wherever it would be beyond; one clipped by its length
    is right in direction and has a round length.
    """

    def look(arguments: Arguments, got: Arrays) -> Mistake | None:
        right = reference(*arguments.values())
        if any(g.shape != r.shape for g, r in zip(got, right, strict=True)):
            return None
        wrong = [
            (g, r) for g, r in zip(got, right, strict=True) if not np.allclose(g, r, rtol=1e-4)
        ]
        limit = min((np.abs(g).max() for g, _ in wrong), default=0.0)
        if limit > 0 and all(
            np.allclose(g, np.clip(r, -limit, limit), rtol=1e-4) for g, r in wrong
        ):
            return Mistake("clipped", _CLIPPING.format("cut off at a limit"), reference)
        return (
            Mistake("clipped", _CLIPPING.format("shortened"), reference)
            if _shortened(wrong)
            else None
        )

    return look


def _shortened(wrong: list[tuple[np.ndarray, np.ndarray]]) -> bool:
    """Whether gradients are right but for their length, which is round, alone or all together."""
    lengths = [float(np.linalg.norm(g)) for g, _ in wrong]
    right = [float(np.linalg.norm(r)) for _, r in wrong]
    if not wrong or not all(0 < a < 0.999 * b for a, b in zip(lengths, right, strict=True)):
        return False
    aligned = all(
        np.allclose(g / a, r / b, atol=1e-4)
        for (g, r), a, b in zip(wrong, lengths, right, strict=True)
    )
    together = float(np.linalg.norm(lengths))
    return aligned and (_is_round(together) or all(_is_round(length) for length in lengths))


def _is_round(length: float) -> bool:
    return any(abs(length / n - 1) < 1e-4 for n in (0.25, 0.5, 1, 2, 3, 5, 10, 15, 20, 25, 50, 100))


_CLIPPING = (
    "the gradient is {}; clipping belongs to the training, after the gradient is known to be right, for "
    "it hides mistakes from a gradient check"
)
