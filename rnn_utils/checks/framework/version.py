"""Versions of an exercise: the same task in another convention, so that a copied answer is a wrong one.

A record that can vary is made by a function of a small frozen value (an order of gates, an activation, what
a sum is divided by). Each value is a version: it has a record of its own, with cases, mistakes and
messages that follow it, and the words and the stub that a student gets. `"lstm_step/ofig"` names one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnn_utils.checks.framework.exercise import Exercise

#: Stands between the name of an exercise and that of its version.
OF = "/"

#: What is recognised where an answer is right in another version.
ANOTHER = "answers another version"


@dataclass(frozen=True, eq=False)
class Version:
    """What one student is asked in an exercise instead of what the lesson asks.

    Attributes:
        key: its name, of letters and hyphens.
        task: what is asked, in Markdown, in the place of the lesson's words and hints.
        stub: the first lines of the answer, with its docstring.
        record: returns the record, always the same one.
    """

    key: str
    task: str
    stub: str
    record: Callable[[], "Exercise"]


def in_version(record: "Exercise", key: str, reference: Callable[..., Any]) -> "Exercise":
    """Return a record as a version's: judged by its own reference, to which the lesson's is no answer."""
    forbids = (*record.forbids, record.reference)
    return replace(record, reference=reference, forbids=forbids, version=key)


def others(record: "Exercise") -> list["Exercise"]:
    """Return the other versions of a version's exercise, the lesson's own first; none for that one."""
    if not record.version:
        return []
    from rnn_utils.checks import exercise

    public = exercise(record.name)
    rest = [version.record() for version in public.versions if version.key != record.version]
    return [public, *rest]
