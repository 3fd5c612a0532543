import numpy as np
import pytest
from hypothesis import given
from rnn_arguments import draw_model, quick, seeds, sizes

from rnn_utils import (
    RNNParameters,
    count_parameters,
    cross_entropy,
    initialise_rnn,
    loss_and_gradients,
    numerical_gradient,
    output_layer,
    rnn_forward,
    rnn_predict,
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
@given(seed=seeds, n=sizes)
def test_prediction_starts_from_zeros_and_reads_all_states_or_the_last(seed, n):
    m = draw_model(np.random.default_rng(seed), **n)
    p = m["parameters"]
    h = rnn_forward(m["x"], np.zeros((n["N"], n["H"])), p.W_xh, p.W_hh, p.b_h)
    y = output_layer(h, p.W_hy, p.b_y)
    np.testing.assert_allclose(rnn_predict(m["x"], p, many_to_one=False), y, atol=1e-12)
    np.testing.assert_allclose(rnn_predict(m["x"], p, many_to_one=True), y[-1], atol=1e-12)


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
    for name, value in m["parameters"]._asdict().items():
        numerical = numerical_gradient(
            lambda v, name=name: loss_of(m["parameters"]._replace(**{name: v})), value
        )
        np.testing.assert_allclose(
            getattr(gradients, name), numerical, rtol=1e-5, atol=1e-9, err_msg=name
        )


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
