"""Lesson 01, the state equation."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.analysis.dynamics import half_life, parity_state
from rnn_utils.cells.recurrence import impulse_response, linear_rnn, run_recurrence
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake

_LESSON = "01_state_equation"


# run_recurrence ----------------------------------------------------------------------------------


def _vector_recurrence(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    size = sizes["H"]
    A, B = rng.standard_normal((2, size, size))
    return {
        "f": lambda h, x: np.tanh(A @ h + B @ x),
        "h0": rng.standard_normal(size),
        "xs": rng.standard_normal((sizes["T"], size)),
    }


def _digits(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {
        "f": lambda h, x: 10 * h + x,
        "h0": int(rng.integers(1, 10)),
        "xs": rng.integers(0, 10, sizes["T"]).tolist(),
    }


def _last_two(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {
        "f": lambda h, x: (h[1], x),
        "h0": (-1, -2),
        "xs": rng.integers(0, 10, sizes["T"]).tolist(),
    }


def _states(value: Any) -> tuple[np.ndarray]:
    if not isinstance(value, np.ndarray):
        value = list(value)
    return (np.stack([np.asarray(state) for state in value]),)


def _fold(f: Callable[[Any, Any], Any], h: Any, xs: Any) -> list[Any]:
    states = []
    for x in xs:
        h = f(h, x)
        states.append(h)
    return states


_RUN_RECURRENCE = Exercise(
    name="run_recurrence",
    lesson=_LESSON,
    points=2,
    reference=run_recurrence,
    outputs={"states": "T H"},
    draw=_vector_recurrence,
    convert=_states,
    contract=Contract(
        sizes="T",
        float32=False,
        layouts=False,
        edges=(
            Case("states that are numbers", general=True, draw=_digits),
            Case("states that are pairs", draw=_last_two),
        ),
    ),
    mistakes=(
        Mistake(
            "h0 among the states",
            "h0 itself is in the list; expected are the states after each input, as many as inputs",
            lambda f, h0, xs: [h0, *_fold(f, h0, xs)],
        ),
        Mistake(
            "only the last state",
            "only the last state is returned; expected is a list of every state",
            lambda f, h0, xs: _fold(f, h0, xs)[-1],
        ),
        Mistake(
            "state never updated",
            "every step starts from h0 again; the equation wants the state of the step before",
            lambda f, h0, xs: [f(h0, x) for x in xs],
        ),
        Mistake(
            "zeros instead of h0",
            "the first step starts from zero and not from h0",
            lambda f, h0, xs: _fold(f, np.zeros_like(h0), xs),
        ),
        Mistake(
            "arguments of f exchanged",
            "f is called with the input first; the equation says f(h_{t-1}, x_t), the state first",
            lambda f, h0, xs: _fold(lambda h, x: f(x, h), h0, xs),
        ),
        Mistake(
            "last input missing",
            "the state after the last input is missing, and h0 stands in front",
            lambda f, h0, xs: [h0, *_fold(f, h0, xs)[:-1]],
        ),
        Mistake(
            "inputs in reverse",
            "the inputs are read from the last to the first",
            lambda f, h0, xs: _fold(f, h0, xs[::-1]),
        ),
    ),
)


# linear_rnn --------------------------------------------------------------------------------------


def _scalar_rnn(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    w_hh, w_xh, h0 = rng.uniform(0.3, 1.2, 3) * rng.choice([-1, 1], 3)
    return {
        "x": rng.standard_normal(sizes["T"]),
        "w_hh": float(w_hh),
        "w_xh": float(w_xh),
        "h0": float(h0),
    }


def _linear(x: np.ndarray, w_hh: float, w_xh: float, h0: float) -> np.ndarray:
    states = np.zeros(len(x))
    for t, x_t in enumerate(x):
        h0 = states[t] = w_hh * h0 + w_xh * x_t
    return states


def _shifted(x: np.ndarray) -> np.ndarray:
    return np.concatenate([[0.0], x[:-1]])


_LINEAR_RNN = Exercise(
    name="linear_rnn",
    lesson=_LESSON,
    points=2,
    reference=linear_rnn,
    outputs={"h": "T"},
    draw=_scalar_rnn,
    contract=Contract(
        sizes="T",
    ),
    mistakes=(
        Mistake(
            "zeros instead of h0",
            "the first step starts from zero and not from h0 (or from h[-1], the last row)",
            lambda x, w_hh, w_xh, h0: _linear(x, w_hh, w_xh, 0.0),
        ),
        Mistake(
            "state never updated",
            "every step uses h0; the equation wants the state of the step before",
            lambda x, w_hh, w_xh, h0: w_hh * h0 + w_xh * x,
        ),
        Mistake(
            "weights exchanged",
            "w_hh and w_xh are exchanged: w_hh weighs the state, w_xh the input",
            lambda x, w_hh, w_xh, h0: _linear(x, w_xh, w_hh, h0),
        ),
        Mistake(
            "h0 among the states",
            "h0 itself is among the returned states; expected are the T states after each input",
            lambda x, w_hh, w_xh, h0: np.concatenate([[h0], _linear(x, w_hh, w_xh, h0)]),
        ),
        Mistake(
            "h0 first, last input missing",
            "the result starts with h0, so that every state stands one place too late",
            lambda x, w_hh, w_xh, h0: np.concatenate([[h0], _linear(x, w_hh, w_xh, h0)[:-1]]),
        ),
        Mistake(
            "first input never read",
            "h0 stands in the place of the first state, so that the first input is never read",
            lambda x, w_hh, w_xh, h0: np.concatenate([[h0], _linear(x[1:], w_hh, w_xh, h0)]),
        ),
        Mistake(
            "only the last state",
            "only the last state is returned; expected is the state after every input",
            lambda x, w_hh, w_xh, h0: _linear(x, w_hh, w_xh, h0)[-1],
        ),
        Mistake(
            "input without its weight",
            "the input enters without w_xh",
            lambda x, w_hh, w_xh, h0: _linear(x, w_hh, 1.0, h0),
        ),
        Mistake(
            "state without its weight",
            "the previous state enters without w_hh",
            lambda x, w_hh, w_xh, h0: _linear(x, 1.0, w_xh, h0),
        ),
        Mistake(
            "state missing",
            "the previous state is missing from the sum, so nothing is remembered",
            lambda x, w_hh, w_xh, h0: w_xh * x,
        ),
        Mistake(
            "off by one in time",
            "step t reads the input of step t − 1",
            lambda x, w_hh, w_xh, h0: _linear(_shifted(x), w_hh, w_xh, h0),
        ),
        Mistake(
            "squashed",
            "an activation is applied; this recurrence is linear, there is none yet",
            lambda x, w_hh, w_xh, h0: np.array(
                _fold(lambda h, v: np.tanh(w_hh * h + w_xh * v), h0, x)
            ),
        ),
    ),
)


# impulse_response --------------------------------------------------------------------------------


def _response_arguments(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    w_hh, w_xh = rng.uniform(0.3, 1.2, 2) * rng.choice([-1, 1], 2)
    return {"w_hh": float(w_hh), "w_xh": float(w_xh), "T": sizes["T"]}


def _with(**fixed: Any) -> Draw:
    """Return the draw of the impulse response with some arguments fixed."""
    return lambda rng, sizes: _response_arguments(rng, sizes) | fixed


_IMPULSE_RESPONSE = Exercise(
    name="impulse_response",
    lesson=_LESSON,
    points=1,
    reference=impulse_response,
    outputs={"response": "T"},
    draw=_response_arguments,
    contract=Contract(
        sizes="T",
        float32=False,
        layouts=False,
        edges=(
            Case("w_hh = 0", draw=_with(w_hh=0.0)),
            Case("a negative w_hh", general=True, draw=_with(w_hh=-0.7)),
            Case("w_hh = 1", draw=_with(w_hh=1.0)),
        ),
    ),
    mistakes=(
        Mistake(
            "exponent one too large",
            "the exponent is one too large: at the step of the impulse itself nothing has been "
            "multiplied by w_hh yet",
            lambda w_hh, w_xh, T: w_xh * w_hh ** np.arange(1, T + 1),
        ),
        Mistake(
            "input weight missing",
            "w_xh is missing: the impulse enters through it",
            lambda w_hh, w_xh, T: w_hh ** np.arange(T),
        ),
        Mistake(
            "weights exchanged",
            "w_hh and w_xh are exchanged: the one that acts again at every step carries the exponent",
            lambda w_hh, w_xh, T: w_hh * w_xh ** np.arange(T),
        ),
        Mistake(
            "response to a step",
            "this is the response to an input that stays on; an impulse is 1 at the first step and "
            "0 after it",
            lambda w_hh, w_xh, T: np.cumsum(w_xh * w_hh ** np.arange(T)),
        ),
        Mistake(
            "multiplied instead of raised",
            "w_hh is multiplied by the step number; acting again and again is a power",
            lambda w_hh, w_xh, T: w_xh * w_hh * np.arange(T),
        ),
        Mistake(
            "sign lost",
            "the sign of w_hh is lost; a negative weight makes the response alternate",
            lambda w_hh, w_xh, T: w_xh * abs(w_hh) ** np.arange(T),
        ),
        Mistake(
            "both weights raised",
            "both weights are raised to the power; the impulse passes w_xh only once",
            lambda w_hh, w_xh, T: (w_xh * w_hh) ** np.arange(T),
        ),
        Mistake(
            "only the last step",
            "only the last step is returned; expected is the response at every step",
            lambda w_hh, w_xh, T: w_xh * w_hh ** (T - 1),
        ),
        Mistake(
            "one step too many",
            "there is one step too many: steps 0 to T − 1 are T values",
            lambda w_hh, w_xh, T: w_xh * w_hh ** np.arange(T + 1),
        ),
    ),
)


# half_life ---------------------------------------------------------------------------------------


def _decaying_weight(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"w_hh": float(rng.uniform(0.1, 0.97))}


def _weight(w_hh: float) -> Draw:
    return lambda rng, sizes: {"w_hh": w_hh}


def _half_life(w_hh: float) -> float:
    with np.errstate(all="ignore"):
        return float(np.log(0.5) / np.log(abs(w_hh)))


def _bare_half_life(w_hh: float) -> float:
    with np.errstate(all="ignore"):
        return float(np.log(0.5) / np.log(w_hh))


def _guarded(w_hh: float, value: float) -> float:
    """Return a wrong value where the weight decays, and the right one where it does not."""
    return 0.0 if w_hh == 0 else np.inf if abs(w_hh) >= 1 else value


_HALF_LIFE = Exercise(
    name="half_life",
    lesson=_LESSON,
    points=1,
    reference=half_life,
    outputs={"steps": ""},
    draw=_decaying_weight,
    draws=4,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(
            Case("a negative w_hh", draw=_weight(-0.8)),
            Case("w_hh = 0", draw=_weight(0.0)),
            Case("w_hh = 1", draw=_weight(1.0)),
            Case("w_hh = −1", draw=_weight(-1.0)),
            Case("w_hh above 1", draw=_weight(1.1)),
            Case("w_hh below −1", draw=_weight(-1.3)),
        ),
    ),
    mistakes=(
        Mistake(
            "rounded",
            "the number of steps is rounded up; keep the fraction, it says where between two steps",
            lambda w_hh: _guarded(w_hh, float(np.ceil(_half_life(w_hh)))),
        ),
        Mistake(
            "time constant",
            "this is the time until 1/e is left, about 0.37; the half-life asks for 1/2",
            lambda w_hh: _guarded(w_hh, float(-1.0 / np.log(abs(w_hh) + (w_hh == 0)))),
        ),
        Mistake(
            "upside down",
            "the quotient is upside down: solve |w_hh|^k = 1/2 for k",
            lambda w_hh: _guarded(w_hh, float(np.log(abs(w_hh) + (w_hh == 0)) / np.log(0.5))),
        ),
        Mistake(
            "sign",
            "a sign is wrong, since a number of steps cannot be negative: both logarithms are",
            lambda w_hh: _guarded(w_hh, -_half_life(w_hh)),
        ),
        Mistake(
            "linear decay",
            "the decay is taken as linear; each step multiplies, so a logarithm is needed",
            lambda w_hh: _guarded(w_hh, 0.5 / (1 - abs(w_hh)) if abs(w_hh) != 1 else np.inf),
        ),
        Mistake(
            "no limit cases",
            "the formula is used where it does not hold: for |w_hh| ≥ 1 nothing ever halves (inf)",
            lambda w_hh: 0.0 if w_hh == 0 else _half_life(w_hh),
        ),
        Mistake(
            "bare formula",
            "the bare formula is used: a negative weight needs its size |w_hh|, and for |w_hh| ≥ 1 nothing "
            "ever halves (inf)",
            _bare_half_life,
        ),
        Mistake(
            "edge of one",
            "w_hh = ±1 is not treated as a limit case: there nothing ever halves, and the logarithm below "
            "the fraction is 0",
            lambda w_hh: np.inf if abs(w_hh) > 1 else 0.0 if w_hh == 0 else _half_life(w_hh),
        ),
        Mistake(
            "sign of the weight",
            "the logarithm of a negative weight is taken; what halves is the size, |w_hh|",
            lambda w_hh: _guarded(w_hh, float(np.log(0.5) / np.log(w_hh)) if w_hh > 0 else np.nan),
        ),
    ),
)


# parity_state ------------------------------------------------------------------------------------


def _bits(h_prev: int, x_t: int) -> Case:
    return Case(
        f"state {h_prev}, input {x_t}",
        general=True,
        draw=lambda rng, sizes: {"h_prev": h_prev, "x_t": x_t},
    )


_PARITY_STATE = Exercise(
    name="parity_state",
    lesson=_LESSON,
    points=1,
    reference=parity_state,
    outputs={"h_t": ""},
    draw=lambda rng, sizes: {"h_prev": 0, "x_t": 0},
    draws=0,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(_bits(0, 0), _bits(0, 1), _bits(1, 0), _bits(1, 1)),
    ),
    mistakes=(
        Mistake(
            "counts",
            "the ones are counted; parity only asks whether their number is odd (1) or even (0)",
            lambda h_prev, x_t: h_prev + x_t,
        ),
        Mistake(
            "or",
            "a second 1 does not switch the state back to 0",
            lambda h_prev, x_t: h_prev | x_t,
        ),
        Mistake(
            "and",
            "the state becomes 1 only where state and input both are; a single 1 already is odd",
            lambda h_prev, x_t: h_prev & x_t,
        ),
        Mistake(
            "input only",
            "the state is a copy of the input: the previous state plays no part",
            lambda h_prev, x_t: x_t,
        ),
        Mistake(
            "input ignored",
            "the input plays no part",
            lambda h_prev, x_t: h_prev,
        ),
        Mistake(
            "upside down",
            "the answer is upside down: 1 stands for an odd number of ones, and no ones is even",
            lambda h_prev, x_t: 1 - (h_prev ^ x_t),
        ),
        Mistake(
            "always switches",
            "the state switches at every step; an input of 0 should leave it as it is",
            lambda h_prev, x_t: 1 - h_prev,
        ),
    ),
)

EXERCISES = (_RUN_RECURRENCE, _LINEAR_RNN, _IMPULSE_RESPONSE, _HALF_LIFE, _PARITY_STATE)
