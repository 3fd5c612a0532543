"""Gradients that are too long are shortened: g ← g · min(1, max_norm / ‖g‖), with ‖g‖ over all arrays."""

from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_08.shared import (
    WEIGHTS,
    Five,
    five_arrays,
    named,
    parts_of,
    which_updated,
)
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.models import RNNParameters
from rnn_utils.training.optimizers import clip_by_global_norm, global_norm


def _gradients_and_bound(low: float, high: float) -> Draw:
    """Return a draw of gradients, and a bound that is so many times their norm."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        gradients = RNNParameters(*(3.0 * g for g in WEIGHTS(rng, sizes).values()))
        bound = float(rng.uniform(low, high)) * global_norm(gradients)
        return {"gradients": gradients, "max_norm": bound}

    return draw


def _zero_gradients(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    gradients = RNNParameters(*(np.zeros_like(g) for g in WEIGHTS(rng, sizes).values()))
    return {"gradients": gradients, "max_norm": 1.0}


def _small_gradients(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw gradients so small that a number like 1e-6 beside their norm shows."""
    drawn = _gradients_and_bound(0.2, 0.4)(rng, sizes)
    gradients = RNNParameters(*(1e-3 * g for g in drawn["gradients"]))
    return {"gradients": gradients, "max_norm": 1e-3 * drawn["max_norm"]}


_CONTRACT = Contract(
    sizes="DHO",
    edges=(
        Case("gradients short enough", general=True, draw=_gradients_and_bound(1.5, 3.0)),
        Case("gradients a little too long", general=True, draw=_gradients_and_bound(0.85, 0.95)),
        Case("gradients of zeros", draw=_zero_gradients),
        Case("small gradients, still too long", draw=_small_gradients),
    ),
)


def _sum_of_squares(gradients: Five) -> float:
    return float(sum(np.sum(g**2) for g in gradients))


def _norm(made: Made, gradients: Five) -> float:
    if "root missing" in made:
        return _sum_of_squares(gradients)
    if "sum of the norms" in made:
        return float(sum(np.linalg.norm(g) for g in gradients))
    if "absolute values" in made:
        return float(sum(np.abs(g).sum() for g in gradients))
    if "mean square" in made:
        return float(np.sqrt(_sum_of_squares(gradients) / sum(g.size for g in gradients)))
    if "largest norm" in made:
        return float(max(np.linalg.norm(g) for g in gradients))
    if "largest number" in made:
        return float(max(np.abs(g).max() for g in gradients))
    if "largest singular value" in made:
        return float(np.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in gradients)))
    if "biases left out" in made:
        return float(np.sqrt(_sum_of_squares(tuple(g for g in gradients if g.ndim == 2))))
    if "first array's norm" in made:
        return float(np.linalg.norm(gradients[0]))
    if "last array's norm" in made:
        return float(np.linalg.norm(gradients[-1]))
    if "squares missing" in made:
        return float(np.sqrt(max(sum(g.sum() for g in gradients), 0.0)))
    return float(np.sqrt(_sum_of_squares(gradients)))


def _clip(made: Made, gradients: Five, max_norm: float) -> tuple[Five, float]:
    norm = _norm(made, gradients)
    returned = norm
    if "squared norm returned" in made:
        returned = norm**2
    if "norm afterwards" in made:
        returned = min(norm, max_norm)
    if "scale returned" in made:
        returned = min(1.0, max_norm / norm) if norm else 1.0
    if "clipped by value" in made:
        return tuple(np.clip(g, -max_norm, max_norm) for g in gradients), returned
    if "each by itself" in made:
        return tuple(g * min(1.0, max_norm / np.linalg.norm(g)) for g in gradients), returned
    scale = max_norm / norm
    if "scaled to one" in made:
        scale = 1 / norm
    if "upside down" in made:
        scale = norm / max_norm
    if "scale squared" in made:
        scale = scale**2
    if "scaled by the bound" in made:
        scale = max_norm
    clips = norm < max_norm if "comparison reversed" in made else norm > max_norm
    if "never" in made:
        clips = False
    if not clips and "always" not in made:
        scale = 1.0
    if "zeros" in made and clips:
        scale = 0.0
    return tuple(
        scale * g if updated else g
        for g, updated in zip(
            gradients, which_updated(made - {"biases left out"}, gradients), strict=True
        )
    ), returned


_CLIP_SAYS = {
    "each by itself": (
        "each array is shortened by itself, which turns the step; all arrays are one long vector and "
        "share one factor"
    ),
    "clipped by value": (
        "each number is cut off by itself, which turns the step; all are multiplied by one factor"
    ),
    "always": (
        "short gradients are stretched to max_norm as well; those that are short enough stay as they are"
    ),
    "never": "the gradients come back as they were, however long they are",
    "comparison reversed": "short gradients are changed and long ones are not: the comparison is reversed",
    "root missing": "the root is missing: a length is √Σg², this is Σg²",
    "sum of the norms": (
        "the lengths of the arrays are added; squares are added first, over all, and the root comes last"
    ),
    "absolute values": "absolute values are added; a length is the root of the sum of squares",
    "mean square": "a mean is taken of the squares; a length has their sum",
    "largest norm": "the longest single array stands for the length of all together",
    "largest number": "the largest single number stands for the length of all together",
    "largest singular value": (
        "np.linalg.norm(g, 2) of a matrix is its largest singular value; the length needs all numbers"
    ),
    "biases left out": "the biases are left out of the length; all five arrays count",
    "first array's norm": "the length is that of the first array alone; all five count",
    "last array's norm": (
        "the length is that of the last array alone; all five count (is a sum begun anew in the loop?)"
    ),
    "squares missing": "the numbers are added without their squares, so that signs cancel",
    "scaled to one": "long gradients are brought to length one; they should keep the length max_norm",
    "upside down": "the factor is upside down: what is too long must shrink, max_norm / norm",
    "scale squared": "the factor is applied twice",
    "scaled by the bound": "the factor is max_norm itself; the length they have must be divided away",
    "zeros": "long gradients become zero; they should be shortened to max_norm",
    "only the first array": "only the first array is shortened; the one factor is for all five",
    "only the last array": "only the last array is shortened; the one factor is for all five",
    "norm afterwards": "the norm after clipping is returned; expected is the norm before it",
    "squared norm returned": "the squared norm is returned; expected is the norm",
    "scale returned": "the factor is returned; expected is the norm before clipping",
}


def _read_clipped(value: Any) -> tuple[Any, ...]:
    gradients, norm = parts_of(value, "the gradients", "the norm that they had")
    if isinstance(norm, tuple | list) and np.ndim(gradients) == 0:
        raise ValueError("the gradients come first, then the norm.")
    return (*five_arrays(gradients, "the gradients"), norm)


@np.errstate(all="ignore")
def _divided_by_the_norm(gradients: Five, max_norm: float) -> tuple[Five, float]:
    norm = np.float64(_norm(frozenset(), gradients))
    return tuple(g / norm * min(norm, max_norm) for g in gradients), norm


EXERCISE = Exercise(
    name="clip_by_global_norm",
    lesson="08_training",
    points=2,
    reference=clip_by_global_norm,
    outputs=named("d") | {"norm": ""},
    draw=_gradients_and_bound(0.2, 0.4),
    contract=_CONTRACT,
    draws=2,
    forbids=(global_norm,),
    mistakes=(
        *mistakes_in(_clip, _CLIP_SAYS),
        Mistake(
            "zeros divided by their norm",
            "gradients of zeros are divided by their norm, which is 0: divide only where the norm is larger "
            "than max_norm",
            _divided_by_the_norm,
        ),
    ),
    convert=_read_clipped,
)
