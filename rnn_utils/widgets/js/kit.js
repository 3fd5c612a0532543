// From a drawing to a widget: one frame for any number of changes, the sentence under the picture,
// the learner's error in its place, and names for the sliders beside it.

import { Sheet } from "./canvas.js";

// Python hears what it is not asked to compute with when the sliders rest so long (ms): a message for
// each step of a drag, with what Jupyter shows of a busy kernel, would cost more than the picture.
const REST = 200;

// draw(sheet, get) draws the whole picture and returns the sentence that says what is to be seen;
// drag(place, get, start), where there is one, returns the values that a pointer at `place` sets;
// hover(place), where there is one, says whether a pointer that only points changes the picture.
// compute(given, values), where there is one, returns the data of a page without Python from what is given and
// what the sliders stand at.
// get(name) is what the slider of that name stands at, or, where Python computes with it, what it stood
// at when the data were computed: a picture never shows new values beside old data.
export function picture({ draw, drag, hover, compute }) {
  return {
    compute,
    async render({ model, el }) {
      const sliders = await slidersOf(model);
      const live = (name) => valueOf(sliders[name]);
      const get = (name) => {
        const { [name]: computed } = model.get("at");
        if (computed !== undefined) return computed;
        return sliders[name] ? live(name) : model.get(name);
      };
      const page = el.ownerDocument;
      const add = (tag, name) => {
        const node = page.createElement(tag);
        node.className = name;
        el.append(node);
        return node;
      };
      el.classList.add("rnn-picture");
      const question = add("p", "rnn-question");
      const frame = add("div", "rnn-frame");
      const canvas = page.createElement("canvas");
      canvas.setAttribute("role", "img");
      frame.append(canvas);
      const caption = add("p", "rnn-caption");
      caption.setAttribute("aria-live", "polite");
      const code = add("pre", "rnn-code");
      const error = add("pre", "rnn-error");
      error.setAttribute("role", "alert");
      const wait = add("p", "rnn-wait");
      wait.setAttribute("role", "status");
      const sheet = new Sheet(canvas);

      // The first change of a frame is drawn at once, later ones together when the next frame begins.
      let due = 0;
      let late = false;
      const later = () => {
        late = true;
        due = due || requestAnimationFrame(() => {
          due = 0;
          if (late) redraw();
        });
      };
      const redraw = () => {
        if (due) return later();
        later();
        late = false;
        paint();
      };
      const paint = () => {
        setText(question, get("question"));
        setText(code, get("code"));
        code.hidden = !get("code");
        const broken = get("error");
        setText(error, broken);
        error.hidden = !broken;
        frame.hidden = caption.hidden = Boolean(broken);
        if (broken || !sheet.measure()) return;
        let sentence = draw(sheet, get);
        // Once more where the legends turned out to need more rows.
        if (sheet.grow()) sentence = draw(sheet, get);
        if (caption.textContent === sentence) return;
        caption.textContent = sentence;
        canvas.setAttribute("aria-label", sentence);
        tell(sentence);
      };
      let [telling, quiet] = [0, false];
      const tell = (sentence) => {
        clearTimeout(telling);
        telling = setTimeout(() => {
          quiet = true;
          model.set("description", sentence);
          quiet = false;
          model.save_changes();
        }, REST);
      };

      const stops = [];
      const listen = (target, type, action) => {
        target.addEventListener(type, action);
        stops.push(() => target.removeEventListener(type, action));
      };
      const observe = (observer, target, options) => {
        observer.observe(target, options);
        stops.push(() => observer.disconnect());
      };
      const hear = (source, event, action) => {
        source.on(event, action);
        stops.push(() => source.off(event, action));
      };
      // A kernel that is busy elsewhere answers late: then the picture says that it waits.
      let waiting = 0;
      const answered = () => Object.entries(model.get("at")).every(([name, value]) => value === live(name));
      const asking = () => {
        clearTimeout(waiting);
        setText(wait, "");
        waiting = setTimeout(() => answered() || setText(wait, "Waiting for Python, which is busy …"), 1000);
      };
      stops.push(() => cancelAnimationFrame(due), () => [telling, waiting].forEach(clearTimeout));
      hear(model, "change", () => {
        if (quiet) return;
        if (answered()) setText(wait, "");
        redraw();
      });
      for (const [name, slider] of Object.entries(sliders)) {
        const asked = name in model.get("at");
        if (!asked) sendAtRest(slider);
        const event = slider.get("_options_labels") ? "change:index" : "change:value";
        hear(slider, event, asked ? asking : redraw);
      }
      const remeasure = () => {
        sheet.stale = true;
        later();
      };
      // The width tells when the picture is on the page, shown again, zoomed, or resized.
      observe(new ResizeObserver(remeasure), frame);
      const marks = ["class", "data-jp-theme-name", "data-jp-theme-light", "data-theme"];
      const theme = { attributes: true, attributeFilter: marks };
      observe(new MutationObserver(remeasure), page.body, theme);
      listen(window.matchMedia("(prefers-color-scheme: dark)"), "change", remeasure);
      keepNaming(el, sliders, stops);
      // Out of the sliders, which keep the keys of Jupyter to themselves, back to the notebook.
      listen(page, "keydown", ({ key, target }) => {
        const box = el.closest(".rnn-play");
        if (key === "Escape" && box && box.contains(target)) backToCell(box);
      });
      if (drag) {
        dragging(canvas, listen, (place, start) => {
          const values = drag(place, get, start);
          for (const [name, value] of Object.entries(values || {})) {
            sliders[name].set("value", value);
            sliders[name].save_changes();
          }
          return Boolean(values);
        });
      }
      if (hover) {
        listen(canvas, "pointermove", (event) => hover(placeOf(canvas, event)) && redraw());
        listen(canvas, "pointerleave", () => hover(null) && redraw());
      }
      later();
      return () => stops.forEach((stop) => stop());
    },
  };
}

// The sliders' own models, by the names that the picture gives them.
async function slidersOf(model) {
  const entries = Object.entries(model.get("sliders")).map(async ([name, reference]) => {
    const id = reference.replace("IPY_MODEL_", "");
    return [name, await model.widget_manager.get_model(id)];
  });
  return Object.fromEntries(await Promise.all(entries));
}

// What a slider, a choice or a field of text stands at; a choice knows the place of its label only.
function valueOf(control) {
  const labels = control.get("_options_labels");
  if (labels) return labels[control.get("index")];
  const value = control.get("value");
  // ipywidgets' sliders come to 6.000000000000001 where 6 is meant.
  return typeof value === "number" ? Number(value.toPrecision(12)) : value;
}

const resting = new WeakSet();

function sendAtRest(slider) {
  if (resting.has(slider)) return;
  resting.add(slider);
  const save = slider.save_changes;
  let due = 0;
  slider.save_changes = (...callbacks) => {
    clearTimeout(due);
    due = setTimeout(() => save.apply(slider, callbacks), REST);
  };
}

function backToCell(node) {
  const cell = node.closest(".jp-Cell");
  if (cell) cell.focus();
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function placeOf(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function dragging(canvas, listen, move) {
  let held = false;
  listen(canvas, "pointerdown", (event) => {
    held = move(placeOf(canvas, event), true);
    if (held) canvas.setPointerCapture(event.pointerId);
  });
  listen(canvas, "pointermove", (event) => held && move(placeOf(canvas, event), false));
  listen(canvas, "pointerup", () => (held = false));
  listen(canvas, "pointercancel", () => (held = false));
}

// The sliders beside a picture come onto the page in their own time, and in a new place when the output
// moves; none stays without a name, not even where the page is not looked at yet.
function keepNaming(el, sliders, stops) {
  const count = Object.values(sliders).filter((slider) => slider.get("min") !== undefined).length;
  let [due, tries] = [0, 0];
  const attempt = () => {
    const box = el.closest(".rnn-play");
    const named = box ? nameSliders(box) : 0;
    if (named < count && (tries += 1) < 600) due = requestAnimationFrame(attempt);
  };
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(due);
    tries = 0;
    attempt();
  });
  observer.observe(el);
  attempt();
  stops.push(() => observer.disconnect(), () => cancelAnimationFrame(due));
}

// An ipywidgets slider's handle has no name, and Jupyter keeps its arrow keys, and a choice's, for itself.
function nameSliders(box) {
  let named = 0;
  box.querySelectorAll("select").forEach((select) => select.setAttribute("data-lm-suppress-shortcuts", "true"));
  for (const slider of box.querySelectorAll(".widget-slider, .widget-hslider")) {
    const label = slider.querySelector(".widget-label");
    const name = label ? label.textContent.trim() : "";
    for (const part of slider.querySelectorAll(".noUi-handle, .widget-readout")) {
      if (part.getAttribute("aria-label") === name) continue;
      part.setAttribute("aria-label", name);
      part.setAttribute("data-lm-suppress-shortcuts", "true");
      if (part.classList.contains("widget-readout")) part.setAttribute("role", "textbox");
    }
    named += slider.querySelectorAll(".noUi-handle").length;
  }
  return named;
}
