"""Folding hides what fetches, prints and draws, and nothing that carries an idea."""

import ast
import json
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from rnn_utils.course import build
from rnn_utils.course.site.cells import as_page, runnable
from rnn_utils.course.site.folding import cut, showing

ROOT = Path(__file__).parents[1]
LESSONS = build.lessons(ROOT)


def plain_cells(lesson):
    notebook = build.read_lesson(ROOT, lesson)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell.source for cell in code if not cell.metadata.get("nbgrader")], showing(
        cell.source for cell in code
    )


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_pieces_of_a_cell_are_the_cell_and_its_definitions_are_open(lesson):
    cells, shown = plain_cells(lesson)
    for source in cells:
        pieces = cut(source, shown)
        assert "\n".join(piece for piece, _ in pieces) == source
        for piece, folded in pieces:
            if folded:
                kinds = (ast.FunctionDef, ast.ClassDef, ast.While, ast.AugAssign)
                hidden = ast.walk(ast.parse(piece))
                assert not [node for node in hidden if isinstance(node, kinds)], piece


def test_a_good_part_of_the_course_is_folded_and_a_good_part_open():
    lines = {True: 0, False: 0}
    for lesson in LESSONS:
        cells, shown = plain_cells(lesson)
        for source in cells:
            for piece, folded in cut(source, shown):
                lines[folded] += piece.count("\n") + 1
    assert 0.3 < lines[True] / sum(lines.values()) < 0.7


def test_a_question_is_asked_without_its_line_of_code(tmp_path):
    source = "y = x + 1\n\n\npredict('08/one')"
    first, asked = page_of(tmp_path, new_code_cell(source, outputs=[html("asked")]))
    assert first.source == "y = x + 1"
    assert asked.metadata.tags == ["remove-input"]
    assert len(asked.outputs) == 1
    [alone] = page_of(tmp_path, new_code_cell("quiz('08')", outputs=[html("asked")]))
    assert alone.metadata.tags == ["remove-input"]


def page_of(tmp_path, *cells):
    return as_page(runnable(new_notebook(cells=list(cells))), None, tmp_path).cells


def html(text):
    return new_output("display_data", {"text/html": text})


def test_a_result_is_veiled_by_the_key_of_its_prediction_and_its_code_split_once(tmp_path):
    source = "h = 2 * x\n\nfigures.a(h)\nfigures.b(h)\nfigures.c(h)\nreveal('03/size')"
    imports = new_code_cell("from rnn_utils.widgets import reveal")
    cell = new_code_cell(source, outputs=[html("<b>it</b>"), html("r")])
    folded, first, last = page_of(tmp_path, imports, cell)
    assert "hide-input" in folded.metadata.tags
    assert (first.outputs, len(last.outputs)) == ([], 2)
    assert "veil-03-size" in last.metadata.tags
    assert "hide-input" in last.metadata.tags
    assert "hide-input" not in first.metadata.get("tags", [])
    assert first.id != last.id


def test_questions_are_sealed_and_pictures_become_files(tmp_path):
    payload = json.dumps({"traits": {"questions": [{"after": "the answer"}]}})
    asked = f'<div data-widget="questions"><script type="application/json">{payload}</script></div>'
    picture = '<img alt="a" src="data:image/svg+xml;base64,PHN2Zy8+">'
    [cell] = page_of(tmp_path, new_code_cell("x = 1", outputs=[html(asked), html(picture)]))
    sealed, drawn = (output.data["text/html"] for output in cell.outputs)
    assert "the answer" not in sealed
    [file] = tmp_path.iterdir()
    assert file.read_text() == "<svg/>"
    assert f'src="_images/{file.name}"' in drawn
