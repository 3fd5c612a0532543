// A sequence on its way through an RNN, step by step: what came in, what the state became, what came out.

import { product, range, rnnForward } from "./maths.js";
import { Axes, BLUE, GREY, decimals } from "./canvas.js";
import { picture } from "./kit.js";

function draw(sheet, get) {
  const { x, h, y, letters, text, T } = get("data");
  const shown = [["Inputs x", x, letters], ["States h", h, null], ["Outputs y", y, letters]].filter((p) => p[1]);
  const panels = sheet.panels(shown.length, {
    height: 90 + 19 * T, minimum: 200, weights: shown.map(([, rows]) => rows[0].length + 6),
  });
  // A row is named by its step and by the letter that was read there.
  const read = (t) => `${text ? (text[t] === " " ? "_" : text[t]) : ""} ${t + 1}`.trim();
  shown.forEach(([title, rows, names], i) => panel(sheet, panels[i], title, rows, names, T, read, i === 0));
  return sentence(get("data"), h.length);
}

function panel(sheet, place, title, rows, names, T, read, first) {
  const width = rows[0].length;
  const most = Math.max(...rows.flat().map(Math.abs), 1e-9);
  const every = Math.ceil((12 * T) / (place.height - 80)); // where rows are low, not each is named
  const axes = new Axes(sheet, place, {
    x: [-0.5, width - 0.5], y: [T - 0.5, -0.5], title,
    xlabel: names ? "character" : "unit", ylabel: first ? "step t" : "",
    xticks: names ? [] : undefined, yticks: range(T).filter((t) => t % every === 0), format: read,
  });
  const bottom = axes.top + axes.height;
  if (names) {
    [...names].forEach((letter, j) =>
      sheet.write(letter === " " ? "_" : letter, axes.px(j), bottom + 13, { align: "center", size: 11 }));
  }
  const now = rows.length - 1;
  const [top, low] = [axes.py(now - 0.5), axes.py(now + 0.5)];
  const right = axes.left + axes.width;
  const frame = [[axes.left, top], [right, top], [right, low], [axes.left, low]];
  sheet.path(frame, { colour: GREY, width: 1.5, close: true });
  axes.matrix(rows, { most, colour: BLUE });
}

function sentence({ letters, text, x, h, y }, t) {
  const called = (letter) => (letter === " " ? "a space" : `“${letter}”`);
  const reads = text ? `reads ${called(text[t - 1])}` : `reads ${x[t - 1].map((v) => decimals(v)).join(", ")}`;
  const state = h[t - 1].map((v) => decimals(v)).join(", ");
  const head = `Step ${t} ${reads}; the state becomes (${state}). Filled squares are positive, empty ones negative.`;
  if (!y) return head;
  const scores = y[t - 1];
  const best = scores.indexOf(Math.max(...scores));
  const name = letters ? called(letters[best]) : `output ${best + 1}`;
  return `${head} The largest score, ${decimals(scores[best])}, is that of ${name}.`;
}

// What Python computes with the learner's function, here with the course's own.
function compute({ text, letters, W_xh, W_hh, b_h, W_hy, b_y }, { t }) {
  const x = [...text].slice(0, Math.floor(t)).map((read) => [...letters].map((letter) => (letter === read ? 1 : 0)));
  const h = rnnForward(x, b_h.map(() => 0), W_xh, W_hh, b_h);
  const y = h.map((state) => product(W_hy, state).map((score, k) => score + b_y[k]));
  return { x, h, y, letters, text, T: text.length };
}

export default picture({ draw, compute });
