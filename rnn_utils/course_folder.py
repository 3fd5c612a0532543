"""The course's folder, and errors that whoever reads them can mend."""

import glob
from pathlib import Path


class CourseError(Exception):
    """Something the reader of the message can mend; each problem is one line."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def course_root() -> Path:
    """Find the course's folder: the one around the package, else the current folder.

    Returns:
        The folder that holds `solutions/` and `notebooks/`.
    """
    beside_package = Path(__file__).resolve().parents[1]
    return beside_package if (beside_package / "nbgrader_config.py").is_file() else Path.cwd()


def lesson_called(root: Path, called: str) -> str:
    """Return the name of the lesson that is called by its name or its number.

    Args:
        root: the course's folder.
        called: such as `"03_tanh"` or `"3"`.

    Raises:
        CourseError: there is none, with those that there are.
    """
    kinds = ("notebooks", "solutions")
    folders = [folder for kind in kinds for folder in root.glob(f"{kind}/*") if folder.is_dir()]
    lessons = sorted({folder.name for folder in folders})
    if called in lessons or any(root.glob(f"submitted/*/{glob.escape(called)}")):
        return called
    for name in lessons:
        if called.isdigit() and name.startswith(f"{called.zfill(2)}_"):
            return name
    raise CourseError(f"There is no lesson {called}. There are: {', '.join(lessons) or 'none'}.")
