"""How soon a picture answers its slider, in JupyterLab in headless Chromium, all in one run.

    uv run python benchmarks/picture_latency.py           # Chromium or Chrome has to be installed

Four pictures with sliders take turns on one page: a bare HTML slider with a canvas (what a browser can
do at all), a picture of the course that is computed in the browser, one that calls a function in Python,
and the first one again, the same panels, curves and words, by `interact` with inline matplotlib as it
comes. An image counts as seen when it is loaded; the time to decode it is not counted.

- response: from the slider's input event (a key press, at a random moment of the frame) to the end of
  the first frame in which the picture's own pixels differ; median and 95th percentile of at least 50
- dragging: the handle is moved to and fro, 125 events a second; changed pictures per second
- settling: from the last event of that drag to the last change of the picture

Absolute times depend on the machine and on what else it does; the ratios within one run much less.
"""

import json
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

import nbformat
from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browser import chromium, lab, open_notebook, run_all

EVENTS = 60  # key presses for each picture, in rounds of ten by turns
DRAG = 2.0  # seconds
GOALS = {  # median ms, 95 % ms, updates a second, ms to settle
    "browser": (12, 33, 35, 150),
    "python": (40, None, 15, 150),
}

BARE = """
<div class="timed" data-name="bare">
<input type="range" min="-1.2" max="1.2" step="0.01" value="0.8" aria-label="w">
<canvas width="900" height="250" style="width: 900px; height: 250px"></canvas></div>
<script>
{
  const all = [...document.querySelectorAll('[data-name=bare]')];
  const box = all[all.length - 1];
  const [input, canvas] = box.children;
  input.setAttribute('data-lm-suppress-shortcuts', 'true');
  const ctx = canvas.getContext('2d');
  const draw = () => {
    ctx.clearRect(0, 0, 900, 250);
    const w = Number(input.value);
    for (const left of [0, 300, 600]) {
      let h = 1;
      ctx.beginPath();
      for (let t = 0; t < 50; t++) {
        ctx.lineTo(left + 5.8 * t, 125 - 100 * Math.tanh(h));
        h = w * h + 0.01;
      }
      ctx.stroke();
      ctx.fillText(w.toFixed(2), left + 20, 20);
    }
  };
  input.addEventListener('input', draw);
  draw();
}
</script>
"""

CELLS = {
    "bare": f"from IPython.display import HTML, display\ndisplay(HTML({BARE!r}))",
    "browser": """
import numpy as np
from rnn_utils.widgets import memory_slider
memory_slider(np.sin(np.arange(50.0)))""",
    "python": """
from rnn_utils import rnn_backward
from rnn_utils.widgets import gradient_pipe
gradient_pipe(rnn_backward)""",
    "interact": """
%matplotlib inline
import matplotlib.pyplot as plt
from ipywidgets import FloatSlider, interact
inputs = {"Impulse": np.eye(30)[0], "Step": np.ones(30), "Signal": np.sin(np.arange(50.0))}
@interact(w_hh=FloatSlider(0.8, min=-1.2, max=1.2, step=0.01),
          w_xh=FloatSlider(1.0, min=-2, max=2, step=0.05))
def show(w_hh, w_xh):
    figure, panels = plt.subplots(1, 3, figsize=(9, 2.5))
    for axes, (title, x) in zip(panels, inputs.items()):
        h = [w_xh * x[0]]
        for x_t in x[1:]:
            h.append(w_hh * h[-1] + w_xh * x_t)
        axes.plot(x, "rs", markersize=3, label="input x")
        axes.plot(h, "b.-", label="state h")
        axes.set(title=title, xlabel="time t (steps)", ylabel="input, state")
        axes.legend()
    plt.show()""",
}

# Asked of the page: how soon a picture answers, and how it follows a drag.
PAGE = """
window.timing = (() => {
  const cell = (index) => document.querySelectorAll('.jp-Cell-outputArea')[index];
  const handle = (index) => cell(index).querySelector('input[type=range], .noUi-handle');
  const look = (index) => {
    const image = cell(index).querySelector('img');
    if (image) return image.complete ? image.src : null;
    const canvas = cell(index).querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const words = new Uint32Array(data.buffer);
    let sum = 0;
    for (let i = 0; i < words.length; i++) sum = (Math.imul(sum, 31) + words[i]) | 0;
    return sum;
  };
  // The end of a frame: after its callbacks the browser renders, then it comes to the next task.
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(0);
  }));
  const press = (target, right) => {
    if (target.matches('input')) {
      target.stepUp(right ? 1 : -1);
      target.dispatchEvent(new Event('input', { bubbles: true }));
      return;
    }
    const key = right ? 'ArrowRight' : 'ArrowLeft';
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  };
  async function respond(index, count) {
    const times = [];
    for (let i = 0; i < count; i++) {
      const before = look(index);
      const wait = performance.now() + 250 + 17 * Math.random();
      while (performance.now() < wait) await new Promise((done) => setTimeout(done));
      const start = performance.now();
      press(handle(index), i % 10 < 5);
      let end;
      do {
        end = await frame();
      } while ((look(index) ?? before) === before && end - start < 3000);
      times.push(end - start);
    }
    return times;
  }
  // Move to and fro for some seconds, 125 events a second like a mouse; look at every frame meanwhile,
  // and on until nothing has changed for a while.
  async function drag(index, seconds) {
    const target = handle(index);
    const box = target.getBoundingClientRect();
    const middle = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    const grip = target.firstElementChild || target; // where noUiSlider listens
    const point = (kind, offset) => grip.dispatchEvent(new MouseEvent(kind, {
      bubbles: true, cancelable: true, buttons: kind === 'mouseup' ? 0 : 1,
      clientX: middle.x + offset, clientY: middle.y,
    }));
    const bare = target.matches('input');
    const changes = [];
    let [last, event] = [look(index), performance.now()];
    const start = event;
    const looking = (async () => {
      while (performance.now() - Math.max(event, changes.at(-1) || 0) < 1000) {
        const now = await frame();
        const seen = look(index);
        if (seen !== null && seen !== last) {
          changes.push(now);
          last = seen;
        }
      }
    })();
    if (!bare) point('mousedown', 0);
    for (let k = 1; performance.now() - start < 1000 * seconds; k++) {
      event = performance.now();
      const right = (k + 20) % 80 < 40;
      if (bare) press(target, right);
      else point('mousemove', 20 - Math.abs((k + 20) % 80 - 40));
      while (performance.now() - event < 8) await new Promise((done) => setTimeout(done));
    }
    if (!bare) point('mouseup', 0);
    await looking;
    const during = changes.filter((time) => time <= event).length;
    const settled = Math.max(0, (changes.at(-1) || event) - event);
    return [(1000 * during) / (event - start), settled];
  }
  return { handle, respond, drag };
})();
"""


def measure(page: Page) -> dict[str, tuple[float, float, float, float]]:
    """Median and 95th percentile of the response (ms), changes per second, ms to settle."""
    times: dict[str, list[float]] = {name: [] for name in CELLS}
    page.evaluate(PAGE)
    for _ in range(EVENTS // 10):
        for index, name in enumerate(CELLS):
            page.evaluate("(i) => window.timing.handle(i).scrollIntoView({block: 'center'})", index)
            times[name] += page.evaluate("(i) => window.timing.respond(i, 10)", index)
    return {
        name: (
            median(each),
            quantiles(each, n=20)[-1],
            *page.evaluate("([i, s]) => window.timing.drag(i, s)", [index, DRAG]),
        )
        for index, (name, each) in enumerate(times.items())
    }


def main() -> None:
    """Measure in a notebook of its own and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(notebook, Path(folder) / "latency.ipynb")
        with lab(Path(folder)) as address, chromium() as browser:
            page = open_notebook(
                browser, address, "latency.ipynb", viewport={"width": 1280, "height": 1400}
            )
            run_all(page)
            page.locator(".rnn-play").nth(1).wait_for()
            page.locator("img").last.wait_for()
            figures = measure(page)
            page.context.close()
    bare = figures["bare"][0]
    print("                 median ms   95 % ms   updates/s   settles ms   median / bare slider")
    for name, (middle, high, rate, settle) in figures.items():
        print(
            f"{name:16} {middle:9.1f} {high:9.1f} {rate:11.1f} {settle:12.0f} {middle / bare:12.2f}"
        )
    print(f"\ninteract / browser: {figures['interact'][0] / figures['browser'][0]:.0f}")
    for name, goals in GOALS.items():
        print(f"goals, {name}: median, 95 %, updates, settles {json.dumps(goals)}")


if __name__ == "__main__":
    main()
