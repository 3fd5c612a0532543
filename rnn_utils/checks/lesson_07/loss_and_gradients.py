"""The loss of a whole model, L = −(1/TN) Σ log p of the right classes at all steps, and all its gradients."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_07.shared import (
    GRADIENTS,
    MODEL,
    MODEL_BACK,
    backward_from,
    flat,
    model,
    states,
)
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.models import (
    RNNParameters,
    checkpointed_loss_and_gradients,
    loss_and_gradients,
    stateful_loss_and_gradients,
    truncated_bptt,
)


def _large_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = model(rng, sizes)
    parameters = arguments["parameters"]
    return arguments | {"parameters": parameters._replace(W_hy=2000.0 * parameters.W_hy)}


def _loss(
    made: Made, parameters: RNNParameters, x: np.ndarray, targets: np.ndarray
) -> tuple[float, RNNParameters]:
    """Return the loss and the gradients, with the mistakes made."""
    h0 = np.zeros((x.shape[1], len(parameters.W_hh)), dtype=x.dtype)
    if "starts from ones" in made:
        h0 = np.ones_like(h0)
    h = states(made, parameters, x, h0)
    return backward_from(made, parameters, x, targets, h0, h, len(targets))


EXERCISE = Exercise(
    name="loss_and_gradients",
    lesson="07_backpropagation_through_time",
    points=3,
    reference=loss_and_gradients,
    outputs=GRADIENTS,
    convert=flat,
    forbids=(truncated_bptt, stateful_loss_and_gradients, checkpointed_loss_and_gradients),
    draw=model,
    derives=True,
    contract=Contract(
        sizes="TNDHO",
        zeros=("parameters", "x"),
        edges=(Case("large scores", draw=_large_scores),),
    ),
    mistakes=mistakes_in(_loss, MODEL | MODEL_BACK),
)
