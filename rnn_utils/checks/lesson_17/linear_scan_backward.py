"""The way back is a scan from the end.

g_t = dh_t + a_{t+1} g_{t+1}; db_t = g_t, da_t = g_t h_{t−1}, dh0 = a_1 g_1.
"""

import numpy as np

from rnn_utils.cells.linear_recurrence import linear_loop, linear_scan_backward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_17.shared import equal_sizes, forgets, of_length, steps
from rnn_utils.checks.shared_mistakes.step import Made

Three = tuple[np.ndarray, np.ndarray, np.ndarray]


def back(forward: Arguments, rng: np.random.Generator) -> Arguments:
    """Return the arguments of the way back that belong to those of the way there."""
    a, b, h0 = forward["a"], forward["b"], forward["h0"]
    return {"dh": rng.standard_normal(a.shape), "a": a, "h0": h0, "h": linear_loop(a, b, h0)}


def _drawn(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return back(steps(rng, sizes), rng)


def _forgets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return back(forgets(rng, sizes), rng)


def _equal(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return back(equal_sizes(rng, sizes), rng)


def _gradients(made: Made, dh: np.ndarray, a: np.ndarray, h0: np.ndarray, h: np.ndarray) -> Three:
    T = len(a)
    total = np.empty_like(dh)
    carried = np.zeros_like(h0)
    order = range(T) if "not reversed" in made else reversed(range(T))
    for t in order:
        total[t] = dh[t] + carried
        if "no shift" in made:
            carried = a[t - 1 if t else 0] * total[t] if t else a[0] * total[t]
        else:
            carried = a[t] * total[t]
    if "factors not shifted" in made:
        carried = np.zeros_like(h0)
        for t in reversed(range(T)):
            total[t] = carried = dh[t] + a[t] * carried
    if "carries the immediate" in made:
        total = dh + np.concatenate([a[1:] * dh[1:], np.zeros_like(dh[:1])])
    if "carried in its place" in made:
        total = dh.copy()
        for t in reversed(range(T - 1)):
            total[t] = a[t + 1] * total[t + 1]
    if "immediate only" in made:
        total = dh.copy()
    before = np.concatenate([h0[None], h[:-1]])
    if "state of the same step" in made:
        before = h
    if "zero before the first" in made:
        before = np.concatenate([np.zeros_like(h0)[None], h[:-1]])
    if "last state before the first" in made:
        before = np.roll(h, 1, axis=0)
    da, db, dh0 = total * before, total, a[0] * total[0]
    if "factor of a" in made:
        da = a * total
    if "start summed over time" in made:
        dh0 = total.sum(axis=0)
    if "immediate gradient to a" in made:
        da = dh * before
    if "start without its factor" in made:
        dh0 = total[0]
    if "start forgotten" in made:
        dh0 = np.zeros_like(h0)
    if "addend by its factor" in made:
        db = a * total
    return da, db, dh0


EXERCISE = Exercise(
    name="linear_scan_backward",
    lesson="17_linear_recurrences",
    points=4,
    reference=linear_scan_backward,
    outputs={"da": "T N H", "db": "T N H", "dh0": "N H"},
    draw=_drawn,
    contract=Contract(
        sizes="TNH",
        edges=(
            Case("eight steps", draw=of_length(_drawn, 8)),
            Case("steps that forget everything", draw=_forgets),
            Case("T = N = H", draw=_equal),
        ),
    ),
    mistakes=mistakes_in(
        _gradients,
        {
            "factors not shifted": (
                "the factors are reversed but not shifted: from state t + 1 back to state t the "
                "gradient passes "
                "a_{t+1}, not a_t"
            ),
            "not reversed": (
                "the gradient is carried forwards in time; what comes later knows of what came before, "
                "so it runs "
                "from the end to the beginning"
            ),
            "carries the immediate": (
                "only the immediate gradient of the next state is carried back; it is its total one, with "
                "what came from further on"
            ),
            "carried in its place": (
                "what is carried back takes the place of dh_t; the two are added"
            ),
            "factor of a": (
                "da is made with a itself; the gradient of a factor is made with what stands beside it, the "
                "state that came in"
            ),
            "start summed over time": (
                "dh0 is a sum over all steps; h0 goes into the first step alone, with the factor a_1"
            ),
            "immediate only": (
                "each state hears of its own output only; nothing is carried back from later states"
            ),
            "state of the same step": (
                "da_t is made with the state after the step; a_t stands before the state that came into it"
            ),
            "zero before the first": "before the first step stands h0, not zero",
            "last state before the first": (
                "before the first step stands the last state (`h[-1]`, or a roll); h0 belongs there"
            ),
            "immediate gradient to a": (
                "da is made with the immediate gradient dh; a acts on everything later too"
            ),
            "start without its factor": "dh0 misses the factor of the first step",
            "start forgotten": "dh0 stays zero",
            "addend by its factor": "db is multiplied by a; b is added after it",
        },
        together=1,
    ),
)
