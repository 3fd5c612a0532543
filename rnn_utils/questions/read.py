"""Reading a lesson's questions from its file `lesson_NN.toml`."""

import random
import tomllib
from dataclasses import MISSING, dataclass
from dataclasses import fields as fields_of
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

FOLDER = Path(__file__).parent

Made = TypeVar("Made", "Choice", "Range", "Question")


@dataclass(frozen=True)
class Choice:
    """One possible answer: its text, whether it is right, and why."""

    text: str
    right: bool = False
    says: str = ""


@dataclass(frozen=True)
class Range:
    """An answer that is a number from `low` to `high`; a guess within `close` of `right` is right."""

    low: float
    high: float
    right: float
    close: float
    unit: str = ""


@dataclass(frozen=True)
class Question:
    """A prediction or a question of the quiz; texts are Markdown with formulas between dollar signs.

    The choices stand in the order in which they are shown. A prediction's `after` says what the result
    shows; a quiz question that goes back to an earlier lesson names it in `recalls`.
    """

    lesson: str
    name: str
    kind: str
    text: str
    choices: tuple[Choice, ...] = ()
    number: Range | None = None
    after: str = ""
    recalls: str = ""

    @property
    def key(self) -> str:
        """The name by which a lesson asks for it, such as `"07/ways"`."""
        return f"{self.lesson}/{self.name}"


@cache
def questions(lesson: str) -> dict[str, Question]:
    """Read the questions of a lesson.

    Args:
        lesson: its number, such as `"07"`.

    Returns:
        The questions by name, in the order of the file.

    Raises:
        ValueError: there is no such lesson, or a question is not what the format asks for.

    Example:
        >>> {question.kind for question in questions("07").values()} == {"prediction", "quiz"}
        True
    """
    path = FOLDER / f"lesson_{lesson}.toml"
    if not path.is_file():
        known = sorted(file.stem.removeprefix("lesson_") for file in FOLDER.glob("lesson_*.toml"))
        raise ValueError(
            f"There are no questions of a lesson {lesson!r}; there are {known[0]!r} to {known[-1]!r}. "
            f"Those of a new lesson are written into rnn_utils/questions/lesson_{lesson}.toml."
        )
    entries = tomllib.loads(path.read_text("utf-8"))
    return {name: _question(lesson, name, entry) for name, entry in entries.items()}


def question(key: str, kind: str) -> Question:
    """Return the question `key` of this kind.

    Args:
        key: lesson and name, such as `"07/ways"`.
        kind: `"prediction"` or `"quiz"`.

    Returns:
        The question.

    Raises:
        ValueError: there is no such question of this kind; the message names those there are.

    Example:
        >>> question("07/ways", "prediction").key
        '07/ways'
    """
    lesson, _, name = key.partition("/")
    known = {name: q for name, q in questions(lesson).items() if q.kind == kind}
    if name not in known:
        raise ValueError(f"Lesson {lesson} has no {kind} {name!r}; it has {', '.join(known)}.")
    return known[name]


def _made(kind: type[Made], place: str, given: dict[str, Any]) -> Made:
    """Return an object made of what a file gives, or say which of its fields are too many or missing."""
    known = {field.name: field.default is MISSING for field in fields_of(kind)}
    wrong = [name for name in given if name not in known]
    missing = [name for name in known if known[name] and name not in given]
    if wrong or missing:
        raise ValueError(
            f"{place}: a {kind.__name__.lower()} has {', '.join(known)}"
            + (f"; it has no {', '.join(wrong)}" if wrong else "")
            + (f"; {', '.join(missing)} is missing" if missing else "")
            + "."
        )
    return kind(**given)


def _question(lesson: str, name: str, entry: dict[str, Any]) -> Question:
    fields = dict(entry)
    place = f"lesson_{lesson}.toml, [{name}]"
    choices = [_made(Choice, place, choice) for choice in fields.pop("choices", [])]
    numbers = {
        key: fields.pop(key) for key in ("low", "high", "unit", "right", "close") & entry.keys()
    }
    if entry.get("kind") not in ("prediction", "quiz"):
        raise ValueError(
            f'{place}: kind should be "prediction" or "quiz", not {entry.get("kind")!r}.'
        )
    if bool(choices) == bool(numbers):
        raise ValueError(f"{place}: give either choices, or low, high, right and close.")
    if choices and sum(choice.right for choice in choices) != 1:
        raise ValueError(f"{place}: exactly one choice should have `right = true`.")
    if len({choice.text for choice in choices}) < len(choices) or len(choices) == 1:
        raise ValueError(f"{place}: at least two choices are needed, each with a text of its own.")
    # The order is drawn, so that it tells nothing; drawn from the name, it is the same every time.
    random.Random(f"{lesson}/{name}").shuffle(choices)
    number = _made(Range, place, numbers) if numbers else None
    whole = {"lesson": lesson, "name": name, "choices": tuple(choices), "number": number}
    return _made(Question, place, fields | whole)
