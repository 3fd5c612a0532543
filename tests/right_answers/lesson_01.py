"""Correct solutions of lesson 01 in different styles: every one must pass."""

import itertools
import math
from functools import reduce

import numpy as np


def run_by_accumulate(f, h0, xs):
    return list(itertools.accumulate(xs, f, initial=h0))[1:]


def run_by_recursion(f, h0, xs):
    if len(xs) == 0:
        return []
    h = f(h0, xs[0])
    return [h, *run_by_recursion(f, h, xs[1:])]


def run_by_index(f, h0, xs):
    states = [h0]
    for t in range(len(xs)):
        states += [f(states[-1], xs[t])]
    return states[1:]


def run_by_generator(f, h0, xs):
    input = h0  # a learner's choice of name
    for x in xs:
        input = f(input, x)
        yield input


def linear_by_loop(x, w_hh, w_xh, h0):
    h = np.empty(x.shape)
    h[0] = w_hh * h0 + w_xh * x[0]
    for t in range(1, len(x)):
        h[t] = w_hh * h[t - 1] + w_xh * x[t]
    return h


def linear_by_list(x, w_hh, w_xh, h0):
    h = [h0]
    for value in x:
        h.append(h[-1] * w_hh + value * w_xh)
        print("state", h[-1])
    return np.array(h[1:])


def linear_by_powers(x, w_hh, w_xh, h0):
    T = len(x)
    lag = np.arange(T)[:, None] - np.arange(T)[None, :]
    kernel = np.where(lag >= 0, w_xh * w_hh ** np.maximum(lag, 0), 0.0)
    return kernel @ x + h0 * w_hh ** np.arange(1, T + 1)


def linear_with_longer_buffer(x, w_hh, w_xh, h0):
    h = np.zeros(len(x) + 1)
    h[-1] = h0
    for t in range(len(x)):
        h[t] = w_hh * h[t - 1] + w_xh * x[t]
    return h[:-1]


def response_by_list(w_hh, w_xh, T):
    return np.array([w_xh * w_hh**k for k in range(T)])


def response_by_cumprod(w_hh, w_xh, T):
    return np.cumprod(np.r_[w_xh, np.full(T - 1, w_hh)])


def response_by_loop(w_hh, w_xh, T):
    h, states = w_xh, []
    for _ in range(T):
        states.append(h)
        h = h * w_hh
    return np.asarray(states)


def half_life_by_base(w_hh):
    size = abs(w_hh)
    if size >= 1:
        return math.inf
    return math.log(0.5, size) if size else 0


def half_life_by_log2(w_hh):
    with np.errstate(divide="ignore"):
        steps = -1 / np.log2(np.abs(np.float64(w_hh)))
    return float("inf") if abs(w_hh) >= 1 else steps


def half_life_by_search(w_hh):
    size = abs(w_hh)
    if size >= 1:
        return np.inf
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if size**middle < 0.5 else (middle, high)
    return high


def parity_by_difference(h_prev, x_t):
    return int(h_prev != x_t)


def parity_by_table(h_prev, x_t):
    return {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}[h_prev, x_t]


def parity_by_xor(h_prev, x_t):
    return h_prev ^ x_t


def parity_by_reduce(h_prev, x_t):
    return reduce(lambda a, b: abs(a - b), (h_prev, x_t))


RIGHT_ANSWERS = {
    "run_recurrence": (run_by_accumulate, run_by_recursion, run_by_index, run_by_generator),
    "linear_rnn": (
        linear_by_loop,
        linear_by_list,
        linear_by_powers,
        linear_with_longer_buffer,
    ),
    "impulse_response": (response_by_list, response_by_cumprod, response_by_loop),
    "half_life": (half_life_by_base, half_life_by_log2, half_life_by_search),
    "parity_state": (
        parity_by_difference,
        parity_by_table,
        parity_by_xor,
        parity_by_reduce,
    ),
}
