"""Whatever one student hands in, it is that student's alone: nobody else waits, stops, or is told of it."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from grading_course import ANSWERS, NAME, hand_in, make_course, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_grade import grade_here

from rnn_utils.checks import exercises
from rnn_utils.course_folder import course_root
from rnn_utils.grading.book import report
from rnn_utils.grading.book.gradebook import timestamp_in
from rnn_utils.grading.intake.folder import File, Refused
from rnn_utils.grading.intake.rebuild import choose, rebuild
from rnn_utils.grading.protocol.safe_text import line, quiet, whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader grades on POSIX only")

WHEN = "2026-01-31 12:00:00 UTC"


def many_files(to):
    for k in range(60):
        (to / f"a{k}.txt").write_text("x")


def hidden_files(to):
    for k in range(2500):
        (to / f".a{k}").touch()


def large_file(to):
    with (to / "a.bin").open("wb") as file:
        file.truncate(21 << 20)


def instead(content):
    def change(to):
        (to / "timestamp.txt").write_bytes(content)

    return change


def a_link(to):
    (to / "timestamp.txt").rename(to / "other.txt")
    (to / "timestamp.txt").symlink_to("other.txt")


def a_hard_link(to):
    os.link(to / "timestamp.txt", to / "other.txt")


def a_folder(to):
    (to / "timestamp.txt").unlink()
    (to / "timestamp.txt").mkdir()


def a_pipe(to):
    (to / "timestamp.txt").unlink()
    os.mkfifo(to / "timestamp.txt")


def none(to):
    (to / "timestamp.txt").unlink()


#: What lies beside a timestamp that is to be read all the same.
TIMELY = {"many files": many_files, "hidden files": hidden_files, "a large file": large_file}

#: What takes the place of one, so that no time is known.
TIMELESS = {
    "empty": instead(b""),
    "forty-one digits": instead(b"2026-01-31 12:00:" + b"1" * 41),
    "a long zone": instead(b"2026-01-31 12:00:00 " + b"A" * 500),
    "very many numbers": instead(b"1." * 300_000),
    "no text": instead(b"\xff\xfe\x00\x00"),
    "half a surrogate": instead(b"\xed\xa0\x80"),
    "a year that is none": instead(b"0000-00-00 00:00:00 UTC"),
    "a link": a_link,
    "a hard link": a_hard_link,
    "a folder": a_folder,
    "a pipe": a_pipe,
    "none": none,
}


def named(name):
    def add(to):
        with open(os.fsencode(to) + b"/" + name, "wb") as file:
            file.write(b"x")

    return add


def cell_of(change):
    def edit(to):
        path = to / f"{NAME}.ipynb"
        notebook = json.loads(path.read_text("utf-8"))
        change(notebook)
        path.write_text(json.dumps(notebook), "utf-8")

    return edit


HALF = "\ud800"


def picture(notebook):
    notebook["cells"][-1]["attachments"] = {f"a{HALF}.png": {"image/png": "iVBORw0KGgo="}}
    notebook["cells"][-1]["source"] = f"![](attachment:a{HALF}.png)\x00\x1b[2J"


def ids(notebook):
    for cell in notebook["cells"]:
        cell["id"] = HALF
    notebook["cells"].insert(0, {"cell_type": HALF, "source": HALF, "metadata": {HALF: HALF}})
    notebook["metadata"] = {HALF: [HALF], "kernelspec": {"name": HALF, "display_name": HALF}}


#: What else is odd; the answers beside it are right.
ODD = {
    "a name of 255 bytes": named(b"x" * 255),
    "a name that is no text": named(b"x\xff\xfe.csv"),
    "a name that is a script": named(b"<script>alert(1)<br>.csv"),
    "a name with lines and codes": named(b"a\nb\x1b]0;title\x07.csv"),
    "half a surrogate in a picture": cell_of(picture),
    "half surrogates everywhere": cell_of(ids),
}


@pytest.fixture(scope="module")
def odd_class(tmp_path_factory):
    """A class of which everybody is odd, graded twice; what each run said, and the gradebook."""
    folder = make_course(tmp_path_factory.mktemp("borders"))
    for who, change in {**TIMELY, **TIMELESS, **ODD}.items():
        change(hand_in(folder, who, ANSWERS["right"]))
    hand_in(folder, "~the last", ANSWERS["right"])
    first, records = grade_here(folder)
    again, _ = grade_here(folder)
    return folder, first, again, records


def copy_of(folder, there):
    """A copy without what cannot be copied."""
    return shutil.copytree(folder, there, ignore=lambda at, names: {"a pipe", "a large file"})


def test_nobody_is_left_out_and_the_next_run_finds_all_of_it_done(odd_class):
    folder, first, again, records = odd_class
    assert first.failed == again.failed == {}
    assert first.graded == again.unchanged == len(records)
    for who, row in rows(folder).items():
        assert [score for score, *_ in row["grades"].values()].count(2.0) == 2, who


@pytest.mark.parametrize("who", TIMELY)
def test_a_timestamp_is_read_whatever_lies_beside_it(odd_class, who):
    assert rows(odd_class[0])[who]["timestamp"].isoformat() == "2026-01-31T12:00:00"


@pytest.mark.parametrize("who", TIMELESS)
def test_where_there_is_no_time_it_is_said(odd_class, who):
    folder, _, _, records = odd_class
    assert rows(folder)[who]["timestamp"] is None
    assert who == "none" or any("no time known" in note for note in records[who].notes)


def test_nothing_that_acts_is_printed_or_written(odd_class):
    folder, first, _, records = odd_class
    table = report.table(first, records.values())
    assert table == "\n".join(quiet(row) for row in table.split("\n"))
    assert max(map(len, table.split("\n"))) < 3000
    names = [path.name for path in (folder / "autograded").rglob("*")]
    assert not any("<" in name or "\n" in name for name in names)
    assert len(names) > len(records)
    for path in (folder / "autograded").rglob("*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=4))
        assert "\x1b" not in path.read_text("utf-8")


def test_a_file_is_written_where_an_earlier_run_left_a_folder_and_the_other_way_round(
    odd_class, tmp_path
):
    folder = copy_of(odd_class[0], tmp_path / "course")
    work = folder / "submitted" / "ada" / NAME
    hand_in(folder, "ada", ANSWERS["right"])
    (work / "a").mkdir()
    (work / "a" / "b.csv").write_text("1")
    (work / "c").write_text("1")
    grade_here(folder, "ada")
    shutil.rmtree(work / "a")
    (work / "a").write_text("2")
    (work / "c").unlink()
    (work / "c").mkdir()
    (work / "c" / "d.csv").write_text("2")
    summary, _ = grade_here(folder, "ada")
    assert summary.failed == {}
    graded = folder / "autograded" / "ada" / NAME
    assert (graded / "a").read_text() == (graded / "c" / "d.csv").read_text() == "2"


def test_what_goes_wrong_with_one_is_told_of_that_one(odd_class, tmp_path, monkeypatch):
    folder = copy_of(odd_class[0], tmp_path / "course")
    shutil.rmtree(folder / "autograded")
    broken = "a\x1b[2J" + "x" * 9000

    def write(self, lesson, student, *others):
        if student == "empty":
            raise UnicodeEncodeError("utf-8", broken, 0, 1, "no")
        return real(self, lesson, student, *others)

    from rnn_utils.grading.book.gradebook import Writer

    real = Writer.write
    monkeypatch.setattr(Writer, "write", write)
    summary, records = grade_here(folder)
    assert set(summary.failed) == {"empty"}
    assert summary.graded > 15
    said = report.table(summary, records.values())
    assert "UnicodeEncodeError" in said
    assert "\x1b" not in said


#: What Pygments or the reader of Markdown takes seconds for where a cell has 30,000 characters.
SLOW_TO_SHOW = {"code": ["a." * 50_000, "\n " * 50_000], "markdown": ["\\\\(" * 30_000]}


def test_what_takes_long_to_be_shown_is_shown_in_part(odd_class, tmp_path):
    folder = copy_of(odd_class[0], tmp_path / "course")
    shutil.rmtree(folder / "submitted")
    cells = [
        {"cell_type": kind, "source": f"# {k}\n{text}", "metadata": {}}
        for kind, texts in SLOW_TO_SHOW.items()
        for text in texts
        for k in range(12)
    ]
    cell_of(lambda notebook: notebook["cells"].extend(cells))(
        hand_in(folder, "eve", ANSWERS["right"])
    )
    _, records = grade_here(folder)
    assert sum(score or 0 for score in records["eve"].scores[NAME].values()) == 4
    assert any("shown in part" in note for note in records["eve"].notes)
    graded = nbformat.read(folder / "autograded" / "eve" / NAME / f"{NAME}.ipynb", as_version=4)
    assert sum(len(cell.source) for cell in graded.cells) < 210_000
    assert max(len(cell.source) for cell in graded.cells if cell.cell_type == "code") < 10_100


# Drawn at random -----------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec=None, categories=None), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(["code", "markdown", "raw"]) | JSON
MARKS = st.fixed_dictionaries(
    {},
    optional={
        "grade_id": st.sampled_from(["twice", "test_twice", "why"]) | JSON,
        "points": JSON,
        "solution": st.booleans() | JSON,
        "grade": st.booleans() | JSON,
        "locked": JSON,
        "schema_version": JSON,
        "checksum": JSON,
    },
)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": KINDS,
        "source": TEXTS | st.lists(TEXTS | JSON, max_size=3) | JSON,
        "id": TEXTS | JSON,
        "metadata": st.fixed_dictionaries({}, optional={"nbgrader": MARKS | JSON, "tags": JSON})
        | JSON,
        "outputs": st.lists(JSON, max_size=2) | JSON,
        "attachments": st.dictionaries(TEXTS, st.dictionaries(TEXTS, TEXTS | JSON, max_size=2))
        | JSON,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {},
    optional={
        "cells": st.lists(CELLS | JSON, max_size=6) | JSON,
        "metadata": JSON,
        "nbformat": JSON,
        "worksheets": JSON,
    },
)


@pytest.fixture(scope="module")
def released(odd_class):
    path = odd_class[0] / "notebooks" / NAME / f"{NAME}.ipynb"
    return nbformat.read(path, as_version=4)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notebook=NOTEBOOKS | JSON)
def test_any_json_is_rebuilt_into_a_notebook_or_refused(released, notebook):
    content = json.dumps(notebook).encode()
    try:
        paper, _ = choose([File(f"{NAME}.ipynb", content)], released, NAME)
    except Refused as refusal:
        line(str(refusal)).encode("utf-8")
        return
    rebuilt, notes = rebuild(released, {}, paper.cells)
    nbformat.validate(rebuilt)
    nbformat.v4.writes(rebuilt).encode("utf-8")
    for note in notes:
        line(note).encode("utf-8")


@settings(deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_a_notebook_or_refused(released, content):
    try:
        choose([File(f"{NAME}.ipynb", content)], released, NAME)
    except Refused:
        return
    assert content.lstrip().startswith(b"{")


DIGITS = st.from_regex(r"\A[0-9]{1,5}-[0-9]{1,3}-[0-9]{1,3}[ T][0-9:.]{0,20} ?[A-Z+\-0-9:]{0,8}\Z")


@settings(deadline=None)
@given(text=st.binary(max_size=80) | DIGITS.map(str.encode))
def test_any_timestamp_is_a_time_or_none_is_known(text):
    when, notes = timestamp_in([File("timestamp.txt", text)])
    assert (when is None) == bool(notes)


@given(JSON, st.text(st.characters(codec=None, categories=None)))
def test_a_text_can_be_written_and_makes_nothing_act(value, text):
    json.dumps(whole(value), ensure_ascii=False).encode("utf-8")
    for shown in (quiet(text), line(text)):
        shown.encode("utf-8")
        assert not any(c in shown for c in "\x00\x07\x08\x1b\x9b\u202e\u2066\r")
    assert quiet(quiet(text)) == quiet(text)
    assert "\n" not in line(text)
    assert len(line(text, 9)) <= 9


def test_every_test_that_the_threat_model_names_is_there():
    text = (course_root() / "docs" / "security.md").read_text("utf-8")
    there = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = set(re.findall(r"`(\w+_\w+_\w+)`", text))
    assert len(named) > 20
    known = {path.stem for path in Path(__file__).parent.glob("test_*.py")} | exercises().keys()
    assert {name for name in named - known if f"def test_{name}(" not in there} == set()
