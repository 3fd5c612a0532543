"""The `rnn-course` command."""

from typing import Annotated

import typer
from typer.core import TyperGroup

from rnn_utils.course import CourseError, course_root


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
) -> None:
    """Make the notebooks from the lessons' text."""
    from rnn_utils.course import build as building

    root = course_root()
    try:
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
def doctor() -> None:
    """Say what is wrong with this installation, and how to mend it."""
    from rnn_utils.course import doctor as doctoring

    findings = doctoring.examine()
    doctoring.report(findings)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
