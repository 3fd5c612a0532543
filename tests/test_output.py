import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import draw_output, quick, seeds, sizes

from rnn_utils import numerical_gradient, output_layer, output_layer_backward, softmax


@quick
@given(seed=seeds, n=sizes)
def test_the_output_layer_reads_every_state_alike(seed, n):
    a = draw_output(np.random.default_rng(seed), **n)
    y = output_layer(**a)
    assert y.shape == (n["T"], n["N"], n["O"])
    for t in range(n["T"]):
        np.testing.assert_allclose(output_layer(**a | {"h_t": a["h_t"][t]}), y[t], atol=1e-12)
    one_state = a["W_hy"] @ a["h_t"][0, 0] + a["b_y"]  # as on paper
    np.testing.assert_allclose(output_layer(**a | {"h_t": a["h_t"][0, 0]}), one_state, atol=1e-12)


@pytest.mark.parametrize("axes", [1, 2, 3])
@quick
@given(seed=seeds, n=sizes)
def test_output_gradients_agree_with_central_differences(axes, seed, n):
    rng = np.random.default_rng(seed)
    a = draw_output(rng, **n)
    a["h_t"] = a["h_t"][(0,) * (3 - axes)]
    dy = rng.normal(size=(*a["h_t"].shape[:-1], n["O"]))
    gradients = output_layer_backward(dy, a["h_t"], a["W_hy"])
    for (name, value), gradient in zip(a.items(), gradients, strict=True):
        numerical = numerical_gradient(
            lambda v, name=name: np.sum(dy * output_layer(**a | {name: v})), value
        )
        assert gradient.shape == value.shape
        np.testing.assert_allclose(gradient, numerical, rtol=1e-6, atol=1e-8, err_msg=name)


@quick
@given(seed=seeds, n=sizes, shift=st.floats(-100, 100), scale=st.floats(0, 1000))
def test_softmax_gives_probabilities_that_a_shift_does_not_change(seed, n, shift, scale):
    y = scale * np.random.default_rng(seed).normal(size=(n["T"], n["N"], n["O"]))
    p = softmax(y)
    assert np.all((p >= 0) & (p <= 1))
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-12)
    np.testing.assert_allclose(softmax(y + shift), p, rtol=1e-9, atol=1e-12)
    highest = np.take_along_axis(p, y.argmax(axis=-1)[..., None], axis=-1)
    assert np.all(highest == p.max(axis=-1, keepdims=True))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_of_huge_scores_neither_overflows_nor_warns(dtype):
    y = np.array([[1000, 1000, -1000], [-1000, -1000, -1000]], dtype=dtype)
    np.testing.assert_allclose(softmax(y), [[0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-6)
