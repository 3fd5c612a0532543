"""What the doctor says of an installation, each fault made for real."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rnn_utils import cli
from rnn_utils.course import doctor


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, as if the course were there, with no Jupyter folders of a user."""
    (tmp_path / "nbgrader_config.py").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, "_my_work", lambda: tmp_path / "my_work")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    return tmp_path


def wrong() -> list[tuple[str, str]]:
    return [(f.what, f.how_to_mend) for f in doctor.examine() if not f.ok]


def install(folder: Path, name: str, version: str, **lines: str) -> None:
    """Put the traces of an installed package into a folder."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    fields = {"Metadata-Version": "2.1", "Name": name, "Version": version} | lines
    text = "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in fields.items())
    (info / "METADATA").write_text(text, "utf-8")


def test_a_good_installation_is_in_order(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong() == []
    doctor.report()
    said = capsys.readouterr().out
    assert said.endswith("Everything is in order.\n")
    assert "numpy is 2." in said


def test_a_python_out_of_range(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(place / "fake", "rnn-course", "0.1.0", Requires_Python=">=3.99")
    monkeypatch.syspath_prepend(place / "fake")
    ((what, mend),) = wrong()
    assert what.startswith("Python is 3.")
    assert "the course needs >=3.99" in what
    assert "Install Python >=3.99" in mend


def test_a_package_too_old_and_one_that_is_missing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(place / "fake", "numpy", "1.26.4")
    install(
        place / "fake",
        "rnn-course",
        "0.1.0",
        Requires_Python=">=3.11",
        Requires_Dist="numpy>=2.1,<3\nRequires-Dist: no-such-package>=1\n"
        "Requires-Dist: elsewhere-only; python_version < '3'",
    )
    monkeypatch.syspath_prepend(place / "fake")
    found = wrong()
    assert [what for what, _ in found] == [
        "The package `no-such-package` is missing.",
        "numpy is 1.26.4; the course needs <3,>=2.1.",
    ]
    assert all("`pip install -e .`" in mend for _, mend in found)


def test_a_course_that_is_not_installed_and_half_of_python_missing(place: Path) -> None:
    script = doctor.PACKAGE / "course" / "doctor.py"
    bare = subprocess.run(
        [sys.executable, "-I", "-S", str(script)], capture_output=True, text=True, check=False
    )
    assert bare.returncode == 1, bare.stderr
    assert "wrong: The course is not installed in" in bare.stdout


@pytest.mark.parametrize("where", [".", "my_work", "my_work/03_tanh", "on the path"])
@pytest.mark.parametrize("stray", ["rnn_utils.py", "rnn_utils/__init__.py"])
def test_a_stray_file_of_the_packages_name(
    place: Path, monkeypatch: pytest.MonkeyPatch, where: str, stray: str
) -> None:
    path = place / where / stray
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", "utf-8")
    if where == "on the path":
        monkeypatch.setattr(sys, "path", [str(place / where), *sys.path])
    ((what, mend),) = wrong()
    assert str(place / where / "rnn_utils") in what
    assert "Python may import it instead" in what
    assert "Rename it" in mend


@pytest.mark.parametrize("stray", ["numpy.py", "matplotlib/__init__.py", "random.py", "json.py"])
def test_a_stray_file_with_the_name_of_a_library(place: Path, stray: str) -> None:
    path = place / "my_work" / "03_tanh" / stray
    path.parent.mkdir(parents=True)
    path.write_text("", "utf-8")
    (place / "my_work" / "03_tanh" / "my_notes.py").write_text("", "utf-8")
    ((what, mend),) = wrong()
    assert str(place / "my_work" / "03_tanh" / stray.split("/")[0]) in what
    assert "Rename it" in mend


def test_a_folder_that_python_passes_over_is_no_fault(place: Path) -> None:
    (place / "rnn_utils").mkdir()
    assert wrong() == []


def test_a_users_kernel_that_starts_another_python(place: Path) -> None:
    spec = place / "user" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    other = str(place / "elsewhere" / "python")
    spec.write_text(json.dumps({"argv": [other, "-m", "ipykernel_launcher"]}), "utf-8")
    ((what, mend),) = wrong()
    assert what.startswith(f"The notebooks' kernel is {other}, not {sys.executable}")
    assert f"delete the folder {spec.parent}" in mend
    for program in ("python3", sys.executable):
        spec.write_text(json.dumps({"argv": [program]}), "utf-8")
        assert wrong() == []
    spec.write_text("{", "utf-8")
    assert len(wrong()) == 1


def test_the_environments_own_kernel_wins_when_the_course_is_started(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_a_users_kernel_that_starts_another_python(place)
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    assert wrong() == []


@pytest.mark.parametrize("name", sorted(doctor.BROWSER_PARTS))
def test_an_old_browser_part(place: Path, name: str) -> None:
    old = place / "user" / "labextensions" / name / "package.json"
    old.parent.mkdir(parents=True)
    old.write_text(json.dumps({"version": "0.1.2"}), "utf-8")
    ((what, mend),) = wrong()
    assert f"The browser part of `{name}` is 0.1.2 from {old.parent}" in what
    assert "this environment needs" in what
    assert f"delete the folder {old.parent}" in mend


def test_nothing_can_be_written(place: Path) -> None:
    (place / "my_work").write_text("a file in the way", "utf-8")
    ((what, mend),) = wrong()
    assert what.startswith(f"Nothing can be written to {place / 'my_work'}")
    assert "move the course's folder" in mend


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom permissions bind"
)
def test_no_right_to_write(place: Path) -> None:
    (place / "my_work").mkdir(mode=0o555)
    ((what, _),) = wrong()
    assert what.startswith(f"Nothing can be written to {place / 'my_work'}")
    shutil.rmtree(place / "my_work")


def test_the_command_says_it_and_fails(place: Path) -> None:
    fine = CliRunner().invoke(cli.app, ["doctor"])
    assert fine.exit_code == 0
    for named in ("The course", "Python", "nbgrader"):  # the versions that an issue's form asks for
        assert re.search(rf"^ok: +{named} is \d+\.\d+", fine.output, re.M)
    (place / "rnn_utils.py").touch()
    result = CliRunner().invoke(cli.app, ["doctor"])
    assert result.exit_code == 1
    assert f"wrong: {place / 'rnn_utils.py'} has the name" in result.output
    assert "to mend." in result.output


def test_in_a_browser_nothing_is_asked_of_an_installation(place, monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.14.0")
    assert wrong() == []
    said = " ".join(finding.what for finding in doctor.examine())
    assert "Python 3.14.0 runs in this browser." in said
    assert "kernel" not in said
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    assert all("Reload the page" in how for _, how in wrong())
    assert len(wrong()) == 4
