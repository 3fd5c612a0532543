"""Forecasts of a series of numbers: its windows, its scale, and the forecasts to be beaten."""

from collections.abc import Callable

import numpy as np

from rnn_utils._shapes import expect_shapes


def make_windows(series: np.ndarray, window: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Return every stretch of a series, and what came right after each.

    Args:
        series: the values (L,), in order of time.
        window: how many values a forecast may look at.
        horizon: how many values it is to forecast.

    Returns:
        x (window, N, 1), time-major, and targets (N, horizon), where N = L − window − horizon + 1.

    Raises:
        TypeError, ValueError: the series is not an array (L,) of numbers, or is shorter than one
            window and its horizon.

    Example:
        >>> x, targets = make_windows(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), window=3, horizon=1)
        >>> x[:, :, 0].T
        array([[1., 2., 3.],
               [2., 3., 4.]])
        >>> targets
        array([[4.],
               [5.]])
    """
    series = _series("make_windows", "series", series)
    _expect_at_least_one("make_windows", window=window, horizon=horizon)
    if len(series) < window + horizon:
        raise ValueError(
            f"make_windows: series should have at least window + horizon = {window + horizon} "
            f"values, but has {len(series)}. Give more of it, or a shorter window."
        )
    both = np.lib.stride_tricks.sliding_window_view(series, window + horizon)  # (N, window+horizon)
    return both[:, :window].T[:, :, None].copy(), both[:, window:].copy()


def standardise(train: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both series less the mean of the first, in units of its standard deviation.

    Mean and standard deviation are those of `train` alone: those of `other` belong to a future that
    nobody knows when the forecast is made. To go back: `scaled * train.std() + train.mean()`.

    Args:
        train: the values to learn from (L,).
        other: later values, any number of them.

    Returns:
        The two, scaled.

    Raises:
        TypeError, ValueError: they are not arrays (L,) of numbers, or all values of train are equal
            or one of them is nan.

    Example:
        >>> standardise(np.array([1.0, 3.0]), np.array([4.0]))
        (array([-1.,  1.]), array([2.]))
    """
    train = _series("standardise", "train", train)
    other = _series("standardise", "other", other)
    mean, deviation = train.mean(), train.std()
    if not deviation > 0:
        raise ValueError(
            f"standardise: train should have different values and none that is nan, but its "
            f"standard deviation is {deviation}. Look at the series, and fill its gaps."
        )
    return (train - mean) / deviation, (other - mean) / deviation


def persistence(series: np.ndarray, horizon: int) -> np.ndarray:
    """Return the forecast that all stays as it is.

    Args:
        series: the values so far (L,).
        horizon: how many values to forecast.

    Returns:
        The last value, (horizon,) times.

    Raises:
        TypeError, ValueError: the series is not an array (L,) of numbers, or is empty.

    Example:
        >>> persistence(np.array([1.0, 2.0, 3.0]), horizon=2)
        array([3., 3.])
    """
    return seasonal_naive(series, period=1, horizon=horizon)


def seasonal_naive(series: np.ndarray, period: int, horizon: int) -> np.ndarray:
    """Return the forecast that all will be as it was one period ago.

    Args:
        series: the values so far (L,).
        period: how many values make a period, such as 12 months.
        horizon: how many values to forecast.

    Returns:
        The last period of the series, repeated as often as needed, (horizon,).

    Raises:
        TypeError, ValueError: the series is not an array (L,) of numbers, or shorter than a period.

    Source: Hyndman and Athanasopoulos (2021), Forecasting: principles and practice, section 5.2.

    Example:
        >>> seasonal_naive(np.array([9.0, 1.0, 2.0, 3.0]), period=3, horizon=5)
        array([1., 2., 3., 1., 2.])
    """
    series = _series("seasonal_naive", "series", series)
    _expect_at_least_one("seasonal_naive", period=period)
    _expect_none_or_more("seasonal_naive", horizon=horizon)
    if len(series) < period:
        raise ValueError(
            f"seasonal_naive: series should have at least one period, {period} values, but has "
            f"{len(series)}. Give more of it."
        )
    return np.resize(series[-period:], horizon)


def linear_autoregression(train: np.ndarray, order: int) -> np.ndarray:
    """Return the linear forecast from the last values that fits best, by least squares.

    The next value is forecast as c₀ + c₁ · (the last value) + c₂ · (the one before) + … with as many
    of them as the order says.

    Args:
        train: the values to learn from (L,), more than twice the order.
        order: how many of the last values are used.

    Returns:
        The coefficients c₀, c₁, …, (order + 1,).

    Raises:
        TypeError, ValueError: train is not an array (L,) of numbers, or too short.

    Source: Yule (1927), On a method of investigating periodicities in disturbed series, with
    special reference to Wolfer's sunspot numbers.

    Example:
        >>> train = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
        >>> linear_autoregression(train, order=1).round(6).tolist()
        [0.0, 2.0]
    """
    train = _series("linear_autoregression", "train", train)
    _expect_at_least_one("linear_autoregression", order=order)
    if len(train) <= 2 * order:
        raise ValueError(
            f"linear_autoregression: train should have more than {2 * order} values to fit "
            f"{order + 1} coefficients, but has {len(train)}. Give more, or a lower order."
        )
    x, targets = make_windows(train, window=order, horizon=1)
    latest_first = x[::-1, :, 0].T
    columns = np.column_stack([np.ones(len(targets), dtype=train.dtype), latest_first])
    return np.linalg.lstsq(columns, targets[:, 0], rcond=None)[0]


def linear_step(history: np.ndarray, coefficients: np.ndarray) -> float:
    """Return the next value that a linear autoregression forecasts.

    Args:
        history: the values so far (L,), at least as many as the order.
        coefficients: c₀, c₁, … as `linear_autoregression` returns them (order + 1,).

    Returns:
        c₀ + c₁ · history[−1] + c₂ · history[−2] + …

    Raises:
        TypeError, ValueError: an argument is not an array of floats with one axis, or the history
            is shorter than the order.

    Example:
        >>> linear_step(np.array([1.0, 2.0, 3.0]), np.array([10.0, 1.0, 0.5]))
        14.0
    """
    history = _series("linear_step", "history", history)
    expect_shapes("linear_step", coefficients=(coefficients, "L"))
    order = len(coefficients) - 1
    if len(history) < order:
        raise ValueError(
            f"linear_step: history should have at least {order} values, the order, but has "
            f"{len(history)}. Give more of it."
        )
    latest_first = history[::-1][:order]
    return float(coefficients[0] + coefficients[1:] @ latest_first)


def roll_out(step: Callable[[np.ndarray], float], history: np.ndarray, horizon: int) -> np.ndarray:
    """Return forecasts of several steps, each made as if the ones before had come true.

    Args:
        step: takes the values so far (L,) and returns a forecast of the next.
        history: the values known (L,).
        horizon: how many values to forecast.

    Returns:
        The forecasts (horizon,).

    Raises:
        TypeError, ValueError: history is not an array (L,) of numbers, or step returns something
            other than one number.

    Example:
        >>> roll_out(lambda values: 2 * values[-1], np.array([1.0, 3.0]), horizon=3)
        array([ 6., 12., 24.])
    """
    history = _series("roll_out", "history", history)
    _expect_none_or_more("roll_out", horizon=horizon)
    values = list(history)
    for _ in range(horizon):
        forecast = np.asarray(step(np.array(values, dtype=history.dtype)))
        if forecast.size != 1:
            raise ValueError(
                f"roll_out: step should return one number, the forecast of the next value, but "
                f"returned an array of shape {forecast.shape}. Take the first forecast out of it."
            )
        values.append(forecast.item())
    return np.array(values[len(history) :], dtype=history.dtype)


def _series(function: str, name: str, array: np.ndarray) -> np.ndarray:
    """Return a series of floats; one of counts, which are integers, is made so."""
    if isinstance(array, np.ndarray) and array.dtype.kind in "iu":
        array = array.astype(float)
    expect_shapes(function, **{name: (array, "L")})
    return array


def _expect_at_least_one(function: str, **sizes: int) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(
                f"{function}: {name} should be at least 1, but is {size}. Give a number of steps."
            )


def _expect_none_or_more(function: str, **sizes: int) -> None:
    for name, size in sizes.items():
        if size < 0:
            raise ValueError(
                f"{function}: {name} should be at least 0, but is {size}. Give a number of steps."
            )
