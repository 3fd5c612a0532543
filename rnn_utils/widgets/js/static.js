// A picture or a question in a page without a kernel: plain HTML controls stand in for the sliders of
// ipywidgets. What Python computes in a notebook the page computes itself, with the course's own functions.

export function embed(place, widget, { traits, sliders = [], given = null }) {
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
    return { slider, control, readout, model: models[slider.name] };
  });
  const values = () => Object.fromEntries(Object.keys(traits.at || {}).map((name) => [name, models[name].get("value")]));
  const set = (data, at) => picture.set({ data, at, error: "" });
  let [waiting, moved] = [false, false];
  const compute = async () => {
    // A page that has a Python puts what asks for the reader's own function here; see `own` below.
    if (!place.own) return set(widget.compute(given, values()), values());
    moved = true;
    if (waiting) return; // the newest values are asked for when the answer to those before is here
    waiting = true;
    try {
      while (moved && place.own) {
        moved = false;
        const at = values();
        set(await place.own.compute(at), at);
      }
    } catch {
      place.own = null;
      tell();
      compute();
    } finally {
      waiting = false;
    }
  };
  controls.forEach(({ slider, control, readout, model }) => {
    const ranged = control.type === "range";
    if (ranged) Object.assign(control, { min: slider.min, max: slider.max, step: slider.step });
    const show = () => {
      const value = model.get("value");
      const spot = ranged && slider.log ? Math.log10(value) : value;
      if (control.value !== String(spot)) control.value = spot;
      if (readout) readout.textContent = shown(value, slider);
    };
    control.addEventListener("input", () => {
      const spot = Number(control.value);
      model.set("value", !ranged ? control.value : slider.log ? 10 ** spot : spot);
    });
    // The data first: a picture that hears of a value draws with what belongs to it.
    if (given && slider.name in (traits.at || {})) model.on("change:value", compute);
    model.on("change:value", show);
    show();
  });
  widget.render({ model: picture, el: add(place, "div") });
  const note = given && add(place, "p", { className: "rnn-note" });
  function tell() {
    picture.set("code", place.own ? traits.code : traits.code.replace("# yours", "# ours"));
    note.textContent = place.own
      ? `Your own ${place.own.names.join(" and ")} moves this picture.`
      : "Without Python, this page moves the picture with the course's own function.";
  }
  if (given) {
    const own = () => {
      tell();
      compute();
    };
    place.addEventListener("own", own);
    if (place.own) own();
    else tell();
  }
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
