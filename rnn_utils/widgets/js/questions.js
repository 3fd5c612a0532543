// A lesson's questions: a prediction, its answer, the quiz, or all guesses in a table. A guess is told to
// every other view on the page, so that an answer shows as soon as its question has a guess.

const GUESSED = "rnn-guessed";

function render({ model, el }) {
  const page = el.ownerDocument;
  const add = (parent, tag, traits = {}) => {
    const node = Object.assign(page.createElement(tag), traits);
    // Jupyter would keep the arrow keys for itself.
    if (tag === "input") node.setAttribute("data-lm-suppress-shortcuts", "true");
    parent.append(node);
    return node;
  };
  const box = add(el, "div", { className: "rnn-questions" });
  // Out of the questions, which keep Jupyter's keys to themselves, back to the notebook.
  box.addEventListener("keydown", ({ key }) => {
    const cell = key === "Escape" && box.closest(".jp-Cell");
    if (cell) cell.focus();
  });
  const known = (key) => Object.hasOwn(model.get("guesses"), key);
  const guessOf = (key) => (known(key) ? model.get("guesses")[key] : null);
  const learn = (key, guess) => {
    model.set("guesses", { ...model.get("guesses"), [key]: guess });
    model.save_changes();
  };
  const tell = (key, guess) =>
    page.defaultView.dispatchEvent(new CustomEvent(GUESSED, { detail: { key, guess } }));
  const hear = ({ detail: { key, guess } }) => {
    const mine = model.get("questions").some((question) => question.key === key);
    if (mine && (!known(key) || guessOf(key) !== guess)) learn(key, guess);
  };
  page.defaultView.addEventListener(GUESSED, hear);

  const show = VIEWS[model.get("view")]({ add, box, known, guessOf, tell, questions: model.get("questions") });
  model.on("change:guesses", show);
  show();
  return () => {
    model.off("change:guesses", show);
    page.defaultView.removeEventListener(GUESSED, hear);
  };
}

const VIEWS = {
  predict({ add, box, guessOf, tell, questions: [question] }) {
    const group = add(box, "fieldset", { className: "rnn-guess" });
    ask(add, group, "Predict.", question.text);
    const keep = (guess) => tell(question.key, guess);
    const show = question.number ? number(add, group, question, keep) : radios(add, group, question, keep);
    const status = add(group, "p");
    status.setAttribute("role", "status");
    return () => {
      const guess = guessOf(question.key);
      show(guess);
      status.textContent = guess === null ? "No guess yet." : `Kept: ${worded(question, guess)}`;
    };
  },

  reveal({ add, box, known, guessOf, tell, questions: [question] }) {
    const panel = add(box, "div", { className: "rnn-reveal" });
    panel.setAttribute("role", "status");
    panel.tabIndex = -1;
    return () => {
      panel.replaceChildren();
      if (!known(question.key)) {
        add(panel, "p", { textContent: "The answer shows here once you have made your prediction." });
        const button = add(panel, "button", { type: "button", textContent: "Show me without a guess" });
        button.addEventListener("click", () => {
          tell(question.key, null);
          panel.focus(); // the button is gone, and the keyboard stays where the answer is
        });
        return;
      }
      const guess = guessOf(question.key);
      const right = isRight(question, guess);
      panel.classList.toggle("rnn-right", right);
      const line = add(panel, "p");
      add(line, "strong", { innerHTML: `${right ? "✓" : "→"} ${answer(question)}` });
      const yours = guess === null ? "You made no guess." : `You guessed: ${worded(question, guess)}.`;
      add(panel, "p").append(add(panel, "em", { textContent: right ? `${yours} So it is.` : yours }));
      const chosen = question.choices.find(({ value }) => value === guess);
      const said = [chosen && !right && chosen.says, rightChoice(question)?.says, question.after];
      said.filter(Boolean).forEach((text) => add(panel, "p", { innerHTML: text }));
    };
  },

  quiz({ add, box, guessOf, tell, questions }) {
    const shows = questions.map((question, k) => {
      const group = add(box, "fieldset", { className: "rnn-guess" });
      ask(add, group, `${k + 1}.`, question.text);
      // What was chosen, each with its reason; the first choice is the one that counts.
      const opened = new Set();
      const keep = (guess) => {
        opened.add(guess);
        if (guessOf(question.key) === null) tell(question.key, guess);
        show(guess);
      };
      const set = radios(add, group, question, keep);
      const says = question.choices.map((choice) => {
        const said = add(group, "p", { className: "rnn-says", hidden: true });
        said.setAttribute("role", "status");
        said.classList.toggle("rnn-right", choice.right);
        set.after(choice.value, said);
        return said;
      });
      const show = (guess) => {
        set(guess);
        if (guess !== null) opened.add(guess);
        question.choices.forEach((choice, j) => {
          if (!opened.has(choice.value) || !says[j].hidden) return;
          says[j].hidden = false;
          says[j].innerHTML = `<strong>${choice.right ? "✓ Right." : "✗ No."}</strong> ${choice.says}`;
        });
      };
      return () => opened.size || show(guessOf(question.key));
    });
    return () => shows.forEach((show) => show());
  },

  "sum up"({ add, box, known, guessOf, questions }) {
    const table = add(box, "table", { className: "rnn-summary" });
    const count = (kind) => {
      const asked = questions.filter((question) => question.kind === kind);
      const guessed = asked.filter(({ key }) => guessOf(key) !== null);
      return [guessed.filter((question) => isRight(question, guessOf(question.key))).length, guessed.length, asked.length];
    };
    return () => {
      table.replaceChildren();
      const [came, predicted, predictions] = count("prediction");
      const [right, answered, asked] = count("quiz");
      add(table, "caption", {
        textContent:
          `You made ${predicted} of ${predictions} predictions; ${came} came out as you said. ` +
          `You answered ${answered} of ${asked} questions; ${right} right at the first choice.`,
      });
      const heads = add(add(table, "thead"), "tr");
      ["Question", "You", "Answer"].forEach((textContent) => (add(heads, "th", { textContent }).scope = "col"));
      const body = add(table, "tbody");
      questions.forEach((question) => {
        const row = add(body, "tr");
        add(row, "th", { innerHTML: question.text }).scope = "row";
        const guess = guessOf(question.key);
        add(row, "td", { textContent: guess === null ? "–" : worded(question, guess) });
        const mark = isRight(question, guess) ? "✓" : "→";
        add(row, "td", { innerHTML: known(question.key) ? `${mark} ${answer(question)}` : "not yet" });
      });
    };
  },
};

function ask(add, group, word, text) {
  const legend = add(group, "legend");
  add(legend, "strong", { textContent: `${word} ` });
  add(legend, "span", { innerHTML: text });
}

const rightChoice = ({ choices }) => choices.find(({ right }) => right);

function isRight({ choices, number }, guess) {
  if (guess === null) return false;
  if (number) return Math.abs(guess - number.right) <= number.close;
  return rightChoice({ choices }).value === guess;
}

function answer(question) {
  const { number } = question;
  return number ? `${number.right} ${number.unit}`.trim() : rightChoice(question).text;
}

// A guess in words without markup, as it is said back to the learner.
function worded({ number, choices }, guess) {
  if (number) return `${guess} ${number.unit}`.trim();
  const chosen = choices.find(({ value }) => value === guess);
  const holder = document.createElement("span");
  holder.innerHTML = chosen ? chosen.text : guess;
  return holder.textContent;
}

let groups = 0;

function radios(add, group, { choices }, keep) {
  const name = `rnn-guess-${(groups += 1)}-${Math.random()}`;
  const buttons = choices.map(({ value, text }) => {
    const label = add(group, "label");
    const button = add(label, "input", { type: "radio", name, value });
    add(label, "span", { innerHTML: text });
    button.addEventListener("change", () => keep(value));
    return button;
  });
  const set = (guess) => buttons.forEach((button) => (button.checked = button.value === guess));
  set.after = (value, node) => buttons.find((button) => button.value === value).parentNode.after(node);
  return set;
}

function number(add, group, { number: { low, high, unit } }, keep) {
  const label = add(group, "label", { textContent: `From ${low} to ${high} ` });
  const input = add(label, "input", { type: "number", min: low, max: high, step: "any", value: low });
  label.append(` ${unit}`);
  const button = add(group, "button", { type: "button", textContent: "Keep this guess" });
  button.addEventListener("click", () => {
    const value = Number(input.value);
    if (input.value !== "" && value >= low && value <= high) keep(value);
    else input.reportValidity();
  });
  return (guess) => {
    if (guess !== null) input.value = guess;
  };
}

export default { render };
