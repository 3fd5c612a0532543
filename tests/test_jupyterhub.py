"""A real JupyterHub with two students and an instructor, as docs/jupyterhub.md tells it.

All of it happens in a box: a mount namespace with folders `/etc`, `/home` and `/srv` of its own, so that
neither accounts nor files are left on the machine. `hub_in_a_box.py` plays the week there.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_utils.grading.sandbox.two_processes import available_layers

HERE = Path(__file__).parent


def _box_can_be_made():
    if sys.platform != "linux" or os.getuid() != 0:
        return False
    tried = ["unshare", "--mount", "--propagation", "private", "mount", "--bind", "/tmp", "/mnt"]
    return (
        shutil.which("unshare") and subprocess.run(tried, stderr=subprocess.DEVNULL).returncode == 0
    )


pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("jupyterhub") is None,
        reason="JupyterHub is not installed: uv sync --group dev --group hub",
    ),
    pytest.mark.skipif(
        shutil.which("configurable-http-proxy") is None,
        reason="JupyterHub's proxy is not installed: npm install -g configurable-http-proxy",
    ),
    pytest.mark.skipif(
        not (_box_can_be_made() and available_layers()),
        reason="needs root on Linux, mount namespaces and a jail",
    ),
]


def ngshare():
    """Say whether ngshare is installed as docs/jupyterhub.md has it."""
    there = Path(os.environ.get("COURSE_NGSHARE", "/opt/ngshare")) / "bin" / "python"
    return there.exists() and importlib.util.find_spec("ngshare_exchange") is not None


@pytest.fixture(
    scope="module",
    params=[
        "folder",
        pytest.param(
            "ngshare",
            marks=pytest.mark.skipif(
                not ngshare(), reason="ngshare is not installed: docs/jupyterhub.md says how"
            ),
        ),
    ],
)
def week(request, tmp_path_factory):
    box = tmp_path_factory.mktemp("hub")
    box.chmod(0o755)
    for folder in box.parents:
        if (
            folder.stat().st_uid == 0
            and folder != folder.parent
            and folder.name.startswith("pytest")
        ):
            folder.chmod(0o755)
    told = box / "lite.json"
    ran = subprocess.run(
        [
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "--kill-child",
            "--fork",
            "--pid",
            "--mount-proc",
            sys.executable,
            HERE / "hub_in_a_box.py",
            box,
            told,
            request.param,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=3600,
    )
    assert ran.returncode == 0, ran.stdout[-5000:]
    return json.loads(told.read_text())


def test_each_student_fetches_their_own_version(week):
    if "versions" not in week:
        pytest.skip("versions do not go through ngshare")
    ada, emmy = week["versions"]["ada"], week["versions"]["emmy"]
    assert len(ada) == len(emmy) == 1
    assert not week["versions"]["emmy's for ada"]


def test_students_fetch_and_submit_and_are_graded(week):
    assert week["fetched"] == {"ada": True, "emmy": True}
    assert week["marks"] == {"ada": week["points"], "emmy": 0}


def test_the_formgrader_shows_the_lesson_to_the_instructor(week):
    assert week["formgrader"] == ["01_state_equation"]


def test_feedback_is_fetched_by_its_author_alone(week):
    assert "checks passed" in week["feedback"]["ada"]
    assert "not done yet" in week["feedback"]["emmy"]
    assert not week["ada_can_read"]["emmy's home"]
    assert not week["ada_can_read"]["the gradebook"]
