"""What an author meets: notebooks built from a text, and errors that name lesson and cell."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from course import HERE, Record, code, graded_cell, hidden, make_course, marked, solution

from rnn_utils.course import build as building
from rnn_utils.course_folder import CourseError

RECORDS = {"double": Record("01_tiny")}
SOURCE = "solutions/01_tiny/01_tiny.ipynb"
RELEASE = "notebooks/01_tiny/01_tiny.ipynb"


def sources(content: bytes) -> list[str]:
    return [cell.source for cell in nbformat.reads(content.decode(), as_version=4).cells]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = make_course(tmp_path, solution(), graded_cell())
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n")
    return tmp_path


def test_the_author_has_everything_and_the_learner_a_stub(course: Path) -> None:
    fresh = building.build(course, RECORDS)
    assert set(fresh) == {SOURCE, RELEASE, "notebooks/01_tiny/picture.png"}
    assert "    twice = x + x\n    return twice" in sources(fresh[SOURCE])[2]
    assert sources(fresh[SOURCE])[3] == hidden()
    assert sources(fresh[RELEASE])[2:] == [
        'def double(x):\n    """Return twice x."""\n'
        '    # YOUR CODE HERE\n    raise NotImplementedError("not done yet")',
        'check("double", double)',
    ]
    assert fresh["notebooks/01_tiny/picture.png"] == b"\x89PNG\r\n"


def test_building_changes_nothing_but_what_it_returns(course: Path) -> None:
    before = sorted(course.rglob("*"))
    building.build(course, RECORDS)
    assert sorted(course.rglob("*")) == before


def test_twice_gives_the_same_bytes_in_any_folder(course: Path, tmp_path: Path) -> None:
    fresh = building.build(course, RECORDS)
    building.write(course, fresh)
    elsewhere = tmp_path / "else where"
    shutil.copytree(course / "solutions", elsewhere / "solutions")
    shutil.copy(HERE / "nbgrader_config.py", elsewhere)
    assert building.build(elsewhere, RECORDS) == fresh


def test_cell_ids_outlive_edits_elsewhere(tmp_path: Path) -> None:
    twice = code("print(1)")
    make_course(tmp_path, twice, solution(), graded_cell(), twice)
    before = [cell.id for cell in building.read_lesson(tmp_path, "01_tiny").cells]
    make_course(
        tmp_path, code("a_new_cell = 1"), twice, solution(body="return x * 2"), graded_cell()
    )
    after = [cell.id for cell in building.read_lesson(tmp_path, "01_tiny").cells]
    assert len(set(before)) == len(before)
    assert after == [*before[:2], after[2], *before[2:5]]


def test_nothing_of_the_machine_is_in_a_notebook(course: Path) -> None:
    for name, content in building.build(course, RECORDS).items():
        if name.endswith(".ipynb"):
            assert set(json.loads(content)["metadata"]) == {"kernelspec", "language_info"}
            assert json.loads(content)["metadata"]["language_info"] == {"name": "python"}


def test_out_of_date_says_what_is_new_changed_and_gone(course: Path) -> None:
    fresh = building.build(course, RECORDS)
    assert building.out_of_date(course, fresh) == [
        f"{RELEASE}: new",
        "notebooks/01_tiny/picture.png: new",
        f"{SOURCE}: new",
    ]
    building.write(course, fresh)
    assert building.out_of_date(course, fresh) == []
    (course / RELEASE).write_text("{}", "utf-8")
    (course / "notebooks/00_old").mkdir()
    (course / "notebooks/00_old/00_old.ipynb").write_text("{}", "utf-8")
    assert building.out_of_date(course, fresh) == [
        "notebooks/00_old/00_old.ipynb: no longer made",
        f"{RELEASE}: changed",
    ]
    building.write(course, fresh)
    assert building.out_of_date(course, fresh) == []
    assert not (course / "notebooks/00_old").exists()


def test_a_course_without_lessons_builds(tmp_path: Path) -> None:
    assert building.build(tmp_path, {}) == {}


def test_graded_text_and_tasks_are_allowed(tmp_path: Path) -> None:
    essay = (
        '+++ {"nbgrader": {"cell_type": "markdown", "grade": true, "grade_id": "essay", '
        '"locked": false, "points": 5, "schema_version": 3, "solution": true, "task": false}}\n\n'
        "The model answer.\n"
    )
    task = (
        '+++ {"nbgrader": {"cell_type": "markdown", "grade": false, "grade_id": "project", '
        '"locked": true, "points": 10, "schema_version": 3, "solution": false, "task": true}}\n\n'
        "Do this.\n"
    )
    make_course(tmp_path, essay, task)
    learners = sources(building.build(tmp_path, {})[RELEASE])
    assert "The model answer." not in "".join(learners)
    assert "Do this." in "".join(learners)


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        pytest.param(
            [solution(), solution(), graded_cell()],
            "01_tiny: the grade id `double` is used 2 times",
            id="duplicated id",
        ),
        pytest.param(
            [solution(), marked(hidden(), "test_double", None, grade=True, solution=False)],
            "01_tiny: cell `test_double`: is graded, but has no points",
            id="no points",
        ),
        pytest.param(
            [solution(), marked(hidden(), "test_double", 1, schema_version=None)],
            "01_tiny: cell `test_double`: nbgrader does not accept its metadata",
            id="no schema version",
        ),
        pytest.param(
            [marked("def double(x):\n    return 2 * x", "double"), graded_cell()],
            "01_tiny: cell `double`: has no lines between `### BEGIN SOLUTION`",
            id="no solution region",
        ),
        pytest.param(
            [code("### BEGIN SOLUTION\n1\n### END SOLUTION"), solution(), graded_cell()],
            "01_tiny: cell 3 (`### BEGIN SOLUTION`): has a solution region, but is not marked",
            id="unmarked region",
        ),
        pytest.param(
            [solution(), graded_cell(), solution("triple"), graded_cell("triple")],
            "01_tiny: cell `test_triple`: rnn_utils.checks knows no exercise `triple`",
            id="unknown exercise",
        ),
        pytest.param(
            [solution(), graded_cell(points=2)],
            "01_tiny: cell `test_double`: gives 2 points, the exercise's record 1",
            id="other points",
        ),
        pytest.param(
            [solution(), marked("assert double(1) == 2", "test_double", 1)],
            '01_tiny: cell `test_double`: must read exactly\ncheck("double", double)',
            id="other test cell",
        ),
        pytest.param(
            [solution(), marked(hidden(), "checks_double", 1)],
            "01_tiny: cell `checks_double`: rnn_utils.checks knows no exercise `checks_double`",
            id="other test id",
        ),
        pytest.param(
            [graded_cell(), solution()],
            "01_tiny: cell `test_double`: no solution cell `double` stands above it",
            id="test before its exercise",
        ),
        pytest.param(
            [],
            "01_tiny: the exercise `double` of rnn_utils.checks is asked by no cell",
            id="exercise not asked",
        ),
        pytest.param(
            [
                solution(body="value = x + x  # the sum\n    twice = value\n    return twice"),
                graded_cell(),
                code("x = 1\nvalue = x + x  # the sum\ntwice = value\nreturn twice"),
            ],
            "shows the learner the solution of cell `double`",
            id="solution told elsewhere",
        ),
        pytest.param(
            [solution(), graded_cell(), code("from rnn_utils.checks import grade")],
            "`from rnn_utils.checks import grade` is left in the learner's notebook",
            id="hidden test told elsewhere",
        ),
    ],
)
def test_an_inconsistency_names_lesson_and_cell(
    tmp_path: Path, cells: list[str], complaint: str
) -> None:
    make_course(tmp_path, *cells)
    with pytest.raises(CourseError) as raised:
        building.build(tmp_path, RECORDS)
    assert complaint in str(raised.value)


def test_a_stub_line_that_is_not_in_the_solution_is_named(tmp_path: Path) -> None:
    from rnn_utils.course.consistency import check_release

    make_course(tmp_path, solution(), graded_cell())
    source = building.read_lesson(tmp_path, "01_tiny")
    release = nbformat.from_dict(json.loads(json.dumps(source)))
    release.cells[2].source = "def double(y):\n    # YOUR CODE HERE"
    assert check_release("01_tiny", source, release, "# YOUR CODE HERE")[0] == (
        "01_tiny: cell `double`: the stub's line `def double(y):` is not in the solution"
    )


def test_an_exercise_of_another_lesson_is_named(tmp_path: Path) -> None:
    make_course(tmp_path, solution(), graded_cell())
    with pytest.raises(
        CourseError, match="cell `test_double`: the exercise `double` belongs to 02_"
    ):
        building.build(tmp_path, {"double": Record("02_other")})


@pytest.mark.parametrize("stray", ["notes.txt", "01_tiny-Copy1.ipynb", "old.md", "data/x.csv"])
def test_a_stray_file_is_named_before_a_learner_gets_it(course: Path, stray: str) -> None:
    path = course / "solutions/01_tiny" / stray
    path.parent.mkdir(exist_ok=True)
    path.write_text("the solution", "utf-8")
    with pytest.raises(CourseError, match=f"01_tiny: {stray} is neither the lesson's text nor an"):
        building.build(course, RECORDS)


def test_checkpoints_are_no_stray_files(course: Path) -> None:
    (course / "solutions/01_tiny/.ipynb_checkpoints").mkdir()
    (course / "solutions/01_tiny/.ipynb_checkpoints/x.ipynb").write_text("{}", "utf-8")
    assert len(building.build(course, RECORDS)) == 3


def test_a_folder_without_its_text_is_named(tmp_path: Path) -> None:
    make_course(tmp_path).joinpath("01_tiny.md").rename(tmp_path / "solutions/01_tiny/1.md")
    with pytest.raises(CourseError, match=r"01_tiny: .*solutions/01_tiny/01_tiny.md.* is missing"):
        building.build(tmp_path, {})
