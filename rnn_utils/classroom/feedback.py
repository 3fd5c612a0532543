"""`rnn-course class feedback`: pages that tell the marks that stand now, on their way to students."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Collection
from functools import partial
from itertools import pairwise
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Assignment, SubmittedAssignment
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.exchange import ExchangeFactory
from sqlalchemy import select
from tqdm import tqdm

from rnn_utils.classroom.course import Course, Say, exchanged, listening
from rnn_utils.classroom.exchange import can_be_fetched
from rnn_utils.classroom.lms import BRIGHTSPACE, CANVAS, MOODLE, PLAIN
from rnn_utils.classroom.lms_names import Place, places
from rnn_utils.classroom.standing import settle
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book.feedback import FeedbackPage, marks_alone
from rnn_utils.grading.run.limited import Budget, for_each

#: Beside a student's pages: a digest of all that they tell.
_TOLD = ".told"

#: By which the exchange finds whose feedback it is.
_OF_THE_EXCHANGE = frozenset({"timestamp.txt", "submission_secret.txt"})

#: What the pages of one student may take.
BUDGET = Budget()

_TOO_MUCH = "to show the notebook took more time or memory than it may, or ended the process"


def feedback(course: Course, lesson: str, as_zip: bool = False, say: Say = print) -> None:
    """Make the pages that are missing or tell other marks than stand now, and return them.

    Args:
        course: the course.
        lesson: the lesson's name.
        as_zip: whether to make zips of the pages, in the form that each LMS takes back.
        say: called with each sentence for the instructor.

    Raises:
        CourseError: nobody was graded, or nbgrader cannot make a page.
    """
    settle(course, lesson, say)
    told = _what_pages_tell(course, lesson)
    if not told:
        raise CourseError(f"Nobody was graded yet: rnn-course class grade {lesson}")
    stale = {
        student: digest
        for student, digest in told.items()
        if _written(course.folder("feedback", student, lesson)) != digest
    }
    failed = {}
    _make_an_example(course)
    make = partial(_make, course, lesson)
    with tqdm(total=len(stale), unit=" pages", leave=False) as bar:
        for student, problem in for_each(make, stale, BUDGET):
            bar.update()
            if problem == "":
                (course.folder("feedback", student, lesson) / _TOLD).write_text(
                    stale[student], "utf-8"
                )
            else:
                failed[student] = problem or _TOO_MUCH
                _tell_the_marks(course, lesson, student)
    say(f"{len(stale) - len(failed)} pages made, {len(told) - len(stale)} as they were.")
    for student, problem in sorted(failed.items()):
        say(f"{student}: a page with the marks alone: {problem}")
    _to_exchange(course, lesson, say)
    if as_zip:
        for path in _zips(course, lesson, sorted(told)):
            say(f"For your LMS: {path}")
    say(f"For the marks: rnn-course class marks {lesson} --lms moodle (or canvas, brightspace)")


def _what_pages_tell(course: Course, lesson: str) -> dict[str, str]:
    """Digest, by student who was graded, all that a page is made from."""
    with course.gradebook() as gradebook:
        submissions = gradebook.db.scalars(
            select(SubmittedAssignment)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .where(Assignment.name == lesson)
            .order_by(SubmittedAssignment.student_id)
        ).all()
        found = {}
        for submission in submissions:
            folder = course.folder("autograded", submission.student_id, lesson)
            notebooks = sorted(folder.glob("*.ipynb"))
            if not notebooks:
                continue
            marks = [
                [
                    notebook.name,
                    notebook.late_submission_penalty,
                    sorted((g.name, g.score, g.max_score) for g in notebook.grades),
                    sorted((c.name, c.comment or "") for c in notebook.comments),
                ]
                for notebook in submission.notebooks
            ]
            digest = hashlib.sha256(json.dumps(marks).encode())
            for path in notebooks:
                digest.update(path.read_bytes())
            found[submission.student_id] = digest.hexdigest()
    return found


def _written(folder: Path) -> str:
    try:
        return (folder / _TOLD).read_text("utf-8") if list(folder.glob("*.html")) else ""
    except OSError:
        return ""


def _make_an_example(course: Course) -> None:
    """Make a page that nobody gets, so that templates and tables are there for each student's process."""
    shown = [new_output("stream", text="1"), new_output("display_data", {"text/html": "<p>&le;"})]
    text = new_markdown_cell("# A lesson\n\n`f` is **linear**, $f(x) = a x$:\n\n- a list\n")
    code = new_code_cell("def f(x):\n    return 2 * x  # twice", outputs=shown)
    converter = GenerateFeedback(coursedir=course.directory, config=course.config)
    page = FeedbackPage(parent=converter, config=converter.config)
    marks = {"score": 0, "max_score": 0, "late_penalty": 0}
    page.from_notebook_node(new_notebook(cells=[text, code]), {"nbgrader": marks})


def _make(course: Course, lesson: str, student: str) -> str:
    """Let nbgrader make a student's pages, and return why it cannot."""
    directory = course.directory
    directory.assignment_id, directory.student_id = lesson, student
    converter = GenerateFeedback(coursedir=directory, config=course.config)
    converter.force = True
    with listening(converter.log) as heard:
        try:
            converter.start()
        except NbGraderException as error:
            lines = "\n".join(heard.errors or [str(error)]).splitlines()
            # What was raised stands below the frames, which are indented.
            raised = (b for a, b in pairwise(lines) if a.startswith("  ") and b[:1].strip())
            return next(raised, lines[0])
    pages = {
        f"{path.stem}.html" for path in course.folder("autograded", student, lesson).glob("*.ipynb")
    }
    _keep(course.folder("feedback", student, lesson), pages | _OF_THE_EXCHANGE)
    return ""


def _keep(folder: Path, names: Collection[str]) -> None:
    """Remove from a student's feedback what lay beside the notebook, which may be a page of its own."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in names and path.is_file():
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _tell_the_marks(course: Course, lesson: str, student: str) -> None:
    """Leave pages with nothing but the marks where those of the notebooks could not be made."""
    folder, graded = (course.folder(step, student, lesson) for step in ("feedback", "autograded"))
    _keep(folder, ())
    folder.mkdir(parents=True, exist_ok=True)
    for name in _OF_THE_EXCHANGE:
        if (graded / name).is_file():
            shutil.copy(graded / name, folder)
    with course.gradebook() as gradebook:
        for notebook in gradebook.find_submission(lesson, student).notebooks:
            marks = [(grade.name, grade.score, grade.max_score) for grade in notebook.grades]
            penalty = notebook.late_submission_penalty or 0.0
            page = marks_alone(notebook.name, marks, penalty)
            (folder / f"{notebook.name}.html").write_text(page, "utf-8")


def _to_exchange(course: Course, lesson: str, say: Say) -> None:
    factory = ExchangeFactory(config=course.config)
    ours = factory.release_feedback.__module__.startswith(("nbgrader.", "rnn_utils."))
    if ours and course.exchange() is None:
        return
    course.directory.assignment_id = lesson
    app = factory.ReleaseFeedback(coursedir=course.directory, config=course.config)
    heard = exchanged(app)
    count = sum(message.startswith("Releasing feedback") for message in heard.messages)
    say(f"In the exchange, to be fetched: {count}.")


def _zips(course: Course, lesson: str, students: list[str]) -> list[Path]:
    """Put pages into one zip for each LMS that they came from, named as it wants them."""
    with course.gradebook() as gradebook:
        known = places(gradebook.engine, lesson)
    by_lms: dict[str, list[tuple[str, bytes]]] = {}
    for student in students:
        lms, place = known.get(student, Place(PLAIN, student))
        if lms == PLAIN and can_be_fetched(course.folder("feedback", student, lesson)):
            continue  # the exchange has it
        for page in sorted(course.folder("feedback", student, lesson).glob("*.html")):
            name = _name(lms, place, student, page.name)
            by_lms.setdefault(lms, []).append((name, page.read_bytes()))
    paths = []
    for lms, pages in sorted(by_lms.items()):
        path = course.for_lms(f"{lesson}_feedback_{'folders' if lms == PLAIN else lms}.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in pages:
                archive.writestr(name, content)
        paths.append(path)
    return paths


def _name(lms: str, place: str, student: str, page: str) -> str:
    """Name a page as the LMS wants it: by what it called the hand-in."""
    if lms == MOODLE:  # "upload multiple feedback files in a zip"
        return f"{place.rstrip('_')}_/{page}"
    if lms == CANVAS:  # "upload submissions": the ids in the name decide
        return f"{Path(place).with_suffix('').name}.html"
    if lms == BRIGHTSPACE:  # "add feedback files"
        return f"{place}/{page}"
    return f"{student}/{page}"
