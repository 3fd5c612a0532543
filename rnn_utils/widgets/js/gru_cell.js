// What does one step do to the state? A GRU mixes the old state and a candidate; each gate is a round valve,
// filled as far as it is open.

import { gruStep, product, sigmoid } from "./maths.js";
import { BLUE, GREEN, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const WIDE = 400; // the drawing's own units
const HIGH = 270;
const TOP = 56; // the line of the state
const GATES = 196;
const PLACES = { r: 92, n: 204, z: 272 };
const NAMES = { r: "reset", n: "candidate", z: "update" };

function draw(sheet, get) {
  const data = get("data");
  sheet.scaled(WIDE, HIGH, () => drawCell(sheet, data));
  return sentence(data);
}

function drawCell(sheet, { r, z, n, before, h }) {
  const say = (text, x, y, options = {}) => sheet.write(text, x, y, { align: "center", size: 12, ...options });
  const flow = (value) => 1 + 3 * Math.min(1, Math.abs(value));
  const ends = (width, colour, ...points) => sheet.route(points, { colour, width });
  const ink = sheet.text;
  const [keep, add, middle] = [168, 318, 122];
  // The state: a share of the old one is kept, the rest is the candidate.
  ends(flow(before), GREEN, [44, TOP], [keep - 15, TOP]);
  ends(flow(z * before), GREEN, [keep + 15, TOP], [add - 15, TOP]);
  ends(flow(h), GREEN, [add + 15, TOP], [380, TOP]);
  sheet.valve(keep, TOP, z);
  sheet.circle(add, TOP, 14, { colour: ink, width: 1.5 });
  say("+", add, TOP, { size: 18 });
  say(`h_prev ${decimals(before)}`, 2, TOP - 28, { align: "left", bold: true, colour: GREEN });
  say(`h_t ${decimals(h)}`, 398, TOP - 28, { align: "right", bold: true, colour: GREEN });
  say("z", keep, TOP - 24, { bold: true });
  say(decimals(z * before), 240, TOP - 12);
  // The candidate, and the share that it gets.
  sheet.valve(add, middle, 1 - z);
  say("1 − z", add + 20, middle, { align: "left", bold: true });
  ends(1.5, ink, [PLACES.n, GATES - 18], [PLACES.n, middle], [add - 15, middle]);
  ends(flow((1 - z) * n), GREEN, [add, middle - 15], [add, TOP + 15]);
  say(decimals((1 - z) * n), add + 8, 90, { align: "left" });
  const of_z = { colour: PURPLE, dash: [4, 3] };
  sheet.route([[PLACES.z, GATES - 18], [PLACES.z, 152], [add, 152], [add, middle + 15]], of_z);
  sheet.route([[PLACES.z - 14, GATES - 18], [PLACES.z - 14, 88], [keep, 88], [keep, TOP + 15]], of_z);
  // What the candidate sees of the old state.
  ends(flow(before), GREEN, [62, TOP], [62, middle], [PLACES.r + 37, middle]);
  sheet.valve(PLACES.r + 52, middle, r);
  say("r", PLACES.r + 52, middle - 24, { bold: true });
  ends(flow(r * before), GREEN, [PLACES.r + 52, middle + 15], [PLACES.r + 52, GATES], [PLACES.n - 26, GATES]);
  sheet.route([[PLACES.r, GATES - 18], [PLACES.r, 150], [PLACES.r + 40, middle + 10]], { colour: PURPLE, dash: [4, 3] });
  // Where the gates come from.
  for (const [name, x] of Object.entries(PLACES)) {
    const [colour, value] = [name === "n" ? RED : PURPLE, { r, z, n }[name]];
    sheet.path([[x - 25, GATES - 18], [x + 25, GATES - 18], [x + 25, GATES + 18], [x - 25, GATES + 18]], { colour, width: 1.5, close: true });
    say(name === "n" ? "tanh" : "σ", x, GATES - 8);
    say(`${name} ${decimals(value)}`, x, GATES + 8, { bold: true });
    ends(1.5, ink, [x, 240], [x, GATES + 18]);
    say(NAMES[name], x, 258);
  }
  sheet.path([[62, 240], [PLACES.z, 240]], { colour: ink, width: 1.5 });
  say("x_t", 54, 232, { align: "right", bold: true, colour: BLUE });
  say("h_prev", 54, 250, { align: "right", bold: true });
}

function sentence({ r, z, n, before, h }) {
  const percent = (share) => `${Math.round(100 * share)} %`;
  return `The update gate keeps ${percent(z)} of the state's ${decimals(before)} and takes ${percent(1 - z)} of the ` +
    `candidate ${decimals(n)}: together ${decimals(h)}. The reset gate lets the candidate see ${percent(r)} of the old state.`;
}

// What Python computes with the learner's function, here with the course's own.
function compute({ W_x, W_h }, { x, h, bias_r, bias_z }) {
  const b = [bias_r, bias_z, 0];
  const input = product(W_x, [x]);
  const state = product(W_h, [h]);
  const [r, z] = [0, 1].map((k) => sigmoid(input[k] + state[k] + b[k]));
  const [after] = gruStep([x], [h], W_x, W_h, b, [0, 0, 0]);
  return { r, z, n: Math.tanh(input[2] + r * state[2]), before: h, h: after };
}

export default picture({ draw, compute });
