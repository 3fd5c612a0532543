// Where does the error stop? The unrolled graph of one unit as a pipe: each edge is as wide as the
// gradient that the learner's own function carries back through it; below, immediate against total.

import { range, rnnForward } from "./maths.js";
import { Axes, BLUE, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const GRAPH = 116;
const LOWEST = -8;
const HIGHEST = 4;

const power = (value) => Math.min(Math.max(Math.log10(Math.abs(value)), LOWEST), HIGHEST);

function draw(sheet, get) {
  const data = get("data");
  const T = data.h.length;
  const [panel] = sheet.panels(1, { height: 370 });
  const below = { ...panel, y: panel.y + GRAPH, height: panel.height - GRAPH };
  const steps = range(T).map((t) => t + 1);
  const axes = new Axes(sheet, below, {
    x: [0.5, T + 0.5], y: [LOWEST, HIGHEST], title: "Gradient of each state, log₁₀ of its size", xlabel: "step t",
    ylabel: "log₁₀ |gradient|",
  });
  axes.horizontal(0, { colour: GREY });
  const read = steps.filter((t) => data.immediate[t - 1] !== 0);
  axes.points(read, read.map((t) => power(data.immediate[t - 1])), {
    colour: PURPLE, mark: "diamond", size: 5, label: "immediate",
  });
  const alive = steps.filter((t) => data.total[t - 1] !== 0);
  axes.line(alive, alive.map((t) => power(data.total[t - 1])), {
    colour: BLUE, mark: "dot", size: 3, label: "total",
  });
  const node = Math.min(T, get("node"));
  nodes = { x: steps.map((t) => axes.px(t)), y: panel.y + GRAPH / 2 + 10 };
  sheet.write("Carried back (thick: much)", axes.left, panel.y + 11, { bold: true, size: 13 });
  if (data.cut.slice(0, -1).some(Boolean)) axes.key("a window begins", { colour: RED, width: 3 });
  pipe(sheet, axes, data, nodes.y, node);
  return `${sentence(data, get("w"))} ${own(data, get("w"), node)}`;
}

// Of the last frame, for the pointer: a click chooses a node.
let nodes;

function drag([x, y], get, start) {
  if (!start || Math.abs(y - nodes.y) > GRAPH / 2) return null;
  const gaps = nodes.x.map((place) => Math.abs(place - x));
  return { node: gaps.indexOf(Math.min(...gaps)) + 1 };
}

function own({ h, factor, immediate, carried }, w, node) {
  const state = h[node - 1];
  const head = `Step ${node}: h = ${decimals(state)}, its own factor ${decimals(w)} × (1 − ${decimals(Math.abs(state))}²) = ` +
    `${decimals(factor[node - 1], 3)}; `;
  const from = carried[node - 1] === 0 ? "nothing is carried to it" : `${size(carried[node - 1])} is carried to it`;
  return `${head}${from}, ${size(immediate[node - 1])} comes from its own loss.`;
}

function size(value) {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return "0";
  const text = magnitude >= 0.01 && magnitude < 1000 ? decimals(value, 2) : value.toExponential(1).replace(/-/g, "−");
  return text.replace("e+", "e");
}

function pipe(sheet, axes, data, y, node) {
  const T = data.h.length;
  const radius = Math.min(13, axes.width / T / 3.2);
  for (let t = 0; t < T; t += 1) {
    const x = axes.px(t + 1);
    if (t < T - 1) {
      const next = axes.px(t + 2);
      const [from, to] = [[next - radius - 2, y], [x + radius + 3, y]];
      if (data.carried[t] === 0) sheet.path([from, to], { colour: GREY, width: 1, dash: [2, 4] });
      else {
        const width = 1 + Math.max(0, 5 + 1.2 * power(data.carried[t]));
        sheet.arrow(from, to, { colour: BLUE, width, head: 6 + width });
      }
      if (data.cut[t]) sheet.path([[(x + next) / 2, y - 20], [(x + next) / 2, y + 20]], { colour: RED, width: 3 });
    }
    if (data.immediate[t] !== 0) sheet.arrow([x, y - 38], [x, y - radius - 3], { colour: PURPLE, width: 2 });
    sheet.circle(x, y, radius, { colour: data.total[t] === 0 ? GREY : BLUE, fill: sheet.paper });
    if (t + 1 === node) {
      sheet.circle(x, y, radius + 4, { colour: RED, width: 2 });
      sheet.write(`factor ${decimals(data.factor[t])}`, Math.min(x, sheet.width - 44), y + radius + 15, { align: "center", bold: true });
    }
    if (radius > 9) sheet.write(String(t + 1), x, y, { align: "center", size: 11 });
  }
}

function sentence(data, w) {
  const T = data.h.length;
  const first = data.total[0];
  const mean = data.factor.reduce((a, b) => a + Math.abs(b), 0) / T;
  const head = `w_hh = ${decimals(w)}: each step back multiplies by w_hh (1 − h²), ${decimals(mean)} in size on average. `;
  if (first === 0) {
    const reached = data.total.findIndex((value) => value !== 0) + 1;
    return `${head}Nothing reaches the first state: the last step that is reached is step ${reached} of ${T}, where ` +
      "the window begins or the factor is zero.";
  }
  const kept = Math.abs(first);
  const verdict = kept < 1e-3 ? "it has all but vanished." : kept > 10 ? "it has exploded." : "it is still there.";
  return `${head}The total gradient of the first state is ${size(kept)} in size: ${verdict}`;
}

// What Python computes with the learner's function, here with the course's own.
function compute({ noise }, { w, input, T, window, loss }) {
  const [steps, cut] = [Math.floor(T), Math.floor(window)];
  const h = rnnForward(noise.slice(0, steps).map((value) => [input * value]), [0], [[1]], [[w]], [0]).map(([value]) => value);
  const slopes = h.map((value) => 1 - value * value);
  const immediate = range(steps).map((t) => (loss === "every state" || t === steps - 1 ? 1 : 0));
  const carried = range(steps).map(() => 0);
  for (let t = steps - 2; t >= 0; t--) {
    const inWindow = (t + 1) % cut !== 0;
    if (inWindow) carried[t] = w * slopes[t + 1] * (immediate[t + 1] + carried[t + 1]);
  }
  return {
    h, immediate, carried, total: immediate.map((value, t) => value + carried[t]),
    factor: slopes.map((slope) => w * slope), cut: range(steps).map((t) => (t + 1) % cut === 0),
  };
}

export default picture({ draw, drag, compute });
