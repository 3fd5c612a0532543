"""JupyterLite: the learner's notebooks in a JupyterLab that runs in the browser."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from rnn_utils.course_folder import CourseError

#: What Pyodide brings along, by its own names there.
FROM_PYODIDE = ["numpy", "matplotlib", "tqdm", "typing-extensions", "traitlets", "ipython"]
#: What it lacks: taken from this environment, which holds the versions of the laptop edition.
FROM_HERE = ["ipywidgets", "jupyterlab-widgets", "comm", "anywidget", "psygnal"]
FROM_HERE += ["markdown-it-py", "mdurl", "mdit-py-plugins", "latex2mathml"]
#: The interfaces: JupyterLab, and the one of a notebook alone for small screens.
APPS = ("lab", "notebooks")
#: The extensions of the interface that the lessons need.
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@jupyterlite/pyodide-kernel-extension",
    "anywidget",
    "jupyterlab_pygments",
)
STATIC = Path(__file__).with_name("static")
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
        # What else is installed here, such as nbgrader's menu, does nothing in a browser.
        extensions = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
        wanted = [str(extensions / name) for name in EXTENSIONS]
        build = {"ignore_sys_prefix": ["federated_extensions"], "federated_extensions": wanted}
        (place / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": build}))
        if pyodide is not None:
            shutil.copytree(pyodide, place / "static" / "pyodide")  # where JupyterLite looks for it
        command = [sys.executable, "-m", "jupyterlite_core.app", "build"]
        command += [f"--lite-dir={place}", f"--output-dir={out}", "--no-sourcemaps"]
        command += [f"--contents={root / 'notebooks'}", "--no-unused-shared-packages"]
        command += [f"--apps={app}" for app in APPS]
        run = subprocess.run(command, cwd=place, capture_output=True, text=True)
        if run.returncode:
            raise CourseError("JupyterLite could not be built:", run.stdout + run.stderr)
        folder = out / "wheels"
        folder.mkdir()
        for wheel in wheels:
            shutil.copy(wheel, folder)
    tell(out, python_address(out) if pyodide is None else "../static/pyodide/pyodide.js")


def python_address(out: Path) -> str:
    """Return from where the built kernel takes Pyodide."""
    kernel = out / "extensions" / "@jupyterlite" / "pyodide-kernel-extension" / "static"
    scripts = "".join(script.read_text("utf-8") for script in kernel.glob("*.js"))
    found = re.search(r"https://[\w./-]+/full/pyodide\.m?js", scripts)
    if not found:
        raise CourseError("JupyterLite's kernel does not say from where it takes Pyodide.")
    return found[0]


def tell(out: Path, python: str) -> None:
    """Add the script that says in the page what goes wrong there, and what is new.

    Args:
        out: the folder of JupyterLite.
        python: the address of Pyodide, which it asks for.
    """
    shutil.copy(STATIC / "lite.js", out)
    script = f'<script src="../lite.js" data-python="{python}" defer></script>\n</head>'
    for app in APPS:
        page = out / app / "index.html"
        page.write_text(page.read_text("utf-8").replace("</head>", script, 1), "utf-8")


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
