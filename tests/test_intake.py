"""Whatever a student hands in is read, or refused with a sentence; only their answers are taken.

One file, since every notebook and folder here is the one lesson that it makes, changed.
"""

import json
import os
import sys
from contextlib import suppress

import nbformat.v4 as v4
import pytest
from grading_course import ODD_NOTEBOOKS
from hypothesis import given
from hypothesis import strategies as st

from rnn_utils.grading.intake.cells import read_notebook
from rnn_utils.grading.intake.folder import (
    ATTACHMENTS,
    LARGEST,
    LARGEST_READ,
    File,
    Refused,
    attachments,
    notebooks,
    open_folder,
    read_file,
)
from rnn_utils.grading.intake.rebuild import choose, rebuild

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader grades on POSIX only")


# A lesson of one exercise, and what is done to it ------------------------------------------------


def rules(grade_id, **other):
    return {
        "nbgrader": {
            "grade_id": grade_id,
            "grade": False,
            "solution": False,
            "locked": False,
            "schema_version": 3,
            **other,
        }
    }


def lesson():
    return v4.new_notebook(
        cells=[
            v4.new_code_cell("import numpy as np", id="imports"),
            v4.new_code_cell(
                "def double(x):\n    raise NotImplementedError",
                id="double",
                metadata=rules("double", solution=True),
            ),
            v4.new_code_cell(
                "double(1)",
                id="test",
                metadata=rules("test_double", grade=True, locked=True, points=2),
            ),
            v4.new_markdown_cell("The end.", id="end"),
        ]
    )


LOCKED = {"test_double": "double(1)\nassert double(2) == 4"}
ANSWER = "def double(x):\n    return 2 * x"


def handed_in(change=lambda notebook: None):
    notebook = lesson()
    notebook.cells[1].source = ANSWER
    change(notebook)
    return rebuild(lesson(), LOCKED, read_notebook(v4.writes(notebook).encode()).cells)


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def the_test(notebook):
    return [
        (c.cell_type, c.source, c.metadata)
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade")
    ]


TEST = ("code", LOCKED["test_double"], lesson().cells[2].metadata)
AS_IT_WAS = ["import numpy as np", ANSWER, LOCKED["test_double"], "The end."]


def test_an_honest_submission_is_taken_as_it_is():
    notebook, notes = handed_in()
    assert notes == []
    assert sources(notebook) == AS_IT_WAS


def put(place, cell):
    return lambda notebook: notebook.cells.insert(place, cell)


def own(source):
    return v4.new_code_cell(source)


def another(notebook, place):
    return v4.new_code_cell(notebook.cells[place].source, metadata=notebook.cells[place].metadata)


def of_another_kind(notebook):
    test = notebook.cells[2]
    notebook.cells[2] = v4.new_markdown_cell("double(1)", id="test", metadata=test.metadata)


def without_marks(notebook):
    for cell in notebook.cells:
        cell.metadata.clear()
        cell["id"] = f"new-{len(cell.source)}"


def split(notebook):
    head = another(notebook, 1)
    head.source = "def helper(x):\n    return x"
    notebook.cells.insert(1, head)


def written_into_the_test(notebook):
    notebook.cells[1:3] = [notebook.cells[2]]
    notebook.cells[1].source = f"{ANSWER}\n\ndouble(1)"


IMPORT, _, HIDDEN, END = AS_IT_WAS
#: What was done, the cells afterwards, and what is said of it.
DONE = {
    "a cell between": (put(1, own("k = 2")), [IMPORT, "k = 2", ANSWER, HIDDEN, END], None),
    "upside down": (lambda n: n.cells.reverse(), AS_IT_WAS[::-1], None),
    "test deleted": (lambda n: n.cells.pop(2), AS_IT_WAS, "`test_double` was missing"),
    "test and answer deleted": (
        lambda n: n.cells.__delitem__(slice(1, 3)),
        [IMPORT, HIDDEN, END],
        "answer `double` was missing",
    ),
    "test deleted and the answer elsewhere": (
        lambda n: n.cells.__setitem__(slice(1, 3), [own("double = lambda x: 2 * x")]),
        [IMPORT, "double = lambda x: 2 * x", HIDDEN, END],
        "stands in another cell",
    ),
    "all deleted": (lambda n: n.cells.clear(), [HIDDEN], "2 of the lesson's cells were deleted"),
    "test twice": (
        lambda n: n.cells.insert(2, another(n, 2)),
        [IMPORT, ANSWER, "double(1)", HIDDEN, END],
        "`test_double` was there 2 times",
    ),
    "answer in two parts": (
        split,
        [IMPORT, "def helper(x):\n    return x", ANSWER, HIDDEN, END],
        "`double` was there 2 times",
    ),
    "test renamed": (
        lambda n: n.cells[2].metadata.nbgrader.update(grade_id="x"),
        AS_IT_WAS,
        None,
    ),
    "no marks and no ids": (without_marks, AS_IT_WAS, None),
    "test of another kind": (of_another_kind, AS_IT_WAS, "from code into 'markdown'"),
    "test emptied": (lambda n: n.cells[2].update(source=""), AS_IT_WAS, "was put back as it was"),
    "answer written into the test": (
        written_into_the_test,
        [IMPORT, f"{ANSWER}\n\ndouble(1)", HIDDEN, END],
        "was put back as it was",
    ),
    "more points": (
        lambda n: n.cells[2].metadata.nbgrader.update(points=99),
        AS_IT_WAS,
        "points 99",
    ),
    "no schema": (
        lambda n: n.cells[2].metadata.nbgrader.pop("schema_version"),
        AS_IT_WAS,
        "schema version",
    ),
    "no test": (
        lambda n: n.cells[2].metadata.nbgrader.update(grade=False),
        AS_IT_WAS,
        "grade False",
    ),
    "a cell of the lesson changed": (
        lambda n: n.cells[0].update(source="import math"),
        ["import math", *AS_IT_WAS[1:]],
        "cells of the lesson were changed, and count as they stand: 1",
    ),
    "spaces at the ends of lines": (
        lambda n: n.cells[0].update(source="import numpy as np  \n\n"),
        AS_IT_WAS,
        None,
    ),
    "a text of one's own": (
        put(0, v4.new_markdown_cell("Mine <script>attack()</script>")),
        ["Mine < script>attack()< /script>", *AS_IT_WAS],
        None,
    ),
    "raw text": (
        put(0, v4.new_raw_cell("<script>attack()</script>")),
        ["< script>attack()< /script>", *AS_IT_WAS],
        None,
    ),
}


@pytest.mark.parametrize("what", DONE)
def test_all_is_as_the_student_left_it_but_the_tests(what):
    change, expected, said = DONE[what]
    notebook, notes = handed_in(change)
    assert sources(notebook) == expected
    assert the_test(notebook) == [TEST]
    assert said in " ".join(notes) if said else notes == []
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert {cell.cell_type for cell in notebook.cells} <= {"code", "markdown"}


# Several notebooks -------------------------------------------------------------------------------


def file(name, answer=None, changed=0):
    notebook = lesson()
    notebook.cells[1].source = answer or notebook.cells[1].source
    return File(name, v4.writes(notebook).encode(), changed)


OTHER = "def double(x):\n    return x + x"
FOLDERS = {
    "a solved copy beside the untouched one": (
        [file("sums.ipynb", None, 5), file("sums-Copy1.ipynb", ANSWER, 1)],
        ANSWER,
        "since it holds work",
    ),
    "two with work": (
        [file("sums.ipynb", ANSWER, 1), file("sums (1).ipynb", OTHER, 2)],
        OTHER,
        "work is also in 'sums.ipynb'",
    ),
    "the same twice": (
        [file("sums.ipynb", ANSWER, 1), file("sums (1).ipynb", ANSWER, 2)],
        ANSWER,
        "no other work",
    ),
    "notes of one's own": (
        [file("sums.ipynb", ANSWER, 1), file("scratch.ipynb", OTHER, 9)],
        ANSWER,
        "since it holds work",
    ),
    "a damaged copy": (
        [File("sums.ipynb", b"{", 9), file("sums-Copy1.ipynb", ANSWER, 1)],
        ANSWER,
        "could not be read",
    ),
    "nothing done": (
        [file("sums.ipynb"), file("sums-Copy1.ipynb")],
        lesson().cells[1].source,
        "no other work",
    ),
}


@pytest.mark.parametrize("what", FOLDERS)
def test_of_several_the_one_with_work_in_it_counts_and_else_the_latest(what):
    files, expected, said = FOLDERS[what]
    paper, notes = choose(files, lesson(), "sums")
    assert paper.cells[1].source == expected
    assert said in " ".join(notes)


# Outputs, sources, and pictures ------------------------------------------------------------------


def test_outputs_count_for_nothing_and_sources_do():
    notebook = lesson()
    notebook.cells[0].outputs = [v4.new_output("stream", text="x" * (LARGEST + 1))]
    assert len(read_notebook(v4.writes(notebook).encode()).cells) == 4
    notebook.cells[0].source = "#" * (LARGEST + 1)
    with pytest.raises(Refused, match="MB of text"):
        read_notebook(v4.writes(notebook).encode())


def test_the_version_of_python_is_read():
    notebook = lesson()
    notebook.metadata["language_info"] = {"name": "python", "version": "3.14.1"}
    assert read_notebook(v4.writes(notebook).encode()).python == (3, 14)


# Files -------------------------------------------------------------------------------------------


def refusal(content):
    with pytest.raises(Refused) as refused:
        read_notebook(content)
    return str(refused.value)


def test_with_or_without_a_byte_order_mark():
    text = v4.writes(lesson())
    assert read_notebook(text.encode("utf-8-sig")) == read_notebook(text.encode())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        ("{}".encode("utf-16"), "UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", "UTF-8"),
        (b'{"cells": [', "not JSON"),
        (b"print('hello')", "not JSON"),
        (b'{\n<<<<<<< HEAD\n "a": 1\n=======\n "a": 2\n>>>>>>> x\n}', "merge conflict"),
        (b"[" * 100_000, "nested"),
        (b"[1, 2]", "not a notebook"),
        (b'{"cells": 3}', "not a notebook"),
        (b"null", "not a notebook"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not"),
    ],
)
def test_what_is_no_notebook_is_refused_with_the_reason(content, why):
    assert why in refusal(content)


def test_an_old_format_is_read():
    old = {
        "nbformat": 3,
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1\n", "y = 2"]}]}],
    }
    assert read_notebook(json.dumps(old).encode()).cells[0].source == "x = 1\ny = 2"


def test_half_a_character_does_not_stop_anything():
    cells = read_notebook(b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}').cells
    assert v4.writes(rebuild(lesson(), LOCKED, cells)[0]).encode()
    assert cells[0].source.encode()


@pytest.mark.parametrize(
    "path", ODD_NOTEBOOKS, ids=lambda path: f"{path.parent.parent.name}/{path.name}"
)
def test_nbgraders_own_odd_notebooks_are_read_and_only_answers_are_taken(path):
    try:
        cells = read_notebook(path.read_bytes()).cells
    except Refused:
        return
    notebook, _ = rebuild(lesson(), LOCKED, cells)
    assert the_test(notebook) == [TEST]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | ANYTHING,
        "source": st.sampled_from([ANSWER, "double(1)", ["a", "b"], ["a", 1]]) | ANYTHING,
        "id": st.sampled_from(["double", "test", "imports"]) | ANYTHING,
        "metadata": st.fixed_dictionaries(
            {},
            optional={
                "nbgrader": st.fixed_dictionaries(
                    {},
                    optional={
                        "grade_id": st.sampled_from(["double", "test_double"]) | ANYTHING,
                        "points": ANYTHING,
                        "solution": ANYTHING,
                    },
                )
                | ANYTHING
            },
        )
        | ANYTHING,
    },
)


@given(
    st.fixed_dictionaries({"cells": st.lists(CELLS | ANYTHING, max_size=6) | ANYTHING}) | ANYTHING
)
def test_no_notebook_stops_the_batch_or_changes_a_test(content):
    try:
        cells = read_notebook(json.dumps(content).encode()).cells
    except Refused:
        return
    notebook, _ = rebuild(lesson(), LOCKED, cells)
    assert the_test(notebook) == [TEST]
    assert v4.writes(notebook).encode()


@given(st.binary())
def test_no_bytes_stop_the_batch(content):
    with suppress(Refused):
        read_notebook(content)


# Files and folders -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A submission's folder, and how it is opened."""
    (tmp_path / "ada" / "lesson").mkdir(parents=True)

    class Folder:
        path = tmp_path / "ada" / "lesson"
        outside = tmp_path

        def __enter__(self):
            self.descriptor = open_folder(tmp_path, "ada", "lesson")
            return self.descriptor

        def __exit__(self, *_):
            os.close(self.descriptor)

    return Folder()


def test_a_regular_file_is_read(folder):
    (folder.path / "lesson.ipynb").write_bytes(b"{}")
    with folder as opened:
        assert read_file(opened, "lesson.ipynb") == b"{}"


def link(folder):
    (folder.outside / "solution").write_text("the solution")
    (folder.path / "lesson.ipynb").symlink_to(folder.outside / "solution")


def hard_link(folder):
    (folder.outside / "solution").write_text("the solution")
    (folder.path / "lesson.ipynb").hardlink_to(folder.outside / "solution")


def pipe(folder):
    os.mkfifo(folder.path / "lesson.ipynb")


def device(folder):
    (folder.path / "lesson.ipynb").symlink_to("/dev/zero")


def directory(folder):
    (folder.path / "lesson.ipynb").mkdir()


def large(folder):
    with (folder.path / "lesson.ipynb").open("wb") as file:
        file.truncate(LARGEST_READ + 1)


@pytest.mark.parametrize("make", [link, hard_link, pipe, device, directory, large])
def test_what_only_looks_like_a_file_is_refused(folder, make):
    make(folder)
    with folder as opened, pytest.raises(Refused, match=r"lesson\.ipynb"):
        read_file(opened, "lesson.ipynb")


def test_a_linked_folder_is_refused(tmp_path):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "eve").mkdir()
    (tmp_path / "eve" / "lesson").symlink_to(tmp_path / "solutions")
    with pytest.raises(Refused, match="lesson"):
        open_folder(tmp_path, "eve", "lesson")


@pytest.mark.parametrize(
    "name",
    [
        "03_tanh (1).ipynb",
        "03_tanh(2).ipynb",
        "03_tanh-Copy1.ipynb",
        "03_tanh copy.ipynb",
        "03_Tanh.IPYNB",
        "03 tanh.ipynb",
        "03_tanh.ipynb.ipynb",
        "mine.ipynb",
        "03_tanh.ipynb.txt",
        "03_tanh.ipynb.json",
        "my work/03_tanh.ipynb",
        "a/b/03_tanh (1).ipynb.txt",
    ],
)
def test_an_odd_name_is_found(folder, name):
    (folder.path / name).parent.mkdir(parents=True, exist_ok=True)
    (folder.path / name).write_bytes(b"{}")
    (folder.path / ".ipynb_checkpoints").mkdir()
    (folder.path / ".ipynb_checkpoints" / "03_tanh-checkpoint.ipynb").write_bytes(b"{}")
    with folder as opened:
        found, notes = notebooks(opened, "03_tanh", only=True)
    assert ([one.name for one in found], notes) == ([name], [])


def test_where_a_lesson_has_several_notebooks_only_the_names_tell(folder):
    for name in ("03_tanh.ipynb", "other.ipynb"):
        (folder.path / name).write_bytes(b"{}")
    with folder as opened:
        found, _ = notebooks(opened, "03_tanh", only=False)
    assert [one.name for one in found] == ["03_tanh.ipynb"]


def test_no_notebook_is_refused_with_what_there_is(folder):
    (folder.path / "essay.docx").write_bytes(b"")
    with folder as opened, pytest.raises(Refused, match=r"essay\.docx"):
        notebooks(opened, "03_tanh", only=True)


def test_what_lies_beside_is_kept_and_links_are_not(folder):
    (folder.path / "timestamp.txt").write_text("2026-01-31 12:00:00 UTC")
    (folder.path / "data").mkdir()
    (folder.path / "data" / "x.csv").write_text("1")
    (folder.path / "secret").symlink_to("/etc/hostname")
    (folder.path / "secrets").symlink_to("/etc")
    with folder as opened:
        found, notes = attachments(opened)
    assert [one.name for one in found] == ["timestamp.txt", "data/x.csv"]
    assert "'secret', 'secrets' could not be taken" in notes[0]


def test_of_very_many_files_the_timestamp_is_kept(folder):
    for k in range(ATTACHMENTS + 10):
        (folder.path / f"{k}.txt").write_text("")
    (folder.path / "timestamp.txt").write_text("2026-01-31 12:00:00 UTC")
    with folder as opened:
        found, notes = attachments(opened)
    assert len(found) == ATTACHMENTS
    assert "timestamp.txt" in [one.name for one in found]
    assert "could not be taken" in notes[0]
