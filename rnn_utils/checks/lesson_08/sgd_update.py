"""One step down the gradient: θ ← θ − η g, for every array of the parameters."""

import numpy as np

from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_08.shared import (
    NOT_ALL,
    SHAPES,
    Five,
    draw_parameters_and_gradients,
    five_arrays,
    which_updated,
)
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.optimizers import global_norm, sgd_update

_CONTRACT = Contract(sizes="DHO", zeros=("gradients",), tiny=("parameters", "gradients"))


def _sgd(made: Made, parameters: Five, gradients: Five, learning_rate: float) -> Five:
    if "unchanged" in made:
        return parameters
    rate = learning_rate
    if "learning rate missing" in made:
        rate = 1.0
    if "learning rate twice" in made:
        rate = rate**2
    if "divided by the learning rate" in made:
        rate = 1 / rate
    if "sign" in made:
        rate = -rate
    if "direction alone" in made:
        gradients = tuple(map(np.sign, gradients))
    if "length one" in made:
        gradients = tuple(g / global_norm(gradients) for g in gradients)
    if "step returned" in made:
        return tuple(-rate * g for g in gradients)
    if "rate times gradient returned" in made:
        return tuple(rate * g for g in gradients)
    if "exchanged" in made:
        return tuple(g - rate * p for p, g in zip(parameters, gradients, strict=True))
    if "learning rate over the bracket" in made:
        return tuple(rate * (p - g) for p, g in zip(parameters, gradients, strict=True))
    if "multiplied" in made:
        return tuple(p * (1 - rate * g) for p, g in zip(parameters, gradients, strict=True))
    return tuple(
        p - rate * g if updated else p
        for p, g, updated in zip(
            parameters, gradients, which_updated(made, parameters), strict=True
        )
    )


_SGD_SAYS = {
    "sign": (
        "the step goes up the gradient: the gradient points to where the loss grows, and the loss is to fall"
    ),
    "learning rate missing": "the learning rate is missing: the step is the whole gradient",
    "learning rate twice": "the learning rate is applied twice",
    "divided by the learning rate": "the gradient is divided by the learning rate; η multiplies it",
    **NOT_ALL,
    "unchanged": (
        "the parameters come back as they were: a new array has to be put into a new tuple, and "
        "`p = p - …` in a loop only gives it a name"
    ),
    "step returned": "the step alone is returned; expected are the parameters after it",
    "rate times gradient returned": (
        "learning rate times gradient is returned; expected are the parameters after the step"
    ),
    "exchanged": "parameters and gradients are exchanged: it is θ that moves, along g",
    "learning rate over the bracket": (
        "the learning rate multiplies the parameters too; in θ − η g it belongs to the gradient alone"
    ),
    "multiplied": "the step is multiplied by the parameter; in θ − η g it is subtracted as it is",
    "direction alone": "only the gradient's sign is used; a larger gradient makes a larger step",
    "length one": "the gradient is brought to length one first; the step is η times the gradient itself",
}


EXERCISE = Exercise(
    name="sgd_update",
    lesson="08_training",
    points=1,
    reference=sgd_update,
    outputs=SHAPES,
    draw=draw_parameters_and_gradients,
    contract=_CONTRACT,
    mistakes=mistakes_in(_sgd, _SGD_SAYS),
    convert=lambda value: five_arrays(value, "the new parameters"),
)
