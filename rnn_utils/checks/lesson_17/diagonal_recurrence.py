"""h_t = λ ⊙ h_{t−1} + B x_t with complex λ, y_t = Re(C h_t)."""

import numpy as np

from rnn_utils.cells.linear_recurrence import diagonal_recurrence
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made


def _complex(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)


def _drawn(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D, H, O = (sizes[letter] for letter in "TNDHO")  # noqa: E741
    turns = rng.uniform(0.5, 1.0, H) * np.exp(1j * rng.uniform(-np.pi, np.pi, H))
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": _complex(rng, N, H),
        "eigenvalues": turns,
        "B": _complex(rng, H, D) / np.sqrt(D),
        "C": _complex(rng, O, H) / np.sqrt(H),
    }


def _real(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _drawn(rng, sizes)
    parts = {
        name: np.ascontiguousarray(arguments[name].real) for name in ("h0", "eigenvalues", "B", "C")
    }
    return arguments | parts


def _square(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _drawn(rng, dict.fromkeys("TNDHO", 3))


def _outputs(
    made: Made,
    x: np.ndarray,
    h0: np.ndarray,
    eigenvalues: np.ndarray,
    B: np.ndarray,
    C: np.ndarray,
) -> np.ndarray:
    if {"conjugated", "both conjugated"} & set(made):
        B = B.conj()
    if {"C conjugated", "both conjugated"} & set(made):
        C = C.conj()
    if "real parts multiplied" in made:
        C = C.real
    h, y = h0.astype(complex), []
    if "starts from zero" in made:
        h = np.zeros_like(h)
    for x_t in x:
        if "output before the step" in made:
            y.append(h @ C.T)
        u = x_t @ B.T
        if "real state" in made:
            h = (eigenvalues * h + u).real.astype(complex)
        elif "size of the eigenvalue" in made:
            h = np.abs(eigenvalues) * h + u
        elif "input turned too" in made:
            h = eigenvalues * (h + u)
        else:
            h = eigenvalues * h + u
        if "output before the step" not in made:
            y.append((h.real if "real parts multiplied" in made else h) @ C.T)
        if "kept in a real array" in made:
            h = h.real.astype(complex)
    outputs = np.array(y)
    if "absolute value" in made:
        return np.abs(outputs)
    if "imaginary part" in made:
        return outputs.imag
    return outputs.real


EXERCISE = Exercise(
    name="diagonal_recurrence",
    lesson="17_linear_recurrences",
    points=2,
    reference=diagonal_recurrence,
    outputs={"y": "T N O"},
    draw=_drawn,
    contract=Contract(
        sizes="TNDHO",
        float32=False,
        layouts=False,
        edges=(
            Case("real eigenvalues", draw=_real),
            Case("all sizes alike", draw=_square),
        ),
    ),
    mistakes=mistakes_in(
        _outputs,
        {
            "real state": (
                "the state is made real at every step; it has to stay complex, and only the output's "
                "real part is "
                "taken, after C"
            ),
            "kept in a real array": (
                "the state is kept in an array of real numbers, which drops its imaginary part after each "
                "step (`dtype=complex`)"
            ),
            "real parts multiplied": (
                "the real parts of h and C are multiplied; take the real part of the product, to which the "
                "imaginary parts belong"
            ),
            "C conjugated": ("C is conjugated (`.conj().T`); turned it must be, by `.T` alone"),
            "both conjugated": (
                "B and C are conjugated (`.conj().T`); turned they must be, by `.T` alone"
            ),
            "size of the eigenvalue": "only the size of λ is used; its angle turns the state",
            "starts from zero": "h0 goes nowhere: the first state is λ h0 + B x_1",
            "input turned too": "the input of a step is multiplied by λ in the same step; it is added after",
            "output before the step": "each output is read before its step's input came in",
            "absolute value": "the absolute value is taken; y is the real part",
            "imaginary part": "the imaginary part is taken; y is the real part",
            "conjugated": (
                "B is conjugated (`.conj().T`, or `np.vdot`); turned it must be, by `.T` alone"
            ),
        },
        together=1,
    ),
)
