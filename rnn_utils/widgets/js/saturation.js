// Where the states of a random RNN stand, and how much of a gradient gets back through them.

import { niceLimit, range } from "./maths.js";
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

export default picture({ draw });
