import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import quick, seeds

from rnn_utils import (
    linear_autoregression,
    linear_step,
    make_windows,
    persistence,
    roll_out,
    seasonal_naive,
    standardise,
)


@given(window=st.integers(1, 6), horizon=st.integers(1, 4), more=st.integers(0, 9))
def test_every_window_is_followed_by_its_targets(window, horizon, more):
    series = np.arange(float(window + horizon + more))
    x, targets = make_windows(series, window, horizon)
    assert x.shape == (window, more + 1, 1)
    assert targets.shape == (more + 1, horizon)
    for n in range(more + 1):
        stretch = np.concatenate([x[:, n, 0], targets[n]])
        np.testing.assert_array_equal(stretch, series[n : n + window + horizon])


def test_windows_are_copies_that_can_be_written_to():
    series = np.arange(6.0)
    x, targets = make_windows(series, 2, 1)
    x[...] = targets[...] = -1
    np.testing.assert_array_equal(series, np.arange(6.0))


def test_a_series_shorter_than_a_window_is_refused():
    with pytest.raises(ValueError, match=r"at least window \+ horizon = 7 values, but has 6"):
        make_windows(np.arange(6.0), 5, 2)
    with pytest.raises(ValueError, match="horizon should be at least 1, but is 0"):
        make_windows(np.arange(6.0), 5, 0)


@quick
@given(seed=seeds)
def test_the_scale_comes_from_the_first_series_alone(seed):
    rng = np.random.default_rng(seed)
    train, other = rng.normal(3, 5, size=50), rng.normal(size=20)
    scaled, scaled_other = standardise(train, other)
    assert scaled.mean() == pytest.approx(0, abs=1e-9)
    assert scaled.std() == pytest.approx(1)
    np.testing.assert_array_equal(standardise(train, 100 * other)[0], scaled)
    np.testing.assert_allclose(scaled_other * train.std() + train.mean(), other)


def test_a_constant_series_and_gaps_cannot_be_scaled():
    with pytest.raises(ValueError, match=r"standard deviation is 0\.0"):
        standardise(np.ones(5), np.ones(2))
    with pytest.raises(ValueError, match="standard deviation is nan"):
        standardise(np.array([1.0, np.nan, 2.0]), np.ones(2))


@given(period=st.integers(1, 12), horizon=st.integers(1, 30), phase=st.integers(0, 11))
def test_a_periodic_series_is_forecast_without_error(period, horizon, phase):
    values = np.cos(np.arange(100) + phase % period)[:period]
    series = np.tile(values, 20)
    end = 3 * period + phase
    forecast = seasonal_naive(series[:end], period, horizon)
    np.testing.assert_array_equal(forecast, np.resize(np.roll(values, -phase), horizon))


def test_persistence_repeats_the_last_value_and_too_short_a_series_is_refused():
    assert persistence(np.array([1.0, 5.0]), 3).tolist() == [5, 5, 5]
    with pytest.raises(ValueError, match="one period, 12 values, but has 3"):
        seasonal_naive(np.ones(3), 12, 1)


@quick
@given(seed=seeds, order=st.integers(1, 4))
def test_a_linear_recurrence_is_recovered_and_continued(seed, order):
    rng = np.random.default_rng(seed)
    truth = np.array([0.5, *rng.uniform(-0.9 / order, 0.9 / order, size=order)])
    series = rng.normal(size=order).tolist()
    for _ in range(60):
        series.append(linear_step(np.array(series), truth) + rng.normal())
    series = np.array(series)
    coefficients = linear_autoregression(series, order)

    def squared_error(c):
        forecasts = [linear_step(series[:t], c) for t in range(order, len(series))]
        return np.mean((np.array(forecasts) - series[order:]) ** 2)

    best = squared_error(coefficients)
    for k in range(order + 1):  # no neighbour fits better
        for shift in (-1e-3, 1e-3):
            moved = coefficients.copy()
            moved[k] += shift
            assert squared_error(moved) > best


def test_a_wave_is_foretold_by_two_coefficients_as_far_as_one_likes():
    wave = np.sin(0.3 * np.arange(100))
    coefficients = linear_autoregression(wave[:50], order=2)
    forecasts = roll_out(lambda values: linear_step(values, coefficients), wave[:50], 50)
    np.testing.assert_allclose(forecasts, wave[50:], atol=1e-9)


def test_too_little_data_for_a_fit_or_a_step_is_refused():
    with pytest.raises(ValueError, match="more than 6 values to fit 4 coefficients, but has 6"):
        linear_autoregression(np.arange(6.0), 3)
    with pytest.raises(ValueError, match="at least 2 values, the order, but has 1"):
        linear_step(np.ones(1), np.ones(3))


def test_rolling_out_feeds_back_forecasts_and_leaves_the_history_alone():
    history, seen = np.array([1.0, 2.0]), []

    def step(values):
        seen.append(values.tolist())
        values[:] = -1
        return np.array([[len(seen) * 10.0]])

    assert roll_out(step, history, 3).tolist() == [10, 20, 30]
    assert seen == [[1, 2], [1, 2, 10], [1, 2, 10, 20]]
    assert history.tolist() == [1, 2]
    with pytest.raises(ValueError, match=r"one number.* array of shape \(2,\)"):
        roll_out(lambda values: np.ones(2), history, 1)
