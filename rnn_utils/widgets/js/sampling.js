// A character model writes a sentence; temperature and top-k change it while its noise stays the same.

import { entropyBits, influence, range, temperedProbabilities, writeOn } from "./maths.js";
import { Axes, BLUE, GREEN, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const SHOWN = 10; // characters among the bars
const WINDOW = 24; // places of the text over which states are shown
const LINE = 30;
const CHARACTER = 10.5;

function draw(sheet, get) {
  const model = get("data");
  const { vocabulary, noise, units } = model;
  const [temperature, topK] = [get("temperature"), Math.round(get("top_k"))];
  const known = [...get("start")].map((c) => vocabulary.indexOf(c)).filter((index) => index >= 0);
  const start = known.length ? known : [Math.max(0, vocabulary.indexOf(" "))];
  const { indices, scores, states } = written(model, start, temperature, topK);
  const chosen = Math.min(noise.length, Math.round(get("letter"))) - 1;
  const at = pointed >= 0 && pointed < noise.length ? pointed : chosen;
  // At temperature 0 nothing small changes the choice; the scores as they are say what pulls at it.
  const moved = influence(model, indices, states, scores[at], start.length + at, temperature || 1, topK);
  const chances = scores.map((y) => temperedProbabilities(y, temperature, topK));
  const overruled = scores.map((y, k) => indices[start.length + k] !== y.indexOf(Math.max(...y)));

  const { width } = sheet;
  const perLine = Math.max(10, Math.floor((width - 20) / CHARACTER));
  const places = wrapped(indices.map((index) => vocabulary[index]), perLine);
  const textHeight = LINE * (1 + places[places.length - 1][1]) + 24;
  const stacked = sheet.phone;
  const height = stacked ? 240 : 270;
  sheet.begin(width, textHeight + (stacked ? 2 * height + 15 : height) + 20);
  spots = { places, before: start.length, count: noise.length };
  write(sheet, { indices, start, overruled, at, vocabulary, places, moved });

  const one = { x: 0, y: textHeight, width: stacked ? width : 0.38 * width, height };
  const two = stacked
    ? { ...one, y: textHeight + height + 15 }
    : { x: one.width, y: textHeight, width: width - one.width, height };
  bars(sheet, one, chances[at], indices[start.length + at], vocabulary);
  unitsOverText(sheet, two, { states, units, indices, vocabulary }, start.length + at);
  return sentence({ temperature, chances, overruled, indices, start, at, vocabulary, moved });
}

// The text is written anew only when what it depends on has changed, not for each letter pointed at.
let [known, text] = ["", null];

function written(model, start, temperature, topK) {
  const wanted = [start, temperature, topK].join();
  if (wanted !== known) [known, text] = [wanted, writeOn(model, start, model.noise, temperature, topK)];
  return text;
}

// Of the last frame, for the pointer: it may point at a drawn letter, and a click keeps the letter.
let spots;
let pointed = -1;

function letterAt([x, y]) {
  const [column, line] = [Math.round((x - 10) / CHARACTER), Math.round((y - 14) / LINE)];
  const k = spots.places.findIndex((place) => place[0] === column && place[1] === line) - spots.before;
  return k >= 0 && k < spots.count ? k : -1;
}

// The column and the line of every letter: a word that no longer fits begins the next line.
function wrapped(letters, perLine) {
  let [column, line] = [0, 0];
  return letters.map((letter, k) => {
    const end = letters.findIndex((other, j) => j > k && other === " ");
    const word = letters[k - 1] === " " ? (end < 0 ? letters.length : end) - k : 1;
    if (column >= perLine || (column > 0 && word <= perLine && column + word > perLine)) {
      [column, line] = [0, line + 1];
    }
    return [column++, line];
  });
}

function hover(place) {
  const now = place ? letterAt(place) : -1;
  const changed = now !== pointed;
  pointed = now;
  return changed;
}

function drag(place, get, begins) {
  const k = letterAt(place);
  return begins && k >= 0 ? { letter: k + 1 } : null;
}

function write(sheet, { indices, start, overruled, at, vocabulary, places, moved }) {
  const most = Math.max(...moved.map(Math.abs), 1e-12);
  indices.forEach((index, place) => {
    const [x, y] = [10 + places[place][0] * CHARACTER, 14 + places[place][1] * LINE];
    const drawn = place >= start.length;
    const k = place - start.length;
    const other = drawn && overruled[k];
    const shown = vocabulary[index] === "\n" ? "↵" : vocabulary[index];
    sheet.write(shown, x, y, { align: "center", size: 15, bold: !drawn, font: sheet.code });
    if (other) sheet.path([[x - 4, y + 9], [x + 4, y + 9]], { colour: RED, width: 2 });
    // Under a letter that was read before: a bar, filled where it helped, empty where it hindered.
    const share = place < moved.length ? moved[place] / most : 0;
    if (Math.abs(share) > 0.02) {
      const half = 4.5 * Math.sqrt(Math.abs(share));
      const bar = [[x - half, y + 11], [x + half, y + 11], [x + half, y + 18], [x - half, y + 18]];
      if (share > 0) sheet.path(bar, { colour: GREEN, fill: GREEN, width: 1, close: true });
      else sheet.path(bar, { colour: RED, width: 1, close: true });
    }
    if (k === at) {
      const box = [[x - 5, y - 9], [x + 5, y - 9], [x + 5, y + 10], [x - 5, y + 10]];
      sheet.path(box, { colour: PURPLE, width: 1.5, close: true });
    }
  });
}

function bars(sheet, place, p, drawn, vocabulary) {
  const order = range(p.length).sort((a, b) => p[b] - p[a]).slice(0, SHOWN);
  if (!order.includes(drawn)) order[order.length - 1] = drawn;
  const possible = p.filter((chance) => chance > 0).length;
  const axes = new Axes(sheet, place, {
    x: [-0.5, SHOWN - 0.5], y: [0, 1],
    title: `Before this letter: ${decimals(entropyBits(p))} bits, ${possible} possible`,
    xlabel: "character", ylabel: "probability", xticks: [], yticks: [0, 0.25, 0.5, 0.75, 1],
  });
  order.forEach((index, j) => {
    axes.bars([j - 0.4, j + 0.4], [p[index]], { colour: index === drawn ? PURPLE : BLUE });
    const bottom = axes.top + axes.height + 13;
    sheet.write(name(vocabulary[index]), axes.px(j), bottom, { align: "center", bold: index === drawn });
  });
  axes.key("drawn", { colour: PURPLE, width: 0, mark: "square" });
}

function unitsOverText(sheet, place, { states, units, indices, vocabulary }, before) {
  const first = Math.max(0, Math.min(before - WINDOW + 4, states.length - WINDOW));
  const shown = range(Math.min(WINDOW, states.length)).map((j) => first + j);
  const axes = new Axes(sheet, place, {
    x: [-0.5, shown.length - 0.5], y: [units.length - 0.5, -0.5], title: "States that are read most",
    xlabel: "after reading", ylabel: "unit", xticks: [],
    yticks: range(units.length), format: (i) => String(units[i]),
  });
  axes.matrix(units.map((unit) => shown.map((j) => states[j][unit])), { most: 1 });
  axes.vertical(before - 1 - first, { colour: PURPLE, label: "drawn from here" });
  const bottom = axes.top + axes.height + 13;
  shown.forEach((j, column) =>
    sheet.write(name(vocabulary[indices[j]]), axes.px(column), bottom, { align: "center", bold: j === before - 1 }));
}

function name(character) {
  return character === " " ? "_" : character === "\n" ? "↵" : character;
}

function sentence({ temperature, chances, overruled, indices, start, at, vocabulary, moved }) {
  const mean = chances.reduce((sum, p) => sum + entropyBits(p), 0) / chances.length;
  const count = overruled.filter(Boolean).length;
  const drawn = indices[start.length + at];
  const text = indices.map((index) => vocabulary[index]).join("").replace(/\s+/g, " ");
  const strongest = moved.map(Math.abs).indexOf(Math.max(...moved.map(Math.abs)));
  const pull = moved[strongest] > 0 ? "for" : "against";
  const steps = moved.length - strongest;
  const mover = `“${name(vocabulary[indices[strongest]])}”, ${steps === 1 ? "just before" : `${steps} letters before`}`;
  return `Temperature ${decimals(temperature)}: ${decimals(mean)} bits of choice per letter; at ${count} of ` +
    `${chances.length} letters (underlined) chance overruled the likeliest. Letter ${at + 1} is ` +
    `“${name(vocabulary[drawn])}”, with probability ${decimals(chances[at][drawn])}; the letter that pulled hardest, ${pull} it, is ` +
    `${mover} (bars under the letters: filled for it, empty against). It reads: ${text}`;
}

export default picture({ draw, drag, hover });
