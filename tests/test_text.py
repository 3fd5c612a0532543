import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import quick, seeds

from rnn_utils import (
    UNKNOWN,
    RNNParameters,
    cross_entropy,
    decode,
    embedding,
    embedding_backward,
    encode,
    generate,
    initialise_rnn,
    numerical_gradient,
    one_hot,
    perplexity,
    sample_next,
    softmax,
    vocabulary,
    word_vocabulary,
)

# A draw of counts is compared with its expectation, in standard deviations: a right function goes
# beyond this many with a probability below one in a million, even with fifty counts looked at.
TOO_FAR = 6.5


@given(text=st.text(min_size=1))
def test_text_comes_back_from_its_numbers(text):
    characters = vocabulary(text)
    assert sorted(set(text)) == list(characters)
    assert decode(encode(text, characters), characters) == text


def test_words_come_back_joined_by_spaces_and_rare_ones_as_unknown():
    words = ["the", "cat", "and", "the", "dog", "and", "the", "dodo"]
    known = word_vocabulary(words, size=3)
    assert known == [UNKNOWN, "the", "and"]
    assert decode(encode(words[:5], known), known) == f"the {UNKNOWN} and the {UNKNOWN}"
    assert word_vocabulary(words, size=100) == [UNKNOWN, "the", "and", "cat", "dodo", "dog"]


def test_a_stranger_is_named():
    with pytest.raises(ValueError, match=r"encode: .* but 'é' is not"):
        encode("café", "acf")


def test_numbers_of_another_vocabulary_are_refused():
    for call in [
        lambda indices: decode(indices, "abc"),
        lambda indices: one_hot(indices, 3),
        lambda indices: embedding(indices, np.ones((3, 2))),
        lambda indices: embedding_backward(np.ones((2, 2)), indices, 3),
    ]:
        with pytest.raises(ValueError, match="between 0 and 2, but run from 0 to 3"):
            call(np.array([0, 3]))
        with pytest.raises(ValueError, match="between 0 and 2, but run from -1 to 1"):
            call(np.array([1, -1]))
        with pytest.raises(TypeError, match=r"should be integers, .* float64"):
            call(np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"shape \(T,\), but have \(2, 1\)"):
        decode(np.zeros((2, 1), dtype=int), "abc")


@quick
@given(seed=seeds, shape=st.sampled_from([(), (4,), (3, 2)]))
def test_an_embedding_is_a_product_with_one_hot_vectors_forward_and_backward(seed, shape):
    rng = np.random.default_rng(seed)
    indices, E = rng.integers(5, size=shape), rng.normal(size=(5, 3))
    np.testing.assert_allclose(embedding(indices, E), one_hot(indices, 5) @ E)
    dx = rng.normal(size=(*shape, 3))
    numerical = numerical_gradient(lambda E: np.sum(dx * embedding(indices, E)), E)
    np.testing.assert_allclose(embedding_backward(dx, indices, 5), numerical, atol=1e-8)


def test_the_dtype_is_what_was_asked_for():
    assert one_hot(np.array([1]), 3, np.float32).dtype == np.float32
    dx = np.ones((2, 3), dtype=np.float32)
    assert embedding_backward(dx, np.array([1, 1]), 4).dtype == np.float32


def test_embedding_gradients_of_another_shape_are_refused():
    with pytest.raises(
        ValueError, match=r"indices should have shape \(4,\), because dx .*\(4, 3\)"
    ):
        embedding_backward(np.ones((4, 3)), np.array([0, 1]), 5)


@given(size=st.integers(1, 1000))
def test_a_uniform_guess_is_as_perplexed_as_there_are_choices(size):
    assert perplexity(cross_entropy(np.zeros((1, size)), np.array([0]))) == pytest.approx(size)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_draws_have_the_distribution_of_the_softmax(temperature):
    rng = np.random.default_rng()  # any seed will do
    scores = np.array([2.0, 0.0, -1.0, 1.5, 700.0]) - [0, 0, 0, 0, 699]
    draws = 20_000
    counts = np.bincount(
        sample_next(np.tile(scores, (draws, 1)), temperature, rng), minlength=len(scores)
    )
    p = softmax(scores / temperature)
    deviation = np.sqrt(draws * p * (1 - p))
    assert np.all(np.abs(counts - draws * p) <= TOO_FAR * deviation + 1), counts


def test_each_row_is_drawn_from_its_own_scores_and_rows_are_independent():
    y = np.log(np.array([[1.0, 1.0, 1e-30], [1e-30, 1.0, 1.0]])).repeat(2000, axis=0)
    drawn = sample_next(y, 1.0, np.random.default_rng())
    assert set(drawn[:2000]) == {0, 1}
    assert set(drawn[2000:]) == {1, 2}


def test_no_temperature_takes_the_highest_score_and_hardly_any_does_too():
    y = np.array([[0.0, 1.0, -1.0], [3.0, 1.0, 2.0]])
    for temperature in (0.0, 1e-300):
        drawn = sample_next(y, temperature, np.random.default_rng(0))
        assert drawn.tolist() == [1, 0]
    with pytest.raises(ValueError, match="temperature should not be negative, but is -1"):
        sample_next(y, -1.0, np.random.default_rng(0))


def alphabet_model():
    """Weights set by hand: after each letter of "abc" comes the next, after c comes a."""
    return RNNParameters(
        W_xh=100 * np.eye(3),
        W_hh=np.zeros((3, 3)),
        b_h=np.full(3, -50.0),
        W_hy=50 * np.roll(np.eye(3), 1, axis=0),
        b_y=np.zeros(3),
    )


def test_a_model_goes_on_from_the_last_character_of_the_start():
    for temperature in (0.0, 1.0):
        rng = np.random.default_rng(0)
        text = generate(alphabet_model(), "cab", 7, temperature, rng, vocabulary="abc")
        assert text == "cab" + "cabcabc"


def test_the_state_is_carried_and_the_seed_decides():
    parameters = initialise_rnn(3, 16, 3, np.random.default_rng(1))
    parameters = parameters._replace(W_hh=8 * parameters.W_hh, W_hy=8 * parameters.W_hy)

    def text(seed, start):
        return generate(parameters, start, 30, 1.0, np.random.default_rng(seed), vocabulary="abc")

    assert text(0, "a") == text(0, "a") != text(1, "a")
    seen = {text(seed, "ac")[2:] == text(seed, "cc")[2:] for seed in range(20)}
    assert False in seen  # what came before the last character matters


def test_models_of_another_vocabulary_and_empty_starts_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"score 4 characters.* but it reads 3 and scores 3"):
        generate(alphabet_model(), "a", 5, 1.0, rng, vocabulary="abcd")
    with pytest.raises(ValueError, match="start should have at least one character"):
        generate(alphabet_model(), "", 5, 1.0, rng, vocabulary="abc")
