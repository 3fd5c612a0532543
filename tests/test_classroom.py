"""A class from release to marks: what each LMS gives and takes, and marks that are right all the way.

One file, since it is one class's week from one folder that is made once.
"""

import csv
import io
import logging
import shutil
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from grading_course import ANSWERS, NAME, _cell, hand_in, lesson, rows, run
from test_grade import grade_here

from rnn_utils.checks import Score
from rnn_utils.classroom import archive, roster
from rnn_utils.classroom.collect import collect
from rnn_utils.classroom.course import open_course
from rnn_utils.classroom.feedback import feedback
from rnn_utils.classroom.init import init
from rnn_utils.classroom.lms import read
from rnn_utils.classroom.marks import marks
from rnn_utils.classroom.move import move_gradebook
from rnn_utils.classroom.release import extend, release
from rnn_utils.classroom.status import status
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.run.settings import settings
from rnn_utils.grading.sandbox.score import shown

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader grades on POSIX only")

ROOT = Path(__file__).parents[1]
DUE = "2026-12-07 23:59"
ROSTER = """\
Student,ID,SIS User ID,SIS Login ID,Section,Email,Group
Points Possible,,,,,,
"Lovelace, Ada",4711,1,ada,A,ada@example.org,Blue
"Babbage, Charles",4712,2,charles,A,cb@example.org,Blue
"Noether, Emmy",4713,3,emmy,A,emmy@example.org,Red
"Erdős, Pál",4714,4,pal,A,pal@example.org,Red
"""


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A course with one lesson, released with a due date; no exchange."""
    folder = tmp_path_factory.mktemp("classroom") / "course"
    (folder / "solutions" / NAME).mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(
            f"\nc.Exchange.root = {str(folder.parent / 'exchange')!r}"
            "\nc.Exchange.timezone = 'Europe/Berlin'\n"
        )
    nbformat.write(lesson(), folder / "solutions" / NAME / f"{NAME}.ipynb")
    release(open_course(folder, new=True), NAME, DUE, say=lambda said: None)
    return folder


@pytest.fixture
def folder(released, tmp_path):
    return shutil.copytree(released, tmp_path / "course")


@pytest.fixture
def said():
    return []


def course(folder):
    return open_course(folder, new=True)


def answered(folder, answers="right"):
    """Return the bytes of a filled-in notebook."""
    notebook = nbformat.read(folder / "notebooks" / NAME / f"{NAME}.ipynb", as_version=4)
    filled = ANSWERS[answers] if isinstance(answers, str) else answers
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = filled.get(grade_id, cell.source)
    return nbformat.writes(notebook).encode()


def zipped(path, files, when=datetime(2026, 12, 7, 20, 0)):
    """Make a zip as an LMS does: of each name its content, or its content and its time."""
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            content, moment = content if isinstance(content, tuple) else (content, when)
            made.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), content)
    return path


def with_roster(folder, text=ROSTER):
    path = folder.parent / "roster.csv"
    path.write_text(text, "utf-8")
    return path


def submitted(folder):
    """Return who handed in, and when in UTC."""
    found = {}
    for path in sorted((folder / "submitted").glob(f"*/{NAME}/{NAME}.ipynb")):
        time = path.with_name("timestamp.txt")
        found[path.parents[1].name] = time.read_text()[:16] if time.exists() else None
    return found


# Release -------------------------------------------------------------------------------------------


def test_a_release_is_idempotent_and_says_what_comes_next(folder, said):
    before = (folder / "notebooks" / NAME / f"{NAME}.ipynb").read_bytes()
    release(course(folder), NAME, as_zip=True, say=said.append)
    assert (folder / "notebooks" / NAME / f"{NAME}.ipynb").read_bytes() == before
    assert any("as it was" in line for line in said)
    assert "Due: 7 December 2026, 23:59 (Europe/Berlin)." in said
    assert said[-1].endswith(f"rnn-course class collect {NAME}")
    with zipfile.ZipFile(folder / "for_lms" / f"{NAME}.zip") as made:
        handed_out = nbformat.reads(made.read(f"{NAME}/{NAME}.ipynb"), as_version=4)
    assert "Hand in until 7 December 2026, 23:59" in handed_out.cells[0].source
    assert "HIDDEN" not in str(handed_out)


def test_what_cannot_be_made_changes_nothing(folder):
    source = folder / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    notebook.cells.append(_cell("code", "### BEGIN SOLUTION\n1", "half", solution=True))
    nbformat.write(notebook, source)
    before = (folder / "notebooks" / NAME / f"{NAME}.ipynb").read_bytes()
    with pytest.raises(CourseError, match="nothing was changed"):
        release(course(folder), NAME)
    assert (folder / "notebooks" / NAME / f"{NAME}.ipynb").read_bytes() == before
    hand_in(folder, "ada", ANSWERS["right"])
    with pytest.raises(CourseError, match=r"`half` is new.*class release"):
        grade_here(folder)


def test_an_unknown_lesson_date_or_zone_is_said(folder):
    with pytest.raises(CourseError, match=f"there are: {NAME}"):
        release(course(folder), "nothing")
    with pytest.raises(CourseError, match="is not a date"):
        release(course(folder), NAME, due="soon")
    with pytest.raises(CourseError, match="was not released yet"):
        extend(course(folder), "other", "ada", 1, 0, print)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("c.LatePenalty.rule = '10% per week'", "has to be like one of"),
        ("c.LatePenalty.rule = ", "nbgrader_config.py cannot be read: SyntaxError"),
        ("c.CourseDirectory.db_url = 'postgres'", "gradebook"),
    ],
)
def test_a_slip_in_the_settings_is_said(folder, line, said):
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(f"\n{line}\n")
    hand_in(folder, "ada", ANSWERS["right"])
    with pytest.raises(CourseError, match=said):
        grade_here(folder)


# A change after grading ----------------------------------------------------------------------------


def changed(folder, change):
    source = folder / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    change(notebook)
    nbformat.write(notebook, source)


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def test_points_an_added_question_and_a_dropped_exercise_keep_marks_and_comments(folder, said):
    hand_in(folder, "ada", ANSWERS["right"] | {"why": "Because."})
    hand_in(folder, "bob", ANSWERS["wrong"] | {"why": "So."})
    grade_here(folder)
    with course(folder).gradebook() as book:
        book.find_grade("why", NAME, NAME, "ada").manual_score = 2.5
        book.find_grade("test_square", NAME, NAME, "bob").manual_score = 1.5
        book.find_comment("why", NAME, NAME, "ada").manual_comment = "Well said."
        book.find_comment("square", NAME, NAME, "bob").manual_comment = "Nearly."
        book.db.commit()

    whole = lesson()

    def drop_and_add(notebook):
        notebook.cells = [c for c in notebook.cells if grade_id(c) not in ("square", "test_square")]
        notebook.cells[3].metadata.nbgrader["points"] = 4
        question = _cell("markdown", "And?", "and", solution=True, grade=True, points=1)
        notebook.cells.append(question)

    changed(folder, drop_and_add)
    with pytest.raises(CourseError, match=r"test_twice` gives 4 points, before 2"):
        grade_here(folder)
    release(course(folder), NAME, say=said.append)
    text = "\n".join(said)
    assert "`test_twice` gives 4 points, before 2." in text
    assert "`and` is new, 1 point: of the 2 in the gradebook" in text
    assert "`test_square` is dropped, and its 2 points. Marks by hand are put aside" in text
    assert "bob 1.5" in text
    assert "at most 8 points now, before 7" in text
    _, records = grade_here(folder)
    assert {record.status for record in records.values()} == {"graded"}
    after = rows(folder)
    assert after["ada"]["grades"]["test_twice"] == (4, None, False)
    assert after["ada"]["grades"]["why"][1] == 2.5
    assert after["ada"]["comments"]["why"][1] == "Well said."
    assert "test_square" not in after["bob"]["grades"]
    assert after["bob"]["grades"]["and"] == (0, None, False)

    nbformat.write(whole, folder / "solutions" / NAME / f"{NAME}.ipynb")
    run(folder, "nbgrader", "generate_assignment", NAME, "--force")  # nbgrader's own does the same
    grade_here(folder)
    assert rows(folder)["bob"]["grades"]["test_square"] == (2, 1.5, True)
    assert rows(folder)["bob"]["comments"]["square"][1] == "Nearly."


def test_points_that_the_lesson_gives_count_whatever_the_exercises_record_says():
    more = shown(Score(1.5, 2), 4)
    assert (float(more), more.of) == (3, 4)
    assert float(shown(Score(2, 2), 1)) == 1


def test_an_extension_can_come_before_and_after_the_hand_in(folder):
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write("\nc.LatePenalty.rule = 'zero'\n")
    late = "2026-12-08 12:00:00 UTC"
    for student in ("ada", "bob", "cyd"):
        hand_in(folder, student, ANSWERS["right"], when=late)
    extend(course(folder), NAME, "ada", 1, 0, lambda said: None)
    grade_here(folder)
    extend(course(folder), NAME, "bob", 0, 20, lambda said: None)
    grade_here(folder)
    assert {s: row["late"] for s, row in rows(folder).items()} == {
        "ada": [None],
        "bob": [None],
        "cyd": [4],
    }
    release(course(folder), NAME, due="2026-12-09", say=lambda said: None)
    grade_here(folder)
    assert rows(folder)["cyd"]["late"] == [None]


# Collect -------------------------------------------------------------------------------------------


def test_moodle(folder, tmp_path, said):
    right, wrong = answered(folder), answered(folder, "wrong")
    late = datetime(2026, 12, 8, 9, 30)
    archive = zipped(
        tmp_path / "CS-Sums-1234.zip",
        {
            "Ada Lovelace_88001_assignsubmission_file_/sums.ipynb": right,
            "Charles Babbage_88002_assignsubmission_file/sums (1).ipynb": (wrong, late),
            "Blue-Emmy Noether_88003_assignsubmission_file_sums.ipynb": right,
            "Pál Erdős_88004_assignsubmission_onlinetext_/onlinetext.html": b"<p>sorry</p>",
            "Nobody Known_88005_assignsubmission_file_/sums.ipynb": right,
        },
    )
    collect(course(folder), NAME, [archive], with_roster(folder), say=said.append)
    assert submitted(folder) == {
        "ada": "2026-12-07 19:00",
        "charles": "2026-12-08 08:30",
        "emmy": "2026-12-07 19:00",
    }
    text = "\n".join(said)
    assert "Pál Erdős: not taken in: it holds no notebook sums" in text
    assert "Nobody Known: not taken in: nobody of this name is in the roster" in text
    said.clear()
    collect(course(folder), NAME, [archive], say=said.append)
    assert "0 new, 0 again, 3 as before" in "\n".join(said)


def test_canvas(folder, tmp_path, said):
    right = answered(folder)
    late = datetime(2026, 12, 9, 12, 0)
    archive = zipped(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_4711_90001_sums-1.ipynb": right,
            "babbagecharles_LATE_4712_90002_sums.ipynb": (right, late),
            "noetheremmy_4713_90003_sums.ipynb": (right, late),  # not late, by an extension there
            "erdospal_4714_90004_my_homework.ipynb": right,
        },
    )
    collect(course(folder), NAME, [archive], with_roster(folder), say=said.append)
    assert submitted(folder) == {
        "ada": "2026-12-07 19:00",
        "charles": "2026-12-09 11:00",
        "emmy": "2026-12-07 22:59",
        "pal": "2026-12-07 19:00",
    }


def test_brightspace_with_two_attempts(folder, tmp_path, said):
    right, wrong = answered(folder), answered(folder, "wrong")
    archive = zipped(
        tmp_path / "Sums Download Dec 8, 2026 900 AM.zip",
        {
            "index.html": b"<html>",
            "5001-777 - Ada Lovelace - Dec 6, 2026 1105 AM/sums.ipynb": right,
            "5001-777 - Ada Lovelace - Dec 7, 2026 1159 PM/sums.ipynb": wrong,
            "5002-777 - Charles Babbage - Dec 8, 2026 1201 AM/sums.ipynb": right,
        },
    )
    collect(course(folder), NAME, [archive], with_roster(folder), say=said.append)
    assert submitted(folder) == {"ada": "2026-12-07 22:59", "charles": "2026-12-07 23:01"}
    assert (folder / "submitted" / "ada" / NAME / f"{NAME}.ipynb").read_bytes() == wrong
    assert "1 earlier attempts passed over" in "\n".join(said)


def test_folders_mail_and_clones(folder, tmp_path):
    right = answered(folder)
    box = tmp_path / "mail"
    for name in (
        "ada/sums.ipynb",
        "cb@example.org.ipynb",
        "sums-emmy/my_work/sums/sums.ipynb",
        "sums-emmy/notebooks/sums/sums.ipynb",
        "sums-emmy/solutions/sums/sums.ipynb",
        "sums-emmy/.git/config",
    ):
        (box / name).parent.mkdir(parents=True, exist_ok=True)
        (box / name).write_bytes(answered(folder, "empty") if "notebooks" in name else right)
    zipped(box / "pal_sums.zip", {"work/sums.ipynb": right, "work/helper.py": b"x = 1"})
    collect(course(folder), NAME, [box], with_roster(folder), say=lambda said: None)
    assert submitted(folder) == dict.fromkeys(("ada", "charles", "emmy", "pal"))
    at = folder / "submitted"
    assert (at / "emmy" / NAME / f"{NAME}.ipynb").read_bytes() == right
    assert (at / "pal" / NAME / "helper.py").is_file()


def test_a_group_hands_in_once(folder, tmp_path):
    archive = zipped(
        tmp_path / "g.zip",
        {
            "blue_4712_90001_sums.ipynb": answered(folder),
            "Red_12_assignsubmission_file_/sums.ipynb": answered(folder, "wrong"),
        },
    )
    collect(course(folder), NAME, [archive], with_roster(folder), True, lambda said: None)
    assert set(submitted(folder)) == {"ada", "charles", "emmy", "pal"}


def test_a_later_hand_in_by_another_way_is_kept(folder, tmp_path, said):
    mine = hand_in(folder, "ada", ANSWERS["right"], when="2026-12-07 21:00:00 UTC")
    before = (mine / f"{NAME}.ipynb").read_bytes()
    archive = zipped(
        tmp_path / "m.zip", {"Ada Lovelace_1_assignsubmission_file_/sums.ipynb": answered(folder)}
    )
    collect(course(folder), NAME, [archive], with_roster(folder), say=said.append)
    assert (mine / f"{NAME}.ipynb").read_bytes() == before
    assert "Kept what was handed in later elsewhere: ada." in said


def test_two_of_one_name_are_told_apart_or_refused(folder, tmp_path, said):
    files = {
        "Ada Lovelace_11_assignsubmission_file_/sums.ipynb": answered(folder),
        "Ada Lovelace_12_assignsubmission_file_/sums.ipynb": answered(folder, "wrong"),
    }
    archive = zipped(tmp_path / "m.zip", files)
    collect(course(folder), NAME, [archive], say=said.append)
    assert set(submitted(folder)) == {"ada-lovelace-11", "ada-lovelace-12"}
    shutil.rmtree(folder / "submitted")
    two = "Username,First name,Last name\na1,Ada,Lovelace\na2,Ada,Lovelace\n"
    other = shutil.copytree(folder, tmp_path / "other")
    (other / "gradebook.db").unlink()
    release(course(other), NAME, DUE, say=lambda said: None)
    collect(course(other), NAME, [archive], with_roster(folder, two), say=said.append)
    assert submitted(other) == {}
    assert any("it may be a1, a2" in line for line in said)
    worksheet = (
        "Identifier,Full name,Username,Grade\n"
        "Participant 11,Ada Lovelace,a1,\nParticipant 12,Ada Lovelace,a2,\n"
    )
    collect(course(other), NAME, [archive], with_roster(folder, worksheet), say=said.append)
    assert set(submitted(other)) == {"a1", "a2"}
    assert "Participant" not in (other / "roster.csv").read_text()


def test_names_in_an_archive_lead_nowhere(folder, tmp_path):
    files = {
        "../../evil_1_assignsubmission_file_/sums.ipynb": answered(folder),
        "/abs_2_assignsubmission_file_/../../../x/sums.ipynb": answered(folder),
        ".. _3_assignsubmission_file_/sums.ipynb": answered(folder),
    }
    before = {p for p in tmp_path.rglob("*") if "course" not in p.parts}
    archive = zipped(tmp_path / "m.zip", files)
    collect(course(folder), NAME, [archive], say=lambda said: None)
    assert {p for p in tmp_path.rglob("*") if "course" not in p.parts} - before == {archive}
    assert all("/" not in who and not who.startswith(".") for who in submitted(folder))


def test_what_is_no_archive_is_said(folder, tmp_path):
    (tmp_path / "x.zip").write_bytes(b"no zip")
    with pytest.raises(CourseError, match="not a zip"):
        read(tmp_path / "x.zip", "UTC")
    with pytest.raises(CourseError, match="There is no"):
        read(tmp_path / "y.zip", "UTC")
    with pytest.raises(CourseError, match="no exchange folder"):
        collect(course(folder), NAME, [])


# A roster ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (ROSTER, roster.Person("ada", "Ada", "Lovelace", "ada@example.org", "4711", "Blue")),
        (
            "First name;Last name;ID number;Email address\nAda;Lovelace;12;a@x.org\n",
            roster.Person("12", "Ada", "Lovelace", "a@x.org"),
        ),
        (
            "\ufeffOrgDefinedId,Username,Last Name,First Name,Email\n#7,#ada,Lovelace,Ada,a@x\n",
            roster.Person("ada", "Ada", "Lovelace", "a@x", "7"),
        ),
        (
            "First name,Last name,Email address\nAda,Lovelace,ada@x.org\n",
            roster.Person("ada@x.org", "Ada", "Lovelace", "ada@x.org"),
        ),
    ],
)
def test_a_roster_as_each_lms_writes_it(tmp_path, text, person):
    (tmp_path / "r.csv").write_text(text, "utf-8")
    assert roster.read(tmp_path / "r.csv")[0] == person


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Username,Name\nada,Ada\nada,Eve\n"])
def test_a_file_that_is_no_roster_is_said(tmp_path, text):
    (tmp_path / "r.csv").write_text(text, "utf-8")
    with pytest.raises(CourseError, match=r"names no student|one id to several"):
        roster.read(tmp_path / "r.csv")


# Feedback, marks, status -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded(released, tmp_path_factory):
    """A graded class that handed in by Moodle, Canvas, Brightspace and a folder."""
    root = tmp_path_factory.mktemp("graded")
    folder = shutil.copytree(released, root / "course")
    right, wrong = answered(folder), answered(folder, "wrong")
    (root / "mail" / "pal").mkdir(parents=True)
    (root / "mail" / "pal" / f"{NAME}.ipynb").write_bytes(answered(folder, {"why": "So."}))
    archives = [
        zipped(root / "m.zip", {"Ada Lovelace_9_assignsubmission_file_/sums.ipynb": right}),
        zipped(root / "c.zip", {"babbagecharles_4712_90002_sums-1.ipynb": wrong}),
        zipped(root / "b.zip", {"5-7 - Emmy Noether - Dec 7, 2026 1159 PM/sums.ipynb": right}),
        root / "mail",
    ]
    collect(course(folder), NAME, archives, with_roster(folder), say=lambda said: None)
    grade_here(folder)
    return folder


@pytest.fixture
def graded_folder(graded, tmp_path):
    return shutil.copytree(graded, tmp_path / "course")


def test_feedback_goes_back_as_each_lms_wants_it_and_is_never_stale(graded_folder, said):
    folder = graded_folder
    feedback(course(folder), NAME, True, said.append)
    assert "4 pages made, 0 as they were." in said
    names = {
        lms: zipfile.ZipFile(folder / "for_lms" / f"{NAME}_feedback_{lms}.zip").namelist()
        for lms in ("moodle", "canvas", "brightspace", "folders")
    }
    assert names == {
        "moodle": ["Ada Lovelace_9_assignsubmission_file_/sums.html"],
        "canvas": ["babbagecharles_4712_90002_sums-1.html"],
        "brightspace": ["5-7 - Emmy Noether - Dec 7, 2026 1159 PM/sums.html"],
        "folders": ["pal/sums.html"],
    }
    page = folder / "feedback" / "pal" / NAME / f"{NAME}.html"
    assert "0.0 / 3.0" in page.read_text() or "/ 3" in page.read_text()
    before = page.read_bytes()
    with course(folder).gradebook() as book:
        book.find_grade("why", NAME, NAME, "pal").manual_score = 2.25
        book.db.commit()
    said.clear()
    feedback(course(folder), NAME, say=said.append)
    assert "1 pages made, 3 as they were." in said
    assert page.read_bytes() != before
    assert "2.25" in page.read_text()


def test_feedback_goes_into_the_exchange_for_those_who_handed_in_there(graded_folder, said):
    folder = graded_folder
    exchange = folder.parent / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.Exchange.root = {str(exchange)!r}\n")
    # Somebody behind whom there are others in the order of names.
    to = hand_in(folder, "bea", ANSWERS["right"], when="2026-12-07 12:00:00 UTC")
    (to / "submission_secret.txt").write_text("a secret of bea's")
    grade_here(folder)
    feedback(course(folder), NAME, True, said.append)
    assert "In the exchange, to be fetched: 1." in said
    log = run(folder, "nbgrader", "release_feedback", NAME)
    assert "Handed in another way" in log
    assert "ada, charles, emmy, pal" in log
    pages = list((exchange / "rnn-course" / "feedback").glob("*.html"))
    assert len(pages) == 1
    with zipfile.ZipFile(folder / "for_lms" / f"{NAME}_feedback_folders.zip") as made:
        assert made.namelist() == ["pal/sums.html"]


@pytest.mark.parametrize(
    ("lms", "by", "head", "row"),
    [
        ("moodle", "id", ["ID number", "Email address", NAME], ["ada", "ada@example.org", "4"]),
        ("moodle", "email", ["Email address", NAME], ["ada@example.org", "4"]),
        (
            "canvas",
            "id",
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", NAME],
            ["Lovelace, Ada", "4711", "", "ada", "", "4"],
        ),
        (
            "brightspace",
            "id",
            ["Username", f"{NAME} Points Grade", "End-of-Line Indicator"],
            ["#ada", "4", "#"],
        ),
    ],
)
def test_marks_as_each_lms_reads_them(graded, lms, by, head, row, said):
    marks(course(graded), NAME, lms, by, say=said.append)
    text = (graded / "for_lms" / f"{NAME}_marks_{lms}.csv").read_text("utf-8")
    table = list(csv.reader(io.StringIO(text)))
    assert table[0] == head
    assert row in table
    assert len(table) == 5 + (lms == "canvas")
    assert "Not final: 1 answers wait" in "\n".join(said)
    with pytest.raises(CourseError, match="--lms is one of"):
        marks(course(graded), NAME, "blackboard")


def test_the_status_tells_who_handed_in_and_what_comes_next(graded, said):
    status(course(graded), NAME, said.append)
    text = "\n".join(said)
    assert "ada      7 December 2026, 20:00" in text
    assert "at a time not known" in text
    assert "4 of 4 handed in, 0 late, 4 graded" in text
    assert "graded: Nothing to do." in text


# Next year, and a folder of one's own ----------------------------------------------------------------


def test_a_new_year_keeps_all_in_one_zip_and_begins_empty(graded_folder, said):
    folder = graded_folder
    inbound = folder.parent / "exchange" / "rnn-course" / "inbound" / f"ada+{NAME}+2026"
    inbound.mkdir(parents=True)
    (inbound / f"{NAME}.ipynb").write_text("{}")
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.Exchange.root = {str(folder.parent / 'exchange')!r}\n")
    archive.new_year(course(folder), said.append)
    assert not (folder / "submitted").exists()
    assert not inbound.exists()
    assert (folder / "solutions" / NAME).is_dir()
    (kept,) = (folder / "archives").glob("*.zip")
    names = zipfile.ZipFile(kept).namelist()
    assert "gradebook.db" in names
    assert f"submitted/ada/{NAME}/{NAME}.ipynb" in names
    assert f"exchange/rnn-course/inbound/ada+{NAME}+2026/{NAME}.ipynb" in names
    with pytest.raises(CourseError, match="class release"):
        settings(folder)
    with pytest.raises(CourseError, match="nothing of a class yet"):
        archive.archive(course(folder))


def test_a_folder_of_ones_own_follows_the_course_but_for_what_was_changed(tmp_path, said):
    origin, mine = tmp_path / "origin", tmp_path / "mine"
    for name in ("01_a", "02_b", "11_c"):
        (origin / "solutions" / name).mkdir(parents=True)
        (origin / "solutions" / name / f"{name}.md").write_text("first")
    (origin / "nbgrader_config.py").write_text("c = get_config()")
    init(origin, mine, "01-02", said.append)
    assert sorted(p.name for p in (mine / "solutions").iterdir()) == ["01_a", "02_b"]
    (mine / "solutions" / "02_b" / "02_b.md").write_text("zweite")
    for name in ("01_a", "02_b"):
        (origin / "solutions" / name / f"{name}.md").write_text("second")
    init(origin, mine, "01-02", said.append)
    assert (mine / "solutions" / "01_a" / "01_a.md").read_text() == "second"
    assert (mine / "solutions" / "02_b" / "02_b.md").read_text() == "zweite"
    assert "02_b: kept as you changed it; the course has another edition" in said
    with pytest.raises(CourseError, match="no lesson 12"):
        init(origin, mine, "12")


def test_a_database_that_is_empty_in_mid_term_is_said_and_filled(graded_folder, said):
    folder = graded_folder
    before = rows(folder)
    url = f"sqlite:///{folder}/other.db"
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    with pytest.raises(CourseError, match=r"marks would start anew.*class move-gradebook"):
        settings(folder)
    move_gradebook(folder, said.append)
    assert rows(folder, url) == before
    assert grade_here(folder)[0].graded == 0
    with pytest.raises(CourseError, match="leave gradebook"):
        move_gradebook(folder)


class Elsewhere:
    """An exchange of another kind, which says in its log alone that it could not be reached."""

    def __init__(self, **given):
        self.log = logging.getLogger("elsewhere")

    def start(self):
        self.log.error("The service cannot be reached.\nTraceback …")


def test_another_exchange_that_cannot_be_reached_is_said(folder, said, monkeypatch):
    monkeypatch.setattr("nbgrader.exchange.ExchangeFactory.release_assignment", Elsewhere)
    with pytest.raises(CourseError, match=r"^The service cannot be reached\.$"):
        release(course(folder), NAME, say=said.append)
    assert not any("can fetch it" in sentence for sentence in said)
