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

from rnn_utils import cli
from rnn_utils.classroom import cli as class_cli
from rnn_utils.course import open as opening
from rnn_utils.course_folder import CourseError

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


def test_a_changed_copy_is_brought_to_the_newer_edition_and_kept_as_it_was(tmp_path: Path) -> None:
    edition(tmp_path, "first")
    opening.hand_out(tmp_path)
    edit(tmp_path, "mine")
    assert opening.hand_out(tmp_path) == [], "there is no newer edition yet"
    edition(tmp_path, "second")
    (line,) = opening.hand_out(tmp_path)
    assert NAME in line
    assert "newer edition" in line
    before = nbformat.read(tmp_path / "my_work" / opening.BEFORE / "1" / NAME, as_version=4)
    assert before.cells[0].source == "mine"
    assert opening.hand_out(tmp_path) == [], "it was said once"


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


ANSWER = {"nbgrader": {"grade_id": "double", "solution": True, "grade": False}}


def write_lesson(path: Path, *cells: tuple[str, str, dict[str, object]]) -> None:
    """Write a notebook of code cells: id, source, metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [new_code_cell(text, id=name, metadata=metadata) for name, text, metadata in cells]
    nbformat.write(new_notebook(cells=made), path)


def read_lesson(path: Path) -> list[tuple[str, str]]:
    return [(cell.id, cell.source) for cell in nbformat.read(path, as_version=4).cells]


def test_an_updated_lesson_has_the_learners_answers_and_own_cells(tmp_path: Path) -> None:
    course, mine = tmp_path / "notebooks" / NAME, tmp_path / "my_work" / NAME
    write_lesson(
        course, ("a", "import", {}), ("b", "stub", ANSWER), ("c", "plot", {}), ("d", "old", {})
    )
    opening.hand_out(tmp_path)
    write_lesson(
        mine,
        *[("a", "import", {}), ("n", "my note", {}), ("b", "return 2 * x", ANSWER)],
        *[("c", "my plot", {}), ("d", "old, and mine", {}), ("e", "my last", {})],
    )
    write_lesson(
        course,
        *[("a", "import", {}), ("x", "a new cell", {}), ("b2", "new stub", ANSWER)],
        *[("c", "plot", {}), ("y", "at the end", {})],
    )
    assert len(opening.hand_out(tmp_path)) == 1
    assert read_lesson(mine) == [
        *[("a", "import"), ("n", "my note"), ("x", "a new cell"), ("b2", "return 2 * x")],
        *[("c", "my plot"), ("d", "old, and mine"), ("e", "my last"), ("y", "at the end")],
    ]


@pytest.mark.parametrize("damaged", [None, "", "[]", "not JSON", '{"cells": 3}'])
def test_a_lost_record_heals_and_nothing_is_lost(tmp_path: Path, damaged: str | None) -> None:
    course, mine = tmp_path / "notebooks" / NAME, tmp_path / "my_work" / NAME
    base = tmp_path / "my_work" / opening.EDITIONS / NAME
    write_lesson(course, ("a", "import", {}), ("b", "stub", ANSWER))
    opening.hand_out(tmp_path)
    write_lesson(mine, ("a", "import", {}), ("b", "return 2 * x", ANSWER), ("n", "note", {}))
    base.unlink() if damaged is None else base.write_text(damaged, "utf-8")
    opening.hand_out(tmp_path)
    assert ("b", "return 2 * x") in read_lesson(mine)
    opening.hand_out(tmp_path)
    base.unlink()
    write_lesson(course, ("a2", "import more", {}), ("b", "new stub", ANSWER))
    (line,) = opening.hand_out(tmp_path)
    assert opening.BEFORE in line
    assert read_lesson(mine) == [("a2", "import more"), ("b", "return 2 * x")]
    saved = (tmp_path / "my_work" / opening.BEFORE).rglob("*.ipynb")
    assert any(("n", "note") in read_lesson(path) for path in saved)


def test_without_its_record_an_unchanged_edition_is_not_called_newer(tmp_path: Path) -> None:
    course, mine = tmp_path / "notebooks" / NAME, tmp_path / "my_work" / NAME
    write_lesson(course, ("a", "import", {}), ("b", "stub", ANSWER))
    opening.hand_out(tmp_path)
    write_lesson(mine, ("a", "import", {}), ("b", "return 2 * x", ANSWER), ("n", "note", {}))
    (tmp_path / "my_work" / opening.EDITIONS / NAME).unlink()
    assert opening.hand_out(tmp_path) == []
    assert ("n", "note") in read_lesson(mine)
    assert opening.hand_out(tmp_path) == []


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
    ("arguments", "started_with"),
    [
        ([], (None, True, None, [])),
        (["--"], (None, True, None, [])),
        (
            ["--", "--no-browser", "--port", "9999"],
            (None, True, None, ["--no-browser", "--port", "9999"]),
        ),
        (["--", "build"], (None, True, None, ["build"])),
        (["--no-browser", "--port", "9999"], (None, False, 9999, [])),
        (["01"], ("01_state_equation", True, None, [])),
        (["1", "--no-browser"], ("01_state_equation", False, None, [])),
        (["open", "01_state_equation"], ("01_state_equation", True, None, [])),
        (["open", "00", "--", "--debug"], ("00_start_here", True, None, ["--debug"])),
        (["open"], (None, True, None, [])),
    ],
)
def test_the_course_opens_where_and_how_it_is_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    started_with: tuple[object, ...],
) -> None:
    edition(tmp_path, "first")
    edition(tmp_path, "next", "01_state_equation/01_state_equation.ipynb")
    started: list[tuple[object, ...]] = []
    monkeypatch.setattr(cli, "course_root", lambda: tmp_path)
    monkeypatch.setattr(opening, "start_jupyterlab", lambda *given: started.append(given))
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    assert [given[1:-1] for given in started] == [started_with]


@pytest.mark.parametrize("arguments", [["99"], ["open", "99"], ["class", "grade", "99"]])
def test_a_lesson_that_is_not_there_is_named_with_those_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    edition(tmp_path, "first")
    monkeypatch.setattr(cli, "course_root", lambda: tmp_path)
    monkeypatch.setattr(class_cli, "course_root", lambda: tmp_path)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 1
    assert f"There is no lesson {arguments[-1]}. There are: 00_start_here." in result.output


@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_help_names_the_learners_commands_first(asked: str) -> None:
    shown = CliRunner().invoke(cli.app, [asked]).output
    places = [shown.index(title) for title in ("For learners", "For instructors", "For authors")]
    assert places == sorted(places)
    for command in cli.app.registered_commands:
        name = command.name or str(command.callback and command.callback.__name__)
        assert re.search(rf"^  {name} ", shown, re.M), name
    assert "Others" not in shown


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(cli.app, ["--version"]).output.startswith("rnn-course ")


def answer(server: subprocess.Popen[str], url: str) -> bytes:
    """Ask until the server, which says its address before it listens, answers or dies."""
    while True:
        try:
            with urllib.request.urlopen(url, timeout=600) as response:
                return bytes(response.read())
        except urllib.error.URLError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.1)
                raise


def second_start_shows_this_one(root: Path, address: str, settings: dict[str, str]) -> None:
    second = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from rnn_utils.course.open import start_jupyterlab;"
            "start_jupyterlab(Path(sys.argv[1]), '01_state_equation', browser=False)",
            str(root),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | settings,
        check=True,
    )
    port = address.rsplit(":", 1)[1]
    assert f":{port}/lab/tree/01_state_equation/01_state_equation.ipynb" in second.stdout
    assert "open already" in second.stdout


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
            "start_jupyterlab(Path(sys.argv[1]), None, False, 0, sys.argv[2:])",
            str(tmp_path),
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
            log.append(lines.get(timeout=600))
            address = re.search(r"(http://(?:localhost|127\.0\.0\.1):\d+)(/lab\S*)", log[-1])
        assert address[2].startswith("/lab/tree/00_start_here/00_start_here.ipynb"), "".join(log)
        assert "nbgrader will not work" not in "".join(log)
        contents = json.loads(answer(server, f"{address[1]}/api/contents"))["content"]
        names = {item["name"] for item in contents}
        assert names == {"00_start_here", "01_state_equation"}
        second_start_shows_this_one(tmp_path, address[1], settings)
        told = answer(server, f"{address[1]}/lab").decode()
        assert '"@jupyter/nbgrader:formgrader"' in told, "instructors' menus are off"
    finally:
        server.kill()
        server.wait()
