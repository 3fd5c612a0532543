"""Lesson 11, vanishing and exploding gradients."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np

from rnn_utils.analysis.jacobians import gradient_norms, orthogonal, spectral_radius, step_jacobian
from rnn_utils.checks.framework.exercise import (
    Arguments,
    Case,
    Exercise,
    Mistake,
    Sizes,
    Trial,
    UnusableError,
    arrays,
    chance_bound,
    slips,
)
from rnn_utils.checks.slips.step import Slips

_LESSON = "11_vanishing_gradients"


# step_jacobian -----------------------------------------------------------------------------------

_WEIGHT = arrays(W_hh="H H")


def _state(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    W_hh = 1.5 * _WEIGHT(rng, sizes)["W_hh"]
    return {"h_t": np.tanh(rng.standard_normal(sizes["H"])), "W_hh": W_hh}


def _saturated_state(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _state(rng, sizes)
    arguments["h_t"][::2] = np.sign(arguments["h_t"][::2])
    return arguments


_STEP_JACOBIAN = Exercise(
    name="step_jacobian",
    lesson=_LESSON,
    points=1,
    reference=step_jacobian,
    outputs={"J": "H H"},
    draw=_state,
    letters="H",
    edges=(Case("states at −1 and 1", draw=_saturated_state),),
    mistakes=(
        Mistake(
            "columns scaled",
            "the slopes multiply the columns of W_hh: that is W_hh diag(1 − h_t²). Row i of the Jacobian "
            "is about h_t[i], so the slope of unit i belongs to row i",
            lambda h_t, W_hh: W_hh * (1 - h_t**2),
        ),
        Mistake(
            "no slope",
            "the slope is missing: this is W_hh itself, the Jacobian of the step without tanh",
            lambda h_t, W_hh: W_hh.copy(),
        ),
        Mistake(
            "W_hh transposed",
            "W_hh is transposed: it is W_hh[i, j] that carries h_{t-1}[j] to unit i. (Gradients go back "
            "through the transpose of the Jacobian, but this is the Jacobian itself)",
            lambda h_t, W_hh: np.diag(1 - h_t**2) @ W_hh.T,
        ),
        Mistake(
            "the whole transposed",
            "this is the transpose of the Jacobian: rows and columns are exchanged. Row i is about h_t[i]",
            lambda h_t, W_hh: W_hh.T * (1 - h_t**2),
        ),
        Mistake(
            "double derivative",
            "tanh is applied to h_t once more, 1 − tanh(h_t)²; but h_t is the output of tanh already",
            lambda h_t, W_hh: (1 - np.tanh(h_t) ** 2)[:, None] * W_hh,
        ),
        Mistake(
            "square missing",
            "the square is missing: the slope is the same for h and −h",
            lambda h_t, W_hh: (1 - h_t)[:, None] * W_hh,
        ),
        Mistake(
            "state instead of slope",
            "W_hh is multiplied by h_t and not by the slope 1 − h_t²",
            lambda h_t, W_hh: h_t[:, None] * W_hh,
        ),
        Mistake(
            "square instead of slope",
            "W_hh is multiplied by h_t²; the slope is largest where h_t is 0",
            lambda h_t, W_hh: (h_t**2)[:, None] * W_hh,
        ),
        Mistake(
            "diagonal kept only",
            "only the diagonal of W_hh is left: `*` multiplies two matrices number by number, `@` is "
            "their product",
            lambda h_t, W_hh: np.diag(1 - h_t**2) * W_hh,
        ),
        Mistake(
            "matrix times vector",
            "the slopes are multiplied into W_hh as a vector, which sums over its columns; they belong on "
            "the diagonal of a matrix",
            lambda h_t, W_hh: W_hh @ (1 - h_t**2),
        ),
        Mistake(
            "vector times matrix",
            "the slopes are multiplied into W_hh as a vector, which sums over its rows; they belong on the "
            "diagonal of a matrix",
            lambda h_t, W_hh: (1 - h_t**2) @ W_hh,
        ),
        Mistake(
            "one slope for all",
            "all units get one and the same slope, made of h_t · h_t; each unit has its own, 1 − h_t[i]²",
            lambda h_t, W_hh: (1 - h_t @ h_t) * W_hh,
        ),
        Mistake(
            "mean slope",
            "all units get their mean slope; each unit has its own",
            lambda h_t, W_hh: np.mean(1 - h_t**2) * W_hh,
        ),
        Mistake(
            "divided",
            "W_hh is divided by the slope; the chain rule multiplies",
            lambda h_t, W_hh: W_hh / (1 - h_t**2)[:, None],
        ),
        Mistake(
            "slopes on both sides",
            "the slopes stand on both sides of W_hh; each step has one tanh, after W_hh",
            lambda h_t, W_hh: np.outer(1 - h_t**2, 1 - h_t**2) * W_hh,
        ),
        Mistake(
            "slopes of the product",
            "the slopes are those of W_hh h_t, one step later; h_t is what this step's tanh returned",
            lambda h_t, W_hh: (1 - np.tanh(W_hh @ h_t) ** 2)[:, None] * W_hh,
        ),
    ),
)


# gradient_norms ----------------------------------------------------------------------------------


def _states(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a sequence and run it forward; the states of its only sequence (T, H)."""
    T, D, H = (sizes[letter] for letter in "TDH")
    W_hh = 1.6 * rng.standard_normal((H, H)) / np.sqrt(H)
    W_xh = rng.standard_normal((H, D)) / np.sqrt(D)
    h = np.empty((T, H))
    h_prev = 0.5 * rng.standard_normal(H)
    for t, x_t in enumerate(rng.standard_normal((T, D))):
        h_prev = h[t] = np.tanh(W_hh @ h_prev + W_xh @ x_t)
    return {"h": h, "W_hh": W_hh}


def _norms(made: Slips, h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    T, H = h.shape
    slopes = 1 - h**2
    if "double derivative" in made:
        slopes = 1 - np.tanh(h) ** 2
    if "no slope" in made:
        slopes = np.ones_like(h)
    if "slope of the last state everywhere" in made:
        slopes = np.broadcast_to(slopes[-1], h.shape)
    if "slope of the state before" in made:
        slopes = np.concatenate([slopes[:1], slopes[:-1]])
    J = slopes[:, :, None] * W_hh
    if "columns scaled" in made:
        J = W_hh * slopes[:, None, :]
    if "W_hh transposed" in made:
        J = slopes[:, :, None] * W_hh.T

    def size(P: np.ndarray) -> float:
        values = np.linalg.svd(P, compute_uv=False)
        if "Frobenius" in made:
            return float(np.linalg.norm(P))
        if "spectral radius" in made:
            return float(np.abs(np.linalg.eigvals(P)).max())
        if "smallest singular value" in made:
            return float(values[-1])
        if "squared" in made:
            return float(values[0] ** 2)
        if "largest row sum" in made:
            return float(np.linalg.norm(P, np.inf))
        if "largest column sum" in made:
            return float(np.linalg.norm(P, 1))
        if "largest entry" in made:
            return float(np.abs(P).max())
        return float(values[0])

    norms, product = np.empty(T), np.eye(H)
    if "from the first state" in made:
        for t in range(T):
            product = J[t] @ product if t else product
            norms[t] = size(product)
        return norms
    if "from the first state, a step early" in made:
        for t in range(T):
            norms[t] = size(product)
            product = J[t] @ product
        return norms
    if "each step alone" in made:
        return np.array([size(J_t) for J_t in J])
    one_norm = 1.0
    for t in reversed(range(T)):
        if "this step included" not in made:
            norms[t] = one_norm if "product of the norms" in made else size(product)
        if "other order" in made:
            product = J[t] @ product
        elif "number by number" in made:
            product = product * J[t]
        elif "single steps" in made:
            product = J[t]
        elif "sum" in made:
            product = product + J[t]
        else:
            product = product @ J[t]
        one_norm *= size(J[t])
        if "this step included" in made:
            norms[t] = size(product)
    return np.log10(norms) if "logarithms" in made else norms


def _product(h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    """Return the product of the Jacobians of the steps into these states, the last one leftmost."""
    product = np.eye(len(W_hh))
    for h_t in h:
        product = (1 - h_t**2)[:, None] * W_hh @ product
    return product


_PRODUCT_SLIPS = {
    "other order": (
        "the matrices stand in the wrong order: going back from T, each new one is further right, "
        "J_T J_{T-1} … J_{t+1} (with transposes it is the other way round)"
    ),
    "this step included": (
        "J_t is in the product for h_t: the way from h_t to h_T goes through J_{t+1}, …, J_T only, so that "
        "the last norm is that of the identity"
    ),
    "single steps": (
        "these are the norms of single steps; the matrices of all steps after t are multiplied"
    ),
    "product of the norms": (
        "the norms of the steps are multiplied; that is an upper bound. Multiply the matrices, then take "
        "the norm"
    ),
    "from the first state": (
        "these are the norms of ∂h_t/∂h_1, from the first state on; asked is ∂h_T/∂h_t, up to the last one"
    ),
    "from the first state, a step early": (
        "the product grows from the first state on, with ‖∂h_T/∂h_T‖ = 1 at the first place; begin at the "
        "end, and go back"
    ),
    "each step alone": (
        "these are the norms of the Jacobians, each alone; the matrices of all steps after t are multiplied"
    ),
    "number by number": "the matrices are multiplied number by number, with `*`; `@` is the product",
    "sum": "the matrices are added; the chain rule multiplies them",
}
_NORM_SLIPS = {
    "Frobenius": (
        "the norm is the Frobenius norm, which `np.linalg.norm` gives by default; asked is the spectral "
        "norm, the largest singular value"
    ),
    "spectral radius": (
        "the largest eigenvalue is taken; the spectral norm is the largest singular value, and for most "
        "matrices that is larger"
    ),
    "smallest singular value": "the smallest singular value is taken; the norm is the largest one",
    "squared": (
        "the squares of the norms are returned: an eigenvalue of PᵀP is the square of a singular value of P"
    ),
    "largest row sum": "the norm is the largest row sum; asked is the largest singular value",
    "largest column sum": "the norm is the largest column sum; asked is the largest singular value",
    "largest entry": "the largest number in the matrix is taken; asked is its largest singular value",
    "logarithms": "the logarithms are returned; asked are the norms themselves",
}
_SLOPE_SLIPS = {
    "no slope": "the slope 1 − h² is missing: these are the norms of powers of W_hh",
    "columns scaled": (
        "the slopes multiply the columns of W_hh; in diag(1 − h²) W_hh they multiply the rows"
    ),
    "W_hh transposed": (
        "W_hh is transposed within the Jacobians, which are diag(1 − h²) W_hh; to go back through "
        "transposes, turn the whole matrix and the order"
    ),
    "double derivative": (
        "tanh is applied to h once more, 1 − tanh(h)²; but h is the output of tanh already"
    ),
    "slope of the state before": (
        "the slopes are one step off: J_t = ∂h_t/∂h_{t-1} has the slopes of h_t, the state that it leads to"
    ),
    "slope of the last state everywhere": (
        "the slopes of the last state are used at every step; each step has its own"
    ),
}

_GRADIENT_NORMS = Exercise(
    name="gradient_norms",
    lesson=_LESSON,
    points=3,
    reference=gradient_norms,
    outputs={"norms": "T"},
    draw=_states,
    letters="TH",
    edges=(Case("a long sequence", {"T": 12}, general=True),),
    mistakes=(
        *slips(_norms, _PRODUCT_SLIPS | _NORM_SLIPS | _SLOPE_SLIPS, together=1),
        Mistake(
            "the last one missing",
            "the last entry is missing: for t = T no step lies between, ∂h_T/∂h_T is the identity, and its "
            "norm is 1",
            lambda h, W_hh: _norms(frozenset(), h, W_hh)[:-1],
        ),
        Mistake(
            "all singular values",
            "all singular values of each product are returned; the norm is the largest one",
            lambda h, W_hh: np.linalg.svd(
                np.stack([_product(h[t + 1 :], W_hh) for t in range(len(h))]), compute_uv=False
            ),
        ),
        Mistake(
            "Frobenius of a longer product",
            "J_t is in the product for h_t, which goes through J_{t+1}, …, J_T only; and the norm is the "
            "Frobenius norm, `np.linalg.norm`'s default, where the spectral norm is asked for",
            lambda h, W_hh: _norms(frozenset({"this step included", "Frobenius"}), h, W_hh),
        ),
        Mistake(
            "Frobenius, other order",
            "the matrices stand in the wrong order, which is J_T J_{T-1} … J_{t+1}; and the norm is the "
            "Frobenius norm, `np.linalg.norm`'s default, where the spectral norm is asked for",
            lambda h, W_hh: _norms(frozenset({"other order", "Frobenius"}), h, W_hh),
        ),
        Mistake(
            "other order, this step included",
            "the matrices stand in the wrong order, which is J_T J_{T-1} … J_{t+1}, and J_t is among them "
            "for h_t",
            lambda h, W_hh: _norms(frozenset({"other order", "this step included"}), h, W_hh),
        ),
    ),
)


# spectral_radius ---------------------------------------------------------------------------------


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


@np.errstate(all="ignore")
def _radius(made: Slips, W: np.ndarray) -> Any:
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


_RADIUS_SLIPS = {
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

_SPECTRAL_RADIUS = Exercise(
    name="spectral_radius",
    lesson=_LESSON,
    points=1,
    reference=spectral_radius,
    outputs={"radius": ""},
    draw=_complex,
    letters="H",
    edges=(
        Case("two pairs of complex eigenvalues", general=True, draw=_two_pairs),
        Case("a negative eigenvalue is the largest", general=True, draw=_negative),
        Case("a shear, which stretches far in one step", general=True, draw=_shear),
    ),
    mistakes=slips(_radius, _RADIUS_SLIPS, together=1),
)


# orthogonal --------------------------------------------------------------------------------------

#: So many matrices are drawn to see how often each comes.
_DRAWS = 2000

#: Places between −1 and 1 at which shares are taken; 0, where some results always lie, is not one.
_PLACES = np.linspace(-0.9, 0.9, 10)

_NOT_ORTHOGONAL = "What came is not orthogonal: Qᵀ Q should be the identity. Its columns are {}."
_SAME_SEED = (
    "Two generators of the same seed gave different matrices. All chance has to come from the `rng` that is "
    "given, or nobody can repeat what they saw."
)
_ALWAYS_THE_SAME = (
    "Called twice with one and the same `rng`, it drew exactly the same. Each call has to go on with the "
    "generator that is given."
)


def _size(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    H = 1 if sizes["H"] == 1 else 3
    return {"H": H, "rng": np.random.default_rng(rng.integers(2**32))}


def _of_size(H: int) -> Callable[..., Arguments]:
    return lambda rng, sizes: {"H": H, "rng": np.random.default_rng(rng.integers(2**32))}


def _directions(H: int) -> np.ndarray:
    """Return two pairs of unit vectors u, v; no direction being preferred, any will do."""
    drawn = np.random.default_rng(H).standard_normal((2, 2, H))
    return drawn / np.linalg.norm(drawn, axis=2, keepdims=True)


def _drawn(function: Callable[..., Any], H: int, rng: np.random.Generator) -> np.ndarray:
    """Return how many of many drawn matrices have certain numbers up to each place."""
    before = deepcopy(rng)
    drawn = [_matrix(function(H, rng), H) for _ in range(_DRAWS)]
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
        raise UnusableError(_SAME_SEED)
    other = _matrix(function(H, np.random.default_rng(1)), H)
    if H > 1 and np.all(Q[0] == Q) and not np.array_equal(other, Q[0]):
        raise UnusableError(_ALWAYS_THE_SAME)
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


def _orthogonal(made: Slips, H: int, rng: np.random.Generator) -> np.ndarray:
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


_ORTHOGONAL_SLIPS = {
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

_ORTHOGONAL = Exercise(
    name="orthogonal",
    lesson=_LESSON,
    points=2,
    reference=orthogonal,
    outputs={"Q": "H H"},
    draw=_size,
    draws=1,
    letters="H",
    floats=False,
    tolerance=chance_bound(_DRAWS, compared=4 * 8),
    trial=Trial(_drawn, _expected),
    edges=(
        Case("two units", general=True, draw=_of_size(2)),
        Case("seven units", draw=_of_size(7)),
    ),
    mistakes=slips(_orthogonal, _ORTHOGONAL_SLIPS, together=1),
)


EXERCISES = (_STEP_JACOBIAN, _GRADIENT_NORMS, _SPECTRAL_RADIUS, _ORTHOGONAL)
