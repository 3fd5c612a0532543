// What stands still when the chain grows? One cell with a loop, the chain it opens into, and the count.

import { countParameters, niceLimit, range } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, PURPLE, RED } from "./canvas.js";
import { picture } from "./kit.js";

const LONGEST = 12;
const GRAPH = 232;
const COUNTS = 230; // px high, and not below
const FEWEST = 150;
const ROWS = { y: 58, h: 114, x: 170 };

// Same dashes, same matrix; same colour and number, same numbers in it.
const INPUT = [4, 3];
const STATE = [];
const OUTPUT = [1, 3];
const SETS = [BLUE, RED, GREEN, PURPLE, GREY];

function draw(sheet, get) {
  const [T, D, H] = ["T", "D", "H"].map((name) => Math.round(get(name)));
  const shared = get("weights") === "shared";
  const { width } = sheet;
  // Side by side, or the chain under the folded cell where there is no room for both.
  const below = width < 480 ? ROWS.x + 20 : 0;
  const left = below ? 8 : Math.min(150, width * 0.24);
  const graph = GRAPH + below;
  const counts = Math.max(FEWEST, Math.min(COUNTS, sheet.room - graph));
  sheet.begin(width, graph + counts);
  drawFolded(sheet, below ? 150 : left, shared, T);
  sheet.ctx.translate(0, below);
  drawChain(sheet, left, width, shared, T);
  sheet.ctx.translate(0, -below);
  drawCounts(sheet, { x: 0, y: graph, width, height: counts }, { T, D, H, O: get("data").O, shared });
  return sentence({ T, D, H, O: get("data").O, shared });
}

function drawFolded(sheet, width, shared, T) {
  const x = width * 0.42;
  sheet.write("Folded", 8, 11, { bold: true, size: 13 });
  if (!shared && T > 1) {
    sheet.write("not possible:", 8, ROWS.h - 9);
    sheet.write(`${T} sets`, 8, ROWS.h + 9);
    return;
  }
  const radius = 15;
  const colour = SETS[0];
  sheet.arrow([x, ROWS.x - radius], [x, ROWS.h + radius + 2], { colour, dash: INPUT, width: 2 });
  sheet.arrow([x, ROWS.h - radius], [x, ROWS.y + radius + 2], { colour: GREY, dash: OUTPUT, width: 2 });
  // The loop leaves the state on its right side and comes back from below.
  const loop = range(25).map((i) => {
    const turn = -0.75 * Math.PI + (i / 24) * 1.5 * Math.PI;
    return [x + radius + 9 + 12 * Math.cos(turn), ROWS.h + 12 * Math.sin(turn)];
  });
  sheet.path(loop, { colour, width: 2, dash: STATE });
  sheet.arrow(loop[loop.length - 2], loop[loop.length - 1], { colour, width: 2 });
  node(sheet, x, ROWS.x, radius, "x_t");
  node(sheet, x, ROWS.h, radius, "h_t");
  node(sheet, x, ROWS.y, radius, "y");
  sheet.write("W_hh", x + radius + 9, ROWS.h - 21, { size: 11, align: "center" });
  sheet.write("W_xh", x - 6, (ROWS.h + ROWS.x) / 2 + 2, { size: 11, align: "right" });
  sheet.write("W_hy", x - 6, (ROWS.h + ROWS.y) / 2, { size: 11, align: "right" });
}

function drawChain(sheet, left, width, shared, T) {
  const gap = Math.min(76, (width - left - 26) / (T + 0.4));
  const radius = Math.min(15, gap * 0.32);
  const roomy = radius >= 12; // for names in the nodes; else the steps' numbers stand under them
  const at = (t) => left + 14 + gap * (t - 0.35);
  sheet.write(`Unfolded, T = ${T}`, left, 11, { bold: true, size: 13 });
  const set = (t) => (shared ? 0 : t - 1);
  for (let t = 1; t <= T; t++) {
    const colour = SETS[set(t) % SETS.length];
    const name = String(set(t) + 1);
    sheet.arrow([at(t), ROWS.x - radius], [at(t), ROWS.h + radius + 2], { colour, dash: INPUT, width: 2, head: 5 });
    const from = t === 1 ? left : at(t - 1) + radius;
    sheet.arrow([from, ROWS.h], [at(t) - radius - 1, ROWS.h], { colour, dash: STATE, width: 2, head: 5 });
    sheet.write(name, at(t) + 4, (ROWS.h + ROWS.x) / 2 + 2, { size: 11 });
    sheet.write(name, (from + at(t) - radius) / 2, ROWS.h - 10, { size: 11, align: "center" });
    node(sheet, at(t), ROWS.x, radius, roomy ? `x${below(t)}` : "");
    node(sheet, at(t), ROWS.h, radius, roomy ? `h${below(t)}` : "");
    if (!roomy) sheet.write(String(t), at(t), ROWS.x + radius + 8, { size: 10, align: "center" });
  }
  sheet.write("h₀", left, ROWS.h + 12);
  if (!roomy) sheet.write("x", left, ROWS.x);
  sheet.arrow([at(T), ROWS.h - radius], [at(T), ROWS.y + radius + 2], { colour: GREY, dash: OUTPUT, width: 2, head: 5 });
  node(sheet, at(T), ROWS.y, radius, roomy ? "y" : "");
  if (!roomy) sheet.write("y", at(T) - radius - 6, ROWS.y, { align: "right" });
  legend(sheet, shared, T);
}

function legend(sheet, shared, T) {
  let x = 8;
  for (const [dash, colour, name] of [[INPUT, SETS[0], "W_xh"], [STATE, SETS[0], "W_hh"], [OUTPUT, GREY, "W_hy"]]) {
    sheet.path([[x, 204], [x + 22, 204]], { colour, dash, width: 2 });
    sheet.write(name, x + 26, 204);
    x += 36 + sheet.extent(name);
  }
  const sets = shared || T === 1 ? "1: all one set" : `1–${T}: its set`;
  const beside = x + 120 < sheet.width;
  sheet.write(sets, beside ? x + 4 : 8, beside ? 204 : 222);
}

function node(sheet, x, y, radius, text) {
  sheet.circle(x, y, radius, { colour: sheet.text, fill: sheet.paper, width: 1.5 });
  sheet.write(text, x, y, { align: "center", size: 11 });
}

function below(t) {
  return String(t).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
}

function drawCounts(sheet, panel, { T, D, H, O, shared }) {
  const steps = range(LONGEST).map((i) => i + 1);
  const counts = (share) => steps.map((t) => countParameters(D, H, O, t, share));
  const [one, own] = [counts(true), counts(false)];
  const axes = new Axes(sheet, panel, {
    x: [1, LONGEST], y: [0, niceLimit(own[LONGEST - 1])], title: "Numbers to learn", xticks: steps,
    xlabel: "length T (steps)", ylabel: "weights and biases",
  });
  axes.vertical(T, { colour: GREY });
  axes.line(steps, own, { colour: RED, dash: [5, 3], mark: "box", size: 3, label: "a set for each step" });
  axes.line(steps, one, { colour: BLUE, mark: "dot", size: 3, label: "shared" });
  const now = (shared ? one : own)[T - 1];
  axes.points([T], [now], { colour: PURPLE, mark: "ring", size: 6 });
  const [aside, align] = T <= LONGEST / 2 ? [10, "left"] : [-10, "right"];
  sheet.write(String(now), axes.px(T) + aside, axes.py(now) - 11, { align, bold: true, size: 13 });
}

function sentence({ T, D, H, O, shared }) {
  const cell = H * D + H * H + H;
  const output = O * H + O;
  const total = countParameters(D, H, O, T, shared);
  const steps = T === 1 ? "1 step" : `${T} steps`;
  const sum = `${H}·${D} + ${H}·${H} + ${H} = ${cell}`;
  if (shared) {
    return `${steps}, one shared set of ${sum} numbers in W_xh, W_hh and b_h, and ${output} in the output layer: ` +
      `${total} to learn, and as many at any other length. The chain folds into one cell with a loop.`;
  }
  const fold = T === 1 ? "" : " No single cell with a loop does the same.";
  const sets = T === 1 ? "a set of its own" : "sets of their own";
  return `${steps} with ${sets}: ${T} times ${sum} numbers, and ${output} in the output layer: ` +
    `${total} to learn, ${cell} more with each further step.${fold}`;
}

export default picture({ draw });
