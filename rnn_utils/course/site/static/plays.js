// The pictures, questions and writers of a page: each is made when it comes near the window, from the modules
// that all pages share. Guesses stay in this browser, whatever page they were made on.

import { embed } from "./static.js";

const GUESSES = "rnn-course.guesses";
const GUESSED = "rnn-guessed"; // how questions tell each other of a guess

function kept() {
  try {
    return JSON.parse(localStorage.getItem(GUESSES)) ?? {};
  } catch {
    return {};
  }
}

function keep(guesses) {
  try {
    localStorage.setItem(GUESSES, JSON.stringify(guesses));
  } catch {
    // a browser that keeps nothing: guesses live as long as the page
  }
}

// A lesson may have other choices since; a guess that is none of them is forgotten.
function possible({ choices, number }, guess) {
  if (guess === null) return true;
  if (number) return typeof guess === "number" && number.low <= guess && guess <= number.high;
  return choices.some(({ value }) => value === guess);
}

function given(place) {
  const script = place.querySelector("script");
  if (script.type === "application/json") return JSON.parse(script.textContent);
  const bytes = Uint8Array.from(atob(script.textContent), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

let guesses = kept();
window.addEventListener(GUESSED, ({ detail: { key, guess } }) => {
  guesses = { ...kept(), ...guesses, [key]: guess };
  keep(guesses);
  unveil();
});

async function show(place) {
  const { default: widget } = await import(`./${place.dataset.widget}.js`);
  const payload = given(place);
  for (const { key, ...question } of payload.traits.questions ?? []) {
    if (key in guesses && possible(question, guesses[key])) payload.traits.guesses[key] = guesses[key];
  }
  embed(place, widget, payload);
  keepToTarget();
}

// What is made above the section that a link leads to moves it; until the reader moves, the page follows.
let moved = false;
for (const event of ["wheel", "touchstart", "pointerdown", "keydown"]) {
  addEventListener(event, () => { moved = true; }, { passive: true });
}
addEventListener("hashchange", () => { moved = false; });
function keepToTarget() {
  const target = !moved && location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) target.scrollIntoView({ behavior: "instant" });
}

// The result that answers a prediction shows once there is a guess.
function unveil() {
  for (const cell of document.querySelectorAll(".cell.tag_veil:not(.unveiled)")) {
    const [, lesson, name] = [...cell.classList].map((c) => c.match(/^tag_veil-(\d\d)-(\w+)$/)).find(Boolean);
    if (`${lesson}/${name}` in guesses) cell.classList.add("unveiled");
  }
}

unveil();
const near = new IntersectionObserver(
  (entries) => {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      near.unobserve(target);
      show(target);
    }
  },
  { rootMargin: "1200px 0px" },
);
document.querySelectorAll(".rnn-static[data-widget]").forEach((place) => near.observe(place));
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((part) => { part.open ||= part.matches(".optional"); });
});
