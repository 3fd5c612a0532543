"""Lesson 03, the tanh activation."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rnn_utils.analysis.dynamics import fixed_points, is_stable, saturated_fraction
from rnn_utils.cells.activations import tanh_derivative
from rnn_utils.cells.rnn import rnn_step
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes, arrays, scaled
from rnn_utils.checks.framework.exercise import Exercise, Mistake, slips
from rnn_utils.checks.slips import step as steps

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
    contract=Contract(
        sizes="NH",
    ),
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
        Mistake(
            "square of the difference",
            "the difference is squared; only h is",
            lambda h: (1 - h) ** 2,
        ),
        Mistake("twice h", "h is doubled where it should be squared", lambda h: 1 - 2 * h),
        Mistake(
            "back to the sum",
            "h is turned back into the sum a, and the sum is squared; the derivation squares the output",
            lambda h: 1 - np.arctanh(h) ** 2,
        ),
        Mistake(
            "double derivative, square missing",
            "tanh is applied to h once more, and the square is missing; h is the output of tanh already",
            lambda h: 1 - np.tanh(h),
        ),
        Mistake(
            "matrix product",
            "h is multiplied with itself as a matrix; each slope comes from its own output alone",
            lambda h: 1 - h @ h.T,
        ),
    ),
)


# rnn_step ----------------------------------------------------------------------------------------

_STEP = arrays(x_t="N D", h_prev="N H", W_xh="H D", W_hh="H H", b_h="H")


def _right_step(*arguments: np.ndarray) -> np.ndarray:
    return steps.rnn_step(frozenset(), *arguments)


_RNN_STEP = Exercise(
    name="rnn_step",
    lesson=_LESSON,
    points=2,
    reference=rnn_step,
    outputs={"h_t": "N H"},
    draw=_STEP,
    contract=Contract(
        sizes="NDH",
        edges=(Case("large inputs", draw=scaled(_STEP, x_t=30.0, b_h=20.0)),),
    ),
    mistakes=(
        *slips(steps.rnn_step, steps.TANH | steps.AFFINE),
        Mistake(
            "tanh of the previous state",
            "tanh is applied to h_prev as well; it is a state, so it has been through tanh already",
            lambda x_t, h_prev, *weights: _right_step(x_t, np.tanh(h_prev), *weights),
        ),
        Mistake(
            "tanh over each product",
            "tanh is applied to each product and the bias added after; it belongs around the whole sum",
            lambda x_t, h_prev, W_xh, W_hh, b_h: (
                np.tanh(h_prev @ W_hh.T) + np.tanh(x_t @ W_xh.T) + b_h
            ),
        ),
        Mistake(
            "slope instead of state",
            "the slope 1 − h_t² is returned; a step returns the state itself",
            lambda *arguments: 1 - _right_step(*arguments) ** 2,
        ),
        Mistake(
            "previous state added",
            "h_prev is added to the new state; it enters through W_hh only",
            lambda x_t, h_prev, *weights: h_prev + _right_step(x_t, h_prev, *weights),
        ),
        *(
            Mistake(
                f"{name} for tanh",
                f"the activation is {name}; the equation says tanh, the hyperbolic tangent",
                lambda *arguments, f=f: f(np.arctanh(_right_step(*arguments))),
            )
            for name, f in (
                ("tan", np.tan),
                ("arctan", np.arctan),
                ("sin", np.sin),
                ("sinh", np.sinh),
            )
        ),
        Mistake(
            "clipped",
            "the sum is cut off at −1 and 1; tanh bends before it gets there",
            lambda *arguments: np.clip(np.arctanh(_right_step(*arguments)), -1, 1),
        ),
        Mistake(
            "bias summed",
            "all biases are added to every neuron; each neuron has its own",
            lambda x_t, h_prev, W_xh, W_hh, b_h: _right_step(
                x_t, h_prev, W_xh, W_hh, np.full_like(b_h, b_h.sum())
            ),
        ),
        Mistake(
            "only the first row",
            "only the first row is returned; the batch has N of them",
            lambda *arguments: _right_step(*arguments)[0],
        ),
        *steps.COLUMN_ORDER,
        Mistake(
            "x_t does not fit",
            "x_t (N, D) stands before a matrix that has not D rows; W_xh is (H, D), so turn it first",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_hh + x_t @ W_xh + b_h,
        ),
        Mistake(
            "h_prev does not fit",
            "h_prev (N, H) is multiplied with the input's weight; the state's own is W_hh (H, H)",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_xh.T + x_t @ W_hh.T + b_h,
        ),
        Mistake(
            "state multiplied number by number",
            "`*` stands where a matrix product belongs: `*` multiplies number by number, `@` is the product",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev * W_hh + x_t @ W_xh.T + b_h,
        ),
        Mistake(
            "bias added to columns",
            "the sum stands in columns, (H, N), when the bias is added; b_h (H,) is added to rows, so turn "
            "the sum first",
            lambda x_t, h_prev, W_xh, W_hh, b_h: W_hh @ h_prev.T + W_xh @ x_t.T + b_h,
        ),
    ),
)


# fixed_points ------------------------------------------------------------------------------------


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


_FIXED_POINTS = Exercise(
    name="fixed_points",
    lesson=_LESSON,
    points=2,
    reference=fixed_points,
    outputs={"h_star": ""},
    draw=_three,
    tolerance=1e-4,
    convert=_row,
    diagnose=_look_at_points,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(
            Case("a strong weight and a large negative bias", general=True, draw=_one),
            Case("a weak weight", general=True, draw=_weak),
            Case("two fixed points close together", draw=_three_close),
            Case("b = 0, w above 1", draw=_fixed(1.8, 0.0)),
            Case("b = 0, w below 1", draw=_fixed(0.6, 0.0)),
            Case("a negative weight", draw=_fixed(-1.5, 0.3)),
            Case("w = 0", draw=_fixed(0.0, 0.4)),
            Case("a very strong weight", draw=_fixed(6.0, 0.5)),
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
)


# saturated_fraction ------------------------------------------------------------------------------


def _states_and_threshold(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    shape = tuple(sizes[letter] for letter in "TNH")
    return {
        "h": np.tanh(1.5 * rng.standard_normal(shape)),
        "threshold": round(rng.uniform(0.4, 0.9), 2),
    }


_SATURATED_FRACTION = Exercise(
    name="saturated_fraction",
    lesson=_LESSON,
    points=1,
    reference=saturated_fraction,
    outputs={"fraction": ""},
    draw=_states_and_threshold,
    contract=Contract(
        sizes="TNH",
    ),
    mistakes=(
        Mistake(
            "one side only",
            "only states near +1 are counted; tanh saturates at −1 as well",
            lambda h, threshold: np.mean(h > threshold),
        ),
        Mistake(
            "negative side only",
            "only states near −1 are counted; tanh saturates at +1 as well",
            lambda h, threshold: np.mean(h < -threshold),
        ),
        Mistake(
            "square compared",
            "h² is compared with the threshold; it is the size |h| that is above it or not",
            lambda h, threshold: np.mean(h**2 > threshold),
        ),
        *(
            Mistake(
                "slope compared",
                "the slope 1 − h² is compared with the threshold; the threshold is for the size |h|",
                lambda h, threshold, sign=sign: np.mean(sign * (1 - h**2) > sign * threshold),
            )
            for sign in (1, -1)
        ),
        *(
            Mistake(
                "threshold of its own",
                "the threshold is a fixed number of your own; it comes as an argument",
                lambda h, threshold, own=own: np.mean(np.abs(h) > own),
            )
            for own in (0.95, 0.9, 0.99)
        ),
        Mistake(
            "always 0",
            "one question is asked of the whole array, or one that no state passes: the answer is always 0",
            lambda h, threshold: 0.0,
        ),
        Mistake(
            "always 1",
            "one question is asked of the whole array, or one that every state passes: the answer is always "
            "1",
            lambda h, threshold: 1.0,
        ),
        *(
            Mistake(
                "one step only",
                "only one step is looked at; h may have any shape, and all of it counts",
                lambda h, threshold, t=t: np.mean(np.abs(h[t]) > threshold),
            )
            for t in (0, -1)
        ),
        *(
            Mistake(
                "divided by one axis",
                "the count is divided by the length of one axis; h.size counts all states",
                lambda h, threshold, axis=axis: np.sum(np.abs(h) > threshold) / h.shape[axis],
            )
            for axis in (1, 2)
        ),
        Mistake(
            "mean size",
            "the sizes of the states are averaged; expected is how many of them are above the threshold",
            lambda h, threshold: np.mean(np.abs(h)),
        ),
        Mistake(
            "mean of the saturated",
            "the saturated states are averaged; expected is how many there are of them",
            lambda h, threshold: np.mean(h[np.abs(h) > threshold]),
        ),
        Mistake(
            "one number per sequence and step",
            "there are many fractions, one for each place of two axes; expected is one over all states",
            lambda h, threshold: np.mean(np.abs(h) > threshold, axis=-1),
        ),
        Mistake(
            "one number per sequence and unit",
            "there are many fractions, one for each place of two axes; expected is one over all states",
            lambda h, threshold: np.mean(np.abs(h) > threshold, axis=0),
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
    """Draw a slope near 1 in size, but not too near: there the mistakes differ most."""
    h_star = round(rng.uniform(-0.9, 0.9), 2)
    size = rng.choice([rng.uniform(0.6, 0.95), rng.uniform(1.05, 1.6)])
    slope = float(rng.choice([-1, 1]) * size)
    return {"w": round(slope / (1 - h_star**2), 2), "h_star": h_star}


def _look_at_answer(arguments: Arguments, outputs: tuple[np.ndarray, ...]) -> Mistake | None:
    """Say on which side a rule errs; the judge keeps it where all wrong answers are alike."""
    if outputs[0].ndim != 0 or outputs[0] not in (0, 1):
        return None
    if outputs[0] == 0:
        name, says = (
            "too strict",
            "stable points are called unstable, and never the other way round",
        )
    else:
        name, says = "too kind", "unstable points are called stable, and never the other way round"
    return Mistake(name, says, is_stable)


_IS_STABLE = Exercise(
    name="is_stable",
    lesson=_LESSON,
    points=1,
    reference=is_stable,
    outputs={"stable": ""},
    draw=_any_point,
    draws=20,
    diagnose=_look_at_answer,
    contract=Contract(
        float32=False,
        layouts=False,
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
            "size of the slope returned",
            "the size of the slope is returned; expected is whether it is below 1",
            lambda w, h_star: abs(w * (1 - h_star**2)),
        ),
        Mistake(
            "weight alone, without its size",
            "only w is looked at, and not even its size; the slope of tanh at h* belongs to the factor",
            lambda w, h_star: w < 1,
        ),
        Mistake(
            "positive slopes only",
            "a negative slope is called unstable; a distance that changes sides shrinks just as well",
            lambda w, h_star: 0 < w * (1 - h_star**2) < 1,
        ),
        Mistake(
            "square missing",
            "the square is missing: the slope of tanh is 1 − h*²",
            lambda w, h_star: abs(w * (1 - h_star)) < 1,
        ),
        Mistake(
            "size for square",
            "|h*| stands where its square belongs: the slope of tanh is 1 − h*²",
            lambda w, h_star: abs(w * (1 - abs(h_star))) < 1,
        ),
        Mistake(
            "brackets missing",
            "brackets are missing: w multiplies the whole slope 1 − h*²",
            lambda w, h_star: abs(w * 1 - h_star**2) < 1,
        ),
        Mistake(
            "weight inside the slope",
            "w stands inside the slope of tanh; the chain rule puts it before, as a factor",
            lambda w, h_star: abs(1 - w * h_star**2) < 1,
        ),
        Mistake(
            "weight inside the square",
            "w stands inside the square; the chain rule puts it before the slope, as a factor",
            lambda w, h_star: abs(1 - (w * h_star) ** 2) < 1,
        ),
        Mistake(
            "sum without its bias",
            "the slope is taken at the sum w h*, without the bias; the output h* alone tells it",
            lambda w, h_star: abs(w * (1 - np.tanh(w * h_star) ** 2)) < 1,
        ),
        Mistake(
            "tried without its bias",
            "the step is tried out without the bias, so that h* is no fixed point of it; the slope needs no "
            "bias",
            lambda w, h_star: abs(np.tanh(w * (h_star + 1e-3)) - h_star) < 1e-3,
        ),
        Mistake(
            "size of the state",
            "h* itself is compared with 1, and every state is below that; what counts is the slope",
            lambda w, h_star: abs(h_star) < 1,
        ),
        Mistake(
            "state times weight",
            "w h* is compared with 1; what counts is how a small distance is multiplied, the slope",
            lambda w, h_star: abs(w * h_star) < 1,
        ),
    ),
)

EXERCISES = (_TANH_DERIVATIVE, _RNN_STEP, _FIXED_POINTS, _SATURATED_FRACTION, _IS_STABLE)
