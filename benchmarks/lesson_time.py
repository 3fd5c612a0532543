"""How long each solved lesson takes to run from top to bottom, one after the other.

    uv run python benchmarks/lesson_time.py          # all lessons
    uv run python benchmarks/lesson_time.py 05 10    # some of them

Wall time with the kernel's start, in a folder of its own; a busy machine makes it longer.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it


def seconds(notebook: Path) -> float:
    """Run a notebook and return how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        client = NotebookClient(nbformat.read(notebook, as_version=4), resources=resources)
        start = time.perf_counter()
        client.execute()
        return time.perf_counter() - start


if __name__ == "__main__":
    root = Path(__file__).parents[1] / "solutions"
    for notebook in sorted(root.glob("*/*.ipynb")):
        if not sys.argv[1:] or notebook.stem[:2] in sys.argv[1:]:
            print(f"{notebook.stem:32} {seconds(notebook):5.1f} s", flush=True)
