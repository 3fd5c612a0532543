"""Opening the course: the learner's own copies of the lessons, in JupyterLab.

A copy that the learner has not changed follows the course; one that was changed is never touched.
What was handed out last is recorded beside the copies, so that both can be told apart.
"""

import hashlib
import json
import os
import sysconfig
from pathlib import Path

from rnn_utils.project import CourseError

MY_WORK = "my_work"
RECORD = ".handed_out.json"


def hand_out(root: Path) -> list[str]:
    """Copy new and newer lessons into the learner's folder, and keep what the learner changed.

    Args:
        root: the course's folder, which holds `notebooks/`.

    Returns:
        One line for each changed copy that the course has a newer edition of.

    Raises:
        CourseError: there are no lessons, or nothing can be written.
    """
    lessons = root / "notebooks"
    editions = [
        path
        for path in sorted(lessons.rglob("*"))
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(lessons).parts)
    ]
    if not editions:
        raise CourseError(f"There are no lessons in {lessons}. Start again in the course's folder.")

    my_work = root / MY_WORK
    kept = []
    try:
        my_work.mkdir(exist_ok=True)
        handed_out = _read_record(my_work)
        for edition in editions:
            name = edition.relative_to(lessons).as_posix()
            copy = my_work / name
            newest = _fingerprint(edition)
            mine = _fingerprint(copy) if copy.exists() else None
            if mine is None or (mine != newest and mine == handed_out.get(name)):
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(edition.read_bytes())
            elif mine != newest and handed_out.get(name) != newest:
                kept.append(
                    f"{name} has a newer edition; yours is kept. "
                    "To get it, rename yours and run this command again."
                )
                continue
            handed_out[name] = newest
        _write_record(my_work, handed_out)
    except OSError as error:
        raise CourseError(
            f"Your copies of the lessons cannot be written to {my_work}: {error.strerror or error}. "
            "`rnn-course doctor` says more."
        ) from error
    return kept


def start_jupyterlab(root: Path, arguments: list[str]) -> None:
    """Run JupyterLab in the learner's folder, at the first lesson, until it is stopped.

    Args:
        root: the course's folder, after `hand_out`.
        arguments: further arguments of `jupyter lab`, which win over ours.
    """
    my_work = root / MY_WORK
    lessons = root / "notebooks"  # the learner may have notebooks of other names
    first = min(lessons.glob("*/*.ipynb")).relative_to(lessons).as_posix()
    # This environment's kernel, browser extensions and programs, whatever else is installed.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    # Matrices of a lesson's size are multiplied faster by one thread than by several.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # nbgrader takes the folder it is started in for the learner's course.
    os.chdir(my_work)

    from jupyterlab.labapp import main

    main(
        [
            f"--ServerApp.root_dir={my_work}",
            f"--LabApp.default_url=/lab/tree/{first}",
            # The course needs no network.
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            # Containers run as root; whoever does is not asked to type a second command.
            "--ServerApp.allow_root=True",
            *arguments,
        ]
    )


def _fingerprint(path: Path) -> str:
    """Tell what a file says; outputs and everything else that running a notebook changes is left out."""
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            cells = json.loads(content)["cells"]
            sources = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
            content = json.dumps(sources).encode()
        except (ValueError, KeyError, TypeError):
            pass  # a damaged notebook is the learner's too: kept, byte for byte
    return hashlib.sha256(content).hexdigest()


def _read_record(my_work: Path) -> dict[str, str]:
    try:
        record = json.loads((my_work / RECORD).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # without a record every copy counts as the learner's
    return record if isinstance(record, dict) else {}


def _write_record(my_work: Path, handed_out: dict[str, str]) -> None:
    """Replace the record as a whole, so that an interruption leaves the old one."""
    new = my_work / f"{RECORD}.new"
    new.write_text(json.dumps(handed_out, indent=1, sort_keys=True), "utf-8")
    new.replace(my_work / RECORD)
