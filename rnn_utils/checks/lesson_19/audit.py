"""A training window leaks if it reads, or forecasts, a value that a test window is judged by."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.tasks.audit import audit


def _split(rng: np.random.Generator, sizes: Sizes, window: int = 0, horizon: int = 0) -> Arguments:
    window, horizon = window or sizes["T"] + 2, horizon or sizes["H"]
    reach = window + horizon
    test = 60 + rng.choice(30, size=5, replace=False)
    # Those that leak by their inputs, by their targets, and not at all, on both sides of the test period.
    edges = [
        int(test.min()) + window - reach,
        int(test.min()) + window - reach + 1,
        int(test.max()) + reach - 1,
        int(test.max()) + reach,
    ]
    train = np.concatenate([edges, rng.integers(0, 140, 14)])
    return {
        "train_starts": rng.permutation(train),
        "test_starts": test,
        "window": window,
        "horizon": horizon,
    }


def _one_value(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _split(rng, sizes, window=4, horizon=1)


def _window_of_one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _split(rng, sizes, window=1, horizon=2)


def _no_leak(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _split(rng, sizes)
    return arguments | {"train_starts": np.arange(10)}


def _test_at_the_end(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    window, horizon = sizes["T"] + 2, sizes["H"]
    reach = window + horizon
    test = 80 + np.arange(6)
    return {
        "train_starts": rng.permutation(np.arange(80 - reach, 80)),
        "test_starts": test,
        "window": window,
        "horizon": horizon,
    }


def _gap_in_the_test(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    test = np.array([50, 90])
    return {"train_starts": np.arange(40, 105), "test_starts": test, "window": 6, "horizon": 2}


def _found(
    made: Made, train_starts: np.ndarray, test_starts: np.ndarray, window: int, horizon: int
) -> np.ndarray:
    train, test = np.asarray(train_starts), np.asarray(test_starts)
    steps = np.arange(window + horizon)
    if "inputs only" in made:
        steps = np.arange(window)
    if "targets only" in made:
        steps = window + np.arange(horizon)
    if "same start only" in made:
        return np.flatnonzero(np.isin(train, test))
    judged = test[:, None] + window + np.arange(horizon)
    if "all that the test reads" in made:
        judged = test[:, None] + np.arange(window + horizon)
    if "one value too far" in made:
        judged = test[:, None] + window + np.arange(horizon + 1)
    if "first value missed" in made:
        judged = test[:, None] + window + 1 + np.arange(horizon)
    if "everything behind the test's beginning" in made:
        return np.flatnonzero(train + window + horizon > judged.min())
    if "between first and last" in made:
        inside = (train[:, None] + steps >= judged.min()) & (train[:, None] + steps <= judged.max())
        return np.flatnonzero(inside.any(axis=1))
    if "everything behind the first test start" in made:
        return np.flatnonzero(train + window + horizon > test.min())
    if "one value too soon" in made:
        judged = test[:, None] + window - 1 + np.arange(horizon + 1)
    if "first target only" in made:
        judged = test[:, None] + window
    if "one test window" in made:
        judged = judged[:1]
    if "last value of a training window" in made:
        steps = np.arange(window + horizon - 1)
    if "only those that start behind" in made:
        later = (train[:, None] - test >= 0) & (train[:, None] - test < window + horizon)
        return np.flatnonzero(later.any(axis=1))
    found = np.isin(train[:, None] + steps, judged)
    if "every value" in made:
        return np.flatnonzero(found.all(axis=1))
    if "once for each value" in made:
        return np.nonzero(found)[0]
    leaks = np.asarray(found.any(axis=1))
    if "true and false" in made:
        return leaks
    if "places in the sorted starts" in made:
        return np.flatnonzero(leaks[np.argsort(train, kind="stable")])
    if "starts, as they come" in made:
        return train[leaks]
    if "the sound ones" in made:
        return np.flatnonzero(~leaks)
    if "starts instead of places" in made:
        return np.sort(train[leaks])
    return np.flatnonzero(leaks)


EXERCISE = Exercise(
    name="audit",
    lesson="19_project",
    points=2,
    reference=audit,
    outputs={"places": "K"},
    draw=_split,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(
            Case("a horizon of 1", draw=_one_value),
            Case("a window of 1", draw=_window_of_one),
            Case("nothing leaks", draw=_no_leak),
            Case("the test period at the end", general=True, draw=_test_at_the_end),
            Case("test windows far apart", general=True, draw=_gap_in_the_test),
        ),
    ),
    mistakes=mistakes_in(
        _found,
        {
            "inputs only": (
                "only what a training window reads is looked at; its targets are learnt from, too"
            ),
            "targets only": "only a training window's targets are looked at; it reads values as well",
            "same start only": (
                "only equal starts are found; windows that overlap share values, whatever their starts"
            ),
            "all that the test reads": (
                "what a test window *reads* counts as well: those values are known when it forecasts, "
                "and may be learnt from"
            ),
            "one value too far": "a test window is judged by `horizon` values, and one more is counted",
            "first value missed": (
                "the first value that a test window is judged by comes right after its `window` values"
            ),
            "everything behind the test's beginning": (
                "everything behind the first judged value counts; a training window far behind the "
                "test period holds none of its values"
            ),
            "between first and last": (
                "everything between the first and the last judged value counts; between test windows "
                "that are far apart there are values that none is judged by"
            ),
            "everything behind the first test start": (
                "every training window that reaches behind the first test start counts; values that a test "
                "window only reads may be learnt from, and far behind the test period all is sound"
            ),
            "one value too soon": (
                "the last value that a test window reads counts as well; it is known at the forecast"
            ),
            "first target only": (
                "only the first value that a test window is judged by counts; there are `horizon` of them"
            ),
            "one test window": "only the first test window is looked at",
            "last value of a training window": (
                "the last value that a training window holds is missed: it holds window + horizon values"
            ),
            "only those that start behind": (
                "only training windows that start at a test window or behind it are found; one that starts "
                "before may reach into it"
            ),
            "every value": (
                "only windows *all* of whose values are judged are found; a single one is a leak"
            ),
            "once for each value": (
                "a window is returned once for each of its judged values; once is enough"
            ),
            "true and false": "True and False are returned for each window; asked for are places",
            "places in the sorted starts": (
                "the places belong to sorted starts; asked for are those in `train_starts` as it came"
            ),
            "starts, as they come": ("starts are returned; asked for are places in `train_starts`"),
            "the sound ones": "the windows that do not leak are returned",
            "starts instead of places": "starts are returned; asked for are places in `train_starts`",
        },
        together=1,
    ),
)
