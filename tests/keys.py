"""Working in a notebook by keys alone, in the page of a real JupyterLab."""

import re

from browser import next_frame
from playwright.sync_api import expect

# What has the focus: in which cell, what it is, what it stands at, and whether that can be seen.
FOCUS = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  const node = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  const control = node.matches('[role=slider], select, input, button, [role=textbox]')
    && node.closest('.rnn-play, .rnn-questions');
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
    ".rnn-guess :is(input:not([type=radio]), button), .rnn-reveal button"
)


def focus(page):
    """What has the focus now; a cell or a control is in view, and a ring around it is to be seen."""
    next_frame(page)
    now = page.evaluate(FOCUS)
    if now["isCell"] and not now["inView"]:
        # Jupyter goes on to the next cell before the output above it comes and pushes it away. Whoever
        # works by keys gets it back with the arrow keys.
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowDown")
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
        asked = page.locator(".rnn-guess:focus-within [role=status]:visible")
        expect(asked.first).to_contain_text(re.compile("Kept: |Right|No"))
    elif control["kind"] == "number":
        press("ArrowUp")
    elif control["kind"] == "button":
        press("Space")
        answered = page.locator(".rnn-questions:focus-within [role=status]")
        expect(answered).to_contain_text(re.compile("Kept: |You made no guess"))


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


# Whether cell k has been run, and all that it shows is there.
DONE = """(k) => {
  const { model, node } = window.jupyterapp.shell.currentWidget.content.widgets[k];
  if (model.type !== 'code' || !model.sharedModel.source.trim()) return true;
  if (!model.executionCount || model.executionState === 'running') return false;
  const widgets = model.outputs.toJSON().filter(
    ({ data }) => data && 'application/vnd.jupyter.widget-view+json' in data);
  const ready = node.querySelectorAll(
    '.rnn-questions, :is(.rnn-play, .rnn-writer) canvas[aria-label]');
  return ready.length >= widgets.length;
}"""
HAS_CONTROLS = """(k) => !!window.jupyterapp.shell.currentWidget.content.widgets[k].node
  .querySelector('.rnn-play, .rnn-guess, .rnn-reveal button')"""


def go_through(page):
    """Run a notebook from its first cell to its last, using each control; return how many there were."""
    page.locator(".jp-Notebook-cell").first.wait_for()
    count = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    used = 0
    for k in range(count):
        now = focus(page)
        assert now["isCell"]
        assert now["cell"] == k
        # The last one is run in its place: after it Jupyter would add a new one.
        page.keyboard.press("Shift+Enter" if k < count - 1 else "Control+Enter")
        page.wait_for_function(DONE, arg=k)
        if page.evaluate(HAS_CONTROLS, k):
            page.keyboard.press("ArrowUp")
            used += use_outputs(page, k)
            page.keyboard.press("ArrowDown")
    return used
