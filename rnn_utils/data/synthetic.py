"""Synthetic tasks that measure memory, each with the score of remembering all and of nothing.

Inputs are time-major. The same generator state gives the same sequences.
"""

import numpy as np


def _check_sizes(T: int, N: int, shortest: int = 1) -> None:
    if shortest > T or N < 1:
        raise ValueError(
            f"Expected at least {shortest} time steps and 1 sequence, got T={T} and N={N}. "
            "Ask for longer or for more sequences."
        )


def delayed_copy(
    rng: np.random.Generator, T: int, N: int, delay: int, symbols: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences of random symbols that are to be repeated `delay` steps later.

    Cross-entropy in nats: 0 with perfect memory; log(symbols) without memory (delay ≥ 1), which
    is accuracy 1 / symbols.

    Args:
        rng: the generator to draw from.
        T: the number of steps.
        N: the number of sequences.
        delay: how many steps later, from 0 to T − 1.
        symbols: the number of equally likely symbols, at least 2.

    Returns:
        x (T, N, symbols), one-hot, and the targets (T − delay, N), integers: the answers from step
        `delay` on. During the first `delay` steps there is nothing to repeat yet, so compare the
        targets with `y[delay:]`.

    Raises:
        ValueError: a size is out of range.

    Source: after Hochreiter and Schmidhuber (1997), Long short-term memory, and Arjovsky, Shah and
    Bengio (2016), Unitary evolution recurrent neural networks.

    Example:
        >>> x, targets = delayed_copy(np.random.default_rng(0), T=6, N=2, delay=2, symbols=3)
        >>> x.shape, targets.shape
        ((6, 2, 3), (4, 2))
        >>> bool((x.argmax(axis=2)[:4] == targets).all())
        True
    """
    _check_sizes(T, N)
    if not 0 <= delay < T:
        raise ValueError(
            f"Expected a delay from 0 to T − 1 = {T - 1}, got {delay}. "
            "Choose a shorter delay or longer sequences."
        )
    if symbols < 2:
        raise ValueError(f"Expected at least 2 symbols, got {symbols}. Choose 2 or more.")
    shown = rng.integers(symbols, size=(T, N))
    return np.eye(symbols)[shown], shown[: T - delay]


def adding_problem(rng: np.random.Generator, T: int, N: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences of random numbers of which the two marked ones are to be added.

    Mean squared error: 0 with perfect memory; 1/6 ≈ 0.167, the variance of the sum, for always
    answering its mean, 1.

    Args:
        rng: the generator to draw from.
        T: the number of steps, at least 2.
        N: the number of sequences.

    Returns:
        x (T, N, 2) and the targets (N, 1). `x[:, :, 0]` are numbers uniform between 0 and 1,
        `x[:, :, 1]` is 1 at two different steps, any two being equally likely, and 0 elsewhere. The
        target, wanted after the last step, is the sum of the two marked numbers.

    Raises:
        ValueError: a size is out of range.

    Source: Hochreiter and Schmidhuber (1997), Long short-term memory, in the form of Le, Jaitly and
    Hinton (2015), A Simple Way to Initialize Recurrent Networks of Rectified Linear Units.

    Example:
        >>> x, targets = adding_problem(np.random.default_rng(0), T=5, N=3)
        >>> x.shape, targets.shape
        ((5, 3, 2), (3, 1))
        >>> numbers, markers = x[:, 0, 0], x[:, 0, 1]
        >>> bool(np.isclose(numbers @ markers, targets[0, 0]))
        True
    """
    _check_sizes(T, N, shortest=2)
    numbers = rng.random((T, N))
    first = rng.integers(T, size=N)
    second = (first + rng.integers(1, T, size=N)) % T
    markers = np.zeros((T, N))
    markers[first, np.arange(N)] = 1
    markers[second, np.arange(N)] = 1
    return np.stack([numbers, markers], axis=2), (numbers * markers).sum(axis=0)[:, np.newaxis]


def parity(rng: np.random.Generator, T: int, N: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences of random bits; wanted at every step: was the number of ones so far odd?

    Cross-entropy in nats per step: 0 with one bit of memory; log 2 ≈ 0.693, accuracy 1/2, from the
    second step on for a guess that misses any one of the bits so far, however many others it sees.

    Args:
        rng: the generator to draw from.
        T: the number of steps.
        N: the number of sequences.

    Returns:
        x (T, N, 1), 0.0 or 1.0, and the targets (T, N), 1 where the number of ones up to and with that
        step is odd, else 0.

    Raises:
        ValueError: a size is out of range.

    Source: after Minsky and Papert (1969), Perceptrons.

    Example:
        >>> x, targets = parity(np.random.default_rng(0), T=5, N=2)
        >>> x.shape, targets.shape
        ((5, 2, 1), (5, 2))
        >>> bool(targets[-1, 0] == x[:, 0].sum() % 2)
        True
    """
    _check_sizes(T, N)
    bits = rng.integers(2, size=(T, N))
    return bits[:, :, np.newaxis].astype(np.float64), bits.cumsum(axis=0) % 2


def first_symbol(
    rng: np.random.Generator, T: int, N: int, symbols: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences that show a symbol at the first step and nothing but noise after it.

    Cross-entropy in nats: 0 for a network that holds the symbol; log(symbols) for one that does not,
    which is accuracy 1 / symbols.

    Args:
        rng: the generator to draw from.
        T: the number of steps, at least 2.
        N: the number of sequences.
        symbols: the number of equally likely symbols, at least 2.

    Returns:
        x (T, N, symbols + 1), the symbol one-hot at the first step, and noise uniform between −½ and ½
        in the last place at all others, and the targets (N,), the symbols as integers. They are wanted
        after the last step, T − 1 steps later.

    Raises:
        ValueError: a size is out of range.

    Source: after Bengio, Simard and Frasconi (1994), Learning long-term dependencies with gradient
    descent is difficult.

    Example:
        >>> x, targets = first_symbol(np.random.default_rng(0), T=6, N=2, symbols=3)
        >>> x.shape, targets.shape
        ((6, 2, 4), (2,))
        >>> bool((x[0].argmax(axis=1) == targets).all())
        True
    """
    _check_sizes(T, N, shortest=2)
    if symbols < 2:
        raise ValueError(f"Expected at least 2 symbols, got {symbols}. Choose 2 or more.")
    targets = rng.integers(symbols, size=N)
    x = np.zeros((T, N, symbols + 1))
    x[0, np.arange(N), targets] = 1
    x[1:, :, symbols] = rng.uniform(-0.5, 0.5, (T - 1, N))
    return x, targets
