"""The way back through a soft look-up.

dv_t = w_t dc, dw_t = dc · v_t, ds_t = w_t (dw_t − Σ_u w_u dw_u), dq = Σ_t ds_t k_t / √H, dk_t = ds_t q / √H.
"""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_16.shared import alike, look_up
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.attention import attend_backward, attention_scores, masked_softmax

Three = tuple[np.ndarray, np.ndarray, np.ndarray]


def _on_the_way_back(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = look_up(rng, sizes)
    return {"dy": rng.standard_normal((sizes["N"], sizes["D"]))} | arguments


def _alike(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = alike(rng, sizes)
    return {"dy": rng.standard_normal(arguments["values"].shape[1:])} | arguments


def _no_padding(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _on_the_way_back(rng, sizes)
    return arguments | {"lengths": np.full(sizes["N"], sizes["T"])}


def _gradients(
    made: Made,
    dy: np.ndarray,
    query: np.ndarray,
    keys: np.ndarray,
    values: np.ndarray,
    lengths: np.ndarray,
) -> Three:
    T, N, H = keys.shape
    scores = attention_scores(query, keys)
    weights = masked_softmax(scores, np.full(N, T) if "no mask" in made else lengths)
    root = 1.0 if "root forgotten" in made else np.sqrt(H)
    d_weights = np.einsum("nv,tnv->tn", dy, values)
    if "slope of a sigmoid" in made:
        d_scores = weights * (1 - weights) * d_weights
    elif "softmax passed over, padding too" in made:
        d_scores = d_weights
    elif "no weight in front" in made:
        d_scores = d_weights - (weights * d_weights).sum(axis=0)
    elif "plain sum" in made:
        d_scores = weights * (d_weights - d_weights.sum(axis=0))
    elif "mean over the batch" in made:
        d_scores = weights * (d_weights - (weights * d_weights).sum(axis=1, keepdims=True))
    elif "mean over everything" in made:
        d_scores = weights * (d_weights - (weights * d_weights).sum())
    elif "softmax passed over" in made:
        d_scores = d_weights * (weights > 0)
    elif "weighted only" in made:
        d_scores = weights * d_weights
    elif "mean without weights" in made:
        d_scores = weights * (d_weights - d_weights.mean(axis=0))
    else:
        d_scores = weights * (d_weights - (weights * d_weights).sum(axis=0))
    if "sign" in made:
        d_scores = -d_scores
    d_query = np.einsum("tn,tnh->nh", d_scores, keys) / root
    d_keys = d_scores[:, :, None] * query / root
    d_values = np.einsum("tn,nv->tnv", weights, dy)
    if "root twice" in made:
        d_query, d_keys = d_query / root, d_keys / root
    if "overwritten" in made:
        d_query = d_scores[-1][:, None] * keys[-1] / root
    if "root in one only" in made:
        d_query = d_query * np.sqrt(H)
    if "mean over steps" in made:
        d_query = d_query / T
    if "gradient of the scores to the values" in made:
        d_values = np.einsum("tn,nv->tnv", d_scores, dy)
    if "values without weights" in made:
        d_values = np.repeat(dy[None], T, axis=0)
    if "no gradient to the query" in made:
        d_query = np.zeros_like(query)
    if "query and keys exchanged" in made:
        d_query = np.einsum("tn,nh->nh", d_scores, query) / root
        d_keys = d_scores[:, :, None] * keys / root
    return d_query, d_keys, d_values


EXERCISE = Exercise(
    name="attend_backward",
    lesson="16_attention",
    points=4,
    reference=attend_backward,
    outputs={"d_query": "N H", "d_keys": "T N H", "d_values": "T N D"},
    draw=_on_the_way_back,
    contract=Contract(
        sizes="TNDH",
        edges=(
            Case("no padding at all", draw=_no_padding),
            Case("all keys alike, as many numbers in keys as in values", draw=_alike),
        ),
    ),
    mistakes=mistakes_in(
        _gradients,
        {
            "weighted only": (
                "a softmax passes on what differs from the weighted mean, and nothing is subtracted "
                "here: if all "
                "dw are alike, no score should move"
            ),
            "slope of a sigmoid": (
                "the softmax is treated like a sigmoid, w (1 − w), each step by itself; a larger weight "
                "at one step "
                "takes from all others"
            ),
            "softmax passed over": (
                "the gradient of the weights is handed to the scores as it is; the softmax lies between "
                "them"
            ),
            "softmax passed over, padding too": (
                "the gradient of the weights is handed to the scores as it is, padding included; the softmax "
                "lies between them"
            ),
            "no weight in front": (
                "the weighted mean is subtracted, and the factor w in front of the bracket is missing"
            ),
            "plain sum": "the plain sum is subtracted; the softmax subtracts the mean weighted by w",
            "mean over the batch": (
                "the weighted mean is taken over the sequences (axis 1); each softmax ran over the steps"
            ),
            "mean over everything": (
                "one weighted mean is taken of all sequences together; each softmax ran over the steps of "
                "one sequence"
            ),
            "root twice": "the gradients are divided by √H twice",
            "overwritten": (
                "d_query holds the part of the last step alone: the query stands in the scores of all steps, "
                "so the parts are added (`+=`)"
            ),
            "mean without weights": (
                "the plain mean is subtracted; the softmax subtracts the mean weighted by w"
            ),
            "root forgotten": "the division by √H is forgotten on the way back",
            "root in one only": (
                "d_query misses the division by √H, and d_keys has it; both come from the same scores"
            ),
            "no mask": "the weights are computed without the lengths, and padding gets gradients",
            "sign": "a sign is wrong on the way through the softmax",
            "mean over steps": "d_query is a mean over the steps; what arrives from all steps is summed",
            "gradient of the scores to the values": (
                "d_values is made of the gradient of the scores; a value stands in the sum with its weight"
            ),
            "values without weights": "each value gets all of dy; in the sum it has its weight before it",
            "no gradient to the query": "d_query stays zero",
            "query and keys exchanged": (
                "query and keys are exchanged: in q · k_t what stands before dq is k_t, and before dk_t "
                "is q"
            ),
        },
        together=1,
    ),
)
