"""Every lesson in a real JupyterLab: it runs, its sliders move their pictures, nothing complains."""

import re
import shutil
from pathlib import Path

import pytest
from browser import (
    caption,
    chromium,
    chromium_path,
    lab,
    open_notebook,
    pixels,
    run_all,
    set_theme,
    wait_for_change,
)
from playwright.sync_api import expect

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "test-output"
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*/*.ipynb"))

pytestmark = pytest.mark.skipif(
    chromium_path() is None, reason="no Chromium or Chrome is installed"
)


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """One JupyterLab and one browser for all lessons, solved ones beside unsolved ones."""
    folder = tmp_path_factory.mktemp("lab")
    for kind in ("solutions", "notebooks"):
        for lesson in LESSONS:
            (folder / kind / lesson).mkdir(parents=True)
            shutil.copy(ROOT / kind / lesson / f"{lesson}.ipynb", folder / kind / lesson)
    OUTPUT.mkdir(exist_ok=True)
    with lab(folder) as address, chromium() as browser:
        yield lambda kind, lesson: open_notebook(
            browser, address, f"{kind}/{lesson}/{lesson}.ipynb"
        )


def readout(handle):
    """The number beside a slider, as it is shown."""
    return handle.locator("xpath=ancestor::*[contains(@class, 'widget-slider')][1]").inner_text()


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_solved_lesson_runs_and_every_slider_moves_its_picture(jupyter, lesson):
    page = jupyter("solutions", lesson)
    run_all(page)
    plays = page.locator(".rnn-play")
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
        for dark in (False, True):
            set_theme(page, dark)
            play.screenshot(path=OUTPUT / f"{lesson}-{k}-{'dark' if dark else 'light'}.png")
    # No alt text is left out.
    assert page.locator(".jp-OutputArea-output img:not([alt])").count() == 0
    assert page.console_errors == []
    page.context.close()


def test_an_unsolved_lesson_runs_to_its_end_and_says_what_is_not_done(jupyter):
    page = jupyter("notebooks", "01_state_equation")
    run_all(page)
    panels = page.locator("[role=status]", has_text="not done yet")
    assert panels.count() == 5
    assert page.locator(".jp-OutputArea-output[data-mime-type*=stderr]").count() == 0
    assert page.locator(".rnn-play canvas").count() == 1
    page.context.close()
