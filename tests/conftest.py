"""Settings of every test."""

import os

# As `rnn-course` does: matrices of a lesson's size are multiplied faster by one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a quarter of the time tests wait, for a browser most of all."""
    return (os.cpu_count() or 1) + 1
