"""Every lesson as a learner opens it, in a real JupyterLab: it runs to its end before any exercise is solved,
its sliders move their pictures, nothing complains.

test_lessons runs the solved ones, and where there is no browser these too.
"""

import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from browser import (
    caption,
    chromium_path,
    close,
    faults,
    lab,
    next_frame,
    open_notebook,
    pixels,
    run_all,
    set_theme,
    wait_for_change,
)
from executed import assert_unsolved_ran
from playwright.sync_api import expect

from rnn_utils import widgets

ROOT = Path(__file__).parents[1]
#: Where pictures of all plays are put, for whoever wants to look at them.
SCREENSHOTS = os.environ.get("RNN_COURSE_SCREENSHOTS")
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*/*.ipynb"))

pytestmark = pytest.mark.skipif(
    chromium_path() is None, reason="no Chromium or Chrome is installed"
)


@pytest.fixture(scope="module")
def jupyter(browser, tmp_path_factory):
    """One JupyterLab for all lessons, solved ones beside unsolved ones."""
    folder = tmp_path_factory.mktemp("lab")
    for kind in ("solutions", "notebooks"):
        for lesson in LESSONS:
            (folder / kind / lesson).mkdir(parents=True)
            shutil.copy(ROOT / kind / lesson / f"{lesson}.ipynb", folder / kind / lesson)
    with lab(folder) as address:
        yield lambda kind, lesson: open_notebook(
            browser, address, f"{kind}/{lesson}/{lesson}.ipynb"
        )


def plays_of(lesson):
    """How many pictures the lesson's code makes, by the names that `rnn_utils.widgets` has for them."""
    notebook = json.loads((ROOT / "notebooks" / lesson / f"{lesson}.ipynb").read_text("utf-8"))
    code = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    others = {"Play", "predict", "quiz", "reveal", "sum_up", "writing_network"}
    names = "|".join(set(widgets.__all__) - others)
    return len(re.findall(rf"\b(?:{names})\(", code))


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


def notebook_on(page):
    """The open notebook as it would be saved now."""
    json_of = "() => window.jupyterapp.shell.currentWidget.context.model.toJSON()"
    return nbformat.from_dict(page.evaluate(json_of))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs_before_it_is_solved_and_every_slider_moves_its_picture(jupyter, lesson):
    page = jupyter("notebooks", lesson)
    run_all(page)
    assert_unsolved_ran(notebook_on(page), lesson)
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
        if SCREENSHOTS:
            page.set_viewport_size({"width": 640, "height": 1000})
            next_frame(page)
            play.screenshot(path=ROOT / SCREENSHOTS / f"{lesson}-{k}-narrow.png")
            page.set_viewport_size({"width": 1280, "height": 1000})
    # No alt text is left out.
    assert page.locator(".jp-OutputArea-output img:not([alt])").count() == 0
    for dark in (False, True):
        set_theme(page, dark)
        for k in range(plays.count()):
            plays.nth(k).scroll_into_view_if_needed()  # Jupyter draws what comes into view
            if SCREENSHOTS:
                shot = f"{lesson}-{k}-{'dark' if dark else 'light'}.png"
                plays.nth(k).screenshot(path=ROOT / SCREENSHOTS / shot)
        assert faults(page) == []
    assert page.console_errors == []
    close(page)


def test_a_solved_lesson_says_what_passed_for_all_to_read(jupyter):
    page = jupyter("solutions", "01_state_equation")
    run_all(page)
    panels = page.locator("[role=status]", has_text="visible checks passed")
    assert panels.count() == 5
    assert page.locator(".jp-OutputArea-output[data-mime-type*=stderr]").count() == 0
    assert page.locator(".rnn-play canvas").count() == 1
    guess_by_keyboard(page)
    for dark in (False, True):
        set_theme(page, dark)
        panels.first.scroll_into_view_if_needed()
        assert faults(page) == []
    assert page.console_errors == []
    close(page)


#: Notebook 7 says this on an empty notebook too, before any cell runs: JupyterLab's shortcuts extension,
#: which is bundled in it, hears `pluginChanged` of another plugin and reads
#: `registry.plugins["@jupyterlab/shortcuts-extension:shortcuts"].schema` before its own settings are loaded.
SHORTCUTS_NOT_YET = "Cannot read properties of undefined (reading 'schema')"


def test_a_lesson_runs_in_notebook_7_and_is_driven_by_keys(browser, tmp_path):
    lesson = "01_state_equation"
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
