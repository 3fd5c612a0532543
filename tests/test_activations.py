import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import quick

from rnn_utils import (
    numerical_gradient,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    tanh_derivative,
)

numbers = st.floats(-6, 6).filter(lambda a: abs(a) > 1e-3)  # away from the kink of the ReLU


@pytest.mark.parametrize(
    ("function", "derivative"),
    [(np.tanh, tanh_derivative), (sigmoid, sigmoid_derivative), (relu, relu_derivative)],
)
@quick
@given(a=st.lists(numbers, min_size=1, max_size=5).map(np.array))
def test_derivatives_from_the_output_agree_with_central_differences(function, derivative, a):
    slopes = numerical_gradient(lambda moved: function(moved).sum(), a)
    np.testing.assert_allclose(derivative(function(a)), slopes, atol=1e-8)


@quick
@given(a=st.floats(-30, 30))
def test_sigmoid_is_the_logistic_function(a):
    assert sigmoid(a) == pytest.approx(1 / (1 + np.exp(-a)), rel=1e-12, abs=1e-15)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_of_huge_numbers_neither_overflows_nor_warns(dtype):
    a = np.array([-np.inf, -1e30, 1e30, np.inf], dtype=dtype)
    assert sigmoid(a).tolist() == [0, 0, 1, 1]


def test_plain_numbers_are_taken_too():
    assert tanh_derivative(0.5) == 0.75
    assert relu(-2.0) == 0
    assert relu_derivative(3.0) == 1
