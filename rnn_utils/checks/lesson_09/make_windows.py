"""Windows and what follows: x_k = s[k : k + window], y_k = s[k + window + horizon − 1]."""

from collections.abc import Callable

import numpy as np

from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.tasks.forecasting import make_windows


def _series_for_windows(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    window, horizon, N = sizes["T"], sizes["O"], sizes["N"]
    if N > 1:  # enough of them that windows left out are told apart by how many were
        N += window + horizon
    return {
        "series": rng.standard_normal(window + horizon + N - 1),
        "window": window,
        "horizon": horizon,
    }


_CONTRACT = Contract(sizes="TNO", integers=("series",))


Pair = tuple[np.ndarray, np.ndarray]


_BATCH_FIRST = "batch first"


_ONE_TOO_FEW = "one window too few"


_INSIDE = "target inside the window"


_TOO_LATE = "target one too late"


_LATEST_FIRST = "latest value first"


_NEXT_ONLY = "horizon ignored"


_LAST_ONLY = "only the end of the horizon"


_TIME_FIRST = "targets turned"


_NO_AXIS = "last axis missing"


_WINDOW_MISTAKES = {
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


EXERCISE = Exercise(
    name="make_windows",
    lesson="09_forecasting",
    points=2,
    reference=make_windows,
    outputs={"x": "T N 1", "targets": "N O"},
    draw=_series_for_windows,
    contract=_CONTRACT,
    mistakes=(
        *mistakes_in(_windows, _WINDOW_MISTAKES),
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
            "last target only",
            "only the last of the `horizon` values is kept as a target; all of them are expected",
            lambda s, w, h: (
                _windows(frozenset(), s, w, h)[0],
                _windows(frozenset(), s, w, h)[1][:, -1],
            ),
        ),
        Mistake(
            "one next value",
            "there is one target for each window, the next value; expected are the next `horizon` values",
            lambda s, w, h: (
                _windows(frozenset(), s, w, h)[0],
                _windows(frozenset(), s, w, h)[1][:, 0],
            ),
        ),
        Mistake(
            "a window of targets",
            "there are as many targets as values in a window; expected are the `horizon` values after it",
            lambda s, w, h: (
                _windows(frozenset(), s, w, h)[0],
                np.array([s[i + h : i + h + w] for i in range(len(s) - w - h + 1)]),
            ),
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
