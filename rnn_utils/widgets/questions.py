"""Predictions and the quiz in a notebook: a guess comes first, and only then the answer shows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from rnn_utils.questions.read import Choice, Question, question, questions
from rnn_utils.widgets.javascript import CSS, bundle, page_fragment

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

#: Where guesses are kept: in the notebook's own folder, and nowhere else.
GUESSES = Path("guesses.json")

#: The guesses since the kernel started, for a folder that cannot be written.
_guessed: dict[str, Any] = {}


class Questions(anywidget.AnyWidget):
    """Some questions of a lesson in one of four views: to predict, to reveal, as a quiz, or summed up.

    `guesses` holds what the learner chose, by the question's key: a choice's text, a number, or None where
    the answer was shown without a guess. Every view of a page learns of a guess at once. Guesses are kept
    in `guesses.json` beside the notebook; in a folder that cannot be written, as long as the kernel runs.
    """

    _esm = bundle("questions")
    _css = CSS

    view = traitlets.Unicode().tag(sync=True)
    questions: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    guesses = traitlets.Dict().tag(sync=True)

    def __init__(self, view: str, asked: list[Question]) -> None:
        told = [_as_data(question, answers=view != "predict") for question in asked]
        known = read_guesses()
        guesses = {
            q.key: known[q.key] for q in asked if q.key in known and _possible(q, known[q.key])
        }
        super().__init__(view=view, questions=told, guesses=guesses)
        self.observe(lambda change: _keep(change["new"]), names="guesses")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and beside it what a page without a kernel shows."""
        traits = {name: getattr(self, name) for name in ("view", "questions", "guesses")}
        words = [question["plain"] for question in self.questions]
        html = page_fragment(["questions"], self.model_id, words, {"traits": traits})
        shown: Any = super()._repr_mimebundle_(**kwargs)
        return shown[0] | {"text/html": html, "text/plain": "\n".join(words)}, shown[1]


def predict(key: str) -> Questions:
    """Ask for a guess before a result is shown.

    Args:
        key: the prediction's lesson and name, such as `"07/ways"`.

    Returns:
        the question as a widget, to be the last line of a cell.

    Raises:
        ValueError: there is no such prediction.

    Example:
        >>> predict("07/ways").view
        'predict'
    """
    return Questions("predict", [question(key, "prediction")])


def reveal(key: str) -> Questions:
    """Show the answer of a prediction below its result, as soon as a guess was made or on request.

    Args:
        key: the prediction's lesson and name, such as `"07/ways"`.

    Returns:
        the answer as a widget, to be the last line of a cell.

    Raises:
        ValueError: there is no such prediction.

    Example:
        >>> reveal("07/ways").view
        'reveal'
    """
    return Questions("reveal", [question(key, "prediction")])


def quiz(lesson: str) -> Questions:
    """Ask the quiz of a lesson; every choice says why it is right or wrong, once it is chosen.

    Args:
        lesson: its number, such as `"07"`.

    Returns:
        the questions as a widget, to be the last line of a cell.

    Raises:
        ValueError: there is no such lesson.

    Example:
        >>> quiz("07").view
        'quiz'
    """
    return Questions("quiz", [q for q in questions(lesson).values() if q.kind == "quiz"])


def sum_up(lesson: str) -> Questions:
    """Show every guess of a lesson beside what is right, as a table that follows further guesses.

    Args:
        lesson: its number, such as `"07"`.

    Returns:
        the table as a widget, to be the last line of a cell.

    Raises:
        ValueError: there is no such lesson.

    Example:
        >>> sum_up("07").view
        'sum up'
    """
    return Questions("sum up", list(questions(lesson).values()))


def read_guesses(folder: Path = Path()) -> dict[str, Any]:
    """Return the guesses that are kept in a folder, with those since the kernel started, by key."""
    try:
        kept = json.loads((folder / GUESSES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    return (kept if isinstance(kept, dict) else {}) | _guessed


def _keep(guesses: dict[str, Any]) -> None:
    _guessed.update(guesses)
    try:
        text = json.dumps(read_guesses(), indent=1, ensure_ascii=False)
        GUESSES.write_text(text, encoding="utf-8")
    except OSError:
        pass


def _possible(asked: Question, guess: object) -> bool:
    """Say whether a kept guess still means something: the lesson may have new choices since."""
    if guess is None:
        return True
    if asked.number:
        return isinstance(guess, (int, float)) and asked.number.low <= guess <= asked.number.high
    return guess in [choice.text for choice in asked.choices]


def _as_data(asked: Question, answers: bool) -> dict[str, Any]:
    """Return what the browser has to know of a question; its answers only where they may be shown."""
    data: dict[str, Any] = {"key": asked.key, "kind": asked.kind, "text": _html(asked.text)}
    data |= {"plain": asked.text, "choices": [_choice(c, answers) for c in asked.choices]}
    if asked.number:
        names = ("low", "high", "unit", *(("right", "close") if answers else ()))
        data["number"] = {name: getattr(asked.number, name) for name in names}
    if answers:
        data |= {"after": _html(asked.after), "recalls": asked.recalls}
    return data


def _choice(choice: Choice, answers: bool) -> dict[str, Any]:
    told = {"right": choice.right, "says": _html(choice.says)} if answers else {}
    return {"value": choice.text, "text": _html(choice.text)} | told


def _html(text: str) -> str:
    """Return a line of Markdown as HTML, its formulas as MathML, which every browser shows itself."""
    return str(_markdown().renderInline(text.strip()))


@cache
def _markdown() -> MarkdownIt:
    from latex2mathml.converter import convert
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    return MarkdownIt("commonmark", {"html": False}).use(
        dollarmath_plugin, renderer=lambda formula, _: convert(formula)
    )
