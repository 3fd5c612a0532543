"""Exercises answered in a page of the site: editors, worker, the way to a notebook and back.

NumPy's build for the browser is on no registry, so another Python of WebAssembly, with a real NumPy,
stands in for Pyodide (`tests/pyodide.py`). Pyodide's own core, from npm, is tried without the course.

One file, since all tests look at one page that takes long to make.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from browser import PATIENCE, chromium_path, faults, served
from playwright.sync_api import Browser, Locator, Page
from pyodide import make_pyodide, make_stand_in

from rnn_utils import checks, widgets
from rnn_utils.checks.framework.our_solution import MARKS
from rnn_utils.course import build as building
from rnn_utils.course.site import cells, exercises, pages
from rnn_utils.widgets.picture import Play

ROOT = Path(__file__).parents[1]
LESSONS = building.lessons(ROOT)
LESSON = "03_tanh"
SIZE = {"width": 1024, "height": 900}

in_a_browser = pytest.mark.skipif(
    chromium_path() is None or shutil.which("uv") is None or shutil.which("npm") is None,
    reason="Chromium, uv or npm, which bring a page and a Python to run in it, is not installed",
)


# What a page holds -------------------------------------------------------------------------------


def solved(lesson: str) -> nbformat.NotebookNode:
    with tempfile.TemporaryDirectory() as pictures:
        done = cells.runnable(building.read_lesson(ROOT, lesson))
        return cells.as_page(done, None, Path(pictures))


@functools.cache
def page_of(lesson: str) -> nbformat.NotebookNode:
    """A lesson as its page has it, but for what its cells returned."""
    page = pages.titled(lesson, solved(lesson), None)
    released = pages.released_lesson(ROOT, lesson)
    exercises.into_page(page, lesson, released, {"address": "python/", "megabytes": 10})
    return page


def html_of(page: nbformat.NotebookNode) -> str:
    outputs = [output for cell in page.cells for output in cell.get("outputs", [])]
    return "\n".join(output.data.get("text/html", "") for output in outputs if "data" in output)


def told(page: nbformat.NotebookNode) -> dict[str, Any]:
    """What a page tells its script."""
    return json.loads(re.search(r'id="rnn-exercises">(.*?)</script>', html_of(page), re.S)[1])


@functools.cache
def solutions(lesson: str) -> dict[str, str]:
    """The lesson's own answers, by grade id."""
    return {
        cell.metadata.nbgrader.grade_id: MARKS.sub("", cell.source)
        for cell in building.read_lesson(ROOT, lesson).cells
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code"
    }


def requests(lesson: str) -> list[dict[str, Any]]:
    """What a page asks its worker when a reader answers one exercise after the other, and rightly."""
    page, ours = told(page_of(lesson)), solutions(lesson)
    return [
        {
            "name": one["name"],
            "answer": ours[one["name"]],
            "setup": page["setup"][: one["setup"]],
            "earlier": [[e["name"], ours[e["name"]]] for e in page["exercises"][:place]],
        }
        for place, one in enumerate(page["exercises"])
    ]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_page_has_an_editor_with_the_learners_stub_for_each_exercise(lesson: str) -> None:
    released = json.loads((ROOT / "notebooks" / lesson / f"{lesson}.ipynb").read_text("utf-8"))
    stubs = {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in released["cells"]
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution")
    }
    page = page_of(lesson)
    records = {name: r for name, r in checks.exercises().items() if r.lesson == lesson}
    assert {e["name"]: (e["stub"], e["points"]) for e in told(page)["exercises"]} == {
        name: (stubs[name], record.points) for name, record in records.items()
    }
    editors = re.findall(r'class="rnn-exercise".*?data-exercise="(\w+)"', html_of(page))
    assert editors == list(stubs)


@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_of_a_solution_is_in_a_page(lesson: str) -> None:
    page = page_of(lesson)
    text = "\n".join(cell.source for cell in page.cells) + html_of(page)
    released = pages.released_lesson(ROOT, lesson)
    given = "\n".join(cell.source for cell in released.cells)
    told_anyway = {line.strip() for line in given.splitlines()}
    for name, solution in solutions(lesson).items():
        own = [line.strip() for line in solution.splitlines() if line.strip() not in told_anyway]
        assert own, name
        shown = [line for line in own if len(line) > 12 and line in text and line not in given]
        assert shown == [], name
    assert not re.search(r'^check\("', text, re.M)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_page_says_nothing_of_what_is_done_in_a_notebook_alone(lesson: str) -> None:
    text = "\n".join(cell.source for cell in page_of(lesson).cells)
    released = "\n".join(cell.source for cell in pages.released_lesson(ROOT, lesson).cells)
    words = ("Run the next cell first", "Shift + Enter", "Restart Kernel", "*Validate*", "report()")
    assert any(word in released for word in words)
    assert [word for word in words if word in text] == []


def test_what_was_said_of_the_solved_lesson_is_not_said_to_a_reader() -> None:
    page = solved(LESSON)
    cell = next(c for c in page.cells if "yours_or_ours(" in c.source)
    said = "From here on, your own rnn_step runs.\nidentity 10\n"
    cell.outputs = [nbformat.v4.new_output("stream", text=said)]
    released = pages.released_lesson(ROOT, LESSON)
    exercises.into_page(page, LESSON, released, {"address": "python/", "megabytes": 10})
    assert [output.text for output in cell.outputs] == ["identity 10\n"]


EXAMINE_ALL = """
import json, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        first = name.partition(".")[0]
        if first not in sys.stdlib_module_names | {"numpy", "rnn_utils"} and first[0] != "_":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.path.insert(0, sys.argv[1])
sys.meta_path.insert(0, Missing())
import rnn_utils
from rnn_utils.checks.in_page import examine
from rnn_utils.checks.picture_in_page import draw
assert rnn_utils.__file__.startswith(sys.argv[1])
asked = json.load(sys.stdin)
print(json.dumps({
    "examined": [json.loads(examine(json.dumps(one))) for one in asked["examine"]],
    "drawn": [json.loads(draw(json.dumps(one))) for one in asked["draw"]],
}))
"""


def nearly(value: Any) -> Any:
    """Data whose numbers are equal to others but for rounding."""
    if isinstance(value, dict):
        return {key: nearly(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [nearly(part) for part in value]
    return value if isinstance(value, str | None) else pytest.approx(value, rel=1e-6, abs=1e-9)


def plays() -> list[tuple[dict[str, Any], Play]]:
    """What a page asks for its pictures before a slider is moved, and the same in a notebook."""
    found = []
    for lesson in LESSONS:
        notebook = solved(lesson)
        for k, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                html = f'<div class="rnn-play rnn-static" id="rnn-{k}">'
                cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": html})]
        released = pages.released_lesson(ROOT, lesson)
        exercises.into_page(notebook, lesson, released, {"address": "python/", "megabytes": 10})
        page, ours = told(notebook), solutions(lesson)
        for play in page["plays"]:
            names = {name: checks.exercise(name).reference for name in play["uses"]}
            makers = {name: getattr(widgets, name) for name in widgets.__all__}
            shown = eval(play["call"], makers | names)
            earlier = [[e["name"], ours[e["name"]]] for e in page["exercises"][: play["after"]]]
            request = {"setup": page["setup"][: play["setup"]], "earlier": earlier}
            request |= {"module": play["module"], "call": play["call"], "values": shown.picture.at}
            found.append((request, shown))
    return found


def test_each_lessons_own_answers_pass_with_numpy_and_what_a_page_sends_alone(
    tmp_path: Path,
) -> None:
    lessons = {lesson: building.read_lesson(ROOT, lesson) for lesson in LESSONS}
    exercises.write_archive(tmp_path / "course.zip", lessons)
    with zipfile.ZipFile(tmp_path / "course.zip") as archive:
        archive.extractall(tmp_path / "course")
    asked = [request for lesson in LESSONS for request in requests(lesson)]
    alone = [request | {"earlier": [[n, None] for n, _ in request["earlier"]]} for request in asked]
    pictures = plays()
    run = subprocess.run(
        [sys.executable, "-I", "-c", EXAMINE_ALL, str(tmp_path / "course")],
        input=json.dumps({"examine": [*asked, *alone], "draw": [one for one, _ in pictures]}),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    said = found["examined"]
    names = [request["name"] for request in asked]
    assert sorted(names) == sorted(checks.exercises())
    failed = [n for n, one in zip([*names, *names], said, strict=True) if not one["passed"]]
    assert failed == []
    for request, one in zip(asked, said, strict=False):  # ours, beside the reader's
        last = request["answer"].rstrip().splitlines()[-1]
        assert one["html"].count(escape(last)) >= 2, request["name"]
    assert len(pictures) > 8
    for data, (_, shown) in zip(found["drawn"], pictures, strict=True):
        assert data == nearly(shown.data)
    assert [s["points"] for s in said[: len(names)]] == [checks.exercise(n).points for n in names]


# What a reader does ------------------------------------------------------------------------------

BUILD = """
import sys
from pathlib import Path
from rnn_utils.course.site.pages import build_pages
root, out, pyodide = map(Path, sys.argv[1:4])
build_pages(root, out, pyodide, sys.argv[4:])
from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
Path("pyodide-version").write_text(PYODIDE_VERSION)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of one lesson, with its notebook and a folder that stands in for Pyodide's."""
    place = tmp_path_factory.mktemp("site")
    stand_in = make_stand_in(place)
    site = place / "served" / "course"
    command = ["uv", "run", "--isolated", "--group", "site", "python", "-c", BUILD]
    run = subprocess.run(
        [*command, str(ROOT), str(site), str(stand_in), LESSON],
        cwd=place,
        env=os.environ | {"UV_PROJECT": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    pyodide = site / exercises.OWN_PYODIDE
    pyodide.parent.mkdir(parents=True)
    stand_in.rename(pyodide)
    notebook = site / "lite" / "files" / LESSON / f"{LESSON}.ipynb"
    notebook.parent.mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / LESSON / notebook.name, notebook)
    return site


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder.parent) as base:
        yield f"{base}/{folder.name}"


@contextlib.contextmanager
def visit(address: str, browser: Browser) -> Iterator[Page]:
    """The lesson's page, of a reader who was never there."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(f"{address}/{LESSON}.html")
    yield page
    assert page.problems == []
    context.close()


@pytest.fixture
def fresh(address: str, browser: Browser) -> Iterator[Page]:
    """A page of its own, for what depends on how it is loaded, or ends its Python."""
    with visit(address, browser) as page:
        yield page


FORGET = """() => {
    for (const place of document.querySelectorAll(".rnn-exercise")) {
        place.querySelector(".rnn-again").click();
        place.querySelector(".rnn-verdict").replaceChildren();
    }
    document.querySelector(".rnn-said").textContent = "";
    for (const part of folded) part.open = false;
    localStorage.clear();
}"""


@pytest.fixture(scope="module")
def visited(address: str, browser: Browser) -> Iterator[Page]:
    """One page for many tests: to open it and start its Python takes six seconds."""
    with visit(address, browser) as page:
        page.evaluate("window.folded = [...document.querySelectorAll('details:not([open])')]")
        yield page


@pytest.fixture
def page(visited: Page) -> Iterator[Page]:
    """The page in which Python may run already, and nothing is left of what a test before did there."""
    visited.problems.clear()
    visited.set_viewport_size(SIZE)
    visited.emulate_media(color_scheme="light", reduced_motion="no-preference")
    visited.evaluate(FORGET)
    assert visited.locator(".rnn-total").inner_text() == "0 of 7 points"
    yield visited
    assert visited.problems == []


def exercise(page: Page, name: str) -> Locator:
    place = page.get_by_role("group", name=f"Exercise {name}")
    place.scroll_into_view_if_needed()
    return place


def write(page: Page, name: str, answer: str) -> Locator:
    """Write an answer as a reader does, in place of what stands there."""
    place = exercise(page, name)
    editor = place.get_by_role("textbox", name=f"Your answer: {name}")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(answer)
    return place


def check(place: Locator) -> Locator:
    """Press Check and wait for what is said."""
    place.get_by_role("button", name="Check", exact=True).click()
    place.and_(place.page.locator("[aria-busy=false]")).wait_for()
    return place.locator(".rnn-verdict")


def written(place: Locator) -> str:
    return "\n".join(place.locator(".cm-line").all_inner_texts()).replace("\n\n", "\n")


RIGHT = "def tanh_derivative(h):\n    return 1 - h * h\n"
STEP = "def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    return np.tanh(x_t @ W_xh.T + h_prev @ {} + b_h)\n"


@in_a_browser
def test_nobody_is_given_points_who_wrote_nothing(fresh: Page, folder: Path) -> None:
    text = (folder / f"{LESSON}.html").read_text("utf-8")
    assert "checks passed" not in text
    assert "From here on, your own" not in text
    assert fresh.locator(".rnn-total").inner_text() == "0 of 7 points"
    assert fresh.locator(".rnn-earned").all_inner_texts() == [""] * 5


@in_a_browser
def test_a_wrong_answer_is_told_its_mistake_and_a_right_one_gets_its_points(fresh: Page) -> None:
    place = write(fresh, "rnn_step", STEP.format("W_hh"))
    assert "once" in place.locator(".rnn-cost").inner_text()  # what it costs is told before
    says = check(place).inner_text()
    assert "rnn_step: not right yet" in says
    assert "W_hh is transposed" in says
    assert "0 of 7 points" in fresh.locator(".rnn-total").inner_text()
    says = check(write(fresh, "rnn_step", STEP.format("W_hh.T"))).inner_text()
    assert "rnn_step: visible checks passed" in says
    assert "Compare yours with ours" in says
    assert "✓ 2 of 2 points" in place.locator(".rnn-earned").inner_text()
    assert "2 of 7 points" in fresh.locator(".rnn-total").inner_text()


@in_a_browser
def test_the_stub_and_what_is_no_python_are_told_so_and_what_was_printed_is_shown(
    page: Page,
) -> None:
    says = check(exercise(page, "tanh_derivative")).inner_text()
    assert "tanh_derivative: not done yet" in says
    says = check(
        write(page, "tanh_derivative", "def tanh_derivative(h):\n    return 1 -\n")
    ).inner_text()
    assert "Python cannot read line 2, return 1 -: invalid syntax" in says
    says = check(write(page, "tanh_derivative", "slope = 1 - unknown\n")).inner_text()
    assert "NameError at line 1, slope = 1 - unknown" in says
    assert "np" in says
    says = check(write(page, "tanh_derivative", "x = 3\n")).inner_text()
    assert "Nothing in the answer is called tanh_derivative" in says
    says = check(
        write(page, "tanh_derivative", f"{RIGHT}print('slope', tanh_derivative(0.6))")
    ).inner_text()
    assert "slope 0.64" in says
    assert "visible checks passed" in says


@in_a_browser
def test_an_endless_loop_is_ended_and_python_starts_anew(fresh: Page) -> None:
    fresh.clock.install()
    place = write(fresh, "tanh_derivative", "def tanh_derivative(h):\n    while True: pass\n")
    place.get_by_role("button", name="Check", exact=True).click()
    place.get_by_text("Checking").wait_for()
    fresh.clock.fast_forward(31_000)
    place.get_by_text("probably by a loop that never ends").wait_for()
    assert "visible checks passed" in check(write(fresh, "tanh_derivative", RIGHT)).inner_text()


@in_a_browser
def test_a_reader_stops_what_takes_too_long(fresh: Page) -> None:
    place = write(fresh, "tanh_derivative", "while True: pass\n")
    place.get_by_role("button", name="Check", exact=True).click()
    place.get_by_text("Checking").wait_for()
    place.get_by_role("button", name="Stop").click()
    place.get_by_text("You stopped it").wait_for()
    assert place.get_by_role("button", name="Stop").is_hidden()


@in_a_browser
def test_a_reload_keeps_answers_and_points_and_one_starts_again_from_the_stub(fresh: Page) -> None:
    check(write(fresh, "tanh_derivative", RIGHT))
    stub = written(exercise(fresh, "rnn_step"))
    write(fresh, "rnn_step", "# half an answer\n")
    fresh.reload()
    assert written(exercise(fresh, "rnn_step")) == "# half an answer\n"
    assert written(exercise(fresh, "tanh_derivative")) == RIGHT
    assert (
        "✓ 1 of 1 point" in exercise(fresh, "tanh_derivative").locator(".rnn-earned").inner_text()
    )
    assert "1 of 7 points" in fresh.locator(".rnn-total").inner_text()
    exercise(fresh, "rnn_step").get_by_role("button", name="Start again").click()
    assert written(exercise(fresh, "rnn_step")) == stub
    fresh.goto(fresh.url.replace(LESSON, "index"))
    mark = fresh.locator(f".progress[data-lesson='{LESSON}']")
    mark.filter(has_text="1 of 7 points in its page").wait_for()


@in_a_browser
def test_answers_go_into_a_notebook_and_come_back_by_their_grade_ids(
    page: Page, tmp_path: Path
) -> None:
    write(page, "tanh_derivative", RIGHT)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download a notebook with my answers").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    mine = nbformat.read(file, as_version=4)
    released = pages.released_lesson(ROOT, LESSON)
    changed = [
        (old.metadata.nbgrader.grade_id, new.source)
        for old, new in zip(released.cells, mine.cells, strict=True)
        if old != new
    ]
    assert (file.name, changed) == (f"{LESSON}.ipynb", [("tanh_derivative", RIGHT)])

    step = next(
        c for c in mine.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "rnn_step"
    )
    step.source = STEP.format("W_hh.T")
    nbformat.write(mine, file)
    take = page.get_by_label("Take the answers out of a notebook")
    take.set_input_files(file)
    page.get_by_role("status").filter(has_text="Taken out of 03_tanh.ipynb: rnn_step").wait_for()
    assert "visible checks passed" in check(exercise(page, "rnn_step")).inner_text()

    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    write(page, "rnn_step", "# another\n")
    take.set_input_files(file)
    page.get_by_role("status").filter(has_text="Nothing was taken").wait_for()
    assert asked == ["Replace what stands in this page: rnn_step?"]
    assert written(exercise(page, "rnn_step")) == "# another\n"
    take.set_input_files(ROOT / "notebooks" / LESSONS[1] / f"{LESSONS[1]}.ipynb")
    page.get_by_role("status").filter(has_text="it is another lesson's").wait_for()
    take.set_input_files(ROOT / "LICENSE")
    page.get_by_role("status").filter(has_text="is not a notebook").wait_for()


@in_a_browser
def test_without_a_network_a_page_says_so_and_offers_the_notebook(fresh: Page) -> None:
    place = write(fresh, "tanh_derivative", RIGHT)
    fresh.context.route("**/pyodide.mjs", lambda route: route.abort())
    says = check(place).inner_text()
    assert "could not be loaded" in says
    assert "is there a network?" in says
    assert place.get_by_role("button", name="Download a notebook with my answers").is_visible()
    fresh.context.unroute("**/pyodide.mjs")
    assert "visible checks passed" in check(place).inner_text()


@in_a_browser
def test_a_page_takes_nothing_but_a_panel_from_what_a_strangers_answer_writes(page: Page) -> None:
    says = """<div role="status" onclick="x()" style="color: red"><b>bold</b> &lt;<img src="x" onerror="x()">
    <a href="javascript:x()">go</a><script>x()</script></div><pre style="background: url(x)">p</pre>"""
    taken = page.evaluate(
        """async (html) => {
            const { panelOf } = await import(new URL("_static/exercises/panel.js", location).href);
            const place = document.createElement("div");
            place.append(...panelOf(html));
            return place.innerHTML;
        }""",
        says,
    )
    tags = re.findall("<[^>]+>", taken)
    assert tags == ['<div role="status" style="color: red">', "</div>", "<pre>", "</pre>"]
    assert "bold &lt;" in taken


@in_a_browser
def test_where_the_editor_cannot_be_loaded_a_plain_field_takes_the_answer(fresh: Page) -> None:
    fresh.context.route("**/editor.js", lambda route: route.abort())
    fresh.reload()
    place = exercise(fresh, "tanh_derivative")
    field = place.get_by_role("textbox", name="Your answer: tanh_derivative")
    assert field.input_value().startswith("def tanh_derivative(h):")
    field.fill(RIGHT)
    field.press("Shift+Enter")
    place.get_by_text("visible checks passed").wait_for()
    place.get_by_role("button", name="Start again").click()
    assert "YOUR CODE HERE" in field.input_value()


@in_a_browser
def test_an_answer_is_written_checked_and_left_by_keys_alone(page: Page) -> None:
    place = exercise(page, "tanh_derivative")
    editor = place.get_by_role("textbox", name="Your answer: tanh_derivative")
    editor.focus()
    page.keyboard.press("Control+a")
    # The theme opens its search by the key /, but not here.
    page.keyboard.type("def tanh_derivative(h):\nreturn (1 - h * h) / 1")
    page.keyboard.press("Shift+Enter")
    place.get_by_text("visible checks passed").wait_for()
    page.keyboard.press("Tab")
    assert editor.evaluate("it => it.contains(document.activeElement)"), "Tab indents"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert place.get_by_role("button", name="Check", exact=True).evaluate(
        "it => it === document.activeElement"
    )


@in_a_browser
def test_axe_finds_no_fault_in_an_exercise_and_fingers_find_its_buttons(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    for name, answer in (("tanh_derivative", RIGHT), ("rnn_step", STEP.format("W_hh"))):
        check(write(page, name, f"# {name}\nlimit = 'a', 0.5, None\n{answer}"))
    targets = ".rnn-exercise button, .rnn-work button, .rnn-upload, .rnn-verdict summary"
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page, (".rnn-exercise", ".rnn-work")) == []
        sizes = [t.bounding_box() for t in page.locator(targets).all() if t.is_visible()]
        assert min(size["height"] for size in sizes) >= 24
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= seen


@in_a_browser
def test_a_picture_is_moved_by_the_readers_own_function_once_it_has_passed(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    play = page.locator(".rnn-play[data-widget=saturation]")
    play.scroll_into_view_if_needed()
    note = play.locator(".rnn-note")
    note.filter(has_text="the course's own function").wait_for()
    before = play.locator("canvas").evaluate("it => it.toDataURL()")
    own = (
        STEP.format("W_hh.T") + "    if W_hh.shape == (24, 24): return 0.97 + 0 * h\n    return h\n"
    )
    check(write(page, "rnn_step", own.replace("return np.tanh", "h = np.tanh", 1)))
    play.scroll_into_view_if_needed()
    note.filter(has_text="Your own rnn_step moves this picture.").wait_for()
    page.wait_for_function(
        "before => document.querySelector('[data-widget=saturation] canvas').toDataURL() !== before",
        arg=before,
    )
    play.locator(".rnn-caption").filter(has_text="100 %").wait_for()
    write(page, "rnn_step", "# not any more\n")
    note.filter(has_text="the course's own function").wait_for()


ASK_ALL = """async (requests) => {
    const here = (path) => new URL(path, location).href;
    const { Python } = await import(here("_static/exercises/python.js"));
    const archive = here("_static/exercises/course.zip");
    const python = new Python({ address: here("lite/static/pyodide/"), archive });
    const said = [];
    for (const one of requests) said.push(await python.check(one, () => {}));
    python.stop();
    return said;
}"""


@in_a_browser
def test_each_exercise_of_each_lesson_is_judged_in_the_worker(page: Page) -> None:
    asked = [request for lesson in LESSONS for request in requests(lesson)]
    stubs = {e["name"]: e["stub"] for lesson in LESSONS for e in told(page_of(lesson))["exercises"]}
    empty = [request | {"answer": stubs[request["name"]]} for request in asked]
    said = page.evaluate(ASK_ALL, [*asked, *empty])
    names = [request["name"] for request in asked]
    assert [n for n, one in zip(names, said, strict=False) if not one["passed"]] == []
    undone = said[len(asked) :]
    assert [n for n, s in zip(names, undone, strict=True) if "not done yet" not in s["html"]] == []
    assert {s["points"] for s in undone} == {0}


IN_PAGE = """
import json, sys

def examine(request):
    print("heard by nobody")
    said = {"html": f"{sys.platform}: {json.loads(request)['answer']}", "passed": True}
    return json.dumps(said | {"points": 1, "of": 1})
"""


@in_a_browser
def test_pyodides_own_core_is_driven_by_the_same_worker(
    page: Page, folder: Path, tmp_path: Path
) -> None:
    version = (folder.parents[1] / "pyodide-version").read_text("utf-8")
    make_pyodide(version, tmp_path).rename(folder / "core")
    with zipfile.ZipFile(folder / "core" / "course.zip", "w") as archive:
        for name in ("rnn_utils/__init__.py", "rnn_utils/checks/__init__.py"):
            archive.writestr(name, "")
        archive.writestr("rnn_utils/checks/in_page.py", IN_PAGE)
        archive.writestr("rnn_utils/checks/picture_in_page.py", "draw = None")
    answer = "'quoted' \\ \"twice\"\n\t{braces} ∂ \U0001f40d \u2028"
    said = page.evaluate(
        ASK_ALL.replace("lite/static/pyodide/", "core/").replace(
            "_static/exercises/course", "core/course"
        ),
        [{"name": "any", "answer": answer}],
    )
    assert said == [{"html": f"emscripten: {answer}", "passed": True, "points": 1, "of": 1}]
