"""The commands `rnn-course class …`: each reads its options, and leaves the work to a module of its name."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnn_utils.course_folder import CourseError, course_root, lesson_called
from rnn_utils.grading.protocol.safe_text import sentence

if TYPE_CHECKING:
    from rnn_utils.classroom.course import Course

app = typer.Typer(
    help="Run a class: from a lesson's release to marks in the LMS.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _say(text: str, err: bool = False) -> None:
    """Print a sentence: whatever name of a student's is in it, it stays one, and no terminal acts."""
    typer.echo(sentence(text), err=err)


@contextmanager
def _mendable() -> Iterator[None]:
    """Let what the instructor can mend end in a sentence."""
    try:
        yield
    except CourseError as error:
        for problem in error.problems:
            _say(problem, err=True)
        raise typer.Exit(1) from None


def _root() -> Path:
    return Path.cwd() if Path("nbgrader_config.py").is_file() else course_root()


@contextmanager
def _course(new: bool = False) -> Iterator["Course"]:
    """Open the course of the current folder."""
    from rnn_utils.classroom.course import open_course

    with _mendable():
        yield open_course(_root(), new)


def _called(lesson: str) -> str:
    with _mendable():
        return lesson_called(_root(), lesson) if lesson.isdigit() else lesson


Lesson = Annotated[str, typer.Argument(callback=_called, help="The lesson, such as 03_tanh or 03.")]


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    lessons: Annotated[str, typer.Option(help="Which lessons, such as 01-05,11.")] = "00-15",
) -> None:
    """Make a folder of your own for a class, with the lessons you choose."""
    from rnn_utils.classroom import init as making

    with _mendable():
        making.init(course_root(), folder, lessons, _say)


@app.command()
def release(
    lesson: Lesson,
    due: Annotated[
        str | None,
        typer.Option(help='Until when, such as "2026-12-07 23:59"; "none" takes it away.'),
    ] = None,
    zip: Annotated[bool, typer.Option("--zip", help="Make a zip to hand out by an LMS.")] = False,
    variants: Annotated[
        bool | None,
        typer.Option(
            "--variants/--no-variants",
            help="Give each student a version of the exercises that vary.",
        ),
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="A CSV of your students, for whom versions are made.")
    ] = None,
) -> None:
    """Hand a lesson out; again after a change, or to move its due date."""
    from rnn_utils.classroom import release as releasing

    with _course(new=True) as course:
        releasing.release(course, lesson, due, zip, _say, variants, roster)


@app.command()
def extend(
    lesson: Lesson,
    student: Annotated[str, typer.Argument(help="The student's id.")],
    days: Annotated[float, typer.Option(help="Days after the class's due date.")] = 0,
    hours: Annotated[float, typer.Option(help="Hours, added to the days.")] = 0,
) -> None:
    """Give one student more time; without days and hours, take it back."""
    from rnn_utils.classroom import release as releasing

    with _course() as course:
        releasing.extend(course, lesson, student, days, hours, _say)


@app.command()
def collect(
    lesson: Lesson,
    archives: Annotated[
        list[Path] | None,
        typer.Argument(help="Zips or folders from an LMS, a mailbox or git; none: the exchange."),
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="A CSV with names and ids, as your LMS exports it.")
    ] = None,
    groups: Annotated[
        bool, typer.Option("--groups", help="A hand-in counts for its whole group in the roster.")
    ] = False,
) -> None:
    """Take in what was handed in: from the exchange, or from what an LMS gives you."""
    from rnn_utils.classroom import collect as collecting

    with _course() as course:
        collecting.collect(course, lesson, archives or [], roster, groups, _say)


@app.command()
def grade(
    lesson: Lesson,
    student: Annotated[
        str | None, typer.Option(help="Grade this student only, and in any case anew.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler, such as tls://10.0.0.1:8786.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Write what came of each submission to this file.")
    ] = None,
    trust_students: Annotated[
        bool, typer.Option("--trust-students", help="Grade even where no jail can be built.")
    ] = False,
    trust_the_network: Annotated[
        bool,
        typer.Option(
            "--trust-the-network",
            help="Go to a scheduler without TLS: whoever reaches it can run programs as you.",
        ),
    ] = False,
) -> None:
    """Grade what a class handed in; run it again to go on, or after changes."""
    gc.disable()  # there is no garbage in what is imported; `grade_class` looks for it again

    from rnn_utils.grading.book import report
    from rnn_utils.grading.run import grade_class

    root = _root()
    with _mendable():
        summary, records = grade_class.grade_class(
            root, lesson, student, scheduler, trust_students, trust_the_network, _say
        )
        page = report.write(root, lesson, summary, records)
    if json is not None:
        json.write_text(report.as_json(lesson, summary, records), "utf-8")
    typer.echo(report.table(summary, records, student))
    typer.echo(f"The class at a glance: {page}")
    typer.echo(f"Now: rnn-course class feedback {lesson}")
    if summary.failed:
        raise typer.Exit(1)


@app.command()
def feedback(
    lesson: Lesson,
    zip: Annotated[bool, typer.Option("--zip", help="Make zips that your LMS takes back.")] = False,
) -> None:
    """Make the feedback pages that are not up to date, and return them."""
    from rnn_utils.classroom import feedback as returning

    with _course() as course:
        returning.feedback(course, lesson, zip, _say)


@app.command()
def marks(
    lesson: Lesson,
    lms: Annotated[str, typer.Option(help="moodle, canvas or brightspace.")] = "moodle",
    by: Annotated[str, typer.Option(help="How students are named: id or email.")] = "id",
    column: Annotated[
        str | None, typer.Option(help="The column's name in the LMS, if it is not the lesson's.")
    ] = None,
) -> None:
    """Write the marks as a CSV that your LMS reads."""
    from rnn_utils.classroom import marks as marking

    with _course() as course:
        marking.marks(course, lesson, lms, by, column, _say)


@app.command()
def status(lesson: Lesson) -> None:
    """Say who handed in, who was late, graded, and has feedback."""
    from rnn_utils.classroom import status as standing

    with _course() as course:
        standing.status(course, lesson, _say)


@app.command()
def similar(
    lesson: Lesson,
    least: Annotated[int, typer.Option(help="Answers with fewer characters are left out.")] = 200,
) -> None:
    """Make a page of answers that are alike, side by side, for a person to judge."""
    from rnn_utils.classroom import similar as comparing

    with _course() as course:
        comparing.similar(course, lesson, least, _say)


@app.command()
def archive() -> None:
    """Keep all of a term's work in one zip."""
    from rnn_utils.classroom import archive as keeping

    with _course() as course:
        keeping.archive(course, _say)


@app.command("new-year")
def new_year() -> None:
    """Start anew with an empty gradebook and exchange; what was there is archived first."""
    from rnn_utils.classroom import archive as keeping

    with _course() as course:
        keeping.new_year(course, _say)


@app.command("move-gradebook")
def move_gradebook() -> None:
    """Copy gradebook.db into the database that nbgrader_config.py names, in mid-term."""
    from rnn_utils.classroom import move

    with _mendable():
        move.move_gradebook(_root(), _say)
