// Set the weights of a tiny RNN by hand until it does its task. The matrices come with the names of
// the free weights in their places; everything else in them is fixed.

import { product, range, rnnForward } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const COLOURS = [BLUE, RED, GREEN];
const DASHES = [[], [6, 4], [2, 3]];

// The matrices with the sliders' values in the places of their names.
export function filled(weights, get) {
  const fill = (part) => {
    if (Array.isArray(part)) return part.map(fill);
    return typeof part === "string" ? get(part) : part;
  };
  return Object.fromEntries(Object.entries(weights).map(([name, rows]) => [name, fill(rows)]));
}

// States (T, H) and outputs (T,) of the RNN y = W_hy h + b_y, started from zeros.
export function answer({ W_xh, W_hh, b_h, W_hy, b_y }, x) {
  const h = rnnForward(x.map((value) => [value]), b_h.map(() => 0), W_xh, W_hh, b_h);
  return { h, y: h.map((state) => product(W_hy, state)[0] + b_y[0]) };
}

export function isRight(y, target, within) {
  return y.map((value, t) => Math.abs(value - target[t]) <= within);
}

function draw(sheet, get) {
  const { weights, x, target, within } = get("data");
  const { h, y } = answer(filled(weights, get), x);
  const right = isRight(y, target, within);
  const t = range(x.length).map((i) => i + 1);
  const panels = sheet.panels(3, { height: 260, minimum: 260, weights: [3, 3, 4] });
  const frame = { x: [0.5, x.length + 0.5], xlabel: "step t" };
  const input = new Axes(sheet, panels[0], { ...frame, y: [-1.5, 1.5], title: "Input", ylabel: "x" });
  input.horizontal(0, { dash: [] }).stems(t, x, { colour: GREY, mark: "square", size: 3 });
  const state = new Axes(sheet, panels[1], { ...frame, y: [-1.1, 1.1], title: "State", ylabel: "h" });
  state.horizontal(0, { dash: [] });
  h[0].forEach((_, i) => state.line(t, h.map((row) => row[i]), {
    colour: COLOURS[i], dash: DASHES[i], label: `neuron ${i + 1}`,
  }));
  const output = new Axes(sheet, panels[2], { ...frame, y: [-2, 2], title: "Output", ylabel: "y" });
  output.horizontal(0, { dash: [] });
  output.line(t, target, { colour: GREY, width: 0, mark: "ring", size: 6, label: "wanted" });
  output.line(t, y, { colour: BLUE, width: 1 });
  const marks = (wanted, mark, colour, label) => {
    const steps = t.filter((_, i) => right[i] === wanted);
    output.points(steps, steps.map((step) => y[step - 1]), { colour, mark, size: 4, label });
  };
  marks(true, "dot", BLUE, "right");
  marks(false, "cross", RED, "not yet");
  const off = meanSize(y.map((value, i) => value - target[i]));
  const states = `The states are ${decimals(meanSize(h.flat()), 3)} in size on average.`;
  return `${sentence(right.filter(Boolean).length, x.length, off, get("data"))} ${states}`;
}

function meanSize(values) {
  return values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
}

function sentence(count, steps, off, { within, won }) {
  const mean = `${decimals(off, 3)} off on average`;
  if (count === steps) return `Solved: all ${steps} outputs are right, ${mean}. ${won}`;
  return `${count} of ${steps} outputs are within ${decimals(within)} of what is wanted, ${mean}.`;
}

export default picture({ draw });
