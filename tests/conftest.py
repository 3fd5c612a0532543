"""Settings of every test."""

import os

# As `rnn-course` does: matrices of a lesson's size are multiplied faster by one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
