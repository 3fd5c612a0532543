"""The site, built as an owner builds it, and read in a browser that reaches nothing else."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from browser import PATIENCE, chromium, chromium_path, faults, pixels, served, wait_for_change
from executed import KEPT, solved
from playwright.sync_api import Browser, Page, Route
from pyodide import make_pyodide

from rnn_utils.course import build as building
from rnn_utils.course.site import pages

ROOT = Path(__file__).parents[1]
LESSONS = building.lessons(ROOT)

pytestmark = pytest.mark.skipif(
    shutil.which("uv") is None, reason="uv, which brings the site's builders, is not installed"
)
in_a_browser = pytest.mark.skipif(
    chromium_path() is None, reason="neither Chromium nor Chrome is installed"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built by the command of the README as it stands there, in a fresh copy of the course."""
    line = re.search(r"^uv run .*rnn-course site$", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert line
    copy = tmp_path_factory.mktemp("site") / "copy"
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    for lesson in LESSONS:
        solved(lesson)
    shutil.copytree(KEPT, copy / "build" / "executed")
    run = subprocess.run(
        line[0].split(), cwd=copy, capture_output=True, text=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return (copy / "build" / "site").rename(copy.parent / "course")


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site, served from a folder of a host, as GitHub Pages does."""
    with served(site.parent) as base:
        yield f"{base}/course"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def reader(address: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page that reaches the site only; `page.left` lists what asked for more."""
    with contextlib.ExitStack() as opened:

        def read(**context: object) -> Page:
            place = opened.enter_context(browser.new_context(**context))
            page = place.new_page()
            page.set_default_timeout(PATIENCE)
            page.left, page.problems = [], []

            def only_the_site(route: Route) -> None:
                if route.request.url.startswith((address, "data:", "blob:")):
                    route.continue_()
                else:
                    page.left.append(route.request.url)
                    route.abort()

            page.route("**/*", only_the_site)
            page.on("pageerror", lambda error: page.problems.append(str(error)))
            page.on("response", lambda r: r.ok or page.problems.append(f"{r.status} {r.url}"))
            return page

        yield read


class Links(HTMLParser):
    """Everything that a page refers to, and the names that can be referred to in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" and value:
                self.anchors.add(value)


def test_every_link_of_every_page_resolves(site: Path) -> None:
    pages = {page: Links(page) for page in site.glob("*.html")}
    assert {f"{lesson}.html" for lesson in LESSONS} < {page.name for page in pages}
    broken = []
    for page, found in pages.items():
        for link in found.links:
            url = urlsplit(link)
            if url.scheme in ("http", "https", "data", "mailto"):
                continue
            target = (page.parent / unquote(url.path)).resolve() if url.path else page
            missing_anchor = (
                url.fragment and target in pages and url.fragment not in pages[target].anchors
            )
            if not target.exists() or missing_anchor:
                broken.append(f"{page.name}: {link}")
    assert not broken


def test_the_notebooks_that_run_there_are_those_of_the_laptop_edition(site: Path) -> None:
    for lesson in LESSONS:
        served = site / "lite" / "files" / lesson / f"{lesson}.ipynb"
        released = ROOT / "notebooks" / lesson / f"{lesson}.ipynb"
        assert served.read_bytes() == released.read_bytes()


def test_no_hidden_test_is_on_the_site(site: Path) -> None:
    text = "".join(page.read_text("utf-8") for page in site.glob("*.html"))
    assert "HIDDEN TESTS" not in text
    assert "BEGIN SOLUTION" not in text


def test_colab_gets_the_same_cells_after_one_that_installs() -> None:
    lesson = LESSONS[1]
    released = nbformat.read(ROOT / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    first, *rest = pages.for_colab(released, "owner/course").cells
    assert "github.com/owner/course" in first.source
    assert rest == released.cells


@in_a_browser
@pytest.mark.parametrize("lesson", ["index", *LESSONS])
def test_a_page_shows_itself_without_any_other_host(
    address: str, reader: Callable[..., Page], lesson: str
) -> None:
    page = reader()
    page.goto(f"{address}/{lesson}.html", wait_until="networkidle")
    assert page.locator("h1").first.is_visible()
    if page.locator(".math").count():  # formulas are set, and so is nothing left of their source
        assert page.locator("mjx-container").count() > 0
    assert (page.left, page.problems) == ([], [])


@in_a_browser
@pytest.mark.parametrize("lesson", LESSONS)
def test_on_a_phone_no_page_scrolls_sideways(
    address: str, reader: Callable[..., Page], lesson: str
) -> None:
    page = reader(viewport={"width": 375, "height": 700})
    page.goto(f"{address}/{lesson}.html", wait_until="networkidle")
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= seen


#: Waits until the formulas are set and what this changes is drawn.
SETTLED = """async () => {
    await window.MathJax?.startup?.promise;
    for (const _ of "12") await new Promise(requestAnimationFrame);
}"""


@in_a_browser
@pytest.mark.parametrize(
    "name", ["index.html", "search.html?q=persistence", *(f"{lesson}.html" for lesson in LESSONS)]
)
def test_axe_finds_no_fault_in_a_page(address: str, reader: Callable[..., Page], name: str) -> None:
    page = reader(color_scheme="light")
    page.goto(f"{address}/{name}", wait_until="networkidle")
    page.wait_for_load_state("load")  # which may come later on a busy machine
    page.evaluate(SETTLED)
    # axe-core does not read MathML, so a heading that is only a formula is empty to it.
    assert [fault for fault in faults(page, ("html",)) if fault[0] != "empty-table-header"] == []
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    assert page.evaluate(background) != light
    assert faults(page, ("html",), runOnly=["color-contrast"]) == []
    assert "" not in [text.strip() for text in page.locator("th").all_text_contents()]


@in_a_browser
def test_the_search_finds_a_lesson_by_a_word(address: str, reader: Callable[..., Page]) -> None:
    page = reader()
    page.goto(f"{address}/search.html?q=persistence")
    page.locator("#search-results li a").first.wait_for()
    found = " ".join(page.locator("#search-results li a").all_inner_texts())
    assert re.search("Forecasting", found)
    assert page.left == []


@in_a_browser
def test_what_was_read_is_remembered_on_the_start_page(
    address: str, reader: Callable[..., Page]
) -> None:
    page = reader()
    page.clock.install()
    marks = page.locator(f".progress[data-lesson='{LESSONS[1]}']")
    page.goto(f"{address}/{LESSONS[1]}.html", wait_until="networkidle")
    ends = page.locator(".end-of-section")
    page.keyboard.press("End")  # who leaves through a lesson has not read it
    page.goto(f"{address}/index.html", wait_until="networkidle")
    assert "read" not in marks.inner_text()
    page.goto(f"{address}/{LESSONS[1]}.html", wait_until="networkidle")
    for end in range(ends.count()):
        ends.nth(end).scroll_into_view_if_needed()
        page.evaluate("() => new Promise(requestAnimationFrame)")
        page.evaluate("() => new Promise(requestAnimationFrame)")
        page.clock.run_for(2500)
    page.goto(f"{address}/index.html")
    marks.filter(has_text=re.compile("^read$")).wait_for()
    assert "read" not in page.locator(f".progress[data-lesson='{LESSONS[2]}']").inner_text()


@in_a_browser
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_play_of_a_page_moves_with_its_first_slider(
    address: str, reader: Callable[..., Page], lesson: str
) -> None:
    page = reader()
    page.goto(f"{address}/{lesson}.html", wait_until="networkidle")
    # Optional parts are folded; what is in one is drawn when a reader opens it.
    page.evaluate(
        "document.querySelectorAll('details.optional').forEach((part) => { part.open = true; })"
    )
    page.evaluate(
        "document.querySelectorAll('.tag_veil').forEach((it) => it.classList.add('unveiled'))"
    )
    pictures = page.locator(
        ".rnn-play[data-widget]:not([data-widget=questions], [data-widget=writer])"
    )
    for play in range(pictures.count()):
        pictures.nth(play).scroll_into_view_if_needed()  # they are made when they come near
        pictures.nth(play).locator(".rnn-picture canvas").wait_for()
    plays = page.locator(".rnn-play:has(.rnn-picture canvas)")
    for play in range(plays.count()):
        slider = plays.nth(play).locator("input[type=range]:enabled").first
        before = pixels(page, play)
        slider.focus()
        at_its_end = slider.evaluate("it => it.value === it.max")
        page.keyboard.press("ArrowLeft" if at_its_end else "ArrowRight")
        wait_for_change(page, before, play)
    assert page.problems == []


@in_a_browser
def test_work_survives_a_reload_and_is_counted_on_the_start_page(
    address: str, reader: Callable[..., Page]
) -> None:
    page = reader()
    lesson = LESSONS[1]
    notebook = f"{address}/lite/lab/index.html?path={lesson}/{lesson}.ipynb"
    first_cell = page.locator(".jp-CodeCell .cm-content").first
    page.goto(notebook)
    first_cell.wait_for()
    first_cell.click()
    page.keyboard.type("# mine\n")
    page.keyboard.press("Control+s")
    page.locator(".jp-mod-dirty").first.wait_for(state="detached")
    page.goto(notebook)
    first_cell.filter(has_text="# mine").wait_for()
    page.goto(f"{address}/index.html")
    checks = len(
        re.findall("grade: true", (ROOT / "solutions" / lesson / f"{lesson}.md").read_text())
    )
    page.locator(".progress", has_text=f"0 of {checks} checks passed").wait_for()


@pytest.fixture
def offline(site: Path, address: str, tmp_path: Path) -> str:
    """The address of a JupyterLite that has its own Python, for a host without the internet."""
    if shutil.which("npm") is None:
        pytest.skip("npm, which brings the core of Pyodide, is not installed")
    kernel = site / "lite" / "extensions" / "@jupyterlite" / "pyodide-kernel-extension" / "static"
    scripts = "".join(script.read_text("utf-8") for script in kernel.glob("*.js"))
    version = re.search(r"/pyodide/v([\d.]+)/full/", scripts)[1]
    build = (
        "import sys; from pathlib import Path; from rnn_utils.course.site.lite import build_lite; "
        "build_lite(*map(Path, sys.argv[1:]))"
    )
    out = site.with_name(f"{site.name}-offline")
    command = ["uv", "run", "--isolated", "--group", "site", "python", "-c", build]
    arguments = [ROOT, out / "lite", make_pyodide(version, tmp_path)]
    subprocess.run([*command, *map(str, arguments)], cwd=ROOT, check=True, capture_output=True)
    return f"{address}-offline"


@in_a_browser
def test_python_starts_in_the_browser_from_the_owners_folder(
    offline: str, reader: Callable[..., Page]
) -> None:
    page = reader()
    lesson = LESSONS[1]
    page.goto(f"{offline}/lite/lab/index.html?path={lesson}/{lesson}.ipynb")
    cell = page.locator(".jp-CodeCell").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("import sys; from importlib.util import find_spec\n")
    page.keyboard.type("sys.platform, *map(bool, map(find_spec, ['rnn_utils', 'anywidget']))")
    page.keyboard.press("Shift+Enter")
    shown = cell.locator(".jp-OutputArea-output").first
    shown.filter(has_text="('emscripten', True, True)").wait_for()
    assert page.left == []
