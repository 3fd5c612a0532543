"""Every kernel of this environment multiplies with one thread, and explains a name that is gone."""

import os

# NumPy's OpenBLAS reads this when it is loaded, which is later. Matrices of a lesson's size are multiplied
# faster by one thread: several wait for each other, and are busy while they wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

c = get_config()  # noqa: F821  (IPython gives it to this file)
c.InteractiveShellApp.extensions.append("rnn_utils.course.kernel")
