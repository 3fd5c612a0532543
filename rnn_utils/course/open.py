"""Opening the course: the learner's own copies of the lessons, in JupyterLab.

A copy that the learner has not changed follows the course; one that was changed is merged with the newer
edition. What was handed out last lies beside the copies, so that the two can be told apart.
"""

import hashlib
import json
import os
import shutil
import sysconfig
import webbrowser
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from rnn_utils.course.merge import made_from, merge
from rnn_utils.course_folder import CourseError

MY_WORK = "my_work"
#: The editions as they were handed out, below the learner's folder.
EDITIONS = ".handed_out"
#: The learner's copies as they were before an update, below the learner's folder.
BEFORE = ".before_update"
PROGRESS = "progress.ipynb"
JUPYTER = Path(__file__).with_name("jupyter")


def hand_out(root: Path) -> list[str]:
    """Copy new and newer lessons into the learner's folder, and keep what the learner wrote.

    Args:
        root: the course's folder, which holds `notebooks/`.

    Returns:
        One line for each changed copy that was brought to a newer edition, or that could not be.

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
    try:
        my_work.mkdir(exist_ok=True)
        names = [edition.relative_to(lessons).as_posix() for edition in editions]
        return [line for name in names if (line := _hand_out(name, lessons, my_work))]
    except OSError as error:
        raise CourseError(
            f"Your copies of the lessons cannot be written to {my_work}: {error.strerror or error}. "
            "`rnn-course doctor` says more."
        ) from error


def start_jupyterlab(
    root: Path,
    lesson: str | None = None,
    browser: bool = True,
    port: int | None = None,
    arguments: list[str] | None = None,
    say: Callable[[str], object] = print,
) -> None:
    """Run JupyterLab in the learner's folder until it is stopped; if it runs already, open that one.

    Args:
        root: the course's folder, after `hand_out`.
        lesson: the lesson to open, such as `"03_tanh"`; else the first one, or once something was done
            the page of the learner's progress.
        browser: whether a browser is opened.
        port: the port to listen at; else a free one from 8888 on.
        arguments: further arguments of `jupyter lab`, which win over ours.
        say: where a line for the learner goes.
    """
    my_work = root / MY_WORK
    page = _first_page(root, lesson)
    # This environment's kernel, browser extensions and programs, whatever else is installed.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    # A learner's JupyterLab: no instructor's menus, no news, pictures saved with the notebook.
    given = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(JUPYTER), *([given] if given else [])])
    # Matrices of a lesson's size are multiplied faster by one thread than by several.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if (running := running_server(my_work)) is not None:
        address = f"{running['url']}lab/tree/{page}?token={running['token']}"
        say(f"The course is open already: {address}")
        if browser:
            webbrowser.open(address)
        return
    # nbgrader takes the folder it is started in for the learner's course.
    os.chdir(my_work)

    from jupyterlab.labapp import main

    main(
        [
            f"--ServerApp.root_dir={my_work}",
            f"--LabApp.default_url=/lab/tree/{page}",
            # The course needs no network.
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            # Containers run as root; whoever does is not asked to type a second command.
            "--ServerApp.allow_root=True",
            *([] if browser else ["--ServerApp.open_browser=False"]),
            *([] if port is None else [f"--ServerApp.port={port}"]),
            *(arguments or []),
        ]
    )


def running_server(my_work: Path) -> dict[str, Any] | None:
    """Return what is known of a Jupyter server that runs in the learner's folder already, if one does."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        if Path(server["root_dir"]).resolve() == my_work.resolve():
            return dict(server)
    return None


def _first_page(root: Path, lesson: str | None) -> str:
    lessons = root / "notebooks"  # the learner may have notebooks of other names
    if lesson is not None:
        return f"{lesson}/{lesson}.ipynb"
    if (root / MY_WORK / PROGRESS).is_file():
        return PROGRESS
    return min(lessons.glob("*/*.ipynb")).relative_to(lessons).as_posix()


def _hand_out(name: str, lessons: Path, my_work: Path) -> str:
    """Bring one file up to date; return a line where the learner should know of it."""
    newest, copy, base = lessons / name, my_work / name, my_work / EDITIONS / name
    readable = base.is_file() and (base.suffix != ".ipynb" or _notebook(base) is not None)
    known = _fingerprint(base) if readable else None
    mine = _fingerprint(copy) if copy.is_file() else None
    line = ""
    if mine is None or (mine == known != _fingerprint(newest)):
        _copy(newest, copy)
    elif mine != _fingerprint(newest) and known != _fingerprint(newest):
        own, edition = _notebook(copy), _notebook(newest)
        if own is None or edition is None:
            return (
                f"{name} has a newer edition, but yours cannot be read and is kept. "
                "To get it, rename yours and run this command again."
            )
        if known is not None or not made_from(own, edition):
            before = _free_place(my_work, name)
            _copy(copy, before)
            _write(copy, merge(_notebook(base), own, edition))
            line = (
                f"{name} has a newer edition, with your answers in it. "
                f"Your copy of before is {before.relative_to(my_work.parent).as_posix()}."
            )
    if known != _fingerprint(newest):
        _copy(newest, base)
    return line


def _free_place(my_work: Path, name: str) -> Path:
    """Return where a copy of before an update can lie without taking another's place."""
    return next(place for k in count(1) if not (place := my_work / BEFORE / str(k) / name).exists())


def _copy(source: Path, target: Path) -> None:
    """Replace a file as a whole, so that an interruption leaves the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, new)
    new.replace(target)


def _write(target: Path, notebook: dict[str, Any]) -> None:
    new = target.with_name(f".{target.name}.new")
    new.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")
    new.replace(target)


def _notebook(path: Path) -> dict[str, Any] | None:
    """Read a notebook, None where there is none that can be read."""
    try:
        notebook = json.loads(path.read_text("utf-8"))
        for cell in notebook["cells"]:
            "".join(cell["source"])
            cell["metadata"].get("nbgrader", {}).get("grade_id")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return dict(notebook)


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
