"""Lesson 03, the tanh activation."""

from functools import partial

import numpy as np

from rnn_utils.activations import tanh_derivative
from rnn_utils.cells import rnn_step
from rnn_utils.checks import steps
from rnn_utils.checks.exercise import (
    Arguments,
    Case,
    Draw,
    Exercise,
    Mistake,
    Sizes,
    arrays,
    scaled,
    slips,
)
from rnn_utils.dynamics import fixed_points, is_stable, saturated_fraction

_LESSON = "03_tanh"


# tanh_derivative ---------------------------------------------------------------------------------


def _states(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"h": np.tanh(rng.standard_normal((sizes["N"], sizes["H"])))}


_TANH_DERIVATIVE = Exercise(
    name="tanh_derivative",
    lesson=_LESSON,
    points=1,
    reference=tanh_derivative,
    outputs={"derivative": "N H"},
    draw=_states,
    letters="NH",
    mistakes=(
        Mistake(
            "double derivative",
            "tanh is applied to h once more, 1 − tanh(h)²; but h is the output of tanh already",
            lambda h: 1 - np.tanh(h) ** 2,
        ),
        Mistake(
            "square missing",
            "the square is missing: the derivative is the same for h and −h",
            lambda h: 1 - h,
        ),
        Mistake(
            "derivative of the sigmoid",
            "this is the sigmoid's derivative, s (1 − s); tanh has another",
            lambda h: h * (1 - h),
        ),
        Mistake(
            "divided",
            "it is divided by 1 − h²; the slope is 1 − h² itself, at most 1",
            lambda h: 1 / (1 - h**2),
        ),
        Mistake(
            "derivative of the square",
            "1 − h² is differentiated once more, to −2h; it is the derivative already",
            lambda h: -2 * h,
        ),
        Mistake(
            "square only", "only h² is there; the slope is largest where h is 0", lambda h: h**2
        ),
        Mistake(
            "plus",
            "a sign is wrong: the slope falls as |h| grows, and is 0 where h is ±1",
            lambda h: 1 + h**2,
        ),
        Mistake("minus", "the sign is wrong: tanh grows everywhere", lambda h: h**2 - 1),
        Mistake("tanh itself", "this is tanh of h, not its slope", lambda h: np.tanh(h)),
        Mistake("root", "the root of 1 − h² is taken", lambda h: np.sqrt(1 - h**2)),
    ),
)


# rnn_step ----------------------------------------------------------------------------------------

_STEP = arrays(x_t="N D", h_prev="N H", W_xh="H D", W_hh="H H", b_h="H")

_RNN_STEP = Exercise(
    name="rnn_step",
    lesson=_LESSON,
    points=2,
    reference=rnn_step,
    outputs={"h_t": "N H"},
    draw=_STEP,
    letters="NDH",
    edges=(Case("large inputs", draw=scaled(_STEP, x_t=30.0, b_h=20.0)),),
    mistakes=slips(steps.rnn_step, steps.TANH | steps.AFFINE),
)


# fixed_points ------------------------------------------------------------------------------------


def _limit_bias(w: float) -> float:
    """Return the bias at which two of the three fixed points of w > 1 meet and vanish."""
    h = np.sqrt(1 - 1 / w)
    return float(w * h - np.arctanh(h))


def _three(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    w = float(rng.uniform(1.6, 3.0))
    return {"w": w, "b": float(rng.uniform(-0.5, 0.5) * _limit_bias(w))}


def _one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    w = float(rng.uniform(1.6, 3.0))
    return {"w": w, "b": float(rng.choice([-1, 1]) * rng.uniform(1.4, 2.0) * _limit_bias(w))}


def _weak(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"w": float(rng.uniform(0.2, 0.8)), "b": float(rng.uniform(0.1, 0.6))}


def _fixed(w: float, b: float) -> Draw:
    return lambda rng, sizes: {"w": w, "b": b}


def _follow(h: float, w: float, b: float) -> np.ndarray:
    for _ in range(2000):
        h = float(np.tanh(w * h + b))
    return np.array([h])


def _all_points(w: float, b: float) -> np.ndarray:
    """Find the fixed points where tanh(w h + b) − h changes its sign on a fine grid."""
    grid = np.linspace(-1.0, 1.0, 200_002)
    signs = np.sign(np.tanh(w * grid + b) - grid)
    left = np.flatnonzero(signs[:-1] != signs[1:])
    return (grid[left] + grid[left + 1]) / 2


def _stable_only(w: float, b: float) -> np.ndarray:
    points = _all_points(w, b)
    return points[np.abs(w * (1 - points**2)) < 1]


_FIXED_POINTS = Exercise(
    name="fixed_points",
    lesson=_LESSON,
    points=2,
    reference=fixed_points,
    outputs={"h_star": ""},
    draw=_three,
    floats=False,
    tolerance=1e-4,
    convert=lambda value: (np.atleast_1d(np.asarray(value, dtype=float)),),
    edges=(
        Case("a strong weight and a large bias", general=True, draw=_one),
        Case("a weak weight", general=True, draw=_weak),
        Case("b = 0, w above 1", draw=_fixed(1.8, 0.0)),
        Case("b = 0, w below 1", draw=_fixed(0.6, 0.0)),
        Case("a negative weight", draw=_fixed(-1.5, 0.3)),
        Case("w = 0", draw=_fixed(0.0, 0.4)),
        Case("a very strong weight", draw=_fixed(6.0, 0.5)),
    ),
    mistakes=(
        *(
            Mistake(
                "one start only",
                "the step is repeated from one start, which finds one fixed point where there are "
                "three",
                partial(_follow, start),
            )
            for start in (0.0, 1.0, -1.0)
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
)


# saturated_fraction ------------------------------------------------------------------------------


def _states_and_threshold(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    shape = tuple(sizes[letter] for letter in "TNH")
    return {
        "h": np.tanh(1.5 * rng.standard_normal(shape)),
        "threshold": float(rng.uniform(0.4, 0.9)),
    }


_SATURATED_FRACTION = Exercise(
    name="saturated_fraction",
    lesson=_LESSON,
    points=1,
    reference=saturated_fraction,
    outputs={"fraction": ""},
    draw=_states_and_threshold,
    letters="TNH",
    mistakes=(
        Mistake(
            "one side only",
            "only states near +1 are counted; tanh saturates at −1 as well",
            lambda h, threshold: np.mean(h > threshold),
        ),
        Mistake(
            "count",
            "the saturated states are counted; a fraction divides by the number of all states",
            lambda h, threshold: np.sum(np.abs(h) > threshold),
        ),
        Mistake(
            "upside down",
            "the states that are not saturated are counted",
            lambda h, threshold: np.mean(np.abs(h) <= threshold),
        ),
        Mistake(
            "one number per step",
            "there is one fraction per step; expected is one over all states together",
            lambda h, threshold: np.mean(np.abs(h) > threshold, axis=(1, 2)),
        ),
        Mistake(
            "one number per unit",
            "there is one fraction per unit; expected is one over all states together",
            lambda h, threshold: np.mean(np.abs(h) > threshold, axis=(0, 1)),
        ),
        Mistake(
            "percent",
            "this is in percent; a fraction lies between 0 and 1",
            lambda h, threshold: 100 * np.mean(np.abs(h) > threshold),
        ),
        Mistake(
            "divided by the length",
            "the count is divided by len(h), which is the first axis only; h.size counts all",
            lambda h, threshold: np.sum(np.abs(h) > threshold) / len(h),
        ),
        Mistake(
            "tanh once more",
            "tanh is applied to h once more, but h holds states, which are outputs of tanh already",
            lambda h, threshold: np.mean(np.abs(np.tanh(h)) > threshold),
        ),
        Mistake(
            "marks instead of a fraction",
            "the marks of the single states are returned; expected is their mean",
            lambda h, threshold: np.abs(h) > threshold,
        ),
        Mistake(
            "mean of the states",
            "the saturated states themselves are averaged; expected is how many there are of them",
            lambda h, threshold: np.mean(np.where(np.abs(h) > threshold, np.abs(h), 0.0)),
        ),
    ),
)


# is_stable ---------------------------------------------------------------------------------------


def _point(w: float, h_star: float, title: str) -> Case:
    return Case(title, general=True, draw=lambda rng, sizes: {"w": w, "h_star": h_star})


def _any_point(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"w": float(rng.uniform(-3, 3)), "h_star": float(rng.uniform(-0.9, 0.9))}


_IS_STABLE = Exercise(
    name="is_stable",
    lesson=_LESSON,
    points=1,
    reference=is_stable,
    outputs={"stable": ""},
    draw=_any_point,
    floats=False,
    draws=6,
    edges=(
        _point(1.8, 0.0, "the middle of three fixed points"),
        _point(1.8, 0.83, "the upper one of three fixed points"),
        _point(0.5, 0.0, "a weak weight"),
        _point(-1.5, 0.1, "a strong negative weight"),
        _point(-0.7, 0.2, "a weak negative weight"),
        _point(1.3, 0.45, "a slope just above one"),
        _point(1.8, 0.7, "a slope just below one"),
        _point(-2.6, 0.75, "a strong negative weight, saturated"),
    ),
    mistakes=(
        Mistake(
            "sign",
            "the absolute value is missing: a slope below −1 makes the distance grow as well, from "
            "side to side",
            lambda w, h_star: w * (1 - h_star**2) < 1,
        ),
        Mistake(
            "weight alone",
            "only w is looked at; the slope of tanh at h*, 1 − h*², belongs to the factor",
            lambda w, h_star: abs(w) < 1,
        ),
        Mistake(
            "double derivative",
            "tanh is applied to h* once more; h* is a state, so the slope is 1 − h*²",
            lambda w, h_star: abs(w * (1 - np.tanh(h_star) ** 2)) < 1,
        ),
        Mistake(
            "upside down",
            "stable and unstable are exchanged: a slope below 1 in size shrinks a distance",
            lambda w, h_star: abs(w * (1 - h_star**2)) >= 1,
        ),
        Mistake(
            "weight missing",
            "w is missing from the slope",
            lambda w, h_star: abs(1 - h_star**2) < 1,
        ),
        Mistake(
            "slope returned",
            "the slope itself is returned; expected is True or False",
            lambda w, h_star: w * (1 - h_star**2),
        ),
        Mistake(
            "state times weight",
            "w h* is compared with 1; what counts is how a small distance is multiplied, the slope",
            lambda w, h_star: abs(w * h_star) < 1,
        ),
    ),
)

EXERCISES = (_TANH_DERIVATIVE, _RNN_STEP, _FIXED_POINTS, _SATURATED_FRACTION, _IS_STABLE)
