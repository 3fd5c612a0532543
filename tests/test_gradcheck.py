import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from rnn_arguments import quick

from rnn_utils import numerical_gradient, relative_error

some = arrays(np.float64, array_shapes(max_dims=3, max_side=3), elements=st.floats(-10, 10))


@quick
@given(a=some)
def test_the_numerical_gradient_of_a_cubic_is_its_derivative(a):
    gradient = numerical_gradient(lambda v: np.sum(v**3 - 2 * v), a)
    np.testing.assert_allclose(gradient, 3 * a**2 - 2, rtol=1e-6, atol=1e-5)


def test_central_differences_leave_an_error_of_the_second_order():
    a = np.array([0.7])
    errors = [abs(numerical_gradient(np.exp, a, step=s).item() - np.exp(0.7)) for s in (0.1, 0.01)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


def test_the_argument_is_never_modified_even_if_f_modifies_its_own():
    a = np.array([1.0, 2.0, 3.0])
    a.flags.writeable = False

    def f(v):
        v *= v
        return v.sum()

    np.testing.assert_allclose(numerical_gradient(f, a), [2, 4, 6], rtol=1e-8)
    assert a.tolist() == [1, 2, 3]


def test_float32_keeps_its_dtype_but_not_its_rounding():
    a = np.array([1.0, 2.0], dtype=np.float32)
    gradient = numerical_gradient(lambda v: np.sum(v**2), a)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, [2, 4], rtol=1e-6)


def test_what_is_no_loss_is_refused():
    with pytest.raises(ValueError, match=r"f should return one number.*shape \(3,\)"):
        numerical_gradient(lambda v: v, np.ones(3))
    with pytest.raises(TypeError, match="a should hold floating-point numbers"):
        numerical_gradient(np.sum, np.array([1, 2]))


@quick
@given(a=some, factor=st.floats(0.1, 10))
def test_relative_error_is_symmetric_and_does_not_depend_on_the_unit(a, factor):
    b = np.flip(a).reshape(a.shape)
    error = relative_error(a, b)
    assert 0 <= error <= 2
    assert error == relative_error(b, a)
    assert error == pytest.approx(relative_error(factor * a, factor * b), rel=1e-6, abs=1e-12)


def test_relative_error_at_the_ends_of_its_range():
    a = np.array([1.0, -2.0])
    assert relative_error(a, a) == 0
    assert relative_error(a, 0 * a) == 1
    assert relative_error(a, -a) == 2
    assert relative_error(0 * a, 0 * a) == 0
    assert relative_error(np.zeros(0), np.zeros(0)) == 0
    assert relative_error(np.array([1e-320]), np.array([0.0])) == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_never_looks_like_a_small_error(bad):
    assert np.isnan(relative_error(np.array([1.0, bad]), np.array([1.0, bad])))


def test_relative_error_does_not_broadcast():
    with pytest.raises(ValueError, match=r"same shape, but got \(1, 3\) and \(3,\)"):
        relative_error(np.ones((1, 3)), np.ones(3))
