"""Namespaces: a root, processes, a network and names of a process's own."""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from rnn_utils.grading.sandbox.libc import call

#: The only place where a submission can write; it goes with the process.
FOLDER = Path("/submission")

_NEW_MOUNTS, _NEW_USER, _NEW_PIDS, _NEW_NETWORK = 0x20000, 0x10000000, 0x20000000, 0x40000000
_NEW_NAMES, _NEW_IPC, _NEW_CGROUP = 0x04000000, 0x08000000, 0x02000000
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXECUTION = 1, 2, 4, 8
_REMOUNT, _BIND, _MOVE, _RECURSIVE, _PRIVATE = 32, 4096, 8192, 16384, 1 << 18


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind)]
    call("mount", *texts, ctypes.c_ulong(flags), data.encode())


def enter_namespaces() -> None:
    """Leave the machine's processes, network, names and mounts; what is forked from now on is alone.

    Raises:
        OSError: this is not granted here.
    """
    user, group = os.geteuid(), os.getegid()
    apart = _NEW_MOUNTS | _NEW_PIDS | _NEW_NETWORK | _NEW_NAMES | _NEW_IPC
    if user == 0:
        call("unshare", apart)
        return
    call("unshare", apart | _NEW_USER)
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
    if not (root / "tmp").exists():  # unless what may be read lies there
        (root / "tmp").symlink_to(FOLDER)  # where a student's code writes without asking
    _mount("tmpfs", str(root / FOLDER.name), "tmpfs", _NO_SUID | _NO_DEVICES, "size=64m")
    os.chdir(root)
    _mount(".", "/", None, _MOVE)
    call("chroot", b".")
    os.chdir("/")
    # Nothing in it can be renamed or added to: what one submission left, the next would find.
    _mount(None, "/", None, _REMOUNT | _BIND | _READ_ONLY | _NO_SUID | _NO_DEVICES)


def own_folder(file_bytes: int) -> None:
    """Put an empty folder of this process's own, which goes with it, where it can write.

    Args:
        file_bytes: how many bytes all files in it may have.
    """
    call("unshare", _NEW_MOUNTS)
    size = f"size={file_bytes},nr_inodes=4096,mode=777"
    _mount("tmpfs", str(FOLDER), "tmpfs", _NO_SUID | _NO_DEVICES | _NO_EXECUTION, size)
    os.chdir(FOLDER)


def count_alone() -> None:
    """Have this process's threads counted by themselves, not with those of the same user's others.

    Source: Alexey Gladkov, 2021, "Count rlimits in each user namespace", Linux 5.14.
    """
    call("unshare", _NEW_USER)


def drop_capabilities() -> None:
    """Give up what root, or the first user of a namespace, may do beyond what its files allow."""
    header = struct.pack("Ii", 0x20080522, 0)
    call("capset", header, struct.pack("IIIIII", *(0,) * 6))


_own_processes: int | None = None


def remember_own_processes() -> None:
    """Keep open what `hide_neighbours` needs and what is not found any more under another root."""
    global _own_processes
    _own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)


def hide_neighbours() -> None:
    """Have the process that is forked next see none but those that it starts itself."""
    assert _own_processes is not None
    call("setns", _own_processes, 0)  # out of what was made for the one before
    call("unshare", _NEW_PIDS)


def try_mounts() -> None:
    """Do what some systems refuse in the namespaces that they grant.

    Raises:
        OSError: it is refused here.
    """
    enter_namespaces()
    _mount("none", "/", None, _RECURSIVE | _PRIVATE)
    _mount("tmpfs", "/tmp", "tmpfs", _NO_SUID | _NO_DEVICES)
    _mount(None, "/tmp", None, _REMOUNT | _BIND | _READ_ONLY | _NO_SUID | _NO_DEVICES)


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
