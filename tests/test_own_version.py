"""Accounts of one machine and an exchange that they share: each reads what is theirs, and nothing else."""

import encodings.cp437  # noqa: F401  other accounts cannot enter the folder where it may lie
import logging
import multiprocessing
import os
import pwd
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from grading_course import NAME as SUMS
from test_classroom import course as course_of
from test_classroom import released
from test_versions import LESSON, NAME

from rnn_utils.classroom import archive, own_version
from rnn_utils.classroom.course import open_course
from rnn_utils.classroom.release import release
from rnn_utils.grading.book.versions import version_of

__all__ = ["released"]

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.getuid() != 0, reason="needs several accounts: root on Linux"
)

STUDENTS = ("daemon", "games", "mail")


def as_account(name, work, *given):
    """Do something in a process of an account's, and return what it returns, or its error."""

    def play(end):
        account = pwd.getpwnam(name)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        try:
            end.send(work(*given))
        except Exception as error:
            end.send(error)

    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=play, args=(there,))
    process.start()
    found = here.recv()
    process.join()
    return found


def fetch(exchange, home, plugin):
    """Fetch as an account does, in its home; return the text of what came."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.course_id = "rnn-course"
    config.Exchange.root = str(exchange)
    config.Exchange.assignment_dir = str(home)
    directory = CourseDirectory(config=config)
    directory.assignment_id = LESSON
    app = plugin(coursedir=directory, authenticator=Authenticator(), config=config)
    app.log = logging.getLogger("fetch")
    app.start()
    return (home / LESSON / f"{LESSON}.ipynb").read_text("utf-8")


@pytest.fixture(scope="module")
def shared():
    """A folder with an exchange, and a home for each student, which all accounts can enter."""
    folder = Path(tempfile.mkdtemp(prefix="shared"))
    folder.chmod(0o755)
    (folder / "exchange").mkdir()
    (folder / "exchange").chmod(0o777)
    for student in (*STUDENTS, "news"):
        (folder / student).mkdir(mode=0o700)
        shutil.chown(folder / student, student)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def handed_out(shared):
    """The shared folder, the course's and what was said when a lesson was released in versions."""
    folder, said = shared / "instructor", []
    folder.mkdir(mode=0o700)
    shutil.copytree(ROOT / "solutions" / LESSON, folder / "solutions" / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.Exchange.root = {str(shared / 'exchange')!r}\n")
    people = folder / "r.csv"
    people.write_text("\n".join(["Username", *STUDENTS, "nobody-here"]))
    before = os.umask(0o077)
    try:
        release(
            open_course(folder, new=True), LESSON, "2030-01-01", False, said.append, True, people
        )
    finally:
        os.umask(before)
    return folder, said


def test_each_student_fetches_their_own_version(shared, handed_out):
    folder, said = handed_out
    secret = (folder / ".class_secret").read_bytes()
    for student in STUDENTS:
        got = as_account(
            student, fetch, shared / "exchange", shared / student, own_version.FetchAssignment
        )
        assert isinstance(got, str), got
        key = version_of(secret, NAME, student)
        assert f'check(\\"{NAME}/{key}\\"' in got
        assert "Hand in until" in got
    assert "No accounts of this machine, so that theirs are not there: nobody-here." in said


def test_nobody_reads_or_lists_another_ones(shared, handed_out):
    versions = shared / "exchange" / "rnn-course" / "versions"
    mine = versions / LESSON / STUDENTS[0]
    assert as_account(STUDENTS[0], os.listdir, mine) == [f"{LESSON}.ipynb"]
    for other in (STUDENTS[1], "news"):
        for path in (versions, versions / LESSON, mine):
            assert isinstance(as_account(other, os.listdir, path), PermissionError)
        found = as_account(other, (mine / f"{LESSON}.ipynb").read_bytes)
        assert isinstance(found, PermissionError)
    for work in (lambda: (mine / "x").touch(), lambda: mine.rename(versions / "x")):
        assert isinstance(as_account(STUDENTS[0], work), PermissionError)


def test_who_is_not_on_the_list_or_not_set_up_is_told_and_gets_no_wrong_version(
    shared, handed_out, caplog
):
    from nbgrader.exchange import ExchangeError
    from nbgrader.exchange.default import ExchangeFetchAssignment

    got = as_account(
        "news", fetch, shared / "exchange", shared / "news", own_version.FetchAssignment
    )
    assert isinstance(got, ExchangeError)
    assert "there is none for news" in str(got)
    got = as_account("news", fetch, shared / "exchange", shared / "news", ExchangeFetchAssignment)
    assert "This is not the lesson" in got
    assert "check(" not in got


def test_without_versions_again_all_fetch_the_lesson(shared, handed_out):
    folder, _ = handed_out
    said = []
    release(open_course(folder), LESSON, say=said.append, variants=False)
    outbound = shared / "exchange" / "rnn-course" / "outbound" / LESSON / f"{LESSON}.ipynb"
    assert f'check("{NAME}"' in str(nbformat.read(outbound, as_version=4).cells)
    assert not (shared / "exchange" / "rnn-course" / "versions" / LESSON).exists()


def test_where_the_exchange_keeps_no_access_lists_nothing_is_put_there(tmp_path, monkeypatch):
    def refuse(*given):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    (tmp_path / "handout").mkdir()
    with pytest.raises(OSError, match="not supported"):
        own_version.publish(tmp_path, LESSON, [(STUDENTS[0], tmp_path / "handout")])
    assert not list((tmp_path / "versions").iterdir())


@pytest.mark.parametrize("made", ["folder", "link"])
def test_nothing_is_put_where_a_student_was_first(tmp_path, made):
    place = tmp_path / "exchange" / "rnn-course"
    target = tmp_path / "target"
    target.mkdir()
    place.parent.mkdir()
    place.symlink_to(target) if made == "link" else place.mkdir()
    os.chown(place, pwd.getpwnam(STUDENTS[0]).pw_uid, -1, follow_symlinks=False)
    with pytest.raises(PermissionError, match="belongs to another account"):
        own_version.publish(place, LESSON, [])
    assert not list(target.iterdir())


def test_a_new_year_begins_though_students_own_what_they_put_there(released, shared):
    instructor = pwd.getpwnam("news")
    folder = shared / "news" / "course"
    shutil.copytree(released, folder)
    exchange = shared / "news-exchange"
    inbound = exchange / "rnn-course" / "inbound"
    inbound.mkdir(parents=True)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.Exchange.root = {str(exchange)!r}\n")
    for path in (folder, *folder.rglob("*"), exchange, *exchange.rglob("*")):
        os.chown(path, instructor.pw_uid, instructor.pw_gid)
    for student, mode in zip(STUDENTS, (0o644, 0o600, 0o644), strict=True):
        theirs = inbound / f"{student}+{SUMS}+2026-12-07 12:00:00 UTC+x"
        theirs.mkdir()
        (theirs / f"{SUMS}.ipynb").write_text("{}")
        (theirs / f"{SUMS}.ipynb").chmod(mode)
        for path in (theirs, theirs / f"{SUMS}.ipynb"):
            shutil.chown(path, student)

    def play():
        os.environ["HOME"] = str(shared / "news")
        said = []
        archive.new_year(course_of(folder), said.append)
        return "\n".join(said)

    told = as_account("news", play)
    assert isinstance(told, str), told
    assert "3 folders of the exchange belong to students" in told
    assert (
        f"Not in it, since their owners keep them closed: 'exchange/rnn-course/inbound/{STUDENTS[1]}"
        in told
    )
    assert not list(inbound.glob(f"*{SUMS}*"))
    assert not (folder / "gradebook.db").exists()
