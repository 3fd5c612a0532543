"""The jail around a student's code, and around the tests, in layers that each hold by themselves.

- *namespaces*: a root of its own with nothing in it but the installed Python libraries, to be read only,
  no network, no other processes. They need root or what most kernels grant to everybody, user
  namespaces.
- *user*: where root is available, a user id that nobody else has, and no capabilities.
- *landlock*: no file but the libraries can be opened, whatever the user may.
- *seccomp*: no system call but those that are listed.
- *limits*: memory, threads, open files, sizes of files.

The tests run in a jail of the same kind, in which this package can be read too.
"""

import contextlib
import os
import signal
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from rnn_utils.grading.sandbox import namespaces, seccomp
from rnn_utils.grading.sandbox.landlock import READ, Landlock, landlock_version
from rnn_utils.grading.sandbox.libc import call, gain_nothing
from rnn_utils.grading.sandbox.namespaces import FOLDER

NAMESPACES, USER, LANDLOCK, SECCOMP, LIMITS = (
    "namespaces",
    "user",
    "landlock",
    "seccomp",
    "limits",
)

_SET_DEATH_SIGNAL, _SET_DUMPABLE = 1, 4


class JailError(RuntimeError):
    """Nothing on this machine can hold a student's code; or the jail could not be built."""


def holds(layers: Iterable[str]) -> bool:
    """Say whether these layers keep a student's code from all that is not its own.

    Whatever else there is, the system calls must be held to a list: neither Landlock nor a namespace
    knows of those that reach other processes, or files without opening them.
    """
    return SECCOMP in layers and not {NAMESPACES, LANDLOCK}.isdisjoint(layers)


# What may be read --------------------------------------------------------------------------------


#: What of the system libraries need. Not all of /usr: a course may lie in /usr/src or /usr/local.
_SYSTEM = """
    /usr/lib /usr/lib32 /usr/lib64 /usr/local/lib /usr/local/lib64 /lib /lib32 /lib64
    /usr/share/fonts /usr/share/fontconfig /usr/local/share/fonts /usr/share/zoneinfo
    /etc/ld.so.cache /etc/fonts /etc/localtime /var/cache/fontconfig
"""


def libraries() -> list[Path]:
    """List what Python and its installed libraries are made of, without this package."""
    package = Path(__file__).resolve().parents[2]
    wanted = [Path(path) for path in _SYSTEM.split()]
    wanted += [Path(sys.base_prefix) / "lib", Path(sys.base_exec_prefix) / "lib"]
    wanted += [Path(entry) for entry in library_paths()]
    found: list[Path] = []
    for path in wanted:
        if path.exists() and not any(path.is_relative_to(other) for other in found):
            found += _without(path, package)
    return [*found, *_package_data(package)]


def library_paths() -> list[str]:
    """Return what of `sys.path` is installed: neither the course's folder nor the current one."""
    project = str(Path(__file__).resolve().parents[3])
    prefixes = (sys.base_prefix, sys.base_exec_prefix, "/usr")
    return [
        entry
        for entry in sys.path
        if entry
        and Path(entry).exists()
        and (
            Path(entry).name in ("site-packages", "dist-packages")
            or (entry != project and entry.startswith(prefixes))
        )
    ]


def _without(path: Path, apart: Path) -> Iterator[Path]:
    """Yield a path, or its parts where something in it must stay hidden."""
    here = path.resolve()
    if here.is_relative_to(apart):
        return
    if path.is_dir() and apart.is_relative_to(here):
        for part in sorted(path.iterdir()):
            yield from _without(part, apart)
    else:
        yield path


def _package_data(package: Path) -> list[Path]:
    """List the package's data sets and scripts: all of its files that hold no Python."""
    return [
        path
        for folder in ("data", "questions", "widgets")
        for path in sorted((package / folder).rglob("*"))
        if path.is_file() and path.suffix not in (".py", ".pyc", ".md")
    ]


# Going in ----------------------------------------------------------------------------------------


def prepare(layers: Iterable[str] = ()) -> None:
    """Open what `go_in` needs and what cannot be opened any more in the jail.

    Args:
        layers: which layers are on in the processes that will go in.
    """
    global _statm
    seccomp.library()
    if {SECCOMP, NAMESPACES} <= set(layers):
        seccomp.program(True, 1)  # each of them is the first of its namespace
    if sys.platform == "linux":
        _statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        namespaces.remember_own_processes()


def go_in(
    layers: Iterable[str],
    readable: Iterable[Path],
    order: Mapping[str, Any],
    descriptors: Iterable[int],
    threads: int | None = None,
) -> None:
    """Give up, for good, all that one submission has no use for, and go to its folder.

    Args:
        layers: which layers are on.
        readable: which files and folders it may read.
        order: what it may use, in `"limits"`, and what lies in its folder: in `"files"`, and, where
            there are no namespaces, in a folder at `"folder"`.
        descriptors: which open descriptors, besides the standard ones, are its own.
        threads: how many threads it may have; any number if None.
    """
    layers, limits = set(layers), order["limits"]
    rules = Landlock(readable) if LANDLOCK in layers else None
    if rules is not None and order["folder"]:
        rules.allow(Path(order["folder"]), READ)
    if NAMESPACES in layers:
        namespaces.own_folder(limits["file_bytes"])
    else:
        os.chdir("/")
    if LIMITS in layers:
        _set_limits(limits["memory"], limits["file_bytes"], _most_threads(layers, threads))
    if USER in layers:
        # Of the ids that systemd keeps for services without a user of their own.
        user = 61184 + int.from_bytes(os.urandom(4), "big") % 4336
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    if holds(layers):
        gain_nothing()
        call("prctl", _SET_DUMPABLE, 0, 0, 0, 0)  # nobody of the same user looks in
        call("prctl", _SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if USER not in layers and (NAMESPACES in layers or os.geteuid() == 0):
            namespaces.drop_capabilities()
    if rules is not None:
        if NAMESPACES in layers:
            rules.allow(FOLDER)
        rules.enter()
    if SECCOMP in layers:
        seccomp.allow_only_what_is_listed(own_files=NAMESPACES in layers)
    for kept, next_kept in pairwise((2, *sorted(descriptors), 256)):
        os.closerange(kept + 1, next_kept)
    _lay_out(order)


def _lay_out(order: Mapping[str, Any]) -> None:
    """Put what the instructor handed out where the submission's code looks for it."""
    if order["folder"]:
        with contextlib.suppress(OSError):  # below a folder that is for the grader's user only
            os.chdir(order["folder"])
        return
    for name, text in order["files"].items():
        path = Path(name)
        with contextlib.suppress(OSError):  # a file where another has a folder
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b64decode(text))


def _most_threads(layers: set[str], threads: int | None) -> int | None:
    """Return how many threads this process's user may have, so that it has so many itself.

    Threads are counted by user: where the user has others, they are in the number.
    """
    if threads is None or USER in layers:
        return threads
    if NAMESPACES in layers and os.geteuid() != 0:
        namespaces.count_alone()
        return threads
    user, others = os.geteuid(), 0
    for process in os.listdir("/proc"):
        if process.isdigit():
            with contextlib.suppress(OSError):
                status = os.stat(f"/proc/{process}/task")
                others += status.st_nlink - 2 if status.st_uid == user else 0
    return others + threads


def _set_limits(memory: int, file_bytes: int, threads: int | None) -> None:
    import resource  # which Windows does not have

    limits = {
        resource.RLIMIT_AS: _size() + memory,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if threads is not None:
        limits[resource.RLIMIT_NPROC] = threads
    for what, most in limits.items():
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


_statm: int | None = None


def _size() -> int:
    assert _statm is not None
    return int(os.pread(_statm, 100, 0).split()[0]) * os.sysconf("SC_PAGE_SIZE")


# What works here ---------------------------------------------------------------------------------


@cache
def available_layers() -> tuple[str, ...]:
    """Name the layers of the jail that work on this machine, the strongest first."""
    if sys.platform != "linux":
        return ()
    # Tried in a process of its own: this one may have threads, and what is given up is gone for good.
    project = str(Path(__file__).resolve().parents[3])
    command = [sys.executable, "-I", "-c", _TRY, project]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return tuple(tried.stdout.split())


_TRY = f"import sys; sys.path.insert(0, sys.argv[1]); import {__name__} as jail; jail.tell()"


def tell() -> None:
    """Print the layers that work in this process, which may be changed for good by it."""
    print(*_layers_here())


def _layers_here() -> Iterator[str]:
    if _works(_mount_inside):
        yield NAMESPACES
    if os.geteuid() == 0:
        yield USER
    if landlock_version():
        yield LANDLOCK
    if seccomp.library() is not None and _works(
        lambda: seccomp.allow_only_what_is_listed(own_files=True)
    ):
        yield SECCOMP
    yield LIMITS


def _mount_inside() -> None:
    namespaces.try_mounts()
    if not _works(_nest):
        raise OSError("processes cannot be hidden from each other in the namespaces")


def _nest() -> None:
    prepare()
    for _ in range(2):
        namespaces.hide_neighbours()
        assert _works(lambda: None)


def _works(layer: Callable[[], None]) -> bool:
    child = os.fork()
    if child == 0:
        try:
            gain_nothing()
            layer()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0
