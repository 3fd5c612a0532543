"""Activation functions and their derivatives, taken from the output they gave."""

from typing import Any

import numpy as np

from rnn_utils._shapes import expect_floats


def tanh_derivative(h: Any) -> Any:
    """Return the derivative of tanh at the place where its output was h: 1 − h².

    Args:
        h: outputs of tanh, any shape.

    Returns:
        The derivative, of the same shape.

    Raises:
        TypeError: h does not hold floats.

    Source: LeCun, Bottou, Orr and Müller (1998), Efficient BackProp.

    Example:
        >>> tanh_derivative(np.array([0.0, 0.5, -1.0])).tolist()
        [1.0, 0.75, 0.0]
    """
    expect_floats("tanh_derivative", "h", h)
    return 1 - h * h


def sigmoid(a: Any) -> Any:
    """Return the logistic sigmoid 1 / (1 + e⁻ᵃ).

    It is computed as ½ (1 + tanh(a / 2)), which is the same function and cannot overflow.

    Args:
        a: numbers, any shape.

    Returns:
        Values between 0 and 1, of the same shape.

    Raises:
        TypeError: a does not hold floats.

    Example:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
        [0.0, 0.5, 1.0]
    """
    expect_floats("sigmoid", "a", a)
    return 0.5 * (1 + np.tanh(0.5 * a))


def sigmoid_derivative(s: Any) -> Any:
    """Return the derivative of the sigmoid at the place where its output was s: s (1 − s).

    Args:
        s: outputs of the sigmoid, any shape.

    Returns:
        The derivative, of the same shape.

    Raises:
        TypeError: s does not hold floats.

    Example:
        >>> sigmoid_derivative(np.array([0.0, 0.5, 0.75])).tolist()
        [0.0, 0.25, 0.1875]
    """
    expect_floats("sigmoid_derivative", "s", s)
    return s * (1 - s)


def relu(a: Any) -> Any:
    """Return a where it is positive and 0 elsewhere.

    Args:
        a: numbers, any shape.

    Returns:
        max(a, 0), of the same shape.

    Raises:
        TypeError: a does not hold floats.

    Source: Nair and Hinton (2010), Rectified linear units improve restricted Boltzmann machines.

    Example:
        >>> relu(np.array([-2.0, 0.0, 3.0])).tolist()
        [0.0, 0.0, 3.0]
    """
    expect_floats("relu", "a", a)
    return np.maximum(a, 0)


def relu_derivative(h: Any) -> Any:
    """Return the derivative of the ReLU at the place where its output was h: 1 if h > 0, else 0.

    At the kink itself, where the output is 0, this takes 0, as is usual.

    Args:
        h: outputs of the ReLU, any shape.

    Returns:
        Zeros and ones, of the same shape and dtype.

    Raises:
        TypeError: h does not hold floats.

    Example:
        >>> relu_derivative(np.array([0.0, 0.0, 3.0])).tolist()
        [0.0, 0.0, 1.0]
    """
    expect_floats("relu_derivative", "h", h)
    return np.heaviside(h, 0)
