"""From the lessons' text to the author's and the learner's notebooks.

`solutions/NN_topic/NN_topic.md` is paired with a notebook beside it, and nbgrader turns that into
`notebooks/NN_topic/NN_topic.ipynb`. Everything is made in a temporary folder first: what is there
already is only ever compared with a fresh build.
"""

import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rnn_utils.course.consistency import Exercise, check_release, check_source
from rnn_utils.course.minutes import Minutes, count, state
from rnn_utils.course_folder import CourseError

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from traitlets.config import Config

LESSON = re.compile(r"\d\d_\w+")
IMAGES = {".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp"}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def lessons(root: Path) -> list[str]:
    """Name every lesson that has a text, in order.

    Args:
        root: the course's folder.

    Returns:
        Names such as `"03_tanh"`.

    Raises:
        CourseError: a lesson's folder holds something, but not the lesson's text.
    """
    folders = sorted(
        folder
        for folder in (root / "solutions").glob("*")
        if LESSON.fullmatch(folder.name) and _visible_files(folder) and not _own(root, folder.name)
    )
    textless = [folder.name for folder in folders if not (folder / f"{folder.name}.md").is_file()]
    if textless:
        raise CourseError(
            *(
                f"{name}: solutions/{name}/{name}.md, the lesson's text, is missing"
                for name in textless
            )
        )
    return [folder.name for folder in folders]


def read_lesson(root: Path, lesson: str) -> "NotebookNode":
    """Read a lesson's text as a notebook that is the same on every machine.

    Args:
        root: the course's folder.
        lesson: its name.

    Returns:
        The notebook with solutions and hidden tests, without outputs; each cell's id derives from
        its grade id, or from its source where it has none.

    Raises:
        CourseError: the text cannot be read.
    """
    return _parse(lesson, _text(root, lesson))


def _text(root: Path, lesson: str) -> str:
    return (root / "solutions" / lesson / f"{lesson}.md").read_text("utf-8")


def _parse(lesson: str, text: str) -> "NotebookNode":
    import jupytext
    from nbformat.v4 import new_notebook

    try:
        cells = jupytext.reads(text, fmt="md:myst").cells
    except Exception as error:
        raise CourseError(
            f"{lesson}: {lesson}.md is not readable MyST Markdown: {error}"
        ) from error
    seen: Counter[str] = Counter()
    for cell in cells:
        key = cell.metadata.get("nbgrader", {}).get("grade_id") or f"{cell.cell_type} {cell.source}"
        seen[key] += 1
        cell.id = hashlib.sha256(f"{lesson} {key} {seen[key]}".encode()).hexdigest()[:12]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return new_notebook(cells=cells, metadata=metadata)


def build(root: Path, exercises: Mapping[str, Exercise] | None = None) -> dict[str, bytes]:
    """Build every lesson, without touching the course's folder.

    Args:
        root: the course's folder.
        exercises: the exercises' records by name; those of `rnn_utils.checks` unless given.

    Returns:
        The content of each generated file by its path relative to `root`, with `/` between names.

    Raises:
        CourseError: one line for each inconsistency, naming lesson and cell.
    """
    names = lessons(root)
    if not names:
        return {}
    if exercises is None:
        from rnn_utils import checks

        exercises = checks.exercises()
    texts, sources = _with_minutes(root, names)
    problems = [
        problem
        for lesson, notebook in sources.items()
        for problem in [*_stray_files(root, lesson), *check_source(lesson, notebook, exercises)]
    ]
    if problems:
        raise CourseError(*problems)

    config = _nbgrader_config(root)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        fresh_root = Path(temporary).resolve()
        for lesson, notebook in sources.items():
            _lay_out(root, fresh_root, lesson, notebook)
        _generate(fresh_root, names, config)
        problems = [
            problem
            for lesson, source in sources.items()
            for problem in check_release(
                lesson,
                source,
                _read_notebook(fresh_root / "notebooks" / lesson / f"{lesson}.ipynb"),
                config.ClearSolutions.code_stub["python"],
            )
        ]
        if problems:
            raise CourseError(*problems)
        generated = [fresh_root / "solutions" / name / f"{name}.ipynb" for name in names]
        generated += _visible_files(fresh_root / "notebooks")
        made = {path.relative_to(fresh_root).as_posix(): _content(path) for path in generated}
        return texts | made


def minutes(root: Path) -> dict[str, tuple[Minutes, Minutes]]:
    """Count every lesson's minutes.

    Args:
        root: the course's folder.

    Returns:
        The minutes of the core path and of the optional parts, by the lesson's name.

    Raises:
        CourseError: a lesson cannot be read.
    """
    return {lesson: count(read_lesson(root, lesson)) for lesson in lessons(root)}


def _with_minutes(
    root: Path, names: list[str]
) -> tuple[dict[str, bytes], dict[str, "NotebookNode"]]:
    """Return the texts whose minutes were not those of today, and every lesson as it reads now."""
    counted = minutes(root)
    changed, sources = {}, {}
    for lesson in names:
        text = _text(root, lesson)
        stated = state(text, counted, lesson)
        sources[lesson] = _parse(lesson, stated)
        if stated != text:
            changed[f"solutions/{lesson}/{lesson}.md"] = stated.encode()
    readme = root / "README.md"
    if readme.is_file():
        text = readme.read_text("utf-8")
        stated = state(text, counted, None)
        if stated != text:
            changed["README.md"] = stated.encode()
    return changed, sources


def out_of_date(root: Path, fresh: Mapping[str, bytes]) -> list[str]:
    """Compare the course's folder with a fresh build.

    Args:
        root: the course's folder.
        fresh: what `build` returned.

    Returns:
        One line for each generated file that is missing, different or no longer made.
    """
    lines = []
    for name, content in fresh.items():
        path = root / name
        if not path.is_file():
            lines.append(f"{name}: new")
        elif path.read_bytes() != content:
            lines.append(f"{name}: changed")
    return sorted(lines + [f"{name}: no longer made" for name in _stale(root, fresh)])


def write(root: Path, fresh: Mapping[str, bytes]) -> None:
    """Bring the course's folder to the state of a fresh build; equal files are not touched.

    Args:
        root: the course's folder.
        fresh: what `build` returned.
    """
    for name, content in fresh.items():
        path = root / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for name in _stale(root, fresh):
        (root / name).unlink()
        if not any((root / name).parent.iterdir()):
            (root / name).parent.rmdir()


def _visible_files(folder: Path) -> list[Path]:
    """List every file below a folder, save hidden ones such as notebook checkpoints."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )


def _stale(root: Path, fresh: Mapping[str, bytes]) -> list[str]:
    made = [path.relative_to(root).as_posix() for path in _visible_files(root / "notebooks")]
    return [name for name in made if name not in fresh and not _own(root, name.split("/")[1])]


def _own(root: Path, lesson: str) -> bool:
    """Say whether a lesson is an instructor's own notebook, which `rnn-course class release` hands out."""
    folder = root / "solutions" / lesson
    return (folder / f"{lesson}.ipynb").is_file() and not (folder / f"{lesson}.md").is_file()


def _stray_files(root: Path, lesson: str) -> list[str]:
    """Complain of what nbgrader would hand to the learners although it is not meant for them."""
    folder = root / "solutions" / lesson
    known = {folder / f"{lesson}.md", folder / f"{lesson}.ipynb"}
    return [
        f"{lesson}: {path.relative_to(folder).as_posix()} is neither the lesson's text nor an image; "
        "nbgrader would hand it to the learners. Move it elsewhere."
        for path in _visible_files(folder)
        if path not in known and path.suffix.lower() not in IMAGES
    ]


def _lay_out(root: Path, fresh_root: Path, lesson: str, notebook: "NotebookNode") -> None:
    """Put a lesson's notebook and images where nbgrader looks for its source."""
    import nbformat

    folder = root / "solutions" / lesson
    target = fresh_root / "solutions" / lesson
    target.mkdir(parents=True)
    text = nbformat.writes(notebook) + "\n"
    (target / f"{lesson}.ipynb").write_bytes(text.encode())
    for image in _visible_files(folder):
        if image.suffix.lower() in IMAGES:
            copy = target / image.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(image.read_bytes())


def _nbgrader_config(root: Path) -> "Config":
    from traitlets.config import PyFileConfigLoader

    if not (root / "nbgrader_config.py").is_file():
        raise CourseError(
            f"{root} has no nbgrader_config.py; run this command in the course's own folder."
        )
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def _generate(fresh_root: Path, names: list[str], config: "Config") -> None:
    """Let nbgrader make the learner's notebooks, all in this process."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    config.SaveCells.enabled = False
    config.GenerateAssignment.no_database = True  # these two are nbgrader's own --no-db
    course = CourseDirectory(config=config)
    course.root = str(fresh_root)
    api = NbGraderAPI(course, config=config, log_level="ERROR")
    results = {name: api.generate_assignment(name) for name in names}
    failed = [
        f"{name}: nbgrader could not make the learner's notebook:\n{result.get('log', '')}"
        for name, result in results.items()
        if not result["success"]
    ]
    if failed:
        raise CourseError(*failed)


def _read_notebook(path: Path) -> "NotebookNode":
    import nbformat

    return nbformat.read(path, as_version=4)


def _content(path: Path) -> bytes:
    """Read a generated file; a notebook's line ends are the same on every system."""
    content = path.read_bytes()
    return content.replace(b"\r\n", b"\n") if path.suffix == ".ipynb" else content
