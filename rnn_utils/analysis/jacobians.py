"""How a small change of a state travels through time: the matrices that gradients are products of.

A change δ of h_{t-1} becomes J_t δ in h_t, where J_t = diag(1 − h_t²) W_hh; a gradient goes the same
way back, through the transposes. Over many steps it is the product of the J_t that counts.
"""

from __future__ import annotations  # naming np.random in a signature would already load it

import numpy as np

from rnn_utils._shapes import expect_shapes
from rnn_utils.cells.activations import tanh_derivative


def step_jacobian(h_t: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    """Return the Jacobian of one step of a tanh RNN, ∂h_t / ∂h_{t-1} = diag(1 − h_t²) W_hh.

    Args:
        h_t: one state (H,), as the step returned it.
        W_hh: the weight at the recurrent neuron (H, H).

    Returns:
        The Jacobian (H, H): in row i and column j, how h_t[i] changes with h_{t-1}[j].

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural
    networks.

    Example:
        >>> h_t, W_hh = np.array([0.0, 0.5]), np.array([[2.0, -2.0], [4.0, 8.0]])
        >>> step_jacobian(h_t, W_hh).tolist()  # the slopes 1 - h² are 1 and 0.75
        [[2.0, -2.0], [3.0, 6.0]]
    """
    expect_shapes("step_jacobian", h_t=(h_t, "H"), W_hh=(W_hh, "H H"))
    return tanh_derivative(h_t)[:, None] * W_hh


def gradient_norms(h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    """Return how much of a gradient at the last state can arrive at each state: ‖∂h_T / ∂h_t‖.

    ∂h_T / ∂h_t is the product J_T J_{T-1} … J_{t+1} of the steps after t. The norm is the spectral
    one, its largest singular value: the most that any small change of h_t is stretched on its way
    to h_T, and any gradient on its way back.

    Args:
        h: the states of one sequence (T, H), as the forward pass returned them.
        W_hh: the weight at the recurrent neuron (H, H).

    Returns:
        The norms (T,) for t = 1 … T; the last one is 1, for nothing lies between h_T and itself.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Hochreiter (1991), Untersuchungen zu dynamischen neuronalen Netzen; Bengio, Simard and
    Frasconi (1994), Learning long-term dependencies with gradient descent is difficult.

    Example:
        >>> gradient_norms(np.zeros((4, 2)), 0.5 * np.eye(2)).tolist()
        [0.125, 0.25, 0.5, 1.0]
    """
    expect_shapes("gradient_norms", h=(h, "T H"), W_hh=(W_hh, "H H"))
    T, H = h.shape
    norms = np.empty(T, dtype=np.result_type(h, W_hh))
    product = np.eye(H, dtype=norms.dtype)  # ∂h_T / ∂h_T
    for t in reversed(range(T)):
        norms[t] = np.linalg.norm(product, ord=2)
        product = product @ step_jacobian(h[t], W_hh)
    return norms


def spectral_radius(W: np.ndarray) -> float:
    """Return the size of the largest eigenvalue of a square matrix.

    Wᵏ grows or shrinks like the k-th power of it in the long run (Gelfand, 1941). In a single step a
    vector may be stretched by more: by up to the largest singular value.

    Args:
        W: a matrix (H, H).

    Returns:
        max |λ| over the eigenvalues λ, real or complex.

    Raises:
        TypeError, ValueError: W holds no floats, or is not square.

    Example:
        >>> round(spectral_radius(np.array([[0.0, -2.0], [2.0, 0.0]])), 6)  # ±2i
        2.0
        >>> spectral_radius(np.array([[0.5, 100.0], [0.0, 0.5]]))
        0.5
    """
    expect_shapes("spectral_radius", W=(W, "H H"))
    return float(np.abs(np.linalg.eigvals(W)).max())


def orthogonal(H: int, rng: np.random.Generator) -> np.ndarray:
    """Return a random orthogonal matrix, no direction preferred (the Haar distribution).

    A Gaussian matrix has no preferred direction, and Q of its decomposition QR inherits that if the
    diagonal of R is made positive. Without this the signs would depend on the algorithm.

    Args:
        H: the number of rows and columns.
        rng: where the random numbers come from.

    Returns:
        Q (H, H) with Qᵀ Q = 1: all its singular values are 1, all its eigenvalues have size 1.

    Raises:
        ValueError: H is smaller than 1.

    Source: Mezzadri (2007), How to generate random matrices from the classical compact groups. As a
    start for W_hh: Saxe, McClelland and Ganguli (2014), Exact solutions to the nonlinear dynamics
    of learning in deep linear neural networks.

    Example:
        >>> Q = orthogonal(4, np.random.default_rng(0))
        >>> bool(np.allclose(Q.T @ Q, np.eye(4)))
        True
    """
    if H < 1:
        raise ValueError(f"orthogonal: H should be at least 1, but is {H}. Give a size.")
    Q, R = np.linalg.qr(rng.standard_normal((H, H)))
    return Q * np.sign(np.diag(R))  # column j of Q belongs to row j of R
