"""Linear recurrences h_t = a_t ⊙ h_{t-1} + b_t, as a loop and as a parallel scan, forward and backward.

One step is the pair (a, b): it multiplies by a, then adds b. Two steps in a row are again such a pair,
and it does not matter which neighbours are put together first. So T steps need only about log₂ T
rounds, if each round may work on all steps at once.

Source: Blelloch (1990), Prefix sums and their applications; for RNNs Martin and Cundy (2018),
Parallelizing linear recurrent neural nets over sequence length.
"""

import numpy as np

from rnn_utils._shapes import expect_shapes

Pair = tuple[np.ndarray, np.ndarray]
Gradients = tuple[np.ndarray, np.ndarray, np.ndarray]


def compose(first: Pair, second: Pair) -> Pair:
    """Return the one step that does what two steps of a linear recurrence do, one after the other.

    Args:
        first: the step that comes first in time, (a, b) of any shapes that broadcast.
        second: the step after it.

    Returns:
        (a, b) of both: a_2 a_1, and a_2 b_1 + b_2.

    Example:
        >>> compose((2.0, 3.0), (5.0, 7.0))  # h → 2h + 3 → 5(2h + 3) + 7
        (10.0, 22.0)
    """
    (a_1, b_1), (a_2, b_2) = first, second
    return a_2 * a_1, a_2 * b_1 + b_2


def linear_loop(a: np.ndarray, b: np.ndarray, h0: np.ndarray) -> np.ndarray:
    """Return every state of h_t = a_t ⊙ h_{t-1} + b_t, one step after the other.

    Args:
        a: what each state is multiplied by (T, …).
        b: what is added then (T, …).
        h0: the state before the first step (…).

    Returns:
        The states (T, …).

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> linear_loop(np.full(3, 0.5), np.array([1.0, 0.0, 0.0]), np.array(8.0)).tolist()
        [5.0, 2.5, 1.25]
    """
    _expect_scan("linear_loop", a, b, h0)
    h = np.empty(a.shape, np.result_type(a, b, h0))
    h_prev = h0
    for t in range(len(a)):
        h[t] = h_prev = a[t] * h_prev + b[t]
    return h


def linear_scan(a: np.ndarray, b: np.ndarray, h0: np.ndarray) -> np.ndarray:
    """Return the same as `linear_loop` in about log₂ T rounds, each over all steps at once.

    After the round with stride s, pair t holds the last 2s steps up to t in one. The first pair starts
    from h0, so that at the end every b is the state itself.

    Args:
        a: what each state is multiplied by (T, …).
        b: what is added then (T, …).
        h0: the state before the first step (…).

    Returns:
        The states (T, …).

    Raises:
        ValueError: the shapes differ.

    Source: Hillis and Steele (1986), Data parallel algorithms.

    Example:
        >>> linear_scan(np.full(3, 0.5), np.array([1.0, 0.0, 0.0]), np.array(8.0)).tolist()
        [5.0, 2.5, 1.25]
    """
    _expect_scan("linear_scan", a, b, h0)
    dtype = np.result_type(a, b, h0)
    A, h = a.astype(dtype), b.astype(dtype)
    if len(h):
        h[0] += A[0] * h0
    stride = 1
    while stride < len(h):
        earlier, later = slice(None, -stride), slice(stride, None)
        # Both products are new arrays before either is written back.
        A[later], h[later] = compose((A[earlier], h[earlier]), (A[later], h[later]))
        stride *= 2
    return h


def linear_scan_backward(dh: np.ndarray, a: np.ndarray, h0: np.ndarray, h: np.ndarray) -> Gradients:
    """Return the gradients of a linear recurrence: a scan in the other direction of time.

    The total gradient obeys the recurrence itself, backwards: each state hears of its own output, and
    through a_{t+1} of the state after it.

    Args:
        dh: the immediate gradient of the loss with respect to every state (T, …).
        a: what each state was multiplied by (T, …).
        h0: the state before the first step (…).
        h: the states (T, …).

    Returns:
        da (T, …), db (T, …), dh0 (…).

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> h = linear_loop(np.full(2, 0.5), np.zeros(2), np.array(8.0))
        >>> [g.tolist() for g in linear_scan_backward(np.ones(2), np.full(2, 0.5), np.array(8.0), h)]
        [[12.0, 4.0], [1.5, 1.0], 0.75]
    """
    _expect_scan("linear_scan_backward", a, dh, h0)
    _expect_scan("linear_scan_backward", a, h, h0)
    # The last state has no successor; what stands there multiplies a start of zero.
    after = np.concatenate([a[1:], np.zeros_like(a[:1])])
    total = linear_scan(after[::-1].conj(), dh[::-1], np.zeros_like(h0))[::-1]
    before = np.concatenate([h0[None], h[:-1]])[: len(h)]
    dh0 = (a[0].conj() * total[0]) if len(h) else np.zeros_like(h0)
    return total * before.conj(), total, dh0


def diagonal_recurrence(
    x: np.ndarray, h0: np.ndarray, eigenvalues: np.ndarray, B: np.ndarray, C: np.ndarray
) -> np.ndarray:
    """Return the outputs of h_t = λ ⊙ h_{t-1} + B x_t, y_t = Re(C h_t), with complex λ.

    A matrix W_hh that has a basis of eigenvectors is diagonal in it, and then no number of the state
    has to look at another: each turns by the angle of its λ and shrinks by its size.

    Args:
        x: the inputs (T, N, D).
        h0: the state before the first step, in the basis of eigenvectors (N, H), complex.
        eigenvalues: λ (H,), complex.
        B: into that basis (H, D), complex.
        C: out of it (O, H), complex.

    Returns:
        The outputs (T, N, O), real.

    Raises:
        ValueError: the shapes do not fit together.

    Source: Orvieto et al. (2023), Resurrecting recurrent neural networks for long sequences.

    Example:
        >>> x, one = np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1), np.ones((1, 1))
        >>> turn = np.array([0.5j])  # a quarter of a turn at every step
        >>> diagonal_recurrence(x, 0 * one, turn, one, one).ravel().tolist()
        [1.0, 0.0, -0.25]
    """
    shapes = {
        "x": (x, "T N D"),
        "h0": (h0, "N H"),
        "eigenvalues": (eigenvalues, "H"),
        "B": (B, "H D"),
        "C": (C, "O H"),
    }
    real = {name: (np.real(array).astype(float), spec) for name, (array, spec) in shapes.items()}
    expect_shapes("diagonal_recurrence", **real)
    b = x @ B.T.astype(complex)
    h = linear_scan(np.broadcast_to(eigenvalues.astype(complex), b.shape), b, h0.astype(complex))
    return np.real(h @ C.T)


def _expect_scan(function: str, a: np.ndarray, b: np.ndarray, h0: np.ndarray) -> None:
    if not (np.shape(a) == np.shape(b) and np.shape(a)[1:] == np.shape(h0) and np.ndim(a)):
        raise ValueError(
            f"{function}: a, b and h should have one shape (T, …), h0 the same without T, but they are "
            f"{np.shape(a)}, {np.shape(b)} and {np.shape(h0)}. Change the one that is wrong."
        )
