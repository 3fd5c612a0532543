"""What a learner meets: their own copies, which follow the course until they are changed."""

import contextlib
import json
import os
import queue
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from rnn_utils.course import cli
from rnn_utils.course import open as opening
from rnn_utils.project import CourseError

NAME = "00_start_here/00_start_here.ipynb"


def edition(root: Path, source: str, name: str = NAME) -> None:
    """Let the course have a lesson that reads `source`."""
    path = root / "notebooks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[new_code_cell(source, id="one")]), path)


def edit(root: Path, source: str | None = None) -> None:
    """Change the learner's copy as JupyterLab does: outputs, and the source if one is given."""
    path = root / "my_work" / NAME
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1"}
    notebook.cells[0].execution_count = 7
    if source is not None:
        notebook.cells[0].source = source
    nbformat.write(notebook, path)


def source(root: Path, name: str = NAME) -> str:
    return str(nbformat.read(root / "my_work" / name, as_version=4).cells[0].source)


def test_lessons_and_their_images_are_handed_out(tmp_path: Path) -> None:
    edition(tmp_path, "first")
    (tmp_path / "notebooks/00_start_here/picture.png").write_bytes(b"png")
    assert opening.hand_out(tmp_path) == []
    assert source(tmp_path) == "first"
    assert (tmp_path / "my_work/00_start_here/picture.png").read_bytes() == b"png"


def test_a_copy_that_was_only_run_follows_the_course(tmp_path: Path) -> None:
    edition(tmp_path, "first")
    opening.hand_out(tmp_path)
    edit(tmp_path)
    edition(tmp_path, "second")
    assert opening.hand_out(tmp_path) == []
    assert source(tmp_path) == "second"


def test_a_changed_copy_is_kept_and_the_newer_edition_announced(tmp_path: Path) -> None:
    edition(tmp_path, "first")
    opening.hand_out(tmp_path)
    edit(tmp_path, "mine")
    assert opening.hand_out(tmp_path) == [], "there is no newer edition yet"
    edition(tmp_path, "second")
    for _ in range(2):
        (line,) = opening.hand_out(tmp_path)
        assert NAME in line
        assert "newer edition" in line
        assert "rename yours" in line
        assert source(tmp_path) == "mine"


def test_renaming_ones_own_gets_the_newer_edition_beside_it(tmp_path: Path) -> None:
    edition(tmp_path, "first")
    opening.hand_out(tmp_path)
    edit(tmp_path, "mine")
    edition(tmp_path, "second")
    mine = "00_start_here/mine.ipynb"
    (tmp_path / "my_work" / NAME).rename(tmp_path / "my_work" / mine)
    assert opening.hand_out(tmp_path) == []
    assert (source(tmp_path), source(tmp_path, mine)) == ("second", "mine")
    edition(tmp_path, "third")
    assert opening.hand_out(tmp_path) == []
    assert (source(tmp_path), source(tmp_path, mine)) == ("third", "mine")


def test_new_lessons_appear_beside_the_old(tmp_path: Path) -> None:
    edition(tmp_path, "first")
    opening.hand_out(tmp_path)
    edit(tmp_path, "mine")
    edition(tmp_path, "next", "01_state_equation/01_state_equation.ipynb")
    assert opening.hand_out(tmp_path) == []
    assert source(tmp_path, "01_state_equation/01_state_equation.ipynb") == "next"
    assert source(tmp_path) == "mine"


@pytest.mark.parametrize("record", [None, "", "[]", "not JSON"])
def test_without_its_record_nothing_is_overwritten(tmp_path: Path, record: str | None) -> None:
    edition(tmp_path, "first")
    opening.hand_out(tmp_path)
    path = tmp_path / "my_work" / opening.RECORD
    path.unlink() if record is None else path.write_text(record, "utf-8")
    edition(tmp_path, "second")
    assert len(opening.hand_out(tmp_path)) == 1
    assert source(tmp_path) == "first"


def test_a_damaged_copy_is_kept(tmp_path: Path) -> None:
    edition(tmp_path, "first")
    opening.hand_out(tmp_path)
    (tmp_path / "my_work" / NAME).write_text("half a notebo", "utf-8")
    edition(tmp_path, "second")
    assert len(opening.hand_out(tmp_path)) == 1
    assert (tmp_path / "my_work" / NAME).read_text("utf-8") == "half a notebo"


def test_a_folder_without_lessons_and_one_without_rights_are_explained(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="There are no lessons in"):
        opening.hand_out(tmp_path)
    edition(tmp_path, "first")
    (tmp_path / "my_work").write_text("a file in the way", "utf-8")
    with pytest.raises(CourseError, match=r"cannot be written to .*rnn-course doctor"):
        opening.hand_out(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "passed_on"),
    [
        ([], []),
        (["--"], []),
        (["--", "--no-browser", "--port", "9999"], ["--no-browser", "--port", "9999"]),
        (["--", "build"], ["build"]),
    ],
)
def test_what_follows_two_dashes_goes_to_jupyterlab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], passed_on: list[str]
) -> None:
    edition(tmp_path, "first")
    started: list[tuple[Path, list[str]]] = []
    monkeypatch.setattr(cli, "course_root", lambda: tmp_path)
    monkeypatch.setattr(opening, "start_jupyterlab", lambda *given: started.append(given))
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    assert started == [(tmp_path, passed_on)]


def answer(server: subprocess.Popen[str], url: str) -> bytes:
    """Ask until the server, which says its address before it listens, answers or dies."""
    while True:
        try:
            with urllib.request.urlopen(url, timeout=60) as response:
                return bytes(response.read())
        except urllib.error.URLError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.1)
                raise


def test_jupyterlab_serves_the_learners_folder_at_lesson_00(tmp_path: Path) -> None:
    edition(tmp_path, "first")
    edition(tmp_path, "next", "01_state_equation/01_state_equation.ipynb")
    opening.hand_out(tmp_path)
    (tmp_path / "my_work/00_start_here/00_mine.ipynb").write_text("{}", "utf-8")
    settings = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    server = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from rnn_utils.course.open import start_jupyterlab;"
            "start_jupyterlab(Path(sys.argv[1]), sys.argv[2:])",
            str(tmp_path),
            "--no-browser",
            "--port=0",
            "--IdentityProvider.token=",
        ],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env=os.environ | settings,
    )
    try:
        assert server.stderr is not None
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: [*map(lines.put, server.stderr)], daemon=True).start()
        log, address = [], None
        while address is None:
            log.append(lines.get(timeout=60))
            address = re.search(r"(http://(?:localhost|127\.0\.0\.1):\d+)(/lab\S*)", log[-1])
        assert address[2].startswith("/lab/tree/00_start_here/00_start_here.ipynb"), "".join(log)
        assert "nbgrader will not work" not in "".join(log)
        contents = json.loads(answer(server, f"{address[1]}/api/contents"))["content"]
        names = {item["name"] for item in contents}
        assert names == {"00_start_here", "01_state_equation"}
    finally:
        server.kill()
        server.wait()
