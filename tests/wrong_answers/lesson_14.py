"""Wrong answers of lesson 14 that are right almost everywhere: every one must fail."""

import numpy as np

from rnn_utils.cells.rnn import rnn_backward, rnn_forward


def stack_of_three(x, h0, layers):
    """Three layers are read, however many there are."""
    h = np.zeros((len(h0), len(x), *h0.shape[1:]))
    for k in range(min(3, len(layers))):
        h[k] = rnn_forward(x if k == 0 else h[k - 1], h0[k], *layers[k])
    return h


def stack_of_two_or_more(x, h0, layers):
    """The first and the last layer are written out."""
    h = [rnn_forward(x, h0[0], *layers[0])]
    for k in range(1, len(layers) - 1):
        h.append(rnn_forward(h[-1], h0[k], *layers[k]))
    h.append(rnn_forward(h[-1], h0[-1], *layers[-1]))
    return np.stack(h)


def stack_first_layer_by_its_shape(x, h0, layers):
    """What a layer reads is guessed from the shape of its weight: wrong where D = H."""
    h, below = [], x
    for start, (W_xh, W_hh, b_h) in zip(h0, layers, strict=True):
        below = x if W_xh.shape[1] == x.shape[2] else below
        below = rnn_forward(below, start, W_xh, W_hh, b_h)
        h.append(below)
    return np.stack(h)


def stack_turned_if_it_fits(x, h0, layers):
    """Batch and time are told by their sizes: wrong for as many steps as sequences."""
    x = x.swapaxes(0, 1) if x.shape[0] == h0.shape[1] else x
    return stack_of_any(x, h0, layers)


def stack_of_any(x, h0, layers):
    h = []
    for start, layer in zip(h0, layers, strict=True):
        x = rnn_forward(x, start, *layer)
        h.append(x)
    return np.stack(h)


def _back(dh, x, h0, h, layers, below):
    dh0, gradients = np.zeros(h0.shape), []
    for k in reversed(range(len(layers))):
        dh, dh0[k], *of_layer = rnn_backward(dh, below(k), h0[k], h[k], *layers[k][:2])
        gradients.insert(0, tuple(of_layer))
    return dh, dh0, gradients


def stack_back_first_layer_by_its_shape(dh, x, h0, h, layers):
    """What a layer read is guessed from the shape of its weight: wrong where D = H."""

    def below(k):
        return x if layers[k][0].shape[1] == x.shape[2] else h[k - 1]

    return _back(dh, x, h0, h, layers, below)


def stack_back_of_three(dh, x, h0, h, layers):
    """Three layers are gone back through, however many there are."""
    below = lambda k: h[k - 1] if k else x  # noqa: E731
    if len(layers) <= 3:
        return _back(dh, x, h0, h, layers, below)
    _, dh0, top = _back(dh, h[-4], h0[-3:], h[-3:], layers[-3:], lambda k: h[len(h) - 4 + k])
    first = [tuple(np.zeros(w.shape) for w in layer) for layer in layers[:-3]]
    return 0 * x, np.concatenate([0 * h0[:-3], dh0]), first + top


def stack_back_of_two_or_more(dh, x, h0, h, layers):
    """The layer below the top one is taken for granted."""
    dx, dh0, gradients = _back(dh, x, h0, h, layers, lambda k: h[k - 1] if k else x)
    assert len(layers) > 1
    return dx, dh0, gradients


def two_ways_turned_if_they_fit(x, h0, layers):
    """Batch and time are told by their sizes: wrong for as many steps as sequences."""
    x = x.swapaxes(0, 1) if x.shape[0] == h0.shape[1] else x
    return two_ways(x, h0, layers)


def two_ways(x, h0, layers):
    first = rnn_forward(x, h0[0], *layers[0])
    return np.concatenate([first, rnn_forward(x[::-1], h0[1], *layers[1])[::-1]], axis=2)


def two_ways_with_one_weight_for_equal_ones(x, h0, layers):
    """A weight of the second direction is turned where it is square."""
    W_xh, W_hh, b_h = layers[1]
    W_xh = W_xh.T if W_xh.shape[0] == W_xh.shape[1] else W_xh
    return two_ways(x, h0, [layers[0], (W_xh, W_hh, b_h)])


def two_ways_back_turned_if_they_fit(dh, x, h0, h, layers):
    """Batch and time are told by their sizes: wrong for as many steps as sequences."""
    if x.shape[0] == h0.shape[1]:
        dh, x, h = (a.swapaxes(0, 1) for a in (dh, x, h))
    H = h0.shape[2]
    first = rnn_backward(dh[..., :H], x, h0[0], h[..., :H], *layers[0][:2])
    second = rnn_backward(dh[::-1, :, H:], x[::-1], h0[1], h[::-1, :, H:], *layers[1][:2])
    return first[0] + second[0][::-1], np.stack([first[1], second[1]]), [first[2:], second[2:]]


WRONG_ANSWERS = {
    "stacked_forward": [
        stack_of_three,
        stack_of_two_or_more,
        stack_first_layer_by_its_shape,
        stack_turned_if_it_fits,
    ],
    "stacked_backward": [
        stack_back_first_layer_by_its_shape,
        stack_back_of_three,
        stack_back_of_two_or_more,
    ],
    "bidirectional_forward": [
        two_ways_turned_if_they_fit,
        two_ways_with_one_weight_for_equal_ones,
    ],
    "bidirectional_backward": [two_ways_back_turned_if_they_fit],
}
