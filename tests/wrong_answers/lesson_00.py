"""Wrong answers of lesson 00 that are right almost everywhere: every one must fail."""

import numpy as np


def integer_buffer(xs):
    means = np.zeros_like(xs)
    for t in range(len(xs)):
        means[t] = np.mean(xs[: t + 1])
    return means


def integer_running_total(xs):
    total = xs.copy()
    for t in range(1, len(xs)):
        total[t] = total[t - 1] + (xs[t] - total[t - 1]) / (t + 1)
    return total


def zeros_are_not_counted(xs):
    return np.cumsum(xs) / np.maximum(np.cumsum(xs != 0), 1)


def rounded_to_six_places(xs):
    return np.round(np.cumsum(xs) / np.arange(1, len(xs) + 1), 6)


def one_value_is_squeezed(xs):
    return np.squeeze(np.cumsum(xs) / np.arange(1, len(xs) + 1))


def reads_memory_in_order(xs):
    flat = np.frombuffer(
        xs.tobytes() if xs.flags.c_contiguous else bytes(xs.nbytes), dtype=xs.dtype
    )
    return np.cumsum(flat) / np.arange(1, len(xs) + 1)


WRONG_ANSWERS = {
    "running_mean": (
        integer_buffer,
        integer_running_total,
        zeros_are_not_counted,
        rounded_to_six_places,
        one_value_is_squeezed,
        reads_memory_in_order,
    ),
}
