"""What the pages of the site weigh, how soon each can be read, how still it stands, and how soon it answers.

    uv run --isolated --group site rnn-course site
    uv run python benchmarks/site.py build/site

Each page is opened in headless Chromium at the size of a phone, without anything kept from before, served
from this machine, and read to its end. Bytes and requests are those before that, as served, without
compression; a second visit takes what pages share from the browser's own store. The layout shift is that of
Web Vitals. An answer is the time from a key, pressed in the first control, to the next frame that can show
it, the middle one of ten: this machine may have other work.
"""

import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import chromium, served  # noqa: E402

SHIFT, ANSWER = 0.05, 50  # what is promised: a share of the window, and ms

WATCH = """() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
}"""
READ = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
        scrollTo({ top: y, behavior: "instant" });
        for (const _ of "123456") await new Promise(requestAnimationFrame);
    }
}"""
PRESS = """(slider) => new Promise((done) => {
    slider.focus();
    const begun = performance.now();
    slider.stepUp();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
})"""


def size(folder: Path) -> float:
    """Return the size of all files in a folder, in MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def main() -> None:
    """Measure, print, and fail if a page moves or answers slowly."""
    folder = Path(sys.argv[1])
    print(f"the folder {size(folder):.0f} MB, of which JupyterLite {size(folder / 'lite'):.0f} MB")
    print(f"{'page':40}     kB  again  requests  first paint  shift  answer")
    missed = []
    with served(folder) as address, chromium() as browser:
        for name in ["index.html", *sorted(file.name for file in folder.glob("[0-9][0-9]_*.html"))]:
            context = browser.new_context(viewport={"width": 390, "height": 844})
            page = context.new_page()
            page.add_init_script(f"({WATCH})()")
            weights: list[int] = []
            page.on("requestfinished", lambda r, w=weights: w.append(r.sizes()["responseBodySize"]))
            page.goto(f"{address}/{name}", wait_until="networkidle")
            first, requests = sum(weights), len(weights)
            paint = page.evaluate(
                "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            )
            page.evaluate(READ)
            page.wait_for_load_state("networkidle")
            shift = page.evaluate("window.shifted")
            sliders = page.locator("article input[type=range], main input[type=range]")
            answers = []
            if sliders.count():
                sliders.first.scroll_into_view_if_needed()
                answers = [sliders.first.evaluate(PRESS) for _ in range(10)]
            weights.clear()
            page.goto(f"{address}/{name}", wait_until="networkidle")
            again = sum(max(0, weight) for weight in weights)  # what is kept weighs -1
            middle = median(answers or [0.0])
            print(
                f"{name:40} {first / 1e3:6.0f} {again / 1e3:6.0f} {requests:9} "
                f"{paint:9.0f} ms {shift:6.3f} {middle:4.0f} ms",
                flush=True,
            )
            if shift > SHIFT or middle > ANSWER:
                missed.append(name)
            context.close()
    if missed:
        sys.exit(f"More than {SHIFT} of shift or {ANSWER} ms to an answer: {', '.join(missed)}")


if __name__ == "__main__":
    main()
