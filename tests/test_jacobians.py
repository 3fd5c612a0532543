"""Jacobians of a step and their products, spectral radius, and random orthogonal matrices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import DIFFERENT, draw_rnn, quick, seeds

from rnn_utils import (
    gradient_norms,
    numerical_gradient,
    orthogonal,
    rnn_backward,
    rnn_forward,
    rnn_step,
    spectral_radius,
    step_jacobian,
)


def one_sequence(seed, **sizes):
    """A forward pass over a single sequence: its arguments, and its states (T, H)."""
    arguments = draw_rnn(np.random.default_rng(seed), **{**DIFFERENT, **sizes, "N": 1})
    return arguments, rnn_forward(**arguments)[:, 0]


@quick
@given(seed=seeds, H=st.integers(1, 5))
def test_the_jacobian_of_a_step_is_what_nudging_the_state_before_it_says(seed, H):
    arguments, h = one_sequence(seed, T=1, H=H)
    J = step_jacobian(h[0], arguments["W_hh"])
    for i in range(H):

        def unit(h_prev, i=i):
            step = {**arguments, "x_t": arguments["x"][0], "h_prev": h_prev}
            return rnn_step(*(step[k] for k in ("x_t", "h_prev", "W_xh", "W_hh", "b_h")))[0, i]

        by_nudging = numerical_gradient(unit, arguments["h0"])[0]
        np.testing.assert_allclose(J[i], by_nudging, rtol=1e-6, atol=1e-9)


@quick
@given(seed=seeds, T=st.integers(1, 6), H=st.integers(1, 5))
def test_no_gradient_is_stretched_further_than_the_norm_and_some_gradient_reaches_it(seed, T, H):
    """What backpropagation carries from h_T to h_1, against the norm for h_1."""
    arguments, h = one_sequence(seed, T=T, H=H)
    norms = gradient_norms(h, arguments["W_hh"])
    assert norms[-1] == 1

    def carried(gradient):
        """Return the total gradient of h_1 if the loss has this one at h_T."""
        dh = np.zeros((T, 1, H))
        dh[-1, 0] = gradient
        later = slice(1, None)
        if T == 1:
            return gradient
        _, dh0, *_ = rnn_backward(
            dh[later],
            arguments["x"][later],
            h[:1],
            h[later, None],
            arguments["W_xh"],
            arguments["W_hh"],
        )
        return dh0[0]

    P = np.stack([carried(unit) for unit in np.eye(H)])  # ∂h_T / ∂h_1, row by row
    np.testing.assert_allclose(norms[0], np.linalg.svd(P)[1][0], rtol=1e-8)
    gradients = np.random.default_rng(seed).standard_normal((20, H))
    for gradient in gradients:
        reached = np.linalg.norm(carried(gradient))
        assert reached <= norms[0] * np.linalg.norm(gradient) * (1 + 1e-9)


@quick
@given(seed=seeds)
def test_norms_never_exceed_the_powers_of_the_largest_singular_value(seed):
    """Pascanu, Mikolov and Bengio (2013): below 1 they must vanish, and only above can they explode."""
    arguments, h = one_sequence(seed, T=8)
    W_hh = arguments["W_hh"]
    bound = np.linalg.norm(W_hh, 2) ** np.arange(7, -1, -1)
    assert np.all(gradient_norms(h, W_hh) <= bound * (1 + 1e-9))


@quick
@given(seed=seeds, H=st.integers(1, 6))
def test_in_the_long_run_powers_grow_with_the_spectral_radius(seed, H):
    W = np.random.default_rng(seed).standard_normal((H, H))
    k = 2000
    size = np.linalg.norm(np.linalg.matrix_power(W / spectral_radius(W), k), 2)
    assert abs(np.log(size) / k) < 0.02
    assert spectral_radius(W) <= np.linalg.norm(W, 2) * (1 + 1e-12)


def test_the_spectral_radius_of_what_is_not_square_is_refused():
    with pytest.raises(ValueError, match="square"):
        spectral_radius(np.ones((2, 3)))


@quick
@given(seed=seeds, H=st.integers(1, 30))
def test_an_orthogonal_matrix_changes_no_length(seed, H):
    Q = orthogonal(H, np.random.default_rng(seed))
    np.testing.assert_allclose(Q.T @ Q, np.eye(H), atol=1e-12)
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(Q)), 1, atol=1e-9)
    norms = gradient_norms(np.zeros((9, H)), Q)  # states of zero: every slope is 1
    np.testing.assert_allclose(norms, 1, atol=1e-12)


@pytest.mark.parametrize("H", [1, 2, 3, 6])
def test_orthogonal_matrices_prefer_no_direction(H):
    """Means and mean squares of all numbers, and of the determinant, within five standard errors."""
    rng = np.random.default_rng(1)
    n = 4000
    Q = np.stack([orthogonal(H, rng) for _ in range(n)])
    error = 5 / np.sqrt(n)
    assert np.abs(Q.mean(axis=0)).max() < error / np.sqrt(H)
    assert np.abs((Q**2).mean(axis=0) - 1 / H).max() < error * np.sqrt(2) / H
    assert abs(np.linalg.det(Q).mean()) < error


def test_the_same_generator_state_gives_the_same_matrix_and_a_size_of_zero_is_refused():
    again = [orthogonal(4, np.random.default_rng(7)) for _ in range(2)]
    np.testing.assert_array_equal(*again)
    with pytest.raises(ValueError, match="H should be at least 1, but is 0"):
        orthogonal(0, np.random.default_rng(0))
