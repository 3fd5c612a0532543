"""Correct solutions of lesson 10 in different styles: every one must pass."""

import math

import numpy as np


def encode_by_index(text, vocabulary):
    numbers = []
    for token in text:
        if token not in vocabulary and "<unknown>" in vocabulary:
            token = "<unknown>"
        numbers.append(vocabulary.index(token))
    return np.array(numbers)


def encode_by_dictionary(text, vocabulary):
    places = dict(zip(vocabulary, range(len(vocabulary)), strict=True))
    try:
        return np.array([places[t] if t in places else places["<unknown>"] for t in text])
    except KeyError:
        raise ValueError("a character is not in the vocabulary") from None


def encode_by_comparing(text, vocabulary):
    known = np.array(list(vocabulary))
    same = np.array(list(text))[:, None] == known
    missing = ~same.any(axis=1)
    if missing.any():
        unknown = known == "<unknown>"
        if not unknown.any():
            raise ValueError("not in the vocabulary")
        same[missing] = unknown
    return same.argmax(axis=1).astype(np.int32)


def decode_by_join(indices, vocabulary):
    between = "" if isinstance(vocabulary, str) else " "
    return between.join([vocabulary[i] for i in indices])


def decode_by_adding(indices, vocabulary):
    text = ""
    for i in indices.tolist():
        if text and type(vocabulary) is list:
            text += " "
        text += vocabulary[i]
    return text


def decode_by_array(indices, vocabulary):
    parts = np.array(list(vocabulary))[indices]
    return (" " if isinstance(vocabulary, list) else "").join(parts.tolist())


def embedding_backward_add_at(dx, indices, size):
    dE = np.zeros((size, dx.shape[-1]))
    np.add.at(dE, indices, dx)
    return dE


def embedding_backward_one_hot(dx, indices, size):
    x = np.eye(size)[indices].reshape(-1, size)
    return x.T @ dx.reshape(-1, dx.shape[-1])


def embedding_backward_loop(dx, indices, size):
    D = dx.shape[-1]
    dE = np.zeros((size, D))
    for row, index in zip(dx.reshape(-1, D), indices.flatten(), strict=True):
        dE[index] += row
    return dE


def embedding_backward_by_rows(dx, indices, size):
    return np.array([dx[indices == v].sum(axis=0) for v in range(size)])


def embedding_backward_by_counting(dx, indices, size):
    flat = dx.reshape(-1, dx.shape[-1])
    columns = [np.bincount(indices.ravel(), weights=d, minlength=size) for d in flat.T]
    return np.stack(columns, axis=1)


def perplexity_exp(loss):
    return np.exp(loss)


def perplexity_math(loss):
    return math.e**loss


def perplexity_by_bits(loss):
    bits = loss / np.log(2)
    return 2**bits


def _softmax(y):
    e = np.exp(y - y.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sample_by_choice(y, temperature, rng):
    if temperature == 0:
        return np.argmax(y, axis=1)
    p = _softmax(y / temperature)
    return np.array([rng.choice(len(row), p=row) for row in p])


def sample_by_inverse(y, temperature, rng):
    if temperature == 0:
        return y.argmax(axis=1)
    cumulative = np.cumsum(_softmax(y / temperature), axis=1)
    u = rng.random((len(y), 1)) * cumulative[:, -1:]
    return (cumulative < u).sum(axis=1)


def sample_by_gumbel(y, temperature, rng):
    u = rng.uniform(size=y.shape)
    return np.argmax(y - temperature * np.log(-np.log(u)), axis=1)


def sample_by_multinomial(y, temperature, rng):
    if temperature < 1e-8:
        return y.argmax(axis=-1)
    return rng.multinomial(1, _softmax(y / temperature)).argmax(axis=1)


def sample_by_searchsorted(y, temperature, rng):
    out = np.empty(len(y), dtype=int)
    for n in range(len(y)):
        if temperature == 0:
            out[n] = np.argmax(y[n])
        else:
            p = _softmax(y[n : n + 1] / temperature)[0]
            place = np.searchsorted(np.cumsum(p), rng.random())
            out[n] = min(place, len(p) - 1)
    return out


def sample_by_exponentials(y, temperature, rng):
    if temperature == 0:
        return y.argmax(axis=1)
    return (rng.exponential(size=y.shape) / _softmax(y / temperature)).argmin(axis=1)


def generate_in_one_loop(parameters, start, length, temperature, rng, vocabulary):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = np.zeros((1, len(b_h)))
    text = start
    for k in range(len(start) + length - 1):
        x = np.eye(len(vocabulary))[[vocabulary.index(text[k])]]
        h = np.tanh(x @ W_xh.T + h @ W_hh.T + b_h)
        if k + 1 >= len(start):
            y = h @ W_hy.T + b_y
            text += vocabulary[sample_by_inverse(y, temperature, rng)[0]]
    return text


def generate_with_columns(parameters, start, length, temperature, rng, vocabulary):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = np.zeros(len(b_h))
    for character in start:
        h = np.tanh(W_xh[:, vocabulary.index(character)] + W_hh @ h + b_h)
    characters = list(start)
    for _ in range(length):
        y = W_hy @ h + b_y
        index = sample_by_choice(y[None], temperature, rng)[0]
        characters.append(vocabulary[index])
        h = np.tanh(W_xh[:, index] + W_hh @ h + b_h)
    return "".join(characters)


def generate_with_all_noise_before(parameters, start, length, temperature, rng, vocabulary):
    noise = rng.gumbel(size=(length, len(vocabulary)))
    h = np.zeros(len(parameters.b_h))

    def read(h, character):
        column = parameters.W_xh[:, vocabulary.find(character)]
        return np.tanh(parameters.W_hh.dot(h) + column + parameters.b_h)

    text = ""
    for character in start:
        h = read(h, character)
        text += character
    for g in noise:
        scores = parameters.W_hy.dot(h) + parameters.b_y + temperature * g
        text += vocabulary[int(np.argmax(scores))]
        h = read(h, text[-1])
    return text


RIGHT_ANSWERS = {
    "encode": (encode_by_index, encode_by_dictionary, encode_by_comparing),
    "decode": (decode_by_join, decode_by_adding, decode_by_array),
    "embedding_backward": (
        embedding_backward_add_at,
        embedding_backward_one_hot,
        embedding_backward_loop,
        embedding_backward_by_rows,
        embedding_backward_by_counting,
    ),
    "perplexity": (perplexity_exp, perplexity_math, perplexity_by_bits),
    "sample_next": (
        sample_by_choice,
        sample_by_inverse,
        sample_by_gumbel,
        sample_by_multinomial,
        sample_by_searchsorted,
        sample_by_exponentials,
    ),
    "generate": (
        generate_in_one_loop,
        generate_with_columns,
        generate_with_all_noise_before,
    ),
}
