"""Predictions and the quiz: each is asked once, gives nothing away, and says why."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from rnn_utils import widgets
from rnn_utils.course import build as building
from rnn_utils.questions import read
from rnn_utils.questions.read import Question, questions
from rnn_utils.widgets import questions as views

ROOT = Path(__file__).parents[1]
LESSONS = building.lessons(ROOT)
EVERY = [question for lesson in LESSONS for question in questions(lesson[:2]).values()]
each_lesson = pytest.mark.parametrize("lesson", LESSONS)


def asked_in(lesson: str) -> list[tuple[str, str]]:
    """Every view that ends a cell of the lesson, with what it is given, in the lesson's order."""
    found = []
    for cell in building.read_lesson(ROOT, lesson).cells:
        if cell.cell_type != "code" or not re.search(
            r"\b(predict|reveal|quiz|sum_up)\(", cell.source
        ):
            continue
        last = ast.parse(cell.source).body[-1]
        assert isinstance(last, ast.Expr), f"{lesson}: the question is not shown in\n{cell.source}"
        assert isinstance(last.value, ast.Call)
        called, (given,) = ast.unparse(last.value.func), last.value.args
        assert isinstance(given, ast.Constant)
        found.append((called, str(given.value)))
    return found


@each_lesson
def test_a_lesson_asks_each_of_its_questions_once_and_reveals_it_later(lesson: str) -> None:
    number = lesson[:2]
    keys = [q.key for q in questions(number).values() if q.kind == "prediction"]
    asked = asked_in(lesson)
    assert Counter(asked) == Counter(
        [(view, key) for key in keys for view in ("predict", "reveal")]
        + [("quiz", number), ("sum_up", number)]
    )
    assert keys
    for key in keys:
        assert asked.index(("predict", key)) < asked.index(("reveal", key))
    assert asked.index(("quiz", number)) < asked.index(("sum_up", number))


@each_lesson
def test_a_quiz_has_three_to_six_questions_and_one_goes_back(lesson: str) -> None:
    quiz = [q for q in questions(lesson[:2]).values() if q.kind == "quiz"]
    assert 3 <= len(quiz) <= 6
    back = [q.recalls for q in quiz if q.recalls]
    assert len(back) == (lesson[:2] > "00"), "one question goes back to an earlier lesson"
    assert all(recalled < lesson[:2] for recalled in back)


@each_lesson
def test_every_answer_has_its_reason(lesson: str) -> None:
    for question in questions(lesson[:2]).values():
        silent = [choice.text for choice in question.choices if not choice.says]
        assert not silent or (question.kind == "prediction" and question.after), question.key


@each_lesson
def test_no_answer_stands_in_the_notebook(lesson: str) -> None:
    source = "\n".join(cell.source for cell in building.read_lesson(ROOT, lesson).cells)
    for question in questions(lesson[:2]).values():
        for said in [question.after, *(choice.says for choice in question.choices)]:
            assert not said or said not in " ".join(source.split()), question.key


@pytest.mark.parametrize("kind", ["prediction", "quiz"])
def test_the_right_answer_stands_anywhere(kind: str) -> None:
    asked = [q for q in EVERY if q.kind == kind and len(q.choices) >= 3]
    first, last = (sum(q.choices[k].right for q in asked) for k in (0, -1))
    for place in (first, last, len(asked) - first - last):
        assert 0.2 < place / len(asked) < 0.6


@pytest.mark.parametrize("kind", ["prediction", "quiz"])
def test_the_right_answer_is_not_told_by_its_length(kind: str) -> None:
    asked = [q for q in EVERY if q.kind == kind and q.choices]
    longest = [
        q.key
        for q in asked
        if next(len(c.text) for c in q.choices if c.right)
        > max(len(c.text) for c in q.choices if not c.right)
    ]
    assert len(longest) <= len(asked) / 3, f"{len(longest)} of {len(asked)}: {longest}"


def shown(widget: views.Questions) -> str:
    return widget._repr_mimebundle_()[0]["text/html"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(views, "_guessed", {})
    return tmp_path


def test_a_guess_is_kept_and_found_again_another_day(here, monkeypatch):
    question = read.question("07/ways", "prediction")
    chosen = question.choices[-1].text
    first = widgets.predict("07/ways")
    assert first.guesses == {}
    assert not list(here.iterdir())  # nothing is written before the learner chooses
    first.guesses = {"07/ways": chosen}
    monkeypatch.setattr(views, "_guessed", {})  # another day
    for view in (widgets.predict("07/ways"), widgets.reveal("07/ways"), widgets.sum_up("07")):
        assert view.guesses == {"07/ways": chosen}
    assert widgets.quiz("07").guesses == {}


@pytest.mark.parametrize("left", ["no such choice", 3, [], {"a": 1}])
def test_a_guess_that_is_no_choice_any_more_is_forgotten(here, left):
    widgets.predict("07/ways").guesses = {"07/ways": left}
    assert widgets.predict("07/ways").guesses == {}


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"07/ways": 1'])
def test_a_damaged_file_of_guesses_is_no_guess(here, text):
    (here / "guesses.json").write_text(text)
    assert widgets.predict("07/ways").guesses == {}


def test_a_guess_lasts_as_long_as_the_kernel_where_nothing_can_be_written(here):
    (here / "guesses.json").mkdir()  # a file of that name cannot be written now
    chosen = read.question("07/ways", "prediction").choices[0].text
    widgets.predict("07/ways").guesses = {"07/ways": chosen}
    assert widgets.reveal("07/ways").guesses == {"07/ways": chosen}


def test_a_prediction_is_sent_without_its_answer(here):
    question = read.question("07/ways", "prediction")
    assert question.after
    assert "right" not in str(widgets.predict("07/ways").questions[0].keys())
    assert views._html(question.after) not in shown(widgets.predict("07/ways"))


def test_a_number_can_be_the_answer():
    entry = {
        "kind": "prediction",
        "text": "How many?",
        "low": 0,
        "high": 20,
        "right": 7,
        "close": 1,
    }
    question = read._question("07", "many", entry)
    asked = views._as_data(question, answers=False)
    assert asked["number"] == {"low": 0, "high": 20, "unit": ""}
    assert views._possible(question, 0.0)
    assert not views._possible(question, 21)


CHOICES = [{"text": "one", "right": True}, {"text": "two"}]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"kind": "guess", "choices": CHOICES}, "kind should be"),
        ({"kind": "quiz"}, "either choices, or low"),
        ({"kind": "quiz", "choices": CHOICES, "low": 1}, "either choices, or low"),
        ({"kind": "quiz", "choices": [{"text": "one"}, {"text": "two"}]}, "exactly one choice"),
        ({"kind": "quiz", "choices": [*CHOICES, *CHOICES[1:]]}, "a text of its own"),
        ({"kind": "quiz", "text": "?", "choices": [{"text": "a", "why": "so"}]}, "it has no why"),
        ({"kind": "quiz", "choices": [{"right": True}, {"text": "b"}]}, "text is missing"),
        (
            {"kind": "prediction", "text": "?", "low": 0.0, "right": 1.0, "close": 1.0},
            "high is missing",
        ),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_by_name(entry, words):
    with pytest.raises(ValueError, match=words) as refused:
        read._question("07", "ways", {"text": "Which?", **entry})
    assert "lesson_07.toml, [ways]" in str(refused.value)


def test_a_question_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="ways"):
        widgets.predict("07/way")
    with pytest.raises(ValueError, match="lesson '99'"):
        widgets.quiz("99")


def test_formulas_and_code_are_shown_as_such():
    html = views._html("`W_hh` turns $h_{t-1}$ into <b>less</b> than *1*")
    assert "<code>W_hh</code>" in html
    assert "<msub>" in html
    assert "<em>1</em>" in html
    assert "<b>" not in html


@pytest.mark.parametrize("question", EVERY, ids=lambda question: question.key)
def test_every_formula_of_a_question_can_be_shown(question: Question) -> None:
    told = views._as_data(question, answers=True)
    words = re.sub(
        r"<code>.*?</code>", "", str(told["text"]) + str(told["choices"]) + told["after"]
    )
    shown = re.sub(r"'value': .*?, 'text'", "", words)
    assert "$" not in shown, "a formula is not closed"
    assert "\\\\" not in shown, "a command that MathML does not know"
