"""Deep and bidirectional networks: PyTorch's values, the referee, and what each output can see."""

import numpy as np
import pytest
from hypothesis import given
from reference_values.make import CASES, deep_values, stored_deep
from rnn_arguments import DIFFERENT, quick, seeds, with_torch

from rnn_utils import (
    bidirectional_backward,
    bidirectional_forward,
    numerical_gradient,
    relative_error,
    rnn_forward,
    stacked_backward,
    stacked_forward,
)

KINDS = {
    "stacked": (stacked_forward, stacked_backward),
    "bidirectional": (bidirectional_forward, bidirectional_backward),
}


def compare(kind, inputs, values, rtol=1e-9, atol=1e-11):
    forward, backward = KINDS[kind]
    x, dh, h0 = inputs["x"], inputs["dh"], inputs["h0"]
    layers = [[inputs[f"{name}/{k}"] for name in ("W_xh", "W_hh", "b_h")] for k in range(len(h0))]
    h = forward(x, h0, layers)
    dx, dh0, dlayers = backward(dh, x, h0, h, layers)
    ours = {"h": h[-1] if kind == "stacked" else h, "dx": dx, "dh0": dh0}
    for k, gradients in enumerate(dlayers):
        ours |= {
            f"d{name}/{k}": g for name, g in zip(("W_xh", "W_hh", "b_h"), gradients, strict=True)
        }
    assert ours.keys() == values.keys()
    for name, value in ours.items():
        assert value.shape == values[name].shape, name
        np.testing.assert_allclose(value, values[name], rtol=rtol, atol=atol, err_msg=name)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_stored_values_of_pytorch(kind, case):
    compare(kind, *stored_deep(kind)[f"{kind}/{case}"])


@with_torch
@pytest.mark.parametrize("kind", KINDS)
def test_pytorch_itself(kind):
    inputs, _ = stored_deep(kind)[f"{kind}/long"]
    inputs = {name: np.ascontiguousarray(a[::-1]) for name, a in inputs.items()}
    compare(kind, inputs, deep_values(kind, inputs))


def draw(kind, seed, T=5, N=2, D=3, H=4):
    rng = np.random.default_rng(seed)
    L = 3 if kind == "stacked" else 2
    widths = [D] + [H if kind == "stacked" else D] * (L - 1)
    layers = [
        (rng.normal(size=(H, width)), rng.normal(size=(H, H)) / 2, rng.normal(size=H))
        for width in widths
    ]
    return rng.normal(size=(T, N, D)), rng.uniform(-1, 1, size=(L, N, H)), layers


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradients_agree_with_the_referee(kind):
    forward, backward = KINDS[kind]
    x, h0, layers = draw(kind, seed=1)
    h = forward(x, h0, layers)
    top = h[-1] if kind == "stacked" else h
    weights = np.random.default_rng(2).normal(size=top.shape)

    def loss(x, h0, layers):
        h = forward(x, h0, layers)
        return float(np.sum(weights * (h[-1] if kind == "stacked" else h)))

    dx, dh0, dlayers = backward(weights, x, h0, h, layers)
    assert relative_error(dx, numerical_gradient(lambda a: loss(a, h0, layers), x)) < 1e-7
    assert relative_error(dh0, numerical_gradient(lambda a: loss(x, a, layers), h0)) < 1e-7
    for k, gradients in enumerate(dlayers):
        for place, gradient in enumerate(gradients):

            def nudged(a, k=k, place=place):
                layer = (*layers[k][:place], a, *layers[k][place + 1 :])
                return loss(x, h0, [*layers[:k], layer, *layers[k + 1 :]])

            assert relative_error(gradient, numerical_gradient(nudged, layers[k][place])) < 1e-7


@quick
@given(seeds)
def test_one_layer_is_the_plain_network(seed):
    x, h0, layers = draw("stacked", seed)
    h = stacked_forward(x, h0[:1], layers[:1])
    np.testing.assert_allclose(h[0], rnn_forward(x, h0[0], *layers[0]), rtol=1e-9)


@quick
@given(seeds)
def test_a_sequence_read_from_the_end_exchanges_the_directions(seed):
    x, h0, layers = draw("bidirectional", seed)
    h = bidirectional_forward(x, h0, layers)
    turned = bidirectional_forward(x[::-1], h0[::-1], layers[::-1])
    H = h0.shape[2]
    np.testing.assert_array_equal(h[::-1], np.concatenate([turned[..., H:], turned[..., :H]], 2))


def test_a_stack_sees_the_past_and_both_directions_see_everything():
    x, h0, layers = draw("stacked", seed=3)
    later = x.copy()
    later[3] += 1.0
    moved = (stacked_forward(later, h0, layers) != stacked_forward(x, h0, layers)).any(axis=(2, 3))
    assert not moved[:, :3].any()
    assert moved[:, 3:].all()
    x, h0, layers = draw("bidirectional", seed=3)
    later = x.copy()
    later[3] += 1.0
    moved = bidirectional_forward(later, h0, layers) != bidirectional_forward(x, h0, layers)
    assert moved.any(axis=(1, 2)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_number_of_layers_is_said(kind):
    forward, _ = KINDS[kind]
    x, h0, layers = draw(kind, seed=0)
    with pytest.raises(ValueError, match="layers should be"):
        forward(x, h0, layers[:1])


def test_a_layer_that_does_not_fit_is_named():
    x, h0, layers = draw("stacked", seed=0)
    W_xh, W_hh, b_h = layers[1]
    with pytest.raises(ValueError, match=r"W_xh of layers\[1\]"):
        stacked_forward(x, h0, [layers[0], (W_xh[:, :2], W_hh, b_h), layers[2]])


def test_states_of_one_direction_alone_are_refused():
    x, h0, layers = draw("bidirectional", seed=0)
    h = bidirectional_forward(x, h0, layers)[..., : DIFFERENT["H"] - 1]
    with pytest.raises(ValueError, match="2H"):
        bidirectional_backward(h, x, h0, h[..., :4], layers)
