"""Whole models of each cell: predictions, gradients of the loss, windows, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rnn_arguments import INITIALISE, draw_model, draw_model_and_state, quick, seeds, sizes

from rnn_utils import (
    RNNParameters,
    checkpointed_loss_and_gradients,
    count_parameters,
    cross_entropy,
    gru_forward,
    initialise_gru,
    initialise_lstm,
    initialise_rnn,
    loss_and_gradients,
    lstm_forward,
    mean_squared_error,
    numerical_gradient,
    output_layer,
    rnn_forward,
    rnn_predict,
    stateful_loss_and_gradients,
    truncated_bptt,
    zero_state,
)
from rnn_utils.training.budget import count_cell_parameters

gated = pytest.mark.parametrize("initialise", INITIALISE[1:])
each_cell = pytest.mark.parametrize("initialise", INITIALISE)
few = settings(max_examples=8, deadline=None)  # each draws hundreds of sequences
close = {"rtol": 1e-10, "atol": 1e-12}


def same_gradients(ours, theirs, **tolerance):
    for name, gradient in ours._asdict().items():
        np.testing.assert_allclose(
            gradient, getattr(theirs, name), **(tolerance or close), err_msg=name
        )


def numerically(loss_of, parameters):
    """The gradients of a loss by central differences."""

    def moved(name):
        return lambda value: loss_of(parameters._replace(**{name: value}))

    return type(parameters)(
        *(numerical_gradient(moved(name), value) for name, value in parameters._asdict().items())
    )


@quick
@given(n=sizes)
def test_shared_parameters_are_as_many_as_the_arrays_hold_whatever_T_is(n):
    parameters = initialise_rnn(n["D"], n["H"], n["O"], np.random.default_rng(0))
    held = sum(p.size for p in parameters)
    assert count_parameters(**{k: v for k, v in n.items() if k != "N"}, shared=True) == held
    per_step = sum(p.size for p in parameters[:3])
    unshared = count_parameters(**{k: v for k, v in n.items() if k != "N"}, shared=False)
    assert unshared == held + (n["T"] - 1) * per_step


def test_initial_parameters_fill_the_range_and_nothing_else():
    parameters = initialise_rnn(30, 64, 20, np.random.default_rng(0))
    for p in parameters:
        assert np.abs(p).max() <= 1 / 8
        assert np.abs(p).max() > 0.8 / 8
        assert abs(p.mean()) < 0.05
    again = initialise_rnn(30, 64, 20, np.random.default_rng(0))
    np.testing.assert_array_equal(parameters.W_hy, again.W_hy)


def test_initial_parameters_have_the_dtype_asked_for():
    parameters = initialise_rnn(2, 3, 4, np.random.default_rng(0), dtype=np.float32)
    assert {p.dtype for p in parameters} == {np.dtype(np.float32)}


@quick
@given(n=sizes)
def test_gated_parameters_are_as_many_as_their_count_says(n):
    D, H, O = n["D"], n["H"], n["O"]  # noqa: E741
    for cell, initialise in zip(["rnn", "lstm", "gru"], INITIALISE, strict=True):
        *of_cell, W_hy, b_y = initialise(D, H, O, np.random.default_rng(0))
        assert sum(p.size for p in of_cell) == count_cell_parameters(cell, D, H)
        assert (W_hy.shape, b_y.shape) == ((O, H), (O,))


@each_cell
def test_gated_parameters_start_as_widely_as_those_of_an_rnn(initialise):
    parameters = initialise(30, 64, 20, np.random.default_rng(0), dtype=np.float32)
    for p in parameters:
        assert p.dtype == np.float32
        drawn = p[(p != 1.0)]
        assert 0.8 / 8 < np.abs(drawn).max() <= 1 / 8


@pytest.mark.parametrize("bias", [0.0, 1.0, 3.0])
def test_the_forget_gate_starts_from_the_bias_asked_for(bias):
    rng = np.random.default_rng(0)
    i, f, g, o = initialise_lstm(3, 5, 2, rng, forget_bias=bias).b.reshape(4, 5)
    np.testing.assert_array_equal(f, bias)
    assert all(len(set(block)) == 5 for block in (i, g, o))


@quick
@given(seed=seeds, n=sizes)
def test_prediction_starts_from_zeros_and_reads_all_states_or_the_last(seed, n):
    m = draw_model(np.random.default_rng(seed), **n)
    p = m["parameters"]
    h = rnn_forward(m["x"], np.zeros((n["N"], n["H"])), p.W_xh, p.W_hh, p.b_h)
    y = output_layer(h, p.W_hy, p.b_y)
    np.testing.assert_allclose(rnn_predict(m["x"], p, many_to_one=False), y, atol=1e-12)
    np.testing.assert_allclose(rnn_predict(m["x"], p, many_to_one=True), y[-1], atol=1e-12)


@quick
@given(seed=seeds, n=sizes)
def test_prediction_of_gated_models_reads_their_states(seed, n):
    rng = np.random.default_rng(seed)
    x, zero = rng.normal(size=(n["T"], n["N"], n["D"])), np.zeros((n["N"], n["H"]))
    lstm = initialise_lstm(n["D"], n["H"], n["O"], rng)
    gru = initialise_gru(n["D"], n["H"], n["O"], rng)
    h_lstm, _ = lstm_forward(x, zero, zero, *lstm[:3])
    for p, h in [(lstm, h_lstm), (gru, gru_forward(x, zero, *gru[:4]))]:
        y = output_layer(h, p.W_hy, p.b_y)
        np.testing.assert_allclose(rnn_predict(x, p, many_to_one=False), y, atol=1e-12)
        np.testing.assert_allclose(rnn_predict(x, p, many_to_one=True), y[-1], atol=1e-12)


@gated
@pytest.mark.parametrize("kind", ["each step", "last step", "last steps", "values"])
@few
@given(seed=seeds, n=sizes)
def test_gradients_of_gated_models_agree_with_central_differences(initialise, kind, seed, n):
    rng = np.random.default_rng(seed)
    m = draw_model(rng, initialise, **n)
    p, x = m["parameters"], m["x"]
    targets, read = {
        "each step": (m["targets"], slice(None)),
        "last step": (m["targets"][-1], -1),
        "last steps": (m["targets"][n["T"] // 2 :], slice(n["T"] // 2, None)),
        "values": (rng.normal(size=(n["T"], n["N"], n["O"])), slice(None)),
    }[kind]

    def loss_of(parameters):
        y = rnn_predict(x, parameters, many_to_one=False)[read]
        return (mean_squared_error if kind == "values" else cross_entropy)(y, targets)

    loss, gradients = loss_and_gradients(p, x, targets)
    assert type(gradients) is type(p)
    assert loss == pytest.approx(loss_of(p))
    same_gradients(gradients, numerically(loss_of, p), rtol=1e-5, atol=1e-8)


@gated
@few
@given(seed=seeds, n=sizes)
def test_gated_models_carry_their_state_from_window_to_window(initialise, seed, n):
    """Read in two windows, a sequence gives the same as read at once."""
    n["T"] *= 2
    m = draw_model_and_state(np.random.default_rng(seed), initialise, **n)
    whole, _, end = stateful_loss_and_gradients(**m)
    halves = zip(np.split(m["x"], 2), np.split(m["targets"], 2), strict=True)
    state, losses = m["h0"], []
    for x, targets in halves:
        loss, _, state = stateful_loss_and_gradients(m["parameters"], x, targets, state)
        losses.append(loss)
    assert np.mean(losses) == pytest.approx(whole)
    assert np.shape(state) == np.shape(end) == np.shape(zero_state(m["parameters"], n["N"]))
    np.testing.assert_allclose(state, end, **close)


@gated
def test_a_gated_model_is_truncated_at_the_windows_borders(initialise):
    m = draw_model(np.random.default_rng(0), initialise, T=6, N=3, D=2, H=4, O=3)
    p, x, targets = m["parameters"], m["x"], m["targets"]
    loss, gradients = truncated_bptt(p, x, targets, window=6)
    same_gradients(gradients, loss_and_gradients(p, x, targets)[1])
    cut_loss, cut = truncated_bptt(p, x, targets, window=3)
    state, total = zero_state(p, 3), []
    for part in (slice(0, 3), slice(3, 6)):
        _, g, state = stateful_loss_and_gradients(p, x[part], targets[part], state)
        total.append(g)
    assert cut_loss == pytest.approx(loss)
    same_gradients(cut, type(p)(*(sum(parts) / 2 for parts in zip(*total, strict=True))))


def test_the_state_of_another_cell_is_refused_in_words():
    rng = np.random.default_rng(0)
    m = draw_model_and_state(rng, initialise_lstm, T=6, N=3, D=2, H=5, O=4)
    with pytest.raises(ValueError, match=r"state of LSTMParameters should be the pair \(h0, c0\)"):
        stateful_loss_and_gradients(**m | {"h0": m["h0"][0]})
    with pytest.raises(ValueError, match=r"c0 should have shape \(N, H\)"):
        stateful_loss_and_gradients(**m | {"h0": (m["h0"][0], m["h0"][1][:, :2])})
    m = draw_model_and_state(rng, initialise_gru, T=6, N=3, D=2, H=5, O=4)
    with pytest.raises(ValueError, match="state of GRUParameters should be one array h0"):
        stateful_loss_and_gradients(**m | {"h0": (m["h0"], m["h0"])})


@gated
def test_gated_parameters_that_do_not_fit_are_refused(initialise):
    m = draw_model(np.random.default_rng(0), initialise, T=6, N=3, D=2, H=5, O=4)
    p = m["parameters"]
    with pytest.raises(ValueError, match="blocks of rows stacked in the order"):
        loss_and_gradients(p._replace(W_h=p.W_h[:, :3]), m["x"], m["targets"])
    with pytest.raises(ValueError, match=r"W_hy should have shape \(O, H\)"):
        loss_and_gradients(p._replace(W_hy=p.W_hy[:, :3]), m["x"], m["targets"])
    with pytest.raises(TypeError, match="should be RNNParameters, but are"):
        checkpointed_loss_and_gradients(**m)


@pytest.mark.parametrize("many_to_one", [True, False])
@quick
@given(seed=seeds, n=sizes)
def test_gradients_of_the_model_agree_with_central_differences(many_to_one, seed, n):
    m = draw_model(np.random.default_rng(seed), **n)
    targets = m["targets"][-1] if many_to_one else m["targets"]
    loss, gradients = loss_and_gradients(m["parameters"], m["x"], targets)

    def loss_of(parameters):
        return cross_entropy(rnn_predict(m["x"], parameters, many_to_one), targets)

    assert loss == pytest.approx(loss_of(m["parameters"]))
    same_gradients(gradients, numerically(loss_of, m["parameters"]), rtol=1e-5, atol=1e-9)


def test_a_step_against_the_gradient_lowers_the_loss():
    m = draw_model(np.random.default_rng(0), T=6, N=3, D=2, H=5, O=4)
    before, gradients = loss_and_gradients(**m)
    moved = RNNParameters(*(p - 0.1 * g for p, g in zip(m["parameters"], gradients, strict=True)))
    after, _ = loss_and_gradients(moved, m["x"], m["targets"])
    assert after < before


def test_targets_of_the_wrong_shape_are_refused():
    m = draw_model(np.random.default_rng(0), T=6, N=3, D=2, H=5, O=4)
    with pytest.raises(ValueError, match=r"targets should have shape \(3,\), because x has shape"):
        loss_and_gradients(m["parameters"], m["x"], np.zeros(6, dtype=int))
    with pytest.raises(ValueError, match=r"targets should have shape \(6, 3\)"):
        loss_and_gradients(m["parameters"], m["x"], m["targets"].T)


def test_a_model_without_steps_has_nothing_to_read():
    m = draw_model(np.random.default_rng(0), T=6, N=3, D=2, H=5, O=4)
    with pytest.raises(ValueError, match="x should have at least one step"):
        rnn_predict(m["x"][:0], m["parameters"], many_to_one=True)


@pytest.mark.parametrize("many_to_one", [True, False])
@quick
@given(seed=seeds, n=sizes)
def test_floats_as_targets_are_values_and_their_loss_is_the_squared_error(many_to_one, seed, n):
    rng = np.random.default_rng(seed)
    m = draw_model(rng, **n)
    wanted = (n["N"], n["O"]) if many_to_one else (n["T"], n["N"], n["O"])
    targets = rng.normal(size=wanted)
    loss, gradients = loss_and_gradients(m["parameters"], m["x"], targets)

    def loss_of(parameters):
        return mean_squared_error(rnn_predict(m["x"], parameters, many_to_one), targets)

    assert loss == pytest.approx(loss_of(m["parameters"]))
    same_gradients(gradients, numerically(loss_of, m["parameters"]), rtol=1e-5, atol=1e-8)


@quick
@given(seed=seeds, n=sizes, unread=st.integers(0, 3))
def test_targets_for_the_last_steps_leave_the_others_out_of_the_loss(seed, n, unread):
    unread = min(unread, n["T"] - 1)
    m = draw_model(np.random.default_rng(seed), **n)
    targets = m["targets"][unread:]

    def loss_of(parameters):
        return cross_entropy(rnn_predict(m["x"], parameters, many_to_one=False)[unread:], targets)

    loss, gradients = loss_and_gradients(m["parameters"], m["x"], targets)
    assert loss == pytest.approx(loss_of(m["parameters"]))
    same_gradients(gradients, numerically(loss_of, m["parameters"]), rtol=1e-5, atol=1e-9)


@quick
@given(seed=seeds, n=sizes)
def test_a_state_of_ones_own_is_where_the_model_starts(seed, n):
    m = draw_model_and_state(np.random.default_rng(seed), **n)
    loss, gradients, h_T = stateful_loss_and_gradients(**m)

    def states(p):
        return rnn_forward(m["x"], m["h0"], p.W_xh, p.W_hh, p.b_h)

    def loss_of(p):
        return cross_entropy(output_layer(states(p), p.W_hy, p.b_y), m["targets"])

    np.testing.assert_allclose(h_T, states(m["parameters"])[-1], **close)
    assert loss == pytest.approx(loss_of(m["parameters"]))
    same_gradients(gradients, numerically(loss_of, m["parameters"]), rtol=1e-5, atol=1e-9)


@quick
@given(seed=seeds, n=sizes, window=st.integers(1, 5), many_to_one=st.booleans())
def test_truncated_gradients_hold_the_state_at_each_border_fixed(seed, n, window, many_to_one):
    """The plain definition: in every window the state it starts from is a constant."""
    n["T"] += 4
    m = draw_model(np.random.default_rng(seed), **n)
    p, x = m["parameters"], m["x"]
    targets = m["targets"][-1] if many_to_one else m["targets"]
    h = rnn_forward(x, np.zeros((n["N"], n["H"])), p.W_xh, p.W_hh, p.b_h)
    borders = {0: np.zeros((n["N"], n["H"]))} | {
        begin: h[begin - 1] for begin in range(window, n["T"], window)
    }

    def loss_of(p):
        parts = [
            rnn_forward(x[begin : begin + window], h0, p.W_xh, p.W_hh, p.b_h)
            for begin, h0 in borders.items()
        ]
        y = output_layer(np.concatenate(parts), p.W_hy, p.b_y)
        return cross_entropy(y[-1] if many_to_one else y, targets)

    loss, gradients = truncated_bptt(p, x, targets, window)
    assert loss == pytest.approx(loss_and_gradients(p, x, targets)[0])
    same_gradients(gradients, numerically(loss_of, p), rtol=1e-5, atol=1e-9)


@quick
@given(seed=seeds, n=sizes, longer=st.integers(0, 3))
def test_a_window_as_long_as_the_sequence_truncates_nothing(seed, n, longer):
    m = draw_model(np.random.default_rng(seed), **n)
    _, truncated = truncated_bptt(**m, window=n["T"] + longer)
    same_gradients(truncated, loss_and_gradients(**m)[1])


def test_a_window_without_steps_is_refused():
    m = draw_model(np.random.default_rng(0), T=6, N=3, D=2, H=5, O=4)
    with pytest.raises(ValueError, match="window should be at least 1, but is 0"):
        truncated_bptt(**m, window=0)


def test_values_of_the_wrong_shape_are_refused():
    m = draw_model(np.random.default_rng(0), T=6, N=3, D=2, H=5, O=4)
    with pytest.raises(ValueError, match=r"\(6, 3, 4\), because x .* classes are integers"):
        loss_and_gradients(m["parameters"], m["x"], np.zeros((6, 3, 1)))
    with pytest.raises(ValueError, match=r"are values and should have shape \(3, 4\)"):
        loss_and_gradients(m["parameters"], m["x"], np.zeros(3))
