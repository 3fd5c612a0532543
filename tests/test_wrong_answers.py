"""Answers that are wrong in one respect only, which a check has to reach to refuse them."""

from importlib import import_module
from pathlib import Path

import pytest

from rnn_utils.checks import exercise, judge
from rnn_utils.checks.framework.answer_holders import holding

JUDGING = import_module("rnn_utils.checks.framework.judge")
WRONG = {
    name: answers
    for path in sorted((Path(__file__).parent / "wrong_answers").glob("lesson_*.py"))
    for name, answers in import_module(f"wrong_answers.{path.stem}").WRONG_ANSWERS.items()
}


@pytest.mark.parametrize("stage", ["visible", "hidden"])
@pytest.mark.parametrize(
    ("name", "answer"),
    [pytest.param(n, a, id=f"{n}: {a.__name__}") for n, answers in WRONG.items() for a in answers],
)
def test_what_is_wrong_in_one_respect_does_not_get_full_marks(name, answer, stage):
    record = exercise(name)
    for one in JUDGING._try_all(record, answer, stage, record.cases, holding(record)):
        assert not one.outcome.called, "refused for what it calls"
        if not one.ok:
            return
    assert not judge(record, answer, stage).passed, answer.__doc__


@pytest.mark.parametrize("square", [lambda h: 1 - h ^ 2, lambda h: 1 - float(h.flat[0]) ^ 2])
def test_a_caret_for_a_power_is_named(square):
    assert "`**`" in judge(exercise("tanh_derivative"), square).message.replace("h**2", "**")
