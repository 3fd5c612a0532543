"""A random orthogonal matrix, QᵀQ = 1, that prefers no direction: Q of a Gaussian's QR, with R's signs."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np

from rnn_utils.analysis.jacobians import orthogonal
from rnn_utils.checks.framework.behaviour import Trial, UnusableError, chance_bound, repeated
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.chance import ALWAYS_THE_SAME, SAME_SEED
from rnn_utils.checks.shared_mistakes.step import Made


def _size(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    H = 1 if sizes["H"] == 1 else 3
    return {"H": H, "rng": np.random.default_rng(rng.integers(2**32))}


def _of_size(H: int) -> Callable[..., Arguments]:
    return lambda rng, sizes: {"H": H, "rng": np.random.default_rng(rng.integers(2**32))}


_CONTRACT = Contract(
    sizes="H",
    float32=False,
    layouts=False,
    edges=(
        Case("two units", general=True, draw=_of_size(2)),
        Case("seven units", draw=_of_size(7)),
    ),
)


#: So many matrices are drawn to see how often each comes.
_DRAWS = 2000


#: Places between −1 and 1 at which shares are taken; 0, where some results always lie, is not one.
_PLACES = np.linspace(-0.9, 0.9, 10)


_NOT_ORTHOGONAL = "What came is not orthogonal: Qᵀ Q should be the identity. Its columns are {}."


def _directions(H: int) -> np.ndarray:
    """Return two pairs of unit vectors u, v; no direction being preferred, any will do."""
    drawn = np.random.default_rng(H).standard_normal((2, 2, H))
    return drawn / np.linalg.norm(drawn, axis=2, keepdims=True)


def _drawn(function: Callable[..., Any], H: int, rng: np.random.Generator) -> np.ndarray:
    """Return how many of many drawn matrices have certain numbers up to each place."""
    before = deepcopy(rng)
    drawn = [_matrix(Q, H) for Q in repeated(function, H, rng, times=_DRAWS)]
    Q = np.stack(drawn)
    off = np.abs(Q.transpose(0, 2, 1) @ Q - np.eye(H)) > 1e-5
    if off.any():
        length = "not of length 1" if off[:, np.eye(H, dtype=bool)].any() else "of length 1"
        turned = off[:, ~np.eye(H, dtype=bool)].any()
        angle = "not perpendicular to each other" if turned else "perpendicular to each other"
        between = "and" if turned == (length == "not of length 1") else "but"
        raise UnusableError(_NOT_ORTHOGONAL.format(f"{length}, {between} {angle}"))
    first, second = (_matrix(function(H, same), H) for same in (deepcopy(before), before))
    if not np.array_equal(first, second):
        raise UnusableError(SAME_SEED)
    other = _matrix(function(H, np.random.default_rng(1)), H)
    if H > 1 and np.all(Q[0] == Q) and not np.array_equal(other, Q[0]):
        raise UnusableError(ALWAYS_THE_SAME)
    numbers = [Q[:, i, j] for i in (0, -1) for j in (0, -1)]
    numbers += [np.einsum("i,nij,j->n", u, Q, v) for u, v in _directions(H)]
    numbers.append(np.linalg.det(Q))
    if H <= 3:
        numbers.append(np.trace(Q, axis1=1, axis2=2) / H)
    return np.mean(np.array(numbers)[:, :, None] <= _PLACES, axis=1)


def _matrix(value: Any, H: int) -> np.ndarray:
    """Read what `orthogonal` returned, or say what is wrong with its form."""
    if value is None:
        raise UnusableError("It returned None where `Q` is expected: is the `return` missing?")
    if isinstance(value, tuple):
        raise UnusableError(f"It returned a tuple of {len(value)}; expected is `Q` alone.")
    Q = np.asarray(value)
    if Q.shape != (H, H):
        raise UnusableError(f"`Q` has the shape {Q.shape}; expected is (H, H) = {(H, H)}.")
    if Q.dtype.kind not in "fiu":
        raise UnusableError("`Q` should hold real numbers.")
    return Q.astype(float)


def _expected(H: int, rng: np.random.Generator) -> np.ndarray:
    """Return the same shares for matrices that prefer no direction, without chance."""
    half = np.full(len(_PLACES), 0.5)
    one_number = [_entry(H)] * 6
    return np.array([*one_number, half, *([_trace(H)] if H <= 3 else [])])


def _entry(H: int) -> np.ndarray:
    """Return the distribution of uᵀ Q v: of one coordinate of a random point on the sphere.

    Its angle to an axis has a density like sinᴴ⁻².
    """
    if H == 1:
        return np.full(len(_PLACES), 0.5)
    angle = np.linspace(0, np.pi, 20_001)
    density = np.sin(angle) ** (H - 2)
    up_to = np.concatenate([[0], np.cumsum(density[1:] + density[:-1])])
    return 1 - np.interp(np.arccos(_PLACES), angle, up_to / up_to[-1])


def _trace(H: int) -> np.ndarray:
    """Return the distribution of trace / H, for H up to 3: of a rotation's, and of a reflection's."""
    if H == 1:
        return np.full(len(_PLACES), 0.5)
    if H == 2:  # the trace of a rotation is 2 cos of any angle; that of a reflection is 0
        return 0.5 * (1 - np.arccos(_PLACES) / np.pi) + 0.5 * (_PLACES > 0)

    def of_rotations(trace: np.ndarray) -> np.ndarray:  # 1 + 2 cos, with a density like 1 − cos
        angle = np.arccos(np.clip((trace - 1) / 2, -1, 1))
        return 1 - (angle - np.sin(angle)) / np.pi

    return 0.5 * (of_rotations(3 * _PLACES) + 1 - of_rotations(-3 * _PLACES))


def _gaussian(H: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((H, H))


def _orthogonal(made: Made, H: int, rng: np.random.Generator) -> np.ndarray:
    if "identity" in made:
        return np.eye(H)
    if "one reflection" in made:
        u = rng.standard_normal(H)
        return np.eye(H) - 2 * np.outer(u, u) / (u @ u)
    if "exchanges only" in made:
        return np.eye(H)[rng.permutation(H)]
    if "eigenvectors" in made:
        Z = _gaussian(H, rng)
        return np.linalg.eigh(Z + Z.T)[1]
    if "U alone" in made:
        return np.linalg.svd(_gaussian(H, rng))[0]
    if "one unit" in made:
        return np.linalg.svd(_gaussian(H, rng))[2]
    if "positive numbers" in made:
        Z = rng.random((H, H))
    elif "global np.random" in made:
        Z = np.random.standard_normal((H, H))  # noqa: NPY002
    elif "a generator of its own" in made:
        Z = _gaussian(H, np.random.default_rng(0))
    else:
        Z = _gaussian(H, rng)
    Q, R = np.linalg.qr(Z)
    if "no signs" in made:
        return Q
    Q = Q * np.sign(np.diag(R))
    if "rotations only" in made and np.linalg.det(Q) < 0:
        Q[:, 0] *= -1
    if "positive diagonal" in made:
        Q = Q * np.where(np.diag(Q) < 0, -1.0, 1.0)
    return Q


_ORTHOGONAL_MISTAKES = {
    "one unit": (
        "the signs are left to the algorithm: for a single unit Q should be 1 half of the times, and −1 the "
        "other half"
    ),
    "no signs": (
        "Q of the QR decomposition is returned as it comes; its signs are the algorithm's choice and not "
        "random. Multiply column j by the sign of R[j, j]"
    ),
    "positive diagonal": (
        "the signs are chosen so that the diagonal of Q is positive; it is the diagonal of R that should be"
    ),
    "rotations only": (
        "only rotations come, with determinant 1; half of all orthogonal matrices reflect as well"
    ),
    "identity": "it is the identity every time; it should be drawn at random",
    "one reflection": ("it is a reflection at one random plane; most orthogonal matrices are not"),
    "exchanges only": (
        "the rows of the identity are exchanged at random; that is orthogonal, but only few orthogonal "
        "matrices are like it"
    ),
    "eigenvectors": (
        "these are the eigenvectors of a symmetric matrix, whose signs are the algorithm's choice and not "
        "random"
    ),
    "U alone": (
        "U of the singular value decomposition is returned as it comes; its signs are the algorithm's choice "
        "and not random (U @ Vt would do)"
    ),
    "positive numbers": (
        "the matrix to begin with holds positive numbers only, so that one direction is preferred; standard "
        "normal ones prefer none"
    ),
    "global np.random": "the numbers come from np.random itself and not from `rng`",
    "a generator of its own": (
        "it makes a generator of its own in every call; use the `rng` that is given"
    ),
}


EXERCISE = Exercise(
    name="orthogonal",
    lesson="11_vanishing_gradients",
    points=2,
    reference=orthogonal,
    outputs={"Q": "H H"},
    draw=_size,
    contract=_CONTRACT,
    draws=1,
    tolerance=chance_bound(_DRAWS, compared=4 * 8),
    trial=Trial(_drawn, _expected),
    mistakes=mistakes_in(_orthogonal, _ORTHOGONAL_MISTAKES, together=1),
)
