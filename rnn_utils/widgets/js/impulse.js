// Who still knows it after fifty steps? What an impulse leaves in the states of an RNN, a GRU and an LSTM.

import { gruStep, lstmStep, range, rnnStep } from "./maths.js";
import { Axes, BLUE, GREEN, GREY, PURPLE, RED, decimals } from "./canvas.js";
import { picture } from "./kit.js";

const LEAST = -8; // the smallest power of ten that is shown
const LATER = 50;
const LOOKS = {
  RNN: { colour: RED, dash: [2, 3] },
  GRU: { colour: GREEN, dash: [7, 4] },
  LSTM: { colour: BLUE, dash: [] },
};

let line;

function draw(sheet, get) {
  const { input, known } = get("data");
  const [at, bias] = [get("at"), get("bias")];
  const t = range(input.length).map((step) => step + 1);
  const [left, right] = sheet.panels(2, { height: 280, minimum: 300, weights: [1, 1.3] });
  const limit = Math.max(4, ...input.map(Math.abs)) * 1.1;
  line = new Axes(sheet, left, {
    x: [0, t.length + 1], y: [-limit, limit], title: "The input", xlabel: "step t", ylabel: "input x",
  });
  line.line(t, input, { colour: GREY, width: 1.5, label: "noise" });
  line.points([at], [input[at - 1]], { colour: PURPLE, mark: "diamond", size: 5, label: "impulse" });
  line.line([at, at], [0, input[at - 1]], { colour: PURPLE });
  const axes = new Axes(sheet, right, {
    x: [0, t.length + 1], y: [LEAST, 0.5], title: "What is left of it", xlabel: "step t",
    ylabel: "log₁₀ of the difference left",
  });
  axes.horizontal(Math.log10(0.5), { dash: [1, 3], label: "half, a hundredth" });
  axes.horizontal(-2, { dash: [1, 3] });
  axes.vertical(at + LATER, { colour: PURPLE, dash: [2, 4], label: `${LATER} steps later` });
  const after = t.filter((step) => step >= at);
  for (const [name, shares] of Object.entries(known)) {
    const power = after.map((step) => (shares[step - 1] > 0 ? Math.log10(shares[step - 1]) : LEAST - 1));
    axes.line(after, power, { ...LOOKS[name], width: 2.5, label: name });
  }
  return sentence(known, at, get("noise"), bias);
}

// After how many steps less than half is left for the first time.
function half(shares, at) {
  const k = shares.slice(at - 1).findIndex((share) => share < 0.5);
  return k < 0 ? "not within these steps" : `after ${k} steps`;
}

function sentence(known, at, noise, bias) {
  const halves = Object.entries(known).map(([name, shares]) => `${name} ${half(shares, at)}`);
  const later = Object.entries(known).map(([name, shares]) => [name, shares[at + LATER - 1]]);
  const told = later.map(([name, share]) => {
    const size = share >= 0.005 ? decimals(share) : share === 0 ? "0" : share.toExponential(0).replace("-", "−");
    return `${name} ${size}`;
  });
  const who = later.filter(([, share]) => share > 0.01).map(([name]) => name);
  const answer = who.length === 0 ? "none of the three" : who.join(" and ");
  return `The impulse comes at step ${at}, the noise is ${decimals(noise, 1)} in scale. With a bias of ${decimals(bias, 1)}, under half is left: ${halves.join(", ")}. Of the difference that it made, ${LATER} steps later (1: as much as at first): ` +
    `${told.join(", ")}. Who still knows it, with more than a hundredth: ${answer}.`;
}

// Along the time line moves the impulse, up and down the scale of the noise.
let held;
function drag([x, y], get, start) {
  if (!line || (start && (x < line.left || x > line.left + line.width || y < line.top || y > line.top + line.height))) {
    return null;
  }
  if (start) held = { y, noise: get("noise") };
  const step = Math.max(1, Math.min(30, Math.round(line.at(x, y)[0])));
  const noise = Math.max(0, Math.min(2, held.noise + (held.y - y) / 60));
  return { at: step, noise: Number(noise.toFixed(1)) };
}

// What Python computes, here in the page.
function compute({ noises, rnn, gru, lstm }, { at, noise, bias }) {
  const H = rnn[2].length;
  const kept = (b) => b.map((value, k) => (k >= H && k < 2 * H ? bias : value));
  const none = range(H).map(() => 0);
  const runs = {
    RNN: (x) => {
      let h = none;
      return x.map((value) => (h = rnnStep([value], h, ...rnn)));
    },
    GRU: (x) => {
      let h = none;
      const b = kept(gru[2]);
      return x.map((value) => (h = gruStep([value], h, gru[0], gru[1], b, b.map(() => 0))));
    },
    LSTM: (x) => {
      let [h, c] = [none, none];
      const b = kept(lstm[2]);
      return x.map((value) => {
        [h, c] = lstmStep([value], h, c, lstm[0], lstm[1], b);
        return [...h, ...c];
      });
    },
  };
  const without = noises.map((value) => noise * value);
  const first = Math.round(at) - 1;
  const input = without.map((value, t) => value + (t === first ? 3 : 0));
  const known = Object.entries(runs).map(([name, run]) => {
    const [one, other] = [run(without), run(input)];
    const apart = one.map((state, t) => Math.hypot(...state.map((value, k) => other[t][k] - value)));
    return [name, apart.map((size) => size / apart[first])];
  });
  return { input, known: Object.fromEntries(known) };
}

export default picture({ draw, drag, compute });
