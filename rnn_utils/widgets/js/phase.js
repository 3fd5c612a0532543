// What turns decay into holding into endless motion? The eigenvalues of W_hh, and where two neurons go.

import { eigenvalues, fixedPointsOfTwo, halfLife, matrixFromEigenvalues, orbitOfTwo, product, range } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const LARGEST = 2;
const FRAME = 1.15;
const SETTLED = 1500;
const MATRIX = 48; // its height above the frame
const MARKS = {
  stable: { mark: "dot", colour: BLUE, size: 5, label: "stable" },
  saddle: { mark: "box", colour: GREEN, size: 5, label: "saddle" },
  unstable: { mark: "ring", colour: RED, size: 5, label: "unstable" },
  edge: { mark: "diamond", colour: GREEN, size: 5, label: "on the edge" },
};
// Far and near ones by turns, none on an axis or a diagonal, where a direction would be missed.
const STARTS = range(8).flatMap((i) => {
  const turn = (Math.PI * (i + 0.3)) / 4;
  const size = i % 2 ? 0.15 : 0.95;
  return [[size * Math.cos(turn), size * Math.sin(turn)]];
});

// Of the last frame, for the pointer.
let plane;

function draw(sheet, get) {
  const [radius, angle, other] = [get("radius"), get("angle"), get("other")];
  const W = matrixFromEigenvalues(radius, angle, other);
  const panels = sheet.panels(2, { height: 430, minimum: 280, lowest: 340 });
  drawPlane(sheet, panels[0], W, radius, angle, other);
  const fixed = fixedPointsOfTwo(W);
  drawPortrait(sheet, panels[1], W, fixed, panels[1].level ? 0 : MATRIX);
  return sentence(W, radius, angle, other, fixed);
}

function isReal(angle) {
  return angle === 0 || angle === 180;
}

function drawPlane(sheet, panel, W, radius, angle, other) {
  plane = new Axes(sheet, panel, {
    x: [-LARGEST, LARGEST], y: [-LARGEST, LARGEST], title: "Eigenvalues of W_hh: drag one", square: true,
    room: MATRIX, xlabel: "real part", ylabel: "imaginary part",
  });
  const circle = range(121).map((i) => (2 * Math.PI * i) / 120);
  plane.line([-LARGEST, LARGEST], [0, 0], { colour: GREY, width: 1 });
  plane.line([0, 0], [-LARGEST, LARGEST], { colour: GREY, width: 1 });
  plane.line(circle.map(Math.cos), circle.map(Math.sin), { colour: GREY, dash: [5, 4], label: "unit circle" });
  const pair = eigenvalues(W);
  pair.forEach(([re, im]) => plane.line([0, re], [0, im], { colour: PURPLE, width: 1 }));
  plane.points(pair.map(([re]) => re), pair.map(([, im]) => im), {
    colour: PURPLE, mark: "square", size: 6, label: "eigenvalue",
  });
  // What the second one would be on the real axis, where the two need not mirror each other.
  if (!isReal(angle)) {
    plane.points([other], [0], { colour: GREY, mark: "cross", size: 5, label: "second one, if real" });
  }
  matrix(sheet, W, plane.left, plane.top - MATRIX / 2 - 3);
}

function matrix(sheet, W, x, y) {
  sheet.write("W_hh =", x, y);
  const left = x + 54;
  W.forEach((row, i) => row.forEach((value, j) => {
    sheet.write(decimals(value), left + 52 + 54 * j, y - 9 + 18 * i, { align: "right" });
  }));
  for (const [edge, inward] of [[left, 5], [left + 114, -5]]) {
    sheet.path([[edge + inward, y - 18], [edge, y - 18], [edge, y + 18], [edge + inward, y + 18]], {
      colour: sheet.text, width: 1,
    });
  }
}

function drawPortrait(sheet, panel, W, fixed, room) {
  const axes = new Axes(sheet, panel, {
    x: [-FRAME, FRAME], y: [-FRAME, FRAME], title: "Where the two states go", square: true,
    room, xlabel: "state of neuron 1", ylabel: "state of neuron 2",
  });
  const grid = range(9).map((i) => -1 + i / 4);
  for (const p of grid) {
    for (const q of grid) {
      const next = product(W, [p, q]).map(Math.tanh);
      const [dx, dy] = [next[0] - p, next[1] - q];
      const size = Math.hypot(dx, dy);
      if (size < 1e-3) continue;
      // Short ones keep their length; long ones would cover each other.
      const scale = Math.min(0.5, 0.2 / size);
      axes.arrow([p, q], [p + scale * dx, q + scale * dy], { colour: GREY, width: 1, head: 4 });
    }
  }
  STARTS.forEach((start, i) => {
    const orbit = orbitOfTwo(W, start, 60);
    const line = { colour: i % 2 ? RED : PURPLE, dash: i % 2 ? [3, 2] : [], width: 1, mark: "dot", size: 1.8 };
    const label = ["from far out", "from near 0"][i];
    axes.line(orbit.map((h) => h[0]), orbit.map((h) => h[1]), { ...line, label });
  });
  axes.points(STARTS.map((h) => h[0]), STARTS.map((h) => h[1]), {
    colour: PURPLE, mark: "square", size: 3.5, label: "start",
  });
  for (const [kind, look] of Object.entries(MARKS)) {
    const some = fixed.filter((point) => point.kind === kind);
    if (some.length) axes.points(some.map(({ h }) => h[0]), some.map(({ h }) => h[1]), look);
  }
}

function sentence(W, radius, angle, other, fixed) {
  const real = isReal(angle);
  const first = angle === 180 ? -radius : radius;
  const sizes = real ? [radius, Math.abs(other)] : [radius];
  const largest = Math.max(...sizes);
  const which = real
    ? `Real eigenvalues ${decimals(first)} and ${decimals(other)}`
    : `A pair of size ${decimals(radius)} at ±${angle}°`;
  const turning = real || radius === 0 ? "" : `, a turn takes ${decimals(360 / angle, 1)} steps`;
  return `${which}, ${linear(largest, sizes)}${turning}. ${ends(W, largest, fixed)}`;
}

function linear(largest, sizes) {
  if (largest === 0) return "at 0: everything is forgotten in one step";
  const which = sizes.every((size) => size === sizes[0]) ? "" : "the larger in size ";
  if (Math.abs(largest - 1) < 1e-9) return `${which}on the unit circle: the linear part neither shrinks nor grows there`;
  if (largest < 1) return `inside the unit circle: the linear part halves every ${decimals(halfLife(largest), 1)} steps`;
  return `${which}outside the unit circle: small states grow, doubling every ${decimals(-halfLife(largest), 1)} steps`;
}

// Where the starts of the picture are after many steps. W is a rotation or symmetric, so its largest
// eigenvalue is also the most by which it stretches, and up to 1 every start ends at 0.
function ends(W, largest, fixed) {
  if (largest < 1 - 1e-9) return "Every start ends at 0.";
  if (largest < 1 + 1e-9) return "tanh takes a little off at every step: every start creeps to 0, ever more slowly.";
  const stable = fixed.filter(({ kind }) => kind === "stable").length;
  const words = {
    rest: `come to rest in one of the ${stable} stable states`,
    alternate: "jump to and fro between two states",
    move: "keep going round 0 for ever",
  };
  const kinds = STARTS.map((start) => endOf(W, start));
  const found = Object.keys(words).filter((kind) => kinds.includes(kind));
  const each = found.map((kind) => {
    const count = kinds.filter((other) => other === kind).length;
    return `${count === kinds.length ? "all" : count} ${words[kind]}`;
  });
  return `tanh lets no state grow past 1: of the ${kinds.length} starts, ${each.join(", ")}.`;
}

function endOf(W, start) {
  const [now, next, after] = orbitOfTwo(W, start, SETTLED).slice(-3);
  const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  if (apart(now, next) < 1e-6) return "rest";
  return apart(now, after) < 1e-6 ? "alternate" : "move";
}

// A pointer takes the nearest eigenvalue, or the one that waits on the real axis.
let held;

function drag([x, y], get, start) {
  const [re, im] = plane.at(x, y);
  if (start) held = nearest(re, im, get("radius"), get("angle"), get("other"));
  if (!held) return null;
  const round = (value) => Math.round(50 * value) / 50;
  if (held === "other") return { other: round(Math.min(LARGEST, Math.max(-LARGEST, re))) };
  const radius = round(Math.min(LARGEST, Math.hypot(re, im)));
  // Close to the real axis the pair falls onto it.
  if (Math.abs(im) < 0.08) return { radius, angle: re >= 0 ? 0 : 180 };
  return { radius, angle: Math.round((Math.atan2(Math.abs(im), re) * 180) / Math.PI) };
}

function nearest(re, im, radius, angle, other) {
  const turn = (angle * Math.PI) / 180;
  const pair = Math.hypot(re - radius * Math.cos(turn), Math.abs(im) - radius * Math.sin(turn));
  const second = Math.hypot(re - other, im);
  if (Math.min(pair, second) > 0.3) return null;
  return pair <= second ? "pair" : "other";
}

export default picture({ draw, drag });
