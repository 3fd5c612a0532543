// Which pixels can reach one output pixel, and how much does each do? The image with the shares of
// influence on it, and how many pixels hold how much, for each network.

import { pixelsThatHold, range } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const PART = 0.95;
const LINES = [
  { colour: BLUE, dash: [], mark: "dot" },
  { colour: RED, dash: [6, 3], mark: "box" },
  { colour: GREEN, dash: [2, 3], mark: "diamond" },
  { colour: PURPLE, dash: [8, 3, 2, 3], mark: "cross" },
];

let grid;

function draw(sheet, get) {
  const { image, names, shares } = get("data");
  const [r, c] = [get("row"), get("column")].map(Math.round);
  const k = names.length > 1 ? names.indexOf(get("network")) : 0;
  const [left, right] = sheet.panels(2, { height: 330, minimum: 300 });
  const here = shares[k][r][c];
  drawImage(sheet, left, { image, here, r, c, name: names[k], line: LINES[k] });
  drawHeld(sheet, right, { names, shares, r, c, k });
  return sentence(names[k], here, r, c);
}

function drawImage(sheet, panel, { image, here, r, c, name, line }) {
  const [R, C] = [image.length, image[0].length];
  grid = new Axes(sheet, panel, {
    x: [-0.5, C - 0.5], y: [R - 0.5, -0.5], title: `${name}: click an output pixel`, square: true,
    xlabel: "column c", ylabel: "row r", xticks: range(C), yticks: range(R),
  });
  const square = (i, j, room) => {
    const [x0, x1, y0, y1] = [grid.px(j - room), grid.px(j + room), grid.py(i - room), grid.py(i + room)];
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  };
  image.forEach((row, i) => row.forEach((ink, j) => {
    const fill = `rgba(119, 119, 119, ${0.7 * ink})`;
    sheet.path(square(i, j, 0.5), { fill, width: 0, close: true });
    if (here[i][j] > 0) sheet.path(square(i, j, 0.44), { colour: GREY, width: 1, close: true });
  }));
  grid.matrix(here, { most: Math.max(...here.flat()), colour: line.colour, signs: false });
  sheet.path(square(r, c, 0.5), { colour: sheet.text, width: 3, close: true });
  grid.key("share (area)", { colour: line.colour, width: 0, mark: "square", size: 5 });
  grid.key("can reach", { colour: GREY, width: 0, mark: "box", size: 6 });
}

function drawHeld(sheet, panel, { names, shares, r, c, k }) {
  const pixels = shares[0][r][c].flat().length;
  const axes = new Axes(sheet, panel, {
    x: [0, pixels], y: [0, 1], title: "How few pixels hold how much",
    xlabel: "the strongest pixels, counted", ylabel: "their share together",
  });
  axes.horizontal(PART, { label: "95 %" });
  names.forEach((name, n) => {
    const { colour, dash, mark } = LINES[n];
    const sorted = shares[n][r][c].flat().sort((a, b) => b - a);
    let sum = 0;
    const held = [0, ...sorted.map((share) => (sum += share))];
    axes.line(range(pixels + 1), held, { colour, dash, width: n === k ? 4 : 1.5, label: name });
    const enough = pixelsThatHold(sorted, PART);
    axes.points([enough], [held[enough]], { colour, mark, size: n === k ? 6 : 4 });
  });
}

function sentence(name, here, r, c) {
  const all = here.flat();
  const reach = all.filter((share) => share > 0).length;
  const own = decimals(100 * here[r][c], 0);
  return `${name}, output pixel in row ${r}, column ${c}: ${reach} of ${all.length} pixels can reach it; ` +
    `the ${pixelsThatHold(all, PART)} strongest hold 95 % of the influence, and its own pixel ${own} %.`;
}

function drag([x, y], get) {
  const { image } = get("data");
  const [column, row] = grid.at(x, y).map(Math.round);
  const inside = row >= 0 && row < image.length && column >= 0 && column < image[0].length;
  return inside ? { row, column } : null;
}

export default picture({ draw, drag });
