from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import draw_backward, draw_last, draw_layers, draw_rnn, quick, seeds, sizes

from rnn_utils import (
    forward_layers,
    impulse_response,
    last_state,
    linear_rnn,
    numerical_gradient,
    rnn_backward,
    rnn_backward_plain,
    rnn_forward,
    rnn_forward_hoisted,
    rnn_step,
    run_recurrence,
    running_mean,
    state_step,
)

close = {"rtol": 1e-10, "atol": 1e-12}
weights = st.floats(-1.5, 1.5)


@given(xs=st.lists(st.integers(), max_size=20), h0=st.integers())
def test_a_recurrence_is_a_fold_that_keeps_every_state(xs, h0):
    def f(h, x):
        return 3 * h - x

    assert run_recurrence(f, h0, xs) == list(accumulate(xs, f, initial=h0))[1:]


def test_a_recurrence_takes_any_state_and_any_iterable():
    words = (word for word in ["in", "the", "sky"])
    assert run_recurrence(lambda h, x: [*h, x], [], words)[-1] == ["in", "the", "sky"]


@quick
@given(xs=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20).map(np.array))
def test_running_mean_is_the_mean_of_each_beginning(xs):
    means = [np.mean(xs[: t + 1]) for t in range(len(xs))]
    np.testing.assert_allclose(running_mean(xs), means, rtol=1e-9, atol=1e-9)


@quick
@given(w_hh=weights, w_xh=weights, T=st.integers(0, 12))
def test_impulse_response_is_what_the_recurrence_answers_to_one_impulse(w_hh, w_xh, T):
    impulse = (np.arange(T) == 0).astype(float)
    response = impulse_response(w_hh, w_xh, T)
    np.testing.assert_allclose(response, linear_rnn(impulse, w_hh, w_xh, 0.0), **close)


@quick
@given(seed=seeds, T=st.integers(1, 12), w_hh=weights, w_xh=weights, h0=weights)
def test_a_linear_rnn_convolves_its_input_with_the_impulse_response(seed, T, w_hh, w_xh, h0):
    x = np.random.default_rng(seed).normal(size=T)
    expected = np.convolve(x, impulse_response(w_hh, w_xh, T))[:T]
    expected += h0 * w_hh ** np.arange(1, T + 1)
    np.testing.assert_allclose(linear_rnn(x, w_hh, w_xh, h0), expected, rtol=1e-9, atol=1e-9)


@quick
@given(seed=seeds, n=sizes)
def test_layers_with_equal_weights_are_one_recurrent_layer(seed, n):
    a = draw_rnn(np.random.default_rng(seed), **n)
    weights = (a["W_xh"], a["W_hh"], a["b_h"])
    layers = forward_layers(a["x"], a["h0"], [weights] * n["T"])
    loop = run_recurrence(lambda h, x_t: state_step(x_t, h, *weights), a["h0"], a["x"])
    np.testing.assert_array_equal(layers, loop)


def test_each_layer_uses_its_own_weights_and_their_number_is_checked():
    a = draw_layers(np.random.default_rng(0), T=4, N=2, D=3, H=5)
    h = forward_layers(**a)
    changed = list(a["layers"])
    changed[2] = tuple(2 * weight for weight in changed[2])
    differs = np.any(forward_layers(a["x"], a["h0"], changed) != h, axis=(1, 2))
    assert differs.tolist() == [False, False, True, True]
    with pytest.raises(ValueError, match="one layer per step, 4 in all, but got 3"):
        forward_layers(a["x"], a["h0"], a["layers"][:3])


@quick
@given(seed=seeds, n=sizes)
def test_forward_is_one_step_after_another(seed, n):
    a = draw_rnn(np.random.default_rng(seed), **n)
    step_weights = (a["W_xh"], a["W_hh"], a["b_h"])
    steps = run_recurrence(lambda h, x_t: rnn_step(x_t, h, *step_weights), a["h0"], a["x"])
    np.testing.assert_array_equal(rnn_forward(**a), steps)


@quick
@given(seed=seeds, n=sizes)
def test_hoisting_the_input_product_changes_nothing(seed, n):
    a = draw_rnn(np.random.default_rng(seed), **n)
    np.testing.assert_allclose(rnn_forward_hoisted(**a), rnn_forward(**a), **close)


@pytest.mark.parametrize("forward", [rnn_forward, rnn_forward_hoisted])
def test_a_state_depends_on_earlier_inputs_only(forward):
    a = draw_rnn(np.random.default_rng(0), T=6, N=3, D=2, H=4)
    h = forward(**a)
    for t in range(6):
        x = a["x"].copy()
        x[t] += 1
        differs = np.any(forward(**a | {"x": x}) != h, axis=(1, 2))
        assert differs.tolist() == [s >= t for s in range(6)]


@pytest.mark.parametrize("forward", [rnn_forward, rnn_forward_hoisted])
def test_sequences_of_a_batch_do_not_mix(forward):
    a = draw_rnn(np.random.default_rng(0), T=6, N=3, D=2, H=4)
    together = forward(**a)
    for n in range(3):
        alone = forward(**a | {"x": a["x"][:, n : n + 1], "h0": a["h0"][n : n + 1]})
        np.testing.assert_allclose(together[:, n : n + 1], alone, **close)


@pytest.mark.parametrize("forward", [rnn_forward, rnn_forward_hoisted])
def test_a_sequence_without_steps_has_no_states_and_passes_no_gradient(forward):
    a = draw_rnn(np.random.default_rng(0), T=0, N=3, D=2, H=4)
    h = forward(**a)
    assert h.shape == (0, 3, 4)
    for backward in (rnn_backward, rnn_backward_plain):
        gradients = backward(h, a["x"], a["h0"], h, a["W_xh"], a["W_hh"])
        assert [g.shape for g in gradients] == [v.shape for v in a.values()]
        assert not any(np.any(g) for g in gradients)


@pytest.mark.parametrize("backward", [rnn_backward, rnn_backward_plain])
@quick
@given(seed=seeds, n=sizes)
def test_gradients_of_a_sequence_agree_with_central_differences(backward, seed, n):
    rng = np.random.default_rng(seed)
    forward = draw_rnn(rng, **n)
    h = rnn_forward(**forward)
    dh = rng.normal(size=h.shape)
    gradients = backward(dh, forward["x"], forward["h0"], h, forward["W_xh"], forward["W_hh"])
    for (name, value), gradient in zip(forward.items(), gradients, strict=True):
        numerical = numerical_gradient(
            lambda v, name=name: np.sum(dh * rnn_forward(**forward | {name: v})), value
        )
        assert gradient.shape == value.shape, name
        scale = max(1, np.max(np.abs(numerical)))
        assert np.max(np.abs(gradient - numerical)) < 1e-6 * scale, name


@quick
@given(seed=seeds, n=sizes)
def test_one_product_for_all_steps_equals_step_by_step(seed, n):
    a = draw_backward(np.random.default_rng(seed), **n)
    for fast, plain in zip(rnn_backward(**a), rnn_backward_plain(**a), strict=True):
        np.testing.assert_allclose(fast, plain, rtol=1e-9, atol=1e-11)


@quick
@given(seed=seeds, n=sizes, factor=st.floats(-3, 3))
def test_backward_is_linear_in_the_upstream_gradient(seed, n, factor):
    rng = np.random.default_rng(seed)
    a = draw_backward(rng, **n)
    other = rng.normal(size=a["dh"].shape)
    summed = rnn_backward(**a | {"dh": a["dh"] + factor * other})
    parts = zip(rnn_backward(**a), rnn_backward(**a | {"dh": other}), strict=True)
    for whole, (first, second) in zip(summed, parts, strict=True):
        scale = np.abs(first).max() + abs(factor) * np.abs(second).max()
        np.testing.assert_allclose(whole, first + factor * second, rtol=0, atol=1e-11 * (1 + scale))


def test_the_last_state_of_each_sequence_is_at_its_own_length():
    a = draw_last(np.random.default_rng(0), T=6, N=4, H=3)
    picked = last_state(**a)
    for n, length in enumerate(a["lengths"]):
        np.testing.assert_array_equal(picked[n], a["h"][length - 1, n])


@pytest.mark.parametrize("wrong", [0, -1, 7])
def test_a_length_outside_the_sequence_is_refused(wrong):
    h = np.zeros((6, 2, 3))
    with pytest.raises(ValueError, match=f"lengths should lie between 1 and 6.*{wrong}"):
        last_state(h, np.array([wrong, 3]))
    with pytest.raises(TypeError, match="lengths should hold integers, but its dtype is float64"):
        last_state(h, np.array([2.0, 3.0]))


def test_padding_after_the_end_does_not_change_the_last_state():
    a = draw_rnn(np.random.default_rng(0), T=6, N=1, D=2, H=4)
    h = rnn_forward(**a)
    short = rnn_forward(**a | {"x": a["x"][:4]})
    np.testing.assert_array_equal(last_state(h, np.array([4])), short[-1])
