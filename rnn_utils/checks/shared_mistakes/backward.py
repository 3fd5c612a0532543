"""The mistakes that learners make on the way back: through one step, and through a sequence.

Every function here takes the names of the mistakes to make as its first argument, so that they can also be
tried in combination. Names are those of lesson 07: dh is the immediate gradient of the states, what
the steps after add to it is carried, total is their sum, and da is the gradient before the tanh.
"""

from collections.abc import Callable

import numpy as np

from rnn_utils.checks.shared_mistakes.backward_words import CLIPPED, CUT
from rnn_utils.checks.shared_mistakes.slope import slope
from rnn_utils.checks.shared_mistakes.step import Made

Gradients = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]

_PLAIN_DX = {"dx without the tanh derivative", "tanh derivative on the way back only"}

#: What a gradient is clipped to by each mistake that clips.
_LIMITS = {name: float(name.rsplit(" ", 1)[1]) for name in CLIPPED}


def rnn_step_backward(
    made: Made,
    dh_t: np.ndarray,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    h_t: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
) -> Gradients:
    """Return the gradients of one step, with the mistakes made."""
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
    made: Made,
    dh: np.ndarray,
    x: np.ndarray,
    h0: np.ndarray,
    h: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
) -> Gradients:
    """Return the gradients of a whole sequence, with the mistakes made on the way or in a part."""
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


def _upstream(made: Made, dh: np.ndarray) -> np.ndarray:
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


def _order(made: Made, T: int, N: int) -> list[int]:
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
    made: Made,
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
    made: Made,
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
    made: Made,
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
    made: Made, upstream: np.ndarray, slopes: np.ndarray, W_hh: np.ndarray
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


def _states_before(made: Made, h: np.ndarray, before: np.ndarray) -> np.ndarray:
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


def _inputs(made: Made, x: np.ndarray) -> np.ndarray:
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
    made: Made,
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
    made: Made,
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
    made: Made, da: np.ndarray, total: np.ndarray, x: np.ndarray
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


def _over_time(made: Made, order: list[int], steps: np.ndarray) -> np.ndarray:
    """Sum each step's gradient of a weight over time, as the mistakes have it."""
    kept = order
    if "weights overwritten" in made:
        kept = order[-1:]
    if "weights from the last step only" in made:
        kept = [len(steps) - 1]
    if "weights running sums" in made:
        return np.cumsum(steps[order], axis=0).sum(axis=0)
    return steps[kept].sum(axis=0)
