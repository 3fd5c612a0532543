// The page of the search: what was asked, and the sections that were found.

import { excerpt, finder } from "./find.js";

const SHOWN = 20;
const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
const status = document.getElementById("search-status");
const list = document.getElementById("search-results");

function add(parent, tag, properties = {}) {
  const node = Object.assign(document.createElement(tag), properties);
  parent.append(node);
  return node;
}

function show({ section: { url, title, above, words }, found }) {
  const item = add(list, "li");
  add(item, "a", { href: url, textContent: title });
  if (above) add(item, "div", { className: "place", textContent: above });
  const text = add(item, "p");
  for (const [word, hit] of excerpt(words, found)) {
    if (hit) add(text, "mark", { textContent: word });
    else text.append(word);
    text.append(" ");
  }
}

async function search() {
  const answer = await fetch(new URL("../sections.json", import.meta.url));
  if (!answer.ok) throw new Error(answer.status);
  const found = finder(await answer.json())(query);
  found.slice(0, SHOWN).forEach(show);
  const count = found.length > SHOWN ? `The ${SHOWN} best sections` : `${found.length} section${found.length === 1 ? "" : "s"}`;
  status.textContent = found.length
    ? `${count} for “${query}”, the best first.`
    : `No section is about “${query}”. Try another word for it.`;
}

for (const field of document.querySelectorAll("input[name=q]")) field.value = query;
if (query) {
  status.textContent = "Searching …";
  search().catch((error) => {
    status.textContent = `The search could not be loaded (${error.message}). Reload the page when you are online.`;
  });
}
