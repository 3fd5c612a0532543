"""A gradient by differences: (f(a + ε e_k) − f(a − ε e_k)) / 2ε, for every number of a."""

from dataclasses import dataclass

import numpy as np

from rnn_utils.analysis.gradient_check import numerical_gradient
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake


@dataclass(frozen=True)
class _Quadratic:
    """A function whose central differences are exact for any step and whose one-sided ones are not.

    It is a line, a strong curvature of each element by itself, and a coupling between all of them.
    """

    line: np.ndarray
    curvature: np.ndarray
    coupling: np.ndarray

    def __call__(self, a: np.ndarray) -> float:
        if np.shape(a) != self.line.shape:
            raise ValueError(
                f"f takes an array of the shape {self.line.shape}, but was given {np.shape(a)}"
            )
        own = np.sum(self.line * a) + 0.5 * np.sum(self.curvature * a * a)
        return float(own + 0.5 * np.sum(self.coupling * a) ** 2)

    @property
    def text(self) -> str:
        """The function as code."""
        line, curvature, coupling = (
            f"np.sum(np.array({a.round(1).tolist()}) * "
            for a in (self.line, self.curvature, self.coupling)
        )
        return f"lambda a: {line}a) + 0.5 * {curvature}a**2) + 0.5 * {coupling}a) ** 2"

    def gradient(self, a: np.ndarray) -> np.ndarray:
        """Return the exact gradient."""
        return self.line + self.curvature * a + self.coupling * np.sum(self.coupling * a)

    def bends(self) -> np.ndarray:
        """Return the second derivative with respect to each element."""
        return self.curvature + self.coupling**2

    def left_behind(self) -> np.ndarray:
        """Return how each element's slope changes when all elements before it have been moved."""
        k = self.coupling.ravel()
        return (k * (np.cumsum(k) - k)).reshape(self.line.shape)


def _function_of(letters: str) -> Draw:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        shape = tuple(sizes[letter] for letter in letters.split())
        signs = rng.choice([-1.0, 1.0], shape)
        f = _Quadratic(
            line=rng.standard_normal(shape),
            curvature=signs * rng.uniform(500, 1000, shape),
            coupling=rng.choice([-1.0, 1.0], shape) * rng.uniform(8, 16, shape),
        )
        return {"f": f, "a": 1e-3 * rng.standard_normal(shape)}

    return draw


_ONE_SIDED = (
    "the difference is one-sided, (f(a + ε) − f(a)) / ε: its error grows with ε, that of "
    "(f(a + ε) − f(a − ε)) / 2ε only with ε²"
)


_NOT_HALVED = "the difference is divided by ε; from a − ε to a + ε it is two ε"


_NOT_DIVIDED = "the difference is not divided by the distance between the two points"


_SECOND = "one of the two differences is one-sided and divided by two steps"


_NOT_RESTORED = (
    "an element is not put back before the next one is moved, so that f is asked at a place that has "
    "drifted away from a"
)


def _differences(arguments: Arguments, got: tuple[np.ndarray, ...]) -> Mistake | None:
    """Take the returned values apart into the gradient, the curvature and what was left behind.

    A one-sided difference holds ε/2 of the curvature, whatever the learner's ε is.
    """
    f, a = arguments["f"], arguments["a"]
    if got[0].shape != a.shape or a.size < 4 or not np.isfinite(got[0]).all():
        return None
    parts = np.stack([f.gradient(a), f.bends(), f.left_behind()], axis=-1).reshape(-1, 3)
    scale = np.abs(parts).max(axis=0)
    shares, *_ = np.linalg.lstsq(parts / scale, got[0].astype(float).ravel(), rcond=None)
    if not np.allclose(parts / scale @ shares, got[0].ravel(), rtol=0, atol=1e-5 * scale[0]):
        return None
    gradient, bend, left = shares / scale[0]
    bent, drifted = abs(bend) > 1e-7, abs(left) > 1e-7
    if np.isclose(gradient, 1, atol=1e-4) and drifted:
        return Mistake("not restored", _NOT_RESTORED, numerical_gradient)
    if np.isclose(gradient, 1, atol=1e-4) and bent:
        return Mistake("one-sided", _ONE_SIDED, numerical_gradient)
    if np.isclose(gradient, 0.5, atol=1e-4):
        return Mistake("one-sided over two steps", _SECOND, numerical_gradient)
    if 0 < abs(gradient) < 0.05:
        return Mistake("not divided", _NOT_DIVIDED, numerical_gradient)
    return None


_STEP = 1e-5


def _moved(f: _Quadratic, a: np.ndarray, up: float, down: float) -> np.ndarray:
    """Return (f(a + up) − f(a − down)) for every element, all of them from the same place."""
    return (up + down) * f.gradient(a) + 0.5 * (up**2 - down**2) * f.bends()


EXERCISE = Exercise(
    name="numerical_gradient",
    lesson="06_step_gradients",
    points=2,
    reference=numerical_gradient,
    outputs={"gradient": ""},
    tolerance=1e-7,
    draw=_function_of("H D"),
    draws=2,
    contract=Contract(
        float32=False,
        zeros=("a",),
        edges=(
            Case("a vector", general=True, draw=_function_of("H")),
            Case("an array with three axes", general=True, draw=_function_of("T N H")),
            Case("one row", {"H": 1}),
            Case("one column", {"D": 1}),
            Case("a single number, shape (1,)", {"H": 1}, draw=_function_of("H")),
            Case("four axes", draw=_function_of("T N D H")),
        ),
    ),
    mistakes=(
        Mistake("one-sided", _ONE_SIDED, lambda f, a: _moved(f, a, _STEP, 0) / _STEP),
        Mistake(
            "one-sided, backwards",
            "the difference is one-sided, (f(a) − f(a − ε)) / ε: its error grows with ε, that of "
            "(f(a + ε) − f(a − ε)) / 2ε only with ε²",
            lambda f, a: _moved(f, a, 0, _STEP) / _STEP,
        ),
        Mistake("not halved", _NOT_HALVED, lambda f, a: 2 * f.gradient(a)),
        Mistake(
            "one-sided over two steps", _SECOND, lambda f, a: _moved(f, a, _STEP, 0) / 2 / _STEP
        ),
        Mistake("not divided", _NOT_DIVIDED, lambda f, a: _moved(f, a, _STEP, _STEP)),
        Mistake(
            "brackets missing",
            "the difference is halved and then multiplied by ε: `d / 2 * step` is (d / 2) · step; put the "
            "distance into brackets, `d / (2 * step)`",
            lambda f, a: _moved(f, a, _STEP, _STEP) / 2 * _STEP,
        ),
        Mistake(
            "multiplied by the step",
            "the difference is multiplied by 2ε; it should be divided",
            lambda f, a: _moved(f, a, _STEP, _STEP) * 2 * _STEP,
        ),
        Mistake(
            "no copies",
            "both values of f are taken at the same place, and their difference is 0: `up = a` is a second "
            "name for the same array, `a.copy()` is a new one",
            lambda f, a: np.zeros_like(a),
        ),
        Mistake(
            "sign",
            "the two values are subtracted the wrong way round: f(a + ε) comes first",
            lambda f, a: -f.gradient(a),
        ),
        Mistake(
            "all at once",
            "all elements are moved at once, so that every place holds the sum of all slopes: move one "
            "element at a time",
            lambda f, a: np.full_like(a, f.gradient(a).sum()),
        ),
        Mistake(
            "one number",
            "all elements are moved at once and one number is returned: move one element at a time, "
            "and keep one slope for each",
            lambda f, a: f.gradient(a).sum(),
        ),
        Mistake(
            "whole rows",
            "whole rows a[i] are moved; with two axes an element is a[i, j] (np.ndindex gives all the "
            "places of any shape)",
            lambda f, a: (
                np.zeros_like(a)
                + f.gradient(a).reshape(len(a), -1).sum(axis=1).reshape(-1, *[1] * (a.ndim - 1))
            ),
        ),
        Mistake(
            "whole rows, one number each",
            "whole rows a[i] are moved, and there is one slope for each row; with two axes an element "
            "is a[i, j]",
            lambda f, a: f.gradient(a).reshape(len(a), -1).sum(axis=1),
        ),
        Mistake(
            "flat",
            "the slopes are right and stand in one row; the gradient has the shape of a",
            lambda f, a: f.gradient(a).ravel(),
        ),
        Mistake(
            "not restored",
            _NOT_RESTORED,
            lambda f, a: f.gradient(a) - _STEP * f.left_behind(),
        ),
        Mistake(
            "the sum of the values",
            "the two values of f are added; a slope is made of their difference",
            lambda f, a: (2 * f(a) + _STEP**2 * f.bends()) / (2 * _STEP),
        ),
        Mistake(
            "second derivative",
            "this is how much f bends (the second derivative); asked is its slope",
            lambda f, a: f.bends(),
        ),
        Mistake(
            "last element only",
            "only the last element has a slope: is the array of results made anew inside the loop?",
            lambda f, a: np.where(
                np.arange(a.size) == a.size - 1, f.gradient(a).ravel(), 0
            ).reshape(a.shape),
        ),
        Mistake(
            "first element only",
            "only the first element has a slope: is the return inside the loop?",
            lambda f, a: np.where(np.arange(a.size) == 0, f.gradient(a).ravel(), 0).reshape(
                a.shape
            ),
        ),
    ),
    diagnose=_differences,
)
