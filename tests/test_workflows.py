"""The workflows ask for little, are pinned, end, and publish only what was looked at."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in ROOT.glob(".github/workflows/*.yml")
}
JOBS = [
    pytest.param(workflow, job, id=f"{name}/{key}")
    for name, workflow in WORKFLOWS.items()
    for key, job in workflow["jobs"].items()
]
#: What no job but these may do.
MAY_WRITE = {"deploy": {"pages", "id-token"}, "colab": {"contents"}}


def test_there_are_a_workflow_for_the_tests_and_one_for_the_site():
    assert WORKFLOWS.keys() >= {"tests", "pages"}


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_a_job_has_no_rights_but_those_that_it_names(workflow, job, request):
    assert workflow["permissions"] == {}
    key = request.node.callspec.id.split("/")[1]
    rights = job["permissions"]
    assert {name for name, right in rights.items() if right == "write"} == MAY_WRITE.get(key, set())
    assert set(rights.values()) <= {"read", "write"}


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_a_job_ends_and_runs_on_a_named_system(workflow, job):
    assert 0 < job["timeout-minutes"] <= 90
    systems = job.get("strategy", {}).get("matrix", {}).get("system", [job["runs-on"]])
    assert not [system for system in systems if system.endswith("latest")]
    assert workflow["concurrency"]["group"]


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_an_action_is_pinned_by_its_commit_and_a_checkout_leaves_no_token(workflow, job):
    for step in job["steps"]:
        if "uses" not in step:
            continue
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
        if step["uses"].startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob(".github/workflows/*.yml")), ids=lambda path: path.stem
)
def test_a_pin_says_which_version_it_is(path):
    for line in path.read_text("utf-8").splitlines():
        assert "uses:" not in line or re.search(r"# v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_no_expression_is_pasted_into_a_command(workflow, job):
    for step in job["steps"]:
        assert "${{" not in step.get("run", ""), "an expression goes by way of env"


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_what_a_job_needs_again_is_cached(workflow, job):
    steps = job["steps"]
    installs = any(
        "pip install" in step.get("run", "") or ".ci/run" in step.get("run", "") for step in steps
    )
    cached = any(
        "actions/cache@" in step.get("uses", "") or step.get("with", {}).get("cache")
        for step in steps
    )
    assert cached or not installs


def test_the_site_is_published_by_a_job_of_its_own_after_its_pages_were_looked_at():
    jobs = WORKFLOWS["pages"]["jobs"]
    assert jobs["deploy"]["needs"] == "build"
    assert not [step for step in jobs["deploy"]["steps"] if "run" in step]
    steps = [step.get("run", step.get("uses", "")) for step in jobs["build"]["steps"]]

    def place(words):
        return next(k for k, step in enumerate(steps) if words in step)

    assert place("rnn-course site") < place("pytest") < place("upload-pages-artifact")


def test_the_site_is_built_by_the_line_of_the_readme_at_the_address_of_its_domain():
    line = re.search(r"^uv run .*rnn-course site$", (ROOT / "README.md").read_text("utf-8"), re.M)
    jobs = WORKFLOWS["pages"]["jobs"]
    [build] = [step for step in jobs["build"]["steps"] if "rnn-course site" in step.get("run", "")]
    assert line
    assert build["run"].startswith(line[0])
    assert build["env"]["ADDRESS"] == "${{ steps.pages.outputs.base_url }}"


@pytest.mark.parametrize("name", ["tests", "pages"])
def test_screenshots_of_failures_are_kept(name):
    uploads = [
        step
        for job in WORKFLOWS[name]["jobs"].values()
        for step in job["steps"]
        if "upload-artifact@" in step.get("uses", "") and step.get("if") == "failure()"
    ]
    assert [step["with"]["path"] for step in uploads] == ["build/screenshots"]
