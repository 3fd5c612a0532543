"""Sequences cut and gathered into batches for training, time-major."""

import numpy as np

Batches = list[tuple[np.ndarray, np.ndarray]]


def shuffled_batches(
    x: np.ndarray, targets: np.ndarray, size: int, rng: np.random.Generator
) -> Batches:
    """Return the sequences in a random order, `size` at a time; each comes once.

    Args:
        x: the sequences (T, N, …).
        targets: one row per sequence or per step, as `rnn_utils.loss_and_gradients` takes them:
            integers (N,) or (K, N), floats (N, O) or (K, N, O).
        size: the sequences in a batch, of which the last one may have fewer.
        rng: the generator to draw from.

    Returns:
        A list of pairs of x and targets.

    Raises:
        ValueError: the sizes do not fit together.

    Example:
        >>> x, targets = np.arange(10.0).reshape(2, 5, 1), np.arange(5)
        >>> batches = shuffled_batches(x, targets, size=2, rng=np.random.default_rng(0))
        >>> [x.shape for x, targets in batches]
        [(2, 2, 1), (2, 2, 1), (2, 1, 1)]
        >>> all((x[0, :, 0] == targets).all() for x, targets in batches)
        True
    """
    per_step = targets.ndim - (targets.dtype.kind == "f") == 2
    axis = 1 if per_step else 0
    if size < 1 or x.ndim < 2 or targets.ndim <= axis or x.shape[1] != targets.shape[axis]:
        raise ValueError(
            f"Expected x (T, N, …), targets for the same N sequences and a batch size of at least "
            f"1, got x {x.shape}, targets {targets.shape} and size={size}. Change what is wrong."
        )
    order = rng.permutation(x.shape[1])
    chosen = [order[begin : begin + size] for begin in range(0, len(order), size)]
    return [(x[:, some], targets.take(some, axis=axis)) for some in chosen]


def streams(indices: np.ndarray, N: int, window: int) -> Batches:
    """Return a long text as windows of N parallel streams, for a state that is carried over.

    The text is cut into N pieces of equal length, which are read side by side. Each window begins
    where the one before ended, so that the state after one is the state before the next.

    Args:
        indices: the text as integers (L,).
        N: the number of streams.
        window: the steps in a window.

    Returns:
        A list of pairs of x and targets, both (window, N): the targets are the inputs one step later.
        What does not fill a window in every stream, at the end of each, is left out.

    Raises:
        ValueError: the text is too short for one window.

    Example:
        >>> for x, targets in streams(np.arange(14), N=2, window=3):
        ...     print(x.T.tolist(), targets.T.tolist())
        [[0, 1, 2], [6, 7, 8]] [[1, 2, 3], [7, 8, 9]]
        [[3, 4, 5], [9, 10, 11]] [[4, 5, 6], [10, 11, 12]]
    """
    if indices.ndim != 1 or min(N, window) < 1 or len(indices) - 1 < N * window:
        raise ValueError(
            f"Expected a text (L,) of more than N · window indices, N and window at least 1, got "
            f"shape {indices.shape}, N={N} and window={window}. Give a longer text or ask for less."
        )
    length = (len(indices) - 1) // N
    x = indices[: N * length].reshape(N, length).T
    targets = indices[1 : N * length + 1].reshape(N, length).T
    begins = range(0, length - window + 1, window)
    return [(x[b : b + window], targets[b : b + window]) for b in begins]
