"""What the exercises of lesson 14, deep and bidirectional networks, share."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_utils.checks.framework.draws import Arguments
from rnn_utils.checks.shared_mistakes import backward_words as words
from rnn_utils.checks.shared_mistakes import step as steps

Layers = Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]


#: Mistakes in one layer's sequence that show here as well.
IN_SEQUENCE = {
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


#: Mistakes in one layer's way back that show here as well.
ON_THE_WAY_BACK = {
    name: (words.SLOPE | words.PARTS | words.TIME | words.TIME_PARTS)[name]
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


def three_values(value: Any) -> tuple[Any, Any, Sequence[tuple[Any, Any, Any]]]:
    """Take dx, dh0 and the layers' gradients apart, or say what is expected."""
    if not isinstance(value, tuple | list) or len(value) != 3:
        raise TypeError("expected are three values: dx, dh0, and a list with the layers' tuples.")
    dx, dh0, of_layers = value
    if not isinstance(of_layers, tuple | list):
        raise TypeError("the third value should be a list of tuples, one for each layer.")
    for k, of_layer in enumerate(of_layers):
        if not isinstance(of_layer, tuple | list) or len(of_layer) != 3:
            raise ValueError(f"entry {k} of that list should hold three: dW_xh, dW_hh, db_h.")
    return dx, dh0, of_layers


def on_the_way_back(
    rng: np.random.Generator, forward: Arguments, h: np.ndarray, read: np.ndarray
) -> Arguments:
    """Return the arguments of a way back, with a drawn dh for the states that are read."""
    dh = rng.standard_normal(read.shape)
    return {"dh": dh, "x": forward["x"], "h0": forward["h0"], "h": h, "layers": forward["layers"]}
