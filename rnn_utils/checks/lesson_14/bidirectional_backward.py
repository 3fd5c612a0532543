"""The way back through both directions: dx is the sum of what both give."""

from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, scaled
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_14.bidirectional_forward import both_states, draw_two_ways, starts
from rnn_utils.checks.lesson_14.shared import (
    ON_THE_WAY_BACK,
    Layers,
    on_the_way_back,
    three_values,
)
from rnn_utils.checks.shared_mistakes import backward as backward_steps
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.deep import bidirectional_backward


def _two_ways_back(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = draw_two_ways(rng, sizes)
    h = both_states(frozenset(), *forward.values())
    return on_the_way_back(rng, forward, h, read=h)


_CONTRACT = Contract(
    sizes="TNDH",
    edges=(Case("a large upstream gradient", draw=scaled(_two_ways_back, dh=1000.0)),),
)


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
        "to be turned round in time, all three (to turn the batch round, axis 1, changes nothing)"
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
    made: Made, dh: np.ndarray, x: np.ndarray, h0: np.ndarray, h: np.ndarray, layers: Layers
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Return the gradients of both directions, with the mistakes made."""
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
    start, end = starts(made, h0)
    in_layer = frozenset(made & ON_THE_WAY_BACK.keys())

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


def _read(value: Any) -> tuple[Any, ...]:
    """Return dx, dh0 and the three gradients of each direction."""
    dx, dh0, of_layers = three_values(value)
    if len(of_layers) != 2:
        raise ValueError(
            f"the list should hold two tuples, one a direction; it holds {len(of_layers)}."
        )
    return dx, dh0, *of_layers[0], *of_layers[1]


EXERCISE = Exercise(
    name="bidirectional_backward",
    lesson="14_deep_and_bidirectional",
    points=3,
    reference=bidirectional_backward,
    outputs={"dx": "T N D", "dh0": "2 N H"}
    | {
        f"{name} of layers[{k}]": letters
        for k in (0, 1)
        for name, letters in {"dW_xh": "H D", "dW_hh": "H H", "db_h": "H"}.items()
    },
    draw=_two_ways_back,
    derives=True,
    contract=_CONTRACT,
    convert=_read,
    mistakes=mistakes_in(_bidirectional_backward, _BIDIRECTIONAL_BACK | ON_THE_WAY_BACK),
)
