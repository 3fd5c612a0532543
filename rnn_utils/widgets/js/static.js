// A picture or a guess in a page without a kernel: plain HTML controls stand in for the sliders of
// ipywidgets. What Python would have to compute shows the states that were recorded, one slider at a
// time, or else the last one.

export function embed(place, widget, { traits, sliders = [], recorded = {} }) {
  place.replaceChildren();
  const page = place.ownerDocument;
  const add = (parent, tag, properties = {}) => {
    const node = Object.assign(page.createElement(tag), properties);
    parent.append(node);
    return node;
  };
  const row = add(place, "div", { className: "rnn-controls" });
  const models = {};
  const picture = new Model(traits);
  picture.widget_manager = { get_model: async (name) => models[name] };

  const controls = sliders.map((slider) => {
    models[slider.name] = new Model({ value: slider.value });
    const label = add(row, "label");
    add(label, "span", { textContent: slider.label });
    const control = slider.options
      ? add(label, "select")
      : add(label, "input", { type: slider.text ? "text" : "range" });
    (slider.options || []).forEach((option) => control.add(new Option(option)));
    control.setAttribute("data-lm-suppress-shortcuts", "true");
    const readout = control.type === "range" ? add(label, "output") : null;
    return { slider, control, readout, model: models[slider.name], tape: recorded[slider.name] };
  });
  const needsPython = ({ slider }) => slider.name in (traits.at || {});
  controls.forEach((it) => {
    const { slider, control, model, tape } = it;
    const ranged = control.type === "range";
    if (ranged && tape) Object.assign(control, { min: 0, max: tape.values.length - 1, step: 1 });
    else if (ranged) Object.assign(control, { min: slider.min, max: slider.max, step: slider.step });
    control.disabled = needsPython(it) && !tape;
    const show = () => {
      const value = model.get("value");
      const spot = !ranged ? value : tape ? nearest(tape.values, value) : slider.log ? Math.log10(value) : value;
      if (control.value !== String(spot)) control.value = spot;
      if (it.readout) it.readout.textContent = shown(value, slider);
    };
    control.addEventListener("input", () => {
      const spot = Number(control.value);
      if (!tape) return model.set("value", !ranged ? control.value : slider.log ? 10 ** spot : spot);
      controls.forEach((other) => {
        if (other !== it && other.tape) other.model.set("value", other.slider.value);
      });
      const taped = ranged ? spot : tape.values.indexOf(control.value);
      model.set("value", tape.values[taped]);
      picture.set(tape.states[taped]);
    });
    model.on("change:value", show);
    show();
  });
  if (controls.some(needsPython)) {
    const live = controls.some(({ tape }) => tape);
    add(place, "p", { className: "rnn-note" }).textContent = live
      ? "This picture is computed by Python. Here it shows what was recorded: one control moves at a time."
      : "This picture is computed by Python. Here it shows the last state; its controls work in the notebook.";
  }
  widget.render({ model: picture, el: add(place, "div") });
}

function nearest(values, wanted) {
  const gaps = values.map((value) => Math.abs(value - wanted));
  return gaps.indexOf(Math.min(...gaps));
}

function shown(value, slider) {
  const text = slider.log ? String(Number(value.toPrecision(2))) : value.toFixed(slider.decimals);
  return text.replace("-", "−");
}

// As much of a widget's model as pictures and guesses use.
class Model {
  constructor(state) {
    Object.assign(this, { state: { ...state }, actions: [] });
  }

  get(name) {
    return this.state[name];
  }

  set(changes, value) {
    const all = typeof changes === "string" ? { [changes]: value } : changes;
    const changed = Object.keys(all).filter((name) => this.state[name] !== all[name]);
    Object.assign(this.state, all);
    const events = changed.length ? [...changed.map((name) => `change:${name}`), "change"] : [];
    this.actions.filter(([event]) => events.includes(event)).forEach(([, action]) => action());
  }

  save_changes() {}

  on(event, action) {
    this.actions.push([event, action]);
  }

  off(event, action) {
    this.actions = this.actions.filter(([e, a]) => e !== event || a !== action);
  }
}
