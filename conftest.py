"""What is kept of the tests' imports, and which files are imported for their examples."""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule

# The tests start some thousand processes. Each would compile all that it imports, which is half of its work,
# where the environment asks for no bytecode to be kept, as images of containers do.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path,
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Import a file for its examples only where it has any."""
    collectors = yield
    if b">>>" in file_path.read_bytes():
        return collectors
    return [c for c in collectors if not isinstance(c, DoctestModule)]
