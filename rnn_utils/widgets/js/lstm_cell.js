// What does one step do to the cell? The LSTM's cell as a line that is kept and added to; each gate is a
// round valve, filled as far as it is open.

import { lstmStep, product, sigmoid } from "./maths.js";
import { BLUE, GREEN, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const WIDE = 400; // the drawing's own units
const HIGH = 290;
const TOP = 56; // the line of the cell
const GATES = 226;
const PLACES = { f: 88, i: 148, g: 208, o: 276 };
const NAMES = { f: "forget", i: "input", g: "candidate", o: "output" };

function draw(sheet, get) {
  const data = get("data");
  sheet.scaled(WIDE, HIGH, () => drawCell(sheet, data));
  return sentence(data);
}

function drawCell(sheet, { i, f, g, o, before, c, h }) {
  const say = (text, x, y, options = {}) => sheet.write(text, x, y, { align: "center", size: 12, ...options });
  const flow = (value) => 1 + 3 * Math.min(1, Math.abs(value));
  const line = (width, colour, ...points) => sheet.path(points, { colour, width });
  const ends = (width, colour, ...points) => sheet.route(points, { colour, width });
  const ink = sheet.text;
  // The cell: kept by f, added to by i g.
  ends(flow(before), GREEN, [44, TOP], [PLACES.f - 15, TOP]);
  ends(flow(f * before), GREEN, [PLACES.f + 15, TOP], [185, TOP]);
  ends(flow(c), GREEN, [215, TOP], [350, TOP]);
  sheet.valve(PLACES.f, TOP, f);
  sheet.circle(200, TOP, 14, { colour: ink, width: 1.5 });
  say("+", 200, TOP, { size: 18 });
  say(`c_prev ${decimals(before)}`, 2, TOP - 24, { align: "left", bold: true, colour: GREEN });
  say(`c_t ${decimals(c)}`, 398, TOP - 24, { align: "right", bold: true, colour: GREEN });
  say(decimals(f * before), 140, TOP - 14);
  // What is added.
  const [middle, product] = [(PLACES.i + PLACES.g) / 2, 138];
  for (const [name, side] of [["i", -15], ["g", 15]]) {
    ends(1.5, ink, [PLACES[name], GATES - 18], [PLACES[name], product], [middle + side, product]);
  }
  sheet.valve(middle, product, i);
  ends(flow(i * g), GREEN, [middle, product - 15], [middle, 98], [200, 98], [200, TOP + 15]);
  say(decimals(i * g), 208, 100, { align: "left" });
  ends(1.5, ink, [PLACES.f, GATES - 18], [PLACES.f, TOP + 15]);
  // What is shown.
  const out = PLACES.o + 40;
  line(1.5, ink, [out, TOP], [out, 86]);
  sheet.path([[out - 20, 86], [out + 20, 86], [out + 20, 108], [out - 20, 108]], { colour: ink, width: 1.5, close: true });
  say("tanh", out, 97);
  ends(1.5, ink, [out, 108], [out, product - 15]);
  ends(1.5, ink, [PLACES.o, GATES - 18], [PLACES.o, product], [out - 15, product]);
  sheet.valve(out, product, o);
  ends(flow(h), ink, [out, product + 15], [out, 182], [360, 182]);
  say(`h_t ${decimals(h)}`, 398, 164, { align: "right", bold: true });
  // Where the gates come from.
  for (const [name, x] of Object.entries(PLACES)) {
    const [colour, value] = [name === "g" ? RED : PURPLE, { i, f, g, o }[name]];
    sheet.path([[x - 25, GATES - 18], [x + 25, GATES - 18], [x + 25, GATES + 18], [x - 25, GATES + 18]], { colour, width: 1.5, close: true });
    say(name === "g" ? "tanh" : "σ", x, GATES - 8);
    say(`${name} ${decimals(value)}`, x, GATES + 8, { bold: true });
    ends(1.5, ink, [x, 264], [x, GATES + 18]);
    say(NAMES[name], x, 280);
  }
  line(1.5, ink, [62, 264], [PLACES.o, 264]);
  say("x_t", 54, 256, { align: "right", bold: true, colour: BLUE });
  say("h_prev", 54, 274, { align: "right", bold: true });
}

function sentence({ i, f, g, o, before, c, h }) {
  const percent = (share) => `${Math.round(100 * share)} %`;
  return `The forget gate keeps ${percent(f)} of the cell's ${decimals(before)}; the input gate lets ${percent(i)} of the ` +
    `candidate ${decimals(g)} in: together ${decimals(c)}. The output gate shows ${percent(o)} of tanh(c_t): ${decimals(h)}.`;
}

// What Python computes with the learner's function, here with the course's own.
function compute({ W_x, W_h }, { x, h, c, bias }) {
  const b = [0, bias, 0, 0];
  const state = product(W_h, [h]);
  const [i, f, g, o] = product(W_x, [x]).map((value, k) => value + state[k] + b[k]);
  const [[shown], [cell]] = lstmStep([x], [h], [c], W_x, W_h, b);
  return { i: sigmoid(i), f: sigmoid(f), g: Math.tanh(g), o: sigmoid(o), before: c, c: cell, h: shown };
}

export default picture({ draw, compute });
