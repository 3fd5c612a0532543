"""The jail around a student's code, in layers that each hold by themselves.

- *namespaces*: a root of its own with nothing in it but the installed Python libraries, no network, no
  other processes. They need root or what most kernels grant to everybody, user namespaces.
- *user*: where root is available, a user id that nobody else has, and no capabilities.
- *landlock*: no file but the libraries can be opened, whatever the user may.
- *seccomp*: no new process, no socket, no signal to anybody else, none of the calls by which a process
  looks into another or outlives its end.
- *limits*: memory, threads, open files, sizes of files.

Landlock and libseccomp are reached through ctypes: the packages that wrap them are early releases
or have not been looked after for years, and what is needed of them is a page.
"""

import ctypes
import errno
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

NAMESPACES, USER, LANDLOCK, SECCOMP, LIMITS = (
    "namespaces",
    "user",
    "landlock",
    "seccomp",
    "limits",
)

#: The only place where a submission can write, where there are namespaces; it goes with the process.
FOLDER = Path("/submission")

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _call(name: str, *arguments: Any) -> int:
    assert _libc is not None
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(getattr(_libc, name)(*values), name)


# Landlock ----------------------------------------------------------------------------------------
# Its system calls have the same numbers on all machines.

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
READ = (1 << 2) | (1 << 3)  # files and folders
_EVERYTHING = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_SPECIAL_FILES = (1 << 6) | (1 << 9) | (1 << 10) | (1 << 11)  # devices, sockets, pipes


@cache
def landlock_version() -> int:
    """Return the version of Landlock that the kernel has; 0 if none."""
    if _libc is None:
        return 0
    return max(0, _libc.syscall(ctypes.c_long(_CREATE_RULESET), None, ctypes.c_size_t(0), 1))


class Landlock:
    """What may be opened; nothing else, once `enter` was called."""

    def __init__(self, readable: Iterable[Path]) -> None:
        version = landlock_version()
        self._files = _EVERYTHING[max(v for v in _EVERYTHING if v <= version)]
        network, scopes = (0b11 if version >= 4 else 0), (0b11 if version >= 6 else 0)
        attributes = struct.pack("QQQ", self._files, network, scopes)
        size = 8 if version < 4 else 16 if version < 6 else 24
        self._ruleset = _call("syscall", _CREATE_RULESET, attributes, size, 0)
        for path in readable:
            self.allow(path, READ)
        self.allow(Path("/dev/null"), READ | 0b10)

    def allow(self, path: Path, access: int | None = None) -> None:
        """Allow a file, or a folder with all that is in it; everything but devices by default."""
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            wanted = self._files & ~_SPECIAL_FILES & ~1 if access is None else access
            if not path.is_dir():
                wanted &= ~(1 << 3)
            rule = struct.pack("=Qi", wanted & self._files, place)
            _call("syscall", _ADD_RULE, self._ruleset, 1, rule, 0)
        finally:
            os.close(place)

    def enter(self) -> None:
        """Hold this process, and whatever it starts, to what is allowed, for good."""
        _call("prctl", 38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
        _call("syscall", _RESTRICT_SELF, self._ruleset, 0)
        os.close(self._ruleset)


# Seccomp -----------------------------------------------------------------------------------------

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_NOT_EQUAL, _MASKED_EQUAL = 1, 7
_WORD = 0xFFFFFFFF  # of a command the kernel looks at no more, whatever the register holds
_THREAD = 0x00010000

_DENIED = """
    fork vfork execve execveat ptrace process_vm_readv process_vm_writev process_madvise kcmp
    kill tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal pidfd_getfd
    socket socketpair connect bind listen accept accept4 setns unshare mount umount umount2 move_mount
    open_tree fsopen fsmount fsconfig fspick mount_setattr pivot_root chroot open_by_handle_at
    name_to_handle_at bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
    add_key request_key keyctl init_module finit_module delete_module kexec_load kexec_file_load
    reboot swapon swapoff sethostname setdomainname settimeofday clock_settime clock_adjtime adjtimex
    quotactl quotactl_fd acct iopl ioperm lookup_dcookie shmget shmat shmctl msgget msgsnd semget semop
    mq_open mq_unlink setsid setpgid setpriority sched_setscheduler sched_setattr ioprio_set
    chmod fchmod fchmodat fchmodat2 chown fchown fchownat lchown setxattr lsetxattr fsetxattr
    removexattr lremovexattr fremovexattr utime utimes futimesat utimensat mknod mknodat syslog
    memfd_create memfd_secret
    vhangup fanotify_init inotify_init inotify_init1 migrate_pages move_pages personality
    setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset
"""


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operation", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


@cache
def _libseccomp() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    return library


def _refuse_system_calls() -> None:
    """Refuse, for good, the system calls that a student's code has no use for."""
    library = _libseccomp()
    assert library is not None
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_ALLOW)))

    def refuse(name: str, number: int, *comparisons: _Comparison) -> None:
        syscall = library.seccomp_syscall_resolve_name(name.encode())
        if syscall >= 0:
            among = (_Comparison * len(comparisons))(*comparisons)
            action = ctypes.c_uint32(_REFUSE | number)
            library.seccomp_rule_add_array(context, action, syscall, len(comparisons), among)

    for name in _DENIED.split():
        refuse(name, errno.EPERM)
    refuse("clone3", errno.ENOSYS)  # its flags cannot be looked at; clone is then used instead
    refuse("clone", errno.EPERM, _Comparison(0, _MASKED_EQUAL, _THREAD, 0))
    refuse("tgkill", errno.EPERM, _Comparison(0, _NOT_EQUAL, os.getpid(), 0))
    # A descriptor can be made to send any signal to any process when something happens on it.
    for command in (10, 15):  # F_SETSIG, F_SETOWN_EX
        refuse("fcntl", errno.EPERM, _Comparison(1, _MASKED_EQUAL, _WORD, command))
    owner = _Comparison(2, _NOT_EQUAL, os.getpid(), 0)
    refuse("fcntl", errno.EPERM, _Comparison(1, _MASKED_EQUAL, _WORD, 8), owner)  # F_SETOWN
    for command in (0x8901, 0x8902):  # FIOSETOWN, SIOCSPGRP
        refuse("ioctl", errno.EPERM, _Comparison(1, _MASKED_EQUAL, _WORD, command))
    loaded = library.seccomp_load(context)
    library.seccomp_release(context)
    if loaded != 0:
        raise OSError(-loaded, f"seccomp: {os.strerror(-loaded)}")


# Namespaces --------------------------------------------------------------------------------------

_NEW_MOUNTS, _NEW_USER, _NEW_PIDS, _NEW_NETWORK = 0x20000, 0x10000000, 0x20000000, 0x40000000
_NEW_NAMES, _NEW_IPC, _NEW_CGROUP = 0x04000000, 0x08000000, 0x02000000
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXECUTION = 1, 2, 4, 8
_REMOUNT, _BIND, _MOVE, _RECURSIVE, _PRIVATE = 32, 4096, 8192, 16384, 1 << 18


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind)]
    _call("mount", *texts, ctypes.c_ulong(flags), data.encode())


def enter_namespaces() -> None:
    """Leave the machine's processes, network, names and mounts; what is forked from now on is alone.

    Raises:
        OSError: this is not granted here.
    """
    user, group = os.geteuid(), os.getegid()
    apart = _NEW_MOUNTS | _NEW_PIDS | _NEW_NETWORK | _NEW_NAMES | _NEW_IPC
    if user == 0:
        _call("unshare", apart)
        return
    _call("unshare", apart | _NEW_USER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def change_root(root: Path, readable: Iterable[Path]) -> None:
    """Make an empty folder the root, with nothing in it but some files and folders to be read.

    Args:
        root: an empty folder, which stays empty for everybody else.
        readable: what is to be seen, where it is seen now.
    """
    _mount("none", "/", None, _RECURSIVE | _PRIVATE)
    _mount("tmpfs", str(root), "tmpfs", _NO_SUID | _NO_DEVICES, "size=16m,mode=755")
    for path in (*readable, *map(Path, ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"))):
        if path.exists():
            _show(path, root)
    (root / FOLDER.name).mkdir()
    (root / "tmp").symlink_to(FOLDER)  # where a student's code writes without asking
    _mount("tmpfs", str(root / FOLDER.name), "tmpfs", _NO_SUID | _NO_DEVICES, "size=64m")
    os.chdir(root)
    _mount(".", "/", None, _MOVE)
    _call("chroot", b".")
    os.chdir("/")


def _show(path: Path, root: Path) -> None:
    """Bind a path to the same place below another root, to be read only."""
    place = root / path.relative_to("/")
    if path.is_symlink() and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.readlink(path))
        return
    if path.is_dir():
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    _mount(str(path), str(place), None, _BIND | _RECURSIVE)
    now = os.statvfs(place).f_flag  # what is set already must stay
    keep = sum(flag for flag in (_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXECUTION) if now & flag)
    devices = 0 if path.is_relative_to("/dev") else _NO_DEVICES
    relatime = now & (1024 | 2048 | 4096)
    times = {1024: 1024, 2048: 2048, 4096: 1 << 21}
    keep |= sum(flag for bit, flag in times.items() if relatime & bit)
    _mount(None, str(place), None, _BIND | _REMOUNT | _READ_ONLY | _NO_SUID | devices | keep)


# What may be read --------------------------------------------------------------------------------


def libraries() -> list[Path]:
    """List what Python and its installed libraries are made of, without this package."""
    package = Path(__file__).resolve().parents[2]
    wanted = [Path(p) for p in ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache")]
    wanted += [Path(p) for p in ("/etc/fonts", "/etc/localtime", "/var/cache/fontconfig")]
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
        for folder in ("data", "widgets")
        for path in sorted((package / folder).rglob("*"))
        if path.is_file() and path.suffix not in (".py", ".pyc", ".md")
    ]


# Going in ----------------------------------------------------------------------------------------


def confine(
    layers: Iterable[str], landlock: Landlock | None, memory: int, file_bytes: int, threads: int
) -> None:
    """Give up, for good, all that a student's code has no use for.

    Args:
        layers: which layers are on.
        landlock: the prepared rules, if that layer is on.
        memory: bytes beyond what this process has now.
        file_bytes: the largest file, and all files together where they lie in memory.
        threads: how many threads it may have.
    """
    layers = set(layers)
    if NAMESPACES in layers:
        # The folder goes with this process, and there is no way to one of a submission beside it.
        _call("unshare", _NEW_MOUNTS | _NEW_NETWORK | _NEW_IPC)
        size = f"size={file_bytes},nr_inodes=4096,mode=777"
        _mount("tmpfs", str(FOLDER), "tmpfs", _NO_SUID | _NO_DEVICES | _NO_EXECUTION, size)
        os.chdir(FOLDER)
    else:
        os.chdir("/")
    if LIMITS in layers:
        # Threads are counted by user: only one that nobody else has can be held to a number.
        _set_limits(memory, file_bytes, threads if USER in layers else None)
    if USER in layers:
        # Of the ids that systemd keeps for services without a user of their own.
        user = 61184 + int.from_bytes(os.urandom(4), "big") % 4336
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    if LANDLOCK in layers or SECCOMP in layers or NAMESPACES in layers:
        _call("prctl", 38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
        _call("prctl", 4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: nobody of the same user looks in
        _call("prctl", 1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if NAMESPACES in layers and USER not in layers:
        _drop_capabilities()
    if landlock is not None:
        if NAMESPACES in layers:
            landlock.allow(FOLDER)
        landlock.enter()
    if SECCOMP in layers:
        _refuse_system_calls()


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
_own_processes: int | None = None


def prepare() -> None:
    """Open what `confine` needs and what cannot be opened any more in the jail."""
    global _statm, _own_processes
    _libseccomp()
    if sys.platform == "linux":
        _statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        _own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)


def hide_neighbours() -> None:
    """Have the process that is forked next see none but those that it starts itself."""
    assert _own_processes is not None
    _call("setns", _own_processes, 0)  # out of what was made for the one before
    _call("unshare", _NEW_PIDS)


def _size() -> int:
    assert _statm is not None
    return int(os.pread(_statm, 100, 0).split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _drop_capabilities() -> None:
    header = struct.pack("Ii", 0x20080522, 0)
    _call("capset", header, struct.pack("IIIIII", *(0,) * 6))


# What works here ---------------------------------------------------------------------------------


@cache
def available_layers() -> tuple[str, ...]:
    """Name the layers of the jail that work on this machine, the strongest first."""
    if sys.platform != "linux":
        return ()
    # Tried in a process of its own: this one may have threads, and what is given up is gone for good.
    tried = subprocess.run(
        [sys.executable, "-I", "-S", __file__], capture_output=True, text=True, check=False
    )
    return tuple(tried.stdout.split())


def _layers_here() -> Iterator[str]:
    if _works(_mount_inside):
        yield NAMESPACES
    if os.geteuid() == 0:
        yield USER
    if landlock_version():
        yield LANDLOCK
    if _libseccomp() is not None and _works(_refuse_system_calls):
        yield SECCOMP
    yield LIMITS


def _mount_inside() -> None:
    """Do what some systems refuse in the namespaces that they grant."""
    enter_namespaces()
    _mount("none", "/", None, _RECURSIVE | _PRIVATE)
    _mount("tmpfs", "/tmp", "tmpfs", _NO_SUID | _NO_DEVICES)
    if not _works(_nest):
        raise OSError("processes cannot be hidden from each other in the namespaces")


def _nest() -> None:
    prepare()
    for _ in range(2):
        hide_neighbours()
        assert _works(lambda: None)


def _works(layer: Callable[[], None]) -> bool:
    child = os.fork()
    if child == 0:
        try:
            _call("prctl", 38, 1, 0, 0, 0)
            layer()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


if __name__ == "__main__":
    print(*_layers_here())
