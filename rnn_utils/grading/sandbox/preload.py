"""What the process imports that the workers on this machine are forked from."""

import gc

gc.disable()  # what is imported stays: looking through it for garbage takes time and finds none

from rnn_utils.checks import exercises  # noqa: E402
from rnn_utils.grading.run import cluster  # noqa: E402, F401

exercises()
gc.freeze()
gc.enable()
