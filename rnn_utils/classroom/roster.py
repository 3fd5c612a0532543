"""Who is in the class: a CSV as an LMS exports it, and whom a name in an archive means."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.intake.student_id import LONGEST_ID
from rnn_utils.grading.protocol.safe_text import line

#: The class as this course keeps it, in its folder; git ignores it.
ROSTER = "roster.csv"

#: What LMSs call their columns, the best first; in lower case.
_COLUMNS = {
    "id": (
        "student_id",
        "username",
        "sis login id",
        "login id",
        "id number",
        "idnumber",
        "orgdefinedid",
        "sis user id",
        "student id",
        "student number",
    ),
    "first": ("first_name", "first name", "firstname", "given name"),
    "last": ("last_name", "last name", "lastname", "surname"),
    "name": ("full name", "fullname", "student", "name"),
    "email": ("email", "email address", "e-mail", "mail"),
    "lms": ("lms_id", "identifier", "id", "orgdefinedid"),
    "group": ("group", "groups", "group name"),
}


class Person(NamedTuple):
    """One student of the roster; what is not known is empty."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    lms: str = ""
    group: str = ""


def read(path: Path) -> list[Person]:
    """Read a roster, as Moodle, Canvas, Brightspace or a spreadsheet writes it.

    Args:
        path: a CSV, separated by commas, semicolons or tabs.

    Returns:
        The students.

    Raises:
        CourseError: it is no such file, or names no student.
    """
    text = _text_of(path)
    head, _, rest = text.partition("\n")
    if said := re.fullmatch(r"sep=(.)\s*", head):  # as Excel writes it
        separator, text = said[1], rest
    else:
        separator = max(",;\t", key=head.count)
    people = [
        person
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
        if (person := _person({(k or "").strip().lower(): (v or "") for k, v in row.items() if k}))
    ]
    if not people:
        raise CourseError(
            f"{path} names no student. Its first line must name its columns; there must be one of: "
            f"{', '.join(_COLUMNS['id'])}, or email."
        )
    # A list of groups or sections has a line for each that somebody is in.
    once = {person.id: person for person in reversed(people)}
    twice = {p.id for p in people if _but_once(p) != _but_once(once[p.id])}
    if twice:
        raise CourseError(
            f"{path} gives one id to several people: {', '.join(sorted(twice))}. Correct it there."
        )
    return list(once.values())[::-1]


def _but_once(person: Person) -> Person:
    return person._replace(lms="", group="")


def _text_of(path: Path) -> str:
    """Read a CSV in the encodings that LMSs and spreadsheets write."""
    try:
        content = path.read_bytes()
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = content.decode("utf-16")
        else:
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:  # Excel's plain CSV
                text = content.decode("cp1252")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from None
    if "\0" in text or text.startswith("PK"):
        raise CourseError(
            f"{path} is no CSV; export or save it as one, with a line for each student."
        )
    return text


def _person(row: dict[str, Any]) -> Person | None:
    values = {
        field: next((_text(row[c]) for c in columns if str(row.get(c, "")).strip()), "")
        for field, columns in _COLUMNS.items()
    }
    first, last = values["first"], values["last"]
    if not (first or last) and values["name"]:
        last, _, first = values["name"].partition(",")
        if not first:
            first, _, last = values["name"].rpartition(" ")
    if last.strip().lower() in ("points possible", "student") and not values["email"]:
        return None  # Canvas's second line, and its test student
    lms = values["lms"].lstrip("#")
    name = values["id"].lstrip("#") or values["email"]
    if not name:
        return None
    return Person(safe(name), first.strip(), last.strip(), values["email"], lms, values["group"])


def _text(value: Any) -> str:
    """Return what a cell holds, as one line, and without what would be markup on a page of nbgrader's."""
    return line(re.sub(r'[<>"&`]', "", str(value)))


def write(path: Path, people: Iterable[Person]) -> None:
    """Keep a roster in the course's folder."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["student_id", "first_name", "last_name", "email", "lms_id", "group"])
        # Moodle's numbers are those of one assignment.
        writer.writerows(p._replace(lms="") if _of_moodle(p) else p for p in people)


def merge(old: Iterable[Person], new: Iterable[Person]) -> list[Person]:
    """Bring a roster up to date; what a newer one does not say is kept.

    Example:
        >>> merge([Person("ada", email="a@x.org")], [Person("ada", "Ada")])
        [Person(id='ada', first='Ada', last='', email='a@x.org', lms='', group='')]
    """
    people = {person.id: person for person in old}
    by_email = {p.email.casefold(): p.id for p in people.values() if p.email}
    for person in new:
        known = people.get(person.id) or people.get(by_email.get(person.email.casefold(), ""))
        if known is not None:
            person = Person(known.id, *(b or a for a, b in zip(known[1:], person[1:], strict=True)))
        people[person.id] = person
    return sorted(people.values())


def safe(name: str) -> str:
    """Make an id of a name, which can be a folder's name.

    Example:
        >>> safe("Ada Lovelace"), safe("Zoë/../x"), safe("ada@example.org"), safe("李 雷")
        ('ada-lovelace', 'zoe-x', 'ada@example.org', '李-雷')
    """
    if not re.fullmatch(r"[A-Za-z0-9_][\w.@-]*", name, re.ASCII):
        letters = unicodedata.normalize("NFC", plain(name))
        name = re.sub(r"[^\w@]+", "-", letters).strip("-@") or "nobody"
    return name[:LONGEST_ID]


def plain(name: str) -> str:
    """Take case and accents from a name."""
    letters = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    return "".join(c for c in letters if not unicodedata.combining(c)).casefold()


def _of_moodle(person: Person) -> bool:
    return person.lms.startswith("Participant ")


def matching(people: Iterable[Person], name: str, number: str) -> list[Person]:
    """Find whom an LMS, a folder or a file means.

    Args:
        people: the class.
        name: a name in any order, an id, or an e-mail address.
        number: the LMS's number, as the roster has it ("Participant 123" for Moodle), or none.

    Returns:
        Whom it can mean: one if all is well.
    """
    people = list(people)
    wanted = plain(name)
    numbered = [p for p in people if number and p.lms == number]
    if numbered and (
        wanted == "participant" or any(not _names(p) or _same(p, wanted) for p in numbered)
    ):
        return numbered
    for fits in (
        lambda p: wanted in (plain(p.id), plain(p.email)),
        lambda p: bool(p.email) and wanted == plain(p.email).split("@")[0],
        lambda p: _same(p, wanted),
    ):
        if found := [p for p in people if fits(p)]:
            return found
    return []


def _same(person: Person, name: str) -> bool:
    """Say whether a name is a person's; Moodle may write a group's name and "-" before it."""
    return any(
        _letters(name) == full or ("-" in name and _letters(name).endswith(full))
        for full in _names(person)
    )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _names(person: Person) -> set[str]:
    first, last = _letters(plain(person.first)), _letters(plain(person.last))
    return {first + last, last + first} if first and last else set()
