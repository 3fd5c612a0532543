"""Wrong answers of lesson 09 that are right almost everywhere: every one must fail."""

import numpy as np


def windows_without_the_axis_of_one_target(series, window, horizon):
    """A single target for each window loses its axis."""
    N = len(series) - window - horizon + 1
    x = np.array([series[i : i + window] for i in range(N)]).T[:, :, None]
    targets = np.array([series[i + window : i + window + horizon] for i in range(N)])
    return x, targets if horizon > 1 else targets[:, 0]


def windows_of_neighbours_in_memory(series, window, horizon):
    """A step of 8 bytes from value to value: wrong where the series is a column of a table."""
    N = len(series) - window - horizon + 1
    every = np.lib.stride_tricks.as_strided(
        series, shape=(N, window + horizon), strides=(series.itemsize, series.itemsize)
    )
    return every[:, :window].T[:, :, None].copy(), every[:, window:].copy()


def windows_none_where_there_is_one(series, window, horizon):
    """A series that is just long enough for one window gives none."""
    N = max(len(series) - window - horizon + 1, 0)
    if N <= 1:
        N = 0
    x = np.array([series[i : i + window] for i in range(N)]).reshape(N, window)
    targets = np.array([series[i + window :][:horizon] for i in range(N)])
    return x.T[:, :, None], targets.reshape(N, horizon)


def standardise_with_a_small_number_added(train, other):
    """1e-8 beside the deviation: wrong for tiny spreads."""
    deviation = train.std() + 1e-8
    return (train - train.mean()) / deviation, (other - train.mean()) / deviation


def standardise_with_a_small_variance(train, other):
    """1e-12 under the root of the variance."""
    deviation = np.sqrt(train.var() + 1e-12)
    return (train - train.mean()) / deviation, (other - train.mean()) / deviation


def standardise_small_spreads_left(train, other):
    """Spreads below 1e-6 are taken for none and left as they are."""
    deviation = train.std() if train.std() > 1e-6 else 1.0
    return (train - train.mean()) / deviation, (other - train.mean()) / deviation


def standardise_in_buffers_of_the_same_type(train, other):
    """Whole numbers in, whole numbers out."""
    scaled, later = np.zeros_like(train), np.zeros_like(other)
    for i, value in enumerate(train):
        scaled[i] = (value - np.mean(train)) / np.std(train)
    for i, value in enumerate(other):
        later[i] = (value - np.mean(train)) / np.std(train)
    return scaled, later


def standardise_cut_at_the_length_of_train(train, other):
    """No more of the later values than there are of the first ones."""
    scaled = (train - train.mean()) / train.std()
    return scaled, (other[: len(train)] - train.mean()) / train.std()


def seasonal_all_for_a_horizon_of_none(series, period, horizon):
    """The end of a slice is minus what is too much: minus 0 leaves nothing, or all is kept."""
    periods = np.tile(series[-period:], horizon // period + 1)
    too_many = len(periods) - horizon
    return periods[:-too_many] if 0 < too_many < len(periods) else periods


def seasonal_seven_periods_at_most(series, period, horizon):
    """Seven periods, and no further."""
    return np.concatenate([series[-period:]] * 7)[:horizon]


def seasonal_in_whole_numbers(series, period, horizon):
    """The buffer holds whole numbers."""
    forecasts = np.zeros(horizon, dtype=int)
    for k in range(horizon):
        forecasts[k] = series[-period + k % period]
    return forecasts


def roll_out_last_values(step, history, horizon):
    """The last `horizon` values: everything for a horizon of 0."""
    values = history
    for _ in range(horizon):
        values = np.append(values, step(values))
    return values[-horizon:]


def roll_out_at_least_one(step, history, horizon):
    """The first forecast is made whatever the horizon."""
    forecasts = [step(history)]
    while len(forecasts) < horizon:
        forecasts.append(step(np.concatenate([history, forecasts])))
    return np.array(forecasts)


def roll_out_in_a_buffer_of_the_same_type(step, history, horizon):
    """The buffer has the type of the history: whole numbers are cut off."""
    values = np.zeros(len(history) + horizon, dtype=history.dtype)
    values[: len(history)] = history
    for k in range(len(history), len(values)):
        values[k] = step(values[:k])
    return values[len(history) :]


def roll_out_with_zeros_ahead(step, history, horizon):
    """`step` gets the whole buffer, zeros of the future included."""
    values = np.concatenate([history, np.zeros(horizon)])
    for k in range(len(history), len(values)):
        values[k] = step(values)
    return values[len(history) :]


WRONG_ANSWERS = {
    "make_windows": [
        windows_without_the_axis_of_one_target,
        windows_of_neighbours_in_memory,
        windows_none_where_there_is_one,
    ],
    "standardise": [
        standardise_with_a_small_number_added,
        standardise_with_a_small_variance,
        standardise_small_spreads_left,
        standardise_in_buffers_of_the_same_type,
        standardise_cut_at_the_length_of_train,
    ],
    "seasonal_naive": [
        seasonal_all_for_a_horizon_of_none,
        seasonal_seven_periods_at_most,
        seasonal_in_whole_numbers,
    ],
    "roll_out": [
        roll_out_last_values,
        roll_out_at_least_one,
        roll_out_in_a_buffer_of_the_same_type,
        roll_out_with_zeros_ahead,
    ],
}
