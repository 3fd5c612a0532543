// Where does the signal die on its way back through one step? The tanh with its tangent, and what the
// learner's own function passes on of the gradient that arrives, for every state.

import { niceLimit, range } from "./maths.js";
import { Axes, BLUE, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

function draw(sheet, get) {
  const [a, dh, w] = [get("a"), get("dh"), get("w")];
  const { h, da, back, here } = get("data");
  const [left, right] = sheet.panels(2, { height: 270, minimum: 260 });
  forward(sheet, left, a, here[0]);
  const most = Math.max(Math.abs(dh), ...da.map(Math.abs), ...back.map(Math.abs), 0.1);
  const limit = niceLimit(most);
  const axes = new Axes(sheet, right, {
    x: [-1, 1], y: [-limit, limit], title: "Back: what is passed on", xlabel: "state h", ylabel: "gradient",
  });
  axes.horizontal(0, { dash: [], colour: GREY });
  axes.line([-1, 1], [dh, dh], { colour: GREY, dash: [2, 3], width: 1.5, label: "dh that arrives" });
  axes.line(h, da, { colour: BLUE, label: "da, behind the tanh" });
  axes.line(h, back, { colour: RED, dash: [6, 3], label: "dh_prev, behind W_hh" });
  axes.points([here[0]], [here[1]], { colour: BLUE, size: 5 });
  axes.points([here[0]], [here[2]], { colour: RED, mark: "box", size: 5 });
  return sentence(dh, w, here);
}

function forward(sheet, panel, a, h) {
  const axes = new Axes(sheet, panel, {
    x: [-4, 4], y: [-1.2, 1.2], title: "Forward: h = tanh(a)", xlabel: "sum a inside the tanh", ylabel: "state h",
  });
  const grid = range(81).map((k) => -4 + k / 10);
  axes.horizontal(0, { dash: [], colour: GREY });
  axes.line(grid, grid.map(Math.tanh), { colour: BLUE, label: "tanh" });
  const slope = 1 - h * h;
  const ends = [a - 1, a + 1];
  axes.line(ends, ends.map((x) => h + slope * (x - a)), { colour: PURPLE, width: 3, label: "its tangent at a" });
  axes.points([a], [h], { colour: PURPLE, mark: "diamond", size: 5 });
}

function sentence(dh, w, [h, da, back]) {
  const head = `h = ${decimals(h)}, so the slope 1 − h² is ${decimals(1 - h * h, 3)}: `;
  if (dh === 0) return `${head}nothing arrives, so nothing is passed on.`;
  const kept = Math.abs(back / dh);
  const passed = `of dh = ${decimals(dh)}, da = ${decimals(da, 3)} is left behind the tanh ` +
    `and dh_prev = ${decimals(back, 3)} behind w_hh = ${decimals(w)}. `;
  if (kept < 0.05) return `${head}${passed}The signal dies here.`;
  if (kept > 1) return `${head}${passed}It has grown: a large weight can do that, a tanh never.`;
  return `${head}${passed}One step keeps ${Math.round(100 * kept)} % of it.`;
}

// What Python computes with the learner's function, here with the course's own.
function compute({ points }, { a, dh, w }) {
  const h = range(points).map((k) => Math.tanh(-4 + (8 * k) / (points - 1)));
  const inside = (state) => dh * (1 - state * state);
  const here = Math.tanh(a);
  return {
    h, da: h.map(inside), back: h.map((state) => w * inside(state)), here: [here, inside(here), w * inside(here)],
  };
}

export default picture({ draw, compute });
