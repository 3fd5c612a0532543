"""How many input pixels an output pixel sees: 1 + Σ_n (k_n − 1) d_n s_1 … s_{n−1}."""

from collections.abc import Callable, Sequence

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.layers.convolution import receptive_field

Layer = tuple[int, int, int]


def _layers(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw three or four layers, all three numbers of which are above 1 somewhere below the last."""
    while True:
        layers = [
            (int(rng.choice([2, 3, 4, 5])), int(rng.integers(1, 4)), int(rng.integers(1, 4)))
            for _ in range(rng.integers(3, 5))
        ]
        strides, dilations = ({layer[k] for layer in layers[:-1]} for k in (1, 2))
        if len(strides) > 1 and len(dilations) > 1 and layers[0][1] != layers[1][1] > 1:
            return {"layers": layers}


def _plain(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"layers": [(int(rng.choice([3, 5, 7])), 1, 1) for _ in range(rng.integers(2, 5))]}


def _given(*layers: Layer) -> Draw:
    return lambda rng, sizes: {"layers": list(layers)}


_CONTRACT = Contract(
    float32=False,
    layouts=False,
    edges=(
        Case("plain kernels", general=True, draw=_plain),
        Case("no layer", draw=_given()),
        Case("one layer", draw=_given((5, 1, 1))),
        Case("one layer with stride and dilation", draw=_given((3, 2, 4))),
        Case("seven layers", draw=_given(*[(3, 2, 1), (2, 1, 3), (4, 1, 2)] * 2, (5, 1, 1))),
        Case("kernels of 1", draw=_given((1, 2, 1), (3, 1, 1), (1, 1, 3))),
    ),
)


def _grown(
    span: Callable[[int, int], int] = lambda k, d: (k - 1) * d,
    step_before: Callable[[Sequence[Layer], int], int] = lambda layers, n: _product(layers[:n]),
    start: int = 1,
) -> Callable[[Sequence[Layer]], int]:
    """Return a receptive field that grows by a span of each layer's own, in steps of its own."""
    return lambda layers: (
        start + sum(span(k, d) * step_before(layers, n) for n, (k, _, d) in enumerate(layers))
    )


def _product(layers: Sequence[Layer]) -> int:
    return int(np.prod([stride for _, stride, _ in layers], dtype=int))


def _from_the_output(layers: Sequence[Layer]) -> int:
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = field * stride + (kernel - 1) * dilation
    return field


EXERCISE = Exercise(
    name="receptive_field",
    lesson="15_convolution",
    points=2,
    reference=receptive_field,
    outputs={"field": ""},
    draw=_layers,
    contract=_CONTRACT,
    draws=5,
    mistakes=tuple(
        Mistake(name, says, wrong)
        for name, says, wrong in (
            (
                "kernels added",
                "the kernels' lengths are added; each layer adds one step less than it is long, since its "
                "neighbours overlap",
                _grown(lambda k, d: k * d, start=0),
            ),
            (
                "kernels added, nothing else",
                "the kernels' lengths are added; each layer adds one step less than it is long, times its "
                "dilation and the strides below it",
                lambda layers: sum(k for k, _, _ in layers),
            ),
            (
                "strides and dilations ignored",
                "strides and dilations are ignored: this is right for plain layers only",
                _grown(lambda k, d: k - 1, lambda layers, n: 1),
            ),
            (
                "stride and dilation exchanged",
                "stride and dilation are exchanged: a layer is kernel, stride, dilation",
                lambda layers: _grown()([(k, d, s) for k, s, d in layers]),
            ),
            (
                "dilation handed on",
                "a layer's dilation stretches the layers above it as well; only strides do",
                lambda layers: _grown(lambda k, d: k - 1)(
                    [(k, s * d, d) for k, s, d in layers],
                ),
            ),
            (
                "dilation of its own and handed on",
                "a layer's dilation stretches the layers above it as well; only strides do",
                lambda layers: _grown()([(k, s * d, d) for k, s, d in layers]),
            ),
            (
                "one side only",
                "half a kernel is added for each layer; the field grows to both sides",
                _grown(lambda k, d: k // 2 * d),
            ),
            (
                "the pixel itself missing",
                "the field starts from 0; without any layer it is 1, the pixel itself",
                _grown(start=0),
            ),
            (
                "kernel for steps",
                "a layer of kernel k adds k steps; from its first to its last place there are k − 1",
                _grown(lambda k, d: k * d),
            ),
            (
                "strides ignored",
                "the strides are ignored: above a layer of stride 2, each step is two pixels of the input",
                _grown(step_before=lambda layers, n: 1),
            ),
            (
                "own stride counted",
                "a layer's own stride is counted in its step; it takes effect only above it: multiply after "
                "adding",
                _grown(step_before=lambda layers, n: _product(layers[: n + 1])),
            ),
            (
                "own stride only",
                "each layer is counted with its own stride; what counts are the strides of all layers below",
                _grown(step_before=lambda layers, n: layers[n][1]),
            ),
            (
                "stride of the layer below only",
                "only the stride of the layer right below is counted; those of all layers below multiply",
                _grown(step_before=lambda layers, n: layers[n - 1][1] if n else 1),
            ),
            (
                "strides added",
                "the strides of the layers below are added; they multiply",
                _grown(step_before=lambda layers, n: 1 + sum(s for _, s, _ in layers[:n])),
            ),
            (
                "extra steps of the strides added",
                "the strides of the layers below are added; they multiply",
                _grown(step_before=lambda layers, n: 1 + sum(s - 1 for _, s, _ in layers[:n])),
            ),
            (
                "all strides everywhere",
                "every layer is counted with the strides of all layers; only those below it count",
                _grown(step_before=lambda layers, n: _product(layers)),
            ),
            (
                "dilations ignored",
                "the dilations are ignored: with dilation d, the places of a kernel lie d steps apart",
                _grown(lambda k, d: k - 1),
            ),
            (
                "dilation added",
                "the dilation is added once; each of the k − 1 steps is d long",
                _grown(lambda k, d: k - 1 + d - 1),
            ),
            (
                "dilated kernel times dilation",
                "the kernel's length is multiplied by d before 1 is taken away; there are k − 1 steps of "
                "length d",
                _grown(lambda k, d: k * d - 1),
            ),
            (
                "zeros between missing",
                "d stands for the pixels skipped between two places of a kernel; dilation 1 means none, so "
                "the places lie d apart",
                _grown(lambda k, d: (k - 1) * (d + 1)),
            ),
            (
                "layers from the output",
                "the layers are gone through from the output, or the strides above a layer are counted; the "
                "list begins at the input, and the strides below matter",
                lambda layers: _grown()(layers[::-1]),
            ),
            (
                "field times stride",
                "from the output down, a field of f places below a stride s covers (f − 1) s + 1 of them, "
                "not f s: the first place is one pixel",
                _from_the_output,
            ),
            (
                "kernels multiplied",
                "the kernels' lengths are multiplied; neighbouring windows overlap, so each layer only adds",
                lambda layers: int(np.prod([k for k, _, _ in layers], dtype=int)),
            ),
            (
                "last layer only",
                "only the last layer counts: does each round of the loop start anew?",
                lambda layers: _grown()(layers[-1:]),
            ),
            (
                "first layer only",
                "only the first layer counts: is `return` inside the loop?",
                lambda layers: _grown()(layers[:1]),
            ),
            (
                "area",
                "this is the number of pixels in a square; expected is the length of one side",
                lambda layers: _grown()(layers) ** 2,
            ),
        )
    ),
)
