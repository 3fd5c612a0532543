"""A soft look-up: c = Σ_t w_t v_t, with w = softmax of the scores of a sequence's own steps."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import scaled
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_16.shared import alike, all_full, look_up
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.attention import attend, masked_softmax


def attended(
    made: Made, query: np.ndarray, keys: np.ndarray, values: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
    """Return what is read with some mistakes made."""
    T, N, H = keys.shape
    full = np.full(N, T)
    compared, read = keys, values
    if "keys are read" in made:
        read = keys
    scores = np.einsum("nh,tnh->tn", query, compared)
    if "no root" not in made:
        scores = scores / np.sqrt(H)
    weights = masked_softmax(scores, full if "no mask" in made else lengths)
    if "mask after the softmax" in made:
        weights = masked_softmax(scores, full) * (np.arange(T)[:, None] < lengths)
    if "the best alone" in made:
        weights = (weights == weights.max(axis=0)).astype(float)
    if "mean" in made:
        inside = np.arange(T)[:, None] < lengths
        weights = inside / inside.sum(axis=0)
    if "scores as weights" in made:
        weights = scores * (np.arange(T)[:, None] < lengths)
    if "root of V" in made:
        weights = masked_softmax(scores * np.sqrt(H) / np.sqrt(values.shape[2]), lengths)
    if "root after the softmax" in made:
        weights = masked_softmax(scores * np.sqrt(H), lengths) / np.sqrt(H)
    if "softmax twice" in made:
        weights = masked_softmax(weights, lengths)
    if "not divided by the sum" in made:
        inside = np.arange(T)[:, None] < lengths
        weights = np.exp(scores - scores.max(axis=0)) * inside
    if "summed over the batch" in made:
        return (weights[:, :, None] * read).sum(axis=1)
    if "the weights" in made:
        return weights
    if "not summed" in made:
        return weights[:, :, None] * read
    if "divided by the length" in made:
        return np.einsum("tn,tnv->nv", weights, read) / lengths[:, None]
    if "last step" in made:
        return values[lengths - 1, np.arange(N)]
    if "mean over steps" in made:
        return np.einsum("tn,tnv->nv", weights, read) / T
    if "over the batch" in made:
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights = e / e.sum(axis=1, keepdims=True)
    return np.einsum("tn,tnv->nv", weights, read)


EXERCISE = Exercise(
    name="attend",
    lesson="16_attention",
    points=2,
    reference=attend,
    outputs={"read": "N D"},
    draw=look_up,
    contract=Contract(
        sizes="TNDH",
        edges=(
            Case("no padding at all", draw=all_full(look_up)),
            Case("all keys alike, as many numbers in keys as in values", draw=alike),
            Case("large queries", draw=scaled(look_up, query=500.0)),
        ),
    ),
    mistakes=mistakes_in(
        attended,
        {
            "no mask": "the lengths do not arrive at the softmax: padding is read too",
            "mask after the softmax": (
                "the mask comes after the softmax, so that the weights of a short sequence no longer "
                "sum to one"
            ),
            "no root": "the scores are inner products without the division by √H",
            "keys are read": (
                "keys are compared and keys are read; what is read are the values at the same steps"
            ),
            "the best alone": (
                "only the value of the best key is read (a hard look-up), through which no gradient "
                "gets to "
                "the query; a soft one reads a weighted mean"
            ),
            "the weights": "the weights are returned; what is read is the values' weighted sum",
            "not summed": "the weighted values are not summed over the steps; each sequence reads one vector",
            "divided by the length": (
                "the weighted sum is divided by the length once more; the weights sum to one already"
            ),
            "root of V": (
                "the scores are divided by the root of V, the numbers of a value; they sum over the H "
                "numbers of a key"
            ),
            "root after the softmax": (
                "the root of H divides the weights; it divides the scores, before the softmax"
            ),
            "softmax twice": "the softmax is taken twice; the weights are made already",
            "not divided by the sum": "the exponentials are not divided by their sum",
            "summed over the batch": (
                "the weighted values are summed over the sequences (axis 1); each reads over its steps"
            ),
            "mean": "the mean of all values is read; the query has no say",
            "scores as weights": "scores are taken for weights; the softmax makes weights of them",
            "last step": "the value of each sequence's last step is read; the query has no say",
            "mean over steps": (
                "the weighted sum is divided by T once more; the weights sum to one already"
            ),
            "over the batch": (
                "the softmax runs over the sequences of the batch; each sequence weighs its own steps"
            ),
        },
        together=1,
    ),
)
