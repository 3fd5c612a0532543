"""What was repeated hears from every copy: its gradient is the sum over the repeated axes."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.tape import unbroadcast

Shape = tuple[int, ...]


def repeated(letters: str, kept: str) -> Draw:
    """Return a draw of a gradient of the first shape for an operand of the second; a dot is a 1."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        shape = tuple(1 if letter == "." else sizes[letter] for letter in kept)
        return {
            "gradient": rng.standard_normal([sizes[letter] for letter in letters]),
            "shape": shape,
        }

    return draw


def _summed(made: Made, gradient: np.ndarray, shape: Shape) -> np.ndarray:
    extra = gradient.ndim - len(shape)
    if "nothing summed" in made:
        return gradient
    if "one number" in made:
        return gradient.sum()
    if "first axis alone" in made:
        return gradient.sum(axis=0) if gradient.ndim else gradient
    if "axes from the back" in made:
        return gradient.sum(axis=tuple(range(gradient.ndim - extra, gradient.ndim)))
    if "new axes left" in made:
        ones = tuple(k for k, size in enumerate(shape) if size == 1)
        return gradient.sum(axis=ones, keepdims=True)
    if "one axis of length one" in made:
        g = gradient.sum(axis=tuple(range(extra)))
        return g.sum(axis=shape.index(1), keepdims=True) if 1 in shape else g
    if "first copy" in made:
        gradient = gradient[(0,) * extra]
        return gradient[tuple(slice(0, size) for size in shape)]
    combine = np.mean if "mean" in made else np.sum
    if "all summed" in made:
        return np.broadcast_to(gradient.sum(), shape).copy()
    g = combine(gradient, axis=tuple(range(extra))) if extra else gradient
    if "only new axes" in made:
        return g
    ones = tuple(k for k, size in enumerate(shape) if size == 1)
    if "axis lost" in made:
        return combine(g, axis=ones) if ones else g
    return combine(g, axis=ones, keepdims=True) if ones else g


EXERCISE = Exercise(
    name="unbroadcast",
    lesson="18_pytorch",
    points=2,
    reference=unbroadcast,
    outputs={"gradient": "shape"},
    draw=repeated("TNH", ".H"),
    contract=Contract(
        sizes="TNH",
        edges=(
            Case("a new axis in front", general=True, draw=repeated("NH", "H")),
            Case("two new axes", general=True, draw=repeated("TNH", "H")),
            Case("an axis of length one", general=True, draw=repeated("NH", "N.")),
            Case("two axes of length one", draw=repeated("TNH", "T..")),
            Case("a single number", draw=repeated("TNH", "")),
            Case("nothing was broadcast", draw=repeated("TNH", "TNH")),
        ),
    ),
    mistakes=mistakes_in(
        _summed,
        {
            "nothing summed": (
                "the gradient comes back in the shape of the result: what was repeated in the forward "
                "pass is summed on the way back"
            ),
            "only new axes": (
                "only the axes that broadcasting put in front are summed; axes of length one were "
                "repeated too"
            ),
            "axis lost": (
                "an axis of length one is summed away: the gradient has the operand's own shape "
                "(`keepdims`)"
            ),
            "one number": "everything is summed to one number; only repeated axes are",
            "first axis alone": (
                "the first axis is summed, whatever the shape; which axes were repeated follows from it"
            ),
            "axes from the back": (
                "the last axes are summed away; broadcasting puts missing axes in front"
            ),
            "new axes left": (
                "axes of length one are summed, and the axes that broadcasting put in front are left"
            ),
            "one axis of length one": (
                "only the first axis of length one is summed; there may be several"
            ),
            "mean": "a mean is taken over the copies; every copy has a say of its own, so they are summed",
            "first copy": "only the first copy counts; all of them went into the loss",
            "all summed": "everything is summed; only repeated axes are",
        },
        together=1,
    ),
)
