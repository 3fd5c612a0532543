"""The tokens at some places of a vocabulary, joined to a text."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_utils.checks.framework.behaviour import text_as_numbers
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_10.encode import WORDS, draw_alphabet
from rnn_utils.checks.shared_mistakes.step import Made
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


def _white_space(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a text that begins and ends with white space, and has two spaces in a row."""
    vocabulary = "".join(rng.permutation(list("a \nb")))
    space, end, letter = (vocabulary.index(c) for c in " \na")
    places = [space, letter, space, space, letter, end, space]
    return {"indices": np.array(places), "vocabulary": vocabulary}


def _words_of_one_letter(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"indices": rng.permutation([0, 1, 2, 1]), "vocabulary": ["a", "i", "o"]}


def _none_of(vocabulary: Sequence[str]) -> Draw:
    return lambda rng, sizes: {"indices": np.array([], dtype=int), "vocabulary": vocabulary}


_CONTRACT = Contract(
    float32=False,
    layouts=False,
    edges=(
        Case("words", general=True, draw=_word_numbers),
        Case("one number", draw=lambda rng, _: {"indices": np.array([2]), "vocabulary": "cab"}),
        Case("white space at both ends", draw=_white_space),
        Case("words of one letter", draw=_words_of_one_letter),
        Case("no numbers", draw=_none_of("cab")),
        Case("no numbers of words", draw=_none_of(["the", "cat"])),
    ),
)


def _decode(made: Made, indices: np.ndarray, vocabulary: Sequence[str]) -> Any:
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
    contract=_CONTRACT,
    draws=2,
    convert=text_as_numbers,
    mistakes=(
        *mistakes_in(
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
            "stripped",
            "white space at the ends of the text is cut off; it belongs to the text",
            lambda indices, vocabulary: _decode(frozenset(), indices, vocabulary).strip(),
        ),
        Mistake(
            "stripped at the end",
            "white space at the end of the text is cut off; it belongs to the text",
            lambda indices, vocabulary: _decode(frozenset(), indices, vocabulary).rstrip(),
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
