"""A draw from p = softmax(y / temperature) for each row; at temperature 0 the likeliest."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np

from rnn_utils.checks.framework.behaviour import Trial, UnusableError, chance_bound, shares
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.shared_mistakes.chance import ALWAYS_THE_SAME, SAME_SEED
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.output import softmax
from rnn_utils.tasks.text import one_hot, sample_next


def _scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    N, O = min(sizes["N"], 2), sizes["O"]  # noqa: E741
    O = O if O == 1 else O + 2  # noqa: E741
    spread = np.linspace(0.0, 2.5, O)
    y = np.stack([rng.permutation(spread) for _ in range(N)]) + 0.1 * rng.standard_normal((N, O))
    y = y + rng.standard_normal((N, 1))  # what is common to a row makes no difference
    return {"y": y, "temperature": 0.5, "rng": np.random.default_rng(rng.integers(2**32))}


def _scores_at(temperature: float, above: float = 0.0) -> Callable[..., Arguments]:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        arguments = _scores(rng, sizes)
        return arguments | {"y": arguments["y"] + above, "temperature": temperature}

    return draw


def _one_row_far_below(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    drawn = _scores(rng, sizes)
    drawn["y"][-1] -= 2000.0
    return drawn


def _close_together(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw scores of which one is the highest by little, which at temperature 0 is enough."""
    drawn = _scores(rng, sizes)
    return drawn | {"y": 1e-4 * drawn["y"], "temperature": 0.0}


_CONTRACT = Contract(
    sizes="NO",
    float32=False,
    layouts=False,
    edges=(
        Case("temperature 1.8", general=True, draw=_scores_at(1.8)),
        Case("temperature 0", draw=_scores_at(0.0)),
        Case("temperature 0.01", draw=_scores_at(0.01)),
        Case("scores around 1000", draw=_scores_at(0.8, above=1000.0)),
        Case("one row of scores far below the other", draw=_one_row_far_below),
        Case("temperature 0, scores close together", draw=_close_together),
    ),
)


#: Each row of scores is drawn from this often in one call, and in one more.
_REPEATS = 2500


def _expected_shares(y: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    if temperature == 0:
        p = one_hot(y.argmax(axis=1), y.shape[1])
    else:
        p = softmax((y - y.max(axis=1, keepdims=True)) / temperature)
    return np.cumsum(p, axis=1)


def _drawn_shares(
    sample: Callable[..., Any], y: np.ndarray, temperature: float, rng: np.random.Generator
) -> np.ndarray:
    """Return, for each row of y, the share of its draws that are at most k, for each k."""

    def draw(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return _as_draws(sample(y, temperature, rng), len(y))

    begin, many = deepcopy(rng), np.tile(y, (_REPEATS, 1))
    _as_draws(
        sample(y, temperature, deepcopy(rng)), len(y)
    )  # as given: its form, and no change of y
    ours = deepcopy(rng)
    first, second = draw(many.copy(), ours), draw(many.copy(), ours)
    few = many[: 200 * len(y)]
    if not np.array_equal(draw(few.copy(), deepcopy(begin)), draw(few.copy(), deepcopy(begin))):
        raise UnusableError(SAME_SEED)
    p = np.diff(_expected_shares(y, temperature, rng), prepend=0.0)
    improbable = _REPEATS * np.log(np.sum(p**2, axis=1)).sum() < -50
    varied = len(np.unique(first.reshape(_REPEATS, -1), axis=0)) > 1
    if improbable and varied and np.array_equal(first, second):
        raise UnusableError(ALWAYS_THE_SAME)
    return shares(np.concatenate([first, second]).reshape(-1, *y.shape[:1]), y.shape[1])


def _as_draws(value: Any, N: int) -> np.ndarray:
    """Read what `sample_next` returned for N rows, or say what is wrong with its form."""
    if value is None:
        raise UnusableError(
            "It returned None where `indices` is expected: is the `return` missing?"
        )
    if isinstance(value, list):
        raise UnusableError("It returned a list; the caller expects one array (see np.array).")
    draws = np.asarray(value)
    if draws.shape != (N,):
        raise UnusableError(
            f"`indices` has the shape {draws.shape}; expected is (N,) = {(N,)}, one number for each row."
        )
    if draws.dtype.kind not in "iu":
        raise UnusableError(
            f"The draws are {draws.dtype}; expected are integers, which can be used as indices."
        )
    return draws


@np.errstate(all="ignore")
def _sample(made: Made, y: np.ndarray, temperature: float, rng: np.random.Generator) -> Any:
    N, O = y.shape  # noqa: E741
    if temperature == 0 and "zero not handled" not in made:
        return y.argmax(axis=1)
    if "argmax instead of sampling" in made:
        return y.argmax(axis=1)
    if "scores not looked at" in made:
        return rng.integers(0, O, N)
    if "temperature ignored" in made:
        temperature = 1.0
    if "temperature multiplied" in made:
        temperature = 1 / temperature
    if "first row for all" in made:
        y = np.broadcast_to(y[0], y.shape)
    if "sign" in made:
        y = -y
    a = y / temperature
    if "overflow" not in made:
        a = a - a.max(axis=1, keepdims=True)
    if "uniform noise" in made:
        return (a + rng.random(a.shape)).argmax(axis=1)
    if "normal noise" in made:
        return (a + rng.standard_normal(a.shape)).argmax(axis=1)
    if "least instead of largest" in made:
        return (a + rng.gumbel(size=a.shape)).argmin(axis=1)
    if "overflow" in made or "zero not handled" in made:
        e = np.exp(a)
        a = e / e.sum(axis=1, keepdims=True)
        return (np.cumsum(a, axis=1) < rng.random((N, 1))).sum(axis=1)
    p = np.exp(a)
    if "no exponential" in made:
        p = y - y.min(axis=1, keepdims=True)
    if "softmax over the batch" in made:
        p = np.exp(y / temperature - np.max(y / temperature))
        p = p / p.sum(axis=0)
    elif "softmax over everything" in made:
        p = p / p.sum()
    else:
        p = p / p.sum(axis=1, keepdims=True)
    if "temperature divides probabilities" in made:
        p = softmax(y) / temperature
    if "global np.random" in made:
        u = np.random.random((N, 1))  # noqa: NPY002
    elif "a generator of its own" in made:
        u = np.random.default_rng(0).random((N, 1))
    elif "one draw for the whole batch" in made:
        u = np.full((N, 1), rng.random())
    else:
        u = rng.random((N, 1))
    drawn = (np.cumsum(p, axis=1) < u).sum(axis=1)
    if "ends above counted" in made:
        drawn = (np.cumsum(p, axis=1) > u).sum(axis=1)
    if "off by one" in made:
        drawn = drawn + 1
    if "one too low" in made:
        drawn = drawn - 1
    return drawn


_SAMPLE_MISTAKES = {
    "argmax instead of sampling": (
        "the highest score is always taken; each number should come as often as its probability says"
    ),
    "temperature ignored": (
        "the temperature has no effect: the scores are divided by it before the softmax (and before "
        "any noise is added)"
    ),
    "temperature multiplied": (
        "the temperature multiplies the scores; dividing by a small one makes the likely likelier"
    ),
    "temperature divides probabilities": (
        "the temperature divides the probabilities; it divides the scores, before the softmax"
    ),
    "softmax over the batch": (
        "the softmax is taken over the batch; each row has its own probabilities, with sum 1 along axis 1"
    ),
    "softmax over everything": (
        "the softmax is taken over all rows together; each row has its own, with sum 1 along axis 1"
    ),
    "one draw for the whole batch": (
        "one random number serves the whole batch, so that equal rows always draw alike; each row "
        "needs its own"
    ),
    "ends above counted": (
        "the ends above the random number are counted; those below it are the stretches that it has passed"
    ),
    "first row for all": "every row is drawn from the first row's scores",
    "global np.random": "the numbers come from np.random itself and not from `rng`",
    "a generator of its own": (
        "it makes a generator of its own in every call; use the `rng` that is given"
    ),
    "scores not looked at": "all numbers are equally likely, whatever the scores",
    "no exponential": "the scores are made positive and normalised without the exponential",
    "sign": "a sign is wrong: the least likely comes most often",
    "off by one": "every number is one too high: the first has the number 0",
    "one too low": "every number is one too low: the first has the number 0",
    "uniform noise": (
        "uniform noise is added before argmax; only Gumbel noise, −log(−log u), makes that a softmax"
    ),
    "normal noise": (
        "normal noise is added before argmax; only Gumbel noise, −log(−log u), makes that a softmax"
    ),
    "least instead of largest": "the least of scores plus noise is taken; it is the largest",
    "overflow": (
        "exp overflows for large scores: subtract each row's largest first, as in lesson 04"
    ),
    "zero not handled": ("temperature 0 divides by zero; the docstring says what to return there"),
}


@np.errstate(all="ignore")
def _plain_softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores)
    return e / e.sum(axis=1, keepdims=True)


def _chosen(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    drawn = np.empty(len(p), dtype=int)
    different = np.unique(p, axis=0) if np.isfinite(p).all() else p
    for row in different:
        same = (p == row).all(axis=1)
        drawn[same] = rng.choice(len(row), size=same.sum(), p=row)
    return drawn


EXERCISE = Exercise(
    name="sample_next",
    lesson="10_next_word",
    points=2,
    reference=sample_next,
    outputs={"indices": "N O"},
    draw=_scores,
    contract=_CONTRACT,
    draws=1,
    tolerance=chance_bound(2 * _REPEATS, compared=2 * 7),
    trial=Trial(_drawn_shares, _expected_shares),
    mistakes=(
        *mistakes_in(_sample, _SAMPLE_MISTAKES, together=1),
        Mistake(
            "zero not handled, drawn by choice",
            "temperature 0 is not handled by itself: the scores are divided by 0; there the highest score of "
            "each row is taken",
            lambda y, temperature, rng: _chosen(
                softmax((y - y.max(axis=1, keepdims=True)) / temperature), rng
            ),
        ),
        Mistake(
            "overflow, drawn by choice",
            "exp overflows for large scores: subtract each row's largest first, as in lesson 04",
            lambda y, temperature, rng: (
                y.argmax(axis=1)
                if temperature == 0
                else _chosen(_plain_softmax(y / temperature), rng)
            ),
        ),
        Mistake(
            "one highest score for all",
            "at temperature 0 the highest of all scores is taken; each row has one: `argmax` with axis=1",
            lambda y, temperature, rng: (
                np.argmax(y) if temperature == 0 else _sample(frozenset(), y, temperature, rng)
            ),
        ),
    ),
)
