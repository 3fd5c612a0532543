"""What one submission may use: time, memory, files, what it prints, threads."""

from typing import NamedTuple


class Limits(NamedTuple):
    """What one submission may use.

    Attributes:
        cell_seconds: time for one cell.
        seconds: time for the whole submission.
        memory: bytes of memory beyond what the prepared process has.
        file_bytes: bytes of all files that it may write, in a folder of its own that is removed.
        printed_bytes: bytes that one cell may print and show; all of them together, eight times that.
        threads: how many threads it may start.
    """

    cell_seconds: float = 60.0
    seconds: float = 600.0
    memory: int = 2 << 30
    file_bytes: int = 64 << 20
    printed_bytes: int = 2 << 20
    threads: int = 16
