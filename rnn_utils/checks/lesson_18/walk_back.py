"""Backpropagation: from the last note to the first, what is used in several places hears from all."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, slips
from rnn_utils.checks.shared_mistakes.step import Slips
from rnn_utils.training.tape import Note, walk_back


def _times(factor: np.ndarray | np.float64) -> Callable[[np.ndarray], tuple[np.ndarray]]:
    return lambda g: (np.asarray(g) * factor,)


def _tape(rng: np.random.Generator, sizes: Sizes, chain: int = 2) -> Arguments:
    """A small graph: a product of two values that are both used again, and one that is not used."""
    H = sizes["H"]
    a, b, unused = rng.standard_normal((3, H))
    values: list[np.ndarray] = [a, unused, b]
    notes: list[Note] = []

    def note(result: np.ndarray, operands: tuple[int, ...], back: Any) -> int:
        values.append(result)
        notes.append((len(values) - 1, operands, back))
        return len(values) - 1

    product = note(a * b, (0, 2), lambda g: (np.asarray(g) * b, np.asarray(g) * a))
    aside = note(3.0 * a, (0,), _times(np.float64(3.0)))
    note(2.0 * unused, (1,), _times(np.float64(2.0)))  # goes nowhere
    both = note(
        values[product] + values[aside], (product, aside), lambda g: (np.asarray(g), np.asarray(g))
    )
    place = both
    for _ in range(chain):
        h = np.tanh(values[place])
        place = note(h, (place,), _times(1 - h**2))
    again = note(
        values[place] * values[both],
        (place, both),
        lambda g, p=values[place], q=values[both]: (np.asarray(g) * q, np.asarray(g) * p),
    )
    loss = note(np.asarray(values[again].sum()), (again,), lambda g: (np.full(H, float(g)),))
    return {"notes": notes, "loss": loss, "values": values}


def _a_note_after_the_loss(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _tape(rng, sizes)
    notes, values = list(arguments["notes"]), list(arguments["values"])
    values.append(5.0 * values[0])
    notes.append((len(values) - 1, (0,), _times(np.float64(5.0))))
    return arguments | {"notes": notes, "values": values}


def _used_twice_in_one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    a = rng.standard_normal(sizes["H"])
    values = [a, a * a, np.asarray((a * a).sum())]
    notes: list[Note] = [
        (1, (0, 0), lambda g: (np.asarray(g) * a, np.asarray(g) * a)),
        (2, (1,), lambda g: (np.full(len(a), float(g)),)),
    ]
    return {"notes": notes, "loss": 2, "values": values}


def _nothing_noted(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"notes": [], "loss": 0, "values": [np.asarray(2.0), rng.standard_normal(3)]}


def _walked(
    made: Slips, notes: Sequence[Note], loss: int, values: Sequence[np.ndarray]
) -> list[np.ndarray]:
    gradients = [np.zeros(np.shape(value)) for value in values]
    start = (
        values[loss] if "starts from the loss itself" in made else np.ones(np.shape(values[loss]))
    )
    gradients[loss] = np.asarray(start, dtype=float)
    if "starts from zero" in made:
        gradients[loss] = np.zeros(np.shape(values[loss]))
    order: Iterable[Note] = notes if "in the order of the forward pass" in made else reversed(notes)
    for result, operands, back in order:
        parts = back(gradients[result])
        for place, part in zip(operands, parts, strict=True):
            if "first operand only" in made and place != operands[0]:
                continue
            kept = np.zeros(np.shape(part)) if "overwritten" in made else gradients[place]
            gradients[place] = kept + part
    return gradients


EXERCISE = Exercise(
    name="walk_back",
    lesson="18_pytorch",
    points=3,
    reference=walk_back,
    outputs={"gradients": "all of them"},
    draw=_tape,
    convert=lambda value: (np.concatenate([np.ravel(np.asarray(g, dtype=float)) for g in value]),),
    contract=Contract(
        sizes="H",
        float32=False,
        layouts=False,
        edges=(
            Case("a value used twice in one operation", general=True, draw=_used_twice_in_one),
            Case("a note behind the loss", draw=_a_note_after_the_loss),
            Case("no operation at all", draw=_nothing_noted),
        ),
    ),
    mistakes=slips(
        _walked,
        {
            "overwritten": (
                "a gradient that arrives takes the place of one that was there: what is used in "
                "several places hears from all of them, so they are added"
            ),
            "in the order of the forward pass": (
                "the notes are walked in the order in which they were made: a gradient must be "
                "complete before it is handed on, so the walk goes from the last to the first"
            ),
            "starts from the loss itself": (
                "the walk starts from the loss's value; the gradient of the loss with respect to "
                "itself is 1"
            ),
            "starts from zero": "nothing is put at the loss to begin with, so that zeros are handed on",
            "first operand only": "only the first operand of each note gets its gradient",
        },
        together=1,
    ),
)
