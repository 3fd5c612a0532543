"""Lesson 10, the next word."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from itertools import product
from typing import Any

import numpy as np

from rnn_utils.cells.rnn import rnn_step
from rnn_utils.checks.framework.exercise import (
    Arguments,
    Case,
    Exercise,
    Mistake,
    Sizes,
    Trial,
    UnusableError,
    chance_bound,
    shares,
    slips,
    text_as_numbers,
    text_or_shares,
)
from rnn_utils.layers.output import output_layer, softmax
from rnn_utils.tasks.text import (
    UNKNOWN,
    decode,
    embedding_backward,
    encode,
    generate,
    one_hot,
    perplexity,
    sample_next,
)
from rnn_utils.training.models import RNNParameters

_LESSON = "10_next_word"

Slips = frozenset[str]


# encode and decode -------------------------------------------------------------------------------

_LETTERS = "zebra mining, quick fox!"


def _alphabet(rng: np.random.Generator, size: int) -> str:
    letters = sorted(set(_LETTERS))
    return "".join(rng.permutation(letters)[:size])  # in no order: a vocabulary is what is given


def _text(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = _alphabet(rng, sizes["O"] + 3)
    text = "".join(vocabulary[k] for k in rng.integers(0, len(vocabulary) - 1, sizes["T"] + 6))
    return {"text": text, "vocabulary": vocabulary}


_WORDS = ["alice", "rabbit", "said", "the", "white", "so"]


def _words(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = [UNKNOWN, *rng.permutation(_WORDS).tolist()]
    known = rng.permutation(vocabulary[1:]).tolist()
    return {"text": ["dodo", *known, "croquet", known[0]], "vocabulary": vocabulary}


def _unknown_elsewhere(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _words(rng, sizes)
    words = arguments["vocabulary"][1:]
    return arguments | {"vocabulary": [*words[:2], UNKNOWN, *words[2:]]}


def _stranger(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _text(rng, sizes)
    return arguments | {"text": arguments["text"] + "Q"}


def _encoded(function: Callable[..., Any], text: Sequence[str], vocabulary: Sequence[str]) -> Any:
    """Return what `encode` returns, or zeros where it refused an unknown character as it should."""
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


def _encode(made: Slips, text: Sequence[str], vocabulary: Sequence[str]) -> Any:
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


_ENCODE = Exercise(
    name="encode",
    lesson=_LESSON,
    points=1,
    reference=encode,
    outputs={"indices": "T"},
    draw=_text,
    draws=2,
    floats=False,
    trial=Trial(_encoded),
    edges=(
        Case("a list of words", general=True, draw=_words),
        Case("one character", draw=lambda rng, _: {"text": "b", "vocabulary": "cab"}),
        Case(f"{UNKNOWN} in another place", draw=_unknown_elsewhere),
        Case("an unknown character", draw=_stranger),
    ),
    mistakes=(
        Mistake(
            "codes of the characters",
            "ord gives a character's number in Unicode; asked is its place in the vocabulary",
            lambda text, vocabulary: np.array([ord(token[0]) for token in text]),
        ),
        *slips(
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


def _numbers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = _alphabet(rng, sizes["O"] + 3)
    first = [len(vocabulary) - 1, 0]
    return {
        "indices": np.array([*first, *rng.integers(0, len(vocabulary), sizes["T"] + 4)]),
        "vocabulary": vocabulary,
    }


def _word_numbers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    vocabulary = [UNKNOWN, *rng.permutation(_WORDS).tolist()]
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


_DECODE = Exercise(
    name="decode",
    lesson=_LESSON,
    points=1,
    reference=decode,
    outputs={"text": ""},
    draw=_numbers,
    draws=2,
    floats=False,
    convert=text_as_numbers,
    edges=(
        Case("words", general=True, draw=_word_numbers),
        Case("one number", draw=lambda rng, _: {"indices": np.array([2]), "vocabulary": "cab"}),
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


# embedding_backward ------------------------------------------------------------------------------


def _looked_up(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D = (sizes[letter] for letter in "TND")
    size = sizes["O"] + 3
    indices = rng.integers(1, size - 1, (T, N))  # the first and the last row are not looked up
    indices.flat[0] = indices.flat[-1]
    return {"dx": rng.standard_normal((T, N, D)), "indices": indices, "size": size}


def _often(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    dx = rng.standard_normal((7, 3, sizes["D"]))
    return {"dx": dx, "indices": rng.integers(1, 3, (7, 3)), "size": 5}


def _flat(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    dx = rng.standard_normal((6, sizes["D"]))
    return {"dx": dx, "indices": np.array([2, 0, 2, 2, 4, 0]), "size": 6}


def _embedding_backward(made: Slips, dx: np.ndarray, indices: np.ndarray, size: int) -> np.ndarray:
    if "as many rows as the largest index" in made:
        size = int(indices.max()) + 1
    D = dx.shape[-1]
    dE = np.ones((size, D)) if "starts from ones" in made else np.zeros((size, D))
    if "repeats lost" in made:
        dE[indices] += dx
        return dE
    if "repeats lost within a step" in made:
        for step, places in zip(dx, indices, strict=True):
            dE[places] += step
        return dE
    if "minus" in made:
        dx = -dx
    if "every row" in made:
        return dE + dx.reshape(-1, D).sum(axis=0)
    np.add.at(dE, indices, dx)
    counts = np.bincount(indices.ravel(), minlength=size)[:, None]
    if "mean instead of sum" in made:
        dE /= np.maximum(counts, 1)
    if "mean over the batch" in made:
        dE /= indices.size
    if "counted" in made:
        dE = np.repeat(counts, D, axis=1).astype(float)
    if "only the rows looked up" in made:
        dE = dE[np.unique(indices)]
    return dE


_EMBEDDING_BACKWARD = Exercise(
    name="embedding_backward",
    lesson=_LESSON,
    points=2,
    reference=embedding_backward,
    outputs={"dE": "V D"},
    draw=_looked_up,
    letters="TND",
    edges=(
        Case("two rows looked up again and again", general=True, draw=_often),
        Case("one axis of indices", draw=_flat),
    ),
    mistakes=(
        *slips(
            _embedding_backward,
            {
                "repeats lost": (
                    "of equal indices only one counts: `dE[indices] += dx` reads, adds and writes once, so "
                    "that the last one wins; what arrives at all places of a row is summed"
                ),
                "repeats lost within a step": (
                    "equal indices within one step count once: `dE[indices[t]] += dx[t]` still has several "
                    "sequences that may look up the same row"
                ),
                "mean instead of sum": (
                    "each row gets the mean of what arrives; a row used three times gets the sum of three"
                ),
                "mean over the batch": (
                    "everything is divided by the number of look-ups; the loss has done its averaging "
                    "already, inside dx"
                ),
                "every row": "every row gets everything; each gets what arrives at its own index",
                "counted": "the look-ups are counted; summed are the gradients that arrive there",
                "minus": "a sign is wrong: the gradient is summed, the update subtracts it later",
                "starts from ones": "the sum starts from ones; a row not looked up has the gradient zero",
                "as many rows as the largest index": (
                    "dE has as many rows as the largest index asks for; E has `size` rows"
                ),
                "only the rows looked up": (
                    "only the rows that were looked up are returned; the others have the gradient zero"
                ),
            },
            together=1,
        ),
        Mistake(
            "looks up again",
            "dx is looked up at the indices, as in the forward pass; on the way back it is added there",
            lambda dx, indices, size: dx.reshape(-1, dx.shape[-1])[indices.ravel() % indices.size],
        ),
    ),
)


# perplexity --------------------------------------------------------------------------------------

_PERPLEXITY = Exercise(
    name="perplexity",
    lesson=_LESSON,
    points=1,
    reference=perplexity,
    outputs={"perplexity": ""},
    draw=lambda rng, sizes: {"loss": float(rng.uniform(0.5, 4.0))},
    floats=False,
    edges=(
        Case("certainty", draw=lambda rng, sizes: {"loss": 0.0}),
        Case("a large loss", draw=lambda rng, sizes: {"loss": 12.5}),
    ),
    mistakes=(
        Mistake(
            "two to the loss",
            "2 is raised to the loss; that belongs to a loss in bits, and this one is in nats",
            lambda loss: 2.0**loss,
        ),
        Mistake(
            "e to the bits",
            "the loss is turned into bits and e is raised to them; nats go with e, bits with 2",
            lambda loss: np.exp(loss / np.log(2)),
        ),
        Mistake(
            "minus",
            "the sign of the exponent is wrong: this is the probability, and the perplexity is one over it",
            lambda loss: np.exp(-loss),
        ),
        Mistake("the loss itself", "the loss is returned as it is", lambda loss: loss),
        Mistake(
            "bits", "these are the bits; the perplexity is 2 to them", lambda loss: loss / np.log(2)
        ),
        Mistake(
            "ten to the loss", "10 is raised to the loss; it is in nats", lambda loss: 10.0**loss
        ),
        Mistake(
            "logarithm",
            "the logarithm is taken; the perplexity undoes it",
            lambda loss: np.log(loss),
        ),
        Mistake("one less", "1 is subtracted (expm1)", lambda loss: np.expm1(loss)),
        Mistake("square", "the loss is squared", lambda loss: loss**2),
    ),
)


# sample_next -------------------------------------------------------------------------------------

#: Each row of scores is drawn from this often in one call, and in one more.
_REPEATS = 2500

_SAME_SEED = (
    "Two generators of the same seed gave different draws. All chance has to come from the `rng` that is "
    "given, or nobody can repeat what they saw."
)
_ALWAYS_THE_SAME = (
    "Called twice with one and the same `rng`, it drew exactly the same. Each call has to go on with "
    "the generator that is given."
)


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
        raise UnusableError(_SAME_SEED)
    p = np.diff(_expected_shares(y, temperature, rng), prepend=0.0)
    improbable = _REPEATS * np.log(np.sum(p**2, axis=1)).sum() < -50
    varied = len(np.unique(first.reshape(_REPEATS, -1), axis=0)) > 1
    if improbable and varied and np.array_equal(first, second):
        raise UnusableError(_ALWAYS_THE_SAME)
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
def _sample(made: Slips, y: np.ndarray, temperature: float, rng: np.random.Generator) -> Any:
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
    if "off by one" in made:
        drawn = drawn + 1
    if "one too low" in made:
        drawn = drawn - 1
    return drawn


_SAMPLE_SLIPS = {
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

_SAMPLE_NEXT = Exercise(
    name="sample_next",
    lesson=_LESSON,
    points=2,
    reference=sample_next,
    outputs={"indices": "N O"},
    draw=_scores,
    draws=1,
    letters="NO",
    floats=False,
    tolerance=chance_bound(2 * _REPEATS, compared=2 * 7),
    trial=Trial(_drawn_shares, _expected_shares),
    edges=(
        Case("temperature 1.8", general=True, draw=_scores_at(1.8)),
        Case("temperature 0", draw=_scores_at(0.0)),
        Case("temperature 0.01", draw=_scores_at(0.01)),
        Case("scores around 1000", draw=_scores_at(0.8, above=1000.0)),
    ),
    mistakes=slips(_sample, _SAMPLE_SLIPS, together=1),
)


# generate ----------------------------------------------------------------------------------------

#: So many texts are generated to see how often each comes.
_TEXTS = 1200

#: How long a text is that tells two generators apart, even where one character is likely by far.
_LONG = 150
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
    return {"parameters": parameters, "vocabulary": _alphabet(rng, size)}


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

    def write(rng: np.random.Generator, length: int) -> str:
        text = function(parameters, start, length, temperature, rng, vocabulary)
        if text is None:
            raise UnusableError(
                "It returned None where `text` is expected: is the `return` missing?"
            )
        if not isinstance(text, str):
            raise UnusableError(
                f"It returned {type(text).__name__} where one string is expected (see str.join)."
            )
        return text

    if temperature == 0:
        return write(rng, length)
    ours = deepcopy(rng)
    texts = [write(ours, length) for _ in range(_TEXTS)]
    if write(deepcopy(rng), _LONG) != write(deepcopy(rng), _LONG):
        raise UnusableError(_SAME_SEED)
    if len(set(texts)) == 1:  # always the likeliest is another mistake
        greedy = function(parameters, start, length, 0.0, rng, vocabulary)
        if texts[0] != greedy:
            raise UnusableError(_ALWAYS_THE_SAME)
    places = {
        start + "".join(added): k for k, added in enumerate(product(vocabulary, repeat=length))
    }
    drawn = np.array([places.get(text, len(places)) for text in texts])
    return shares(drawn, len(places))


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
    made: Slips,
    parameters: RNNParameters,
    start: str,
    length: int,
    temperature: float,
    rng: np.random.Generator,
    vocabulary: str,
) -> Any:
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    V = len(vocabulary)

    def step(index: int, h: np.ndarray) -> np.ndarray:
        return rnn_step(one_hot(np.array([index]), V), h, W_xh, W_hh, b_h)

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
    drawn = []
    for _ in range(length):
        new = step(last, h)
        read = h if "output from the state before" in made else new
        if "state not carried" not in made:
            h = new
        y = output_layer(read, W_hy, b_y)
        if "output bias missing" in made:
            y = y - b_y
        index = int(sample_next(y, temperature, rng)[0])
        drawn.append(index)
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
    return start + "".join(vocabulary[k] for k in drawn)


_GENERATE = Exercise(
    name="generate",
    lesson=_LESSON,
    points=3,
    reference=generate,
    outputs={"text": ""},
    draw=_greedy,
    floats=False,
    convert=text_or_shares,
    tolerance=chance_bound(_TEXTS, compared=2),
    trial=Trial(_generated, _expected_texts),
    edges=(
        Case("temperature 0.6", general=True, draw=_by_chance(0.6)),
        Case("temperature 2.5", general=True, draw=_by_chance(2.5)),
        Case("a start of one character", draw=lambda rng, sizes: _greedy(rng, sizes, start=1)),
        Case("one character to add", draw=lambda rng, sizes: _greedy(rng, sizes, length=1)),
        Case("nothing to add", draw=lambda rng, sizes: _greedy(rng, sizes, length=0)),
    ),
    mistakes=slips(
        _generate,
        {
            "start left out": "the text begins after the start; asked is the start and what follows",
            "a list": 'a list is returned; `"".join(…)` makes one string of it',
            "numbers": "numbers are returned; look each up in the vocabulary and join them",
            "start not read": (
                "the state has seen only the last character of the start, because the others were not read "
                "or the state was set back to zeros after them"
            ),
            "only the first of the start": "only the first character of the start is read",
            "start read backwards": "the start is read from its end",
            "state not carried": "the state is not carried on: every step starts from the same one",
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
)

EXERCISES = (_ENCODE, _DECODE, _EMBEDDING_BACKWARD, _PERPLEXITY, _SAMPLE_NEXT, _GENERATE)
