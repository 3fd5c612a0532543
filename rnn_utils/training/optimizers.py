"""From gradients to new parameters: updates, clipping, and learning rates that change.

Parameters are a tuple of arrays, named or not, such as `RNNParameters`. Gradients are a tuple of
the same arrays' shapes in the same order. Nothing is changed in place: every function returns new
parameters, of the kind of tuple and the dtypes that it was given.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import numpy as np

from rnn_utils._shapes import expect_floats

#: A tuple of arrays: parameters, their gradients, or anything else of the same shapes.
Arrays = TypeVar("Arrays", bound=tuple[np.ndarray, ...])


def sgd_update(parameters: Arrays, gradients: Arrays, learning_rate: float) -> Arrays:
    """Return the parameters one step down the gradient: θ − η g.

    Args:
        parameters: a tuple of arrays.
        gradients: the gradient of the loss with respect to each of them.
        learning_rate: η, how far to go.

    Returns:
        The new parameters.

    Raises:
        TypeError, ValueError: the gradients are not floats of the parameters' shapes.

    Source: Robbins and Monro (1951), A stochastic approximation method.

    Example:
        >>> sgd_update((np.array([1.0, 2.0]),), (np.array([10.0, -10.0]),), learning_rate=0.1)
        (array([0., 3.]),)
    """
    _expect_alike("sgd_update", parameters, gradients=gradients)
    rate = float(learning_rate)  # a NumPy float64 would turn float32 parameters into float64
    return _like(parameters, (p - rate * g for p, g in zip(parameters, gradients, strict=True)))


def momentum_start(parameters: Arrays) -> Arrays:
    """Return the velocity before the first `momentum_update`: zeros of the parameters' shapes.

    Args:
        parameters: a tuple of arrays.

    Returns:
        A tuple of zeros.

    Example:
        >>> momentum_start((np.array([1.0, 2.0]),))
        (array([0., 0.]),)
    """
    return _like(parameters, (np.zeros_like(p) for p in parameters))


def momentum_update(
    parameters: Arrays,
    gradients: Arrays,
    velocity: Arrays,
    learning_rate: float,
    momentum: float,
) -> tuple[Arrays, Arrays]:
    """Return the parameters after a step that keeps part of the last one: v ← μ v − η g, θ ← θ + v.

    Args:
        parameters: a tuple of arrays.
        gradients: the gradient of the loss with respect to each of them.
        velocity: the last step that was taken, zeros at first (`momentum_start`).
        learning_rate: η, how far one gradient pushes.
        momentum: μ, how much of the last step is kept, from 0 (`sgd_update`) to below 1.

    Returns:
        The new parameters and the new velocity.

    Raises:
        TypeError, ValueError: gradients or velocity are not floats of the parameters' shapes.

    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods; in the
    form of Sutskever, Martens, Dahl and Hinton (2013), On the importance of initialization and
    momentum in deep learning.

    Example:
        >>> parameters, gradients, velocity = (np.array([1.0]),), (np.array([10.0]),), (np.ones(1),)
        >>> momentum_update(parameters, gradients, velocity, learning_rate=0.1, momentum=0.5)
        ((array([0.5]),), (array([-0.5]),))
    """
    _expect_alike("momentum_update", parameters, gradients=gradients, velocity=velocity)
    rate, kept = float(learning_rate), float(momentum)
    pairs = zip(velocity, gradients, strict=True)
    velocity = _like(parameters, (kept * v - rate * g for v, g in pairs))
    return _like(parameters, (p + v for p, v in zip(parameters, velocity, strict=True))), velocity


class AdamState(NamedTuple):
    """What Adam remembers from step to step."""

    m: tuple[np.ndarray, ...]  # the running mean of the gradients
    v: tuple[np.ndarray, ...]  # the running mean of their squares
    t: int  # how many steps have been taken


def adam_start(parameters: tuple[np.ndarray, ...]) -> AdamState:
    """Return the state before the first `adam_update`: zeros, and no step taken.

    Args:
        parameters: a tuple of arrays.

    Returns:
        The state.

    Example:
        >>> adam_start((np.array([1.0, 2.0]),))
        AdamState(m=(array([0., 0.]),), v=(array([0., 0.]),), t=0)
    """
    return AdamState(momentum_start(parameters), momentum_start(parameters), t=0)


def adam_update(
    parameters: Arrays,
    gradients: Arrays,
    state: AdamState,
    learning_rate: float,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Arrays, AdamState]:
    """Return the parameters after a step whose size hardly depends on the gradients' scale.

    With t counted from 1: m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g². Both start from zero
    and are too small at first, so they are divided by 1 − β₁ᵗ and 1 − β₂ᵗ: m̂ and v̂. Then
    θ ← θ − η m̂ / (√v̂ + ε).

    Args:
        parameters: a tuple of arrays.
        gradients: the gradient of the loss with respect to each of them.
        state: what the last call returned, `adam_start(parameters)` at first.
        learning_rate: η, about how far each number moves in a step.
        beta_1, beta_2: how much is kept of the running means.
        epsilon: keeps the quotient finite where all gradients were zero.

    Returns:
        The new parameters and the new state.

    Raises:
        TypeError, ValueError: the gradients or the state are not floats of the parameters' shapes.

    Source: Kingma and Ba (2015), Adam: a method for stochastic optimization, algorithm 1.

    Example:
        >>> parameters, gradients = (np.array([1.0, 1.0]),), (np.array([300.0, -0.02]),)
        >>> (new,), state = adam_update(parameters, gradients, adam_start(parameters), 0.1)
        >>> new.round(6).tolist(), state.t
        ([0.9, 1.1], 1)
    """
    _expect_alike("adam_update", parameters, gradients=gradients, m=state.m, v=state.v)
    rate, t = float(learning_rate), state.t + 1
    m = _like(
        parameters,
        (beta_1 * m + (1 - beta_1) * g for m, g in zip(state.m, gradients, strict=True)),
    )
    v = _like(
        parameters,
        (beta_2 * v + (1 - beta_2) * g * g for v, g in zip(state.v, gradients, strict=True)),
    )

    def moved(p: np.ndarray, m: np.ndarray, v: np.ndarray) -> np.ndarray:
        m_hat = m / (1 - beta_1**t)
        v_hat = v / (1 - beta_2**t)
        return p - rate * m_hat / (np.sqrt(v_hat) + epsilon)

    return _like(parameters, map(moved, parameters, m, v)), AdamState(m, v, t)


def clip_by_global_norm(gradients: Arrays, max_norm: float) -> tuple[Arrays, float]:
    """Return the gradients, shortened together if they are longer than max_norm, and their length.

    All arrays count as one long vector and are multiplied by one number, so that the direction of
    the step stays what it was. Gradients that are short enough come back as they are.

    Args:
        gradients: a tuple of arrays.
        max_norm: the longest length that is let through, above 0.

    Returns:
        The gradients, and the length √Σg² that they had before. A length that is not finite is for
        the caller to look at: there is no direction left to keep.

    Raises:
        TypeError, ValueError: the gradients are not arrays of floats, or max_norm is not above 0.

    Source: Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural
    networks, algorithm 1.

    Example:
        >>> clip_by_global_norm((np.array([3.0]), np.array([[4.0]])), max_norm=1.0)
        ((array([0.6]), array([[0.8]])), 5.0)
    """
    _expect_alike("clip_by_global_norm", gradients)
    if not max_norm > 0:
        raise ValueError(
            f"clip_by_global_norm: max_norm should be above 0, but is {max_norm}. "
            f"Usual values lie between 0.25 and 10."
        )
    norm = global_norm(gradients)
    if max_norm < norm < math.inf:
        scale = float(max_norm) / norm
        gradients = _like(gradients, (scale * g for g in gradients))
    return gradients, norm


def global_norm(gradients: tuple[np.ndarray, ...]) -> float:
    """Return the length of all arrays taken as one long vector: √Σg².

    Args:
        gradients: a tuple of arrays.

    Returns:
        The length.

    Example:
        >>> global_norm((np.array([3.0]), np.array([[4.0]])))
        5.0
    """
    rows = [g.ravel() for g in gradients]
    return math.hypot(*(float(np.sqrt(row @ row)) for row in rows))


def step_decay(step: int, start: float, factor: float, every: int) -> float:
    """Return a learning rate that is multiplied by a factor every so many steps.

    Args:
        step: the number of the step; the first is 0.
        start: the learning rate of the first steps.
        factor: by what it is multiplied, such as 0.5.
        every: after how many steps.

    Returns:
        The learning rate of this step.

    Example:
        >>> [step_decay(step, start=0.8, factor=0.5, every=2) for step in range(5)]
        [0.8, 0.8, 0.4, 0.4, 0.2]
    """
    return start * factor ** (step // every)


def warm_up_cosine(step: int, peak: float, steps: int, warm_up: int = 0) -> float:
    """Return a learning rate that rises in a line to its peak, then falls along a cosine to zero.

    Args:
        step: the number of the step; the first is 0.
        peak: the highest learning rate.
        steps: how many steps there are; from then on the learning rate is 0.
        warm_up: over how many steps it rises; 0 to begin at the peak.

    Returns:
        The learning rate of this step.

    Source: Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts.

    Example:
        >>> [round(warm_up_cosine(step, peak=1.0, steps=6, warm_up=2), 3) for step in range(7)]
        [0.5, 1.0, 1.0, 0.854, 0.5, 0.146, 0.0]
    """
    if step < warm_up:
        return peak * (step + 1) / warm_up
    if step >= steps:
        return 0.0
    return peak * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up))) / 2


class Optimizer(NamedTuple):
    """What `train` needs of an optimiser; a function of your own may take the place of either.

    Example:
        >>> mine = Optimizer(start=adam_start, update=adam_update)
        >>> mine == ADAM
        True
    """

    start: Callable[[Any], Any]  # parameters → the state before the first step
    update: Callable[[Any, Any, Any, float], tuple[Any, Any]]
    # parameters, gradients, state, learning rate → new parameters, new state


SGD = Optimizer(
    start=lambda parameters: None,
    update=lambda parameters, gradients, state, rate: (
        sgd_update(parameters, gradients, rate),
        state,
    ),
)
MOMENTUM = Optimizer(
    start=momentum_start,
    update=lambda parameters, gradients, velocity, rate: momentum_update(
        parameters, gradients, velocity, rate, momentum=0.9
    ),
)
ADAM = Optimizer(start=adam_start, update=adam_update)


def _like(parameters: Arrays, arrays: Iterable[np.ndarray]) -> Arrays:
    """Return the arrays in the same kind of tuple."""
    kind: Any = type(parameters)
    return getattr(kind, "_make", kind)(arrays)


def _expect_alike(function: str, parameters: Any, **others: Any) -> None:
    """Raise an error unless all are tuples of float arrays with the shapes of the first."""
    if all(_are_alike(parameters, arrays) for arrays in (parameters, *others.values())):
        return
    first = "parameters" if others else "gradients"
    for name, arrays in {first: parameters, **others}.items():
        if not isinstance(arrays, (tuple, list)):
            raise TypeError(
                f"{function}: {name} should be a tuple of arrays, but is a "
                f"{type(arrays).__name__}. A single array goes in as ({name},)."
            )
        if len(arrays) != len(parameters):
            raise ValueError(
                f"{function}: {name} should have as many arrays as the parameters, "
                f"{len(parameters)}, but has {len(arrays)}. Give one for each, in the same order."
            )
        fields = getattr(parameters, "_fields", range(len(parameters)))
        for field, array, parameter in zip(fields, arrays, parameters, strict=True):
            place = f"{name}.{field}" if isinstance(field, str) else f"{name}[{field}]"
            expect_floats(function, place, array)
            if np.shape(array) != np.shape(parameter):
                raise ValueError(
                    f"{function}: {place} should have the shape of its parameter, "
                    f"{np.shape(parameter)}, but has {np.shape(array)}. Give both in the same order."
                )


def _are_alike(parameters: Any, arrays: Any) -> bool:
    """Return whether both are tuples of float arrays with the same shapes, for the way without a message."""
    shapes = _shapes(arrays) if isinstance(arrays, tuple) else [None]
    return None not in shapes and shapes == [np.shape(p) for p in parameters]


def _shapes(arrays: tuple[Any, ...]) -> list[tuple[int, ...] | None]:
    """Return the shape of each array of floats, None for anything else."""
    return [a.shape if isinstance(a, np.ndarray) and a.dtype.kind == "f" else None for a in arrays]
