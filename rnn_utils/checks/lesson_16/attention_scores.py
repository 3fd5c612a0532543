"""How well each key fits: score_t = q · k_t / √H."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.attention import attention_scores


def _query_and_keys(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, H = (sizes[letter] for letter in "TNH")
    return {"query": rng.standard_normal((N, H)), "keys": rng.standard_normal((T, N, H))}


def _as_many_steps_as_sequences(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _query_and_keys(rng, sizes | {"T": 4, "N": 4, "H": 4})


def _scores(made: Made, query: np.ndarray, keys: np.ndarray) -> np.ndarray:
    T, _N, H = keys.shape
    if "cosine" in made:
        keys = keys / np.linalg.norm(keys, axis=2, keepdims=True)
        query = query / np.linalg.norm(query, axis=1, keepdims=True)
    if "summed over the steps" in made:
        return (query * keys).sum(axis=0) / np.sqrt(keys.shape[2])
    if "summed over the batch" in made:
        return (query * keys).sum(axis=1) / np.sqrt(keys.shape[2])
    if "not summed" in made:
        return query * keys / np.sqrt(keys.shape[2])
    if "keys with all queries" in made:
        return keys @ query.T / np.sqrt(keys.shape[2])
    if "every sequence's keys" in made:
        scores = np.einsum("nh,tmh->tn", query, keys)
    elif "every sequence's queries" in made:
        scores = np.einsum("mh,tnh->tn", query, keys)
    elif "distance" in made:
        scores = -np.sum((keys - query) ** 2, axis=2)
    else:
        scores = np.einsum("nh,tnh->tn", query, keys)
    if "by H" in made:
        scores = scores / H
    elif "by the number of steps" in made:
        scores = scores / np.sqrt(T)
    elif "by the number of sequences" in made:
        scores = scores / np.sqrt(len(query))
    elif "times the root" in made:
        scores = scores * np.sqrt(H)
    elif not {"no root", "cosine"} & set(made):
        scores = scores / np.sqrt(H)
    if "softmax already" in made:
        scores = np.exp(scores - scores.max(axis=0))
        scores = scores / scores.sum(axis=0)
    if "sequences first" in made:
        scores = scores.T
    return scores


EXERCISE = Exercise(
    name="attention_scores",
    lesson="16_attention",
    points=1,
    reference=attention_scores,
    outputs={"scores": "T N"},
    draw=_query_and_keys,
    contract=Contract(
        sizes="TNH",
        edges=(Case("T = N = H", draw=_as_many_steps_as_sequences),),
    ),
    mistakes=mistakes_in(
        _scores,
        {
            "no root": (
                "the inner products are not divided by √H: with many numbers in the state they grow, "
                "and the "
                "softmax goes flat at its ends"
            ),
            "by H": "the inner products are divided by H; the root of H is what keeps their spread at one",
            "by the number of steps": (
                "the root is taken of the number of steps T; it is that of H, over which the product sums"
            ),
            "times the root": "the inner products are multiplied by √H; they are divided by it",
            "cosine": (
                "the vectors are scaled to length one (a cosine); scores are inner products over √H, and a "
                "long key may count for more"
            ),
            "distance": "distances are compared; scores are inner products",
            "every sequence's keys": (
                "each query is compared with the keys of all sequences of the batch; it belongs to one "
                "of them"
            ),
            "every sequence's queries": (
                "each key is compared with the queries of all sequences of the batch; it belongs to one of "
                "them"
            ),
            "keys with all queries": (
                "the product `keys @ query.T` compares each key with the queries of all sequences, "
                "(T, N, N); each sequence has one query, and its own keys"
            ),
            "not summed": (
                "the products of the numbers are not summed over H: an inner product is one number for each "
                "key"
            ),
            "summed over the steps": (
                "the products are summed over the steps (axis 0); an inner product sums over the H numbers "
                "of a key"
            ),
            "summed over the batch": (
                "the products are summed over the sequences (axis 1); an inner product sums over the H "
                "numbers of a key"
            ),
            "by the number of sequences": (
                "the root is taken of the number of sequences N; it is that of H, over which the product sums"
            ),
            "softmax already": "a softmax has been taken; scores come before it",
            "sequences first": "the axes are exchanged: scores are (T, N), time first",
        },
        together=1,
    ),
)
