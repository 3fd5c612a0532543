"""Starting who grades: this machine's cores, or the machines of a Dask scheduler."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from nbformat import NotebookNode

from rnn_utils.course_folder import CourseError
from rnn_utils.grading.run.pool import Local, Pool


@contextmanager
def starting(
    scheduler: str | None,
    source: NotebookNode | None,
    trust_students: bool = False,
    trust_the_network: bool = False,
) -> Iterator[Future[Pool]]:
    """Start who grades, in the background.

    Args:
        scheduler: the address of a Dask scheduler; without one, this machine's cores are used.
        source: the lesson's notebook, if it is known already.
        trust_students: whether to execute where no jail can be built.
        trust_the_network: whether to go to a scheduler without TLS.

    Yields:
        Those who grade, as soon as they are ready; the future raises CourseError where they cannot be.

    Raises:
        CourseError: the scheduler is asked for without TLS.
    """
    if scheduler is not None and not scheduler.startswith("tls://") and not trust_the_network:
        raise CourseError(
            f"{scheduler} is no tls:// address. Without TLS, everybody who reaches the scheduler can run "
            "programs as you, on this machine and on every worker. docs/grading.md says how TLS is set "
            "up. If nobody but you can reach that network, say --trust-the-network."
        )
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(_start, scheduler, source, trust_students)
        try:
            yield future
        finally:
            if future.exception() is None:
                future.result().close()


def _start(scheduler: str | None, source: NotebookNode | None, trust_students: bool) -> Pool:
    if scheduler is None:
        return Local(source, trust_students)
    try:
        from rnn_utils.grading.run.cluster import Cluster
    except ImportError:
        raise CourseError(
            "A cluster takes Dask, which is not installed here: pip install -e '.[cluster]'"
        ) from None
    return Cluster(scheduler, source, trust_students)
