"""Whatever a student hands in is read, or refused with a sentence; only their answers are taken."""

import json
import os
import sys
from contextlib import suppress

import nbformat.v4 as v4
import pytest
from grading_course import ODD_NOTEBOOKS
from hypothesis import given
from hypothesis import strategies as st

from rnn_utils.grading.intake.hand_in import (
    LARGEST,
    Refused,
    attachments,
    choose,
    open_folder,
    read_cells,
    read_file,
    rebuild,
)

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
    return rebuild(lesson(), LOCKED, read_cells(v4.writes(notebook).encode()))


def graded_part(notebook):
    return [
        (cell.cell_type, cell.source, cell.metadata)
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    ]


def test_an_honest_submission_is_taken_as_it_is():
    notebook, notes = handed_in()
    assert notes == []
    assert [cell.source for cell in notebook.cells] == [
        "import numpy as np",
        ANSWER,
        LOCKED["test_double"],
        "The end.",
    ]


def duplicated(notebook):
    notebook.cells.insert(2, notebook.cells[2].copy())


def upside_down(notebook):
    notebook.cells.reverse()


def of_another_kind(notebook):
    notebook.cells[2] = v4.new_markdown_cell(
        "double(1)", id="test", metadata=notebook.cells[2].metadata
    )


MENDED = {
    "deleted": (lambda n: n.cells.pop(2), "`test_double` was missing"),
    "duplicated": (duplicated, "`test_double` was there more than once"),
    "renamed": (lambda n: n.cells[2].metadata.nbgrader.update(grade_id="x"), "was missing"),
    "of another kind": (of_another_kind, "from code into 'markdown'"),
    "emptied": (lambda n: n.cells[2].update(source=""), "was changed and was put back"),
    "more points": (lambda n: n.cells[2].metadata.nbgrader.update(points=99), "points 99"),
    "no schema": (lambda n: n.cells[2].metadata.nbgrader.pop("schema_version"), "schema version"),
    "no test": (lambda n: n.cells[2].metadata.nbgrader.update(grade=False), "grade False"),
    "lost metadata": (
        lambda n: n.cells[1].metadata.clear() or n.cells[1].pop("id"),
        "lost its grade id",
    ),
}


@pytest.mark.parametrize("what", MENDED)
def test_what_was_done_to_the_cells_is_mended_and_said(what):
    change, said = MENDED[what]
    notebook, notes = handed_in(change)
    assert graded_part(notebook) == graded_part(handed_in()[0])
    assert said in " ".join(notes)


def test_the_order_of_the_cells_is_the_lessons():
    notebook, _ = handed_in(upside_down)
    assert graded_part(notebook) == graded_part(handed_in()[0])


def test_a_deleted_answer_leaves_the_empty_one():
    notebook, notes = handed_in(lambda n: n.cells.pop(1))
    assert "NotImplementedError" in notebook.cells[1].source
    assert "`double` was missing" in notes[0]


def test_a_cell_of_the_students_own_stays_where_it_was():
    helper = v4.new_code_cell("def helper(x):\n    return 2 * x")
    notebook, notes = handed_in(lambda n: n.cells.insert(1, helper))
    assert [cell.source for cell in notebook.cells][1:3] == [helper.source, ANSWER]
    assert notes == []


def test_a_changed_cell_of_the_lesson_is_not_taken():
    notebook, _ = handed_in(lambda n: n.cells[0].update(source="import os"))
    assert notebook.cells[0].source == "import numpy as np"
    assert "import os" not in v4.writes(notebook)


# Files -------------------------------------------------------------------------------------------


def refusal(content):
    with pytest.raises(Refused) as refused:
        read_cells(content)
    return str(refused.value)


def test_with_or_without_a_byte_order_mark():
    text = v4.writes(lesson())
    assert read_cells(text.encode("utf-8-sig")) == read_cells(text.encode())


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
    assert read_cells(json.dumps(old).encode())[0].source == "x = 1\ny = 2"


def test_half_a_character_does_not_stop_anything():
    cells = read_cells(b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}')
    assert v4.writes(rebuild(lesson(), LOCKED, cells)[0]).encode()
    assert cells[0].source.encode()


@pytest.mark.parametrize(
    "path", ODD_NOTEBOOKS, ids=lambda path: f"{path.parent.parent.name}/{path.name}"
)
def test_nbgraders_own_odd_notebooks_are_read_and_only_answers_are_taken(path):
    try:
        cells = read_cells(path.read_bytes())
    except Refused:
        return
    notebook, _ = rebuild(lesson(), LOCKED, cells)
    kept = [part for part in graded_part(notebook) if part[2].nbgrader.grade_id == "test_double"]
    assert kept == [part for part in graded_part(handed_in()[0]) if part[0] == "code"][1:]


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
        cells = read_cells(json.dumps(content).encode())
    except Refused:
        return
    notebook, _ = rebuild(lesson(), LOCKED, cells)
    tests = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert [(c.source, c.cell_type, c.metadata) for c in tests] == [
        (LOCKED["test_double"], "code", lesson().cells[2].metadata)
    ]
    assert v4.writes(notebook).encode()


@given(st.binary())
def test_no_bytes_stop_the_batch(content):
    with suppress(Refused):
        read_cells(content)


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
        file.truncate(LARGEST + 1)


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
    ],
)
def test_an_odd_name_is_found_and_said(folder, name):
    (folder.path / name).write_bytes(b"{}")
    with folder as opened:
        chosen, notes = choose(opened, "03_tanh", only=True)
    assert chosen == name
    assert "instead of 03_tanh.ipynb" in notes[0]


def test_of_several_the_right_name_counts_else_the_last_change(folder):
    for age, name in enumerate(["03_tanh (1).ipynb", "03_tanh (2).ipynb"]):
        (folder.path / name).write_bytes(b"{}")
        os.utime(folder.path / name, (1e9 - age, 1e9 - age))
    with folder as opened:
        assert choose(opened, "03_tanh", only=True)[0] == "03_tanh (1).ipynb"
        (folder.path / "03_tanh.ipynb").write_bytes(b"{}")
        chosen, notes = choose(opened, "03_tanh", only=True)
    assert chosen == "03_tanh.ipynb"
    assert "there were also" in notes[0]


def test_no_notebook_is_refused_with_what_there_is(folder):
    (folder.path / "essay.docx").write_bytes(b"")
    with folder as opened, pytest.raises(Refused, match=r"essay\.docx"):
        choose(opened, "03_tanh", only=True)


def test_the_timestamp_is_kept_and_links_are_not(folder):
    (folder.path / "timestamp.txt").write_text("2026-01-31 12:00:00 UTC")
    (folder.path / "secret").symlink_to("/etc/hostname")
    with folder as opened:
        assert [file.name for file in attachments(opened)] == ["timestamp.txt"]
