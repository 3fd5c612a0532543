"""The `rnn-course` command: each command reads its options, and leaves the work to a module of its own."""

from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from rnn_utils import __version__
from rnn_utils.classroom.cli import app as class_app
from rnn_utils.course_folder import CourseError, course_root, lesson_called

GROUPS = {
    "For learners": ("open", "progress", "doctor"),
    "For instructors": ("class",),
    "For authors": ("build", "claims", "site"),
}


class _Commands(TyperGroup):
    """The commands by who needs them; without one, and with a lesson's number, the course opens.

    What follows `--` goes to JupyterLab.
    """

    def parse_args(self, ctx, args: list[str]) -> list[str]:  # type: ignore[no-untyped-def]
        ctx.obj = []
        if "--" in args:
            cut = args.index("--")
            args, ctx.obj = args[:cut], args[cut + 1 :]
        own = {"-h", "--help", "--version"}
        if not args or (args[0] not in own and args[0] not in self.commands and _opens(args[0])):
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx, formatter) -> None:  # type: ignore[no-untyped-def]
        grouped = {name for names in GROUPS.values() for name in names}
        others = tuple(name for name in self.commands if name not in grouped)
        for title, names in {**GROUPS, "Others": others}.items():
            rows = [
                (name, self.commands[name].get_short_help_str(80))
                for name in names
                if name in self.commands
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def _opens(argument: str) -> bool:
    """Say whether a first argument means that the course is to be opened: an option, or a lesson."""
    return argument.startswith("-") or argument[:2].isdigit()


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _stop(error: CourseError) -> typer.Exit:
    for problem in error.problems:
        typer.echo(problem, err=True)
    return typer.Exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rnn-course {__version__}")
        raise typer.Exit


@app.callback()
def rnn_course(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Say which version this is."
        ),
    ] = False,
) -> None:
    """Recurrent neural networks, from nothing. Without a command, the course opens in JupyterLab.

    Examples: rnn-course · rnn-course 03 · rnn-course --no-browser --port 9999 · rnn-course -- --debug
    """


@app.command("open")
def open_course(
    ctx: typer.Context,
    lesson: Annotated[
        str | None, typer.Argument(help="The lesson to open, such as 03.", show_default=False)
    ] = None,
    browser: Annotated[
        bool,
        typer.Option("--browser/--no-browser", help="Open a browser, or only say the address."),
    ] = True,
    port: Annotated[
        int | None, typer.Option(help="The port to listen at.", show_default=False)
    ] = None,
) -> None:
    """Open the course in JupyterLab, in your own copies of the lessons.

    What follows `--` goes to JupyterLab. If the course is open already, that JupyterLab is shown.
    """
    from rnn_utils.course import open as opening
    from rnn_utils.course.progress import write_page

    root = course_root()
    try:
        name = None if lesson is None else lesson_called(root, lesson)
        if opening.running_server(root / opening.MY_WORK) is None:
            for line in opening.hand_out(root):
                typer.echo(line)
            write_page(root)
        opening.start_jupyterlab(root, name, browser, port, ctx.obj, typer.echo)
    except CourseError as error:
        raise _stop(error) from None


@app.command()
def progress() -> None:
    """Say how far you are: points, predictions and quizzes of every lesson."""
    from rnn_utils.course.open import MY_WORK
    from rnn_utils.course.progress import as_text, read_progress

    lessons = read_progress(course_root() / MY_WORK)
    typer.echo(
        as_text(lessons) if lessons else "Nothing is begun yet. `rnn-course` opens the course."
    )


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
    address: Annotated[
        str,
        typer.Option(help="Where the site will be, such as https://owner.github.io/course/."),
    ] = "",
) -> None:
    """Build the course as a site: pages to read and play with, and notebooks that run in the browser."""
    from rnn_utils.course.site import build_site

    try:
        build_site(course_root(), out, pyodide, address)
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


app.add_typer(class_app, name="class")
