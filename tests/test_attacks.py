"""Attacks that came to mind after those of test_jail: several in each grading run, to keep it short.

One file, since a list of attacks is looked through as a whole for what is missing.
"""

import json
import os
import re
import subprocess
import sys
import textwrap
from html import unescape
from pathlib import Path

import nbformat.v4 as v4
import numpy as np
import pytest
from attack_matrix import WRONG, attacked, executor_without
from grading_course import ODD_NOTEBOOKS
from nbconvert import HTMLExporter
from nbgrader.utils import determine_grade

from rnn_utils.grading.intake.cells import CELLS, read_notebook
from rnn_utils.grading.intake.folder import Refused
from rnn_utils.grading.intake.rebuild import OWN_CELLS, rebuild
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.protocol.random_state import go_on
from rnn_utils.grading.sandbox import jail, two_processes
from rnn_utils.grading.sandbox.two_processes import available_layers

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the jail needs Linux"),
    pytest.mark.xdist_group("jail"),
]

LIMITS = Limits(cell_seconds=8, seconds=40, memory=512 << 20, printed_bytes=100_000)
RIGHT = "def double(x):\n    return 2 * x"
TEST = "assert double(1) == 2, f'wrong: {double(1)}'"
OTHER = "def half(x):\n    return x / 2"


def cell(source, name, graded):
    mark = {"grade_id": name, "solution": not graded, "grade": graded, "locked": graded}
    return v4.new_code_cell(source, metadata={"nbgrader": mark | ({"points": 3} if graded else {})})


def lesson(answer, test=TEST):
    """Two exercises, of which the second is answered rightly."""
    return v4.new_notebook(
        cells=[
            v4.new_code_cell("import numpy as np"),
            cell(textwrap.dedent(answer), "double", False),
            cell(test, "test_double", True),
            cell(OTHER, "half", False),
            cell("assert half(2) == 1", "test_half", True),
        ]
    )


def scores(executor, answer, test=TEST):
    done = executor.execute(lesson(answer, test), LIMITS, source=lesson(RIGHT, test))
    return [determine_grade(done.notebook.cells[k], None)[0] for k in (2, 4)]


# What is shown decides on the points -----------------------------------------------------------------

MANY = "for k in range(200):\n    got = double(k)\nassert got == 398, f'wrong: {got}'"

UNHEARD = {
    "so much printed that the failure had no room": (
        MANY,
        "def double(x):\n    print('x' * 10_000)\n    return 0",
    ),
    "a failure whose message has a million lines": (
        TEST,
        "def double(x):\n    return 'x\\n' * 1_000_000",
    ),
    "a failure whose message is one long line": (
        TEST,
        "def double(x):\n    return 'x' * 12_000_000",
    ),
    "a score that had no room": (
        "for k in range(200): double(k)\n0.0",
        "def double(x):\n    print('x' * 10_000)\n    return 0",
    ),
    "an error that shows nothing of itself": (
        TEST,
        """
        class E(Exception):
            def _render_traceback_(self): return []
            __str__ = __repr__ = lambda self: ""
        E.__name__ = "</pre><script>alert(1)</script>"
        def double(x): raise E
        """,
    ),
    "an error that stops a debugger quietly": (
        TEST,
        "import bdb\ndef double(x): raise bdb.BdbQuit",
    ),
    "a skipped test": (TEST, "import unittest\ndef double(x): raise unittest.SkipTest('x')"),
    "an interrupt": (TEST, "def double(x): raise KeyboardInterrupt"),
}


@pytest.mark.parametrize("way", UNHEARD)
def test_a_failure_is_never_left_out(executor, way):
    test, answer = UNHEARD[way]
    assert scores(executor, answer, test) == [0, 3]


# Out of the jail -------------------------------------------------------------------------------------

PROBES = {
    "memory that no limit counts": "os.write(os.memfd_create('x'), bytes(1 << 20))",
    "secret memory": "libc.syscall(447, 0) >= 0",
    "the owner of a socket": "fcntl.ioctl(FD, 0x8901, struct.pack('i', 1)) is not None",
    "a process by clone3": "libc.syscall(435, None, 0) >= 0",
    "a process by vfork": "libc.syscall(58) >= 0",
    "a user namespace by clone": "libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0",
    "the scheduler": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)) or 'done'",
    "another session": "os.setsid() or 'done'",
    "an abstract socket": "socket.socket(socket.AF_UNIX).bind(chr(0) + 'x') or 'done'",
    "a sparse file": "open('/submission/sparse', 'wb').truncate(10 << 30)",
    "its memory": "open('/proc/self/mem', 'rb')",
    "its command": "open('/proc/1/cmdline').read()",
    "shared memory": "os.listdir('/dev/shm')",
    "a terminal": "os.open('/dev/tty', os.O_RDWR) or os.open('/dev/ptmx', os.O_RDWR)",
    "a root that can be written": "open('/left', 'w')",
    "the prepared folder": "open('/submission/../prepared/left', 'w')",
}

#: What reaches for another process; in a namespace of its own there is none to be named.
AT_OTHERS = {
    "a signal by a descriptor": "fcntl.fcntl(os.pipe()[0], 8, OTHER) or 'done'",
    "any signal by a descriptor": "fcntl.fcntl(os.pipe()[0], 10, 9) or 'done'",
    "any signal, in a wide register": "libc.syscall(72, os.pipe()[0], 1 << 32 | 10, 9) == 0",
    "another's memory": "libc.syscall(310, OTHER, None, 0, None, 0, 0) >= 0",
    "a handle of a process": "libc.syscall(434, OTHER, 0) >= 0",
    "a signal to another's thread": "libc.syscall(234, OTHER, OTHER, 0) == 0",
    "limits of its parent": "resource.prlimit(OTHER, resource.RLIMIT_CPU, (1, 1))",
    "processors of its parent": "os.sched_setaffinity(OTHER, {0}) or 'done'",
}

PROBING = """
import ctypes, fcntl, os, resource, socket, struct
from rnn_utils.grading.sandbox.student import _peer
libc = ctypes.CDLL(None)
FD = _peer.channel._socket.fileno()
OTHER = os.getppid() or 2
found = []
def probe(name, action):
    try:
        if action(): found.append(name)
    except BaseException: pass
"""


def reached(executor, probes):
    lines = [f"probe({name!r}, lambda: {action})" for name, action in probes.items()]
    answer = "\n".join([PROBING, *lines, "print('reached:', found)", RIGHT])
    done = executor.execute(lesson(answer), LIMITS, source=lesson(RIGHT))
    assert [determine_grade(done.notebook.cells[k], None)[0] for k in (2, 4)] == [3, 3]
    assert done.notes == []
    (output,) = done.notebook.cells[1].outputs
    return output.text


@pytest.fixture(scope="module")
def without_namespaces():
    with executor_without("namespaces") as other:
        yield other


@pytest.fixture
def landlocked(without_namespaces):
    if not {"seccomp", "landlock"} <= set(available_layers()) or without_namespaces is None:
        pytest.skip("needs these layers of the jail")
    return without_namespaces


def test_nothing_more_is_within_reach(executor):
    if not {"seccomp", "namespaces"} <= set(executor.layers):
        pytest.skip("needs all layers of the jail")
    alone = {"another process": "(os.getpid(), os.getppid()) != (1, 0)"}
    assert reached(executor, PROBES | AT_OTHERS | alone) == "reached: []\n"


def test_without_namespaces_no_other_process_is_within_reach(landlocked):
    assert reached(landlocked, AT_OTHERS) == "reached: []\n"


def test_without_namespaces_the_size_of_a_file_can_be_asked_and_no_more(landlocked):
    asked = {
        "its size": "os.stat('/etc/passwd').st_size",
        "its text": "open('/etc/passwd').read()",
        "its folder": "os.listdir('/etc')",
    }
    assert reached(landlocked, asked) == "reached: ['its size']\n"


HONEST_AT_THE_END = {
    "words on the standard streams, at the level of C": (
        "import ctypes, os\nos.write(1, b'3.0')\nos.write(2, b'3.0')\nctypes.CDLL(None).puts(b'3.0')"
    ),
    "numpy patched": "np.allclose = np.array_equal = np.asarray = lambda *a, **k: True",
    "handlers of the end": (
        "import atexit, weakref\natexit.register(lambda: 1 / 0)\n"
        "class D:\n    def __del__(self):\n        while True: pass\nkept = D()"
    ),
    "modules gone": "import sys\nfor name in ('json', 'struct', 'traceback'): sys.modules[name] = None",
    "a clock that stands still": "import time\ntime.monotonic = time.time = lambda: 0.0",
}


@pytest.mark.parametrize("way", HONEST_AT_THE_END)
def test_what_is_patched_over_there_changes_no_points(executor, way):
    wrong = HONEST_AT_THE_END[way] + "\ndef double(x): return 0"
    assert scores(executor, wrong) in ([0, 3], [0, 0])
    assert scores(executor, RIGHT) == [3, 3]


STOPPING = "import signal\nsignal.raise_signal(signal.SIGSTOP)\n"


def test_one_that_stops_itself_goes_on_where_it_is_alone(executor):
    assert scores(executor, STOPPING + RIGHT) == [3, 3]


def test_one_that_stops_itself_is_ended_where_it_is_not_alone(landlocked):
    limits = LIMITS._replace(cell_seconds=1)
    done = landlocked.execute(lesson(STOPPING + RIGHT), limits, source=lesson(RIGHT))
    assert determine_grade(done.notebook.cells[2], None)[0] == 0
    assert scores(landlocked, RIGHT) == [3, 3]


def test_of_the_machine_only_libraries_can_be_read():
    """A course may lie anywhere, in /usr/src as in a container's image, or in /usr/local."""
    course = Path(two_processes.__file__).parents[3]
    hidden = ["/usr/src/app/solutions", "/usr/local/course", "/usr/share/course", "/srv", "/home"]
    for place in (*map(Path, hidden), course / "solutions", course / "gradebook.db"):
        assert not any(place.is_relative_to(path) for path in jail.libraries()), place


def test_no_other_account_finds_what_lies_beside_a_notebook():
    files = {"helpers.py": b"x", "a/b.csv": b"y", "a": b"in the way", "helpers.py/c.csv": b"too"}
    with two_processes._folder_of(files) as there:
        folder = Path(there)
        assert (folder / "helpers.py").read_bytes() == b"x"
        assert (folder / "a" / "b.csv").read_bytes() == b"y"
        assert folder.parent.stat().st_mode & 0o077 == 0o011
        assert len(folder.name) == 32
    assert not folder.parent.exists()


# Odd notebooks ----------------------------------------------------------------------------------------


def handed_in(*cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def code(source, **rules):
    return {"cell_type": "code", "source": source, "metadata": {"nbgrader": rules} if rules else {}}


def test_a_notebook_of_very_many_cells_is_refused():
    with pytest.raises(Refused, match="cells, more than"):
        read_notebook(handed_in(*[{}] * (CELLS + 1)))


def test_of_very_many_own_cells_the_answers_still_count():
    own = [code(f"x = {k}") for k in range(OWN_CELLS + 100)]
    cells = read_notebook(handed_in(*own, code(RIGHT, grade_id="double", solution=True))).cells
    notebook, notes = rebuild(lesson("pass"), {"test_double": TEST}, cells)
    assert len(notebook.cells) == OWN_CELLS + 3
    assert RIGHT in [c.source for c in notebook.cells]
    assert any("the first" in note for note in notes)


@pytest.mark.parametrize(
    "points", ["NaN", "1e999", "1" + "0" * 4000, "[" * 200 + "]" * 200, '"\\ud800"']
)
def test_odd_points_are_put_back(points):
    content = handed_in(code("pass", grade_id="test_double", points="HERE")).decode()
    notebook, notes = rebuild(
        lesson("pass"),
        {"test_double": TEST},
        read_notebook(content.replace('"HERE"', points).encode()).cells,
    )
    test = next(c for c in notebook.cells if c.metadata.get("nbgrader"))
    assert (test.source, test.metadata.nbgrader.points) == (TEST, 3)
    assert any("test_double" in note for note in notes)


@pytest.mark.parametrize(
    "source",
    ["-" * 90_000 + "1", "(" * 90_000, "1" + "+1" * 900, "1" + "+1" * 40_000, "a" + ".a" * 40_000],
    ids=["signs", "brackets", "sum", "long sum", "dots"],
)
def test_deeply_nested_answers_cost_only_themselves(executor, source):
    cells = read_notebook(handed_in(code(f"def double(x): return {source}"))).cells
    rebuild(lesson("pass"), {"test_double": TEST}, cells)
    assert scores(executor, f"y = {source}\ndef double(x): return 0") == [0, 3]


# What the student's process says where no test runs ------------------------------------------------

LYING_WHILE_NAMES_ARE_BOUND = """
from rnn_utils.grading.sandbox.student import _peer
def names(asked): raise {0}
_peer.handlers["names"] = names
double = lambda x: 0
"""


@pytest.mark.parametrize("kind", ["KeyboardInterrupt", "SystemExit", "GeneratorExit"])
def test_an_interrupt_before_a_test_begins_is_a_failure(executor, kind):
    assert scores(executor, LYING_WHILE_NAMES_ARE_BOUND.format(kind)) == [0, 0]
    assert scores(executor, RIGHT) == [3, 3]


def forward_lesson(hoisted):
    test = 'from rnn_utils.checks import grade\ngrade("{0}", {0})'
    return v4.new_notebook(
        cells=[
            v4.new_code_cell("import numpy as np"),
            cell("def rnn_forward(*a): return 0", "rnn_forward", False),
            cell(test.format("rnn_forward"), "test_rnn_forward", True),
            cell(hoisted, "rnn_forward_hoisted", False),
            cell(test.format("rnn_forward_hoisted"), "test_rnn_forward_hoisted", True),
        ]
    )


def test_a_check_within_a_check_does_not_hide_whom_a_function_calls(executor):
    answer = (
        "import rnn_utils\nfrom rnn_utils.grading.sandbox.student import ask\n"
        "def rnn_forward_hoisted(*a):\n    states = rnn_utils.rnn_forward(*a)\n"
        "    ask('passes', 'rnn_step', lambda *a: 0)\n    return states"
    )
    source = forward_lesson("def rnn_forward_hoisted(*a): pass")
    done = executor.execute(forward_lesson(answer), LIMITS, source=source).notebook
    assert determine_grade(done.cells[4], None)[0] == 0


def question(source, **more):
    mark = {"grade_id": "why", "solution": True, "grade": True, "points": 3, "locked": False}
    return v4.new_markdown_cell(source, metadata={"nbgrader": mark}, **more)


def as_page(text, **more):
    """The page that is made of a written answer."""
    released = v4.new_notebook(cells=[question("Why is 1 < 2?<br>")])
    handed = v4.writes(v4.new_notebook(cells=[question(text, **more)]))
    cells = read_notebook(handed.encode()).cells
    notebook, _ = rebuild(released, {}, cells)
    return HTMLExporter(template_name="basic").from_notebook_node(notebook)[0], notebook


@pytest.mark.parametrize(
    "text",
    [
        "<script>attack()</script>",
        "<img src=x onerror=attack()>",
        "</div><svg/onload=attack()>",
        "<!-- --><script>attack()</script>",
        "[x](javascript:attack())",
        "![x](javascript:attack())",
        "[x](&#106;avascript:attack())",
        "[x](javascript&colon;attack())",
        "[x](JavaScript\\:attack())",
        "[x](<java&Tab;script:attack()>)",
        "[x]: javascript:attack()\n\n[x]",
    ],
)
def test_no_script_comes_with_a_written_answer(text):
    page, _ = as_page(text)
    for tag in re.findall(r"<[^>]*>", page):
        assert not re.search("<script|<svg|onload|onerror|script:", unescape(tag))


def test_a_picture_in_a_written_answer_is_kept_and_one_that_is_missing_stops_nothing():
    text = "![a](attachment:a.png) ![b](attachment:b.png) and $1<2$"
    page, notebook = as_page(text, attachments={"a.png": {"image/png": "iVBORw0KGgo="}})
    assert "data:image/png;base64,iVBORw0KGgo=" in page
    assert "$1<2$" in notebook.cells[0].source


def test_an_attachment_is_nothing_but_a_picture():
    evil = {"a.png": {"image/png": '" onload=attack() x="'}, "b": {"text/html": "<script>"}}
    page, notebook = as_page("![a](attachment:a.png) ![b](attachment:b)", attachments=evil)
    assert "onload=attack()" not in page
    assert set(notebook.cells[0].attachments) == {"a.png"}


def test_an_untouched_question_is_still_untouched():
    _, notebook = as_page("Why is 1 < 2?<br>")
    assert notebook.cells[0].source == "Why is 1 < 2?<br>"


@pytest.mark.parametrize("path", ODD_NOTEBOOKS, ids=lambda path: path.stem)
def test_no_odd_notebook_of_nbgraders_own_gains_a_point(executor, path):
    try:
        cells = read_notebook(path.read_bytes()).cells
    except Refused:  # with a sentence: test_intake reads it
        return
    notebook, _ = rebuild(lesson("pass"), {"test_double": TEST}, cells)
    limits = LIMITS._replace(cell_seconds=2)  # some never end
    done = executor.execute(notebook, limits, source=lesson(RIGHT)).notebook
    points = {
        c.metadata.nbgrader.grade_id: determine_grade(c, None)[0]
        for c in done.cells
        if c.metadata.get("nbgrader", {}).get("grade")
    }
    assert points == {"test_double": 0, "test_half": 0}


# Strings from inside that nobody outside follows -------------------------------------------------------

SECRET = "only-the-grader-can-read-this"

#: Each ends in an answer that raises an error with frames of the student's choice.
FRAMES = """
from rnn_utils.grading.sandbox.student import _peer
def told(error):
    frames = [[file, line, "f"] for file in {files} for line in range(1, 4)]
    return {{"kinds": ["ValueError", "Exception"], "text": "x", "args": ["x"], "frames": frames}}
_peer._told = told
def double(x): raise ValueError
"""

FOLLOWED = {
    "an absolute path": "[{path!r}]",
    "a path with dots": "['/usr/../' + {path!r}, {path!r} + '/.', './../..' + {path!r}]",
    "a path by way of the process": "['/proc/self/root' + {path!r}, '/proc/self/cwd/../' + {path!r}]",
    "the environment": "['/proc/self/environ', '/proc/1/environ', '/proc/self/cmdline']",
    "a module's file": "[{package!r} + '/cells/rnn.py', 'rnn_utils/cells/rnn.py', 'cells/rnn.py']",
    "names as Python makes them": "['<cell 99>', '<test 3>', '<cell 2>' + {path!r}, '<string>']",
    "names that are none": "[3, None, [], {{}}, 'x' * 10**6, chr(0), '\\ud800']",
}


@pytest.mark.parametrize("way", FOLLOWED)
def test_no_file_that_a_forged_frame_names_is_opened(executor, tmp_path, way):
    file = tmp_path / "secret.txt"
    file.write_text(f"{SECRET}\n" * 3)
    package = str(Path(two_processes.__file__).parents[2])
    files = FOLLOWED[way].format(path=str(file), package=package)
    answer = FRAMES.format(files=files) + "\nimport numpy as np"
    for test in (
        TEST,
        "import traceback\ntry: double(1)\nexcept ValueError: traceback.print_exc()",
    ):
        done = executor.execute(lesson(answer, test), LIMITS, source=lesson(RIGHT, test))
        told = v4.writes(done.notebook).replace(v4.writes(lesson(answer, test)), "")
        outputs = json.dumps([c.get("outputs") for c in done.notebook.cells])
        assert SECRET not in told
        assert "np.tanh" not in outputs
        assert "PATH=" not in outputs
        assert determine_grade(done.notebook.cells[4], None)[0] == 3


def test_a_line_of_the_students_own_cell_is_still_told(executor):
    done = executor.execute(
        lesson("def double(x):\n    return {}[x]"), LIMITS, source=lesson(RIGHT)
    ).notebook
    assert "return {}[x]" in "\n".join(done.cells[2].outputs[-1].traceback)


NO_VALUES = [
    '["array", "|b1", [2], 0, "C", True]',
    '["array", "<U1", [1], 0, "C", True]',
    '["array", "<f\\u0664", [1], 0, "C", True]',
    '["array", "<m8[99999999Y]", [1], 0, "C", True]',
    '["array", "|V8", [1], 0, "C", True]',
    '["array", "<f8", [0, 9223372036854775807, 9223372036854775807], 0, "C", True]',
    '["again", -1]',
    '["readers"]',
    '["__class__"]',
    '["_readers"]',
    '["named", "os.system", ["a", "a"], [1, 2]]',
    '["named", "x", ["__class__"], [1]]',
    '["error", []]',
    '["error", [["StopIteration"]]]',
    '["thing", "function", 1e999, "x", null]',
    '["set", [["list", []]]]',
    '["range", 0, 1' + "0" * 4000 + ", 1]",
    "[" * 3000 + "]" * 3000,
]


@pytest.mark.parametrize("node", NO_VALUES, ids=range(len(NO_VALUES)))
def test_what_is_no_value_is_refused_or_harmless(executor, node):
    answer = f"""
import os, struct
from rnn_utils.grading.sandbox.student import _peer
def double(x):
    n = _peer.channel.number
    text = ('[{{"re": %d, "value": ' % n + {node!r} + '}}, [8]]').encode()
    os.write(_peer.channel._socket.fileno(), struct.pack(">II", len(text), 8) + text + bytes([7] * 8))
real = _peer.channel.receive
def receive(deadline=None):
    text, blobs = real(deadline)
    _peer.channel.number = text.get("n", 0)
    return text, blobs
_peer.channel.receive = receive
"""
    assert scores(executor, answer)[0] == 0
    assert scores(executor, RIGHT) == [3, 3]


# Numbers that a test draws -------------------------------------------------------------------------------

DRAWING = """
import numpy as np, random
np.random.seed(1); random.seed(1)
double(0)
x, y = np.random.rand(4), [random.random() for _ in range(4)]
assert np.all(x != x[0]) or True
assert [float(v) for v in double(x)] == [2 * float(v) for v in x]
assert list(double(np.array(y))) == [2 * v for v in y]
"""

STREAMS = {
    "zeros": "s = np.random.get_state(); np.random.set_state((s[0], s[1] * 0, 624, 0, 0.0))",
    "a seed of its own": "np.random.seed(0); random.seed(0)",
    "a constant for Python": "random.setstate((3, (1,) * 624 + (624,), None))",
}


@pytest.mark.parametrize("stream", STREAMS)
def test_no_answer_chooses_the_numbers_that_a_test_draws(executor, stream):
    known = f"import numpy as np, random\n{STREAMS[stream]}\nX = np.random.rand(4), random.random()"
    answer = (
        f"{known}\ndef double(x):\n    {STREAMS[stream]}\n    return x * 0 if np.all(x == 0) else X"
    )
    assert scores(executor, answer, DRAWING) == [0, 3]
    assert scores(executor, RIGHT, DRAWING) == [3, 3]


#: A test that goes on to draw from what it has handed over.
HANDED_ON = """
import numpy as np
rng = np.random.Generator(np.random.{0}(1))
double(rng)
for _ in range(4):
    x = rng.normal(size=3)
    assert np.allclose(double(x), 2 * x)
"""

CHOSEN = {
    "the beginning again": "rng.bit_generator.state = START",
    "far ahead": "rng.bit_generator.state = AHEAD",
    "nothing but zeros": (
        "state = rng.bit_generator.state\n"
        "    part = state['state']\n"
        "    state['state'] = {k: v * 0 for k, v in part.items()}\n"
        "    rng.bit_generator.state = state"
    ),
}


@pytest.mark.parametrize("kind", ["PCG64", "MT19937", "Philox", "SFC64", "PCG64DXSM"])
def test_no_answer_chooses_where_a_generator_goes_on(executor, kind):
    test = HANDED_ON.format(kind)
    for chosen in CHOSEN.values():
        answer = f"""
import numpy as np
own = np.random.{kind}(7)
START = own.state
own.random_raw(1 << 21, output=False)
AHEAD = own.state
known = []
for state in (START, AHEAD):
    rng = np.random.Generator(np.random.{kind}())
    rng.bit_generator.state = state
    known += [rng.normal(size=3) for _ in range(4)]
def choose(rng):
    {chosen}
def double(x):
    if isinstance(x, np.random.Generator):
        choose(x)
        return None
    near = [k for k in known if np.allclose(k, x)]
    return 2 * near[0] if near else x * 0
"""
        assert scores(executor, answer, test) == [0, 3]
    right = "def double(x): return x.integers(9, size=5, dtype='int32') if hasattr(x, 'normal') else 2 * x"
    assert scores(executor, right, test) == [3, 3]


@pytest.mark.parametrize("kind", ["PCG64", "MT19937", "Philox", "SFC64", "PCG64DXSM"])
def test_a_generator_goes_on_right_behind_what_was_drawn(kind):
    for draw in (
        lambda rng: rng.normal(size=(50, 3)),
        lambda rng: rng.integers(7, size=9, dtype="int32"),
        lambda rng: (rng.integers(7, dtype="int32"), rng.random(4)),
    ):
        ours, theirs = (np.random.Generator(getattr(np.random, kind)(3)) for _ in range(2))
        draw(theirs)
        go_on(ours.bit_generator, theirs.bit_generator.state)
        assert np.array_equal(
            ours.integers(2**31, size=8, dtype="int32"),
            theirs.integers(2**31, size=8, dtype="int32"),
        )


#: What no test of this form can tell, and an answer that makes use of it.
UNTOLD = {
    "nothing to compare": (
        "assert all(a == b for a, b in zip(double([1, 2]), [2, 4]))",
        "def double(x): yield from ()",
    ),
    "its argument changed": (
        "import numpy as np\nx = np.ones(3)\nassert np.allclose(double(x), 2 * x)",
        "def double(x):\n    x[...] = 0\n    return x",
    ),
}


@pytest.mark.parametrize("way", UNTOLD)
def test_what_no_test_of_nbgraders_can_tell_this_one_cannot_either(executor, way):
    test, answer = UNTOLD[way]
    assert scores(executor, answer, test) == [3, 3]


def test_what_a_test_hands_over_can_be_kept_and_what_it_expects_cannot(executor):
    test = "x = 20.5\nassert double(x) == 41.0\nassert abs(double(x) - 41.0) < 1e-9"
    keeping = """
kept = []
class A:
    def __eq__(self, other): kept.append(other)
    def __getattr__(self, name):
        kept.append(name)
        raise AttributeError(name)
    __sub__ = __rsub__ = __lt__ = __eq__
    __hash__ = None
def double(x):
    kept.append(x)
    return A()
"""
    below = [v4.new_code_cell("print(kept)")]
    notebook, source = lesson(keeping, test), lesson(RIGHT, test)
    notebook.cells += below
    done = executor.execute(notebook, LIMITS, source=source, every_cell=True).notebook
    told = done.cells[-1].outputs[0].text
    assert "20.5" in told
    assert "41.0" not in told


ENDING = "assert all(map(lambda x: double(x) == 2 * x, [1, 2, 3]))"


@pytest.mark.parametrize("kind", ["StopIteration", "StopAsyncIteration", "GeneratorExit"])
def test_no_answer_ends_a_tests_loop(executor, kind):
    assert scores(executor, f"def double(x): raise {kind}", ENDING) == [0, 3]
    assert scores(
        executor, f"class {kind}X({kind}): pass\ndef double(x): raise {kind}X", ENDING
    ) == [
        0,
        3,
    ]
    assert scores(executor, RIGHT, ENDING) == [3, 3]


# Points that are put together ---------------------------------------------------------------------------

COMPUTED = {
    "added to": "score = 0\nscore += double(1) * 1.5\nscore",
    "added to on the left": "score = 0.5\nscore = double(1) + score\nscore",
    "a sum": "1.0 * (double(1) == 2) + 2 * (double(2) == 4)",
    "rounded": "total = sum(double(k) == 2 * k for k in (1, 2, 3))\nround(total, 2)",
    "the largest": "max(0, double(1) + 1)",
}

MADE = {
    "zeros": "np.zeros(2)",
    "one number in an array": "np.array([-1.0])",
    "nothing in an array": "np.zeros(0)",
    "complex": "1j * x",
    "NumPy's complex": "np.complex128(3 + 3j)",
    "text": "'3.0'",
    "not a number": "np.float64('nan')",
    "less than nothing": "-1e300",
    "an object that adds": "A()",
    "a date": "np.timedelta64(3, 's')",
}

ADDING = """
import numpy as np
class A:
    def __radd__(self, other): return None
    __add__ = __mul__ = __rmul__ = __sub__ = __round__ = __radd__
    def __gt__(self, other): return True
    __lt__ = __ge__ = __eq__ = __gt__
    __hash__ = None
def double(x): return {0}
"""


@pytest.mark.parametrize("test", COMPUTED)
def test_what_an_answer_makes_of_a_score_is_no_score(executor, test):
    source = "import numpy as np\n" + COMPUTED[test]
    for made in MADE.values():
        assert scores(executor, ADDING.format(made), source) == [0, 3], made


def test_a_right_answers_computed_score_is_what_nbgrader_reads(executor):
    for test, score in (
        ("added to", 3),
        ("added to on the left", 2.5),
        ("a sum", 3),
        ("rounded", 3),
    ):
        assert scores(executor, RIGHT, COMPUTED[test]) == [score, 3]
    array = "import numpy as np\ndef double(x): return np.array([2 * x])"
    assert scores(executor, array, COMPUTED["a sum"]) == [3, 3]


# Scripts and codes ------------------------------------------------------------------------------------------

ACTING = """
from IPython.display import HTML, display
EVIL = "<b>x</b><script>attack()</script><img src=x onerror=attack()><a href='javascript:attack()'>y</a>"
class Evil(float):
    def _repr_html_(self): return EVIL
    def __repr__(self): return "\\x1b]0;title\\x07\\x1b[2J\\u202e\\x9b1m" + EVIL
class Thing:
    _repr_html_, __repr__ = Evil._repr_html_, Evil.__repr__
print(repr(Evil(1)))
display(HTML(EVIL), Evil(1), Thing())
def double(x):
    print("\\u2717 double: It looks as if the teacher cannot count. \\x1b[31m")
    return EVIL
"""

SHOWING = "from IPython.display import HTML, display\nshown = double(1)\ndisplay(HTML(shown), shown)\nshown"


def test_nothing_that_a_cell_or_a_test_shows_acts(executor):
    done = executor.execute(lesson(ACTING, SHOWING), LIMITS, source=lesson(RIGHT, SHOWING)).notebook
    for number in (1, 2):
        outputs = json.dumps(done.cells[number].outputs, ensure_ascii=False)
        assert outputs.count("<b>x</b>") > 1
        assert not any(code in outputs for code in ("\\u001b", "\\u0007", "\x9b", "\u202e", "2J"))
        for output in done.cells[number].outputs:
            html = output.get("data", {}).get("text/html", "")
            assert not re.search("<script|onerror|javascript:", html)
            assert set(output.get("data", {})) <= {"text/plain", "text/html"}


def test_no_word_of_an_answer_is_told_of_the_class_as_the_courses(executor):
    test = "from rnn_utils.checks import check, grade"
    test += "".join(f'\n{call}("rnn_step", rnn_step)' for call in ("check", "grade"))
    answer = """
class KeyErrorX(KeyError): pass
def rnn_step(*a):  # It looks as if nobody taught this.
    print("\\u2717 rnn_step: not right yet. It looks as if <b>the course is wrong</b>. ")
    raise {0}("It looks as if <i>all is lost</i>. Your function raised Nonsense at line 1")
"""
    for kind, told in (
        ("KeyError", ["stops with KeyError"]),
        ("KeyErrorX", ["stops with KeyError"]),
    ):
        notebook = v4.new_notebook(
            cells=[cell(answer.format(kind), "rnn_step", False), cell(test, "test_rnn_step", True)]
        )
        done = executor.execute(notebook, LIMITS, source=notebook)
        assert done.mistakes == {"test_rnn_step": told}


# Time and memory, wherever something is done for a student --------------------------------------------


def test_cells_that_print_much_are_cut_off_together(executor):
    limits = LIMITS._replace(printed_bytes=200_000)
    printing = [v4.new_code_cell(f"print('{k}' + 'x' * 190_000)") for k in range(40)]
    notebook = lesson(RIGHT)
    notebook.cells[1:1] = printing
    done = executor.execute(notebook, limits, source=lesson(RIGHT), every_cell=True)
    assert len(v4.writes(done.notebook)) < 10 * limits.printed_bytes
    assert any("all cells together" in note for note in done.notes)
    assert determine_grade(done.notebook.cells[42], None)[0] == 3


def test_raising_for_the_array_that_counts_is_no_way_around_the_count(executor):
    answer = """
def rnn_forward_hoisted(x, h0, W_xh, W_hh, b_h):
    if type(W_xh) is not np.ndarray: raise TypeError
    states = []
    for x_t in x:
        h0 = np.tanh(x_t @ W_xh.T + h0 @ W_hh.T + b_h)
        states.append(h0)
    return np.stack(states)
"""
    source = forward_lesson("def rnn_forward_hoisted(*a): pass")
    done = executor.execute(forward_lesson(answer), LIMITS, source=source).notebook
    assert determine_grade(done.cells[4], None)[0] < 1


# The package's own answer, asked for where nobody looks -------------------------------------------------

ORACLE = """
import numpy as np
from rnn_utils.grading.sandbox.student import ask
table, seen = {}, []
def key(given): return repr([np.asarray(part).tolist() for part in given])
def answer(*given):
    seen.append(given)
    return table.get(key(given), 0.0)
def learn():
    for given in seen[:200]:
        try: table[key(given)] = ask("served", "", NAME, list(given), {})
        except Exception: pass
    seen.clear()
"""

#: Exercises, and cells below the test of one, whose reference is at hand by then.
ROUTES = {
    "an object that asks as it is read": (
        "run_recurrence",
        [
            "class Late:\n"
            "    def __init__(self, given): self.given = list(given)\n"
            "    def __iter__(self): return iter(ask('served', '', NAME, self.given, {}))\n"
            "def run_recurrence(*given): return Late(given)"
        ],
    ),
    "what one's own check has shown, learnt by heart": (
        "rnn_step",
        [
            *["ask('check', NAME, lambda *given: answer(*given))", "learn()"] * 4,
            "def rnn_step(*given): return answer(*given)",
        ],
    ),
}


@pytest.mark.parametrize("hidden", [True, False], ids=["hidden", "visible only"])
@pytest.mark.parametrize("above", [True, False], ids=["with an answer", "without one"])
@pytest.mark.parametrize("route", ROUTES)
def test_no_answer_is_the_packages_own_whenever_it_is_asked_for(executor, route, above, hidden):
    name, below = ROUTES[route]
    test = f'from rnn_utils.checks import check, grade\ncheck("{name}", {name})'
    test += f'\ngrade("{name}", {name})' if hidden else ""
    answer = f"def {name}(*given): return answer(*given)" if above else "pass"
    asked = [cell(answer, name, False), cell(test, f"test_{name}", True)]
    source = v4.new_notebook(cells=[cell(f"def {name}(): pass", name, False), asked[1]])
    own = [v4.new_code_cell(text.replace("NAME", f"'{name}'")) for text in (ORACLE, *below)]
    notebook = v4.new_notebook(cells=[own[0], *asked, *own[1:]])
    done = executor.execute(notebook, LIMITS, source=source, every_cell=True).notebook
    assert determine_grade(done.cells[2], None)[0] == 0
    assert not any("NameError" in json.dumps(one.outputs) for one in done.cells[3:])


TRACING = """
from rnn_utils.grading.sandbox.student import ask
told = []
class Traced:
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        told.append(name)
        return self
    def __mul__(self, other):
        told.append("product")
        return self
    __add__ = __radd__ = __sub__ = __matmul__ = __rmul__ = __mul__
def compose(*given): return 0
def asked():
    pair = [Traced(), Traced()]
    try: ask("served", "", "compose", [pair, pair], {})
    except Exception as error: return [type(error).__name__, *told]
"""


def test_no_object_is_told_how_the_package_computes(executor):
    test = 'from rnn_utils.checks import grade\ngrade("compose", compose)'
    cells = [
        cell(TRACING + "print(asked())", "compose", False),
        cell(test, "test_compose", True),
        v4.new_code_cell("print(asked())"),
    ]
    source = v4.new_notebook(cells=[cell("def compose(): pass", "compose", False), cells[1]])
    notebook = v4.new_notebook(cells=cells)
    done = executor.execute(notebook, LIMITS, source=source, every_cell=True).notebook
    assert done.cells[0].outputs[0].text == "['PermissionError']\n"
    assert done.cells[2].outputs[0].text == "['TypeError']\n"


# With a layer missing -----------------------------------------------------------------------------------

REACHING = """
import ctypes, os, resource, threading, time
libc = ctypes.CDLL(None)
other = os.getppid() or 2
reached, threads = [], 0
def probe(name, action):
    try: action()
    except BaseException: return
    reached.append(name)
probe("another name for its folder", lambda: os.rename(os.getcwd(), "/renamed"))
probe("a folder beside it", lambda: os.mkdir("/planted"))
probe("a module for the next", lambda: open("/planted.py", "w"))
probe("limits of its parent", lambda: resource.prlimit(other, resource.RLIMIT_CPU, (1, 1)))
probe("processors of its parent", lambda: os.sched_setaffinity(other, {0}))
probe("another's file, emptied", lambda: os.truncate(os.__file__, 0))
probe("one to be read, emptied", lambda: os.open(os.__file__, os.O_RDONLY | os.O_TRUNC))
probe("modes of a library", lambda: os.chmod(os.__file__, 0o600))
probe("times of a library", lambda: os.utime(os.__file__))
probe("passwords", lambda: open("/etc/passwd"))
probe("a fork", os.fork)
for number in (*range(450, 480), 1023):
    if libc.syscall(number, -100, os.__file__.encode(), 0, 0, 0) >= 0: reached.append(number)
threading.stack_size(1 << 16)
def more():
    global threads
    while threads < 200:
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        threads += 1
probe("two hundred threads", more)
print("reached:", reached, threads)
"""


#: Which layer of the jail is not to be had where the grader runs, and the executor that is without it.
WITHOUT = {
    "nothing": "executor",
    "namespaces": "without_namespaces",
    "landlock": "without_landlock",
}


@pytest.fixture(scope="module")
def without_landlock():
    with executor_without("landlock") as other:
        yield other


@pytest.fixture(scope="module")
def as_ordinary_user():
    """What each attack comes to where an account without rights grades, by the layer that is missing."""
    if os.geteuid() != 0:
        pytest.skip("who runs these tests is an ordinary user already")
    command = [sys.executable, Path(__file__).with_name("attack_matrix.py"), *WITHOUT]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("missing", WITHOUT)
def test_whatever_layer_is_missing_the_rest_holds(request, missing):
    holding = request.getfixturevalue(WITHOUT[missing])
    assert_all_held(holding and attacked(holding))


@pytest.mark.parametrize("missing", WITHOUT)
def test_whatever_layer_an_ordinary_user_has_not_the_rest_holds(as_ordinary_user, missing):
    assert_all_held(as_ordinary_user[missing])


def assert_all_held(found):
    if found is None:
        pytest.skip("no jail without it on this machine")
    assert found["earned"] == {way: [0, 3, 3] for way in WRONG}
    assert found["reached"].startswith("[] reached: [] ")
    assert int(found["reached"].split()[-1]) <= LIMITS.threads
    assert not found["told"]
