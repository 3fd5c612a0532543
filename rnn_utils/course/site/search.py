"""The search: an index in which every section of a lesson is an entry of its own, made by Pagefind."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from rnn_utils.project import CourseError

if TYPE_CHECKING:
    from docutils import nodes

#: What is said in these sections is said elsewhere; there it should be found.
ASIDE = re.compile(
    r"Check yourself|What you built|Further reading|References|Find the bug|Exercise \d"
)
#: Files of Pagefind's own interfaces, which the site does not use.
INTERFACE = re.compile(r"-ui\.(js|css)$|highlight\.js$|wasm\.unknown")
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


def build_search(out: Path, documents: Mapping[str, "nodes.document"]) -> None:
    """Write the index of the lessons' sections to the folder `pagefind` of the site.

    Args:
        out: the site's folder.
        documents: what Sphinx read of each lesson.

    Raises:
        CourseError: Pagefind failed; its own words stand in the message.
    """
    entries = [entry for name in documents for entry in sections(name, documents[name])]
    with tempfile.TemporaryDirectory() as folder:
        for k, entry in enumerate(entries):
            (Path(folder) / f"{k}.html").write_text(as_html(entry), "utf-8")
        command = [sys.executable, "-m", "pagefind", f"--site={folder}", "--force-language=en"]
        command += [f"--output-path={out / 'pagefind'}"]
        run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise CourseError("The index of the search could not be made:", run.stdout + run.stderr)
    for file in (out / "pagefind").iterdir():
        if INTERFACE.search(file.name):
            file.unlink()
    (out / "searchindex.js").unlink(missing_ok=True)  # Sphinx's own, which knows pages only


def as_html(section: Section) -> str:
    """Return a section as Pagefind reads it: its title counts most, then the terms that it introduces."""
    lesson = section.above[0] if section.above else section.title
    weight = 0.1 if ASIDE.search(section.title) else 1
    around = "".join(
        f'<p data-pagefind-weight="{weight}">{escape(title)}</p>' for title in section.above
    )
    return (
        '<html lang="en"><body data-pagefind-body>'
        f'<span data-pagefind-meta="lesson[data-lesson], at[data-at]" data-lesson="{escape(lesson)}" '
        f'data-at="{escape(section.url)}"></span>'
        f'<h1 data-pagefind-weight="{7 * weight}">{escape(section.title)}</h1>'
        f'<p data-pagefind-weight="{weight}">{escape(section.words)}</p>'
        f'<p data-pagefind-weight="{5 * weight}">{escape(section.terms)}</p>{around}</body></html>'
    )
