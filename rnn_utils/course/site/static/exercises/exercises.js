// The exercises of a page: points, what is left of earlier ones, and the way to the notebook edition and back.

import { Exercise, points } from "./exercise.js";
import { answersOf, withAnswers } from "./notebook.js";
import { Python } from "./python.js";
import { keep, kept, pointsOf } from "./work.js";

const data = document.getElementById("rnn-exercises");
if (data) show(JSON.parse(data.textContent));

function show({ lesson, python: address, setup, exercises, plays }) {
  const absolute = (path) => new URL(path, document.baseURI).href;
  const python = new Python({
    address: absolute(address),
    archive: new URL("course.zip", import.meta.url).href,
  });
  const bar = document.querySelector(".rnn-work");
  const say = (words) => (bar.querySelector(".rnn-said").textContent = words);
  const total = exercises.reduce((sum, { points }) => sum + points, 0);
  const count = () => {
    bar.querySelector(".rnn-total").textContent = `${pointsOf(kept(lesson))} of ${points(total)}`;
  };

  // What a lesson's cells before an exercise would have left there.
  const before = (statements, place) => {
    const work = kept(lesson);
    return {
      setup: setup.slice(0, statements),
      earlier: exercises.slice(0, place).map(({ name }) => [name, work[name]?.passed ? work[name].answer : null]),
    };
  };

  // A picture is moved by the reader's own function once that has passed, and Python is there anyway.
  const move = () => {
    const work = kept(lesson);
    for (const { place, module, call, uses, setup: statements, after } of plays) {
      const own = python.started && uses.every((name) => work[name]?.passed);
      const compute = (values) => python.draw({ module, call, values, ...before(statements, after) });
      const key = uses.map((name) => work[name]?.answer).join("\n");
      moveWith(document.getElementById(place), own ? { names: uses, key, compute } : null);
    }
  };
  const editors = exercises.map((exercise, place) => {
    const keeps = (changes) => {
      if (!keep(lesson, exercise.name, changes)) {
        say("This browser keeps nothing, so download the notebook before you leave the page.");
      }
      count();
      move();
    };
    const found = () => before(exercise.setup, place);
    return new Exercise({ ...exercise, lesson, python, keeps, before: found, take: download });
  });

  async function download() {
    const file = `${lesson}.ipynb`;
    try {
      const answer = await fetch(absolute(`lite/files/${lesson}/${file}`));
      if (!answer.ok) throw new Error(answer.status);
      const answers = Object.fromEntries(editors.map((editor) => [editor.name, editor.text]));
      const text = `${JSON.stringify(withAnswers(await answer.json(), answers), null, 1)}\n`;
      const link = Object.assign(document.createElement("a"), {
        href: URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" })),
        download: file,
      });
      link.click();
      URL.revokeObjectURL(link.href);
      say(`${file} has your answers. Put it into the lesson's folder of the notebook edition.`);
    } catch {
      say("The notebook could not be fetched. Your answers are kept here; try again when there is a network.");
    }
  }

  async function upload({ target }) {
    const [file] = target.files;
    if (!file) return;
    let found = {};
    try {
      found = answersOf(JSON.parse(await file.text()));
    } catch {
      say(`${file.name} is not a notebook: a file that ends in .ipynb is expected.`);
      return;
    } finally {
      target.value = ""; // the same file may be chosen again
    }
    const known = editors.filter(({ name }) => name in found);
    const fresh = known.filter(({ name, stub, text }) => found[name] !== stub && found[name] !== text);
    const lost = fresh.filter(({ stub, text }) => text !== stub).map(({ name }) => name);
    if (!known.length) say(`${file.name} has none of this lesson's exercises: it is another lesson's.`);
    else if (!fresh.length) say(`${file.name} has no answer that is not here already.`);
    else if (lost.length && !confirm(`Replace what stands in this page: ${lost.join(", ")}?`)) {
      say("Nothing was taken.");
    } else {
      fresh.forEach((editor) => editor.replace(found[editor.name]));
      say(`Taken out of ${file.name}: ${fresh.map(({ name }) => name).join(", ")}. Check them for their points.`);
    }
  }

  const button = bar.querySelector(".rnn-download");
  button.disabled = false;
  button.addEventListener("click", download);
  bar.querySelector(".rnn-upload input").addEventListener("change", upload);
  count();
}

// The picture's own script takes it from there: widgets/js/static.js.
function moveWith(place, own) {
  if (!place || place.own?.key === own?.key) return;
  place.own = own;
  place.dispatchEvent(new Event("own"));
}
