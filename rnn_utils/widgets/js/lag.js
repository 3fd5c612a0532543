// How narrow is the band that learns? The norm of a product of Jacobians over its length, a row for each
// spectral radius; the slider picks the row.

import { ACTIVATIONS, activatedStates, logGradientNorms, range } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const STEP = 0.05;
const LOWEST = 0.2;
const RADII = range(37).map((i) => LOWEST + STEP * i);
const BINS = 10;
const SHOWN = 8; // powers of ten, to either side
const KEPT = 2; // the band: between a hundredth and a hundredfold

// All rows, until another start, activation or input asks for others.
let known = { key: "" };
let heat;

function rows(data, start, activation, input) {
  const key = [start, activation, input].join();
  if (known.key !== key) {
    const x = data.noise.map((step) => step.map((value) => input * value));
    const table = RADII.map((radius) => {
      const W = data.matrices[start].map((row) => row.map((w) => radius * w));
      const h = activatedStates(W, x, activation);
      const slopes = h.slice(-data.lags).flat().map(ACTIVATIONS[activation].slope);
      return { norms: logGradientNorms(W, h, activation, data.lags), slopes };
    });
    known = { key, table };
  }
  return known.table;
}

function draw(sheet, get) {
  const data = get("data");
  const start = get("start");
  const activation = ACTIVATIONS.findIndex(({ name }) => name === get("activation"));
  const table = rows(data, start, activation, get("input"));
  const at = Math.round((get("radius") - LOWEST) / STEP);
  const [one, two, three] = sheet.panels(3, { height: 320, minimum: 240, weights: [1.15, 1.15, 0.7] });
  drawHeat(sheet, one, table, at, data.lags, `${title(start)} start, ${get("activation")}`);
  drawCurve(sheet, two, table[at].norms, RADII[at], data.largest[start]);
  drawSlopes(sheet, three, table[at].slopes);
  return sentence(table, at, data.lags, title(start), get("activation"), get("input"));
}

function drawHeat(sheet, panel, table, at, lags, title) {
  heat = new Axes(sheet, panel, {
    x: [0, lags], y: [RADII[0] - STEP / 2, RADII[RADII.length - 1] + STEP / 2], title,
    xlabel: "lag k (steps)", ylabel: "spectral radius",
  });
  table.forEach(({ norms }, i) => {
    const [low, high] = [heat.py(RADII[i] - STEP / 2), heat.py(RADII[i] + STEP / 2)];
    norms.slice(1).forEach((norm, k) => {
      const strength = Math.min(1, Math.abs(norm) / SHOWN);
      sheet.ctx.save();
      sheet.ctx.globalAlpha = strength;
      const corners = [[heat.px(k), low], [heat.px(k + 1), low], [heat.px(k + 1), high], [heat.px(k), high]];
      sheet.path(corners, { colour: GREY, fill: norm < 0 ? BLUE : RED, width: 0, close: true });
      sheet.ctx.restore();
    });
  });
  // Where each row leaves the band, so that nothing depends on colour alone.
  const edge = (leaves, options) => {
    const left = table
      .map(({ norms }, i) => [norms.findIndex(leaves), RADII[i]])
      .filter(([k]) => k > 0);
    heat.points(left.map(([k]) => k - 0.5), left.map(([, radius]) => radius), options);
  };
  edge((norm) => norm < -KEPT, { colour: BLUE, mark: "ring", size: 2.5, label: "under a hundredth" });
  edge((norm) => norm > KEPT, { colour: RED, mark: "square", size: 2, label: "over a hundredfold" });
  const row = [[0, -1], [lags, -1], [lags, 1], [0, 1]];
  const box = row.map(([k, side]) => [heat.px(k), heat.py(RADII[at] + (side * STEP) / 2)]);
  sheet.path(box, { colour: PURPLE, width: 2, close: true });
}

function drawCurve(sheet, panel, norms, radius, largest) {
  const lags = range(norms.length);
  const axes = new Axes(sheet, panel, {
    x: [0, norms.length - 1], y: [-SHOWN, SHOWN], title: `Spectral radius ${decimals(radius)}`,
    xlabel: "lag k (steps)", ylabel: "log₁₀ of the gradient's size",
  });
  axes.horizontal(KEPT, { dash: [2, 4], label: "a hundredth, a hundredfold" });
  axes.horizontal(-KEPT, { dash: [2, 4] });
  const power = (base) => lags.map((k) => k * Math.log10(base));
  axes.line(lags, power(radius * largest), {
    colour: RED, dash: [6, 4], width: 1.5, label: "largest singular value, to the k",
  });
  axes.line(lags, power(radius), {
    colour: GREEN, dash: [2, 3], width: 1.5, label: "largest eigenvalue, to the k",
  });
  const alive = lags.filter((k) => norms[k] > -Infinity);
  axes.line(alive, alive.map((k) => norms[k]), { colour: PURPLE, width: 2.5, label: "gradient" });
}

function drawSlopes(sheet, panel, slopes) {
  const counts = range(BINS).map(() => 0);
  slopes.forEach((slope) => (counts[Math.min(BINS - 1, Math.floor(BINS * slope))] += 1));
  const axes = new Axes(sheet, panel, {
    x: [0, 1], y: [0, 100], title: "Slopes on the way", xlabel: "slope of f", ylabel: "share (%)",
    xticks: [0, 0.5, 1],
  });
  axes.bars(range(BINS + 1).map((i) => i / BINS), counts.map((count) => (100 * count) / slopes.length));
  axes.vertical(mean(slopes), { colour: PURPLE, label: "mean" });
}

function title(name) {
  return name[0].toUpperCase() + name.slice(1);
}

function mean(values) {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function sentence(table, at, lags, start, activation, input) {
  const last = table[at].norms[lags];
  const size = last === -Infinity ? "0" : `10^${decimals(last, 1)}`;
  const what = last < -KEPT ? "it vanishes (blue)" : last > KEPT ? "it explodes (red)" : "it arrives";
  const kept = RADII.filter((_, i) => Math.abs(table[i].norms[lags]) <= KEPT);
  const band = kept.length === 0
    ? "No radius keeps it"
    : kept.length === 1
      ? `Only a radius of ${decimals(kept[0])} keeps it`
      : `Of the ${RADII.length} radii, ${kept.length} between ${decimals(kept[0])} and ` +
        `${decimals(kept[kept.length - 1])} keep it`;
  const scale = activation === "tanh" || input === 0 ? "" : " Larger inputs make larger states here, and leave all slopes as they are.";
  return `${start} start, ${activation}, spectral radius ${decimals(RADII[at])}: over ${lags} steps a gradient is multiplied ` +
    `by up to ${size}: ${what}. The mean slope is ${decimals(mean(table[at].slopes))}. ${band} between a hundredth and a ` +
    `hundredfold over ${lags} steps.${scale}`;
}

// A pointer picks the row that it is on.
function drag([x, y]) {
  if (x < heat.left || x > heat.left + heat.width || y < heat.top || y > heat.top + heat.height) return null;
  const [, radius] = heat.at(x, y);
  const row = Math.round((radius - LOWEST) / STEP);
  return { radius: Number(RADII[Math.min(RADII.length - 1, Math.max(0, row))].toFixed(2)) };
}

export default picture({ draw, drag });
