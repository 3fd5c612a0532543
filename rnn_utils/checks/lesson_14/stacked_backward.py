"""The way back through the layers, from the top: what a layer gives as dx is dh of the layer below."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, scaled
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_14.shared import (
    ON_THE_WAY_BACK,
    Layers,
    on_the_way_back,
    three_values,
)
from rnn_utils.checks.lesson_14.stacked_forward import draw_stack, stacked_states
from rnn_utils.checks.shared_mistakes import backward as backward_steps
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.deep import stacked_backward


def _stack_back(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = draw_stack(rng, sizes)
    h = stacked_states(frozenset(), *forward.values())
    return on_the_way_back(rng, forward, h, read=h[-1])


_CONTRACT = Contract(
    sizes="LTNDH",
    edges=(
        Case("four layers", {"L": 4}),
        Case("a large upstream gradient", draw=scaled(_stack_back, dh=1000.0)),
    ),
)


_STACKED_BACK = {
    "dh for every layer": (
        "every layer is given dh itself; a lower layer acts through the layer above, so it gets what comes "
        "out of that one on the side of its input"
    ),
    "dh added in every layer": (
        "dh is added in every layer; only the top layer's states are read, so only there"
    ),
    "W_xh missing between the layers": (
        "what is handed down lacks W_xh of the layer above, which the lower states were multiplied by"
    ),
    "W_xh transposed between the layers": (
        "W_xh is transposed on the way down (it is square there, so no shape complains): the gradient of a "
        "row that met W_xh.T meets W_xh"
    ),
    "W_hh handed down": "what is handed down went through W_hh; the layer below was multiplied by W_xh",
    "slope before the way back": (
        "what arrives is multiplied by 1 − h² before `rnn_backward` gets it, which does so itself: it takes "
        "the gradient of the states, after the tanh"
    ),
    "carry of the layer above": (
        "what a layer carries from step to step goes on into the layer below: start each layer's way back "
        "in time from zeros"
    ),
    "slope of the layer below twice": (
        "what is handed down is multiplied by 1 − h² of the layer below already; its own way back does so"
    ),
    "slope of the layer above": (
        "the derivative of tanh is taken at the states of the top layer in all layers"
    ),
    "last step only handed down": "only the last step's gradient is handed down; every step has one",
    "dW_xh with the layer's own states": (
        "dW_xh of the upper layers is made with the layer's own states; W_xh was multiplied by those of "
        "the layer below"
    ),
    "dW_xh one step late": (
        "dW_xh of the upper layers is made with the states below of the step before; W_xh read step t"
    ),
    "first layer's h0 for all": "the first step of every layer uses h0[0]; layer l started from h0[l]",
    "zeros instead of h0": "the first step uses zeros for the state before; layer l started from h0[l]",
    "dh0 from the top": "dh0 begins with the top layer; row l belongs to layer l",
    "layers from the top": "the list of gradients begins with the top layer; entry l belongs to layer l",
    "dx of the top layer": ("dx is what comes out of the top layer; x is read by the first layer"),
    "dx and dh0 zero": "dx and dh0 are never filled in",
    "weights of the first layer only": "the gradients of the upper layers are never filled in",
}


def _stacked_backward(
    made: Made, dh: np.ndarray, x: np.ndarray, h0: np.ndarray, h: np.ndarray, layers: Layers
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Return the gradients of all layers, with the mistakes made."""
    in_layer = frozenset(made & ON_THE_WAY_BACK.keys())
    arrived, dh0, dlayers, dx = dh, [], [], dh
    for k in reversed(range(len(layers))):
        W_xh, W_hh, _ = layers[k]
        below = h[k - 1] if k > 0 else x
        start = h0[0 if "first layer's h0 for all" in made else k]
        if "zeros instead of h0" in made:
            start = 0 * start
        states, read = h[k], below
        if "slope of the layer above" in made:
            states = h[-1]
        if "dW_xh with the layer's own states" in made and k > 0:
            read = h[k]
        if "dW_xh one step late" in made and k > 0:
            read = np.concatenate([h0[k - 1][None], below[:-1]])
        if "slope before the way back" in made:
            arrived = arrived * (1 - h[k] ** 2)
        W_down = W_xh
        if k > 0 and "W_xh missing between the layers" in made:
            W_down = np.eye(len(W_hh), dtype=W_hh.dtype)
        if k > 0 and "W_xh transposed between the layers" in made:
            W_down = W_xh.T
        if k > 0 and "W_hh handed down" in made:
            W_down = W_hh
        dx, d_start, *of_weights = backward_steps.rnn_backward(
            in_layer, arrived, read, start, states, W_down, W_hh
        )
        if "slope of the layer above" in made:
            right = backward_steps.rnn_backward(in_layer, arrived, read, start, h[k], W_down, W_hh)
            of_weights[1] = of_weights[1] if k == len(layers) - 1 else right[3] * 0 + of_weights[1]
        dh0.append(d_start)
        dlayers.append(tuple(of_weights))
        if k == len(layers) - 1 and "dx of the top layer" in made:
            top = dx
        arrived = _handed_down(made, dx, dh, below)
        if k > 0 and "carry of the layer above" in made:
            arrived = np.concatenate([arrived[:-1], arrived[-1:] + d_start])
    if "dx of the top layer" in made:
        dx = top
    if "dx and dh0 zero" in made:
        dx, dh0 = 0 * dx, [0 * d for d in dh0]
    if "weights of the first layer only" in made:
        dlayers[:-1] = [tuple(0 * g for g in of_layer) for of_layer in dlayers[:-1]]
    if "layers from the top" not in made:
        dlayers = dlayers[::-1]
    return dx, np.stack(dh0 if "dh0 from the top" in made else dh0[::-1]), dlayers


def _handed_down(made: Made, dx: np.ndarray, dh: np.ndarray, below: np.ndarray) -> np.ndarray:
    if dx.shape != dh.shape:
        return dx  # out of the first layer, where nothing reads it
    if "dh for every layer" in made:
        return dh
    if "dh added in every layer" in made:
        dx = dx + dh
    if "slope of the layer below twice" in made:
        dx = dx * (1 - below**2)
    if "last step only handed down" in made:
        dx = dx * (np.arange(len(dx)) == len(dx) - 1)[:, None, None]
    return dx


def _read(value: Any) -> tuple[Any, ...]:
    """Return dx, dh0, and the gradients of all layers, each put together over the layers."""
    dx, dh0, of_layers = three_values(value)
    dW_xh, dW_hh, db_h = zip(*of_layers, strict=True) if of_layers else ((), (), ())
    above = _over_layers("dW_xh", dW_xh[1:], first=1)
    if len(of_layers) == 1:
        above = np.zeros((0, *np.shape(dW_hh[0])))
    return (
        dx,
        dh0,
        dW_xh[0] if dW_xh else None,
        above,
        *(_over_layers(name, parts) for name, parts in (("dW_hh", dW_hh), ("db_h", db_h))),
    )


def _over_layers(name: str, parts: Sequence[Any], first: int = 0) -> np.ndarray | None:
    """Stack a gradient of several layers; None where one is not there yet."""
    if any(part is None for part in parts):
        return None
    shapes = [np.shape(part) for part in parts]
    for k, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ValueError(
                f"{name} has the shape {shape} in entry {first + k} of the list and {shapes[0]} in entry "
                f"{first}; there the weights have the same."
            )
    return np.array(parts)


EXERCISE = Exercise(
    name="stacked_backward",
    lesson="14_deep_and_bidirectional",
    points=3,
    reference=stacked_backward,
    outputs={
        "dx": "T N D",
        "dh0": "L N H",
        "dW_xh of layers[0]": "H D",
        "dW_xh of the layers above": "L−1 H H",
        "dW_hh of all layers": "L H H",
        "db_h of all layers": "L H",
    },
    draw=_stack_back,
    derives=True,
    contract=_CONTRACT,
    convert=_read,
    mistakes=mistakes_in(_stacked_backward, _STACKED_BACK | ON_THE_WAY_BACK),
)
