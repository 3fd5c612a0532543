"""From the solved lessons to pages, by Sphinx with MyST-NB."""

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from os import cpu_count
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from rnn_utils import __version__
from rnn_utils.course.build import lessons, read_lesson
from rnn_utils.course.execute import execute
from rnn_utils.course.site import colab, exercises
from rnn_utils.course.site.cells import as_page, runnable
from rnn_utils.course.site.search import write_search
from rnn_utils.course.site.start import ABOUT, TITLE, index, parts, write_start
from rnn_utils.course_folder import CourseError
from rnn_utils.widgets.javascript import JS

GOAL = re.compile(r"^- (.+(?:\n  .+)*)", re.M)
STATIC = Path(__file__).with_name("static")
#: The parts of MathJax that set formulas; all in one would bring a menu along, a third of it.
MATHJAX = ["input/tex", "output/chtml", "a11y/assistive-mml"]
TEMPLATES = Path(__file__).with_name("templates")


def build_pages(
    root: Path,
    out: Path,
    pyodide: Path | None = None,
    only: Sequence[str] | None = None,
    address: str = "",
) -> None:
    """Write every lesson as a page, with a start page and a search.

    Lessons are executed once; the results are kept in `build/executed` until something changes that they
    depend on.

    Args:
        root: the course's folder.
        out: the folder to make.
        pyodide: a folder with the Pyodide distribution, which checks answers in the pages; None takes it
            from its content network.
        only: lessons to make pages of; all unless given.
        address: where the site will be, with a slash at its end; empty where that is not known.

    Raises:
        CourseError: a page cannot be built; the reasons are in the message.
    """
    from sphinx.application import Sphinx

    names = list(only or lessons(root))
    released = {name: released_lesson(root, name) for name in names}
    python = exercises.python_of(pyodide)
    course = parts((root / "README.md").read_text("utf-8"))
    repository = github_repository(root)
    solved = {name: runnable(read_lesson(root, name)) for name in names}
    execute(solved, keep=root / "build" / "executed")
    shutil.rmtree(out, ignore_errors=True)
    (out / "_images").mkdir(parents=True)
    pages = {
        name: titled(name, as_page(done, repository, out / "_images"), repository)
        for name, done in solved.items()
    }
    for name, page in pages.items():
        exercises.into_page(page, name, released[name], python)
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        for name, page in pages.items():
            nbformat.write(page, source / f"{name}.ipynb")
        (source / "index.md").write_text(index(course), "utf-8")
        plays = lay_out_static(source / "static")
        exercises.write_archive(source / "static" / "exercises" / "course.zip", solved)
        application = Sphinx(
            source,
            confdir=None,
            outdir=out,
            doctreedir=source / "doctrees",
            buildername="html",
            confoverrides=configuration(
                plays, address, {name: about(page) for name, page in solved.items()}
            ),
            warningiserror=False,
            parallel=cpu_count() or 1,
            status=None,
        )
        # Sphinx's own search knows pages only; ours knows their sections.
        application.builder.search = False
        application.build()
        if application.statuscode:
            raise CourseError("The pages could not be built; the reasons stand above.")
        documents = {name: application.env.get_doctree(name) for name in names}
        write_search(out / "_static" / "sections.json", documents)
    write_start(root, out, course, plays, repository, address)


def released_lesson(root: Path, lesson: str) -> NotebookNode:
    """Return the learner's notebook of a lesson."""
    return nbformat.read(root / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)


def lay_out_static(static: Path) -> str:
    """Write the files that all pages share; return the folder of what moves the pictures.

    Its name changes with its content, so that no browser takes an old module beside a new one.
    """
    import mathjax

    mathjax_files = Path(mathjax.__file__).parent / "static" / "mathjax" / "es5"
    shutil.copytree(STATIC, static, ignore=shutil.ignore_patterns("lite.js"))  # JupyterLite's
    shutil.copytree(mathjax_files / "output" / "chtml", static / "mathjax" / "output" / "chtml")
    for part in ("startup", "core", *MATHJAX):
        place = static / "mathjax" / f"{part}.js"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(mathjax_files / f"{part}.js", place)
    modules = [*sorted(JS.glob("*.js")), JS / "kit.css", static / "plays.js", static / "start.js"]
    content = b"".join(module.read_bytes() for module in modules)
    plays = static / f"plays-{hashlib.sha256(content).hexdigest()[:12]}"
    plays.mkdir()
    for module in modules:
        shutil.copy(module, plays)
    for module in (static / "plays.js", static / "start.js"):
        module.unlink()
    return plays.name


def configuration(plays: str, address: str, told: dict[str, str]) -> dict[str, Any]:
    """Return Sphinx's settings.

    Args:
        plays: the folder that `lay_out_static` named.
        address: where the site will be; empty where that is not known.
        told: what search engines say of each page.
    """
    return {
        "project": TITLE,
        "version": __version__,
        "language": "en-GB",
        "extensions": ["myst_nb"],
        "html_theme": "furo",
        "html_baseurl": address,
        "html_context": {"told": told, "about": ABOUT, "address": address},
        "html_title": TITLE,
        "templates_path": [str(TEMPLATES)],
        "html_static_path": ["static"],
        "html_css_files": [f"{plays}/kit.css", "site.css", *exercises.CSS],
        "html_js_files": [
            "progress.js",
            "keyboard.js",
            "optional.js",
            "small_screen.js",
            (f"{plays}/plays.js", {"type": "module"}),
            *exercises.JS,
        ],
        "html_show_copyright": False,
        "html_favicon": "static/favicon.svg",
        "html_use_index": False,
        "html_additional_pages": {"search": "search.html"},
        "html_copy_source": False,
        "html_show_sphinx": False,
        "myst_enable_extensions": ["dollarmath", "amsmath"],
        "myst_heading_anchors": 3,
        # the page's own MathJax: nothing is fetched from elsewhere
        "mathjax_path": "mathjax/startup.js",
        "mathjax3_config": {"loader": {"load": MATHJAX}},
        "nb_execution_mode": "off",  # they come executed
        "nb_merge_streams": True,
        "nb_render_markdown_format": "gfm",  # an output may hold a table
        "nb_ipywidgets_js": {},  # they would be fetched from a content network
        # a picture is live in the page by what it brings along as HTML, not by a kernel's widget
        "nb_mime_priority_overrides": [
            ("html", "application/vnd.jupyter.widget-view+json", None),
            ("html", "text/html", 1),
        ],
        "suppress_warnings": ["mystnb.unknown_mime_type", "myst.xref_missing", "config.cache"],
    }


def title_of(page: NotebookNode) -> str:
    """Return a lesson's title with its number."""
    return page.cells[0].source.splitlines()[0].removeprefix("# ")


def about(page: NotebookNode) -> str:
    """Return what a lesson is about in a sentence: what one is able to do after it."""
    goals = [goal.rstrip(";.") for goal in GOAL.findall(page.cells[0].source)]
    plain = re.sub(r"[$`*\\]|\[([^\]]+)\]\([^)]*\)", r"\1", "; ".join(goals))
    return f"{title_of(page)}. You will be able to {plain}."


def titled(lesson: str, page: NotebookNode, repository: str | None) -> NotebookNode:
    """Put the ways to run a lesson under its title."""
    title, rest = page.cells[0].source.split("\n", 1)
    page.cells[0].source = f"{title}\n\n{ways_to_run(lesson, repository)}\n{rest}"
    return page


def ways_to_run(lesson: str, repository: str | None) -> str:
    """Return the line that offers to run a lesson."""
    ways = {"in this browser": f"lite/lab/index.html?path={lesson}/{lesson}.ipynb"}
    if repository:
        ways["on Binder"] = (
            f"https://mybinder.org/v2/gh/{repository}/HEAD"
            f"?urlpath=lab/tree/notebooks/{lesson}/{lesson}.ipynb"
        )
        ways["in Colab"] = colab.address(repository, lesson)
    links = " · ".join(f'<a href="{url}">{name}</a>' for name, url in ways.items())
    return f'<p class="run">Run this lesson: {links}</p>'


def github_repository(root: Path) -> str | None:
    """Return owner/name of the GitHub repository that this copy of the course comes from, if any."""
    command = ["git", "remote", "get-url", "origin"]
    try:
        url = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?$", url.strip())
    return found[1] if found else None
