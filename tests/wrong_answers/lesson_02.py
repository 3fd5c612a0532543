"""Wrong answers of lesson 02 that are right almost everywhere: every one must fail."""

# ruff: noqa: E741 -- O is the size of an output

import numpy as np


def square_where_equal(D, H, O, T, shared):
    step = H * D + H * H + H if D != H else H * D + H
    return (step if shared else T * step) + O * H + O


def one_step_has_no_state(D, H, O, T, shared):
    step = H * D + H + (H * H if T > 1 else 0)
    return (step if shared else T * step) + O * H + O


def a_single_output_needs_no_bias(D, H, O, T, shared):
    step = H * D + H * H + H
    return (step if shared else T * step) + O * H + (O if O > 1 else 0)


def guessed_column(x, h, W_xh, W_hh, b):
    A = W_xh if W_xh.shape[0] != len(x) else W_xh.T
    return W_hh @ h + A @ x + b


def column_in_the_states_type(x, h, W_xh, W_hh, b):
    new = h.copy()
    new[:] = W_hh @ h + W_xh @ x + b
    return new


def guessed_from_the_shape(x_t, h_prev, W_xh, W_hh, b_h):
    A = W_xh if W_xh.shape[0] == x_t.shape[1] else W_xh.T
    return x_t @ A + h_prev @ W_hh.T + b_h


def column_if_it_fits(x_t, h_prev, W_xh, W_hh, b_h):
    if h_prev.shape[0] == h_prev.shape[1]:
        return x_t @ W_xh.T + W_hh @ h_prev + b_h
    return x_t @ W_xh.T + h_prev @ W_hh.T + b_h


def bias_as_a_column_if_it_fits(x_t, h_prev, W_xh, W_hh, b_h):
    b = b_h[:, None] if len(b_h) == len(x_t) else b_h
    return x_t @ W_xh.T + h_prev @ W_hh.T + b


def flat_memory(x_t, h_prev, W_xh, W_hh, b_h):
    new = np.zeros_like(h_prev)
    flat = new.reshape(-1)
    flat[:] = (x_t @ W_xh.T + h_prev @ W_hh.T + b_h).ravel()
    return new


def layers_batch_first_if_it_fits(x, h0, layers):
    if x.shape[0] == x.shape[1]:
        x = np.swapaxes(x, 0, 1)
    h, states = h0, []
    for x_t, (W_xh, W_hh, b_h) in zip(x, layers, strict=True):
        h = x_t @ W_xh.T + h @ W_hh.T + b_h
        states.append(h)
    return np.stack(states)


def layers_guessed(x, h0, layers):
    h, states = h0, []
    for x_t, (W_xh, W_hh, b_h) in zip(x, layers, strict=True):
        A = W_xh if W_xh.shape[0] == x_t.shape[1] else W_xh.T
        h = x_t @ A + h @ W_hh.T + b_h
        states.append(h)
    return np.stack(states)


def one_layer_is_squeezed(x, h0, layers):
    h, states = h0, []
    for x_t, (W_xh, W_hh, b_h) in zip(x, layers, strict=True):
        h = x_t @ W_xh.T + h @ W_hh.T + b_h
        states.append(h)
    return np.array(states).squeeze()


WRONG_ANSWERS = {
    "count_parameters": (
        square_where_equal,
        one_step_has_no_state,
        a_single_output_needs_no_bias,
    ),
    "state_step_column": (
        guessed_column,
        column_in_the_states_type,
    ),
    "state_step": (
        guessed_from_the_shape,
        column_if_it_fits,
        bias_as_a_column_if_it_fits,
        flat_memory,
    ),
    "forward_layers": (
        layers_batch_first_if_it_fits,
        layers_guessed,
        one_layer_is_squeezed,
    ),
}
