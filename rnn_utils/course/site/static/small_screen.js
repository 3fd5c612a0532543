// On a small screen a lesson opens in the interface of a notebook alone: JupyterLab's leaves it no room.

document.addEventListener("DOMContentLoaded", () => {
  const small = matchMedia("(max-width: 50rem), (max-height: 30rem)");
  const lead = () => {
    const [from, to] = small.matches ? ["/lab/", "/notebooks/"] : ["/notebooks/", "/lab/"];
    for (const link of document.querySelectorAll(`.run a[href^="lite${from}"]`)) {
      link.setAttribute("href", link.getAttribute("href").replace(from, to));
    }
  };
  small.addEventListener("change", lead);
  lead();
});
