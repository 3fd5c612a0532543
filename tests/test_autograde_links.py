"""Plain `nbgrader autograde` copies what it finds: what is no file of a student's own is left out before."""

import os
import shutil
import sys

import pytest
from grading_course import ANSWERS, NAME, hand_in, make_course, rows, run
from test_borders import instead

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader grades on POSIX only")


def linked(to):
    (to / "passwords.csv").symlink_to("/etc/passwd")


def of_a_neighbour(to):
    (to / f"{NAME}.ipynb").unlink()
    (to / f"{NAME}.ipynb").symlink_to(f"../../zoe/{NAME}/{NAME}.ipynb")


def endless(to):
    (to / "data").mkdir()
    (to / "data" / "zeros.csv").symlink_to("/dev/zero")


def other_name(to):
    os.link(to / f"{NAME}.ipynb", to / "again.csv")


def elsewhere(to):
    shutil.rmtree(to)
    to.symlink_to(f"../zoe/{NAME}")


FOLLOWED = [linked, of_a_neighbour, endless, other_name, elsewhere, instead(b"1." * 300_000)]


def test_nbgraders_own_autograde_follows_no_link_and_reads_no_endless_time(tmp_path):
    folder = make_course(tmp_path)
    hand_in(folder, "zoe", ANSWERS["right"])
    for number, change in enumerate(FOLLOWED):
        change(hand_in(folder, f"eve{number}", ANSWERS["empty"]))
    (folder / "submitted" / "zoe" / NAME / "own.csv").write_text("1")
    said = run(folder, "nbgrader", "autograde", NAME, "--create")
    assert [path.name for path in (folder / "autograded").iterdir()] == ["zoe"]
    assert said.count("Not graded: ") == len(FOLLOWED)
    assert (folder / "autograded" / "zoe" / NAME / "own.csv").read_text() == "1"
    assert rows(folder)["zoe"]["grades"]["test_twice"][0] == 2
