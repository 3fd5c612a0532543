// From a drawing to a widget: one frame for any number of changes, the sentence under the picture,
// the learner's error in its place, and names for the sliders beside it.

import { Sheet } from "./canvas.js";

// draw(sheet, get) draws the whole picture and returns the sentence that says what is to be seen;
// drag(place, get), where there is one, returns the values that a pointer at `place` sets.
export function picture({ draw, drag }) {
  return {
    render({ model, el }) {
      const get = (name) => model.get(name);
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
      const sheet = new Sheet(canvas);

      let due = 0;
      const redraw = () => {
        due = due || requestAnimationFrame(paint);
      };
      const paint = () => {
        due = 0;
        question.textContent = get("question");
        code.textContent = get("code");
        code.hidden = !get("code");
        const broken = get("error");
        if (error.textContent !== broken) error.textContent = broken;
        error.hidden = !broken;
        frame.hidden = caption.hidden = Boolean(broken);
        if (broken || !frame.clientWidth) return;
        const sentence = draw(sheet, get);
        if (caption.textContent === sentence) return;
        caption.textContent = sentence;
        canvas.setAttribute("aria-label", sentence);
        model.set("description", sentence);
        model.save_changes();
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
      model.on("change", redraw);
      stops.push(() => model.off("change", redraw), () => cancelAnimationFrame(due));
      // The width tells when the picture is on the page, shown again, zoomed, or resized.
      observe(new ResizeObserver(() => {
        redraw();
        const box = el.closest(".rnn-play");
        if (box && !box.dataset.named) {
          box.dataset.named = "yes";
          nameSliders(box);
          observe(new MutationObserver(() => nameSliders(box)), box, { childList: true, subtree: true });
        }
      }), el);
      const theme = { attributes: true, attributeFilter: ["class", "data-jp-theme-name", "data-jp-theme-light"] };
      observe(new MutationObserver(redraw), page.body, theme);
      listen(window.matchMedia("(prefers-color-scheme: dark)"), "change", redraw);
      if (drag) {
        dragging(canvas, listen, (place, start) => {
          const values = drag(place, get, start);
          Object.entries(values || {}).forEach(([name, value]) => model.set(name, value));
          if (values) model.save_changes();
          return Boolean(values);
        });
      }
      redraw();
      return () => stops.forEach((stop) => stop());
    },
  };
}

function dragging(canvas, listen, move) {
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  let held = false;
  listen(canvas, "pointerdown", (event) => {
    held = move(place(event), true);
    if (held) canvas.setPointerCapture(event.pointerId);
  });
  listen(canvas, "pointermove", (event) => held && move(place(event), false));
  listen(canvas, "pointerup", () => (held = false));
  listen(canvas, "pointercancel", () => (held = false));
}

// An ipywidgets slider's handle has no name, and JupyterLab keeps its arrow keys for itself.
function nameSliders(box) {
  for (const slider of box.querySelectorAll(".widget-slider, .widget-hslider")) {
    const label = slider.querySelector(".widget-label");
    const name = label ? label.textContent.trim() : "";
    for (const part of slider.querySelectorAll(".noUi-handle, .widget-readout")) {
      if (part.getAttribute("aria-label") === name) continue;
      part.setAttribute("aria-label", name);
      part.setAttribute("data-lm-suppress-shortcuts", "true");
      if (part.classList.contains("widget-readout")) part.setAttribute("role", "textbox");
    }
  }
}
