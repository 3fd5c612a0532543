// Forecasts from one origin: all that was known then, what was forecast, and what came.

import { niceLimit, range } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const PAST = 40; // how many known values stand before the origin
const STYLES = [
  { colour: BLUE, mark: "dot", dash: [] },
  { colour: RED, mark: "box", dash: [6, 3] },
  { colour: GREEN, mark: "cross", dash: [2, 3] },
  { colour: PURPLE, mark: "diamond", dash: [8, 3, 2, 3] },
];

function draw(sheet, get) {
  const { name, times, values, first, steps, names, forecasts } = get("data");
  const horizon = Math.round(get("horizon"));
  const row = Math.round(get("origin") - times[first]);
  const now = first + row;
  const [panel] = sheet.panels(1, { height: 340 });
  const begin = Math.max(0, now - PAST);
  const limit = niceLimit(Math.max(...values));
  const axes = new Axes(sheet, panel, {
    x: [times[begin], times[now] + steps], y: [Math.min(0, ...values), limit],
    title: `Known up to ${times[now]}`, xlabel: "time", ylabel: name,
  });
  axes.vertical(times[now], { label: "last known" });
  const known = range(now - begin + 1).map((k) => begin + k);
  axes.line(known.map((i) => times[i]), known.map((i) => values[i]), { colour: GREY, label: "known" });
  const later = range(horizon).map((k) => now + 1 + k);
  const future = later.map((i) => values[i]);
  const at = later.map((i) => times[i]);
  axes.line(at, future, { colour: GREY, width: 1, dash: [1, 3], mark: "ring", size: 3, label: "what came" });
  const errors = forecasts.map((rows, k) => {
    const forecast = rows[row].slice(0, horizon);
    axes.line(at, forecast, { ...STYLES[k], width: 1.5, size: 2.5, label: names[k] });
    return Math.sqrt(forecast.reduce((sum, y, i) => sum + (y - future[i]) ** 2, 0) / horizon);
  });
  const nearest = names[errors.indexOf(Math.min(...errors))];
  const listed = names.map((label, k) => `${label} ${decimals(errors[k], 1)}`).join(", ");
  const ahead = horizon === 1 ? "one step" : `${horizon} steps`;
  return `Known up to ${times[now]}, ${ahead} forecast. Root mean squared error over them: ${listed}. ` +
    `Nearest this time: ${nearest}.`;
}

export default picture({ draw });
