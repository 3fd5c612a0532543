"""Pages whose formulas a browser shows by itself: neither a script nor another machine is asked to."""

import re
from typing import Any
from xml.etree import ElementTree

from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

#: The longest formula that is set, in characters.
_LONGEST = 2000

_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"

#: What a set formula may be made of: a formula of a student's could hold any other element, or a link.
_ELEMENTS = """
    math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr
    mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts
"""
_ATTRIBUTES = """
    display displaystyle scriptlevel mathvariant stretchy fence form accent lspace rspace minsize maxsize
    linethickness columnalign columnlines rowlines movablelimits separator symmetric largeop width height
    depth notation rowspacing columnspacing linebreak
"""

#: What brings MathJax into a page.
_MATHJAX = re.compile(r"(?is)<script\b[^>]*mathjax.*?</script\s*>")


def set_formula(formula: str, display: str) -> str | None:
    """Return a formula as MathML, or nothing where it cannot be set, or could act.

    Args:
        formula: LaTeX, as a student may have written it.
        display: `"inline"` or `"block"`.

    Example:
        >>> "<msup>" in set_formula("x^2", "inline"), set_formula(r"\\text{<script>}", "inline")
        (True, None)
    """
    if len(formula) > _LONGEST:
        return None
    try:
        made = convert(
            formula.replace("{aligned}", "{split}"), display=display
        )  # by the name it knows
        parts = list(ElementTree.fromstring(made).iter())
    except Exception:  # of the many that it raises for what is no formula
        return None
    elements, attributes = set(_ELEMENTS.split()), set(_ATTRIBUTES.split())
    known = all(
        part.tag.removeprefix(_NAMESPACE) in elements and part.attrib.keys() <= attributes
        for part in parts
    )
    return str(made) if known else None


class _Renderer(IPythonRenderer):
    def block_math(self, body: str) -> str:
        return set_formula(body, "block") or super().block_math(body)

    def inline_math(self, body: str) -> str:
        return set_formula(body, "inline") or super().inline_math(body)

    def latex_environment(self, name: str, body: str) -> str:
        whole = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return set_formula(whole, "block") or super().latex_environment(name, body)


class PageWithFormulas(HTMLExporter):
    """A page of a notebook, without MathJax."""

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Return a text of a notebook as HTML.

        Args:
            context: the template's.
            source: the text, in Markdown.
        """
        renderer = _Renderer(
            escape=False,
            attachments=context.get("cell", {}).get("attachments", {}),
            embed_images=self.embed_images,
            anchor_link_text=self.anchor_link_text,
            exclude_anchor_links=self.exclude_anchor_links,
        )
        return str(MarkdownWithMath(renderer=renderer).render(source))

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the page.

        Args:
            nb: the notebook.
            resources: nbconvert's, passed on.
            **kwargs: nbconvert's, passed on.

        Returns:
            The page and the resources.
        """
        page, resources = super().from_notebook_node(nb, resources, **kwargs)
        head, end, body = page.partition("</head>")
        return _MATHJAX.sub("", head) + end + body, resources
