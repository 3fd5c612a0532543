"""Every lesson and every play as a learner opens it, in a real JupyterLab: a lesson runs to its end before
any exercise is solved, its sliders move their pictures, solved ones are gone through by keys alone, nothing
complains.

test_lessons runs the solved ones, and where there is no browser these too.
"""

import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import plays
import pytest
from browser import (
    COLOURS,
    Desk,
    caption,
    chromium_path,
    faults,
    lab,
    next_frame,
    open_in_notebook_7,
    pixels,
    run_all,
    set_theme,
    wait_for_change,
)
from executed import assert_unsolved_ran, is_test
from keys import go_through
from playwright.sync_api import expect

from rnn_utils import widgets
from rnn_utils.widgets.puzzle import PUZZLES

ROOT = Path(__file__).parents[1]
#: Where pictures of all plays are put, for whoever wants to look at them.
SCREENSHOTS = os.environ.get("RNN_COURSE_SCREENSHOTS")
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*/*.ipynb"))
#: Between them they have every kind of control: predictions to choose and to type, sliders, choices.
BY_KEYS = ("01_state_equation", "02_shared_weights", "05_forward_pass")

pytestmark = pytest.mark.skipif(
    chromium_path() is None, reason="no Chromium or Chrome is installed"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """One JupyterLab for all lessons, solved ones beside unsolved ones, and a notebook of all plays."""
    folder = tmp_path_factory.mktemp("lab")
    for kind in ("solutions", "notebooks"):
        for lesson in LESSONS:
            (folder / kind / lesson).mkdir(parents=True)
            shutil.copy(ROOT / kind / lesson / f"{lesson}.ipynb", folder / kind / lesson)
    nbformat.write(plays.notebook(), folder / "plays.ipynb")
    with lab(folder) as address:
        yield address


@pytest.fixture(scope="module")
def desk(browser, address):
    return Desk(browser, address)


def plays_of(lesson):
    """How many pictures the lesson's code makes, by the names that `rnn_utils.widgets` has for them."""
    notebook = json.loads((ROOT / "notebooks" / lesson / f"{lesson}.ipynb").read_text("utf-8"))
    code = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    others = {"Play", "predict", "quiz", "reveal", "sum_up", "writing_network"}
    names = "|".join(set(widgets.__all__) - others)
    return len(re.findall(rf"\b(?:{names})\(", code))


def exercises_of(lesson):
    """How many exercises the lesson has, each with its test."""
    notebook = nbformat.read(ROOT / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    return sum(map(is_test, notebook.cells))


def guess_by_keyboard(page):
    """Choose the second answer of the first question with nothing but keys."""
    group = page.locator(".rnn-guess").first
    group.scroll_into_view_if_needed()
    group.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    second = group.locator("label").nth(1).inner_text().strip()
    expect(group.get_by_role("status")).to_have_text(f"Kept: {second}")


# Give a slider the focus; what a learner sees and reads there, and whether it stands at its upper end.
AT_SLIDER = """(handle) => {
  handle.focus();
  return {
    drawn: handle.closest('.rnn-play').querySelector('canvas').toDataURL(),
    name: handle.getAttribute('aria-label'),
    readout: handle.parentElement.closest('[class*=widget-slider]').innerText,
    atEnd: +handle.getAttribute('aria-valuenow') >= +handle.getAttribute('aria-valuemax'),
  };
}"""
# The same once another picture is drawn.
AT_SLIDER_ANEW = f"""([handle, drawn]) => {{
  const now = ({AT_SLIDER})(handle);
  return now.drawn !== drawn && now;
}}"""


def move(page, handle):
    """Move a slider by one step, and see its number and its picture change."""
    stood = handle.evaluate(AT_SLIDER)
    assert re.search(r"\w", stood["name"])
    page.keyboard.press("ArrowLeft" if stood["atEnd"] else "ArrowRight")
    now = page.wait_for_function(AT_SLIDER_ANEW, arg=[handle, stood["drawn"]]).json_value()
    assert now["readout"] != stood["readout"], stood["name"]


def notebook_on(page):
    """The open notebook as it would be saved now."""
    json_of = "() => JSON.stringify(window.jupyterapp.shell.currentWidget.context.model)"
    return nbformat.from_dict(json.loads(page.evaluate(json_of)))


def shoot(page, name):
    """Keep a picture of every play, for whoever asked for them."""
    if SCREENSHOTS:
        for k, play in enumerate(page.locator(".rnn-play").all()):
            play.scroll_into_view_if_needed()  # Jupyter draws what comes into view
            play.screenshot(path=ROOT / SCREENSHOTS / name.format(k))


def assert_without_fault(page, dark_first=False):
    """Hold the outputs to all of axe-core's rules in one theme, and to those of colours in the other."""
    set_theme(page, dark_first)
    assert faults(page) == []
    set_theme(page, not dark_first)
    assert faults(page, runOnly=COLOURS) == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs_before_it_is_solved_and_every_slider_moves_its_picture(desk, lesson):
    with desk.notebook(f"notebooks/{lesson}/{lesson}.ipynb") as page:
        run_all(page)
        assert_unsolved_ran(notebook_on(page), lesson)
        pictures = page.locator(".rnn-play")
        expect(pictures).to_have_count(plays_of(lesson))
        for k, play in enumerate(pictures.all()):
            play.scroll_into_view_if_needed()
            play.locator("canvas").wait_for()
            handles = play.get_by_role("slider").element_handles()
            assert handles
            for handle in handles:
                move(page, handle)
            assert caption(page, k)
        if SCREENSHOTS:
            page.set_viewport_size({"width": 640, "height": 1000})
            next_frame(page)
            shoot(page, f"{lesson}-{{}}-narrow.png")
            page.set_viewport_size({"width": 1280, "height": 1000})
        # No alt text is left out.
        assert page.locator(".jp-OutputArea-output img:not([alt])").count() == 0
        # Every other lesson begins in the dark, in which the one before it was left.
        assert_without_fault(page, dark_first=LESSONS.index(lesson) % 2 == 1)
        assert page.console_errors == []


@pytest.mark.parametrize("lesson", BY_KEYS)
def test_a_solved_lesson_is_gone_through_by_keys_alone_and_says_what_passed(desk, lesson):
    with desk.notebook(f"solutions/{lesson}/{lesson}.ipynb") as page:
        assert go_through(page) >= 3
        panels = page.locator("[role=status]", has_text="visible checks passed")
        assert panels.count() == exercises_of(lesson)
        assert page.locator(".jp-OutputArea-output[data-mime-type*=stderr]").count() == 0
        expect(page.locator(".rnn-play canvas")).to_have_count(plays_of(lesson))
        guess_by_keyboard(page)
        panels.first.scroll_into_view_if_needed()
        assert_without_fault(page, dark_first=BY_KEYS.index(lesson) % 2 == 1)
        assert page.console_errors == []


#: Notebook 7 says this on an empty notebook too, before any cell runs: JupyterLab's shortcuts extension,
#: which is bundled in it, hears `pluginChanged` of another plugin and reads
#: `registry.plugins["@jupyterlab/shortcuts-extension:shortcuts"].schema` before its own settings are loaded.
SHORTCUTS_NOT_YET = "Cannot read properties of undefined (reading 'schema')"


def test_a_lesson_runs_in_notebook_7_and_is_driven_by_keys(browser, tmp_path):
    lesson = "01_state_equation"
    shutil.copy(ROOT / "solutions" / lesson / f"{lesson}.ipynb", tmp_path)
    with lab(tmp_path, "notebook") as address:
        page = open_in_notebook_7(browser, address, f"{lesson}.ipynb")
        run_all(page)
        handle = page.locator(".rnn-play").get_by_role("slider").first
        handle.scroll_into_view_if_needed()
        move(page, handle.element_handle())
        guess_by_keyboard(page)
        assert faults(page) == []
        assert [error for error in page.console_errors if error != SHORTCUTS_NOT_YET] == []


@pytest.fixture(scope="module")
def gallery(desk):
    """Every play on one page, for a reader who wants nothing to move by itself."""
    with desk.notebook("plays.ipynb") as page:
        page.emulate_media(reduced_motion="reduce")
        run_all(page)
        expect(page.locator(".rnn-play")).to_have_count(len(plays.PLAYS))
        yield page
        page.emulate_media(reduced_motion="null")
        assert page.console_errors == []


# Give a control the focus; what its play shows to the eye, says in words, and tells a screen reader.
AT_CONTROL = """(control) => {
  control.focus();
  const play = control.closest('.rnn-play');
  return {
    drawn: play.querySelector('canvas').toDataURL(),
    said: play.querySelector('.rnn-caption').textContent,
    read: play.querySelector('[role=img]').getAttribute('aria-label'),
    kind: control.tagName,
    atEnd: control.getAttribute('aria-valuenow') === control.getAttribute('aria-valuemax'),
  };
}"""
# The same once both picture and words are others.
AT_CONTROL_ANEW = f"""([control, before]) => {{
  const now = ({AT_CONTROL})(control);
  return now.drawn !== before.drawn && now.said !== before.said && now;
}}"""


@pytest.mark.parametrize("name", plays.PLAYS)
def test_a_play_says_in_words_what_each_control_has_changed(gallery, name):
    play = gallery.locator(".rnn-play").nth(list(plays.PLAYS).index(name))
    play.scroll_into_view_if_needed()
    play.get_by_role("img").wait_for()
    controls = play.locator("[role=slider], select, input").element_handles()
    assert controls
    for control in controls:
        before = control.evaluate(AT_CONTROL)
        assert before["read"] == before["said"]
        if before["kind"] == "INPUT":
            control.fill("no")
        elif before["kind"] == "SELECT":
            gallery.keyboard.press("ArrowDown")
        else:
            # All weights of a puzzle at their ends saturate it: then nothing is left to change.
            up, down = ("ArrowRight", "ArrowLeft") if name in PUZZLES else ("End", "Home")
            gallery.keyboard.press(down if before["atEnd"] else up)
        now = gallery.wait_for_function(AT_CONTROL_ANEW, arg=[control, before]).json_value()
        assert now["read"] == now["said"]


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768)])
def test_a_play_is_in_view_with_its_controls_and_words_on_a_small_laptop(gallery, size):
    before = gallery.viewport_size
    gallery.set_viewport_size({"width": size[0], "height": size[1]})
    heights = {}
    for k, name in enumerate(plays.PLAYS):
        play = gallery.locator(".rnn-play").nth(k)
        play.scroll_into_view_if_needed()
        next_frame(gallery, 4)
        heights[name] = play.bounding_box()["height"]
    gallery.set_viewport_size(before)
    assert max(heights.values()) <= 700, heights


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


def test_axe_finds_nothing_in_any_play(gallery):
    for k in range(len(plays.PLAYS)):  # Jupyter draws what comes into view
        gallery.locator(".rnn-play").nth(k).scroll_into_view_if_needed()
        next_frame(gallery)
    assert_without_fault(gallery, dark_first=True)
