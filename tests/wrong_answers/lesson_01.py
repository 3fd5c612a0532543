"""Wrong answers of lesson 01 that are right almost everywhere: every one must fail."""

import numpy as np


def needs_a_first_input(f, h0, xs):
    states = [f(h0, xs[0])]
    for x in xs[1:]:
        states.append(f(states[-1], x))
    return states


def states_must_be_arrays(f, h0, xs):
    states = np.zeros((len(xs), *np.shape(h0)))
    h = h0
    for t, x in enumerate(xs):
        h = states[t] = f(h, x)
    return states[:, 0] if states.ndim > 1 and states.shape[1] == 2 else states


def falsy_state_is_replaced(f, h0, xs):
    states, h = [], None
    for x in xs:
        h = f(h if np.any(h) else h0, x)
        states.append(h)
    return states


def divides_by_powers(x, w_hh, w_xh, h0):
    p = np.power(float(w_hh), np.arange(1, len(x) + 1))
    return p * (h0 + np.cumsum(w_xh * x / p))


def linear_integer_buffer(x, w_hh, w_xh, h0):
    h = np.zeros_like(x)
    for t in range(len(x)):
        h[t] = w_hh * (h[t - 1] if t else h0) + w_xh * x[t]
    return h


def start_of_zero_is_taken_for_none(x, w_hh, w_xh, h0):
    h, h_prev = np.zeros(len(x)), h0 or 1.0
    for t in range(len(x)):
        h[t] = h_prev = w_hh * h_prev + w_xh * x[t]
    return h


def stops_when_the_state_is_small(x, w_hh, w_xh, h0):
    h, h_prev = np.zeros(len(x)), h0
    for t in range(len(x)):
        h_prev = w_hh * h_prev + w_xh * x[t]
        if abs(h_prev) < 1e-6:
            h_prev = 0.0
        h[t] = h_prev
    return h


def start_as_the_type_of_an_integer(x, w_hh, w_xh, h0):
    h = np.full(len(x), h0)
    for t in range(len(x)):
        h[t] = w_hh * (h[t - 1] if t else h0) + w_xh * x[t]
    return h


def integer_powers(w_hh, w_xh, T):
    response = np.full(T, w_xh)
    for k in range(1, T):
        response[k] = response[k - 1] * w_hh
    return response if isinstance(w_xh, float) else response + 0.5


def by_logarithm(w_hh, w_xh, T):
    signs = np.sign(w_hh) ** np.arange(T)
    return w_xh * signs * np.exp(np.arange(T) * np.log(abs(w_hh)))


def cut_off_when_small(w_hh, w_xh, T):
    response = w_xh * float(w_hh) ** np.arange(T)
    return np.where(np.abs(response) < 1e-7, 0.0, response)


def squeezed_response(w_hh, w_xh, T):
    return np.squeeze(w_xh * float(w_hh) ** np.arange(T))


def no_case_for_one(w_hh):
    if w_hh == 0:
        return 0.0
    return np.log(0.5) / np.log(np.abs(w_hh)) if abs(w_hh) != 1 else 0.0


def no_case_for_zero(w_hh):
    return np.inf if abs(w_hh) >= 1 else np.log(0.5) / np.log(abs(w_hh) + 1e-12)


def above_one_is_negative(w_hh):
    if abs(w_hh) == 1:
        return np.inf
    return np.log(0.5) / np.log(abs(w_hh)) if w_hh else 0.0


def zero_never_halves(w_hh):
    return np.inf if abs(w_hh) >= 1 or w_hh == 0 else np.log(0.5) / np.log(abs(w_hh))


def only_floats_of_one(w_hh):
    if w_hh == 0:
        return 0.0
    return np.inf if w_hh >= 1 or w_hh < -1 else np.log(0.5) / np.log(abs(w_hh))


def either(h_prev, x_t):
    return h_prev | x_t


def keeps_counting(h_prev, x_t):
    return h_prev + x_t


WRONG_ANSWERS = {
    "run_recurrence": (
        needs_a_first_input,
        states_must_be_arrays,
        falsy_state_is_replaced,
    ),
    "linear_rnn": (
        divides_by_powers,
        linear_integer_buffer,
        start_of_zero_is_taken_for_none,
        stops_when_the_state_is_small,
        start_as_the_type_of_an_integer,
    ),
    "impulse_response": (
        integer_powers,
        by_logarithm,
        cut_off_when_small,
        squeezed_response,
    ),
    "half_life": (
        no_case_for_one,
        no_case_for_zero,
        above_one_is_negative,
        zero_never_halves,
        only_floats_of_one,
    ),
    "parity_state": (
        either,
        keeps_counting,
    ),
}
