// A tiny RNN that is trained anew, from the first step to the last, whenever a slider moves.

import { range } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, PURPLE, RED, formatNumber } from "./canvas.js";
import { picture } from "./kit.js";

const [LOW, HIGH] = [-3.5, 2];

// Train with plain gradient steps on one batch, many-to-many with cross-entropy. `start` holds
// { W_xh (H, D), W_hh (H, H), b_h, W_hy (O, H), b_y }, x is (T, N, D), targets (K, N) are the classes of
// the last K steps. Returns the loss and the gradient's norm before each update, and the parameters
// before each update and after the last, each as one long vector in the order of their names.
export function trainOnOneBatch(start, x, targets, rate, maxNorm, steps) {
  let theta = Float64Array.from(Object.values(start).flat(2));
  const size = { H: start.W_hh.length, D: x[0][0].length, O: start.b_y.length };
  const [losses, norms, parameters] = [[], [], [theta]];
  for (let k = 0; k < steps; k++) {
    const { loss, gradient } = lossAndGradient(theta, x, targets, size);
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    const scale = norm > maxNorm ? maxNorm / norm : 1;
    theta = theta.map((p, i) => p - rate * (scale * gradient[i]));
    losses.push(loss);
    norms.push(norm);
    parameters.push(theta);
  }
  return { losses, norms, parameters };
}

function places({ H, D, O }) {
  const xh = 0, hh = xh + H * D, bh = hh + H * H, hy = bh + H, by = hy + O * H;
  return { xh, hh, bh, hy, by };
}

// The states (T, H) and the class probabilities (T, O) of sequence n.
export function readSequence(theta, x, n, size) {
  const { H, D, O } = size;
  const at = places(size);
  let before = new Float64Array(H);
  const states = [], chances = [];
  for (const inputs of x) {
    const h = new Float64Array(H);
    for (let i = 0; i < H; i++) {
      let a = theta[at.bh + i];
      for (let d = 0; d < D; d++) a += theta[at.xh + i * D + d] * inputs[n][d];
      for (let j = 0; j < H; j++) a += theta[at.hh + i * H + j] * before[j];
      h[i] = Math.tanh(a);
    }
    const y = new Float64Array(O);
    for (let o = 0; o < O; o++) {
      y[o] = theta[at.by + o];
      for (let i = 0; i < H; i++) y[o] += theta[at.hy + o * H + i] * h[i];
    }
    const most = Math.max(...y);
    const total = y.reduce((sum, score) => sum + Math.exp(score - most), 0);
    states.push(h);
    // Logarithms, since a hopeless chance is still to have a finite loss.
    chances.push(y.map((score) => score - most - Math.log(total)));
    before = h;
  }
  return { states, chances };
}

function lossAndGradient(theta, x, targets, size) {
  const { H, D, O } = size;
  const at = places(size);
  const [T, N, K] = [x.length, x[0].length, targets.length];
  const gradient = new Float64Array(theta.length);
  let loss = 0;
  for (let n = 0; n < N; n++) {
    const { states, chances } = readSequence(theta, x, n, size);
    let carried = new Float64Array(H);
    for (let t = T - 1; t >= 0; t--) {
      const dh = carried;
      const asked = t - (T - K);
      if (asked >= 0) {
        loss -= chances[t][targets[asked][n]] / (K * N);
        for (let o = 0; o < O; o++) {
          const dy = (Math.exp(chances[t][o]) - (o === targets[asked][n])) / (K * N);
          gradient[at.by + o] += dy;
          for (let i = 0; i < H; i++) {
            gradient[at.hy + o * H + i] += dy * states[t][i];
            dh[i] += dy * theta[at.hy + o * H + i];
          }
        }
      }
      carried = new Float64Array(H);
      for (let i = 0; i < H; i++) {
        const da = dh[i] * (1 - states[t][i] ** 2);
        gradient[at.bh + i] += da;
        for (let d = 0; d < D; d++) gradient[at.xh + i * D + d] += da * x[t][n][d];
        for (let j = 0; j < H; j++) {
          if (t > 0) gradient[at.hh + i * H + j] += da * states[t - 1][j];
          carried[j] += da * theta[at.hh + i * H + j];
        }
      }
    }
  }
  return { loss, gradient };
}

const log = (value) => Math.max(LOW, Math.log10(Math.max(value, 1e-300)));
const power = (tick) => formatNumber(10 ** tick);

let [known, trained] = ["", null]; // moving through the steps does not train anew

function draw(sheet, get) {
  const { starts, x, targets, steps, chance, delay } = get("data");
  const [rate, most, step] = [get("learning_rate"), get("max_norm"), Math.min(get("step"), steps)];
  const start = starts[get("start") - 1];
  const wanted = [rate, most, get("start")].join();
  if (wanted !== known) [known, trained] = [wanted, trainOnOneBatch(start, x, targets, rate, most, steps)];
  const { losses, norms, parameters } = trained;
  const panels = sheet.panels(3, { height: 290, minimum: 230 });
  const k = range(steps);
  const axes = (panel, title) =>
    new Axes(sheet, panel, {
      x: [0, steps], y: [LOW, HIGH], title, xlabel: "update", format: power,
      yticks: range(Math.floor(HIGH) - Math.ceil(LOW) + 1).map((i) => i + Math.ceil(LOW)),
    });
  const marker = { colour: PURPLE, dash: [2, 3], label: "states shown" };
  axes(panels[0], "Loss (nats)")
    .line([0, steps], [log(chance), log(chance)], { colour: GREY, dash: [5, 4], width: 1.5, label: "a fair coin" })
    .line(k, losses.map(log), { colour: BLUE })
    .vertical(step, marker);
  axes(panels[1], "Norm of the gradient")
    .line([0, steps], [log(most), log(most)], { colour: GREEN, dash: [5, 4], width: 1.5, label: "clipped above" })
    .line(k, norms.map(log), { colour: RED })
    .vertical(step, marker);
  const right = drawStates(sheet, panels[2], parameters[step], { x, targets, step, start });
  const shown = `After ${step} updates, ${right} of the ${targets.length} answers to the sequence shown are right.`;
  return `${sentence({ losses, norms, rate, most, steps, chance, delay })} ${shown}`;
}

// One row for each unit, then what came out and what was wanted: the second class filled, the first empty.
function drawStates(sheet, panel, theta, { x, targets, step, start }) {
  const size = { H: start.W_hh.length, D: x[0][0].length, O: start.b_y.length };
  const { states, chances } = readSequence(theta, x, 0, size);
  const [T, K, H] = [x.length, targets.length, size.H];
  const rows = range(H).map((i) => range(T).map((t) => states[t][i]));
  rows.push(range(T).map((t) => (t < T - K ? 0 : 2 * Math.exp(chances[t][1]) - 1)));
  rows.push(range(T).map((t) => (t < T - K ? 0 : 2 * targets[t - (T - K)][0] - 1)));
  new Axes(sheet, panel, {
    x: [-0.7, T - 0.3], y: [rows.length - 0.4, -0.6], title: `States after ${step} updates`,
    xlabel: "time t (steps)", ylabel: "units", xticks: range(Math.ceil(T / 3)).map((i) => 3 * i),
    yticks: [H, H + 1], format: (row) => (row === H ? "output" : "target"),
  }).matrix(rows, { most: 1 });
  return targets.filter(([wanted], k) => chances[T - K + k].indexOf(Math.max(...chances[T - K + k])) === wanted).length;
}

function sentence({ losses, norms, rate, most, steps, chance, delay }) {
  const short = (value) => formatNumber(Number(value.toPrecision(2)));
  const last = losses.slice(-10).reduce((a, b) => a + b, 0) / 10;
  const clipped = norms.filter((norm) => norm > most).length;
  const highest = Math.max(...losses);
  const head = `Learning rate ${short(rate)}, clipped at ${short(most)}: ${clipped} of ${steps} gradients were shortened.`;
  const end = `the loss ends at ${short(last)}`;
  if (last > 1.1 * chance) return `${head} The steps are too long: ${end}, worse than a coin, whose loss is ${short(chance)}.`;
  if (last > 0.5 * chance) return `${head} Hardly anything is learnt: ${end}, where a coin has ${short(chance)}.`;
  if (last > 0.05 * chance) return `${head} It is learning: ${end}; not there yet.`;
  const bumps = highest > 2 * chance ? ` On the way it rose to ${short(highest)}.` : "";
  return `${head} The input of ${delay} steps ago is remembered: ${end}.${bumps}`;
}

export default picture({ draw });
