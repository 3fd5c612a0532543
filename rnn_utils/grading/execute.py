"""Executing a handed-in notebook: the student's code in a jail, the tests outside of it."""

from types import TracebackType
from typing import NamedTuple

from nbformat import NotebookNode


class JailError(RuntimeError):
    """Nothing on this machine can hold a student's code; or the jail could not be built."""


class Limits(NamedTuple):
    """What one submission may use.

    Attributes:
        cell_seconds: time for one cell.
        seconds: time for the whole submission.
        memory: bytes of memory beyond what the prepared process has.
        file_bytes: bytes of all files that it may write, in a folder of its own that is removed.
        printed_bytes: bytes that one cell may print and show.
        threads: how many threads it may start.
    """

    cell_seconds: float = 60.0
    seconds: float = 600.0
    memory: int = 1 << 30
    file_bytes: int = 64 << 20
    printed_bytes: int = 1 << 20
    threads: int = 16


class Executed(NamedTuple):
    """An executed notebook and what is to be said of it.

    Attributes:
        notebook: a copy of the notebook with outputs.
        notes: sentences for the instructor, each beginning with "limit: " or "suspicious: ".
    """

    notebook: NotebookNode
    notes: list[str]


def available_layers() -> tuple[str, ...]:
    """Name the layers of the jail that work on this machine, the strongest first."""
    return ()


class Executor:
    """Executes notebooks, one after the other; a context manager, one for each worker process.

    Args:
        trust_students: whether to execute where no jail can be built.

    Raises:
        JailError: neither Landlock nor namespaces work here, and students are not trusted.
    """

    layers: tuple[str, ...]

    def __init__(self, trust_students: bool = False) -> None:
        self.layers = available_layers()
        if not {"landlock", "namespaces"} & set(self.layers) and not trust_students:
            raise JailError(
                "Neither Landlock nor namespaces work on this machine, so a student's code could "
                "read and change anything that you can. Grade on Linux (5.13 or newer), in a "
                "container or not; or, if you trust all of them, say --trust-students."
            )

    def __enter__(self) -> "Executor":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the prepared processes, which have NumPy and pyplot imported."""

    def close(self) -> None:
        """End the prepared processes and whatever they left."""

    def execute(
        self,
        notebook: NotebookNode,
        limits: Limits | None = None,
        source: NotebookNode | None = None,
        every_cell: bool = False,
    ) -> Executed:
        """Execute a notebook.

        Args:
            notebook: the student's solution cells in the instructor's notebook, with the hidden tests.
            limits: what it may use; by default `Limits()`.
            source: the lesson as its author wrote it, with solutions and hidden tests. What the tests
                need besides the student's functions is taken from there; from `notebook` unless given,
                whose ungraded cells must then be the instructor's own.
            every_cell: whether to run the cells too that neither solutions nor tests need, such as
                the lesson's own figures.

        Returns:
            The notebook with outputs as nbgrader's SaveAutoGrades expects them, and the notes.
        """
        from nbclient import NotebookClient

        client = NotebookClient(notebook, allow_errors=True, timeout=60)
        return Executed(client.execute(), [])
