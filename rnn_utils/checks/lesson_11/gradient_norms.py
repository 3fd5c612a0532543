"""How much of the last state's gradient arrives at each state: ‖∂h_T/∂h_t‖ = ‖J_T J_{T−1} … J_{t+1}‖."""

import numpy as np

from rnn_utils.analysis.jacobians import gradient_norms
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made


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


_CONTRACT = Contract(
    sizes="TH",
    zeros=("h", "W_hh"),
    edges=(Case("a long sequence", {"T": 12}, general=True),),
)


def _jacobians(made: Made, h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    """Return the Jacobian of each step (T, H, H), with the mistakes made."""
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
    return J


def _size(made: Made, P: np.ndarray) -> float:
    """Return the norm of a product of Jacobians, with the mistakes made."""
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


def _norms(made: Made, h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    """Return the norms of the products from each state on, with the mistakes made."""
    T, H = h.shape
    J = _jacobians(made, h, W_hh)
    norms, product = np.empty(T), np.eye(H)
    if "from the first state" in made:
        for t in range(T):
            product = J[t] @ product if t else product
            norms[t] = _size(made, product)
        return norms
    if "from the first state, a step early" in made:
        for t in range(T):
            norms[t] = _size(made, product)
            product = J[t] @ product
        return norms
    if "from the first state, newest on the right" in made:
        for t in range(T):
            norms[t] = _size(made, product)
            product = product @ J[t]
        return norms
    if "each step alone" in made:
        return np.array([_size(made, J_t) for J_t in J])
    one_norm = 1.0
    for t in reversed(range(T)):
        if "this step included" not in made:
            norms[t] = one_norm if "product of the norms" in made else _size(made, product)
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
        one_norm *= _size(made, J[t])
        if "this step included" in made:
            norms[t] = _size(made, product)
    return np.log10(norms) if "logarithms" in made else norms


def _product(h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    """Return the product of the Jacobians of the steps into these states, the last one leftmost."""
    product = np.eye(len(W_hh))
    for h_t in h:
        product = (1 - h_t**2)[:, None] * W_hh @ product
    return product


_PRODUCT_MISTAKES = {
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
    "from the first state, newest on the right": (
        "the loop runs from the first step to the last; the product grows from the end, where it is the "
        "identity: go back"
    ),
    "each step alone": (
        "these are the norms of the Jacobians, each alone; the matrices of all steps after t are multiplied"
    ),
    "number by number": "the matrices are multiplied number by number, with `*`; `@` is the product",
    "sum": "the matrices are added; the chain rule multiplies them",
}


_NORM_MISTAKES = {
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


_SLOPE_MISTAKES = {
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


EXERCISE = Exercise(
    name="gradient_norms",
    lesson="11_vanishing_gradients",
    points=3,
    reference=gradient_norms,
    outputs={"norms": "T"},
    draw=_states,
    contract=_CONTRACT,
    mistakes=(
        *mistakes_in(_norms, _PRODUCT_MISTAKES | _NORM_MISTAKES | _SLOPE_MISTAKES, together=1),
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
