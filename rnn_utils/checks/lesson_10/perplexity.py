"""The number of equally likely next tokens that would give the same loss: exp(loss), in nats."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.tasks.text import perplexity

_CONTRACT = Contract(
    float32=False,
    layouts=False,
    edges=(
        Case("certainty", draw=lambda rng, sizes: {"loss": 0.0}),
        Case("a large loss", draw=lambda rng, sizes: {"loss": 12.5}),
        Case("a very large loss", draw=lambda rng, sizes: {"loss": 20.25}),
        Case("a loss of nearly 0", draw=lambda rng, sizes: {"loss": 0.015}),
    ),
)


EXERCISE = Exercise(
    name="perplexity",
    lesson="10_next_word",
    points=1,
    reference=perplexity,
    outputs={"perplexity": ""},
    draw=lambda rng, sizes: {"loss": float(rng.uniform(0.5, 4.0))},
    contract=_CONTRACT,
    mistakes=(
        Mistake(
            "two to the loss",
            "2 is raised to the loss; that belongs to a loss in bits, and this one is in nats",
            lambda loss: 2.0**loss,
        ),
        Mistake(
            "e to the bits",
            "the loss is turned into bits and e is raised to them; nats go with e, bits with 2",
            lambda loss: np.exp(loss / np.log(2)),
        ),
        Mistake(
            "minus",
            "the sign of the exponent is wrong: this is the probability, and the perplexity is one over it",
            lambda loss: np.exp(-loss),
        ),
        Mistake("the loss itself", "the loss is returned as it is", lambda loss: loss),
        Mistake(
            "bits", "these are the bits; the perplexity is 2 to them", lambda loss: loss / np.log(2)
        ),
        Mistake(
            "ten to the loss", "10 is raised to the loss; it is in nats", lambda loss: 10.0**loss
        ),
        Mistake(
            "logarithm",
            "the logarithm is taken; the perplexity undoes it",
            lambda loss: np.log(loss),
        ),
        Mistake("one less", "1 is subtracted (expm1)", lambda loss: np.expm1(loss)),
        Mistake("square", "the loss is squared", lambda loss: loss**2),
    ),
)
