"""At which errors a cell goes on in the jail: at those of the machine, and at no other."""

import pytest

from rnn_utils.grading.sandbox.subprocesses import Machines

#: What a machine lacks.
MACHINES = [
    "import a_package_that_is_nowhere",
    "open('/somewhere/else.txt')",
    "import subprocess\nsubprocess.run(['nothing-of-this-name'])",
    "input()",
]

#: What a student got wrong, in the cell itself or in a library that only computes.
THEIRS = [
    "1 / 0",
    "{}['a']",
    "[][0]",
    "None + 1",
    "None.shape",
    "int('x')",
    "assert 1 == 2",
    "raise ValueError('mine')",
    "import numpy as np\nnp.zeros(3) @ np.zeros(4)",
    "import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))",
    "import numpy as np\nnp.concatenate([np.zeros(2), np.zeros((2, 2))])",
    "import numpy as np\nnp.random.choice([], 3)",
    "import numpy as np\nnp.testing.assert_allclose(1, 2)",
    "import random\nrandom.choice([])",
    "import statistics\nstatistics.mean([])",
    "import json\njson.loads('{')",
    "import copy, threading\ncopy.deepcopy(threading.Lock())",
]


def error_of(source):
    """Run a cell; return the error that it ends with."""
    try:
        exec(compile(source, "<cell 1>", "exec"), {})
    except Exception as error:
        return error
    raise AssertionError(f"{source} ends without an error")


@pytest.mark.parametrize("source", THEIRS)
def test_a_cell_ends_at_a_students_error_as_in_every_kernel(source):
    goes_on = Machines()
    assert not goes_on(error_of(source))
    for before in MACHINES:
        assert goes_on(error_of(before))
        assert not goes_on(error_of(source)), "nor does it after an error of the machine's"


@pytest.mark.parametrize("source", MACHINES)
def test_it_goes_on_at_what_the_machine_lacks_and_where_that_is_missed(source):
    goes_on, missed = Machines(), error_of("what_the_machine_lacks")
    assert not goes_on(missed)
    assert goes_on(error_of(source))
    assert goes_on(missed)
