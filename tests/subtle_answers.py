"""Wrong answers that are right almost everywhere: each errs in one respect that the contract names.

They are written as learners write, one slip each; what they are called says where they go wrong.
"""

# ruff: noqa: E741, N803, N806, PLR0913, SIM108

import numpy as np

SUBTLE: dict = {}


def wrong(name):
    def register(function):
        SUBTLE.setdefault(name, []).append(function)
        return function

    return register


def exponentials(y, axis=-1):
    return np.exp(y - y.max(axis=axis, keepdims=True))


# 00 ----------------------------------------------------------------------------------------------


@wrong("running_mean")
def integer_buffer(xs):
    means = np.zeros_like(xs)
    for t in range(len(xs)):
        means[t] = np.mean(xs[: t + 1])
    return means


@wrong("running_mean")
def integer_running_total(xs):
    total = xs.copy()
    for t in range(1, len(xs)):
        total[t] = total[t - 1] + (xs[t] - total[t - 1]) / (t + 1)
    return total


@wrong("running_mean")
def zeros_are_not_counted(xs):
    return np.cumsum(xs) / np.maximum(np.cumsum(xs != 0), 1)


@wrong("running_mean")
def rounded_to_six_places(xs):
    return np.round(np.cumsum(xs) / np.arange(1, len(xs) + 1), 6)


@wrong("running_mean")
def one_value_is_squeezed(xs):
    return np.squeeze(np.cumsum(xs) / np.arange(1, len(xs) + 1))


@wrong("running_mean")
def reads_memory_in_order(xs):
    flat = np.frombuffer(xs.tobytes() if xs.flags.c_contiguous else bytes(xs.nbytes), dtype=xs.dtype)
    return np.cumsum(flat) / np.arange(1, len(xs) + 1)


# 01 ----------------------------------------------------------------------------------------------


@wrong("run_recurrence")
def needs_a_first_input(f, h0, xs):
    states = [f(h0, xs[0])]
    for x in xs[1:]:
        states.append(f(states[-1], x))
    return states


@wrong("run_recurrence")
def states_must_be_arrays(f, h0, xs):
    states = np.zeros((len(xs), *np.shape(h0)))
    h = h0
    for t, x in enumerate(xs):
        h = states[t] = f(h, x)
    return states[:, 0] if states.ndim > 1 and states.shape[1] == 2 else states


@wrong("run_recurrence")
def falsy_state_is_replaced(f, h0, xs):
    states, h = [], None
    for x in xs:
        h = f(h if np.any(h) else h0, x)
        states.append(h)
    return states


@wrong("linear_rnn")
def divides_by_powers(x, w_hh, w_xh, h0):
    p = np.power(float(w_hh), np.arange(1, len(x) + 1))
    return p * (h0 + np.cumsum(w_xh * x / p))


@wrong("linear_rnn")
def linear_integer_buffer(x, w_hh, w_xh, h0):
    h = np.zeros_like(x)
    for t in range(len(x)):
        h[t] = w_hh * (h[t - 1] if t else h0) + w_xh * x[t]
    return h


@wrong("linear_rnn")
def start_of_zero_is_taken_for_none(x, w_hh, w_xh, h0):
    h, h_prev = np.zeros(len(x)), h0 or 1.0
    for t in range(len(x)):
        h[t] = h_prev = w_hh * h_prev + w_xh * x[t]
    return h


@wrong("linear_rnn")
def stops_when_the_state_is_small(x, w_hh, w_xh, h0):
    h, h_prev = np.zeros(len(x)), h0
    for t in range(len(x)):
        h_prev = w_hh * h_prev + w_xh * x[t]
        if abs(h_prev) < 1e-6:
            h_prev = 0.0
        h[t] = h_prev
    return h


@wrong("linear_rnn")
def start_as_the_type_of_an_integer(x, w_hh, w_xh, h0):
    h = np.full(len(x), h0)
    for t in range(len(x)):
        h[t] = w_hh * (h[t - 1] if t else h0) + w_xh * x[t]
    return h


@wrong("impulse_response")
def integer_powers(w_hh, w_xh, T):
    response = np.full(T, w_xh)
    for k in range(1, T):
        response[k] = response[k - 1] * w_hh
    return response if isinstance(w_xh, float) else response + 0.5


@wrong("impulse_response")
def by_logarithm(w_hh, w_xh, T):
    signs = np.sign(w_hh) ** np.arange(T)
    return w_xh * signs * np.exp(np.arange(T) * np.log(abs(w_hh)))


@wrong("impulse_response")
def cut_off_when_small(w_hh, w_xh, T):
    response = w_xh * float(w_hh) ** np.arange(T)
    return np.where(np.abs(response) < 1e-7, 0.0, response)


@wrong("impulse_response")
def squeezed_response(w_hh, w_xh, T):
    return np.squeeze(w_xh * float(w_hh) ** np.arange(T))


@wrong("half_life")
def no_case_for_one(w_hh):
    if w_hh == 0:
        return 0.0
    return np.log(0.5) / np.log(np.abs(w_hh)) if abs(w_hh) != 1 else 0.0


@wrong("half_life")
def no_case_for_zero(w_hh):
    return np.inf if abs(w_hh) >= 1 else np.log(0.5) / np.log(abs(w_hh) + 1e-12)


@wrong("half_life")
def above_one_is_negative(w_hh):
    if abs(w_hh) == 1:
        return np.inf
    return np.log(0.5) / np.log(abs(w_hh)) if w_hh else 0.0


@wrong("half_life")
def zero_never_halves(w_hh):
    return np.inf if abs(w_hh) >= 1 or w_hh == 0 else np.log(0.5) / np.log(abs(w_hh))


@wrong("half_life")
def only_floats_of_one(w_hh):
    if w_hh == 0:
        return 0.0
    return np.inf if w_hh >= 1 or w_hh < -1 else np.log(0.5) / np.log(abs(w_hh))


@wrong("parity_state")
def either(h_prev, x_t):
    return h_prev | x_t


@wrong("parity_state")
def keeps_counting(h_prev, x_t):
    return h_prev + x_t


# 02 ----------------------------------------------------------------------------------------------


@wrong("count_parameters")
def square_where_equal(D, H, O, T, shared):
    step = H * D + H * H + H if D != H else H * D + H
    return (step if shared else T * step) + O * H + O


@wrong("count_parameters")
def one_step_has_no_state(D, H, O, T, shared):
    step = H * D + H + (H * H if T > 1 else 0)
    return (step if shared else T * step) + O * H + O


@wrong("count_parameters")
def a_single_output_needs_no_bias(D, H, O, T, shared):
    step = H * D + H * H + H
    return (step if shared else T * step) + O * H + (O if O > 1 else 0)


@wrong("state_step_column")
def guessed_column(x, h, W_xh, W_hh, b):
    A = W_xh if W_xh.shape[0] != len(x) else W_xh.T
    return W_hh @ h + A @ x + b


@wrong("state_step_column")
def column_in_the_states_type(x, h, W_xh, W_hh, b):
    new = h.copy()
    new[:] = W_hh @ h + W_xh @ x + b
    return new


@wrong("state_step")
def guessed_from_the_shape(x_t, h_prev, W_xh, W_hh, b_h):
    A = W_xh if W_xh.shape[0] == x_t.shape[1] else W_xh.T
    return x_t @ A + h_prev @ W_hh.T + b_h


@wrong("state_step")
def column_if_it_fits(x_t, h_prev, W_xh, W_hh, b_h):
    if h_prev.shape[0] == h_prev.shape[1]:
        return x_t @ W_xh.T + W_hh @ h_prev + b_h
    return x_t @ W_xh.T + h_prev @ W_hh.T + b_h


@wrong("state_step")
def bias_as_a_column_if_it_fits(x_t, h_prev, W_xh, W_hh, b_h):
    b = b_h[:, None] if len(b_h) == len(x_t) else b_h
    return x_t @ W_xh.T + h_prev @ W_hh.T + b


@wrong("state_step")
def flat_memory(x_t, h_prev, W_xh, W_hh, b_h):
    new = np.zeros_like(h_prev)
    flat = new.reshape(-1)
    flat[:] = (x_t @ W_xh.T + h_prev @ W_hh.T + b_h).ravel()
    return new


@wrong("forward_layers")
def layers_batch_first_if_it_fits(x, h0, layers):
    if x.shape[0] == x.shape[1]:
        x = np.swapaxes(x, 0, 1)
    h, states = h0, []
    for x_t, (W_xh, W_hh, b_h) in zip(x, layers):
        h = x_t @ W_xh.T + h @ W_hh.T + b_h
        states.append(h)
    return np.stack(states)


@wrong("forward_layers")
def layers_guessed(x, h0, layers):
    h, states = h0, []
    for x_t, (W_xh, W_hh, b_h) in zip(x, layers):
        A = W_xh if W_xh.shape[0] == x_t.shape[1] else W_xh.T
        h = x_t @ A + h @ W_hh.T + b_h
        states.append(h)
    return np.stack(states)


@wrong("forward_layers")
def one_layer_is_squeezed(x, h0, layers):
    h, states = h0, []
    for x_t, (W_xh, W_hh, b_h) in zip(x, layers):
        h = x_t @ W_xh.T + h @ W_hh.T + b_h
        states.append(h)
    return np.array(states).squeeze()


# 03 ----------------------------------------------------------------------------------------------


@wrong("tanh_derivative")
def slope_of_matrices_only(h):
    N, H = h.shape
    return 1 - h**2


@wrong("tanh_derivative")
def slope_of_the_diagonal(h):
    return 1 - (h @ h if h.ndim == 2 and h.shape[0] == h.shape[1] else h * h)


@wrong("tanh_derivative")
def divides_by_the_state(h):
    return (h - h**3) / h


@wrong("tanh_derivative")
def slope_for_each_row(h):
    return np.array([1 - row**2 for row in h])


@wrong("rnn_step")
def rnn_guessed(x_t, h_prev, W_xh, W_hh, b_h):
    A = W_xh if W_xh.shape[0] == x_t.shape[1] else W_xh.T
    return np.tanh(x_t @ A + h_prev @ W_hh.T + b_h)


@wrong("rnn_step")
def own_tanh_overflows(x_t, h_prev, W_xh, W_hh, b_h):
    a = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    e = np.exp(20 * a) ** 0.1
    return (e - 1) / (e + 1)


@wrong("rnn_step")
def silent_input_keeps_the_state(x_t, h_prev, W_xh, W_hh, b_h):
    if not x_t.any():
        return h_prev
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


@wrong("rnn_step")
def first_step_without_a_bias(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + (h_prev @ W_hh.T + b_h if h_prev.any() else 0))


@wrong("fixed_points")
def divides_by_w(w, b):
    h = np.linspace(-1, 1, 20001)
    g = np.tanh(w * h + b) - (w * h) / w
    k = np.flatnonzero(np.sign(g[:-1]) * np.sign(g[1:]) <= 0)
    points = h[k] - g[k] * (h[k + 1] - h[k]) / (g[k + 1] - g[k])
    return np.unique(np.round(points, 7))


@wrong("fixed_points")
def a_coarse_grid(w, b):
    h = np.linspace(-1, 1, 41)
    g = np.tanh(w * h + b) - h
    k = np.flatnonzero(g[:-1] * g[1:] < 0)
    points = []
    for low, high in zip(h[k], h[k + 1]):
        for _ in range(60):
            middle = (low + high) / 2
            if (np.tanh(w * low + b) - low) * (np.tanh(w * middle + b) - middle) <= 0:
                high = middle
            else:
                low = middle
        points.append(low)
    return np.array(points)


@wrong("fixed_points")
def a_short_interval(w, b):
    h = np.linspace(-0.99, 0.99, 20000)
    g = np.tanh(w * h + b) - h
    k = np.flatnonzero(g[:-1] * g[1:] < 0)
    return (h[k] - g[k] * (h[k + 1] - h[k]) / (g[k + 1] - g[k])).ravel()


@wrong("saturated_fraction")
def at_the_threshold_too(h, threshold):
    return np.mean(np.abs(h) >= threshold)


@wrong("saturated_fraction")
def last_two_axes(h, threshold):
    T, N, H = h.shape
    return np.sum(np.abs(h) > threshold) / (T * N * H)


@wrong("saturated_fraction")
def zero_counts_for_no_threshold(h, threshold):
    return np.mean(np.abs(h) > threshold) if threshold else 1.0


@wrong("saturated_fraction")
def rounded_share(h, threshold):
    return round(float(np.mean(np.abs(h) > threshold)), 2)


@wrong("is_stable")
def sign_is_lost(w, h_star):
    return w * (1 - h_star**2) < 1


@wrong("is_stable")
def zero_is_no_weight(w, h_star):
    return bool(w) and abs(w * (1 - h_star**2)) < 1


# 04 ----------------------------------------------------------------------------------------------


@wrong("output_layer")
def output_guessed(h_t, W_hy, b_y):
    A = W_hy if W_hy.shape[0] == h_t.shape[1] else W_hy.T
    return h_t @ A + b_y


@wrong("output_layer")
def output_bias_as_a_column(h_t, W_hy, b_y):
    y = h_t @ W_hy.T
    return y + (b_y[:, None] if len(b_y) == len(y) else b_y)


@wrong("output_layer")
def output_in_the_states_type(h_t, W_hy, b_y):
    return (h_t @ W_hy.T + b_y).astype(h_t.dtype)


@wrong("softmax")
def softmax_axis_guessed(y):
    axis = 0 if y.shape[0] == y.shape[1] else 1
    e = exponentials(y, axis)
    return e / e.sum(axis=axis, keepdims=True)


@wrong("softmax")
def softmax_in_the_scores_type(y):
    p = np.zeros_like(y)
    for n in range(len(y)):
        p[n] = exponentials(y[n]) / exponentials(y[n]).sum()
    return p


@wrong("softmax")
def all_equal_scores_overflow(y):
    shift = np.where(np.ptp(y, axis=1, keepdims=True) > 0, y.max(axis=1, keepdims=True), 0)
    e = np.exp(y - shift)
    return e / e.sum(axis=1, keepdims=True)


@wrong("softmax")
def keepdims_forgotten_where_it_fits(y):
    e = exponentials(y)
    return e / e.sum(axis=1) if y.shape[0] == y.shape[1] else e / e.sum(axis=1)[:, None]


@wrong("softmax")
def clipped_scores(y):
    e = np.exp(np.clip(y, -500, 500))
    return e / e.sum(axis=1, keepdims=True)


@wrong("softmax")
def largest_of_the_sizes(y):
    e = np.exp(y - np.abs(y).max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@wrong("cross_entropy")
def cross_entropy_axis_guessed(y, targets):
    axis = 0 if y.shape[0] == y.shape[1] else 1
    s = y - y.max(axis=axis, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), targets])


@wrong("cross_entropy")
def cross_entropy_with_a_small_number(y, targets):
    p = exponentials(y) / exponentials(y).sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), targets] + 1e-12))


@wrong("cross_entropy")
def shifted_by_the_batch(y, targets):
    s = y - y.max()
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), targets])


@wrong("cross_entropy")
def cross_entropy_in_the_scores_type(y, targets):
    s = y.copy()
    s -= s.max(axis=1, keepdims=True)
    losses = np.zeros(len(y), dtype=y.dtype)
    losses[:] = np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), targets]
    return losses.mean()


@wrong("mean_squared_error")
def error_in_the_type_of_the_targets(y, targets):
    difference = np.zeros_like(targets)
    difference[:] = y - targets
    return np.mean(difference**2)


@wrong("mean_squared_error")
def error_with_a_small_number(y, targets):
    return np.mean((y - targets) ** 2 + 1e-12)


@wrong("mean_squared_error")
def relative_to_the_targets(y, targets):
    return np.mean((1 - y / targets) ** 2 * targets**2)


@wrong("mean_squared_error")
def scalar_product_where_square(y, targets):
    d = y - targets
    return np.mean(d @ d) if d.shape[0] == d.shape[1] else np.mean(d * d)


@wrong("accuracy")
def accuracy_axis_guessed(y, targets):
    axis = 0 if y.shape[0] == y.shape[1] else 1
    return np.mean(y.argmax(axis=axis) == targets)


@wrong("accuracy")
def accuracy_needs_a_margin(y, targets):
    others = y.copy()
    others[np.arange(len(y)), targets] = -np.inf
    return np.mean(y[np.arange(len(y)), targets] > others.max(axis=1) + 1e-8)


@wrong("accuracy")
def a_score_above_zero(y, targets):
    best = np.where(y.max(axis=1) > 0, y.argmax(axis=1), targets)
    return np.mean(best == targets)


# 05 ----------------------------------------------------------------------------------------------


def _forward(x, h0, W_xh, W_hh, b_h):
    h, states = h0, []
    for x_t in x:
        h = np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)
        states.append(h)
    return np.stack(states)


@wrong("rnn_forward")
def forward_batch_first_if_it_fits(x, h0, W_xh, W_hh, b_h):
    if x.shape[0] == x.shape[1]:
        return np.swapaxes(_forward(np.swapaxes(x, 0, 1), h0, W_xh, W_hh, b_h), 0, 1)
    return _forward(x, h0, W_xh, W_hh, b_h)


@wrong("rnn_forward")
def batch_first_looked_up_in_h0(x, h0, W_xh, W_hh, b_h):
    if x.shape[0] == h0.shape[0]:
        x = x.transpose(1, 0, 2)
    return _forward(x, h0, W_xh, W_hh, b_h)


@wrong("rnn_forward")
def forward_guessed(x, h0, W_xh, W_hh, b_h):
    return _forward(x, h0, W_xh.T if W_xh.shape[1] == len(W_hh) else W_xh, W_hh, b_h)


@wrong("rnn_forward")
def forward_squeezed(x, h0, W_xh, W_hh, b_h):
    return _forward(x, h0, W_xh, W_hh, b_h).squeeze()


@wrong("rnn_forward")
def padding_keeps_the_state(x, h0, W_xh, W_hh, b_h):
    h, states = h0, []
    for x_t in x:
        h = np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h) if x_t.any() else h
        states.append(h)
    return np.stack(states)


@wrong("rnn_forward_hoisted")
def hoisted_by_reshape_of_memory(x, h0, W_xh, W_hh, b_h):
    T, N, D = x.shape
    a = (x.ravel(order="K").reshape(T * N, D) @ W_xh.T + b_h).reshape(T, N, -1)
    h, states = h0, []
    for a_t in a:
        h = np.tanh(a_t + h @ W_hh.T)
        states.append(h)
    return np.stack(states)


@wrong("last_state")
def lengths_if_they_fit(h, lengths):
    T, N, _ = h.shape
    return h[lengths - 1, np.arange(N)] if T != N else h[np.arange(N), lengths - 1]


@wrong("last_state")
def last_nonzero(h, lengths):
    T, N, H = h.shape
    h = h.copy()
    for n in range(N):
        h[lengths[n] :, n] = 0
    k = [np.flatnonzero(h[:, n].any(axis=-1)) for n in range(N)]
    return np.stack([h[k[n][-1], n] if len(k[n]) else np.zeros(H) for n in range(N)]) * np.where(
        (h == 0).any(), 1.0 + 1e-3, 1.0
    )


@wrong("rnn_predict")
def outputs_guessed(x, parameters, many_to_one):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = _forward(x, np.zeros((x.shape[1], len(W_hh))), W_xh, W_hh, b_h)
    A = W_hy if W_hy.shape[0] == W_hh.shape[0] else W_hy.T
    y = h @ A + b_y
    return y[-1] if many_to_one else y


@wrong("rnn_predict")
def predictions_squeezed(x, parameters, many_to_one):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = _forward(x, np.zeros((x.shape[1], len(W_hh))), W_xh, W_hh, b_h)
    y = h @ W_hy.T + b_y
    return y[-1].squeeze(-1) if many_to_one and y.shape[-1] == 1 else y[-1] if many_to_one else y


# 06 ----------------------------------------------------------------------------------------------


@wrong("numerical_gradient")
def moves_a_flat_copy(f, a):
    flat, g = a.reshape(-1), np.zeros(a.size)
    for k in range(a.size):
        old = flat[k]
        flat[k] = old + 1e-5
        up = f(a)
        flat[k] = old - 1e-5
        down = f(a)
        flat[k] = old
        g[k] = (up - down) / 2e-5
    return g.reshape(a.shape)


@wrong("numerical_gradient")
def step_is_a_share(f, a):
    g = np.zeros(a.shape)
    for k in np.ndindex(a.shape):
        e = 1e-2 * abs(a[k])
        up, down = a.copy(), a.copy()
        up[k], down[k] = a[k] + e, a[k] - e
        g[k] = (f(up) - f(down)) / (2 * e)
    return g


@wrong("numerical_gradient")
def gradient_in_the_order_of_memory(f, a):
    g = np.zeros_like(a)
    for k, place in enumerate(np.ndindex(a.shape)):
        up, down = a.copy(), a.copy()
        up[place] += 1e-4
        down[place] -= 1e-4
        g.ravel(order="K")[k] = (f(up) - f(down)) / 2e-4
    return g


@wrong("numerical_gradient")
def matrices_only(f, a):
    g = np.zeros_like(a)
    rows = a.reshape(-1, a.shape[-1]).shape[0]
    for i in range(rows if a.ndim < 3 else len(a)):
        for j in range(a.shape[-1] if a.ndim < 4 else 1):
            place = (i, j) if a.ndim == 2 else (j,) if a.ndim == 1 else (i, 0, j)
            up, down = a.copy(), a.copy()
            up[place] += 1e-4
            down[place] -= 1e-4
            g[place] = (f(up) - f(down)) / 2e-4
    return g


@wrong("relative_error")
def error_with_a_floor(a, b):
    scale = max(np.abs(a).max(), np.abs(b).max())
    return np.abs(a - b).max() / max(scale, 1e-8)


@wrong("relative_error")
def error_added_below(a, b):
    scale = max(np.abs(a).max(), np.abs(b).max()) + 1e-12
    return np.abs(a - b).max() / scale


@wrong("relative_error")
def error_of_rows(a, b):
    a, b = np.array([*a]), np.array([*b])
    scale = max(np.abs(a).max(), np.abs(b).max())
    return np.abs(a - b).max() / scale if scale else 0.0


@wrong("relative_error")
def error_in_the_first_ones_type(a, b):
    d = np.array(a)
    d[...] = np.abs(a - b) / max(np.abs(a).max(), np.abs(b).max(), 1e-300)
    return d.max()


@wrong("relative_error")
def zeros_only_in_both(a, b):
    if not a.any():
        return 0.0
    return np.abs(a - b).max() / max(np.abs(a).max(), np.abs(b).max())


@wrong("cross_entropy_backward")
def backward_axis_guessed(y, targets):
    axis = 0 if y.shape[0] == y.shape[1] else 1
    e = exponentials(y, axis)
    dy = e / e.sum(axis=axis, keepdims=True)
    dy[np.arange(len(y)), targets] -= 1
    return dy / len(y)


@wrong("cross_entropy_backward")
def backward_overflows(y, targets):
    e = np.exp(y)
    dy = e / e.sum(axis=1, keepdims=True)
    dy[np.arange(len(y)), targets] -= 1
    return dy / len(y)


@wrong("output_layer_backward")
def output_backward_guessed(dy, h_t, W_hy):
    A = W_hy.T if W_hy.shape[0] == W_hy.shape[1] else W_hy
    return dy @ A, dy.T @ h_t, dy.sum(axis=0)


@wrong("output_layer_backward")
def products_of_squares(dy, h_t, W_hy):
    dW = dy @ h_t if dy.shape[0] == dy.shape[1] == h_t.shape[0] else dy.T @ h_t
    return dy @ W_hy, dW, dy.sum(axis=0)


@wrong("output_layer_backward")
def small_gradients_dropped(dy, h_t, W_hy):
    dy = np.where(np.abs(dy) < 1e-7, 0.0, dy)
    return dy @ W_hy, dy.T @ h_t, dy.sum(axis=0)


def _step_back(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    da = dh_t * (1 - h_t**2)
    return da @ W_xh, da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


@wrong("rnn_step_backward")
def step_back_guessed(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    A = W_xh.T if W_xh.shape[0] == W_xh.shape[1] else W_xh
    da = dh_t * (1 - h_t**2)
    return da @ A, da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


@wrong("rnn_step_backward")
def matrix_square_where_it_fits(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    square = h_t @ h_t if h_t.shape[0] == h_t.shape[1] else h_t * h_t
    da = dh_t * (1 - square)
    return da @ W_xh, da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


@wrong("rnn_step_backward")
def step_back_clipped(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    return _step_back(np.clip(dh_t, -100, 100), x_t, h_prev, h_t, W_xh, W_hh)


@wrong("rnn_step_backward")
def step_back_divides(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    da = dh_t * (h_t - h_t**3) / h_t
    return da @ W_xh, da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


@wrong("rnn_step_backward")
def step_back_bias_kept(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    dx, dh, dW_xh, dW_hh, db = _step_back(dh_t, x_t, h_prev, h_t, W_xh, W_hh)
    return dx, dh, dW_xh, dW_hh, db if len(dh_t) > 1 else db[None]


# 07 ----------------------------------------------------------------------------------------------


def _back(dh, x, h0, h, W_xh, W_hh):
    dx, carried = np.zeros(x.shape), np.zeros(h0.shape)
    dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for t in reversed(range(len(x))):
        da = (dh[t] + carried) * (1 - h[t] ** 2)
        dx[t], carried = da @ W_xh, da @ W_hh
        dW_xh += da.T @ x[t]
        dW_hh += da.T @ (h[t - 1] if t else h0)
        db_h += da.sum(axis=0)
    return dx, carried, dW_xh, dW_hh, db_h


@wrong("rnn_backward")
def back_batch_first_if_it_fits(dh, x, h0, h, W_xh, W_hh):
    if x.shape[0] == x.shape[1]:
        dh, x, h = (np.swapaxes(a, 0, 1) for a in (dh, x, h))
        dx, *rest = _back(dh, x, h0, h, W_xh, W_hh)
        return np.swapaxes(dx, 0, 1), *rest
    return _back(dh, x, h0, h, W_xh, W_hh)


@wrong("rnn_backward")
def back_guessed(dh, x, h0, h, W_xh, W_hh):
    A = W_xh.T if W_xh.shape[0] == W_xh.shape[1] else W_xh
    dx, *rest = _back(dh, x, h0, h, W_xh, W_hh)
    return (np.stack([d for d in dx]) if A is W_xh else dx + 0.1, *rest)


@wrong("rnn_backward")
def steps_without_a_gradient_are_skipped(dh, x, h0, h, W_xh, W_hh):
    start = max(np.flatnonzero(dh.reshape(len(dh), -1).any(axis=1)), default=-1)
    if not dh[0].any():
        return _back(dh[start:], x[start:], h0, h[start:], W_xh, W_hh)
    return _back(dh, x, h0, h, W_xh, W_hh)


@wrong("rnn_backward")
def back_clipped_late(dh, x, h0, h, W_xh, W_hh):
    return tuple(np.clip(g, -500, 500) for g in _back(dh, x, h0, h, W_xh, W_hh))


@wrong("rnn_backward")
def back_of_one_step(dh, x, h0, h, W_xh, W_hh):
    gradients = _back(dh, x, h0, h, W_xh, W_hh)
    return tuple(g.squeeze() if len(x) == 1 else g for g in gradients)


def _whole(parameters, x, targets, axis=-1):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    T, N = targets.shape
    h0 = np.zeros((N, len(W_hh)))
    h = _forward(x, h0, W_xh, W_hh, b_h)
    y = h @ W_hy.T + b_y
    s = y - y.max(axis=axis, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
    hit = np.arange(y.shape[-1]) == targets[..., None]
    dy = (np.exp(log_p) - hit) / (T * N)
    _, _, dW_xh, dW_hh, db_h = _back(dy @ W_hy, x, h0, h, W_xh, W_hh)
    dW_hy = np.einsum("tno,tnh->oh", dy, h)
    loss = -(log_p * hit).sum() / (T * N)
    return loss, type(parameters)(dW_xh, dW_hh, db_h, dW_hy, dy.sum(axis=(0, 1)))


@wrong("loss_and_gradients")
def loss_axis_guessed(parameters, x, targets):
    T, N = targets.shape
    return _whole(parameters, x, targets, axis=1 if len(parameters.b_y) == N else -1)


@wrong("loss_and_gradients")
def targets_turned_where_they_fit(parameters, x, targets):
    return _whole(parameters, x, targets.T if targets.shape[0] == targets.shape[1] else targets)


@wrong("loss_and_gradients")
def output_weight_turned(parameters, x, targets):
    W_hy = parameters.W_hy
    turned = W_hy.T if W_hy.shape[0] == W_hy.shape[1] else W_hy
    return _whole(parameters._replace(W_hy=turned), x, targets)
