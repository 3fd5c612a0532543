// A network writes: it reads what stands in the field, letter by letter, and draws the next from its scores.

import { product, rnnStep, temperedProbabilities, unpackHalves } from "./maths.js";
import { Sheet } from "./canvas.js";

const PAUSE = 70; // ms between two letters
const LIKELY = 6; // letters among the bars
const LONGEST = 1200; // letters of the field, after which it stops

function render({ model, el }) {
  const network = unpacked(model.get("network"));
  const page = el.ownerDocument;
  const add = (parent, tag, traits = {}) => {
    const node = Object.assign(page.createElement(tag), traits);
    if (tag === "input" || tag === "textarea") node.setAttribute("data-lm-suppress-shortcuts", "true");
    parent.append(node);
    return node;
  };
  const box = add(el, "div", { className: "rnn-writer" });
  box.addEventListener("keydown", ({ key }) => {
    const cell = key === "Escape" && box.closest(".jp-Cell");
    if (cell) cell.focus();
  });
  const field = add(box, "textarea", { rows: 4, value: model.get("text"), spellcheck: false });
  field.setAttribute("aria-label", "A text that the network continues");
  const row = add(box, "div", { className: "rnn-controls" });
  const go = add(row, "button", { type: "button", textContent: "Write on" });
  const again = add(row, "button", { type: "button", textContent: "Back to my beginning" });
  const label = add(row, "label", { textContent: "temperature " });
  const heat = add(label, "input", { type: "range", min: 0, max: 1.5, step: 0.05, value: 0.5 });
  const shown = add(label, "output", { textContent: "0.50" });
  const lights = add(box, "div", { className: "rnn-lights" });
  const frame = add(lights, "div", { className: "rnn-frame" });
  const canvas = add(frame, "canvas");
  canvas.setAttribute("role", "img");
  const likely = add(lights, "ol", { className: "rnn-likely" });
  const caption = add(box, "p", { className: "rnn-caption" });
  const sheet = new Sheet(canvas);

  // States after each letter that was read, so that typing one more letter costs one step.
  let [readText, states] = ["", [network.start]];
  const read = (text) => {
    let same = 0;
    while (same < readText.length && readText[same] === text[same]) same += 1;
    states.length = same + 1;
    for (const letter of text.slice(same)) {
      const before = states[states.length - 1];
      const x = network.inputs.get(letter);
      states.push(x ? rnnStep(x, before, network.W_xh, network.W_hh, network.b_h) : before);
    }
    readText = text;
    return states[states.length - 1];
  };
  const chances = (h) => {
    const scores = product(network.W_hy, h).map((score, k) => score + network.b_y[k]);
    return temperedProbabilities(scores, Number(heat.value), scores.length);
  };

  let begun = field.value;
  const show = () => {
    const h = read(field.value);
    const p = chances(h);
    const order = p.map((_, k) => k).sort((a, b) => p[b] - p[a]).slice(0, LIKELY);
    likely.replaceChildren(
      ...order.map((k) => {
        const item = page.createElement("li");
        const bar = page.createElement("span");
        bar.style.width = `${Math.round(100 * p[k])}%`;
        item.append(`${named(network.characters[k])} ${Math.round(100 * p[k])} %`, bar);
        return item;
      }),
    );
    if (sheet.measure()) paint(sheet, h);
    const most = named(network.characters[order[0]]);
    caption.textContent =
      `${h.length} numbers are all that the network keeps of the text: its state, one light each. ` +
      `After “${named(field.value.slice(-1)) || "nothing"}” it finds ${most} most likely, at ${Math.round(100 * p[order[0]])} %.`;
    canvas.setAttribute("aria-label", caption.textContent);
    return p;
  };

  let due = 0;
  const stop = () => {
    clearTimeout(due);
    due = 0;
    go.textContent = "Write on";
    model.set("text", field.value);
    model.save_changes();
  };
  const write = () => {
    if (field.value.length >= LONGEST || !el.isConnected) return stop();
    const p = chances(read(field.value));
    let chance = Math.random();
    const k = p.findIndex((share) => (chance -= share) < 0);
    field.value += network.characters[k < 0 ? p.indexOf(Math.max(...p)) : k];
    field.scrollTop = field.scrollHeight;
    show();
    due = setTimeout(write, PAUSE);
  };
  go.addEventListener("click", () => {
    if (due) return stop();
    go.textContent = "Pause";
    write();
  });
  again.addEventListener("click", () => {
    field.value = begun;
    stop();
    show();
  });
  field.addEventListener("input", () => {
    if (due) stop();
    begun = field.value;
    show();
  });
  heat.addEventListener("input", () => {
    shown.textContent = Number(heat.value).toFixed(2);
    show();
  });
  const observer = new ResizeObserver(() => {
    sheet.stale = true;
    show();
  });
  observer.observe(frame);
  show();
  return () => {
    clearTimeout(due);
    observer.disconnect();
  };
}

// One light for each number of the state: brighter the farther from zero, blue below it and red above.
function paint(sheet, h) {
  const columns = 32;
  const size = sheet.width / columns;
  sheet.begin(sheet.width, size * Math.ceil(h.length / columns));
  const { ctx } = sheet;
  h.forEach((value, k) => {
    const [x, y] = [(k % columns) * size, Math.floor(k / columns) * size];
    ctx.globalAlpha = 0.08 + 0.92 * Math.abs(value);
    ctx.fillStyle = value < 0 ? "#4477aa" : "#ee6677";
    ctx.fillRect(x + 1, y + 1, size - 2, size - 2);
  });
  ctx.globalAlpha = 1;
}

function unpacked({ characters, ...packed }) {
  const parts = Object.fromEntries(
    Object.entries(packed).map(([name, { rows, halves }]) => [name, unpackHalves(halves, rows)]),
  );
  const { W_xh, W_hh, b_h: [b_h], W_hy, b_y: [b_y] } = parts;
  const letters = [...characters];
  const one = (k) => letters.map((_, j) => (j === k ? 1 : 0));
  const inputs = new Map(letters.map((letter, k) => [letter, one(k)]));
  return { characters: letters, inputs, W_xh, W_hh, b_h, W_hy, b_y, start: b_h.map(() => 0) };
}

function named(letter) {
  return { " ": "␣", "\n": "↵" }[letter] ?? letter;
}

export default { render };
