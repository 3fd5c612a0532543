"""Grading on many machines: Dask's scheduler, and at most a few submissions under way for each core."""

import logging
from asyncio import CancelledError
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from distributed import Client, WorkerPlugin, as_completed, get_worker
from distributed.worker import Worker
from nbformat import NotebookNode

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.run.pool import AHEAD, in_words
from rnn_utils.grading.run.worker import grade
from rnn_utils.grading.sandbox.two_processes import Executor
from rnn_utils.grading.submission import Failed, Graded, Lesson, Submission


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


class Cluster:
    """The workers of a scheduler.

    Args:
        address: the scheduler's, such as `"tls://10.0.0.1:8786"`; TLS is set up as for every program
            that uses Dask, in `~/.config/dask` or `DASK_DISTRIBUTED__COMM__TLS__*`.
        source: the lesson's notebook, if it is known already.
        trust_students: whether to execute where no jail can be built.

    Raises:
        CourseError: no scheduler answers, or a worker has no jail or other versions of the packages.
    """

    def __init__(self, address: str, source: NotebookNode | None, trust_students: bool) -> None:
        for quiet in ("distributed", "distributed.worker", "distributed.scheduler"):
            logging.getLogger(quiet).setLevel(logging.CRITICAL)
        try:
            self._client = Client(address, timeout="10s")
        except (OSError, ValueError, TypeError) as error:  # the last where TLS is not set up
            raise CourseError(f"No scheduler answers at {address}: {error}") from None
        with _in_a_sentence():
            self._client.register_plugin(Executing(source, trust_students))

    def close(self) -> None:
        """Let go of the scheduler."""
        self._client.close()

    def learn(self, lesson: Lesson) -> tuple[str, ...]:
        """Give every worker, now and later, the lesson.

        Args:
            lesson: what is graded.

        Returns:
            The layers of the jail that are on everywhere.

        Raises:
            CourseError: there is no worker, or one has other versions of the packages.
        """
        self._grading = Grading(lesson)
        with _in_a_sentence():
            self._client.register_plugin(self._grading)
            layers = list(self._client.run(_layers).values())
        if not layers:
            raise CourseError("The scheduler has no workers yet. Start some, then run this again.")
        return tuple(layer for layer in layers[0] if all(layer in other for other in layers))

    def grade_all(self, submissions: Iterable[Submission]) -> Iterator[tuple[str, Graded | Failed]]:
        """Grade submissions as workers are free; those of a lost worker are graded by another.

        Args:
            submissions: read one by one, never many ahead.

        Yields:
            Each student with what came of the submission, in the order in which they are done.
        """
        coming = iter(submissions)
        students: dict[str, str] = {}
        under_way = as_completed()

        def send(count: int) -> None:
            for submission in islice(coming, count):
                future = self._client.submit(_grade, self._grading.name, submission, pure=False)
                students[future.key] = submission.student
                under_way.add(future)
                del future

        def room() -> int:
            # There may be fewer cores than a moment ago: a worker was lost.
            return max(0, AHEAD * max(1, sum(self._client.ncores().values())) - len(students))

        send(room())
        for future in under_way:
            student = students.pop(future.key)
            came: Graded | Failed
            try:
                # If the worker was lost with the result, this waits until another one has done it again.
                came = future.result()
            except (Exception, CancelledError) as error:
                came = Failed(in_words(error))
            future.release()
            yield student, came
            send(room())


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """Tell what a worker raises as something that the instructor can mend."""
    try:
        yield
    except Exception as error:
        raise CourseError(str(error)) from None
