"""What a student puts where hand-ins are taken from is never followed, and touches nobody else's."""

import csv
import io
import os
import pwd
import struct
import sys
import time
import zipfile

import pytest
from grading_course import ANSWERS, NAME, hand_in
from test_classroom import answered, course, folder, released, submitted, with_roster, zipped
from test_grade import grade_here
from typer.testing import CliRunner

from rnn_utils.classroom.collect import collect
from rnn_utils.classroom.exchange import can_be_fetched
from rnn_utils.classroom.marks import marks
from rnn_utils.classroom.standing import standings
from rnn_utils.grading.intake.student_id import LONGEST_ID, unfit

__all__ = ["folder", "released"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader grades on POSIX only")

WHEN = "2026-12-07 12:00:00 UTC"
ME = pwd.getpwuid(os.getuid()).pw_name if sys.platform != "win32" else ""


@pytest.fixture
def said():
    return []


# nbgrader's exchange, where every account can write -----------------------------------------------


def into_exchange(folder, student, content=None, when=WHEN):
    """Put a hand-in into the exchange's folder, as nbgrader does; return where it is."""
    settings = folder / "nbgrader_config.py"
    settings.write_text(
        settings.read_text() + f"\nc.Exchange.root = {str(folder.parent / 'exchange')!r}\n"
    )
    inbound = folder.parent / "exchange" / "rnn-course" / "inbound"
    inbound.mkdir(parents=True, exist_ok=True)
    (folder.parent / "exchange").chmod(0o777)
    to = inbound / f"{student}+{NAME}+{when}+{os.urandom(4).hex()}"
    to.mkdir()
    (to / "timestamp.txt").write_text(when)
    (to / "submission_secret.txt").write_text("a secret")
    if content is not None:
        (to / f"{NAME}.ipynb").write_bytes(content)
    return to


def test_no_link_in_the_exchange_is_followed(folder, said):
    secret = folder.parent / "secret.csv"
    secret.write_text("only the instructor can read this")
    mine = into_exchange(folder, ME)
    (mine / f"{NAME}.ipynb").symlink_to(folder / "solutions" / NAME / f"{NAME}.ipynb")
    (mine / "a.csv").symlink_to(secret)
    (mine / "b").symlink_to(folder)
    os.link(secret, mine / "c.csv")
    (mine / "d.csv").write_text("mine")
    os.mkfifo(mine / "e.csv")
    collect(course(folder), NAME, [], say=said.append)
    there = folder / "submitted" / ME / NAME
    assert {path.name for path in there.iterdir()} == {
        "timestamp.txt",
        "submission_secret.txt",
        "d.csv",
    }
    assert sum("Left out" in line for line in said) >= 3
    grade_here(folder)
    (one,) = [one for one in standings(course(folder), NAME) if one.handed_in]
    assert one.score == 0


def test_what_is_odd_in_the_exchange_stops_nobody(folder, said):
    into_exchange(folder, ME, answered(folder))
    inbound = folder.parent / "exchange" / "rnn-course" / "inbound"
    for name in (
        f"eve+{NAME}+never+x",
        f"eve+{NAME}+9999-99-99 99:99:99 UTC+x",
        f"eve+{NAME}+2026-12-07 12:00:00 {'1' * 30}+x",
        f"+{NAME}+{WHEN}+x",
        f"../eve+{NAME}+{WHEN}+x".replace("/", "\\"),
        f"*+{NAME}+{WHEN}+x",
        f"\udcff+{NAME}+{WHEN}+x",
        f"a\nb\x1b[2J+{NAME}+{WHEN}+x",
        "no hand-in",
    ):
        os.mkdir(os.fsencode(inbound) + b"/" + os.fsencode(name))
    (inbound / f"link+{NAME}+{WHEN}+x").symlink_to(folder)
    (inbound / f"file+{NAME}+{WHEN}+x").write_text("x")
    collect(course(folder), NAME, [], say=said.append)
    assert set(submitted(folder)) == {ME}
    assert "1 new, 0 again, 0 as before." in said


def test_nobody_hands_in_for_somebody_else_where_accounts_tell_whose_it_is(folder, said):
    into_exchange(folder, ME, answered(folder))
    into_exchange(folder, "bob", answered(folder, "empty"), "2026-12-07 13:00:00 UTC")
    collect(course(folder), NAME, [], say=said.append)
    assert set(submitted(folder)) == {ME}
    assert any("cheating attempt" in line and "bob" in line for line in said)


def test_where_all_files_have_one_owner_everybodys_count(folder):
    for who in ("ada", "bob"):
        into_exchange(folder, who, answered(folder))
    into_exchange(folder, "bob", answered(folder, "empty"), "2026-12-07 13:00:00 UTC")
    collect(course(folder), NAME, [], say=lambda said: None)
    assert submitted(folder) == {"ada": "2026-12-07 12:00", "bob": "2026-12-07 13:00"}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"x" * 5000])
def test_a_secret_that_is_no_text_keeps_nobodys_feedback_back(tmp_path, content):
    (tmp_path / "timestamp.txt").write_text(WHEN)
    (tmp_path / "submission_secret.txt").write_bytes(content)
    assert not can_be_fetched(tmp_path)


# Zips that students hand in -----------------------------------------------------------------------


def zip_of(*files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


def spoilt(content, old, new):
    assert old in content
    return content.replace(old, new)


def stored(name, content):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, content)
    return made.getvalue()


def encrypted(content):
    """Set the sign of encryption in both headers."""
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + place
        content = content[:at] + b"\x01\x00" + content[at + 2 :]
    return content


def with_extra(name, extra):
    info = zipfile.ZipInfo(name)
    info.extra = extra
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(info, b"x")
    return made.getvalue()


def no_text(content):
    """Say of a name in cp437 that it is UTF-8."""
    for mark, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = content.index(mark) + place
        content = content[:at] + b"\x08" + content[at + 1 :]
    return content.replace(b"name", b"\xff\xfe\xff\xfe")


NB = f"{NAME}.ipynb"
#: Each makes a zip of a right notebook.
ZIPS = {
    "dots below": lambda nb: zip_of(("a/" + NB, nb), ("a/..", b"x"), ("a/../../../x.csv", b"x")),
    "absolute": lambda nb: zip_of(("/" + NB, nb), ("/etc/evil", b"x"), ("\\\\host\\x", b"x")),
    "a link": lambda nb: with_link(nb),
    "twice the same": lambda nb: stored_twice(nb),
    "a very long name": lambda nb: zip_of((NB, nb), ("x" * 60_000, b"x"), ("y" * 300, b"x")),
    "names of nothing": lambda nb: zip_of(("_" * 60_000 + ".ipynb", b"x"), (NB, nb)),
    "codes in names": lambda nb: zip_of((NB, nb), ("\x1b]0;x\x07\n\u202e.csv", b"x")),
    "a name in cp437": lambda nb: zip_of((NB, nb), ("xyz.csv", b"x")).replace(
        b"xyz", b"\x82\xe1\xff"
    ),
    "many folders": lambda nb: zip_of((NB, nb), ("a/" * 400 + "x", b"x")),
    "folders without end": lambda nb: zip_of((NB, nb), ("a/" * 20_000 + "x", b"x")),
}
#: The beginning of an entry in a zip's list, up to the way in which it is packed.
STORED = b"PK\x01\x02\x14\x03\x14\x00\x00\x00"

#: What cannot be read, and is said.
BROKEN = {
    "a wrong sum": lambda nb: spoilt(stored(NB, nb), nb[:9], nb[:8] + b"X"),
    "a broken stream": lambda nb: broken_stream(nb),
    "encrypted": lambda nb: encrypted(stored(NB, nb)),
    "a name that is no text": lambda nb: no_text(stored("name", b"x")),
    "half of an extra field": lambda nb: with_extra(NB, struct.pack("<HHB", 0x5455, 9, 1)),
    "a bomb": lambda nb: zip_of(*((f"{k}.csv", bytes(20 << 20)) for k in range(12)), (NB, nb)),
    "very many files": lambda nb: zip_of((NB, nb), *((f"{k}.csv", b"") for k in range(3000))),
    "an unknown way": lambda nb: spoilt(stored(NB, nb), STORED + b"\0\0", STORED + b"c\0"),
    "cut off": lambda nb: stored(NB, nb)[:-30],
}


def with_link(nb):
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(NB, nb)
        archive.writestr(info, "/etc/passwd")
    return made.getvalue()


def stored_twice(nb):
    with pytest.warns(UserWarning, match="Duplicate name"):
        return zip_of((NB, b"{}"), (NB, nb), ("a.csv", b"1"), ("A.csv", b"2"))


def broken_stream(nb):
    content = zip_of((NB, nb))
    start = content.index(NB.encode()) + len(NB)
    return content[:start] + b"\xff" * 38 + content[start + 38 :]


def test_whatever_a_zip_holds_it_is_its_authors_alone(folder, tmp_path, said):
    notebook = answered(folder)
    kinds = {**ZIPS, **BROKEN}
    files = {
        f"Kind Nr{number}_{number}_assignsubmission_file_/work.zip": make(notebook)
        for number, make in enumerate(kinds.values(), 100)
    }
    files["Ada Last_99_assignsubmission_file_/sums.ipynb"] = notebook
    before = {p for p in tmp_path.rglob("*") if "course" not in p.parts}
    archive = zipped(tmp_path / "m.zip", files)
    began = time.process_time()
    collect(course(folder), NAME, [archive], say=said.append)
    assert time.process_time() - began < 20
    assert {p for p in tmp_path.rglob("*") if "course" not in p.parts} - before == {archive}
    numbers = {f"kind-nr{number}": kind for number, kind in enumerate(kinds, 100)}
    taken = {numbers.get(who, who) for who in submitted(folder)}
    assert taken == {*ZIPS, "ada-last"}
    for who in submitted(folder):
        to = folder / "submitted" / who / NAME
        assert (to / NB).read_bytes() == notebook, numbers.get(who)
        assert all(path.is_file() and not path.is_symlink() for path in to.iterdir())
    assert sum("not taken in: it holds no notebook" in line for line in said) == len(BROKEN)
    summary, _ = grade_here(folder)
    assert summary.failed == {}


def test_a_zip_in_a_zip_is_no_way_around_the_limit(folder, tmp_path, said):
    """Every file of one person's is a zip of much."""
    notebook = answered(folder)
    much = zip_of(*((f"{k}.csv", bytes(19 << 20)) for k in range(4)))
    files = {f"Eve Nix_1_assignsubmission_file_/{k}.zip": much for k in range(6)}
    files["Eve Nix_1_assignsubmission_file_/z.zip"] = zip_of((NB, notebook))
    from rnn_utils.classroom.lms import read

    items = read(zipped(tmp_path / "m.zip", files), "UTC")
    assert sum(len(item.content) for item in items) < 120 << 20
    collect(course(folder), NAME, [tmp_path / "m.zip"], say=said.append)
    assert set(submitted(folder)) == {"eve-nix"}


# Names that people choose themselves --------------------------------------------------------------


def test_a_name_takes_nobody_elses_place(folder, tmp_path, said):
    """Eve has taken Ada's name, an accent aside, or the group's; the roster knows her by number alone."""
    roster = (
        "Student,ID,SIS Login ID,Email,Group\n"
        '"Lovelace, Ada",4711,ada,a@x.org,Blue\n"Nix, Eve",4713,eve,e@x.org,\n'
    )
    for name in ("lovelaceada", "adalovelace", "ada", "blue", "x-adalovelace"):
        files = {
            "lovelaceada_4711_800_sums-1.ipynb": answered(folder),
            f"{name}_4713_900_sums.ipynb": answered(folder, "empty"),
        }
        archive = zipped(tmp_path / f"{name}.zip", files)
        collect(course(folder), NAME, [archive], with_roster(folder, roster), say=said.append)
        assert set(submitted(folder)) == {"ada"}
        assert (folder / "submitted" / "ada" / NAME / NB).read_bytes() == answered(folder), name
        assert any("4713" in line for line in said)
        said.clear()


@pytest.mark.parametrize("names", [("Zoë A", "Zoe A"), ("李 雷", "韩 梅"), ("x" * 200, "x" * 199)])
def test_without_a_roster_no_two_people_become_one(folder, tmp_path, said, names):
    files = {
        f"{name}_{number}_assignsubmission_file_/sums.ipynb": answered(folder, which)
        for number, (name, which) in enumerate(zip(names, ("right", "empty"), strict=True), 11)
    }
    collect(course(folder), NAME, [zipped(tmp_path / "m.zip", files)], say=said.append)
    assert len(submitted(folder)) == 2
    assert not any(unfit(who) for who in submitted(folder))


def test_of_folders_called_alike_none_replaces_another(folder, tmp_path, said):
    files = {"Zoë A/sums.ipynb": answered(folder), "Zoe A/sums.ipynb": answered(folder, "empty")}
    collect(course(folder), NAME, [zipped(tmp_path / "p.zip", files)], say=said.append)
    assert submitted(folder) == {}
    assert sum("others are called zoe-a, too" in line for line in said) == 2


def test_no_cell_of_the_marks_is_a_formula(folder, tmp_path):
    roster = (
        "Student,ID,SIS Login ID,Email,Group\n"
        '"=HYPERLINK(""http://x"";1),+1",4711,ada,@SUM(1),-1\n"\t=1,@x",4712,bob,"=cmd|\' /C calc\'!A0",\n'
    )
    for who in ("ada", "bob"):
        hand_in(folder, who, ANSWERS["right"])
    with pytest.raises(Exception, match="no exchange"):
        collect(course(folder), NAME, [], with_roster(folder, roster), say=lambda said: None)
    grade_here(folder)
    for lms in ("moodle", "canvas", "brightspace"):
        for by in ("id", "email"):
            marks(course(folder), NAME, lms, by, say=lambda said: None)
            text = (folder / "for_lms" / f"{NAME}_marks_{lms}.csv").read_text("utf-8")
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
            assert "HYPERLINK" in text or lms != "canvas"
            assert not [c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "\r"))]


# Folders that stand for students ------------------------------------------------------------------

FOLDERS = {
    "no text": b"\xff\xfe",
    "half a surrogate": "\ud800".encode("utf-8", "surrogatepass"),
    "lines and codes": b"a\nb\x1b]0;title\x07",
    "turned": "\u202eabc".encode(),
    "long": b"x" * 255,
    "a space behind": b"ada ",
    "a pattern": b"*",
    "another's by a pattern": b"[a]da",
    "two": b"ada,bob",
    "a formula": b"=1+1",
    "an option": b"--force",
    "markup": b"<img src=x onerror=alert(1)>",
    "quotes": b'"><b>',
}
TWINS = {
    "case": "ADA",
    "a normal form": "zoe\u0308",
    "another": "zo\u00eb",
    "dots": "ada..",
    "two dots": "a..b",
}


def test_a_folder_that_can_be_nobodys_is_named_and_all_others_are_graded(folder):
    for name in FOLDERS.values():
        there = os.fsencode(folder / "submitted") + b"/" + name + b"/" + NAME.encode()
        os.makedirs(there)
        with open(there + b"/" + NB.encode(), "wb") as file:
            file.write(answered(folder))
    (folder / "submitted" / "linked").symlink_to(folder / "submitted" / "ada")
    (folder / "submitted" / "half").mkdir()
    (folder / "submitted" / "half" / NAME).symlink_to(folder / "solutions" / NAME)
    for who in ("ada", *TWINS.values()):
        hand_in(folder, who, ANSWERS["right"])
    hand_in(folder, TWINS["case"], ANSWERS["empty"])
    summary, records = grade_here(folder)
    assert len(summary.failed) == len(FOLDERS)
    assert all("the folder's name" in why for why in summary.failed.values())
    assert set(records) == {"ada", *TWINS.values(), "linked", "half"}
    scores = {one.person.id: one.score for one in standings(course(folder), NAME)}
    assert [scores[who] for who in ("ada", "ADA", "zoe\u0308", "zo\u00eb")] == [4, 0, 4, 4]
    assert not scores["linked"]
    assert not scores["half"]


def test_no_name_prints_a_line_or_a_code_of_its_own(folder, monkeypatch):
    from rnn_utils.cli import app

    for name in FOLDERS.values():
        os.makedirs(os.fsencode(folder / "submitted") + b"/" + name + b"/" + NAME.encode())
    hand_in(folder, "ada", ANSWERS["right"])
    grade_here(folder)
    monkeypatch.chdir(folder)
    ran = CliRunner().invoke(app, ["class", "status", NAME])
    assert ran.exit_code == 0, ran.output
    assert not [c for c in ran.output if not c.isprintable() and c != "\n"]
    assert "\nb" not in ran.output


@pytest.mark.parametrize(
    "name", ["ada", "ada.lovelace@example.org", "Zoë", "李雷", "o'brien", "~x", "a+b"]
)
def test_an_ordinary_id_is_fit(name):
    assert unfit(name) == ""
    assert unfit("x" * (LONGEST_ID + 1))
