// When does one neuron hold one bit? The cobweb of h ← tanh(w h + b), and its fixed points for every w.

import { alternation, fixedPointCurve, fixedPoints, neuronEnd, neuronOrbit, range, slope } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const LOW = -3;
const HIGH = 4;
const STEPS = 60;
const MARKS = {
  stable: { mark: "dot", colour: BLUE, size: 5 },
  unstable: { mark: "ring", colour: RED, size: 5 },
  edge: { mark: "diamond", colour: GREEN, size: 5 },
};
const NAMES = { stable: "stable", unstable: "unstable", edge: "on the edge" };

// Of the last frame, for the pointer.
let cobweb, branches;

function draw(sheet, get) {
  const [w, b, h0] = [get("w"), get("b"), get("h0")];
  const found = fixedPoints(w, b).map((h) => ({ h, kind: holding(slope(w, h)) }));
  const panels = sheet.panels(2, { height: 360, minimum: 280 });
  drawCobweb(sheet, panels[0], w, b, h0, found);
  drawBranches(sheet, panels[1], w, b, found);
  return sentence(w, b, h0, found);
}

function holding(s) {
  if (Math.abs(Math.abs(s) - 1) < 1e-9) return "edge";
  return Math.abs(s) < 1 ? "stable" : "unstable";
}

function drawCobweb(sheet, panel, w, b, h0, found) {
  cobweb = new Axes(sheet, panel, {
    x: [-1.1, 1.1], y: [-1.1, 1.1], title: "One step after another",
    xlabel: "state before a step", ylabel: "state after it",
  });
  const h = range(201).map((i) => -1.1 + (2.2 * i) / 200);
  cobweb.line(h, h, { colour: GREY, dash: [5, 4], width: 1.5, label: "unchanged" });
  cobweb.line(h, h.map((s) => Math.tanh(w * s + b)), { colour: BLUE, width: 2.5, label: "tanh(w h + b)" });
  const orbit = neuronOrbit(w, b, h0, STEPS);
  const [xs, ys] = [[h0], [-1.1]];
  for (let t = 0; t < STEPS; t++) {
    xs.push(orbit[t], orbit[t + 1]);
    ys.push(orbit[t + 1], orbit[t + 1]);
  }
  cobweb.line(xs, ys, { colour: PURPLE, width: 1.25, label: "path" });
  cobweb.points([h0], [-1.1], { colour: PURPLE, mark: "square", size: 5, label: "start" });
  markFixed(cobweb, found.map(({ h: state, kind }) => ({ x: state, y: state, kind })));
}

function drawBranches(sheet, panel, w, b, found) {
  branches = new Axes(sheet, panel, {
    x: [LOW, HIGH], y: [-1.1, 1.1], title: `Where it can stay, for every weight (b = ${decimals(b)})`,
    xlabel: "weight w", ylabel: "fixed point h",
  });
  const curve = fixedPointCurve(b);
  // For b = 0 every weight has the fixed point 0, which no h but 0 belongs to.
  const zero = range(141).map((i) => ({ h: 0, w: LOW + (i * (HIGH - LOW)) / 140 }));
  for (const branch of b === 0 ? [curve, zero] : [curve]) drawBranch(branches, branch);
  const turning = range(240).map((i) => LOW - (i / 240) * LOW)
    .filter((v) => Math.abs(slope(v, fixedPoints(v, b)[0])) > 1 + 1e-9);
  const ends = turning.map((v) => alternation(v, b, 200));
  for (const side of [0, 1]) {
    const label = side === 1 ? "alternates between" : undefined; // always, so that nothing jumps
    branches.line(turning, ends.map((end) => end[side]), { colour: GREEN, dash: [1, 3], label });
  }
  branches.vertical(w, { colour: PURPLE, width: 2, label: "your w" });
  markFixed(branches, found.map(({ h, kind }) => ({ x: w, y: h, kind })));
}

// One run of points for each stretch of the same stability, inside the frame only.
function drawBranch(axes, points) {
  let run = [];
  const flush = () => {
    const stable = run.length && holding(slope(run[0].w, run[0].h)) === "stable";
    const line = stable ? { colour: BLUE, width: 2.5 } : { colour: RED, width: 1.5, dash: [4, 3] };
    if (run.length > 1) axes.line(run.map((p) => p.w), run.map((p) => p.h), line);
  };
  for (const point of points) {
    const last = run[run.length - 1];
    if (point.w < LOW || point.w > HIGH) {
      flush();
      run = [];
    } else if (last && holding(slope(last.w, last.h)) !== holding(slope(point.w, point.h))) {
      run.push(point);
      flush();
      run = [point];
    } else {
      run.push(point);
    }
  }
  flush();
}

function markFixed(axes, places) {
  for (const kind of Object.keys(MARKS)) {
    const some = places.filter((place) => place.kind === kind);
    const label = some.length || kind !== "edge" ? NAMES[kind] : undefined;
    axes.points(some.map((p) => p.x), some.map((p) => p.y), { ...MARKS[kind], label });
  }
}

function sentence(w, b, h0, found) {
  const list = found.map(({ h, kind }) => `${decimals(h, 3)} (${NAMES[kind]})`);
  const count = ["one fixed point", "two fixed points", "three fixed points"][list.length - 1];
  const head = `w = ${decimals(w)}, b = ${decimals(b)}: ${count}, ${list.join(", ")}.`;
  return `${head} ${ending(w, b, h0, found)} ${meaning(found)}`;
}

function ending(w, b, h0, found) {
  const end = neuronEnd(w, b, h0);
  const start = `The start ${decimals(h0)}`;
  if (end.length === 2) {
    return `${start} ends in an alternation between ${decimals(end[0], 3)} and ${decimals(end[1], 3)}.`;
  }
  if (Math.abs(end[0] - h0) < 1e-12) return `${start} is a fixed point itself and stays there.`;
  const creeps = found.some(({ h, kind }) => kind === "edge" && Math.abs(h - end[0]) < 1e-6);
  return `${start} ends at ${decimals(end[0], 3)}${creeps ? ", ever more slowly" : ""}.`;
}

function meaning(found) {
  if (found.some(({ kind }) => kind === "edge")) return "On the edge, the least change of w or b decides what it can keep.";
  const stable = found.filter(({ kind }) => kind === "stable").length;
  if (stable === 2) return "Two states hold by themselves: the neuron keeps one bit.";
  if (stable === 1) return "Every start ends there: nothing is kept.";
  return "No state holds by itself; what is kept is whose turn it is.";
}

// On the left a pointer sets the start, on the right the weight.
let held;

function drag([x, y], get, start) {
  const over = ({ left, top, width, height }) =>
    x >= left && x <= left + width && y >= top && y <= top + height + 6;
  if (start) held = over(cobweb) ? "h0" : over(branches) ? "w" : null;
  if (!held) return null;
  const value = (held === "w" ? branches : cobweb).at(x, y)[0];
  const [low, high] = held === "w" ? [LOW, HIGH] : [-1, 1];
  return { [held]: Math.round(20 * Math.min(high, Math.max(low, value))) / 20 };
}

export default picture({ draw, drag });
