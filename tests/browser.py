"""A real JupyterLab in headless Chromium, for the tests that look at what a learner sees.

with lab(folder) as address, chromium() as browser:
    page = open_notebook(browser, address, "lesson.ipynb")
    run_all(page)
    before = pixels(page)
    press(page, "w_hh", "ArrowRight")
    wait_for_change(page, before)
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = "for-the-tests-only"
PATIENCE = 180_000  # milliseconds; every wait ends at its event, this is when to give up
expect.set_options(timeout=PATIENCE)


def chromium_path() -> str | None:
    """Where a Chromium of this machine is, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextlib.contextmanager
def lab(folder: Path, app: str = "lab") -> Iterator[str]:
    """JupyterLab (or ``app="notebook"``: Notebook 7) over ``folder`` on a free port; its address.

    All of Jupyter's own files (settings, runtime, workspaces) go to ``folder/.jupyter``.
    """
    home = folder / ".jupyter"
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    # No question about news over the pictures.
    notification = home / "settings" / "@jupyterlab" / "apputils-extension"
    notification.mkdir(parents=True, exist_ok=True)
    (notification / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    command = [
        sys.executable,
        *("-m", "jupyter", app, "--no-browser", "--allow-root", "--ServerApp.port=0"),
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
        "--expose-app-in-browser",
    ]
    server = subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield _address(server)
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE / 1000)


def _address(server: subprocess.Popen[str]) -> str:
    """Read the log until the server says where it listens."""
    assert server.stderr is not None
    log = []
    for line in server.stderr:
        log.append(line)
        if found := re.search(r"http://(?:localhost|127\.0\.0\.1):(\d+)/", line):
            _drain(server)
            return f"http://127.0.0.1:{found[1]}"
    raise RuntimeError("the server ended before it listened:\n" + "".join(log))


def _drain(server: subprocess.Popen[str]) -> None:
    """Keep reading the log, so that a full pipe never stops the server."""
    assert server.stderr is not None
    threading.Thread(target=lambda log: list(log), args=(server.stderr,), daemon=True).start()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder's files on a free port, as any static host shows them; its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def open_notebook(
    browser: Browser, address: str, name: str, app: str = "lab", **context: Any
) -> Page:
    """Open ``name`` and wait for its kernel; ``page.console_errors`` lists what went wrong.

    ``context`` are Playwright's options of a new context, such as ``viewport`` or ``reduced_motion``.
    """
    options: dict[str, Any] = {"viewport": {"width": 1280, "height": 1000}} | context
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.console_errors = errors  # type: ignore[attr-defined]
    where = "lab/tree" if app == "lab" else "notebooks"
    page.goto(f"{address}/{where}/{name}?token={TOKEN}&reset")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.context.ready")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.ready")
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.info"
    )
    return page


def close(page: Page) -> None:
    """Shut the notebook's kernel down and close the page: sixteen kernels are a load even at rest."""
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.context.close()


def run_all(page: Page) -> None:
    """Run every cell and wait until the last one is done and what was asked for is drawn."""
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    next_frame(page)


def next_frame(page: Page, count: int = 2) -> None:
    """Wait for ``count`` frames to be painted."""
    page.evaluate(
        "async (n) => { while (n--) await new Promise((done) => requestAnimationFrame(done)); }",
        count,
    )


def set_theme(page: Page, dark: bool) -> None:
    """Change JupyterLab's theme and wait until its colours are there."""
    name = "JupyterLab Dark" if dark else "JupyterLab Light"
    page.evaluate(
        "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name
    )
    page.wait_for_function(
        "(light) => document.body.dataset.jpThemeLight === light", arg="false" if dark else "true"
    )
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    next_frame(page)


def pixels(page: Page, index: int = 0) -> str:
    """The canvas's own pixels (not a screenshot of it), as text to be compared."""
    page.locator(".rnn-picture canvas").nth(index).wait_for()
    return page.locator(".rnn-picture canvas").nth(index).evaluate("(canvas) => canvas.toDataURL()")


def wait_for_change(page: Page, before: str, index: int = 0) -> None:
    """Wait until the canvas's pixels are no longer ``before``."""
    page.wait_for_function(
        "([before, index]) => document.querySelectorAll('.rnn-picture canvas')[index]"
        ".toDataURL() !== before",
        arg=[before, index],
        polling="raf",
    )


def handle(page: Page, name: str, index: int = 0) -> Any:
    """The handle of the slider ``name``, found as a screen reader finds it."""
    return page.get_by_role("slider", name=name, exact=True).nth(index)


def press(page: Page, name: str, key: str, index: int = 0) -> None:
    """Press ``key`` on the slider ``name``."""
    handle(page, name, index).focus()
    page.keyboard.press(key)


def caption(page: Page, index: int = 0) -> str:
    """The sentence under the picture."""
    return page.locator(".rnn-picture .rnn-caption").nth(index).inner_text()


def faults(
    page: Page,
    parts: tuple[str, ...] = (
        ".rnn-play",
        ".rnn-questions",
        ".rnn-writer",
        ".jp-OutputArea-output",
    ),
    **options: object,
) -> list[tuple[str, list[str]]]:
    """What axe-core finds wrong in parts of a page: the pictures, guesses and other outputs."""
    # axe refuses a part that is not on the page.
    context = {"include": [[part] for part in parts if page.locator(part).count()]}
    options = {"resultTypes": ["violations"], **options}
    found = Axe().run(page, context=context, options=options).response
    return [
        (fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]
    ]
