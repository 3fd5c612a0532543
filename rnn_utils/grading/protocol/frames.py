"""Frames on a connected socket: a header of two lengths, a JSON text and the bytes of its arrays."""

import json
import socket
import struct
import time
from typing import Any

from rnn_utils.grading.protocol.safe_text import whole

#: The longest frame that is read: its text, and the bytes of its arrays.
TEXT_BYTES, ARRAY_BYTES = 16 << 20, 64 << 20

_HEADER = struct.Struct(">II")


class Gone(RuntimeError):
    """The other process has ended, or is given up."""


class WireError(Exception):
    """A frame that no honest process would send."""


class Channel:
    """A connected socket on which whole frames are sent and received."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._read = bytearray()

    def send(self, text: Any, blobs: list[bytes]) -> None:
        """Send a frame; its arrays' lengths stand in the text."""
        head = json.dumps([text, [len(blob) for blob in blobs]]).encode()
        size = sum(map(len, blobs))
        if len(head) > TEXT_BYTES or size > ARRAY_BYTES:
            raise TypeError("a value of this size cannot be handed over")
        self._write(b"".join([_HEADER.pack(len(head), size), head, *blobs]))

    def _write(self, content: bytes) -> None:
        try:
            self._socket.settimeout(None)
            self._socket.sendall(content)
        except OSError as error:
            raise Gone(str(error)) from None

    def receive(self, deadline: float | None = None) -> tuple[Any, list[memoryview]]:
        """Wait for a frame.

        Args:
            deadline: until when, by `time.monotonic`.

        Raises:
            Gone: the other side has closed.
            TimeoutError: none came in time.
            WireError: what came is no frame.
        """
        self._fill(_HEADER.size, deadline)
        text_size, size = _HEADER.unpack_from(self._read)
        if text_size > TEXT_BYTES or size > ARRAY_BYTES:
            raise WireError(f"a frame of {text_size + size} bytes")
        self._fill(_HEADER.size + text_size + size, deadline)
        frame = bytes(self._read[_HEADER.size : _HEADER.size + text_size + size])
        del self._read[: _HEADER.size + text_size + size]
        try:
            head = frame[:text_size]
            text, sizes = json.loads(head.decode("utf-8", "replace"))
            if b"\\u" in head:
                text = whole(text)
            if not all(type(n) is int and n >= 0 for n in sizes) or sum(sizes) != size:
                raise WireError("arrays of another length than said")
        except (ValueError, TypeError, RecursionError) as error:
            raise WireError(f"no frame: {error}"[:100]) from None
        view, blobs, start = memoryview(frame), [], text_size
        for n in sizes:
            blobs.append(view[start : start + n])
            start += n
        return text, blobs

    def _fill(self, size: int, deadline: float | None) -> None:
        while len(self._read) < size:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            try:
                self._socket.settimeout(left)
                came = self._socket.recv(max(4096, min(size - len(self._read), 1 << 20)))
            except TimeoutError:
                raise
            except OSError as error:
                raise Gone(str(error)) from None
            if not came:
                raise Gone("the connection is closed")
            self._read += came

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
