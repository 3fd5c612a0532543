"""Convolutions, sweeps and their receptive fields."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_values.make import KERNELS, stored_convolution
from rnn_arguments import quick, seeds

from rnn_utils import (
    convolve2d,
    convolve2d_backward,
    effective_receptive_field,
    numerical_gradient,
    receptive_field,
    relative_error,
    rnn_forward,
    row_column_sweep,
    row_column_sweep_backward,
)

lengths = st.integers(1, 4)


def draw_convolution(rng, R=4, C=5, N=2, D=3, H=2, K=3):
    x, W = rng.normal(size=(R, C, N, D)), rng.normal(size=(H, D, K, K))
    return x, W, rng.normal(size=H)


def draw_weights(rng, D, H):
    return rng.normal(size=(H, D)), rng.normal(size=(H, H)) / 2, rng.normal(size=H)


def draw_sweep(rng, R=3, C=4, N=2, D=3, H=2):
    rows = [draw_weights(rng, D, H) for _ in range(2)]
    return (
        rng.normal(size=(R, C, N, D)),
        rows,
        [draw_weights(rng, 2 * H, H) for _ in range(2)],
    )


def nudged(f, x):
    """By how much every number of f(x) moves for each number of x, as (outputs, inputs)."""
    moved = []
    for k in range(x.size):
        step = 1e-6 * np.eye(x.size)[k].reshape(x.shape)
        moved.append((f(x + step) - f(x - step)).ravel() / 2e-6)
    return np.array(moved).T


# convolve2d ----------------------------------------------------------------------------------------


@quick
@given(seeds, lengths, lengths, lengths, st.sampled_from([1, 3, 5]))
def test_each_sum_is_taken_over_the_neighbours_that_there_are(seed, R, C, N, K):
    rng = np.random.default_rng(seed)
    x, W, b = draw_convolution(rng, R, C, N, K=K)
    r, c, p = rng.integers(R), rng.integers(C), K // 2
    expected = b + sum(
        x[s, d] @ W[:, :, s - r + p, d - c + p].T
        for s in range(max(r - p, 0), min(r + p + 1, R))
        for d in range(max(c - p, 0), min(c + p + 1, C))
    )
    np.testing.assert_allclose(convolve2d(x, W, b)[r, c], expected, atol=1e-12)


def test_a_kernel_is_not_turned():
    x, kernel = np.zeros((3, 3, 1, 1)), np.arange(9.0).reshape(1, 1, 3, 3)
    x[1, 1] = 1.0
    seen = convolve2d(x, kernel, np.zeros(1))[..., 0, 0]
    np.testing.assert_array_equal(seen, kernel[0, 0, ::-1, ::-1])  # an impulse shows it turned


def test_shifting_the_image_shifts_what_is_seen_away_from_the_border():
    x, W, b = draw_convolution(np.random.default_rng(1), R=8, C=8)
    shifted = np.roll(x, (1, 2), axis=(0, 1))
    np.testing.assert_allclose(
        convolve2d(shifted, W, b)[2:-1, 3:-1], convolve2d(x, W, b)[1:-2, 1:-3]
    )


@pytest.mark.parametrize("K", [1, 3, 5])
def test_gradients_of_a_convolution_are_those_of_numbers(K):
    rng = np.random.default_rng(2)
    arguments = draw_convolution(rng, K=K)
    dh = rng.normal(size=convolve2d(*arguments).shape)
    for k, gradient in enumerate(convolve2d_backward(dh, *arguments[:2])):

        def loss(value, k=k):
            return np.sum(dh * convolve2d(*arguments[:k], value, *arguments[k + 1 :]))

        assert relative_error(gradient, numerical_gradient(loss, arguments[k])) < 1e-7


@pytest.mark.parametrize("K", KERNELS)
def test_it_is_the_convolution_of_pytorch(K):
    inputs, values = stored_convolution(K)
    x, W, b = (inputs[name] for name in ("x", "W", "b"))
    np.testing.assert_allclose(convolve2d(x, W, b), values["h"], rtol=1e-9, atol=1e-11)
    gradients = convolve2d_backward(inputs["dh"], x, W)
    for name, gradient in zip(("dx", "dW", "db"), gradients, strict=True):
        np.testing.assert_allclose(gradient, values[name], rtol=1e-9, atol=1e-11, err_msg=name)


def test_an_even_kernel_has_no_middle():
    x, W, b = draw_convolution(np.random.default_rng(4), K=2)
    with pytest.raises(ValueError, match=r"convolve2d: W .*K odd.*\(2, 3, 2, 2\).*K = 3"):
        convolve2d(x, W, b)
    with pytest.raises(ValueError, match=r"convolve2d_backward: W .*K odd"):
        convolve2d_backward(x[..., :2], x, W)


# receptive_field -----------------------------------------------------------------------------------


@quick
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 3, 5]), st.integers(1, 3), st.integers(1, 3)), max_size=3
    )
)
def test_the_field_is_as_long_as_the_inputs_that_reach_an_output_span(layers):
    """Follow in one dimension which inputs each output can be moved by."""
    field = receptive_field(layers)
    step = int(np.prod([stride for _, stride, _ in layers]))
    length = 2 * field + 2 * step + 1
    reach = np.eye(length, dtype=bool)  # one row for each place: the inputs that reach it
    for kernel, stride, dilation in layers:
        side = (kernel - 1) // 2 * dilation
        padded = np.pad(reach, ((side, side), (0, 0)))
        taps = [padded[k * dilation : k * dilation + len(reach)] for k in range(kernel)]
        reach = np.any(taps, axis=0)[::stride]
    spans = [np.ptp(np.flatnonzero(inputs)) + 1 for inputs in reach if inputs.any()]
    assert max(spans) == field


@pytest.mark.parametrize("layer", [(0, 1, 1), (3, 1.5, 1), (3, 1), (3, 1, -1)])
def test_a_layer_that_is_none_is_refused(layer):
    with pytest.raises(ValueError, match="receptive_field: a layer should be three whole numbers"):
        receptive_field([(3, 1, 1), layer])


# row_column_sweep ----------------------------------------------------------------------------------


def test_a_sweep_is_four_rnns_read_pixel_by_pixel():
    x, rows, columns = draw_sweep(np.random.default_rng(5))
    (R, C, N, _), H = x.shape, 2
    h0 = np.zeros((N, H))
    across = np.empty((R, C, N, 2 * H))
    for r in range(R):
        across[r, :, :, :H] = rnn_forward(x[r], h0, *rows[0])
        across[r, :, :, H:] = rnn_forward(x[r, ::-1], h0, *rows[1])[::-1]
    expected = np.empty_like(across)
    for c in range(C):
        expected[:, c, :, :H] = rnn_forward(across[:, c], h0, *columns[0])
        expected[:, c, :, H:] = rnn_forward(across[::-1, c], h0, *columns[1])[::-1]
    np.testing.assert_allclose(row_column_sweep(x, rows, columns), expected, rtol=1e-12)


@pytest.mark.parametrize("sizes", [{}, {"R": 1}, {"C": 1}, {"N": 1}, {"D": 1}, {"H": 1}])
def test_gradients_of_a_sweep_are_those_of_numbers(sizes):
    rng = np.random.default_rng(6)
    x, rows, columns = draw_sweep(rng, **sizes)
    dh = rng.normal(size=row_column_sweep(x, rows, columns).shape)
    dx, *gradients = row_column_sweep_backward(dh, x, rows, columns)

    def loss(place, value):
        new = [x, [list(w) for w in rows], [list(w) for w in columns]]
        if place == ():
            new[0] = value
        else:
            sweep, way, k = place
            new[1 + sweep][way][k] = value
        return np.sum(dh * row_column_sweep(*new))

    assert relative_error(dx, numerical_gradient(partial(loss, ()), x)) < 1e-7
    for place in np.ndindex(2, 2, 3):
        sweep, way, k = place
        value = (rows, columns)[sweep][way][k]
        gradient = numerical_gradient(partial(loss, place), value)
        assert relative_error(gradients[sweep][way][k], gradient) < 1e-7, place


def test_every_pixel_reaches_every_state():
    x, rows, columns = draw_sweep(np.random.default_rng(7), N=1, D=1)
    moved = nudged(lambda x: row_column_sweep(x, rows, columns), x)
    assert np.all(np.abs(moved).reshape(12, 4, 12).max(axis=1) > 1e-9)


def test_weights_that_do_not_fit_are_named():
    x, rows, columns = draw_sweep(np.random.default_rng(8))
    with pytest.raises(ValueError, match=r"row_column_sweep: columns should be two RNNs"):
        row_column_sweep(x, rows, columns[:1])
    with pytest.raises(ValueError, match=r"W_xh of columns\[1\] should have 4 columns .*\(2, 3\)"):
        row_column_sweep(x, rows, [columns[0], rows[1]])
    with pytest.raises(ValueError, match=r"dh should have shape .*last axis 4, but has shape"):
        row_column_sweep_backward(x, x, rows, columns)


# effective_receptive_field -------------------------------------------------------------------------


def test_shares_are_those_of_squared_nudges():
    x, W, b = draw_convolution(np.random.default_rng(9), R=6, C=7)
    moved = nudged(lambda x: convolve2d(x, W, b), x).reshape(6, 7, 2, 2, 6, 7, 2, 3)
    squares = np.sum(moved[2, 4] ** 2, axis=(0, 1, 4, 5))
    shares = effective_receptive_field(
        lambda dh: convolve2d_backward(dh, x, W)[0], (6, 7, 2, 2), r=2, c=4
    )
    np.testing.assert_allclose(shares, squares / squares.sum(), atol=1e-8)
    assert np.count_nonzero(shares) == receptive_field([(3, 1, 1)]) ** 2


def test_a_pixel_without_influence_has_no_share_even_where_nothing_has():
    shares = effective_receptive_field(lambda dh: 0 * dh, (2, 3, 1, 1), 0, 0)
    np.testing.assert_array_equal(shares, np.zeros((2, 3)))


def test_a_pixel_outside_and_a_gradient_of_another_kind_are_refused():
    with pytest.raises(ValueError, match="Rows and columns count from 0"):
        effective_receptive_field(lambda dh: dh, (2, 3, 1, 1), 0, 3)
    with pytest.raises(ValueError, match="gradient of the input alone"):
        effective_receptive_field(lambda dh: dh[0], (2, 3, 1, 1), 0, 0)
