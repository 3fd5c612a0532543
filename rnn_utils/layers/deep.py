"""Recurrent layers on top of each other, and side by side in both directions of time.

A layer is a tuple (W_xh, W_hh, b_h) of a tanh RNN, as for `forward_layers` in lesson 02; but here every
layer reads a whole sequence. On paper, for layers l = 1, …, L with h⁽⁰⁾ = x:

    stacked:        h_t⁽ˡ⁾ = tanh(W_hh⁽ˡ⁾ h_{t-1}⁽ˡ⁾ + W_xh⁽ˡ⁾ h_t⁽ˡ⁻¹⁾ + b_h⁽ˡ⁾)

    bidirectional:  →h_t = tanh(→W_hh →h_{t-1} + →W_xh x_t + →b_h)   from the first step to the last
                    ←h_t = tanh(←W_hh ←h_{t+1} + ←W_xh x_t + ←b_h)   from the last step to the first
                    h_t  = (→h_t, ←h_t), one behind the other

Both are the conventions of PyTorch's torch.nn.RNN with `num_layers` or `bidirectional=True`.
"""

from collections.abc import Sequence

import numpy as np

from rnn_utils._shapes import expect_shapes
from rnn_utils.cells.rnn import rnn_backward, rnn_forward_hoisted

Layer = tuple[np.ndarray, np.ndarray, np.ndarray]


def stacked_forward(x: np.ndarray, h0: np.ndarray, layers: Sequence[Layer]) -> np.ndarray:
    """Return the states of all layers of a deep RNN, after every step.

    Args:
        x: the inputs (T, N, D).
        h0: the states before the first step (L, N, H), one for each layer.
        layers: L tuples W_xh, W_hh, b_h; W_xh is (H, D) in the first and (H, H) in the others, which
            read the states of the layer below.

    Returns:
        The states (L, T, N, H); those of the top layer are h[-1].

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Graves, Mohamed and Hinton (2013), Speech recognition with deep recurrent neural networks.

    Example:
        >>> x, h0 = np.ones((3, 1, 1)), np.zeros((2, 1, 1))
        >>> no_memory = np.ones((1, 1)), np.zeros((1, 1)), np.zeros(1)
        >>> stacked_forward(x, h0, [no_memory, no_memory])[:, 0].ravel().round(4).tolist()
        [0.7616, 0.642]
    """
    _expect_layers("stacked_forward", x, h0, layers)
    h, below = [], x
    for layer, start in zip(layers, h0, strict=True):
        below = rnn_forward_hoisted(below, start, *layer)
        h.append(below)
    return np.stack(h)


def stacked_backward(
    dh: np.ndarray, x: np.ndarray, h0: np.ndarray, h: np.ndarray, layers: Sequence[Layer]
) -> tuple[np.ndarray, np.ndarray, list[Layer]]:
    """Return the gradients of a deep RNN whose top layer is read.

    Args:
        dh: the immediate gradient of the loss with respect to the states of the top layer (T, N, H).
        x: the inputs (T, N, D).
        h0: the states before the first step (L, N, H).
        h: the states of all layers (L, T, N, H), as `stacked_forward` returned them.
        layers: L tuples W_xh, W_hh, b_h.

    Returns:
        dx (T, N, D), dh0 (L, N, H), and a list of L tuples dW_xh, dW_hh, db_h.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> x, h0 = np.zeros((3, 1, 1)), np.zeros((2, 1, 1))
        >>> layer = np.full((1, 1), 2.0), np.zeros((1, 1)), np.zeros(1)
        >>> h = stacked_forward(x, h0, [layer, layer])
        >>> dx, dh0, dlayers = stacked_backward(np.ones((3, 1, 1)), x, h0, h, [layer, layer])
        >>> dx.ravel().tolist()  # tanh has slope 1 at zero, and each layer's weight is 2
        [4.0, 4.0, 4.0]
    """
    _expect_layers("stacked_backward", x, h0, layers)
    expect_shapes("stacked_backward", h0=(h0, "L N H"), h=(h, "L T N H"), dh=(dh, "T N H"))
    dh0 = np.empty_like(h0, dtype=np.result_type(dh, h))
    dlayers: list[Layer] = []
    for k in reversed(range(len(layers))):
        W_xh, W_hh, _ = layers[k]
        below = h[k - 1] if k > 0 else x
        dh, dh0[k], dW_xh, dW_hh, db_h = rnn_backward(dh, below, h0[k], h[k], W_xh, W_hh)
        dlayers.insert(0, (dW_xh, dW_hh, db_h))
    return dh, dh0, dlayers


def bidirectional_forward(x: np.ndarray, h0: np.ndarray, layers: Sequence[Layer]) -> np.ndarray:
    """Return the states of two RNNs that read a sequence in opposite directions.

    Args:
        x: the inputs (T, N, D).
        h0: what each of them starts from (2, N, H): h0[0] before the first step, h0[1] after the last.
        layers: two tuples W_xh, W_hh, b_h; the first reads from the first step to the last, the
            second from the last to the first.

    Returns:
        The states (T, N, 2H): at step t those of the first, which has read x[0], …, x[t], and beside
        them those of the second, which has read x[T − 1], …, x[t].

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Schuster and Paliwal (1997), Bidirectional recurrent neural networks.

    Example:
        >>> x, h0 = np.arange(3.0)[:, None, None], np.zeros((2, 1, 1))
        >>> adds = np.ones((1, 1)), np.ones((1, 1)), np.zeros(1)
        >>> bidirectional_forward(1e-6 * x, h0, [adds, adds])[:, 0].round(9).tolist()
        [[0.0, 3e-06], [1e-06, 3e-06], [3e-06, 2e-06]]
    """
    _expect_directions("bidirectional_forward", x, h0, layers)
    ahead, back = layers
    from_first = rnn_forward_hoisted(x, h0[0], *ahead)
    from_last = rnn_forward_hoisted(x[::-1], h0[1], *back)[::-1]
    return np.concatenate([from_first, from_last], axis=2)


def bidirectional_backward(
    dh: np.ndarray, x: np.ndarray, h0: np.ndarray, h: np.ndarray, layers: Sequence[Layer]
) -> tuple[np.ndarray, np.ndarray, list[Layer]]:
    """Return the gradients of two RNNs that read a sequence in opposite directions.

    Args:
        dh: the immediate gradient of the loss with respect to the states (T, N, 2H).
        x: the inputs (T, N, D).
        h0: what each of them started from (2, N, H).
        h: the states (T, N, 2H), as `bidirectional_forward` returned them.
        layers: two tuples W_xh, W_hh, b_h.

    Returns:
        dx (T, N, D), dh0 (2, N, H), and a list of two tuples dW_xh, dW_hh, db_h.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Schuster and Paliwal (1997), Bidirectional recurrent neural networks.

    Example:
        >>> x, h0 = np.zeros((3, 1, 1)), np.zeros((2, 1, 1))
        >>> adds = np.ones((1, 1)), np.ones((1, 1)), np.zeros(1)
        >>> h = bidirectional_forward(x, h0, [adds, adds])
        >>> dx, dh0, dlayers = bidirectional_backward(np.ones((3, 1, 2)), x, h0, h, [adds, adds])
        >>> dx.ravel().tolist()  # every state of either direction has read it, or will: 3 + 1, 2 + 2, …
        [4.0, 4.0, 4.0]
    """
    _expect_directions("bidirectional_backward", x, h0, layers)
    expect_shapes("bidirectional_backward", x=(x, "T N D"), h=(h, "T N S"), dh=(dh, "T N S"))
    H = h0.shape[2]
    if h.shape[2] != 2 * H:
        raise ValueError(
            f"bidirectional_backward: h should have shape (T, N, 2H), the states of both directions, "
            f"but has shape {h.shape}. For H = {H} the last axis should be {2 * H}."
        )
    (W_xh, W_hh, _), (V_xh, V_hh, _) = layers
    ahead = rnn_backward(dh[..., :H], x, h0[0], h[..., :H], W_xh, W_hh)
    back = rnn_backward(dh[::-1, :, H:], x[::-1], h0[1], h[::-1, :, H:], V_xh, V_hh)
    dx = ahead[0] + back[0][::-1]
    return dx, np.stack([ahead[1], back[1]]), [ahead[2:], back[2:]]


def _expect_layers(function: str, x: np.ndarray, h0: np.ndarray, layers: Sequence[Layer]) -> None:
    """Raise an error unless each layer fits to the one below it."""
    expect_shapes(function, x=(x, "T N D"), h0=(h0, "L N H"))
    if len(layers) != len(h0):
        raise ValueError(
            f"{function}: layers should be as many as h0 has states, {len(h0)}, but there are "
            f"{len(layers)}. Give one tuple W_xh, W_hh, b_h and one row of h0 for each."
        )
    for k, (W_xh, W_hh, b_h) in enumerate(layers):
        below = {"x": (x, "T N D")} if k == 0 else {}
        expect_shapes(
            function,
            h0=(h0, "L N H"),
            **below,
            **{
                f"W_hh of layers[{k}]": (W_hh, "H H"),
                f"W_xh of layers[{k}]": (W_xh, "H D" if k == 0 else "H H"),
                f"b_h of layers[{k}]": (b_h, "H"),
            },
        )


def _expect_directions(
    function: str, x: np.ndarray, h0: np.ndarray, layers: Sequence[Layer]
) -> None:
    """Raise an error unless there are two layers that both fit to the inputs."""
    if len(layers) != 2:
        raise ValueError(
            f"{function}: layers should be two, one for each direction of time, but there are "
            f"{len(layers)}. Give two tuples W_xh, W_hh, b_h."
        )
    for k, (W_xh, W_hh, b_h) in enumerate(layers):
        expect_shapes(
            function,
            x=(x, "T N D"),
            h0=(h0, "L N H"),
            **{
                f"W_hh of layers[{k}]": (W_hh, "H H"),
                f"W_xh of layers[{k}]": (W_xh, "H D"),
                f"b_h of layers[{k}]": (b_h, "H"),
            },
        )
