"""After solving or giving up, a learner sees the course's solution; it is folded until then."""

import re

import pytest

from rnn_utils import checks
from rnn_utils.cells.rnn import rnn_step
from rnn_utils.checks.framework import our_solution


def mine(x_t, h_prev, W_xh, W_hh, b_h):
    """My own words."""
    return rnn_step(x_t, h_prev, W_xh, W_hh, b_h)  # <mine>


def test_a_right_answer_is_shown_beside_ours():
    html = our_solution.as_html(checks.exercise("rnn_step"), mine, passed=True)
    assert html.startswith("<details><summary>Compare yours with ours")
    assert "&lt;mine&gt;" in html
    assert "My own words" not in html
    assert "W_hh.T" in html


def test_after_giving_up_only_ours_is_shown():
    html = our_solution.as_html(checks.exercise("rnn_step"), mine, passed=False)
    assert html.startswith("<details><summary>I give up")
    assert "mine" not in html
    assert "W_hh.T" in html


@pytest.mark.parametrize("name", checks.exercises())
def test_every_exercise_has_a_solution_without_marks_of_the_build(name, tmp_path, monkeypatch):
    record = checks.exercise(name)
    shown = our_solution.solution_of(record)
    assert re.search(rf"^(def {name}\(|{name} = )", shown, re.M)
    assert "###" not in shown
    assert '"""' not in shown
    monkeypatch.setattr(
        our_solution, "course_root", lambda: tmp_path
    )  # a wheel without the lessons
    assert our_solution.solution_of(record)


def test_a_function_without_source_is_no_error():
    assert our_solution.as_html(checks.exercise("rnn_step"), eval("lambda *a: 1"), passed=True)


def test_the_panel_of_a_check_has_it_and_the_hidden_grade_has_not(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(checks, "_show", lambda verdict, stage, folded: shown.append(folded))
    checks.check("rnn_step", mine)
    checks.grade("rnn_step", mine)
    assert "<details>" in shown[0]
    assert shown[1] == ""
