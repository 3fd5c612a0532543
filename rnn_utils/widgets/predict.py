"""A guess before the reveal: the learner commits one, and sees it beside what came out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

import ipywidgets

#: Where guesses are kept: in the notebook's own folder, and nowhere else.
GUESSES = Path("guesses.json")


class Guess(ipywidgets.VBox):
    """A question with a control for the answer; ``guess`` is what the learner chose, or None.

    A guess is kept in ``guesses.json`` beside the notebook, and shown again when the lesson is opened
    another day. In a folder that cannot be written it lasts as long as the kernel.
    """

    def __init__(
        self, question: str, control: ipywidgets.ValueWidget, keep: ipywidgets.Button | None = None
    ) -> None:
        self.question = question
        self.control = control
        self.guess = _kept().get(question)
        if self.guess is not None:
            self._show_kept()
        if keep is None:
            control.observe(lambda _: self._commit(), names="value")
        else:
            keep.on_click(lambda _: self._commit())
        label = ipywidgets.HTML(f"<strong>Predict.</strong> {escape(question)}")
        super().__init__([label, control] if keep is None else [label, control, keep])
        self.add_class("rnn-guess")

    def _show_kept(self) -> None:
        try:
            self.control.value = self.guess
        except Exception:  # the lesson has new choices since: the old guess means nothing now
            self.guess = None

    def _commit(self) -> None:
        self.guess = self.control.value
        try:
            text = json.dumps(_kept() | {self.question: self.guess}, indent=1, ensure_ascii=False)
            GUESSES.write_text(text, encoding="utf-8")
        except OSError:
            pass


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
    radio = ipywidgets.RadioButtons(
        options=list(choices), value=None, layout={"width": "max-content"}
    )
    guess = Guess(question, radio)
    guess.choices = tuple(choices)
    return guess


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
    number = ipywidgets.BoundedFloatText(
        value=low, min=low, max=high, step=(high - low) / 100, description=unit
    )
    return Guess(question, number, ipywidgets.Button(description="Keep this guess"))


def reveal(guess: Guess, answer: str | float, because: str) -> None:
    """Show the answer beside the learner's guess, and why it is so.

    Args:
        guess: what `predict` or `predict_number` returned.
        answer: the right choice, or the number that was measured.
        because: why, in a sentence or two.

    Raises:
        ValueError: the answer is not among the choices of the question.
    """
    choices = getattr(guess, "choices", None)
    if choices is not None and answer not in choices:
        raise ValueError(f"The answer {answer!r} should be one of the choices {list(choices)}.")
    text = answer if isinstance(answer, str) else f"{answer:g}"
    if guess.guess is None:
        yours, mark, colour = "You committed no guess this time.", "→", "#4477AA"
    elif guess.guess == answer:
        yours, mark, colour = f"You guessed: {guess.guess}. So it is.", "✓", "#228833"
    else:
        yours, mark, colour = f"You guessed: {guess.guess}.", "→", "#AA3377"
    _show(f"{mark} {text}", yours, because, colour)


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
