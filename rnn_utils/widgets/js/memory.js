// How long does one number remember? The linear recurrence, fed an impulse, a step, a real signal.

import { halfLife, linearRecurrence, niceLimit, range } from "./maths.js";
import { Axes, BLUE, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

// A state beyond so many times the largest input leaves the picture: the input must stay to be seen.
const HIGHEST = 20;

function draw(sheet, get) {
  const [w, v, T] = [get("w_hh"), get("w_xh"), get("data").steps];
  const signal = get("data").signal;
  const panels = sheet.panels(signal ? 3 : 2, { height: 250, minimum: 230 });
  const impulse = range(T).map((t) => (t === 0 ? 1 : 0));
  respond(sheet, panels[0], "Impulse", impulse, w, v, (axes) => {
    const half = halfLife(w);
    if (half > 0.5 && half < T - 1) {
      axes.vertical(half, { colour: PURPLE, label: `half after ${decimals(half, 1)}` });
    }
  });
  respond(sheet, panels[1], "Step", range(T).map(() => 1), w, v);
  if (signal) respond(sheet, panels[2], get("data").name, signal, w, v);
  return sentence(w, v, T);
}

function respond(sheet, panel, title, x, w, v, extra = () => {}) {
  const h = linearRecurrence(x, w, v);
  const input = Math.max(...x.map(Math.abs));
  const limit = niceLimit(Math.min(Math.max(input, ...h.map(Math.abs)), HIGHEST * input));
  const low = Math.min(...h, ...x) < 0 ? -limit : 0;
  const axes = new Axes(sheet, panel, {
    x: [0, x.length - 1], y: [low, limit], title, xlabel: "time t (steps)", ylabel: "input, state",
  });
  axes.horizontal(0, { dash: [], colour: GREY });
  const t = range(x.length);
  const few = x.length <= 40;
  if (few) axes.points(t, x, { colour: RED, mark: "box", size: 2.5, label: "input x" });
  else axes.line(t, x, { colour: RED, dash: [4, 3], width: 1.5, label: "input x" });
  const out = h.findIndex((state) => Math.abs(state) > limit);
  const seen = out < 0 ? h : h.slice(0, out + 1);
  const mark = few ? "dot" : undefined;
  axes.line(t.slice(0, seen.length), seen, { colour: BLUE, mark, size: 2.5, label: "state h" });
  if (out >= 0) axes.points([out], [Math.sign(h[out]) * limit], { colour: PURPLE, mark: "cross", label: `out at ${out}` });
  extra(axes);
}

function sentence(w, v, T) {
  const half = halfLife(w);
  const left = (k) => `${Number((100 * Math.abs(w) ** k).toPrecision(2))} %`.replace("e-", "e−");
  const head = `w_hh = ${decimals(w)}, w_xh = ${decimals(v)}: `;
  if (v === 0) return `${head}nothing gets in, so there is nothing to remember.`;
  const flips = w < 0 ? " Its sign flips at every step." : "";
  if (w === 0) return `${head}the state is the newest input alone; everything earlier is forgotten at once.`;
  if (half === Infinity) return `${head}an input is kept for ever, undiminished, and all inputs pile up.${flips}`;
  if (half < 0) {
    const times = Number((Math.abs(w) ** (T - 1)).toPrecision(2));
    return `${head}an input doubles every ${decimals(-half, 1)} steps, and after ${T - 1} steps it is ${times} ` +
      `times as large: the oldest inputs drown all others.${flips}`;
  }
  return `${head}an input is halved every ${decimals(half, 1)} steps; after 10 steps ${left(10)} of it is left, ` +
    `after 20 steps ${left(20)}.${flips}`;
}

export default picture({ draw });
