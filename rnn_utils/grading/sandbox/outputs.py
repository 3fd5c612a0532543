"""What a notebook may show of what came from a student's process.

Whoever looks at a feedback page, or at a submission in the formgrader, has the rights of the instructor
there: no script may come with a student's output, and nothing that a terminal acts upon.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from rnn_utils.grading.protocol.safe_text import quiet

#: Kinds of outputs that are shown; formulas and drawings can hold scripts.
_SHOWN = frozenset({"text/plain", "text/html", "image/png", "image/jpeg"})

#: How many outputs of a cell are kept.
_MOST = 1000


def clean(outputs: Any, html: bool = True, panels: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return what of a cell's outputs a notebook may show.

    Args:
        outputs: as the student's process tells them, or as a test has made them of what it got.
        html: whether to keep HTML, without what could act; that takes time.
        panels: HTML of the course's own, which is kept as it is.

    Returns:
        The outputs, as notebooks have them.

    Example:
        >>> clean([{"output_type": "stream", "name": "stdout", "text": "\x1b[2Jhello"}, {"what": 1}])
        [{'output_type': 'stream', 'name': 'stdout', 'text': 'hello'}]
    """
    if type(outputs) is not list:
        return []
    return [kept for output in outputs[:_MOST] if (kept := _clean_one(output, html, panels))]


def result(text: str, html: str | None = None) -> dict[str, Any]:
    """Return the output of a last line whose value has this text, and perhaps this HTML."""
    data = {"text/plain": text} | ({"text/html": html} if html is not None else {})
    return {
        "output_type": "execute_result",
        "data": data,
        "metadata": {},
        "execution_count": None,
    }


def numbered(
    executed: Iterable[list[dict[str, Any]] | None],
) -> Iterator[dict[str, Any] | None]:
    """Yield each cell's outputs with the number of the cell, None for those that were not run."""
    count = 0
    for outputs in executed:
        if outputs is None:
            yield None
            continue
        count += 1
        for output in outputs:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
        yield {"outputs": outputs, "count": count}


def error(name: str, text: str) -> dict[str, Any]:
    """Return the output of a cell that ended with an error."""
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}


def _clean_one(output: Any, html: bool, panels: Collection[str]) -> dict[str, Any] | None:
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return {"output_type": "stream", "name": name, "text": quiet(text)}
        case {
            "output_type": "error",
            "ename": str(name),
            "evalue": str(value),
            "traceback": [*lines],
        }:
            told = [quiet(line) for line in lines if type(line) is str]
            return {
                "output_type": "error",
                "ename": quiet(name),
                "evalue": quiet(value),
                "traceback": told,
            }
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict() as data}:
            shown = {
                mime: _shown(mime, text, panels)
                for mime, text in data.items()
                if mime in _SHOWN and type(text) is str and (html or mime != "text/html")
            }
            clean: dict[str, Any] = {"output_type": kind, "data": shown, "metadata": {}}
            return clean | ({"execution_count": None} if kind == "execute_result" else {})
    return None


def _shown(mime: str, text: str, panels: Collection[str]) -> str:
    if mime.startswith("image/"):
        return re.sub(r"[^A-Za-z0-9+/=\n]", "", text)
    if mime == "text/html" and text not in panels:
        return _without_scripts(quiet(text))
    return quiet(text)


_TAGS = """
    a b blockquote br caption code details div em figcaption figure h1 h2 h3 h4 h5 h6 hr i img li ol p
    pre small span strong sub summary sup table tbody td tfoot th thead tr ul
"""


def _without_scripts(html: str) -> str:
    return str(_cleaner().clean(html))


@cache
def _cleaner() -> Any:
    from bleach.sanitizer import Cleaner  # type: ignore[import-untyped]

    allowed = {"*": ["class", "title", "role"], "img": ["src", "alt", "width", "height"]}
    return Cleaner(tags=_TAGS.split(), attributes=allowed, protocols=["data"], strip=True)
