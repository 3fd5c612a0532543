"""The gradebook on a real PostgreSQL server.

Debian's package `postgresql` is enough. A private server is started by `initdb` and `pg_ctl` in a
temporary folder, as an unprivileged user where root runs the tests, and reached by a socket there.
"""

import getpass
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from grading_course import NAME, hand_in, make_course, rows, run
from nbgrader.api import Gradebook
from sqlalchemy import create_engine
from test_grade import (  # noqa: F401
    CLASS,
    _killed_at,
    autograded,
    grade_here,
    handed_in,
    undisturbed,
)

from rnn_utils.classroom.course import open_course
from rnn_utils.course_folder import CourseError


def programs() -> Path | None:
    """Find the folder with the server's programs, which Debian keeps off the path."""
    found = [Path(p).parent for p in (shutil.which("initdb"), shutil.which("pg_ctl")) if p]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists()), None)


BIN = programs()
pytestmark = pytest.mark.skipif(
    BIN is None, reason="no PostgreSQL server here; `apt-get install postgresql` brings one"
)


@pytest.fixture(scope="module")
def db_url():
    pytest.importorskip("psycopg")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    root = hasattr(os, "getuid") and os.getuid() == 0
    user = "nobody" if root else getpass.getuser()
    os.chmod(folder, 0o755)
    if root:
        shutil.chown(folder, user)
    as_user = {"user": user} if root else {}

    def server(program, *arguments):
        subprocess.run(
            [BIN / program, "-D", folder / "data", *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            **as_user,
        )

    server("initdb", "--auth=trust", "--username=course", "--encoding=UTF8", "--no-sync")
    options = f"-c listen_addresses='' -k {folder} -c fsync=off"
    server("pg_ctl", "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://course@/postgres?host={folder}"
    finally:
        server("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def course(db_url, tmp_path_factory):
    folder = make_course(tmp_path_factory.mktemp("postgresql"), db_url)
    for student, answers in CLASS.items():
        hand_in(folder, student, answers)
    return folder


def test_killed_and_continued_the_grades_are_those_of_sqlite(course, db_url, undisturbed):  # noqa: F811
    for moment in (1, 4, 9, 20):
        assert _killed_at(course, moment)
    grade_here(course)
    assert rows(course, db_url) == rows(undisturbed)
    assert autograded(course) == autograded(undisturbed)
    assert grade_here(course)[0].unchanged == len(CLASS)


def test_nbgraders_commands_work_on_the_result(course, db_url):
    run(course, "nbgrader", "generate_feedback", NAME)
    assert (course / "feedback" / "ada" / NAME / f"{NAME}.html").is_file()
    run(course, "nbgrader", "export", "--to=grades.csv")
    assert "ada" in (course / "grades.csv").read_text("utf-8")


def test_in_mid_term_marks_move_to_the_server_and_nothing_starts_empty(
    db_url,
    undisturbed,  # noqa: F811
    tmp_path,
):
    folder = tmp_path / "course"
    shutil.copytree(undisturbed, folder)
    engine = create_engine(db_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE moved")
    moved = db_url.replace("/postgres?", "/moved?")
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "rnn-course") as book:
        grade = book.find_submission_notebook(NAME, NAME, "ada").grades[0]
        grade.manual_score = grade.max_score - 0.5
        book.find_submission_notebook(NAME, NAME, "ada").comments[0].manual_comment = "schön, Ada"
        book.db.commit()
    before = rows(folder)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {moved!r}\n")
    for new in (False, True):
        with pytest.raises(CourseError, match="marks would start anew"):
            open_course(folder, new)
    files = {path for path in folder.rglob("*") if path.is_file()}
    for command in (
        ("generate_assignment", NAME, "--force"),
        ("autograde", NAME, "--force"),
        ("generate_feedback", NAME, "--force"),
        ("db", "student", "list"),
    ):
        said = run(folder, "nbgrader", *command, succeeds=False)
        assert "marks would start anew" in said, command
        assert "Traceback" not in said
        assert files <= {path for path in folder.rglob("*") if path.is_file()}, command
    assert "rows were copied" in run(folder, "rnn-course", "class", "move-gradebook")
    assert rows(folder, moved) == before
    assert grade_here(folder)[0].unchanged == len(CLASS)
    hand_in(folder, "ada", CLASS["ada"], when="2026-02-01 12:00:00 UTC")
    assert grade_here(folder)[0].graded == 1
    assert rows(folder, moved)["ada"]["comments"] == before["ada"]["comments"]
