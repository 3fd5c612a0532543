// How many rounds fold T steps into one? A node for every step and round; each is made of two nodes of
// the round below, which are a stride apart, by the learner's own function.

import { range } from "./maths.js";
import { BLUE, GREEN, GREY, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const LEFT = 74;
const GAP = 62;
const FOOT = 40;

// Of the last frame, for the pointer.
let places;

function draw(sheet, get) {
  const { rounds } = get("data");
  const T = rounds[0].length;
  const last = rounds.length - 1;
  const round = Math.min(Math.round(get("round")), last);
  const step = Math.min(Math.round(get("step")), T);
  const [panel] = sheet.panels(1, { height: 36 + GAP * last + FOOT });
  const gap = (panel.width - LEFT - 20) / Math.max(1, T - 1);
  const x = (t) => LEFT + gap * (t - 1);
  const y = (r) => panel.height - FOOT - GAP * r;
  const radius = Math.min(15, gap / 2.6);
  places = { x, y, T, last };
  const inside = cone(round, step);
  sheet.write("round", 4, 12, { bold: true });
  for (let r = 0; r <= last; r += 1) {
    sheet.write(r === 0 ? "the steps" : `${r}, stride ${2 ** (r - 1)}`, 4, y(r), { size: 11 });
    for (let t = 1; t <= T; t += 1) {
      const held = inside.has(`${r} ${t}`);
      if (r > 0 && t > 2 ** (r - 1)) {
        for (const from of [t - 2 ** (r - 1), t]) {
          const used = held && inside.has(`${r - 1} ${from}`);
          sheet.path([[x(from), y(r - 1) - radius], [x(t), y(r) + radius]], {
            colour: used ? RED : GREY, width: used ? 3 : 0.7,
          });
        }
      }
    }
  }
  for (let r = 0; r <= last; r += 1) {
    for (let t = 1; t <= T; t += 1) {
      const [first] = span(r, t);
      const chosen = r === round && t === step;
      const colour = first === 1 ? GREEN : BLUE;
      sheet.circle(x(t), y(r), radius, { colour: inside.has(`${r} ${t}`) ? RED : colour, width: chosen ? 4 : 2, fill: sheet.paper });
      const words = first === t ? String(t) : radius > 11 ? `${first}–${t}` : "";
      sheet.write(words, x(t), y(r), { align: "center", size: first === t ? 11 : 9 });
    }
  }
  range(T).forEach((t) => sheet.write(String(t + 1), x(t + 1), panel.height - 14, { align: "center", size: 11 }));
  sheet.write("step t", 4, panel.height - 14, { size: 11 });
  return sentence(rounds, round, step);
}

// The steps that a node of a round holds: the first and the last.
function span(r, t) {
  return [Math.max(1, t - 2 ** r + 1), t];
}

// The nodes that went into one.
function cone(round, step) {
  const found = new Set([`${round} ${step}`]);
  let row = [step];
  for (let r = round; r > 0; r -= 1) {
    const stride = 2 ** (r - 1);
    row = [...new Set(row.flatMap((t) => (t > stride ? [t - stride, t] : [t])))];
    row.forEach((t) => found.add(`${r - 1} ${t}`));
  }
  return found;
}

function sentence(rounds, round, step) {
  const T = rounds[0].length;
  const last = rounds.length - 1;
  const [a, b] = rounds[round][step - 1];
  const [first] = span(round, step);
  const holds = first === step ? `step ${step} alone` : `steps ${first} to ${step} in one`;
  const sign = b < 0 ? "−" : "+";
  const done = first === 1 ? " It begins at step 1, so it is finished." : " Earlier steps are still missing.";
  return `After round ${round} this node holds ${holds}: h → ${decimals(a, 3)} h ${sign} ${decimals(Math.abs(b), 3)}.${done} ` +
    `${T} steps take ${last} ${last === 1 ? "round" : "rounds"}; a loop takes ${T} steps one after the other.`;
}

function drag([px, py], get, start) {
  if (!start) return null;
  const { x, y, T, last } = places;
  const nearest = (count, place, wanted) => range(count).map((k) => Math.abs(place(k) - wanted))
    .reduce((best, gap, k, gaps) => (gap < gaps[best] ? k : best), 0);
  return { round: nearest(last + 1, y, py), step: nearest(T, (k) => x(k + 1), px) + 1 };
}

// What Python computes with the learner's function, here with the course's own.
function compute({ a, b }, { T }) {
  const rounds = [range(T).map((t) => [a[t], b[t]])];
  for (let stride = 1; stride < T; stride *= 2) {
    const below = rounds[rounds.length - 1];
    rounds.push(below.map(([a2, b2], t) => {
      if (t < stride) return [a2, b2];
      const [a1, b1] = below[t - stride];
      return [a2 * a1, a2 * b1 + b2];
    }));
  }
  return { rounds };
}

export default picture({ draw, drag, compute });
