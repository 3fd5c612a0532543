"""Every play of the course in a real JupyterLab: its words, its motion, its accessibility."""

import nbformat
import plays
import pytest
from browser import (
    chromium,
    chromium_path,
    faults,
    lab,
    next_frame,
    open_notebook,
    pixels,
    run_all,
    set_theme,
    wait_for_change,
)
from playwright.sync_api import expect

from rnn_utils.widgets.puzzle import PUZZLES

pytestmark = pytest.mark.skipif(
    chromium_path() is None, reason="no Chromium or Chrome is installed"
)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """Every play on one page, for a reader who wants nothing to move by itself."""
    folder = tmp_path_factory.mktemp("plays")
    nbformat.write(plays.notebook(), folder / "plays.ipynb")
    with lab(folder) as address, chromium() as browser:
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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_any_play(gallery, dark):
    set_theme(gallery, dark)
    for k in range(len(plays.PLAYS)):  # Jupyter draws what comes into view
        gallery.locator(".rnn-play").nth(k).scroll_into_view_if_needed()
        next_frame(gallery)
    assert faults(gallery) == []
