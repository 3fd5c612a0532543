"""The package costs little more than NumPy, so that it also loads in a browser's kernel."""

import json
import subprocess
import sys

WHAT = """
import json, sys, time
before = set(sys.modules)
start = time.perf_counter()
import {package}
seconds = time.perf_counter() - start
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(json.dumps([seconds, sorted(new - set(sys.stdlib_module_names))]))
"""


def import_afresh(package):
    done = subprocess.run(
        [sys.executable, "-c", WHAT.format(package=package)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_import_loads_numpy_and_nothing_else():
    _, packages = import_afresh("rnn_utils")
    assert set(packages) == {"numpy", "rnn_utils"}


def test_import_takes_less_than_twice_the_import_of_numpy():
    seconds = {"numpy": [], "rnn_utils": []}
    for _ in range(5):  # interleaved, so that a busy moment hits both
        for package in seconds:
            seconds[package].append(import_afresh(package)[0])
    assert min(seconds["rnn_utils"]) < 2 * min(seconds["numpy"]), seconds
