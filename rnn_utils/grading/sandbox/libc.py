"""Calls of the C library that Python has no words for."""

import ctypes
import os
import sys
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

_SET_NO_NEW_PRIVILEGES = 38


def call(name: str, *arguments: Any) -> int:
    """Call a function of the C library; its result is -1 where it fails.

    Args:
        name: the function's name, such as `"prctl"`.
        arguments: whole numbers, bytes, or what ctypes makes.

    Raises:
        OSError: it failed.
    """
    assert _libc is not None
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(getattr(_libc, name)(*values))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def gain_nothing() -> None:
    """Have this process, and whatever it starts, never get a right that it does not have now."""
    call("prctl", _SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
