"""Every lesson in a real JupyterLab: it runs, its sliders move their pictures, nothing complains."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import plays
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import (
    caption,
    chromium,
    chromium_path,
    lab,
    next_frame,
    open_notebook,
    pixels,
    run_all,
    set_theme,
    wait_for_change,
)
from playwright.sync_api import expect

from rnn_utils import widgets
from rnn_utils.widgets.puzzle import PUZZLES

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "test-output"
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*/*.ipynb"))
#: Between them they have every kind of control: predictions to choose and to type, sliders, choices.
LESSONS_BY_KEYS = ("01_state_equation", "02_shared_weights", "05_forward_pass")

pytestmark = pytest.mark.skipif(
    chromium_path() is None, reason="no Chromium or Chrome is installed"
)


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def jupyter(browser, tmp_path_factory):
    """One JupyterLab for all lessons, solved ones beside unsolved ones."""
    folder = tmp_path_factory.mktemp("lab")
    for kind in ("solutions", "notebooks"):
        for lesson in LESSONS:
            (folder / kind / lesson).mkdir(parents=True)
            shutil.copy(ROOT / kind / lesson / f"{lesson}.ipynb", folder / kind / lesson)
    OUTPUT.mkdir(exist_ok=True)
    with lab(folder) as address:
        yield lambda kind, lesson: open_notebook(
            browser, address, f"{kind}/{lesson}/{lesson}.ipynb"
        )


def plays_of(lesson):
    """How many pictures the lesson's code makes, by the names that `rnn_utils.widgets` has for them."""
    notebook = json.loads((ROOT / "solutions" / lesson / f"{lesson}.ipynb").read_text("utf-8"))
    code = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    others = {"Play", "predict", "predict_number", "reveal", "sum_up"}
    names = "|".join(set(widgets.__all__) - others)
    return len(re.findall(rf"\b(?:{names})\(", code))


def faults(page):
    """What axe-core finds wrong in the pictures, guesses and other outputs."""
    parts = {"include": [[".rnn-play"], [".rnn-guess"], [".jp-OutputArea-output"]]}
    found = Axe().run(page, context=parts, options={"resultTypes": ["violations"]}).response
    return [
        (fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]
    ]


def guess_by_keyboard(page):
    """Choose the second answer of the first question with nothing but keys."""
    group = page.locator(".rnn-guess").first
    group.scroll_into_view_if_needed()
    group.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    second = group.locator("label").nth(1).inner_text().strip()
    expect(group.get_by_role("status")).to_have_text(f"Kept: {second}")


def readout(handle):
    """The number beside a slider, as it is shown."""
    return handle.locator("xpath=ancestor::*[contains(@class, 'widget-slider')][1]").inner_text()


# What has the focus: in which cell, what it is, what it stands at, and whether that can be seen.
FOCUS = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  const node = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  const control = node.matches('[role=slider], select, input, button, [role=textbox]')
    && node.closest('.rnn-play, .rnn-guess');
  return {
    cell: content.widgets.findIndex((cell) => cell.node.contains(node)),
    isCell: node.matches('.jp-Cell'),
    kind: !control ? null : node.matches('select') ? 'choice' : node.type || node.getAttribute('role'),
    name: node.getAttribute('aria-label') || node.labels?.[0]?.innerText || node.innerText,
    seen: (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none',
    inView: box.bottom > 0 && box.top < innerHeight,
    value: node.getAttribute('aria-valuetext') ?? node.value ?? node.innerText,
    highest: node.getAttribute('aria-valuenow') === node.getAttribute('aria-valuemax'),
  };
}"""
# As Tab counts them: the radio buttons of a question are one.
CONTROLS = (
    ".rnn-play :is([role=slider], [role=textbox], select, input), .rnn-guess:has([type=radio]), "
    ".rnn-guess :is(input:not([type=radio]), button)"
)


def focus(page):
    """What has the focus now; a cell or a control is in view, and a ring around it is to be seen."""
    next_frame(page)
    now = page.evaluate(FOCUS)
    if now["isCell"] or now["kind"]:
        assert now["seen"], f"{now} has the focus, and nobody sees it"
        assert now["inView"], f"{now} has the focus out of sight"
    return now


def operate(page, control):
    """Move the control that has the focus with its own keys, and see that it has moved."""
    press = page.keyboard.press
    if control["kind"] == "slider":
        press("ArrowLeft" if control["highest"] else "ArrowRight")
        assert focus(page)["value"] != control["value"]
    elif control["kind"] == "choice":
        press("ArrowDown")
        assert focus(page)["value"] != control["value"]
    elif control["kind"] == "radio":
        press("Space")
        press("ArrowDown")
        status = page.locator(".rnn-guess:focus-within [role=status]")
        expect(status).to_have_text(f"Kept: {focus(page)['name'].strip()}")
    elif control["kind"] == "number":
        press("ArrowUp")
    elif control["kind"] == "button":
        press("Space")
        expect(page.locator(".rnn-guess:focus-within [role=status]")).to_contain_text("Kept: ")


def use_outputs(page, k):
    """From cell k into its outputs by Tab, through every control there, and back by Escape."""
    cell = page.locator(".jp-Notebook-cell:has(:focus), .jp-Notebook-cell:focus").first
    expected = cell.locator(CONTROLS).count()
    reached = 0
    while reached < expected:
        page.keyboard.press("Tab")
        now = focus(page)
        assert now["cell"] in (k, -1), f"cell {k}: {reached} of {expected} controls are reached"
        if now["kind"]:
            reached += 1
            operate(page, now)
    page.keyboard.press("Escape")
    now = focus(page)
    assert now["isCell"]
    assert now["cell"] == k
    return expected


@pytest.mark.parametrize("lesson", LESSONS_BY_KEYS)
def test_a_lesson_goes_from_its_first_cell_to_its_last_by_keys_alone(jupyter, lesson):
    page = jupyter("solutions", lesson)
    page.locator(".jp-Notebook-cell").first.wait_for()
    count = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    used = 0
    for k in range(count):
        now = focus(page)
        assert now["isCell"]
        assert now["cell"] == k
        # The last one is run in its place: after it Jupyter would add a new one.
        page.keyboard.press("Shift+Enter" if k < count - 1 else "Control+Enter")
        page.wait_for_function(
            """(k) => {
              const { model, node } = window.jupyterapp.shell.currentWidget.content.widgets[k];
              if (model.type !== 'code' || !model.sharedModel.source.trim()) return true;
              if (!model.executionCount || model.executionState === 'running') return false;
              const widgets = model.outputs.toJSON().filter(
                ({ data }) => data && 'application/vnd.jupyter.widget-view+json' in data);
              const ready = node.querySelectorAll('.rnn-guess, .rnn-play canvas[aria-label]');
              return ready.length >= widgets.length;
            }""",
            arg=k,
        )
        widgets_of = "(k) => window.jupyterapp.shell.currentWidget.content.widgets[k].node"
        if page.evaluate(f"(k) => !!({widgets_of})(k).querySelector('.rnn-play, .rnn-guess')", k):
            page.keyboard.press("ArrowUp")
            used += use_outputs(page, k)
            page.keyboard.press("ArrowDown")
    assert used >= 3
    assert page.console_errors == []
    page.context.close()


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_solved_lesson_runs_and_every_slider_moves_its_picture(jupyter, lesson):
    page = jupyter("solutions", lesson)
    run_all(page)
    plays = page.locator(".rnn-play")
    expect(plays).to_have_count(plays_of(lesson))
    for k in range(plays.count()):
        play = plays.nth(k)
        play.scroll_into_view_if_needed()
        handles = play.get_by_role("slider")
        assert handles.count() > 0
        for j in range(handles.count()):
            handle = handles.nth(j)
            expect(handle).to_have_attribute("aria-label", re.compile(r"\w"))
            before, stood = pixels(page, k), readout(handle)
            highest = float(handle.get_attribute("aria-valuemax"))
            handle.focus()
            page.keyboard.press(
                "ArrowLeft"
                if float(handle.get_attribute("aria-valuenow")) >= highest
                else "ArrowRight"
            )
            wait_for_change(page, before, k)
            assert readout(handle) != stood
        assert caption(page, k)
        page.set_viewport_size({"width": 640, "height": 1000})
        next_frame(page)
        play.screenshot(path=OUTPUT / f"{lesson}-{k}-narrow.png")
        page.set_viewport_size({"width": 1280, "height": 1000})
        for dark in (False, True):
            set_theme(page, dark)
            play.screenshot(path=OUTPUT / f"{lesson}-{k}-{'dark' if dark else 'light'}.png")
    # No alt text is left out.
    assert page.locator(".jp-OutputArea-output img:not([alt])").count() == 0
    assert faults(page) == []
    set_theme(page, False)
    assert faults(page) == []
    assert page.console_errors == []
    page.context.close()


@pytest.fixture(scope="module")
def gallery(browser, tmp_path_factory):
    """Every play on one page, for a reader who wants nothing to move by itself."""
    folder = tmp_path_factory.mktemp("plays")
    nbformat.write(plays.notebook(), folder / "plays.ipynb")
    with lab(folder) as address:
        page = open_notebook(browser, address, "plays.ipynb", reduced_motion="reduce")
        run_all(page)
        expect(page.locator(".rnn-play")).to_have_count(len(plays.PLAYS))
        yield page
        assert page.console_errors == []


@pytest.mark.parametrize("name", plays.PLAYS)
def test_a_play_says_in_words_what_each_control_has_changed(gallery, name):
    k = list(plays.PLAYS).index(name)
    play = gallery.locator(".rnn-play").nth(k)
    play.scroll_into_view_if_needed()
    picture = play.get_by_role("img")
    controls = play.locator("[role=slider], select, input")
    words = play.locator(".rnn-caption")
    for control in controls.all():
        before, said = pixels(gallery, k), words.text_content()
        assert picture.get_attribute("aria-label") == said
        control.focus()
        if control.evaluate("(node) => node.matches('input')"):
            control.fill("no")
        elif control.evaluate("(node) => node.matches('select')"):
            gallery.keyboard.press("ArrowDown")
        else:
            highest = control.get_attribute("aria-valuemax")
            at_end = control.get_attribute("aria-valuenow") == highest
            # All weights of a puzzle at their ends saturate it: then nothing is left to change.
            up, down = ("ArrowRight", "ArrowLeft") if name in PUZZLES else ("End", "Home")
            gallery.keyboard.press(down if at_end else up)
        wait_for_change(gallery, before, k)
        expect(words).not_to_have_text(said)
        assert picture.get_attribute("aria-label") == words.text_content()


def test_nothing_moves_by_itself_where_that_is_unwelcome(gallery):
    track = gallery.locator(".rnn-play .noUi-base").first
    track.scroll_into_view_if_needed()
    before = pixels(gallery)
    track.click(position={"x": 3, "y": 1})  # noUiSlider would let its handle glide there
    gliding = (
        "() => document.getAnimations().filter((a) => a.effect.target.closest('.rnn-play')).length"
    )
    assert gallery.evaluate(gliding) == 0
    wait_for_change(gallery, before)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_any_play(gallery, dark):
    set_theme(gallery, dark)
    for k in range(len(plays.PLAYS)):  # Jupyter draws what comes into view
        gallery.locator(".rnn-play").nth(k).scroll_into_view_if_needed()
        next_frame(gallery)
    assert faults(gallery) == []


def test_an_unsolved_lesson_runs_to_its_end_and_says_what_is_not_done(jupyter):
    page = jupyter("notebooks", "01_state_equation")
    run_all(page)
    panels = page.locator("[role=status]", has_text="not done yet")
    assert panels.count() == 5
    assert page.locator(".jp-OutputArea-output[data-mime-type*=stderr]").count() == 0
    assert page.locator(".rnn-play canvas").count() == 1
    guess_by_keyboard(page)
    page.context.close()


#: Notebook 7 says this on an empty notebook too, before any cell runs: JupyterLab's shortcuts extension,
#: which is bundled in it, hears `pluginChanged` of another plugin and reads
#: `registry.plugins["@jupyterlab/shortcuts-extension:shortcuts"].schema` before its own settings are loaded.
SHORTCUTS_NOT_YET = "Cannot read properties of undefined (reading 'schema')"


def test_a_lesson_runs_in_notebook_7_and_is_driven_by_keys(browser, tmp_path):
    lesson = LESSONS[0]
    shutil.copy(ROOT / "solutions" / lesson / f"{lesson}.ipynb", tmp_path)
    with lab(tmp_path, "notebook") as address:
        page = open_notebook(browser, address, f"{lesson}.ipynb", "notebook")
        run_all(page)
        handle = page.locator(".rnn-play").get_by_role("slider").first
        handle.scroll_into_view_if_needed()
        before, stood = pixels(page), readout(handle)
        handle.focus()
        page.keyboard.press("ArrowRight")
        wait_for_change(page, before)
        assert readout(handle) != stood
        guess_by_keyboard(page)
        assert faults(page) == []
        assert [error for error in page.console_errors if error != SHORTCUTS_NOT_YET] == []
