"""Layers above each other: h^l_t = tanh(W^l_xh h^{l−1}_t + W^l_hh h^l_{t−1} + b^l), with h^0 = x."""

import numpy as np

from rnn_utils.cells.rnn import rnn_forward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_14.shared import IN_SEQUENCE, Layers
from rnn_utils.checks.shared_mistakes import step as steps
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.deep import stacked_forward


def draw_stack(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    L, T, N, D, H = (({"L": 3} | sizes)[letter] for letter in "LTNDH")
    first = arrays(W_xh="H D", W_hh="H H", b_h="H")
    upper = arrays(W_xh="H H", W_hh="H H", b_h="H")
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": np.tanh(rng.standard_normal((L, N, H))),
        "layers": [tuple(draw(rng, sizes).values()) for draw in [first] + [upper] * (L - 1)],
    }


_CONTRACT = Contract(sizes="LTNDH", edges=(Case("four layers", {"L": 4}),))


_STACKED = {
    "every layer reads x": (
        "every layer reads x; only the first does, each other one reads the states of the layer below"
    ),
    "first layer read by all": (
        "every upper layer reads the first layer's states; each reads those of the layer right below it"
    ),
    "first layer's h0 for all": "every layer starts from h0[0]; layer l starts from h0[l]",
    "starts in reverse": "the layers take their starts from the last row of h0 on; layer l has h0[l]",
    "zeros instead of h0": "the layers start from zeros and not from their rows of h0",
    "starts from the layer below": (
        "a layer starts from the last state of the layer below; it starts from its own row of h0"
    ),
    "W_hh of the first layer for all": "W_hh of the first layer serves all; every layer has its own",
    "b_h of the first layer for all": "b_h of the first layer serves all; every layer has its own",
    "W_xh of upper layers transposed": (
        "W_xh of the upper layers is transposed (there it is square, so no shape complains): a row below "
        "meets W_xh.T"
    ),
    "weights exchanged in upper layers": (
        "W_xh and W_hh have changed places in the upper layers (both are square there, so no shape "
        "complains)"
    ),
    "no tanh between the layers": "the layer above reads the sums before the tanh; it reads states",
    "no tanh in the top layer": "the top layer lacks its tanh",
    "one state for all layers": (
        "one state goes through all the layers and on to the next step; each layer has a state of its own"
    ),
    "layer below one step late": (
        "a layer reads the state of the layer below from the step before; it reads the one of step t"
    ),
    "layer below added": "the states of the layer below are added to a layer's own",
    "top layer only": "only the top layer's states are returned; asked are those of every layer",
    "last step only": "only the last step's states are returned; asked are those of every step",
    "time before layers": "the result is (T, L, N, H); the layer is the first axis, (L, T, N, H)",
    "bottom layer everywhere": "every entry of the result is the first layer's",
    "layers from the top": "the result begins with the top layer; h[0] are the states of the first",
}


def _upper(made: Made, k: int, layers: Layers) -> tuple[np.ndarray, ...]:
    W_xh, W_hh, b_h = layers[k]
    if "W_hh of the first layer for all" in made:
        W_hh = layers[0][1]
    if "b_h of the first layer for all" in made:
        b_h = layers[0][2]
    if k > 0 and "W_xh of upper layers transposed" in made:
        W_xh = W_xh.T
    if k > 0 and "weights exchanged in upper layers" in made:
        W_xh, W_hh = W_hh, W_xh
    return W_xh, W_hh, b_h


def stacked_states(made: Made, x: np.ndarray, h0: np.ndarray, layers: Layers) -> np.ndarray:
    """Return the states of all layers, with the mistakes made."""
    in_layer = frozenset(made & IN_SEQUENCE.keys())
    if "one state for all layers" in made:
        return _through_all_layers(x, h0, layers)
    h: list[np.ndarray] = []
    below = x
    for k in range(len(layers)):
        layer = _upper(made, k, layers)
        start = h0[0 if "first layer's h0 for all" in made else k]
        if "starts in reverse" in made:
            start = h0[::-1][k]
        if "zeros instead of h0" in made:
            start = 0 * start
        if "starts from the layer below" in made and k > 0:
            start = h[-1][-1]
        read = x if "every layer reads x" in made else below
        if "first layer read by all" in made and k > 0:
            read = h[0]
        if "layer below one step late" in made and k > 0:
            read = np.concatenate([h0[k - 1][None], below[:-1]])
        of_layer = set(in_layer)
        if "no tanh in the top layer" in made and k == len(layers) - 1:
            of_layer.add("no tanh")
        states = steps.rnn_forward(frozenset(of_layer), read, start, *layer)
        below = states
        if "no tanh between the layers" in made:
            before = np.concatenate([start[None], states[:-1]])
            below = read @ layer[0].T + before @ layer[1].T + layer[2]
        if "layer below added" in made and k > 0:
            below = states = states + read
        h.append(states)
    return _arranged(made, h)


def _through_all_layers(x: np.ndarray, h0: np.ndarray, layers: Layers) -> np.ndarray:
    h, state = np.empty((len(layers), len(x), *h0.shape[1:]), x.dtype), h0[0]
    for t, x_t in enumerate(x):
        read = x_t
        for k, (W_xh, W_hh, b_h) in enumerate(layers):
            read = state = h[k, t] = np.tanh(read @ W_xh.T + state @ W_hh.T + b_h)
    return h


def _arranged(made: Made, h: list[np.ndarray]) -> np.ndarray:
    if "top layer only" in made:
        return h[-1]
    if "layers from the top" in made:
        h = h[::-1]
    if "bottom layer everywhere" in made:
        h = [h[0]] * len(h)
    stacked = np.stack(h, axis=1 if "time before layers" in made else 0)
    if "last step only" in made:
        return stacked[-1] if "time before layers" in made else stacked[:, -1]
    return stacked


EXERCISE = Exercise(
    name="stacked_forward",
    lesson="14_deep_and_bidirectional",
    points=2,
    reference=stacked_forward,
    outputs={"h": "L T N H"},
    draw=draw_stack,
    contract=_CONTRACT,
    mistakes=(
        *mistakes_in(stacked_states, _STACKED | IN_SEQUENCE),
        Mistake(
            "every layer reads x, by rnn_forward",
            _STACKED["every layer reads x"],
            lambda x, h0, layers: np.stack(
                [rnn_forward(x, start, *layer) for start, layer in zip(h0, layers, strict=True)]
            ),
        ),
        Mistake(
            "h0 of all layers for each",
            "a layer is given h0 of all layers; layer l starts from h0[l]",
            lambda x, h0, layers: rnn_forward(x, h0, *layers[0]),
        ),
    ),
)
