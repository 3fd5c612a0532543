"""The experiment of lesson 13: fair budgets, honest clocks, and the curves that are shipped."""

import numpy as np
import pytest

from rnn_utils.data import three_cells
from rnn_utils.experiments.three_cells import (
    NETWORKS,
    RATES,
    READ_AT,
    adding_task,
    learning_curve,
    scores_of_all,
    seconds_per_update,
    text_task,
)
from rnn_utils.training.budget import BLOCKS, count_cell_parameters, largest_state


@pytest.mark.parametrize("network", NETWORKS)
def test_parameters_are_counted_as_they_are_made(network):
    """What a learner counts is what the models hold, without the output layer."""
    D, H, O = 5, 7, 3  # noqa: E741
    cell, start, _ = NETWORKS[network]
    arrays = start(D, H, O, np.random.default_rng(0), np.float32)
    assert count_cell_parameters(cell, D, H) == sum(a.size for a in arrays) - (O * H + O)


@pytest.mark.parametrize("cell", BLOCKS)
@pytest.mark.parametrize("budget", [100, 999, 20_000])
def test_the_largest_state_fits_and_one_more_does_not(cell, budget):
    D, O = 4, 3  # noqa: E741

    def cost(H):
        return count_cell_parameters(cell, D, H) + O * H + O

    H = largest_state(cell, D, O, budget)
    assert cost(H) <= budget < cost(H + 1)


def test_too_small_a_budget_pays_for_nothing():
    assert largest_state("lstm", 10, 10, 20) == 0


def test_an_unknown_cell_is_said():
    with pytest.raises(ValueError, match="rnn, lstm, gru"):
        count_cell_parameters("LSTM", 2, 3)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_curve_goes_on_for_as_long_as_it_was_given(network):
    curve = learning_curve(network, adding_task(T=5, N=4), seed=0, learning_rate=0.01, seconds=0.1)
    assert curve.seconds[-1] >= 0.1
    assert (np.diff(curve.seconds) > 0).all()
    assert (np.diff(curve.updates) > 0).all()


def test_the_same_seed_gives_the_same_scores():
    task = adding_task(T=5, N=4)
    a, b = (learning_curve("GRU", task, 3, learning_rate=0.01, updates=60) for _ in range(2))
    assert a.updates[-1] == 60
    np.testing.assert_array_equal(a.score, b.score)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_text_that_is_judged_on_is_not_trained_on(part):
    task = text_task(T=30, N=4, part=part)
    x, targets = task.judged
    read = "".join(map(chr, x.argmax(axis=2)[:, 3]))
    for seed in range(20):
        drawn, _ = task.draw(np.random.default_rng(seed))
        assert all("".join(map(chr, piece)) != read for piece in drawn.argmax(axis=2).T)
    assert targets.shape == (20, x.shape[1])


def test_validation_and_test_are_different_data():
    for make in (adding_task, text_task):
        (x, _), (x_test, _) = (make(T=20, part=part).judged for part in ("validation", "test"))
        assert not np.array_equal(x[:, :5], x_test[:, :5])


def test_the_shipped_curves_hold_what_the_short_form_gives():
    rows = three_cells()
    rows = rows[(rows["task"] == "adding") & (rows["network"] == "GRU") & (rows["seed"] == 0)]
    rows = rows[(rows["part"] == "test") & (rows["learning_rate"] == 0.01)]
    curve = learning_curve("GRU", adding_task(), seed=0, learning_rate=0.01, updates=50)
    assert len(curve.score) == 3
    np.testing.assert_allclose(curve.score, rows["score"][:3], rtol=1e-2)


def test_every_network_searched_the_same_rates_and_reports_the_same_seeds():
    rows = three_cells()
    for task in READ_AT:
        for network in NETWORKS:
            mine = rows[(rows["task"] == task) & (rows["network"] == network)]
            searched, reported = (mine[mine["part"] == part] for part in ("validation", "test"))
            assert set(searched["learning_rate"]) == set(RATES)
            assert set(searched["seed"]).isdisjoint(reported["seed"])
            for rate in set(reported["learning_rate"]):
                seeds = set(reported["seed"][reported["learning_rate"] == rate])
                assert seeds == set(range(10))


def test_at_equal_time_a_cheaper_network_is_read_after_more_updates():
    rows = three_cells()
    assert seconds_per_update(rows, "text", "tanh RNN") < seconds_per_update(rows, "text", "LSTM")
    by_updates, by_time = (scores_of_all(rows, "text", fair) for fair in ("updates", "time"))
    assert by_time["tanh RNN"].mean() < by_updates["tanh RNN"].mean()
    np.testing.assert_array_equal(by_time["LSTM"], by_updates["LSTM"])
