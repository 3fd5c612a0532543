"""Lesson 01: what comes next in a text, as a table of counts by context."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence


def shares(
    contexts: Sequence[Hashable], words: Sequence[str], context: Hashable
) -> dict[str, float]:
    """Return the share of each word that comes next in a context, the most frequent first.

    Args:
        contexts: what a predictor sees at each word.
        words: the words, as many as contexts.
        context: the one that is asked for.

    Example:
        >>> shares("abab", "abab", "a")
        {'b': 1.0}
    """
    here = [after for seen, after in zip(contexts, words[1:], strict=False) if seen == context]
    return {word: count / len(here) for word, count in Counter(here).most_common()}


def on_new_text(
    contexts: Sequence[Hashable],
    words: Sequence[str],
    otherwise: Sequence[Hashable] | None = None,
    read: float = 0.9,
) -> tuple[float, float]:
    """Count on one part of a text, and answer on the rest with the most frequent next word.

    Args:
        contexts: what a predictor sees at each word.
        words: the words, as many as contexts.
        otherwise: the contexts to fall back on where the first were never counted; None gives no
            answer there.
        read: the share of the text that is counted.

    Returns:
        the share of the other places at which there is an answer, and the share that was answered right.

    Example:
        >>> on_new_text("ababababac", "ababababac", read=0.8)
        (1.0, 0.0)
    """
    cut = int(read * len(words))
    answers = _most_frequent(contexts[:cut], words[1 : cut + 1])
    given = [answers.get(context) for context in contexts[cut:-1]]
    if otherwise is not None:
        fallback = _most_frequent(otherwise[:cut], words[1 : cut + 1])
        given = [
            fallback.get(context) if answer is None else answer
            for answer, context in zip(given, otherwise[cut:-1], strict=True)
        ]
    known = sum(answer is not None for answer in given) / len(given)
    right = sum(answer == after for answer, after in zip(given, words[cut + 1 :], strict=True))
    return known, right / len(given)


def _most_frequent(contexts: Sequence[Hashable], after: Sequence[str]) -> dict[Hashable, str]:
    table: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for context, word in zip(contexts, after, strict=True):
        table[context][word] += 1
    return {context: counts.most_common(1)[0][0] for context, counts in table.items()}
