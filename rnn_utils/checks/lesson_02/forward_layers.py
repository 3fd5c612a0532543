"""An unrolled RNN as layers, each with weights of its own: h_t = x_t W_xh,tᵀ + h_{t−1} W_hh,tᵀ + b_t."""

from functools import partial
from typing import Any

import numpy as np

from rnn_utils.cells.recurrence import forward_layers
from rnn_utils.cells.rnn import state_step
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_02.shared import STEP, step
from rnn_utils.checks.shared_mistakes import step as steps


def _layers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D, H = (sizes[letter] for letter in "TNDH")
    one = arrays(W_xh="H D", W_hh="H H", b_h="H")
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": rng.standard_normal((N, H)),
        "layers": [tuple(one(rng, sizes).values()) for _ in range(T)],
    }


def _forward_layers(made: steps.Made, x: np.ndarray, h0: np.ndarray, layers: Any) -> np.ndarray:
    if "layers in reverse" in made:
        layers = layers[::-1]
    h_prev = np.zeros_like(h0) if "zeros instead of h0" in made else h0
    states = []
    for t in range(len(x)):
        layer = layers[t]
        if "first layer everywhere" in made:
            layer = layers[0]
        if "last layer everywhere" in made:
            layer = layers[-1]
        h_t = step(made, x[0] if "first input always" in made else x[t], h_prev, *layer)
        states.append(h_t)
        if "state never updated" not in made:
            h_prev = h_t
    h = np.stack(states)
    if "h0 among the states" in made:
        return np.concatenate([h0[None], h])
    return h[-1] if "only the last state" in made else h


def _every_layer_at_every_step(x: np.ndarray, h0: np.ndarray, layers: Any) -> np.ndarray:
    """Return the T·T states of running every input through all the layers."""
    states, h = [], h0
    for x_t in x:
        for layer in layers:
            h = state_step(x_t, h, *layer)
            states.append(h)
    return np.stack(states)


def _layer_by_layer(x: np.ndarray, h0: np.ndarray, layers: Any) -> np.ndarray:
    """Return the right states, for mistakes that spoil them afterwards."""
    return _forward_layers(frozenset(), x, h0, layers)


def _h0_in_the_first_place(x: np.ndarray, h0: np.ndarray, layers: Any) -> np.ndarray:
    later = [_layer_by_layer(x[1:], h0, layers[1:])] if len(x) > 1 else []
    return np.concatenate([h0[None], *later])


def _over_the_batch(x: np.ndarray, h0: np.ndarray, layers: Any, state_first: bool) -> np.ndarray:
    states, h = [], h0
    for n in range(x.shape[1]):
        W_xh, W_hh, b_h = layers[n]
        terms = (h @ W_hh.T, x[:, n] @ W_xh.T)
        h = (terms[0] + terms[1] if state_first else terms[1] + terms[0]) + b_h
        states.append(h)
    return np.stack(states)


def _unpacked_in_another_order(
    x: np.ndarray, h0: np.ndarray, layers: Any, names: str
) -> np.ndarray:
    """Read a layer as W_hh, W_xh, b_h, in a step whose first product is the one named."""
    states, h = [], h0
    for x_t, (W_hh, W_xh, b_h) in zip(x, layers, strict=True):
        terms = {"h": lambda h=h, W=W_hh: h @ W.T, "x": lambda x_t=x_t, W=W_xh: x_t @ W.T}
        h = sum(terms[name]() for name in names) + b_h
        states.append(h)
    return np.stack(states)


EXERCISE = Exercise(
    name="forward_layers",
    lesson="02_shared_weights",
    points=2,
    reference=forward_layers,
    outputs={"h": "T N H"},
    draw=_layers,
    contract=Contract(
        sizes="TNDH",
        zeros=("x", "h0", "layers"),
    ),
    mistakes=(
        *mistakes_in(
            _forward_layers,
            {
                "first layer everywhere": (
                    "the first layer's weights serve every step; step t has layers[t]"
                ),
                "last layer everywhere": "the last layer's weights serve every step; step t has layers[t]",
                "layers in reverse": "the layers are used from the last to the first",
                **{
                    name: (steps.SEQUENCE | steps.RETURNS)[name]
                    for name in (
                        "zeros instead of h0",
                        "state never updated",
                        "first input always",
                        "only the last state",
                        "h0 among the states",
                    )
                },
                **STEP,
            },
        ),
        Mistake(
            "last state everywhere",
            steps.SEQUENCE["last state everywhere"],
            lambda *arguments: np.broadcast_to(
                _layer_by_layer(*arguments)[-1], _layer_by_layer(*arguments).shape
            ),
        ),
        Mistake(
            "only the last row filled",
            "only the last row is filled in, as if the state were stored after the loop and not inside it",
            lambda *arguments: np.concatenate(
                [0 * _layer_by_layer(*arguments)[:-1], _layer_by_layer(*arguments)[-1:]]
            ),
        ),
        Mistake(
            "stored before the step",
            "each state is stored before its step is taken: h0 comes first, and the last state is missing",
            lambda x, h0, layers: np.concatenate([h0[None], _layer_by_layer(x, h0, layers)[:-1]]),
        ),
        Mistake(
            "h0 in the first place",
            steps.SEQUENCE["h0 in the first place"],
            _h0_in_the_first_place,
        ),
        Mistake(
            "last step missing",
            "the loop stops one step early: there are T states",
            lambda *arguments: _layer_by_layer(*arguments)[:-1],
        ),
        Mistake(
            "only the first state",
            steps.RETURNS["only the first state"],
            lambda *arguments: _layer_by_layer(*arguments)[0],
        ),
        Mistake(
            "a list of the first state",
            steps.RETURNS["only the first state"],
            lambda *arguments: _layer_by_layer(*arguments)[:1],
        ),
        Mistake(
            "concatenated, not stacked",
            "the states are joined along the batch, (T·N, H): np.concatenate does that, np.stack keeps an "
            "axis for time",
            lambda *arguments: np.concatenate(list(_layer_by_layer(*arguments))),
        ),
        Mistake(
            "every layer at every step",
            "every input runs through all the layers; step t has one layer, layers[t]",
            lambda x, h0, layers: _every_layer_at_every_step(x, h0, layers)[len(x) - 1 :: len(x)],
        ),
        Mistake(
            "every layer at every step, all stored",
            "every input runs through all the layers; step t has one layer, layers[t]",
            _every_layer_at_every_step,
        ),
        *(
            Mistake(
                f"loop over the batch, {order} first",
                steps.SEQUENCE["loop over the batch"],
                partial(_over_the_batch, state_first=order == "state"),
            )
            for order in ("state", "input")
        ),
        *(
            Mistake(
                f"unpacked in another order, {names[0]} first",
                "a layer is unpacked in another order; it is (W_xh, W_hh, b_h)",
                partial(_unpacked_in_another_order, names=names),
            )
            for names in ("hx", "xh")
        ),
    ),
)
