"""The course's folder, and errors that whoever reads them can mend."""

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
