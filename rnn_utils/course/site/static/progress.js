// How far the reader is: kept in this browser only. A section is read once its end has been on the screen for two
// seconds, a lesson once all its sections are.

const READ = "rnn-course.read";
const READING = 2000; // ms
const lesson = location.pathname.match(/(\d\d_\w+)(?:\.html)?$/)?.[1];

function kept() {
  try {
    return JSON.parse(localStorage.getItem(READ)) ?? {};
  } catch {
    return {};
  }
}

function watchSections() {
  const sections = [...document.querySelectorAll("article > section > section[id]")];
  const read = new Set(kept()[lesson]?.sections);
  const due = new Map();
  const keep = (id) => {
    read.add(id);
    const now = { sections: sections.map((section) => section.id).filter((known) => read.has(known)), of: sections.length };
    try {
      localStorage.setItem(READ, JSON.stringify({ ...kept(), [lesson]: now }));
    } catch {
      // a browser that keeps nothing
    }
  };
  const ends = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const { id } = target.closest("section");
      clearTimeout(due.get(id));
      if (isIntersecting && !read.has(id)) due.set(id, setTimeout(keep, READING, id));
    }
  });
  for (const section of sections) {
    const end = document.createElement("span");
    end.className = "end-of-section";
    section.append(end);
    ends.observe(end);
  }
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
  const read = kept();
  const notebooks = await savedNotebooks();
  const answers = await import("./exercises/work.js");
  for (const mark of marks) {
    const name = mark.dataset.lesson;
    const file = notebooks.find((saved) => saved.path === `${name}/${name}.ipynb`);
    const parts = [];
    const { sections = [], of = 0 } = read[name] ?? {};
    if (sections.length) parts.push(sections.length === of ? "read" : `${sections.length} of ${of} sections read`);
    const points = answers.pointsOf(answers.kept(name));
    if (points) parts.push(`${points} of ${mark.dataset.points} points in its page`);
    if (file) {
      const [passed, tests] = checksPassed(file.content);
      parts.push(`${passed} of ${tests} checks passed`);
    }
    mark.textContent = parts.join(", ");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  if (lesson) watchSections();
  showProgress();
});
