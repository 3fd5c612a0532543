"""A policy for nbgrader's formgrader: of all its pages, only nbgrader's own scripts run.

It is an extension of the Jupyter server, which the installation turns on (`etc/jupyter`). Where nbgrader's
own extension is on, too, it makes the pages of submissions by an exporter of its own, has what a page's
address says escaped in the lists, lets nothing run in a file that a student handed in, and stops at no time
that is none.
"""

import base64
import hashlib
import os
import re
import secrets
from copy import deepcopy
from datetime import datetime
from typing import Any

from jinja2 import Template
from nbformat import NotebookNode

from rnn_utils.grading.book.content_security_policy import POLICY, with_policy
from rnn_utils.grading.book.gradebook import timestamp_in
from rnn_utils.grading.book.page_formulas import PageWithFormulas
from rnn_utils.grading.intake.folder import (
    TIMESTAMP,
    TIMESTAMP_BYTES,
    File,
    Refused,
    open_folder,
    read_file,
)

#: What a file may do that a student handed in beside a notebook: be looked at.
_OF_FILES = f"sandbox; {POLICY}"

#: What a submission's cell may show there; others are drawn by scripts, or can hold some.
_SHOWN = frozenset({"text/plain", "text/html", "image/png", "image/jpeg"})

_HANDLER = re.compile(r'\bonclick="([^"]*)"')


class SubmissionPage(PageWithFormulas):
    """A page of the formgrader that shows a submission."""

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
        page, resources = super().from_notebook_node(without_scripts(nb), resources, **kwargs)
        return only_its_own_scripts(page, template), resources


class ListPage(Template):
    """A page of the formgrader that lists lessons, students or submissions."""

    def render(self, *arguments: Any, **named: Any) -> str:
        """Make the page."""
        page = super().render(*arguments, **named)
        return only_its_own_scripts(page, page)


def only_its_own_scripts(page: str, template: str) -> str:
    """Return a page that says itself which scripts may run: those of nbgrader's template.

    Args:
        page: the page, in which no student's text has the tag of a script.
        template: the page with nothing of a student's, whose attributes may act.
    """
    if "<head" not in page:
        return page
    nonce = secrets.token_urlsafe(16)
    handlers = " ".join(sorted(map(_digest, _HANDLER.findall(template))))
    page = re.sub(r"(?i)<script\b", f'<script nonce="{nonce}"', page)
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'unsafe-eval' 'unsafe-hashes' {handlers}; "
        "style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'"
    )
    return with_policy(page, policy)


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


def known_time(api: Any, lesson: str, student: str) -> datetime | None:
    """Return when something was handed in, as the grader reads it, or none.

    At what is no time, nbgrader's own would show no list of any student's.

    Args:
        api: nbgrader's.
        lesson: the lesson's name.
        student: whose hand-in it is.
    """
    directory = api.coursedir
    path = directory.format_path(directory.submitted_directory, student, lesson)
    try:
        folder = open_folder(*os.path.split(path))
    except (Refused, OSError):
        return None
    try:
        content = read_file(folder, TIMESTAMP, TIMESTAMP_BYTES)
    except Refused:
        return None
    finally:
        os.close(folder)
    when, _ = timestamp_in([File(TIMESTAMP, content)])
    return when


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "rnn_utils.classroom.formgrader"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Take the place of what nbgrader's extension has made before: exporter and templates."""
    settings = server.web_app.settings
    theirs = settings.get("nbgrader_exporter")
    if theirs is None:
        return
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.server_extensions.formgrader.handlers import SubmissionFilesHandler

    NbGraderAPI.get_submitted_timestamp = known_time
    settings["nbgrader_exporter"] = SubmissionPage(config=theirs.config)
    settings["nbgrader_jinja2_env"].autoescape = True
    settings["nbgrader_jinja2_env"].template_class = ListPage
    SubmissionFilesHandler.content_security_policy = _OF_FILES
