// Parts whose heading ends in "(optional)" are folded, and unfold when a link leads into them.

const OPTIONAL = /\(optional\)\W*$/;

document.addEventListener("DOMContentLoaded", () => {
  for (const heading of document.querySelectorAll("section > :is(h2, h3, h4)")) {
    if (!OPTIONAL.test(heading.textContent) || heading.closest("details.optional")) continue;
    const folded = document.createElement("details");
    folded.className = "optional";
    const summary = document.createElement("summary");
    summary.textContent = "Show this optional part";
    folded.append(summary);
    while (heading.nextSibling) folded.append(heading.nextSibling);
    heading.after(folded);
  }
  unfold();
});

function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const folded = target.closest("details.optional") || target.querySelector(":scope > details.optional");
  if (folded) {
    folded.open = true;
    target.scrollIntoView();
  }
}

window.addEventListener("hashchange", unfold);
