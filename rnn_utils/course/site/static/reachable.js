// What is wider than the page can be scrolled by keys too, and each sidebar says what it is.

function makeReachable() {
  for (const wide of document.querySelectorAll("pre, table, .math-wrapper, .math")) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    else wide.removeAttribute("tabindex");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "Lessons");
  document.querySelector(".toc-drawer")?.setAttribute("aria-label", "On this page");
  for (const corner of document.querySelectorAll("th")) {
    if (!corner.textContent.trim()) corner.replaceWith(document.createElement("td")); // it heads nothing
  }
});
addEventListener("load", async () => {
  await window.MathJax?.startup?.promise; // a formula has no width before it is set
  makeReachable();
});
addEventListener("resize", makeReachable);
addEventListener("toggle", makeReachable, true); // what was folded had no width either
