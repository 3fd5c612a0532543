"""Settings of every test."""

import os

import pytest
from hypothesis import settings

# As `rnn-course` does: matrices of a lesson's size are multiplied faster by one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

#: Ten thousand examples of what is drawn, with `--hypothesis-profile nightly`.
settings.register_profile("nightly", max_examples=10_000, deadline=None)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a quarter of the time tests wait, for a browser most of all."""
    return (os.cpu_count() or 1) + 1


#: What takes a browser, a class, whole lessons, or every exercise with every mistake. The rest is for the
#: working day: `pytest -m "not slow"`.
SLOW = frozenset(
    f"test_{name}.py"
    for name in (
        *("our_solution", "browser", "drawings", "formgrader", "in_browser", "lessons"),
        *("open", "progress", "puzzles", "questions", "site", "static", "widgets"),
        *(
            "archives",
            "attacks",
            "autograde_links",
            "borders",
            "classroom",
            "collected",
            "edited_notebooks",
            "feedback",
            "grade",
        ),
        *("grade_cluster", "grade_postgresql", "graded_apart", "handed_in_kinds", "integrity"),
        *(
            "hostile_pages",
            "jail",
            "jupyterhub",
            "nbgrader",
            "ordinary_lesson",
            "own_version",
            "routes",
            "standing",
            "teaching",
            "repeated_ids",
        ),
        *(
            "contracts",
            "every_python",
            "graders",
            "mutants",
            "page_exercises",
            "wire",
            "wrong_answers",
        ),
    )
)


#: What takes minutes, the longest first, so that at the end no worker is left alone with a long file.
LONGEST = [
    f"test_{name}.py"
    for name in (
        *("site", "browser", "lessons", "graders", "graded_apart", "handed_in_kinds", "mutants"),
        *("nbgrader", "teaching", "page_exercises", "jail", "attacks", "classroom"),
        *("jupyterhub", "edited_notebooks", "grade", "grade_cluster", "ordinary_lesson", "routes"),
        *("borders", "formgrader", "feedback", "open", "contracts", "quality"),
    )
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))
    for item in items:
        if item.path.name in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests of a file."""
    from browser import chromium  # Playwright, which few files need

    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def executor():
    """One executor of notebooks, with its prepared processes, for all tests that do nothing to those."""
    from rnn_utils.grading.sandbox.two_processes import Executor

    with Executor() as started:
        yield started
