"""Both series by the training part's mean and deviation: (a − mean(train)) / std(train)."""

from collections.abc import Callable

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.tasks.forecasting import standardise


def _two_stretches(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    train = 3 + 2 * rng.standard_normal(2 * sizes["T"])
    return {"train": train, "other": -5 + 4 * rng.standard_normal(sizes["N"])}


def _far_from_zero(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    drawn = _two_stretches(rng, sizes)
    return {name: 350.0 + values for name, values in drawn.items()}


_CONTRACT = Contract(
    sizes="N",
    integers=("train", "other"),
    tiny=("train", "other"),
    edges=(
        Case("values far from zero", draw=_far_from_zero),
        Case("more later values than first ones", {"T": 3, "N": 11}),
    ),
)


Pair = tuple[np.ndarray, np.ndarray]


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


EXERCISE = Exercise(
    name="standardise",
    lesson="09_forecasting",
    points=2,
    reference=standardise,
    outputs={"train_scaled": "T", "other_scaled": "N"},
    draw=_two_stretches,
    contract=_CONTRACT,
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
