"""Lessons are run again when something changes that their results depend on, and only then."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from rnn_utils.course import execute as executing
from rnn_utils.course.execute import execute
from rnn_utils.course_folder import CourseError

CODE = "from rnn_utils.questions.read import questions\nsorted(questions('07'))"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}


def lesson(*cells):
    return new_notebook(cells=list(cells), metadata=KERNEL)


def outputs(notebook):
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A lesson that was run once, the folder with what came out, and a copy of the package."""
    place = tmp_path_factory.mktemp("kept")
    ran = lesson(new_code_cell(CODE))
    execute({"07": ran}, place / "kept")
    assert "ways" in outputs(ran)[0][0].data["text/plain"]
    skip = shutil.ignore_patterns("__pycache__", "static")
    return ran, place / "kept", shutil.copytree(executing.PACKAGE, place / "package", ignore=skip)


@pytest.fixture
def runs(done, monkeypatch):
    """A function that says whether a notebook would be run, in the package's copy."""
    _, keep, copy = done
    monkeypatch.setattr(executing, "PACKAGE", copy)

    def execution(name, notebook, kept):
        raise CourseError("it would be run")

    monkeypatch.setattr(executing, "_run", execution)

    def would_run(notebook):
        try:
            execute({"07": notebook}, keep)
        except CourseError:
            return True
        return False

    return would_run


def test_what_is_said_between_the_cells_changes_no_result(done, runs):
    again = lesson(new_markdown_cell("New words."), new_code_cell(CODE, metadata={"tags": ["new"]}))
    assert not runs(again)
    assert outputs(again) == outputs(done[0])
    assert again.metadata == done[0].metadata  # by which pages highlight code


def test_another_line_of_code_is_run(runs):
    assert runs(lesson(new_code_cell(CODE + "[:2]")))


@pytest.mark.parametrize(
    ("file", "matters"),
    [
        ("questions/read.py", True),
        ("questions/lesson_07.toml", True),
        ("cells/rnn.py", True),  # `import rnn_utils` loads it
        ("questions/lesson_08.toml", False),
        ("widgets/js/neuron.js", False),
        ("course/site/pages.py", False),
        ("figures/lesson_07.py", False),
        ("grading/run/pool.py", False),
    ],
)
def test_a_file_of_the_package_matters_to_a_lesson_that_read_it(done, runs, file, matters):
    path = done[2] / file
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    try:
        assert runs(lesson(new_code_cell(CODE))) == matters
    finally:
        path.write_bytes(before)


def test_a_file_that_was_read_and_is_gone_matters(done, runs):
    path = done[2] / "questions" / "lesson_07.toml"
    path.rename(path.with_suffix(".aside"))
    try:
        assert runs(lesson(new_code_cell(CODE)))
    finally:
        path.with_suffix(".aside").rename(path)


def test_another_version_of_what_a_lesson_computes_with_matters(done, runs, monkeypatch):
    assert not runs(lesson(new_code_cell(CODE)))
    monkeypatch.setattr(executing.metadata, "version", lambda name: "0")
    assert runs(lesson(new_code_cell(CODE)))


def test_a_damaged_file_of_results_is_no_result(done, runs):
    path: Path = done[1] / "07.json"
    before = path.read_text("utf-8")
    for damaged in ("", "[]", "{}", before[: len(before) // 2], json.dumps({"code": 1})):
        path.write_text(damaged, "utf-8")
        try:
            assert runs(lesson(new_code_cell(CODE)))
        finally:
            path.write_text(before, "utf-8")


def test_outputs_are_notebook_outputs_again(done, runs):
    again = lesson(new_code_cell(CODE))
    runs(again)
    nbformat.validate(again)
