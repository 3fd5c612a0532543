// A guess before the reveal: a question with choices, or with a number and a button that keeps it.

function render({ model, el }) {
  const page = el.ownerDocument;
  const add = (parent, tag, traits = {}) => {
    const node = Object.assign(page.createElement(tag), traits);
    // Jupyter would keep the arrow keys for itself.
    if (tag === "input") node.setAttribute("data-lm-suppress-shortcuts", "true");
    parent.append(node);
    return node;
  };
  const group = add(el, "fieldset", { className: "rnn-guess" });
  // Out of the question, which keeps Jupyter's keys to itself, back to the notebook.
  group.addEventListener("keydown", ({ key }) => {
    const cell = key === "Escape" && group.closest(".jp-Cell");
    if (cell) cell.focus();
  });
  const legend = add(group, "legend");
  add(legend, "strong", { textContent: "Predict. " });
  legend.append(model.get("question"));
  const keep = (value) => {
    model.set("guess", value);
    model.save_changes();
  };
  const choices = model.get("choices");
  const show = choices.length ? radios(group, add, choices, keep) : number(group, add, model, keep);
  const status = add(group, "p");
  status.setAttribute("role", "status");
  const update = () => {
    const guess = model.get("guess");
    show(guess);
    status.textContent = guess === null ? "No guess yet." : `Kept: ${guess}`;
  };
  model.on("change:guess", update);
  update();
  return () => model.off("change:guess", update);
}

let groups = 0;

function radios(group, add, choices, keep) {
  const name = `rnn-guess-${(groups += 1)}-${Math.random()}`;
  const buttons = choices.map((choice) => {
    const label = add(group, "label");
    const button = add(label, "input", { type: "radio", name, value: choice });
    label.append(` ${choice}`);
    button.addEventListener("change", () => keep(choice));
    return button;
  });
  return (guess) => buttons.forEach((button) => (button.checked = button.value === guess));
}

function number(group, add, model, keep) {
  const [min, max] = [model.get("low"), model.get("high")];
  const label = add(group, "label", { textContent: `From ${min} to ${max} ` });
  const input = add(label, "input", { type: "number", min, max, step: "any", value: min });
  label.append(` ${model.get("unit")}`);
  const button = add(group, "button", { type: "button", textContent: "Keep this guess" });
  button.addEventListener("click", () => {
    const value = Number(input.value);
    if (input.value !== "" && value >= min && value <= max) keep(value);
    else input.reportValidity();
  });
  return (guess) => {
    if (guess !== null) input.value = guess;
  };
}

export default { render };
