"""The commands of README and docs/teaching.md, run as they stand there in a fresh clone.

The class that they are run on is made here, by a roster and zips as three LMSs write them; its marks are
counted here too, apart from the grader.
"""

import csv
import os
import re
import shlex
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
import warm

from rnn_utils.grading.sandbox.two_processes import available_layers

ROOT = Path(__file__).parents[1]
LESSON = "01_state_equation"
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not available_layers(), reason="no jail can be built here"
)

STUDENTS = {
    "ada": ("Ada", "Lovelace", "4711"),
    "charles": ("Charles", "Babbage", "4712"),
    "emmy": ("Emmy", "Noether", "4713"),
    "pal": ("Pál", "Erdős", "4714"),
    "sofia": ("Sofia", "Kovalevskaya", "4715"),
    "alan": ("Alan", "Turing", "4716"),
}
IN_TIME = datetime(2026, 12, 7, 20, 0)


def blocks(document):
    """Return the commands of a document, block by block."""
    text = (ROOT / document).read_text("utf-8")
    return re.findall(r"```sh\n(.*?)```", text, re.S)


def of_instructors():
    text = (ROOT / "README.md").read_text("utf-8")
    section = re.search(r"## For instructors\n(.*?)\n## ", text, re.S)[1]
    return re.findall(r"```sh\n(.*?)```", section, re.S)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    root = tmp_path_factory.mktemp("teaching")
    folder = root / "course"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{ROOT}", folder], check=True)
    uv = root / "bin" / "uv"
    uv.parent.mkdir()
    # This environment is the one that `uv run` would make: of the same package, with the same versions.
    start = shlex.join(warm.command("rnn-course"))
    uv.write_text(
        f'#!/bin/sh\n[ "$1 $2" = "run rnn-course" ] || exit 1\nshift 2\nexec {start} "$@"\n'
    )
    uv.chmod(0o755)
    return folder


def shell(folder, commands):
    environment = os.environ | {
        "PATH": f"{folder.parent / 'bin'}:{os.environ['PATH']}",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
        "JUPYTER_CONFIG_DIR": str(folder.parent / "config"),
        "JUPYTER_DATA_DIR": str(folder.parent / "data"),
    }
    ran = subprocess.run(
        ["bash", "-euc", commands],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ran.returncode == 0, f"{commands}\n{ran.stdout}"
    assert "Warning" not in ran.stdout
    return ran.stdout


def points(folder, lesson=LESSON):
    notebook = nbformat.read(folder / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    return {m["grade_id"].removeprefix("test_"): m["points"] for m in marks if m.get("grade")}


def answered(folder, solved, lesson=LESSON):
    """Hand in the author's answers to some exercises, and nothing to the others."""
    released = nbformat.read(folder / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    source = nbformat.read(folder / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    answers = {c.metadata.get("nbgrader", {}).get("grade_id"): c.source for c in source.cells}
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in solved:
            text = answers[cell.metadata.nbgrader.grade_id]
            cell.source = re.sub(r"(?m)^\s*### (BEGIN|END) SOLUTION\n?", "", text)
    return nbformat.writes(released).encode()


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as made:
        for name, (content, when) in files.items():
            made.writestr(zipfile.ZipInfo(name, when.timetuple()[:6]), content)


def roster(path):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Username", "First name", "Last name", "ID", "Email address"])
        for who, (first, last, number) in STUDENTS.items():
            writer.writerow([who, first, last, number, f"{who}@example.org"])


def marks(path, key):
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row[key]]
    column = list(rows[0])[-1]
    return {row[key].partition("@")[0]: float(row[column]) for row in rows}


def test_a_week_as_the_document_tells_it(clone):
    (clone / "downloaded").mkdir()
    roster(clone / "downloaded" / "students.csv")
    before_term, monday, wednesday, tuesday, grade, again, change, each, own, end = blocks(
        "docs/teaching.md"
    )
    shell(clone, before_term)
    assert "Hand in" not in shell(clone, monday)
    worth = points(clone)
    names = list(worth)
    total = sum(worth.values())
    assert "emmy has time until 10 December 2026, 23:59" in shell(clone, wednesday)

    late = datetime(2026, 12, 8, 9, 0)  # one day begun, after half an hour of grace
    all_, but_one = answered(clone, names), answered(clone, names[1:])
    downloaded = clone / "downloaded"
    zipped(
        downloaded / "moodle.zip",
        {
            f"Ada Lovelace_901_assignsubmission_file_/{LESSON}.ipynb": (all_, IN_TIME),
            f"Charles Babbage_902_assignsubmission_file_/{LESSON}.ipynb": (all_, late),
            f"Emmy Noether_903_assignsubmission_file_/{LESSON}.ipynb": (but_one, late),
        },
    )
    zipped(
        downloaded / "canvas.zip",
        {f"erdospal_LATE_4714_77_{LESSON}-1.ipynb": (but_one, datetime(2026, 12, 9, 9, 0))},
    )
    zipped(
        downloaded / "brightspace.zip",
        {
            f"55-66 - Sofia Kovalevskaya - Dec 7, 2026 1159 PM/{LESSON}.ipynb": (b"{", IN_TIME),
            "index.html": (b"", IN_TIME),
        },
    )
    (downloaded / "mail" / "alan").mkdir(parents=True)
    (downloaded / "mail" / "alan" / f"{LESSON}.ipynb").write_bytes(answered(clone, []))
    shell(clone, tuesday)
    said = shell(clone, grade)
    assert "1 not graded" in said
    assert "counts as in time: alan" in said
    first = worth[names[0]]
    expected = {
        "ada": total,
        "charles": 0.9 * total,
        "emmy": total - first,
        "pal": 0.8 * (total - first),
        "sofia": 0.0,
        "alan": 0.0,
    }
    moodle = clone / "for_lms" / f"{LESSON}_marks_moodle.csv"
    assert marks(moodle, "Email address") == pytest.approx(expected, abs=1e-4)

    zipped(
        downloaded / "again.zip",
        {
            f"55-66 - Sofia Kovalevskaya - Dec 8, 2026 1130 AM/{LESSON}.ipynb": (all_, late),
            f"55-67 - Alan Turing - Dec 7, 2026 900 AM/{LESSON}.ipynb": (but_one, late),
        },
    )
    said = shell(clone, again)
    assert "charles: " in said
    assert "points were taken off for lateness, now 0." in said

    source = clone / "solutions" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    dropped = names[-1]
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") not in (dropped, f"test_{dropped}")
    ]
    question = nbformat.v4.new_markdown_cell("Why does it forget?")
    question.metadata["nbgrader"] = {
        "grade_id": "why",
        "grade": True,
        "solution": True,
        "locked": False,
        "task": False,
        "points": 2,
        "schema_version": 3,
    }
    notebook.cells.append(question)
    nbformat.write(notebook, source)
    said = shell(clone, change)
    assert f"`test_{dropped}` is dropped" in said
    assert "`why` is new, 2 points" in said
    assert "6 graded, 0 graded, with a note" in said
    left = total - worth[dropped]
    expected = {
        "ada": left,
        "charles": left,
        "emmy": left - first,
        "pal": 0.9 * (left - first),
        "sofia": left,
        "alan": left - first,
    }
    canvas = clone / "for_lms" / f"{LESSON}_marks_canvas.csv"
    assert marks(canvas, "SIS Login ID") == pytest.approx(expected, abs=1e-4)

    shell(clone, each)
    given = clone / "for_lms" / "04_output_layer_versions"
    assert {path.name for path in given.iterdir()} == set(STUDENTS)

    shell(clone, own)
    assert len(list((clone.parent / "my-class" / "solutions").iterdir())) == 6
    shell(clone, end)
    assert not (clone / "submitted").exists()
    status = ["git", "-C", clone, "status", "--porcelain", "--untracked-files=all"]
    left_over = subprocess.run(status, text=True, stdout=subprocess.PIPE, check=True).stdout
    assert not any(name in left_over for name in ("gradebook", "for_lms", "roster", "downloaded"))


def test_the_commands_of_the_readme(clone):
    (week,) = of_instructors()
    lesson = re.search(r"release (\w+)", week)[1]
    lines = week.splitlines()
    downloaded = clone / "downloaded"
    downloaded.mkdir(exist_ok=True)
    roster(downloaded / "students.csv")
    shell(clone, lines[0])
    zipped(
        downloaded / "submissions.zip",
        {
            f"Ada Lovelace_1_assignsubmission_file_/{lesson}.ipynb": (
                answered(clone, points(clone, lesson), lesson),
                IN_TIME,
            )
        },
    )
    said = shell(clone, "\n".join(lines[1:]))
    assert "1 graded" in said
    total = sum(points(clone, lesson).values())
    found = marks(clone / "for_lms" / f"{lesson}_marks_moodle.csv", "ID number")
    assert found == {"ada": pytest.approx(total)}
