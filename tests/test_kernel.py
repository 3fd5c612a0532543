"""What the kernels are told: one thread, and what to say of a name that is gone after a restart."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import PyFileConfigLoader

ROOT = Path(__file__).parents[1]


@pytest.fixture
def said():
    """Run a cell in a shell as a kernel has it, and return what it shows."""
    shell = InteractiveShell()
    config = PyFileConfigLoader(
        "ipython_kernel_config.py", path=str(ROOT / "etc/ipython")
    ).load_config()
    (extension,) = config.InteractiveShellApp.extensions.get_value([])
    shell.extension_manager.load_extension(extension)
    shell.colors = "nocolor"

    def run(cell):
        with capture_output() as shown:
            assert not shell.run_cell(cell).success
        return shown.stdout + shown.stderr

    return run


@pytest.mark.parametrize(
    "cell", ['check("rnn_step", rnn_step)', "x = 1\ny = rnn_forward", "np.zeros(3)"]
)
def test_a_cell_that_runs_before_those_above_it_says_which_to_run(said, cell):
    shown = said(cell)
    assert "NameError" in shown
    assert "Run All Above Selected Cell" in shown


def test_an_unknown_name_inside_a_function_is_shown_as_it_is(said):
    shown = said("def f(h):\n    return hh\n\nf(1)")
    assert "NameError: name 'hh' is not defined" in shown
    assert "Run All Above" not in shown


def test_the_setting_is_installed_where_ipython_looks_for_it():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert wheel["targets"]["wheel"]["shared-data"] == {"etc": "etc"}


def test_a_kernel_multiplies_with_one_thread_unless_told_otherwise():
    # in the order of a kernel: IPython, its configuration, and only then NumPy, which reads the setting once
    script = (
        "import os, sys\n"
        "from ipykernel.kernelapp import IPKernelApp\n"
        "from traitlets.config import PyFileConfigLoader\n"
        "PyFileConfigLoader('ipython_kernel_config.py', path=sys.argv[1]).load_config()\n"
        "print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    )
    own = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    for environment, threads in ((own, "1"), (own | {"OPENBLAS_NUM_THREADS": "3"}, "3")):
        command = [sys.executable, "-c", script, str(ROOT / "etc/ipython")]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert run.stdout.split() == ["False", threads]
