"""Intervals of paired differences: how often they hold the truth, and what they refuse."""

import itertools

import numpy as np
import pytest

from rnn_utils.experiments.paired import T_QUANTILES, paired_interval


def test_nineteen_in_twenty_intervals_hold_the_true_difference():
    rng = np.random.default_rng(0)
    held = []
    for _ in range(2000):
        shared = 5 * rng.standard_normal(6)  # what a seed makes harder for both drops out
        first, second = (shared + rng.standard_normal(6) + mean for mean in (2.0, 1.5))
        interval = paired_interval(first, second)
        held.append(interval.low <= 0.5 <= interval.high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_it_says_whether_the_seeds_agree_on_the_sign():
    assert paired_interval([2.0, 2.1, 1.9], [1.0, 1.0, 1.0]).decided
    assert not paired_interval([2.0, 0.0, 1.0], [1.0, 1.0, 1.0]).decided


def test_the_quantiles_fall_towards_those_of_the_bell_curve():
    assert all(a > b > 1.96 for a, b in itertools.pairwise(T_QUANTILES))


@pytest.mark.parametrize(("first", "second"), [([1.0], [2.0]), ([1.0, 2.0], [1.0, 2.0, 3.0])])
def test_scores_that_are_no_pairs_are_refused(first, second):
    with pytest.raises(ValueError, match="same two or more seeds"):
        paired_interval(first, second)
