// The mathematics of the pictures: no page, no canvas, no state. Matrices are arrays of rows,
// weights are (out, in), a sequence is time-major, as in the lessons.

// h[t] = w_hh h[t-1] + w_xh x[t]: every state of the scalar linear recurrence.
export function linearRecurrence(x, wHH, wXH, h0 = 0) {
  let h = h0;
  return x.map((xt) => (h = wHH * h + wXH * xt));
}

// Steps until |w|^k = 1/2: Infinity for |w| = 1, negative (a doubling time) for |w| > 1.
export function halfLife(w) {
  const size = Math.abs(w);
  if (size === 0) return 0;
  return size === 1 ? Infinity : Math.log(0.5) / Math.log(size);
}

export function product(W, v) {
  return W.map((row) => row.reduce((sum, w, j) => sum + w * v[j], 0));
}

// One step of the tanh RNN for one column vector: tanh(W_hh h + W_xh x + b_h).
export function rnnStep(x, h, Wxh, Whh, b) {
  const fromInput = product(Wxh, x);
  const fromState = product(Whh, h);
  return b.map((bias, i) => Math.tanh(fromState[i] + fromInput[i] + bias));
}

export const sigmoid = (a) => (1 + Math.tanh(a / 2)) / 2;

// One step of the LSTM for one column vector, gates in the order i, f, g, o; returns [h, c].
export function lstmStep(x, h, c, Wx, Wh, b) {
  const H = h.length;
  const fromState = product(Wh, h);
  const a = product(Wx, x).map((value, k) => value + fromState[k] + b[k]);
  const next = c.map((old, k) => sigmoid(a[H + k]) * old + sigmoid(a[k]) * Math.tanh(a[2 * H + k]));
  return [next.map((value, k) => sigmoid(a[3 * H + k]) * Math.tanh(value)), next];
}

// One step of the GRU for one column vector, gates in the order r, z, n.
export function gruStep(x, h, Wx, Wh, bx, bh) {
  const H = h.length;
  const input = product(Wx, x).map((value, k) => value + bx[k]);
  const state = product(Wh, h).map((value, k) => value + bh[k]);
  return h.map((old, k) => {
    const [r, z] = [0, 1].map((gate) => sigmoid(input[gate * H + k] + state[gate * H + k]));
    return z * old + (1 - z) * Math.tanh(input[2 * H + k] + r * state[2 * H + k]);
  });
}

// Every state of the tanh RNN over x (T, D), from h0 (H,).
export function rnnForward(x, h0, Wxh, Whh, b) {
  let h = h0;
  return x.map((xt) => (h = rnnStep(xt, h, Wxh, Whh, b)));
}

// Numbers to learn: W_xh, W_hh and b_h once, or once for each step; W_hy and b_y always once.
export function countParameters(D, H, O, T, shared) {
  return (H * D + H * H + H) * (shared ? 1 : T) + O * H + O;
}

// The activations, and their slopes taken from what they returned.
export const ACTIVATIONS = [
  { name: "tanh", of: Math.tanh, slope: (h) => 1 - h * h },
  { name: "ReLU", of: (a) => Math.max(a, 0), slope: (h) => (h > 0 ? 1 : 0) },
  { name: "linear", of: (a) => a, slope: () => 1 },
];

// Every state of h ← f(W h + x[t]) from a state of zeros; the inputs (T, H) are weighted already.
export function activatedStates(W, x, activation) {
  let h = x[0].map(() => 0);
  return x.map((xt) => {
    const fromState = product(W, h);
    return (h = xt.map((value, i) => ACTIVATIONS[activation].of(fromState[i] + value)));
  });
}

// log10 of the spectral norm of ∂h_T/∂h_{T-k}, for k = 0 … lags: the product of the Jacobians, which are
// diag(slope) W.
export function logGradientNorms(W, h, activation, lags) {
  let P = W.map((_, i) => W.map((_, j) => (i === j ? 1 : 0)));
  const norms = [0];
  for (let k = 1; k <= lags; k++) {
    const slopes = h[h.length - k].map(ACTIVATIONS[activation].slope);
    P = P.map((row) => combine(row.map((p, m) => p * slopes[m]), W));
    const size = spectralNorm(P);
    norms.push(size > 0 ? Math.log10(size) : -Infinity);
  }
  return norms;
}

// The rows of a matrix, added with these weights.
function combine(weights, rows) {
  const sum = new Array(rows[0].length).fill(0);
  for (let m = 0; m < rows.length; m++) {
    const [weight, row] = [weights[m], rows[m]];
    if (weight === 0) continue;
    for (let j = 0; j < sum.length; j++) sum[j] += weight * row[j];
  }
  return sum;
}

// How far a matrix stretches the direction that it stretches most: power iteration, until nothing moves.
export function spectralNorm(P, most = 100) {
  let v = P.map((_, i) => 1 + ((7 * i) % 5) / 10);
  let size = 0;
  for (let round = 0; round < most; round++) {
    const length = Math.hypot(...v);
    const u = new Array(P.length).fill(0);
    for (let i = 0; i < P.length; i++) for (let j = 0; j < v.length; j++) u[i] += (P[i][j] * v[j]) / length;
    const before = size;
    size = Math.hypot(...u);
    if (size - before <= 1e-7 * size) break;
    v = combine(u, P);
  }
  return size;
}

// Where h = tanh(w h + b), from low to high. The excess tanh(w h + b) - h turns at most twice, where
// cosh²(w h + b) = w: one zero at most before, between and after. Two that only touch count as one.
export function fixedPoints(w, b) {
  const excess = (h) => Math.tanh(w * h + b) - h;
  const u = w > 1 ? Math.asinh(Math.sqrt(w - 1)) : 0;
  const turns = w > 1 ? [-u, u].map((side) => Math.min(1, Math.max(-1, (side - b) / w))) : [];
  const edges = [-1, ...turns, 1];
  const found = edges.slice(1)
    .map((high, i) => [edges[i], high])
    .filter(([low, high]) => excess(low) * excess(high) <= 0)
    .map(([low, high]) => bisect(excess, low, high));
  if (found.length === 1) found.push(...turns.filter((h) => Math.abs(excess(h)) <= 1e-15));
  found.sort((p, q) => p - q);
  return found.filter((h, i) => i === 0 || h - found[i - 1] > 1e-7);
}

function bisect(f, low, high) {
  const side = Math.sign(f(low));
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (f(middle) === 0) return middle;
    if (Math.sign(f(middle)) === side) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// The slope of tanh(w h + b) at a fixed point h, where tanh' = 1 - h².
export function slope(w, h) {
  return w * (1 - h * h);
}

export function neuronOrbit(w, b, h0, steps) {
  const h = [h0];
  for (let t = 0; t < steps; t++) h.push(Math.tanh(w * h[t] + b));
  return h;
}

// Where h ← tanh(w h + b) ends: [h] at a fixed point, or [low, high] when it alternates. For w ≥ 0 the
// curve rises, so the state moves one way up to the next fixed point. For w < 0 two steps rise; the only
// fixed point attracts everything if it is stable, and otherwise nothing but itself.
export function neuronEnd(w, b, h0) {
  const fixed = fixedPoints(w, b);
  const start = fixed.find((h) => Math.abs(h - h0) < 1e-12);
  if (start !== undefined) return [start];
  if (w < 0) return slope(w, fixed[0]) >= -1 - 1e-9 ? fixed : alternation(w, b);
  const next = Math.tanh(w * h0 + b) > h0
    ? fixed.find((h) => h > h0)
    : fixed.findLast((h) => h < h0);
  return [next];
}

// The two states between which a neuron with w < 0 alternates: from 1, every second state falls to the
// upper one.
export function alternation(w, b, most = 3000) {
  let high = 1;
  let low = Math.tanh(w + b);
  for (let t = 0; t < most; t++) {
    const next = Math.tanh(w * low + b);
    if (next === high) break;
    high = next;
    low = Math.tanh(w * high + b);
  }
  return [low, high];
}

// The fixed points of all w at once: every h = tanh u but 0 is one, of exactly w = (u - b) / h.
export function fixedPointCurve(b, count = 1200, reach = 8) {
  return range(count).map((i) => {
    const u = reach * ((2 * i + 1) / count - 1);
    return { h: Math.tanh(u), w: (u - b) / Math.tanh(u) };
  });
}

// W (2, 2) that turns by an angle in degrees and stretches by a radius: eigenvalues radius (cos ± i sin).
// At 0° and 180° they are real, and need not be equal: ± radius along (1, 1), other along (1, -1).
export function matrixFromEigenvalues(radius, angle, other) {
  if (angle === 0 || angle === 180) {
    const first = angle === 0 ? radius : -radius;
    const [mean, half] = [(first + other) / 2, (first - other) / 2];
    return [[mean, half], [half, mean]];
  }
  const turn = (angle * Math.PI) / 180;
  const [c, s] = [radius * Math.cos(turn), radius * Math.sin(turn)];
  return [[c, -s], [s, c]];
}

// The two eigenvalues of a (2, 2) matrix as [re, im], the larger first.
export function eigenvalues([[a, b], [c, d]]) {
  const mean = (a + d) / 2;
  const under = ((a - d) / 2) ** 2 + b * c;
  const root = Math.sqrt(Math.abs(under));
  return under >= 0
    ? [[mean + root, 0], [mean - root, 0]]
    : [[mean, root], [mean, -root]];
}

// The Jacobian of tanh(W h) at a state with h = tanh(W h): diag(1 - h²) W.
export function jacobian(W, h) {
  return W.map((row, i) => row.map((w) => (1 - h[i] * h[i]) * w));
}

// Fixed points of h = tanh(W h) for two neurons: 0, and what Newton's method finds from a grid of starts.
// Each with how it holds: "stable", "saddle", "unstable", or "edge" where the linear part does not decide.
export function fixedPointsOfTwo(W) {
  const found = [[0, 0]];
  for (let p = -4; p <= 4; p++) {
    for (let q = -4; q <= 4; q++) {
      const h = newton(W, [p / 4, q / 4]);
      // Where 0 is just losing its hold, Newton stops a little short of it.
      if (h && !found.some((other) => distance(other, h) < 1e-3)) found.push(h);
    }
  }
  return found.map((h) => ({ h, kind: kindOf(jacobian(W, h)) }));
}

function newton(W, start) {
  let h = start;
  for (let i = 0; i < 40; i++) {
    const next = product(W, h).map(Math.tanh);
    const J = jacobian(W, next);
    const miss = [next[0] - h[0], next[1] - h[1]];
    const [a, b, c, d] = [J[0][0] - 1, J[0][1], J[1][0], J[1][1] - 1];
    const determinant = a * d - b * c;
    if (Math.abs(determinant) < 1e-12) return null;
    h = [
      h[0] - (d * miss[0] - b * miss[1]) / determinant,
      h[1] - (a * miss[1] - c * miss[0]) / determinant,
    ];
    if (!(Math.abs(h[0]) <= 1.5 && Math.abs(h[1]) <= 1.5)) return null;
    if (Math.hypot(...miss) < 1e-13) return h;
  }
  return null;
}

function kindOf(J) {
  const sizes = eigenvalues(J).map(([re, im]) => Math.hypot(re, im));
  if (sizes.some((size) => Math.abs(size - 1) < 1e-9)) return "edge";
  if (sizes.every((size) => size < 1)) return "stable";
  return sizes.every((size) => size > 1) ? "unstable" : "saddle";
}

// h ← tanh(W h): the start and the states after it.
export function orbitOfTwo(W, start, steps) {
  const h = [start];
  for (let t = 0; t < steps; t++) h.push(product(W, h[t]).map(Math.tanh));
  return h;
}

function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

// Probabilities of scores at a temperature, with the k highest only; at 0 all goes to the highest.
export function temperedProbabilities(y, temperature, topK) {
  const least = [...y].sort((a, b) => b - a)[Math.min(topK, y.length) - 1];
  const best = Math.max(...y);
  if (temperature === 0) return y.map((_, i) => (i === y.indexOf(best) ? 1 : 0));
  const e = y.map((score) => (score < least ? 0 : Math.exp((score - best) / temperature)));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((value) => value / total);
}

export function entropyBits(p) {
  return p.reduce((sum, value) => (value > 0 ? sum - value * Math.log2(value) : sum), 0);
}

// What a character model writes after `start`, one letter for each row of Gumbel noise: the indices of the
// whole text, the scores that each new letter was drawn from, and the state after every letter read.
export function writeOn({ W_xh, W_hh, b_h, W_hy, b_y }, start, noise, temperature, topK) {
  const [indices, scores, states] = [[...start], [], []];
  let h = b_h.map(() => 0);
  const read = (index) => {
    const before = h;
    h = W_hh.map((row, i) => Math.tanh(row.reduce((sum, w, j) => sum + w * before[j], b_h[i] + W_xh[i][index])));
    states.push(h);
  };
  start.forEach(read);
  for (const g of noise) {
    const y = product(W_hy, h).map((value, i) => value + b_y[i]);
    const p = temperedProbabilities(y, temperature, topK);
    const noisy = p.map((value, i) => Math.log(value) + g[i]);
    const drawn = noisy.indexOf(Math.max(...noisy));
    scores.push(y);
    indices.push(drawn);
    read(drawn);
  }
  return { indices, scores, states };
}

// How few shares add up to a part of the whole, the largest first.
export function pixelsThatHold(shares, part) {
  const sorted = [...shares].sort((a, b) => b - a);
  let sum = 0;
  const enough = sorted.findIndex((share) => (sum += share) >= part);
  return enough < 0 ? sorted.length : enough + 1;
}

// What each letter before `place` did to the choice of the letter there: the gradient of its log-probability
// with respect to the one-hot input of that step, times that input, so how much of the log-probability
// would go, to first order, if that letter were not read. `scores` are those it was drawn from.
export function influence({ W_xh, W_hh, W_hy }, indices, states, scores, place, temperature, topK) {
  const p = temperedProbabilities(scores, temperature, topK);
  const dy = p.map((chance, i) => ((i === indices[place]) - chance) / temperature);
  let dh = states[0].map((_, j) => dy.reduce((sum, d, i) => sum + d * W_hy[i][j], 0));
  const moved = Array(place).fill(0);
  for (let t = place - 1; t >= 0; t--) {
    const da = dh.map((d, i) => d * (1 - states[t][i] ** 2));
    moved[t] = da.reduce((sum, d, i) => sum + d * W_xh[i][indices[t]], 0);
    dh = da.map((_, j) => da.reduce((sum, d, i) => sum + d * W_hh[i][j], 0));
  }
  return moved;
}

// Round numbers from low to high, about `count` of them: steps of 1, 2 or 5 times a power of ten.
export function niceTicks(low, high, count = 5) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * (1 - 1e-9));
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

// The smallest of 1, 2, 5, 10, 20, 50, … that is at least `size` (a frame that grows in jumps).
export function niceLimit(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return power * [1, 2, 5, 10].find((m) => m * power >= size * (1 - 1e-9));
}

export function range(count) {
  return Array.from({ length: count }, (_, i) => i);
}

// Numbers of half precision, packed as base64, as a matrix of so many rows.
export function unpackHalves(text, rows) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const columns = bytes.length / 2 / rows;
  return range(rows).map((i) => range(columns).map((j) => fromHalf(view.getUint16(2 * (i * columns + j), true))));
}

// Sign, five bits of exponent, ten of the fraction; the smallest numbers have no leading one.
function fromHalf(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
