"""What the exercises of lesson 17 draw from: the steps of a linear recurrence, and the mistakes of a scan."""

import numpy as np

from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes


def steps(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Return T steps of a linear recurrence for a batch; some multiply by a negative number."""
    T, N, H = (sizes[letter] for letter in "TNH")
    a = rng.uniform(0.4, 1.2, (T, N, H)) * rng.choice([-1, 1, 1], (T, N, H))
    return {
        "a": a,
        "b": rng.standard_normal((T, N, H)),
        "h0": rng.standard_normal((N, H)),
    }


def of_length(draw: Draw, T: int) -> Draw:
    """Return a draw of T steps."""
    return lambda rng, sizes: draw(rng, sizes | {"T": T})


def forgets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Return steps of which some multiply by zero: no quotient of products exists."""
    arguments = steps(rng, sizes | {"T": 7})
    arguments["a"][2:4] = 0.0
    return arguments


def shrinks(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Return so many small factors that their product is zero to the computer."""
    arguments = steps(rng, sizes | {"T": 300})
    return arguments | {"a": 0.05 * arguments["a"]}


def equal_sizes(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Return steps whose axes are all as long as each other."""
    return steps(rng, sizes | {"T": 4, "N": 4, "H": 4})
