"""Correct solutions of lesson 09 in different styles: every one must pass."""

from functools import reduce
from itertools import cycle, islice

import numpy as np


def windows_by_lists(series, window, horizon):
    inputs, targets = [], []
    for i in range(len(series) - window - horizon + 1):
        inputs.append(series[i : i + window])
        targets.append(series[i + window : i + window + horizon])
    return np.array(inputs).T[:, :, None], np.array(targets)


def windows_by_scalars(series, window, horizon):
    N = len(series) - (window + horizon) + 1
    x = np.zeros((window, N, 1))
    targets = np.zeros((N, horizon))
    for n in range(N):
        for t in range(window):
            x[t, n, 0] = series[n + t]
        for k in range(horizon):
            targets[n, k] = series[n + window + k]
    return x, targets


def windows_by_index_arrays(series, window, horizon):
    starts = np.arange(len(series) - window - horizon + 1)
    x = series[np.arange(window)[:, None] + starts][..., np.newaxis]
    targets = series[starts[:, None] + window + np.arange(horizon)]
    return x, targets


def windows_by_steps(series, window, horizon):
    N = len(series) - window - horizon + 1
    x = np.stack([series[t : t + N] for t in range(window)])
    targets = np.stack([series[window + k : window + k + N] for k in range(horizon)], axis=1)
    return x.reshape(window, N, 1), targets


def windows_by_view(series, window, horizon):
    whole = np.lib.stride_tricks.sliding_window_view(series, window + horizon)
    return np.expand_dims(whole[:, :window].T, -1), whole[:, window:]


def standardise_plainly(train, other):
    mean = train.mean()
    std = train.std()
    return (train - mean) / std, (other - mean) / std


def standardise_by_sums(train, other):
    n = 0
    total = 0.0
    for value in train:
        total += value
        n += 1
    mean = total / n
    squares = 0.0
    for value in train:
        squares += (value - mean) ** 2
    deviation = (squares / n) ** 0.5
    scaled_train = np.array([(value - mean) / deviation for value in train])
    scaled_other = np.array([(value - mean) / deviation for value in other])
    return scaled_train, scaled_other


def standardise_by_inner_function(train, other):
    def scale(values):
        return (values - np.mean(train)) / np.sqrt(np.var(train))

    return scale(train), scale(other)


def standardise_on_copies(train, other):
    train, other = train.astype(float), other.astype(float)
    other -= train.mean()
    train -= train.mean()
    deviation = np.sqrt(np.mean(np.square(train)))
    train /= deviation
    other /= deviation
    return [train, other]


def seasonal_by_modulo(series, period, horizon):
    last = series[-period:]
    return np.array([last[k % period] for k in range(horizon)])


def seasonal_by_tile(series, period, horizon):
    times = horizon // period + 1
    return np.tile(series[len(series) - period :], times)[:horizon]


def seasonal_by_appending(series, period, horizon):
    values = list(series)
    for _ in range(horizon):
        values.append(values[-period])
    return np.array(values[len(series) :])


def seasonal_by_cycle(series, period, horizon):
    return np.fromiter(islice(cycle(series[-period:]), horizon), dtype=float)


def seasonal_by_index_array(series, period, horizon):
    return series[len(series) - period + np.arange(horizon) % period]


def roll_out_by_append(step, history, horizon):
    values = history
    for _ in range(horizon):
        values = np.append(values, step(values))
    return values[len(history) :]


def roll_out_by_list(step, history, horizon):
    known = history.tolist()
    forecasts = []
    while len(forecasts) < horizon:
        forecasts.append(step(np.array(known + forecasts)))
    return np.array(forecasts)


def roll_out_in_one_buffer(step, history, horizon):
    L = len(history)
    values = np.empty(L + horizon)
    values[:L] = history
    for k in range(horizon):
        values[L + k] = step(values[: L + k])
    return values[L:]


def roll_out_by_sliding_window(step, history, horizon):
    window = history.astype(float)
    out = np.zeros(horizon)
    for k in range(horizon):
        out[k] = step(window)
        window[:-1] = window[1:].copy()
        window[-1] = out[k]
    return out


def roll_out_by_reduce(step, history, horizon):
    longer = reduce(lambda values, _: np.append(values, step(values)), range(horizon), history)
    return longer[len(longer) - horizon :]


def roll_out_by_recursion(step, history, horizon):
    if horizon == 0:
        return np.array([])
    first = step(history)
    rest = roll_out_by_recursion(step, np.append(history, first), horizon - 1)
    return np.concatenate([[first], rest])


RIGHT_ANSWERS = {
    "make_windows": (
        windows_by_lists,
        windows_by_scalars,
        windows_by_index_arrays,
        windows_by_steps,
        windows_by_view,
    ),
    "standardise": (
        standardise_plainly,
        standardise_by_sums,
        standardise_by_inner_function,
        standardise_on_copies,
    ),
    "seasonal_naive": (
        seasonal_by_modulo,
        seasonal_by_tile,
        seasonal_by_appending,
        seasonal_by_cycle,
        seasonal_by_index_array,
    ),
    "roll_out": (
        roll_out_by_append,
        roll_out_by_list,
        roll_out_in_one_buffer,
        roll_out_by_sliding_window,
        roll_out_by_reduce,
        roll_out_by_recursion,
    ),
}
