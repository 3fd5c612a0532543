"""The index of the site's search is one of the lessons' sections, and of each lesson's main ones."""

import re
from pathlib import Path

import pytest

from rnn_utils.course import build
from rnn_utils.course.site.search import ASIDE, Section, asked, entry

ROOT = Path(__file__).parents[1]
LESSONS = build.lessons(ROOT)
CODE = re.compile(r"^```.*?^```", re.M | re.S)


def titles(lesson: str) -> list[str]:
    text = (ROOT / "solutions" / lesson / f"{lesson}.md").read_text("utf-8")
    return re.findall(r"^#{1,3} (.+)$", CODE.sub("", text), re.M)


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_index_names_sections_that_there_are_and_most_of_them(lesson: str) -> None:
    known = {title for number, title in asked() if number == lesson[:2]}
    there = titles(lesson)
    assert known <= set(there), "a title of search_words.toml is no longer in the lesson"
    main = [t for t in there[1:] if not ASIDE.search(t) and t not in ("A worked example",)]
    assert len(known & set(main)) >= len(main) / 3


def test_a_section_has_its_phrases_whatever_its_quotes_look_like() -> None:
    section = Section("01_state_equation.html#x", "What comes after “the”?", (), "", "")
    assert "context" in entry(section)["asked"]
    assert entry(section)["worth"] == 1
    aside = Section("05_forward_pass.html#x", "Exercise 5.1 · rnn_forward", ("05",), "", "")
    assert entry(aside)["asked"] == []
    assert entry(aside)["worth"] < 1
