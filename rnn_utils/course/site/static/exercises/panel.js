// The panel of a verdict, as the course's Python writes it. A reader's code runs in that Python, perhaps out of a
// stranger's notebook, and might write what it likes: nothing but the panel's own elements is taken.

const ELEMENTS = "DIV STRONG SPAN BR CODE PRE DETAILS SUMMARY SMALL".split(" ");
const ATTRIBUTES = ["style", "role", "aria-hidden"];
const FETCHES = /url|image|@import|position/i; // what a style must not do

/** Return the nodes of a panel. */
export function panelOf(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html"); // nothing in it runs, or is loaded
  return [...parsed.body.childNodes].map(taken);
}

function taken(node) {
  if (node.nodeType !== Node.ELEMENT_NODE || !ELEMENTS.includes(node.tagName)) {
    return document.createTextNode(node.textContent);
  }
  const copy = document.createElement(node.tagName);
  for (const { name, value } of node.attributes) {
    if (ATTRIBUTES.includes(name) && !FETCHES.test(value)) copy.setAttribute(name, value);
  }
  copy.append(...[...node.childNodes].map(taken));
  return copy;
}
