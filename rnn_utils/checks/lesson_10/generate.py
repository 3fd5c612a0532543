"""Reading the start, then drawing a token and feeding it back in: k_t ~ softmax(y_{t−1} / temperature)."""

from collections.abc import Callable
from copy import deepcopy
from itertools import product
from typing import Any

import numpy as np

from rnn_utils.cells.rnn import rnn_step
from rnn_utils.checks.framework.behaviour import (
    Trial,
    UnusableError,
    chance_bound,
    repeated,
    shares,
    text_or_shares,
)
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_10.encode import draw_alphabet
from rnn_utils.checks.shared_mistakes.chance import ALWAYS_THE_SAME, SAME_SEED
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.output import output_layer, softmax
from rnn_utils.tasks.text import encode, generate, one_hot, sample_next
from rnn_utils.training.models import RNNParameters

_LENGTH = 3


def _model(rng: np.random.Generator, size: int) -> Arguments:
    H = 10
    parameters = RNNParameters(
        2.0 * rng.standard_normal((H, size)),
        1.4 * rng.standard_normal((H, H)) / np.sqrt(H),
        0.3 * rng.standard_normal(H),
        3.0 * rng.standard_normal((size, H)) / np.sqrt(H),
        0.5 * rng.standard_normal(size),
    )
    return {"parameters": parameters, "vocabulary": draw_alphabet(rng, size)}


def _greedy(rng: np.random.Generator, sizes: Sizes, start: int = 4, length: int = 14) -> Arguments:
    model = _model(rng, 8)
    drawn = rng.integers(0, 8, start)
    return {
        "parameters": model["parameters"],
        "start": "".join(model["vocabulary"][k] for k in drawn),
        "length": length,
        "temperature": 0.0,
        "rng": np.random.default_rng(rng.integers(2**32)),
        "vocabulary": model["vocabulary"],
    }


def _spaces_at_the_ends(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    drawn = _greedy(rng, sizes)
    vocabulary = " " + drawn["vocabulary"].replace(" ", "_")[1:]
    start = f"  {rng.choice(list(vocabulary[1:]))} "
    return drawn | {"start": start, "vocabulary": vocabulary}


def _by_chance(temperature: float) -> Callable[..., Arguments]:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        model = _model(rng, 3)
        return {
            "parameters": model["parameters"],
            "start": model["vocabulary"][1:],
            "length": _LENGTH,
            "temperature": temperature,
            "rng": np.random.default_rng(rng.integers(2**32)),
            "vocabulary": model["vocabulary"],
        }

    return draw


_CONTRACT = Contract(
    float32=False,
    layouts=False,
    edges=(
        Case("temperature 0.6", general=True, draw=_by_chance(0.6)),
        Case("temperature 2.5", general=True, draw=_by_chance(2.5)),
        Case("a start with spaces at both ends", draw=_spaces_at_the_ends),
        Case("a long start", draw=lambda rng, sizes: _greedy(rng, sizes, start=25, length=5)),
        Case("a start of one character", draw=lambda rng, sizes: _greedy(rng, sizes, start=1)),
        Case("one character to add", draw=lambda rng, sizes: _greedy(rng, sizes, length=1)),
        Case("nothing to add", draw=lambda rng, sizes: _greedy(rng, sizes, length=0)),
    ),
)


#: So many texts are generated to see how often each comes.
_TEXTS = 1200


#: How long a text is that tells two generators apart, even where one character is likely by far.
_LONG = 150


def _generated(
    function: Callable[..., Any],
    parameters: RNNParameters,
    start: str,
    length: int,
    temperature: float,
    rng: np.random.Generator,
    vocabulary: str,
) -> Any:
    """Return the text at temperature 0; otherwise the shares of all possible texts, in order."""

    def write(rng: np.random.Generator, length: int, times: int = 1) -> list[str]:
        arguments = (parameters, start, length, temperature, rng, vocabulary)
        return [_as_text(text) for text in repeated(function, *arguments, times=times)]

    if temperature == 0:
        return write(rng, length)[0]
    texts = write(deepcopy(rng), length, _TEXTS)
    if write(deepcopy(rng), _LONG) != write(deepcopy(rng), _LONG):
        raise UnusableError(SAME_SEED)
    if len(set(texts)) == 1:  # always the likeliest is another mistake
        greedy = function(parameters, start, length, 0.0, rng, vocabulary)
        if texts[0] != greedy:
            raise UnusableError(ALWAYS_THE_SAME)
    places = {
        start + "".join(added): k for k, added in enumerate(product(vocabulary, repeat=length))
    }
    drawn = np.array([places.get(text, len(places)) for text in texts])
    return shares(drawn, len(places))


def _as_text(value: Any) -> str:
    """Read what `generate` returned, or say what is wrong with its form."""
    if value is None:
        raise UnusableError("It returned None where `text` is expected: is the `return` missing?")
    if not isinstance(value, str):
        raise UnusableError(
            f"It returned {type(value).__name__} where one string is expected (see str.join)."
        )
    return value


def _expected_texts(
    parameters: RNNParameters,
    start: str,
    length: int,
    temperature: float,
    rng: np.random.Generator,
    vocabulary: str,
) -> Any:
    if temperature == 0:
        return generate(parameters, start, length, temperature, rng, vocabulary)
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    V = len(vocabulary)
    h = np.zeros((1, len(b_h)))
    for index in encode(start, vocabulary):
        h = rnn_step(one_hot(np.array([index]), V), h, W_xh, W_hh, b_h)
    p = np.ones(1)  # of every text so far, each with its own state
    for k in range(length):
        if k > 0:
            h = rnn_step(np.tile(np.eye(V), (len(h), 1)), np.repeat(h, V, axis=0), W_xh, W_hh, b_h)
        p = (p[:, None] * softmax(output_layer(h, W_hy, b_y) / temperature)).ravel()
    return np.cumsum(p)


def _generate(
    made: Made,
    parameters: RNNParameters,
    start: str,
    length: int,
    temperature: float,
    rng: np.random.Generator,
    vocabulary: str,
) -> Any:
    W_xh, W_hh, b_h, W_hy, b_y = parameters

    # A thousand texts are written for each mistake: no argument is examined again at every character.
    def step(index: int, h: np.ndarray) -> np.ndarray:
        return np.tanh(W_xh[:, index] + h @ W_hh.T + b_h)

    zeros = np.zeros((1, len(b_h)))
    h = np.ones_like(zeros) if "starts from ones" in made else zeros
    known = encode(start, vocabulary).tolist()
    if "start not read" in made:
        known = known[-1:]
    if "only the first of the start" in made:
        known = known[:1]
    if "start read backwards" in made:
        known = known[::-1]
    for index in known[:-1]:
        h = step(index, h)
    last = known[-1]
    if "last character read twice" in made:
        h = step(last, h)
    if "last character not read" in made:
        last = known[-2] if len(known) > 1 else last
        h = zeros
        for index in known[:-2]:
            h = step(index, h)
    if "temperature ignored" in made:
        temperature = 1.0
    if "temperature multiplied" in made and temperature > 0:
        temperature = 1 / temperature
    if "argmax instead of sampling" in made:
        temperature = 0.0
    if "a generator of its own" in made:
        rng = np.random.default_rng(0)
    if "global np.random" in made:
        rng = np.random.default_rng()
    if "a character too many" in made:
        length = length + 1
    if "a character too few" in made:
        length = length - 1
    if "length of the whole" in made:
        length = length - len(start)
    drawn: list[int] = []
    for _ in range(length):
        if "from zeros at every character" in made:
            h = zeros
        new = step(last, h)
        read = h if "output from the state before" in made else new
        if "state stands still" in made and drawn:
            read = h
        if "state not carried" not in made and ("state stands still" not in made or not drawn):
            h = new
        y = read @ W_hy.T
        if "output bias missing" not in made:
            y = y + b_y
        index = int(sample_next(y, temperature, rng)[0])
        drawn.append(index)
        if "state stands still" in made:
            continue
        if "own characters not read" not in made:
            last = index
    if "start left out" in made:
        start = ""
    if "last of the start twice" in made:
        start = start + start[-1:]
    if "numbers" in made:
        return np.array(drawn)
    if "a list" in made:
        return [*start, *(vocabulary[k] for k in drawn)]
    if "numbers for characters" in made:
        return start + "".join(map(str, drawn))
    return start + "".join(vocabulary[k] for k in drawn)


def _looked_up_by_an_array(*arguments: Any) -> str:
    *_, vocabulary = arguments
    return vocabulary[np.array([0])]


EXERCISE = Exercise(
    name="generate",
    lesson="10_next_word",
    points=3,
    reference=generate,
    outputs={"text": ""},
    draw=_greedy,
    contract=_CONTRACT,
    convert=text_or_shares,
    tolerance=chance_bound(_TEXTS, compared=2),
    trial=Trial(_generated, _expected_texts),
    mistakes=(
        *mistakes_in(
            _generate,
            {
                "start left out": "the text begins after the start; asked is the start and what follows",
                "a list": 'a list is returned; `"".join(…)` makes one string of it',
                "state stands still": (
                    "the state stands still after the start, so that every character is drawn with the same "
                    "probabilities; each one drawn is read, as those of the start were"
                ),
                "numbers for characters": (
                    "the numbers drawn are written into the text; look each up in the vocabulary"
                ),
                "numbers": "numbers are returned; look each up in the vocabulary and join them",
                "start not read": (
                    "the state has seen only the last character of the start: the others were not read, "
                    "or the state was set back to zeros after them"
                ),
                "only the first of the start": "only the first character of the start is read",
                "start read backwards": "the start is read from its end",
                "state not carried": "the state is not carried on: every step starts from the same one",
                "from zeros at every character": (
                    "the state starts from zeros again at every character, so that only the last one counts: "
                    "it is carried on"
                ),
                "last character read twice": (
                    "the last character of the start is read twice: once with the start, and again as the "
                    "first input of the loop"
                ),
                "last character not read": (
                    "the last character of the start is never read before the first one is drawn"
                ),
                "last of the start twice": "the last character of the start stands twice in the text",
                "own characters not read": (
                    "the model does not read what it has drawn: the input stays the same at every step"
                ),
                "output from the state before": "the scores are read from the state before the step",
                "output bias missing": "the bias b_y is missing from the scores",
                "starts from ones": "the state starts from ones; it starts from zeros",
                "temperature ignored": "the temperature is not passed on to sample_next",
                "temperature multiplied": "one over the temperature is passed on, or the scores multiplied",
                "argmax instead of sampling": (
                    "the likeliest character is always taken; it is drawn with sample_next"
                ),
                "a generator of its own": (
                    "it makes a generator of its own in every call; use the `rng` that is given"
                ),
                "global np.random": "chance comes from somewhere else than `rng`",
                "a character too many": "one character too many is added",
                "a character too few": "one character too few is added",
                "length of the whole": "the start is counted in the length; `length` more are to be added",
            },
            together=1,
        ),
        Mistake(
            "an array for a place",
            "an array of one number is used as a place in the vocabulary; `sample_next` returns one number "
            "for each row, of which the first is wanted",
            _looked_up_by_an_array,
        ),
    ),
)
