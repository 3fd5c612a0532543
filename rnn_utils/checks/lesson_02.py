"""Lesson 02, one cell, shared weights, unrolled."""

from functools import partial
from typing import Any

import numpy as np

from rnn_utils.cells.recurrence import forward_layers
from rnn_utils.cells.rnn import state_step, state_step_column
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes, arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, slips
from rnn_utils.checks.slips import step as steps
from rnn_utils.training.models import count_parameters

_LESSON = "02_shared_weights"

#: Slips of a step without an activation, beside those of any step.
_STEP = steps.AFFINE | {
    "tanh applied": "tanh is applied; this step has no activation yet, lesson 03 adds it",
    "W_hh around input and state": "W_hh acts on the input's term too; it belongs to the state alone",
    "W_hh around everything": "W_hh acts on the whole sum; it belongs to the state alone",
}


def _step(made: steps.Slips, *arguments: np.ndarray) -> np.ndarray:
    """Return a step without an activation, with the slips made."""
    from_input, from_state, bias = steps.affine(made, *arguments)
    W_hh = arguments[3]
    if "W_hh around everything" in made:
        return from_state + (from_input + bias) @ W_hh.T
    if "W_hh around input and state" in made:
        return from_state + from_input @ W_hh.T + bias
    return steps.state_step(made, *arguments)


# count_parameters --------------------------------------------------------------------------------


def _network(shared: bool) -> Draw:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        return {letter: sizes[letter] for letter in "DHOT"} | {"shared": shared}

    return draw


def _count(
    made: steps.Slips,
    D: int,
    H: int,
    O: int,  # noqa: E741
    T: int,
    shared: bool,
) -> int:
    W_xh, W_hh, b_h, W_hy, b_y = H * D, H * H, H, O * H, O
    if "W_hh forgotten" in made:
        W_hh = 0
    if "W_hh counted as (H,)" in made:
        W_hh = H
    if "W_xh forgotten" in made:
        W_xh = 0
    if "biases forgotten" in made:
        b_h = b_y = 0
    if "b_h forgotten" in made:
        b_h = 0
    if "b_y forgotten" in made:
        b_y = 0
    if "one bias per weight matrix" in made:
        b_h = 2 * H
    if "output layer reads the input" in made:
        W_hy = O * D
    if "output layer forgotten" in made:
        W_hy = b_y = 0
    copies = 1 if shared else T
    if "shared weights counted at every step" in made:
        copies = T
    if "sharing ignored" in made:
        copies = 1
    if "shared exchanged" in made:
        copies = T if shared else 1
    if "one step too few" in made and not shared:
        copies = T - 1
    per_step = W_xh + W_hh + b_h
    if "output layer at every step" in made:
        return copies * (per_step + W_hy + b_y)
    if "only W_hh repeated" in made:
        return W_xh + b_h + copies * W_hh + W_hy + b_y
    if "b_h not repeated" in made:
        return copies * (W_xh + W_hh) + b_h + W_hy + b_y
    return copies * per_step + W_hy + b_y


def _count_by_part(arguments: Arguments, got: tuple[np.ndarray, ...]) -> Mistake:
    """Say what to look at where no single slip explains the number."""
    return Mistake(
        "miscounted",
        "one of the five arrays has the wrong number of entries, or is there the wrong number of times: "
        "write down the shape of each, multiply, then ask for each whether it is there once or T times",
        count_parameters,
    )


_COUNT_PARAMETERS = Exercise(
    name="count_parameters",
    lesson=_LESSON,
    points=1,
    reference=count_parameters,
    outputs={"parameters": ""},
    draw=_network(shared=False),
    diagnose=_count_by_part,
    contract=Contract(
        sizes="TDHO",
        float32=False,
        layouts=False,
        edges=tuple(
            Case(f"shared, sizes {k}", general=True, draw=_network(shared=True)) for k in (1, 2, 3)
        ),
    ),
    mistakes=slips(
        _count,
        {
            "sharing ignored": "`shared` makes no difference; without sharing, every step has its own",
            "shared weights counted at every step": (
                "shared weights are counted once per step; they are one set, whatever T is"
            ),
            "shared exchanged": "the two cases of `shared` are exchanged",
            "output layer at every step": (
                "the output layer is counted at every step; there is one, read at the end"
            ),
            "output layer forgotten": "the output layer, W_hy and b_y, is not counted",
            "output layer reads the input": (
                "W_hy is counted as (O, D); it reads the state, so it is (O, H)"
            ),
            "biases forgotten": "the biases b_h and b_y are not counted",
            "b_h forgotten": "the bias b_h is not counted",
            "b_y forgotten": "the bias b_y is not counted",
            "one bias per weight matrix": "b_h is counted twice; W_xh and W_hh share one bias",
            "W_hh forgotten": "W_hh is not counted",
            "W_xh forgotten": "W_xh is not counted",
            "W_hh counted as (H,)": "W_hh is counted as H numbers; it is a matrix (H, H)",
            "only W_hh repeated": (
                "without sharing only W_hh is repeated; each step also has its own W_xh and b_h"
            ),
            "b_h not repeated": "without sharing b_h is not repeated; each step has its own",
            "one step too few": "without sharing one step too few is counted; there are T of them",
        },
    ),
)


# One step, as a column and as a batch of rows ----------------------------------------------------

_W_HH_TRANSPOSED = (
    "W_hh is transposed (it is square, so no shape complains): number i of the result belongs to row i "
    "of W_hh"
)

_STATE_STEP_COLUMN = Exercise(
    name="state_step_column",
    lesson=_LESSON,
    points=1,
    reference=state_step_column,
    outputs={"h_t": "H"},
    draw=arrays(x="D", h="H", W_xh="H D", W_hh="H H", b="H"),
    forbids=(state_step,),
    contract=Contract(
        sizes="DH",
    ),
    mistakes=(
        *slips(_step, _STEP | {"W_hh transposed": _W_HH_TRANSPOSED}),
        Mistake(
            "multiplied number by number",
            "`*` stands where a matrix product belongs: `*` multiplies number by number, `@` is the product",
            lambda x, h, W_xh, W_hh, b: W_hh * h + W_xh * x + b,
        ),
        Mistake(
            "column with two axes",
            "the products have two axes, (H, 1), and the bias one, so that their sum spreads out to (H, H)",
            lambda x, h, W_xh, W_hh, b: W_hh @ h[:, None] + W_xh @ x[:, None] + b,
        ),
        Mistake(
            "W_xh on the wrong side or vector",
            "W_xh meets the wrong side or the wrong vector: it is (H, D) and takes x (D,) on its right",
            lambda x, h, W_xh, W_hh, b: x @ W_xh + W_hh @ h + b,
        ),
        Mistake(
            "W_xh transposed",
            "W_xh is transposed; as it is, (H, D), it turns x (D,) into (H,)",
            lambda x, h, W_xh, W_hh, b: W_xh.T @ x + W_hh @ h + b,
        ),
    ),
)


def _carried_along_the_batch(
    x_t: np.ndarray, h_prev: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    rows, h = [], h_prev[0]
    for x in x_t:
        h = W_hh @ h + W_xh @ x + b_h
        rows.append(h)
    return np.stack(rows)


_STATE_STEP = Exercise(
    name="state_step",
    lesson=_LESSON,
    points=2,
    reference=state_step,
    outputs={"h_t": "N H"},
    draw=arrays(x_t="N D", h_prev="N H", W_xh="H D", W_hh="H H", b_h="H"),
    contract=Contract(
        sizes="NDH",
    ),
    mistakes=(
        *slips(_step, _STEP),
        Mistake(
            "carried from row to row",
            "each row starts from the row before; rows are different sequences at the same step, and row n "
            "has its own h_prev[n]",
            _carried_along_the_batch,
        ),
        Mistake(
            "one state for all rows",
            "every row starts from h_prev[0]; row n has its own h_prev[n]",
            lambda x_t, h_prev, W_xh, W_hh, b_h: _step(
                frozenset(), x_t, np.broadcast_to(h_prev[:1], h_prev.shape), W_xh, W_hh, b_h
            ),
        ),
        Mistake(
            "only the first row",
            "only the first row is returned, as a `return` inside the loop would do",
            lambda *arguments: _step(frozenset(), *arguments)[0],
        ),
        Mistake(
            "averaged over the batch",
            "the rows are averaged; every sequence keeps a row of its own",
            lambda *arguments: _step(frozenset(), *arguments).mean(axis=0),
        ),
        Mistake(
            "concatenated in two orders",
            "inputs and states are put side by side in one order and the weights in the other",
            lambda x_t, h_prev, W_xh, W_hh, b_h: (
                np.hstack([x_t, h_prev]) @ np.hstack([W_hh, W_xh]).T + b_h
            ),
        ),
        *steps.COLUMN_ORDER,
        Mistake(
            "W_xh not transposed",
            "W_xh is not transposed: x_t (N, D) needs a matrix (D, H) on its right, and W_xh is (H, D)",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_hh + x_t @ W_xh + b_h,
        ),
        Mistake(
            "bias added to columns",
            "the sum stands in columns, (H, N), when the bias is added; b_h (H,) is added to rows, so turn "
            "the sum first",
            lambda x_t, h_prev, W_xh, W_hh, b_h: W_hh @ h_prev.T + W_xh @ x_t.T + b_h,
        ),
        Mistake(
            "bias as a column",
            "the bias was made a column, (H, 1); as it is, (H,), it is added to every row",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_hh.T + x_t @ W_xh.T + b_h[:, None],
        ),
    ),
)


# forward_layers ----------------------------------------------------------------------------------


def _layers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D, H = (sizes[letter] for letter in "TNDH")
    one = arrays(W_xh="H D", W_hh="H H", b_h="H")
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": rng.standard_normal((N, H)),
        "layers": [tuple(one(rng, sizes).values()) for _ in range(T)],
    }


def _forward_layers(made: steps.Slips, x: np.ndarray, h0: np.ndarray, layers: Any) -> np.ndarray:
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
        h_t = _step(made, x[0] if "first input always" in made else x[t], h_prev, *layer)
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


_FORWARD_LAYERS = Exercise(
    name="forward_layers",
    lesson=_LESSON,
    points=2,
    reference=forward_layers,
    outputs={"h": "T N H"},
    draw=_layers,
    contract=Contract(
        sizes="TNDH",
    ),
    mistakes=(
        *slips(
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
                **_STEP,
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

EXERCISES = (_COUNT_PARAMETERS, _STATE_STEP_COLUMN, _STATE_STEP, _FORWARD_LAYERS)
