"""What the exercises of lesson 08, training, share."""

from typing import Any

import numpy as np

from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.models import RNNParameters

Five = tuple[np.ndarray, ...]


_NAMES = RNNParameters._fields


SHAPES = {"W_xh": "H D", "W_hh": "H H", "b_h": "H", "W_hy": "O H", "b_y": "O"}


_BIASES = ("b_h", "b_y")


WEIGHTS = arrays(**SHAPES)


def named(before: str) -> dict[str, str]:
    """Return the five arrays' shapes under names that begin with something."""
    return {f"{before}{name}": shape for name, shape in SHAPES.items()}


def five_arrays(value: Any, wanted: str) -> Five:
    """Take five arrays out of any kind of tuple or list, or say what is expected."""
    if not isinstance(value, tuple | list) or len(value) != len(_NAMES):
        came = f"{len(value)} things" if isinstance(value, tuple | list) else type(value).__name__
        raise ValueError(
            f"{wanted} should be five arrays, RNNParameters(W_xh, W_hh, b_h, W_hy, b_y); what came is "
            f"{came}."
        )
    return tuple(value)


def parts_of(value: Any, *wanted: str) -> tuple[Any, ...]:
    """Take so many returned values apart, or say what is expected."""
    listed = ", then ".join(wanted)
    if not isinstance(value, tuple | list) or len(value) != len(wanted):
        came = type(value).__name__
        if came in ("tuple", "list"):
            came = f"a {came} of {len(value)}"
        raise ValueError(f"expected are {len(wanted)} things, {listed}; what came is {came}.")
    return tuple(value)


def which_updated(made: Made, values: Five) -> tuple[bool, ...]:
    """Tell which of the arrays are updated at all."""
    if "only the first array" in made:
        return tuple(k == 0 for k in range(len(values)))
    if "only the last array" in made:
        return tuple(k == len(values) - 1 for k in range(len(values)))
    if "last array left out" in made:
        return tuple(k < len(values) - 1 for k in range(len(values)))
    if "biases left out" in made:
        return tuple(name not in _BIASES for name in _NAMES)
    if "output layer left out" in made:
        return tuple(name not in ("W_hy", "b_y") for name in _NAMES)
    return (True,) * len(values)


NOT_ALL = {
    "only the first array": "only the first array is updated; the gradients of all five count",
    "only the last array": "only the last array is updated; the gradients of all five count",
    "last array left out": "the last array, b_y, is left as it was; it is learnt like the others",
    "biases left out": "the biases are left as they were; they are learnt like the weights",
    "output layer left out": "the output layer is left as it was; W_hy and b_y are learnt too",
}


def draw_parameters_and_gradients(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {
        "parameters": RNNParameters(**WEIGHTS(rng, sizes)),
        "gradients": RNNParameters(**WEIGHTS(rng, sizes)),
        "learning_rate": float(rng.uniform(0.05, 0.45)),
    }
