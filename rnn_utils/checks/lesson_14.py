"""Lesson 14, deep and bidirectional networks."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_utils.checks.framework.exercise import (
    Arguments,
    Case,
    Exercise,
    Sizes,
    arrays,
    scaled,
    slips,
)
from rnn_utils.checks.slips import backward as backward_steps
from rnn_utils.checks.slips import step as steps
from rnn_utils.checks.slips.step import Slips
from rnn_utils.layers.deep import (
    bidirectional_backward,
    bidirectional_forward,
    stacked_backward,
    stacked_forward,
)

_LESSON = "14_deep_and_bidirectional"

#: How many layers the stacked cases have.
_L = 3

Layers = Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]

#: Slips in one layer's sequence that show here as well.
_SEQUENCE = {
    name: (steps.AFFINE | steps.TANH | steps.SEQUENCE)[name]
    for name in (
        "W_hh transposed",
        "bias missing",
        "no tanh",
        "tanh twice",
        "state never updated",
        "h0 in the first place",
        "one input late",
    )
}

#: Slips in one layer's way back that show here as well.
_BACK = {
    name: (
        backward_steps.SLOPE
        | backward_steps.PARTS
        | backward_steps.TIME
        | backward_steps.TIME_PARTS
    )[name]
    for name in (
        "recurrent gradient dropped",
        "W_hh transposed in the carry",
        "tanh derivative missing",
        "double derivative",
        "dW_hh uses the new state",
        "dW_hh transposed",
        "last state before the first",
        "weights overwritten",
        "mean over the batch",
        "db_h with a kept axis",
        "loop not reversed",
    )
}


def _flat(layers: int) -> Callable[[Any], tuple[Any, ...]]:
    """Return a reader of dx, dh0 and one tuple of three gradients for each layer."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, tuple | list) or len(value) != 3:
            raise TypeError(
                "expected are three values: dx, dh0, and a list with the layers' tuples."
            )
        dx, dh0, dlayers = value
        if not isinstance(dlayers, tuple | list) or len(dlayers) != layers:
            came = f"{len(dlayers)}" if isinstance(dlayers, tuple | list) else "something else"
            raise ValueError(
                f"the third value should be a list of {layers} tuples here, one for each layer; {came} "
                "came."
            )
        for k, of_layer in enumerate(dlayers):
            if not isinstance(of_layer, tuple | list) or len(of_layer) != 3:
                raise ValueError(f"entry {k} of that list should hold three: dW_xh, dW_hh, db_h.")
        return dx, dh0, *(gradient for of_layer in dlayers for gradient in of_layer)

    return read


# stacked_forward ---------------------------------------------------------------------------------


def _stack(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D, H = (sizes[letter] for letter in "TNDH")
    first = arrays(W_xh="H D", W_hh="H H", b_h="H")
    upper = arrays(W_xh="H H", W_hh="H H", b_h="H")
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": np.tanh(rng.standard_normal((_L, N, H))),
        "layers": [tuple(draw(rng, sizes).values()) for draw in [first] + [upper] * (_L - 1)],
    }


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


def _upper(made: Slips, k: int, layers: Layers) -> tuple[np.ndarray, ...]:
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


def _stacked_forward(made: Slips, x: np.ndarray, h0: np.ndarray, layers: Layers) -> np.ndarray:
    """Return the states of all layers, with the slips made."""
    in_layer = frozenset(made & _SEQUENCE.keys())
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


def _arranged(made: Slips, h: list[np.ndarray]) -> np.ndarray:
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


_STACKED_FORWARD = Exercise(
    name="stacked_forward",
    lesson=_LESSON,
    points=2,
    reference=stacked_forward,
    outputs={"h": "L T N H"},
    draw=_stack,
    letters="TNDH",
    mistakes=slips(_stacked_forward, _STACKED | _SEQUENCE),
)


# stacked_backward --------------------------------------------------------------------------------


def _stack_back(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = _stack(rng, sizes)
    h = _stacked_forward(frozenset(), *forward.values())
    return {
        "dh": rng.standard_normal(h.shape[1:]),
        "x": forward["x"],
        "h0": forward["h0"],
        "h": h,
        "layers": forward["layers"],
    }


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
    made: Slips, dh: np.ndarray, x: np.ndarray, h0: np.ndarray, h: np.ndarray, layers: Layers
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Return the gradients of all layers, with the slips made."""
    in_layer = frozenset(made & _BACK.keys())
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


def _handed_down(made: Slips, dx: np.ndarray, dh: np.ndarray, below: np.ndarray) -> np.ndarray:
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


def _names(layers: int) -> dict[str, str]:
    outputs = {"dx": "T N D", "dh0": "L N H"}
    for k in range(layers):
        inputs = "H D" if k == 0 or layers == 2 else "H H"
        outputs |= {
            f"dW_xh of layers[{k}]": inputs,
            f"dW_hh of layers[{k}]": "H H",
            f"db_h of layers[{k}]": "H",
        }
    return outputs


_STACKED_BACKWARD = Exercise(
    name="stacked_backward",
    lesson=_LESSON,
    points=3,
    reference=stacked_backward,
    outputs=_names(_L),
    draw=_stack_back,
    letters="TNDH",
    convert=_flat(_L),
    edges=(Case("a large upstream gradient", draw=scaled(_stack_back, dh=1000.0)),),
    mistakes=slips(_stacked_backward, _STACKED_BACK | _BACK),
)


# bidirectional_forward ---------------------------------------------------------------------------


def _two_ways(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D, H = (sizes[letter] for letter in "TNDH")
    one = arrays(W_xh="H D", W_hh="H H", b_h="H")
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": np.tanh(rng.standard_normal((2, N, H))),
        "layers": [tuple(one(rng, sizes).values()) for _ in range(2)],
    }


_BIDIRECTIONAL = {
    "states not turned back": (
        "the second direction's states are not turned back: it met the last input first, so its states "
        "come out from the last step to the first"
    ),
    "both read forwards": (
        "both directions read from the first step to the last; the second gets the inputs in reverse"
    ),
    "only its states turned": (
        "the second direction reads from the first step on, and its states are then turned round; the "
        "inputs are to be turned before, and the states after"
    ),
    "all axes turned": (
        "`np.flip` without an axis turns batch and features round as well; turn time alone, with "
        "`x[::-1]` or `np.flip(x, axis=0)`"
    ),
    "all axes of its states turned": (
        "`np.flip` without an axis turns the second direction's batch and units round as well; turn time "
        "alone, with `[::-1]` or `axis=0`"
    ),
    "both turned": (
        "the states of both directions are turned round; only the second's stand from the last step on"
    ),
    "second direction stops early": (
        "the second direction never reads the first step: does its loop end one too soon? "
        "`range(T - 1, -1, -1)` goes down to 0"
    ),
    "batch turned": "the batch is turned round in place of time; time is the first axis of x",
    "features turned": "the numbers of each input are turned round in place of time",
    "first weights for both": "layers[0] serves both directions; each has weights of its own",
    "weights exchanged": "the weights of the two directions have changed places",
    "first h0 for both": "both directions start from h0[0]; the second starts from h0[1]",
    "starts exchanged": "the starts of the two directions have changed places",
    "zeros instead of h0": "the directions start from zeros and not from their rows of h0",
    "second starts from the first's end": (
        "the second direction starts from the last state of the first; the two do not know each other"
    ),
    "halves exchanged": "the second direction's states come first in the last axis; they come second",
    "states added": "the states of the two directions are added; they stand side by side, (T, N, 2H)",
    "states averaged": "the states of the two directions are averaged; they stand side by side",
    "joined over the batch": "the two directions are joined over the batch; they share its rows",
    "joined over time": "the two directions are joined over time; each step has both",
    "on an axis of their own": "the directions have an axis of their own; they stand in the last one",
    "first direction only": "only the first direction's states are returned",
    "last state of the second everywhere": (
        "every step has the second direction's last state; step t has the one that has read x[T − 1], …, x[t]"
    ),
    "second direction one step off": (
        "the second direction's states are one step off: at step t it has read x[t] as well"
    ),
}


def _turned_inputs(made: Slips, x: np.ndarray) -> np.ndarray:
    if made & {"both read forwards", "only its states turned"}:
        return x
    if "all axes turned" in made:
        return np.flip(x)
    if "batch turned" in made:
        return x[:, ::-1]
    if "features turned" in made:
        return x[..., ::-1]
    return x[::-1]


def _starts(made: Slips, h0: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if "zeros instead of h0" in made:
        return 0 * h0[0], 0 * h0[1]
    if "first h0 for both" in made:
        return h0[0], h0[0]
    if "starts exchanged" in made:
        return h0[1], h0[0]
    return h0[0], h0[1]


def _bidirectional_forward(
    made: Slips, x: np.ndarray, h0: np.ndarray, layers: Layers
) -> np.ndarray:
    """Return the states of both directions, with the slips made."""
    ahead, back = layers
    if "first weights for both" in made:
        back = ahead
    if "weights exchanged" in made:
        ahead, back = back, ahead
    start, end = _starts(made, h0)
    in_layer = frozenset(made & _SEQUENCE.keys())
    first = steps.rnn_forward(in_layer, x, start, *ahead)
    if "second starts from the first's end" in made:
        end = first[-1]
    second = steps.rnn_forward(in_layer, _turned_inputs(made, x), end, *back)
    last = second[-1:]
    if made & {"all axes turned", "all axes of its states turned"}:
        second = np.flip(second)
    elif "batch turned" in made:
        second = second[:, ::-1]
    elif not made & {"states not turned back", "both read forwards", "features turned"}:
        second = second[::-1]
    if "last state of the second everywhere" in made:
        second = np.broadcast_to(last, second.shape)
    if "second direction one step off" in made:
        second = np.concatenate([second[1:], end[None]])
    if "second direction stops early" in made:
        second = np.concatenate([0 * second[:1], second[1:]])
    joined = {
        "both turned": lambda: np.concatenate([first[::-1], second], axis=2),
        "states added": lambda: first + second,
        "states averaged": lambda: (first + second) / 2,
        "joined over the batch": lambda: np.concatenate([first, second], axis=1),
        "joined over time": lambda: np.concatenate([first, second]),
        "on an axis of their own": lambda: np.stack([first, second]),
        "first direction only": lambda: first,
        "halves exchanged": lambda: np.concatenate([second, first], axis=2),
    }
    for name in made & joined.keys():
        return joined[name]()
    return np.concatenate([first, second], axis=2)


_BIDIRECTIONAL_FORWARD = Exercise(
    name="bidirectional_forward",
    lesson=_LESSON,
    points=2,
    reference=bidirectional_forward,
    outputs={"h": "T N 2H"},
    draw=_two_ways,
    letters="TNDH",
    mistakes=slips(_bidirectional_forward, _BIDIRECTIONAL | _SEQUENCE),
)


# bidirectional_backward --------------------------------------------------------------------------


def _two_ways_back(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = _two_ways(rng, sizes)
    h = _bidirectional_forward(frozenset(), *forward.values())
    return {
        "dh": rng.standard_normal(h.shape),
        "x": forward["x"],
        "h0": forward["h0"],
        "h": h,
        "layers": forward["layers"],
    }


_BIDIRECTIONAL_BACK = {
    "dx from the first direction only": (
        "dx comes from the first direction only; both directions read x, so both contribute"
    ),
    "dx from the second direction only": (
        "dx comes from the second direction only; both directions read x, so both contribute"
    ),
    "dx of the second not turned back": (
        "what the second direction contributes to dx is not turned back: it comes out from the last step "
        "to the first"
    ),
    "dx averaged": "the two contributions to dx are averaged; they are added",
    "dx side by side": "the two contributions to dx stand side by side; both belong to the same x: add",
    "dh not turned": "the second direction's part of dh is not turned round as its states are",
    "h not turned": "the second direction's states are not turned round before its way back",
    "x not turned": "the second direction's inputs are not turned round before its way back",
    "nothing turned": (
        "the second direction goes back as if it had read forwards: its inputs, states and gradients are "
        "to be turned round, all three"
    ),
    "halves of dh exchanged": "the halves of dh have changed places; the first H belong to the first",
    "first half of dh for both": "both directions get the first half of dh; the second has the other",
    "first half of h for both": "both directions use the first half of h; the second has the other",
    "halves taken in turns": "the halves are every other number; the first H stand together",
    "first weights for both": "layers[0] serves both directions; each has weights of its own",
    "weights exchanged": "the weights of the two directions have changed places",
    "first h0 for both": "both directions start from h0[0]; the second started from h0[1]",
    "starts exchanged": "the starts of the two directions have changed places",
    "zeros instead of h0": "the first step uses zeros for the state before; each direction has its h0",
    "dh0 exchanged": "the rows of dh0 have changed places",
    "layers exchanged": "the gradients of the two directions have changed places in the list",
    "gradients of shared weights": (
        "the gradients of the two directions are added, as if they shared weights; they do not"
    ),
}


def _bidirectional_backward(
    made: Slips, dh: np.ndarray, x: np.ndarray, h0: np.ndarray, h: np.ndarray, layers: Layers
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Return the gradients of both directions, with the slips made."""
    ahead, back = layers
    if "first weights for both" in made:
        back = ahead
    if "weights exchanged" in made:
        ahead, back = back, ahead
    H = h0.shape[2]
    half, other = slice(None, H), slice(H, None)
    if "halves taken in turns" in made:
        half, other = slice(None, None, 2), slice(1, None, 2)
    dh_first, dh_second = dh[..., half], dh[..., other]
    h_first, h_second = h[..., half], h[..., other]
    if "halves of dh exchanged" in made:
        dh_first, dh_second = dh_second, dh_first
    if "first half of dh for both" in made:
        dh_second = dh_first
    if "first half of h for both" in made:
        h_second = h_first
    start, end = _starts(made, h0)
    in_layer = frozenset(made & _BACK.keys())

    def turned(a: np.ndarray, name: str) -> np.ndarray:
        return a if made & {name, "nothing turned"} else a[::-1]

    first = backward_steps.rnn_backward(in_layer, dh_first, x, start, h_first, ahead[0], ahead[1])
    second = backward_steps.rnn_backward(
        in_layer,
        turned(dh_second, "dh not turned"),
        turned(x, "x not turned"),
        end,
        turned(h_second, "h not turned"),
        back[0],
        back[1],
    )
    dx_second = turned(second[0], "dx of the second not turned back")
    dx = first[0] + dx_second
    if "dx from the first direction only" in made:
        dx = first[0]
    if "dx from the second direction only" in made:
        dx = dx_second
    if "dx averaged" in made:
        dx = dx / 2
    if "dx side by side" in made:
        dx = np.concatenate([first[0], dx_second], axis=2)
    dh0 = [first[1], second[1]]
    dlayers: list[Any] = [first[2:], second[2:]]
    if "gradients of shared weights" in made:
        both = tuple(a + b for a, b in zip(*dlayers, strict=True))
        dlayers = [both, both]
    if "layers exchanged" in made:
        dlayers = dlayers[::-1]
    return dx, np.stack(dh0[::-1] if "dh0 exchanged" in made else dh0), dlayers


_BIDIRECTIONAL_BACKWARD = Exercise(
    name="bidirectional_backward",
    lesson=_LESSON,
    points=3,
    reference=bidirectional_backward,
    outputs=_names(2),
    draw=_two_ways_back,
    letters="TNDH",
    convert=_flat(2),
    edges=(Case("a large upstream gradient", draw=scaled(_two_ways_back, dh=1000.0)),),
    mistakes=slips(_bidirectional_backward, _BIDIRECTIONAL_BACK | _BACK),
)

EXERCISES = (
    _STACKED_FORWARD,
    _STACKED_BACKWARD,
    _BIDIRECTIONAL_FORWARD,
    _BIDIRECTIONAL_BACKWARD,
)
