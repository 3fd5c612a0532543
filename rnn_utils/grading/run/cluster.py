"""Grading on many cores or many machines: Dask's scheduler, and at most a few submissions under way."""

import logging
from asyncio import CancelledError
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice

import dask
from distributed import Client, LocalCluster, WorkerPlugin, as_completed, get_worker
from distributed.worker import Worker
from nbformat import NotebookNode

from rnn_utils.grading.run.worker import Failed, Graded, Lesson, Submission, grade
from rnn_utils.grading.sandbox.execute import Executor
from rnn_utils.grading.sandbox.fork_server import start_fork_server
from rnn_utils.project import CourseError

#: How many submissions are sent for each core: one is executed while the next is on its way.
AHEAD = 2


class Executing(WorkerPlugin):
    """The processes that execute, ready on each worker before the lesson is read from the gradebook.

    Args:
        source: the lesson's notebook, if it is known by then; with another lesson the student's process
            is prepared anew.
        trust_students: whether to execute where no jail can be built.
    """

    name = "rnn-course-executing"

    def __init__(self, source: NotebookNode | None, trust_students: bool) -> None:
        self.source = source
        self.trust_students = trust_students

    def setup(self, worker: Worker) -> None:
        """Start the processes; also on a worker that takes the place of a lost one."""
        self.executor = Executor(self.trust_students, self.source)
        self.executor.__enter__()

    def teardown(self, worker: Worker) -> None:
        """End them."""
        self.executor.__exit__(None, None, None)


class Grading(WorkerPlugin):
    """The lesson that each worker grades.

    Args:
        lesson: what is graded.
    """

    def __init__(self, lesson: Lesson) -> None:
        self.name = f"rnn-course-{lesson.digest}"
        self.lesson = lesson


def _grade(name: str, submission: Submission) -> Graded:
    plugins = get_worker().plugins
    return grade(plugins[name].lesson, submission, plugins[Executing.name].executor)


def _layers(dask_worker: Worker) -> tuple[str, ...]:
    return tuple(dask_worker.plugins[Executing.name].executor.layers)


@contextmanager
def connect(scheduler: str | None, executing: Executing) -> Iterator["Future[Client]"]:
    """Start a cluster on this machine's cores, or connect to a scheduler, in the background.

    Args:
        scheduler: its address, such as `"tcp://10.0.0.1:8786"`; TLS is set up as for every program
            that uses Dask, in `~/.config/dask` or `DASK_DISTRIBUTED__COMM__TLS__*`.
        executing: what every worker, now and later, gets ready at once.

    Yields:
        The client, as soon as its workers are ready; the future raises CourseError where no
        scheduler answers, or a worker has no jail or other versions of the packages.
    """
    threads = ThreadPoolExecutor(1)
    if scheduler is None:
        start_fork_server()
    client = threads.submit(_client, scheduler)
    ready = threads.submit(_with_plugin, client, executing)
    try:
        yield ready
    finally:
        if client.exception() is None:
            cluster = client.result().cluster
            client.result().close()
            if cluster is not None:
                cluster.close()
        threads.shutdown()


def _client(scheduler: str | None) -> Client:
    for quiet in (
        "distributed",
        "distributed.nanny",
        "distributed.worker",
        "distributed.scheduler",
    ):
        logging.getLogger(quiet).setLevel(logging.CRITICAL)
    if scheduler is not None:
        try:
            return Client(scheduler, timeout="10s")
        except (OSError, ValueError, TypeError) as error:  # the last where TLS is not set up
            raise CourseError(f"No scheduler answers at {scheduler}: {error}") from None
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    cluster = LocalCluster(
        n_workers=1,  # with a thread for each core, which share what is prepared
        processes=True,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )
    return Client(cluster)


def _with_plugin(connecting: "Future[Client]", plugin: WorkerPlugin) -> Client:
    client = connecting.result()
    with _in_a_sentence():
        client.register_plugin(plugin)
    return client


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """Tell what a worker raises as something that the instructor can mend."""
    try:
        yield
    except Exception as error:
        raise CourseError(str(error)) from None


def prepare(client: Client, grading: Grading) -> tuple[str, ...]:
    """Give every worker, now and later, the lesson.

    Args:
        client: connected to the workers.
        grading: the lesson.

    Returns:
        The layers of the jail that are on everywhere.

    Raises:
        CourseError: there is no worker, or one has other versions of the packages.
    """
    with _in_a_sentence():
        client.register_plugin(grading)
        layers = list(client.run(_layers).values())
    if not layers:
        raise CourseError("The scheduler has no workers yet. Start some, then run this again.")
    return tuple(layer for layer in layers[0] if all(layer in other for other in layers))


def grade_all(
    client: Client, grading: Grading, submissions: Iterable[Submission]
) -> Iterator[tuple[str, Graded | Failed]]:
    """Grade submissions as workers are free; those of a lost worker are graded by another.

    Args:
        client: connected to workers that are prepared.
        grading: as given to `prepare`.
        submissions: read one by one, never many ahead.

    Yields:
        Each student with what came of the submission, in the order in which they are done.
    """
    coming = iter(submissions)
    students: dict[str, str] = {}
    under_way = as_completed()

    def send(count: int) -> None:
        for submission in islice(coming, count):
            future = client.submit(_grade, grading.name, submission, pure=False)
            students[future.key] = submission.student
            under_way.add(future)
            del future

    def room() -> int:
        # There may be fewer cores than a moment ago: a worker was lost.
        return max(0, AHEAD * max(1, sum(client.ncores().values())) - len(students))

    send(room())
    for future in under_way:
        student = students.pop(future.key)
        came: Graded | Failed
        try:
            # If the worker was lost with the result, this waits until another one has done it again.
            came = future.result()
        except (Exception, CancelledError) as error:
            came = Failed(_in_words(error))
        future.release()
        yield student, came
        send(room())


def _in_words(error: BaseException) -> str:
    if type(error).__name__ == "KilledWorker":
        return "its worker died several times over"
    return f"{type(error).__name__}: {error}"
