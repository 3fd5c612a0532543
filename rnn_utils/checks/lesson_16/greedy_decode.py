"""Writing: k_t = argmax of the scores after k_{t−1}, until every sequence has written its end."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.layers.attention import greedy_decode

Step = Callable[[np.ndarray, Any], tuple[np.ndarray, Any]]


def _machine(rng: np.random.Generator, sizes: Sizes, V: int = 7) -> Arguments:
    """A writer whose state counts its steps, so that a state that is not carried on shows."""
    N, end = sizes["N"], 2
    first, turn = rng.permutation(V), rng.standard_normal((40, V))

    def step(tokens: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores = turn[(np.asarray(state) + first[np.asarray(tokens)]) % 40].copy()
        scores[:, end] = np.where(np.asarray(state) % 5 == 4, 9.0, -9.0)
        return scores, np.asarray(state) + 1

    # The sequences end at different steps: at 1, 2, … 5.
    state = np.arange(N) % 5 + 5 * rng.integers(0, 4, N)
    start = np.where(rng.random(N) < 0.5, 0, 1)
    return {"step": step, "state": state, "start": start, "end": end, "longest": 9}


def _cut_off(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _machine(rng, sizes) | {"longest": 2}


def _nothing(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _machine(rng, sizes) | {"longest": 0}


def _one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _machine(rng, sizes | {"N": 1})


def _end_is_zero(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _machine(rng, sizes)
    inner = arguments["step"]

    def step(tokens: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, after = inner((np.asarray(tokens) + 2) % 7, state)
        return np.roll(scores, -2, axis=1), after

    return arguments | {"step": step, "end": 0, "start": (arguments["start"] - 2) % 7}


def _start_is_the_end(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _machine(rng, sizes)
    return arguments | {"start": np.full_like(arguments["start"], arguments["end"])}


def _written(
    step: Step,
    state: Any,
    start: np.ndarray,
    end: int,
    longest: int,
    *,
    carry: bool = True,
    feed: bool = True,
    start_ends: bool = False,
    stop: Callable[[np.ndarray], bool] = lambda ended: bool(ended.all()),
    fill: bool | int = True,
    choose: Callable[[np.ndarray], np.ndarray] = lambda scores: scores.argmax(axis=-1),
) -> np.ndarray:
    tokens, ended = start, (start == end) & start_ends
    rows: list[np.ndarray] = []
    while len(rows) < longest and not stop(ended):
        scores, after = step(tokens, state)
        state = after if carry else state
        written = choose(scores)
        if fill is not False:
            written = np.where(ended, end if fill is True else fill, written)
        ended = ended | (written == end)
        rows.append(written)
        tokens = written if feed else start
    return np.array(rows, dtype=int).reshape(len(rows), len(start))


def _without_end(*arguments: Any) -> np.ndarray:
    return _written(*arguments)[:-1]


def _with_start(*arguments: Any) -> np.ndarray:
    return np.concatenate([arguments[2][None], _written(*arguments)])


def _together(step: Step, state: Any, start: np.ndarray, end: int, longest: int) -> np.ndarray:
    tokens = start
    rows: list[np.ndarray] = []
    while len(rows) < longest and not (rows and (tokens == end).all()):
        scores, state = step(tokens, state)
        tokens = scores.argmax(axis=-1)
        rows.append(tokens)
    return np.array(rows, dtype=int).reshape(len(rows), len(start))


def _with(**mistake: Any) -> Callable[..., np.ndarray]:
    return lambda *arguments: _written(*arguments, **mistake)


EXERCISE = Exercise(
    name="greedy_decode",
    lesson="16_attention",
    points=2,
    reference=greedy_decode,
    outputs={"tokens": "T N"},
    draw=_machine,
    contract=Contract(
        sizes="N",
        float32=False,
        layouts=False,
        edges=(
            Case("an end token of 0", draw=_end_is_zero),
            Case("cut off after two steps", draw=_cut_off),
            Case("no step allowed", draw=_nothing),
            Case("one sequence", draw=_one),
            Case("a start that is the end token", draw=_start_is_the_end),
        ),
    ),
    mistakes=(
        Mistake(
            "start fed in again",
            "every step is fed the start; each is fed the token that was just written",
            _with(feed=False),
        ),
        Mistake(
            "state not carried on",
            "the state that `step` returns is thrown away: every step begins from the first state",
            _with(carry=False),
        ),
        Mistake(
            "never stops before longest",
            "it goes on to `longest` although every sequence has ended",
            _with(stop=lambda ended: False),
        ),
        Mistake(
            "stops at the first end",
            "it stops as soon as one sequence has ended; the others are cut off",
            _with(stop=lambda ended: bool(ended.any())),
        ),
        Mistake(
            "goes on writing behind an end",
            "a sequence that has ended goes on writing; behind its end there is nothing but `end`",
            _with(fill=False),
        ),
        Mistake(
            "waits for all to end together",
            "it stops only if all sequences write `end` in the same step; remember which have ended already",
            _together,
        ),
        Mistake(
            "filled up with zeros",
            "what follows an end is 0; it is `end`, which need not be 0",
            _with(fill=0),
        ),
        Mistake(
            "the start ends",
            "a sequence whose start is the `end` token counts as ended; the start was not written",
            _with(start_ends=True),
        ),
        Mistake(
            "least likely",
            "the lowest score wins; the likeliest token has the highest",
            _with(choose=lambda scores: scores.argmin(axis=-1)),
        ),
        Mistake(
            "one token for all",
            "one token is chosen for all sequences (an argmax over the whole array, or over axis 0); "
            "each row of "
            "the scores is a sequence of its own",
            _with(
                choose=lambda scores: np.full(len(scores), int(scores.argmax()) % scores.shape[1])
            ),
        ),
        Mistake(
            "end left out",
            "the last row is missing: the end belongs to what is written",
            _without_end,
        ),
        Mistake("start returned", "the start is returned with what was written", _with_start),
        Mistake(
            "sequences first",
            "the axes are exchanged: tokens are (T, N), time first",
            lambda *arguments: _written(*arguments).T,
        ),
        Mistake(
            "one step too many",
            "one step more than `longest` is written",
            lambda step, state, start, end, longest: _written(step, state, start, end, longest + 1),
        ),
    ),
)
