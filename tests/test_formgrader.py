"""What a person marks, as an instructor does it: in nbgrader's formgrader, in a real browser."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from browser import TOKEN, chromium_path, lab
from nbgrader.api import Gradebook

from rnn_utils.classroom.course import open_course
from rnn_utils.classroom.release import release
from rnn_utils.grading.book.page_formulas import PageWithFormulas
from rnn_utils.grading.run.grade_class import grade_class
from rnn_utils.grading.sandbox.two_processes import available_layers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).parents[1]
PROJECT, WRITTEN = "19_project", "14_deep_and_bidirectional"
PARTS = [f"project_{part}" for part in ("question", "audit", "experiment", "limits", "reruns")]

pytestmark = pytest.mark.skipif(
    chromium_path() is None or not available_layers(),
    reason="needs Chromium or Chrome, and a jail",
)


#: What would call `attack`, had it come into a graded notebook: whatever takes it out before is not there.
HOSTILE = [
    "<script>attack()</script>",
    "<SCRIPT type='text/x-mathjax-config'>attack()</SCRIPT>",
    "<script/src=data:text/javascript,attack()></script>",
    "<img src=x onerror=attack()><svg onload=attack()><script>attack()</script></svg>",
    "<details open ontoggle=attack()>x</details><input autofocus onfocus=attack()>",
    "<a id=bait href='javascript:attack()'>here</a>",
    "<iframe srcdoc='<script>parent.attack()</script>'></iframe><object data='data:text/html,x'>",
    "<base href='https://example.org/'><meta http-equiv=refresh content='0;javascript:attack()'>",
    "$\\href{javascript:attack()}{x}$ $\\unicode{x<script>attack()</script>}$ $\\require{html}$",
]

NOTICED = """
window.attacked = 0; window.refused = 0; window.kinds = new Set();
window.attack = () => { window.attacked += 1; };
addEventListener('securitypolicyviolation', (one) => {
  window.refused += 1; window.kinds.add(one.violatedDirective);
});
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which Ada has handed in a project and a written answer, and both were graded."""
    folder = tmp_path_factory.mktemp("formgrader") / "course"
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for lesson in (PROJECT, WRITTEN):
        shutil.copytree(ROOT / "solutions" / lesson, folder / "solutions" / lesson)
        release(open_course(folder, new=True), lesson, say=lambda said: None)
        handed_in = folder / "submitted" / "ada" / lesson
        handed_in.mkdir(parents=True)
        shutil.copy(folder / "solutions" / lesson / f"{lesson}.ipynb", handed_in)
        summary, _ = grade_class(folder, lesson, say=lambda said: None, show=False)
        assert not summary.failed
    graded = folder / "autograded" / "ada" / PROJECT / f"{PROJECT}.ipynb"
    notebook = nbformat.read(graded, as_version=4)
    notebook.cells += [nbformat.v4.new_markdown_cell(text) for text in HOSTILE]
    shown = [
        nbformat.v4.new_output("display_data", {kind: text})
        for kind in ("text/html", "image/svg+xml", "application/javascript", "text/markdown")
        for text in [*HOSTILE, "attack()"]
    ]
    notebook.cells.append(nbformat.v4.new_code_cell("1", outputs=shown))
    graded.chmod(0o644)
    nbformat.write(notebook, graded)
    return folder


@pytest.fixture(scope="module")
def address(course: Path) -> Iterator[str]:
    with lab(course) as started:
        yield started


@pytest.fixture
def page(browser: "Browser", address: str) -> Iterator["Page"]:
    """A page that has the cookie which the formgrader's own calls send."""
    with browser.new_context() as context:
        opened = context.new_page()
        opened.goto(f"{address}/formgrader?token={TOKEN}")
        yield opened


@contextmanager
def marking(course: Path, page: "Page", address: str, lesson: str) -> Iterator["Locator"]:
    """Open Ada's submission of a lesson, and give the fields for marks."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        [notebook] = book.find_submission(lesson, "ada").notebooks
        assert notebook.needs_manual_grade
        place = f"{address}/formgrader/submissions/{notebook.id}/"
    with page.expect_response(lambda r: "/api/grades" in r.url and r.ok):
        page.goto(place)
    marks = page.locator("input.score")
    marks.first.wait_for()
    yield marks


def give(page: "Page", field: "Locator", value: str, where: str = "/api/grade") -> None:
    field.fill(value)
    with page.expect_response(lambda r: where in r.url and r.request.method != "GET"):
        field.dispatch_event("change")


def scores(course: Path, lesson: str) -> tuple[float, float]:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        submission = book.find_submission(lesson, "ada")
        return submission.score, submission.max_score


def test_no_script_of_a_submission_runs_in_the_formgrader(
    course: Path, address: str, page: "Page"
) -> None:
    page.add_init_script(NOTICED)
    with marking(course, page, address, PROJECT):
        page.wait_for_function("() => window.refused > 3")
        page.locator("#bait").first.dispatch_event("click")
        assert page.evaluate("window.attacked") == 0
        assert page.evaluate("new URL(document.baseURI).origin") == address
        # The page's own scripts run, those in attributes too.
        name = page.locator("a.name-shown")
        assert not name.is_visible()
        page.locator("span.glyphicon.name-hidden").dispatch_event("click")
        name.wait_for(state="visible")


#: What nbgrader's templates write into a script as it stands in the address.
IN_ADDRESS = "%22;attack();%22"

LISTS = {
    "manage_assignments": "19_project",
    f"manage_submissions/{WRITTEN}": "eve",
    "gradebook": WRITTEN,
    f"gradebook/{WRITTEN}": WRITTEN,
    f"gradebook/{WRITTEN}/{WRITTEN}": "Submission #1",
    "manage_students": "ada",
    "manage_students/ada": WRITTEN,
    f"manage_students/ada/{WRITTEN}": WRITTEN,
}


def test_every_page_of_the_formgrader_runs_its_own_scripts_alone(
    course: Path, address: str, page: "Page"
) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        [shown] = book.find_submission(WRITTEN, "ada").notebooks
    beside = course / "autograded" / "ada" / WRITTEN
    beside.joinpath("own.html").write_text("<script>parent.attack()</script><p id=here>here")
    beside.joinpath("own.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' onload='attack()'><text id='here'>x</text></svg>"
    )
    for student, text in {"ada": "once", "eve": "2026-01-31 12:00:00 /etc/passwd"}.items():
        handed_in = course / "submitted" / student / WRITTEN
        handed_in.mkdir(parents=True, exist_ok=True)
        handed_in.joinpath("timestamp.txt").write_text(text)
    page.add_init_script(NOTICED)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path, said in LISTS.items():
        page.goto(f"{address}/formgrader/{path}")
        page.locator("#main-table").get_by_text(said, exact=True).first.wait_for()
        # jQuery looks which events an element knows, by giving it the attribute of one.
        assert set(page.evaluate("[...window.kinds]")) <= {"script-src-attr"}, path
        if page.locator("#toggle_names").count():
            page.locator("#toggle_names").click()
            page.locator("#main-table").get_by_text("ada").first.wait_for()
    for path in ("gradebook/", "manage_submissions/", "manage_students/"):
        page.goto(f"{address}/formgrader/{path}{IN_ADDRESS}")
        assert page.evaluate("window.attacked") == 0, path
    for name in ("own.html", "own.svg"):
        page.goto(f"{address}/formgrader/submissions/{shown.id}/{name}")
        page.locator("#here").wait_for(state="attached")
        assert page.evaluate("window.attacked") == 0, name
    page.goto(f"{address}/formgrader/submissions/{shown.id}/")
    page.locator("math").first.wait_for()
    assert [url for url in asked if not url.startswith((f"{address}/", "data:"))] == []


@pytest.mark.parametrize(
    "formula",
    [
        r"\href{javascript:attack()}{x}",
        r"\text{<script>attack()</script>}",
        r"\text{&lt;script&gt;attack()}<img src=x onerror=attack()>",
        r"\style{background:url(x)}{x} \class{x}{y} \id{x}{y}",
        r"\unicode{x<script>attack()</script>} \require{html}",
        "x" * 2001,
        r"\begin{matrix}" * 300,
        "<!ENTITY a '&b;'>",
    ],
)
def test_a_formula_is_set_without_a_script_or_left_as_it_is(formula: str) -> None:
    cells = [
        nbformat.v4.new_markdown_cell(f"before ${formula}$ and $$x_1^2 < {formula}$$ and $a_1$")
    ]
    page, _ = PageWithFormulas(template_name="basic").from_notebook_node(
        nbformat.v4.new_notebook(cells=cells)
    )
    assert "<msub><mi>a</mi><mn>1</mn></msub>" in page
    for tag in re.findall(r"<[^>]*>", page):
        assert not re.search(r"<script|<img|onerror|href=|style=|javascript", tag), tag


def test_parts_of_a_project_and_a_written_answer_wait_for_a_mark_and_take_one(
    course: Path, address: str, page: "Page"
) -> None:
    by_checks, most = scores(course, WRITTEN)
    assert by_checks == most - 2
    assert scores(course, PROJECT) == (4, 24)
    with marking(course, page, address, PROJECT) as marks:
        assert page.locator("text=Question and baseline").count() >= 1
        assert [field.get_attribute("id") for field in marks.all()][-len(PARTS) :] == PARTS
        give(page, page.locator(f"input.score#{PARTS[0]}"), "3")
    with marking(course, page, address, WRITTEN):
        assert page.locator("text=Both directions: the whole recording").count() == 1
        give(page, page.locator("input.score#which_reader"), "1.5")
        comment = page.locator("textarea#which_reader-comment")
        give(page, comment, "Which step of delay?", "/api/comment")
    assert scores(course, PROJECT) == (7, 24)
    assert scores(course, WRITTEN) == (by_checks + 1.5, most)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        [notebook] = book.find_submission(WRITTEN, "ada").notebooks
        comments = {comment.name: comment.manual_comment for comment in notebook.comments}
    assert comments["which_reader"] == "Which step of delay?"
