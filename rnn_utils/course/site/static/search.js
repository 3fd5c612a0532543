// What is found, section by section; the index of Pagefind is loaded in pieces, as a word needs them.

const SHOWN = 20;
const ASIDE = /^(Exercise|Check yourself|What you built|Further reading|Find the bug)/;
const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
const status = document.getElementById("search-status");
const list = document.getElementById("search-results");

function add(parent, tag, properties = {}) {
  const node = Object.assign(document.createElement(tag), properties);
  parent.append(node);
  return node;
}

async function search() {
  const pagefind = await import(new URL("../pagefind/pagefind.js", import.meta.url));
  await pagefind.options({
    excerptLength: 32,
    ranking: { termFrequency: 0.8, pageLength: 0.3, termSimilarity: 4, termSaturation: 1.2 },
  });
  const { results } = await pagefind.search(query);
  const found = await Promise.all(results.slice(0, 2 * SHOWN).map(async (result) => ({ ...(await result.data()), score: result.score })));
  // An explanation before the exercise that uses it.
  const worth = ({ meta, score }) => score * (ASIDE.test(meta.title) ? 0.3 : 1);
  found.sort((a, b) => worth(b) - worth(a));
  for (const { meta, excerpt } of found.slice(0, SHOWN)) {
    const item = add(list, "li");
    add(item, "a", { href: meta.at, textContent: meta.title });
    if (meta.lesson !== meta.title) add(item, "div", { className: "place", textContent: meta.lesson });
    add(item, "p", { innerHTML: excerpt });
  }
  const first = results.length > SHOWN ? `; the first ${SHOWN} are here` : "";
  status.textContent = results.length
    ? `${results.length} ${results.length === 1 ? "section has" : "sections have"} “${query}”${first}.`
    : `No section has “${query}”. Try fewer words, or another form of one.`;
}

for (const field of document.querySelectorAll("input[name=q]")) field.value = query;
if (query) {
  status.textContent = "Searching …";
  search().catch((error) => {
    status.textContent = `The search could not be loaded (${error.message}). Reload the page when you are online.`;
  });
}
