"""Dates as people write them: what lesson 16's translator reads, and the rules that it competes with."""

from __future__ import annotations  # naming np.random in a signature would already load it

import numpy as np

from rnn_utils.experiments.translation import Pair

_MONTHS = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
]  # fmt: skip
_DAYS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
    "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second",
    "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh",
    "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
]  # fmt: skip
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def dates(rng: np.random.Generator, count: int) -> list[Pair]:
    """Draw dates as people write them, and as ISO 8601 does.

    Args:
        rng: a generator.
        count: how many.

    Returns:
        Pairs of what is read and what is to be written.

    Example:
        >>> dates(np.random.default_rng(0), 2)[1]
        ('3 january 1961', '1961-01-03')
    """
    pairs = []
    for _ in range(count):
        year, month = int(rng.integers(1900, 2100)), int(rng.integers(12))
        day = int(
            rng.integers(_LENGTHS[month] - (month == 1))
        )  # no 29 February: not every year has one
        name, word = _MONTHS[month], _DAYS[day]
        forms = (
            f"{day + 1} {name} {year}",
            f"{name} {day + 1}, {year}",
            f"{name[:3]} {day + 1} {year}",
            f"the {word} of {name} {year}",
            f"{day + 1}/{month + 1}/{year}",
        )
        pairs.append((forms[rng.integers(len(forms))], f"{year}-{month + 1:02}-{day + 1:02}"))
    return pairs


def date_by_rules(source: str) -> str:
    """Return a date of `dates` as ISO 8601 writes it, by rules that somebody has thought of.

    Args:
        source: the date as people write it.

    Returns:
        The date, such as `"2021-05-03"`.

    Example:
        >>> date_by_rules("the third of may 2021"), date_by_rules("may 3, 2021")
        ('2021-05-03', '2021-05-03')
    """
    words = source.replace(",", "").replace("/", " ").split()
    if words[0] == "the":
        day, month, year = str(_DAYS.index(words[1]) + 1), words[3], words[4]
    elif words[0].isdigit():
        day, month, year = words
    else:
        month, day, year = words
    short = [name[:3] for name in _MONTHS]
    number = int(month) if month.isdigit() else short.index(month[:3]) + 1
    return f"{year}-{number:02}-{int(day):02}"
