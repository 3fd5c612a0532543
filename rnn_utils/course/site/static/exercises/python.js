// The one worker of a page: started when it is first needed, ended when an answer does not come to its end.

export const LIMIT = 30_000; // milliseconds for a check; the slowest right answer takes a tenth of it here

export class NotLoaded extends Error {}
export class Broken extends Error {}
export class Endless extends Error {}
export class Stopped extends Error {}

export class Python {
  #worker = null;
  #ready = null;
  #last = Promise.resolve();
  #give = null;

  /** @param {{address: string, archive: string}} where Pyodide's folder, and the course's archive. */
  constructor(where) {
    this.where = where;
  }

  /** Whether it is there, or on its way. */
  get started() {
    return this.#worker !== null;
  }

  /**
   * Check an answer, after what was asked for before.
   *
   * @param {object} request what rnn_utils/checks/in_page.py takes
   * @param {(stage: "loading" | "checking") => void} tell is told what one waits for
   * @returns {Promise<{html: string, points: number, of: number, passed: boolean}>}
   */
  check(request, tell) {
    return this.#inTurn("examine", request, tell);
  }

  /** Compute what a picture shows, as rnn_utils/checks/picture_in_page.py takes it. */
  draw(request) {
    return this.#inTurn("draw", request, () => {});
  }

  /** End what runs; the next check starts anew. */
  stop() {
    this.#end(new Stopped());
  }

  #inTurn(call, request, tell) {
    const turn = this.#last.then(() => this.#run(call, request, tell));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #run(call, request, tell) {
    if (!this.#worker) {
      tell("loading");
      this.#start();
    }
    await this.#ready;
    tell("checking");
    const clock = setTimeout(() => this.#end(new Endless()), LIMIT);
    try {
      return (await this.#ask({ call, request })).said;
    } finally {
      clearTimeout(clock);
    }
  }

  #start() {
    let Failed = NotLoaded;
    this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => {
      if (data.failed) this.#end(new Failed(data.failed));
      else this.#give?.resolve(data);
    };
    this.#worker.onerror = (event) => this.#end(new Failed(event.message || "its script"));
    this.#ready = this.#ask({ start: this.where }).then(() => (Failed = Broken));
  }

  #ask(message) {
    return new Promise((resolve, reject) => {
      this.#give = { resolve, reject };
      this.#worker.postMessage(message);
    });
  }

  #end(reason) {
    this.#worker?.terminate();
    this.#worker = null;
    this.#give?.reject(reason);
    this.#give = null;
  }
}
