"""F1 of a kind: 2 · right / (how often it is true + how often it is predicted)."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.tasks.audit import f1_scores


def _tagged(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    kinds = sizes["O"] + 1
    tags = rng.choice(kinds, size=(40, sizes["N"]), p=rng.dirichlet(2 * np.ones(kinds)))
    guesses = rng.integers(0, kinds, tags.shape)
    predicted = np.where(rng.random(tags.shape) < 0.6, tags, guesses)
    return {"tags": tags, "predicted": predicted, "kinds": kinds}


def _a_kind_in_neither(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _tagged(rng, sizes)
    return arguments | {"kinds": arguments["kinds"] + 1}


def _never_predicted(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _tagged(rng, sizes)
    return arguments | {"predicted": np.zeros_like(arguments["predicted"])}


def _one_axis(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _tagged(rng, sizes)
    return arguments | {name: arguments[name][:, 0].copy() for name in ("tags", "predicted")}


def _once(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """A kind that is true once, and found; another that is predicted once, and rightly so."""
    tags = np.array([0, 0, 1, 2, 2, 0, 3, 3])
    return {"tags": tags, "predicted": np.array([0, 3, 1, 2, 0, 0, 3, 0]), "kinds": 4}


def _perfect(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _tagged(rng, sizes)
    return arguments | {"predicted": arguments["tags"].copy()}


def _scores(made: Made, tags: np.ndarray, predicted: np.ndarray, kinds: int) -> np.ndarray:
    tags, predicted = np.ravel(tags), np.ravel(predicted)
    right = np.bincount(tags[tags == predicted], minlength=kinds).astype(float)
    true = np.bincount(tags, minlength=kinds)
    said = np.bincount(predicted, minlength=kinds)
    with np.errstate(all="ignore"):
        if "recall" in made:
            return np.nan_to_num(right / true)
        if "precision" in made:
            return np.nan_to_num(right / said)
        if "mean of both" in made:
            return (np.nan_to_num(right / true) + np.nan_to_num(right / said)) / 2
        if "geometric mean" in made:
            return np.nan_to_num(right / np.sqrt(true * said))
        if "share of the union" in made:
            return np.nan_to_num(right / (true + said - right))
        if "accuracy for all" in made:
            return np.full(kinds, np.mean(tags == predicted))
        if "all right ones for each" in made:
            return np.nan_to_num(2 * right.sum() / (true + said))
        if "half" in made:
            return np.nan_to_num(right / (true + said))
        if "divides by zero" in made:
            return 2 * right / (true + said)
        if "true negatives" in made:
            agree = [(tags == k) == (predicted == k) for k in range(kinds)]
            return np.mean(agree, axis=1)
        scores = np.nan_to_num(2 * right / (true + said))
    if "first kind left out" in made:
        scores[0] = 0.0
    if "kinds that occur" in made:
        return scores[np.unique(tags)]
    if "their mean" in made:
        return scores.mean()
    if "ones where nothing is" in made:
        scores[true + said == 0] = 1.0
    if "ones where nothing is right" in made:
        scores[right == 0] = 1.0
    if "one number" in made:
        return np.full(kinds, scores.mean())
    return scores


EXERCISE = Exercise(
    name="f1_scores",
    lesson="19_project",
    points=2,
    reference=f1_scores,
    outputs={"scores": "kinds"},
    draw=_tagged,
    contract=Contract(
        float32=False,
        layouts=False,
        edges=(
            Case("a kind that occurs in neither", draw=_a_kind_in_neither),
            Case("kinds that are never predicted", draw=_never_predicted),
            Case("one axis", draw=_one_axis),
            Case("kinds that occur once", draw=_once),
            Case("all of them right", draw=_perfect),
        ),
    ),
    mistakes=mistakes_in(
        _scores,
        {
            "recall": "this is recall: how many of the true ones were found; F1 counts false ones as well",
            "precision": (
                "this is precision: how many of the predicted ones are right; F1 counts missed ones as well"
            ),
            "mean of both": (
                "precision and recall are averaged as usual; F1 is their harmonic mean, which the "
                "smaller one decides"
            ),
            "geometric mean": (
                "the geometric mean of precision and recall is taken; F1 is their harmonic mean"
            ),
            "share of the union": (
                "right ones are counted once among all that are true or predicted (the Jaccard index); F1 "
                "counts them twice, above and below"
            ),
            "accuracy for all": "the share of right tags is given for every kind",
            "half": "the factor 2 is missing: a perfect model has an F1 of 1",
            "divides by zero": "a kind that occurs in neither gives 0 / 0; its score shall be 0",
            "true negatives": (
                "places that rightly do *not* have a kind count as well: for a rare kind they are "
                "nearly all"
            ),
            "ones where nothing is": "a kind that occurs in neither gets 1; its score shall be 0",
            "ones where nothing is right": (
                "a kind of which none is found gets 1, as the value for 0 / 0; its score is 0"
            ),
            "all right ones for each": (
                "the right tags of all kinds are counted for each; a kind has its own"
            ),
            "first kind left out": "kind 0 gets no score; the kinds run from 0 to kinds − 1",
            "kinds that occur": (
                "only kinds that occur in `tags` get a score; there are `kinds` scores, 0 where nothing is"
            ),
            "their mean": "the mean over all kinds is given; asked for is one score for each",
            "one number": "the mean over all kinds is given for each",
        },
        together=1,
    ),
)
