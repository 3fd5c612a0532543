// Python for a page's exercises: it is loaded when the first answer is checked, and serves them all.
// What goes in and comes out is text, as rnn_utils/checks/in_page.py and picture_in_page.py describe it.

const BEGIN = `
import sys
sys.path.insert(0, '/course')
from rnn_utils.checks.in_page import examine
from rnn_utils.checks.picture_in_page import draw`;

let python = null;

async function start({ address, archive }) {
  const course = fetch(archive).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status} ${archive}`);
    return answer.arrayBuffer();
  });
  course.catch(() => {}); // it is told of below, when its turn comes
  const { loadPyodide } = await import(`${address}pyodide.mjs`);
  python = await loadPyodide({ indexURL: address });
  await python.loadPackage("numpy");
  python.unpackArchive(await course, "zip", { extractDir: "/course" });
  python.runPython(BEGIN);
}

addEventListener("message", async ({ data }) => {
  try {
    if (data.start) {
      await start(data.start);
      postMessage({ ready: true });
    } else {
      // A string of JSON is one of Python, too.
      const request = JSON.stringify(JSON.stringify(data.request));
      postMessage({ said: JSON.parse(python.runPython(`${data.call}(${request})`)) });
    }
  } catch (error) {
    postMessage({ failed: String(error?.message ?? error) });
  }
});
