// What does a forget bias of one buy? One LSTM unit, whose gates are opened and shut by hand; the cell is a
// tank that is kept and written to.

import { lstmStep, range, sigmoid } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const LEAST = -6; // the smallest power of ten that is shown
const BIASES = [0, 1, 3];
const EVENTS = ["write", "show", "wipe"];
const MOMENT = { colour: GREY, dash: [2, 4], width: 1 };

let places;
let held;

function draw(sheet, get) {
  const data = get("data");
  const [write, bias] = [get("write"), get("bias")];
  const T = data.c.length;
  const t = range(T).map((step) => step + 1);
  const [one, two, three] = sheet.panels(3, { height: 290, minimum: 270 });
  const gates = drawGates(sheet, one, data, t);
  const tank = drawTank(sheet, two, data, t);
  drawProduct(sheet, three, data, t, write);
  places = [gates, tank];
  for (const axes of places) {
    for (const name of EVENTS) {
      if (get(name) > 0) axes.vertical(get(name), MOMENT);
    }
    axes.key("your steps", MOMENT);
  }
  return sentence(data, get, write, bias);
}

function drawGates(sheet, panel, data, t) {
  const axes = new Axes(sheet, panel, {
    x: [0, t.length + 1], y: [-0.03, 1.03], title: "The gates", xlabel: "step t", ylabel: "open (0 to 1)",
    yticks: [0, 0.5, 1],
  });
  axes.line(t, data.f, { colour: BLUE, width: 2.5, label: "forget f" });
  axes.stems(t, data.i, { colour: RED, mark: "square", size: 2, label: "input i" });
  axes.stems(t, data.o, { colour: GREEN, mark: "ring", size: 2.5, label: "output o" });
  return axes;
}

function drawTank(sheet, panel, data, t) {
  const low = Math.min(0, ...data.c, ...data.kept);
  const high = Math.max(1, ...data.c, ...data.kept);
  const axes = new Axes(sheet, panel, {
    x: [0, t.length + 1], y: [1.1 * low, 1.1 * high], title: "The cell, a tank", xlabel: "step t", ylabel: "cell c, state h",
  });
  const bar = (step, from, to, colour, filled) => {
    const [left, right] = [axes.px(step - 0.4), axes.px(step + 0.4)];
    const corners = [[left, axes.py(from)], [left, axes.py(to)], [right, axes.py(to)], [right, axes.py(from)]];
    sheet.path(corners, { colour, fill: filled ? colour : undefined, width: filled ? 0 : 1.5, close: true });
  };
  t.forEach((step, k) => {
    const [kept, written] = [data.kept[k], data.written[k]];
    if (Math.abs(kept) > 1e-4) bar(step, 0, kept, BLUE, true);
    if (Math.abs(written) > 1e-4) bar(step, kept, kept + written, RED, false);
  });
  axes.key("kept", { colour: BLUE, width: 0, mark: "square" });
  axes.key("written", { colour: RED, width: 0, mark: "box" });
  axes.line(t, data.h, { colour: GREEN, mark: "ring", size: 2.5, width: 1.5, label: "state h" });
  axes.horizontal(0, { dash: [], colour: GREY });
  return axes;
}

function drawProduct(sheet, panel, data, t, write) {
  const axes = new Axes(sheet, panel, {
    x: [0, t.length + 1], y: [LEAST, 0.3], title: "Left of what was written", xlabel: "step t",
    ylabel: "log₁₀ of the product of f",
  });
  const after = t.filter((step) => step >= write);
  BIASES.forEach((bias, k) => {
    const gate = 1 / (1 + Math.exp(-bias));
    axes.line(after, after.map((step) => (step - write) * Math.log10(gate)), {
      colour: GREY, dash: [[2, 3], [6, 4], [9, 3, 2, 3]][k], width: 1.5, label: `bias ${bias}`,
    });
  });
  const power = after.map((step) => Math.max(LEAST - 1, Math.log10(data.product[step - 1])));
  axes.line(after, power, { colour: PURPLE, width: 2.5, label: "yours" });
  axes.horizontal(-2, { label: "a hundredth" });
}

function sentence(data, get, write, bias) {
  const [show, wipe] = [get("show"), get("wipe")];
  const gate = 1 / (1 + Math.exp(-bias));
  const half = Math.log(0.5) / Math.log(gate);
  const head = `A forget bias of ${decimals(bias, 1)} keeps ${decimals(gate)} at each step, half after ${decimals(half, 1)} steps. `;
  if (show < write) return `${head}At step ${show} nothing is shown yet: it is written at step ${write}.`;
  const left = data.product[show - 1];
  const share = left >= 0.005 ? decimals(left) : left.toExponential(0).replace("-", "−");
  const wiped = wipe > write && wipe <= show ? ` At step ${wipe} the forget gate was shut, and the cell emptied.` : "";
  const what = left > 0.5 ? "most of it is there" : left > 0.01 ? "some of it is there" : "it is as good as gone";
  return `${head}Of what was written at step ${write}, the share ${share} is in the cell at step ${show}: ${what}. ` +
    `h = ${decimals(data.h[show - 1])} there.${wiped}`;
}

// The dotted lines are held and moved along the time line; the nearest one is taken.
function drag([x, y], get, start) {
  if (start) {
    const axes = (places || []).find((a) => x >= a.left - 4 && x <= a.left + a.width + 4 && y >= a.top && y <= a.top + a.height);
    if (!axes) return null;
    const [step] = axes.at(x, y);
    const shown = EVENTS.filter((name) => get(name) > 0);
    const name = shown.reduce((a, b) => (Math.abs(get(b) - step) < Math.abs(get(a) - step) ? b : a));
    held = { axes, name };
  }
  const [step] = held.axes.at(x, y);
  const most = held.name === "write" ? 30 : get("data").c.length;
  return { [held.name]: Math.max(1, Math.min(most, Math.round(step))) };
}

// What Python computes with the learner's function, here with the course's own.
function compute({ noises, shut, open }, { bias, write, show, wipe, noise }) {
  const steps = range(noises.length).map((k) => k + 1);
  const at = (step) => (t) => t === Math.round(step);
  const i = steps.map((t) => (at(write)(t) ? open : noise ? -2 : shut));
  const f = steps.map((t) => (at(wipe)(t) ? shut : bias));
  const o = steps.map((t) => (at(show)(t) ? open : shut));
  const g = steps.map((t, k) => (at(write)(t) ? 3 : noise * noises[k]));
  let [kept, written, c, h, product] = [[], [], [], [], []];
  let [cell, left] = [0, 1];
  steps.forEach((t, k) => {
    const forget = sigmoid(f[k]);
    if (t > Math.round(write)) left *= forget;
    kept.push(forget * cell);
    const before = cell;
    [[h[k]], [cell]] = lstmStep([i[k], f[k], g[k], o[k]], [0], [before], IDENTITY, NOTHING, [0, 0, 0, 0]);
    c.push(cell);
    written.push(cell - kept[k]);
    product.push(left);
  });
  return { i: i.map(sigmoid), f: f.map(sigmoid), o: o.map(sigmoid), h, c, kept, written, product };
}

const IDENTITY = range(4).map((i) => range(4).map((j) => (i === j ? 1 : 0)));
const NOTHING = range(4).map(() => [0]);

export default picture({ draw, drag, compute });
