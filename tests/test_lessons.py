"""Every lesson runs, solved and unsolved, is built from its text, and has the curriculum's shape."""

import json
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from browser import chromium_path
from executed import assert_unsolved_ran, is_test, solved

from rnn_utils import checks, claims
from rnn_utils.course import build as building
from rnn_utils.course.claims import of_notebook
from rnn_utils.course.execute import execute
from rnn_utils.course.minutes import count

ROOT = Path(__file__).parents[1]
LESSONS = building.lessons(ROOT)
each_lesson = pytest.mark.parametrize("lesson", LESSONS)


HINTS = ["First hint: where to look", "Second hint: the next line", "Third hint: the plan"]

KEPT_CLAIMS = json.loads(claims.KEPT.read_text("utf-8"))


def but_for_numbers(row: dict[str, str]) -> dict[str, str]:
    """What an experiment said, without the digits, in which two machines may differ."""
    return {name: re.sub(r"\d[\d.]*(e[+-]?\d+)?", "#", value) for name, value in row.items()}


def test_every_claim_was_put_to_the_test() -> None:
    assert {row["key"] for row in KEPT_CLAIMS} == claims.CLAIMS.keys()


@each_lesson
def test_a_solved_lesson_runs_and_gets_full_points(lesson: str) -> None:
    notebook = solved(lesson)
    for cell in filter(is_test, notebook.cells):
        results = [
            out.data["text/plain"] for out in cell.outputs if out.output_type == "execute_result"
        ]
        mark = cell.metadata.nbgrader
        assert results == [repr(float(mark.points))], f"{lesson}, cell `{mark.grade_id}`"
    found = [but_for_numbers(row) for row in of_notebook(lesson, notebook)]
    kept = [but_for_numbers(row) for row in KEPT_CLAIMS if row["lesson"] == lesson]
    assert found == kept, "run `rnn-course claims`"


@pytest.mark.skipif(chromium_path() is not None, reason="test_browser runs it, in JupyterLab")
@each_lesson
def test_an_unsolved_lesson_runs_to_its_end(lesson: str) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    execute({lesson: notebook})
    assert_unsolved_ran(notebook, lesson)


def test_the_notebooks_are_what_a_fresh_build_makes() -> None:
    changes = building.out_of_date(ROOT, building.build(ROOT))
    assert not changes, "run `rnn-course build`:\n" + "\n".join(changes)


@cache
def prose(lesson: str) -> str:
    cells = building.read_lesson(ROOT, lesson).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def section(lesson: str, heading: str) -> str:
    """Cut out what stands under a heading, up to the next one of its level or above."""
    found = re.search(rf"^(#+) {heading}.*?(?=^#{{1,2}} |\Z)", prose(lesson), re.M | re.S)
    assert found, f"{lesson} has no section `{heading}`"
    return found[0]


@each_lesson
def test_a_lesson_says_what_it_takes_and_gives(lesson: str) -> None:
    top = prose(lesson).split("\n## ")[0]
    assert top.startswith(f"# {lesson[:2]} "), "the title begins with the lesson's number"
    assert re.search(r"\*\*Time\*\* .*\d+ minutes", top)
    assert "builds on" in top.lower()
    promise = re.split(r"you will be able to", top, flags=re.I)
    assert len(promise) == 2, "the objectives follow `you will be able to`"
    assert 2 <= len(re.findall(r"^- ", promise[1], re.M)) <= 4


@each_lesson
def test_a_number_at_the_start_of_a_line_begins_a_list_only_where_one_is_meant(lesson: str) -> None:
    lines = prose(lesson).splitlines()
    stray = []
    for k, line in enumerate(lines):
        found = re.match(r"(\s*)(\d+)[.)] ", line)
        if found is None or not lines[k - 1].strip():
            continue
        block = []
        while (before := lines[k - 1 - len(block)]).strip():
            block.append(before)
        if not any(re.match(rf"{found[1]}{int(found[2]) - 1}[.)] ", above) for above in block):
            stray.append(line)
    assert not stray, "a sentence's number would be shown as a list's; break the line elsewhere"


@each_lesson
def test_each_exercise_has_its_difficulty_minutes_points_and_folded_hints(lesson: str) -> None:
    records = {name: r for name, r in checks.exercises().items() if r.lesson == lesson}
    text = re.split(r"^### Exercise ", prose(lesson), flags=re.M)[1:]
    exercises = [re.split(r"^#{2,3} ", part, maxsplit=1, flags=re.M)[0] for part in text]
    named = {}
    for number, exercise in enumerate(exercises, start=1):
        heading = re.match(rf"{int(lesson[:2])}\.{number} · `(\w+)`\n", exercise)
        assert heading, f"`### Exercise {exercise.splitlines()[0]}` in {lesson}"
        name = heading[1]
        facts = re.search(
            r"\*\*Difficulty\*\* [●○]{3} · \*\*\d+ minutes\*\* · \*\*([\d.]+) points?\*\*", exercise
        )
        assert facts, f"{lesson}, `{name}`: difficulty, minutes and points"
        named[name] = float(facts[1])
        hints = re.findall(
            r"<details><summary>(.*?)</summary>\n\n.+?\n\n</details>", exercise, re.S
        )
        assert hints == HINTS, f"{lesson}, `{name}`"
    points = {name: record.points for name, record in records.items()}
    assert named == points, "each exercise of the lesson's records has its `### Exercise …`"


@each_lesson
def test_a_lesson_ends_with_what_was_built_and_further_reading(lesson: str) -> None:
    built = section(lesson, "What you built")
    assert "What comes next" in built
    assert re.search(r"\(\d{4}\), \*", section(lesson, "Further reading")), "author (year), *title*"


@each_lesson
def test_the_readme_lists_the_lesson_with_its_title_and_minutes(lesson: str) -> None:
    title = re.search(r"^# \d\d · (.+)$", prose(lesson), re.M)
    minutes = re.search(r"\*\*Time\*\* about (\d+) minutes", prose(lesson))
    assert title
    assert minutes
    link = f"[{title[1]}](notebooks/{lesson}/{lesson}.ipynb) | {minutes[1]} |"
    assert link in (ROOT / "README.md").read_text("utf-8")


@each_lesson
def test_the_core_of_a_lesson_takes_an_hour_at_most(lesson: str) -> None:
    core, _ = count(building.read_lesson(ROOT, lesson))
    assert core.total <= 60, "mark what can be skipped without loss as (optional) in its heading"
