"""How far two arrays are apart for their size: max|a − b| / max(max|a|, max|b|)."""

import numpy as np

from rnn_utils.analysis.gradient_check import relative_error
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake


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


def _each(a: np.ndarray, b: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.abs(a - b) / np.where(scale > 0, scale, 1.0)


EXERCISE = Exercise(
    name="relative_error",
    lesson="06_step_gradients",
    points=1,
    reference=relative_error,
    outputs={"error": ""},
    draw=_pair(),
    draws=2,
    contract=Contract(
        sizes="HD",
        float32=False,
        integers=("a", "b"),
        zeros=("a", "b"),
        any_shape=("a", "b"),
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
            "no absolute values",
            "no absolute value is taken, neither of the difference nor of the two arrays: a value of −2 "
            "is larger in size than one of 1",
            lambda a, b: _ratio(float(np.max(a - b)), float(max(np.max(a), np.max(b)))),
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
