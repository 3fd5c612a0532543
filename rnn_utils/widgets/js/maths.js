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

// Every state of the tanh RNN over x (T, D), from h0 (H,).
export function rnnForward(x, h0, Wxh, Whh, b) {
  let h = h0;
  return x.map((xt) => (h = rnnStep(xt, h, Wxh, Whh, b)));
}

// Numbers in one layer's worth of W_xh, W_hh, b_h, W_hy, b_y; once, or once for each step.
export function countParameters(D, H, O, T, shared) {
  return (H * D + H * H + H + O * H + O) * (shared ? 1 : T);
}

// Where h = tanh(w h + b): sign changes on a fine grid, then bisection. From low to high.
export function fixedPoints(w, b) {
  const excess = (h) => Math.tanh(w * h + b) - h;
  const found = [];
  const cells = 400;
  let low = -1;
  let below = excess(low);
  for (let i = 1; i <= cells; i++) {
    const high = -1 + (2 * i) / cells;
    const above = excess(high);
    if (below === 0) {
      found.push(low);
    } else if (below * above < 0) {
      found.push(bisect(excess, low, high));
    }
    low = high;
    below = above;
  }
  return found;
}

function bisect(f, low, high) {
  const side = Math.sign(f(low));
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
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

// The fixed points of all w at once: every h in (-1, 1) is one, of exactly w = (atanh h - b) / h.
export function fixedPointCurve(b, count = 600) {
  const curve = [];
  for (let i = 0; i < count; i++) {
    const h = Math.tanh(-4 + (8 * (i + 0.5)) / count);
    curve.push({ h, w: (Math.atanh(h) - b) / h });
  }
  return curve;
}

// W (2, 2) with the eigenvalues re ± i·im or, when im is 0, re and other.
export function matrixFromEigenvalues(re, im, other) {
  if (im !== 0) return [[re, -im], [im, re]];
  const mean = (re + other) / 2;
  const half = (re - other) / 2;
  return [[mean, half], [half, mean]];
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

// Fixed points of h = tanh(W h) for two neurons, by Newton's method from a grid of starts,
// each with how it holds: "stable", "saddle" or "unstable".
export function fixedPointsOfTwo(W) {
  const found = [];
  for (let p = -4; p <= 4; p++) {
    for (let q = -4; q <= 4; q++) {
      const h = newton(W, [p / 4, q / 4]);
      if (h && !found.some((other) => distance(other.h, h) < 1e-6)) {
        found.push({ h, kind: kindOf(jacobian(W, h)) });
      }
    }
  }
  return found;
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
  if (sizes.every((size) => size < 1)) return "stable";
  return sizes.every((size) => size > 1) ? "unstable" : "saddle";
}

function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
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
