"""Text that a student wrote, made fit for every file, database, terminal and page that it may reach.

A student's text is data. It may hold half of a surrogate pair, which no file can be written with, codes
that make a terminal move, colour or type, and marks that turn the order of what is read. Whatever shows
or stores such a text takes it from here; whatever shows it in HTML escapes it there as well.
"""

import re
from typing import Any

#: Codes by which a terminal is told to do something: colours, titles, movements.
_CODES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|.?)", re.DOTALL
)

#: What else is not seen but acts: control characters but line ends and tabs, and those that turn text.
_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def whole(value: Any) -> Any:
    """Return what JSON held with every half of a surrogate pair in it replaced by a question mark.

    Args:
        value: a value that `json.loads` gave.

    Example:
        >>> whole({"a\\ud800": ["b", "\\udfff", 1]})
        {'a?': ['b', '?', 1]}
    """
    if type(value) is str:
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if type(value) is list:
        return [whole(item) for item in value]
    if type(value) is dict:
        return {whole(key): whole(item) for key, item in value.items()}
    return value


def quiet(text: str) -> str:
    """Return a text of several lines that no terminal or page acts upon; its lines stay.

    Args:
        text: what was printed, say.

    Example:
        >>> quiet("\\x1b[31mred\\x1b[0m\\ttext\\r\\n\\x07")
        'red\\ttext\\n'
    """
    if text.isascii() and text.isprintable():
        return text
    lines = _CODES.sub("", whole(text)).replace("\r\n", "\n").replace("\r", "\n")
    return _ACTS.sub("", lines)


def sentence(text: str) -> str:
    """Return what is said to an instructor as one line of any length, in which no name acts or adds lines.

    Args:
        text: the sentence, which may hold names that students have chosen.

    Example:
        >>> sentence("3 new:  ada\\nAll is graded.\\x1b[2J")
        '3 new:  ada All is graded.'
    """
    return quiet(text).replace("\n", " ").replace("\t", " ")


def line(text: str, most: int = 300) -> str:
    """Return a text as one line of bounded length, for a note, a table, a message.

    Args:
        text: such as a file's name or an error's words.
        most: how many characters are kept.

    Example:
        >>> line("two\\nlines \\x1b]0;title\\x07", 20), line("x" * 50, 9)
        ('two lines', 'xxxxxxxx…')
    """
    text = re.sub(r"\s+", " ", quiet(text[: 4 * most])).strip()
    return text if len(text) <= most else text[: most - 1] + "…"


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, or its kind where it says nothing."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__
