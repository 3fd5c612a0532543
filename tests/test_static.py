"""Plays and guesses in a saved HTML page: no kernel, no network, and still nothing is blank."""

from pathlib import Path

import nbformat
import pytest
from browser import PATIENCE, caption, chromium, chromium_path, pixels, wait_for_change
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from traitlets.config.loader import JSONFileConfigLoader

#: What the package installs, so that nbconvert takes the page that a picture brings along.
CONFIG = Path(__file__).parents[1] / "etc" / "jupyter" / "jupyter_nbconvert_config.json"

pytestmark = pytest.mark.skipif(
    chromium_path() is None, reason="no Chromium or Chrome is installed"
)

CELLS = [
    "from rnn_utils import rnn_backward, rnn_step\n"
    "from rnn_utils.widgets import *\nmemory_slider([0.0, 1.0, 0.5])",
    "training_board()",
    "gradient_pipe(rnn_backward)",
    "def broken(*arguments):\n    raise ValueError('not today')\n\nsaturation_meter(broken)",
    "predict('07/ways')",
    "reveal('07/ways')",
    "quiz('07')",
    "sum_up('07')",
    "fold_and_unfold()",
    "writing_network('The Queen ')",
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A notebook that was run and saved as HTML, opened as a file without any network."""
    folder = tmp_path_factory.mktemp("saved")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in CELLS],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    NotebookClient(notebook, resources={"metadata": {"path": folder}}).execute()
    config = JSONFileConfigLoader(CONFIG.name, str(CONFIG.parent)).load_config()
    html, _ = HTMLExporter(config=config).from_notebook_node(notebook)
    saved = folder / "saved.html"
    saved.write_text(html, encoding="utf-8")
    with chromium() as browser:
        context = browser.new_context()
        context.set_offline(True)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(saved.as_uri(), wait_until="domcontentloaded")
        yield page


def test_a_picture_of_the_browser_is_live(page):
    for play, name in ((0, "w_hh"), (1, "learning rate")):
        before = pixels(page, play)
        said = caption(page, play)
        page.get_by_role("slider", name=name).first.focus()
        for _ in range(5):
            page.keyboard.press("ArrowLeft")
        wait_for_change(page, before, play)
        assert caption(page, play) != said


def test_a_picture_of_python_is_live_at_every_combination_of_its_controls(page):
    assert page.get_by_role("img").nth(2).get_attribute("aria-label") == caption(page, 2)
    slider = page.get_by_role("slider", name="w_hh").nth(1)
    before = pixels(page, 2)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    wait_for_change(page, before, 2)
    stood = slider.input_value()
    before = pixels(page, 2)
    page.get_by_role("slider", name="scale of inputs").first.focus()
    page.keyboard.press("ArrowRight")
    wait_for_change(page, before, 2)
    assert slider.input_value() == stood  # no control resets another
    before = pixels(page, 2)
    page.get_by_role("combobox", name="the loss reads").select_option("every state")
    wait_for_change(page, before, 2)
    assert slider.input_value() == stood


def test_a_choice_has_its_names(page):
    choice = page.get_by_role("combobox", name="weights")
    assert choice.locator("option").all_inner_texts() == ["shared", "a set for each step"]
    before = pixels(page, 4)
    choice.select_option("a set for each step")
    wait_for_change(page, before, 4)
    assert "sets of their own" in caption(page, 4)


def test_an_error_is_shown_in_the_pictures_place(page):
    assert "ValueError: not today" in page.locator(".rnn-error").nth(3).inner_text()


def test_a_guess_brings_the_answer_and_joins_the_table(page):
    answer = page.locator(".rnn-reveal")
    assert answer.get_by_role("button").count() == 1  # nothing but the offer to show it
    assert "not yet" in page.locator("table.rnn-summary tbody tr").first.inner_text()
    group = page.locator(".rnn-guess").first
    group.get_by_role("radio").first.check()
    assert "Kept: " in group.inner_text()
    assert "You guessed: " in answer.inner_text()
    assert "not yet" not in page.locator("table.rnn-summary tbody tr").first.inner_text()


def test_each_choice_of_the_quiz_says_why(page):
    group = page.locator(".rnn-guess").nth(1)
    assert group.locator(".rnn-says:visible").count() == 0
    for k in range(group.get_by_role("radio").count()):
        group.get_by_role("radio").nth(k).check()
        assert group.locator(".rnn-says:visible").count() == k + 1
    assert group.get_by_text("Right.").count() == 1


def test_the_network_writes_on_what_is_typed_and_pauses(page):
    box = page.locator(".rnn-writer")
    field, state = (
        box.get_by_role("textbox"),
        "() => document.querySelector('.rnn-writer canvas').toDataURL()",
    )
    lit = page.evaluate(state)
    field.fill("Alice sai")
    assert page.evaluate(state) != lit
    assert "“i” it finds d most likely" in box.locator(".rnn-caption").inner_text()
    box.get_by_role("button", name="Write on").click()
    page.wait_for_function("document.querySelector('.rnn-writer textarea').value.length > 12")
    box.get_by_role("button", name="Pause").click()
    assert field.input_value().startswith("Alice sai")
    box.get_by_role("button", name="Back to my beginning").click()
    assert field.input_value() == "Alice sai"
