"""Running lessons from top to bottom, and keeping what came out until something changes."""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from tqdm import tqdm

from rnn_utils.project import CourseError

PACKAGE = Path(__file__).parents[1]


def execute(notebooks: Mapping[str, NotebookNode], keep: Path | None = None) -> None:
    """Run notebooks in place, as many at a time as there are cores, each in a folder of its own.

    Args:
        notebooks: the notebooks by the lessons' names.
        keep: where results are kept, by a hash of the notebook and the package; they are taken from
            there instead of running the same again.

    Raises:
        CourseError: a cell failed; the lesson and the error are named.
    """
    places: list[Path | None] = [None] * len(notebooks)
    if keep is not None:
        package = _fingerprint_of_package()
        places = [
            keep / f"{lesson}-{_fingerprint(notebook, package)}.ipynb"
            for lesson, notebook in notebooks.items()
        ]
    bar = tqdm(total=len(notebooks), unit=" lessons")
    with bar, ThreadPoolExecutor(cpu_count()) as threads:
        for _ in threads.map(_run, notebooks, notebooks.values(), places):
            bar.update()


def _run(lesson: str, notebook: NotebookNode, kept: Path | None) -> None:
    if kept and kept.is_file():
        notebook.update(nbformat.read(kept, as_version=4))
        return
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        # No limit of time: a busy machine is slow, and a cell that never ends is the author's to stop.
        client = NotebookClient(notebook, timeout=None, resources=resources)
        # Several threads of BLAS on busy cores take five times as long as one.
        alone = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        try:
            # what the kernel itself says of its sockets is left out
            client.execute(env=alone, stderr=subprocess.DEVNULL)
        except CellExecutionError as error:
            raise CourseError(f"{lesson} does not run to its end:", str(error)) from None
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        new = kept.with_suffix(".new")
        nbformat.write(notebook, new)
        new.replace(kept)


def _fingerprint(notebook: NotebookNode, package: bytes) -> str:
    """Return a hash of the cells, and of the package that their results depend on."""
    return hashlib.sha256(nbformat.writes(notebook).encode() + package).hexdigest()[:16]


def _fingerprint_of_package() -> bytes:
    """Return a hash of all in the package that a lesson's results may depend on."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        parts = path.relative_to(PACKAGE).parts
        if path.is_file() and not {"__pycache__", "course", "grading"} & set(parts):
            digest.update("/".join(parts).encode())
            digest.update(path.read_bytes())
    return digest.digest()
