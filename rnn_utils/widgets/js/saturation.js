// Where the states of a random RNN stand, and how much of a gradient gets back through them.

import { logGradientNorms, niceLimit, range, rnnForward } from "./maths.js";
import { Axes, BLUE, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const LOWEST = -12;

function draw(sheet, get) {
  const { edges, shares, slope, saturated, gradient } = get("data");
  const panels = sheet.panels(2, { height: 270, minimum: 300 });
  const states = new Axes(sheet, panels[0], {
    x: [0, 1], y: [0, niceLimit(100 * Math.max(...shares))], title: "Where the states stand", xlabel: "|h|", ylabel: "share (%)",
  });
  states.bars(edges, shares.map((share) => 100 * share), { colour: BLUE });
  states.vertical(0.95, { colour: PURPLE, label: "saturated, above 0.95" });
  const lags = range(gradient.length);
  const back = new Axes(sheet, panels[1], {
    x: [0, gradient.length - 1], y: [LOWEST, 4], title: "What gets back",
    xlabel: "lag k (steps)", ylabel: "log₁₀ of the gradient's size",
  });
  back.horizontal(0, { colour: GREY, label: "unchanged" });
  back.line(lags, gradient.map((g) => Math.max(g, LOWEST)), {
    colour: RED, mark: "dot", size: 2.5, label: "gradient",
  });
  return sentence(slope, saturated, gradient);
}

function sentence(slope, saturated, gradient) {
  const last = gradient.length - 1;
  const factor = (gradient[last] - gradient[0]) / last;
  const head = `${Math.round(100 * saturated)} % of the states are saturated; on average 1 − h² is ${decimals(slope)}.`;
  if (Math.abs(factor) < 0.005) return `${head} A gradient keeps its size on the way back.`;
  const steps = decimals(Math.log10(2) / Math.abs(factor), 1);
  return factor < 0
    ? `${head} A gradient halves every ${steps} steps on the way back.`
    : `${head} A gradient doubles every ${steps} steps on the way back.`;
}

// What Python computes with the learner's function, here with the course's own.
function compute({ x, W_xh, W_hh, bins, lags, settled }, { scale, input }) {
  const W = W_hh.map((row) => row.map((value) => scale * value));
  const [none, sequences] = [W.map(() => 0), x[0].map((_, n) => x.map((row) => row[n]))];
  const h = sequences.map((rows) => rnnForward(rows.map((row) => row.map((value) => input * value)), none, W_xh, W, none));
  const late = h.flatMap((states) => states.slice(settled).flat());
  const counts = range(bins).map(() => 0);
  late.forEach((value) => (counts[Math.min(bins - 1, Math.floor(Math.min(Math.abs(value), 1) * bins))] += 1));
  const norms = h.map((states) => logGradientNorms(W, states, 0, lags));
  return {
    edges: range(bins + 1).map((k) => k / bins), shares: counts.map((count) => count / late.length),
    slope: 1 - late.reduce((sum, value) => sum + value * value, 0) / late.length,
    saturated: late.filter((value) => Math.abs(value) > 0.95).length / late.length,
    gradient: range(lags + 1).map((k) => norms.reduce((sum, row) => sum + Math.max(row[k], -300), 0) / norms.length),
  };
}

export default picture({ draw, compute });
