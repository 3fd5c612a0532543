"""The package costs little more than NumPy, so that it also loads in a browser's kernel."""

import json
import subprocess
import sys

# Work is counted by the calls that an import makes: their number is the same on a busy machine.
WHAT = """
import json, sys
before = set(sys.modules)
calls = 0
def count(frame, event, argument):
    global calls
    calls += event in ("call", "c_call")
sys.setprofile(count)
import {package}
sys.setprofile(None)
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(json.dumps([calls, sorted(new - set(sys.stdlib_module_names))]))
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


def test_import_takes_less_than_twice_the_work_of_importing_numpy():
    (numpy, _), (both, _) = map(import_afresh, ("numpy", "rnn_utils"))
    assert numpy < both < 2 * numpy


def test_a_picture_loads_no_other_picture():
    """What a lesson has loaded when it is run for the site is what makes it run again when it changes."""
    code = "import sys; from rnn_utils.widgets import one_neuron, predict; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    pictures = {name for name in loaded if name.startswith("rnn_utils.widgets.")}
    shared = {"javascript", "picture", "questions"}
    assert pictures == {f"rnn_utils.widgets.{name}" for name in shared | {"neuron"}}
