"""Text as numbers and numbers as text: vocabularies, embeddings, sampling, generating."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rnn_utils._shapes import expect_shapes
from rnn_utils.cells.rnn import rnn_step
from rnn_utils.layers.output import output_layer
from rnn_utils.training.models import RNNParameters

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

#: The entry of a vocabulary of words that stands for every word not in it.
UNKNOWN = "<unknown>"


def vocabulary(text: str) -> str:
    """Return the different characters of a text, sorted.

    Args:
        text: any text.

    Returns:
        Each character once; the place of a character is its number.

    Example:
        >>> vocabulary("hello")
        'ehlo'
    """
    return "".join(sorted(set(text)))


def word_vocabulary(words: Sequence[str], size: int) -> list[str]:
    """Return the most frequent words, after one entry that stands for all others.

    Args:
        words: the words of a text.
        size: the largest length of the vocabulary, that entry included.

    Returns:
        `UNKNOWN`, then the words by their frequency, equally frequent ones by the alphabet.

    Example:
        >>> word_vocabulary(["the", "cat", "and", "the", "dog"], size=3)
        ['<unknown>', 'the', 'and']
    """
    counts = Counter(words)
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    return [UNKNOWN, *ordered[: size - 1]]


def encode(text: Sequence[str], vocabulary: Sequence[str]) -> np.ndarray:
    """Return the number of every character of a text, or of every word of a list.

    Args:
        text: a text, or a list of words.
        vocabulary: its characters, or a list of words. If `UNKNOWN` is in it, it takes the place
            of what is not.

    Returns:
        Integers (T,), each the place of its character or word in the vocabulary.

    Raises:
        ValueError: something is not in the vocabulary.

    Example:
        >>> encode("hello", "ehlo")
        array([1, 0, 2, 2, 3])
        >>> encode(["the", "dodo"], ["<unknown>", "the"])
        array([1, 0])
    """
    numbers = {token: number for number, token in enumerate(vocabulary)}
    unknown = numbers.get(UNKNOWN)
    indices = [numbers.get(token, unknown) for token in text]
    if None in indices:
        stranger = text[indices.index(None)]
        raise ValueError(
            f"encode: every part of the text should be in the vocabulary, but {stranger!r} is not. "
            f"Make the vocabulary of the whole text, or leave {stranger!r} out."
        )
    return np.array(indices, dtype=np.int64)


def decode(indices: np.ndarray, vocabulary: Sequence[str]) -> str:
    """Return the text that belongs to numbers.

    Args:
        indices: integers (T,), as `encode` returns them.
        vocabulary: a string of characters, or a list of words, which are joined by spaces.

    Returns:
        The text.

    Raises:
        TypeError, ValueError: the indices are not integers of one axis, or not in the vocabulary.

    Example:
        >>> decode(np.array([1, 0, 2, 2, 3]), "ehlo")
        'hello'
    """
    indices = _expect_indices("decode", indices, len(vocabulary))
    if indices.ndim != 1:
        raise ValueError(
            f"decode: indices should have shape (T,), but have {indices.shape}. Of a batch (T, N), "
            f"decode one sequence, indices[:, n]."
        )
    between = "" if isinstance(vocabulary, str) else " "
    return between.join(vocabulary[index] for index in indices)


def one_hot(indices: np.ndarray, size: int, dtype: DTypeLike = np.float64) -> np.ndarray:
    """Return a vector for each number that is 1 at its place and 0 elsewhere.

    Args:
        indices: integers (…) from 0 to size − 1.
        size: the length of a vector.
        dtype: float64 for gradient checks, float32 for training.

    Returns:
        Zeros and ones (…, size).

    Raises:
        TypeError, ValueError: the indices are not integers from 0 to size − 1.

    Example:
        >>> one_hot(np.array([2, 0]), size=3)
        array([[0., 0., 1.],
               [1., 0., 0.]])
    """
    indices = _expect_indices("one_hot", indices, size)
    vectors = np.zeros((*indices.shape, size), dtype=dtype)
    np.put_along_axis(vectors, indices[..., None], 1, axis=-1)
    return vectors


def embedding(indices: np.ndarray, E: np.ndarray) -> np.ndarray:
    """Return the row of E for each number: what `one_hot(indices, V) @ E` is, without the product.

    Args:
        indices: integers (…) from 0 to V − 1.
        E: the vectors, one row for each entry of the vocabulary (V, D).

    Returns:
        The inputs (…, D).

    Raises:
        TypeError, ValueError: E is not an array (V, D) of floats, the indices not integers from 0
            to V − 1.

    Source: Bengio, Ducharme, Vincent and Jauvin (2003), A neural probabilistic language model.

    Example:
        >>> embedding(np.array([1, 1, 0]), np.array([[1.0, 2.0], [3.0, 4.0]]))
        array([[3., 4.],
               [3., 4.],
               [1., 2.]])
    """
    expect_shapes("embedding", E=(E, "V D"))
    return E[_expect_indices("embedding", indices, len(E))]


def embedding_backward(dx: np.ndarray, indices: np.ndarray, size: int) -> np.ndarray:
    """Return the gradient of `embedding` with respect to E.

    A row that was looked up several times gets the sum of what arrives at all its places.

    Args:
        dx: the gradient of the loss with respect to what `embedding` returned (…, D).
        indices: the integers (…) it was given.
        size: V, how many rows E has.

    Returns:
        dE (V, D); zeros where a row was not looked up.

    Raises:
        TypeError, ValueError: dx holds no floats, the indices are not integers from 0 to size − 1,
            or the shapes do not fit together.

    Example:
        >>> dx = np.array([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]])
        >>> embedding_backward(dx, np.array([1, 1, 0]), size=3)
        array([[100., 200.],
               [ 11.,  22.],
               [  0.,   0.]])
    """
    expect_shapes("embedding_backward", dx=(dx, "... D"))
    indices = _expect_indices("embedding_backward", indices, size)
    if indices.shape != dx.shape[:-1]:
        raise ValueError(
            f"embedding_backward: indices should have shape {dx.shape[:-1]}, because dx has shape "
            f"{dx.shape}, but have {indices.shape}. Change the one that is wrong."
        )
    dE = np.zeros((size, dx.shape[-1]), dtype=dx.dtype)
    np.add.at(dE, indices, dx)  # dE[indices] += dx would keep only one of equal indices
    return dE


def perplexity(loss: float) -> float:
    """Return e to the cross-entropy: the number of equally likely choices that is as uncertain.

    Args:
        loss: the mean cross-entropy in nats.

    Returns:
        The perplexity: 1 for certainty, the size of the vocabulary for a uniform guess.

    Source: Jelinek, Mercer, Bahl and Baker (1977), Perplexity: a measure of the difficulty of
    speech recognition tasks.

    Example:
        >>> round(perplexity(np.log(65)), 6)
        65.0
    """
    return float(np.exp(loss))


def sample_next(y: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    """Return a number for each row of scores, drawn with probability softmax(y / temperature).

    The largest of y / temperature + g is taken, where each g is −log(−log u) with u uniform between
    0 and 1 (Gumbel noise). That is a draw from the softmax, and with noise kept the same, a slow
    change of the temperature changes the draws one by one.

    Args:
        y: scores (N, O), before any softmax.
        temperature: below 1 the likely becomes likelier, above 1 all become alike. 0 takes the
            highest score.
        rng: where the random numbers come from.

    Returns:
        Integers (N,) from 0 to O − 1.

    Raises:
        TypeError, ValueError: y is not an array (N, O) of floats, or the temperature is negative.

    Source: Gumbel (1954), Statistical theory of extreme values and some practical applications;
    Ackley, Hinton and Sejnowski (1985), A learning algorithm for Boltzmann machines, for the
    temperature.

    Example:
        >>> y = np.log(np.array([[0.1, 0.9]])).repeat(1000, axis=0)
        >>> draws = sample_next(y, temperature=1.0, rng=np.random.default_rng(0))
        >>> bool(850 < np.sum(draws == 1) < 950)
        True
        >>> sample_next(y[:3], temperature=0.0, rng=np.random.default_rng(0))
        array([1, 1, 1])
    """
    expect_shapes("sample_next", y=(y, "N O"))
    if not temperature >= 0:
        raise ValueError(
            f"sample_next: temperature should not be negative, but is {temperature}. "
            f"1 draws as the model says."
        )
    if temperature == 0:
        return y.argmax(axis=1)
    below_best = y.astype(np.float64) - y.max(axis=1, keepdims=True)
    with np.errstate(over="ignore"):  # a tiny temperature: −∞ is never the largest
        return (below_best / temperature + rng.gumbel(size=y.shape)).argmax(axis=1)


def generate(
    parameters: RNNParameters,
    start: str,
    length: int,
    temperature: float,
    rng: np.random.Generator,
    vocabulary: str,
) -> str:
    """Return a text that a character model goes on with, one drawn character after the other.

    The model reads the start, then each character that it has drawn itself.

    Args:
        parameters: a model whose inputs are one-hot characters and whose outputs are their scores.
        start: the beginning, at least one character.
        length: how many characters to add.
        temperature: as for `sample_next`.
        rng: where the random numbers come from.
        vocabulary: the characters by their numbers.

    Returns:
        The start and `length` more characters.

    Raises:
        ValueError: the start is empty, a character is not in the vocabulary, or the model is not of
            the vocabulary's size.

    Source: Graves (2013), Generating sequences with recurrent neural networks.

    Example:
        >>> from rnn_utils import initialise_rnn
        >>> rng = np.random.default_rng(0)
        >>> parameters = initialise_rnn(D=3, H=8, O=3, rng=rng)
        >>> text = generate(parameters, "ab", 10, 1.0, rng, vocabulary="abc")
        >>> text[:2], len(text), set(text) <= set("abc")
        ('ab', 12, True)
    """
    V, (H, D), O = len(vocabulary), parameters.W_xh.shape, len(parameters.b_y)  # noqa: E741
    if not D == O == V:
        raise ValueError(
            f"generate: the model should read and score {V} characters, as many as the vocabulary "
            f"has, but it reads {D} and scores {O}. Give the vocabulary it was trained with."
        )
    if len(start) == 0:
        raise ValueError(
            "generate: start should have at least one character, but is empty. Give the model "
            "something to go on from, for example a space."
        )
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = np.zeros((1, H), dtype=W_hh.dtype)
    *read, index = encode(start, vocabulary)
    for known in read:
        h = rnn_step(one_hot(np.array([known]), V, h.dtype), h, W_xh, W_hh, b_h)
    drawn = []
    last = np.array([index])
    for _ in range(length):
        h = rnn_step(one_hot(last, V, h.dtype), h, W_xh, W_hh, b_h)
        last = sample_next(output_layer(h, W_hy, b_y), temperature, rng)
        drawn.append(vocabulary[last.item()])
    return start + "".join(drawn)


def _expect_indices(function: str, indices: np.ndarray, size: int) -> np.ndarray:
    indices = np.asarray(indices)
    if indices.dtype.kind not in "iu":
        raise TypeError(
            f"{function}: indices should be integers, but their dtype is {indices.dtype}. Take "
            f"them from `encode`."
        )
    if indices.size and (indices.min() < 0 or indices.max() >= size):
        raise ValueError(
            f"{function}: indices should lie between 0 and {size - 1}, but run from "
            f"{indices.min()} to {indices.max()}. Check that the vocabulary is the same."
        )
    return indices
