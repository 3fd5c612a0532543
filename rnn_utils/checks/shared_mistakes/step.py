"""The mistakes that learners make in one recurrent step, and in running it over a sequence.

Every function here takes the names of the mistakes to make as its first argument, so that they can also be
tried in combination.
"""

from collections.abc import Callable

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.checks.framework.exercise import Mistake

#: The names of the mistakes that an implementation makes.
Made = frozenset[str]
Activation = Callable[[np.ndarray], np.ndarray]

#: Mistakes of the affine part, common to a step with and without an activation.
AFFINE = {
    "state missing": "the previous state is missing from the sum, so nothing is remembered",
    "input missing": "the input is missing from the sum",
    "bias missing": "the bias is missing from the sum",
    "W_hh transposed": (
        "W_hh is transposed (it is square, so no shape complains): on paper W_hh h_{t-1} with a "
        "column, in code h_prev @ W_hh.T with rows"
    ),
    "state without its weight": "the previous state enters the sum without W_hh",
    "state weighted by element": "the state meets W_hh's diagonal only; W_hh h is a matrix product",
    "bias subtracted": "the bias is subtracted",
    "bias twice": "the bias is added twice",
    "W_hh used twice": "W_hh acts on the state twice within one step",
}

#: Mistakes of the activation.
TANH = {
    "no tanh": "tanh is missing: this is the sum inside it",
    "tanh twice": "tanh is applied twice",
    "tanh over the input term only": (
        "tanh is applied to the input's term only; it belongs around the whole sum"
    ),
    "tanh over the state term only": (
        "tanh is applied to the state's term only; it belongs around the whole sum"
    ),
    "tanh over each term": "tanh is applied to each term; it belongs around the whole sum",
    "bias outside tanh": "the bias is added after tanh; it belongs inside",
    "state added after tanh": "the state is added after tanh; its term belongs inside",
    "input added after tanh": "the input's term is added after tanh; it belongs inside",
    "product instead of sum": "the two terms are multiplied; they are added",
    "sigmoid": "the activation is a sigmoid; the equation says tanh",
    "relu": "the activation is a ReLU; the equation says tanh",
    "softmax": "a softmax is taken of the state; the equation says tanh",
}

#: Mistakes of the loop over time.
SEQUENCE = {
    "zeros instead of h0": (
        "the first step starts from zeros and not from h0 (at t = 0, h[t - 1] is the last row of "
        "the buffer, still zero)"
    ),
    "state never updated": "every step starts from h0; h_prev should become the new state",
    "h0 in the first place": (
        "the result begins with h0, so that the loop starts one step late: h[0] should be the "
        "state after the first input"
    ),
    "one input late": "step t reads the input of step t − 1",
    "one input early": "step t reads the input of step t + 1",
    "first input always": "every step reads the first input",
    "last input always": "every step reads the last input",
    "inputs in reverse": "the loop runs from the last input to the first",
    "carries the sum": "the sum before tanh is carried to the next step; the state is its tanh",
    "returns the sum": "what is returned is the sum before tanh, not the state",
    "last state everywhere": (
        "every row of the result is the last state: is the same array stored again and again?"
    ),
    "last step missing": "the loop stops one step early: the last row is never filled in",
    "first step missing": "the loop starts one step late: the first row is never filled in",
    "loop over the batch": "the loop runs over the batch; time is the first axis of x, batch the second",
    "steps are summed": "the states are summed up over time",
    "step twice": "each step is applied twice to the same input",
    "loop from the end": "the loop runs from the end: each state is made from the one after it",
    "tanh of what is stored": "tanh is applied once more to what is stored; h_t has been through it",
    "previous state added": "h_prev is added to the new state; it enters through W_hh only",
    "two steps back": "the state of two steps ago is read; h_{t-1} is that of the step before",
}

#: Mistakes that change what is returned rather than how it is computed.
RETURNS = {
    "only the last state": "only the last state is returned; expected is the state after every step",
    "h0 among the states": "h0 itself is among the states; expected are the T states after each input",
    "only the first state": "the function returns after the first step: is `return` inside the loop?",
    "only the first row": "the function returns after the first step: is `return` inside the loop?",
}


_COLUMN_WITH_ROWS = (
    "the order is the one for a column, with the weight on the left; a batch is rows, which stand on the "
    "left of a transposed weight"
)

#: A step of a batch written as for one column, which NumPy refuses; the first product that does not
#: fit tells which term was written first.
COLUMN_ORDER = (
    Mistake(
        "the column's order with rows, state first",
        _COLUMN_WITH_ROWS,
        lambda x_t, h_prev, W_xh, W_hh, b_h: W_hh @ h_prev + W_xh @ x_t + b_h,
    ),
    Mistake(
        "the column's order with rows, input first",
        _COLUMN_WITH_ROWS,
        lambda x_t, h_prev, W_xh, W_hh, b_h: W_xh @ x_t + W_hh @ h_prev + b_h,
    ),
)


def _softmax(a: np.ndarray) -> np.ndarray:
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def affine(
    made: Made,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
    b_h: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the three terms of the sum, for rows or for single vectors, with the mistakes made."""
    from_input = x_t @ W_xh.T
    from_state = h_prev @ (W_hh if "W_hh transposed" in made else W_hh.T)
    if "state without its weight" in made:
        from_state = h_prev
    if "state weighted by element" in made:
        from_state = h_prev * np.diagonal(W_hh)
    if "W_hh used twice" in made:
        from_state = from_state @ W_hh.T
    if "state missing" in made:
        from_state = np.zeros_like(from_state)
    if "input missing" in made:
        from_input = np.zeros_like(from_input)
    factor = 1 - ("bias missing" in made) - 2 * ("bias subtracted" in made) + ("bias twice" in made)
    return from_input, from_state, factor * np.broadcast_to(b_h, from_input.shape)


def state_step(made: Made, *arguments: np.ndarray) -> np.ndarray:
    """Return a step without an activation, with the mistakes made."""
    from_input, from_state, bias = affine(made, *arguments)
    if "tanh applied" in made:
        return np.tanh(from_input + from_state + bias)
    return from_input + from_state + bias


def rnn_step(made: Made, *arguments: np.ndarray, activation: Activation = np.tanh) -> np.ndarray:
    """Return a step with tanh, or what stands in its place, with the mistakes made."""
    from_input, from_state, bias = affine(made, *arguments)
    total = from_input + from_state + bias
    if "tanh over the input term only" in made:
        return activation(from_input) + from_state + bias
    if "tanh over the state term only" in made:
        return from_input + activation(from_state) + bias
    if "tanh over each term" in made:
        return activation(from_input) + activation(from_state) + activation(bias)
    if "products apart" in made:
        return activation(from_input) + activation(from_state) + bias
    if "bias outside tanh" in made:
        return activation(from_input + from_state) + bias
    if "state added after tanh" in made:
        return activation(from_input + bias) + from_state
    if "input added after tanh" in made:
        return activation(from_state + bias) + from_input
    if "product instead of sum" in made:
        return activation(from_input * from_state + bias)
    if "no tanh" in made:
        return total
    if "sigmoid" in made:
        return sigmoid(total)
    if "relu" in made:
        return np.maximum(total, 0.0)
    if "softmax" in made:
        return _softmax(total)
    return activation(activation(total)) if "tanh twice" in made else activation(total)


def rnn_forward(
    made: Made,
    x: np.ndarray,
    h0: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
    b_h: np.ndarray,
) -> np.ndarray:
    """Return the states of a sequence, with the mistakes made in the loop or in the step."""
    T = len(x)
    steps = range(x.shape[1] if "loop over the batch" in made else T)
    inputs = x[::-1] if "inputs in reverse" in made else x
    if "one input late" in made:
        inputs = np.concatenate([x[-1:], x[:-1]])
    if "one input early" in made:
        inputs = np.concatenate([x[1:], x[:1]])
    h = np.zeros((T, *h0.shape), dtype=h0.dtype)
    h_prev = h_before = np.zeros_like(h0) if "zeros instead of h0" in made else h0
    for t in reversed(steps) if "loop from the end" in made else steps:
        x_t = inputs[t]
        if "first input always" in made:
            x_t = x[0]
        if "last input always" in made:
            x_t = x[-1]
        if "h0 in the first place" in made and t == 0:
            h[0] = h0
            continue
        if ("first step missing" in made and t == 0) or (
            "last step missing" in made and t == T - 1
        ):
            continue
        h_t = rnn_step(made, x_t, h_prev, W_xh, W_hh, b_h)
        if "step twice" in made:
            h_t = rnn_step(made, x_t, h_t, W_xh, W_hh, b_h)
        total = rnn_step(made | {"no tanh"}, x_t, h_prev, W_xh, W_hh, b_h)
        if "previous state added" in made:
            h_t = h_t + h_prev
        h[t] = total if "returns the sum" in made else h_t
        if "tanh of what is stored" in made:
            h[t] = np.tanh(h[t])
        if "state never updated" not in made:
            h_new = total if "carries the sum" in made else h_t
            h_prev = h_before if "two steps back" in made else h_new
            h_before = h_new
    if "steps are summed" in made:
        h = np.cumsum(h, axis=0)
    if "last state everywhere" in made:
        h[:] = h[-1]
    if "h0 among the states" in made:
        return np.concatenate([h0[None], h])
    if "only the last state" in made:
        return h[-1]
    if "only the first row" in made:
        return h[:1]
    return h[0] if "only the first state" in made else h


def follows(h: np.ndarray, step: Callable[[int, np.ndarray], np.ndarray]) -> Mistake | None:
    """Say that only the start is wrong, where each later state follows from the one before.

    Args:
        h: the returned states (T, N, H).
        step: the right step t, from the state before it.
    """
    later = range(1, len(h))
    if len(h) > 1 and all(
        np.allclose(h[t], step(t, h[t - 1]), rtol=1e-4, atol=1e-6) for t in later
    ):
        return Mistake(
            "zeros instead of h0",
            "each later state follows rightly from the one before, and only the first does not start "
            "from h0 (at t = 0, h[t - 1] is the last row of the buffer, whatever stands there)",
            step,
        )
    return None
