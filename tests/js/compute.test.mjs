// What a page without Python computes against what Python computed, for many places of the sliders:
// tests/test_widgets.py writes the file that RNN_REFERENCE names, a list of { file, given, values, data }.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const cases = JSON.parse(readFileSync(process.env.RNN_REFERENCE, "utf-8"));
const LOOSE = { gradient: 2e-3 }; // powers of ten, by a power iteration that ends early

for (const file of new Set(cases.map((one) => one.file))) {
  test(file, async () => {
    const { default: picture } = await import(`../../rnn_utils/widgets/js/${file}.js`);
    for (const { given, values, data } of cases.filter((one) => one.file === file)) {
      const got = picture.compute(given, values);
      assert.deepEqual(Object.keys(got).sort(), Object.keys(data).sort());
      for (const name of Object.keys(data)) compare(got[name], data[name], `${file} ${JSON.stringify(values)} ${name}`, name);
    }
  });
}

function compare(got, expected, what, name) {
  if (typeof expected === "object" && expected !== null) {
    assert.equal(Object.keys(got).length, Object.keys(expected).length, what);
    for (const key of Object.keys(expected)) compare(got[key], expected[key], `${what} ${key}`, name);
  } else if (typeof expected === "number") {
    const close = LOOSE[name] || 1e-7;
    assert.ok(Math.abs(got - expected) <= close * Math.max(1, Math.abs(expected)), `${what}: ${got} for ${expected}`);
  } else {
    assert.equal(got, expected, what);
  }
}
