// One exercise of a page: its editor, its buttons, and what a check says of the answer.

import { panelOf } from "./panel.js";
import { makeEditor as makeField } from "./plain.js";
import { Broken, Endless, Stopped } from "./python.js";
import { kept } from "./work.js";

const NEAR = "1000px"; // an editor is made before it is scrolled to

export class Exercise {
  #editor = null;

  constructor({ name, stub, points: of, lesson, python, keeps, before, take }) {
    Object.assign(this, { name, stub, of, lesson, python, keeps, before, take });
    this.place = document.querySelector(`.rnn-exercise[data-exercise="${name}"]`);
    const known = kept(lesson)[name] ?? {};
    this.text = known.answer ?? stub;
    this.#find(".rnn-stub").textContent = this.text;
    this.#mark(known);
    for (const [part, action] of [
      ["check", () => this.check()],
      ["stop", () => python.stop()],
      ["again", () => this.replace(stub)],
    ]) {
      const button = this.#find(`.rnn-${part}`);
      button.disabled = false;
      button.addEventListener("click", action);
    }
    new IntersectionObserver((seen, observer) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      this.#edit();
    }, { rootMargin: NEAR }).observe(this.place);
  }

  #find(selector) {
    return this.place.querySelector(selector);
  }

  async #edit() {
    const { makeEditor } = await import("./editor.js").catch(() => ({ makeEditor: makeField }));
    const stub = this.#find(".rnn-stub");
    const parent = Object.assign(document.createElement("div"), { className: "rnn-editor" });
    stub.replaceWith(parent);
    // The theme's own keys, such as / for the search, are letters here.
    parent.addEventListener("keydown", (event) => event.stopPropagation());
    this.#editor = makeEditor(parent, {
      text: this.text,
      label: `Your answer: ${this.name}`,
      describedBy: `hint-${this.name}`,
      onChange: (text) => this.#changed(text),
      onCheck: () => this.check(),
    });
  }

  #changed(text) {
    this.text = text;
    // Points stay until the next check tells otherwise, but nobody has any for the stub.
    const changes = text === this.stub ? { points: 0 } : {};
    this.keeps({ answer: text, passed: false, ...changes });
    this.#mark(kept(this.lesson)[this.name] ?? {});
  }

  /** Put another text into the editor; the editor's undo brings the one before back. */
  replace(text) {
    if (this.#editor) return this.#editor.replace(text);
    this.#find(".rnn-stub").textContent = text;
    this.#changed(text);
  }

  async check() {
    if (this.place.ariaBusy === "true") return;
    const answer = this.text;
    this.#busy(true);
    try {
      const said = await this.python.check({ name: this.name, answer, ...this.before() }, (stage) =>
        this.#show(paragraph(stage === "loading" ? "Python is being loaded into this browser …" : "Checking …")),
      );
      document.querySelectorAll(".rnn-cost").forEach((cost) => cost.remove());
      this.#show(...panelOf(said.html));
      if (answer === this.text) {
        this.keeps({ answer, points: said.points, passed: said.passed });
        this.#mark(said);
      }
    } catch (error) {
      this.#show(...this.#why(error));
    } finally {
      this.#busy(false);
    }
  }

  #busy(yes) {
    this.place.ariaBusy = String(yes);
    this.#find(".rnn-check").ariaDisabled = String(yes);
    this.#find(".rnn-stop").hidden = !yes;
  }

  #show(...nodes) {
    this.#find(".rnn-verdict").replaceChildren(...nodes);
  }

  #mark({ points: earned, passed }) {
    const known = earned !== undefined && (earned > 0 || passed);
    this.#find(".rnn-earned").textContent = known ? `${passed ? "✓ " : ""}${earned} of ${points(this.of)}` : "";
  }

  #why(error) {
    if (error instanceof Stopped) return [paragraph("You stopped it. The next check starts Python anew.")];
    if (error instanceof Endless) {
      return [
        paragraph(
          `✗ ${this.name}: it had not returned after a while and was stopped, probably by a loop that never ends. ` +
            "What should make it stop? Python starts anew with the next check.",
        ),
      ];
    }
    if (error instanceof Broken) {
      return [paragraph(`Python broke off (${error.message}) and starts anew with the next check.`)];
    }
    const take = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: "Download a notebook with my answers",
    });
    take.addEventListener("click", this.take);
    const host = new URL(this.python.where.address).host;
    return [
      paragraph(
        `Python could not be loaded from ${host}: is there a network? Your answer is kept in this browser, so try ` +
          "again later. The notebook edition checks the same exercises on your own computer, without a network.",
      ),
      paragraph(`(${error.message.trim().split("\n").at(-1)})`),
      take,
    ];
  }
}

export function points(of) {
  return `${of} point${of === 1 ? "" : "s"}`;
}

function paragraph(words) {
  return Object.assign(document.createElement("p"), { textContent: words });
}
