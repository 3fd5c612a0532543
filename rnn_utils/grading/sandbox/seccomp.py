"""Which system calls a student's code and the tests may make: those listed here, and no others.

The kernel looks at a call's number. A call that is not listed is refused whether or not anybody has
heard of it yet, so that a newer kernel opens no new door. What is listed reaches nothing but the
process itself and what Landlock or the namespaces leave to be opened.
"""

import ctypes
import errno
import os
import sys
from functools import cache

from rnn_utils.grading.sandbox.libc import call, gain_nothing

#: What Python, NumPy and Matplotlib do within their own process, and with what they may open.
_ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range
    dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait
    epoll_pwait epoll_pwait2 eventfd eventfd2 sendfile copy_file_range
    stat lstat fstat newfstatat fstatat64 statx statfs fstatfs access faccessat faccessat2 readlink
    readlinkat getdents getdents64 getcwd chdir fchdir umask
    ftruncate fallocate fsync fdatasync fadvise64 flock
    mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
    mmap munmap mprotect mremap madvise msync mincore brk
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack pause
    alarm getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete
    timerfd_create timerfd_settime timerfd_gettime signalfd4 restart_syscall
    futex futex_waitv set_robust_list get_robust_list set_tid_address rseq membarrier getcpu
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max
    sched_get_priority_min getpriority exit exit_group wait4 waitid
    getpid getppid gettid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid getresgid
    getgroups capget getrlimit setrlimit getrusage times uname sysinfo arch_prctl
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time getrandom
    recvfrom recvmsg sendto sendmsg shutdown getsockname getpeername getsockopt setsockopt
"""

#: What changes a file by its name, of whoever owns it: for a process that sees only files of its own.
_OF_ITS_OWN_FILES = "chmod fchmod fchmodat fchmodat2 utime utimes futimesat utimensat truncate"

#: Calls in whose place the C library takes an older one where the kernel does not have them.
_NOT_THERE = """
    clone3 openat2 fchmodat2 mseal map_shadow_stack cachestat futex_wake futex_wait futex_requeue
    getxattrat setxattrat listxattrat removexattrat file_getattr file_setattr statmount
"""
_NO_ATTRIBUTES = """
    listxattr llistxattr flistxattr getxattr lgetxattr fgetxattr setxattr lsetxattr fsetxattr
"""

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_SET_SECCOMP, _BY_PROGRAM = 22, 2
_MASKED_EQUAL = 7
_WORD = 0xFFFFFFFF  # of many arguments the kernel looks at no more, whatever the register holds
_THREAD = 0x00010000
_LOCAL = 1  # a pair of sockets that lead to each other

#: Questions about a descriptor, and whether it is passed on or waited for.
_DESCRIPTOR = (0, 1, 2, 3, 4, 5, 6, 7, 9, 1030, 1032)
_TERMINAL = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
#: The name of a thread or of memory, and what was given up.
_ITSELF = (3, 15, 16, 21, 39, 0x53564D41)


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operation", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


@cache
def library() -> ctypes.CDLL | None:
    """Return libseccomp, which makes the filter's program; None where it is not installed."""
    if sys.platform != "linux":
        return None
    try:
        found = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    found.seccomp_init.restype = ctypes.c_void_p
    return found


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def allow_only_what_is_listed(own_files: bool) -> None:
    """Refuse, for good, every other system call of this process and of what it starts.

    Args:
        own_files: whether all files that it sees and can write are its own, so that it may change
            their modes and times.

    Raises:
        OSError: the kernel takes no such filter.
    """
    made = program(own_files, os.getpid())
    gain_nothing()
    call("prctl", _SET_SECCOMP, _BY_PROGRAM, ctypes.byref(_Program(len(made) // 8, made)), 0, 0)


@cache
def program(own_files: bool, itself: int) -> bytes:
    """Return what the kernel runs at each system call of a process, to allow or refuse it.

    To make it takes longer than to fork a process: it is made once for all that have the same number, as
    the first process of a namespace has.

    Args:
        own_files: as above.
        itself: the number of the process, as it sees itself.

    Raises:
        OSError: it could not be made.
    """
    made = library()
    assert made is not None
    context = ctypes.c_void_p(made.seccomp_init(ctypes.c_uint32(_REFUSE | errno.EPERM)))

    def rule(action: int, name: str, *comparisons: tuple[int, int, int]) -> None:
        number = made.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # another machine's call otherwise, which is not there to be made
            among = [
                _Comparison(place, _MASKED_EQUAL, mask, value) for place, mask, value in comparisons
            ]
            array = (_Comparison * len(among))(*among)
            made.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(among), array)

    allowed = set(_ALLOWED.split()) | (set(_OF_ITS_OWN_FILES.split()) if own_files else set())
    for name in allowed:
        rule(_ALLOW, name)
    for name, place in (("open", 1), ("openat", 2)):
        # Opened to be read, a file can be emptied too, and Landlock did not see it at first.
        rule(_ALLOW, name, (place, os.O_TRUNC, 0))
        for writing in (os.O_WRONLY, os.O_RDWR):
            rule(_ALLOW, name, (place, os.O_ACCMODE, writing))
    for name in ("tgkill", "kill"):
        rule(_ALLOW, name, (0, _WORD, itself))
    # A descriptor can be made to send a signal to any process when something happens on it.
    rule(_ALLOW, "fcntl", (1, _WORD, 8), (2, _WORD, itself))  # F_SETOWN
    for command in _DESCRIPTOR:
        rule(_ALLOW, "fcntl", (1, _WORD, command))
    for request in _TERMINAL:
        rule(_ALLOW, "ioctl", (1, _WORD, request))
    for option in _ITSELF:
        rule(_ALLOW, "prctl", (0, _WORD, option))
    rule(_ALLOW, "prlimit64", (0, _WORD, 0))
    rule(_ALLOW, "clone", (0, _THREAD, _THREAD))
    rule(_ALLOW, "socketpair", (0, _WORD, _LOCAL))
    for names, number in ((_NOT_THERE, errno.ENOSYS), (_NO_ATTRIBUTES, errno.ENOTSUP)):
        for name in set(names.split()) - allowed:
            rule(_REFUSE | number, name)
    file = os.memfd_create("program")
    try:
        failed = made.seccomp_export_bpf(context, file)
        if failed != 0:
            raise OSError(-failed, f"seccomp: {os.strerror(-failed)}")
        return os.pread(file, os.fstat(file).st_size, 0)
    finally:
        os.close(file)
        made.seccomp_release(context)
