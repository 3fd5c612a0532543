"""A real JupyterLab in headless Chromium, for the tests that look at what a learner sees.

with lab(folder) as address, chromium() as browser:
    desk = Desk(browser, address)
    with desk.notebook("lesson.ipynb") as page:
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

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine is found, as where there is no internet.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
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
    protocol_version = "HTTP/1.1"  # which keeps a connection for the next file

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


def new_page(browser: Browser, **context: Any) -> Page:
    """A page of a visitor's own; ``page.console_errors`` lists what went wrong in it.

    ``context`` are Playwright's options of a new context, such as ``viewport`` or ``reduced_motion``.
    """
    options: dict[str, Any] = {"viewport": {"width": 1280, "height": 1000}} | context
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.console_errors = errors  # type: ignore[attr-defined]
    return page


# The notebook in front, once its kernel answers.
READY = """async () => {
  const { context, sessionContext } = window.jupyterapp.shell.currentWidget;
  await context.ready;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
}"""
OPEN = """async (path) => {
  const { commands, restored } = window.jupyterapp;
  await restored;
  await commands.execute('docmanager:open', { path, factory: 'Notebook' });
}"""
# As without saving: its kernel ends with it.
CLOSE = """async () => {
  const notebook = window.jupyterapp.shell.currentWidget;
  await notebook.sessionContext.shutdown();
  notebook.dispose();
}"""


class Desk:
    """One page of JupyterLab in which notebooks are opened and closed one after another.

    A page for each would have Chromium read all of JupyterLab anew, which takes it longer than most lessons.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._page: Page | None = None

    def _new(self) -> Page:
        page = new_page(self._browser)
        page.goto(f"{self._address}/lab?token={TOKEN}&reset")
        page.wait_for_function("() => window.jupyterapp")
        return page

    @contextlib.contextmanager
    def notebook(self, path: str) -> Iterator[Page]:
        """Open a notebook with a kernel of its own; ``page.console_errors`` begins anew.

        What failed leaves its page behind, and the next notebook gets another one.
        """
        page = self._page or self._new()
        self._page = None
        page.console_errors.clear()  # type: ignore[attr-defined]
        page.evaluate(OPEN, path)
        page.evaluate(READY)
        yield page
        page.evaluate(CLOSE)
        next_frame(page)
        self._page = page


def open_in_notebook_7(browser: Browser, address: str, path: str) -> Page:
    """Open a notebook by its address, in the interface that has one notebook on a page."""
    page = new_page(browser)
    page.goto(f"{address}/notebooks/{path}?token={TOKEN}&reset")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(READY)
    return page


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
    """The canvas's own pixels (not a screenshot of it), as text to be compared, once it is there."""
    drawn = "(k) => document.querySelectorAll('.rnn-picture canvas')[k]?.toDataURL()"
    return page.wait_for_function(drawn, arg=index).json_value()


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


#: What axe-core looks at colours for; all else that it looks for is the same in every theme.
COLOURS = ["color-contrast", "link-in-text-block"]


def faults(
    page: Page,
    parts: tuple[str, ...] = (
        ".rnn-play",
        ".rnn-questions",
        ".rnn-writer",
        ".jp-OutputArea-output",
    ),
    **options: object,
) -> list[list[Any]]:
    """What axe-core finds wrong in parts of a page: the rule and the elements, for each fault."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(
        """async ([parts, options]) => {
          const include = parts.filter((part) => document.querySelector(part)).map((part) => [part]);
          const { violations } = await axe.run({ include }, { resultTypes: ['violations'], ...options });
          return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
        }""",
        [parts, options],
    )
