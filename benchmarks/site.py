"""What the pages of the site weigh, how soon each can be read, how still it stands, and how soon it answers.

    uv run --isolated --group site rnn-course site
    uv run python benchmarks/site.py build/site

Each page is opened in headless Chromium at the size of a phone, without anything kept from before, served
from this machine, and read to its end. Bytes and requests are those before that, as served, without
compression; a second visit takes what pages share from the browser's own store. The layout shift is that of
Web Vitals. An answer is the time from a key, pressed in the first control of a play, to the next frame that
can show it: of each play the middle one of ten, of a page the slowest play, since this machine may have
other work. Beside it stands what the page's thread itself computed for one, the longest of all: that is
the same on a busy machine.
"""

import sys
from pathlib import Path
from statistics import median

from playwright.sync_api import CDPSession, Locator

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


def busy(session: CDPSession) -> float:
    """Return how long the page's main thread has computed so far, in ms of its own processor time."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1e3 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def answers(slider: Locator, session: CDPSession) -> list[tuple[float, float]]:
    """Press a key in a slider ten times; return each time to the answer, and what it computed, in ms."""
    slider.scroll_into_view_if_needed()
    slider.evaluate(PRESS)  # what is drawn for the first time is no answer yet
    found = []
    for _ in range(10):
        before = busy(session)
        found.append((slider.evaluate(PRESS), busy(session) - before))
    return found


def main() -> None:
    """Measure, print, and fail if a page moves or answers slowly."""
    folder = Path(sys.argv[1])
    print(f"the folder {size(folder):.0f} MB, of which JupyterLite {size(folder / 'lite'):.0f} MB")
    print(f"{'page':40}     kB  again  requests  first paint  shift   answer  computed")
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
            page.evaluate(
                "for (const part of document.querySelectorAll('details')) part.open = true"
            )
            session = context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            plays = page.locator("article .rnn-play, main .rnn-play").filter(
                has=page.locator("input[type=range]:visible")
            )
            of_plays = [
                answers(play.locator("input[type=range]").first, session) for play in plays.all()
            ] or [[(0.0, 0.0)]]
            middle = max(median(time for time, _ in found) for found in of_plays)
            computed = max(one for found in of_plays for _, one in found)
            weights.clear()
            page.goto(f"{address}/{name}", wait_until="networkidle")
            again = sum(max(0, weight) for weight in weights)  # what is kept weighs -1
            print(
                f"{name:40} {first / 1e3:6.0f} {again / 1e3:6.0f} {requests:9} "
                f"{paint:9.0f} ms {shift:6.3f} {middle:5.0f} ms {computed:6.0f} ms",
                flush=True,
            )
            if shift > SHIFT or middle > ANSWER:
                missed.append(name)
            context.close()
    if missed:
        sys.exit(f"More than {SHIFT} of shift or {ANSWER} ms to an answer: {', '.join(missed)}")


if __name__ == "__main__":
    main()
