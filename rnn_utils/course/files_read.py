"""Run in a lesson's kernel before its first cell: notes which files of the package the lesson reads.

A result can only depend on what was read, so it is kept until one of these files changes. Imports
nothing of the course, whose modules would count as read.
"""

import os
import sys
from importlib.util import source_from_cache
from typing import Any

#: Names, in a kernel's environment, the file that lists what was read, a path a line.
LIST = "RNN_COURSE_READS"


def watch(package: str, listed: str) -> None:
    """Append to a file, once each, the files below a folder that this process has loaded or will open.

    Args:
        package: the folder.
        listed: the file to append to.
    """
    seen = set()
    out = os.open(listed, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    folder = os.path.join(package, "")

    def note(event: str, details: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(details[0], str):
            return
        path = os.path.abspath(details[0])
        if path in seen or not path.startswith(folder):
            return
        seen.add(path)
        if path.endswith(".pyc"):
            path = source_from_cache(path.partition(".pyc")[0] + ".pyc")
        os.write(out, f"{os.path.relpath(path, package)}\n".encode())

    sys.addaudithook(note)
    # Jupyter's configuration may have loaded some of them before the first line of a kernel.
    for module in list(sys.modules.values()):
        note("open", (getattr(module, "__file__", None),))


if __name__ == "__main__":
    watch(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), os.environ[LIST])
