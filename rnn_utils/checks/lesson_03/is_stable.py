"""A fixed point is stable where a small distance shrinks: |w (1 − h*²)| < 1."""

import numpy as np

from rnn_utils.analysis.dynamics import is_stable
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake


def _point(w: float, h_star: float, title: str) -> Case:
    return Case(title, general=True, draw=lambda rng, sizes: {"w": w, "h_star": h_star})


def _edge(w: float, h_star: float, title: str) -> Case:
    return Case(title, draw=lambda rng, sizes: {"w": w, "h_star": h_star})


def _any_point(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a slope near 1 in size, but not too near: there the mistakes differ most."""
    h_star = round(rng.uniform(-0.9, 0.9), 2)
    size = rng.choice([rng.uniform(0.6, 0.95), rng.uniform(1.05, 1.6)])
    slope = float(rng.choice([-1, 1]) * size)
    return {"w": round(slope / (1 - h_star**2), 2), "h_star": h_star}


def _look_at_answer(arguments: Arguments, outputs: tuple[np.ndarray, ...]) -> Mistake | None:
    """Say on which side a rule errs; the judge keeps it where all wrong answers are alike."""
    if outputs[0].ndim != 0 or outputs[0] not in (0, 1):
        return None
    if outputs[0] == 0:
        name, says = (
            "too strict",
            "stable points are called unstable, and never the other way round",
        )
    else:
        name, says = "too kind", "unstable points are called stable, and never the other way round"
    return Mistake(name, says, is_stable)


EXERCISE = Exercise(
    name="is_stable",
    lesson="03_tanh",
    points=1,
    reference=is_stable,
    outputs={"stable": ""},
    draw=_any_point,
    draws=20,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(
            _point(1.8, 0.0, "the middle of three fixed points"),
            _point(1.8, 0.83, "the upper one of three fixed points"),
            _point(0.5, 0.0, "a weak weight"),
            _point(-1.5, 0.1, "a strong negative weight"),
            _point(-0.7, 0.2, "a weak negative weight"),
            _point(1.3, 0.45, "a slope just above one"),
            _point(1.8, 0.7, "a slope just below one"),
            _point(-2.6, 0.75, "a strong negative weight, saturated"),
            _edge(0.0, 0.3, "w = 0"),
            _edge(2, 0, "integers"),
            _edge(0, 0, "integers, w = 0"),
            _edge(1e-9, 0.0, "a tiny weight"),
        ),
    ),
    mistakes=(
        Mistake(
            "sign",
            "the absolute value is missing: a slope below −1 makes the distance grow as well, from "
            "side to side",
            lambda w, h_star: w * (1 - h_star**2) < 1,
        ),
        Mistake(
            "weight alone",
            "only w is looked at; the slope of tanh at h*, 1 − h*², belongs to the factor",
            lambda w, h_star: abs(w) < 1,
        ),
        Mistake(
            "double derivative",
            "tanh is applied to h* once more; h* is a state, so the slope is 1 − h*²",
            lambda w, h_star: abs(w * (1 - np.tanh(h_star) ** 2)) < 1,
        ),
        Mistake(
            "upside down",
            "stable and unstable are exchanged: a slope below 1 in size shrinks a distance",
            lambda w, h_star: abs(w * (1 - h_star**2)) >= 1,
        ),
        Mistake(
            "weight missing",
            "w is missing from the slope",
            lambda w, h_star: abs(1 - h_star**2) < 1,
        ),
        Mistake(
            "slope returned",
            "the slope itself is returned; expected is True or False",
            lambda w, h_star: w * (1 - h_star**2),
        ),
        Mistake(
            "size of the slope returned",
            "the size of the slope is returned; expected is whether it is below 1",
            lambda w, h_star: abs(w * (1 - h_star**2)),
        ),
        Mistake(
            "weight alone, without its size",
            "only w is looked at, and not even its size; the slope of tanh at h* belongs to the factor",
            lambda w, h_star: w < 1,
        ),
        Mistake(
            "positive slopes only",
            "a negative slope is called unstable; a distance that changes sides shrinks just as well",
            lambda w, h_star: 0 < w * (1 - h_star**2) < 1,
        ),
        Mistake(
            "square missing",
            "the square is missing: the slope of tanh is 1 − h*²",
            lambda w, h_star: abs(w * (1 - h_star)) < 1,
        ),
        Mistake(
            "size for square",
            "|h*| stands where its square belongs: the slope of tanh is 1 − h*²",
            lambda w, h_star: abs(w * (1 - abs(h_star))) < 1,
        ),
        Mistake(
            "brackets missing",
            "brackets are missing: w multiplies the whole slope 1 − h*²",
            lambda w, h_star: abs(w * 1 - h_star**2) < 1,
        ),
        Mistake(
            "weight inside the slope",
            "w stands inside the slope of tanh; the chain rule puts it before, as a factor",
            lambda w, h_star: abs(1 - w * h_star**2) < 1,
        ),
        Mistake(
            "weight inside the square",
            "w stands inside the square; the chain rule puts it before the slope, as a factor",
            lambda w, h_star: abs(1 - (w * h_star) ** 2) < 1,
        ),
        Mistake(
            "sum without its bias",
            "the slope is taken at the sum w h*, without the bias; the output h* alone tells it",
            lambda w, h_star: abs(w * (1 - np.tanh(w * h_star) ** 2)) < 1,
        ),
        Mistake(
            "tried without its bias",
            "the step is tried out without the bias, so that h* is no fixed point of it; the slope needs no "
            "bias",
            lambda w, h_star: abs(np.tanh(w * (h_star + 1e-3)) - h_star) < 1e-3,
        ),
        Mistake(
            "size of the state",
            "h* itself is compared with 1, and every state is below that; what counts is the slope",
            lambda w, h_star: abs(h_star) < 1,
        ),
        Mistake(
            "state times weight",
            "w h* is compared with 1; what counts is how a small distance is multiplied, the slope",
            lambda w, h_star: abs(w * h_star) < 1,
        ),
    ),
    diagnose=_look_at_answer,
)
