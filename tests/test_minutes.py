"""How long a lesson takes is counted, and stated where a learner reads it."""

import pytest
from course import code as cell
from course import make_course, marked, solution

from rnn_utils.course import build as building
from rnn_utils.course.minutes import Minutes, count, state, words

PAGE = "one two three four " * 50  # 200 words
EXERCISE = "### Exercise 1.1 · `double`\n\n**Difficulty** ●○○ · **7 minutes** · **1 point**\n"


def counted(tmp_path, *parts):
    make_course(tmp_path, *parts)
    return count(building.read_lesson(tmp_path, "01_tiny"))


def test_prose_code_exercises_and_plays_have_their_minutes(tmp_path):
    lines = "\n".join(f"x = {k}" for k in range(24))
    core, optional = counted(
        tmp_path,
        PAGE,
        cell(f"import numpy as np\nfrom math import (\n    pi,\n    tau,\n)\n\n{lines}"),
        f"{EXERCISE}\n{PAGE}\n\n<details><summary>First hint</summary>\n\n{PAGE}\n\n</details>",
        solution(),
        marked('check("double", double)', "test_double", points=1),
        PAGE,
        cell("memory_slider()"),
    )
    assert optional == Minutes()
    assert core.prose == pytest.approx(2, abs=0.05)
    assert core.code == pytest.approx(2, abs=0.1)
    assert core.exercises == 7
    assert core.plays == 4


def test_what_is_optional_is_counted_apart_up_to_the_next_heading_of_its_level(tmp_path):
    core, optional = counted(
        tmp_path,
        f"## A\n\n{PAGE}",
        f"## B (optional)\n\n{PAGE}",
        f"### B in detail\n\n{PAGE}",
        cell("\n".join(["x = 1"] * 12)),
        f"## C\n\n{PAGE}",
    )
    assert optional.prose == pytest.approx(2, abs=0.05)
    assert optional.code == 1
    assert core.prose == pytest.approx(2, abs=0.05)
    assert core.code == 0


def test_a_heading_in_a_listing_is_none(tmp_path):
    core, optional = counted(tmp_path, f"## A\n\n```python\n# x (optional)\n```\n\n{PAGE}")
    assert optional == Minutes()
    assert core.prose > 0.9


def test_questions_are_read_too(tmp_path):
    core, _ = counted(tmp_path, cell('predict("07/ways")'), cell('quiz("07")'))
    assert core.prose > 1
    assert core.plays == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("one, two — three", 3),
        ("[two words](../01_tiny/01_tiny.ipynb)", 2),
        ("a $W_{hh} h_t + b$ c", 3),
        ("a\n\n$$x\n=\ny$$", 11),
        ("<b>one</b> | two |", 2),
    ],
)
def test_words_are_counted_as_they_are_read(text, number):
    assert words(text) == number


def test_a_build_states_the_minutes_in_header_rows_and_readme(tmp_path):
    link = "01_tiny/01_tiny.ipynb"
    header = "**Time** about 75 minutes · **builds on** nothing"
    make_course(
        tmp_path,
        header,
        f"| [01 Tiny](../{link}) | doubling | 50 |",
        PAGE * 10,
        f"## X (optional)\n\n{PAGE * 5}",
    )
    (tmp_path / "README.md").write_text(f"| 01 | [Tiny](notebooks/{link}) | 75 | a thing |\n")
    fresh = building.build(tmp_path, {})
    building.write(tmp_path, fresh)
    text = (tmp_path / "solutions/01_tiny/01_tiny.md").read_text("utf-8")
    assert "**Time** about 10 minutes (optional parts: 5 more) · **builds on**" in text
    assert f"| [01 Tiny](../{link}) | doubling | 10 |" in text
    assert f"[Tiny](notebooks/{link}) | 10 |" in (tmp_path / "README.md").read_text("utf-8")
    assert "about 10 minutes" in fresh["notebooks/01_tiny/01_tiny.ipynb"].decode()
    assert building.out_of_date(tmp_path, building.build(tmp_path, {})) == []


def test_a_row_that_links_elsewhere_is_left():
    row = "| [x](../02_other/02_other.ipynb) | 75 |"
    assert state(row, {"01_tiny": (Minutes(), Minutes())}, None) == row
