"""Linear recurrences: the scan equals the loop, and gradients are those of the referee."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import quick, seeds

from rnn_utils import data
from rnn_utils.analysis.gradient_check import numerical_gradient, relative_error
from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.linear_recurrence import (
    compose,
    diagonal_recurrence,
    linear_loop,
    linear_scan,
    linear_scan_backward,
)
from rnn_utils.cells.min_gru import min_gru_backward, min_gru_forward
from rnn_utils.cells.recurrence import impulse_response
from rnn_utils.experiments import key_recall


def draw(rng: np.random.Generator, shape: tuple[int, ...], kind: str) -> list[np.ndarray]:
    a, b, h0 = (rng.normal(size=s) for s in (shape, shape, shape[1:]))
    if kind == "complex":
        a, b, h0 = (v + 1j * rng.normal(size=v.shape) for v in (a, b, h0))
    if kind == "float32":
        a, b, h0 = (v.astype(np.float32) for v in (a, b, h0))
    if kind == "integers":
        a, b, h0 = (np.rint(v).astype(int) for v in (a, b, h0))
    return [0.9 * a if kind != "integers" else a, b, h0]


@quick
@given(seeds, st.integers(0, 40), st.sampled_from(["float", "complex", "float32", "integers"]))
def test_the_scan_equals_the_loop_at_every_length(seed: int, T: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    a, b, h0 = draw(rng, (T, 2, 3), kind)
    a[rng.random(a.shape) < 0.1] = 0  # a step that forgets everything
    before = [array.copy() for array in (a, b, h0)]
    h = linear_scan(a, b, h0)
    tolerance = 1e-4 if kind == "float32" else 1e-11
    np.testing.assert_allclose(h, linear_loop(a, b, h0), rtol=tolerance, atol=tolerance)
    assert all(np.array_equal(x, y) for x, y in zip((a, b, h0), before, strict=True))


@quick
@given(seeds)
def test_it_does_not_matter_which_neighbours_are_composed_first(seed: int) -> None:
    steps = np.random.default_rng(seed).normal(size=(3, 2))
    one, two, three = (tuple(step) for step in steps)
    np.testing.assert_allclose(
        compose(compose(one, two), three), compose(one, compose(two, three)), atol=1e-12
    )


@pytest.mark.parametrize("T", [1, 2, 5, 8])
def test_gradients_of_the_scan_are_those_of_the_referee(T: int) -> None:
    rng = np.random.default_rng(T)
    arguments = draw(rng, (T, 2, 3), "float")
    dh = rng.normal(size=(T, 2, 3))
    a, _, h0 = arguments
    ours = linear_scan_backward(dh, a, h0, linear_scan(*arguments))
    for k, gradient in enumerate(ours):

        def loss(moved: np.ndarray, k: int = k) -> float:
            return float(np.sum(dh * linear_scan(*arguments[:k], moved, *arguments[k + 1 :])))

        assert relative_error(gradient, numerical_gradient(loss, arguments[k])) < 1e-7


@quick
@given(seeds, st.integers(1, 70))
def test_the_scans_gradient_equals_the_loops_to_1e_12(seed: int, T: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, h0 = draw(rng, (T, 1, 2), "float")
    a = np.tanh(a)
    dh, h = rng.normal(size=(T, 1, 2)), linear_loop(a, b, h0)
    da, db = np.empty_like(a), np.empty_like(b)
    carried = np.zeros_like(h0)
    for t in reversed(range(T)):
        db[t] = dh[t] + carried
        da[t] = db[t] * (h[t - 1] if t else h0)
        carried = db[t] * a[t]
    for ours, theirs in zip(linear_scan_backward(dh, a, h0, h), (da, db, carried), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_complex_eigenvalues_give_a_matrix_recurrence_and_lesson_01s_impulse_response() -> None:
    rng = np.random.default_rng(3)
    W = rng.normal(size=(4, 4)) / 2
    eigenvalues, vectors = np.linalg.eig(W)
    x, h0, B, C = (rng.normal(size=s) for s in [(9, 2, 3), (2, 4), (4, 3), (2, 4)])
    into = np.linalg.inv(vectors)
    y = diagonal_recurrence(x, h0 @ into.T, eigenvalues, into @ B, C @ vectors)
    h = h0
    for t in range(9):
        h = h @ W.T + x[t] @ B.T
        np.testing.assert_allclose(y[t], h @ C.T, atol=1e-10)
    impulse = np.zeros((6, 1, 1))
    impulse[0] = 1
    one = np.ones((1, 1))
    response = diagonal_recurrence(impulse, 0 * one, np.array([-0.5]), 2 * one, one)
    np.testing.assert_allclose(response.ravel(), impulse_response(-0.5, 2.0, 6))


@pytest.mark.parametrize("sizes", [(6, 3, 2, 4), (1, 1, 1, 1), (5, 2, 3, 3)])
def test_the_minimal_gru_is_its_equations_and_its_gradients_the_referees(sizes) -> None:
    T, N, D, H = sizes
    rng = np.random.default_rng(4)
    shapes = [(T, N, D), (N, H), (2 * H, D), (2 * H,)]
    arguments = [rng.normal(size=shape) for shape in shapes]
    x, h0, W_x, b = arguments
    h, h_prev = min_gru_forward(*arguments), h0
    for t in range(T):
        z, n = sigmoid(x[t] @ W_x[:H].T + b[:H]), x[t] @ W_x[H:].T + b[H:]
        h_prev = z * h_prev + (1 - z) * n
        np.testing.assert_allclose(h[t], h_prev, atol=1e-12)
    dh = rng.normal(size=(T, N, H))
    for k, gradient in enumerate(min_gru_backward(dh, x, h0, h, W_x, b)):

        def loss(moved: np.ndarray, k: int = k) -> float:
            return float(np.sum(dh * min_gru_forward(*arguments[:k], moved, *arguments[k + 1 :])))

        assert relative_error(gradient, numerical_gradient(loss, arguments[k])) < 1e-7


def test_shapes_that_do_not_fit_are_told() -> None:
    with pytest.raises(ValueError, match="h0 the same without T"):
        linear_scan(np.ones((3, 2)), np.ones((3, 2)), np.ones(3))
    with pytest.raises(ValueError, match="2H rows"):
        min_gru_forward(np.ones((2, 1, 1)), np.ones((1, 2)), np.ones((2, 1)), np.ones(2))


@pytest.mark.parametrize("memory", key_recall.MEMORIES)
def test_the_gradients_of_a_memory_are_those_of_central_differences(memory):
    rng = np.random.default_rng(0)
    start = key_recall.initialise(memory, 3, rng)
    parameters = tuple(array.astype(float) for array in start)
    keys, values = key_recall.draw(rng, pairs=4, count=5)
    _, gradients = key_recall.loss_and_gradients(memory, parameters, keys, values)
    for k, (array, gradient) in enumerate(zip(parameters, gradients, strict=True)):

        def loss(changed, k=k):
            at = (*parameters[:k], changed, *parameters[k + 1 :])
            return key_recall.loss_and_gradients(memory, at, keys, values)[0]

        np.testing.assert_allclose(gradient, numerical_gradient(loss, array), atol=2e-6)


def test_only_attention_keeps_more_of_longer_sequences_and_only_it_gives_all_back():
    kept = {
        m: [key_recall.numbers_kept(m, 4, pairs) for pairs in (8, 16)] for m in ("attention", "GRU")
    }
    assert kept == {"attention": [64, 128], "GRU": [4, 4]}
    trained = {m: key_recall.learn(m, 4, seed=7, updates=400) for m in key_recall.MEMORIES}
    shares = {m: key_recall.recalled(m, p, pairs=16, count=100) for m, p in trained.items()}
    assert shares.pop("attention") > 0.95
    assert all(1 / key_recall.VALUES + 0.03 < share < 0.6 for share in shares.values()), shares


def test_the_long_experiment_treats_all_memories_alike():
    rows = data.key_recall()
    tests = {}
    for memory, size, seed, pairs in rows[["memory", "size", "seed", "pairs"]].tolist():
        tests.setdefault((memory, size), []).append((seed, pairs))
    assert len({tuple(done) for done in tests.values()}) == 1
