"""Each token by its place in the vocabulary; what is not there by the place of the unknown one."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_utils.checks.framework.behaviour import Trial, UnusableError
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.tasks.text import UNKNOWN, encode, one_hot

_LETTERS = "zebra mining, quick fox!"


def draw_alphabet(rng: np.random.Generator, size: int) -> str:
    letters = sorted(set(_LETTERS))
    return "".join(rng.permutation(letters)[:size])  # in no order: a vocabulary is what is given


def _text(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = draw_alphabet(rng, sizes["O"] + 3)
    text = "".join(vocabulary[k] for k in rng.integers(0, len(vocabulary) - 1, sizes["T"] + 6))
    return {"text": text, "vocabulary": vocabulary}


WORDS = ["alice", "rabbit", "said", "the", "white", "so"]


def _words(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = [UNKNOWN, *rng.permutation(WORDS).tolist()]
    known = rng.permutation(vocabulary[1:]).tolist()
    return {"text": ["dodo", *known, "croquet", known[0]], "vocabulary": vocabulary}


def _unknown_elsewhere(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _words(rng, sizes)
    words = arguments["vocabulary"][1:]
    return arguments | {"vocabulary": [*words[:2], UNKNOWN, *words[2:]]}


def _stranger(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _text(rng, sizes)
    return arguments | {"text": arguments["text"] + "Q"}


def _spaces_and_capitals(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a text that begins and ends with spaces, of letters that stand there large and small."""
    vocabulary = "".join(rng.permutation(list("aA bB")))
    middle = "".join(rng.permutation(list("aAbB ")))
    return {"text": f" {middle}A ", "vocabulary": vocabulary}


def _words_within_words(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = ["therefore", "there", "the", "he", UNKNOWN]
    return {
        "text": rng.permutation([*vocabulary, "here", "her"]).tolist(),
        "vocabulary": vocabulary,
    }


def _characters_in_a_list(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = [*rng.permutation(list("abc")), UNKNOWN]
    return {"text": "".join(rng.permutation(list("abcQ"))), "vocabulary": vocabulary}


class _Indexed(str):
    """A vocabulary of which the places are used as places of an array."""


def _used_as_places(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"text": "abba", "vocabulary": _Indexed("cab")}


_CONTRACT = Contract(
    float32=False,
    layouts=False,
    edges=(
        Case("a list of words", general=True, draw=_words),
        Case("one character", draw=lambda rng, _: {"text": "b", "vocabulary": "cab"}),
        Case(f"{UNKNOWN} in another place", draw=_unknown_elsewhere),
        Case("an unknown character", draw=_stranger),
        Case("spaces at both ends, and capitals", draw=_spaces_and_capitals),
        Case("words that begin alike", draw=_words_within_words),
        Case("characters in a list", draw=_characters_in_a_list),
        Case("numbers that are used as places of an array", draw=_used_as_places),
        Case("an empty text", draw=lambda rng, _: {"text": "", "vocabulary": "cab"}),
        Case("no words", draw=lambda rng, _: {"text": [], "vocabulary": [UNKNOWN, "cab"]}),
    ),
)


def _encoded(function: Callable[..., Any], text: Sequence[str], vocabulary: Sequence[str]) -> Any:
    """Return what `encode` returns, or zeros where it refused an unknown character as it should."""
    if isinstance(vocabulary, list) and UNKNOWN in vocabulary:
        try:
            found = np.asarray(function(text, vocabulary))
        except ValueError as error:
            if "is not in list" in str(error):
                raise
            raise UnusableError(
                f"A ValueError came, although {UNKNOWN!r} is in the vocabulary: at place 0, which an `if` "
                "takes for false."
            ) from None
        if found.dtype == object and None in found.ravel().tolist():
            raise UnusableError(
                "`None` stands among the numbers: a dictionary's `get` gives it for a word that it lacks. "
                f"The place of {UNKNOWN!r} belongs there."
            )
        return found
    if isinstance(vocabulary, _Indexed):
        found = function(text, str(vocabulary))
        kind = np.asarray(found).dtype
        if kind.kind == "f":
            raise UnusableError(
                f"The numbers are {kind}; expected are integers, since only they can be used as places of an "
                "array: give the array `dtype=int`."
            )
        return found
    if UNKNOWN in vocabulary or set(text) <= set(vocabulary):
        return function(text, vocabulary)
    try:
        function(text, vocabulary)
    except ValueError:
        return np.zeros(len(text))
    except KeyError:
        raise UnusableError(
            f"{text[-1]!r} is not in the vocabulary, and neither is {UNKNOWN!r}: a KeyError came where "
            f"a ValueError with a sentence is asked for."
        ) from None
    raise UnusableError(
        f"{text[-1]!r} is not in the vocabulary, and neither is {UNKNOWN!r}: expected is a ValueError, "
        f"but a value was returned."
    )


def _encode(made: Made, text: Sequence[str], vocabulary: Sequence[str]) -> Any:
    if "its own vocabulary" in made:
        vocabulary = sorted(set(text))
    if "sorted vocabulary" in made:
        vocabulary = sorted(vocabulary)
    if "unknown dropped" in made:
        text = [token for token in text if token in vocabulary]
    numbers = {token: k for k, token in enumerate(vocabulary)}
    unknown: int | None = numbers.get(UNKNOWN)
    if "unknown is −1" in made:
        unknown = -1
    if "unknown is the first" in made:
        unknown = 0
    if "unknown refused" in made:
        unknown = None
    found = [numbers.get(token, unknown) for token in text]
    indices = [k for k in found if k is not None]
    if len(indices) < len(found):
        raise ValueError("unknown")
    if "reversed" in made:
        indices.reverse()
    if "counts from one" in made:
        indices = [k + 1 for k in indices]
    if "one-hot vectors" in made:
        return one_hot(np.array(indices), len(vocabulary))
    if "each only once" in made:
        indices = list(dict.fromkeys(indices))
    return np.array(indices)


EXERCISE = Exercise(
    name="encode",
    lesson="10_next_word",
    points=1,
    reference=encode,
    outputs={"indices": "T"},
    draw=_text,
    contract=_CONTRACT,
    draws=2,
    trial=Trial(_encoded),
    mistakes=(
        Mistake(
            "index alone",
            f"a word that is not in the vocabulary is looked up all the same; {UNKNOWN!r} takes its place",
            lambda text, vocabulary: np.array([vocabulary.index(token) for token in text]),
        ),
        Mistake(
            "dictionary alone",
            f"a word that is not in the vocabulary is looked up all the same; {UNKNOWN!r} takes its place",
            lambda text, vocabulary: np.array(
                [{entry: k for k, entry in enumerate(vocabulary)}[token] for token in text]
            ),
        ),
        Mistake(
            "str.find",
            "`find` is a string's and knows no lists; the vocabulary may be a list of words (and −1, which "
            "it gives for what it does not find, is the last place of an array)",
            lambda text, vocabulary: np.array([vocabulary.find(token) for token in text]),
        ),
        Mistake(
            "codes of the characters",
            "ord gives a character's number in Unicode; asked is its place in the vocabulary",
            lambda text, vocabulary: np.array([ord(token[0]) for token in text]),
        ),
        *mistakes_in(
            _encode,
            {
                "one-hot vectors": "one-hot vectors are returned; asked are the numbers alone",
                "its own vocabulary": (
                    "a vocabulary is made of the text itself; the numbers are places in the one given"
                ),
                "sorted vocabulary": "the vocabulary is sorted first; its order is as it is given",
                "counts from one": "the places are counted from 1; Python's first place is 0",
                "unknown dropped": (
                    f"what is not in the vocabulary is left out, so that the result is shorter than "
                    f"the text; {UNKNOWN!r} takes its place"
                ),
                "unknown is −1": (
                    "what is not in the vocabulary becomes −1 (as `str.find` says it), which as an index "
                    "is the last entry"
                ),
                "unknown is the first": (
                    f"what is not in the vocabulary becomes 0; it is the place of {UNKNOWN!r}, wherever "
                    f"that is, and without one a ValueError"
                ),
                "unknown refused": (
                    f"a word that is not in the vocabulary is refused although {UNKNOWN!r} is there for it"
                ),
                "reversed": "the numbers stand in reversed order",
                "each only once": "each character is encoded once; asked is one number per place",
            },
            together=1,
        ),
    ),
)
