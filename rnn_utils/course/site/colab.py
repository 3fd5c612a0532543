"""The learner's notebooks for Colab, which opens files of a GitHub repository and lacks the course's package.

python -m rnn_utils.course.site.colab OWNER/NAME build/colab
"""

import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

#: The branch that holds them; `.github/workflows/pages.yml` writes it.
BRANCH = "colab"
#: What a lesson imports and Colab lacks. JupyterLab, nbgrader and what else runs a class stay away.
LIGHT = ("anywidget>=0.9.18,<0.12", "latex2mathml>=3.77,<4", "mdit-py-plugins>=0.4,<1")


def for_colab(notebook: NotebookNode, repository: str) -> NotebookNode:
    """Return a learner's notebook with a first cell that installs what Colab lacks.

    Args:
        notebook: the notebook as it is released.
        repository: owner/name on GitHub.
    """
    packages = " ".join(f'"{package}"' for package in LIGHT)
    install = new_code_cell(
        "# Colab lacks the course's package and three small ones; this cell installs them.\n"
        f"%pip install --quiet --no-deps git+https://github.com/{repository}\n"
        f"%pip install --quiet {packages}\n"
        "import os\n\n"
        "from google.colab import output\n\n"
        'os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one thread is faster for small matrices\n'
        "output.enable_custom_widget_manager()  # for the pictures that move",
        id="install",
    )
    return nbformat.from_dict(notebook | {"cells": [install, *notebook.cells]})


def address(repository: str, lesson: str) -> str:
    """Return where Colab opens a lesson."""
    return f"https://colab.research.google.com/github/{repository}/blob/{BRANCH}/{lesson}.ipynb"


def write(released: Path, repository: str, out: Path) -> None:
    """Write every released lesson for Colab.

    Args:
        released: the folder of the learner's notebooks.
        repository: owner/name on GitHub.
        out: the folder to write them to.
    """
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(released.glob("*/*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(for_colab(notebook, repository), out / path.name)


if __name__ == "__main__":
    write(Path("notebooks"), sys.argv[1], Path(sys.argv[2]))
