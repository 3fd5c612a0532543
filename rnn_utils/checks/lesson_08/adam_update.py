"""One step of Adam.

m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², t ← t + 1,
θ ← θ − η m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
"""

from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_08.shared import (
    NOT_ALL,
    SHAPES,
    WEIGHTS,
    Five,
    draw_parameters_and_gradients,
    five_arrays,
    named,
    parts_of,
    which_updated,
)
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.models import RNNParameters
from rnn_utils.training.optimizers import AdamState, adam_update


def _adam_arguments(first: bool) -> Draw:
    """Return a draw of a step of Adam, the first one or one in the middle of training."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        start = draw_parameters_and_gradients(rng, sizes)
        m = RNNParameters(**WEIGHTS(rng, sizes))
        v = RNNParameters(*(a**2 for a in WEIGHTS(rng, sizes).values()))
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


_USUAL = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}


def _usual_constants(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _adam_arguments(first=False)(rng, sizes) | _USUAL


def _constants_left_out(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    drawn = _adam_arguments(first=False)(rng, sizes)
    return {name: value for name, value in drawn.items() if name not in _USUAL}


def _late_in_training(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    drawn = _usual_constants(rng, sizes)
    return drawn | {"state": drawn["state"]._replace(t=int(rng.integers(150, 400)))}


_CONTRACT = Contract(
    sizes="DHO",
    zeros=("gradients",),
    edges=(
        Case("the first step", general=True, draw=_adam_arguments(first=True)),
        Case("the usual constants", general=True, draw=_usual_constants),
        Case("the usual constants, left out in the call", draw=_constants_left_out),
        Case("a step late in training", draw=_late_in_training),
    ),
)


def _adam(
    made: Made,
    parameters: Five,
    gradients: Five,
    state: AdamState,
    learning_rate: float,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-8,
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
        parameters, gradients, state.m, state.v, which_updated(made, parameters), strict=True
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
    made: Made, g: np.ndarray, m: np.ndarray, v: np.ndarray, one: float, two: float
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
    made: Made, m: np.ndarray, v: np.ndarray, t: int, one: float, two: float
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
    made: Made, m: np.ndarray, v: np.ndarray, rate: float, epsilon: float, t: int, two: float
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
    **NOT_ALL,
}


def _read_adam(value: Any) -> tuple[Any, ...]:
    parameters, state = parts_of(value, "the new parameters", "the new state AdamState(m, v, t)")
    m, v, t = parts_of(state, "in the state m", "v", "t")
    return (
        *five_arrays(parameters, "the new parameters"),
        *five_arrays(m, "m in the state"),
        *five_arrays(v, "v in the state"),
        t,
    )


EXERCISE = Exercise(
    name="adam_update",
    lesson="08_training",
    points=3,
    reference=adam_update,
    outputs=SHAPES | named("m.") | named("v.") | {"t": ""},
    draw=_adam_arguments(first=False),
    contract=_CONTRACT,
    mistakes=mistakes_in(_adam, _ADAM_SAYS, together=1),
    convert=_read_adam,
)
