"""A guess before the reveal: the learner commits one, and sees it beside what came out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from rnn_utils.widgets.page import CSS, bundle, page_fragment

#: Where guesses are kept: in the notebook's own folder, and nowhere else.
GUESSES = Path("guesses.json")

#: What was revealed since the kernel started: the answer and the guess, by question.
_revealed: dict[str, tuple[str | float, str | float | None]] = {}


class Guess(anywidget.AnyWidget):
    """A question with a control for the answer; ``guess`` is what the learner chose, or None.

    A guess is kept in ``guesses.json`` beside the notebook, and shown again when the lesson is opened
    another day. In a folder that cannot be written it lasts as long as the kernel.
    """

    _esm = bundle("guess")
    _css = CSS

    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    low = traitlets.Float().tag(sync=True)
    high = traitlets.Float().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    guess = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        kept = _kept().get(self.question)
        if self._possible(kept):
            self.guess = kept
        self.observe(lambda _: self._keep(), names="guess")

    def _possible(self, guess: object) -> bool:
        # The lesson may have new choices since the guess was kept: then it means nothing now.
        if self.choices:
            return guess in self.choices
        return isinstance(guess, (int, float)) and self.low <= guess <= self.high

    def _keep(self) -> None:
        try:
            text = json.dumps(_kept() | {self.question: self.guess}, indent=1, ensure_ascii=False)
            GUESSES.write_text(text, encoding="utf-8")
        except OSError:
            pass

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and beside it what a page without a kernel shows."""
        names = ("question", "choices", "low", "high", "unit", "guess")
        traits = {name: getattr(self, name) for name in names}
        words = [f"Predict. {self.question}", *self.choices]
        html = page_fragment(["guess"], self.model_id, words, {"traits": traits})
        shown: Any = super()._repr_mimebundle_(**kwargs)
        return shown[0] | {"text/html": html}, shown[1]


def predict(question: str, choices: Sequence[str]) -> Guess:
    """Ask for a guess among a few choices.

    Args:
        question: what is to be predicted.
        choices: the possible answers.

    Returns:
        the question as a widget; show it as the last line of a cell, and give it to `reveal`.

    Raises:
        ValueError: there are fewer than two choices, or one stands there twice.

    Example:
        >>> predict("Does it decay?", ["yes", "no"]).guess is None
        True
    """
    if len(choices) < 2 or len(set(choices)) < len(choices):
        raise ValueError(f"A guess needs at least two different choices; got {list(choices)}.")
    return Guess(question=question, choices=list(choices))


def predict_number(question: str, low: float, high: float, unit: str = "") -> Guess:
    """Ask for a guess that is a number; a button keeps it, since any number shown may be meant.

    Args:
        question: what is to be predicted.
        low: the smallest number that can be chosen.
        high: the largest one.
        unit: what it counts, such as `"steps"`.

    Returns:
        the question as a widget; show it as the last line of a cell, and give it to `reveal`.

    Example:
        >>> predict_number("How many steps?", 0, 20, "steps").guess is None
        True
    """
    return Guess(question=question, low=float(low), high=float(high), unit=unit)


def reveal(guess: Guess, answer: str | float, because: str) -> None:
    """Show the answer beside the learner's guess, and why it is so.

    Args:
        guess: what `predict` or `predict_number` returned.
        answer: the right choice, or the number that was measured.
        because: why, in a sentence or two.

    Raises:
        ValueError: the answer is not among the choices of the question.
    """
    if guess.choices and answer not in guess.choices:
        raise ValueError(f"The answer {answer!r} should be one of the choices {guess.choices}.")
    _revealed[guess.question] = answer, guess.guess
    text = answer if isinstance(answer, str) else f"{answer:g}"
    if guess.guess is None:
        yours, mark, colour = "You committed no guess this time.", "→", "#4477AA"
    elif guess.guess == answer:
        yours, mark, colour = f"You guessed: {guess.guess}. So it is.", "✓", "#228833"
    else:
        yours, mark, colour = f"You guessed: {guess.guess}.", "→", "#AA3377"
    _show(f"{mark} {text}", yours, because, colour)


def sum_up() -> None:
    """Show every guess of the lesson beside its answer, as a table; call it at the lesson's end."""
    from IPython.display import display

    def words(value: str | float | None) -> str:
        return "no guess" if value is None else value if isinstance(value, str) else f"{value:g}"

    guessed = [guess for _, guess in _revealed.values() if guess is not None]
    right = sum(guess == answer for answer, guess in _revealed.values())
    head = (
        f"You guessed {len(guessed)} of {len(_revealed)} times, and {right} came out as you said."
    )
    rows = [
        (question, words(guess), words(answer), "✓" if guess == answer else "→")
        for question, (answer, guess) in _revealed.items()
    ]
    plain = [f"{question} You: {guess}. It is: {answer}." for question, guess, answer, _ in rows]
    cells = "".join(
        f'<tr><th scope="row">{escape(question)}</th><td>{escape(guess)}</td>'
        f"<td>{mark} {escape(answer)}</td></tr>"
        for question, guess, answer, mark in rows
    )
    html = (
        f'<style>{CSS}</style><table class="rnn-summary"><caption>{head}</caption><thead><tr>'
        '<th scope="col">Question</th><th scope="col">Your guess</th>'
        f'<th scope="col">What came</th></tr></thead><tbody>{cells}</tbody></table>'
    )
    display({"text/plain": "\n".join([head, *plain]), "text/html": html}, raw=True)


def _show(answer: str, yours: str, because: str, colour: str) -> None:
    from IPython.display import display

    html = (
        f'<div style="border-left: 4px solid {colour}; padding: 0.4em 0.9em; max-width: 46em; '
        f'line-height: 1.5"><strong>{escape(answer)}</strong><br><em>{escape(yours)}</em><br>'
        f"{escape(because)}</div>"
    )
    display({"text/plain": f"{answer}\n{yours}\n{because}", "text/html": html}, raw=True)


def _kept() -> dict[str, object]:
    try:
        kept = json.loads(GUESSES.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
