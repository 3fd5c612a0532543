"""What the site weighs, and how soon each of its pages can be read.

    uv run --group site rnn-course site build/site
    uv run python benchmarks/site.py build/site

Each page is opened in headless Chromium without anything kept from before, served from this machine.
A page can be read from its first paint on; its weight is all that it loads by itself.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import chromium, served  # noqa: E402


def size(folder: Path) -> float:
    """Return the size of all files in a folder, in MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1])
    print(f"the folder {size(folder):.0f} MB, of which JupyterLite {size(folder / 'lite'):.0f} MB")
    with served(folder) as address, chromium() as browser:
        for name in ["index.html", *sorted(file.name for file in folder.glob("[0-9][0-9]_*.html"))]:
            context = browser.new_context()
            page = context.new_page()
            weights: list[int] = []
            page.on("requestfinished", lambda r, w=weights: w.append(r.sizes()["responseBodySize"]))
            page.goto(f"{address}/{name}", wait_until="networkidle")
            first = page.evaluate(
                "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            )
            print(f"{name:45} first paint {first / 1000:4.2f} s, {sum(weights) / 1e6:4.1f} MB")
            context.close()


if __name__ == "__main__":
    main()
