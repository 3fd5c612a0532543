"""The drawn explanations: right numbers, a text beside each, legible on a phone, nothing overlaps."""

import inspect
import math
import xml.etree.ElementTree as ElementTree
from importlib import import_module
from pathlib import Path

import pytest
from browser import chromium, chromium_path

from rnn_utils import drawings
from rnn_utils.drawings.gated import gru_cell, lstm_cell
from rnn_utils.drawings.gradients import step_graph
from rnn_utils.drawings.output import scores_and_probabilities
from rnn_utils.drawings.recurrence import loop_and_unrolling, scan_tree, shapes_of_a_step
from rnn_utils.drawings.sketch import BLUE, GREEN, INK, PURPLE, RED, Drawing, Sketch

MODULES = sorted(path.stem for path in Path(drawings.__file__).parent.glob("[a-z]*.py"))
EVERY = {
    name: function
    for stem in MODULES
    if stem != "sketch"
    for name, function in vars(import_module(f"rnn_utils.drawings.{stem}")).items()
    if inspect.isfunction(function) and function.__annotations__.get("return") == "Drawing"
}
#: Other values than those of the defaults: small and large, none and all.
OTHERS = {
    "loop_and_unrolling, 2 steps": lambda: loop_and_unrolling(2),
    "shapes_of_a_step, wide": lambda: shapes_of_a_step(5, 5),
    "scores_and_probabilities, sure": lambda: scores_and_probabilities(
        (1, 0.5, -1), ((3, 1, -1), (-2, 0, 1)), (0.25, -1)
    ),
    "scan_tree, 16 steps": lambda: scan_tree(16),
    "step_graph, negative": lambda: step_graph(-1.5, -0.25, 1.25, 1.75, -0.5, -2.25),
    "lstm_cell, shut": lambda: lstm_cell(0, 0, -0.75, 0, -12.25),
    "lstm_cell, open": lambda: lstm_cell(1, 1, -1, 1, -0.25),
    "gru_cell, keeps": lambda: gru_cell(0, 1, -0.75, -0.25),
    "gru_cell, renews": lambda: gru_cell(1, 0, 0.75, -0.25),
}
DRAWN = EVERY | OTHERS
every_drawing = pytest.mark.parametrize("name", DRAWN)


@every_drawing
def test_a_drawing_is_sound_named_and_in_the_pages_ink(name):
    drawing = DRAWN[name]()
    root = ElementTree.fromstring(drawing.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == drawing.alt == repr(drawing)
    assert len(drawing.alt.split()) >= 20
    for element in root.iter():
        for colour in (element.get("fill"), element.get("stroke")):
            assert colour in (None, "none", INK, BLUE, RED, GREEN, PURPLE)


@every_drawing
def test_words_are_large_enough_on_a_phone(name):
    root = ElementTree.fromstring(DRAWN[name]().svg)
    width = float(str(root.get("viewBox")).split()[2])
    assert width <= 400
    sizes = [float(str(e.get("font-size"))) for e in root.iter() if e.tag.endswith("}text")]
    assert min(sizes) * 360 / width > 10.5


@pytest.mark.skipif(chromium_path() is None, reason="no Chromium or Chrome is installed")
def test_words_stay_on_the_sheet_and_apart():
    measure = """svg => {
      const [, , wide, tall] = svg.getAttribute('viewBox').split(' ').map(Number);
      const words = [...svg.querySelectorAll('text')].map((text) => {
        const { x, y, width, height } = text.getBBox();
        const trim = height * 0.22; // the line's own leading
        return { said: text.textContent, l: x, r: x + width, t: y + trim, b: y + height - trim };
      }).filter(({ said }) => said);
      const out = words.filter(({ l, r, t, b }) => l < 0 || r > wide || t < -1 || b > tall + 1);
      const met = [];
      words.forEach((a, i) => words.slice(i + 1).forEach((c) => {
        if (a.l < c.r && c.l < a.r && a.t < c.b && c.t < a.b) met.push(`${a.said} / ${c.said}`);
      }));
      return [...out.map(({ said }) => `${said} leaves the sheet`), ...met];
    }"""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 400, "height": 800})
        found = {}
        for name, draw in DRAWN.items():
            page.set_content(draw()._repr_html_())
            faults = page.locator("svg").evaluate(measure)
            if faults:
                found[name] = faults
    assert not found


def texts(drawing: Drawing) -> str:
    root = ElementTree.fromstring(drawing.svg)
    return " ".join("".join(e.itertext()) for e in root.iter() if e.tag.endswith("}text"))


def test_a_cell_shows_its_own_numbers():
    drawn = texts(lstm_cell(i=0.5, f=0.25, g=-0.5, o=1.0, c_prev=2.0))
    for value in ("0.5", "−0.25", "0.25", f"{math.tanh(0.25):.2f}"):
        assert value in drawn
    drawn = texts(gru_cell(z=0.25, n=-0.5, h_prev=1.0))
    assert "−0.12" in drawn or "−0.13" in drawn


def test_the_graph_of_a_step_shows_gradients_that_a_nudge_confirms():
    values = {"x": 2.0, "h_prev": 0.5, "w_xh": 0.5, "w_hh": -1.0, "b": 0.05}

    def h(x, h_prev, w_xh, w_hh, b):
        return math.tanh(w_xh * x + w_hh * h_prev + b)

    drawn = texts(step_graph(**values))
    for name in values:
        up, down = (h(**values | {name: values[name] + nudge}) for nudge in (1e-5, -1e-5))
        slope = f"{(up - down) / 2e-5:.2f}".rstrip("0").rstrip(".").replace("-", "−")
        assert slope in drawn


def test_a_drawing_without_words_is_refused():
    with pytest.raises(ValueError, match="alt is empty"):
        Sketch(100).finish(" ")


@pytest.mark.parametrize("T", [0, 1, 3, 6, 32, -2])
def test_a_tree_that_does_not_pair_up_is_refused(T):
    with pytest.raises(ValueError, match="2, 4, 8 or 16"):
        scan_tree(T)
