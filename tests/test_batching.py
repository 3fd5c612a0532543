import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import quick, seeds

from rnn_utils.data import shuffled_batches, streams


@pytest.mark.parametrize(
    "kind", ["a class each", "classes each step", "values", "values each step"]
)
@quick
@given(seed=seeds, N=st.integers(1, 9), T=st.integers(1, 9), size=st.integers(1, 12))
def test_each_sequence_comes_once_with_its_own_targets(kind, seed, N, T, size):
    number = np.arange(N)
    x = np.broadcast_to(number[:, None].astype(float), (T, N, 2))
    targets = {
        "a class each": number,
        "classes each step": np.broadcast_to(number, (T, N)),
        "values": x[0],
        "values each step": x,
    }[kind]
    batches = shuffled_batches(x, targets, size, np.random.default_rng(seed))
    seen = [b[0][0, :, 0].astype(int) for b in batches]
    assert sorted(np.concatenate(seen)) == list(range(N))
    assert all(len(some) == size for some in seen[:-1])
    for (_, batch_targets), some in zip(batches, seen, strict=True):
        axis = 1 if "step" in kind else 0
        np.testing.assert_array_equal(batch_targets, targets.take(some, axis=axis))


def test_the_order_is_random_and_the_seed_decides():
    x, targets = np.zeros((1, 50, 1)), np.arange(50)

    def order(seed):
        return shuffled_batches(x, targets, 50, np.random.default_rng(seed))[0][1].tolist()

    assert order(0) == order(0)
    assert len({tuple(order(seed)) for seed in range(5)} | {tuple(range(50))}) == 6


def test_targets_of_other_sequences_are_refused():
    with pytest.raises(ValueError, match=r"x \(4, 3, 2\), targets \(5,\) and size=2"):
        shuffled_batches(np.ones((4, 3, 2)), np.arange(5), 2, np.random.default_rng(0))


@quick
@given(N=st.integers(1, 5), window=st.integers(1, 6), more=st.integers(0, 60))
def test_each_stream_reads_its_piece_of_the_text_in_order(N, window, more):
    text = np.arange(N * window + 1 + more)
    windows = streams(text, N, window)
    x, targets = (np.concatenate(parts) for parts in zip(*windows, strict=True))
    assert all(w.shape == (window, N) for pair in windows for w in pair)
    np.testing.assert_array_equal(targets, x + 1)
    length = (len(text) - 1) // N
    starts = np.arange(N) * length
    np.testing.assert_array_equal(x, starts + np.arange(len(x))[:, None])
    assert length - len(x) < window  # less than a window is left out


def test_too_short_a_text_is_refused():
    with pytest.raises(ValueError, match=r"shape \(6,\), N=2 and window=3"):
        streams(np.arange(6), 2, 3)
