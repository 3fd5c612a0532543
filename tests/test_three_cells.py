"""The experiment of lesson 13: fair budgets, honest clocks, and the curves that are shipped."""

import numpy as np
import pytest

from rnn_utils.data import three_cells
from rnn_utils.experiments.three_cells import CELLS, adding_task, learning_curve, text_task
from rnn_utils.training.budget import BLOCKS, count_cell_parameters, largest_state


@pytest.mark.parametrize("cell", BLOCKS)
def test_parameters_are_counted_as_they_are_made(cell):
    """What a learner counts is what the models hold, without the output layer."""
    D, H, O = 5, 7, 3  # noqa: E741
    arrays = CELLS[cell](D, H, O, np.random.default_rng(0))
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


@pytest.mark.parametrize("cell", CELLS)
def test_a_curve_goes_on_for_as_long_as_it_was_given(cell):
    curve = learning_curve(cell, adding_task(T=5, N=4), seed=0, learning_rate=0.01, seconds=0.1)
    assert curve.seconds[-1] >= 0.1
    assert (np.diff(curve.seconds) > 0).all()
    assert (np.diff(curve.updates) > 0).all()


def test_the_same_seed_gives_the_same_scores():
    task = adding_task(T=5, N=4)
    a, b = (learning_curve("gru", task, seed=3, learning_rate=0.01, seconds=0.2) for _ in range(2))
    shared = min(len(a.score), len(b.score)) - 1  # how many updates fit depends on the machine
    np.testing.assert_array_equal(a.score[:shared], b.score[:shared])


def test_text_that_is_tested_on_is_not_trained_on():
    task = text_task(T=30, N=4)
    x, targets = task.test
    read = "".join(map(chr, x.argmax(axis=2)[:, 3]))
    for seed in range(20):
        drawn, _ = task.draw(np.random.default_rng(seed))
        assert all("".join(map(chr, piece)) != read for piece in drawn.argmax(axis=2).T)
    assert targets.shape == (20, x.shape[1])


def test_the_shipped_curves_hold_what_the_short_form_gives():
    """Scores after the first updates do not depend on the clock."""
    rows = three_cells()
    rows = rows[(rows["task"] == "adding") & (rows["cell"] == "gru") & (rows["seed"] == 0)]
    rows = rows[rows["learning_rate"] == 0.01]
    curve = learning_curve("gru", adding_task(), seed=0, learning_rate=0.01, seconds=0.3)
    assert len(curve.score) > 1
    np.testing.assert_allclose(curve.score[0], rows["score"][0], rtol=1e-2)


def test_every_cell_and_rate_was_run_with_the_same_seeds():
    rows = three_cells()
    runs = np.unique(rows[["task", "cell", "learning_rate", "seed"]])
    tasks = np.unique(runs["task"])
    seeds = [
        tuple(runs["seed"][(runs[["task", "cell", "learning_rate"]] == key)])
        for key in np.unique(runs[["task", "cell", "learning_rate"]])
    ]
    assert set(tasks) == {"adding", "text"}
    assert len(set(seeds)) == 1
    assert len(seeds[0]) >= 5
