import numpy as np
import pytest
from hypothesis import given
from rnn_arguments import draw_scores, draw_values, quick, seeds, sizes

from rnn_utils import (
    accuracy,
    cross_entropy,
    cross_entropy_backward,
    mean_squared_error,
    mean_squared_error_backward,
    numerical_gradient,
    softmax,
)


@quick
@given(seed=seeds, n=sizes)
def test_cross_entropy_is_the_mean_surprise_at_the_targets(seed, n):
    a = draw_scores(np.random.default_rng(seed), **n)
    p = softmax(a["y"])
    surprises = [-np.log(p[(*index, target)]) for index, target in np.ndenumerate(a["targets"])]
    assert cross_entropy(**a) == pytest.approx(np.mean(surprises), rel=1e-10)


@pytest.mark.parametrize(
    ("loss", "backward", "draw"),
    [
        (cross_entropy, cross_entropy_backward, draw_scores),
        (mean_squared_error, mean_squared_error_backward, draw_values),
    ],
)
@quick
@given(seed=seeds, n=sizes)
def test_gradients_of_losses_agree_with_central_differences(loss, backward, draw, seed, n):
    a = draw(np.random.default_rng(seed), **n)
    for one in (a, {name: value[0] for name, value in a.items()}):
        numerical = numerical_gradient(lambda y, one=one: loss(y, one["targets"]), one["y"])
        np.testing.assert_allclose(backward(**one), numerical, rtol=1e-5, atol=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_of_huge_scores_is_finite_and_exact(dtype):
    y = np.array([[1000, -1000], [-1000, 1000]], dtype=dtype)
    assert cross_entropy(y, np.array([0, 1])) == 0
    assert cross_entropy(y, np.array([1, 1])) == 1000
    assert cross_entropy_backward(y, np.array([1, 1])).tolist() == [[0.5, -0.5], [0, 0]]


def test_one_row_of_scores_takes_one_number_as_target():
    y = np.array([0.0, 2.0, 1.0])
    assert cross_entropy(y, 1) == pytest.approx(-np.log(softmax(y)[1]))
    assert accuracy(y, 1) == 1


@quick
@given(seed=seeds, n=sizes)
def test_accuracy_counts_the_targets_with_the_highest_score(seed, n):
    a = draw_scores(np.random.default_rng(seed), **n)
    right = [a["y"][i].argmax() == target for i, target in np.ndenumerate(a["targets"])]
    assert accuracy(**a) == pytest.approx(sum(right) / len(right))


@pytest.mark.parametrize("function", [cross_entropy, cross_entropy_backward, accuracy])
def test_targets_that_are_no_classes_are_refused(function):
    y = np.zeros((2, 3))
    with pytest.raises(
        ValueError, match="targets should lie between 0 and 2, but runs from 0 to 3"
    ):
        function(y, np.array([0, 3]))
    with pytest.raises(ValueError, match="between 0 and 2, but runs from -1"):
        function(y, np.array([0, -1]))
    with pytest.raises(TypeError, match="targets should hold integers, but its dtype is float64"):
        function(y, np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"shape \(2,\), because y has shape \(2, 3\)"):
        function(y, np.eye(3, dtype=int)[[0, 1]])


def test_squared_errors_of_different_shapes_do_not_broadcast():
    with pytest.raises(ValueError, match=r"targets should have shape .* has shape \(3,\)"):
        mean_squared_error(np.zeros((3, 1)), np.zeros(3))
