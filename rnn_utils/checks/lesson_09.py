"""Lesson 09, forecasting a real series."""

from collections.abc import Callable

import numpy as np

from rnn_utils.checks.framework.exercise import (
    Arguments,
    Case,
    Draw,
    Exercise,
    Mistake,
    Sizes,
    slips,
)
from rnn_utils.tasks.forecasting import (
    make_windows,
    persistence,
    roll_out,
    seasonal_naive,
    standardise,
)

_LESSON = "09_forecasting"

Pair = tuple[np.ndarray, np.ndarray]


# make_windows ------------------------------------------------------------------------------------


def _series_for_windows(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    window, horizon, N = sizes["T"], sizes["O"], sizes["N"]
    if N > 1:  # enough of them that windows left out are told apart by how many were
        N += window + horizon
    return {
        "series": rng.standard_normal(window + horizon + N - 1),
        "window": window,
        "horizon": horizon,
    }


_BATCH_FIRST = "batch first"
_ONE_TOO_FEW = "one window too few"
_INSIDE = "target inside the window"
_TOO_LATE = "target one too late"
_LATEST_FIRST = "latest value first"
_NEXT_ONLY = "horizon ignored"
_LAST_ONLY = "only the end of the horizon"
_TIME_FIRST = "targets turned"
_NO_AXIS = "last axis missing"

_WINDOW_SLIPS = {
    _BATCH_FIRST: (
        "x is (N, window, 1), with the windows first; an RNN's input is time-major, (window, N, 1)"
    ),
    _ONE_TOO_FEW: (
        "there is one window too few: the last one ends `horizon` values before the series does, so "
        "N = L − window − horizon + 1"
    ),
    _INSIDE: (
        "the targets begin with the window's own last value, which the model is shown; the first target "
        "is the value right after the window"
    ),
    _TOO_LATE: (
        "the targets begin one value too late; the first target is the value right after the window"
    ),
    _LATEST_FIRST: "the values in each window run backwards; x[0] is the earliest value, x[-1] the latest",
    _NEXT_ONLY: (
        "there is only the next value after each window; the targets are the next `horizon` values"
    ),
    _LAST_ONLY: (
        "there is only the value at the end of the horizon; the targets are all values up to it"
    ),
    _TIME_FIRST: (
        "the targets are (horizon, N); expected is one row for each window, (N, horizon)"
    ),
    _NO_AXIS: (
        "x has two axes; the last one, of length 1, is missing: every step is an input of D = 1 number"
    ),
}


def _windows(made: frozenset[str], series: np.ndarray, window: int, horizon: int) -> Pair:
    begin = window + (_TOO_LATE in made) - (_INSIDE in made)  # where the targets start
    count = len(series) - max(begin, window) - horizon + 1 - (_ONE_TOO_FEW in made)
    stretches = [series[i : i + window] for i in range(count)]
    targets = np.array([series[i + begin : i + begin + horizon] for i in range(count)])
    x = np.array(stretches).reshape(count, window).T
    targets = targets.reshape(count, horizon)
    if _LATEST_FIRST in made:
        x = x[::-1]
    if _NEXT_ONLY in made:
        targets = targets[:, :1]
    if _LAST_ONLY in made:
        targets = targets[:, -1:]
    if _TIME_FIRST in made:
        targets = targets.T
    if _BATCH_FIRST in made:
        x = x.T
    return (x if _NO_AXIS in made else x[..., None]), targets


def _every(stride: Callable[[int, int], int]) -> Callable[..., Pair]:
    """Return the windows at every so many places only."""

    def windows(series: np.ndarray, window: int, horizon: int) -> Pair:
        x, targets = _windows(frozenset(), series, window, horizon)
        step = stride(window, horizon)
        return x[:, ::step], targets[::step]

    return windows


def _all_next(series: np.ndarray, window: int, horizon: int) -> Pair:
    return _windows(frozenset(), series, window, 1)


def _ragged(series: np.ndarray, window: int, horizon: int) -> Pair:
    places = range(len(series) - window)
    x = np.array([series[i : i + window] for i in places]).T[..., None]
    return x, np.array([series[i + window : i + window + horizon] for i in places])


def _shifted_windows(series: np.ndarray, window: int, horizon: int) -> Pair:
    x, _ = _windows(frozenset(), series, window, horizon)
    later, _ = _windows(frozenset(), series[1:], window, horizon - 1)
    return x, later


def _mixed_by_reshape(series: np.ndarray, window: int, horizon: int) -> Pair:
    x, targets = _windows(frozenset([_BATCH_FIRST]), series, window, horizon)
    return x.reshape(window, -1, 1), targets


def _targets_with_axis(series: np.ndarray, window: int, horizon: int) -> Pair:
    x, targets = _windows(frozenset(), series, window, horizon)
    return x, targets.T[..., None]


_NOT_OVERLAPPING = (
    "the windows do not overlap, so much of the series is left out; a window begins at every place"
)

_MAKE_WINDOWS = Exercise(
    name="make_windows",
    lesson=_LESSON,
    points=2,
    reference=make_windows,
    outputs={"x": "T N 1", "targets": "N O"},
    draw=_series_for_windows,
    letters="TNO",
    mistakes=(
        *slips(_windows, _WINDOW_SLIPS),
        Mistake("windows side by side", _NOT_OVERLAPPING, _every(lambda w, h: w)),
        Mistake("windows and targets side by side", _NOT_OVERLAPPING, _every(lambda w, h: w + h)),
        Mistake(
            "a horizon apart",
            "the windows begin `horizon` values apart; a window begins at every place",
            _every(lambda w, h: h),
        ),
        Mistake(
            "as if the horizon were 1",
            "the horizon is ignored: there are as many windows, and one target for each, as for a horizon "
            "of 1",
            _all_next,
        ),
        Mistake(
            "targets run out of values",
            "the last windows have too few values after them: a window counts only if `horizon` values "
            "follow it",
            _ragged,
        ),
        Mistake(
            "reshape for a transpose",
            "the windows are mixed up: `reshape` keeps the order of the numbers in memory and only cuts it "
            "elsewhere; to exchange two axes, transpose",
            _mixed_by_reshape,
        ),
        Mistake(
            "targets like x",
            "the targets are (horizon, N, 1), as if they were an input; expected is one row for each window, "
            "(N, horizon)",
            _targets_with_axis,
        ),
        Mistake(
            "shifted windows as targets",
            "the targets are the windows moved on by one value; expected is what comes after each window",
            _shifted_windows,
        ),
    ),
)


# standardise -------------------------------------------------------------------------------------


def _two_stretches(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    train = 3 + 2 * rng.standard_normal(2 * sizes["T"])
    return {"train": train, "other": -5 + 4 * rng.standard_normal(sizes["N"])}


def _far_from_zero(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    drawn = _two_stretches(rng, sizes)
    return {name: 350.0 + values for name, values in drawn.items()}


def _small_spread(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    drawn = _two_stretches(rng, sizes)
    return {name: 1e-2 * values for name, values in drawn.items()}


def _scaled_by(of: Callable[..., tuple[float, float]]) -> Callable[..., Pair]:
    """Return the function that scales both by the centre and the unit which `of` gives."""

    def scale(train: np.ndarray, other: np.ndarray) -> Pair:
        centre, unit = of(train, other)
        return (train - centre) / unit, (other - centre) / unit

    return scale


def _all_data(train: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.concatenate([train, other])


def _other_by(scale: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[..., Pair]:
    """Return the function that scales train rightly and other as `scale` does."""
    return lambda train, other: ((train - train.mean()) / train.std(), scale(train, other))


_LEAK_OWN = (
    "the future leaks in (leakage): `other` is scaled by its own statistics, which nobody knows "
    "when the forecast is made; use those of train for both"
)
_LEAK_ALL = (
    "the future leaks in (leakage): the statistics are those of all values together, so the "
    "future has entered the scale; only train may count"
)

_STANDARDISE = Exercise(
    name="standardise",
    lesson=_LESSON,
    points=2,
    reference=standardise,
    outputs={"train_scaled": "T", "other_scaled": "N"},
    draw=_two_stretches,
    letters="N",
    edges=(
        Case("values far from zero", draw=_far_from_zero),
        Case("small values", draw=_small_spread),
    ),
    mistakes=(
        Mistake(
            "leakage: its own statistics",
            _LEAK_OWN,
            _other_by(lambda train, other: (other - other.mean()) / other.std()),
        ),
        Mistake(
            "leakage: its own mean",
            "the future leaks in (leakage): the mean that is subtracted from `other` is its own; only "
            "train's is known",
            _other_by(lambda train, other: (other - other.mean()) / train.std()),
        ),
        Mistake(
            "leakage: its own deviation",
            "the future leaks in (leakage): `other` is divided by its own standard deviation; only "
            "train's is known",
            _other_by(lambda train, other: (other - train.mean()) / other.std()),
        ),
        Mistake(
            "leakage: its own statistics, n − 1",
            f"{_LEAK_OWN}; and that the squares are divided by n − 1 and not by n",
            lambda train, other: (
                (train - train.mean()) / train.std(ddof=1),
                (other - other.mean()) / other.std(ddof=1),
            ),
        ),
        Mistake(
            "leakage: all data together, n − 1",
            f"{_LEAK_ALL}; and that the squares are divided by n − 1 and not by n",
            _scaled_by(
                lambda train, other: (
                    _all_data(train, other).mean(),
                    _all_data(train, other).std(ddof=1),
                )
            ),
        ),
        Mistake(
            "train twice",
            "train is returned in the place of `other` as well",
            lambda train, other: ((train - train.mean()) / train.std(),) * 2,
        ),
        Mistake(
            "leakage: all data together",
            _LEAK_ALL,
            _scaled_by(
                lambda train, other: (_all_data(train, other).mean(), _all_data(train, other).std())
            ),
        ),
        Mistake(
            "leakage: mean of all data",
            "the future leaks in (leakage): the mean is that of all values together; only train may count",
            _scaled_by(lambda train, other: (_all_data(train, other).mean(), train.std())),
        ),
        Mistake(
            "leakage: deviation of all data",
            "the future leaks in (leakage): the standard deviation is that of all values together; only "
            "train may count",
            _scaled_by(lambda train, other: (train.mean(), _all_data(train, other).std())),
        ),
        Mistake(
            "leakage: statistics of other",
            "the future leaks in (leakage): both are scaled by the statistics of `other`, the values "
            "still to come; use train's",
            _scaled_by(lambda train, other: (other.mean(), other.std())),
        ),
        Mistake(
            "n − 1",
            "the squares are divided by n − 1; the docstring asks for `train.std()`, which divides by n",
            _scaled_by(lambda train, other: (train.mean(), train.std(ddof=1))),
        ),
        Mistake(
            "variance",
            "it is divided by the variance; the standard deviation is its root",
            _scaled_by(lambda train, other: (train.mean(), train.var())),
        ),
        Mistake(
            "mean not subtracted",
            "the mean is not subtracted",
            _scaled_by(lambda train, other: (0.0, train.std())),
        ),
        Mistake(
            "mean not subtracted from other",
            "the mean is subtracted from train and not from `other`",
            _other_by(lambda train, other: other / train.std()),
        ),
        Mistake(
            "not divided",
            "the mean is subtracted, and the division by the standard deviation is missing",
            _scaled_by(lambda train, other: (train.mean(), 1.0)),
        ),
        Mistake(
            "other not divided",
            "`other` is not divided by the standard deviation",
            _other_by(lambda train, other: other - train.mean()),
        ),
        Mistake(
            "other as it was",
            "`other` comes back as it was: it is not scaled, or by the mean and deviation of train after "
            "scaling, which are 0 and 1",
            _other_by(lambda train, other: other.copy()),
        ),
        Mistake(
            "only the mean divided",
            "only the mean is divided by the standard deviation: `/` comes before `−`, so brackets are "
            "missing",
            _scaled_by(lambda train, other: (train.mean() / train.std(), 1.0)),
        ),
        Mistake(
            "multiplied",
            "it is multiplied by the standard deviation; that is the way back",
            _scaled_by(lambda train, other: (train.mean(), 1 / train.std())),
        ),
        Mistake(
            "from 0 to 1",
            "the values are brought between 0 and 1 by their smallest and largest; asked for is the mean "
            "and the standard deviation",
            _scaled_by(lambda train, other: (train.min(), train.max() - train.min())),
        ),
        Mistake(
            "mean added",
            "the mean is added; it has to be subtracted",
            _scaled_by(lambda train, other: (-train.mean(), train.std())),
        ),
        Mistake(
            "median",
            "the median is subtracted; asked for is the mean",
            _scaled_by(lambda train, other: (float(np.median(train)), train.std())),
        ),
    ),
)


# seasonal_naive ----------------------------------------------------------------------------------


def _two_periods(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """More than two periods of the past, and more than one to come, both not a whole number."""
    period = sizes["T"] + 1
    length = 2 * period + int(rng.integers(1, period))
    return {
        "series": rng.standard_normal(length),
        "period": period,
        "horizon": period + int(rng.integers(1, period)),
    }


def _with_horizon(horizon: Callable[[int], int]) -> Draw:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        arguments = _two_periods(rng, sizes)
        return arguments | {"horizon": horizon(arguments["period"])}

    return draw


def _one_period_only(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _two_periods(rng, sizes)
    return arguments | {"series": arguments["series"][: arguments["period"]]}


def _period_of_one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _two_periods(rng, sizes) | {"period": 1}


def _repeat(values: np.ndarray, horizon: int) -> np.ndarray:
    return np.resize(values, horizon)


def _season_means(series: np.ndarray, period: int, horizon: int) -> np.ndarray:
    back = [series[len(series) - period + k :: -period].mean() for k in range(period)]
    return _repeat(np.array(back), horizon)


_WRAPS = (
    "the second period of the forecast is not the first again; where the horizon is longer than the period, "
    "the same last period is repeated"
)

_SEASONAL_NAIVE = Exercise(
    name="seasonal_naive",
    lesson=_LESSON,
    points=1,
    reference=seasonal_naive,
    outputs={"forecasts": "horizon"},
    draw=_two_periods,
    forbids=(persistence,),
    edges=(
        Case("a horizon shorter than the period", draw=_with_horizon(lambda p: p - 1)),
        Case("a horizon of 1", draw=_with_horizon(lambda p: 1)),
        Case("a horizon of one period", draw=_with_horizon(lambda p: p)),
        Case("a horizon longer than the series", draw=_with_horizon(lambda p: 5 * p + 1)),
        Case("a period of 1", draw=_period_of_one),
        Case("a series of one period", draw=_one_period_only),
    ),
    mistakes=(
        Mistake(
            "persistence",
            "the last value is repeated; that is persistence, and the season asks for the value one period "
            "ago",
            lambda s, p, h: np.full(h, s[-1]),
        ),
        Mistake(
            "one value of the period repeated",
            "the value of one period ago is repeated; each step has a value of its own one period before it",
            lambda s, p, h: np.full(h, s[-p]),
        ),
        Mistake(
            "first period",
            "the first period of the series is repeated; the last one is the nearest",
            lambda s, p, h: _repeat(s[:p], h),
        ),
        Mistake(
            "whole series repeated",
            "the whole series is repeated from its beginning; only its last period is",
            lambda s, p, h: _repeat(s, h),
        ),
        Mistake(
            "one value too early",
            "the phase is wrong by one: the forecast begins one place too early in the season, and the last "
            "value is never used",
            lambda s, p, h: _repeat(s[-p - 1 : -1], h),
        ),
        Mistake(
            "starts with the last value",
            "the phase is wrong by one: the forecast begins with the last value itself; it begins with the "
            "value after the one that lies a period back",
            lambda s, p, h: _repeat(np.roll(s[-p:], 1), h),
        ),
        Mistake(
            "starts one too late",
            "the phase is wrong by one: the first value of the last period comes at its end; it is the "
            "forecast of the next step",
            lambda s, p, h: _repeat(np.roll(s[-p:], -1), h),
        ),
        Mistake(
            "period too long",
            "the period is one too long",
            lambda s, p, h: _repeat(s[-p - 1 :], h),
        ),
        Mistake(
            "period too short",
            "the period is one too short",
            lambda s, p, h: _repeat(s[-p + 1 :], h),
        ),
        Mistake(
            "backwards",
            "the last period runs backwards; the season goes on in the order of time",
            lambda s, p, h: _repeat(s[-p:][::-1], h),
        ),
        Mistake(
            "one period only",
            "there is one period and no more; where the horizon is longer, it is repeated",
            lambda s, p, h: s[-p:][:h],
        ),
        Mistake(
            "not cut off",
            "whole periods are returned; the forecast ends after `horizon` values",
            lambda s, p, h: np.tile(s[-p:], -(-h // p)),
        ),
        Mistake(
            "wraps to the beginning",
            f"{_WRAPS}; an index that has grown to 0 reads the start of the series",
            lambda s, p, h: np.array([s[-p + k] for k in range(h)]),
        ),
        Mistake(
            "runs off the end",
            f"{_WRAPS}; here the index runs past the end of the series",
            lambda s, p, h: np.array([s[len(s) - p + k] for k in range(h)]),
        ),
        Mistake(
            "empty slice",
            f"{_WRAPS}; here the end of the slice has grown past −1, and counts from the start of the series",
            lambda s, p, h: s[-p : -p + h],
        ),
        Mistake(
            "phase of the beginning",
            "the season is counted from the start of the series, as if its length were a whole number of "
            "periods; count back from the end",
            lambda s, p, h: s[np.arange(h) % p + len(s) // p * p - p],
        ),
        Mistake(
            "each value repeated",
            "each value stands there several times in a row; the whole period is repeated, not each value",
            lambda s, p, h: np.repeat(s[-p:], -(-h // p))[:h],
        ),
        Mistake(
            "last values of the horizon",
            "the last `horizon` values are returned; the last period is repeated, whatever the horizon",
            lambda s, p, h: s[-h:],
        ),
        Mistake(
            "mean of the last period",
            "the mean of the last period stands at every step; that takes the season away",
            lambda s, p, h: np.full(h, s[-p:].mean()),
        ),
        Mistake(
            "mean of all periods",
            "each value is the mean over all periods so far; asked for is the last period alone",
            _season_means,
        ),
        Mistake(
            "one step too many",
            "there is one forecast too many",
            lambda s, p, h: _repeat(s[-p:], h + 1),
        ),
        Mistake(
            "one step too few",
            "there is one forecast too few",
            lambda s, p, h: _repeat(s[-p:], h - 1),
        ),
    ),
)


# roll_out ----------------------------------------------------------------------------------------

Step = Callable[[np.ndarray], float]


def _step_and_history(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """A step that reads the last three values, each with a weight of its own."""
    weights = rng.uniform(0.4, 1.0, 3) * rng.choice([-1, 1], 3)

    def step(values: np.ndarray) -> float:
        recent = np.asarray(values, dtype=float)[-3:]
        return float(np.tanh(weights[-len(recent) :] @ recent) + 0.3)

    horizon = sizes["T"] + 1
    return {
        "step": step,
        "history": rng.standard_normal(horizon + 2 + sizes["N"]),
        "horizon": horizon,
    }


def _horizon_of_one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _step_and_history(rng, sizes) | {"horizon": 1}


def _short_history(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _step_and_history(rng, sizes)
    return arguments | {"history": arguments["history"][:3], "horizon": 9}


def _fed(extend: Callable[[np.ndarray, float], np.ndarray]) -> Callable[..., np.ndarray]:
    """Return the roll-out whose values go on as `extend(values, forecast)` says."""

    def rolled(step: Step, history: np.ndarray, horizon: int) -> np.ndarray:
        values, forecasts = history, []
        for _ in range(horizon):
            forecasts.append(step(values))
            values = extend(values, forecasts[-1])
        return np.array(forecasts)

    return rolled


_rolled = _fed(lambda values, forecast: np.append(values, forecast))


def _from_forecasts_only(step: Step, history: np.ndarray, horizon: int) -> np.ndarray:
    forecasts = [step(history)]
    while len(forecasts) < horizon:
        forecasts.append(step(np.array(forecasts)))
    return np.array(forecasts)


def _through_the_known(last: int) -> Callable[..., np.ndarray]:
    """Return the forecasts of values that are known, each from the true values before it."""

    def forced(step: Step, history: np.ndarray, horizon: int) -> np.ndarray:
        ends = len(history) - horizon + last + np.arange(horizon)
        return np.array([step(history[:end]) for end in ends])

    return forced


def _from_the_start(step: Step, history: np.ndarray, horizon: int) -> np.ndarray:
    return np.array([step(history[: k + 1]) for k in range(horizon)])


_TEACHER_FORCING = (
    "true values are fed in where forecasts belong (teacher forcing): values of the history are foretold "
    "once more, each from the true ones before it; after the history there are none"
)

_ROLL_OUT = Exercise(
    name="roll_out",
    lesson=_LESSON,
    points=2,
    reference=roll_out,
    outputs={"forecasts": "horizon"},
    draw=_step_and_history,
    edges=(
        Case("a horizon of 1", draw=_horizon_of_one),
        Case("a horizon longer than the history", draw=_short_history),
    ),
    mistakes=(
        Mistake(
            "first forecast repeated",
            "the same forecast stands at every step: the values are not extended, at their end, by the "
            "forecast before the next call",
            lambda step, history, horizon: np.full(horizon, step(history)),
        ),
        Mistake("teacher forcing", _TEACHER_FORCING, _through_the_known(0)),
        Mistake("teacher forcing up to now", _TEACHER_FORCING, _through_the_known(1)),
        Mistake("teacher forcing from the start", _TEACHER_FORCING, _from_the_start),
        Mistake(
            "append that is not kept",
            "the values never grow: `np.append` returns a new array and leaves the old one as it was",
            lambda step, history, horizon: history[len(history) :],
        ),
        Mistake(
            "last value overwritten",
            "the wrong end is dropped: each forecast takes the place of the latest value; it comes after it",
            _fed(lambda values, forecast: np.append(values[:-1], forecast)),
        ),
        Mistake(
            "forecast put in front, last value dropped",
            "the forecast is put before the values, and the latest is dropped; time runs the other way",
            _fed(lambda values, forecast: np.append(forecast, values[:-1])),
        ),
        Mistake(
            "last known value fed back",
            "the values are extended by the last known value, over and over, and not by the forecast",
            lambda step, history, horizon: _fed(lambda values, _: np.append(values, history[-1]))(
                step, history, horizon
            ),
        ),
        Mistake(
            "history forgotten",
            "after the first step only the forecasts are handed to `step`; it takes the history and the "
            "forecasts after it",
            _from_forecasts_only,
        ),
        Mistake(
            "zeros fed back",
            "the values are extended by zeros and not by the forecast",
            _fed(lambda values, forecast: np.append(values, 0.0)),
        ),
        Mistake(
            "oldest values first to go",
            "the oldest value is put at the end once more, as `np.roll` does, and not the forecast",
            _fed(lambda values, forecast: np.roll(values, -1)),
        ),
        Mistake(
            "starts with the last known value",
            "the row begins with the last known value; the first entry is the first forecast",
            lambda step, history, horizon: np.append(
                history[-1], _rolled(step, history, horizon - 1)
            ),
        ),
        Mistake(
            "begins one step late",
            "the first forecast is missing, and one stands at the end that was not asked for",
            lambda step, history, horizon: _rolled(step, history, horizon + 1)[1:],
        ),
        Mistake(
            "one step too many",
            "there is one forecast too many",
            lambda step, history, horizon: _rolled(step, history, horizon + 1),
        ),
        Mistake(
            "one step too few",
            "there is one forecast too few",
            lambda step, history, horizon: _rolled(step, history, horizon - 1),
        ),
        Mistake(
            "history returned as well",
            "the history is returned with the forecasts; only the forecasts are asked for",
            lambda step, history, horizon: np.append(history, _rolled(step, history, horizon)),
        ),
        Mistake(
            "end of the whole row",
            "the oldest values are dropped to make room, and the last values of the history come back with "
            "the forecasts; only the forecasts are asked for",
            lambda step, history, horizon: np.append(history, _rolled(step, history, horizon))[
                -len(history) :
            ],
        ),
        Mistake(
            "only the last forecast",
            "only the last forecast is returned; all of them are asked for",
            lambda step, history, horizon: _rolled(step, history, horizon)[-1],
        ),
        Mistake(
            "forecasts as changes",
            "each forecast is added to the value before it; `step` returns the next value itself",
            _fed(lambda values, forecast: np.append(values, values[-1] + forecast)),
        ),
    ),
)

EXERCISES = (_MAKE_WINDOWS, _STANDARDISE, _SEASONAL_NAIVE, _ROLL_OUT)
