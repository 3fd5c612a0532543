"""The strongest attacks, with a layer of the jail away.

`python attack_matrix.py MISSING-LAYER…` attacks as an account without rights, which root makes for it, and
prints what each attack earned or reached, by the missing layer, as JSON.
"""

import contextlib
import ctypes
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

#: An account that owns nothing.
NOBODY = 65534

#: Answers that are wrong, whatever they do besides.
WRONG = {
    "an object equal to all": (
        "class A:\n    def __eq__(self, other): return True\n    __lt__ = __gt__ = __le__ = __ge__ = __eq__\n"
        "    def __sub__(self, other): return 0.0\n    __rsub__ = __add__ = __radd__ = __abs__ = __sub__\n"
        "    def __array__(self, *a, **k): return [2]\n    __hash__ = None\ndef double(x): return A()"
    ),
    "an end of its process": "import os\ndef double(x): os._exit(0)",
    "an end of all processes": (
        "import os\nfor pid in (-1, 0, 1, os.getppid(), *range(2, 200)):\n"
        "    try: pid == os.getpid() or os.kill(pid, 9)\n    except OSError: pass\ndef double(x): return 0"
    ),
    "a loop that ends": "def double(x): raise StopIteration",
    "an answer before it is asked for": (
        "import json, os, struct\nfrom rnn_utils.grading.sandbox.student import _peer\n"
        "fd = _peer.channel._socket.fileno()\nfor n in range(40):\n"
        "    text = json.dumps([{'re': n, 'value': 2}, []]).encode()\n"
        "    os.write(fd, struct.pack('>II', len(text), 0) + text)\ndef double(x): return 0"
    ),
    "all memory": "def double(x): return [bytearray(1 << 28) for _ in range(1000)]",
    "a module for the next one": (
        "import os\nfor place in ('.', '/', '/tmp', '/submission', os.path.dirname(os.__file__)):\n"
        "    for name in ('json.py', 'sitecustomize.py', 'numpy.py'):\n"
        "        try: open(os.path.join(place, name), 'w').write('raise SystemExit')\n"
        "        except OSError: pass\ndef double(x): return 0"
    ),
}


def become_nobody(place: str) -> None:
    """Go on as an account that may read the interpreter, wherever that lies, and what everybody may."""
    libc, base = ctypes.CDLL(None, use_errno=True), Path(sys.base_prefix).resolve()

    def mount(source: str, target: object, kind: str | None, flags: int, data: str = "") -> None:
        texts = [t if t is None else str(t).encode() for t in (source, target, kind)]
        if libc.mount(*texts, ctypes.c_ulong(flags), data.encode()) < 0:
            raise OSError(ctypes.get_errno(), "mount")

    closed = [path for path in reversed(base.parents) if not path.stat().st_mode & 1]
    if closed:
        if libc.unshare(0x20000) < 0:
            raise OSError(ctypes.get_errno(), "unshare")
        mount("none", "/", None, 16384 | 1 << 18)  # what follows is seen by this process alone
        aside = Path(place) / "interpreter"
        aside.mkdir()
        mount(base, aside, None, 4096 | 16384)
        mount("none", closed[0], "tmpfs", 0, "mode=755")
        base.mkdir(parents=True)
        mount(aside, base, None, 8192)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def attacked(executor: Any) -> dict[str, object]:
    """Return what each attack comes to."""
    from test_attacks import (
        AT_OTHERS,
        FRAMES,
        LIMITS,
        PROBING,
        REACHING,
        RIGHT,
        SECRET,
        lesson,
        scores,
    )

    found: dict[str, object] = {}
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(f"{SECRET}\n" * 3)
        file.flush()
        found["earned"] = {
            name: [scores(executor, answer)[0], *scores(executor, RIGHT)]
            for name, answer in WRONG.items()
        }
        probes = [f"probe({name!r}, lambda: {act})" for name, act in AT_OTHERS.items()]
        probes.append(f"probe('a secret', lambda: open({file.name!r}).read())")
        reaching = "\n".join([PROBING, *probes, "print(found)", REACHING, RIGHT])
        done = executor.execute(lesson(reaching), LIMITS, source=lesson(RIGHT)).notebook
        found["reached"] = done.cells[1].outputs[0].text.replace("\n", " ")
        forged = FRAMES.format(files=[file.name])
        done = executor.execute(lesson(forged), LIMITS, source=lesson(RIGHT)).notebook
        found["told"] = SECRET in json.dumps(done)
    return found


@contextlib.contextmanager
def executor_without(missing: str) -> Iterator[Any]:
    """Start an executor that has all layers but one; None if no jail holds without it."""
    from rnn_utils.grading.sandbox import jail, two_processes

    layers = tuple(one for one in jail.available_layers() if one != missing)
    if not jail.holds(layers):
        yield None
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(two_processes, "available_layers", lambda: layers)
        executor = two_processes.Executor()
    with executor:
        yield executor


def main(layers: list[str]) -> None:
    """Attack without each of the layers, and print what came of it; null where nothing holds."""
    found = {}
    for missing in layers:
        with executor_without(missing) as executor:
            found[missing] = executor and attacked(executor)
    print(json.dumps(found))


if __name__ == "__main__":
    layers = sys.argv[1:]
    if os.geteuid() == 0:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            os.chmod(place, 0o711)
            for name in ("home", "tmp"):
                (Path(place) / name).mkdir()
                os.chown(Path(place) / name, NOBODY, NOBODY)
            child = os.fork()
            if child == 0:
                become_nobody(place)
                os.environ.update(HOME=f"{place}/home", TMPDIR=f"{place}/tmp")
                os.execv(sys.executable, [sys.executable, __file__, *layers])
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    main(layers)
