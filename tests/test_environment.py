"""conda and Binder get the same environment as pip and uv."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHON = r"python\s*=+\s*([\d\.]*)"  # as repo2docker has it
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def conda_bounds() -> dict[str, SpecifierSet]:
    lines = [line for line in CONDA["dependencies"] if isinstance(line, str)]
    requirements = [Requirement(line) for line in lines if not line.startswith("python ")]
    return {requirement.name: requirement.specifier for requirement in requirements}


def test_the_packages_and_bounds_are_the_same() -> None:
    requirements = map(Requirement, PROJECT["dependencies"])
    bounds = {requirement.name: requirement.specifier for requirement in requirements}
    assert conda_bounds() == bounds | {"pip": SpecifierSet()}


def test_every_package_has_a_lower_and_an_upper_bound() -> None:
    for requirement in map(Requirement, PROJECT["dependencies"]):
        operators = {bound.operator for bound in requirement.specifier}
        assert operators == {">=", "<"}, f"{requirement} in pyproject.toml"


def test_conda_forge_is_the_only_channel_and_the_course_itself_is_installed() -> None:
    assert CONDA["channels"] == ["conda-forge"]
    assert CONDA["dependencies"][-1] == {"pip": ["-e ."]}


def test_binder_finds_a_python_that_the_course_runs_on() -> None:
    # repo2docker looks for an equals sign and two numbers; else the Python is of its own choice.
    [named] = [m[1] for line in CONDA["dependencies"] if (m := re.match(PYTHON, str(line)))]
    assert re.fullmatch(r"3\.\d+", named)
    assert named in SpecifierSet(PROJECT["requires-python"])
    # Only an environment that installs the repository itself is made after its files are there.
    assert CONDA["dependencies"][-1]["pip"] == ["-e ."]
