"""What LMSs, spreadsheets and people's own programs make of names, in zips and lists of a class."""

import io
import unicodedata
import zipfile
from datetime import datetime

import pytest
from grading_course import NAME
from test_classroom import answered, course, folder, released, submitted, zipped

from rnn_utils.classroom import lms, roster
from rnn_utils.classroom.collect import collect
from rnn_utils.classroom.hand_ins import unwrapped
from rnn_utils.classroom.release import extend, extended
from rnn_utils.classroom.roster import Person
from rnn_utils.course_folder import CourseError

__all__ = ["folder", "released"]

CLASS = [Person("jm", "Jörg", "Müller"), Person("ada", "Ada", "Lovelace"), Person("li", "雷", "李")]


@pytest.fixture
def said():
    return []


# A list of the class -------------------------------------------------------------------------------

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("hint", [False, True])
def test_a_roster_is_read_however_a_spreadsheet_saved_it(tmp_path, encoding, end, separator, hint):
    rows = [
        ("Username", "First name", "Last name", "Notes"),
        ("jm", "Jörg", "Müller", f'"two{end}lines, one{separator}cell"'),
        ("zoé", "Zoé", "d’Été" if encoding == "cp1252" else "d'Été", ""),
    ]
    lines = [f"sep={separator}"] * hint + [separator.join(row) for row in rows]
    path = tmp_path / "r.csv"
    path.write_bytes((end.join(lines) + end).encode(encoding))
    assert [p.id for p in roster.read(path)] == ["jm", "zoe"]
    assert roster.read(path)[0].last == "Müller"


def test_who_is_in_two_groups_is_one_person_and_two_people_are_not(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("Username,Last name,Group\nada,Lovelace,A\nada,Lovelace,B\nemmy,Noether,A\n")
    assert [(p.id, p.group) for p in roster.read(path)] == [("ada", "A"), ("emmy", "A")]
    path.write_text("Username,Last name\nada,Lovelace\nada,Byron\n")
    with pytest.raises(CourseError, match="one id to several people: ada"):
        roster.read(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04\x14\x00\x06\x00", b"\xff\xfe", b"a\x00b\n"])
def test_a_workbook_is_no_roster(tmp_path, content):
    (tmp_path / "r.xlsx").write_bytes(content)
    with pytest.raises(CourseError, match=r"is no CSV|names no student"):
        roster.read(tmp_path / "r.xlsx")


# Names in a zip ------------------------------------------------------------------------------------


def zip_with_names(names):
    """Make a zip whose entries have these bytes for names, and do not say in what encoding."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for k, name in enumerate(names):
            archive.writestr(zipfile.ZipInfo(f"{k:01}" * len(name), (2026, 12, 7, 20, 0, 0)), b"{}")
    content = made.getvalue()
    for k, name in enumerate(names):
        content = content.replace(f"{k:01}".encode() * len(name), name)
    return content


@pytest.mark.parametrize(
    "encode",
    [
        lambda name: name.encode("utf-8"),
        lambda name: unicodedata.normalize("NFD", name).encode("utf-8"),
        lambda name: name.encode("cp437"),
    ],
)
@pytest.mark.parametrize("slash", ["/", "\\"])
@pytest.mark.parametrize(
    "place",
    ["Jörg Müller", "Müller, Jörg_11_assignsubmission_file_", "7-8 - Jörg Müller - 7.12.2026"],
)
def test_a_name_is_read_in_whatever_letters_a_zip_has_it(tmp_path, encode, slash, place):
    path = tmp_path / "a.zip"
    path.write_bytes(
        zip_with_names([encode(f"{place}{slash}{NAME}.ipynb"), encode(f"__MACOSX{slash}._x")])
    )
    (item,) = lms.read(path, "UTC")
    assert roster.matching(CLASS, item.name, "") == [CLASS[0]]


PEOPLE = ("Jörg Müller", "ada", "李 雷")


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("where", [(), ("mail",), ("Downloads", "Week 1")])
@pytest.mark.parametrize("place", ["folder", "file", "zip"])
def test_a_folder_around_all_hand_ins_is_nobodys(tmp_path, place, where, known):
    files = {}
    for name in PEOPLE:
        if place == "zip":
            inner = io.BytesIO()
            zipped(inner, {f"work/{NAME}.ipynb": b"{}"})
            files["/".join((*where, f"{name}.zip"))] = inner.getvalue()
        else:
            last = f"{name}/{NAME}.ipynb" if place == "folder" else f"{name}.ipynb"
            files["/".join((*where, last))] = b"{}"
    files["/".join((*where, "read me.txt"))] = b"from the mailbox"
    items = lms.read(zipped(tmp_path / "a.zip", files), "UTC")
    found = unwrapped(items, CLASS if known else [], NAME, [NAME])
    assert {i.name for i in found if i.path.suffix == ".ipynb"} == set(PEOPLE)


@pytest.mark.parametrize(
    "files",
    [
        ["ada/sums.ipynb"],
        ["ada/sums.ipynb", "ada/draft.ipynb"],
        ["ada/my_work/sums/sums.ipynb", "ada/notebooks/sums/sums.ipynb"],
        ["sums-ada/week/sums.ipynb"],
    ],
)
@pytest.mark.parametrize("known", [False, True])
def test_a_folder_of_one_person_stays_theirs(tmp_path, files, known):
    archive = zipped(tmp_path / "a.zip", dict.fromkeys(files, b"{}"))
    found = unwrapped(lms.read(archive, "UTC"), CLASS if known else [], NAME, [NAME])
    assert {item.place for item in found} == {files[0].partition("/")[0]}


# Which of several counts ---------------------------------------------------------------------------


def mark_of(folder, student):
    return (folder / "submitted" / student / NAME / f"{NAME}.ipynb").read_bytes()


def test_what_was_handed_over_without_a_time_is_not_undone_by_what_is_older(folder, tmp_path, said):
    old, new = answered(folder, "wrong"), answered(folder)
    moodle = zipped(
        tmp_path / "m.zip",
        {
            "ada_1_assignsubmission_file_/sums.ipynb": old,
            "emmy_2_assignsubmission_file_/sums.ipynb": old,
        },
        when=datetime(2020, 12, 7, 20, 0),
    )
    (tmp_path / "mail" / "ada").mkdir(parents=True)
    (tmp_path / "mail" / "ada" / "sums.ipynb").write_bytes(new)
    for order in (["mail", "m.zip"], ["m.zip", "mail"], ["m.zip"], ["mail", "m.zip"]):
        collect(course(folder), NAME, [tmp_path / name for name in order], say=said.append)
    assert mark_of(folder, "ada") == new
    assert submitted(folder) == {"ada": None, "emmy": "2020-12-07 19:00"}
    assert "Kept what was handed in later elsewhere: ada." in said
    later = zipped(moodle, {"ada_1_assignsubmission_file_/sums.ipynb": old}, datetime(2099, 1, 1))
    collect(course(folder), NAME, [later], say=said.append)
    assert mark_of(folder, "ada") == old


# More time -----------------------------------------------------------------------------------------


def test_an_extension_is_for_somebody_in_the_class_and_forwards(folder, tmp_path, said):
    (tmp_path / "r.csv").write_text("Username,Last name\nemmy,Noether\n")
    archive = zipped(tmp_path / "m.zip", {"emmy_1_assignsubmission_file_/sums.ipynb": b"{}"})
    collect(course(folder), NAME, [archive], tmp_path / "r.csv", say=said.append)
    with pytest.raises(CourseError, match=r"'emy'. Is it emmy\?"):
        extend(course(folder), NAME, "emy", 3, 0, said.append)
    with pytest.raises(CourseError, match="and not before"):
        extend(course(folder), NAME, "emmy", -3, 0, said.append)
    with course(folder).gradebook() as book:
        assert [student.id for student in book.students] == ["emmy"]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("month", [3, 10])
def test_days_more_end_at_the_same_time_of_the_day(zone, month):
    from rnn_utils.classroom.course import as_utc, in_words

    for day in range(1, 29):
        due = as_utc(f"2026-{month}-{day} 23:59", zone)
        until = due + extended(due, 2, 0, zone)
        assert f"{day + 2} " in in_words(until, zone) or day > 26
        assert "23:59" in in_words(until, zone)
        assert (extended(due, 2, 3, zone) - extended(due, 2, 0, zone)).total_seconds() == 3 * 3600
