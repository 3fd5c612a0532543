"""The gradient of a look-up x = E[indices]: dE[v] is the sum of dx over all places where v was looked up."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.tasks.text import embedding_backward


def _looked_up(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D = (sizes[letter] for letter in "TND")
    size = sizes["O"] + 3
    indices = rng.integers(1, size - 1, (T, N))  # the first and the last row are not looked up
    indices.flat[0] = indices.flat[-1]
    return {"dx": rng.standard_normal((T, N, D)), "indices": indices, "size": size}


def _often(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    dx = rng.standard_normal((7, 3, sizes["D"]))
    return {"dx": dx, "indices": rng.integers(1, 3, (7, 3)), "size": 5}


def _flat(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    dx = rng.standard_normal((6, sizes["D"]))
    return {"dx": dx, "indices": np.array([2, 0, 2, 2, 4, 0]), "size": 6}


def _three_axes(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D, size = sizes["T"], sizes["N"], sizes["D"], 4
    indices = rng.integers(0, size, (2, T, N))
    return {"dx": rng.standard_normal((2, T, N, D)), "indices": indices, "size": size}


def _none(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {
        "dx": np.zeros((0, 3, sizes["D"])),
        "indices": np.zeros((0, 3), dtype=int),
        "size": sizes["O"],
    }


_CONTRACT = Contract(
    sizes="TND",
    edges=(
        Case("two rows looked up again and again", general=True, draw=_often),
        Case("one axis of indices", draw=_flat),
        Case("three axes of indices", draw=_three_axes),
        Case("nothing looked up", draw=_none),
    ),
)


def _embedding_backward(made: Made, dx: np.ndarray, indices: np.ndarray, size: int) -> np.ndarray:
    if "as many rows as the largest index" in made:
        size = int(indices.max()) + 1
    D = dx.shape[-1]
    dE = np.ones((size, D)) if "starts from ones" in made else np.zeros((size, D))
    if "repeats lost" in made:
        dE[indices] += dx
        return dE
    if "repeats lost within a step" in made:
        for step, places in zip(dx, indices, strict=True):
            dE[places] += step
        return dE
    if "minus" in made:
        dx = -dx
    if "every row" in made:
        return dE + dx.reshape(-1, D).sum(axis=0)
    np.add.at(dE, indices, dx)
    counts = np.bincount(indices.ravel(), minlength=size)[:, None]
    if "mean instead of sum" in made:
        dE /= np.maximum(counts, 1)
    if "mean over the batch" in made:
        dE /= indices.size
    if "counted" in made:
        dE = np.repeat(counts, D, axis=1).astype(float)
    if "only the rows looked up" in made:
        dE = dE[np.unique(indices)]
    return dE


def _over_two_axes(dx: np.ndarray, indices: np.ndarray, size: int) -> np.ndarray:
    dE = np.zeros((size, dx.shape[-1]))
    for t in range(indices.shape[0]):
        for n in range(indices.shape[1]):
            dE[indices[t, n]] += dx[t, n]
    return dE


EXERCISE = Exercise(
    name="embedding_backward",
    lesson="10_next_word",
    points=2,
    reference=embedding_backward,
    outputs={"dE": "V D"},
    draw=_looked_up,
    derives=True,
    contract=_CONTRACT,
    mistakes=(
        *mistakes_in(
            _embedding_backward,
            {
                "repeats lost": (
                    "of equal indices only one counts: `dE[indices] += dx` reads, adds and writes once, so "
                    "that the last one wins; what arrives at all places of a row is summed"
                ),
                "repeats lost within a step": (
                    "equal indices within one step count once: `dE[indices[t]] += dx[t]` still has several "
                    "sequences that may look up the same row"
                ),
                "mean instead of sum": (
                    "each row gets the mean of what arrives; a row used three times gets the sum of three"
                ),
                "mean over the batch": (
                    "everything is divided by the number of look-ups; the loss has done its averaging "
                    "already, inside dx"
                ),
                "every row": "every row gets everything; each gets what arrives at its own index",
                "counted": "the look-ups are counted; summed are the gradients that arrive there",
                "minus": "a sign is wrong: the gradient is summed, the update subtracts it later",
                "starts from ones": "the sum starts from ones; a row not looked up has the gradient zero",
                "as many rows as the largest index": (
                    "dE has as many rows as the largest index asks for; E has `size` rows"
                ),
                "only the rows looked up": (
                    "only the rows that were looked up are returned; the others have the gradient zero"
                ),
            },
            together=1,
        ),
        Mistake(
            "two axes taken for granted",
            "the indices are taken to have two axes, (T, N); they may have any shape: `np.add.at`, or a loop "
            "over `np.ndindex(indices.shape)`, asks for none",
            _over_two_axes,
        ),
        Mistake(
            "looks up again",
            "dx is looked up at the indices, as in the forward pass; on the way back it is added there",
            lambda dx, indices, size: dx.reshape(-1, dx.shape[-1])[indices.ravel() % indices.size],
        ),
    ),
)
