// What is wider than the page can be scrolled by keys too, and each sidebar says what it is.

// Called with what was just laid out for the first time, or anew: when the window changes, when something
// is unfolded, when a formula is set.
const sizes = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "Lessons");
  document.querySelector(".toc-drawer")?.setAttribute("aria-label", "On this page");
  document.querySelectorAll(".caption[role=heading]").forEach((part) => part.setAttribute("aria-level", "2"));
  for (const corner of document.querySelectorAll("th")) {
    if (!corner.textContent.trim()) corner.replaceWith(document.createElement("td")); // it heads nothing
  }
  for (const wide of document.querySelectorAll("pre, table, .math-wrapper, .math")) {
    sizes.observe(wide);
  }
});
