"""The `rnn-course` command."""

import gc
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from rnn_utils.project import CourseError, course_root


class _CommandOrJupyterArguments(TyperGroup):
    """A group that takes everything after a leading `--` for JupyterLab, not for a command."""

    def parse_args(self, ctx, args: list[str]) -> list[str]:  # type: ignore[no-untyped-def]
        ctx.obj = []
        if args[:1] == ["--"]:
            ctx.obj, args = args[1:], []
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_CommandOrJupyterArguments,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _stop(error: CourseError) -> typer.Exit:
    for problem in error.problems:
        typer.echo(problem, err=True)
    return typer.Exit(1)


@app.callback(invoke_without_command=True)
def open_course(ctx: typer.Context) -> None:
    """Open the course in JupyterLab, in your own copies of the lessons.

    What follows `--` goes to JupyterLab: rnn-course -- --no-browser --port 9999
    """
    if ctx.invoked_subcommand is not None:
        return
    from rnn_utils.course import open as opening

    root = course_root()
    try:
        for line in opening.hand_out(root):
            typer.echo(line)
        opening.start_jupyterlab(root, ctx.obj)
    except CourseError as error:
        raise _stop(error) from None


@app.command()
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; list what is out of date.")
    ] = False,
    minutes: Annotated[
        bool, typer.Option("--minutes", help="Change nothing; say how long each lesson takes.")
    ] = False,
) -> None:
    """Make the notebooks from the lessons' text."""
    from rnn_utils.course import build as building
    from rnn_utils.course.minutes import table

    root = course_root()
    try:
        if minutes:
            typer.echo(table(building.minutes(root)))
            return
        fresh = building.build(root)
    except CourseError as error:
        raise _stop(error) from None
    changes = building.out_of_date(root, fresh)
    if check and changes:
        raise _stop(CourseError(*changes, "Run `rnn-course build` and commit what it changes."))
    if not check:
        building.write(root, fresh)
    for change in changes:
        typer.echo(change)
    if not changes:
        typer.echo("Everything is up to date.")


@app.command()
def claims() -> None:
    """Run the solved lessons and keep what they measured, for the table of claims."""
    from rnn_utils.course import claims as measuring

    try:
        measuring.measure(course_root())
    except CourseError as error:
        raise _stop(error) from None


@app.command()
def site(
    out: Annotated[Path, typer.Argument(help="The folder to make.")] = Path("build/site"),
    pyodide: Annotated[
        Path | None,
        typer.Option(help="A folder with the Pyodide distribution, to be served with the site."),
    ] = None,
) -> None:
    """Build the course as a site: pages to read and play with, and notebooks that run in the browser."""
    from rnn_utils.course.site import build_site

    try:
        build_site(course_root(), out, pyodide)
    except CourseError as error:
        raise _stop(error) from None
    typer.echo(
        f"{out} is ready for any static host. To look at it here: python -m http.server -d {out}"
    )


@app.command()
def doctor() -> None:
    """Say what is wrong with this installation, and how to mend it."""
    from rnn_utils.course import doctor as doctoring

    findings = doctoring.examine()
    doctoring.report(findings)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command()
def grade(
    lesson: Annotated[str, typer.Argument(help="The lesson's folder, such as 03_tanh.")],
    student: Annotated[
        str | None, typer.Option(help="Grade this student only, and in any case anew.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler, such as tcp://10.0.0.1:8786.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Write what came of each submission to this file.")
    ] = None,
    trust_students: Annotated[
        bool, typer.Option("--trust-students", help="Grade even where no jail can be built.")
    ] = False,
) -> None:
    """Grade what a class handed in; run it again to go on, or after changes."""
    from rnn_utils.grading.sandbox.fork_server import start_fork_server

    if scheduler is None:
        start_fork_server()  # before the next imports, which take as long as its own
    gc.disable()  # there is no garbage in what is imported; `grade_class` looks for it again

    from rnn_utils.grading.book import report
    from rnn_utils.grading.run import classroom

    root = Path.cwd() if Path("nbgrader_config.py").is_file() else course_root()
    try:
        summary, records = classroom.grade_class(
            root, lesson, student, scheduler, trust_students, typer.echo
        )
        page = report.write(root, lesson, summary, records)
    except CourseError as error:
        raise _stop(error) from None
    if json is not None:
        json.write_text(report.as_json(lesson, summary, records), "utf-8")
    typer.echo(report.table(summary, records, student))
    typer.echo(f"The class at a glance: {page}")
    if summary.failed:
        raise typer.Exit(1)
