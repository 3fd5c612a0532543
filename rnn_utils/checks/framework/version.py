"""Versions of an exercise: the same task in another convention, so that a copied answer is a wrong one.

A record that can vary is made by a function of a small frozen value (an order of gates, an activation, what
a sum is divided by). Each value is a version: it has a record of its own, with cases, mistakes and
messages that follow it, and the words and the stub that a student gets. `"lstm_step/ofig"` names one.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rnn_utils.checks.framework.exercise import Exercise

#: Stands between the name of an exercise and that of its version.
OF = "/"

#: What is recognised where an answer is right in another version.
ANOTHER = "answers another version"


def in_version(record: Exercise, key: str, reference: Callable[..., Any]) -> Exercise:
    """Return a record as a version's: judged by its own reference, to which the lesson's is no answer."""
    forbids = (*record.forbids, record.reference)
    return replace(record, reference=reference, forbids=forbids, version=key)
