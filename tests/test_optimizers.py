import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import quick, seeds

from rnn_utils import RNNParameters, initialise_rnn
from rnn_utils.training.optimizers import (
    ADAM,
    MOMENTUM,
    SGD,
    adam_start,
    adam_update,
    clip_by_global_norm,
    global_norm,
    momentum_start,
    momentum_update,
    sgd_update,
    step_decay,
    warm_up_cosine,
)

every_optimizer = pytest.mark.parametrize(
    "optimizer", [SGD, MOMENTUM, ADAM], ids=["sgd", "momentum", "adam"]
)


def draw(seed=0, dtype=np.float64):
    """Parameters and gradients of a small model."""
    rng = np.random.default_rng(seed)
    parameters = initialise_rnn(2, 3, 4, rng, dtype)
    return parameters, RNNParameters(*(rng.normal(size=p.shape).astype(dtype) for p in parameters))


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_kind_shapes_and_dtypes_stay_and_arguments_are_left_alone(optimizer, dtype):
    parameters, gradients = draw(dtype=dtype)
    for array in [*parameters, *gradients]:
        array.flags.writeable = False
    state = optimizer.start(parameters)
    rate = np.float64(0.1)  # what a schedule written with NumPy returns
    for _ in range(3):
        new, state = optimizer.update(parameters, gradients, state, rate)
        assert isinstance(new, RNNParameters)
        for a, b in zip(new, parameters, strict=True):
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            assert not np.shares_memory(a, b)
            assert np.any(a != b)


@every_optimizer
def test_it_reaches_the_bottom_of_a_valley(optimizer):
    target = np.array([3.0, -2.0])
    parameters, state = (np.zeros(2),), optimizer.start((np.zeros(2),))
    for step in range(600):
        gradients = ((parameters[0] - target) * np.array([1.0, 4.0]),)
        rate = warm_up_cosine(step, 0.05, 600)
        parameters, state = optimizer.update(parameters, gradients, state, rate)
    np.testing.assert_allclose(parameters[0], target, atol=1e-3)


@quick
@given(seed=seeds, rate=st.floats(1e-4, 1.0))
def test_momentum_without_momentum_is_gradient_descent(seed, rate):
    parameters, gradients = draw(seed)
    velocity = momentum_start(parameters)
    with_it, velocity = momentum_update(parameters, gradients, velocity, rate, momentum=0.0)
    for a, b in zip(with_it, sgd_update(parameters, gradients, rate), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_a_constant_gradient_reaches_the_speed_of_a_geometric_series():
    parameters, gradients = draw()
    velocity = momentum_start(parameters)
    for _ in range(300):
        parameters, velocity = momentum_update(parameters, gradients, velocity, 0.1, momentum=0.9)
    for v, g in zip(velocity, gradients, strict=True):
        np.testing.assert_allclose(v, -0.1 * g / (1 - 0.9), rtol=1e-9)


@quick
@given(seed=seeds, steps=st.integers(1, 12))
def test_adam_is_the_published_algorithm_element_by_element(seed, steps):
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=steps) * 10.0 ** rng.integers(-3, 4)
    theta = m = v = 0.0
    parameters, state = (np.zeros(1),), adam_start((np.zeros(1),))
    for t, g in enumerate(gradients, start=1):
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        theta -= 0.1 * (m / (1 - 0.8**t)) / (math.sqrt(v / (1 - 0.95**t)) + 1e-6)
        arguments = parameters, (np.array([g]),), state
        parameters, state = adam_update(*arguments, 0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-6)
    assert parameters[0].item() == pytest.approx(theta, rel=1e-9)
    assert state.t == steps


@quick
@given(seed=seeds, scale=st.floats(1e-3, 1e3))
def test_adam_does_not_notice_the_scale_of_the_gradients(seed, scale):
    parameters, gradients = draw(seed)
    scaled = RNNParameters(*(scale * g for g in gradients))
    one, _ = adam_update(parameters, gradients, adam_start(parameters), 0.1, epsilon=1e-15)
    other, _ = adam_update(parameters, scaled, adam_start(parameters), 0.1, epsilon=1e-15)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)


@quick
@given(seed=seeds, max_norm=st.floats(1e-3, 1e3))
def test_clipping_keeps_the_direction_and_lets_nothing_longer_through(seed, max_norm):
    _, gradients = draw(seed)
    length = math.sqrt(sum(float((g**2).sum()) for g in gradients))
    clipped, norm = clip_by_global_norm(gradients, max_norm)
    assert norm == pytest.approx(length)
    assert global_norm(clipped) == pytest.approx(min(length, max_norm))
    for c, g in zip(clipped, gradients, strict=True):
        np.testing.assert_allclose(c, g * min(1, max_norm / length), rtol=1e-9)


def test_gradients_of_zero_stay_zero_and_those_not_finite_are_reported():
    zero, norm = clip_by_global_norm((np.zeros(3),), 1.0)
    assert norm == 0
    assert not zero[0].any()
    assert math.isnan(clip_by_global_norm((np.array([np.nan]),), 1.0)[1])
    assert clip_by_global_norm((np.array([np.inf]),), 1e6)[1] == math.inf


def test_clipping_to_nothing_is_refused():
    with pytest.raises(ValueError, match="max_norm should be above 0, but is 0"):
        clip_by_global_norm((np.ones(3),), 0)


def test_what_does_not_fit_is_refused_by_name():
    parameters, gradients = draw()
    with pytest.raises(ValueError, match=r"sgd_update: gradients should have as many .* 5, .* 4"):
        sgd_update(parameters, gradients[:4], 0.1)
    turned = gradients._replace(W_xh=gradients.W_xh.T)
    with pytest.raises(ValueError, match=r"gradients\.W_xh should have .*\(3, 2\), but .*\(2, 3\)"):
        adam_update(parameters, turned, adam_start(parameters), 0.1)
    with pytest.raises(TypeError, match=r"gradients should be a tuple .*as \(gradients,\)"):
        sgd_update(parameters, gradients.W_xh, 0.1)
    whole = gradients._replace(W_hh=np.ones((3, 3), dtype=int))
    with pytest.raises(TypeError, match=r"velocity\.W_hh should hold floating-point numbers"):
        momentum_update(parameters, gradients, whole, 0.1, 0.9)


def test_the_warm_up_is_a_line_to_the_peak_and_the_rest_falls_to_zero():
    rates = [warm_up_cosine(step, peak=0.5, steps=100, warm_up=10) for step in range(120)]
    np.testing.assert_allclose(rates[:10], 0.05 * np.arange(1, 11))
    assert max(rates) == rates[10] == 0.5
    assert all(a > b for a, b in pairwise(rates[10:101]))
    assert rates[55] == pytest.approx(0.25)
    assert set(rates[100:]) == {0.0}


def test_a_step_decay_is_flat_between_its_steps():
    rates = [step_decay(step, start=1.0, factor=0.1, every=4) for step in range(9)]
    np.testing.assert_allclose(rates, [1] * 4 + [0.1] * 4 + [0.01])
