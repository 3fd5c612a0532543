"""Every exercise's record by its name, found in the folders of the lessons."""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.framework.version import OF


@cache
def exercises() -> dict[str, Exercise]:
    """Return the records of all exercises by name, in the order of the lessons."""
    rooms = Path(__file__).parents[1]
    lessons = sorted(m.name for m in iter_modules([str(rooms)]) if m.name.startswith("lesson_"))
    records = [e for m in lessons for e in import_module(f"rnn_utils.checks.{m}").EXERCISES]
    return {record.name: record for record in records}


def exercise(name: str) -> Exercise:
    """Return the record of one exercise.

    Args:
        name: its name, such as `"rnn_step"`, or that of a version, such as `"lstm_step/ofig"`.

    Returns:
        The record.

    Raises:
        KeyError: no exercise has this name.

    Example:
        >>> exercise("rnn_step").lesson
        '03_tanh'
    """
    base, of, key = name.partition(OF)
    if base not in exercises():
        known = ", ".join(exercises())
        raise KeyError(f"No exercise is called {base!r}. There are: {known}.")
    if not of:
        return exercises()[base]
    versions = {version.key: version for version in exercises()[base].versions}
    if key not in versions:
        known = ", ".join(versions) or "none"
        raise KeyError(f"{base} has no version {key!r}. There are: {known}.")
    return versions[key].record()


def other_versions(record: Exercise) -> list[Exercise]:
    """Return the other versions of a version's exercise, the lesson's own first; none for that one."""
    if not record.version:
        return []
    public = exercises()[record.name]
    rest = [version.record() for version in public.versions if version.key != record.version]
    return [public, *rest]
