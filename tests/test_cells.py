import math

import numpy as np
import pytest
from hypothesis import given
from rnn_arguments import draw_column, draw_step, draw_step_backward, quick, seeds, sizes

from rnn_utils import (
    numerical_gradient,
    relative_error,
    rnn_step,
    rnn_step_backward,
    state_step,
    state_step_column,
)


@quick
@given(seed=seeds, n=sizes)
def test_rnn_step_is_the_equation_written_out_neuron_by_neuron(seed, n):
    a = draw_step(np.random.default_rng(seed), **n)
    h_t = rnn_step(**a)
    for row in range(n["N"]):
        for i in range(n["H"]):
            total = a["b_h"][i]
            for j in range(n["H"]):
                total += a["W_hh"][i, j] * a["h_prev"][row, j]
            for j in range(n["D"]):
                total += a["W_xh"][i, j] * a["x_t"][row, j]
            assert h_t[row, i] == pytest.approx(math.tanh(total), abs=1e-12)


@quick
@given(seed=seeds, n=sizes)
def test_rows_of_a_batch_are_columns_on_paper(seed, n):
    a = draw_step(np.random.default_rng(seed), **n)
    rows = state_step(**a)
    for x, h, row in zip(a["x_t"], a["h_prev"], rows, strict=True):
        column = state_step_column(x, h, a["W_xh"], a["W_hh"], a["b_h"])
        np.testing.assert_allclose(row, column, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(np.tanh(rows), rnn_step(**a), rtol=1e-12)


def test_state_step_has_no_activation():
    a = draw_column(np.random.default_rng(0), T=1, N=1, D=2, H=3)
    doubled = {name: v if name.startswith("W") else 2 * v for name, v in a.items()}
    np.testing.assert_allclose(state_step_column(**doubled), 2 * state_step_column(**a))


@quick
@given(seed=seeds, n=sizes)
def test_step_gradients_agree_with_central_differences(seed, n):
    rng = np.random.default_rng(seed)
    forward = draw_step(rng, **n)
    dh_t = rng.normal(size=forward["h_prev"].shape)
    b_free = {name: forward[name] for name in ("x_t", "h_prev")}
    gradients = rnn_step_backward(
        dh_t, **b_free, h_t=rnn_step(**forward), W_xh=forward["W_xh"], W_hh=forward["W_hh"]
    )
    for (name, value), gradient in zip(forward.items(), gradients, strict=True):
        numerical = numerical_gradient(
            lambda v, name=name: np.sum(dh_t * rnn_step(**forward | {name: v})), value
        )
        assert gradient.shape == value.shape, name
        assert np.max(np.abs(gradient - numerical)) < 1e-8, name


def test_a_saturated_state_lets_no_gradient_through():
    a = draw_step_backward(np.random.default_rng(0), T=1, N=2, D=3, H=4)
    a["h_t"] = np.sign(a["h_t"])
    assert all(relative_error(g, np.zeros_like(g)) == 0 for g in rnn_step_backward(**a))
