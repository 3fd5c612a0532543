// Beside JupyterLite: says when Python cannot come or takes long, and offers a newer edition of a lesson beside the
// reader's own copy, which is never changed.

const SLOW = 10_000; // ms without an answer, after which the reader is told why cells wait
const EDITIONS = "rnn-course.editions";
const python = new URL(document.currentScript.dataset.python, location.href);
const root = new URL("../", location.href);

function say(id, text, actions = {}) {
  document.getElementById(id)?.remove();
  const bar = document.createElement("div");
  bar.id = id;
  bar.setAttribute("role", "alert");
  bar.style.cssText =
    "position: fixed; inset: auto 0 0 0; z-index: 10000; padding: 0.75rem 1rem; background: #fff4d6; color: #1b1b1b; " +
    "border-top: 3px solid #aa6a00; font: 1rem/1.4 system-ui, sans-serif; display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; " +
    "align-items: center";
  bar.append(Object.assign(document.createElement("span"), { textContent: text }));
  for (const [label, action] of Object.entries({ ...actions, Close: () => {} })) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.style.cssText = "font: inherit; padding: 0.2rem 0.75rem; min-height: 2rem";
    button.addEventListener("click", () => {
      bar.remove();
      action();
    });
    bar.append(button);
  }
  document.body.append(bar);
}

async function askForPython() {
  const slow = setTimeout(() => {
    say("told-python", `Python is still on its way from ${python.host}. It is about 20 MB; cells wait until it is here, and run then.`);
  }, SLOW);
  try {
    const answer = await fetch(python);
    if (!answer.ok) throw new Error(answer.statusText);
    document.getElementById("told-python")?.remove();
  } catch {
    say(
      "told-python",
      `Python cannot be fetched from ${python.host}, so cells will not run: they wait without an end. Check your connection, or ` +
        "whether your network blocks that address. The lesson's page works without Python.",
      { "Try again": () => location.reload(), "Read the lesson's page": () => location.assign(pageOfLesson()) },
    );
  } finally {
    clearTimeout(slow);
  }
}

const path = new URLSearchParams(location.search).get("path") ?? "";
const pageOfLesson = () => new URL(path ? `../${path.split("/")[0]}.html` : "../", root);

function files(mode) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`JupyterLite Storage - ${root.pathname}`);
    request.onupgradeneeded = () => request.transaction.abort(); // nothing was ever saved
    request.onerror = () => resolve(null);
    request.onsuccess = () => {
      const database = request.result;
      if (!database.objectStoreNames.contains("files")) return resolve(null);
      resolve(database.transaction("files", mode).objectStore("files"));
    };
  });
}

const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));

// As short as tells two editions apart.
function fingerprint(text) {
  let hash = 0;
  for (let k = 0; k < text.length; k += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(k)) | 0;
  return `${text.length} ${hash}`;
}

async function lookForEdition() {
  const answer = await fetch(new URL(`files/${path}`, root), { cache: "no-cache" });
  if (!answer.ok) return; // a notebook of the reader's own
  const text = await answer.text();
  const edition = fingerprint(text);
  const editions = JSON.parse(localStorage.getItem(EDITIONS) ?? "{}");
  const remember = () => localStorage.setItem(EDITIONS, JSON.stringify({ ...editions, [path]: edition }));
  const store = await files("readonly");
  const own = store && (await done(store.get(path)));
  if (!own || !(path in editions)) return remember();
  if (editions[path] === edition) return;
  const beside = path.replace(/\.ipynb$/, " (new edition).ipynb");
  say("told-edition", "This lesson has a newer edition. What you see is your own copy, with your work in it.", {
    "Open the new one beside it": async () => {
      remember();
      const now = new Date().toISOString();
      const copy = { ...own, path: beside, name: beside.split("/").pop(), content: JSON.parse(text), created: now, last_modified: now };
      await done((await files("readwrite")).put(copy, beside));
      location.search = new URLSearchParams({ path: beside });
    },
    "Keep to mine": remember,
  });
}

askForPython();
if (path) lookForEdition();
