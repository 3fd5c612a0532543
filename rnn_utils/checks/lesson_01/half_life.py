"""After how many steps half is left: |w_hh|^t = 1/2, so t = log(1/2) / log|w_hh|."""

import numpy as np

from rnn_utils.analysis.dynamics import half_life
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake


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


EXERCISE = Exercise(
    name="half_life",
    lesson="01_state_equation",
    points=1,
    reference=half_life,
    outputs={"steps": ""},
    draw=_decaying_weight,
    draws=4,
    contract=Contract(
        float32=False,
        layouts=False,
        integers=("w_hh",),
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
            "a product for a power",
            "½ is divided by the weight, which solves |w_hh| · k = ½; here k is an exponent",
            lambda w_hh: _guarded(w_hh, 0.5 / (abs(w_hh) + (w_hh == 0))),
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
            "rounded",
            "the number of steps is rounded; the solution of |w_hh|^k = 1/2 is a real number",
            lambda w_hh: _guarded(w_hh, float(np.round(_half_life(w_hh)))),
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
