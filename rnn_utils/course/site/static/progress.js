// Which lessons were read, and how many checks have passed: kept in this browser only.

const SEEN = "rnn-course.seen";
const lesson = location.pathname.match(/(\d\d_\w+)\.html$/)?.[1];
const seen = new Set(JSON.parse(localStorage.getItem(SEEN) ?? "[]"));
if (lesson) {
  seen.add(lesson);
  localStorage.setItem(SEEN, JSON.stringify([...seen]));
}

// JupyterLite keeps the reader's notebooks in this database, under the path of its folder.
function savedNotebooks() {
  const name = `JupyterLite Storage - ${new URL("lite/", location.href).pathname}`;
  return new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.transaction.abort(); // nothing was ever saved
    request.onerror = () => resolve([]);
    request.onsuccess = () => {
      const database = request.result;
      if (!database.objectStoreNames.contains("files")) return resolve([]);
      const all = database.transaction("files").objectStore("files").getAll();
      all.onerror = () => resolve([]);
      all.onsuccess = () => resolve(all.result);
    };
  });
}

function checksPassed(notebook) {
  const tests = (notebook?.cells ?? []).filter((cell) => cell.metadata?.nbgrader?.grade);
  const passed = tests.filter((cell) => JSON.stringify(cell.outputs).includes("visible checks passed"));
  return [passed.length, tests.length];
}

async function showProgress() {
  const marks = document.querySelectorAll(".progress");
  if (marks.length === 0) return;
  const notebooks = await savedNotebooks();
  for (const mark of marks) {
    const name = mark.dataset.lesson;
    const file = notebooks.find((saved) => saved.path === `${name}/${name}.ipynb`);
    const parts = seen.has(name) ? ["read"] : [];
    if (file) {
      const [passed, tests] = checksPassed(file.content);
      parts.push(`${passed} of ${tests} checks passed`);
    }
    mark.textContent = parts.length ? `· ${parts.join(", ")}` : "";
  }
}

document.addEventListener("DOMContentLoaded", showProgress);
