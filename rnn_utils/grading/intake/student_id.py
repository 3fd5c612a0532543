"""A student's id, which is also a folder's name: what it may be, since a student may have chosen it."""

import re

#: As many characters as the gradebook keeps.
LONGEST_ID = 128

#: What would be a pattern, several ids or markup where nbgrader takes an id.
_READ_OTHERWISE = re.compile(r'[*?\[\],<>"&`/\\]')

#: What a spreadsheet takes for a formula, and a command for an option.
_BEGINS_ONE = ("=", "+", "-", "@")


def unfit(student: str) -> str:
    """Say why a folder's name cannot be a student's id; nothing if it can.

    Args:
        student: the name.

    Returns:
        The end of a sentence that begins with the name.

    Example:
        >>> unfit("ada.lovelace@example.org"), unfit("Zoë"), unfit("=1+1")
        ('', '', 'begins with =, which a spreadsheet takes for a formula')
    """
    if len(student) > LONGEST_ID:
        return f"has more than {LONGEST_ID} characters"
    if not student.isprintable():
        return "holds a character that is not seen or cannot be written"
    if not student or student != student.strip() or student.startswith("."):
        return "is empty, or begins or ends with a space, or begins with a dot"
    if student.startswith(_BEGINS_ONE):
        return f"begins with {student[0]}, which a spreadsheet takes for a formula"
    if found := _READ_OTHERWISE.search(student):
        return f"holds {found[0]}, which nbgrader does not take as a part of a name"
    return ""
