"""Whose each hand-in of an archive is."""

from rnn_utils.classroom import lms, roster
from rnn_utils.classroom.hand_ins import HandIn, without
from rnn_utils.classroom.roster import Person


def attribute(
    handed_in: list[HandIn], people: list[Person], lesson: str, groups: bool
) -> tuple[list[tuple[HandIn, list[Person]]], list[str]]:
    """Find out whose each hand-in is.

    Args:
        handed_in: all that the archives hold.
        people: who is in the class.
        lesson: the lesson's name, which may be part of a folder's.
        groups: whether a member's hand-in counts for all of the group.

    Returns:
        Each hand-in with those whom it counts for, and a sentence on each that counts for nobody.
    """
    found: list[tuple[HandIn, list[Person]]] = []
    refused: list[str] = []
    for one in handed_in:
        whose = _whose(one, handed_in, people, lesson, groups) if not one.problem else []
        if one.problem:
            refused.append(f"{one.name}: not taken in: it {one.problem}.")
        elif isinstance(whose, str):
            refused.append(f"{one.name}: not taken in: {whose}")
        else:
            found.append((one, whose))
    attributed = []
    for one, whose in found:
        theirs = [student for student in whose if groups or _is_theirs(one, student, found)]
        if not theirs:
            refused.append(
                f"{one.name} ({one.number}): not taken in: somebody else in the archive goes by a name "
                f"of {', '.join(person.id for person in whose)}, too. Give a roster with the numbers "
                "of your LMS (--roster)."
            )
        attributed.append((one, theirs))
    return attributed, refused


def _whose(
    one: HandIn, all_: list[HandIn], people: list[Person], lesson: str, groups: bool
) -> list[Person] | str:
    """Say whose a hand-in is, or why nobody can tell."""
    number = f"Participant {one.number}" if one.lms == lms.MOODLE else one.number
    name = without(one.name, lesson) if one.lms == lms.PLAIN else one.name
    found = roster.matching(people, name, number)
    if not found and (members := [p for p in people if p.group and _same(p.group, name)]):
        return members
    if len(found) > 1:
        could = ", ".join(sorted(person.id for person in found))
        return f"it may be {could}. Give a roster with the numbers of your LMS (--roster)."
    if found:
        if groups and found[0].group:
            return [person for person in people if person.group == found[0].group]
        return found
    if any(person.last or person.email for person in people):
        return "nobody of this name is in the roster. Add them to it (--roster), and collect again."
    alike = {
        (other.number or without(other.name, lesson))
        for other in all_
        if other.lms == one.lms and _id(other, lesson) == _id(one, lesson)
    }
    if len(alike) > 1 and not one.number:
        return f"others are called {_id(one, lesson)}, too. Rename it, or give a roster (--roster)."
    unique = name if len(alike) == 1 else f"{name[:90]} {one.number}"
    return [Person(roster.safe(unique), lms="" if one.lms == lms.MOODLE else one.number)]


def _id(one: HandIn, lesson: str) -> str:
    """Return the id that is made of a name where there is no roster."""
    return roster.safe(without(one.name, lesson) if one.lms == lms.PLAIN else one.name)


def _is_theirs(one: HandIn, student: Person, found: list[tuple[HandIn, list[Person]]]) -> bool:
    """Say whether a hand-in is a student's, where several may be: people choose their names themselves.

    The LMS's number tells them apart, if the roster has it; else nobody can say whose is whose.
    """
    numbers = {
        other.number
        for other, whose in found
        if other.lms == one.lms and any(person.id == student.id for person in whose)
    }
    own = student.lms.removeprefix("Participant ")
    return len(numbers) < 2 or one.number == own


def _same(one: str, other: str) -> bool:
    return roster.plain(one).strip() == roster.plain(other).strip()
