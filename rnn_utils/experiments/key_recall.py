"""Lesson 17's experiment: how many pairs of a key and a value does a memory of fixed size give back?"""

from __future__ import annotations  # naming np.random in a signature would already load it

from typing import Literal

import numpy as np

from rnn_utils.layers.attention import attend

Memory = Literal["state", "attention"]


def recalled(
    memory: Memory, pairs: int, H: int, rng: np.random.Generator, trials: int = 20
) -> float:
    """Return the share of signs that come back when every key is asked for once.

    Keys are random directions of H numbers, values are H random signs. Nothing is trained: what is
    measured is what the memory itself can hold.

    Args:
        memory: `"state"`, a linear recurrence S ← S + v kᵀ of H² numbers (linear attention);
            `"attention"`, a softmax over all pairs, which are kept.
        pairs: how many are written.
        H: the size of a key and of a value.
        rng: where the random numbers come from.
        trials: so often anew.

    Returns:
        From ½, which is chance, to 1.

    Source: Katharopoulos et al. (2020), Transformers are RNNs; the task after Arora et al. (2023), Zoology.

    Example:
        >>> recalled("attention", pairs=50, H=16, rng=np.random.default_rng(0))
        1.0
    """
    right = 0.0
    for _ in range(trials):
        keys = rng.standard_normal((pairs, H))
        keys /= np.linalg.norm(keys, axis=1, keepdims=True)
        values = rng.choice([-1.0, 1.0], (pairs, H))
        if memory == "attention":
            # A sharp softmax: the key that is asked for wins by far.
            time_first = np.repeat(keys[:, None], pairs, axis=1)
            read = attend(
                200.0 * keys,
                time_first,
                np.repeat(values[:, None], pairs, axis=1),
                np.full(pairs, pairs),
            )
        else:
            S = values.T @ keys  # the sum of all v kᵀ
            read = keys @ S.T
        right += float(np.mean((read > 0) == (values > 0)))
    return right / trials
