"""JupyterLite: the learner's notebooks in a JupyterLab that runs in the browser."""

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from rnn_utils.project import CourseError

#: What Pyodide brings along, by its own names there.
FROM_PYODIDE = ["numpy", "matplotlib", "tqdm", "typing-extensions", "traitlets", "ipython"]
#: What it lacks: taken from this environment, which holds the versions of the laptop edition.
FROM_HERE = ["ipywidgets", "jupyterlab-widgets", "comm", "anywidget", "psygnal"]
FROM_HERE += ["markdown-it-py", "mdurl", "mdit-py-plugins", "latex2mathml"]
#: Where the kernel's worker runs from, seen from which a wheel's address is read.
UP_FROM_WORKER = "../../../../"


def build_lite(root: Path, out: Path, pyodide: Path | None) -> None:
    """Write JupyterLite with the learner's notebooks, the package and its data.

    Args:
        root: the course's folder.
        out: the folder to make.
        pyodide: a folder with the Pyodide distribution; None takes it from its content network.

    Raises:
        CourseError: JupyterLite cannot be built; its own words stand in the message.
    """
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        wheels = [course_wheel(root, place)]
        wheels += [pure_wheel(distribution(name), place) for name in FROM_HERE]
        options = {"packages": FROM_PYODIDE + [f"{UP_FROM_WORKER}wheels/{w.name}" for w in wheels]}
        settings = {"loadPyodideOptions": options, "disablePyPIFallback": True}
        config = {
            "jupyter-lite-schema-version": 0,
            "jupyter-config-data": {
                "appName": "Recurrent neural networks, from nothing",
                "litePluginSettings": {
                    "@jupyterlite/pyodide-kernel-extension:kernel": settings,
                },
            },
        }
        (place / "jupyter-lite.json").write_text(json.dumps(config), "utf-8")
        if pyodide is not None:
            shutil.copytree(pyodide, place / "static" / "pyodide")  # where JupyterLite looks for it
        command = [sys.executable, "-m", "jupyterlite_core.app", "build"]
        command += [f"--lite-dir={place}", f"--output-dir={out}", "--no-sourcemaps"]
        command += [f"--contents={root / 'notebooks'}", "--apps=lab", "--no-unused-shared-packages"]
        run = subprocess.run(command, cwd=place, capture_output=True, text=True)
        if run.returncode:
            raise CourseError("JupyterLite could not be built:", run.stdout + run.stderr)
        folder = out / "wheels"
        folder.mkdir()
        for wheel in wheels:
            shutil.copy(wheel, folder)


def course_wheel(root: Path, place: Path) -> Path:
    """Build the course's own package as a wheel, with the builder that pyproject.toml names."""
    script = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", script, str(place)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if run.returncode:
        raise CourseError("The course's wheel could not be built:", run.stderr)
    return place / run.stdout.split()[-1]


def pure_wheel(package: Distribution, place: Path) -> Path:
    """Write an installed package as a wheel again, without what was compiled for this machine.

    Nothing has to be downloaded so, and the versions are those that were tested here.
    """
    name = package.metadata["Name"].replace("-", "_")
    path = place / f"{name}-{package.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for file in package.files or []:
            inside = not file.is_absolute() and ".." not in file.parts
            if inside and file.suffix not in {".so", ".pyd", ".pyc"}:
                wheel.write(str(file.locate()), file.as_posix())
    return path
