"""Tables of counted letters or words: the baselines of lesson 10's language models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

#: What the weight of the shorter table is chosen from.
TRUSTS = (2, 5, 10, 20, 50, 100)


def probabilities_by_order(
    train: Sequence[int] | str, test: Sequence[int] | str, V: int, longest: int
) -> list[np.ndarray]:
    """Return the probability that tables of 0, 1, … tokens give to each token of a text.

    A table of k tokens counts what followed each k tokens in the training text. It is smoothed by the
    next shorter table, whose weight is chosen on the last tenth of the training text.

    Args:
        train: the tokens to count, a string or numbers.
        test: the tokens to be judged on.
        V: how many different tokens there may be.
        longest: the largest k.

    Returns:
        For every k from 0 to `longest`, the probability of each token of test, (len(test),).

    Example:
        >>> p = probabilities_by_order("abababababab" * 5, "abab", V=2, longest=1)
        >>> bool(p[1][1:].min() > 0.9)
        True
    """
    train, test = _as_text(train), _as_text(test)
    part = 9 * len(train) // 10
    counts = _counts(train[:part], train[part:], longest)

    def bits(trust: float) -> float:
        return float(-np.mean(np.log2(list(_smoothed(counts, V, trust))[-1])))

    return list(_smoothed(_counts(train, test, longest), V, min(TRUSTS, key=bits)))


def _as_text(tokens: Sequence[int] | str) -> str:
    """Return tokens as a string, whose pieces are cheap to cut and to count."""
    return tokens if isinstance(tokens, str) else "".join(map(chr, tokens))


def _counts(train: str, test: str, longest: int) -> list[np.ndarray]:
    """Count, for each order and each place of test: this piece in train, and its beginning, (2, L)."""
    counts = []
    for order in range(longest + 1):
        pieces = Counter(train[k - order : k + 1] for k in range(order, len(train)))
        beginnings: Counter[str] = Counter()
        for piece, count in pieces.items():
            beginnings[piece[:-1]] += count
        rows = np.zeros((2, len(test)))  # the first places of test have no long past: zero counts
        for k in range(order, len(test)):
            piece = test[k - order : k + 1]
            rows[:, k] = pieces[piece], beginnings[piece[:-1]]
        counts.append(rows)
    return counts


def _smoothed(counts: list[np.ndarray], V: int, trust: float) -> Iterator[np.ndarray]:
    """Yield, order by order, the probability of each token; `trust` is the shorter table's weight."""
    p = np.full(counts[0].shape[1], 1 / V)
    for seen, beginning in counts:
        p = (seen + trust * p) / (beginning + trust)
        yield p
