import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import quick

from rnn_utils import (
    fixed_points,
    half_life,
    impulse_response,
    is_stable,
    parity_state,
    run_recurrence,
    saturated_fraction,
)


@quick
@given(w=st.floats(0.01, 0.99), sign=st.sampled_from([-1, 1]))
def test_after_its_half_life_a_state_is_half_of_what_it_was(w, sign):
    assert w ** half_life(sign * w) == pytest.approx(0.5)


def test_half_life_in_whole_steps_is_where_the_impulse_response_halves():
    w = 0.5 ** (1 / 7)
    assert half_life(w) == pytest.approx(7)
    assert impulse_response(w, 1.0, 8)[7] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("w", "steps"), [(0, 0), (0.0, 0), (1, math.inf), (-1.0, math.inf), (3.0, math.inf)]
)
def test_half_life_where_nothing_or_everything_is_kept(w, steps):
    assert half_life(w) == steps


@given(bits=st.lists(st.integers(0, 1), max_size=20))
def test_parity_says_whether_the_ones_so_far_are_odd(bits):
    states = run_recurrence(parity_state, 0, bits)
    assert states == [sum(bits[: t + 1]) % 2 for t in range(len(bits))]
    assert all(type(state) is int for state in states)


def test_parity_of_arrays_and_of_what_is_no_bit():
    h, x = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert parity_state(h, x).tolist() == [0, 1, 1, 0]
    for wrong in (2, -1, 0.5, 1.0, "1"):
        with pytest.raises(ValueError, match="x_t should be an integer 0 or 1"):
            parity_state(0, wrong)


def sign_changes(w, b):
    """Count the solutions on a fine grid of u = w h + b, where they lie well apart."""
    reach = abs(w) + abs(b) + 1
    u = np.union1d(np.linspace(-reach, reach, 4001), np.linspace(-5, 5, 4000))
    g = w * np.tanh(u) + b - u
    return np.sum(np.sign(g[1:]) * np.sign(g[:-1]) < 0) + np.sum(g == 0)


@quick
@given(w=st.floats(-20, 20), b=st.floats(-20, 20))
def test_every_fixed_point_is_one_and_all_are_found(w, b):
    h = fixed_points(w, b)
    np.testing.assert_allclose(np.tanh(w * h + b), h, rtol=0, atol=1e-13)
    assert np.all(np.diff(h) > 0)
    assert len(h) in (1, 2, 3)
    if w > 1:
        u = math.acosh(math.sqrt(w))
        distance_to_touch = min(abs(u - w * math.tanh(u) - sign * b) for sign in (-1, 1))
    else:
        distance_to_touch = 1
    if distance_to_touch > 0.05:  # elsewhere the grid is too coarse
        assert len(h) == sign_changes(w, b)


@quick
@given(w=st.floats(1.01, 50))
def test_where_the_curve_touches_the_diagonal_two_solutions_are_one(w):
    u = math.acosh(math.sqrt(w))
    b = u - w * math.tanh(u)
    h = fixed_points(w, b)
    assert len(h) == 2
    assert h[1] == pytest.approx(math.tanh(u), abs=1e-6)
    assert len(fixed_points(w, b - 0.01)) == 1
    np.testing.assert_allclose(fixed_points(w, -b), -h[::-1], atol=1e-6)


@pytest.mark.parametrize("w", [1 + 1e-12, 1 + 1e-9, 1.001, 2.0, 50.0, 1e6, 1e300])
def test_one_neuron_without_bias_holds_a_bit_as_soon_as_w_exceeds_one(w):
    low, middle, high = fixed_points(w, 0.0)
    assert middle == 0
    assert high == -low > 0
    assert fixed_points(1.0, 0.0).tolist() == [0]


@pytest.mark.parametrize(
    ("w", "b", "h"), [(0.0, 5.0, math.tanh(5)), (2.0, 100.0, 1), (-1e6, 0.0, 0)]
)
def test_fixed_points_at_extreme_weights(w, b, h):
    assert fixed_points(w, b) == pytest.approx([h])


def test_fixed_points_of_what_is_not_finite_are_refused():
    with pytest.raises(ValueError, match="should be finite, but are inf and 0"):
        fixed_points(math.inf, 0.0)


@quick
@given(w=st.floats(-5, 5), b=st.floats(-5, 5))
def test_a_stable_fixed_point_attracts_and_an_unstable_one_repels(w, b):
    for h_star in fixed_points(w, b):
        slope = w * (1 - h_star**2)
        if 0.95 < abs(slope) < 1.05:
            continue  # too slow to tell
        h = h_star + 1e-6
        for _ in range(200):
            h = math.tanh(w * h + b)
        assert (abs(h - h_star) < 1e-6) == is_stable(w, h_star)
        assert type(is_stable(w, h_star)) is bool


def test_a_slope_of_exactly_one_is_not_called_stable():
    assert not is_stable(1.0, 0.0)
    assert not is_stable(-1.0, 0.0)


def test_saturated_fraction_counts_both_signs_and_not_the_threshold_itself():
    h = np.array([[0.9, -0.95], [0.5, 0.99]])
    assert saturated_fraction(h, 0.9) == 0.5
    assert saturated_fraction(h, 0.0) == 1
