"""Running lessons from top to bottom, and keeping what came out until what it depends on changes."""

import hashlib
import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from os import cpu_count
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from tqdm import tqdm

from rnn_utils.course import files_read
from rnn_utils.course_folder import CourseError

PACKAGE = Path(__file__).parents[1]
#: What a page loads by itself, so that no result depends on it.
LOADED_BY_THE_PAGE = {".js", ".css"}
#: What is kept of a lesson.
RECORD = {"code", "versions", "read", "seconds", "outputs", "language"}
COMPUTES_WITH = ("numpy", "matplotlib", "ipywidgets", "anywidget", "torch")


def execute(notebooks: Mapping[str, NotebookNode], keep: Path | None = None) -> None:
    """Run notebooks in place, as many at a time as there are cores, each in a folder of its own.

    Args:
        notebooks: the notebooks by the lessons' names.
        keep: a folder where outputs are kept, each lesson's with what it depended on: its code, the files of
            the package that it read, the versions of what the package needs. As long as these are the same,
            outputs are taken from there.

    Raises:
        CourseError: a cell failed; the lesson and the error are named.
    """
    kept = {lesson: _kept(keep, lesson) for lesson in notebooks}
    waiting = [lesson for lesson in notebooks if not _take(notebooks[lesson], kept[lesson])]
    # The longest first, so that no processor idles at the end; the last time tells how long one takes.
    waiting.sort(key=lambda lesson: -kept[lesson].get("seconds", float("inf")))
    bar = tqdm(total=len(notebooks), initial=len(notebooks) - len(waiting), unit=" lessons")
    with bar, ThreadPoolExecutor(cpu_count()) as threads:
        for _ in threads.map(lambda lesson: _run(lesson, notebooks[lesson], keep), waiting):
            bar.update()


def _run(lesson: str, notebook: NotebookNode, keep: Path | None) -> None:
    code = _code(notebook)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as aside:
        listed = Path(aside) / "reads"
        script = Path(files_read.__file__)
        watched = f"exec(compile(open({str(script)!r}).read(), {str(script)!r}, 'exec'), "
        watched += f"{{'__name__': '__main__', '__file__': {str(script)!r}}})"
        client = NotebookClient(
            notebook,
            timeout=None,  # a busy machine is slow; a cell that never ends is the author's to stop
            resources={"metadata": {"path": folder}},
            store_widget_state=False,
            extra_arguments=[f"--IPKernelApp.exec_lines={watched}"],
        )
        # Several threads of BLAS on busy cores take five times as long as one.
        alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", files_read.LIST: str(listed)}
        try:
            # what the kernel itself says of its sockets is left out
            client.execute(env=os.environ | alone, stderr=subprocess.DEVNULL)
        except CellExecutionError as error:
            raise CourseError(f"{lesson} does not run to its end:", str(error)) from None
        read = set(listed.read_text("utf-8").splitlines())
    if keep is not None:
        outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
        record: dict[str, Any] = {"code": code, "versions": _versions(), "read": _hashes(read)}
        record |= {"seconds": time.monotonic() - started, "outputs": outputs}
        record |= {"language": notebook.metadata.language_info}
        keep.mkdir(parents=True, exist_ok=True)
        new = keep / f"{lesson}.new"
        new.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
        new.replace(keep / f"{lesson}.json")


def _kept(keep: Path | None, lesson: str) -> dict[str, Any]:
    """Return what was kept of a lesson: nothing where there is nothing, or no record that can be read."""
    try:
        record = (
            json.loads((keep / f"{lesson}.json").read_text("utf-8")) if keep is not None else {}
        )
    except (OSError, ValueError):
        record = {}
    return record if isinstance(record, dict) and record.keys() >= RECORD else {}


def _take(notebook: NotebookNode, kept: dict[str, Any]) -> bool:
    """Put kept outputs into a notebook, if nothing that they depend on has changed."""
    if not kept or kept["code"] != _code(notebook) or kept["versions"] != _versions():
        return False
    if kept["read"] != _hashes(kept["read"]):
        return False
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, outputs in zip(cells, kept["outputs"], strict=True):
        cell.outputs = nbformat.from_dict(outputs)
    notebook.metadata.language_info = nbformat.from_dict(kept["language"])
    return True


def _code(notebook: NotebookNode) -> str:
    """Return a hash of the code cells; what is said between them changes no result."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def _hashes(read: Iterable[str]) -> dict[str, str]:
    """Return what files of the package hold now, as hashes by their paths; of a lost one, nothing."""
    names = sorted(name for name in read if Path(name).suffix not in LOADED_BY_THE_PAGE)
    files = {name: PACKAGE / name for name in names}
    return {
        Path(name).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        if file.is_file()
        else ""
        for name, file in files.items()
    }


def _versions() -> dict[str, str | None]:
    """Return the versions of what a lesson computes and draws with; PyTorch may be there or not."""
    found: dict[str, str | None] = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in COMPUTES_WITH:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found
