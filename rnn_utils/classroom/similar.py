"""`rnn-course class similar`: answers that are alike, side by side, for a person to judge."""

import io
from collections import Counter
from collections.abc import Iterable
from html import escape
from itertools import combinations
from typing import Any, NamedTuple

import nbformat
import numpy as np
from nbformat import NotebookNode
from tqdm import tqdm

from rnn_utils.classroom.course import Course, Say
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.content_security_policy import as_meta

#: Winnowing (Schleimer, Wilkerson and Aiken, 2003): length of a fingerprint, and the window, in characters.
LENGTH, WINDOW = 20, 8

#: What more than this share of a class wrote, and more than so many, is the exercise's own.
COMMON, AT_LEAST = 0.1, 4

#: How much of an answer must be found in another one for the page, and how many pairs it shows.
ALIKE, SHOWN = 0.6, 60


class Pair(NamedTuple):
    """Two answers that are alike.

    Attributes:
        exercise: the grade id.
        students: whose they are.
        alike: the larger of the shares of one that is found in the other.
        pages: both texts as HTML, with what they share marked.
    """

    exercise: str
    students: tuple[str, str]
    alike: float
    pages: tuple[str, str]


def similar(course: Course, lesson: str, least: int = 200, say: Say = print) -> None:
    """Write the page on a lesson.

    Args:
        course: the course.
        lesson: the lesson's name.
        least: how many characters an answer must have.
        say: called with each sentence for the instructor.

    Raises:
        CourseError: nothing was graded, or the library is missing.
    """
    folders = sorted(
        course.root.glob(f"{course.directory.autograded_directory}/*/{lesson}/*.ipynb")
    )
    if not folders:
        raise CourseError(f"Nobody was graded yet: rnn-course class grade {lesson}")
    answers: dict[str, dict[str, str]] = {}
    for path in folders:
        for name, text in _answers(nbformat.read(path, as_version=4)).items():
            answers.setdefault(name, {})[path.parents[1].name] = text
    released = [
        cell.source
        for path in course.folder("release", ".", lesson).glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]
    pairs = alike(answers, released, least)
    path = course.root / "class_reports" / f"{lesson}_similar.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(_page(lesson, pairs[:SHOWN]), "utf-8")
    say(f"{len(pairs)} pairs of answers are alike: {path}. It holds names.")
    say("Alike is not copied: docs/integrity.md says what to make of it.")


def alike(
    answers: dict[str, dict[str, str]], released: Iterable[str], least: int = 200
) -> list[Pair]:
    """Find answers that share more than the lesson and the exercise explain.

    Args:
        answers: by exercise, every student's text.
        released: the lesson's own code, which does not count.
        least: the shortest answer that is looked at.

    Returns:
        Pairs, the most alike first.
    """
    try:
        from copydetect import CodeFingerprint, compare_files
        from copydetect.utils import highlight_overlap
    except ImportError:
        raise CourseError(
            "Answers are compared by copydetect: uv run --extra similarity rnn-course class similar …"
        ) from None

    def fingerprint(text: str, known: Any) -> Any:
        return CodeFingerprint(
            "answer.py", LENGTH, WINDOW, known, language="python", fp=io.StringIO(text)
        )

    own = [fingerprint(text, None).hashes for text in released if len(text) > LENGTH]
    lesson = set().union(*map(set, own)) if own else set()
    found = []
    for exercise, texts in tqdm(sorted(answers.items()), unit=" exercises", leave=False):
        every = {who: fingerprint(text, None) for who, text in sorted(texts.items())}
        long = {who: one for who, one in every.items() if len(one.raw_code) >= least}
        counted = Counter(one for p in long.values() for one in set(p.hashes))
        most = max(AT_LEAST, COMMON * len(texts))
        known = np.array(sorted(lesson | {h for h, count in counted.items() if count > most}))
        prints = {who: fingerprint(texts[who], known) for who in long}
        for one, other in combinations(prints, 2):
            if not set(prints[one].hashes) & set(prints[other].hashes):
                continue
            _, shares, slices = compare_files(prints[one], prints[other])
            if max(shares) >= ALIKE:
                pages = tuple(
                    highlight_overlap(
                        prints[who].raw_code, part, "<mark>", "</mark>", escape_html=True
                    )[0]
                    for who, part in zip((one, other), slices, strict=True)
                )
                found.append(Pair(exercise, (one, other), float(max(shares)), (pages[0], pages[1])))
    return sorted(found, key=lambda pair: (-pair.alike, pair.exercise, pair.students))


def _answers(notebook: NotebookNode) -> dict[str, str]:
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }


def _page(lesson: str, pairs: list[Pair]) -> str:
    rows = "".join(
        f"<h2><code>{escape(pair.exercise)}</code>: {escape(pair.students[0])} and "
        f"{escape(pair.students[1])}, {pair.alike:.0%}</h2><div class=pair>"
        + "".join(f"<pre>{page}</pre>" for page in pair.pages)
        + "</div>"
        for pair in pairs
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
{as_meta()}
<title>{escape(lesson)}: answers that are alike</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }}
.pair {{ display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }}
pre {{ overflow-x: auto; border: 1px solid #777777; padding: 0.5rem; }}
mark {{ background: none; color: inherit; text-decoration: underline 2px #EE6677; }}
</style></head><body>
<h1>{escape(lesson)}: answers that are alike</h1>
<p>Alike is not copied. Two who learned from the same page, worked together as you allowed, or found
the only short way look the same. Underlined is what both have, names and comments aside; what the lesson
holds, and what many wrote, does not count. Read both, ask both, and decide as your rules say.</p>
{rows or "<p>No two answers are alike.</p>"}
</body></html>
"""
