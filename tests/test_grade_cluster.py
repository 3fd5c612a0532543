"""`rnn-course class grade` as it is typed: on this machine's cores, and on a cluster that loses a worker."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress

import psutil
import pytest
from grading_course import NAME, command, environment, hand_in, make_course, rows, run
from test_grade import CLASS, grade_here

from rnn_utils.grading.sandbox.two_processes import available_layers

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not available_layers(), reason="no jail can be built here"
)

GRADE = ("rnn-course", "class", "grade", NAME)
TRUST = "--trust-the-network"

#: How many times the class hands in, so that there is time to kill somebody.
TIMES = 4


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    folder = make_course(tmp_path_factory.mktemp("cluster"))
    for number in range(TIMES):
        for student, answers in CLASS.items():
            hand_in(folder, f"{student}-{number}", answers)
    return folder


@pytest.fixture(scope="module")
def undisturbed(handed_in, tmp_path_factory):
    folder = shutil.copytree(handed_in, tmp_path_factory.mktemp("undisturbed") / "course")
    grade_here(folder)
    return rows(folder)


@pytest.fixture
def course(handed_in, tmp_path):
    return shutil.copytree(handed_in, tmp_path / "course")


@contextmanager
def started(folder, *arguments, **variables):
    """A program in the course's folder that is ended, with all that it started, in any case."""
    process = psutil.Popen(
        arguments,
        cwd=folder,
        env=environment(folder) | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    family = []
    try:
        yield process
        if process.is_running():
            family = process.children(recursive=True)
    finally:
        for one in [process, *family]:
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        process.wait()


def until_graded(process, folder, count):
    """Wait until so many submissions have been graded."""
    while True:
        there = folder / "autograded"
        if there.is_dir() and sum(1 for _ in there.iterdir()) >= count:
            return
        assert process.poll() is None, process.stdout.read()
        try:
            process.wait(0.02)
        except psutil.TimeoutExpired:
            continue


def prepared_by(process):
    """The processes that a local run forks from, for students' code and for the tests."""
    return [child for child in process.children() if "-S" in child.cmdline()]


def test_killed_itself_it_leaves_nothing_running_and_goes_on(course, undisturbed):
    with started(course, *command(*GRADE)) as process:
        until_graded(process, course, 3)
        family = process.children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        _, alive = psutil.wait_procs(family, timeout=300)
        assert not alive
    run(course, *GRADE, "--json", "out.json")
    assert rows(course) == undisturbed
    out = json.loads((course / "out.json").read_text("utf-8"))
    assert out["unchanged"] >= 2
    assert out["graded"] + out["unchanged"] == len(undisturbed)
    assert (course / "class_reports" / f"{NAME}.html").is_file()


def test_a_lost_process_loses_nothing(course, undisturbed):
    with started(course, *command(*GRADE)) as process:
        until_graded(process, course, 3)
        prepared_by(process)[-1].kill()
        said, _ = process.communicate(timeout=1800)
    assert process.returncode == 0, said
    assert " 0 not graded" in said
    assert rows(course) == undisturbed


def test_on_a_cluster_one_of_two_workers_is_killed(course, undisturbed):
    port_file = course / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    work = [sys.executable, "-m", "distributed.cli.dask_worker"]
    options = ("--scheduler-file", str(port_file))
    with (
        started(course, *dask, *options, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
        started(course, *work, *options, "--nthreads", "1", "--no-nanny", "--no-dashboard") as one,
        started(course, *work, *options, "--nthreads", "1", "--no-nanny", "--no-dashboard") as two,
    ):
        while not port_file.exists() or not port_file.read_text():
            os.sched_yield()
        address = json.loads(port_file.read_text())["address"]
        grading = command(*GRADE, "--scheduler", address, TRUST)
        with started(course, *grading) as process:
            until_graded(process, course, 4)
            one.kill()
            said, _ = process.communicate(timeout=1800)
        assert process.returncode == 0, said
        assert two.is_running()
    assert rows(course) == undisturbed


@pytest.fixture
def tls(tmp_path):
    """Dask's settings for TLS as docs/grading.md gives them, with a certificate of its own."""
    if shutil.which("openssl") is None:
        pytest.skip("no `openssl` here, which makes the certificate")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    settings = {"CA_FILE": certificate}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        settings |= {f"{role}__CERT": certificate, f"{role}__KEY": key}
    return {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(path) for name, path in settings.items()}


def test_settings_for_tls_pass_through(course, tls, monkeypatch):
    file = course / "scheduler.json"
    options = ("--scheduler-file", str(file), "--no-dashboard")
    schedule = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options]
    work = [sys.executable, "-m", "distributed.cli.dask_worker", *options]
    for name, value in tls.items():
        monkeypatch.setenv(name, value)
    with (
        started(course, *schedule, "--protocol", "tls", "--host", "127.0.0.1", "--port", "0"),
        started(course, *work, "--protocol", "tls", "--nthreads", "1", "--no-nanny"),
    ):
        while not file.exists() or not file.read_text():
            os.sched_yield()
        address = json.loads(file.read_text())["address"]
        assert address.startswith("tls://127.0.0.1:")
        run(course, *GRADE, "--scheduler", address, "--student", "ada-0")
    (graded,) = rows(course).values()
    assert sum(score for score, *_ in graded["grades"].values() if score) == 4


def test_a_scheduler_that_is_not_there_is_said(course):
    said = run(course, *GRADE, "--scheduler", "tcp://127.0.0.1:1", TRUST, succeeds=False)
    assert "No scheduler answers at tcp://127.0.0.1:1" in said
    assert "Traceback" not in said


def test_a_scheduler_without_tls_is_refused_unless_the_network_is_trusted(course):
    said = run(course, *GRADE, "--scheduler", "10.0.0.1:8786", succeeds=False)
    assert "can run programs as you" in " ".join(said.split())
    assert TRUST in said
    assert "Traceback" not in said


# No door, and nothing left -------------------------------------------------------------------------------


def test_a_local_run_listens_nowhere_tells_its_environment_to_nobody_and_leaves_nothing(course):
    temporary, home = course.parent / "temporary", course.parent / "home"
    temporary.mkdir()
    home.mkdir()
    told = {"TMPDIR": str(temporary), "HOME": str(home), "A_SECRET": "of-the-instructor"}
    with started(course, *command(*GRADE), **told) as process:
        until_graded(process, course, 2)
        family = [process, *process.children(recursive=True)]
        assert len(family) > 2
        for one in family:
            with suppress(psutil.NoSuchProcess):
                assert [c for c in one.net_connections("all") if c.status == "LISTEN"] == []
                assert [c for c in one.net_connections("unix") if c.laddr] == []
        for one in family[1:]:
            with suppress(psutil.NoSuchProcess):
                assert "A_SECRET" not in one.environ()
        said, _ = process.communicate(timeout=1800)
        _, alive = psutil.wait_procs(family, timeout=300)
    assert process.returncode == 0, said
    assert not alive
    assert [path.name for path in temporary.iterdir()] == []
    assert not (home / ".ipython").exists()
