"""The experiments of lesson 14: what is asked, what is hidden, and what is equal."""

import numpy as np
import pytest

from rnn_utils import numerical_gradient, relative_error
from rnn_utils.data import deep_learning
from rnn_utils.experiments.depth_or_width import (
    Network,
    Text,
    blanked_letters,
    largest_width,
    learn_letters,
    loss_and_gradients,
    next_letters,
    parameter_shapes,
)

NETWORKS = [Network(), Network(layers=3), Network(bidirectional=True), Network(delay=2)]
TEXT = Text.of_the_book()


@pytest.mark.parametrize("network", NETWORKS)
def test_the_gradients_agree_with_the_referee(network):
    rng = np.random.default_rng(0)
    letters = blanked_letters(TEXT, rng)
    letters = letters._replace(x=letters.x[:, :2, :].astype(float), targets=letters.targets[:, :2])
    shapes = parameter_shapes(network, letters.x.shape[2], 2, TEXT.V)
    parameters = tuple(rng.normal(size=shape) / 2 for shape in shapes)
    _, gradients = loss_and_gradients(network, parameters, letters)
    for k in (1, 2, len(shapes) - 1):

        def loss(value, k=k):
            moved = (*parameters[:k], value, *parameters[k + 1 :])
            return loss_and_gradients(network, moved, letters)[0]

        assert relative_error(gradients[k], numerical_gradient(loss, parameters[k])) < 1e-6


@pytest.mark.parametrize("network", NETWORKS)
def test_the_largest_width_fits_and_one_more_does_not(network):
    def cost(H):
        return sum(int(np.prod(shape)) for shape in parameter_shapes(network, 7, H, 5))

    H = largest_width(network, 7, 5, 3000)
    assert cost(H) <= 3000 < cost(H + 1)


def test_a_blanked_letter_is_not_shown_and_all_others_are():
    letters = blanked_letters(TEXT, np.random.default_rng(1))
    shown = letters.x.argmax(axis=2)
    assert (shown[letters.steps] == TEXT.V).all()
    assert (np.delete(shown, letters.steps, axis=0) < TEXT.V).all()
    assert (letters.targets < TEXT.V).all()
    assert letters.steps.max() + 5 < len(shown)  # there is room for the longest delay


def test_the_next_letter_is_the_input_of_the_next_step():
    letters = next_letters(TEXT, np.random.default_rng(1))
    np.testing.assert_array_equal(letters.targets[:-1], letters.x.argmax(axis=2)[1:])


def test_the_shipped_scores_are_those_of_the_same_function():
    rows = deep_learning()
    rows = rows[(rows["task"] == "blanked") & (rows["bidirectional"] == 1) & (rows["seed"] == 0)]
    (_, bits), *_ = learn_letters("blanked", Network(bidirectional=True), 0, updates=100)
    assert bits == pytest.approx(rows["bits"][rows["updates"] == 100].item(), abs=0.05)
