"""Settings of every test."""

import os

from hypothesis import settings

# As `rnn-course` does: matrices of a lesson's size are multiplied faster by one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

#: Ten thousand examples of what is drawn, with `--hypothesis-profile nightly`.
settings.register_profile("nightly", max_examples=10_000, deadline=None)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a quarter of the time tests wait, for a browser most of all."""
    return (os.cpu_count() or 1) + 1
