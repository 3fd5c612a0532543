"""What must hold between a lesson's cells, its exercises' records and the learner's notebook.

Each function returns one line for each problem, naming the lesson and the cell.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from nbformat import NotebookNode

TEST_CELL = """\
check("{name}", {name})
### BEGIN HIDDEN TESTS
from rnn_utils.checks import grade

grade("{name}", {name})
### END HIDDEN TESTS"""
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
NEVER_RELEASED = (
    "BEGIN SOLUTION",
    "END SOLUTION",
    "BEGIN HIDDEN TESTS",
    "END HIDDEN TESTS",
    "from rnn_utils.checks import grade",
)


#: What the course's own test cells do.
_CALLS_A_CHECK = re.compile(r"(?m)^(?:check|grade)\(")


class Exercise(Protocol):
    """What the build needs to know of an exercise."""

    @property
    def lesson(self) -> str: ...
    @property
    def points(self) -> float: ...


def check_source(
    lesson: str, notebook: "NotebookNode", exercises: Mapping[str, Exercise]
) -> list[str]:
    """Hold a lesson as its author wrote it to the exercises' records.

    Args:
        lesson: its name.
        notebook: the lesson with solutions and hidden tests.
        exercises: the records of all lessons' exercises by name.

    Returns:
        The problems; an empty list where there is none.
    """
    cells = [(_name(cell, index), cell) for index, cell in enumerate(notebook.cells, start=1)]
    ids = [_mark(cell).get("grade_id") for _, cell in cells if _mark(cell)]
    problems = [
        f"the grade id `{grade_id}` is used {count} times; give each cell its own"
        for grade_id, count in Counter(ids).items()
        if count > 1
    ]
    solved: set[str] = set()
    asked: set[str] = set()
    for name, cell in cells:
        mark = _mark(cell)
        if not mark:
            if BEGIN_SOLUTION in cell.source:
                problems.append(f"{name}: has a solution region, but is not marked as a solution")
            continue
        problems += [f"{name}: {problem}" for problem in _metadata_problems(cell)]
        if cell.cell_type == "code" and mark.get("solution") and not mark.get("grade"):
            solved.add(mark.get("grade_id", ""))
            if mark.get("grade_id") in exercises and not any(_solution_regions(cell.source)):
                problems.append(
                    f"{name}: has no lines between `{BEGIN_SOLUTION}` and `{END_SOLUTION}`, "
                    "so nothing tells what the learner is to write"
                )
        elif cell.cell_type == "code" and mark.get("grade") and not mark.get("solution"):
            exercise = str(mark.get("grade_id")).removeprefix("test_")
            if exercise not in exercises and not _CALLS_A_CHECK.search(cell.source):
                continue  # an ordinary test cell of nbgrader's
            asked.add(exercise)
            problems += [
                f"{name}: {problem}"
                for problem in _test_problems(lesson, cell, exercise, exercises)
            ]
            if exercise not in solved:
                problems.append(f"{name}: no solution cell `{exercise}` stands above it")
    problems += [
        f"the exercise `{name}` of rnn_utils.checks is asked by no cell"
        for name, record in exercises.items()
        if record.lesson == lesson and name not in asked
    ]
    return [f"{lesson}: {problem}" for problem in problems]


def check_release(
    lesson: str, source: "NotebookNode", release: "NotebookNode", stub: str
) -> list[str]:
    """Hold the learner's notebook to the author's.

    Args:
        lesson: its name.
        source: the lesson with solutions and hidden tests.
        release: what nbgrader made of it.
        stub: the lines that stand where the learner is to write.

    Returns:
        The problems; an empty list where there is none.
    """
    problems = []
    original = {cell.id: cell for cell in source.cells}
    secrets = [
        (_name(cell, index), region)
        for index, cell in enumerate(source.cells, start=1)
        for region in _solution_regions(cell.source)
    ]
    for index, cell in enumerate(release.cells, start=1):
        name = _name(cell, index)
        text = _lines(cell.source)
        problems += [
            f"{name}: `{words}` is left in the learner's notebook"
            for words in NEVER_RELEASED
            if words in cell.source
        ]
        problems += [
            f"{name}: shows the learner the solution of {owner}"
            for owner, region in secrets
            # One short line, such as `return h`, may rightly stand elsewhere.
            if len("".join(region)) >= 40 and _contains(text, region)
        ]
        if cell.cell_type == "code" and _mark(cell).get("solution") and cell.id in original:
            kept = [line for line in text if line not in _lines(stub)]
            rest = iter(_lines(original[cell.id].source))
            problems += [
                f"{name}: the stub's line `{line}` is not in the solution"
                for line in kept
                if line not in rest
            ][:1]
    return [f"{lesson}: {problem}" for problem in problems]


def _mark(cell: "NotebookNode") -> Mapping[str, Any]:
    return cell.metadata.get("nbgrader", {})


def _name(cell: "NotebookNode", index: int) -> str:
    """Say which cell is meant, in words an author finds it by."""
    if grade_id := _mark(cell).get("grade_id"):
        return f"cell `{grade_id}`"
    first = next(iter(_lines(cell.source)), "")
    return f"cell {index} (`{first[:40]}`)"


def _metadata_problems(cell: "NotebookNode") -> Iterator[str]:
    from nbgrader.nbgraderformat import MetadataValidator

    mark = _mark(cell)
    if (mark.get("grade") or mark.get("task")) and "points" not in mark:
        yield "is graded, but has no points"
        return
    try:
        MetadataValidator().validate_cell(cell)
    except Exception as error:
        yield f"nbgrader does not accept its metadata: {str(error).splitlines()[0]}"


def _test_problems(
    lesson: str, cell: "NotebookNode", exercise: str, exercises: Mapping[str, Exercise]
) -> Iterator[str]:
    mark = _mark(cell)
    record = exercises.get(exercise)
    if record is None:
        yield f"rnn_utils.checks knows no exercise `{exercise}`"
        return
    if mark.get("grade_id") != f"test_{exercise}":
        yield f"its grade id must be `test_{exercise}`"
    if record.lesson != lesson:
        yield f"the exercise `{exercise}` belongs to {record.lesson}"
    if "points" in mark and float(mark["points"]) != record.points:
        yield f"gives {mark['points']:g} points, the exercise's record {record.points:g}"
    expected = TEST_CELL.format(name=exercise)
    if cell.source.strip() != expected:
        yield f"must read exactly\n{expected}"


def _lines(source: str) -> list[str]:
    """Strip indentation and empty lines, which do not matter to what a text says."""
    return [line.strip() for line in source.splitlines() if line.strip()]


def _solution_regions(source: str) -> Iterator[list[str]]:
    region: list[str] | None = None
    for line in _lines(source):
        if BEGIN_SOLUTION in line:
            region = []
        elif END_SOLUTION in line:
            if region:
                yield region
            region = None
        elif region is not None:
            region.append(line)


def _contains(text: Sequence[str], part: Sequence[str]) -> bool:
    starts = range(len(text) - len(part) + 1)
    return any(text[start : start + len(part)] == part for start in starts)
