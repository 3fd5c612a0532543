// The pictures' mathematics against values that Python worked out: tests/test_widgets.py writes the file
// that RNN_REFERENCE names, a list of { call, args, value }.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import * as maths from "../../rnn_utils/widgets/js/maths.js";

const cases = JSON.parse(readFileSync(process.env.RNN_REFERENCE, "utf-8"));

for (const name of new Set(cases.map(({ call }) => call))) {
  test(name, () => {
    for (const { call, args, value } of cases) {
      if (call === name) compare(maths[call](...args), value, `${call}(${JSON.stringify(args)})`);
    }
  });
}

function compare(got, expected, what) {
  if (Array.isArray(expected)) {
    assert.equal(got.length, expected.length, `${what}: ${JSON.stringify(got)} for ${JSON.stringify(expected)}`);
    expected.forEach((part, i) => compare(got[i], part, `${what}[${i}]`));
  } else if (typeof expected === "number") {
    assert.ok(Math.abs(got - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `${what}: ${got} for ${expected}`);
  } else {
    assert.equal(got, expected, what);
  }
}

test("every point of the curve is a fixed point of its weight", () => {
  for (const b of [-2, -0.35, 0, 0.05, 1.7]) {
    for (const { h, w } of maths.fixedPointCurve(b)) {
      assert.ok(Math.abs(Math.tanh(w * h + b) - h) < 1e-12, `b = ${b}, h = ${h}, w = ${w}`);
    }
  }
});

test("every fixed point of two neurons maps onto itself, and its kind is that of its slopes", () => {
  for (const [radius, angle, other] of [[0.9, 30, 0.5], [1.5, 0, 1.5], [1.4, 0, 0.5], [1.2, 180, 0.3], [1.6, 15, 0]]) {
    const W = maths.matrixFromEigenvalues(radius, angle, other);
    const found = maths.fixedPointsOfTwo(W);
    for (const { h } of found) {
      const next = maths.product(W, h).map(Math.tanh);
      assert.ok(Math.hypot(next[0] - h[0], next[1] - h[1]) < 1e-12);
    }
    assert.equal(new Set(found.map(({ h }) => h.map((x) => x.toFixed(6)).join())).size, found.length);
  }
  const kinds = (...which) => maths.fixedPointsOfTwo(maths.matrixFromEigenvalues(...which)).map(({ kind }) => kind).sort();
  assert.deepEqual(kinds(0.9, 30, 0), ["stable"]);
  assert.deepEqual(kinds(1.2, 30, 0), ["unstable"]);
  assert.deepEqual(kinds(1, 0, 0.5), ["edge"]);
  assert.deepEqual(kinds(1.4, 0, 0.5), ["saddle", "stable", "stable"]);
  // Two latches that do not hear each other: each holds, or balances, on its own.
  assert.deepEqual(kinds(1.5, 0, 1.5), [...Array(4).fill("saddle"), ...Array(4).fill("stable"), "unstable"]);
});
