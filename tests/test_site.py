"""The site, built as an owner builds it, and read in a browser that reaches nothing else.

One file, since all tests look at the one site, which takes minutes to build.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from browser import (
    COLOURS,
    PATIENCE,
    chromium_path,
    faults,
    pixels,
    served,
    wait_for_change,
)
from executed import KEPT, solved
from playwright.sync_api import Browser, Page, Response
from pyodide import make_pyodide

from rnn_utils.course import build as building
from rnn_utils.questions.read import question

ROOT = Path(__file__).parents[1]
LESSONS = building.lessons(ROOT)
WIDTHS = (390, 1024, 1440)
#: Where pictures of pages that fail are kept, for whoever sees only the log.
SCREENSHOTS = os.environ.get("RNN_COURSE_SCREENSHOTS")

pytestmark = pytest.mark.skipif(
    shutil.which("uv") is None, reason="uv, which brings the site's builders, is not installed"
)
in_a_browser = pytest.mark.skipif(
    chromium_path() is None, reason="neither Chromium nor Chrome is installed"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built by the command of the README as it stands there, in a fresh copy of the course.

    `RNN_COURSE_SITE` names one that is built already, such as that which a workflow is about to publish.
    """
    place = tmp_path_factory.mktemp("site")
    if built := os.environ.get("RNN_COURSE_SITE"):
        return shutil.copytree(ROOT / built, place / "course")
    line = re.search(r"^uv run .*rnn-course site$", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert line
    copy = place / "copy"
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    for lesson in reversed(LESSONS):  # test_lessons comes from the other end
        solved(lesson)
    shutil.copytree(KEPT, copy / "build" / "executed")
    run = subprocess.run(
        line[0].split(), cwd=copy, capture_output=True, text=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return (copy / "build" / "site").rename(place / "course")


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site, served from a folder of a host, as GitHub Pages does."""
    with served(site.parent) as base:
        yield f"{base}/course"


@pytest.fixture
def looked_at(request: pytest.FixtureRequest) -> Iterator[list[Page]]:
    """The pages that a test looks at, of which pictures are kept if it fails."""
    pages: list[Page] = []
    failed = request.session.testsfailed
    yield pages
    if SCREENSHOTS and request.session.testsfailed > failed:
        for k, page in enumerate(pages):
            name = re.sub(r"[^\w-]+", "_", f"{request.node.name}_{k}")
            page.screenshot(path=ROOT / SCREENSHOTS / f"{name}.png")


@contextlib.contextmanager
def tab(browser: Browser, address: str, **context: object) -> Iterator[Page]:
    """A page of a reader who was never there; `page.left` lists what asked for more than the site.

    The browser finds no other host; see `browser.ARGUMENTS`.
    """
    inside = (address, "data:", "blob:")

    def came(response: Response) -> None:
        if response.status >= 400:
            page.problems.append(f"{response.status} {response.url}")
        if not response.url.startswith(inside) and not response.from_service_worker:
            page.left.append(response.url)

    with contextlib.closing(browser.new_context(**context)) as place:
        page = place.new_page()
        page.set_default_timeout(PATIENCE)
        page.left, page.problems = [], []
        page.on("requestfailed", lambda r: r.url.startswith(inside) or page.left.append(r.url))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("response", came)
        yield page


@pytest.fixture
def reader(address: str, browser: Browser, looked_at: list[Page]) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of a reader who was never there."""
    with contextlib.ExitStack() as opened:

        def read(**context: object) -> Page:
            looked_at.append(opened.enter_context(tab(browser, address, **context)))
            return looked_at[-1]

        yield read


@pytest.fixture(scope="module")
def returning(address: str, browser: Browser) -> Iterator[Page]:
    """The page of a reader who goes on from lesson to lesson, and whose browser keeps what they share."""
    with tab(browser, address, color_scheme="light") as page:
        yield page


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, address: str, returning: Page) -> Page:
    """A page as it comes, at the largest width, for all tests that look at it one after another."""
    returning.left.clear()
    returning.problems.clear()
    returning.emulate_media(media="screen", color_scheme="light")
    returning.set_viewport_size({"width": WIDTHS[-1], "height": 900})
    returning.goto(f"{address}/{request.param}.html", wait_until="networkidle")
    returning.evaluate(SETTLED)
    return returning


@pytest.fixture
def page(opened: Page, looked_at: list[Page]) -> Page:
    looked_at.append(opened)
    return opened


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
    pages = {page: Links(page) for page in site.glob("*.html") if page.name != "404.html"}
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


def test_pages_hold_no_hidden_test_no_verdict_of_ours_and_no_path_of_the_builder(
    site: Path,
) -> None:
    for page in site.glob("[0-9][0-9]_*.html"):
        text = page.read_text("utf-8")
        for word in ("HIDDEN TESTS", "BEGIN SOLUTION", "visible checks passed</strong>", str(ROOT)):
            assert word not in text, (page.name, word)


def test_pages_share_what_they_load(site: Path) -> None:
    """Modules, styles and pictures are files that a browser keeps, not parts of a page."""
    for page in site.glob("[0-9][0-9]_*.html"):
        text = page.read_text("utf-8")
        assert "data:image/png" not in text
        assert "function render(" not in text
        assert len(text.encode()) < 600_000, page.name


def test_no_answer_can_be_read_in_a_page_before_a_guess(site: Path) -> None:
    for lesson, name in (("03", "size"), ("07", "ways"), ("11", "scale")):
        [page] = site.glob(f"{lesson}_*.html")
        after = question(f"{lesson}/{name}", "prediction").after
        assert after
        assert after.split("$")[0][:60] not in page.read_text("utf-8")


def test_search_engines_and_social_networks_are_told_of_every_page(site: Path) -> None:
    told = set()
    for page in [site / "index.html", *site.glob("[0-9][0-9]_*.html")]:
        text = page.read_text("utf-8")
        described = re.search(r'<meta name="description" content="([^"]{60,})"', text)
        assert described, page.name
        told.add(described[1])
        for name in ("og:title", "og:description", "og:image", "og:type"):
            assert re.search(rf'<meta property="{name}" content="[^"]+"', text), (page.name, name)
    assert len(told) == len(LESSONS) + 1
    assert (site / "_static" / "social.png").read_bytes()[16:24] == bytes.fromhex(
        "000004b000000276"
    )
    assert "Allow: /" in (site / "robots.txt").read_text("utf-8")
    assert (site / "LICENSE.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_start_page_tells_of_the_course_what_is_written_elsewhere(site: Path) -> None:
    page = " ".join((site / "index.html").read_text("utf-8").split())
    readme = (ROOT / "README.md").read_text("utf-8")
    for lesson in LESSONS:
        minutes = re.search(rf"/{lesson}\.ipynb\) \| (\d+) \|", readme)
        assert minutes
        shown = re.search(
            rf'href="{lesson}\.html".*?class="minutes">(\d+) min(?: · (\d+) points?)?<', page
        )
        assert shown
        assert shown[1] == minutes[1]
        told = re.search(r"0 of (\d+) point", (site / f"{lesson}.html").read_text("utf-8"))
        assert shown[2] == (told and told[1])
    for part in re.findall(r"\*\*Part [IVX]+: ([^*]+)\*\*", readme):
        assert f">{part.capitalize()}</h3>" in page
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert f"version {citation['version']}" in page
    opens = re.search(r"^pip install uv && uv run .*rnn-course$", readme, re.M)
    assert opens
    assert escape(opens[0]) in page


@in_a_browser
def test_a_network_writes_on_the_start_page_unless_motion_is_unwanted(
    reader: Callable[..., Page], address: str
) -> None:
    page = reader()
    page.goto(f"{address}/index.html")
    field = page.locator("#writer textarea")
    field.wait_for()
    page.wait_for_function("() => document.querySelector('#writer textarea').value.length > 30")
    assert (page.left, page.problems) == ([], [])
    still = reader(reduced_motion="reduce")
    still.clock.install()
    still.goto(f"{address}/index.html")
    still.locator("#writer textarea").wait_for()
    still.clock.run_for(3000)
    begun = still.locator("#writer textarea").input_value()
    assert page.locator("#writer textarea").input_value().startswith(begun)
    still.get_by_role("button", name="Write on").click()
    still.clock.run_for(3000)
    assert len(still.locator("#writer textarea").input_value()) > len(begun)


#: Waits until the formulas are set and what this changes is drawn.
SETTLED = """async () => {
    await window.MathJax?.startup?.promise;
    for (const _ of "12") await new Promise(requestAnimationFrame);
}"""
#: What is cut off, or makes the page scroll sideways.
CUT_OFF = """() => [
    document.documentElement.scrollWidth > innerWidth && "the page",
    ...[...document.querySelectorAll("pre, .rnn-play, .cell_output img")].map((it) => {
        const { right, width } = it.getBoundingClientRect();
        const wide = right > innerWidth + 1 || it.scrollWidth > it.clientWidth + 1;
        return width && wide && it.outerHTML.slice(0, 120);
    }),
].filter(Boolean)"""
#: Formulas that are written smaller than a footnote.
TINY = """() => [...document.querySelectorAll(".math")]
    .filter((it) => it.checkVisibility() && parseFloat(getComputedStyle(it).fontSize) < 12)
    .map((it) => it.outerHTML.slice(0, 120))"""
#: What a finger misses: anything to press that is lower or narrower than 24 pixels and is not part of a text.
SMALL = """() => [...document.querySelectorAll("button, summary, select, input, nav a, .sidebar-tree a")]
    .filter((it) => it.checkVisibility() && getComputedStyle(it).opacity !== "0")
    .map((it) => [it, (it.closest("label") ?? it).getBoundingClientRect()])
    .filter(([it, { width, right }]) => width && right > 0 && it.type !== "checkbox")
    .filter(([, { width, height }]) => height < 23.9 || width < 23.9)
    .map(([it, box]) => `${it.outerHTML.slice(0, 100)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


#: Marks, of all texts with the same colours of letters and ground, size and weight, the first and the last:
#: themes differ in nothing else, and what lies over a text was looked at in the first one.
MARK_COLOURS = """() => {
    const grounds = new Map();
    const ground = (it) => {
        if (!it) return "";
        if (!grounds.has(it)) {
            const { backgroundColor, backgroundImage, opacity, filter } = getComputedStyle(it);
            const own = [backgroundColor, backgroundImage, opacity, filter].join();
            const above = ground(it.parentElement);
            grounds.set(it, above.endsWith(own) ? above : `${above};${own}`);
        }
        return grounds.get(it);
    };
    const first = new Map(), last = new Map();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const it = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !it.checkVisibility()) continue;
        const { color, fontSize, fontWeight, textShadow } = getComputedStyle(it);
        const kind = [it.tagName === "A", color, fontSize, fontWeight, textShadow, ground(it)].join();
        if (!first.has(kind)) first.set(kind, it);
        last.set(kind, it);
    }
    for (const it of [...first.values(), ...last.values()]) it.dataset.colours = "";
}"""


@in_a_browser
@pytest.mark.parametrize("opened", [*LESSONS, "index", "search", "404"], indirect=True)
def test_a_page_is_whole_and_without_fault_at_every_width_light_and_dark(page: Page) -> None:
    name = Path(urlsplit(page.url).path).stem
    assert page.locator("h1").first.is_visible()
    if page.locator(".math").count():  # formulas are set, and so is nothing left of their source
        assert page.locator("mjx-container").count() > 0
    if name != "404":  # whose links begin at the top of the host
        assert (page.left, page.problems) == ([], [])
    # axe-core does not read MathML, so a heading that is only a formula is empty to it.
    assert [fault for fault in faults(page, ("html",)) if fault[0] != "empty-table-header"] == []
    assert "" not in [text.strip() for text in page.locator("th").all_text_contents()]
    walls = page.locator(".cell_output p").evaluate_all(
        "(all) => all.filter((p) => p.textContent.trim().startsWith('|')).length"
    )
    assert walls == 0, "a table is shown as its source"
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    if name != "404":
        assert page.evaluate(background) != light
    page.evaluate(MARK_COLOURS)
    assert faults(page, ("[data-colours]",), runOnly=COLOURS) == []
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(SETTLED)
        assert page.evaluate(CUT_OFF) == [], width
        assert page.evaluate(TINY) == [], width
    if name != "404":
        assert page.evaluate(SMALL) == []


#: Where a play's controls and its picture stand, once its picture is scrolled through to its end.
AT_ITS_END = """async (play) => {
    const [controls, picture] = [".rnn-controls", "canvas"].map((part) => play.querySelector(part));
    scrollBy(0, picture.getBoundingClientRect().bottom - innerHeight);
    for (const _ of "12") await new Promise(requestAnimationFrame);
    const header = document.querySelector(".mobile-header").getBoundingClientRect();
    const { top, bottom } = controls.getBoundingClientRect();
    const seen = play.getBoundingClientRect();
    return {
        play: play.dataset.widget,
        covered: header.bottom - top,
        below: bottom - picture.getBoundingClientRect().bottom,
        high: picture.getBoundingClientRect().bottom - seen.top,
        aside: Math.max(-seen.left, seen.right - innerWidth),
    };
}"""


#: Opens what optional parts fold and what waits for a guess, and nothing else.
UNFOLD = """() => {
    for (const it of document.querySelectorAll("details")) it.open = it.matches(".optional");
    for (const it of document.querySelectorAll(".tag_veil")) it.classList.add("unveiled");
}"""


@in_a_browser
@pytest.mark.parametrize("opened", LESSONS, indirect=True)
def test_on_a_phone_the_controls_stay_in_view_beside_all_of_their_picture(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(UNFOLD)
    page.evaluate(SETTLED)
    plays = page.locator(
        ".rnn-play[data-widget]:not([data-widget=questions], [data-widget=writer])"
    )
    for k in range(plays.count()):
        plays.nth(k).scroll_into_view_if_needed()  # they are made when they come near
        plays.nth(k).locator("canvas").first.wait_for()
        found = plays.nth(k).evaluate(AT_ITS_END)
        assert found["covered"] <= 1, found
        assert found["below"] < 0, found
        assert found["high"] <= 860, found
        assert found["aside"] <= 1, found


@in_a_browser
@pytest.mark.parametrize("opened", LESSONS, indirect=True)
def test_every_play_of_a_page_moves_with_its_first_slider(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.evaluate(UNFOLD)  # what is in an optional part is drawn when a reader opens it
    pictures = page.locator(
        ".rnn-play[data-widget]:not([data-widget=questions], [data-widget=writer])"
    )
    for k in range(pictures.count()):
        pictures.nth(k).scroll_into_view_if_needed()  # they are made when they come near
        pictures.nth(k).locator(".rnn-picture canvas").wait_for()
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
def test_a_guess_unveils_its_result_is_scored_and_remembered(
    address: str, reader: Callable[..., Page]
) -> None:
    [lesson] = [name for name in LESSONS if name.startswith("03")]
    asked = question("03/size", "prediction")
    page = reader()
    page.goto(f"{address}/{lesson}.html", wait_until="networkidle")
    result = page.locator(".cell.tag_veil-03-size")
    veiled = result.locator(".cell_output img")
    reveal = page.get_by_text("The answer shows here once you have made your prediction.").first
    reveal.wait_for()
    assert not veiled.is_visible()
    chosen = next(k for k, choice in enumerate(asked.choices) if not choice.right)
    guess = page.locator(".rnn-guess").first
    guess.locator("input").nth(chosen).check()
    veiled.wait_for()
    said = result.locator(".rnn-reveal")
    said.filter(has_text="You guessed:").wait_for()
    page.reload(wait_until="networkidle")
    veiled.wait_for()
    assert page.locator(".rnn-guess").first.locator("input").nth(chosen).is_checked()
    table = page.locator(".rnn-summary caption")
    page.locator(".rnn-play[data-widget=questions]").last.scroll_into_view_if_needed()
    table.filter(has_text="You made 1 of").wait_for()
    page.goto(
        f"{address}/{LESSONS[0]}.html", wait_until="networkidle"
    )  # another lesson's stay open
    assert page.locator(".cell.tag_veil:not(.unveiled)").count() > 0


#: What learners search for, in words of their own, and how what is found first may begin.
SEARCHES = {
    "vanishing gradient": "11 · Vanishing",
    "vanishing gradients problem": "11 · Vanishing",
    "why tanh": "tanh squashes",
    "gradient clipping": "When a gradient is too long",
    "my loss is nan": "When a gradient is too long",
    "LSTM forget gate": "The cell and its three gates",
    "how to initialise": "Starts that keep the length",
    "weight initialization": "Starts that keep the length",
    "attention mask": "A look-up that has a slope",
    "softmax temperature": "Drawing the next character",
    "bptt truncated": "Truncation cuts",
    "truncated backpropagation": "Truncation cuts",
    "GRU vs LSTM": "Three cells, two tasks",
    "parallel scan": "All steps in a few rounds",
    "how does an LSTM solve vanishing gradients": "A memory with valves",
    "what is a hidden state": "A state is what the past",
    "weights sharing": "Three layers, or one layer",
    "learning rate too high": "The gradient says where",
    "many to one": "One output per step",
    "log sum exp": "From the scores",
    "padding mask": "Masks leave padding out",
    "numerical gradient check": "A referee",
    "Jacobians": "All slopes at once|The product of Jacobians",
    "teacher-forcing": "Several steps ahead",
    "text generation": "Let it write",
    "bidirectional rnn": "Sideways",
    "receptive field": "What can reach a pixel",
    "encoder decoder": "A translator must read",
    "state space model": "One equation, many names",
    "how many parameters": "Three layers, or one layer",
}
#: What the index names, and of each the sections that are found, the best first; then the titles found for
#: other words, which the page shows in the order in which `find` gives them.
INDEX = """async (searches) => {
    const { finder } = await import(new URL("_static/search/find.js", location).href);
    const sections = await (await fetch("_static/sections.json")).json();
    const find = finder(sections);
    const named = sections.flatMap(({ url, asked }) =>
        asked.map((phrase) => [phrase, url, find(phrase).map(({ section }) => section.url)]));
    const titles = (words) => find(words).map(({ section }) => section.title);
    return [named, Object.fromEntries(searches.map((words) => [words, titles(words)]))];
}"""


@in_a_browser
def test_a_search_lands_on_the_section_that_explains_it(
    address: str, reader: Callable[..., Page]
) -> None:
    page = reader()
    words = "padding mask"
    page.goto(f"{address}/search.html?q={words}")
    page.locator("#search-status", has_text="section").wait_for()
    shown = page.locator("#search-results li a").all_inner_texts()
    assert page.locator("#search-results li p").first.inner_text().count(" ") > 10
    assert page.locator("#search-results mark").count() > 0
    named, found = page.evaluate(INDEX, list(SEARCHES))
    firsts = {asked: titles[0] for asked, titles in found.items()}
    assert shown == found[words][: len(shown)]
    assert [
        (asked, firsts[asked])
        for asked, begins in SEARCHES.items()
        if not firsts[asked].startswith(tuple(begins.split("|")))
    ] == []
    owners = Counter(phrase for phrase, _, _ in named)
    assert [
        (phrase, url) for phrase, url, found in named if url not in found[: owners[phrase]]
    ] == []
    page.locator("#search-results li a").first.click()
    page.wait_for_url("**/*.html#*")
    # What is made above the section does not push it away.
    page.wait_for_load_state("networkidle")
    target = page.locator(page.evaluate("location.hash"))
    assert -200 < target.bounding_box()["y"] < 900
    page.goto(f"{address}/search.html?q=<b>zzz</b>")
    page.locator("#search-status", has_text="No section is about “<b>zzz</b>”").wait_for()
    assert (page.left, page.problems) == ([], [])


@in_a_browser
def test_what_was_read_is_remembered_on_the_start_page(
    address: str, reader: Callable[..., Page]
) -> None:
    page = reader()
    mark = page.locator(f".progress[data-lesson='{LESSONS[1]}']")
    page.goto(f"{address}/{LESSONS[1]}.html", wait_until="networkidle")
    high = page.evaluate("document.body.scrollHeight")
    page.keyboard.press("End")  # who leaves through a lesson has not read it
    page.goto(f"{address}/index.html", wait_until="networkidle")
    assert mark.inner_text() != "read"
    # Who has all of it before their eyes has.
    page.set_viewport_size({"width": 1280, "height": 2000 + high})
    page.goto(f"{address}/{LESSONS[1]}.html", wait_until="networkidle")
    page.wait_for_function(
        """(lesson) => {
            const read = JSON.parse(localStorage.getItem("rnn-course.read") ?? "{}");
            const { sections, of } = read[lesson] ?? {};
            return of && sections.length === of;
        }""",
        arg=LESSONS[1],
    )
    page.goto(f"{address}/index.html")
    mark.filter(has_text=re.compile("^read")).wait_for()
    assert "read" not in page.locator(f".progress[data-lesson='{LESSONS[2]}']").inner_text()


@in_a_browser
@pytest.mark.parametrize("opened", LESSONS[1:2], indirect=True)
def test_on_paper_a_lesson_is_its_text(page: Page) -> None:
    page.locator(".rnn-controls").first.scroll_into_view_if_needed()
    page.emulate_media(media="print")
    for part in (".sidebar-drawer", ".toc-drawer", ".run", ".rnn-controls >> nth=0"):
        assert not page.locator(part).first.is_visible(), part
    assert page.locator("article h1").is_visible()


@in_a_browser
def test_work_survives_a_reload_and_is_counted_and_a_newer_edition_opens_beside_it(
    address: str, reader: Callable[..., Page], site: Path
) -> None:
    page = reader()
    lesson = LESSONS[1]
    notebook = f"{address}/lite/lab/index.html?path={lesson}/{lesson}.ipynb"
    first_cell = page.locator(".jp-CodeCell .cm-content").first
    page.goto(notebook)
    # The content network is cut here, and that is said instead of waiting for ever.
    page.get_by_role("alert").filter(has_text="cannot be fetched").wait_for()
    page.get_by_role("button", name="Close").click()
    first_cell.wait_for()
    first_cell.click()
    page.keyboard.type("# mine\n")
    page.keyboard.press("Control+s")
    page.locator(".jp-mod-dirty").first.wait_for(state="detached")
    page.goto(notebook)
    first_cell.filter(has_text="# mine").wait_for()
    assert page.get_by_text("has a newer edition").count() == 0
    page.goto(f"{address}/index.html")
    checks = len(
        re.findall("grade: true", (ROOT / "solutions" / lesson / f"{lesson}.md").read_text())
    )
    page.locator(".progress", has_text=f"0 of {checks} checks passed").wait_for()
    served = site / "lite" / "files" / lesson / f"{lesson}.ipynb"
    edition = served.read_text("utf-8")
    try:
        newer = json.loads(edition)
        newer["cells"][0]["source"] += ["\n\nNew words."]
        served.write_text(json.dumps(newer), "utf-8")
        page.goto(notebook)
        page.get_by_role("button", name="Open the new one beside it").click()
        page.wait_for_url("**new+edition**")
        # Which of the two is in front depends on which was there first.
        page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text="new edition").click()
        page.locator(".jp-RenderedMarkdown", has_text="New words.").first.wait_for()
        page.goto(notebook)
        first_cell.filter(has_text="# mine").wait_for()
    finally:
        served.write_text(edition, "utf-8")


@in_a_browser
def test_a_small_screen_gets_the_interface_of_a_notebook_without_menus_of_a_class(
    address: str, reader: Callable[..., Page], site: Path
) -> None:
    page = reader(viewport={"width": 390, "height": 844})
    page.goto(f"{address}/{LESSONS[1]}.html")
    page.locator(".run a[href*='lite/notebooks/']").click()
    cell = page.locator(".jp-MarkdownCell").first
    cell.wait_for()
    assert cell.bounding_box()["width"] > 300
    extensions = json.loads((site / "lite" / "jupyter-lite.json").read_text("utf-8"))
    names = [it["name"] for it in extensions["jupyter-config-data"]["federated_extensions"]]
    assert "@jupyter/nbgrader" not in names
    assert {"anywidget", "@jupyter-widgets/jupyterlab-manager"} < set(names)


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
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for()
    cell = page.locator(".jp-CodeCell").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("import sys; from importlib.util import find_spec\n")
    page.keyboard.type("sys.platform, *map(bool, map(find_spec, ['rnn_utils', 'anywidget']))")
    page.keyboard.press("Shift+Enter")
    shown = cell.locator(".jp-OutputArea-output").first
    shown.filter(has_text="('emscripten', True, True)").wait_for()
    assert page.get_by_role("alert").filter(has_text="Python").count() == 0
    assert page.left == []
