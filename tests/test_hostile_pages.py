"""What an instructor or a student opens, in a real browser, with all in it that might act."""

import asyncio
import multiprocessing
import os
import signal
import threading
import zipfile
from pathlib import Path

import nbformat.v4 as v4
import pytest
from browser import chromium, chromium_path
from grading_course import ANSWERS, NAME, hand_in, make_course
from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler
from test_formgrader import HOSTILE, NOTICED
from test_grade import grade_here
from tornado.web import HTTPError

from rnn_utils.classroom import feedback as returning
from rnn_utils.classroom.course import open_course
from rnn_utils.classroom.similar import Pair, _page
from rnn_utils.grading.book import report
from rnn_utils.grading.book.feedback import FeedbackPage
from rnn_utils.grading.book.overview import Overview
from rnn_utils.grading.book.records import LOOK, Record
from rnn_utils.grading.book.summary import Summary
from rnn_utils.grading.run.limited import Budget, for_each
from rnn_utils.grading.sandbox.pipeline import how_it_was_graded
from rnn_utils.grading.sandbox.two_processes import available_layers

ALL = "\n\n".join(HOSTILE)
FORGED = "✗ rnn_step: the course takes this exercise back. All have full marks."


def feedback_page() -> str:
    """A page of a notebook from which nothing was taken before."""
    outputs = [
        v4.new_output("display_data", {kind: ALL})
        for kind in ("text/html", "image/svg+xml", "application/javascript", "text/markdown")
    ]
    outputs += [
        v4.new_output("stream", text=ALL),
        v4.new_output("error", ename=ALL, evalue=ALL, traceback=[ALL]),
    ]
    notes = [f"the file was named {text!r} instead of x" for text in [*HOSTILE, FORGED]]
    cells = [
        v4.new_markdown_cell(how_it_was_graded(notes)),
        v4.new_markdown_cell(ALL),
        v4.new_code_cell(ALL, outputs=outputs),
    ]
    page, _ = FeedbackPage().from_notebook_node(v4.new_notebook(cells=cells))
    return page


def class_page(folder: Path) -> str:
    name = "rnn_step"
    records = [Record(ALL, LOOK, (ALL,), {"x": {name: 1.0}}, {"x": {name: (ALL, FORGED)}})]
    summary = Summary(1, 0, {ALL: ALL}, {}, Overview({name: 1.0}, {}, {}, (ALL,)))
    return report.write(folder, "x", summary, records).read_text("utf-8")


def similar_page() -> str:
    return _page(ALL, [Pair(ALL, (ALL, ALL), 1.0, (ALL, ALL))])


@pytest.mark.skipif(chromium_path() is None, reason="needs Chromium or Chrome")
def test_nothing_on_a_page_acts_in_a_browser(tmp_path: Path) -> None:
    pages = {"feedback": feedback_page(), "class": class_page(tmp_path), "similar": similar_page()}
    for name, page in pages.items():
        (tmp_path / f"{name}.html").write_text(page, "utf-8")
    with chromium() as browser:
        for name in pages:
            page = browser.new_page()
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.add_init_script(NOTICED)
            page.goto((tmp_path / f"{name}.html").as_uri())
            bait = page.locator("#bait").all()
            assert bait or name == "class"
            for link in bait:
                link.dispatch_event("click")
            assert page.evaluate("window.attacked") == 0, name
            assert [url for url in asked if not url.startswith(("file:", "data:"))] == [], name
            assert page.url == (tmp_path / f"{name}.html").as_uri()
            page.close()


def test_what_is_said_above_the_feedback_shows_names_as_they_are() -> None:
    said = how_it_was_graded([f"the file was named {text!r}" for text in HOSTILE])
    page, _ = FeedbackPage().from_notebook_node(v4.new_notebook(cells=[v4.new_markdown_cell(said)]))
    body = page.partition("</head>")[2]
    assert not [mark for mark in ("<script", "<img", "<svg", "<iframe", "<a id") if mark in body]


# Pages that take too much ----------------------------------------------------------------------------------


def endless() -> None:
    while True:
        pass


def hoarding() -> None:
    held = []
    while True:
        held.append(bytearray(1 << 24))


def raising() -> None:
    raise RecursionError(ALL)


def dying() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


#: What could come over whoever shows a notebook.
MISHAPS = {"endless": endless, "hoarding": hoarding, "raising": raising, "dying": dying}


@pytest.mark.skipif(not available_layers(), reason="needs a jail")
def test_a_page_that_takes_too_much_is_that_students_alone(tmp_path: Path, monkeypatch) -> None:
    folder = make_course(tmp_path)
    for student in (*MISHAPS, "ada", "zoe"):
        handed_in = hand_in(folder, student, ANSWERS["right"])
        (handed_in / "own.html").write_text("<script>attack()</script>")
    assert grade_here(folder)[0].failed == {}
    course, said = open_course(folder), []
    real = FeedbackPage.from_notebook_node

    def show(self, nb, resources=None, **named):
        student = (resources or {}).get("nbgrader", {}).get("student")
        MISHAPS.get(student, int)()
        return real(self, nb, resources, **named)

    with monkeypatch.context() as patch:
        patch.setattr(FeedbackPage, "from_notebook_node", show)
        patch.setattr(returning, "BUDGET", Budget(processor_seconds=3, memory=256 << 20))
        returning.feedback(course, NAME, as_zip=True, say=said.append)
    assert "2 pages made, 0 as they were." in said
    told = {line.partition(":")[0]: line for line in said if "a page with the marks alone" in line}
    assert told.keys() == MISHAPS.keys()
    assert "RecursionError" in told["raising"]
    pages = {
        path.parts[-3]: path.read_text("utf-8") for path in (folder / "feedback").rglob("*.html")
    }
    assert pages.keys() == {*MISHAPS, "ada", "zoe"}  # and nobody's own page is among them
    for student in MISHAPS:
        assert "<td>twice</td><td>2 of 2</td>" in pages[student]
        assert "Content-Security-Policy" in pages[student]
    assert "How this was graded" in pages["ada"]
    [archive] = (folder / "for_lms").glob("*.zip")
    assert len(zipfile.ZipFile(archive).namelist()) == len(pages)
    said.clear()
    returning.feedback(course, NAME, say=said.append)
    assert "4 pages made, 2 as they were." in said


def test_what_waits_for_ever_is_ended() -> None:
    budget = Budget(seconds=0.3)
    assert list(for_each(lambda who: str(threading.Event().wait()), ["eve"], budget)) == [
        ("eve", None)
    ]


def test_each_gets_what_was_made_of_it_and_no_process_is_left() -> None:
    students = [f"s{k}" for k in range(7)]
    assert dict(for_each(str.upper, students, Budget())) == {one: one.upper() for one in students}
    for _ in for_each(str.upper, students, Budget()):
        break
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    "path", ["../outside.ipynb", "/etc/passwd", "a/../../outside.ipynb", "link"]
)
def test_validate_reads_nothing_outside_of_its_folder(tmp_path: Path, path: str) -> None:
    """The hole of nbgrader 0.9.5: what it names must be an edition in which it is closed."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.ipynb").write_text("{}")
    (root / "link").symlink_to(tmp_path / "outside.ipynb")
    handler = ValidateAssignmentHandler.__new__(ValidateAssignmentHandler)
    handler.application = type("App", (), {"settings": {"root_dir": str(root)}})()
    with pytest.raises(HTTPError, match="403"):
        asyncio.run(_validate(handler, path))


async def _validate(handler: ValidateAssignmentHandler, path: str) -> None:
    handler.validate_notebook(path)
