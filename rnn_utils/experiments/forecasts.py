"""The experiment of lesson 09: a recurrent network and a linear autoregression, given the same chance.

Both read the same past. Both make their choices on the same validation part, the end of that past:
the autoregression its order, the network its window, its learning rate and its number of epochs. Both
are then fitted again to the whole past, validation part included, before they meet the test part.
"""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np

from rnn_utils import data
from rnn_utils.tasks.forecasting import (
    linear_autoregression,
    linear_step,
    make_windows,
    standardise,
)
from rnn_utils.training.fast.workspace import Workspace
from rnn_utils.training.loop import train
from rnn_utils.training.models import rnn_predict
from rnn_utils.training.optimizers import ADAM
from rnn_utils.training.parameters import RNNParameters, initialise_rnn

#: From the values so far to a forecast of the next one, in the units of the series.
Step = Callable[[np.ndarray], float]

UNITS, BATCH = 16, 64


class Series(NamedTuple):
    """A series of numbers, and how it is forecast."""

    values: np.ndarray  # (L,)
    begin: int  # where the test part begins
    period: int  # of the seasonal naive forecast
    windows: tuple[
        int, ...
    ]  # the RNN chooses one; the order of the autoregression is at most the last
    epochs: int  # the most that the RNN may choose
    of_changes: bool = False  # whether the RNN reads changes from value to value in place of values


class Choice(NamedTuple):
    """What a network chose on the validation part."""

    window: int
    learning_rate: float
    epochs: int


#: What the network chooses from on the validation part.
RATES = (0.001, 0.003, 0.01, 0.03)


def fill_forward(values: np.ndarray) -> np.ndarray:
    """Return a copy (L,) in which each nan is replaced by the last value before it.

    Example:
        >>> fill_forward(np.array([1.0, np.nan, 3.0])).tolist()
        [1.0, 1.0, 3.0]
    """
    last = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(len(values))))
    return values[last]


def all_series() -> dict[str, Series]:
    """Return the four series of the lesson by name.

    Example:
        >>> {name: len(series.values) - series.begin for name, series in all_series().items()}
        {'yearly sunspots': 80, 'monthly sunspots': 600, 'temperature (°C)': 365, 'CO2 (ppm)': 520}
    """
    yearly, monthly = data.sunspots_yearly()[1], data.sunspots_monthly()[1]
    celsius, co2 = data.temperature_daily()[1], fill_forward(data.co2_weekly()[1])
    return {
        "yearly sunspots": Series(yearly, len(yearly) - 80, 11, (11, 22), 200),
        "monthly sunspots": Series(monthly, len(monthly) - 600, 132, (12, 24), 40),
        "temperature (°C)": Series(celsius, len(celsius) - 365, 365, (7, 14), 80),
        "CO2 (ppm)": Series(co2, len(co2) - 520, 52, (26, 52), 40, of_changes=True),
    }


def fit_rnn(
    past: np.ndarray,
    window: int,
    seed: int,
    epochs: int,
    *,
    held_back: int = 0,
    learning_rate: float = 0.003,
    horizon: int = 1,
) -> tuple[RNNParameters, int]:
    """Train a network of 16 units on a scaled series, many-to-one, by Adam.

    Args:
        past: the values to learn from (L,), scaled.
        window: how many values are read before each forecast.
        seed: for the start and the batches.
        epochs: how many times to go through the windows.
        held_back: how many of the last values are for validation. If there are any, the parameters of
            the epoch that does best on them come back.
        learning_rate: η.
        horizon: how many values are forecast at once.

    Returns:
        The parameters, and the number of epochs that they were trained for.

    Example:
        >>> parameters, epochs = fit_rnn(np.sin(np.arange(50.0)), window=5, seed=0, epochs=2)
        >>> parameters.W_hh.shape, epochs
        ((16, 16), 2)
    """
    learnt = len(past) - held_back
    x, targets = (a.astype(np.float32) for a in make_windows(past[:learnt], window, horizon))
    rng = np.random.default_rng(seed)
    validate = None
    if held_back:
        later = make_windows(past[learnt - window :], window, horizon)
        unseen, truth = (a.astype(np.float32) for a in later)

        def validate(parameters: RNNParameters) -> float:
            return float(np.mean((rnn_predict(unseen, parameters, many_to_one=True) - truth) ** 2))

    trained = train(
        Workspace().loss_and_gradients,
        initialise_rnn(D=1, H=UNITS, O=horizon, rng=rng, dtype=np.float32),
        lambda: data.shuffled_batches(x, targets, BATCH, rng),
        learning_rate,
        max_norm=1.0,
        epochs=epochs,
        optimizer=ADAM,
        validate=validate,
        patience=epochs,
        progress=False,
    )
    best = int(np.argmin(trained.history.validation)) + 1 if held_back else epochs
    return trained.parameters, best


def rnn_forecaster(parameters: RNNParameters, window: int, scale_of: np.ndarray) -> Step:
    """Return a network as a step: the values so far in, a forecast in the units of the series out.

    Args:
        parameters: trained on a scaled series.
        window: how many of the last values it reads.
        scale_of: the values (L,) whose mean and standard deviation make the scale.

    Returns:
        The step.
    """
    mean, deviation = scale_of.mean(), scale_of.std()

    def step(values: np.ndarray) -> float:
        x = (np.asarray(values)[-window:] - mean) / deviation
        y = rnn_predict(x.astype(np.float32)[:, None, None], parameters, many_to_one=True)
        return float(y[0, 0]) * deviation + mean

    return step


def linear_forecaster(past: np.ndarray, order: int) -> Step:
    """Return the step of a linear autoregression that is fitted to the past (L,)."""
    coefficients = linear_autoregression(past, order)
    return lambda values: linear_step(np.asarray(values), coefficients)


def trained_step(series: Series, past: np.ndarray, choice: Choice, seed: int) -> Step:
    """Return the step of a network that is fitted to the whole past (L,) by a choice made before."""
    read = np.diff(past) if series.of_changes else past
    parameters, _ = fit_rnn(
        standardise(read, read)[0],
        choice.window,
        seed,
        choice.epochs,
        learning_rate=choice.learning_rate,
    )
    step = rnn_forecaster(parameters, choice.window, read)
    if not series.of_changes:
        return step
    return lambda values: values[-1] + step(np.diff(values[-choice.window - 1 :]))


def one_step_errors(
    step: Step, series: np.ndarray, begin: int, end: int | None = None
) -> np.ndarray:
    """Return the errors of the next value's forecast, for all values from `begin` to `end`.

    Example:
        >>> one_step_errors(lambda values: values[-1], np.array([1.0, 2.0, 4.0]), begin=1)
        array([-1., -2.])
    """
    end = len(series) if end is None else end
    return np.array([step(series[:known]) for known in range(begin, end)]) - series[begin:end]


def rmse(errors: np.ndarray) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(errors**2)))


def choose_order(series: Series) -> int:
    """Return the order of the autoregression that does best on the validation part.

    It is as long as the test part, and ends where that begins.
    """
    past, held_back = series.values[: series.begin], len(series.values) - series.begin
    learnt = len(past) - held_back

    def error(order: int) -> float:
        return rmse(one_step_errors(linear_forecaster(past[:learnt], order), past, learnt))

    return min(range(1, series.windows[-1] + 1), key=error)


def choose_rnn(series: Series, seeds: tuple[int, ...] = (100, 101, 102)) -> Choice:
    """Return the window, rate and epochs with which seeds for the search do best on validation.

    Args:
        series: the series; its validation part is as long as the test part, and ends where it begins.
        seeds: for the search alone; those that are reported are others.

    Returns:
        The choice; its epochs are the median over the seeds.
    """
    past, held_back = series.values[: series.begin], len(series.values) - series.begin
    read = np.diff(past) if series.of_changes else past
    scaled = standardise(read[: len(read) - held_back], read)[1]
    found: dict[tuple[int, float], list[tuple[float, int]]] = {}
    for window, rate in product(series.windows, RATES):
        x, truth = make_windows(scaled[len(scaled) - held_back - window :], window, 1)
        for seed in seeds:
            parameters, epochs = fit_rnn(
                scaled, window, seed, series.epochs, held_back=held_back, learning_rate=rate
            )
            y = rnn_predict(x.astype(np.float32), parameters, many_to_one=True)
            found.setdefault((window, rate), []).append((rmse(y - truth), epochs))
    window, rate = min(found, key=lambda key: np.mean([error for error, _ in found[key]]))
    return Choice(window, rate, int(np.median([epochs for _, epochs in found[window, rate]])))
