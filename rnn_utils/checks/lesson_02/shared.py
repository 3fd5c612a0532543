"""What the exercises of lesson 02, one cell, shared weights, unrolled, share."""

import numpy as np

from rnn_utils.checks.shared_mistakes import step as steps

#: Mistakes of a step without an activation, beside those of any step.
STEP = steps.AFFINE | {
    "tanh applied": "tanh is applied; this step has no activation yet, lesson 03 adds it",
    "W_hh around input and state": "W_hh acts on the input's term too; it belongs to the state alone",
    "W_hh around everything": "W_hh acts on the whole sum; it belongs to the state alone",
}


def step(made: steps.Made, *arguments: np.ndarray) -> np.ndarray:
    """Return a step without an activation, with the mistakes made."""
    from_input, from_state, bias = steps.affine(made, *arguments)
    W_hh = arguments[3]
    if "W_hh around everything" in made:
        return from_state + (from_input + bias) @ W_hh.T
    if "W_hh around input and state" in made:
        return from_state + from_input @ W_hh.T + bias
    return steps.state_step(made, *arguments)
