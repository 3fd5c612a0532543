"""Lesson 06, gradients of one step."""

from dataclasses import dataclass

import numpy as np

from rnn_utils.analysis.gradient_check import numerical_gradient, relative_error
from rnn_utils.cells.rnn import rnn_step_backward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes, arrays, scaled
from rnn_utils.checks.framework.exercise import Exercise, Mistake, slips
from rnn_utils.checks.slips import backward as backward_steps
from rnn_utils.checks.slips.step import Slips
from rnn_utils.layers.output import output_layer_backward
from rnn_utils.training.losses import cross_entropy_backward

_LESSON = "06_step_gradients"


# numerical_gradient ------------------------------------------------------------------------------


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


_NUMERICAL_GRADIENT = Exercise(
    name="numerical_gradient",
    lesson=_LESSON,
    points=2,
    reference=numerical_gradient,
    outputs={"gradient": ""},
    draw=_function_of("H D"),
    draws=2,
    tolerance=1e-7,
    diagnose=_differences,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(
            Case("a vector", general=True, draw=_function_of("H")),
            Case("an array with three axes", general=True, draw=_function_of("T N H")),
            Case("one row", {"H": 1}),
            Case("one column", {"D": 1}),
            Case("a single number, shape (1,)", {"H": 1}, draw=_function_of("H")),
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
            "multiplied by the step",
            "the difference is multiplied by 2ε; it should be divided",
            lambda f, a: _moved(f, a, _STEP, _STEP) * 2 * _STEP,
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
)


# relative_error ----------------------------------------------------------------------------------


def _pair(larger: str = "") -> Draw:
    """Draw two arrays that are nearly equal; single elements near zero differ by much of themselves."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        shape = (sizes["H"], sizes["D"])
        a = rng.uniform(0.1, 1.0, shape) * rng.choice([-1.0, 1.0], shape)
        gap = 0.02 * rng.uniform(0.1, 1.0, shape) * rng.choice([-1.0, 1.0], shape)
        b = a + gap
        a.flat[0], b.flat[0] = 1e-3, -5e-3
        pair = {"a": a, "b": 1.3 * b} if larger == "b" else {"a": 1.3 * a, "b": b}
        return pair if larger else {"a": a, "b": b}

    return draw


def _zeros_pair(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"a": np.zeros((sizes["H"], sizes["D"])), "b": np.zeros((sizes["H"], sizes["D"]))}


def _one_zero(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"a": rng.standard_normal(sizes["H"]), "b": np.zeros(sizes["H"])}


def _opposite(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    a = rng.standard_normal(sizes["H"])
    return {"a": a, "b": -a}


def _tiny(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    pair = _pair()(rng, sizes)
    return {name: 1e-9 * value for name, value in pair.items()}


def _top(a: np.ndarray) -> float:
    return float(np.max(np.abs(a)))


def _ratio(above: float, below: float) -> float:
    return above / below if below else 0.0


_RELATIVE_ERROR = Exercise(
    name="relative_error",
    lesson=_LESSON,
    points=1,
    reference=relative_error,
    outputs={"error": ""},
    draw=_pair(),
    draws=2,
    contract=Contract(
        sizes="HD",
        float32=False,
        layouts=False,
        edges=(
            Case("the first array is the larger", general=True, draw=_pair("a")),
            Case("the second array is the larger", general=True, draw=_pair("b")),
            Case("opposite arrays", draw=_opposite),
            Case("one array of zeros", draw=_one_zero),
            Case("two arrays of zeros", draw=_zeros_pair),
            Case("tiny gradients", draw=_tiny),
        ),
    ),
    mistakes=(
        Mistake(
            "element by element",
            "each difference is divided by its own two values, so that an element near zero decides; "
            "here there is one scale for the whole array",
            lambda a, b: np.max(_each(a, b, np.maximum(np.abs(a), np.abs(b)))),
        ),
        Mistake(
            "element by element, by the sum",
            "each difference is divided by the sum of its own two values; here there is one scale for "
            "the whole array, the largest value",
            lambda a, b: np.max(_each(a, b, np.abs(a) + np.abs(b))),
        ),
        Mistake(
            "one per element",
            "there is one number for each element; asked is one for the whole array",
            lambda a, b: _each(a, b, np.maximum(np.abs(a), np.abs(b))),
        ),
        Mistake(
            "mean of the elements",
            "the errors of the elements are averaged; asked is the largest difference over the largest "
            "value",
            lambda a, b: np.mean(_each(a, b, np.maximum(np.abs(a), np.abs(b)))),
        ),
        Mistake(
            "mean difference",
            "the differences are averaged, so that one wrong element hides among many right ones",
            lambda a, b: _ratio(float(np.mean(np.abs(a - b))), max(_top(a), _top(b))),
        ),
        Mistake(
            "absolute error",
            "the difference is not divided by a scale: this is the absolute error",
            lambda a, b: _top(a - b),
        ),
        Mistake(
            "scale of the first",
            "only the first array is asked for its largest value; the scale is the larger of both",
            lambda a, b: _ratio(_top(a - b), _top(a)),
        ),
        Mistake(
            "scale of the second",
            "only the second array is asked for its largest value; the scale is the larger of both",
            lambda a, b: _ratio(_top(a - b), _top(b)),
        ),
        Mistake(
            "smaller scale",
            "the scale is the smaller of the two largest values; asked is the larger",
            lambda a, b: _ratio(_top(a - b), min(_top(a), _top(b))),
        ),
        Mistake(
            "sum of the scales",
            "the two largest values are added; the scale is the larger of the two",
            lambda a, b: _ratio(_top(a - b), _top(a) + _top(b)),
        ),
        Mistake(
            "absolute value missing above",
            "the absolute value is missing from the difference: a difference of −1 is as large as one "
            "of 1",
            lambda a, b: _ratio(float(np.max(a - b)), max(_top(a), _top(b))),
        ),
        Mistake(
            "absolute value missing above, other order",
            "the absolute value is missing from the difference: a difference of −1 is as large as one "
            "of 1",
            lambda a, b: _ratio(float(np.max(b - a)), max(_top(a), _top(b))),
        ),
        Mistake(
            "absolute value missing below",
            "the absolute value is missing from the scale: a value of −2 is larger in size than one "
            "of 1",
            lambda a, b: _ratio(_top(a - b), max(float(np.max(a)), float(np.max(b)))),
        ),
        Mistake(
            "difference of the sizes",
            "absolute values are taken before the subtraction, so that 1 and −1 count as equal",
            lambda a, b: _ratio(_top(np.abs(a) - np.abs(b)), max(_top(a), _top(b))),
        ),
        Mistake(
            "lengths",
            "this is the length of the difference over the sum of the lengths; asked is the largest "
            "difference over the largest value",
            lambda a, b: _ratio(
                float(np.linalg.norm(a - b)), float(np.linalg.norm(a) + np.linalg.norm(b))
            ),
        ),
        Mistake(
            "lengths, larger one",
            "this is the length of the difference over the larger length; asked is the largest "
            "difference over the largest value",
            lambda a, b: _ratio(
                float(np.linalg.norm(a - b)), float(max(np.linalg.norm(a), np.linalg.norm(b)))
            ),
        ),
        Mistake(
            "sums",
            "the differences and the values are summed up; asked is the largest difference over the "
            "largest value",
            lambda a, b: _ratio(
                float(np.sum(np.abs(a - b))), float(max(np.sum(np.abs(a)), np.sum(np.abs(b))))
            ),
        ),
        Mistake(
            "nan for zeros",
            "two arrays of zeros give 0/0; they are equal, so the error is 0",
            lambda a, b: np.float64(_top(a - b)) / max(_top(a), _top(b)),
        ),
        Mistake(
            "patched scale",
            "a small number is added to the scale against 0/0, which hides the error of tiny gradients: "
            "treat the scale 0 by itself",
            lambda a, b: _top(a - b) / (max(_top(a), _top(b)) + 1e-8),
        ),
        Mistake(
            "scale cut off",
            "the scale is kept from falling below a small number, which hides the error of tiny "
            "gradients: treat the scale 0 by itself",
            lambda a, b: _top(a - b) / max(_top(a), _top(b), 1e-8),
        ),
        Mistake(
            "percent",
            "this is in percent; a relative error of 1 % is 0.01",
            lambda a, b: 100 * _ratio(_top(a - b), max(_top(a), _top(b))),
        ),
    ),
)


def _each(a: np.ndarray, b: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.abs(a - b) / np.where(scale > 0, scale, 1.0)


# cross_entropy_backward --------------------------------------------------------------------------


def _scores_and_targets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    N, O = sizes["N"], sizes["O"]  # noqa: E741
    return {"y": rng.standard_normal((N, O)), "targets": rng.integers(0, O, N)}


def _huge_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw rows around +1000 and around −1000: neither may overflow nor vanish."""
    arguments = _scores_and_targets(rng, sizes)
    offset = np.where(np.arange(sizes["N"]) % 2, -1000.0, 1000.0)[:, None]
    return arguments | {"y": arguments["y"] + offset}


def _far_apart_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _scores_and_targets(rng, sizes)
    y = 1000.0 * rng.choice([-1.0, 1.0], (sizes["N"], sizes["O"]))
    y[0] = 1000.0 * np.where(np.arange(sizes["O"]) == arguments["targets"][0], -1.0, 1.0)
    return arguments | {"y": y}


def _probabilities(made: Slips, y: np.ndarray) -> np.ndarray:
    axis = 0 if "softmax over the batch" in made else None if "softmax over all" in made else -1
    if "sigmoid" in made:
        return 0.5 * (1 + np.tanh(0.5 * y))
    if "softmax missing" in made:
        return y
    if "largest of all subtracted" in made:
        y = y - y.max()
    elif "overflow" not in made:
        y = y - y.max(axis=axis, keepdims=True)
    e = np.exp(y)
    if "not normalised" in made:
        return e
    p = e / e.sum(axis=axis, keepdims=True)
    if "logarithm of the probabilities" in made:
        p = np.log(p)
    if "softmax twice" in made:
        return np.exp(p) / np.exp(p).sum(axis=-1, keepdims=True)
    return p


def _cross_entropy_backward(made: Slips, y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    N, O = y.shape  # noqa: E741
    p = _probabilities(made, y)
    columns = targets - 1 if "targets counted from 1" in made else targets
    one_hot = np.zeros_like(p)
    one_hot[np.arange(N), columns] = 1.0
    dy = p - one_hot
    if "one-hot missing" in made:
        dy = p
    if "one-hot added" in made:
        dy = p + one_hot
    if "one-hot only" in made:
        dy = -one_hot
    if "class numbers subtracted" in made:
        dy = p - targets[:, None]
    if "all rows with all targets" in made:
        dy = p.copy()
        dy[:, targets] -= 1.0
    if "gradient by p" in made:
        dy = -one_hot / p
    if "times p twice" in made:
        dy = (p - one_hot) * p
    if "times the softmax derivative" in made:
        dy = (p - one_hot) * p * (1 - p)
    if "others zero" in made:
        dy = (p - one_hot) * one_hot
    if "sign" in made:
        dy = -dy
    if "not divided" in made:
        return dy
    if "divided by all scores" in made:
        return dy / (N * O)
    if "divided by the classes" in made:
        return dy / O
    if "divided twice" in made:
        return dy / N**2
    if "divided before the subtraction" in made:
        return p / N - one_hot
    return p - one_hot / N if "only the one-hot is divided" in made else dy / N


_CROSS_ENTROPY_BACKWARD = Exercise(
    name="cross_entropy_backward",
    lesson=_LESSON,
    points=2,
    reference=cross_entropy_backward,
    outputs={"dy": "N O"},
    draw=_scores_and_targets,
    contract=Contract(
        sizes="NO",
        edges=(
            Case("scores near ±1000", draw=_huge_scores),
            Case("scores of +1000 and −1000 in one row", draw=_far_apart_scores),
        ),
    ),
    mistakes=slips(
        _cross_entropy_backward,
        {
            "not divided": "the mean over the batch is forgotten: each row's share in the loss is 1/N",
            "divided by all scores": (
                "it is divided by the number of all scores, N·O; the loss is a mean over the N rows"
            ),
            "divided by the classes": (
                "it is divided by the number of classes; the loss is a mean over the N rows"
            ),
            "divided twice": "it is divided by N twice",
            "divided before the subtraction": (
                "p is divided by N and the 1 of the right class is not; both belong to the row's loss"
            ),
            "only the one-hot is divided": (
                "the 1 of the right class is divided by N and p is not; both belong to the row's loss"
            ),
            "one-hot missing": (
                "the 1 of the right class is not subtracted: raising its score lowers the loss"
            ),
            "one-hot added": "the 1 of the right class is added; raising its score lowers the loss",
            "one-hot only": "only the right class has a gradient; every score takes part in the sum of e^y",
            "others zero": (
                "the gradient of the wrong classes is zero; every score takes part in the sum of e^y"
            ),
            "class numbers subtracted": (
                "the number of the class is subtracted from every probability; what is subtracted is 1, "
                "at the right class only"
            ),
            "targets counted from 1": "the targets are counted from 1; class 0 is the first column",
            "all rows with all targets": (
                "p[:, targets] picks the targets' columns in every row; each row has its own target"
            ),
            "sign": "the sign is wrong: raising the score of a wrong class raises the loss",
            "softmax missing": (
                "the softmax is missing: the gradient is made of probabilities, not of the scores"
            ),
            "softmax over the batch": (
                "the softmax runs over the batch (axis 0); the probabilities of a row add up to 1"
            ),
            "softmax over all": (
                "the softmax runs over all rows together; the probabilities of each row add up to 1"
            ),
            "not normalised": "the exponentials are not divided by their sum, so they are no probabilities",
            "softmax twice": "the softmax is taken twice",
            "sigmoid": "a sigmoid is taken in place of the softmax",
            "logarithm of the probabilities": (
                "log p stands where p belongs: differentiating the logarithm has removed it"
            ),
            "overflow": (
                "exp overflows for large scores: subtract the largest score of the row first, which "
                "changes nothing on paper"
            ),
            "largest of all subtracted": (
                "the largest score of the whole batch is subtracted, so that all powers of another row "
                "vanish: each row needs its own largest"
            ),
            "gradient by p": (
                "this is the gradient with respect to the probabilities, −1/p; one step of the chain "
                "rule is missing, from the probabilities to the scores"
            ),
            "times p twice": "p − 1 is multiplied by p once more; the softmax is in it already",
            "times the softmax derivative": (
                "p (1 − p) is multiplied in once more; p − 1 has passed the softmax already"
            ),
        },
    ),
)


# output_layer_backward ---------------------------------------------------------------------------


def _output_layer_backward(
    made: Slips, dy: np.ndarray, h_t: np.ndarray, W_hy: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    N = len(dy)
    dh_t, dW_hy, db_y = dy @ W_hy, dy.T @ h_t, dy.sum(axis=0)
    if "dW_hy transposed" in made:
        dW_hy = dW_hy.T
    if "dh_t with the derivative of tanh" in made:
        dh_t = dh_t * (1 - h_t**2)
    if "tanh derivative everywhere" in made:
        dh_t = dh_t * (1 - h_t**2)
        dW_hy = dy.T @ (1 - h_t**2)
    if "dW_hy with tanh of the state" in made:
        dW_hy = dy.T @ np.tanh(h_t)
    if "mean over the batch" in made:
        dW_hy, db_y = dW_hy / N, db_y / N
    if "db_y mean over the batch" in made:
        db_y = db_y / N
    if "db_y with a kept axis" in made:
        db_y = db_y[None]
    if "db_y as a column" in made:
        db_y = db_y[:, None]
    if "db_y with the batch" in made:
        db_y = dy
    if "db_y summed over the classes" in made:
        db_y = dy.sum(axis=1)
    if "db_y summed over the classes, kept" in made:
        db_y = dy.sum(axis=1, keepdims=True)
    if "db_y is one number" in made:
        db_y = dy.sum()
    if "db_y is ones" in made:
        db_y = np.ones_like(db_y)
    if "dW_hy without dy" in made:
        dW_hy = np.broadcast_to(h_t.sum(axis=0), dW_hy.shape)
    if "dW_hy without the state" in made:
        dW_hy = np.broadcast_to(db_y[:, None], dW_hy.shape)
    if "dh_t without dy" in made:
        dh_t = np.broadcast_to(W_hy.sum(axis=0), dh_t.shape)
    if "dh_t summed over the batch" in made:
        dh_t = dh_t.sum(axis=0)
    if "dW_hy of each row" in made:
        dW_hy = dy[:, :, None] * h_t[:, None, :]
    if "first row only" in made:
        dW_hy, db_y = np.outer(dy[0], h_t[0]), dy[0]
    if "last row only" in made:
        dW_hy, db_y = np.outer(dy[-1], h_t[-1]), dy[-1]
    if "sign" in made:
        dh_t, dW_hy, db_y = -dh_t, -dW_hy, -db_y
    if "the first two exchanged" in made:
        return dW_hy, dh_t, db_y
    return dh_t, dW_hy, db_y


_OUTPUT_BACKWARD = arrays(dy="N O", h_t="N H", W_hy="O H")


def _output_gradients(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _OUTPUT_BACKWARD(rng, sizes)
    return arguments | {"h_t": np.tanh(arguments["h_t"])}


_OUTPUT_LAYER_BACKWARD = Exercise(
    name="output_layer_backward",
    lesson=_LESSON,
    points=2,
    reference=output_layer_backward,
    outputs={"dh_t": "N H", "dW_hy": "O H", "db_y": "O"},
    draw=_output_gradients,
    diagnose=backward_steps.clipped(output_layer_backward),
    contract=Contract(
        sizes="NHO",
        edges=(Case("a large upstream gradient", draw=scaled(_output_gradients, dy=1000.0)),),
    ),
    mistakes=slips(
        _output_layer_backward,
        {
            "dW_hy transposed": "dW_hy is transposed: it has the shape of W_hy, (O, H)",
            "dh_t with the derivative of tanh": (
                "dh_t is multiplied by 1 − h_t²: that tanh belongs to the step, not to the output layer"
            ),
            "tanh derivative everywhere": (
                "the derivative of tanh is multiplied in; the output layer has no tanh"
            ),
            "dW_hy with tanh of the state": (
                "dW_hy is made with tanh(h_t); W_hy was multiplied by h_t as it is"
            ),
            "mean over the batch": (
                "the gradients of the weight and the bias are averaged over the batch; they are sums "
                "(the 1/N of a mean loss is in dy already)"
            ),
            "db_y mean over the batch": (
                "db_y is averaged over the batch; it is a sum (the 1/N of a mean loss is in dy already)"
            ),
            "db_y with a kept axis": "db_y has the shape (1, O); b_y, and so its gradient, is (O,)",
            "db_y as a column": "db_y has the shape (O, 1); b_y, and so its gradient, is (O,)",
            "db_y with the batch": "db_y is not summed over the batch: every row had the same b_y",
            "db_y summed over the classes": (
                "db_y is summed over the classes instead of over the batch: it should keep the axis O"
            ),
            "db_y summed over the classes, kept": (
                "db_y is summed over the classes instead of over the batch: it should keep the axis O"
            ),
            "db_y is one number": "db_y is summed up to one number; there is one for each class",
            "db_y is ones": "db_y is ones: ∂y/∂b_y is 1, and dy is still to be multiplied in",
            "dW_hy without dy": "dW_hy lacks dy: the chain rule multiplies by what comes from above",
            "dW_hy without the state": "dW_hy lacks h_t, which W_hy was multiplied by",
            "dh_t without dy": "dh_t lacks dy: the chain rule multiplies by what comes from above",
            "dh_t summed over the batch": (
                "dh_t is summed over the batch; each row has its own state, and its own gradient"
            ),
            "dW_hy of each row": "dW_hy is not summed over the batch: every row had the same W_hy",
            "first row only": "only the first row of the batch enters the gradients of the weights",
            "last row only": (
                "only the last row of the batch enters the gradients of the weights: = for +=?"
            ),
            "sign": "the sign is wrong throughout",
            "the first two exchanged": (
                "dW_hy and dh_t stand in each other's place; the order is dh_t, dW_hy, db_y, that of the "
                "forward arguments"
            ),
        },
    ),
)


# rnn_step_backward -------------------------------------------------------------------------------

_FORWARD = arrays(x_t="N D", h_prev="N H", W_xh="H D", W_hh="H H", b_h="H", dh_t="N H")


def _step_gradients(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a step, run it forward, and draw what comes back to its state."""
    x_t, h_prev, W_xh, W_hh, b_h, dh_t = _FORWARD(rng, sizes).values()
    h_prev = np.tanh(h_prev)
    h_t = np.tanh(h_prev @ W_hh.T + x_t @ W_xh.T + b_h)
    return {"dh_t": dh_t, "x_t": x_t, "h_prev": h_prev, "h_t": h_t, "W_xh": W_xh, "W_hh": W_hh}


_RNN_STEP_BACKWARD = Exercise(
    name="rnn_step_backward",
    lesson=_LESSON,
    points=3,
    reference=rnn_step_backward,
    outputs={"dx_t": "N D", "dh_prev": "N H", "dW_xh": "H D", "dW_hh": "H H", "db_h": "H"},
    draw=_step_gradients,
    diagnose=backward_steps.clipped(rnn_step_backward),
    contract=Contract(
        sizes="NDH",
        edges=(Case("a large upstream gradient", draw=scaled(_step_gradients, dh_t=1000.0)),),
    ),
    mistakes=slips(
        backward_steps.rnn_step_backward,
        backward_steps.SLOPE | backward_steps.STEP | backward_steps.PARTS,
    ),
)

EXERCISES = (
    _NUMERICAL_GRADIENT,
    _RELATIVE_ERROR,
    _CROSS_ENTROPY_BACKWARD,
    _OUTPUT_LAYER_BACKWARD,
    _RNN_STEP_BACKWARD,
)
