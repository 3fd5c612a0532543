"""Lesson 04: set the weights of a tiny RNN by hand until it does its task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_utils.data import parity
from rnn_utils.training.models import RNNParameters
from rnn_utils.widgets.picture import Play, slider

#: How far an output may lie from what is wanted and still count as right.
WITHIN = 0.25


@dataclass(frozen=True)
class Puzzle:
    """A task, and an RNN in which some weights are free.

    ``weights`` holds each array of the model, with the names of the free weights in their places;
    ``free`` gives a free weight's range, step and start; ``solution`` is one way to solve it.
    """

    question: str
    won: str
    weights: dict[str, Any]
    free: dict[str, tuple[float, float, float, float]]
    solution: dict[str, float]
    x: list[float]
    target: list[float]

    def parameters(self, values: dict[str, float]) -> RNNParameters:
        """Return the model's arrays with values in the places of the free weights."""
        arrays = {}
        for name, template in self.weights.items():
            rows = np.array(template, dtype=object)
            numbers = [values[v] if isinstance(v, str) else float(v) for v in rows.ravel()]
            arrays[name] = np.array(numbers).reshape(rows.shape)
        return RNNParameters(**arrays)


_DELAY_INPUT = [1.0, 0.0, -1.0, 0.5, 0.5, -0.5, 0.0, 1.0, -1.0, 1.0, 0.0, 0.0, -0.5, 1.0, 0.0, 0.0]
_LATCH_INPUT = [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0]


def _latched(x: list[float]) -> list[float]:
    held, states = 0.0, []
    for pulse in x:
        held = pulse or held
        states.append(held)
    return states


def _parity_sequence(T: int) -> tuple[list[float], list[float]]:
    """Return bits, and the parity of the bits so far."""
    bits, odd = parity(np.random.default_rng(4), T, 1)
    return bits[:, 0, 0].astype(float).tolist(), odd[:, 0].astype(float).tolist()


_BITS, _ODD = _parity_sequence(16)

PUZZLES = {
    "delay": Puzzle(
        question="Which weights make the output repeat the input of two steps ago?",
        won="The state is a queue of the last three inputs.",
        weights={
            "W_xh": [["W_xh 1"], [0], [0]],
            "W_hh": [["W_hh 1→1", 0, 0], ["W_hh 1→2", 0, 0], [0, "W_hh 2→3", 0]],
            "b_h": [0, 0, 0],
            "W_hy": [["W_hy 1", 0, "W_hy 3"]],
            "b_y": [0],
        },
        free={
            "W_xh 1": (-3.0, 3.0, 0.1, 1.0),
            "W_hh 1→1": (-2.0, 2.0, 0.1, 0.5),
            "W_hh 1→2": (-2.0, 2.0, 0.1, 0.2),
            "W_hh 2→3": (-2.0, 2.0, 0.1, 0.2),
            "W_hy 1": (-10.0, 10.0, 0.1, 1.0),
            "W_hy 3": (-10.0, 10.0, 0.1, 1.0),
        },
        solution={
            "W_xh 1": 0.2,
            "W_hh 1→1": 0.0,
            "W_hh 1→2": 1.0,
            "W_hh 2→3": 1.0,
            "W_hy 1": 0.0,
            "W_hy 3": 5.0,
        },
        x=_DELAY_INPUT,
        target=[0.0, 0.0, *_DELAY_INPUT[:-2]],
    ),
    "latch": Puzzle(
        question="Which weights make one neuron keep the sign of the last pulse?",
        won="Between the pulses the neuron rests at one of its two stable fixed points.",
        weights={
            "W_xh": [["W_xh"]],
            "W_hh": [["W_hh"]],
            "b_h": ["b_h"],
            "W_hy": [["W_hy"]],
            "b_y": [0],
        },
        free={
            "W_xh": (-8.0, 8.0, 0.1, 1.0),
            "W_hh": (-4.0, 4.0, 0.1, 0.5),
            "b_h": (-2.0, 2.0, 0.1, 0.3),
            "W_hy": (-2.0, 2.0, 0.1, 0.5),
        },
        solution={"W_xh": 6.0, "W_hh": 3.0, "b_h": 0.0, "W_hy": 1.0},
        x=_LATCH_INPUT,
        target=_latched(_LATCH_INPUT),
    ),
    "parity": Puzzle(
        question="Which weights make the output say whether the number of ones so far is odd?",
        won="One neuron asks for at least one of two, the other for both; the output takes the difference.",
        weights={
            "W_xh": [["W_xh"], ["W_xh"]],
            "W_hh": [["W_hh from 1", "W_hh from 2"], ["W_hh from 1", "W_hh from 2"]],
            "b_h": ["b_h 1", "b_h 2"],
            "W_hy": [[0.5, -0.5]],
            "b_y": [0],
        },
        free={
            "W_xh": (-10.0, 10.0, 0.5, 1.0),
            "W_hh from 1": (-10.0, 10.0, 0.5, 0.5),
            "W_hh from 2": (-10.0, 10.0, 0.5, 0.5),
            "b_h 1": (-10.0, 10.0, 0.5, 0.0),
            "b_h 2": (-10.0, 10.0, 0.5, 0.0),
        },
        solution={
            "W_xh": 6.0,
            "W_hh from 1": 3.0,
            "W_hh from 2": -3.0,
            "b_h 1": -3.0,
            "b_h 2": -9.0,
        },
        x=_BITS,
        target=_ODD,
    ),
}


def weight_puzzle(name: str) -> Play:
    """Sliders for the free weights of a tiny RNN, and its output beside what is wanted.

    Args:
        name: `"delay"` (repeat the input of two steps ago, three neurons), `"latch"` (keep the sign
            of the last pulse, one neuron) or `"parity"` (is the number of ones so far odd; two neurons
            that share W_xh and W_hh, and the output (h_1 − h_2) / 2).

    Returns:
        the picture; `play.sliders["W_xh"].value` reads what a slider stands at.

    Raises:
        ValueError: there is no such puzzle.

    Example:
        >>> weight_puzzle("latch").sliders["W_hh"].value
        0.5
    """
    if name not in PUZZLES:
        raise ValueError(f"There is no puzzle {name!r}; there are {', '.join(PUZZLES)}.")
    puzzle = PUZZLES[name]
    return Play(
        "puzzle",
        [slider(weight, *settings) for weight, settings in puzzle.free.items()],
        question=puzzle.question,
        code="h_t = np.tanh(W_hh @ h_prev + W_xh @ x_t + b_h); y_t = W_hy @ h_t + b_y",
        data={
            "weights": puzzle.weights,
            "x": puzzle.x,
            "target": puzzle.target,
            "within": WITHIN,
            "won": puzzle.won,
        },
    )
