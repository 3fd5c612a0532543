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
    contexts: Sequence[Hashable], words: Sequence[str], read: float = 0.9
) -> tuple[float, float]:
    """Count on one part of a text, and answer on the rest with the most frequent next word.

    Args:
        contexts: what a predictor sees at each word.
        words: the words, as many as contexts.
        read: the share of the text that is counted.

    Returns:
        the share of the other places whose context was counted, and the share that was answered
        right (a context without counts gets no answer).

    Example:
        >>> on_new_text("ababababac", "ababababac", 0.8)
        (1.0, 0.0)
    """
    cut = int(read * len(words))
    table: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for context, after in zip(contexts[:cut], words[1 : cut + 1], strict=True):
        table[context][after] += 1
    answers = {context: counts.most_common(1)[0][0] for context, counts in table.items()}
    new = list(zip(contexts[cut:-1], words[cut + 1 :], strict=True))
    known = sum(context in answers for context, _ in new) / len(new)
    right = sum(answers.get(context) == after for context, after in new) / len(new)
    return known, right
