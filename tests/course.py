"""A tiny course in a folder of its own, for the tests of building and opening."""

import shutil
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parents[1]

HEADER = """\
---
jupytext:
  formats: md:myst,ipynb
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---
"""


@dataclass(frozen=True)
class Record:
    """What the build needs to know of an exercise."""

    lesson: str
    points: float = 1.0


def code(source: str) -> str:
    return f"```{{code-cell}} ipython3\n{source.strip()}\n```\n"


def marked(source: str, grade_id: str, points: float | None = None, **changes: object) -> str:
    """Write a cell with nbgrader's metadata: a test cell where there are points."""
    test = points is not None
    mark = {
        "cell_type": "code",
        "grade": test,
        "grade_id": grade_id,
        "locked": test,
        "points": points,
        "schema_version": 3,
        "solution": not test,
        "task": False,
    } | changes
    lines = [f"  {key}: {str(value).lower()}" for key, value in mark.items() if value is not None]
    return code("\n".join(["---", "nbgrader:", *lines, "---", source.strip()]))


def solution(name: str = "double", body: str = "twice = x + x\n    return twice") -> str:
    return marked(
        f'def {name}(x):\n    """Return twice x."""\n'
        f"    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION",
        name,
    )


def hidden(name: str = "double") -> str:
    return (
        f'check("{name}", {name})\n### BEGIN HIDDEN TESTS\nfrom rnn_utils.checks import grade\n\n'
        f'grade("{name}", {name})\n### END HIDDEN TESTS'
    )


def graded_cell(name: str = "double", points: float = 1) -> str:
    return marked(hidden(name), f"test_{name}", points)


LESSON = ["# A lesson\n\nWith é and ∂.\n", code("from rnn_utils.checks import check")]


def make_course(root: Path, *cells: str, lesson: str = "01_tiny") -> Path:
    """Write a lesson's text below `root`, with the settings of the real course."""
    folder = root / "solutions" / lesson
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "nbgrader_config.py", root)
    (folder / f"{lesson}.md").write_text("\n".join([HEADER, *LESSON, *cells]), "utf-8")
    return folder
