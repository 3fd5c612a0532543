"""Who grades: threads here that wait for processes of this machine, or the workers of a cluster.

What is started here is reached by nobody else: the processes are joined by pairs of sockets that have
no name, and nothing listens.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Protocol

from nbformat import NotebookNode

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.protocol.safe_text import line
from rnn_utils.grading.run.limited import cores
from rnn_utils.grading.run.worker import grade
from rnn_utils.grading.sandbox.two_processes import Executor, JailError
from rnn_utils.grading.submission import Failed, Graded, Lesson, Submission

#: How many submissions are read for each core: one is executed while the next is on its way.
AHEAD = 2


class Pool(Protocol):
    """Those who grade."""

    def learn(self, lesson: Lesson) -> tuple[str, ...]:
        """Get to know the lesson; return the layers of the jail that are on everywhere."""

    def grade_all(self, submissions: Iterable[Submission]) -> Iterator[tuple[str, Graded | Failed]]:
        """Grade submissions, in any order, reading only a few ahead."""

    def close(self) -> None:
        """End, or let go of, whatever was started."""


class Local:
    """The processes of this machine.

    Args:
        source: the lesson's notebook, if it is known already: the processes are then prepared for it.
        trust_students: whether to execute where no jail can be built.

    Raises:
        CourseError: no jail can be built.
    """

    def __init__(self, source: NotebookNode | None, trust_students: bool) -> None:
        try:
            self._executor = Executor(trust_students, source)
            self._executor.start()
        except JailError as error:
            raise CourseError(str(error)) from None
        self._cores = cores()
        self._threads = ThreadPoolExecutor(self._cores)

    def close(self) -> None:
        """End the processes."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._executor.close()

    def learn(self, lesson: Lesson) -> tuple[str, ...]:
        """Get to know the lesson.

        Args:
            lesson: what is graded.

        Returns:
            The layers of the jail that are on.
        """
        self._lesson = lesson
        return self._executor.layers

    def grade_all(self, submissions: Iterable[Submission]) -> Iterator[tuple[str, Graded | Failed]]:
        """Grade submissions as cores are free.

        Args:
            submissions: read one by one, never many ahead.

        Yields:
            Each student with what came of the submission, in the order in which they are done.
        """
        coming = iter(submissions)
        under_way: dict[Future[Graded], str] = {}

        def send() -> None:
            for submission in islice(coming, AHEAD * self._cores - len(under_way)):
                future = self._threads.submit(grade, self._lesson, submission, self._executor)
                under_way[future] = submission.student

        send()
        while under_way:
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                student = under_way.pop(future)
                send()
                yield student, _came(future)


def _came(future: Future[Graded]) -> Graded | Failed:
    try:
        return future.result()
    except Exception as error:
        return Failed(in_words(error))


def in_words(error: BaseException) -> str:
    """Say why a submission could not be graded this time."""
    if type(error).__name__ == "KilledWorker":
        return "its worker died several times over"
    return line(str(error) if isinstance(error, JailError) else f"{type(error).__name__}: {error}")
