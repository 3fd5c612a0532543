"""What is wrong with this installation, in plain words, and how to mend it.

Needs the standard library only and imports nothing of the course, so that it also runs where half
of the installation is broken: `python rnn_utils/course/doctor.py` in the course's folder.
"""

import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
REINSTALL = (
    "In the course's folder run `uv sync`, or `pip install -e .` where you do without uv; "
    "then start the course anew."
)
# The browser part of a package, and the Python package that installs it.
BROWSER_PARTS = {
    "anywidget": "anywidget",
    "@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets",
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is in order, what it is, how to mend it."""

    ok: bool
    what: str
    how_to_mend: str = ""


def examine() -> list[Finding]:
    """Look at everything that is known to go wrong with an installation.

    Returns:
        A finding for each thing looked at, those in order included.
    """
    if sys.platform == "emscripten":
        return list(_in_the_browser())
    return [
        *_python_and_packages(),
        *_name_of_the_package(),
        *_names_of_libraries(),
        *_kernel(),
        *_browser_parts(),
        *_write_access(),
    ]


def report(findings: list[Finding] | None = None) -> None:
    """Print what was found, and how to mend what is wrong.

    Args:
        findings: what `examine` returned; it is called unless they are given.
    """
    findings = examine() if findings is None else findings
    for finding in findings:
        print(f"{'ok:   ' if finding.ok else 'wrong:'} {finding.what}")
        if finding.how_to_mend:
            print(f"       {finding.how_to_mend}")
    wrong = sum(not finding.ok for finding in findings)
    print("Everything is in order." if not wrong else f"{wrong} of {len(findings)} to mend.")


def _in_the_browser() -> Iterator[Finding]:
    """Look at what a page that runs Python itself needs: nothing is installed there."""
    yield Finding(True, f"Python {platform.python_version()} runs in this browser.")
    for name in ("numpy", "matplotlib", "ipywidgets", "anywidget"):
        there = find_spec(name) is not None
        yield Finding(
            there,
            f"`{name}` is {'here' if there else 'missing'}.",
            ""
            if there
            else "Reload the page; if it is missing again, tell whoever runs this site.",
        )
    yield Finding(True, "Your work is kept in this browser, and is sent nowhere.")


def _python_and_packages() -> Iterator[Finding]:
    """Hold the versions to the bounds that the installed course itself states."""
    try:
        course = metadata.metadata("rnn-course")
        requirements = metadata.requires("rnn-course") or []
    except metadata.PackageNotFoundError:
        yield Finding(False, f"The course is not installed in {sys.executable}.", REINSTALL)
        return
    try:
        from packaging.requirements import Requirement
        from packaging.specifiers import SpecifierSet
    except ImportError:
        yield Finding(False, "The package `packaging` is missing.", REINSTALL)
        return

    yield Finding(True, f"The course is {course['Version']}.")
    wanted_python, version = course["Requires-Python"], platform.python_version()
    right = SpecifierSet(wanted_python).contains(version, prereleases=True)
    yield Finding(
        right,
        f"Python is {version}" + ("." if right else f"; the course needs {wanted_python}."),
        "" if right else f"Install Python {wanted_python}, then the course again with it.",
    )
    for requirement in map(Requirement, sorted(requirements)):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding(False, f"The package `{requirement.name}` is missing.", REINSTALL)
            continue
        right = requirement.specifier.contains(found, prereleases=True)
        wanted = "." if right else f"; the course needs {requirement.specifier}."
        yield Finding(right, f"{requirement.name} is {found}{wanted}", "" if right else REINSTALL)


def _name_of_the_package() -> Iterator[Finding]:
    """Find what Python would import instead of the course's package."""
    my_work = _my_work()
    folders = [Path.cwd(), my_work, *(f for f in my_work.glob("*") if f.is_dir())]
    for entry in sys.path:
        if Path(entry).resolve() == PACKAGE.parent:
            break
        folders.append(Path(entry))
    strays = {
        stray.resolve()
        for folder in folders
        for stray in (folder / "rnn_utils.py", folder / "rnn_utils" / "__init__.py")
        if stray.is_file() and stray.resolve() != PACKAGE / "__init__.py"
    }
    for stray in sorted(strays):
        thing = stray.parent if stray.name == "__init__.py" else stray
        yield Finding(
            False,
            f"{thing} has the name of the course's package, and Python may import it instead.",
            f"Rename it or move it elsewhere; the course's own is {PACKAGE}.",
        )
    if not strays:
        yield Finding(True, f"`rnn_utils` is the course's package, {PACKAGE}.")


def _names_of_libraries() -> Iterator[Finding]:
    """Find files beside the lessons that Python would import instead of a library of the same name."""
    libraries = {"numpy", "matplotlib", "IPython", "ipywidgets", "anywidget", "tqdm"}
    libraries |= set(sys.stdlib_module_names)
    my_work = _my_work()
    folders = [my_work, *(folder for folder in sorted(my_work.glob("*")) if folder.is_dir())]
    for folder in folders:
        for stray in sorted([*folder.glob("*.py"), *folder.glob("*/__init__.py")]):
            thing = stray.parent if stray.name == "__init__.py" else stray
            if thing.stem in libraries and thing not in folders:
                yield Finding(
                    False,
                    f"{thing} has the name of a library, and the notebooks beside it import it instead.",
                    "Rename it; then restart the kernels of those notebooks.",
                )


def _my_work() -> Path:
    """Name the folder of the learner's copies; it may not be there yet."""
    root = PACKAGE.parent if (PACKAGE.parent / "nbgrader_config.py").is_file() else Path.cwd()
    return root / "my_work"


def _jupyter_folders(kind: str) -> list[Path]:
    """List where Jupyter looks for kernels or browser parts, the first to win."""
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        return []  # JupyterLab is missing then, which is found elsewhere
    return [Path(folder) for folder in jupyter_path(kind)]


def _kernel() -> Iterator[Finding]:
    """See which Python the lessons' kernel starts; a user's own may hide the environment's."""
    specs = (folder / "python3" / "kernel.json" for folder in _jupyter_folders("kernels"))
    spec = next((path for path in specs if path.is_file()), None)
    if spec is None:
        return
    try:
        program = json.loads(spec.read_text("utf-8"))["argv"][0]
    except (OSError, ValueError, LookupError, TypeError):
        program = "no Python at all"
    # Jupyter takes a bare name for the Python that it runs in itself.
    bare = {"python", "python3", f"python{sys.version_info[0]}.{sys.version_info[1]}"}
    if program in bare or _same_folder(program, sys.executable):
        yield Finding(True, f"The notebooks' kernel is {sys.executable}.")
    else:
        yield Finding(
            False,
            f"The notebooks' kernel is {program}, not {sys.executable}: {spec} says so.",
            f"Start the course with `rnn-course`, or delete the folder {spec.parent}."
            if not _inside_environment(spec)
            else f'Run "{sys.executable}" -m ipykernel install --sys-prefix.',
        )


def _browser_parts() -> Iterator[Finding]:
    """Compare the part of the pictures that runs in the browser with the part in Python."""
    for name, distribution in BROWSER_PARTS.items():
        found = (folder / name / "package.json" for folder in _jupyter_folders("labextensions"))
        first = next((path for path in found if path.is_file()), None)
        try:
            python_version = metadata.version(distribution)
            own = _browser_part_of(distribution, name)
        except metadata.PackageNotFoundError:
            continue  # a missing package is found elsewhere
        if first is None:
            yield Finding(False, f"The browser part of `{name}` is missing.", REINSTALL)
            continue
        version = _version_of(first)
        wanted = python_version if name == distribution else own and _version_of(own)
        ours = first.resolve() == own if own else _inside_environment(first)
        if ours and (wanted is None or version == wanted):
            yield Finding(True, f"The browser part of `{name}` is {version}.")
        else:
            yield Finding(
                False,
                f"The browser part of `{name}` is {version} from {first.parent}"
                + (f"; this environment needs {wanted}." if wanted else "."),
                REINSTALL
                if ours
                else f"Start the course with `rnn-course`, or delete the folder {first.parent}.",
            )


def _write_access() -> Iterator[Finding]:
    """Try to write where the learner's copies are or will be."""
    my_work = _my_work()
    folders = [my_work, *sorted(f for f in my_work.glob("*") if f.is_dir())]
    for folder in folders if my_work.exists() else [my_work.parent]:
        attempt = folder / ".written_by_the_doctor"
        try:
            attempt.write_bytes(b"")
            attempt.unlink()
        except OSError as error:
            yield Finding(
                False,
                f"Nothing can be written to {folder} ({error.strerror or error}).",
                "Give yourself the right to write there, or move the course's folder to where "
                "you have it, such as your home folder.",
            )
            return
    yield Finding(True, f"Your work can be saved in {my_work}.")


def _browser_part_of(distribution: str, name: str) -> Path | None:
    """Find the browser part that a Python package installed, by its own list of files."""
    for file in metadata.files(distribution) or []:
        if file.as_posix().endswith(f"labextensions/{name}/package.json"):
            path = Path(str(file.locate())).resolve()
            if path.is_file():
                return path
    return None


def _version_of(package_json: Path) -> str:
    try:
        return str(json.loads(package_json.read_text("utf-8"))["version"])
    except (OSError, ValueError, LookupError, TypeError):
        return "unreadable"


def _same_folder(program: str, other: str) -> bool:
    """Compare without following links: a virtual environment's Python is a link to another."""
    folders = [os.path.normcase(os.path.dirname(os.path.abspath(p))) for p in (program, other)]
    return folders[0] == folders[1]


def _inside_environment(path: Path) -> bool:
    return path.resolve().is_relative_to(Path(sys.prefix).resolve())


if __name__ == "__main__":
    everything = examine()
    report(everything)
    sys.exit(not all(finding.ok for finding in everything))
