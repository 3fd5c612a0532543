"""Attacks: none of them gains a point, stops anything, or leaves anything behind.

One file, since a list of attacks is looked through as a whole for what is missing.
"""

import gc
import os
import select
import subprocess
import sys
import tempfile
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from rnn_utils.grading.intake.dependencies import names
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.sandbox import two_processes
from rnn_utils.grading.sandbox.fork_server import ForkServer
from rnn_utils.grading.sandbox.two_processes import Executor, JailError, available_layers

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the jail needs Linux"),
    pytest.mark.xdist_group("jail"),
]

LIMITS = Limits(cell_seconds=8, seconds=40, memory=512 << 20, printed_bytes=100_000)

SET_UP = """
import numpy as np
secret = np.arange(3.0)

def close(a, b):
    return np.allclose(a, b)
"""

DOUBLE_TEST = """
assert close(double(np.array([1.0, 2.0])), [2.0, 4.0])
### BEGIN HIDDEN TESTS
assert double(21.0) == 42.0
x = np.array([[0.1, -0.7], [3.0, 12345.678]])
np.testing.assert_allclose(double(x), x + x)
### END HIDDEN TESTS
"""

STEP_TEST = """
from rnn_utils.checks import check
check("rnn_step", rnn_step)
### BEGIN HIDDEN TESTS
from rnn_utils.checks import grade
grade("rnn_step", rnn_step)
### END HIDDEN TESTS
"""

RIGHT = "def double(x):\n    return 2 * x"
RIGHT_STEP = (
    "def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n"
    "    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)"
)


def cell(source, **mark):
    return new_code_cell(
        textwrap.dedent(source).strip(), metadata={"nbgrader": mark} if mark else {}
    )


def lesson(double, step):
    return new_notebook(
        cells=[
            cell(SET_UP),
            cell(double, grade_id="double", solution=True, grade=False, locked=False),
            cell(DOUBLE_TEST, grade_id="t1", solution=False, grade=True, locked=True, points=3),
            cell(step, grade_id="rnn_step", solution=True, grade=False, locked=False),
            cell(STEP_TEST, grade_id="t2", solution=False, grade=True, locked=True, points=2),
        ]
    )


SOURCE = lesson(RIGHT, RIGHT_STEP)


@pytest.fixture(scope="module")
def executor():
    with Executor(source=SOURCE) as executor:
        yield executor


def scores(notebook):
    return [
        determine_grade(c, None)[0]
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade")
    ]


def text_of(notebook):
    return nbformat.writes(notebook)


def executed(executor, double=RIGHT, step=RIGHT_STEP, limits=LIMITS):
    return executor.execute(
        lesson(textwrap.dedent(double), textwrap.dedent(step)), limits, source=SOURCE
    )


def test_right_answers_get_all_points(executor):
    done = executed(executor)
    assert scores(done.notebook) == [3, 2]
    assert done.notes == []


# Zero points for ... ------------------------------------------------------------------------------

ATTACKS = {
    "lying array": """
        class Liar(np.ndarray):
            def __eq__(self, other): return np.ones(np.shape(other), bool).view(np.ndarray)
            def __array_function__(self, *arguments, **keywords): return True
            def __array_ufunc__(self, *arguments, **keywords): return True
        def double(x): return np.zeros(np.shape(x)).view(Liar)
    """,
    "object equal to all": """
        class Liar:
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            __lt__ = __le__ = __gt__ = __ge__ = __eq__
            def __array__(self, *a, **k): return np.array([2.0, 4.0])
            def __bool__(self): return True
            def __float__(self): return 42.0
            def __abs__(self): return 0.0
            def __sub__(self, other): return 0.0
            __rsub__ = __sub__
            def __hash__(self): return 0
            def __len__(self): return 2
            def __getitem__(self, k): return [2.0, 4.0][k]
            __array_priority__ = 1e9
            def __reduce__(self): return (print, ())
        def double(x): return Liar()
    """,
    "float equal to all": """
        class Liar(float):
            def __eq__(self, other): return True
            def __hash__(self): return 0
        def double(x): return Liar(1.0)
    """,
    "shadowed names of the tests": """
        def close(a, b): return True
        def allclose(*a, **k): return True
        np.allclose = allclose
        np.testing.assert_allclose = allclose
        class np:
            testing = allclose
            array = staticmethod(lambda x: x)
        def check(*a): return 2.0
        grade = assert_equal = check
        AssertionError = type("E", (Exception,), {})
        secret = None
        double = lambda x: None
    """,
    "patched builtins": """
        import builtins
        builtins.abs = builtins.all = builtins.isinstance = lambda *a: True
        builtins.AssertionError = Exception
        builtins.__debug__ = False if False else None
        double = lambda x: None
    """,
    "AST transformer": """
        import ast
        class Drop(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
        get_ipython().ast_transformers.append(Drop())
        get_ipython().input_transformers_post.append(lambda lines: ["2.0"])
        double = lambda x: None
    """,
    "patched shell": """
        ip = get_ipython()
        type(ip).run_cell = lambda self, *a, **k: None
        ip.run_code = ip.run_ast_nodes = lambda *a, **k: False
        type(ip).run = lambda self, *a: [
            {"output_type": "execute_result", "data": {"text/plain": "3.0"}, "metadata": {}}]
        ip.showtraceback = lambda *a, **k: None
        double = lambda x: None
    """,
    "walk of the frames": """
        import sys, gc
        def double(x):
            frame = sys._getframe()
            while frame:
                for space in (frame.f_globals, frame.f_locals):
                    for key, value in list(space.items()):
                        if "DOUBLE" in str(key) or "assert close" in str(value):
                            return 2 * x
                frame = frame.f_back
            for thing in gc.get_objects():
                if isinstance(thing, dict) and "hidden" in str(thing.get("source", "")).lower():
                    return 2 * x
            raise LookupError("no test here")
    """,
    "tracing": """
        import sys, threading
        sys.settrace(lambda *a: None)
        threading.settrace(lambda *a: None)
        sys.excepthook = lambda *a: None
        double = lambda x: None
    """,
    "leaving": "import os\ndef double(x): os._exit(0)",
    "leaving at once": "import os\nos._exit(0)",
    "exit": "def double(x): exit(0)",
    "signal to itself": "import os, signal\ndef double(x): os.abort()",
    "recursion": "def double(x): return double(x)",
    "crash": "import ctypes\ndef double(x): return ctypes.string_at(0)",
    "all memory": "def double(x): return [bytearray(1 << 28) for _ in range(1000)]",
    "all memory at once": "hoard = []\nwhile True: hoard.append(bytearray(1 << 26))",
    "endless generator": "import itertools\ndef double(x): return itertools.repeat(0)",
    "deep list": """
        def double(x):
            nested = []
            for _ in range(100_000): nested = [nested]
            return nested
    """,
    "list in itself": "def double(x):\n    a = []\n    a.append(a)\n    return a",
    "nan": "def double(x): return x * float('nan')",
    "infinity": "def double(x): return x + float('inf')",
    "huge integer": "def double(x): return 10 ** 100_000",
    "huge array": "def double(x): return np.zeros((1 << 14, 1 << 14), np.int8)",
    "objects in an array": "def double(x): return np.array([object(), 2], dtype=object)",
    "raises what passes": "def double(x): raise SystemExit",
    "error without a text": """
        class E(Exception):
            def __str__(self): raise RuntimeError
            __repr__ = __str__
        def double(x): raise E
    """,
    "at the end": """
        import atexit, threading, time
        atexit.register(print, "still here")
        def later():
            while True: time.sleep(0.01)
        threading.Thread(target=later, daemon=False).start()
        double = lambda x: None
    """,
    "fork": """
        import os
        def double(x):
            while True: os.fork()
    """,
    "fork at once": "import os\nwhile True: os.fork()",
    "subprocess": "import subprocess\ndef double(x): return subprocess.run(['sleep', '1000'])",
    "shell": "import os\nos.system('sleep 1000 &')\n!sleep 1000 &\ndouble = lambda x: None",
    "multiprocessing": """
        import multiprocessing
        multiprocessing.Process(target=print).start()
        double = lambda x: None
    """,
    "threads": """
        import threading, time
        threads = []
        while True:
            threads.append(threading.Thread(target=time.sleep, args=(1000,)))
            threads[-1].start()
    """,
    "kill all": """
        import os, signal
        for pid in (-1, 0, 1, os.getppid(), *range(2, 3000)):
            if pid != os.getpid():
                try: os.kill(pid, signal.SIGKILL)
                except OSError: pass
        os.killpg(0, signal.SIGKILL)
    """,
    "network": """
        import socket
        def double(x):
            s = socket.create_connection(("127.0.0.1", 22), timeout=1)
            return 2 * x
    """,
    "pickle": """
        class P:
            def __reduce__(self): return (eval, ("__import__('os').system('echo here')",))
        def double(x): return P()
    """,
    "named tuple from nowhere": """
        from collections import namedtuple
        T = namedtuple("T", "a b")
        T.__qualname__ = "__import__('os')"
        def double(x): return T(2.0, 4.0)
    """,
    "changes its argument": """
        def double(x):
            if hasattr(x, "shape"):
                x[...] = 0.0
                return x
            return 42.0
    """,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_gains_a_point_or_takes_one_from_the_next(executor, attack):
    before = descendants(os.getpid())
    done = executed(executor, double=ATTACKS[attack])
    first, second = scores(done.notebook)
    assert first == 0
    assert second in (
        0,
        2,
    )  # the student's other answer is right; whether it can still be called ...
    honest = executed(executor)
    assert scores(honest.notebook) == [3, 2]
    assert honest.notes == []
    assert descendants(os.getpid()) == before


def descendants(pid):
    """How many processes a process has started, and those theirs."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return len(children) + sum(descendants(int(child)) for child in children)


# What cannot be reached -----------------------------------------------------------------------------

PROBE = """
import os, sys, glob, socket, ctypes
found = []
def try_(what, action):
    try:
        value = action()
    except BaseException as error:
        return
    if value:
        found.append(f"{what}: {str(value)[:200]}")
"""

PROBES = {
    "the package's text": "open({package!r} + '/cells/rnn.py').read()",
    "a record of an exercise": "__import__('rnn_utils.checks.lesson_03')",
    "the judge": "__import__('rnn_utils.checks.framework.judge')",
    "the reference's text": "__import__('inspect').getsource(__import__('rnn_utils').rnn_step)",
    "the solutions": "open({course!r} + '/solutions/03_tanh/03_tanh.md').read()",
    "the course's folder": "os.listdir({course!r})",
    "tests": "open({course!r} + '/tests/test_jail.py').read()",
    "the home folder": "os.listdir({home!r})",
    "passwords": "open('/etc/shadow').read()",
    "processes": "os.listdir('/proc')",
    "its own memory map": "open('/proc/self/maps').read()",
    "its parent's environment": "open(f'/proc/{{os.getppid()}}/environ').read()",
    "the environment": "[k for k in os.environ if 'NBGRADER' in k or 'DATABASE' in k or 'JAIL' in k]",
    "a socket": "socket.socket()",
    "a unix socket": "socket.socket(socket.AF_UNIX)",
    "a raw socket": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "a name": "socket.gethostbyname('localhost') and socket.getaddrinfo('python.org', 80)",
    "a mount": "ctypes.CDLL(None).mount(b'none', b'/submission', b'tmpfs', 0, None) == 0",
    "a chroot": "os.chroot('/submission') or 'done'",
    "another user": "os.setuid(0) or 'done'",
    "a new namespace": "ctypes.CDLL(None).unshare(0x10000000) == 0",
    "another process's memory": "ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0",
    "a signal to its parent": "os.kill(os.getppid(), 0) or 'done'",
    "a signal to all": "os.kill(-1, 0) or 'done'",
    "a fork": "os.fork() >= 0",
    "a program": "os.execv('/bin/sh', ['sh'])",
    "a write to the libraries": "open(os.__file__, 'a')",
    "a write to /usr": "open('/usr/pwned', 'w')",
    "a device": "os.mknod('/submission/d', 0o60666, os.makedev(254, 0)) or 'done'",
    "a link out": "os.symlink({course!r}, '/submission/l') or os.listdir('/submission/l')",
    "a hard link": "os.link('/etc/ld.so.cache', '/submission/x') or 'done'",
    "the way up": "[p for p in ('..', '../..', '../../..') if 'root' in os.listdir(p)]",
    "shared memory": "ctypes.CDLL(None).shmget(1234, 4096, 0o1666) >= 0",
    "a message queue": "ctypes.CDLL(None).mq_open(b'/q', 0o102, 0o666, None) >= 0",
    "the keyring": "ctypes.CDLL(None).syscall(250, 0, -3, 0) >= 0",
    "io_uring": "ctypes.CDLL(None).syscall(425, 1, None) >= 0",
    "a file by its handle": "ctypes.CDLL(None).syscall(304, -100, None, 0) >= 0",
    "a rise of its limits": (
        "__import__('resource').setrlimit(__import__('resource').RLIMIT_AS, (-1, -1)) or 'done'"
    ),
    "descriptors": "[fd for fd in range(3, 256) if _is_open(fd)][2:]",
}


def test_nothing_is_within_reach(executor):
    course = Path(__file__).parents[1]
    where = {"package": str(course / "rnn_utils"), "course": str(course), "home": str(Path.home())}
    lines = [f"try_({name!r}, lambda: {probe.format(**where)})" for name, probe in PROBES.items()]
    source = "\n".join(
        [
            PROBE,
            "def _is_open(fd):",
            "    try: return os.fstat(fd)",
            "    except OSError: return False",
            *lines,
            "print('reached:', found)",
            RIGHT,
        ]
    )
    done = executed(executor, double=source)
    (output,) = (o for o in done.notebook.cells[1].outputs if o.output_type == "stream")
    assert output.text.strip() == "reached: []"
    assert scores(done.notebook) == [3, 2]


REFERENCES = {
    "imported": "from rnn_utils import rnn_step",
    "of its module": "from rnn_utils.cells.rnn import rnn_step",
    "under another name": "import rnn_utils.cells.rnn as c\nrnn_step = getattr(c, 'rnn_' + 'step')",
    "ours": "from rnn_utils.checks import yours_or_ours\n"
    "rnn_step = yours_or_ours('rnn_step', lambda *a: None)",
    "wrapped": "import rnn_utils\ndef rnn_step(*a): return rnn_utils.rnn_step(*a)",
    "caught": "import rnn_utils\ndef rnn_step(*a):\n    try: return rnn_utils.rnn_step(*a)\n"
    "    except BaseException as e: return getattr(e, 'value', None)",
    "of a whole sequence": "import rnn_utils\n"
    "def rnn_step(x_t, h_prev, *w): return rnn_utils.rnn_forward(x_t[None], h_prev, *w)[0]",
    "by a faster way": "from rnn_utils.training.fast.workspace import Workspace\n"
    "def rnn_step(x_t, h_prev, *w): return Workspace()._step(x_t, h_prev, *w)",
    "by a part of one": "from rnn_utils.training.fast import buffers, rnn\n"
    "def rnn_step(x, h, *w): return rnn.forward(buffers.Buffers(x.dtype), x[None], h, (*w, 0, 0))[0][1]",
    "by the wire": "from rnn_utils.grading.sandbox.student import served\n"
    "def rnn_step(*a): return served('rnn_utils.cells.rnn', 'rnn_step', a, {})",
    "judged": "from rnn_utils.grading.sandbox.student import ask\n"
    "def rnn_step(*a): return ask('call', 0, *a)",
    "its record": "from rnn_utils.checks import exercise\nrnn_step = exercise('rnn_step').reference",
}


@pytest.mark.parametrize("way", REFERENCES)
def test_the_reference_earns_nothing(executor, way):
    done = executed(executor, step=REFERENCES[way])
    assert scores(done.notebook) == [3, 0]


# Forged messages ------------------------------------------------------------------------------------

FORGED = {
    "answers beforehand": """
        import json, struct, os
        for n in range(40):
            text = json.dumps([{"re": n, "value": ["array", "<f8", [2], 0, "C", True]}, [16]]).encode()
            os.write(FD, struct.pack(">II", len(text), 16) + text + struct.pack("dd", 2.0, 4.0))
    """,
    "a thread that keeps answering": """
        import json, struct, os, threading
        def flood():
            while True:
                text = json.dumps([{"re": 5, "value": 42.0}, []]).encode()
                os.write(FD, struct.pack(">II", len(text), 0) + text)
        threading.Thread(target=flood, daemon=True).start()
    """,
    "a huge length": "import struct, os\nos.write(FD, struct.pack('>II', 2**32 - 1, 2**32 - 1))",
    "no JSON": "import struct, os\nos.write(FD, struct.pack('>II', 3, 0) + b'abc')",
    "deep JSON": (
        "import struct, os\ndeep = b'[' * 1000000\n"
        "os.write(FD, struct.pack('>II', len(deep), 0) + deep)"
    ),
    "a negative length": """
        import struct, os, json
        text = json.dumps([{"re": 1}, [-5, 5]]).encode()
        os.write(FD, struct.pack(">II", len(text), 0) + text)
    """,
    "half a frame": "import struct, os\nos.write(FD, struct.pack('>II', 1000, 0) + b'[')",
    "requests of all kinds": """
        from rnn_utils.grading.sandbox.student import ask, _peer
        for what in ("run", "names", "get", "set", "call", "next", "item", "__class__", "check", "eval"):
            for values in ((), (0,), (0, "__globals__"), (-1, "x"), ("os.system", "id"), ([], {})):
                try: print(what, values, ask(what, *values))
                except BaseException as error: pass
    """,
    "odd values": """
        from rnn_utils.grading.sandbox import student
        peer = student._peer
        def double(x): return 0
        real = peer.channel.send
        odd = iter([["array", "|O8", [1], 0, "C", True], ["array", "<f8", [-1, -2], 0, "C", True],
                    ["array", "<f8", [10**9, 10**9], 0, "C", True], ["known", "open"], ["thing", "yours", 99],
                    ["thing", "yours", 0], ["_read_list", []], ["__class__"], ["again", 0], [["x"]],
                    ["named", "os.system", ["a"], [1]], ["generator", {"bit_generator": "x"}], []])
        def send(text, blobs):
            if "re" in text and "value" in text: text["value"] = next(odd, 2.0)
            return real(text, blobs)
        peer.channel.send = send
    """,
    "the socket closed": "import os\nos.close(FD)",
    "the socket doubled": "import os\nfor _ in range(50): os.dup(FD)",
}


@pytest.mark.parametrize("message", FORGED)
def test_forged_messages_gain_nothing(executor, message):
    find = (
        "import os, socket, stat\n"
        "from rnn_utils.grading.sandbox.student import _peer\n"
        "FD = _peer.channel._socket.fileno()\n"
    )
    source = find + textwrap.dedent(FORGED[message]) + "\ndouble = lambda x: None"
    done = executed(executor, double=source)
    assert scores(done.notebook)[0] == 0
    assert "AssertionError" not in done.notes
    assert scores(executed(executor).notebook) == [3, 2]


def test_what_instructors_need_is_not_in_a_students_process(executor):
    """It would take two seconds of each start to import."""
    theirs = "import sys\nassert not {'nbgrader', 'nbformat', 'sqlalchemy'} & set(sys.modules)\n"
    assert scores(executed(executor, double=theirs + RIGHT).notebook) == [3, 2]


# Limits ---------------------------------------------------------------------------------------------


def test_an_endless_cell_costs_only_itself(executor):
    limits = LIMITS._replace(cell_seconds=1.5)
    done = executed(executor, double="while True: pass", limits=limits)
    assert scores(done.notebook) == [0, 2]
    assert any("cell 2 ran longer" in note for note in done.notes)


def test_an_endless_function_costs_only_its_exercise(executor):
    limits = LIMITS._replace(cell_seconds=1.5)
    done = executed(executor, double="def double(x):\n    while True: pass", limits=limits)
    assert scores(done.notebook) == [0, 2]


def test_a_cell_that_will_not_stop_is_ended(executor):
    limits = LIMITS._replace(cell_seconds=1.5)
    deaf = "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n"
    source = deaf + "    except (OSError, ValueError): pass\nwhile True: pass"
    done = executed(executor, double=source, limits=limits)
    assert scores(done.notebook) == [0, 0]
    assert any("did not stop" in note for note in done.notes)


def test_a_flood_of_output_is_cut(executor):
    done = executed(executor, double="for _ in range(10**5): print('x' * 1000)\n" + RIGHT)
    assert scores(done.notebook) == [3, 2]
    assert len(text_of(done.notebook)) < 3 * LIMITS.printed_bytes
    assert any("printed more" in note for note in done.notes)


def test_html_that_takes_minutes_to_read_is_left_out(executor):
    show = (
        "from IPython.display import HTML, display\ndisplay(HTML('<div><b><a href=x>' * 20_000))\n"
    )
    limits = LIMITS._replace(printed_bytes=2 << 20)
    done = executed(executor, show + RIGHT, limits=limits)
    assert scores(done.notebook) == [3, 2]
    assert "took too long to read" in " ".join(done.notes)
    assert not any("text/html" in o.get("data", {}) for o in done.notebook.cells[1].outputs)


def test_what_is_written_is_limited_and_gone(executor):
    if "namespaces" not in executor.layers:
        pytest.skip("without namespaces nothing can be written")
    source = """
        open("left.txt", "w").write("here")
        try:
            with open("large", "wb") as file:
                for _ in range(1000): file.write(bytes(1 << 20))
        except OSError as error:
            print("full")
        try:
            for k in range(100_000): open(f"f{k}", "w").close()
        except OSError as error:
            print("no more files")
    """
    done = executed(executor, double=textwrap.dedent(source) + RIGHT)
    (output,) = done.notebook.cells[1].outputs
    assert output.text == "full\nno more files\n"
    again = executed(executor, double="import os\nprint(os.listdir('.'))\n" + RIGHT)
    (output,) = again.notebook.cells[1].outputs
    assert output.text == "[]\n"


# What honest students and instructors see -----------------------------------------------------------


def test_prints_pictures_and_errors_are_in_the_notebook(executor):
    source = """
        import sys
        import matplotlib.pyplot as plt
        print("hello")
        print("careful", file=sys.stderr)
        plt.plot([1, 2])
        plt.show()
        from IPython.display import HTML, display
        display(HTML("<b>bold</b><script>alert(1)</script><img src=x onerror=alert(1)>"))
        1 / 0
    """
    outputs = executed(executor, double=source).notebook.cells[1].outputs
    kinds = [o.output_type for o in outputs]
    assert kinds == ["stream", "stream", "display_data", "display_data", "error"]
    assert outputs[2].data["image/png"].startswith("iVBOR")
    assert "<b>bold</b>" in outputs[3].data["text/html"]
    assert "script" not in outputs[3].data["text/html"]
    assert "onerror" not in outputs[3].data["text/html"]
    assert outputs[4].ename == "ZeroDivisionError"


def test_what_a_function_prints_under_hidden_tests_is_not_shown(executor):
    source = "def double(x):\n    print('argument', x)\n    return 2 * x"
    done = executed(executor, double=source)
    assert "12345.678" not in text_of(done.notebook).replace(DOUBLE_TEST.strip(), "").replace(
        "12345.678]])", ""
    )


def test_text_on_standard_error_costs_nothing(executor):
    source = (
        "import sys, warnings\ndef double(x):\n    warnings.warn('careful')\n"
        "    print('x', file=sys.stderr)\n    np.log(-np.ones(1))\n    return 2 * x"
    )
    assert scores(executed(executor, double=source).notebook) == [3, 2]


def test_a_learners_line_is_named(executor):
    source = "def rnn_step(*a):\n    surprise = {}\n    return surprise['nothing here']"
    message = text_of(executed(executor, step=source).notebook)
    assert "KeyError at line 3" in message
    assert "surprise['nothing here']" in message


def test_it_refuses_where_nothing_holds(monkeypatch):

    monkeypatch.setattr(two_processes, "available_layers", lambda: ("limits",))
    with pytest.raises(JailError, match="trust-students"):
        Executor()
    assert Executor(trust_students=True).layers == ("limits",)


@pytest.mark.parametrize("layers", [("limits",), ("landlock", "seccomp", "limits")])
def test_it_grades_with_fewer_layers(monkeypatch, layers):

    if not set(layers) <= set(available_layers()):
        pytest.skip("this machine does not have these layers")
    monkeypatch.setattr(two_processes, "available_layers", lambda: layers)
    with Executor(trust_students=True) as executor:
        assert scores(executed(executor).notebook) == [3, 2]
        wrong = executed(executor, double=ATTACKS["lying array"])
        assert scores(wrong.notebook) == [0, 2]


GRADER = """
import nbformat, sys
from rnn_utils.grading.sandbox.two_processes import Executor
notebook = nbformat.read(sys.argv[1], as_version=4)
with Executor(source=notebook) as executor:
    prepared = [executor._tester, *executor._students.values()]
    print(*(process._process.pid for process in prepared), flush=True)
    executor.execute(notebook)
"""


def test_nothing_goes_on_when_the_grader_is_killed(tmp_path):
    nbformat.write(lesson("print('x')\nwhile True: pass", RIGHT_STEP), tmp_path / "n.ipynb")
    grader = subprocess.Popen(
        [sys.executable, "-c", GRADER, str(tmp_path / "n.ipynb")], stdout=subprocess.PIPE, text=True
    )
    prepared = [int(pid) for pid in grader.stdout.readline().split()]
    watched = [os.pidfd_open(pid) for pid in prepared]
    grader.kill()
    grader.wait()
    for descriptor in watched:
        ended, _, _ = select.select([descriptor], [], [], 20)
        os.close(descriptor)
        assert ended


def test_nothing_is_left_running_or_lying_about(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Executor(source=SOURCE) as executor:
        executed(executor, double="open('x', 'w').write('y')\n" + RIGHT)
        prepared = prepared_of(executor)
    assert len(prepared) == 2
    assert all(one._process.poll() is not None for one in prepared)
    assert list(tmp_path.iterdir()) == []


# Several at once --------------------------------------------------------------------------------------


def inside(prepared):
    """The prepared process itself: with namespaces, the first one inside, for which another waits."""
    outer = process(prepared)
    return outer.children()[0] if "namespaces" in available_layers() else outer


def test_one_that_never_ends_keeps_nobody_waiting(executor):
    limits = LIMITS._replace(cell_seconds=30)
    with ThreadPoolExecutor(1) as threads:
        endless = threads.submit(executed, executor, "while True: pass", limits=limits)
        while not executor._tester.forked:
            time.sleep(0.01)
        assert scores(executed(executor).notebook) == [3, 2]
        assert not endless.done()
        for process in inside(executor._tester).children():
            process.kill()  # so that the test need not wait for the limit
        assert scores(endless.result().notebook) == [0, 0]


def test_several_threads_read_the_same_source_alike():
    # Python's own `ast.parse` fails where two threads take turns within it.
    source = Path(two_processes.__file__).read_text()
    expected = names(source)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    # Python code that runs at any time, as a search for garbage does in a worker of Dask.
    gc.callbacks.append(between := lambda *_: list(range(10)))
    try:
        with ThreadPoolExecutor(4) as threads:
            assert all(found == expected for found in threads.map(names, [source] * 100))
    finally:
        gc.callbacks.remove(between)
        sys.setswitchinterval(before)


def test_several_hostile_ones_at_once_cost_no_honest_one_a_point(executor):
    hostile = [
        "import os\nos.kill(-1, 9)",
        "held = [bytearray(1 << 24) for _ in range(200)]",
        "open('full', 'wb').write(bytes(1 << 28))",
        "import os\nos._exit(0)",
        "import ctypes\nctypes.string_at(0)",
    ]
    handed = [part for attack in hostile for part in (attack, RIGHT)]
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda source: executed(executor, source), handed))
    assert [scores(one.notebook)[0] for one in done] == [0, 3] * len(hostile)


@pytest.fixture(scope="module")
def mortal():
    """An executor whose prepared processes are lost."""
    with Executor(source=SOURCE) as executor:
        yield executor


@pytest.fixture
def losing(monkeypatch):
    """Loses a prepared process while it executes, as when the kernel, out of memory, ends a large one."""
    fork = ForkServer.fork
    to_lose, lost = [], []

    def and_lose(self, order, *descriptors):
        pid = fork(self, order, *descriptors)
        who = "tester" if len(descriptors) == 3 else "student"  # it also gets the way to the job
        if to_lose[:1] == [who]:
            inside(self).kill()
            lost.append(to_lose.pop(0))
        return pid

    monkeypatch.setattr(ForkServer, "fork", and_lose)
    return to_lose, lost


@pytest.mark.parametrize("victim", ["student", "tester"])
def test_a_lost_prepared_process_costs_nobody_a_point(mortal, losing, victim):
    to_lose, lost = losing
    to_lose.append(victim)
    done = executed(mortal)
    assert lost == [victim]
    assert scores(done.notebook) == [3, 2]
    assert done.notes == []


def test_where_they_are_lost_again_and_again_nothing_is_graded(mortal, losing):
    losing[0].extend(["tester", "student"])
    with pytest.raises(JailError, match="too little memory"):
        executed(mortal)
    assert scores(executed(mortal).notebook) == [3, 2]


def test_prepared_processes_do_not_add_up_with_the_lessons(mortal, monkeypatch):
    monkeypatch.setattr(two_processes, "_KEPT", 2)
    mine = set(psutil.Process().children()) - {process(one) for one in prepared_of(mortal)}
    _judge_other_lessons(mortal)
    kept = set(psutil.Process().children()) - mine
    assert {process(one) for one in prepared_of(mortal)} == kept
    assert len(kept) <= 1 + 2
    assert scores(executed(mortal).notebook) == [3, 2]


def prepared_of(executor):
    return [executor._tester, *executor._students.values()]


def process(prepared):
    return psutil.Process(prepared._process.pid)


def _judge_other_lessons(executor):
    for exercise in ("sigmoid", "softmax", "lstm_step"):
        test = f"from rnn_utils.checks import grade\ngrade('{exercise}', {exercise})"
        other = new_notebook(
            cells=[
                cell("pass", grade_id="answer", solution=True, grade=False, locked=False),
                cell(test, grade_id="t", solution=False, grade=True, locked=True, points=1),
            ]
        )
        assert scores(executor.execute(other, LIMITS, source=other).notebook) == [0]
