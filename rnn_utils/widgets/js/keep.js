// When must the gate keep, and when must it write? One GRU unit, and the marked one of fifty numbers.

import { range } from "./maths.js";
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

export default picture({ draw });
