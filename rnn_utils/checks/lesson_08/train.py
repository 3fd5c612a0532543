"""The loop: for each batch a loss and its gradients, clipped to `max_norm`, then θ ← θ − η g."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_08.shared import SHAPES, WEIGHTS, Five, five_arrays, parts_of
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training import loop
from rnn_utils.training.models import RNNParameters, loss_and_gradients
from rnn_utils.training.optimizers import clip_by_global_norm, global_norm, sgd_update


def _model(parameters: Five, x: np.ndarray, targets: np.ndarray) -> tuple[float, RNNParameters]:
    """Return loss and gradients; the five arrays may come in any kind of tuple."""
    return loss_and_gradients(RNNParameters(*parameters), x, targets)


def _training(low: float, high: float, count: int | None = None) -> Draw:
    """Return a draw of a network and batches, with a bound of so many times the first norm."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        T, N, D, O = (sizes[letter] for letter in "TNDO")  # noqa: E741
        parameters = RNNParameters(**WEIGHTS(rng, sizes))
        batches = [
            (rng.standard_normal((T, N, D)), rng.standard_normal((T, N, O)))
            for _ in range(int(rng.integers(3, 6)) if count is None else count)
        ]
        norms = [global_norm(_model(parameters, *batch)[1]) for batch in batches]
        return {
            "loss_and_gradients": _model,
            "parameters": parameters,
            "batches": batches,
            "learning_rate": float(rng.uniform(0.1, 0.4)),
            "max_norm": float(rng.uniform(low, high)) * float(np.median(norms)),
        }

    return draw


def _unequal_batches(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw batches of another number of sequences and steps each, as the last of an epoch may be."""
    drawn = _training(0.7, 1.1, count=3)(rng, sizes)
    cut = [
        (x[k:, : len(x[0]) - k], targets[k:, : len(x[0]) - k])
        for k, (x, targets) in enumerate(drawn["batches"])
    ]
    return drawn | {"batches": cut}


_CONTRACT = Contract(
    sizes="TNDHO",
    edges=(
        Case("every gradient clipped", general=True, draw=_training(0.2, 0.4)),
        Case("no gradient clipped", general=True, draw=_training(20.0, 30.0)),
        Case("a single batch", draw=_training(0.7, 1.1, count=1)),
        Case("batches of unequal sizes", {"T": 4, "N": 5}, draw=_unequal_batches),
    ),
)


Batches = list[tuple[np.ndarray, np.ndarray]]


Model = Callable[..., tuple[float, Any]]


def _clipped_in_training(made: Made, gradients: Five, max_norm: float) -> Five:
    if "not clipped" in made:
        return gradients
    if "clipped by value" in made:
        return tuple(np.clip(g, -max_norm, max_norm) for g in gradients)
    if "each clipped by itself" in made:
        return tuple(clip_by_global_norm((g,), max_norm)[0][0] for g in gradients)
    if "always scaled" in made:
        norm = global_norm(gradients)
        return tuple(g * max_norm / norm for g in gradients)
    return clip_by_global_norm(gradients, max_norm)[0]


def _train(
    made: Made,
    model: Model,
    parameters: Five,
    batches: Batches,
    learning_rate: float,
    max_norm: float,
) -> tuple[Any, Any]:
    start = before = parameters
    kept: Five | None = None
    losses = []
    if "first batch left out" in made:
        batches = batches[1:]
    if "last batch left out" in made:
        batches = batches[:-1]
    if "batches reversed" in made:
        batches = batches[::-1]
    if "first batch always" in made:
        batches = batches[:1] * len(batches)
    if "only the first batch" in made:
        batches = batches[:1]
    if "only the last batch" in made:
        batches = batches[-1:]
    rate = learning_rate * (-1 if "sign" in made else 1)
    rate = 1.0 if "learning rate missing" in made else rate
    rate = rate * learning_rate if "learning rate twice" in made else rate
    for x, targets in batches:
        at_start = "gradients at the start" in made or "not carried over" in made
        loss, gradients = model(start if at_start else parameters, x, targets)
        if made & {"accumulated", "one update at the end", "one update with the mean"} and kept:
            gradients = tuple(a + g for a, g in zip(kept, gradients, strict=True))
        if "gradients of the batch before" in made:
            kept, gradients = gradients, kept or tuple(map(np.zeros_like, gradients))
        else:
            kept = gradients
        norm = global_norm(gradients)
        losses.append(norm if "norms for losses" in made else loss)
        if made & {"one update at the end", "one update with the mean"}:
            continue
        gradients = _clipped_in_training(made, gradients, max_norm)
        before = parameters
        if "updates lost" in made:
            continue
        for _ in range(2 if "each update twice" in made else 1):
            origin = start if "not carried over" in made else parameters
            parameters = sgd_update(origin, gradients, rate)
        if "parameters clipped" in made:
            parameters = clip_by_global_norm(parameters, max_norm)[0]
        if "loss after the update" in made:
            losses[-1] = model(parameters, x, targets)[0]
    if made & {"one update at the end", "one update with the mean"} and kept:
        if "one update with the mean" in made:
            kept = tuple(g / len(batches) for g in kept)
        parameters = sgd_update(start, _clipped_in_training(made, kept, max_norm), rate)
    if "one update behind" in made:
        parameters = before
    if "start returned" in made:
        parameters = start
    return parameters, _seen(made, losses)


def _seen(made: Made, losses: list[float]) -> Any:
    if "last loss only" in made:
        return losses[-1]
    if "mean loss" in made:
        return float(np.mean(losses))
    if "sum of the losses" in made:
        return float(np.sum(losses))
    return np.cumsum(losses) if "losses added up" in made else np.array(losses)


_TRAIN_SAYS = {
    "sign": "the updates go up the gradient: the losses grow",
    "learning rate missing": "the learning rate is missing from the updates",
    "learning rate twice": "the learning rate is applied twice, in the loop and in the update",
    "not clipped": (
        "the gradients are not clipped, or only after they have been used (clip_by_global_norm returns new "
        "ones, which need a name)"
    ),
    "parameters clipped": "the parameters are clipped after the update; it is the gradients that are clipped",
    "clipped by value": "each number of the gradients is cut off by itself; one factor is for all",
    "each clipped by itself": "each array is clipped by itself; the bound is for the length of all together",
    "always scaled": "short gradients are stretched to max_norm too",
    "not carried over": (
        "only the last batch's step is left: is the update inside the loop, and does the next batch start "
        "from its result?"
    ),
    "gradients at the start": (
        "all gradients are taken at the first parameters; each batch needs those of its own moment"
    ),
    "gradients of the batch before": (
        "the update uses the gradients of the batch before: they are computed first, then used"
    ),
    "accumulated": (
        "the gradients of all batches so far are added up, as if never reset; each update has its own"
    ),
    "one update at the end": "there is one update, with the sum over all batches; asked is one for each",
    "one update with the mean": "there is one update, with the mean over all batches; asked is one for each",
    "each update twice": "each gradient is used for two updates",
    "loss after the update": (
        "the loss is recorded after the update; it belongs to the parameters that the gradient was taken at"
    ),
    "only the first batch": "only the first batch is used: is `return` inside the loop?",
    "only the last batch": "only the last batch is used; there is an update for each",
    "first batch always": "every update uses the first batch",
    "first batch left out": "the first batch is left out",
    "last batch left out": "the last batch is left out",
    "batches reversed": "the batches are taken from the last to the first",
    "one update behind": "the parameters before the last update are returned",
    "updates lost": (
        "nothing is ever updated: sgd_update returns new parameters, which need the name `parameters`"
    ),
    "start returned": "the parameters come back as they were given; the updates are lost",
    "norms for losses": "the norms of the gradients are recorded; expected are the losses",
    "last loss only": "only the last loss is returned; expected is one for each batch",
    "mean loss": "the mean of the losses is returned; expected is one for each batch",
    "sum of the losses": "the sum of the losses is returned; expected is one for each batch",
    "losses added up": "the losses are added up from batch to batch; each stands for itself",
}


def _read_trained(value: Any) -> tuple[Any, ...]:
    parameters, losses = parts_of(value, "the parameters", "the losses")
    try:
        seen = np.array(losses, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("the losses should be numbers, one for each batch") from None
    return (*five_arrays(parameters, "the parameters"), seen)


def train(
    loss_and_gradients: Model,
    parameters: RNNParameters,
    batches: Batches,
    learning_rate: float,
    max_norm: float,
) -> tuple[RNNParameters, np.ndarray]:
    """Return the parameters after one update for each batch, and the loss before each.

    The loop of `rnn_utils.train` with nothing around it.

    Args:
        loss_and_gradients: the model, a function of (parameters, x, targets).
        parameters: where to start.
        batches: pairs of inputs (T, N, D) and targets, in their order.
        learning_rate: how far to go along a gradient.
        max_norm: gradients longer than this are clipped by their global norm.

    Returns:
        The parameters, and the losses, one for each batch.

    Example:
        >>> from rnn_utils.training.models import initialise_rnn, loss_and_gradients
        >>> start = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> batch = np.ones((5, 6, 3)), np.zeros((5, 6), dtype=int)
        >>> trained, losses = train(loss_and_gradients, start, 50 * [batch], 0.5, max_norm=1.0)
        >>> len(losses), bool(losses[-1] < 0.1 * losses[0])
        (50, True)
    """
    losses = []
    for x, targets in batches:
        loss, gradients = loss_and_gradients(parameters, x, targets)
        gradients, _ = clip_by_global_norm(gradients, max_norm)
        parameters = sgd_update(parameters, gradients, learning_rate)
        losses.append(loss)
    return parameters, np.array(losses)


EXERCISE = Exercise(
    name="train",
    lesson="08_training",
    points=3,
    reference=train,
    outputs=SHAPES | {"losses": ""},
    draw=_training(0.7, 1.1),
    contract=_CONTRACT,
    draws=2,
    forbids=(loop.train,),
    mistakes=mistakes_in(_train, _TRAIN_SAYS, together=1),
    convert=_read_trained,
)
