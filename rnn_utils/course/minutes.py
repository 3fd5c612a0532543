"""How long a lesson takes: counted from its text, its code, its exercises and its pictures."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rnn_utils.questions.read import Question, question, questions

if TYPE_CHECKING:
    from nbformat import NotebookNode

WORDS_A_MINUTE = 200
LINES_A_MINUTE = 12
MINUTES_A_PLAY = 4
#: A formula on lines of its own is read as slowly as so many words.
WORDS_A_FORMULA = 10
OPTIONAL = "(optional)"
#: A list of sources is looked up, not read.
LOOKED_UP = "Further reading"

HEADING = re.compile(r"^(#{1,6}) (.*)$")
EXERCISE = re.compile(r"^#{1,6} Exercise ")
EXERCISE_MINUTES = re.compile(r"\*\*(\d+) minutes?\*\*")
HEADER = re.compile(r"(?<=\*\*Time\*\* about )\d+ minutes(?: \(optional parts: \d+ more\))?")
ROW = re.compile(r"(\]\([\w./]*?/(?P<lesson>\d\d_\w+)\.ipynb\) \|(?: [^|\n]* \|)?? )\d+(?= \|)")


@dataclass(frozen=True)
class Minutes:
    """The minutes of a lesson, or of a part of it, by what they are spent on."""

    prose: float = 0.0
    code: float = 0.0
    exercises: float = 0.0
    plays: float = 0.0

    def __add__(self, other: "Minutes") -> "Minutes":
        return Minutes(
            self.prose + other.prose,
            self.code + other.code,
            self.exercises + other.exercises,
            self.plays + other.plays,
        )

    @property
    def total(self) -> float:
        """All of them together."""
        return self.prose + self.code + self.exercises + self.plays

    @property
    def stated(self) -> int:
        """The total as it is told to a learner, to five minutes."""
        return 5 * round(self.total / 5)


def count(notebook: "NotebookNode") -> tuple[Minutes, Minutes]:
    """Count the minutes of a lesson: 200 words of prose, 12 lines of code, or a quarter of a play each.

    An exercise takes the minutes it states, its statement, hints and cells included. Lines that import
    are not read, and neither are the sources at the end. What stands under a heading that ends in
    "(optional)" is counted apart.

    Args:
        notebook: the lesson as its author wrote it.

    Returns:
        The minutes of the core path, and those of the optional parts.
    """
    core, optional = Minutes(), Minutes()
    for is_optional, part in _parts(notebook):
        if is_optional:
            optional += part
        else:
            core += part
    return core, optional


def state(text: str, minutes: Mapping[str, tuple[Minutes, Minutes]], lesson: str | None) -> str:
    """Put the counted minutes into a text: into a lesson's header, and into rows that link to lessons.

    Args:
        text: Markdown.
        minutes: those of every lesson, as `count` returns them.
        lesson: the lesson whose text this is, if it is one's.

    Returns:
        The text with the numbers of today.
    """
    if lesson is not None:
        core, optional = minutes[lesson]
        more = f" (optional parts: {optional.stated} more)" if optional.stated else ""
        text = HEADER.sub(f"{core.stated} minutes{more}", text, count=1)

    def row(found: re.Match[str]) -> str:
        known = minutes.get(found["lesson"])
        return f"{found[1]}{known[0].stated}" if known else found[0]

    return ROW.sub(row, text)


def table(minutes: Mapping[str, tuple[Minutes, Minutes]]) -> str:
    """Return every lesson's minutes as a table for its author."""
    lines = [f"{'lesson':34}  core  prose  code  exercises  plays  optional"]
    for lesson, (core, optional) in minutes.items():
        lines.append(
            f"{lesson:34} {core.total:5.0f} {core.prose:6.0f} {core.code:5.0f} "
            f"{core.exercises:10.0f} {core.plays:6.0f} {optional.total:9.0f}"
        )
    return "\n".join(lines)


def _parts(notebook: "NotebookNode") -> Iterator[tuple[bool, Minutes]]:
    """Yield the minutes of each piece of a lesson, and whether it is optional."""
    optional_level = 0
    in_exercise = looked_up = False
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code":
            if not mark:
                yield bool(optional_level), _of_code(cell.source)
            in_exercise = in_exercise and not mark.get("grade")
            continue
        for heading, prose in _sections(cell.source):
            found = HEADING.match(heading)
            if found:
                level, title = len(found[1]), found[2].strip()
                if optional_level and level <= optional_level:
                    optional_level = 0
                if title.endswith(OPTIONAL) and not optional_level:
                    optional_level = level
                in_exercise = bool(EXERCISE.match(heading))
                looked_up = title == LOOKED_UP
            if looked_up:
                continue
            if in_exercise:
                minutes = sum(float(number) for number in EXERCISE_MINUTES.findall(prose))
                yield bool(optional_level), Minutes(exercises=minutes)
            else:
                yield bool(optional_level), Minutes(prose=words(prose) / WORDS_A_MINUTE)


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Cut Markdown at its headings; what stands above the first has an empty one."""
    heading, fenced = "", False
    lines: list[str] = []
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if HEADING.match(line) and not fenced:
            yield heading, "\n".join(lines)
            heading, lines = line, []
        lines.append(line)
    yield heading, "\n".join(lines)


def words(text: str) -> int:
    """Count the words of Markdown as they are read: links by their text, a formula as one word."""
    text = re.sub(r"<[^>]+>", " ", text)
    text, formulas = re.subn(r"\$\$.*?\$\$", " ", text, flags=re.S)
    text = re.sub(r"\$[^$\n]+\$", " x ", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    read = [word for word in text.split() if any(letter.isalnum() for letter in word)]
    return len(read) + WORDS_A_FORMULA * formulas


def _of_code(source: str) -> Minutes:
    """Return the minutes of a cell: its lines but for imports, its plays, and what its questions say."""
    try:
        tree = ast.parse("\n".join(re.sub(r"^[%!].*", "", line) for line in source.splitlines()))
    except SyntaxError:
        return Minutes(code=len(source.splitlines()) / LINES_A_MINUTE)
    imports = {
        number
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = [
        number
        for number, line in enumerate(source.splitlines(), start=1)
        if line.strip() and number not in imports
    ]
    calls = [
        (node.func.id, node.args)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    plays = sum(name in _plays() for name, _ in calls)
    given = [
        (name, args[0].value)
        for name, args in calls
        if name in ("predict", "quiz") and args and isinstance(args[0], ast.Constant)
    ]
    asked = [q for name, value in given for q in _asked(name, str(value))]
    return Minutes(
        prose=sum(map(_words_of_question, asked)) / WORDS_A_MINUTE,
        code=len(lines) / LINES_A_MINUTE,
        plays=MINUTES_A_PLAY * plays,
    )


def _asked(view: str, value: str) -> list[Question]:
    if view == "predict":
        return [question(value, "prediction")]
    return [q for q in questions(value).values() if q.kind == "quiz"]


def _words_of_question(asked: Question) -> int:
    told = [asked.text, asked.after, *(f"{choice.text} {choice.says}" for choice in asked.choices)]
    return sum(map(words, told))


def _plays() -> set[str]:
    from rnn_utils import widgets

    return set(widgets.__all__) - {"Play", "predict", "quiz", "reveal", "sum_up"}
