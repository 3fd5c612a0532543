"""The search: each section of the lessons with its words, and what learners ask for that it answers.

The browser finds and orders (`static/search`); `search_words.toml` is to it what an index is to a book.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes

#: What is said in these sections is said elsewhere; there it should be found.
ASIDE = re.compile(
    r"Check yourself|What you built|Further reading|References|Find the bug|Exercise \d"
)
#: Titles have straight quotes in the lessons, and others on a page.
STRAIGHT = str.maketrans("“”‘’", "\"\"''")
FRACTION = re.compile(r"\\[td]?frac(?:\{([^{}]*)\}\{([^{}]*)\}|(\d)(\d))")
SIGNS = {
    **{
        "cdot": "·",
        "odot": "⊙",
        "times": "×",
        "partial": "∂",
        "sum": "Σ",
        "prod": "Π",
        "infty": "∞",
    },
    **{
        "alpha": "α",
        "beta": "β",
        "eta": "η",
        "lambda": "λ",
        "rho": "ρ",
        "sigma": "σ",
        "theta": "θ",
    },
    **{
        "le": "≤",
        "ge": "≥",
        "ne": "≠",
        "approx": "≈",
        "to": "→",
        "in": "∈",
        "ldots": "…",
        "dots": "…",
    },
}
FORMULA = re.compile(r"\\[()\[\],;!]|\\(?:left|right|quad|mathrm|mathbf|text)\b|[{}]")


@dataclass(frozen=True)
class Section:
    """A section: its place, its title, those of the sections around it, its words, and those in bold."""

    url: str
    title: str
    above: tuple[str, ...]
    words: str
    terms: str


def sections(name: str, document: "nodes.document") -> Iterator[Section]:
    """Yield the sections of a page, each without those within it, and without code and what it showed.

    Args:
        name: the page's name, such as `"03_tanh"`.
        document: what Sphinx read of it.
    """
    from docutils import nodes

    def words(node: nodes.Node) -> Iterator[str]:
        for child in node.children:
            if isinstance(child, (nodes.math, nodes.math_block)):
                yield readable(child.astext())
            elif isinstance(child, nodes.Text):
                yield child.astext()
            elif isinstance(child, nodes.Element) and not isinstance(child, not_read):
                yield from words(child)
                if isinstance(child, nodes.TextElement | nodes.entry) and not isinstance(
                    child, nodes.Inline
                ):
                    yield " "

    # a cell is a container; a hint is raw HTML
    not_read = (nodes.container, nodes.raw, nodes.literal_block, nodes.section, nodes.title)

    def walk(section: nodes.section, above: tuple[str, ...]) -> Iterator[Section]:
        title = " ".join("".join(words(section[0])).split())
        own = " ".join("".join(words(section)).split())
        bold = " · ".join(
            "".join(words(term))
            for child in section.children
            if not isinstance(child, nodes.section)
            for term in child.findall(nodes.strong)
        )
        yield Section(f"{name}.html#{section['ids'][0]}", title, above, own, bold)
        for inner in section.children:
            if isinstance(inner, nodes.section):
                yield from walk(inner, (*above, title))

    for section in document.children:
        if isinstance(section, nodes.section):
            yield from walk(section, ())


def readable(formula: str) -> str:
    r"""Return a formula as it is read in a line of plain text.

    Example:
        >>> readable(r"\(h_t = \tanh(W_{hh}\, h_{t-1})\)")
        'h_t = tanh(W_hh h_t-1)'
        >>> readable(r"\tfrac{3}{4} \cdot \partial L")
        '3/4 · ∂ L'
    """
    text = FRACTION.sub(lambda found: "/".join(filter(None, found.groups())), formula)
    text = re.sub(r"\\(\w+)", lambda name: SIGNS.get(name[1], name[1]), FORMULA.sub("", text))
    return " ".join(text.replace("\\", "").replace("&", "").split())


def write_search(path: Path, documents: Mapping[str, "nodes.document"]) -> None:
    """Write what the search knows of the lessons' sections.

    Args:
        path: the file of JSON.
        documents: what Sphinx read of each lesson.
    """
    found = [entry(section) for name in documents for section in sections(name, documents[name])]
    path.write_text(json.dumps(found, ensure_ascii=False), "utf-8")


@cache
def asked() -> dict[tuple[str, str], list[str]]:
    """Return what learners search for, by a lesson's number and a section's title."""
    lessons = tomllib.loads(Path(__file__).with_name("search_words.toml").read_text("utf-8"))
    return {
        (lesson, title): phrases.split(", ")
        for lesson, titles in lessons.items()
        for title, phrases in titles.items()
    }


def entry(section: Section) -> dict[str, Any]:
    """Return a section as the browser takes it; `worth` says how likely it explains what it speaks of."""
    aside = 0.3 if ASIDE.search(section.title) else 1
    optional = 0.7 if section.title.endswith("(optional)") else 1
    return {
        "url": section.url,
        "title": section.title,
        "above": section.above[0] if section.above else "",
        "words": section.words,
        "terms": section.terms,
        "asked": asked().get((section.url[:2], section.title.translate(STRAIGHT)), []),
        "worth": aside * optional,
    }
