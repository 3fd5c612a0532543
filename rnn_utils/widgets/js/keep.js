// When must the gate keep, and when must it write? One GRU unit, and the marked one of fifty numbers.

import { gruStep, range, sigmoid } from "./maths.js";
import { Axes, BLUE, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

function draw(sheet, get) {
  const { numbers, marked_at: at, states, wanted, last, recall, at_rest: rest, at_mark: mark } = get("data");
  const [one, all] = sheet.panels(2, { height: 270, minimum: 300, weights: [1.4, 1] });
  const t = range(numbers.length).map((i) => i + 1);
  const axes = new Axes(sheet, one, {
    x: [0, t.length + 1], y: [-1.1, 1.1], title: "One sequence", xlabel: "step t", ylabel: "number, state",
  });
  axes.horizontal(0, { dash: [], colour: GREY });
  axes.points(t, numbers, { colour: GREY, mark: "box", size: 2, label: "numbers" });
  axes.points([at + 1], [numbers[at]], { colour: RED, mark: "square", size: 4.5, label: "the marked one" });
  axes.line([at + 1, t.length + 1], [numbers[at], numbers[at]], { colour: RED, dash: [2, 4], width: 1 });
  axes.line(t, states, { colour: BLUE, label: "state h" });
  const pairs = new Axes(sheet, all, {
    x: [-1, 1], y: [-1.1, 1.1], title: "All sequences", xlabel: "marked number", ylabel: "last state",
    xticks: [-1, 0, 1],
  });
  pairs.line([-1, 1], [-1, 1], { colour: GREY, dash: [5, 4], width: 1, label: "the same" });
  pairs.points(wanted, last, { colour: PURPLE, size: 1.8, label: "a sequence" });
  return sentence(recall, rest, mark);
}

function sentence(recall, rest, mark) {
  const head = `The share that is kept: z = ${decimals(rest)} at most steps, ${decimals(mark)} at the mark. `;
  const told = `The last state tells ${decimals(recall)} of the marked number (r²)`;
  if (recall > 0.95) return `${head}${told}: it was written once, and kept.`;
  if (mark > 0.9) return `${head}${told}: at the mark hardly anything is written.`;
  if (rest < 0.9) return `${head}${told}: what was written is soon overwritten.`;
  if (mark > rest - 0.1) return `${head}${told}: the mark makes no difference, so all numbers are treated alike.`;
  return `${head}${told}: each later step still lets some noise in.`;
}

// What Python computes with the learner's function, here with the course's own.
function compute({ numbers, marked_at }, { bias, mark }) {
  const N = marked_at.length;
  const [Wx, Wh] = [[[0, 0], [0, mark], [1, 0]], [[0], [0], [0]]];
  let h = range(N).map(() => 0);
  const states = numbers.map((row, t) => {
    h = h.map((old, n) => {
      const x = [row[n], t === marked_at[n] ? 1 : 0];
      return gruStep(x, [old], Wx, Wh, [0, bias, 0], [0, 0, 0])[0];
    });
    return h[0];
  });
  const wanted = marked_at.map((t, n) => numbers[t][n]);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = (values) => values.map((value) => value - mean(values));
  const [last, aim] = [centred(h), centred(wanted)];
  const size = (values) => Math.sqrt(mean(values.map((value) => value * value)));
  const spread = size(last) * size(aim);
  const together = mean(last.map((value, n) => value * aim[n]));
  return {
    numbers: numbers.map((row) => row[0]), marked_at: marked_at[0], states, wanted, last: h,
    recall: spread > 1e-12 ? (together / spread) ** 2 : 0, at_rest: sigmoid(bias), at_mark: sigmoid(bias + mark),
  };
}

export default picture({ draw, compute });
