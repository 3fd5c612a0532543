// Which inputs has the state at step t seen? Every input nudged, and how far every state moves.

import { range, rnnForward } from "./maths.js";
import { Axes, BLUE, GREY, PURPLE, decimals } from "./canvas.js";
import { picture } from "./kit.js";

function draw(sheet, get) {
  const { moved, name } = get("data");
  const T = moved.length;
  const t = Math.round(get("t"));
  const row = moved[t - 1];
  const most = Math.max(...moved.flat()) || 1;
  const [all, one] = sheet.panels(2, { height: 320, minimum: 300 });
  const grid = new Axes(sheet, all, {
    x: [-0.5, T - 0.5], y: [T - 0.5, -0.5], title: `All states: ${name}`, xlabel: "input s", ylabel: "state t", square: true,
    xticks: [], yticks: [],
  });
  grid.matrix(moved, { most, signs: false });
  range(T).forEach((k) => {
    if (k % 2) return;
    grid.note(String(k + 1), k, T - 0.5 + 0.6, { align: "center" });
    grid.note(String(k + 1), -0.5 - 0.5, k, { align: "right" });
  });
  const corners = [[-0.5, t - 1.5], [T - 0.5, t - 1.5], [T - 0.5, t - 0.5], [-0.5, t - 0.5]];
  sheet.path(corners.map(([x, y]) => [grid.px(x), grid.py(y)]), { colour: PURPLE, width: 2, close: true });
  const bars = new Axes(sheet, one, {
    x: [0.5, T + 0.5], y: [0, most * 1.05], title: `The state at step ${t}`, xlabel: "input s", ylabel: "moved per nudge",
  });
  bars.bars(range(T + 1).map((k) => k + 0.5), row, { colour: BLUE });
  bars.vertical(t, { colour: GREY, label: "this step itself" });
  return sentence(row, t, name);
}

function sentence(row, t, name) {
  const total = row.reduce((a, b) => a + b, 0);
  const seen = row.map((value, k) => (value > 1e-9 ? k + 1 : 0)).filter(Boolean);
  const after = row.slice(t).reduce((a, b) => a + b, 0);
  const head = `${name[0].toUpperCase()}${name.slice(1)}, step ${t}: `;
  if (!seen.length) return `${head}the state has seen nothing.`;
  const span = `the state has seen inputs ${seen[0]} to ${seen[seen.length - 1]}`;
  const near = row.reduce((sum, value, k) => sum + (Math.abs(k + 1 - t) <= 1 ? value : 0), 0);
  return `${head}${span}; ${decimals(after / total)} of what moves it comes after step ${t}, and ` +
    `${decimals(near / total)} from within one step of it.`;
}

// What Python computes with the learner's functions, here with the course's own.
function compute({ x, turned, inputs, between, nudge }, { network, size }) {
  const W = turned.map((matrix) => matrix.map((row) => row.map((value) => size * value)));
  const none = turned[0].map(() => 0);
  const layer = (rows, Win, k) => rnnForward(rows, none, Win, W[k], none);
  const read = (rows) => {
    if (network === "both directions") {
      const back = layer([...rows].reverse(), inputs[1], 1).reverse();
      return layer(rows, inputs[0], 0).map((state, t) => [...state, ...back[t]]);
    }
    const depth = network === "one layer" ? 1 : turned.length;
    return [inputs[0], ...between].slice(0, depth).reduce(layer, rows);
  };
  const still = read(x);
  const nudged = x.map((_, s) => read(x.map((row, t) => (t === s ? row.map((value) => value + nudge) : row))));
  const far = (one, other) => Math.hypot(...one.map((value, k) => value - other[k])) / nudge;
  return { moved: still.map((state, t) => nudged.map((states) => far(states[t], state))), name: network };
}

export default picture({ draw, compute });
