"""Where a neuron stays: the states h* in [−1, 1] with h* = tanh(w h* + b)."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rnn_utils.analysis.dynamics import fixed_points
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake


def _limit_bias(w: float) -> float:
    """Return the bias at which two of the three fixed points of w > 1 meet and vanish."""
    h = np.sqrt(1 - 1 / w)
    return float(w * h - np.arctanh(h))


def _three(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    w = round(rng.uniform(1.6, 3.0), 2)
    return {"w": w, "b": round(rng.uniform(-0.5, 0.5) * _limit_bias(w), 3)}


def _three_close(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    w = round(rng.uniform(1.8, 3.0), 2)
    return {"w": w, "b": round(float(rng.choice([-0.98, 0.98])) * _limit_bias(w), 3)}


def _one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    w = round(rng.uniform(1.6, 3.0), 2)
    return {"w": w, "b": round(-rng.uniform(1.4, 2.0) * _limit_bias(w), 3)}


def _weak(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"w": round(rng.uniform(0.2, 0.8), 2), "b": round(rng.uniform(0.1, 0.6), 2)}


def _fixed(w: float, b: float) -> Draw:
    return lambda rng, sizes: {"w": w, "b": b}


def _follow(h: float, w: float, b: float) -> np.ndarray:
    for _ in range(2000):
        h = float(np.tanh(w * h + b))
    return np.array([h])


def _crossings(excess: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Find where a function changes its sign between -1 and 1, on a fine grid."""
    grid = np.linspace(-1.0, 1.0, 200_002)
    signs = np.sign(excess(grid))
    left = np.flatnonzero(signs[:-1] != signs[1:])
    return (grid[left] + grid[left + 1]) / 2


def _all_points(w: float, b: float) -> np.ndarray:
    return _crossings(lambda h: np.tanh(w * h + b) - h)


def _stable_only(w: float, b: float) -> np.ndarray:
    points = _all_points(w, b)
    return points[np.abs(w * (1 - points**2)) < 1]


def _row(value: Any) -> tuple[np.ndarray]:
    """Read a list, an array or a number, with what is 0 but for rounding as 0.

    Where 0 is the only fixed point there is no largest value for the tolerance to be a part of.
    """
    points = np.atleast_1d(np.asarray(value, dtype=float))
    return (np.where(np.abs(points) < 5e-5, 0.0, points),)


def _look_at_points(arguments: Arguments, outputs: tuple[np.ndarray, ...]) -> Mistake | None:
    """Say what is wrong with a row of would-be fixed points."""
    w, b = arguments["w"], arguments["b"]
    got, points = outputs[0], fixed_points(w, b)
    if got.ndim != 1 or not np.isfinite(got).all():
        return None
    distances = np.abs(got[:, None] - points)  # (found, true)
    if (np.abs(got) > 1.001).any():
        name, says = "beyond 1", "some of the values lie beyond ±1, where tanh never is"
    elif len(got) and distances.min(axis=1).max() > 0.02:
        name = "not fixed points"
        says = (
            "some of the values are no fixed points: put each into tanh(w h + b) and see whether "
            "the same number comes out"
        )
    elif distances.min(axis=0, initial=np.inf).max() > 0.02:
        name = "some missing"
        says = (
            "fixed points are missing: the grid is too coarse, or does not run from −1 to 1, or the test "
            "says no where g(h) is exactly 0"
        )
    elif len(got) > len(points):
        name = "counted twice"
        says = (
            "the same fixed point stands there more than once: two neighbouring places of the grid, or "
            "intervals, find it"
        )
    elif (np.diff(got) < 0).any():
        name, says = "order", "they are all there, but not in ascending order"
    else:
        name = "not exact"
        says = (
            "they are all there, but not exact enough: the interval in which the sign changes is halved too "
            "few times, or the wrong half is kept"
        )
    return Mistake(name, says, fixed_points)


EXERCISE = Exercise(
    name="fixed_points",
    lesson="03_tanh",
    points=2,
    reference=fixed_points,
    outputs={"h_star": ""},
    convert=_row,
    tolerance=1e-4,
    draw=_three,
    contract=Contract(
        float32=False,
        layouts=False,
        integers=("w", "b"),
        edges=(
            Case("a strong weight and a large negative bias", general=True, draw=_one),
            Case("a weak weight", general=True, draw=_weak),
            Case("two fixed points close together", draw=_three_close),
            Case("b = 0, w above 1", draw=_fixed(1.8, 0.0)),
            Case("b = 0, w below 1", draw=_fixed(0.6, 0.0)),
            Case("a negative weight", draw=_fixed(-1.5, 0.3)),
            Case("w = 0", draw=_fixed(0.0, 0.4)),
            Case("a very strong weight", draw=_fixed(6.0, 0.5)),
            Case("w = 0 and b = 0", draw=_fixed(0.0, 0.0)),
            Case("a large bias", draw=_fixed(0.5, 3.0)),
        ),
    ),
    mistakes=(
        *(
            Mistake(
                "one of three",
                "only one fixed point is found where there are three, as by repeating the step from one "
                "start, or by a `return` inside the loop",
                partial(_follow, start),
            )
            for start in (0.0, 1.0, -1.0)
        ),
        *(
            Mistake(
                "several starts",
                "the step is repeated from several starts: that finds a stable fixed point again and again, "
                "and runs away from an unstable one",
                lambda w, b, starts=starts: np.concatenate([_follow(h, w, b) for h in starts]),
            )
            for starts in ((-1.0, 0.0, 1.0), (-1.0, 1.0), (-0.5, 0.0, 0.5))
        ),
        Mistake(
            "unstable one missing",
            "the unstable fixed point in the middle is missing: repeating the step runs away from it, "
            "so it has to be found where tanh(w h + b) − h changes its sign",
            _stable_only,
        ),
        Mistake(
            "descending",
            "the fixed points stand in descending order; expected is ascending",
            lambda w, b: _all_points(w, b)[::-1],
        ),
        Mistake(
            "bias ignored",
            "the bias is ignored",
            lambda w, b: _all_points(w, 0.0),
        ),
        Mistake("bias subtracted", "the bias is subtracted", lambda w, b: _all_points(w, -b)),
        Mistake(
            "sum for difference",
            "tanh(w h + b) + h is set to 0; at a fixed point the two are equal, so it is their difference",
            lambda w, b: _crossings(lambda h: np.tanh(w * h + b) + h),
        ),
        Mistake(
            "no tanh",
            "tanh is missing: b / (1 − w) is the fixed point of the linear neuron w h + b",
            lambda w, b: np.array([b / (1 - w)]),
        ),
        Mistake(
            "bias outside tanh",
            "the bias is added after tanh; it belongs inside",
            lambda w, b: _crossings(lambda h: np.tanh(w * h) + b - h),
        ),
        Mistake(
            "weight outside tanh",
            "the weight stands before tanh; it belongs inside",
            lambda w, b: _crossings(lambda h: w * np.tanh(h) + b - h),
        ),
        Mistake(
            "zeros of tanh",
            "tanh(w h + b) is set to 0; at a fixed point it equals h, so h has to be subtracted",
            lambda w, b: _crossings(lambda h: np.tanh(w * h + b)),
        ),
        Mistake(
            "positive half only",
            "only states from 0 to 1 are looked at; tanh also returns negative ones",
            lambda w, b: _all_points(w, b)[_all_points(w, b) > 0],
        ),
        Mistake(
            "start and end counted",
            "the ends of the interval, −1 and 1, are counted as fixed points",
            lambda w, b: np.concatenate([[-1.0], _all_points(w, b), [1.0]]),
        ),
        Mistake(
            "before tanh",
            "these are the sums w h* + b before tanh; expected are the states h* themselves",
            lambda w, b: w * _all_points(w, b) + b,
        ),
    ),
    diagnose=_look_at_points,
)
