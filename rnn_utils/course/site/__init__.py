"""The course as a site: one folder to be served by any static host.

`pages` turns lessons into pages that Sphinx builds, `lite` puts a JupyterLab that runs in the browser
beside them.
"""

from importlib.util import find_spec
from pathlib import Path

from rnn_utils.course_folder import CourseError

BUILDERS = (
    "sphinx",
    "myst_nb",
    "furo",
    "mathjax",
    "jupyterlite_pyodide_kernel",
    "hatchling",
)


def build_site(root: Path, out: Path, pyodide: Path | None, address: str = "") -> None:
    """Build the site.

    Args:
        root: the course's folder.
        out: the folder to make; what an earlier build left there is replaced.
        pyodide: a folder with the Pyodide distribution to serve with the site, so that lessons run
            without any other host; None takes it from its content network.
        address: where the site will be, for search engines and social networks; empty if not known.

    Raises:
        CourseError: the site's builders are not installed, or a page cannot be built.
    """
    missing = [name for name in BUILDERS if find_spec(name) is None]
    if missing:
        raise CourseError(
            f"The site is built by packages that are not installed here ({', '.join(missing)}). "
            "Run `uv run --isolated --group site rnn-course site`."
        )
    # Builders run in folders of their own, where a path relative to this one means another place.
    out = out.resolve()
    pyodide = pyodide.resolve() if pyodide is not None else None
    from rnn_utils.course.site.lite import build_lite
    from rnn_utils.course.site.pages import build_pages

    build_pages(root, out, pyodide, address=f"{address.rstrip('/')}/" if address else "")
    build_lite(root, out / "lite", pyodide)
