"""`rnn-course class grade` as it is typed: on this machine's cores, and on a cluster that loses a worker."""

import json
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
SCHEDULE = (sys.executable, "-m", "distributed.cli.dask_scheduler")
WORK = (sys.executable, "-m", "distributed.cli.dask_worker")

#: How many times the class hands in, and what each answer waits for, so that there is time to kill somebody.
TIMES = 2
WAITING = "import time\ntime.sleep(0.3)\n"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    folder = make_course(tmp_path_factory.mktemp("cluster"))
    for number in range(TIMES):
        for student, answers in CLASS.items():
            slowly = {name: WAITING + source for name, source in answers.items() if name != "why"}
            hand_in(folder, f"{student}-{number}", answers | slowly)
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


def graded_in(folder):
    there = folder / "autograded"
    return list(there.iterdir()) if there.is_dir() else []


def until_graded(process, folder, count):
    """Wait until so many submissions have been graded."""
    while True:
        if len(graded_in(folder)) >= count:
            return
        assert process.poll() is None, process.stdout.read()
        try:
            process.wait(0.02)
        except psutil.TimeoutExpired:
            continue


def told(process, what):
    """Wait until a program of Dask says so; return the address that it says."""
    return next(line.split()[-1] for line in process.stdout if what in line)


def prepared_by(process):
    """The processes that a local run forks from, for students' code and for the tests."""
    return [child for child in process.children() if "-S" in child.cmdline()]


def test_it_listens_nowhere_tells_nobody_its_environment_and_killed_or_robbed_of_a_process_loses_nothing(
    course, undisturbed
):
    home = course.parent / "home"
    surroundings = {"HOME": str(home), "A_SECRET": "of-the-instructor"}
    for number, killed in enumerate((True, False)):
        temporary = home / f"temporary-{number}"
        temporary.mkdir(parents=True)
        graded = len(graded_in(course))
        grading = command(*GRADE, "--json", "out.json")
        with started(course, *grading, **surroundings, TMPDIR=str(temporary)) as process:
            until_graded(process, course, max(3, graded + 1))
            family = [process, *process.children(recursive=True)]
            assert len(family) > 2
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    assert [c for c in one.net_connections("all") if c.status == "LISTEN"] == []
                    assert [c for c in one.net_connections("unix") if c.laddr] == []
            for one in family[1:]:
                with suppress(psutil.NoSuchProcess):
                    assert "A_SECRET" not in one.environ()
            if killed:
                process.send_signal(signal.SIGKILL)
            else:
                prepared_by(process)[-1].kill()
            said, _ = process.communicate(timeout=1800)
            _, alive = psutil.wait_procs(family, timeout=300)
        assert not alive
    assert process.returncode == 0, said
    assert " 0 not graded" in said
    assert [path.name for path in temporary.iterdir()] == []
    assert not (home / ".ipython").exists()
    assert rows(course) == undisturbed
    out = json.loads((course / "out.json").read_text("utf-8"))
    assert out["unchanged"] >= 2
    assert out["graded"] + out["unchanged"] == len(undisturbed)
    assert (course / "class_reports" / f"{NAME}.html").is_file()


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


def test_on_a_cluster_with_settings_for_tls_one_of_two_workers_is_killed(
    course, undisturbed, tls, monkeypatch
):
    for name, value in tls.items():
        monkeypatch.setenv(name, value)
    options = ("--scheduler-file", str(course / "scheduler.json"), "--no-dashboard")
    secure = [*options, "--protocol", "tls"]
    work = [*WORK, *secure, "--nthreads", "1", "--no-nanny"]
    with (
        started(course, *SCHEDULE, *secure, "--host", "127.0.0.1", "--port", "0") as scheduler,
        started(course, *work) as one,
        started(course, *work) as two,
    ):
        address = told(scheduler, "Scheduler at:")
        assert address.startswith("tls://127.0.0.1:")
        for worker in (one, two):
            assert told(worker, "Registered to:") == address
        with started(course, *command(*GRADE, "--scheduler", address)) as process:
            until_graded(process, course, 4)
            one.kill()
            said, _ = process.communicate(timeout=1800)
        assert process.returncode == 0, said
        assert two.is_running()
    assert rows(course) == undisturbed


def test_a_scheduler_that_is_not_there_is_said(course):
    said = run(course, *GRADE, "--scheduler", "tcp://127.0.0.1:1", TRUST, succeeds=False)
    assert "No scheduler answers at tcp://127.0.0.1:1" in said
    assert "Traceback" not in said


def test_a_scheduler_without_tls_is_refused_unless_the_network_is_trusted(course):
    said = run(course, *GRADE, "--scheduler", "10.0.0.1:8786", succeeds=False)
    assert "can run programs as you" in " ".join(said.split())
    assert TRUST in said
    assert "Traceback" not in said
