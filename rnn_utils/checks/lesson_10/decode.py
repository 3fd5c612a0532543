"""The tokens at some places of a vocabulary, joined to a text."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, slips
from rnn_utils.checks.framework.trial import text_as_numbers
from rnn_utils.checks.lesson_10.encode import WORDS, draw_alphabet
from rnn_utils.checks.slips.step import Slips
from rnn_utils.tasks.text import UNKNOWN, decode


def _numbers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = draw_alphabet(rng, sizes["O"] + 3)
    first = [len(vocabulary) - 1, 0]
    return {
        "indices": np.array([*first, *rng.integers(0, len(vocabulary), sizes["T"] + 4)]),
        "vocabulary": vocabulary,
    }


def _word_numbers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = [UNKNOWN, *rng.permutation(WORDS).tolist()]
    return {"indices": rng.permutation([0, 1, 2, 3, 4, 5, 6, 3]), "vocabulary": vocabulary}


def _decode(made: Slips, indices: np.ndarray, vocabulary: Sequence[str]) -> Any:
    if "off by one" in made:
        indices = indices - 1
    if "sorted vocabulary" in made:
        vocabulary = sorted(vocabulary)
    tokens = [vocabulary[k] for k in indices]
    if "a list" in made:
        return tokens
    if "first only" in made:
        return tokens[0]
    between = "" if isinstance(vocabulary, str) else " "
    if "words run together" in made:
        between = ""
    if "spaces between characters" in made:
        between = " "
    if "reversed" in made:
        tokens.reverse()
    joined = between.join(tokens)
    return joined + between if "space at the end" in made else joined


EXERCISE = Exercise(
    name="decode",
    lesson="10_next_word",
    points=1,
    reference=decode,
    outputs={"text": ""},
    draw=_numbers,
    draws=2,
    convert=text_as_numbers,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(
            Case("words", general=True, draw=_word_numbers),
            Case("one number", draw=lambda rng, _: {"indices": np.array([2]), "vocabulary": "cab"}),
        ),
    ),
    mistakes=(
        *slips(
            _decode,
            {
                "a list": "a list is returned; `between.join(…)` makes one string of it",
                "first only": "only the first number is looked up",
                "words run together": "the words are joined without a space between them",
                "spaces between characters": (
                    "characters are joined with spaces between them; only words of a list are"
                ),
                "space at the end": "there is a space after the last word; it belongs between words",
                "off by one": "every place is one too low; the first entry has the number 0",
                "sorted vocabulary": "the vocabulary is sorted first; its order is as it is given",
                "reversed": "the text stands in reversed order",
            },
            together=1,
        ),
        Mistake(
            "numbers as text",
            "the numbers themselves are written down; asked is what stands at these places",
            lambda indices, vocabulary: "".join(str(k) for k in indices),
        ),
        Mistake(
            "characters by their codes",
            "chr takes a number in Unicode; asked is what stands at that place of the vocabulary",
            lambda indices, vocabulary: "".join(chr(k) for k in indices),
        ),
    ),
)
