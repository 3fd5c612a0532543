"""What the checks of the LSTM and the GRU share: a drawn step, blocks of rows, and what wrong rows tell.

Every gate has a block of rows in the stacked weights. A mistake in one gate's line of the way back shows
in the rows of that gate alone, whatever it was; so wrong rows point to a line of the derivation.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.checks.framework.contract import Case
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import TOGETHER, Mistake, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made

Arrays = tuple[np.ndarray, ...]
Look = Callable[[Arguments, Arrays], Mistake | None]

#: A squashing function, with its derivative from its output.
Squash = tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]
LINE: Squash = (lambda a: a, np.ones_like)
RELU: Squash = (lambda a: np.maximum(a, 0.0), lambda s: (s > 0).astype(float))
TANH: Squash = (np.tanh, lambda s: 1 - s**2)
LOGISTIC: Squash = (sigmoid, lambda s: s * (1 - s))


def draw_step(blocks: int, biases: Sequence[str], cell: bool = False) -> Draw:
    """Return a draw of a step whose gates are neither open nor shut, and whose biases show."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        N, D, H = (sizes[letter] for letter in "NDH")
        drawn = {
            "x_t": rng.standard_normal((N, D)),
            "h_prev": np.tanh(rng.standard_normal((N, H))),
        }
        if cell:
            drawn["c_prev"] = rng.standard_normal((N, H))
        drawn["W_x"] = rng.standard_normal((blocks * H, D)) / np.sqrt(D)
        drawn["W_h"] = rng.standard_normal((blocks * H, H)) / np.sqrt(H)
        return drawn | {name: rng.standard_normal(blocks * H) / 2 for name in biases}

    return draw


def two_sequences_far_out(draw: Draw) -> Draw:
    """Return a draw with inputs so large that each gate is open for one sequence and shut for another."""

    def far_out(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        arguments = draw(rng, sizes)
        arguments["x_t"][:2] = 2000.0 * arguments["x_t"][:1] * np.array([[1.0], [-1.0]])
        return arguments

    return far_out


def as_many_inputs_as_rows(blocks: int) -> Case:
    """Return a case in which W_x, stacked of so many blocks, is square, so that no guess helps."""
    return Case(f"D = {blocks}H", {"H": 2, "D": 2 * blocks})


def put_back(rows: np.ndarray, blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Return blocks stacked: row k of `rows` (blocks, H) says where the rows of block k belong."""
    result = np.empty((rows.size, *blocks[0].shape[1:]), blocks[0].dtype)
    for places, block in zip(rows, blocks, strict=True):
        result[places] = block
    return result


def through_W_h(
    made: Made,
    letters: Iterable[str],
    of_sums: Sequence[np.ndarray],
    W: Sequence[np.ndarray],
    reads: Sequence[bool],
) -> list[np.ndarray]:
    """Return what comes back to h_prev from each block's sum, with the mistakes made."""
    turned = [
        "dh_prev through blocks transposed" in made
        or f"dh_prev through {letter}'s block transposed" in made
        for letter in letters
    ]
    return [
        a @ (block.T if turn else block) * read
        for a, block, turn, read in zip(of_sums, W, turned, reads, strict=True)
    ]


#: A line copied for another gate, of which a part was not changed: the part, whose it is, whom it serves.
Copied = tuple[str, str, str]


def copied_lines(blocks: Mapping[str, str], parts: Sequence[str]) -> dict[str, Copied]:
    """Return, by its name, every mistake in which one of these parts was left as it was."""
    return {
        f"{part} of {a} for {b}": (part, a, b) for a, b in permutations(blocks, 2) for part in parts
    }


def said_of_copied(blocks: Mapping[str, str], copied: Mapping[str, Copied]) -> dict[str, str]:
    """Return what is said of each such mistake; `blocks` says whose a block is, by its letter."""
    return {
        name: f"{blocks[b]} is made with the {part} of {blocks[a]}: a line copied and not changed throughout"
        for name, (part, a, b) in copied.items()
    }


def mistakes_and_pairs(
    wrong: Callable[..., object], says: Mapping[str, str], together: Sequence[str] = ()
) -> tuple[Mistake, ...]:
    """Return each mistake by itself, and every two of those that are often made together."""
    both = mistakes_in(wrong, {name: says[name] for name in together})
    return mistakes_in(wrong, says, together=1) + tuple(m for m in both if TOGETHER in m.name)


def overflowed(reference: Callable[..., object]) -> Look:
    """Return a look at a step's results that recognises infinity over infinity."""

    def look(_: Arguments, got: Arrays) -> Mistake | None:
        if not any(np.isnan(g).any() for g in got):
            return None
        return Mistake(
            "overflow",
            "exp overflows for large sums, and infinity over infinity is not a number: "
            "1 / (1 + exp(−a)) holds no such quotient, and nor does np.tanh",
            reference,
        )

    return look


def wrong_rows(
    reference: Callable[..., Arrays],
    outputs: Sequence[str],
    blocks: str,
    says: Mapping[str, str],
) -> Look:
    """Return a look at a step's gradients that tells which blocks of rows are wrong.

    Args:
        reference: the exercise's reference.
        outputs: the names of its results; dx_t and dh_prev are made from all blocks, and those that
            begin with dW or db are stacked.
        blocks: the letter of each block, in order.
        says: what it tells if the rows of these blocks are wrong, such as `"if"`, or these and another
            result, such as `"if and dc_prev"`; where nothing is said the look sees nothing.
    """

    def look(arguments: Arguments, got: Arrays) -> Mistake | None:
        right = reference(*arguments.values())
        if any(g.shape != r.shape for g, r in zip(got, right, strict=True)):
            return None
        wrong, beside = set(), []
        for name, g, r in zip(outputs, got, right, strict=True):
            stacked = name.startswith(("dW", "db"))
            count = len(blocks) if stacked else 1
            near = 1e-5 * np.abs(r).max(initial=1e-6)
            off = [
                not np.allclose(a, b, rtol=1e-4, atol=near)
                for a, b in zip(np.split(g, count), np.split(r, count), strict=True)
            ]
            if stacked:
                wrong |= {letter for letter, is_off in zip(blocks, off, strict=True) if is_off}
            elif off[0] and name not in ("dx_t", "dh_prev"):
                beside.append(name)
        key = " and ".join(["".join(letter for letter in blocks if letter in wrong), *beside])
        return Mistake(f"rows of {key}", says[key], reference) if key in says else None

    return look


def first_of(*looks: Look) -> Look:
    """Return a look that takes what the first of several sees."""

    def look(arguments: Arguments, got: Arrays) -> Mistake | None:
        seen = (one(arguments, got) for one in looks)
        return next((mistake for mistake in seen if mistake is not None), None)

    return look
