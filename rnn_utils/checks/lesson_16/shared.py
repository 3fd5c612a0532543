"""What the exercises of lesson 16 draw from: look-ups in sequences that end at different steps."""

import numpy as np

from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes


def lengths(rng: np.random.Generator, T: int, N: int) -> np.ndarray:
    """Return a length for each sequence, from 1 to T; one is shorter than T where that is possible."""
    drawn = rng.integers(1, T + 1, N)
    drawn[rng.integers(N)] = max(1, T - 1)
    return drawn


def look_up(rng: np.random.Generator, sizes: Sizes, factor: float = 1.5) -> Arguments:
    """Return the arguments of `attend`; what stands behind a sequence's end is larger than the rest."""
    T, N, D, H = (sizes[letter] for letter in "TNDH")
    until = lengths(rng, T, N)
    behind = np.arange(T)[:, None] >= until
    keys, values = factor * rng.standard_normal((T, N, H)), rng.standard_normal((T, N, D))
    query = factor * rng.standard_normal((N, H))
    # Padding is no zero: what forgets the mask reads it.
    keys[behind] += query[np.nonzero(behind)[1]] / np.sqrt(H)
    values[behind] += 3.0
    return {"query": query, "keys": keys, "values": values, "lengths": until}


def all_full(draw: Draw) -> Draw:
    """Return a draw of sequences without padding."""

    def full(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        arguments = draw(rng, sizes)
        steps = arguments["scores" if "scores" in arguments else "keys"].shape[0]
        return arguments | {"lengths": np.full_like(arguments["lengths"], steps)}

    return full


def alike(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Return arguments in which all keys of a sequence fit alike, and H equals D."""
    arguments = look_up(rng, sizes | {"D": sizes["H"]})
    arguments["keys"][:] = arguments["keys"][:1]
    return arguments
