"""Lesson 02, one cell, shared weights, unrolled."""

from typing import Any

import numpy as np

from rnn_utils.cells import state_step, state_step_column
from rnn_utils.checks import steps
from rnn_utils.checks.exercise import Arguments, Exercise, Sizes, arrays, slips
from rnn_utils.models import count_parameters
from rnn_utils.sequences import forward_layers

_LESSON = "02_shared_weights"
_SQUASHED = {"tanh applied": "tanh is applied; this step has no activation yet, lesson 03 adds it"}


# count_parameters --------------------------------------------------------------------------------


def _network_sizes(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    shared = bool(rng.integers(2))
    return {letter: sizes[letter] for letter in "DHOT"} | {"shared": shared}


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
    if "one bias per weight matrix" in made:
        b_h = 2 * H
    if "output layer forgotten" in made:
        W_hy = b_y = 0
    copies = 1 if shared else T
    if "shared weights counted at every step" in made:
        copies = T
    if "sharing ignored" in made:
        copies = 1
    if "shared exchanged" in made:
        copies = T if shared else 1
    per_step = W_xh + W_hh + b_h
    if "output layer at every step" in made:
        return copies * (per_step + W_hy + b_y)
    if "only W_hh repeated" in made:
        return W_xh + b_h + copies * W_hh + W_hy + b_y
    return copies * per_step + W_hy + b_y


_COUNT_PARAMETERS = Exercise(
    name="count_parameters",
    lesson=_LESSON,
    points=1,
    reference=count_parameters,
    outputs={"parameters": ""},
    draw=_network_sizes,
    letters="TDHO",
    draws=8,
    floats=False,
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
            "biases forgotten": "the biases b_h and b_y are not counted",
            "one bias per weight matrix": "b_h is counted twice; W_xh and W_hh share one bias",
            "W_hh forgotten": "W_hh is not counted",
            "W_xh forgotten": "W_xh is not counted",
            "W_hh counted as (H,)": "W_hh is counted as H numbers; it is a matrix (H, H)",
            "only W_hh repeated": (
                "without sharing only W_hh is repeated; each step also has its own W_xh and b_h"
            ),
        },
    ),
)


# One step, as a column and as a batch of rows ----------------------------------------------------

_STATE_STEP_COLUMN = Exercise(
    name="state_step_column",
    lesson=_LESSON,
    points=1,
    reference=state_step_column,
    outputs={"h_t": "H"},
    draw=arrays(x="D", h="H", W_xh="H D", W_hh="H H", b="H"),
    letters="DH",
    forbids=(state_step,),
    mistakes=slips(steps.state_step, steps.AFFINE | _SQUASHED),
)

_STATE_STEP = Exercise(
    name="state_step",
    lesson=_LESSON,
    points=2,
    reference=state_step,
    outputs={"h_t": "N H"},
    draw=arrays(x_t="N D", h_prev="N H", W_xh="H D", W_hh="H H", b_h="H"),
    letters="NDH",
    mistakes=slips(steps.state_step, steps.AFFINE | _SQUASHED),
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
        h_t = steps.state_step(made, x[0] if "first input always" in made else x[t], h_prev, *layer)
        states.append(h_t)
        if "state never updated" not in made:
            h_prev = h_t
    h = np.stack(states)
    if "h0 among the states" in made:
        return np.concatenate([h0[None], h])
    return h[-1] if "only the last state" in made else h


_FORWARD_LAYERS = Exercise(
    name="forward_layers",
    lesson=_LESSON,
    points=2,
    reference=forward_layers,
    outputs={"h": "T N H"},
    draw=_layers,
    letters="TNDH",
    mistakes=slips(
        _forward_layers,
        {
            "first layer everywhere": "the first layer's weights serve every step; step t has layers[t]",
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
            **steps.AFFINE,
            **_SQUASHED,
        },
    ),
)

EXERCISES = (_COUNT_PARAMETERS, _STATE_STEP_COLUMN, _STATE_STEP, _FORWARD_LAYERS)
