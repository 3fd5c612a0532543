"""What the exercises of lesson 14, deep and bidirectional networks, share."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_utils.checks.slips import backward as backward_steps
from rnn_utils.checks.slips import step as steps

#: How many layers the stacked cases have.
LAYERS = 3


Layers = Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]


#: Slips in one layer's sequence that show here as well.
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


#: Slips in one layer's way back that show here as well.
ON_THE_WAY_BACK = {
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


def read_gradients(layers: int) -> Callable[[Any], tuple[Any, ...]]:
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


def gradient_names(layers: int) -> dict[str, str]:
    outputs = {"dx": "T N D", "dh0": "L N H"}
    for k in range(layers):
        inputs = "H D" if k == 0 or layers == 2 else "H H"
        outputs |= {
            f"dW_xh of layers[{k}]": inputs,
            f"dW_hh of layers[{k}]": "H H",
            f"db_h of layers[{k}]": "H",
        }
    return outputs
