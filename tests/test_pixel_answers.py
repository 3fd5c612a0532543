"""The experiment of lesson 15: networks that answer at every pixel."""

import numpy as np
import pytest

from rnn_utils import data, numerical_gradient, receptive_field, relative_error
from rnn_utils.experiments.pixel_answers import (
    NETWORKS,
    Network,
    Result,
    backward,
    influence,
    initialise,
    layers_of,
    pixels_that_hold,
    right_answers,
    run,
    scores,
    states,
    train_network,
    ways_back,
)

SMALL = Network((("convolution", 2), ("sweep", 2), ("convolution", 3)), 0.03)


def test_gradients_of_a_stack_are_those_of_numbers():
    rng = np.random.default_rng(0)
    parameters = tuple(a.astype(float) for a in initialise(SMALL, rng))
    x, dy = rng.normal(size=(3, 4, 2, 1)), rng.normal(size=(3, 4, 2, 10))
    dx, gradients = backward(SMALL, parameters, states(SMALL, parameters, x), dy)

    def loss(x, parameters=parameters):
        return np.sum(dy * scores(SMALL, parameters, x))

    assert relative_error(dx, numerical_gradient(loss, x)) < 1e-7
    for k, gradient in enumerate(gradients):

        def loss_of(value, k=k):
            return loss(x, (*parameters[:k], value, *parameters[k + 1 :]))

        assert relative_error(gradient, numerical_gradient(loss_of, parameters[k])) < 1e-7, k


def test_networks_have_about_as_many_weights_as_each_other():
    counts = [
        sum(a.size for a in initialise(network, np.random.default_rng(0)))
        for network in NETWORKS.values()
    ]
    assert max(counts) < 1.1 * min(counts)


def test_every_parameter_belongs_to_one_layer():
    parameters = initialise(SMALL, np.random.default_rng(0))
    assert [a for part in layers_of(SMALL, parameters) for a in part] == list(parameters)


def test_what_can_reach_the_middle_is_what_the_formula_says():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(15, 15, 2, 1))
    for depth in (1, 2, 7):
        network = Network((("convolution", 2),) * depth, 0.03)
        shares = influence(network, initialise(network, rng), x, 7, 7)
        assert np.count_nonzero(shares) == receptive_field([(3, 1, 1)] * depth) ** 2
        assert shares.sum() == pytest.approx(1.0)


def test_training_helps_and_is_the_same_for_the_same_seed():
    network = NETWORKS["2 convolutions"]
    before, _ = right_answers(network, initialise(network, np.random.default_rng(3)))
    first, second = (train_network(network, seed=3, epochs=5) for _ in range(2))
    assert right_answers(network, first)[0].mean() > before.mean() + 0.05
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_all_pixels_are_needed_for_all_of_the_influence():
    shares = np.full((2, 5), 0.1)
    assert [pixels_that_hold(shares, part) for part in (0.05, 0.35, 1.0)] == [1, 4, 10]


def test_the_kept_results_are_those_of_these_networks():
    kept = data.pixel_answers()
    assert kept.dtype.names == Result._fields
    assert list(dict.fromkeys(kept["network"])) == list(NETWORKS)
    result, _ = run("2 convolutions", seed=0, epochs=1)
    same = kept[(kept["network"] == result.network) & (kept["seed"] == 0)][0]
    assert same["reach"] == result.reach
    assert same["held_at_start"] == pytest.approx(result.held_at_start, abs=1)  # by rounding


@pytest.mark.parametrize("name", NETWORKS)
def test_the_way_back_for_all_scores_at_once_is_that_of_each_by_itself(name):
    network, rng = NETWORKS[name], np.random.default_rng(3)
    parameters, x = initialise(network, rng), rng.normal(size=(4, 5, 3, 1))
    ways = ways_back(network, parameters, x, [(1, 2), (3, 0)])
    for n, back in enumerate(ways):
        dy = np.zeros((4, 5, 1, 10))
        dy[1, 2, 0], dy[3, 0, 0] = rng.normal(size=(2, 10))
        h = states(network, parameters, x[:, :, n : n + 1])
        np.testing.assert_allclose(
            back(dy), backward(network, parameters, h, dy)[0], rtol=1e-5, atol=1e-7
        )
    dy[0, 0, 0, 4] = 1.0
    with pytest.raises(ValueError, match=r"pixels \[\(1, 2\), \(3, 0\)\]"):
        ways[0](dy)
