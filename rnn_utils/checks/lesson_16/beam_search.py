"""Writing with several beginnings kept: of all that one more token makes, the `width` likeliest stay."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.attention import beam_search

Step = Callable[[np.ndarray, Any], tuple[np.ndarray, Any]]


def _machine(
    rng: np.random.Generator, sizes: Sizes, width: int = 3, longest: int = 6, V: int = 6
) -> Arguments:
    """A writer whose scores depend on all tokens before: each beginning has a state of its own."""
    end, table = 2, 1.5 * rng.standard_normal((41, V))

    def step(tokens: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        after = (5 * np.asarray(state) + np.asarray(tokens) + 1) % 41
        return table[after].copy() + 30.0, after

    return {
        "step": step,
        "state": rng.integers(0, 41, 1),
        "start": 1,
        "end": end,
        "longest": longest,
        "width": width,
    }


def _with(**fixed: int) -> Draw:
    return lambda rng, sizes: _machine(rng, sizes, **fixed)


def _seldom_ends(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _machine(rng, sizes)
    inner = arguments["step"]

    def step(tokens: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, after = inner(tokens, state)
        scores[:, 2] -= 20.0
        return scores, after

    return arguments | {"step": step}


def _often_ends(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """The likeliest text has ended early; what is kept in its place goes on."""
    arguments = _machine(rng, sizes)
    inner = arguments["step"]

    def step(tokens: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, after = inner(tokens, state)
        scores[:, 2] += 2.0
        return scores, after

    return arguments | {"step": step}


def _a_likelier_end_later(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """One text ends at once, with a probability of about 0.3; a likelier one ends two steps later."""
    arguments = _machine(rng, sizes)
    way = rng.permutation([0, 3, 4, 5])[:2]

    def step(tokens: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        count = int(np.asarray(state)[0])
        scores = np.full((1, 6), -4.0)
        scores[0, 2] = 1.0 if count == 0 else 4.0 if count == 2 else -4.0
        scores[0, way[count % 2]] = 2.0 if count < 2 else -4.0
        return scores + 0.1 * np.sin(np.arange(6) + count), np.asarray(state) + 1

    return arguments | {"step": step, "state": np.zeros(1, dtype=int)}


def _a_likelier_text_is_open(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _a_likelier_end_later(rng, sizes) | {"longest": 2}


def _as_arrays(value: Any) -> tuple[np.ndarray, np.ndarray]:
    tokens, total = value
    return np.asarray(tokens, dtype=int), np.asarray(total, dtype=float)


def _found(
    made: Made, step: Step, state: Any, start: int, end: int, longest: int, width: int
) -> tuple[np.ndarray, float]:
    width = 1 if "width unused" in made else width
    beam: list[tuple[float, list[int], Any]] = [(0.0, [], state)]
    finished: list[tuple[float, list[int], Any]] = []
    for _ in range(longest):
        grown = []
        for total, tokens, before in beam:
            before = state if "one state for all" in made else before
            scores, after = step(np.array([tokens[-1] if tokens else start]), before)
            if "one state for all" in made:
                state = after
            logs = scores[0] - scores[0].max()
            logs = logs - np.log(np.exp(logs).sum())
            if "scores summed" in made:
                logs = scores[0]
            if "probabilities summed" in made:
                logs = np.exp(logs)
            kept = 0.0 if "last token alone" in made else total
            grown += [(kept + float(log), [*tokens, k], after) for k, log in enumerate(logs)]
        grown = sorted(grown, key=lambda one: -one[0])[:width]
        if "ends are not noticed" in made:
            beam = grown
            continue
        finished += [one for one in grown if one[1][-1] == end]
        beam = [one for one in grown if one[1][-1] != end]
        if "stops at the first end" in made and finished:
            beam = []
        if not beam:
            break
    if "what has ended is dropped" in made:
        finished = []
    if "only what has ended" not in made or not finished:
        finished = finished + beam
    finished = finished or [(0.0, [], None)]
    length = (lambda one: max(1, len(one[1]))) if "divided by the length" in made else lambda _: 1
    worst = min if "least likely" in made else max
    total, tokens, _ = worst(finished, key=lambda one: one[0] / length(one))
    if "end left out" in made and tokens and tokens[-1] == end:
        tokens = tokens[:-1]
    if "start returned" in made:
        tokens = [start, *tokens]
    return np.array(tokens, dtype=int), float(np.exp(total)) if "probability" in made else total


EXERCISE = Exercise(
    name="beam_search",
    lesson="16_attention",
    points=2,
    reference=beam_search,
    outputs={"tokens": "T", "total": ""},
    draw=_machine,
    convert=_as_arrays,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(
            Case("a width of 1", draw=_with(width=1)),
            Case("a width of 2", general=True, draw=_with(width=2)),
            Case("texts that seldom end", general=True, draw=_seldom_ends),
            Case("texts that often end", general=True, draw=_often_ends),
            Case("a likelier text that ends later", general=True, draw=_a_likelier_end_later),
            Case("a likelier text that is still open", draw=_a_likelier_text_is_open),
            Case("one step", draw=_with(longest=1)),
            Case("no step allowed", draw=_with(longest=0)),
        ),
    ),
    mistakes=mistakes_in(
        _found,
        {
            "width unused": "only the best beginning is kept: that is greedy decoding",
            "one state for all": (
                "all beginnings share one state; each goes on from the state that belongs to it"
            ),
            "scores summed": (
                "scores are summed as they come; what is summed are logarithms of probabilities (a softmax, "
                "then its logarithm)"
            ),
            "probabilities summed": (
                "probabilities are summed; they are multiplied, or their logarithms summed"
            ),
            "last token alone": (
                "beginnings are compared by their last token alone; it is the whole beginning that counts"
            ),
            "ends are not noticed": "texts go on behind their end",
            "stops at the first end": (
                "it stops as soon as one text has ended; a likelier one may still be open"
            ),
            "what has ended is dropped": "texts that have ended are lost; the likeliest of all is wanted",
            "only what has ended": (
                "texts that are still open after `longest` steps are left out; the likeliest of all is wanted"
            ),
            "divided by the length": (
                "the logarithm is divided by the length; here the likeliest text is wanted as it is"
            ),
            "least likely": "the least likely text is returned",
            "end left out": "the end is missing; it belongs to what is written",
            "start returned": "the start is returned with what was written",
            "probability": "the probability is returned; its logarithm is wanted",
        },
        together=1,
    ),
)
