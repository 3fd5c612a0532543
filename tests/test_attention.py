"""Attention against the referee, against PyTorch, and against what it promises of padding."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from reference_values.make import LOOKS, stored_attention
from rnn_arguments import quick, seeds

from rnn_utils.analysis.gradient_check import numerical_gradient, relative_error
from rnn_utils.layers.attention import (
    attend,
    attend_backward,
    attention_scores,
    beam_search,
    greedy_decode,
    masked_softmax,
)

SIZES = [(6, 3, 4, 5), (1, 1, 1, 1), (4, 2, 4, 4), (2, 5, 1, 3)]  # T, N, H, V


def draw(rng: np.random.Generator, T: int, N: int, H: int, V: int) -> tuple[np.ndarray, ...]:
    shapes = [(N, H), (T, N, H), (T, N, V)]
    return (*(rng.normal(size=shape) for shape in shapes), rng.integers(1, T + 1, size=N))


@pytest.mark.parametrize("case", LOOKS)
def test_attention_gives_what_pytorch_gave(case: str) -> None:
    inputs, wanted = stored_attention()[case]
    arguments = [inputs[name] for name in ("query", "keys", "values", "lengths")]
    made = [attend(*arguments), *attend_backward(inputs["dy"], *arguments)]
    for name, found in zip(("y", "d_query", "d_keys", "d_values"), made, strict=True):
        np.testing.assert_allclose(found, wanted[name], rtol=1e-10, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("sizes", SIZES)
def test_gradients_are_those_of_the_referee(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    *arrays, lengths = draw(rng, *sizes)
    dy = rng.normal(size=(sizes[1], sizes[3]))
    ours = attend_backward(dy, *arrays, lengths)
    for k, gradient in enumerate(ours):

        def loss(moved: np.ndarray, k: int = k) -> float:
            return float(np.sum(dy * attend(*arrays[:k], moved, *arrays[k + 1 :], lengths)))

        assert relative_error(gradient, numerical_gradient(loss, arrays[k])) < 1e-7


@quick
@given(seeds)
def test_what_lies_behind_a_sequences_end_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    T, N, H, V = rng.integers(1, 6, size=4)
    query, keys, values, lengths = draw(rng, T, N, H, V)
    behind = np.arange(T)[:, None] >= lengths
    other_keys, other_values = keys.copy(), values.copy()
    other_keys[behind], other_values[behind] = 1e6, -1e6
    weights = masked_softmax(attention_scores(query, keys), lengths)
    np.testing.assert_allclose(weights.sum(axis=0), 1)
    assert np.all(weights[behind] == 0)
    assert np.all(weights[~behind] > 0)
    read = attend(query, keys, values, lengths)
    np.testing.assert_allclose(attend(query, other_keys, other_values, lengths), read)
    one = values[np.arange(T) < lengths[0], 0]
    assert np.all(one.min(axis=0) - 1e-9 <= read[0])
    assert np.all(read[0] <= one.max(axis=0) + 1e-9)


def test_large_scores_stay_finite() -> None:
    weights = masked_softmax(np.array([[1000.0, -1000.0], [0.0, -999.0]]), np.array([2, 2]))
    np.testing.assert_allclose(weights, [[1, 1 / (1 + np.e)], [0, np.e / (1 + np.e)]])


def test_pytorch_itself() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    *arrays, lengths = draw(rng, 5, 3, 4, 2)
    dy = rng.normal(size=(3, 2))
    query, keys, values = (torch.tensor(array, requires_grad=True) for array in arrays)
    mask = torch.from_numpy(np.arange(5)[None, :] < lengths[:, None])[:, None]
    theirs = torch.nn.functional.scaled_dot_product_attention(
        query[:, None], keys.transpose(0, 1), values.transpose(0, 1), attn_mask=mask
    )[:, 0]
    theirs.backward(torch.from_numpy(dy))
    np.testing.assert_allclose(attend(*arrays, lengths), theirs.detach().numpy(), atol=1e-12)
    ours = attend_backward(dy, *arrays, lengths)
    for gradient, leaf in zip(ours, (query, keys, values), strict=True):
        np.testing.assert_allclose(gradient, leaf.grad.numpy(), atol=1e-12)


def markov(table: np.ndarray):
    return lambda tokens, state: (np.log(table[tokens]), (state or 0) + 1)


def test_greedy_decoding_stops_each_sequence_at_its_own_end() -> None:
    table = np.array([[0.1, 0.2, 0.7], [0.8, 0.1, 0.1], [0.2, 0.7, 0.1]])
    written = greedy_decode(markov(table), None, np.array([0, 2]), end=0, longest=5)
    assert written.tolist() == [[2, 1], [1, 0], [0, 0]]
    assert greedy_decode(markov(table), None, np.array([0]), end=9, longest=3).shape == (3, 1)
    assert greedy_decode(markov(table), None, np.array([0]), end=0, longest=0).shape == (0, 1)


@quick
@given(seeds)
def test_a_wide_beam_finds_the_likeliest_sequence_and_one_of_width_one_is_greedy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.ones(3), size=3)
    totals = {
        tokens: sum(np.log(table[a, b]) for a, b in itertools.pairwise([1, *tokens]))
        for length in (1, 2, 3)
        for tokens in itertools.product(range(3), repeat=length)
        if 0 not in tokens[:-1] and (tokens[-1] == 0 or length == 3)
    }
    tokens, total = beam_search(markov(table), None, start=1, end=0, longest=3, width=27)
    np.testing.assert_allclose(total, max(totals.values()))
    np.testing.assert_allclose(total, totals[tuple(tokens)])  # of those that are alike, any
    greedy = greedy_decode(markov(table), None, np.array([1]), end=0, longest=3)[:, 0].tolist()
    assert beam_search(markov(table), None, 1, 0, 3, width=1)[0] == greedy
