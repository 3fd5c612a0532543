"""Wrong answers of lesson 10 that are right almost everywhere: every one must fail."""

import numpy as np

from rnn_utils.cells.rnn import rnn_step
from rnn_utils.layers.output import output_layer


def encode_as_numbers_with_a_point(text, vocabulary):
    """Numbers with a point cannot be used as places of an array."""
    indices = np.zeros(len(text))
    for k, token in enumerate(text):
        indices[k] = _place(token, vocabulary)
    return indices


def _place(token, vocabulary):
    places = list(vocabulary)
    if token in places:
        return places.index(token)
    if "<unknown>" in places:
        return places.index("<unknown>")
    raise ValueError(f"{token!r} is not in the vocabulary")


def encode_without_spaces_at_the_ends(text, vocabulary):
    """Spaces at the beginning and the end of a text are cut off."""
    tokens = text.strip() if isinstance(text, str) else text
    return np.array([_place(token, vocabulary) for token in tokens], dtype=int)


def encode_in_small_letters(text, vocabulary):
    """Capitals are taken for small letters where those are in the vocabulary."""
    return np.array(
        [
            _place(token.lower() if token.lower() in vocabulary else token, vocabulary)
            for token in text
        ],
        dtype=int,
    )


def encode_at_least_one(text, vocabulary):
    """An empty text has no first character."""
    indices = np.array([_place(text[0], vocabulary)])
    for token in text[1:]:
        indices = np.append(indices, _place(token, vocabulary))
    return indices


def encode_words_by_their_beginning(text, vocabulary):
    """A word is found in the first entry that begins with it."""
    found = []
    for token in text:
        alike = [k for k, entry in enumerate(vocabulary) if entry.startswith(token)]
        found.append(alike[0] if alike else _place(token, vocabulary))
    return np.array(found, dtype=int)


def decode_without_a_space_at_the_end(indices, vocabulary):
    """A text that ends with a space loses it."""
    text = ""
    for k in indices:
        text += vocabulary[k] + ("" if isinstance(vocabulary, str) else " ")
    return text.rstrip()


def decode_without_spaces_at_the_ends(indices, vocabulary):
    """A text that begins or ends with white space loses it."""
    between = "" if isinstance(vocabulary, str) else " "
    return between.join(vocabulary[k] for k in indices).strip()


def decode_one_space_at_most(indices, vocabulary):
    """Two spaces in a row become one."""
    if isinstance(vocabulary, str):
        text = "".join(vocabulary[k] for k in indices)
        while "  " in text:
            text = text.replace("  ", " ")
        return text
    return " ".join(vocabulary[k] for k in indices)


def decode_at_least_one(indices, vocabulary):
    """Without numbers there is no first one."""
    text = vocabulary[indices[0]]
    for k in indices[1:]:
        text += ("" if isinstance(vocabulary, str) else " ") + vocabulary[k]
    return text


def decode_words_by_their_length(indices, vocabulary):
    """Words are told from characters by their length: a list may hold words of one letter."""
    between = "" if all(len(token) == 1 for token in vocabulary) else " "
    return between.join(vocabulary[k] for k in indices)


def embedding_of_two_axes(dx, indices, size):
    """Two loops, over time and over the batch."""
    dE = np.zeros((size, dx.shape[-1]))
    for t in range(len(indices)):
        for n in range(len(np.atleast_1d(indices[t]))):
            dE[np.atleast_1d(indices[t])[n]] += np.atleast_2d(dx[t])[n]
    return dE


def embedding_of_one_or_two_axes(dx, indices, size):
    """What has more than two axes is summed over the first ones alone."""
    if indices.ndim > 2:
        indices, dx = indices[0], dx.sum(axis=0)
    dE = np.zeros((size, dx.shape[-1]))
    np.add.at(dE, indices, dx)
    return dE


def perplexity_of_at_most_a_million(loss):
    """The loss is cut off at 13.8."""
    return np.exp(min(loss, 13.8))


def perplexity_of_small_losses(loss):
    """1 + loss for small ones."""
    return 1 + loss if loss < 0.05 else np.exp(loss)


def _drawn(y, temperature, rng):
    p = np.exp(y / temperature)
    p = p / p.sum(axis=1, keepdims=True)
    ends = np.cumsum(p, axis=1)
    return np.minimum((rng.random((len(y), 1)) > ends).sum(axis=1), y.shape[1] - 1)


def sample_with_scores_that_overflow(y, temperature, rng):
    """The exponential is taken of the scores as they are."""
    return y.argmax(axis=1) if temperature == 0 else _drawn(y, temperature, rng)


def sample_shifted_before_the_temperature_alone(y, temperature, rng):
    """The largest of all scores is taken off, not each row's own: a low row underflows."""
    return y.argmax(axis=1) if temperature == 0 else _drawn(y - y.max(), temperature, rng)


def sample_clipped(y, temperature, rng):
    """Scores are cut off at ±500, which makes large ones equal."""
    y = np.clip(y, -500, 500)
    return y.argmax(axis=1) if temperature == 0 else _drawn(y, temperature, rng)


def sample_zero_by_a_small_temperature(y, temperature, rng):
    """A temperature of 0 is taken for 0.01, which may draw another than the highest score."""
    y = y - y.max(axis=1, keepdims=True)
    return _drawn(y, max(temperature, 0.01), rng)


def _written(parameters, start, length, temperature, rng, vocabulary):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h, text = np.zeros((1, len(b_h))), ""

    def read(character, h):
        x_t = np.eye(len(vocabulary))[[list(vocabulary).index(character)]]
        return rnn_step(x_t, h, W_xh, W_hh, b_h)

    for character in start:
        h = read(character, h)
        text += character
    for _ in range(length):
        y = output_layer(h, W_hy, b_y)
        y = y - y.max(axis=1, keepdims=True)
        drawn = y.argmax(axis=1) if temperature == 0 else _drawn(y, temperature, rng)
        text += vocabulary[drawn[0]]
        h = read(text[-1], h)
    return text


def generate_without_spaces_at_the_ends(parameters, start, length, temperature, rng, vocabulary):
    """Spaces at the end of the start are cut off before it is read."""
    text = _written(parameters, start.strip(), length, temperature, rng, vocabulary)
    return start + text[len(start.strip()) :]


def generate_at_least_one(parameters, start, length, temperature, rng, vocabulary):
    """One character comes even where none is asked for."""
    return _written(parameters, start, max(length, 1), temperature, rng, vocabulary)


WRONG_ANSWERS = {
    "encode": [
        encode_as_numbers_with_a_point,
        encode_without_spaces_at_the_ends,
        encode_in_small_letters,
        encode_at_least_one,
        encode_words_by_their_beginning,
    ],
    "decode": [
        decode_without_a_space_at_the_end,
        decode_without_spaces_at_the_ends,
        decode_one_space_at_most,
        decode_at_least_one,
        decode_words_by_their_length,
    ],
    "embedding_backward": [
        embedding_of_two_axes,
        embedding_of_one_or_two_axes,
    ],
    "perplexity": [
        perplexity_of_at_most_a_million,
        perplexity_of_small_losses,
    ],
    "sample_next": [
        sample_with_scores_that_overflow,
        sample_shifted_before_the_temperature_alone,
        sample_clipped,
        sample_zero_by_a_small_temperature,
    ],
    "generate": [
        generate_without_spaces_at_the_ends,
        generate_at_least_one,
    ],
}
