"""Backpropagation: from the last note to the first, what is used in several places hears from all."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
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


def _two_ways_of_unequal_length(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """d = a b + a, with arrays: a is used near the loss and far from it; the sum hands on one array twice."""
    a, b = rng.standard_normal((2, sizes["H"]))
    c = a * b
    squares = c**2
    d = a + squares
    values = [a, b, c, squares, d, np.asarray(d.sum())]
    notes: list[Note] = [
        (2, (0, 1), lambda g: (np.asarray(g) * b, np.asarray(g) * a)),
        (3, (2,), _times(2 * c)),
        (4, (0, 3), lambda g: (g, g)),
        (5, (4,), lambda g: (np.full(len(a), float(g)),)),
    ]
    return {"notes": notes, "loss": 5, "values": values}


def _from_the_middle(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """c = a b goes into the loss at once and by way of a later value: a short path and a long one."""
    a, b = rng.standard_normal((2, sizes["H"]))
    c = a * b
    later = np.tanh(c)
    d = c + later
    values = [a, b, c, later, d, np.asarray(d.sum())]
    notes: list[Note] = [
        (2, (0, 1), lambda g: (np.asarray(g) * b, np.asarray(g) * a)),
        (3, (2,), _times(1 - later**2)),
        (4, (2, 3), lambda g: (g, g)),
        (5, (4,), lambda g: (np.full(len(a), float(g)),)),
    ]
    return {"notes": notes, "loss": 5, "values": values}


def _shapes(function: Callable[..., Any]) -> str | None:
    arguments = _two_ways_of_unequal_length(np.random.default_rng(0), {"H": 3})
    for place, (g, value) in enumerate(
        zip(function(*arguments.values()), arguments["values"], strict=True)
    ):
        if np.shape(g) != np.shape(value):
            return (
                f"The numbers are right, but the gradient at place {place} has the shape {np.shape(g)}; "
                f"that of its value is {np.shape(value)}."
            )
    return None


def _nothing_noted(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"notes": [], "loss": 0, "values": [np.asarray(2.0), rng.standard_normal(3)]}


def _walked(
    made: Made, notes: Sequence[Note], loss: int, values: Sequence[np.ndarray]
) -> list[np.ndarray]:
    if "one array for two" in made:
        return _in_place(notes, loss, values)
    if "in the order of a search" in made:
        notes = _searched(notes, loss)[::-1]
    if "handed on before complete" in made:
        return _handed_on_at_once(notes, loss, values)
    if "nothing put where nothing arrives" in made or "a plain zero" in made:
        right = _walked(frozenset(), notes, loss, values)
        heard = {loss} | {place for _, operands, _ in _before(notes, loss) for place in operands}
        empty = np.nan if "nothing put where nothing arrives" in made else 0.0
        return [g if k in heard else np.asarray(empty) for k, g in enumerate(right)]
    if "starts at the last place" in made:
        loss = len(values) - 1
    gradients = [np.zeros(np.shape(value)) for value in values]
    if "ones everywhere" in made:
        gradients = [np.ones(np.shape(value)) for value in values]
    if "values kept" in made:
        gradients = [np.array(value, dtype=float) for value in values]
    arrived: set[int] = set()
    start = (
        values[loss] if "starts from the loss itself" in made else np.ones(np.shape(values[loss]))
    )
    gradients[loss] = np.asarray(start, dtype=float)
    if "starts from zero" in made:
        gradients[loss] = np.zeros(np.shape(values[loss]))
    order: Iterable[Note] = notes if "in the order of the forward pass" in made else reversed(notes)
    for result, operands, back in order:
        parts = back(gradients[result])
        if "emptied when handed on" in made:
            gradients[result] = np.zeros(np.shape(values[result]))
        for place, part in zip(operands, parts, strict=True):
            if "first operand only" in made and place != operands[0]:
                continue
            if "first arrival only" in made and place in arrived:
                continue
            arrived.add(place)
            kept = np.zeros(np.shape(part)) if "overwritten" in made else gradients[place]
            gradients[place] = kept + part
    return gradients


def _before(notes: Sequence[Note], loss: int) -> list[Note]:
    """Return the notes that the loss depends on."""
    needed, kept = {loss}, []
    for note in reversed(notes):
        if note[0] in needed:
            needed.update(note[1])
            kept.append(note)
    return kept


def _handed_on_at_once(
    notes: Sequence[Note], loss: int, values: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """A recursion without an order: what has arrived so far is handed on at every arrival."""
    gradients = [np.zeros(np.shape(value)) for value in values]
    gradients[loss] = np.ones(np.shape(values[loss]))
    made = {result: (operands, back) for result, operands, back in notes}

    def send(place: int) -> None:
        operands, back = made.get(place, ((), None))
        for operand, part in zip(operands, back(gradients[place]) if back else (), strict=True):
            gradients[operand] = gradients[operand] + part
            send(operand)

    send(loss)
    return gradients


def _in_place(notes: Sequence[Note], loss: int, values: Sequence[np.ndarray]) -> list[np.ndarray]:
    """What arrives first is kept as it is, and later arrivals are added to that very array."""
    gradients: list[Any] = [None] * len(values)
    gradients[loss] = np.ones(np.shape(values[loss]))
    for result, operands, back in reversed(notes):
        if gradients[result] is None:
            continue
        for place, part in zip(operands, back(gradients[result]), strict=True):
            if gradients[place] is None:
                gradients[place] = part
            else:
                gradients[place] += part
    return [
        np.zeros(np.shape(value)) if g is None else np.array(g, dtype=float)
        for g, value in zip(gradients, values, strict=True)
    ]


def _searched(notes: Sequence[Note], loss: int) -> list[Note]:
    """Return the notes in the order in which a depth-first search from the loss meets them."""
    made, met = {note[0]: note for note in notes}, []
    waiting = [loss]
    while waiting:
        place = waiting.pop()
        if place in made:
            note = made.pop(place)
            met.append(note)
            waiting.extend(reversed(note[1]))
    return met


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
            Case("a value used near the loss and far from it", draw=_two_ways_of_unequal_length),
            Case("a result used near the loss and far from it", draw=_from_the_middle),
            Case("no operation at all", draw=_nothing_noted),
        ),
    ),
    also=_shapes,
    mistakes=mistakes_in(
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
            "handed on before complete": (
                "what has arrived is handed on at every arrival, so that a part of it is counted again: a "
                "gradient must be complete first, which the reversed order of the notes sees to"
            ),
            "in the order of a search": (
                "the notes are walked in the order in which a search from the loss meets them: a result that "
                "is used near the loss and far from it is handed on before all has arrived; the reversed "
                "order of the notes is safe"
            ),
            "one array for two": (
                "two places share one array: a way back may return the same array twice, and `+=` changes it "
                "for both; write `gradients[place] = gradients[place] + part`"
            ),
            "nothing put where nothing arrives": (
                "there is no array where nothing arrives (None, or nan); zeros in the value's shape belong "
                "there"
            ),
            "a plain zero": (
                "where nothing arrives stands a single 0; the gradient has the shape of its value"
            ),
            "starts at the last place": (
                "the walk starts at the last place; the loss stands at the place `loss`"
            ),
            "ones everywhere": "every place begins with ones; only the loss does, all others with zeros",
            "values kept": "every place begins with its value; it begins with zeros",
            "first arrival only": (
                "each place keeps the first gradient that arrives; what arrives later is added"
            ),
            "emptied when handed on": (
                "a gradient is set to zero when it has been handed on; those of all places are returned"
            ),
            "first operand only": "only the first operand of each note gets its gradient",
        },
        together=1,
    ),
)
