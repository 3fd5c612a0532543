"""The project of lesson 19 as an instructor marks it: in nbgrader's formgrader, in a real browser."""

import shutil
import subprocess
from pathlib import Path

import pytest
import warm
from browser import TOKEN, chromium, chromium_path, lab
from nbgrader.api import Gradebook

from rnn_utils.grading.sandbox.execute import available_layers

ROOT = Path(__file__).parents[1]
LESSON = "19_project"
PARTS = [f"project_{part}" for part in ("question", "audit", "experiment", "limits", "reruns")]

pytestmark = pytest.mark.skipif(
    chromium_path() is None or not available_layers(),
    reason="needs Chromium or Chrome, and a jail",
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which Ada has handed in her project, and it was graded."""
    folder = tmp_path_factory.mktemp("formgrader") / "course"
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name / LESSON, folder / name / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    handed_in = folder / "submitted" / "ada" / LESSON
    handed_in.mkdir(parents=True)
    shutil.copy(folder / "solutions" / LESSON / f"{LESSON}.ipynb", handed_in)
    for name, *arguments in (
        ["nbgrader", "generate_assignment", LESSON, "--force"],
        ["rnn-course", "class", "grade", LESSON],
    ):
        command = [*warm.command(name), *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_five_parts_wait_for_a_mark_and_take_one(course: Path) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        [notebook] = book.find_submission(LESSON, "ada").notebooks
        address_of_it = f"formgrader/submissions/{notebook.id}/"
        assert (notebook.score, notebook.max_score) == (4, 24)
        assert notebook.needs_manual_grade
    with lab(course) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}/lab?token={TOKEN}")  # the cookie that the formgrader's own calls send
        with page.expect_response(lambda r: "/api/grades" in r.url and r.ok):
            page.goto(f"{address}/{address_of_it}")
        marks = page.locator("input.score")
        marks.first.wait_for()
        assert page.locator("text=Question and baseline").count() >= 1
        assert [field.get_attribute("id") for field in marks.all()][-len(PARTS) :] == PARTS
        question = page.locator(f"input.score#{PARTS[0]}")
        question.fill("3")
        with page.expect_response(lambda r: "/api/grade" in r.url and r.request.method != "GET"):
            question.dispatch_event("change")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        assert book.find_submission(LESSON, "ada").score == 7
