// What does it read while it writes this letter? A row for every written letter, a column for every letter
// that can be read; a cell is as dark as the share of the look-up that falls there.

import { range } from "./maths.js";
import { BLUE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const LEFT = 62;
const TOP = 62;
const FOOT = 10;

// Of the last frame, and the row that is pointed at.
let grid;
let pointed = null;

function draw(sheet, get) {
  const { read, written, weights } = get("data");
  const rows = written.length;
  const row = pointed !== null && pointed < rows ? pointed : Math.min(Math.round(get("letter")), rows) - 1;
  const height = 23;
  const [panel] = sheet.panels(1, { height: TOP + height * rows + FOOT });
  const width = Math.min(24, (panel.width - LEFT - 8) / read.length);
  const x = (k) => LEFT + width * k;
  const y = (k) => TOP + height * k;
  grid = { top: TOP, height, rows };
  sheet.write("reads", 4, TOP - 18, { bold: true });
  sheet.write("writes", 4, TOP - 2 + height / 2, { bold: true, size: 11 });
  const most = Math.max(...weights[row]);
  read.forEach((letter, k) => {
    const share = weights[row][k];
    sheet.path(rect(x(k), 8, width, TOP - 34 + 0), { fill: shade(share), width: 0, close: true });
    sheet.write(shown(letter), x(k) + width / 2, TOP - 18, {
      align: "center", font: sheet.code, size: width > 12 ? 14 : 10, bold: share === most,
    });
  });
  range(rows).forEach((r) => {
    sheet.write(shown(written[r]), LEFT - 12, y(r) + height / 2, {
      align: "center", font: sheet.code, size: 14, bold: r === row, colour: r === row ? RED : undefined,
    });
    weights[r].forEach((share, k) => {
      if (share > 0.004) sheet.path(rect(x(k), y(r), width - 1, height - 1), { fill: shade(share), width: 0, close: true });
    });
  });
  sheet.path(rect(LEFT - 22, y(row), 22 + width * read.length, height - 1), { colour: RED, width: 2, close: true });
  return sentence(read, written, weights[row], row);
}

function rect(x, y, width, height) {
  return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
}

function shade(share) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(BLUE.slice(at, at + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${Math.min(1, share).toFixed(3)})`;
}

function shown(letter) {
  return letter === " " ? "␣" : letter === "." ? "■" : letter;
}

function sentence(read, written, weights, row) {
  const order = range(weights.length).sort((a, b) => weights[b] - weights[a]).slice(0, 2);
  const told = (k) => `“${read[k] === " " ? "space" : read[k] === "." ? "the end" : read[k]}” (letter ${k + 1}) with ` +
    `${decimals(100 * weights[k], 0)} %`;
  const so = written.slice(0, row).join("");
  const letter = written[row] === "." ? "the end" : `“${written[row]}”`;
  const after = so ? `after “${so}”` : "first";
  return `To write ${letter} ${after}, it reads ${told(order[0])}, then ${told(order[1])}. ` +
    `All it writes: ${written.filter((one) => one !== ".").join("")}.`;
}

function rowAt(y) {
  if (!grid) return null;
  const row = Math.floor((y - grid.top) / grid.height);
  return row >= 0 && row < grid.rows ? row : null;
}

function drag([, y], get, start) {
  const row = start ? rowAt(y) : null;
  return row === null ? null : { letter: row + 1 };
}

function hover(place) {
  const row = place ? rowAt(place[1]) : null;
  const changed = row !== pointed;
  pointed = row;
  return changed;
}

// What Python computes with the learner's function, for a page without Python by the course's own, text by text.
function compute({ texts }, { text }) {
  return texts[text];
}

export default picture({ draw, drag, hover, compute });
