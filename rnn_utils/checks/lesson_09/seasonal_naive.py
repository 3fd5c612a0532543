"""The last period again and again: ŷ_k = s[n − period + (k mod period)]."""

from collections.abc import Callable

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.tasks.forecasting import persistence, seasonal_naive


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


_CONTRACT = Contract(
    integers=("series",),
    edges=(
        Case("a horizon shorter than the period", draw=_with_horizon(lambda p: p - 1)),
        Case("a horizon of 1", draw=_with_horizon(lambda p: 1)),
        Case("a horizon of one period", draw=_with_horizon(lambda p: p)),
        Case("a horizon of 0", draw=_with_horizon(lambda p: 0)),
        Case("a horizon longer than the series", draw=_with_horizon(lambda p: 9 * p + 1)),
        Case("a period of 1", draw=_period_of_one),
        Case("a series of one period", draw=_one_period_only),
    ),
)


def _repeat(values: np.ndarray, horizon: int) -> np.ndarray:
    return np.resize(values, horizon)


def _season_means(series: np.ndarray, period: int, horizon: int) -> np.ndarray:
    back = [series[len(series) - period + k :: -period].mean() for k in range(period)]
    return _repeat(np.array(back), horizon)


_WRAPS = (
    "the second period of the forecast is not the first again; where the horizon is longer than the period, "
    "the same last period is repeated"
)


EXERCISE = Exercise(
    name="seasonal_naive",
    lesson="09_forecasting",
    points=1,
    reference=seasonal_naive,
    outputs={"forecasts": "horizon"},
    draw=_two_periods,
    contract=_CONTRACT,
    forbids=(persistence,),
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
            "tiled horizon times",
            "the period is repeated `horizon` times; there are `horizon` values in all, so cut the rest off",
            lambda s, p, h: np.tile(s[-p:], h),
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
