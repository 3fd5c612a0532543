"""A policy for nbgrader's formgrader: of a page that shows a submission, only its own scripts run.

It is an extension of the Jupyter server, which the installation turns on (`etc/jupyter`). Where nbgrader's
own extension is on, too, it makes the pages of submissions by an exporter of its own.
"""

import base64
import hashlib
import re
import secrets
from copy import deepcopy
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from rnn_utils.grading.book.policy import with_policy

#: Where nbconvert's template takes MathJax from.
_MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"

#: What a submission's cell may show there; others are drawn by scripts, or can hold some.
_SHOWN = frozenset({"text/plain", "text/html", "image/png", "image/jpeg"})

_HANDLER = re.compile(r'\bonclick="([^"]*)"')


class SubmissionPage(HTMLExporter):
    """A page of the formgrader that says itself which scripts may run: those of nbgrader's template."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the page.

        Args:
            nb: the graded notebook.
            resources: nbconvert's, passed on.
            **kwargs: nbconvert's, passed on.

        Returns:
            The page and the resources.
        """
        empty = deepcopy(nb)
        empty.cells = []
        template, _ = super().from_notebook_node(empty, deepcopy(resources), **kwargs)
        handlers = " ".join(sorted(map(_digest, _HANDLER.findall(template))))
        page, resources = super().from_notebook_node(without_scripts(nb), resources, **kwargs)
        nonce = secrets.token_urlsafe(16)
        page = re.sub(r"(?i)<script\b", f'<script nonce="{nonce}"', page)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}' 'unsafe-eval' 'unsafe-hashes' {handlers} "
            f"{_MATHJAX}; style-src 'self' 'unsafe-inline'; font-src 'self' data: {_MATHJAX}; "
            "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'"
        )
        return with_policy(page, policy), resources


def without_scripts(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook in which no cell shows the tag of a script.

    Example:
        >>> from nbformat.v4 import new_markdown_cell, new_notebook
        >>> without_scripts(new_notebook(cells=[new_markdown_cell("<SCRIPT>x()")])).cells[0].source
        '&lt;SCRIPT>x()'
    """
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            cell.source = _without_tag(cell.source)
        for output in cell.get("outputs", ()):
            if "data" in output:
                output.data = NotebookNode(
                    {
                        kind: _without_tag("".join(data)) if kind == "text/html" else data
                        for kind, data in output.data.items()
                        if kind in _SHOWN
                    }
                )
    return notebook


def _without_tag(text: str) -> str:
    return re.sub(r"(?i)<(?=/?script)", "&lt;", text)


def _digest(handler: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(handler.encode()).digest()).decode()}'"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "rnn_utils.classroom.formgrader"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Take the place of the formgrader's exporter, which nbgrader's extension has made before."""
    settings = server.web_app.settings
    theirs = settings.get("nbgrader_exporter")
    if theirs is not None:
        settings["nbgrader_exporter"] = SubmissionPage(config=theirs.config)
