"""What a worker does with one submission: it has it read, rebuilt and executed, and sees no gradebook."""

from base64 import b64encode
from functools import lru_cache
from typing import Any

from rnn_utils.grading.protocol.safe_text import line, whole
from rnn_utils.grading.sandbox.pipeline import TOO_MUCH, parsed
from rnn_utils.grading.sandbox.stripped_package import withheld
from rnn_utils.grading.sandbox.two_processes import Executor, JailError
from rnn_utils.grading.submission import Graded, GradedNotebook, Handed, Lesson, Submission


def grade(lesson: Lesson, submission: Submission, executor: Executor) -> Graded:
    """Have what a student handed in read, rebuilt and executed, in processes that can be ended.

    Args:
        lesson: what they were given.
        submission: what they handed in.
        executor: has the processes; it gets to know the lesson.

    Returns:
        Each of the lesson's notebooks, executed or, where it was refused, as it was handed out.

    Raises:
        JailError: the processes could not be had.
    """
    executor.learn(as_plain(lesson))
    beside = {file.name: file.content for file in submission.beside}
    return {name: _graded(lesson, name, submission, beside, executor) for name in lesson.sheets}


def _graded(
    lesson: Lesson,
    name: str,
    submission: Submission,
    beside: dict[str, bytes],
    executor: Executor,
) -> GradedNotebook:
    functions, _ = withheld(parsed(lesson.sheets[name].source))
    for one in (submission.notebooks[name], Handed((), (), TOO_MUCH)):
        job = {
            "sheet": name,
            "files": [[file.name, b64encode(file.content).decode()] for file in one.files],
            "notes": one.notes,
            "refused": one.refused,
            "versions": dict(submission.versions),
        }
        answer = executor.work(job, functions, lesson.limits, lesson.files, beside)
        if answer is not None:
            return checked(answer)
    raise JailError("A notebook as it was handed out could not be written; is there memory left?")


def checked(answer: Any) -> GradedNotebook:
    """Return what a process that ran tests says came of a notebook.

    Args:
        answer: plain values. A student who got hold of that process could say anything.

    Returns:
        The same, in which every text can be written and makes nothing act.

    Raises:
        JailError: it is not of the form.
    """
    match answer:
        case {
            "text": str(text),
            "cells": [*cells],
            "refused": str(refused),
            "notes": [*notes],
            "mistakes": dict(mistakes),
        } if (
            all(type(cell) is dict for cell in cells)
            and all(type(note) is str for note in notes)
            and all(type(found) is list for found in mistakes.values())
            and all(type(name) is str for found in mistakes.values() for name in found)
        ):
            found = {line(key): tuple(map(line, names)) for key, names in mistakes.items()}
            told = tuple(map(line, notes))
            return GradedNotebook(whole(text), whole(cells), line(refused, 1000), told, found)
    raise JailError("What came of it could not be read.")


@lru_cache(maxsize=4)
def _plain_lesson(digest: str) -> dict[str, Any]:
    """Return what is filled once and kept for the last few lessons."""
    return {}


def as_plain(lesson: Lesson) -> dict[str, Any]:
    """Return a lesson as plain values, which is how it goes to another process."""
    plain = _plain_lesson(lesson.digest)
    if not plain:
        sheets = {name: sheet._asdict() for name, sheet in lesson.sheets.items()}
        files = {name: b64encode(content).decode() for name, content in lesson.files.items()}
        plain |= {**lesson._asdict(), "sheets": sheets, "files": files}
    return plain
