"""Lesson 08, training."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.checks.framework.exercise import (
    Arguments,
    Case,
    Draw,
    Exercise,
    Sizes,
    arrays,
    slips,
)
from rnn_utils.checks.slips.step import Slips
from rnn_utils.training import loop
from rnn_utils.training.models import RNNParameters, loss_and_gradients
from rnn_utils.training.optimizers import (
    AdamState,
    adam_update,
    clip_by_global_norm,
    global_norm,
    sgd_update,
)

_LESSON = "08_training"

Five = tuple[np.ndarray, ...]
Batches = list[tuple[np.ndarray, np.ndarray]]
Model = Callable[..., tuple[float, Any]]

_NAMES = RNNParameters._fields
_SHAPES = {"W_xh": "H D", "W_hh": "H H", "b_h": "H", "W_hy": "O H", "b_y": "O"}
_BIASES = ("b_h", "b_y")
_WEIGHTS = arrays(**_SHAPES)


def _named(before: str) -> dict[str, str]:
    """Return the five arrays' shapes under names that begin with something."""
    return {f"{before}{name}": shape for name, shape in _SHAPES.items()}


def _five(value: Any, wanted: str) -> Five:
    """Take five arrays out of any kind of tuple or list, or say what is expected."""
    if not isinstance(value, tuple | list) or len(value) != len(_NAMES):
        came = f"{len(value)} things" if isinstance(value, tuple | list) else type(value).__name__
        raise ValueError(
            f"{wanted} should be five arrays, RNNParameters(W_xh, W_hh, b_h, W_hy, b_y); what came is "
            f"{came}."
        )
    return tuple(value)


def _parts(value: Any, *wanted: str) -> tuple[Any, ...]:
    """Take so many returned values apart, or say what is expected."""
    listed = ", then ".join(wanted)
    if not isinstance(value, tuple | list) or len(value) != len(wanted):
        came = type(value).__name__
        if came in ("tuple", "list"):
            came = f"a {came} of {len(value)}"
        raise ValueError(f"expected are {len(wanted)} things, {listed}; what came is {came}.")
    return tuple(value)


def _some(made: Slips, values: Five) -> tuple[bool, ...]:
    """Tell which of the arrays are updated at all."""
    if "only the first array" in made:
        return tuple(k == 0 for k in range(len(values)))
    if "only the last array" in made:
        return tuple(k == len(values) - 1 for k in range(len(values)))
    if "biases left out" in made:
        return tuple(name not in _BIASES for name in _NAMES)
    if "output layer left out" in made:
        return tuple(name not in ("W_hy", "b_y") for name in _NAMES)
    return (True,) * len(values)


_NOT_ALL = {
    "only the first array": "only the first array is updated; the gradients of all five count",
    "only the last array": "only the last array is updated; the gradients of all five count",
    "biases left out": "the biases are left as they were; they are learnt like the weights",
    "output layer left out": "the output layer is left as it was; W_hy and b_y are learnt too",
}


# sgd_update --------------------------------------------------------------------------------------


def _parameters_and_gradients(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {
        "parameters": RNNParameters(**_WEIGHTS(rng, sizes)),
        "gradients": RNNParameters(**_WEIGHTS(rng, sizes)),
        "learning_rate": float(rng.uniform(0.05, 0.45)),
    }


def _sgd(made: Slips, parameters: Five, gradients: Five, learning_rate: float) -> Five:
    if "unchanged" in made:
        return parameters
    rate = learning_rate
    if "learning rate missing" in made:
        rate = 1.0
    if "learning rate twice" in made:
        rate = rate**2
    if "divided by the learning rate" in made:
        rate = 1 / rate
    if "sign" in made:
        rate = -rate
    if "direction alone" in made:
        gradients = tuple(map(np.sign, gradients))
    if "length one" in made:
        gradients = tuple(g / global_norm(gradients) for g in gradients)
    if "step returned" in made:
        return tuple(-rate * g for g in gradients)
    if "rate times gradient returned" in made:
        return tuple(rate * g for g in gradients)
    if "exchanged" in made:
        return tuple(g - rate * p for p, g in zip(parameters, gradients, strict=True))
    if "learning rate over the bracket" in made:
        return tuple(rate * (p - g) for p, g in zip(parameters, gradients, strict=True))
    if "multiplied" in made:
        return tuple(p * (1 - rate * g) for p, g in zip(parameters, gradients, strict=True))
    return tuple(
        p - rate * g if updated else p
        for p, g, updated in zip(parameters, gradients, _some(made, parameters), strict=True)
    )


_SGD_SAYS = {
    "sign": (
        "the step goes up the gradient: the gradient points to where the loss grows, and the loss is to fall"
    ),
    "learning rate missing": "the learning rate is missing: the step is the whole gradient",
    "learning rate twice": "the learning rate is applied twice",
    "divided by the learning rate": "the gradient is divided by the learning rate; η multiplies it",
    **_NOT_ALL,
    "unchanged": (
        "the parameters come back as they were: a new array has to be put into a new tuple, and "
        "`p = p - …` in a loop only gives it a name"
    ),
    "step returned": "the step alone is returned; expected are the parameters after it",
    "rate times gradient returned": (
        "learning rate times gradient is returned; expected are the parameters after the step"
    ),
    "exchanged": "parameters and gradients are exchanged: it is θ that moves, along g",
    "learning rate over the bracket": (
        "the learning rate multiplies the parameters too; in θ − η g it belongs to the gradient alone"
    ),
    "multiplied": "the step is multiplied by the parameter; in θ − η g it is subtracted as it is",
    "direction alone": "only the gradient's sign is used; a larger gradient makes a larger step",
    "length one": "the gradient is brought to length one first; the step is η times the gradient itself",
}

_SGD_UPDATE = Exercise(
    name="sgd_update",
    lesson=_LESSON,
    points=1,
    reference=sgd_update,
    outputs=_SHAPES,
    draw=_parameters_and_gradients,
    letters="DHO",
    mistakes=slips(_sgd, _SGD_SAYS),
    convert=lambda value: _five(value, "the new parameters"),
)


# clip_by_global_norm -----------------------------------------------------------------------------


def _gradients_and_bound(low: float, high: float) -> Draw:
    """Return a draw of gradients, and a bound that is so many times their norm."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        gradients = RNNParameters(*(3.0 * g for g in _WEIGHTS(rng, sizes).values()))
        bound = float(rng.uniform(low, high)) * global_norm(gradients)
        return {"gradients": gradients, "max_norm": bound}

    return draw


def _zero_gradients(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    gradients = RNNParameters(*(np.zeros_like(g) for g in _WEIGHTS(rng, sizes).values()))
    return {"gradients": gradients, "max_norm": 1.0}


def _sum_of_squares(gradients: Five) -> float:
    return float(sum(np.sum(g**2) for g in gradients))


def _norm(made: Slips, gradients: Five) -> float:
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


def _clip(made: Slips, gradients: Five, max_norm: float) -> tuple[Five, float]:
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
        for g, updated in zip(gradients, _some(made - {"biases left out"}, gradients), strict=True)
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
    gradients, norm = _parts(value, "the gradients", "the norm that they had")
    if isinstance(norm, tuple | list) and np.ndim(gradients) == 0:
        raise ValueError("the gradients come first, then the norm.")
    return (*_five(gradients, "the gradients"), norm)


_CLIP_BY_GLOBAL_NORM = Exercise(
    name="clip_by_global_norm",
    lesson=_LESSON,
    points=2,
    reference=clip_by_global_norm,
    outputs=_named("d") | {"norm": ""},
    draw=_gradients_and_bound(0.2, 0.4),
    letters="DHO",
    draws=2,
    edges=(
        Case("gradients short enough", general=True, draw=_gradients_and_bound(1.5, 3.0)),
        Case("gradients a little too long", general=True, draw=_gradients_and_bound(0.85, 0.95)),
        Case("gradients of zeros", draw=_zero_gradients),
    ),
    forbids=(global_norm,),
    mistakes=slips(_clip, _CLIP_SAYS),
    convert=_read_clipped,
)


# adam_update -------------------------------------------------------------------------------------


def _adam_arguments(first: bool) -> Draw:
    """Return a draw of a step of Adam, the first one or one in the middle of training."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        start = _parameters_and_gradients(rng, sizes)
        m = RNNParameters(**_WEIGHTS(rng, sizes))
        v = RNNParameters(*(a**2 for a in _WEIGHTS(rng, sizes).values()))
        t = int(rng.integers(1, 6))
        if first:
            m, v = (RNNParameters(*map(np.zeros_like, a)) for a in (m, v))
            t = 0
        return {
            "parameters": start["parameters"],
            "gradients": start["gradients"],
            "state": AdamState(m, v, t),
            "learning_rate": start["learning_rate"],
            "beta_1": float(rng.uniform(0.5, 0.7)),
            "beta_2": float(rng.uniform(0.8, 0.95)),
            "epsilon": float(rng.uniform(0.05, 0.2)),
        }

    return draw


def _usual_constants(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    constants = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}
    return _adam_arguments(first=False)(rng, sizes) | constants


def _adam(
    made: Slips,
    parameters: Five,
    gradients: Five,
    state: AdamState,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> tuple[Five, AdamState]:
    t = state.t + 1
    one, two = (beta_2, beta_1) if "betas exchanged" in made else (beta_1, beta_2)
    if "the usual constants" in made:
        one, two, epsilon = 0.9, 0.999, 1e-8
    if "beta_1 for both" in made:
        two = one
    new_p: list[np.ndarray] = []
    new_m: list[np.ndarray] = []
    new_v: list[np.ndarray] = []
    for p, g, m_old, v_old, updated in zip(
        parameters, gradients, state.m, state.v, _some(made, parameters), strict=True
    ):
        if not updated:
            for kept, old in ((new_p, p), (new_m, m_old), (new_v, v_old)):
                kept.append(old)
            continue
        m, v = _moments(made, g, m_old, v_old, one, two)
        m_hat, v_hat = _corrected(made, m, v, t, one, two)
        if "moments exchanged" in made:
            m_hat, v_hat = v_hat, np.abs(m_hat)
        if "gradient for its mean" in made:
            m_hat = g
        if "old moments in the step" in made:
            m_hat, v_hat = _corrected(made, m_old, v_old, t, one, two)
        new_p.append(p + _adam_step(made, m_hat, v_hat, learning_rate, epsilon, t, two))
        if "corrected means kept" in made:
            m, v = m_hat, v_hat
        new_m.append(m_old if "means not updated" in made else m)
        new_v.append(v_old if "means not updated" in made else v)
    if "means exchanged" in made:
        new_m, new_v = new_v, new_m
    t = {"t stands still": state.t, "t by two": t + 1, "t starts anew": 1}.get(
        next((name for name in made if name.startswith("t ")), ""), t
    )
    return tuple(new_p), AdamState(tuple(new_m), tuple(new_v), t)


def _moments(
    made: Slips, g: np.ndarray, m: np.ndarray, v: np.ndarray, one: float, two: float
) -> tuple[np.ndarray, np.ndarray]:
    if "starts from zeros" in made:
        m, v = 0 * m, 0 * v
    if "shares exchanged" in made:
        one, two = 1 - one, 1 - two
    square = {"square missing": g, "absolute value": np.abs(g)}.get(
        next((name for name in made if name in ("square missing", "absolute value")), ""), g * g
    )
    new_m = one * m + (1.0 if "1 − β₁ missing" in made else 1 - one) * g
    if "square of the mean" in made:
        square = new_m**2
    if "square of the share" in made:
        square = (1 - two) * g * g
    return new_m, two * v + (1.0 if "1 − β₂ missing" in made else 1 - two) * square


def _corrected(
    made: Slips, m: np.ndarray, v: np.ndarray, t: int, one: float, two: float
) -> tuple[np.ndarray, np.ndarray]:
    if "t too small" in made:
        t = t - 1
    if "t too large" in made:
        t = t + 1
    with np.errstate(all="ignore"):
        first, second = 1 - np.float64(one) ** t, 1 - np.float64(two) ** t
        if "β for βᵗ" in made:
            first, second = 1 - np.float64(one), 1 - np.float64(two)
        if "β times t" in made:
            first, second = 1 - np.float64(one) * t, 1 - np.float64(two) * t
        if "no correction" in made or "only v corrected" in made:
            first = np.float64(1.0)
        if "no correction" in made or "only m corrected" in made:
            second = np.float64(1.0)
        if "correction multiplied" in made:
            first, second = 1 / first, 1 / second
        if "corrections exchanged" in made:
            first, second = second, first
        return m / first, v / second


def _adam_step(
    made: Slips, m: np.ndarray, v: np.ndarray, rate: float, epsilon: float, t: int, two: float
) -> np.ndarray:
    if "learning rate missing" in made:
        rate = 1.0
    if "learning rate twice" in made:
        rate = rate**2
    if "no division" in made:
        return -rate * m
    root = v if "root missing" in made else np.sqrt(v)
    if "epsilon scaled" in made:
        epsilon = epsilon / np.sqrt(1 - two**t)
    if "epsilon missing" in made:
        epsilon = 0.0
    if "epsilon inside the root" in made:
        step = m / np.sqrt(v + epsilon)
    elif "epsilon after the division" in made:
        step = m / root + epsilon
    else:
        step = m / (root + epsilon)
    return rate * step if "sign" in made else -rate * step


_ADAM_SAYS = {
    "no correction": (
        "m and v are used as they are: they began at zero and are too small at first, so each is divided "
        "by its 1 − βᵗ"
    ),
    "only m corrected": "v is used without its correction, division by 1 − β₂ᵗ",
    "only v corrected": "m is used without its correction, division by 1 − β₁ᵗ",
    "t too small": (
        "the correction uses the number of steps before this one; t counts from 1, so it grows first"
    ),
    "t too large": "the correction uses a t that is one too large; the first step has t = 1",
    "β for βᵗ": "the correction divides by 1 − β; the power t is missing",
    "β times t": "the correction has β·t where the power βᵗ belongs",
    "correction multiplied": "the correction multiplies by 1 − βᵗ; it divides, since m and v are too small",
    "corrections exchanged": "the two corrections are exchanged: β₁ belongs to m, β₂ to v",
    "root missing": "the square root of v̂ is missing",
    "epsilon inside the root": "ε stands inside the root; it is added to the root, √v̂ + ε",
    "epsilon missing": "ε is missing from the divisor",
    "epsilon scaled": (
        "v is corrected outside the root and ε added before that, which makes ε another number: "
        "in √v̂ + ε the correction comes first"
    ),
    "epsilon after the division": "ε is added to the quotient; it belongs to the divisor, √v̂ + ε",
    "moments exchanged": "m̂ and v̂ are exchanged in the step: the mean is above, the root of v̂ below",
    "betas exchanged": "β₁ and β₂ are exchanged: β₁ keeps m, β₂ keeps v",
    "beta_1 for both": "β₁ is used for v as well; v has β₂",
    "the usual constants": "the constants are written into the function; use the arguments",
    "square missing": "v is the mean of the gradients; it is the mean of their squares",
    "absolute value": "v is the mean of the absolute gradients; it is the mean of their squares",
    "square of the mean": "v is made from m²; it is the mean of the squared gradients",
    "square of the share": "1 − β₂ is squared with the gradient; only the gradient is squared",
    "1 − β₁ missing": "the new gradient enters m with its whole weight; its share is 1 − β₁",
    "1 − β₂ missing": "the new square enters v with its whole weight; its share is 1 − β₂",
    "shares exchanged": (
        "the shares are exchanged: β of what was there is kept, and 1 − β comes from the new gradient"
    ),
    "starts from zeros": "the running means start anew at each step; they go on from state.m and state.v",
    "gradient for its mean": "the step uses the gradient itself; Adam uses its running mean m̂",
    "old moments in the step": "the step uses the running means of the step before; update them first",
    "no division": "the step is not divided by √v̂ + ε",
    "sign": "the step goes up the gradient; the loss is to fall",
    "learning rate missing": "the learning rate is missing",
    "learning rate twice": "the learning rate is applied twice",
    "corrected means kept": (
        "the corrected m̂ and v̂ are handed on in the state; the correction is for this step only, and m and "
        "v go on as they are"
    ),
    "means not updated": "the old m and v are returned in the state; the next step needs the new ones",
    "means exchanged": "m and v are exchanged in the returned state",
    "t stands still": "the t in the returned state is the old one; a step has been taken",
    "t by two": "t has grown by two in the returned state; one step has been taken",
    "t starts anew": "the returned t is always 1; it goes on from state.t",
    **_NOT_ALL,
}


def _read_adam(value: Any) -> tuple[Any, ...]:
    parameters, state = _parts(value, "the new parameters", "the new state AdamState(m, v, t)")
    m, v, t = _parts(state, "in the state m", "v", "t")
    return (
        *_five(parameters, "the new parameters"),
        *_five(m, "m in the state"),
        *_five(v, "v in the state"),
        t,
    )


_ADAM_UPDATE = Exercise(
    name="adam_update",
    lesson=_LESSON,
    points=3,
    reference=adam_update,
    outputs=_SHAPES | _named("m.") | _named("v.") | {"t": ""},
    draw=_adam_arguments(first=False),
    letters="DHO",
    edges=(
        Case("the first step", general=True, draw=_adam_arguments(first=True)),
        Case("the usual constants", general=True, draw=_usual_constants),
    ),
    mistakes=slips(_adam, _ADAM_SAYS, together=1),
    convert=_read_adam,
)


# train -------------------------------------------------------------------------------------------


def _model(parameters: Five, x: np.ndarray, targets: np.ndarray) -> tuple[float, RNNParameters]:
    """Return loss and gradients; the five arrays may come in any kind of tuple."""
    return loss_and_gradients(RNNParameters(*parameters), x, targets)


def _training(low: float, high: float, count: int | None = None) -> Draw:
    """Return a draw of a network and batches, with a bound of so many times the first norm."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        T, N, D, O = (sizes[letter] for letter in "TNDO")  # noqa: E741
        parameters = RNNParameters(**_WEIGHTS(rng, sizes))
        batches = [
            (rng.standard_normal((T, N, D)), rng.standard_normal((T, N, O)))
            for _ in range(int(rng.integers(3, 6)) if count is None else count)
        ]
        norms = [global_norm(_model(parameters, *batch)[1]) for batch in batches]
        return {
            "loss_and_gradients": _model,
            "parameters": parameters,
            "batches": batches,
            "learning_rate": float(rng.uniform(0.1, 0.4)),
            "max_norm": float(rng.uniform(low, high)) * float(np.median(norms)),
        }

    return draw


def _clipped_in_training(made: Slips, gradients: Five, max_norm: float) -> Five:
    if "not clipped" in made:
        return gradients
    if "clipped by value" in made:
        return tuple(np.clip(g, -max_norm, max_norm) for g in gradients)
    if "each clipped by itself" in made:
        return tuple(clip_by_global_norm((g,), max_norm)[0][0] for g in gradients)
    if "always scaled" in made:
        norm = global_norm(gradients)
        return tuple(g * max_norm / norm for g in gradients)
    return clip_by_global_norm(gradients, max_norm)[0]


def _train(
    made: Slips,
    model: Model,
    parameters: Five,
    batches: Batches,
    learning_rate: float,
    max_norm: float,
) -> tuple[Any, Any]:
    start = before = parameters
    kept: Five | None = None
    losses = []
    if "first batch left out" in made:
        batches = batches[1:]
    if "last batch left out" in made:
        batches = batches[:-1]
    if "batches reversed" in made:
        batches = batches[::-1]
    if "first batch always" in made:
        batches = batches[:1] * len(batches)
    if "only the first batch" in made:
        batches = batches[:1]
    if "only the last batch" in made:
        batches = batches[-1:]
    rate = learning_rate * (-1 if "sign" in made else 1)
    rate = 1.0 if "learning rate missing" in made else rate
    rate = rate * learning_rate if "learning rate twice" in made else rate
    for x, targets in batches:
        at_start = "gradients at the start" in made or "not carried over" in made
        loss, gradients = model(start if at_start else parameters, x, targets)
        if made & {"accumulated", "one update at the end", "one update with the mean"} and kept:
            gradients = tuple(a + g for a, g in zip(kept, gradients, strict=True))
        if "gradients of the batch before" in made:
            kept, gradients = gradients, kept or tuple(map(np.zeros_like, gradients))
        else:
            kept = gradients
        norm = global_norm(gradients)
        losses.append(norm if "norms for losses" in made else loss)
        if made & {"one update at the end", "one update with the mean"}:
            continue
        gradients = _clipped_in_training(made, gradients, max_norm)
        before = parameters
        if "updates lost" in made:
            continue
        for _ in range(2 if "each update twice" in made else 1):
            origin = start if "not carried over" in made else parameters
            parameters = sgd_update(origin, gradients, rate)
        if "parameters clipped" in made:
            parameters = clip_by_global_norm(parameters, max_norm)[0]
        if "loss after the update" in made:
            losses[-1] = model(parameters, x, targets)[0]
    if made & {"one update at the end", "one update with the mean"} and kept:
        if "one update with the mean" in made:
            kept = tuple(g / len(batches) for g in kept)
        parameters = sgd_update(start, _clipped_in_training(made, kept, max_norm), rate)
    if "one update behind" in made:
        parameters = before
    if "start returned" in made:
        parameters = start
    return parameters, _seen(made, losses)


def _seen(made: Slips, losses: list[float]) -> Any:
    if "last loss only" in made:
        return losses[-1]
    if "mean loss" in made:
        return float(np.mean(losses))
    if "sum of the losses" in made:
        return float(np.sum(losses))
    return np.cumsum(losses) if "losses added up" in made else np.array(losses)


_TRAIN_SAYS = {
    "sign": "the updates go up the gradient: the losses grow",
    "learning rate missing": "the learning rate is missing from the updates",
    "learning rate twice": "the learning rate is applied twice, in the loop and in the update",
    "not clipped": (
        "the gradients are not clipped, or only after they have been used (clip_by_global_norm returns new "
        "ones, which need a name)"
    ),
    "parameters clipped": "the parameters are clipped after the update; it is the gradients that are clipped",
    "clipped by value": "each number of the gradients is cut off by itself; one factor is for all",
    "each clipped by itself": "each array is clipped by itself; the bound is for the length of all together",
    "always scaled": "short gradients are stretched to max_norm too",
    "not carried over": (
        "only the last batch's step is left: is the update inside the loop, and does the next batch start "
        "from its result?"
    ),
    "gradients at the start": (
        "all gradients are taken at the first parameters; each batch needs those of its own moment"
    ),
    "gradients of the batch before": (
        "the update uses the gradients of the batch before: they are computed first, then used"
    ),
    "accumulated": (
        "the gradients of all batches so far are added up, as if never reset; each update has its own"
    ),
    "one update at the end": "there is one update, with the sum over all batches; asked is one for each",
    "one update with the mean": "there is one update, with the mean over all batches; asked is one for each",
    "each update twice": "each gradient is used for two updates",
    "loss after the update": (
        "the loss is recorded after the update; it belongs to the parameters that the gradient was taken at"
    ),
    "only the first batch": "only the first batch is used: is `return` inside the loop?",
    "only the last batch": "only the last batch is used; there is an update for each",
    "first batch always": "every update uses the first batch",
    "first batch left out": "the first batch is left out",
    "last batch left out": "the last batch is left out",
    "batches reversed": "the batches are taken from the last to the first",
    "one update behind": "the parameters before the last update are returned",
    "updates lost": (
        "nothing is ever updated: sgd_update returns new parameters, which need the name `parameters`"
    ),
    "start returned": "the parameters come back as they were given; the updates are lost",
    "norms for losses": "the norms of the gradients are recorded; expected are the losses",
    "last loss only": "only the last loss is returned; expected is one for each batch",
    "mean loss": "the mean of the losses is returned; expected is one for each batch",
    "sum of the losses": "the sum of the losses is returned; expected is one for each batch",
    "losses added up": "the losses are added up from batch to batch; each stands for itself",
}


def _read_trained(value: Any) -> tuple[Any, ...]:
    parameters, losses = _parts(value, "the parameters", "the losses")
    try:
        seen = np.array(losses, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("the losses should be numbers, one for each batch") from None
    return (*_five(parameters, "the parameters"), seen)


def train(
    loss_and_gradients: Model,
    parameters: RNNParameters,
    batches: Batches,
    learning_rate: float,
    max_norm: float,
) -> tuple[RNNParameters, np.ndarray]:
    """Return the parameters after one update for each batch, and the loss before each.

    The loop of `rnn_utils.train` with nothing around it.

    Args:
        loss_and_gradients: the model, a function of (parameters, x, targets).
        parameters: where to start.
        batches: pairs of inputs (T, N, D) and targets, in their order.
        learning_rate: how far to go along a gradient.
        max_norm: gradients longer than this are clipped by their global norm.

    Returns:
        The parameters, and the losses, one for each batch.

    Example:
        >>> from rnn_utils.training.models import initialise_rnn, loss_and_gradients
        >>> start = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> batch = np.ones((5, 6, 3)), np.zeros((5, 6), dtype=int)
        >>> trained, losses = train(loss_and_gradients, start, 50 * [batch], 0.5, max_norm=1.0)
        >>> len(losses), bool(losses[-1] < 0.1 * losses[0])
        (50, True)
    """
    losses = []
    for x, targets in batches:
        loss, gradients = loss_and_gradients(parameters, x, targets)
        gradients, _ = clip_by_global_norm(gradients, max_norm)
        parameters = sgd_update(parameters, gradients, learning_rate)
        losses.append(loss)
    return parameters, np.array(losses)


_TRAIN = Exercise(
    name="train",
    lesson=_LESSON,
    points=3,
    reference=train,
    outputs=_SHAPES | {"losses": ""},
    draw=_training(0.7, 1.1),
    letters="TNDHO",
    draws=2,
    edges=(
        Case("every gradient clipped", general=True, draw=_training(0.2, 0.4)),
        Case("no gradient clipped", general=True, draw=_training(20.0, 30.0)),
        Case("a single batch", draw=_training(0.7, 1.1, count=1)),
    ),
    forbids=(loop.train,),
    mistakes=slips(_train, _TRAIN_SAYS, together=1),
    convert=_read_trained,
)

EXERCISES = (_SGD_UPDATE, _CLIP_BY_GLOBAL_NORM, _ADAM_UPDATE, _TRAIN)
