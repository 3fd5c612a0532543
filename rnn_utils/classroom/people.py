"""Who is in the class, of all that the course's folder knows."""

from pathlib import Path

from nbgrader.api import Gradebook

from rnn_utils.classroom import roster
from rnn_utils.classroom.course import Course, Say
from rnn_utils.classroom.roster import Person


def people_of(
    course: Course, gradebook: Gradebook, roster_file: Path | None, say: Say
) -> list[Person]:
    """Return the class, from the roster and from nbgrader's own list of students.

    Args:
        course: the course.
        gradebook: nbgrader's, opened.
        roster_file: a CSV with the class, merged into what is known of it.
        say: called with each sentence for the instructor.
    """
    path = course.root / roster.ROSTER
    people = [
        Person(s.id, s.first_name or "", s.last_name or "", s.email or "", s.lms_user_id or "")
        for s in gradebook.students
    ]
    if path.is_file():
        people = roster.merge(people, roster.read(path))
    if roster_file is not None:
        people = roster.merge(people, roster.read(roster_file))
        roster.write(path, people)
        for person in people:
            known = {
                "first_name": person.first,
                "last_name": person.last,
                "email": person.email,
                "lms_user_id": "" if person.lms.startswith("Participant") else person.lms,
            }
            gradebook.update_or_create_student(
                person.id, **{key: value for key, value in known.items() if value}
            )
        say(f"The roster has {len(people)} students.")
    return people
