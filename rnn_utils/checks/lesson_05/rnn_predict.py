"""Outputs of a whole sequence: y_t = h_t W_hyᵀ + b_y, at every step or at the last."""

from collections.abc import Callable

import numpy as np

from rnn_utils.cells.rnn import rnn_forward
from rnn_utils.checks.framework.contract import ONE, Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_05.shared import (
    by_steps,
    input_first,
    state_first,
)
from rnn_utils.checks.shared_mistakes import step as steps
from rnn_utils.training.models import RNNParameters, rnn_predict


def _network(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    one = arrays(W_xh="H D", W_hh="H H", b_h="H", W_hy="O H", b_y="O")
    return {
        "x": rng.standard_normal(tuple(sizes[letter] for letter in "TND")),
        "parameters": RNNParameters(**one(rng, sizes)),
        "many_to_one": bool(rng.integers(2)),
    }


def _network_for(many_to_one: bool) -> Case:
    title = "many to one" if many_to_one else "many to many"
    return Case(
        title,
        general=True,
        draw=lambda rng, sizes: _network(rng, sizes) | {"many_to_one": many_to_one},
    )


def _small(letter: str, many_to_one: bool) -> Case:
    """Return the case of one size of one for one of the two ways to read the states."""
    return Case(
        f"{letter} = 1, {'many to one' if many_to_one else 'many to many'}",
        {letter: 1},
        draw=lambda rng, sizes: _network(rng, sizes) | {"many_to_one": many_to_one},
        says=ONE,
    )


def _predict(
    made: steps.Made, x: np.ndarray, parameters: RNNParameters, many_to_one: bool
) -> np.ndarray:
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h0 = np.zeros((x.shape[1], len(W_hh)), dtype=x.dtype)
    if "starts from ones" in made:
        h0 = np.ones_like(h0)
    h = steps.rnn_forward(made, x, h0, W_xh, W_hh, b_h)
    if "no output layer" in made:
        return h[-1] if many_to_one else h
    if "output from the state before" in made:
        h = np.concatenate([h0[None], h[:-1]])
    y = h @ W_hy.T
    if "output bias missing" not in made:
        y = y + b_y
    if "tanh of the scores" in made:
        y = np.tanh(y)
    if "softmax of the scores" in made:
        e = np.exp(y - y.max(axis=-1, keepdims=True))
        y = e / e.sum(axis=-1, keepdims=True)
    if "always every step" in made:
        many_to_one = False
    if "always the last step" in made:
        many_to_one = True
    if "many_to_one exchanged" in made:
        many_to_one = not many_to_one
    if not many_to_one:
        return y
    if "first output" in made:
        return y[0]
    if "mean of the outputs" in made:
        return y.mean(axis=0)
    if "sum of the outputs" in made:
        return y.sum(axis=0)
    if "sum of the states" in made:
        return h.sum(axis=0) @ W_hy.T + b_y
    if "last sequence instead of last step" in made:
        return y[:, -1]
    return y[-1:] if "time axis kept" in made else y[-1]


def _rows_for_steps(forward: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Return a prediction whose first state has a row for every step instead of every sequence."""

    def predict(x: np.ndarray, parameters: RNNParameters, many_to_one: bool) -> np.ndarray:
        h = forward(x, np.zeros((len(x), len(parameters.b_h))), *parameters[:3])
        return _read(h, parameters, many_to_one)

    return predict


def _read(h: np.ndarray, parameters: RNNParameters, many_to_one: bool) -> np.ndarray:
    return (h[-1] if many_to_one else h) @ parameters.W_hy.T + parameters.b_y


def _states(x: np.ndarray, parameters: RNNParameters) -> np.ndarray:
    h0 = np.zeros((x.shape[1], len(parameters.b_h)))
    return by_steps(input_first)(x, h0, *parameters[:3])


def _steps_joined(x: np.ndarray, parameters: RNNParameters, many_to_one: bool) -> np.ndarray:
    h = _states(x, parameters).reshape(-1, len(parameters.b_h))
    return _read(h, parameters, many_to_one)


_ROWS_FOR_STEPS = (
    "the first state has T rows; it needs one for each sequence, and N is the second axis of x"
)


EXERCISE = Exercise(
    name="rnn_predict",
    lesson="05_forward_pass",
    points=2,
    reference=rnn_predict,
    outputs={"y": ""},
    draw=_network,
    draws=2,
    contract=Contract(
        sizes="TNDHO",
        zeros=("x", "parameters"),
        edges=(
            _network_for(True),
            _network_for(False),
            *(_small(letter, many_to_one) for letter in "TNO" for many_to_one in (True, False)),
        ),
    ),
    mistakes=(
        Mistake(
            "first state of T rows, input's term first",
            _ROWS_FOR_STEPS,
            _rows_for_steps(by_steps(input_first)),
        ),
        Mistake(
            "first state of T rows, state's term first",
            _ROWS_FOR_STEPS,
            _rows_for_steps(by_steps(state_first)),
        ),
        Mistake(
            "first state of T rows, by rnn_forward", _ROWS_FOR_STEPS, _rows_for_steps(rnn_forward)
        ),
        Mistake(
            "W_hy not transposed",
            "W_hy is not transposed: a row of states (H,) needs a matrix (H, O) on its right, and W_hy "
            "is (O, H)",
            lambda x, parameters, many_to_one: _states(x, parameters) @ parameters.W_hy,
        ),
        Mistake(
            "parameters in another order",
            "b_h and W_hy are exchanged: the parameters come in the order W_xh, W_hh, b_h, W_hy, b_y",
            lambda x, parameters, many_to_one: by_steps(input_first)(
                x,
                np.zeros((x.shape[1], len(parameters.W_hh))),
                *(parameters.W_xh, parameters.W_hh, parameters.W_hy),
            ),
        ),
        Mistake(
            "steps and sequences joined",
            "steps and sequences are joined into one axis of T·N rows; the output keeps them apart, "
            "and its last row is then no step",
            _steps_joined,
        ),
        Mistake(
            "classes instead of scores",
            "the class with the largest score is returned; expected are the scores themselves",
            lambda x, parameters, many_to_one: _read(
                _states(x, parameters), parameters, many_to_one
            ).argmax(axis=-1),
        ),
        *mistakes_in(
            _predict,
            {
                "no output layer": "the states are returned; the output layer that reads them is missing",
                "sum of the outputs": "the outputs are added up; asked is the one after the last step",
                "sum of the states": "the states are added up and then read; asked is the last one alone",
                "always every step": "many_to_one makes no difference: there is an output at every step",
                "always the last step": "many_to_one makes no difference: only the last output is there",
                "many_to_one exchanged": "the two cases of many_to_one are exchanged",
                "first output": "the first output is returned; the last one has seen the whole sequence",
                "mean of the outputs": "the outputs are averaged; asked is the one after the last step",
                "last sequence instead of last step": (
                    "y[:, -1] is the last sequence of the batch; time is the first axis"
                ),
                "time axis kept": "the time axis of length one is kept: y[-1] drops it, y[-1:] does not",
                "output bias missing": "the bias b_y is missing",
                "softmax of the scores": "a softmax is applied; y are the scores before any softmax",
                "tanh of the scores": "tanh is applied to the scores; the output layer has no activation",
                "output from the state before": (
                    "the output is read from h_{t-1}; it belongs to the new state h_t"
                ),
                "returns the sum": "the output is read from the sum before tanh; the state is its tanh",
                "starts from ones": "the first state is ones; a fresh sequence starts from zeros",
                **{
                    name: (steps.TANH | steps.AFFINE | steps.SEQUENCE)[name]
                    for name in (
                        "no tanh",
                        "W_hh transposed",
                        "bias missing",
                        "state missing",
                        "inputs in reverse",
                    )
                },
            },
        ),
    ),
)
