"""How many numbers an RNN learns: H D + H H + H, and O H + O for its outputs."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.shared_mistakes import step as steps
from rnn_utils.training.models import count_parameters


def _network(shared: bool) -> Draw:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        return {letter: sizes[letter] for letter in "DHOT"} | {"shared": shared}

    return draw


def _count(
    made: steps.Made,
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
    """Say what to look at where no single mistake explains the number."""
    return Mistake(
        "miscounted",
        "one of the five arrays has the wrong number of entries, or is there the wrong number of times: "
        "write down the shape of each, multiply, then ask for each whether it is there once or T times",
        count_parameters,
    )


EXERCISE = Exercise(
    name="count_parameters",
    lesson="02_shared_weights",
    points=1,
    reference=count_parameters,
    outputs={"parameters": ""},
    draw=_network(shared=False),
    contract=Contract(
        sizes="TDHO",
        float32=False,
        layouts=False,
        edges=tuple(
            Case(f"shared, sizes {k}", general=True, draw=_network(shared=True)) for k in (1, 2, 3)
        ),
    ),
    mistakes=mistakes_in(
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
    diagnose=_count_by_part,
)
