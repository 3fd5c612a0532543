"""The size of the largest eigenvalue: ρ(W) = max |λ_k(W)|."""

from typing import Any

import numpy as np

from rnn_utils.analysis.jacobians import spectral_radius
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made


def _with_eigenvalues(rng: np.random.Generator, H: int, *blocks: np.ndarray) -> np.ndarray:
    """Draw a matrix (H, H) with the eigenvalues of some blocks, and small ones beside them."""
    W = np.diag(rng.uniform(0.1, 0.5, H))
    place = 0
    for block in blocks:
        end = place + len(block)
        W[place:end, place:end] = block
        place = end
    S = np.eye(H) + 0.4 * rng.standard_normal((H, H)) / np.sqrt(H)
    return S @ W @ np.linalg.inv(S)


def _pair(radius: float, angle: float) -> np.ndarray:
    c, s = radius * np.cos(angle), radius * np.sin(angle)
    return np.array([[c, -s], [s, c]])


def _complex(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a matrix whose largest eigenvalues are a complex pair, with a smaller real one beside it."""
    H = sizes["H"]
    if H == 1:
        return {"W": np.array([[-rng.uniform(0.5, 1.5)]])}
    pair = _pair(rng.uniform(1.0, 1.6), rng.uniform(1.7, 2.2))  # its real part is negative
    rest = [] if H == 2 else [np.array([[rng.uniform(0.6, 0.8)]])]
    return {"W": _with_eigenvalues(rng, H, pair, *rest)}


def _two_pairs(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a matrix with a larger complex pair on the left and a smaller one on the right."""
    pairs = _pair(rng.uniform(1.1, 1.4), rng.uniform(2.0, 2.6)), _pair(0.9, rng.uniform(0.4, 0.7))
    return {"W": _with_eigenvalues(rng, max(sizes["H"], 5), *pairs)}


def _negative(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    H = max(sizes["H"], 3)
    blocks = np.array([[-rng.uniform(1.2, 1.6)]]), np.array([[rng.uniform(0.7, 0.9)]])
    return {"W": _with_eigenvalues(rng, H, *blocks)}


def _shear(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    size = round(float(rng.uniform(0.4, 0.9)), 2)
    return {"W": np.array([[size, 50.0], [0.0, -size / 2]])}


def _too_few_eigenvectors(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    size = round(float(rng.uniform(0.4, 0.9)), 2)
    return {"W": np.array([[size, 5.0], [0.0, size]])}


_CONTRACT = Contract(
    sizes="H",
    zeros=("W",),
    edges=(
        Case("two pairs of complex eigenvalues", general=True, draw=_two_pairs),
        Case("a negative eigenvalue is the largest", general=True, draw=_negative),
        Case("a shear, which stretches far in one step", general=True, draw=_shear),
        Case("a shear with one eigenvalue", draw=_too_few_eigenvectors),
    ),
)


@np.errstate(all="ignore")
def _radius(made: Made, W: np.ndarray) -> Any:
    values = np.linalg.eigvals(W)
    if "singular value" in made:
        return np.linalg.norm(W, 2)
    if "Frobenius" in made:
        return np.linalg.norm(W)
    if "real part, signed" in made:
        return values.real.max()
    if "size of the largest real part" in made:
        return np.abs(values[np.argmax(values.real)])
    if "real part" in made:
        return np.abs(values.real).max()
    if "imaginary part" in made:
        return np.abs(values.imag).max()
    if "symmetric" in made:
        return np.abs(np.linalg.eigvalsh(W)).max()
    if "symmetric, signed" in made:
        return np.linalg.eigvalsh(W).max()
    if "eigenvectors" in made:
        return np.abs(np.linalg.eig(W)[1]).max()
    if "singular values" in made:
        return np.linalg.svd(W, compute_uv=False)
    if "symmetric, upper" in made:
        return np.abs(np.linalg.eigvalsh(W, UPLO="U")).max()
    if "largest entry" in made:
        return np.abs(W).max()
    if "diagonal" in made:
        return np.abs(np.diag(W)).max()
    if "trace" in made:
        return abs(np.trace(W))
    if "determinant" in made:
        return abs(np.linalg.det(W))
    if "smallest" in made:
        return np.abs(values).min()
    if "mean" in made:
        return np.abs(values).mean()
    if "all" in made:
        return np.abs(values)
    if "squared" in made:
        return np.abs(values).max() ** 2
    return values.max()  # "complex"


_RADIUS_MISTAKES = {
    "singular value": (
        "this is the largest singular value, how far one step can stretch a vector; asked is the largest "
        "eigenvalue"
    ),
    "Frobenius": (
        "this is the Frobenius norm of W, the root of the sum of squares; asked is an eigenvalue"
    ),
    "complex": (
        "the size is missing: the eigenvalue itself is returned, which may be complex; `np.abs` of a complex "
        "number is its distance from 0"
    ),
    "real part, signed": (
        "the largest real part decides, so that negative and complex eigenvalues are overlooked: first the "
        "sizes, `np.abs` of each complex number, then the maximum"
    ),
    "size of the largest real part": (
        "the largest is chosen before its size is taken: complex numbers are ordered by their real "
        "parts. First all sizes, then the maximum"
    ),
    "real part": (
        "only the real parts are looked at; the size of a complex number is its distance from 0, both parts "
        "count"
    ),
    "imaginary part": "only the imaginary parts are looked at; both parts make the size",
    "symmetric": (
        "eigvalsh reads the lower half of a matrix and takes it to be symmetric; W is not. "
        "np.linalg.eigvals does not assume it"
    ),
    "symmetric, signed": (
        "eigvalsh takes the matrix to be symmetric, which W is not, and the size is missing"
    ),
    "eigenvectors": (
        "these are the eigenvectors, the second that np.linalg.eig returns; the first are the eigenvalues"
    ),
    "singular values": (
        "these are the singular values; asked is the size of the largest eigenvalue, one number"
    ),
    "symmetric, upper": "eigvalsh takes the matrix to be symmetric; W is not",
    "largest entry": "this is the largest number in W; asked is the size of its largest eigenvalue",
    "diagonal": (
        "this is the largest number on the diagonal; those are the eigenvalues of a triangular matrix only"
    ),
    "trace": "this is the trace, the sum of all eigenvalues; asked is the largest one",
    "determinant": "this is the determinant, the product of all eigenvalues; asked is the largest one",
    "smallest": "the smallest is taken; asked is the largest",
    "mean": "the mean of the sizes is taken; asked is the largest",
    "squared": "the square is returned; the size of a + bi is the root of a² + b²",
    "all": "the sizes of all eigenvalues are returned; asked is the largest, one number",
}


EXERCISE = Exercise(
    name="spectral_radius",
    lesson="11_vanishing_gradients",
    points=1,
    reference=spectral_radius,
    outputs={"radius": ""},
    draw=_complex,
    contract=_CONTRACT,
    mistakes=mistakes_in(_radius, _RADIUS_MISTAKES, together=1),
)
